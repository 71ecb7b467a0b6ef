//! Row N03: silence at every step ends in time, and with the right name.

use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use super::papers::{End, Papers};
use super::{patient, scripted, serve, server};
use crate::model::{FailureKind, Proxy, Route, TlsMode};
use crate::net::{Dialer, Limits, Line, Opened, Protocol};

const SHORT: Duration = Duration::from_millis(200);

fn hurried() -> Dialer {
    Dialer { limits: Limits { handshake: SHORT, ..patient() }, ..Dialer::default() }
}

async fn black_hole() -> u16 {
    serve(|tcp| async move {
        let _held = tcp;
        std::future::pending::<()>().await;
    })
    .await
}

#[test]
fn n03_the_limits_are_those_that_were_promised() {
    let Limits { connect, handshake, answer } = Limits::default();
    assert_eq!((connect, handshake, answer).0, Duration::from_secs(10));
    assert_eq!((handshake, answer), (Duration::from_secs(15), Duration::from_mins(1)));
}

#[tokio::test]
async fn n03_silence_after_connecting() {
    let port = black_hole().await;
    for (tls, protocol) in [
        (TlsMode::Tls, Protocol::Imap),
        (TlsMode::StartTls, Protocol::Imap),
        (TlsMode::StartTls, Protocol::Smtp),
        (TlsMode::StartTls, Protocol::Pop3),
        (TlsMode::None, Protocol::Imap),
    ] {
        let begun = tokio::time::Instant::now();
        let failure = hurried().open(&server(port, tls), protocol).await.unwrap_err();
        assert_eq!(failure.kind, FailureKind::TimedOut, "{tls:?}");
        assert!(begun.elapsed() < Duration::from_secs(8), "{tls:?}");
    }
}

#[tokio::test]
async fn n03_silence_in_the_middle_of_asking_for_encryption() {
    for (protocol, greeting) in [
        (Protocol::Imap, &b"* OK hi\r\n"[..]),
        (Protocol::Imap, b"* OK h"),
        (Protocol::Smtp, b"220-hi\r\n"),
        (Protocol::Pop3, b"+OK hi\r\n"),
    ] {
        let (port, _hearing) = scripted(greeting, &[]).await;
        let failure = hurried().open(&server(port, TlsMode::StartTls), protocol).await.unwrap_err();
        assert_eq!(failure.kind, FailureKind::TimedOut, "{protocol:?}");
    }
    let (port, _hearing) = scripted(b"* OK hi\r\n", &[b"s1 OK go\r\n"]).await;
    let failure = hurried().open(&server(port, TlsMode::StartTls), Protocol::Imap).await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::TimedOut, "in the handshake");
}

#[tokio::test]
async fn n03_silence_after_tls_and_in_the_middle_of_an_answer() {
    let papers = Papers::new();
    let (port, _hearing) = papers.good().port(b"* OK h", End::Never).await;
    let dialer = papers.dialer(port);
    let Opened { mut line, .. } = dialer.open(&papers.server(port, TlsMode::Tls), Protocol::Imap).await.unwrap();
    line.patience().set(SHORT);
    let mut read = Vec::new();
    let error = line.read_to_end(&mut read).await.unwrap_err();
    assert_eq!((error.kind(), read.as_slice()), (std::io::ErrorKind::TimedOut, &b"* OK h"[..]));
}

#[tokio::test]
async fn n03_silence_of_a_proxy() {
    let port = black_hole().await;
    for written in ["socks5://127.0.0.1", "http://127.0.0.1"] {
        let proxy: Proxy = format!("{written}:{port}").parse().unwrap();
        let dialer = Dialer { route: Route::Through(proxy), ..hurried() };
        let failure = dialer.open(&server(993, TlsMode::Tls), Protocol::Imap).await.unwrap_err();
        assert_eq!(failure.kind, FailureKind::Proxy);
    }
}

#[tokio::test(start_paused = true)]
async fn n03_a_line_over_any_stream_is_patient_for_as_long_as_it_is_told() {
    let (near, mut far) = tokio::io::duplex(64);
    let mut line = Line::over(near, Limits::default());
    let begun = tokio::time::Instant::now();
    far.write_all(b"x").await.unwrap();
    assert_eq!(line.read_u8().await.unwrap(), b'x');
    assert_eq!(line.read_u8().await.unwrap_err().kind(), std::io::ErrorKind::TimedOut);
    assert_eq!(begun.elapsed(), Duration::from_mins(1));
    // Nobody reads at the other end.
    let error = async {
        line.write_all(&vec![b'y'; 64 * 1024]).await?;
        line.flush().await
    };
    assert_eq!(error.await.unwrap_err().kind(), std::io::ErrorKind::TimedOut);
    assert_eq!(line.write(b"a word in the buffer").await.unwrap(), 20);
    assert_eq!(line.shutdown().await.unwrap_err().kind(), std::io::ErrorKind::TimedOut);
}
