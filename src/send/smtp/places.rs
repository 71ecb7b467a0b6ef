//! Where an account hands its mail over, in the order of trying.

use crate::config::{Account, Found};
use crate::model::{Server, TlsMode};

/// Every way is encrypted; which port is open depends on the network that one is in.
const PORTS: [(u16, TlsMode); 4] =
    [(465, TlsMode::Tls), (587, TlsMode::StartTls), (994, TlsMode::Tls), (2525, TlsMode::StartTls)];
/// More are not tried: somebody waits.
const MOST: usize = 5;

/// Empty if it is not known who takes the account's mail: the password goes to nobody else.
pub fn places(account: &Account) -> Vec<Server> {
    let Some(smtp) = &account.smtp else { return Vec::new() };
    let mut places = vec![smtp.clone()];
    match account.smtp_found {
        // Whoever wrote a place means that one.
        Found::Written => {}
        Found::Known => {
            let others = account.preset.iter().flat_map(|preset| &preset.smtp_alternatives);
            places.extend(others.filter(|other| *other != smtp).cloned());
            at_every_port(&smtp.host, &mut places);
        }
        Found::Guessed => at_every_port(&smtp.host, &mut places),
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{AccountEntry, Presets};

    fn tried(address: &str, change: impl FnOnce(&mut AccountEntry)) -> Vec<String> {
        let mut entry = AccountEntry::new(address.parse().unwrap());
        change(&mut entry);
        let account = entry.complete(&Presets::built_in(), std::path::Path::new("/"));
        places(&account).into_iter().map(|place| format!("{place}:{}", place.tls.code())).collect()
    }

    #[test]
    fn another_door_is_tried_where_nobody_chose_one() {
        let at = |host: &str| {
            let doors = ["465:tls", "587:starttls", "994:tls", "2525:starttls"];
            doors.map(|door| format!("{host}:{door}")).to_vec()
        };
        assert_eq!(tried("me@mail.example", |_| ()), at("smtp.mail.example"));
        let known = tried("me@163.com", |_| ());
        assert_eq!(known[..2], ["smtp.163.com:465:tls", "smtp.163.com:994:tls"]);
        assert!(known.len() <= MOST && known.iter().all(|place| place.starts_with("smtp.163.com:")), "{known:?}");
        let written = tried("me@163.com", |entry| entry.smtp = Some("mail.example:587".parse().unwrap()));
        assert_eq!(written, ["mail.example:587:starttls"]);
        // The mailbox is elsewhere: nobody knows who takes its mail.
        assert!(tried("me@163.com", |entry| entry.imap = Some("imap.mail.example".parse().unwrap())).is_empty());
    }
}
