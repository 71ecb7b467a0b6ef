//! The sluice over a stream that gives its bytes in pieces.

use async_imap::Client;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use super::*;
use crate::store::Whole;
use crate::sync::imap::said::{Said, State};

/// Everything that is heard of these bytes, and how it ended.
async fn heard_of(bytes: &[u8]) -> (Vec<Said>, Option<io::Error>) {
    let (here, mut there) = tokio::io::duplex(64 * 1024);
    let bytes = bytes.to_vec();
    let server = tokio::spawn(async move {
        let _ = there.write_all(&bytes).await;
    });
    let mut client = Client::new(Sluice::new(here, Limits::default()));
    let mut heard = Vec::new();
    let end = loop {
        match client.read_response().await {
            Ok(Some(response)) => {
                let said = Said::of(response.parsed());
                let sluice = client.get_mut();
                match &said {
                    Said::State(State { text, .. }) if sluice.release(text) => {
                        heard.extend(std::iter::from_fn(|| sluice.take()).map(Said::read));
                    }
                    _ => heard.push(said),
                }
            }
            Ok(None) => break None,
            Err(error) => break Some(error),
        }
        assert!(client.get_mut().weight() < 8 * 1024 * 1024);
    };
    drop(client);
    server.await.unwrap();
    (heard, end)
}

#[tokio::test]
async fn i05_what_cannot_be_read_keeps_its_place_among_the_others() {
    let bytes =
        b"* OK hi\r\n* XLIST () NIL x\r\n* 1 EXISTS\r\n* NAMESPACE NIL NIL NIL\r\n+\r\nh1 OK \xff\r\n* 2 EXISTS\n\r\n";
    let (heard, end) = heard_of(bytes).await;
    assert!(end.is_none(), "{end:?}");
    let kinds: Vec<_> = heard
        .iter()
        .map(|said| match said {
            Said::State(_) => "state",
            Said::List(_) => "list",
            Said::Exists(1) => "one",
            Said::Exists(2) => "two",
            Said::Other => "other",
            Said::Go(_) => "go",
            Said::Tagged(_) => "tagged",
            _ => "?",
        })
        .collect();
    assert_eq!(kinds, ["state", "list", "one", "other", "go", "tagged", "two", "other"]);
}

#[tokio::test]
async fn i04_a_hundred_thousand_parentheses_are_one_odd_message() {
    for (open, close) in [("(", ")"), ("(", ""), ("\"a\" (", ")"), ("a\"b (", ")")] {
        let deep = open.repeat(100_000) + &close.repeat(100_000);
        let line = format!("* 1 FETCH (UID 7 BODYSTRUCTURE {deep} FLAGS (\\Seen))\r\n* 1 EXISTS\r\n");
        let (heard, end) = heard_of(line.as_bytes()).await;
        assert!(end.is_none(), "{end:?}");
        assert!(matches!(&heard[0], Said::Fetch(told) if told.uid == Some(7)), "{open}");
        assert_eq!(heard[1], Said::Exists(1));
        for line in [format!("* LIST ({deep}) NIL x\r\n"), format!("* OK {deep}\r\n"), format!("{deep}\r\n")] {
            assert_eq!(heard_of(line.as_bytes()).await.0.len(), 1);
        }
    }
}

#[tokio::test]
async fn i01_literals_that_nobody_can_hold() {
    for odd in ["{99999999999}", "{-1}", "{4294967296}", "{1e9}", "{18446744073709551616}"] {
        let line = format!("* 1 EXISTS\r\n* 1 FETCH (UID 7 BODY[] {odd}\r\nabc");
        let (heard, end) = heard_of(line.as_bytes()).await;
        assert_eq!(heard, [Said::Exists(1)], "{odd}");
        assert_eq!(end.unwrap().kind(), io::ErrorKind::InvalidData, "{odd}");
    }
    for fine in ["{3+}", "~{3}", "{3}", "{0003}"] {
        let line = format!("* 1 FETCH (UID 7 BODY[] {fine}\r\nabc)\r\n");
        let (heard, end) = heard_of(line.as_bytes()).await;
        assert!(
            end.is_none() && matches!(&heard[0], Said::Fetch(told) if told.body == Some(Whole::Bytes(b"abc".to_vec()))),
            "{fine}"
        );
    }
    let (heard, end) = heard_of(b"* LIST () NIL {70000}\r\nx").await;
    assert!(heard.is_empty() && end.unwrap().kind() == io::ErrorKind::InvalidData);
}

