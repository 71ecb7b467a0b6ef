//! Rows S07, S08, S12 and T18, and pins.

use rcgen::string::Ia5String;
use rcgen::{CertificateParams, DnType, ExtendedKeyUsagePurpose, Issuer, KeyPair, SanType};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::sync::mpsc::unbounded_channel;

use super::papers::{End, HOST, Papers, Shown, authority, leaf};
use super::{all_heard, serve, server};
use crate::model::{Failure, FailureKind, Fingerprint, Retry, Server, TlsMode};
use crate::net::{Dialer, Protocol};

async fn failure(dialer: &Dialer, server: &Server) -> Failure {
    dialer.open(server, Protocol::Imap).await.expect_err("this certificate was accepted")
}

#[tokio::test]
async fn s07_a_good_certificate_is_accepted() {
    let papers = Papers::new();
    let by_wildcard = Shown::signed(&leaf(&["*.mail.example"], ""), &papers.authority);
    for shown in [papers.good(), by_wildcard] {
        let (port, _hearing) = shown.port(b"x", End::Never).await;
        let mut opened =
            papers.dialer(port).open(&papers.server(port, TlsMode::Tls), Protocol::Imap).await.expect("a good one");
        assert_eq!(opened.line.read_u8().await.unwrap(), b'x');
        assert!(!opened.greeted);
    }
    let by_number = Shown::signed(&leaf(&["127.0.0.1"], ""), &papers.authority);
    let (port, _hearing) = by_number.port(b"x", End::Never).await;
    assert!(papers.dialer(port).open(&server(port, TlsMode::Tls), Protocol::Imap).await.is_ok());
}

#[tokio::test]
async fn s07_bad_certificates_are_refused_and_told_with_their_fingerprint() {
    let papers = Papers::new();
    let signed = |params: &CertificateParams| Shown::signed(params, &papers.authority);
    let with = |change: &dyn Fn(&mut CertificateParams)| {
        let mut params = leaf(&[HOST], HOST);
        change(&mut params);
        params
    };
    let nul = |text: &str| SanType::DnsName(Ia5String::try_from(text).unwrap());
    let intermediate_key = KeyPair::generate().unwrap();
    let intermediate = Issuer::new(authority("in between"), intermediate_key);
    let stranger = Issuer::new(authority("a stranger"), KeyPair::generate().unwrap());
    let bad = [
        ("expired", FailureKind::Expired, signed(&with(&|p| p.not_after = rcgen::date_time_ymd(2020, 1, 1)))),
        ("of the future", FailureKind::Expired, signed(&with(&|p| p.not_before = rcgen::date_time_ymd(3000, 1, 1)))),
        ("self-signed", FailureKind::UntrustedCertificate, Shown::self_signed(&leaf(&[HOST], HOST))),
        ("by a stranger", FailureKind::UntrustedCertificate, Shown::signed(&leaf(&[HOST], HOST), &stranger)),
        ("intermediate", FailureKind::UntrustedCertificate, Shown::signed(&leaf(&[HOST], HOST), &intermediate)),
        (
            "for clients",
            FailureKind::UntrustedCertificate,
            signed(&with(&|p| p.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth])),
        ),
        ("another host", FailureKind::WrongName, signed(&leaf(&["imap.other.example"], HOST))),
        ("only a common name", FailureKind::WrongName, signed(&leaf(&[], HOST))),
        ("a star for all", FailureKind::WrongName, signed(&leaf(&["*"], HOST))),
        ("a star for a country", FailureKind::WrongName, signed(&leaf(&["*.example"], HOST))),
        ("a star in the middle", FailureKind::WrongName, signed(&leaf(&["imap.*.example"], HOST))),
        ("half a star", FailureKind::WrongName, signed(&leaf(&["i*p.mail.example"], HOST))),
        ("two stars", FailureKind::WrongName, signed(&leaf(&["*.*.example"], HOST))),
        ("a zero in the common name", FailureKind::WrongName, signed(&leaf(&[], "imap.mail.example\0.other.example"))),
        (
            "a zero in the name",
            FailureKind::WrongName,
            signed(&with(&|p| p.subject_alt_names = vec![nul("imap.mail.example\0.other.example")])),
        ),
    ];
    for (what, kind, shown) in bad {
        let (port, mut hearing) = shown.port(b"* OK hi\r\n", End::Never).await;
        let failure = failure(&papers.dialer(port), &papers.server(port, TlsMode::Tls)).await;
        assert_eq!((failure.kind, failure.retry), (kind, Retry::AfterUser), "{what}: {failure:?}");
        assert!(failure.said.as_str().contains(&shown.fingerprint.to_string()), "{what}: {failure:?}");
        assert_eq!(all_heard(&mut hearing), "", "{what}");
    }
}

