//! Rows S11 and N04: what answers is not the server that was meant.

use std::time::Duration;

use super::papers::{End, Papers, Shown, leaf};
use super::{all_heard, dialer, scripted, server};
use crate::model::{Failure, FailureKind, Route, Server, TlsMode};
use crate::net::{Dialer, Protocol};

const WEB: &[u8] = b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n";

async fn failure(dialer: &Dialer, server: &Server, protocol: Protocol) -> Failure {
    dialer.open(server, protocol).await.unwrap_err()
}

#[tokio::test]
async fn s11_tls_to_a_plain_port_is_said_and_never_falls_back() {
    for (protocol, greeting) in
        [(Protocol::Imap, &b"* OK hi\r\n"[..]), (Protocol::Smtp, b"220 hi\r\n"), (Protocol::Pop3, b"+OK hi\r\n")]
    {
        let (port, mut hearing) = scripted(greeting, &[]).await;
        let failure = failure(&dialer(), &server(port, TlsMode::Tls), protocol).await;
        assert_eq!(failure.kind, FailureKind::PlainPort, "{failure:?}");
        let heard = all_heard(&mut hearing);
        assert!(heard.is_empty() || heard.starts_with("\u{16}\u{3}"), "{heard:?}");
        assert!(!heard.contains("LOGIN") && !heard.contains("STARTTLS"));
    }
}

#[tokio::test]
async fn s11_clear_text_to_an_encrypted_port_is_said_within_ten_seconds() {
    let shown = Shown::self_signed(&leaf(&["mail.example"], ""));
    let told = async |tls, protocol| {
        let (port, mut hearing) = shown.port(b"* OK hi\r\n", End::Never).await;
        let begun = tokio::time::Instant::now();
        let failure = failure(&dialer(), &server(port, tls), protocol).await;
        assert_eq!(failure.kind, FailureKind::TlsPort, "{failure:?}");
        assert!(begun.elapsed() < Duration::from_secs(10), "{:?}", begun.elapsed());
        assert_eq!(all_heard(&mut hearing), "");
    };
    tokio::join!(
        told(TlsMode::StartTls, Protocol::Imap),
        told(TlsMode::StartTls, Protocol::Smtp),
        told(TlsMode::None, Protocol::Pop3)
    );
}

#[tokio::test]
async fn s11_another_protocol_is_called_by_its_name() {
    for tls in [TlsMode::StartTls, TlsMode::None] {
        for (protocol, greeting, word) in [
            (Protocol::Imap, &b"220 mail.example ESMTP\r\n"[..], "SMTP"),
            (Protocol::Imap, b"+OK\r\n", "POP3"),
            (Protocol::Smtp, b"* OK hi\r\n", "IMAP"),
        ] {
            let (port, mut hearing) = scripted(greeting, &[]).await;
            let failure = failure(&dialer(), &server(port, tls), protocol).await;
            assert_eq!(failure.kind, FailureKind::Protocol, "{failure:?}");
            assert!(failure.said.as_str().contains(word), "{failure:?}");
            assert_eq!(all_heard(&mut hearing), "");
        }
    }
}

#[tokio::test]
async fn n04_a_web_server_instead_of_a_mail_server_is_told_as_such() {
    // It waits to be spoken to, and answers a handshake in its own way.
    for tls in [TlsMode::Tls, TlsMode::StartTls] {
        let (port, mut hearing) = scripted(b"", &[WEB]).await;
        let begun = tokio::time::Instant::now();
        let failure = failure(&dialer(), &server(port, tls), Protocol::Imap).await;
        assert_eq!(failure.kind, FailureKind::Portal, "{tls:?} {failure:?}");
        assert!(begun.elapsed() < Duration::from_secs(10), "{:?}", begun.elapsed());
        assert!(all_heard(&mut hearing).starts_with("\u{16}\u{3}"));
    }
    let (port, _hearing) = scripted(b"<html>log in</html>", &[]).await;
    let failure = failure(&dialer(), &server(port, TlsMode::StartTls), Protocol::Imap).await;
    assert_eq!(failure.kind, FailureKind::Portal);
}

#[tokio::test]
async fn n04_a_broken_address_is_no_hindrance() {
    let (port, _hearing) = scripted(b"* OK hi\r\n", &[]).await;
    // `localhost` often has two addresses, of which one is closed here.
    let server = Server { host: "localhost".into(), port, tls: TlsMode::None };
    let begun = tokio::time::Instant::now();
    dialer().open(&server, Protocol::Imap).await.unwrap();
    assert!(begun.elapsed() < Duration::from_secs(5));
}

#[tokio::test]
async fn s09_plain_text_through_a_proxy_needs_a_word_in_the_configuration() {
    let papers = Papers::new();
    let route = Route::Through("socks5://127.0.0.1:1".parse().unwrap());
    let dialer = Dialer { route, ..papers.dialer(1) };
    let failure = failure(&dialer, &server(143, TlsMode::None), Protocol::Imap).await;
    assert_eq!(failure.kind, FailureKind::Plaintext);
}
