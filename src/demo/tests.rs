use std::time::Duration;

use tokio::io::{AsyncBufReadExt as _, AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, BufReader};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::*;

mod faults;
mod modern;
mod personalities;
mod toggles;

const NOW: Timestamp = Timestamp(1_762_302_600);
const DEADLINE: Duration = Duration::from_secs(20);

struct Line<S>(BufReader<S>);

impl<S: AsyncRead + AsyncWrite + Unpin> Line<S> {
    async fn next(&mut self) -> String {
        let mut line = Vec::new();
        timeout(DEADLINE, self.0.read_until(b'\n', &mut line)).await.expect("a line in time").expect("a line");
        String::from_utf8_lossy(&line).into_owned()
    }

    /// Up to the line that starts with `tag`, or to the end.
    async fn until(&mut self, tag: &str) -> String {
        let mut all = String::new();
        loop {
            let line = self.next().await;
            all.push_str(&line);
            if line.is_empty() || line.starts_with(tag) {
                return all;
            }
        }
    }

    async fn say(&mut self, command: &str) -> String {
        self.0.get_mut().write_all(format!("{command}\r\n").as_bytes()).await.expect("sent");
        self.until(command.split(' ').next().unwrap()).await
    }
}

fn options() -> Options {
    Options { messages: 12, ..Options::new(NOW, "open sesame") }
}

async fn connect(demo: &Demo) -> Line<tokio_native_tls::TlsStream<TcpStream>> {
    let ca = native_tls::Certificate::from_pem(demo.ca_pem.as_bytes()).unwrap();
    let connector = native_tls::TlsConnector::builder().add_root_certificate(ca).build().unwrap();
    let stream = TcpStream::connect(demo.tls).await.unwrap();
    let stream = tokio_native_tls::TlsConnector::from(connector).connect("127.0.0.1", stream).await.unwrap();
    let mut line = Line(BufReader::new(stream));
    assert!(line.next().await.starts_with("* OK [CAPABILITY IMAP4rev1 "));
    line
}

/// A session without a socket, logged in.
async fn piped(demo: &Demo) -> Line<DuplexStream> {
    let mut line = Line(BufReader::new(demo.pipe()));
    assert!(line.next().await.starts_with("* OK "));
    let answer = line.say("l LOGIN demo@hongyan.example \"open sesame\"").await;
    assert!(answer.starts_with("l OK"), "{answer}");
    line
}

async fn logged_in(demo: &Demo) -> Line<tokio_native_tls::TlsStream<TcpStream>> {
    let mut line = connect(demo).await;
    let answer = line.say("l LOGIN demo@hongyan.example \"open sesame\"").await;
    assert!(answer.starts_with("l OK [CAPABILITY "), "{answer}");
    line
}

#[tokio::test]
async fn what_happens_outside_is_told_to_who_idles() {
    let demo = serve(options()).await.unwrap();
    let mut line = logged_in(&demo).await;
    line.say("a SELECT INBOX").await;
    let before = demo.snapshot().await.unwrap()[0].messages.clone();
    line.0.get_mut().write_all(b"b IDLE\r\n").await.unwrap();
    line.until("+").await;
    let raw = "Subject: new\r\n\r\nhello\r\n";
    let uid = demo.deliver("INBOX", raw, &["\\Flagged", "$Junk"]).await.unwrap();
    assert_eq!(line.until("* ").await, format!("* {} EXISTS\r\n", before.len() + 1));
    assert!(line.until("* ").await.contains("$Junk"), "a new word is announced");
    line.until("* OK [PERMANENTFLAGS").await;
    demo.set_flags("INBOX", uid, &["\\Seen"]).await.unwrap();
    assert!(line.until("* ").await.contains("FETCH (FLAGS (\\Seen))"));
    assert_eq!(demo.expunge("INBOX", &[before[0].uid]).await.unwrap(), 1);
    assert!(line.until("* ").await.starts_with("* 1 EXPUNGE"));
    line.0.get_mut().write_all(b"DONE\r\n").await.unwrap();
    assert!(line.until("b").await.starts_with("b OK"));
    let after = &demo.snapshot().await.unwrap()[0];
    assert_eq!(after.folder, "INBOX");
    assert_eq!(after.messages.last(), Some(&Stored { uid, flags: vec!["\\Seen".into()] }));
    assert_eq!(demo.raw("INBOX", uid).await.unwrap(), raw.as_bytes());
    assert!(demo.deliver("nowhere", raw, &[]).await.is_err());
    assert!(demo.set_flags("INBOX", 9999, &[]).await.is_err());
}

