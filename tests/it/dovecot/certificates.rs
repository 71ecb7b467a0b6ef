//! A certificate authority for one test, and server certificates of which only one is right.

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, KeyUsagePurpose, date_time_ymd};

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    Right,
    WrongName,
    Expired,
    Untrusted,
}

#[derive(Clone)]
pub struct Certificates {
    /// The authority to trust.
    pub ca: String,
    servers: Vec<(Kind, String, String)>,
}

impl Certificates {
    pub fn new() -> Self {
        let known = authority("a test authority");
        let unknown = authority("nobody's authority");
        let ca = known.1.clone();
        let servers = [Kind::Right, Kind::WrongName, Kind::Expired, Kind::Untrusted].map(|kind| {
            let issuer = if kind == Kind::Untrusted { &unknown.0 } else { &known.0 };
            let names: &[&str] =
                if kind == Kind::WrongName { &["mail.elsewhere.example"] } else { &["localhost", "127.0.0.1"] };
            let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
            let mut params = CertificateParams::new(names).unwrap();
            params.distinguished_name.push(DnType::CommonName, "a test server");
            params.not_before = date_time_ymd(2020, 1, 1);
            params.not_after = date_time_ymd(if kind == Kind::Expired { 2021 } else { 2120 }, 1, 1);
            let key = KeyPair::generate().unwrap();
            let certificate = params.signed_by(&key, issuer).unwrap();
            (kind, certificate.pem(), key.serialize_pem())
        });
        Self { ca, servers: servers.into() }
    }

    /// Certificate and key, as PEM.
    pub fn of(&self, kind: Kind) -> (&str, &str) {
        let (_, certificate, key) = self.servers.iter().find(|(known, ..)| *known == kind).unwrap();
        (certificate, key)
    }
}

fn authority(name: &str) -> (Issuer<'static, KeyPair>, String) {
    let mut params = CertificateParams::default();
    params.distinguished_name.push(DnType::CommonName, name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    params.not_before = date_time_ymd(2020, 1, 1);
    params.not_after = date_time_ymd(2120, 1, 1);
    let key = KeyPair::generate().unwrap();
    let pem = params.self_signed(&key).unwrap().pem();
    (Issuer::new(params, key), pem)
}
