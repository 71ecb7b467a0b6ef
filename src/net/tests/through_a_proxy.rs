//! Proxies: what is asked of them, what their answers mean, and that the certificate is checked all the same.

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc::unbounded_channel;

use super::papers::{End, HOST, Papers, Shown, leaf};
use super::serve;
use crate::model::{Failure, FailureKind, Proxy, Retry, Route, TlsMode};
use crate::net::{Dialer, Protocol, proxy};

const ASKED: &str = "\u{5}\u{1}\0\u{3}\u{11}imap.mail.example";

/// What a proxy that answers like this is told, and what comes of it.
async fn asked(written: &str, answers: &[&[u8]]) -> (Result<(), Failure>, String) {
    let proxy: Proxy = written.parse().unwrap();
    let (mut near, mut far) = tokio::io::duplex(64 * 1024);
    for answer in answers {
        far.write_all(answer).await.unwrap();
    }
    let outcome = proxy::ask(&proxy, &mut near, HOST, 993).await;
    // What belongs to the server is still there.
    if outcome.is_ok() {
        far.write_all(b"!").await.unwrap();
        assert_eq!(near.read_u8().await.unwrap(), b'!', "more was read than the proxy's answer");
    }
    drop(near);
    let mut heard = Vec::new();
    far.read_to_end(&mut heard).await.unwrap();
    (outcome, String::from_utf8_lossy(&heard).into_owned())
}

#[tokio::test]
async fn a_socks_proxy_gets_the_name_and_looks_it_up() {
    for end in [&b"\x01\x7f\0\0\x01\x04\x38"[..], b"\x03\x01a\x04\x38", &[b"\x04".as_slice(), &[0; 18]].concat()] {
        let (outcome, heard) =
            asked("socks5://proxy.example:1080", &[b"\x05\0", &[b"\x05\0\0".as_slice(), end].concat()]).await;
        assert_eq!(outcome, Ok(()));
        assert!(heard.starts_with(&format!("\u{5}\u{1}\0{ASKED}\u{3}")), "{heard:?}");
    }
    let (outcome, heard) =
        asked("socks5://me:pass@proxy.example:1080", &[b"\x05\x02", b"\x01\0", b"\x05\0\0\x01\x7f\0\0\x01\x04\x38"])
            .await;
    assert_eq!(outcome, Ok(()));
    assert!(heard.starts_with(&format!("\u{5}\u{1}\u{2}\u{1}\u{2}me\u{4}pass{ASKED}\u{3}")), "{heard:?}");
}

#[tokio::test]
async fn an_http_proxy_gets_the_name_and_looks_it_up() {
    let (outcome, heard) =
        asked("http://proxy.example:8080", &[b"HTTP/1.1 200 Connection established\r\nVia: x\r\n\r\n"]).await;
    assert_eq!(outcome, Ok(()));
    assert_eq!(heard, "CONNECT imap.mail.example:993 HTTP/1.1\r\nHost: imap.mail.example:993\r\n\r\n");
    let (outcome, heard) = asked("http://me:secret!@proxy.example:8080", &[b"HTTP/1.0 200 OK\r\n\r\n"]).await;
    assert_eq!(outcome, Ok(()));
    assert!(heard.contains("\r\nProxy-Authorization: Basic bWU6c2VjcmV0IQ==\r\n"), "{heard}");
}

