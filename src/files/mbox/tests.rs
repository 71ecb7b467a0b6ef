use proptest::prelude::*;

use super::*;
use crate::fuzzing::{Diet, Long, fuzz};

fn messages(bytes: &[u8]) -> Vec<String> {
    read_all(bytes).into_iter().map(|message| String::from_utf8(message).unwrap()).collect()
}

fn read_all(bytes: &[u8]) -> Vec<Vec<u8>> {
    // A buffer as small as can be: nothing depends on what is there at once.
    let mut mbox = Mbox::new(io::BufReader::with_capacity(3, bytes));
    let mut all = Vec::new();
    loop {
        let mut message = Vec::new();
        match mbox.read(&mut message).unwrap() {
            Some(_) => all.push(message),
            None => return all,
        }
    }
}

const AT: Timestamp = Timestamp(1_794_907_800);

fn written(messages: &[&[u8]]) -> Vec<u8> {
    let mut into = Vec::new();
    for message in messages {
        write(&mut into, "a@example.com", AT, *message).unwrap();
    }
    into
}

#[test]
fn messages_are_told_apart_by_their_first_lines() {
    let mbox = b"From a@example.com Tue Nov 17 09:30:00 2026\nSubject: one\n\nwords\n\n\
        From b@example.com Wed Nov 18 9:30 2026 +0800\r\nSubject: two\r\n\r\nwords\r\n\r\n\r\n\
        From - Thu Nov 19 09:30:00 2026\nSubject: three\n\nFrom \nSubject: no\n\nFrom \nSubject: four\n\nend";
    assert_eq!(
        messages(mbox),
        [
            "Subject: one\n\nwords\n",
            "Subject: two\r\n\r\nwords\r\n\r\n",
            "Subject: three\n",
            "Subject: no\n",
            "Subject: four\n\nend"
        ]
    );
    let mut reader = Mbox::new(&mbox[..]);
    let at = reader.read(io::sink()).unwrap().unwrap().at;
    assert_eq!(at, Some(AT));
    assert_eq!(reader.read(io::sink()).unwrap().unwrap().at, Some(Timestamp(AT.0 + 86_400)));
}

#[test]
fn m14_what_a_message_says_of_its_length_counts_for_nothing() {
    for lie in ["Content-Length: 99999999", "Content-Length: 1", "Content-Length: -1", "Lines: 1", "Content-Length: x"]
    {
        let mbox = format!(
            "From a@example.com Tue Nov 17 09:30:00 2026\n{lie}\nSubject: one\n\nfirst\n\n\
             From b@example.com Tue Nov 17 09:30:00 2026\nSubject: two\n\nsecond\n"
        );
        assert_eq!(
            messages(mbox.as_bytes()),
            [format!("{lie}\nSubject: one\n\nfirst\n"), "Subject: two\n\nsecond\n".into()]
        );
    }
}

#[test]
fn m14_from_in_a_body_begins_no_message() {
    for body in [
        "words\nFrom a@example.com Tue Nov 17 09:30:00 2026\nSubject: x\n",
        "words\n\nFrom the beginning: to the end\nmore\n",
        "words\n\nFrom here on\nNote: it is 09:30\n",
        "words\n\nFrom a@example.com Tue Nov 17 09:30:00 2026\nno field\n",
        "From\n\nfrom a@example.com Tue Nov 17 09:30:00 2026\nSubject: x\n",
    ] {
        let mbox = format!("From a@example.com Tue Nov 17 09:30:00 2026\nSubject: s\n\n{body}\n");
        assert_eq!(messages(mbox.as_bytes()), [format!("Subject: s\n\n{body}")]);
    }
}

#[test]
fn quotes_of_both_kinds_are_taken_away() {
    let mbox = b"From a Tue Nov 17 09:30:00 2026\nSubject: s\n\n>From me\n>>From her\n> From him\n>from\n";
    assert_eq!(messages(mbox), ["Subject: s\n\nFrom me\n>From her\n> From him\n>from\n"]);
}

#[test]
fn what_is_no_mailbox_has_no_messages() {
    for bytes in [&b""[..], b"\n\n\n", b"Subject: s\n\nFrom a Tue Nov 17 09:30:00 2026\n", b"\0\xff"] {
        assert_eq!(read_all(bytes).len(), 0);
    }
    assert_eq!(messages(b"\n\nFrom x\n"), [""]);
}