#[tokio::test]
async fn s07_a_number_is_only_good_as_a_number() {
    let papers = Papers::new();
    let mut as_name = leaf(&[], "127.0.0.1");
    as_name.subject_alt_names = vec![SanType::DnsName("127.0.0.1".try_into().unwrap())];
    for params in [leaf(&["127.0.0.2"], ""), as_name, leaf(&[HOST], "127.0.0.1")] {
        let (port, _hearing) = Shown::signed(&params, &papers.authority).port(b"", End::Never).await;
        let failure = failure(&papers.dialer(port), &server(port, TlsMode::Tls)).await;
        assert_eq!(failure.kind, FailureKind::WrongName, "{failure:?}");
    }
}

#[tokio::test]
async fn s07_starttls_is_checked_alike() {
    let (papers, others) = (Papers::new(), Papers::new());
    let port = papers.upgrading(b"* OK hi\r\n", &[b"s1 OK go\r\n"], b"").await;
    let failure = failure(&others.dialer(port), &papers.server(port, TlsMode::StartTls)).await;
    assert_eq!(failure.kind, FailureKind::UntrustedCertificate);
    assert!(failure.said.as_str().contains("sha256:"), "{failure:?}");
}

#[tokio::test]
async fn s07_a_pinned_certificate_is_accepted_whoever_signed_it() {
    let papers = Papers::new();
    let mut old = leaf(&["imap.other.example"], "");
    old.not_after = rcgen::date_time_ymd(2020, 1, 1);
    let shown = Shown::self_signed(&old);
    let (port, _hearing) = shown.port(b"x", End::Never).await;
    let dialer = Dialer { pin: Some(shown.fingerprint), ..papers.dialer(port) };
    let mut opened = dialer.open(&papers.server(port, TlsMode::Tls), Protocol::Imap).await.unwrap();
    assert_eq!(opened.line.read_u8().await.unwrap(), b'x');
}

#[tokio::test]
async fn s07_another_certificate_than_the_pinned_one_is_a_hard_stop() {
    let papers = Papers::new();
    let shown = papers.good();
    let (port, mut hearing) = shown.port(b"x", End::Never).await;
    let pin: Fingerprint = format!("sha256:{}", "00".repeat(32)).parse().unwrap();
    let dialer = Dialer { pin: Some(pin), ..papers.dialer(port) };
    let failure = failure(&dialer, &papers.server(port, TlsMode::Tls)).await;
    assert_eq!((failure.kind, failure.retry), (FailureKind::PinChanged, Retry::AfterUser));
    assert!(failure.said.as_str().contains(&shown.fingerprint.to_string()), "{failure:?}");
    assert_eq!(all_heard(&mut hearing), "");
}

#[tokio::test]
async fn t18_the_words_of_a_certificate_are_made_safe() {
    let papers = Papers::new();
    let mut params = leaf(&[], "\u{1b}]0;gotcha\u{7}\u{202e}lmth");
    params.distinguished_name.push(DnType::OrganizationName, "\u{1b}[2J");
    let (port, _hearing) = Shown::self_signed(&params).port(b"", End::Never).await;
    let failure = failure(&papers.dialer(port), &papers.server(port, TlsMode::Tls)).await;
    let said = failure.said.as_str();
    assert!(said.contains("gotcha"), "{said}");
    assert!(!said.contains(['\u{1b}', '\u{7}', '\u{202e}']), "{said:?}");
}

