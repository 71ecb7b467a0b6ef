use super::*;
use crate::fuzzing::{Diet, Long, fuzz};

fn all(pieces: &[&[u8]]) -> (Vec<Reply>, Option<Nonsense>) {
    let mut replies = Replies::default();
    let mut heard = Vec::new();
    for piece in pieces {
        replies.hear(piece);
        loop {
            match replies.next() {
                Ok(Some(reply)) => heard.push(reply),
                Ok(None) => break,
                Err(nonsense) => return (heard, Some(nonsense)),
            }
        }
    }
    (heard, None)
}

fn codes(bytes: &[u8]) -> (Vec<u16>, Option<Nonsense>) {
    let (replies, nonsense) = all(&[bytes]);
    (replies.iter().map(|reply| reply.code).collect(), nonsense)
}

#[test]
fn replies_are_read_with_all_their_lines() {
    let (replies, nonsense) = all(&[b"250-one\r\n250-\r\n250 three\r\n354 go\n250\r\n", b"22", b"1 bye\r", b"\n"]);
    assert_eq!(nonsense, None);
    let said: Vec<String> = replies.iter().map(Reply::said).collect();
    assert_eq!(said, ["250 one three", "354 go", "250", "221 bye"]);
    assert_eq!(replies[0].raw(), b"250-one\n250-\n250 three");
}

#[test]
fn words_in_the_encoding_of_china_are_read() {
    let (replies, _) = all(&[b"535 \xb5\xc7\xc2\xbc\xcc\xab\xc6\xb5\xb7\xb1\r\n"]);
    assert_eq!(replies[0].said(), "535 登录太频繁");
}

#[test]
fn c10_what_is_no_reply_is_the_end() {
    for (bytes, before, wrong) in [
        (&b"hello\r\n"[..], vec![], Nonsense::NoCode),
        (b"\r\n", vec![], Nonsense::NoCode),
        (b"25\r\n", vec![], Nonsense::NoCode),
        (b"25O OK\r\n", vec![], Nonsense::NoCode),
        (b"250_OK\r\n", vec![], Nonsense::NoCode),
        (b"099 OK\r\n", vec![], Nonsense::NoCode),
        (b"650 OK\r\n", vec![], Nonsense::NoCode),
        (b"250 OK\r\nhello\r\n250 OK\r\n", vec![250], Nonsense::NoCode),
        (b"250-OK\r\n550 no\r\n", vec![], Nonsense::TwoCodes),
        (b"250-OK\r\nno\r\n", vec![], Nonsense::NoCode),
    ] {
        assert_eq!(codes(bytes), (before, Some(wrong)), "{}", bytes.escape_ascii());
    }
    assert_eq!(codes(&b"250-x\r\n".repeat(99_999)), (vec![], Some(Nonsense::TooManyLines)));
    assert_eq!(codes(&b"x".repeat(2_000_000)), (vec![], Some(Nonsense::TooLong)));
    let mut replies = Replies::default();
    replies.hear(&b"250 x\r\n".repeat(100_000));
    assert!(replies.whole.len() <= MOST_REPLIES + 1);
    assert_eq!(replies.wrong, Some(Nonsense::TooManyReplies));
}

#[test]
fn c10_of_a_long_line_so_much_is_kept() {
    let mut replies = Replies::default();
    replies.hear(b"250 ");
    replies.hear(&b"x".repeat(20_000));
    assert!(replies.line.len() <= KEPT && !replies.is_silent());
    replies.hear(b"\r\n250 next\r\n");
    assert!(replies.next().unwrap().unwrap().said().len() <= KEPT);
    assert_eq!(replies.next().unwrap().unwrap().said(), "250 next");
    assert!(replies.is_silent());
}

static DIET: Diet = Diet {
    good: &[
        b"220 mail.example ESMTP\r\n",
        b"250-mail.example\r\n250-PIPELINING\r\n250-SIZE 73400320\r\n250-AUTH=LOGIN PLAIN\r\n250 8BITMIME\r\n",
        b"334 VXNlcm5hbWU6\r\n235 ok\r\n250 ok\r\n250 ok\r\n354 go\r\n",
        b"535 \xb5\xc7\xc2\xbc\xcc\xab\xc6\xb5\xb7\xb1\r\n",
    ],
    pieces: &[
        b"\r\n",
        b"\n",
        b"\r",
        b"250-",
        b"250 ",
        b"421",
        b"-",
        b" ",
        b"\0",
        b"\xff",
        b"SIZE 99999999999999999999",
        b"AUTH=",
    ],
};

#[test]
fn whatever_is_said_is_read_without_harm_and_the_same_in_any_pieces() {
    fuzz(&DIET, Long::Runs(2_000_000), |bytes| {
        let whole = all(&[bytes]);
        let (first, second) = bytes.split_at(bytes.len() / 2);
        let halves = all(&[first, second]);
        let single: Vec<&[u8]> = bytes.chunks(1).collect();
        for reply in &whole.0 {
            let _ = (super::super::offers::Offers::of(reply), reply.said());
            if reply.lines.len() > MOST_LINES || reply.lines.iter().any(|line| line.len() > KEPT) {
                return false;
            }
        }
        // So many answers at once are nonsense that slower ones are not.
        whole == halves && (whole == all(&single)) || whole.1 == Some(Nonsense::TooManyReplies)
    });
}
