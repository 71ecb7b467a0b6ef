//! What real servers say, and what no server should.

use async_imap::imap_proto::{AttributeValue, MessageSection, SectionPath};

use super::*;
use crate::mime;

fn one(line: &[u8]) -> Said {
    let mut heard = heard(line);
    assert_eq!(heard.len(), 1, "{heard:?}");
    heard.pop().unwrap()
}

fn told(line: &[u8]) -> Fetched {
    match one(line) {
        Said::Fetch(told) => *told,
        other => panic!("{other:?}"),
    }
}

fn state_of(line: &[u8]) -> State {
    match one(line) {
        Said::State(state) => state,
        Said::Tagged(tagged) => tagged.state,
        other => panic!("{other:?}"),
    }
}

#[test]
fn both_readers_read_the_same() {
    for line in [
        "* 3 EXISTS\r\n",
        "* 1 RECENT\r\n",
        "* 7 EXPUNGE\r\n",
        "* OK [UIDVALIDITY 3] x\r\n",
        "* OK [UIDNEXT 9] \r\n",
        "* OK [HIGHESTMODSEQ 715194045007]\r\n",
        "* OK [ALERT] look here\r\n",
        "* OK Hello there\r\n",
        "* BYE\r\n",
        "h1 OK [READ-WRITE] done\r\n",
        "h1 NO [NOPERM] not yours\r\n",
        "h1 BAD what\r\n",
        "h1 OK [COPYUID 38505 304,319:320 3956:3958] Done\r\n",
        "h1 OK [APPENDUID 38505 3955] Done\r\n",
        "+ idling\r\n",
        "+ \r\n",
        "* CAPABILITY IMAP4rev1 IDLE AUTH=PLAIN ID\r\n",
        "* LIST (\\HasNoChildren \\Sent) \"/\" \"a\\\"b\\\\c\"\r\n",
        "* LIST () NIL INBOX\r\n",
        "* STATUS \"INBOX\" (MESSAGES 3 UNSEEN 1 UIDNEXT 9 UIDVALIDITY 3 HIGHESTMODSEQ 5)\r\n",
        "* STATUS INBOX ()\r\n",
        "* VANISHED (EARLIER) 300:310,405\r\n",
        "* VANISHED 5:3\r\n",
        "* SEARCH 1 2 3\r\n",
        "* 12 FETCH (FLAGS (\\Seen $Junk) UID 5 MODSEQ (624140003))\r\n",
        "* 12 FETCH (UID 5 RFC822.SIZE 44827 INTERNALDATE \"17-Jul-2026 02:44:25 -0700\")\r\n",
        "* 12 FETCH (UID 5 BODY[HEADER.FIELDS (DATE FROM)] {9}\r\nDate: x\r\n)\r\n",
        "* 12 FETCH (UID 5 BODY[] {3}\r\na)b FLAGS ())\r\n",
        "* 12 FETCH (BODY[] NIL UID 5)\r\n",
        "* 12 FETCH (BODY[] \"\" UID 5)\r\n",
        "* 12 FETCH (BODY[TEXT] \"x\" UID 5)\r\n",
    ] {
        let (rest, response) = Response::parse(line.as_bytes()).unwrap();
        assert!(rest.is_empty(), "{line}");
        let literals = line.find("}\r\n").map(|at| at + 3).map(|at| super::super::sluice::Literal {
            at,
            held: if line.contains("{9}") { 9 } else { 3 },
            size: if line.contains("{9}") { 9 } else { 3 },
            spooled: false,
        });
        let literals: Vec<_> = literals.into_iter().collect();
        let theirs = match &response {
            Response::Fetch(seq, attributes) => Said::Fetch(Box::new(fetched(*seq, attributes))),
            other => Said::of(other),
        };
        assert_eq!(odd::read(line.as_bytes(), &literals, Vec::new()), theirs, "{line}");
    }
}

