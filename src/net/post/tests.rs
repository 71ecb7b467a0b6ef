use std::sync::Arc;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use super::*;
use crate::net::tests::papers::{HOST, Papers, Shown};
use crate::net::tests::serve;

/// A web server on loopback: what it answers, one answer a connection, and what it heard.
async fn web(shown: &Shown, answers: &'static [&'static str]) -> (u16, UnboundedReceiver<String>) {
    let acceptor = Arc::new(shown.acceptor());
    let (heard, hearing) = unbounded_channel();
    let next = Arc::new(std::sync::atomic::AtomicUsize::new(0));
    let port = serve(move |tcp| {
        let (acceptor, heard, next) = (acceptor.clone(), heard.clone(), next.clone());
        async move {
            let Ok(mut stream) = acceptor.accept(tcp).await else { return };
            let mut said = Vec::new();
            let mut buffer = [0; 1024];
            while !String::from_utf8_lossy(&said).contains("One-Click") {
                match stream.read(&mut buffer).await {
                    Ok(read @ 1..) => said.extend_from_slice(&buffer[..read]),
                    _ => return,
                }
            }
            let _ = heard.send(String::from_utf8(said).unwrap());
            let at = next.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
            let Some(answer) = answers.get(at).or_else(|| answers.last()) else { return };
            let _ = stream.write_all(answer.as_bytes()).await;
            let _ = stream.shutdown().await;
        }
    })
    .await;
    (port, hearing)
}

const FORM: &str = "List-Unsubscribe=One-Click";

async fn posted(answers: &'static [&'static str], path: &str) -> (Result<u16, Failure>, Vec<String>) {
    let papers = Papers::new();
    let (port, mut hearing) = web(&papers.good(), answers).await;
    let result = papers.dialer(port).post(&format!("https://{HOST}:{port}{path}"), FORM).await;
    let mut heard = Vec::new();
    while let Ok(said) = hearing.try_recv() {
        heard.push(said);
    }
    (result, heard)
}

#[tokio::test]
async fn a_form_is_sent_as_it_is_written_down() {
    let (result, heard) = posted(&["HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"], "/leave?u=1&x=%20").await;
    assert_eq!(result.unwrap(), 200);
    let (head, body) = heard[0].split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("POST /leave?u=1&x=%20 HTTP/1.1\r\nHost: "), "{head}");
    assert!(head.contains("\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 26\r\n"), "{head}");
    assert!(!head.to_lowercase().contains("cookie") && !head.to_lowercase().contains("accept-language"), "{head}");
    assert_eq!(body, FORM);
}

#[tokio::test]
async fn what_the_server_answers_is_told() {
    for (answers, status) in [
        (&["HTTP/1.1 202 Accepted\r\n\r\n"][..], 202),
        (&["HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n"], 204),
        (&["HTTP/1.1 404 Not Found\r\n\r\n"], 404),
        (&["HTTP/1.1 303 See Other\r\nLocation: https://elsewhere.example/\r\n\r\n"], 303),
        (&["HTTP/1.1 308 Moved\r\nLocation: /there\r\n\r\n", "HTTP/1.1 200 OK\r\n\r\n"], 200),
    ] {
        assert_eq!(posted(answers, "/").await.0.unwrap(), status, "{answers:?}");
    }
}

#[tokio::test]
async fn it_goes_to_no_other_host_and_not_round_and_round() {
    let (elsewhere, heard) = posted(&["HTTP/1.1 302 Found\r\nLocation: https://elsewhere.example/\r\n\r\n"], "/").await;
    assert_eq!((elsewhere.unwrap_err().kind, heard.len()), (FailureKind::Refused, 1));
    let (plain, _) = posted(&["HTTP/1.1 307 T\r\nLocation: http://imap.mail.example/\r\n\r\n"], "/").await;
    assert_eq!(plain.unwrap_err().kind, FailureKind::Refused);
    let (round, heard) = posted(&["HTTP/1.1 307 T\r\nLocation: /a\r\n\r\n"], "/").await;
    assert_eq!((round.unwrap_err().kind, heard.len()), (FailureKind::Refused, REDIRECTS + 1));
}

