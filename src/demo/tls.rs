//! A certificate authority that lives as long as the demo, and the one certificate it signs.

use std::io;

use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair, KeyUsagePurpose,
};

use crate::model::clock;

pub(super) struct Papers {
    pub(super) acceptor: tokio_native_tls::TlsAcceptor,
    pub(super) ca_pem: String,
}

/// Makes both. The dates of the certificates come from the real clock: the other side checks them against it.
pub(super) fn papers(more: &[String]) -> io::Result<Papers> {
    let today =
        jiff::Timestamp::from_second(clock::now().0).map_err(io::Error::other)?.to_zoned(jiff::tz::TimeZone::UTC);
    let from = today.date().saturating_sub(jiff::Span::new().days(2));
    let to = today.date().saturating_add(jiff::Span::new().days(365));
    let midnight = |day: jiff::civil::Date| -> io::Result<_> {
        let part = |n: i8| u8::try_from(n).map_err(io::Error::other);
        Ok(rcgen::date_time_ymd(i32::from(day.year()), part(day.month())?, part(day.day())?))
    };
    let dated = |mut params: CertificateParams| -> io::Result<CertificateParams> {
        params.not_before = midnight(from)?;
        params.not_after = midnight(to)?;
        Ok(params)
    };

    let ca_key = KeyPair::generate().map_err(io::Error::other)?;
    let mut ca = dated(CertificateParams::new(Vec::new()).map_err(io::Error::other)?)?;
    ca.distinguished_name.push(DnType::CommonName, "hongyan demo CA");
    ca.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    ca.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    let ca_pem = ca.self_signed(&ca_key).map_err(io::Error::other)?.pem();
    let issuer = Issuer::new(ca, ca_key);

    let key = KeyPair::generate().map_err(io::Error::other)?;
    let names =
        ["localhost", "127.0.0.1"].map(str::to_owned).into_iter().chain(more.iter().cloned()).collect::<Vec<_>>();
    let mut leaf = dated(CertificateParams::new(names).map_err(io::Error::other)?)?;
    leaf.distinguished_name.push(DnType::CommonName, "localhost");
    leaf.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    leaf.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    leaf.use_authority_key_identifier_extension = true;
    let pem = leaf.signed_by(&key, &issuer).map_err(io::Error::other)?.pem();

    let identity =
        native_tls::Identity::from_pkcs8(pem.as_bytes(), key.serialize_pem().as_bytes()).map_err(io::Error::other)?;
    let acceptor = native_tls::TlsAcceptor::builder(identity)
        .min_protocol_version(Some(native_tls::Protocol::Tlsv12))
        .build()
        .map_err(io::Error::other)?;
    Ok(Papers { acceptor: acceptor.into(), ca_pem })
}