#[tokio::test]
async fn what_was_said_is_remembered_without_the_password() {
    let demo = serve(options()).await.unwrap();
    let mut line = logged_in(&demo).await;
    line.say("a UID FETCH 1:* (BODY.PEEK[HEADER])").await;
    line.say("open sesame").await;
    let said = demo.said().await.unwrap();
    assert_eq!(said, ["l LOGIN demo@hongyan.example ***", "a UID FETCH 1:* (BODY.PEEK[HEADER])", "***"]);
}

#[tokio::test]
async fn connections_are_cut_and_logins_refused_on_request() {
    let demo = serve(options()).await.unwrap();
    let mut line = logged_in(&demo).await;
    assert_eq!(demo.connections().await.unwrap(), 1);
    demo.drop_connections().await.unwrap();
    let mut rest = Vec::new();
    let _ = timeout(DEADLINE, line.0.read_to_end(&mut rest)).await.expect("an end");
    assert!(rest.is_empty(), "no goodbye");
    demo.refuse_logins(true).await.unwrap();
    let mut line = connect(&demo).await;
    let refused = line.say("a LOGIN demo@hongyan.example \"open sesame\"").await;
    assert!(refused.starts_with("a NO [AUTHENTICATIONFAILED]"), "{refused}");
    demo.refuse_logins(false).await.unwrap();
    assert!(line.say("b LOGIN demo@hongyan.example \"open sesame\"").await.starts_with("b OK"));
    assert!(line.say("c LOGOUT").await.starts_with("* BYE"));
}

#[tokio::test]
async fn a_broken_line_breaks_where_it_was_asked_to() {
    let demo = serve(options()).await.unwrap();
    demo.break_connections(&[Fault::CutAfter(500)]).await.unwrap();
    let mut line = connect(&demo).await;
    line.say("l LOGIN demo@hongyan.example \"open sesame\"").await;
    line.0.get_mut().write_all(b"a SELECT INBOX\r\nb FETCH 1:* BODY.PEEK[]\r\n").await.unwrap();
    let mut rest = Vec::new();
    let _ = timeout(DEADLINE, line.0.read_to_end(&mut rest)).await.expect("an end, and not a stall");
    assert!(rest.len() < 500);
    demo.break_connections(&[Fault::StallAfter(60)]).await.unwrap();
    let ca = native_tls::Certificate::from_pem(demo.ca_pem.as_bytes()).unwrap();
    let connector = native_tls::TlsConnector::builder().add_root_certificate(ca).build().unwrap();
    let stream = TcpStream::connect(demo.tls).await.unwrap();
    let stream = tokio_native_tls::TlsConnector::from(connector).connect("localhost", stream).await.unwrap();
    let mut line = Line(BufReader::new(stream));
    let mut some = [0; 60];
    timeout(DEADLINE, line.0.read_exact(&mut some)).await.expect("what comes before the stall").unwrap();
    // Still open, and silent: the next byte does not come, and neither does the end.
    let waited = timeout(Duration::from_millis(200), line.0.read_u8()).await;
    assert!(waited.is_err(), "{waited:?}");
}

#[tokio::test]
async fn nothing_said_in_clear_before_starttls_counts() {
    let demo = serve(options()).await.unwrap();
    let stream = TcpStream::connect(demo.starttls).await.unwrap();
    let mut line = Line(BufReader::new(stream));
    assert!(line.next().await.contains("STARTTLS LOGINDISABLED"));
    assert!(line.say("a SELECT INBOX").await.starts_with("a BAD"));
    assert!(line.say("a LOGIN demo@hongyan.example \"open sesame\"").await.starts_with("a NO"));
    // The second command is smuggled in behind the first; it must not be answered inside TLS.
    line.0.get_mut().write_all(b"b STARTTLS\r\nc CAPABILITY\r\n").await.unwrap();
    assert!(line.until("b").await.starts_with("b OK"));
    let ca = native_tls::Certificate::from_pem(demo.ca_pem.as_bytes()).unwrap();
    let connector = native_tls::TlsConnector::builder().add_root_certificate(ca).build().unwrap();
    let stream = line.0.into_inner();
    let stream = tokio_native_tls::TlsConnector::from(connector).connect("localhost", stream).await.unwrap();
    let mut line = Line(BufReader::new(stream));
    let answer = line.say("d CAPABILITY").await;
    assert!(
        answer.starts_with("* CAPABILITY") && answer.contains("AUTH=PLAIN") && !answer.contains("STARTTLS"),
        "{answer}"
    );
    assert_eq!(answer.lines().count(), 2, "{answer}");
    assert!(line.say("e STARTTLS").await.starts_with("e BAD"));
    line.0.get_mut().write_all(b"f AUTHENTICATE PLAIN\r\n").await.unwrap();
    assert!(line.until("+").await.starts_with('+'));
    let token = base64::encode(b"\0demo@hongyan.example\0open sesame");
    line.0.get_mut().write_all(format!("{token}\r\n").as_bytes()).await.unwrap();
    assert!(line.until("f").await.starts_with("f OK"));
}

