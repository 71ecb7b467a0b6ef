//! Whom we trust: the system's authorities, or only those in the file that the account names.
//!
//! Reading a hundred and fifty authorities takes the library an eighth of a second, so it is done once, on a thread for
//! slow work, while the connection is being made.

use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use native_tls::{Certificate, Protocol, TlsConnector};
use tokio::sync::OnceCell;

use super::leaf::Leaf;
use crate::files::open_regular;
use crate::model::{Failure, FailureKind, Fingerprint};

/// All the authorities of a system are a quarter of a megabyte.
const LARGEST: u64 = 16 * 1024 * 1024;

/// For every account without a file of its own.
static SYSTEM: OnceCell<TlsConnector> = OnceCell::const_new();

/// Trusts anybody: for looking at a certificate, before anything is sent.
static BLIND: OnceCell<TlsConnector> = OnceCell::const_new();

/// The connector of one account, shared by all its connections.
#[derive(Clone, Debug, Default)]
pub struct Trust(Arc<OnceCell<TlsConnector>>);

impl Trust {
    pub(super) async fn connector(&self, ca_file: Option<&Path>) -> Result<TlsConnector, Failure> {
        let cell = if ca_file.is_some() { &self.0 } else { &SYSTEM };
        cell.get_or_try_init(|| build_aside(ca_file.map(Path::to_owned), Judge::Authorities)).await.cloned()
    }
}

/// Whoever connects with this has to look at the certificate before the first word.
pub(super) async fn blind() -> Result<TlsConnector, Failure> {
    BLIND.get_or_try_init(|| build_aside(None, Judge::Caller)).await.cloned()
}

/// Who says that a certificate is good.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Judge {
    Authorities,
    Caller,
}

async fn build_aside(ca_file: Option<PathBuf>, judge: Judge) -> Result<TlsConnector, Failure> {
    tokio::task::spawn_blocking(move || build(ca_file.as_deref(), judge))
        .await
        .unwrap_or_else(|error| Err(Failure::lasting(FailureKind::Tls, "", &error.to_string())))
}

fn build(ca_file: Option<&Path>, judge: Judge) -> Result<TlsConnector, Failure> {
    let mut builder = TlsConnector::builder();
    builder.min_protocol_version(Some(Protocol::Tlsv12));
    if judge == Judge::Caller {
        builder.danger_accept_invalid_certs(true).danger_accept_invalid_hostnames(true);
    }
    if let Some(file) = ca_file {
        // Whoever names an authority for an account means that one and nobody else.
        builder.disable_built_in_roots(true);
        let about = file.display().to_string();
        let wrong = |said: String| Failure::lasting(FailureKind::UntrustedCertificate, &about, &said);
        let mut pem = Vec::new();
        let opened = open_regular(file).map_err(|error| wrong(error.to_string()))?;
        opened.take(LARGEST).read_to_end(&mut pem).map_err(|error| wrong(error.to_string()))?;
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

/// Whether a failure is about a certificate that was shown.
pub(super) fn is_about_the_certificate(kind: FailureKind) -> bool {
    matches!(kind, FailureKind::UntrustedCertificate | FailureKind::WrongName | FailureKind::Expired)
}

/// A certificate that passed has still to be for somebody: a common name alone is nobody's.
pub(super) fn examine(leaf: &Leaf, host: &str) -> Result<(), Failure> {
    let said = "the certificate has no list of names";
    if leaf.lists_names { Ok(()) } else { Err(refusal(Failure::lasting(FailureKind::WrongName, host, said), leaf)) }
}

pub(super) fn compare(leaf: &Leaf, pin: Fingerprint, host: &str) -> Result<(), Failure> {
    if leaf.fingerprint == pin {
        return Ok(());
    }
    let said = format!("{} instead of {pin}", leaf.fingerprint);
    Err(Failure::lasting(FailureKind::PinChanged, host, &said))
}

/// The same failure with what is known of the certificate, so that people can compare it.
pub(super) fn refusal(failure: Failure, leaf: &Leaf) -> Failure {
    let mut said = failure.said.into_string();
    if !leaf.names.is_empty() {
        said = format!("{said}; it is for {}", leaf.names.join(", "));
    }
    if !leaf.issuer.is_empty() {
        said = format!("{said}; signed by {}", leaf.issuer);
    }
    said = format!("{said}; {}", leaf.fingerprint);
    let host = failure.about.as_str();
    if leaf.looks_like_a_portal() {
        return Failure::passing(FailureKind::Portal, host, &said);
    }
    Failure::lasting(failure.kind, host, &said)
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