#[test]
fn i05_what_the_library_cannot_read_is_read_all_the_same() {
    assert_eq!(one(b"* ENABLED QRESYNC CONDSTORE\r\n"), Said::Enabled(vec!["QRESYNC".into(), "CONDSTORE".into()]));
    assert_eq!(one(b"* CAPABILITY IMAP4rev2 idle\r\n"), Said::Capability(vec!["IMAP4REV2".into(), "IDLE".into()]));
    assert!(matches!(one(b"* XLIST (\\Inbox) \"/\" \"Inbox\"\r\n"), Said::List(listed) if listed.name == b"Inbox"));
    assert_eq!(one(b"* NAMESPACE ((\"\" \"/\")) NIL NIL\r\n"), Said::Other);
    assert_eq!(one(b"* METADATA INBOX (/x y)\r\n"), Said::Other);
    let tagged = Said::Search { tag: Some("h1".into()), numbers: vec![1, 2, 3, 7], modseq: Some(9) };
    assert_eq!(one(b"* ESEARCH (TAG \"h1\") UID ALL 1:3,7 MODSEQ 9\r\n"), tagged);
    assert_eq!(one(b"* ESEARCH (TAG h1 X (y)) UID ALL 1:3,7 MODSEQ 9\r\n"), tagged);
    assert_eq!(one(b"* SEARCH 4 2 (MODSEQ 917162500)\r\n"), search(&[4, 2], Some(917_162_500)));
    assert_eq!(one(b"* SEARCH\r\n"), search(&[], None));
    assert_eq!(one(b"* ESEARCH UID ALL 1:4294967295\r\n"), Said::Other, "nobody has so many");
    assert_eq!(one(b"* 3 EXISTS\n"), Said::Exists(3), "a bare LF");
    assert_eq!(one(b"\r\n"), Said::Other);
    assert_eq!(one(b"* ID NIL\r\n"), Said::Id);
    let status = one(b"* STATUS INBOX (MESSAGES 3 SIZE 1234567890123 UIDNEXT 4)\r\n");
    assert!(matches!(status, Said::Status(m) if m.messages == Some(3) && m.uid_next == Some(4)));
    let list = one(b"* LIST (\\HasNoChildren) \"/\" \xb2\xdd\xb8\xe5 x\r\n");
    assert!(matches!(list, Said::List(listed) if listed.name == b"\xb2\xdd\xb8\xe5 x"));
    let list = one(b"* LIST () \"/\" {4}\r\na\r\nb\r\n");
    assert!(matches!(list, Said::List(listed) if listed.name == b"a\r\nb"));
}

fn search(numbers: &[u32], modseq: Option<u64>) -> Said {
    Said::Search { tag: None, numbers: numbers.to_vec(), modseq }
}

#[test]
fn what_servers_say_in_chinese_is_kept() {
    let state = state_of(b"h1 NO [AUTHENTICATIONFAILED] \xb5\xc7\xc2\xbc\xca\xa7\xb0\xdc\r\n");
    assert_eq!((state.text.as_str(), state.verdict), ("登录失败", Verdict::No));
    assert_eq!(state.code, Some(Code::Other("AUTHENTICATIONFAILED".into())));
    // The library panics here.
    assert_eq!(state_of("* OK [ALERT]维护\r\n".as_bytes()).text, "维护");
    // A brace at the end of free text is no literal.
    assert_eq!(state_of(b"h1 NO no such folder {500}\r\n").text, "no such folder {500}");
    assert_eq!(state_of(b"h1 OK\r\n").verdict, Verdict::Ok);
}

#[test]
fn i05_an_odd_structure_costs_nothing_else() {
    for odd in [
        &b"BODYSTRUCTURE (\"MIXED\" (\"BOUNDARY\" \"x\") NIL NIL)"[..],
        b"BODYSTRUCTURE ((\"TEXT\" \"PLAIN\" (\"CHARSET\" \"\xb7\\\") NIL NIL \"7BIT\" 1 1) \"MIXED\")",
        b"BODY (\"TEXT\" \"PLAIN\" NIL NIL NIL \"7BIT\" 1 1)",
        b"ENVELOPE (\"d\" \"s\" ((\"\" NIL \"a\" \"sina.com\\\"))((\"\" NIL \"a\" \"x\")) NIL NIL NIL NIL NIL \"\")",
        b"ENVELOPE (\"d\" \"\"\"\" NIL NIL NIL NIL NIL NIL NIL NIL)",
        b"ENVELOPE (\"never closed NIL",
        b"X-UNHEARD (a (b (c))) SAVEDATE \"x\"",
        b"\"what\"",
    ] {
        let mut line = b"* 7 FETCH (UID 9 ".to_vec();
        line.extend_from_slice(odd);
        line.extend_from_slice(b" FLAGS (\\Seen) RFC822.SIZE 12 BODY[HEADER.FIELDS (DATE)] {5}\r\na: b\n)\r\n");
        let told = told(&line);
        let name = String::from_utf8_lossy(&line);
        assert_eq!((told.seq, told.uid, told.flags, told.size), (7, Some(9), Some(Flags::SEEN), Some(12)), "{name}");
        assert_eq!(told.header.as_deref(), Some(&b"a: b\n"[..]), "{name}");
    }
}

