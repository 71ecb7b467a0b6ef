use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpListener;
use tokio::time::Instant;

use super::*;

fn server(port: u16, tls: TlsMode) -> Server {
    Server { host: "127.0.0.1".into(), port, tls }
}

/// A server that greets, once.
async fn greeting() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        let (mut tcp, _) = listener.accept().await.unwrap();
        tcp.write_all(b"* OK hi\r\n").await.unwrap();
        std::future::pending::<()>().await;
    });
    port
}

#[tokio::test]
async fn s09_plain_text_to_another_machine_needs_a_word_in_the_configuration() {
    // 192.0.2.1 is reserved for examples; the answer comes before anything is sent.
    let far = Server { host: "192.0.2.1".into(), port: 143, tls: TlsMode::None };
    let failure = Dialer::default().open(&far, Protocol::Imap).await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::Plaintext);
    let port = greeting().await;
    assert!(Dialer::default().open(&server(port, TlsMode::None), Protocol::Imap).await.is_ok());
}

#[tokio::test]
async fn n04_unknown_and_closed_are_told_apart() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    let failure = Dialer::default().open(&server(port, TlsMode::Tls), Protocol::Imap).await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::Unreachable);
    let nowhere = Server { host: "no-such-host.invalid".into(), port, tls: TlsMode::Tls };
    let failure = Dialer::default().open(&nowhere, Protocol::Imap).await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::UnknownHost);
}

#[tokio::test(start_paused = true)]
async fn n04_a_name_server_that_fails_or_keeps_silent_is_told_as_such() {
    type Found = std::vec::IntoIter<SocketAddr>;
    let (ten, begun) = (Duration::from_secs(10), Instant::now());
    let silent = std::future::pending::<std::io::Result<Found>>();
    let failure = found("mail.example", silent, ten).await.unwrap_err();
    assert_eq!((failure.kind, failure.said.as_str()), (FailureKind::UnknownHost, "no answer from the name server"));
    assert_eq!(begun.elapsed(), ten);
    let failing = async { Err::<Found, _>(std::io::Error::other("temporary failure")) };
    let failure = found("mail.example", failing, ten).await.unwrap_err();
    assert_eq!((failure.kind, failure.said.as_str()), (FailureKind::UnknownHost, "temporary failure"));
    let nothing = async { Ok(Vec::new().into_iter()) };
    assert_eq!(found("mail.example", nothing, ten).await.unwrap_err().kind, FailureKind::UnknownHost);
}

#[tokio::test]
async fn connect_to_goes_elsewhere() {
    let port = greeting().await;
    let rule = format!("imap.example.com:993=127.0.0.1:{port}").parse().unwrap();
    let dialer = Dialer { connect_to: vec![rule], ..Dialer::default() };
    let server = Server { host: "IMAP.example.com".into(), port: 993, tls: TlsMode::None };
    assert!(dialer.open(&server, Protocol::Imap).await.is_ok());
    assert!("imap.example.com=1.2.3.4:5".parse::<ConnectTo>().is_err());
    assert!("imap.example.com:1".parse::<ConnectTo>().is_err());
}

#[tokio::test]
async fn n03_a_line_that_is_half_open_is_noticed_by_the_system() {
    use rustix::net::sockopt;
    let port = greeting().await;
    let tcp = Dialer::default().reach(&server(port, TlsMode::None)).await.unwrap();
    assert!(tcp.nodelay().unwrap() && sockopt::socket_keepalive(&tcp).unwrap());
    #[cfg(target_os = "linux")]
    {
        assert_eq!(sockopt::tcp_keepidle(&tcp).unwrap(), IDLE);
        assert_eq!(sockopt::tcp_user_timeout(&tcp).unwrap(), 30_000);
    }
}
