//! The way to a server, up to the encrypted line: each step is told, and where it ends.

use super::fact::{Certificate, Check, Expected, Fact, Judged};
use crate::model::{Failure, FailureKind, Route, Server, TlsMode, clock};
use crate::net::{Dialer, Opened, Protocol, Step};

pub(super) async fn approach(
    dialer: &Dialer,
    server: &Server,
    protocol: Protocol,
    expected: Expected,
    tell: &(dyn Fn(Fact) + Sync),
) -> Result<Opened, (Check, Failure)> {
    let mut reached = false;
    let mut named = false;
    let mut shown = false;
    let judged = match (&dialer.pin, &dialer.ca_file) {
        (Some(_), _) => Judged::Pin,
        (None, Some(_)) => Judged::Authority,
        (None, None) => Judged::System,
    };
    let place = match &dialer.route {
        Route::Through(proxy) => proxy.to_string(),
        Route::Direct | Route::Unclear { .. } => String::new(),
    };
    let told = |step: Step| {
        tell(match step {
            Step::Named { addresses, took } => {
                named = true;
                let addresses = addresses.into_iter().map(|address| address.ip()).collect();
                Fact::Named { addresses, took, expected }
            }
            Step::Called { address, took } => {
                reached |= took.is_some();
                Fact::Called { address: address.ip(), took, expected }
            }
            Step::Through { took } => {
                (named, reached) = (true, true);
                Fact::Proxy { place: place.clone(), took }
            }
            Step::Agreed { took } => Fact::Agreed { took },
            Step::Shown(leaf) => {
                shown = true;
                Fact::Certificate(Certificate::of(leaf, clock::now(), judged, &server.host))
            }
            Step::Encrypted { version, took } => Fact::Encrypted { version, took, mode: server.tls },
        });
    };
    let opened = dialer.open_closely(server, protocol, told).await;
    match opened {
        Ok(opened) => {
            if server.tls == TlsMode::None {
                tell(Fact::Plain);
            }
            Ok(opened)
        }
        Err(failure) => {
            let check = match failure.kind {
                FailureKind::Proxy => Check::Proxy,
                _ if shown => Check::Certificate,
                _ if reached => Check::Tls,
                _ if named || server.tls == TlsMode::None => Check::Address,
                _ => Check::Names,
            };
            Err((check, failure))
        }
    }
}
