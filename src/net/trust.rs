//! Whom we trust: the system's authorities, or only those in the file that the account names.
//!
//! Reading a hundred and fifty authorities takes the library an eighth of a second, so it is done once, on a thread for
//! slow work, while the connection is being made.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use native_tls::{Certificate, Protocol, TlsConnector};
use tokio::sync::OnceCell;

use crate::model::{Failure, FailureKind};

/// For every account without a file of its own.
static SYSTEM: OnceCell<TlsConnector> = OnceCell::const_new();

/// The connector of one account, shared by all its connections.
#[derive(Clone, Debug, Default)]
pub struct Trust(Arc<OnceCell<TlsConnector>>);

impl Trust {
    pub(super) async fn connector(&self, ca_file: Option<&Path>) -> Result<TlsConnector, Failure> {
        let cell = if ca_file.is_some() { &self.0 } else { &SYSTEM };
        cell.get_or_try_init(|| build_aside(ca_file.map(Path::to_owned))).await.cloned()
    }
}

async fn build_aside(ca_file: Option<PathBuf>) -> Result<TlsConnector, Failure> {
    tokio::task::spawn_blocking(move || build(ca_file.as_deref()))
        .await
        .unwrap_or_else(|error| Err(Failure::lasting(FailureKind::Tls, "", &error.to_string())))
}

fn build(ca_file: Option<&Path>) -> Result<TlsConnector, Failure> {
    let mut builder = TlsConnector::builder();
    builder.min_protocol_version(Some(Protocol::Tlsv12));
    if let Some(file) = ca_file {
        // Whoever names an authority for an account means that one and nobody else.
        builder.disable_built_in_roots(true);
        let about = file.display().to_string();
        let wrong = |said: String| Failure::lasting(FailureKind::UntrustedCertificate, &about, &said);
        let pem = std::fs::read(file).map_err(|error| wrong(error.to_string()))?;
        let certificates = Certificate::stack_from_pem(&pem).map_err(|error| wrong(error.to_string()))?;
        if certificates.is_empty() {
            return Err(wrong("no certificate in PEM form in it".to_owned()));
        }
        for certificate in certificates {
            builder.add_root_certificate(certificate);
        }
    }
    builder.build().map_err(|error| Failure::lasting(FailureKind::Tls, "", &error.to_string()))
}

/// What a failed handshake means. The library has no kinds, only words.
pub(super) fn handshake_failure(host: &str, error: &native_tls::Error) -> Failure {
    let said = error.to_string();
    let words = said.to_ascii_lowercase();
    let has = |word: &str| words.contains(word);
    if has("hostname mismatch") || has("ip address mismatch") {
        Failure::lasting(FailureKind::WrongName, host, &said)
    } else if has("certificate has expired") || has("not yet valid") {
        Failure::lasting(FailureKind::Expired, host, &said)
    } else if has("certificate verify failed") || has("self-signed") || has("self signed") || has("unable to get") {
        Failure::lasting(FailureKind::UntrustedCertificate, host, &said)
    } else if has("no answer in time") || has("timed out") {
        Failure::passing(FailureKind::TimedOut, host, "")
    } else if has("unexpected eof") || has("connection reset") || has("broken pipe") {
        Failure::passing(FailureKind::Dropped, host, &said)
    } else {
        Failure::lasting(FailureKind::Tls, host, &said)
    }
}