#[tokio::test]
async fn n04_a_certificate_of_a_portal_is_told_as_what_it_is() {
    let papers = Papers::new();
    let shown = Shown::self_signed(&leaf(&["wifi-login.hotel.example"], ""));
    let (port, _hearing) = shown.port(b"", End::Never).await;
    let failure = failure(&papers.dialer(port), &papers.server(port, TlsMode::Tls)).await;
    assert_eq!((failure.kind, failure.retry), (FailureKind::Portal, Retry::Later));
    assert!(failure.said.as_str().contains("wifi-login.hotel.example"), "{failure:?}");
}

#[tokio::test]
async fn an_authority_that_cannot_be_read_is_told_as_such() {
    let papers = Papers::new();
    let (port, _hearing) = papers.good().port(b"", End::Never).await;
    for file in ["no-such-file.pem", "/dev/zero"] {
        let dialer = Dialer { ca_file: Some(file.into()), ..papers.dialer(port) };
        let failure = failure(&dialer, &papers.server(port, TlsMode::Tls)).await;
        assert_eq!(failure.about.as_str(), file);
        assert!(!failure.said.as_str().contains("sha256"), "{failure:?}");
    }
}

/// A server that chooses TLS 1.1: the hello of the client must not offer it, and the answer is an alert.
#[tokio::test]
async fn s08_old_versions_are_neither_offered_nor_taken() {
    const VERSIONS: &[u8] = &[0, 0x2b, 0, 5, 4, 3, 4, 3, 3];
    for old in [0_u8, 1, 2] {
        let (heard, mut hearing) = unbounded_channel();
        let port = serve(move |mut tcp| {
            let heard = heard.clone();
            async move {
                let mut head = [0; 5];
                tcp.read_exact(&mut head).await.unwrap();
                let mut hello = vec![0; usize::from(u16::from_be_bytes([head[3], head[4]]))];
                tcp.read_exact(&mut hello).await.unwrap();
                let mut answer = vec![0x16, 3, old, 0, 42, 2, 0, 0, 38, 3, old];
                answer.extend([7; 32]);
                answer.extend([0, 0xc0, 0x14, 0]);
                tcp.write_all(&answer).await.unwrap();
                let mut alert = Vec::new();
                let _ = tcp.read_to_end(&mut alert).await;
                let _ = heard.send((hello, alert));
            }
        })
        .await;
        let failure = failure(&super::dialer(), &server(port, TlsMode::Tls)).await;
        assert_eq!(failure.kind, FailureKind::Tls, "{failure:?}");
        let (hello, alert) = hearing.recv().await.unwrap();
        assert!(hello.windows(VERSIONS.len()).any(|window| window == VERSIONS), "{hello:?}");
        assert_eq!((alert[0], alert[5], alert[6]), (0x15, 2, 70), "{alert:?}");
    }
}

#[tokio::test]
async fn s12_a_line_that_is_cut_is_no_end_of_a_message() {
    const HALF: &[u8] = b"* 1 FETCH (BODY[] {100}\r\nonly half of it";
    let papers = Papers::new();
    for (end, expected) in [(End::Cut, Err(std::io::ErrorKind::UnexpectedEof)), (End::Said, Ok(HALF.len()))] {
        let (port, _hearing) = papers.good().port(HALF, end).await;
        let mut opened = papers.dialer(port).open(&papers.server(port, TlsMode::Tls), Protocol::Imap).await.unwrap();
        let mut read = Vec::new();
        let ended = opened.line.read_to_end(&mut read).await.map_err(|error| error.kind());
        assert_eq!((ended, read.as_slice()), (expected, HALF));
    }
}
