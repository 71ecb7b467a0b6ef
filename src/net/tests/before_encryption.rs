//! Rows S01 to S06, the connecting part of I17, and I20.

use proptest::prelude::*;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

use super::{all_heard, dialer, scripted, server};
use crate::model::{Failure, FailureKind, Retry, TlsMode};
use crate::net::{Opened, Protocol, proxy, starttls};

type Script = (Protocol, &'static [u8], &'static [&'static [u8]]);

/// How it fails, and what the server heard.
async fn failed((protocol, greeting, answers): Script) -> (Failure, String) {
    let (port, mut hearing) = scripted(greeting, answers).await;
    let failure = dialer().open(&server(port, TlsMode::StartTls), protocol).await.unwrap_err();
    (failure, all_heard(&mut hearing))
}

const SMTP_HELLO: &[u8] = b"250-mail.example\r\n250 STARTTLS\r\n";

#[tokio::test]
async fn s01_a_server_that_refuses_encryption_hears_no_login() {
    let refusals: &[Script] = &[
        (Protocol::Imap, b"* OK hi\r\n", &[b"s1 NO not today\r\n"]),
        (Protocol::Imap, b"* OK hi\r\n", &[b"s1 BAD what\r\n"]),
        (Protocol::Imap, b"* OK hi\r\n", &[b"* OK wait\r\n* CAPABILITY IMAP4rev1\r\ns1 NO\r\n"]),
        (Protocol::Smtp, b"220-mail.example\r\n220 hi\r\n", &[SMTP_HELLO, b"454 not today\r\n"]),
        (Protocol::Smtp, b"220 hi\r\n", &[b"500 what\r\n"]),
        (Protocol::Pop3, b"+OK hi\r\n", &[b"-ERR not today\r\n"]),
    ];
    for script in refusals {
        let (failure, heard) = failed(*script).await;
        assert_eq!((failure.kind, failure.retry), (FailureKind::StartTls, Retry::AfterUser), "{script:?}");
        for word in ["LOGIN", "AUTH", "USER", "PASS"] {
            assert!(!heard.to_ascii_uppercase().contains(word), "{heard}");
        }
        assert!(heard.contains("STARTTLS") || heard.contains("STLS") || heard.starts_with("EHLO"), "{heard}");
    }
}

#[tokio::test]
async fn s01_clear_text_instead_of_the_handshake_ends_it() {
    let scripts: &[Script] = &[
        (Protocol::Imap, b"* OK hi\r\n", &[b"s1 OK go\r\n", b"* OK still here\r\n"]),
        (Protocol::Smtp, b"220 hi\r\n", &[SMTP_HELLO, b"220 go\r\n", b"250 still here\r\n"]),
        (Protocol::Pop3, b"+OK hi\r\n", &[b"+OK go\r\n", b"+OK still here\r\n"]),
    ];
    for script in scripts {
        let (failure, heard) = failed(*script).await;
        assert_eq!(failure.kind, FailureKind::StartTls, "{script:?}");
        assert!(heard.contains("\u{16}\u{3}"), "no handshake was tried: {heard:?}");
    }
}

#[tokio::test]
async fn s02_preauth_before_encryption_ends_it() {
    let (failure, heard) = failed((Protocol::Imap, b"* PREAUTH hi\r\n", &[])).await;
    assert_eq!((failure.kind, heard.as_str()), (FailureKind::StartTls, ""));
}

#[tokio::test]
async fn s03_a_byte_after_the_ok_ends_it() {
    let scripts: &[Script] = &[
        (Protocol::Imap, b"* OK hi\r\n", &[b"s1 OK go\r\n* OK injected\r\n"]),
        (Protocol::Imap, b"* OK hi\r\n* OK more\r\n", &[b"s1 OK go\r\n"]),
        (Protocol::Smtp, b"220 hi\r\n", &[SMTP_HELLO, b"220 go\r\n250 injected\r\n"]),
        (Protocol::Smtp, b"220 hi\r\n250 early\r\n", &[SMTP_HELLO]),
        (Protocol::Smtp, b"220 hi\r\n", &[b"250 hi\r\n220 early\r\n", b""]),
        (Protocol::Pop3, b"+OK hi\r\n", &[b"+OK go\r\n+OK injected\r\n"]),
        (Protocol::Pop3, b"+OK hi\r\n+OK early\r\n", &[b"+OK\r\n"]),
    ];
    for script in scripts {
        let (failure, heard) = failed(*script).await;
        assert_eq!(failure.kind, FailureKind::StartTls, "{script:?}");
        assert!(failure.said.as_str().contains("before the encryption"), "{failure:?}");
        assert!(!heard.contains("\u{16}\u{3}"), "the handshake began all the same: {heard:?}");
    }
}

#[tokio::test]
async fn s04_nothing_that_was_said_in_clear_is_left_to_be_read() {
    let papers = super::papers::Papers::new();
    let scripts: &[Script] = &[
        (Protocol::Imap, b"* OK [CAPABILITY IMAP4rev1 INJECTED] hi\r\n", &[b"s1 OK go\r\n"]),
        (Protocol::Smtp, b"220 hi\r\n", &[b"250-INJECTED\r\n250 STARTTLS\r\n", b"220 go\r\n"]),
        (Protocol::Pop3, b"+OK hi\r\n", &[b"+OK go\r\n"]),
    ];
    for (protocol, greeting, answers) in scripts.iter().copied() {
        let port = papers.upgrading(greeting, answers, b"inside\r\n").await;
        let Opened { mut line, greeted } =
            papers.dialer(port).open(&papers.server(port, TlsMode::StartTls), protocol).await.unwrap();
        assert!(greeted);
        let mut read = String::new();
        line.read_to_string(&mut read).await.unwrap();
        assert_eq!(read, "inside\r\n");
    }
}

#[tokio::test]
async fn s05_words_from_before_the_encryption_are_never_shown() {
    let scripts: &[Script] = &[
        (Protocol::Imap, b"* OK [ALERT] call 555\r\n", &[b"* OK [ALERT] call 555\r\ns1 NO call 555\r\n"]),
        (Protocol::Imap, b"* BYE call 555\r\n", &[]),
        (Protocol::Imap, b"call 555\r\n", &[]),
        (Protocol::Smtp, b"554 call 555\r\n", &[]),
        (Protocol::Smtp, b"220 hi\r\n", &[b"250 call 555\r\n", b"454 call 555\r\n"]),
        (Protocol::Pop3, b"-ERR call 555\r\n", &[]),
    ];
    for script in scripts {
        let (failure, _) = failed(*script).await;
        assert!(!failure.said.as_str().contains("555"), "{failure:?}");
    }
}

#[tokio::test]
async fn s06_what_is_no_greeting_ends_it() {
    for (protocol, greeting) in [
        (Protocol::Imap, &b"hello\r\n"[..]),
        (Protocol::Imap, b"* 1 EXISTS\r\n"),
        (Protocol::Smtp, b"22 x\r\n"),
        (Protocol::Smtp, b"hello\r\n"),
        (Protocol::Pop3, b"hello\r\n"),
        (Protocol::Imap, &[b'x'; 16_000]),
    ] {
        let (failure, heard) = failed((protocol, greeting, &[])).await;
        assert_eq!((failure.kind, heard.as_str()), (FailureKind::StartTls, ""), "{protocol:?}");
    }
}

#[tokio::test]
async fn i17_a_goodbye_at_the_greeting_is_worth_another_try() {
    for (protocol, greeting) in
        [(Protocol::Imap, &b"* BYE too many of you\r\n"[..]), (Protocol::Smtp, b"421 too many of you\r\n")]
    {
        let (failure, _) = failed((protocol, greeting, &[])).await;
        assert_eq!((failure.kind, failure.retry), (FailureKind::Refused, Retry::Later), "{failure:?}");
    }
}

#[tokio::test]
async fn i17_a_connection_that_ends_at_once_is_worth_another_try() {
    let port = super::serve(|tcp| async move { drop(tcp) }).await;
    for tls in [TlsMode::Tls, TlsMode::StartTls, TlsMode::None] {
        let failure = dialer().open(&server(port, tls), Protocol::Imap).await.unwrap_err();
        assert_eq!((failure.kind, failure.retry), (FailureKind::Dropped, Retry::Later), "{tls:?} {failure:?}");
    }
}

#[tokio::test]
async fn i20_a_referral_leads_nowhere() {
    let elsewhere = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let referral =
        format!("* BYE [REFERRAL imap://127.0.0.1:{}/] go there\r\n", elsewhere.local_addr().unwrap().port());
    let referral: &'static [u8] = Box::leak(referral.into_bytes().into_boxed_slice());
    let (port, mut hearing) = scripted(referral, &[]).await;
    let failure = dialer().open(&server(port, TlsMode::StartTls), Protocol::Imap).await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::Refused);
    // In clear the words are for the protocol to read, and nothing happens by itself.
    let mut opened = dialer().open(&server(port, TlsMode::None), Protocol::Imap).await.unwrap();
    let mut read = vec![0; referral.len()];
    opened.line.read_exact(&mut read).await.unwrap();
    assert_eq!(read, referral);
    assert_eq!(all_heard(&mut hearing), "");
    let visit = tokio::time::timeout(std::time::Duration::from_millis(50), elsewhere.accept()).await;
    assert!(visit.is_err(), "the referral was followed");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    /// Whatever is said in clear, by a server or by a proxy: it ends, and an OK is an OK with nothing after it.
    #[test]
    fn s03_random_words_in_clear_do_no_harm(
        lines in proptest::collection::vec(
            prop_oneof![
                Just(b"* OK hi\r\n".to_vec()),
                Just(b"s1 OK\r\n".to_vec()),
                Just(b"220 hi\r\n".to_vec()),
                Just(b"250-hi\r\n".to_vec()),
                Just(b"250 hi\r\n".to_vec()),
                Just(b"+OK\r\n".to_vec()),
                Just(b"\x05\0\x05\0\0\x01".to_vec()),
                Just(b"HTTP/1.1 200\r\n\r\n".to_vec()),
                proptest::collection::vec(any::<u8>(), 0..40),
            ],
            0..6,
        ),
    ) {
        let words = lines.concat();
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        for protocol in [Protocol::Imap, Protocol::Smtp, Protocol::Pop3] {
            let asked = runtime.block_on(async {
                let (mut near, mut far) = tokio::io::duplex(4096);
                far.write_all(&words).await.unwrap();
                far.shutdown().await.unwrap();
                starttls::ask(protocol, &mut near, "mail.example").await
            });
            // Here all of it is said at once, so the server spoke before it was asked.
            prop_assert!(asked.is_err(), "{protocol:?} {words:?}");
        }
        for written in ["socks5://proxy.example:1", "http://proxy.example:1"] {
            let (asked, left) = runtime.block_on(async {
                let (mut near, mut far) = tokio::io::duplex(4096);
                far.write_all(&words).await.unwrap();
                far.shutdown().await.unwrap();
                let asked = proxy::ask(&written.parse().unwrap(), &mut near, "mail.example", 993).await;
                let mut left = Vec::new();
                near.read_to_end(&mut left).await.unwrap();
                (asked, left)
            });
            prop_assert!(words.ends_with(&left));
            prop_assert!(asked.is_err() || left.len() < words.len());
        }
    }
}