#[tokio::test]
async fn who_does_not_talk_http_or_never_ends_is_left() {
    for answers in [&["SSH-2.0-x\r\n\r\n"][..], &[""], &["HTTP/1.1 2000 OK\r\n\r\n"]] {
        assert_eq!(posted(answers, "/").await.0.unwrap_err().kind, FailureKind::Protocol, "{answers:?}");
    }
    let papers = Papers::new();
    let acceptor = Arc::new(papers.good().acceptor());
    let port = serve(move |tcp| {
        let acceptor = acceptor.clone();
        async move {
            let Ok(mut stream) = acceptor.accept(tcp).await else { return };
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\n").await;
            while stream.write_all(&[b'x'; 4096]).await.is_ok() {}
        }
    })
    .await;
    let endless = papers.dialer(port).post(&format!("https://{HOST}:{port}/"), FORM).await;
    assert_eq!(endless.unwrap_err().kind, FailureKind::Protocol, "a head without an end is not kept");
}

#[tokio::test]
async fn a_certificate_must_be_for_the_host() {
    let papers = Papers::new();
    let other = Shown::signed(&crate::net::tests::papers::leaf(&["other.example"], "other"), &papers.authority);
    let (port, mut hearing) = web(&other, &["HTTP/1.1 200 OK\r\n\r\n"]).await;
    let refused = papers.dialer(port).post(&format!("https://{HOST}:{port}/"), FORM).await.unwrap_err();
    assert_eq!(refused.kind, FailureKind::WrongName);
    assert!(hearing.try_recv().is_err(), "nothing was said to it");
}

#[tokio::test]
async fn nothing_goes_to_this_machine_or_into_the_own_network() {
    let (port, mut heard) = {
        let papers = Papers::new();
        web(&papers.good(), &["HTTP/1.1 200 OK\r\n\r\n"]).await
    };
    let dialer = Dialer::default();
    for host in
        ["127.0.0.1", "localhost", "[::1]", "10.0.0.1", "192.168.1.1", "169.254.169.254", "[fe80::1]", "0.0.0.0"]
    {
        let refused = dialer.post(&format!("https://{host}:{port}/"), FORM).await.unwrap_err();
        assert_eq!(refused.kind, FailureKind::Refused, "{host}: {refused:?}");
    }
    assert!(heard.try_recv().is_err());
    for (address, public) in [
        ("93.184.216.34", true),
        ("100.64.0.1", false),
        ("172.16.0.1", false),
        ("198.18.0.1", false),
        ("224.0.0.1", false),
        ("2a00:1450::1", true),
        ("::ffff:10.0.0.1", false),
        ("fd00::1", false),
        ("2002:7f00:1::", false),
        ("2001:db8::1", false),
        ("::", false),
    ] {
        assert_eq!(is_public(address.parse().unwrap()), public, "{address}");
    }
}

#[test]
fn only_addresses_of_encrypted_pages_are_taken() {
    for url in [
        "http://a.example/",
        "https://",
        "https:///x",
        "https://user@a.example/",
        "https://a.example/\r\nX: y",
        "https://a.example/ HTTP/1.0",
        "https://a.example:99999/",
        "https://a.example\\@b.example/",
        "ftp://a.example/",
    ] {
        assert_eq!(Place::of(url), None, "{url}");
    }
    let place = |url: &str| Place::of(url).map(|place| (place.host, place.port, place.path)).unwrap();
    assert_eq!(place("HTTPS://A.example?x#y"), ("a.example".to_owned(), 443, "/?x".to_owned()));
    assert_eq!(place("https://[2a00::1]:8443/x"), ("2a00::1".to_owned(), 8443, "/x".to_owned()));
}