#[test]
fn i22_numbers_and_dates_that_cannot_be() {
    let size = |written: &str| told(format!("* 1 FETCH (UID 2 RFC822.SIZE {written} FLAGS ())\r\n").as_bytes());
    assert_eq!(size("5000000000").size, Some(5_000_000_000));
    assert_eq!(size("18446744073709551616").size, None);
    assert_eq!(size("-1").size, None);
    assert_eq!(size("-1").flags, Some(Flags::NONE));
    for date in ["NIL", "\"garbage\"", "\"99-Xyz-9999\"", "\"\"", "nil", "17"] {
        let told = told(format!("* 1 FETCH (INTERNALDATE {date} UID 2)\r\n").as_bytes());
        assert_eq!((told.arrival, told.uid), (None, Some(2)), "{date}");
    }
    assert_eq!(told(b"* 1 FETCH (UID 4294967296 FLAGS ())\r\n").uid, None);
    assert_eq!(one(b"* 1 FETCH (UID 0 FLAGS ())\r\n"), Said::Other);
    assert_eq!(one(b"* 99999999999 EXISTS\r\n"), Said::Other);
}

#[test]
fn i28_flags_of_all_kinds() {
    let many: Vec<String> = (0..1_000).map(|n| format!("keyword{n}")).collect();
    let line = format!("* 1 FETCH (UID 2 FLAGS (\\* {} \\Seen \x1b[2J 草稿))\r\n", many.join(" "));
    assert_eq!(told(line.as_bytes()).flags, Some(Flags::SEEN));
    assert_eq!(told(line.as_bytes()).uid, Some(2));
}

#[test]
fn nothing_takes_more_than_linear_time() {
    let started = tokio::time::Instant::now();
    for piece in ["UID \"a", " X \"x\\\") ", "BODY[", "((((", "FLAGS (", " \\\"\\\"", " UID {3}", "\"a\" \"b"] {
        let line = format!("* 1 FETCH ({}\r\n", piece.repeat(900_000 / piece.len()));
        let _ = odd::read(line.as_bytes(), &[], Vec::new());
        let line = format!("* ESEARCH {}\r\n", piece.repeat(900_000 / piece.len()));
        let _ = odd::read(line.as_bytes(), &[], Vec::new());
    }
    assert!(started.elapsed() < std::time::Duration::from_secs(20), "{:?}", started.elapsed());
}

/// A message as the library reads it.
fn fetched(seq: u32, attributes: &[AttributeValue<'_>]) -> Fetched {
    let mut told = Fetched { seq, ..Fetched::default() };
    for attribute in attributes {
        match attribute {
            AttributeValue::Uid(number) => told.uid = Some(*number).filter(|uid| *uid != 0),
            AttributeValue::Flags(names) => {
                told.flags = Some(names.iter().fold(Flags::NONE, |all, name| all.with(Flags::from_imap(name))));
            }
            AttributeValue::Rfc822Size(number) => told.size = Some(u64::from(*number)),
            AttributeValue::InternalDate(written) => told.arrival = mime::date(written),
            AttributeValue::ModSeq(number) => told.modseq = Some(*number),
            AttributeValue::BodySection { section: Some(SectionPath::Full(MessageSection::Header)), data, .. }
            | AttributeValue::Rfc822Header(data) => told.header = Some(data.as_deref().unwrap_or_default().to_vec()),
            // The whole of it, and nothing that only looks like it.
            AttributeValue::BodySection { section: None, index: None, data } | AttributeValue::Rfc822(data) => {
                told.body = Some(Whole::Bytes(data.as_deref().unwrap_or_default().to_vec()));
            }
            _ => {}
        }
    }
    told
}