#[tokio::test]
async fn i03_a_line_without_end() {
    for start in ["", "* OK ", "* 1 FETCH (UID 7 FLAGS (", "h1 OK ", "+ "] {
        let line = format!("* 1 EXISTS\r\n{start}{}", "x".repeat(3 * 1024 * 1024));
        let (heard, end) = heard_of(line.as_bytes()).await;
        assert_eq!(heard, [Said::Exists(1)]);
        assert_eq!(end.unwrap().kind(), io::ErrorKind::InvalidData);
    }
}

#[tokio::test]
async fn i02_a_literal_that_stalls_is_not_held() {
    let mut bytes = b"* 1 FETCH (UID 7 BODY[HEADER] {300000000}\r\n".to_vec();
    bytes.resize(20 * 1024 * 1024, b'x');
    let (heard, end) = heard_of(&bytes).await;
    assert!(heard.is_empty());
    assert_eq!(end.unwrap().kind(), io::ErrorKind::UnexpectedEof);
}

#[tokio::test]
async fn r02_a_header_of_fifty_megabytes_is_cut_and_the_rest_is_heard() {
    let mut bytes = b"* 1 FETCH (UID 7 BODY[HEADER.FIELDS (SUBJECT)] {52428800}\r\nSubject: long\r\n".to_vec();
    bytes.resize(bytes.len() + 52_428_800 - 15, b'x');
    bytes.extend_from_slice(b" FLAGS (\\Seen))\r\n* 1 EXISTS\r\n");
    let (heard, end) = heard_of(&bytes).await;
    assert!(end.is_none(), "{end:?}");
    let Said::Fetch(told) = &heard[0] else { panic!("{:?}", heard.len()) };
    assert!(told.flags.is_some() && !told.odd);
    assert_eq!(told.header.as_ref().unwrap().len(), Limits::default().literal_memory);
    assert_eq!(heard[1], Said::Exists(1));
}

#[tokio::test]
async fn many_answers_are_no_weight() {
    let many = "* 7 EXISTS\r\n* NAMESPACE NIL\r\n".repeat(50_000);
    let (heard, end) = heard_of(many.as_bytes()).await;
    assert!(end.is_none());
    assert_eq!(heard.len(), 100_000);
}

#[test]
fn a_large_search_is_read_in_a_moment() {
    let numbers: Vec<String> = (1..=1_000_000_u32).map(|n| n.to_string()).collect();
    let heard = through(format!("* SEARCH {}\r\n", numbers.join(" ")).as_bytes());
    assert!(matches!(&heard[..], [Said::Search { numbers, .. }] if numbers.len() == 1_000_000));
}

#[tokio::test]
async fn a_mark_cannot_be_made_up() {
    let (heard, _) = heard_of(b"* OK 0123456789abcdef0123456789abcdef 1\r\n* XLIST () NIL x\r\n").await;
    assert!(matches!(&heard[0], Said::State(_)) && matches!(&heard[1], Said::List(_)));
    assert_ne!(mark(), mark());
    assert_eq!(mark().len(), 32);
}

#[tokio::test]
async fn what_is_written_passes() {
    let (here, mut there) = tokio::io::duplex(64);
    let mut sluice = Sluice::new(here, Limits::default());
    sluice.write_all(b"h1 NOOP\r\n").await.unwrap();
    drop(sluice);
    let mut said = String::new();
    there.read_to_string(&mut said).await.unwrap();
    assert_eq!(said, "h1 NOOP\r\n");
}

#[test]
fn what_harms_the_library_is_not_shown() {
    let shown = |line: &str| {
        let mut framing = Framing::new(Limits::default());
        let whole = framing.step(line.as_bytes()).unwrap();
        assert_eq!(whole, Step::Whole(line.len()), "{line}");
        shown::reads_well(line.as_bytes(), framing.shape())
    };
    let deep = "(".repeat(400);
    for line in [
        // Its reader panics.
        "* 1 FETCH (INTERNALDATE NIL)\r\n",
        "* OK [ALERT]\u{7ef4}\r\n",
        "* METADATA \"\" (/sharedx NIL)\r\n",
        // It overflows the stack.
        &format!("* 1 FETCH (BODYSTRUCTURE {deep}\r\n"),
        &format!("* LIST ({deep}\r\n"),
        // It takes what is not UTF-8 for something else.
        "* LIST () NIL {1}\r\nx\r\n",
    ] {
        assert!(!shown(line), "{line}");
    }
    assert!(shown("* LIST (\\Sent) \"/\" x\r\n"));
}