#[test]
fn f07_a_line_without_end_is_held_by_nobody() {
    struct Counting(usize);
    impl Write for Counting {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            assert!(bytes.len() <= LONGEST_LINE);
            self.0 += bytes.len();
            Ok(bytes.len())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let size = 50_000_000;
    let long = io::BufReader::new(b"From x\n".chain(io::repeat(b'x').take(size)));
    let mut counted = Counting(0);
    let mut mbox = Mbox::new(long);
    mbox.read(&mut counted).unwrap().unwrap();
    assert_eq!(u64::try_from(counted.0).unwrap(), size);
    assert!(mbox.lines.line.capacity() <= 2 * LONGEST_LINE);
}

#[test]
fn what_is_written_is_quoted_and_named() {
    let mbox = written(&[b"Subject: s\n\nFrom me\n>From her\n", b"no end"]);
    assert_eq!(
        String::from_utf8(mbox).unwrap(),
        "From a@example.com Tue Nov 17 09:30:00 2026\nSubject: s\n\n>From me\n>>From her\n\n\
         From a@example.com Tue Nov 17 09:30:00 2026\n\nno end\n\n"
    );
    let mut hostile = Vec::new();
    write(&mut hostile, "a b\r\nFrom c\u{1b}", AT, &b""[..]).unwrap();
    assert!(hostile.starts_with(b"From abFromc Tue"), "{}", String::from_utf8_lossy(&hostile));
    let mut nobody = Vec::new();
    write(&mut nobody, "李", Timestamp(i64::MAX), &b""[..]).unwrap();
    assert!(nobody.starts_with(b"From MAILER-DAEMON Thu Jan  1 "), "{}", String::from_utf8_lossy(&nobody));
}

/// Lines of which anything may follow anything.
fn message() -> impl Strategy<Value = Vec<u8>> {
    let line = prop_oneof![
        Just(&b"\n"[..]),
        Just(&b"\r\n"[..]),
        Just(&b"From a Tue Nov 17 09:30:00 2026\n"[..]),
        Just(&b"From \n"[..]),
        Just(&b">From \r\n"[..]),
        Just(&b">>>From x\n"[..]),
        Just(&b"Subject: s\n"[..]),
        Just(&b"Content-Length: 5\n"[..]),
        Just(&b"words \xff\0\r"[..]),
    ];
    prop::collection::vec(line, 0..12).prop_map(|lines| lines.concat())
}

/// What a mailbox keeps of a message: all of it, and lines that it needs.
fn kept(message: &[u8]) -> Vec<u8> {
    let before: &[u8] =
        if begins_message(message.split_inclusive(|b| *b == b'\n').next().unwrap_or_default()) { b"" } else { b"\n" };
    let after: &[u8] = if message.is_empty() || message.ends_with(b"\n") { b"" } else { b"\n" };
    [before, message, after].concat()
}

proptest! {
    #[test]
    fn m14_what_is_written_comes_back(all in prop::collection::vec(message(), 0..6)) {
        let whole: Vec<Vec<u8>> = all.iter().map(|message| kept(message)).collect();
        let mbox = written(&all.iter().map(Vec::as_slice).collect::<Vec<_>>());
        prop_assert_eq!(read_all(&mbox), whole, "{}", String::from_utf8_lossy(&mbox));
    }
}

const GOOD: &[&[u8]] = &[
    b"From a@example.com Tue Nov 17 09:30:00 2026\nSubject: one\n\nwords\n\n",
    b"From b@example.com Wed Nov 18 09:30:00 2026\r\nSubject: two\r\n\r\n>From x\r\n\r\n",
];
const PIECES: &[&[u8]] = &[b"From ", b"\n", b"\n\n", b"\r\n", b">", b":", b" 2026\n", b"99:99", b"Nov", b"\0", b"\xff"];

#[test]
fn z_any_mailbox() {
    fuzz(&Diet { good: GOOD, pieces: PIECES }, Long::Minutes(2), |bytes| {
        let read = read_all(bytes);
        // What was read, written and read again is the same.
        let again = written(&read.iter().map(Vec::as_slice).collect::<Vec<_>>());
        read_all(&again) == read.iter().map(|message| kept(message)).collect::<Vec<_>>()
    });
}