#[tokio::test]
async fn n04_a_proxy_that_says_no_is_told_from_a_server_that_is_not_there() {
    use FailureKind::{Proxy as OfProxy, Unreachable as OfServer};
    let socks = |code: u8| [5, 0, 5, code, 0, 1, 0, 0, 0, 0, 0, 0];
    let (plain, named) = ("socks5://proxy.example:1080", "socks5://me:hunter2@proxy.example:1080");
    let (web, web_named) = ("http://proxy.example:8080", "http://me:hunter2@proxy.example:8080");
    let wordy = [b"HTTP/1.1 403 ".as_slice(), &[b'x'; 4000], b"\r\n\r\n"].concat();
    let long = vec![b'x'; 20_000];
    let cases: &[(&str, &[u8], FailureKind, Retry)] = &[
        (plain, &socks(1), OfProxy, Retry::AfterUser),
        (plain, &socks(2), OfProxy, Retry::AfterUser),
        (plain, &socks(3), OfServer, Retry::Later),
        (plain, &socks(4), OfServer, Retry::Later),
        (plain, &socks(5), OfServer, Retry::Later),
        (plain, &socks(6), OfServer, Retry::Later),
        (plain, &socks(9), OfProxy, Retry::AfterUser),
        (plain, b"\x05\xff", OfProxy, Retry::AfterUser),
        (plain, b"\x05\x02", OfProxy, Retry::AfterUser),
        (plain, b"\x05\0\x05\0\0\x09", OfProxy, Retry::AfterUser),
        (plain, b"HTTP/1.1 400 Bad Request\r\n\r\n", OfProxy, Retry::AfterUser),
        (named, b"\x05\0", OfProxy, Retry::AfterUser),
        (named, b"\x05\x02\x01\x01", OfProxy, Retry::AfterUser),
        (web, b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n", OfProxy, Retry::AfterUser),
        (web_named, b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n", OfProxy, Retry::AfterUser),
        (web, b"HTTP/1.1 403 \x1b[31mForbidden\r\n\r\n", OfProxy, Retry::AfterUser),
        (web, b"HTTP/1.1 502 Bad Gateway\r\n\r\n", OfServer, Retry::Later),
        (web, b"HTTP/1.1 504 Gateway Timeout\r\n\r\n", OfServer, Retry::Later),
        (web, &wordy, OfProxy, Retry::AfterUser),
        (web, b"SSH-2.0-x\r\n\r\n", OfProxy, Retry::AfterUser),
        (web, b"HTTP/1.1 99999999999999 x\r\n\r\n", OfProxy, Retry::AfterUser),
        (web, &long, OfProxy, Retry::AfterUser),
    ];
    for (written, answer, kind, retry) in cases {
        let (outcome, _) = asked(written, &[answer]).await;
        let failure = outcome.unwrap_err();
        assert_eq!((failure.kind, failure.retry), (*kind, *retry), "{failure:?}");
        let shown = format!("{failure:?}");
        assert!(!shown.contains("hunter2") && !failure.said.as_str().contains('\u{1b}'), "{shown}");
        assert!(shown.contains("proxy.example") && failure.said.as_str().len() < 300, "{shown}");
        assert!(*kind != OfServer || failure.about.as_str().contains(HOST), "{shown}");
    }
}

/// A proxy that connects to `port` whatever it is asked for.
async fn to(port: u16) -> (String, tokio::sync::mpsc::UnboundedReceiver<String>) {
    let (asked, asking) = unbounded_channel();
    let proxy = serve(move |mut tcp| {
        let asked = asked.clone();
        async move {
            let mut head = Vec::new();
            while !head.ends_with(b"\r\n\r\n") {
                head.push(tcp.read_u8().await.unwrap());
            }
            let _ = asked.send(String::from_utf8(head).unwrap());
            tcp.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await.unwrap();
            let mut server = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
            let _ = copy_bidirectional(&mut tcp, &mut server).await;
        }
    })
    .await;
    (format!("http://127.0.0.1:{proxy}"), asking)
}

#[tokio::test]
async fn the_certificate_is_checked_for_the_servers_name_through_the_proxy() {
    let papers = Papers::new();
    let (port, _hearing) = papers.good().port(b"* OK hi\r\n", End::Never).await;
    let (proxy, mut asking) = to(port).await;
    let route = Route::Through(proxy.parse().unwrap());
    // The name has no address anywhere: only the proxy can know it.
    let dialer = Dialer { route, connect_to: Vec::new(), ..papers.dialer(port) };
    let mut opened = dialer.open(&papers.server(993, TlsMode::Tls), Protocol::Imap).await.unwrap();
    let mut read = [0; 9];
    opened.line.read_exact(&mut read).await.unwrap();
    assert_eq!(&read, b"* OK hi\r\n");
    assert!(asking.recv().await.unwrap().starts_with("CONNECT imap.mail.example:993 "));

    let other = Shown::signed(&leaf(&["127.0.0.1", "proxy.example"], ""), &papers.authority);
    let (port, _hearing) = other.port(b"", End::Never).await;
    let dialer = Dialer { route: Route::Through(to(port).await.0.parse().unwrap()), ..dialer };
    let failure = dialer.open(&papers.server(993, TlsMode::Tls), Protocol::Imap).await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::WrongName);
    assert!(failure.said.as_str().contains(&other.fingerprint.to_string()), "{failure:?}");
}

#[tokio::test]
async fn starttls_works_through_the_proxy() {
    let papers = Papers::new();
    let port = papers.upgrading(b"* OK hi\r\n", &[b"s1 OK go\r\n"], b"inside").await;
    let dialer = Dialer { route: Route::Through(to(port).await.0.parse().unwrap()), ..papers.dialer(port) };
    let mut opened = dialer.open(&papers.server(143, TlsMode::StartTls), Protocol::Imap).await.unwrap();
    let mut read = Vec::new();
    opened.line.read_to_end(&mut read).await.unwrap();
    assert_eq!(read, b"inside");
}

#[tokio::test]
async fn a_proxy_that_is_not_there_or_not_clear_is_never_gone_around() {
    let visits = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let server_port = visits.local_addr().unwrap().port();
    let closed = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port();
    let closed: Proxy = format!("socks5://127.0.0.1:{closed}").parse().unwrap();
    for (route, retry) in [
        (Route::Through(closed), Retry::Later),
        (Route::Through("socks5://no-such-proxy.invalid:1".parse().unwrap()), Retry::Later),
        (Route::Unclear { at: "ALL_PROXY", why: "it cannot be read".to_owned() }, Retry::AfterUser),
    ] {
        let dialer = Dialer { route, ..super::dialer() };
        let failure = dialer.open(&super::server(server_port, TlsMode::Tls), Protocol::Imap).await.unwrap_err();
        assert_eq!((failure.kind, failure.retry), (FailureKind::Proxy, retry), "{failure:?}");
    }
    let visit = tokio::time::timeout(std::time::Duration::from_millis(50), visits.accept()).await;
    assert!(visit.is_err(), "somebody went around the proxy");
}
