//! Whom we trust: the system's authorities, and the file that the account names.

use std::path::Path;

use native_tls::{Certificate, Protocol, TlsConnector};

use crate::model::{Failure, FailureKind};

pub(super) fn connector(ca_file: Option<&Path>) -> Result<TlsConnector, Failure> {
    let mut builder = TlsConnector::builder();
    builder.min_protocol_version(Some(Protocol::Tlsv12));
    if let Some(file) = ca_file {
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