#[tokio::test]
async fn limits_end_the_connection_or_refuse_the_literal() {
    let demo = serve(options()).await.unwrap();
    let mut line = connect(&demo).await;
    assert!(line.say("a LOGIN {2000000}").await.starts_with("a NO [TOOBIG]"));
    line.0.get_mut().write_all(&vec![b'x'; 70_000]).await.unwrap();
    assert!(line.until("* BYE").await.contains("too long"));
    let mut line = connect(&demo).await;
    line.0.get_mut().write_all(b"a LOGIN {2000000+}\r\n").await.unwrap();
    assert!(line.until("* BYE").await.contains("too large"));
}

#[tokio::test]
async fn literals_are_asked_for_one_by_one() {
    let demo = serve(options()).await.unwrap();
    let mut line = connect(&demo).await;
    for (piece, answer) in
        [("a LOGIN {20}\r\n", "+"), ("demo@hongyan.example {11}\r\n", "+"), ("open sesame\r\n", "a OK")]
    {
        line.0.get_mut().write_all(piece.as_bytes()).await.unwrap();
        assert!(line.next().await.starts_with(answer), "{piece}");
    }
    assert_eq!(demo.said().await.unwrap(), ["a LOGIN {20} ***"]);
    let many = line.say("b EXAMINE INBOX\r\nc NOOP\r\nb2 NOOP").await + &line.until("b2").await;
    let ends: Vec<&str> = many.lines().filter(|l| !l.starts_with('*')).collect();
    assert!(ends.iter().map(|l| l.split(' ').next().unwrap()).eq(["b", "c", "b2"]), "{ends:?}");
}

#[tokio::test(start_paused = true)]
async fn new_mail_arrives_now_and_then() {
    let arrivals = Some(Duration::from_secs(30));
    let demo = serve(Options { arrivals, ..options() }).await.unwrap();
    let count = async || demo.snapshot().await.unwrap()[0].messages.len();
    let before = count().await;
    while count().await < before + 3 {
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    let newest = demo.snapshot().await.unwrap()[0].messages.last().cloned().unwrap();
    assert!(newest.flags.is_empty());
    assert!(demo.raw("INBOX", newest.uid).await.unwrap().starts_with(b"Date: "));
}

#[tokio::test]
async fn it_ends_with_its_owner() {
    let demo = serve(options()).await.unwrap();
    let (at, mut line) = (demo.tls, logged_in(&demo).await);
    demo.stop().await;
    let mut rest = Vec::new();
    let _ = timeout(DEADLINE, line.0.read_to_end(&mut rest)).await.expect("an end");
    assert!(TcpStream::connect(at).await.is_err());
}

/// To look at it with another client: `cargo test --lib demo::tests::by_hand -- --ignored --nocapture`.
#[tokio::test]
#[ignore = "runs until it is interrupted"]
async fn by_hand() {
    let options = Options {
        messages: WRITTEN,
        arrivals: Some(Duration::from_secs(20)),
        ..Options::new(crate::model::clock::now(), "demo")
    };
    let demo = serve(options).await.unwrap();
    println!("tls {} starttls {}\ndemo@hongyan.example, password demo\n{}", demo.tls, demo.starttls, demo.ca_pem);
    std::future::pending::<()>().await;
}

/// How long a large mailbox takes: `cargo test --release --lib demo::tests::measured -- --ignored --nocapture`.
#[tokio::test]
#[ignore = "measures"]
async fn measured() {
    let clock = crate::model::clock::instant;
    let memory = || {
        let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
        status.lines().find(|l| l.starts_with("VmRSS")).unwrap_or_default().to_owned()
    };
    let begin = clock();
    let demo = serve(Options { messages: 100_000, ..options() }).await.unwrap();
    println!("served after {:?}, {}", begin.elapsed(), memory());
    let mut line = logged_in(&demo).await;
    line.say("a SELECT INBOX").await;
    for command in [
        "FETCH 1:* (UID FLAGS)",
        "FETCH 1:* (UID ENVELOPE RFC822.SIZE)",
        "FETCH 1:* BODY.PEEK[HEADER]",
        "SEARCH UNSEEN",
        "SEARCH TEXT herring",
    ] {
        let begin = clock();
        line.0.get_mut().write_all(format!("b {command}\r\n").as_bytes()).await.unwrap();
        let mut bytes = 0;
        loop {
            let mut one = Vec::new();
            let count = line.0.read_until(b'\n', &mut one).await.unwrap();
            bytes += count;
            if count == 0 || one.starts_with(b"b OK") {
                break;
            }
        }
        println!("{command}: {:?}, {bytes} bytes, {}", begin.elapsed(), memory());
    }
}
