//! Certificates, good and bad, and servers that show them.

use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};
use sha2::{Digest as _, Sha256};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use super::serve;
use crate::model::{Fingerprint, Server, TlsMode};
use crate::net::Dialer;

pub(in crate::net) const HOST: &str = "imap.mail.example";

/// An authority that the dialer trusts, and a folder with its certificate.
pub(in crate::net) struct Papers {
    folder: TempDir,
    pub(in crate::net) authority: Issuer<'static, KeyPair>,
}

/// What a server shows.
#[derive(Clone)]
pub(in crate::net) struct Shown {
    chain: String,
    key: String,
    pub(in crate::net) fingerprint: Fingerprint,
}

/// How a server of TLS ends the connection.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in crate::net) enum End {
    Said,
    Cut,
    /// After the other side.
    Never,
}

pub(in crate::net) fn leaf(names: &[&str], common: &str) -> CertificateParams {
    let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    let mut params = CertificateParams::new(names).unwrap();
    params.distinguished_name.push(DnType::CommonName, common);
    params
}

pub(in crate::net) fn authority(name: &str) -> CertificateParams {
    let mut params = leaf(&[], name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params
}

impl Shown {
    fn new(certificate: &rcgen::Certificate, key: &KeyPair) -> Self {
        let fingerprint = Fingerprint::new(Sha256::digest(certificate.der()).into());
        Self { chain: certificate.pem(), key: key.serialize_pem(), fingerprint }
    }

    pub(in crate::net) fn signed(params: &CertificateParams, by: &Issuer<'_, KeyPair>) -> Self {
        let key = KeyPair::generate().unwrap();
        Self::new(&params.signed_by(&key, by).unwrap(), &key)
    }

    pub(in crate::net) fn self_signed(params: &CertificateParams) -> Self {
        let key = KeyPair::generate().unwrap();
        Self::new(&params.self_signed(&key).unwrap(), &key)
    }

    pub(in crate::net) fn acceptor(&self) -> tokio_native_tls::TlsAcceptor {
        let identity = native_tls::Identity::from_pkcs8(self.chain.as_bytes(), self.key.as_bytes()).unwrap();
        native_tls::TlsAcceptor::new(identity).unwrap().into()
    }

    /// A server that shows this, says `words` and tells what it heard.
    pub(in crate::net) async fn port(&self, words: &'static [u8], end: End) -> (u16, UnboundedReceiver<Vec<u8>>) {
        let acceptor = Arc::new(self.acceptor());
        let (heard, hearing) = unbounded_channel();
        let port = serve(move |tcp| {
            let (acceptor, heard) = (acceptor.clone(), heard.clone());
            async move {
                let Ok(mut stream) = acceptor.accept(tcp).await else { return };
                let _ = stream.write_all(words).await;
                match end {
                    End::Cut => return,
                    End::Said => return drop(stream.shutdown().await),
                    End::Never => {}
                }
                let mut buffer = [0; 1024];
                while let Ok(read @ 1..) = stream.read(&mut buffer).await {
                    let _ = heard.send(buffer[..read].to_vec());
                }
            }
        })
        .await;
        (port, hearing)
    }
}

impl Papers {
    pub(in crate::net) fn new() -> Self {
        let (folder, key) = (tempfile::tempdir().unwrap(), KeyPair::generate().unwrap());
        let params = authority("an authority of the tests");
        std::fs::write(folder.path().join("ca.pem"), params.self_signed(&key).unwrap().pem()).unwrap();
        Self { folder, authority: Issuer::new(params, key) }
    }

    /// Trusts the authority, and goes to the port for the host.
    pub(in crate::net) fn dialer(&self, port: u16) -> Dialer {
        Dialer {
            ca_file: Some(self.folder.path().join("ca.pem")),
            connect_to: vec![format!("{HOST}:{port}=127.0.0.1:{port}").parse().unwrap()],
            ..super::dialer()
        }
    }

    #[expect(clippy::unused_self, reason = "it reads like the dialer that goes there")]
    pub(in crate::net) fn server(&self, port: u16, tls: TlsMode) -> Server {
        Server { host: HOST.to_owned(), port, tls }
    }

    pub(in crate::net) fn good(&self) -> Shown {
        Shown::signed(&leaf(&[HOST], HOST), &self.authority)
    }

    /// A server that talks in clear, encrypts after the last answer, and says something inside.
    pub(in crate::net) async fn upgrading(
        &self,
        greeting: &'static [u8],
        answers: &'static [&'static [u8]],
        inside: &'static [u8],
    ) -> u16 {
        let acceptor = Arc::new(self.good().acceptor());
        serve(move |mut tcp| {
            let acceptor = acceptor.clone();
            async move {
                let _ = tcp.write_all(greeting).await;
                let mut buffer = [0; 1024];
                for answer in answers {
                    let _ = tcp.read(&mut buffer).await;
                    let _ = tcp.write_all(answer).await;
                }
                let Ok(mut stream) = acceptor.accept(tcp).await else { return };
                let _ = stream.write_all(inside).await;
                let _ = stream.shutdown().await;
            }
        })
        .await
    }
}
