use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

use super::*;

fn server(port: u16, tls: TlsMode) -> Server {
    Server { host: "127.0.0.1".into(), port, tls }
}

fn impatient() -> Dialer {
    let limits = Limits {
        connect: Duration::from_millis(500),
        handshake: Duration::from_millis(500),
        answer: Duration::from_millis(200),
    };
    Dialer { limits, ..Dialer::default() }
}

/// A server that says `script`, whatever it hears; `then` is said after the first command.
async fn scripted(greeting: &'static [u8], then: &'static [u8]) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        let (mut tcp, _) = listener.accept().await.unwrap();
        tcp.write_all(greeting).await.unwrap();
        let mut heard = [0; 256];
        if tcp.read(&mut heard).await.unwrap_or(0) > 0 {
            tcp.write_all(then).await.unwrap();
        }
        // Hold the connection until the other side is done with it.
        while tcp.read(&mut heard).await.is_ok_and(|read| read > 0) {}
    });
    port
}

async fn starttls_failure(greeting: &'static [u8], then: &'static [u8]) -> Failure {
    let port = scripted(greeting, then).await;
    impatient().open(&server(port, TlsMode::StartTls), Protocol::Imap).await.unwrap_err()
}

#[tokio::test]
async fn s03_a_byte_after_the_ok_ends_it() {
    let failure = starttls_failure(b"* OK hi\r\n", b"s1 OK go\r\n* OK injected\r\n").await;
    assert_eq!(failure.kind, FailureKind::StartTls);
    let failure = starttls_failure(b"* OK hi\r\n* OK more\r\n", b"s1 OK go\r\n").await;
    assert_eq!(failure.kind, FailureKind::StartTls);
}

#[tokio::test]
async fn s02_preauth_before_encryption_ends_it() {
    assert_eq!(starttls_failure(b"* PREAUTH hi\r\n", b"").await.kind, FailureKind::StartTls);
}

#[tokio::test]
async fn s01_a_server_that_refuses_encryption_hears_no_login() {
    assert_eq!(starttls_failure(b"* OK hi\r\n", b"s1 NO not today\r\n").await.kind, FailureKind::StartTls);
    assert_eq!(starttls_failure(b"hello\r\n", b"").await.kind, FailureKind::StartTls);
}

#[tokio::test]
async fn s11_tls_to_a_plain_port_is_said_and_never_falls_back() {
    let port = scripted(b"* OK hi\r\n", b"").await;
    let failure = impatient().open(&server(port, TlsMode::Tls), Protocol::Imap).await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::Tls);
}

#[tokio::test]
async fn s09_plain_text_to_another_machine_needs_a_word_in_the_configuration() {
    // 192.0.2.1 is reserved for examples; the answer comes before anything is sent.
    let far = Server { host: "192.0.2.1".into(), port: 143, tls: TlsMode::None };
    assert_eq!(impatient().open(&far, Protocol::Imap).await.unwrap_err().kind, FailureKind::Plaintext);
    let port = scripted(b"* OK hi\r\n", b"").await;
    assert!(impatient().open(&server(port, TlsMode::None), Protocol::Imap).await.is_ok());
}

#[tokio::test]
async fn n03_silence_is_an_error_after_the_patience_is_over() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let Opened { mut line, .. } = impatient().open(&server(port, TlsMode::None), Protocol::Imap).await.unwrap();
    let error = line.read_u8().await.unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::TimedOut);
    assert_eq!(
        impatient().open(&server(port, TlsMode::StartTls), Protocol::Imap).await.unwrap_err().kind,
        FailureKind::TimedOut
    );
}

#[tokio::test]
async fn unknown_and_closed_are_told_apart() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    assert_eq!(
        impatient().open(&server(port, TlsMode::Tls), Protocol::Imap).await.unwrap_err().kind,
        FailureKind::Unreachable
    );
    let nowhere = Server { host: "no-such-host.invalid".into(), port, tls: TlsMode::Tls };
    assert_eq!(impatient().open(&nowhere, Protocol::Imap).await.unwrap_err().kind, FailureKind::UnknownHost);
}

#[tokio::test]
async fn connect_to_goes_elsewhere() {
    let port = scripted(b"* OK hi\r\n", b"").await;
    let rule = format!("imap.example.com:993=127.0.0.1:{port}").parse().unwrap();
    let dialer = Dialer { connect_to: vec![rule], ..impatient() };
    let server = Server { host: "IMAP.example.com".into(), port: 993, tls: TlsMode::None };
    assert!(dialer.open(&server, Protocol::Imap).await.is_ok());
    assert!("imap.example.com=1.2.3.4:5".parse::<ConnectTo>().is_err());
    assert!("imap.example.com:1".parse::<ConnectTo>().is_err());
}
