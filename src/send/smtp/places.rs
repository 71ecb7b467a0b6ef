//! Where an account hands its mail over, in the order of trying.

use crate::config::{Account, Found};
use crate::model::{Server, TlsMode};

/// Every way is encrypted; which port is open depends on the network that one is in.
const PORTS: [(u16, TlsMode); 4] =
    [(465, TlsMode::Tls), (587, TlsMode::StartTls), (994, TlsMode::Tls), (2525, TlsMode::StartTls)];
/// More are not tried: somebody waits.
const MOST: usize = 5;

/// Empty if nothing is known and nothing may be guessed.
pub fn places(account: &Account) -> Vec<Server> {
    let known = account.preset.as_ref().and_then(|preset| preset.smtp.clone().map(|smtp| (preset, smtp)));
    let mut places = Vec::new();
    match (&account.smtp, known) {
        // Whoever wrote a place means that one.
        (Some(written), known) if known.as_ref().is_none_or(|(_, smtp)| smtp != written) => {
            places.push(written.clone());
        }
        (Some(_), Some((preset, smtp))) => {
            places.push(smtp.clone());
            places.extend(preset.smtp_alternatives.iter().cloned());
            at_every_port(&smtp.host, &mut places);
        }
        (None, Some((preset, smtp))) if account.found != Found::Guessed => {
            places.push(smtp);
            places.extend(preset.smtp_alternatives.iter().cloned());
        }
        _ if account.found == Found::Guessed => {
            let (_, domain) = account.address.rsplit_once('@').unwrap_or_default();
            at_every_port(&format!("smtp.{domain}"), &mut places);
        }
        _ => {
            // The name of the other server tells this one's, if it is made as most are.
            if let Some(rest) = account.imap.host.strip_prefix("imap.") {
                at_every_port(&format!("smtp.{rest}"), &mut places);
            }
        }
    }
    places.truncate(MOST);
    places
}

fn at_every_port(host: &str, places: &mut Vec<Server>) {
    for (port, tls) in PORTS {
        if !places.iter().any(|place| place.host == host && place.port == port) {
            places.push(Server { host: host.to_owned(), port, tls });
        }
    }
}
