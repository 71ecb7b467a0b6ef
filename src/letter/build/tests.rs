use std::io::Cursor;

use super::*;
use crate::mime;
use crate::model::{About, Enclosed};

pub(super) struct Bytes(pub(super) Vec<(&'static str, Vec<u8>)>);

impl Held for Bytes {
    fn open(&self, from: &EnclosedFrom) -> io::Result<Box<dyn Read + '_>> {
        let EnclosedFrom::Kept(hash) = from else { return Err(io::ErrorKind::PermissionDenied.into()) };
        let found = self.0.iter().find(|(name, _)| name == hash).ok_or(io::ErrorKind::NotFound)?;
        Ok(Box::new(Cursor::new(&found.1)))
    }
}

fn facts(held: &Bytes) -> Facts<'_> {
    Facts {
        now: Timestamp(1_795_162_118),
        offset: 480,
        random: std::array::from_fn(|at| u8::try_from(at).unwrap()),
        address: "me@example.com",
        held,
        eight_bit: false,
        smtputf8: false,
    }
}

fn draft() -> Draft {
    Draft {
        from: "王五 <me@example.com>".to_owned(),
        to: "李雷 <li@example.com>".to_owned(),
        subject: "关于下周的会议".to_owned(),
        body: "您好：\n\n见附件。\n".to_owned(),
        ..Draft::default()
    }
}

fn kept(name: &str, kind: &str, size: u64, hash: &str) -> Enclosed {
    let from = EnclosedFrom::Kept(hash.to_owned());
    Enclosed { name: name.to_owned(), kind: kind.to_owned(), size, from, content_id: None }
}

#[test]
fn a_letter_with_a_file_can_be_read_again() {
    let held = Bytes(vec![("h", b"PDF\0\xff".to_vec())]);
    let mut draft = draft();
    draft.files.push(kept("报告, 2026.pdf", "application/pdf", 5, "h"));
    draft.bcc = "Secret <bcc@example.com>, LI@example.com".to_owned();
    draft.more = vec![("X-Project".to_owned(), "鸿雁\r\nBcc: x@example.com".to_owned())];
    let built = build(&draft, &facts(&held)).unwrap();
    assert_eq!(built.from, "me@example.com");
    assert_eq!(built.recipients, ["li@example.com", "bcc@example.com"]);
    assert_eq!(built.message_id, "000102030405060708090a0b0c0d0e0f@example.com");
    let text = String::from_utf8(built.bytes.clone()).unwrap();
    assert!(!text.to_lowercase().contains("bcc") && !text.contains("x@example.com"), "{text}");
    assert!(text.replace("\r\n", "").bytes().all(|b| b != b'\r' && b != b'\n'));
    let readable = mime::readable(&built.bytes);
    assert_eq!(readable.subject.as_untrusted(), draft.subject);
    assert_eq!(readable.document.text.as_untrusted().trim_end(), draft.body.trim_end());
    let file = &readable.attachments[0];
    assert_eq!((file.name.as_untrusted(), file.size), ("报告, 2026.pdf", 5));
    assert_eq!(mime::part(&built.bytes, file.part).unwrap().as_ref(), b"PDF\0\xff");
}

#[test]
fn c16_nothing_of_this_machine_leaves() {
    let held = Bytes(vec![("h", vec![1])]);
    let mut draft = draft();
    draft.files.push(kept("/home/somebody/secret/报告.pdf", "application/pdf", 1, "h"));
    let built = build(&draft, &Facts { offset: 0, ..facts(&held) }).unwrap();
    let names: Vec<String> =
        mime::fields(&built.bytes).into_iter().map(|field| field.name.as_untrusted().to_owned()).collect();
    let expected = ["Date", "From", "To", "Subject", "Message-ID", "MIME-Version", "Content-Type"];
    assert_eq!(names, expected);
    let text = String::from_utf8(built.bytes).unwrap();
    assert!(text.starts_with("Date: Fri, 20 Nov 2026 08:08:38 +0000\r\n"), "{text}");
    assert!(!text.contains("somebody") && !text.contains("secret"), "{text}");
}

#[test]
fn what_cannot_be_sent_says_why() {
    let held = Bytes(vec![]);
    let with = |change: fn(&mut Draft)| {
        let mut draft = draft();
        change(&mut draft);
        build(&draft, &facts(&held)).unwrap_err()
    };
    let typed = "zs".to_owned();
    assert_eq!(with(|draft| draft.to.clear()), Trouble::NoRecipient);
    let too_many = with(|draft| draft.bcc = "a@example.com, ".repeat(5_000) + "b@example.com, c@example.com");
    let first = "b@example.com".to_owned();
    assert_eq!(too_many, Trouble::BadAddress { field: Field::Bcc, typed: first, wrong: Wrong::TooMany });
    assert_eq!(
        with(|draft| draft.cc = "zs".into()),
        Trouble::BadAddress { field: Field::Cc, typed, wrong: Wrong::NoAt }
    );
    let name = "BCC".to_owned();
    assert_eq!(with(|draft| draft.more.push(("BCC".into(), "x".into()))), Trouble::ReservedField { name });
    let name = "a b".to_owned();
    assert_eq!(with(|draft| draft.more.push(("a b".into(), "x".into()))), Trouble::BadField { name });
    let gone = Trouble::File { name: SafeFileName::of("a"), why: io::ErrorKind::NotFound };
    assert_eq!(with(|draft| draft.files.push(kept("a", "a/b", 1, "gone"))), gone);
}

#[test]
fn c09_letters_in_an_address_need_a_server_that_takes_them() {
    let held = Bytes(vec![]);
    let draft = Draft { to: "李雷 <李雷@例子.example>".to_owned(), ..draft() };
    let address = "李雷@xn--fsqu00a.example".to_owned();
    let trouble = Trouble::NeedsUtf8 { address: address.clone() };
    assert_eq!(build(&draft, &facts(&held)).unwrap_err(), trouble);
    let built = build(&draft, &Facts { smtputf8: true, ..facts(&held) }).unwrap();
    assert!(built.smtputf8 && built.eight_bit);
    assert_eq!(built.recipients, [address]);
    let only_domain = Draft { to: "a@例子.example".to_owned(), ..draft };
    let built = build(&only_domain, &facts(&held)).unwrap();
    assert!(!built.smtputf8 && !built.eight_bit);
    assert_eq!(built.recipients, ["a@xn--fsqu00a.example"]);
}

#[test]
fn c03_lines_end_in_one_way_whatever_was_typed() {
    let held = Bytes(vec![]);
    let draft = Draft { body: "a\n.\nb\r.\rc\n.\r\nd".to_owned(), ..draft() };
    let built = build(&draft, &facts(&held)).unwrap();
    let text = String::from_utf8(built.bytes.clone()).unwrap();
    assert!(text.replace("\r\n", "").bytes().all(|b| b != b'\r' && b != b'\n'));
    let read = mime::readable(&built.bytes);
    assert_eq!(read.document.text.as_untrusted().trim_end(), "a\n.\nb\n.\nc\n.\nd");
}

#[test]
fn an_unfinished_letter_is_kept_as_far_as_it_goes() {
    let held = Bytes(vec![]);
    let draft = Draft { to: "zs, li@example.com".to_owned(), bcc: "b@example.com".to_owned(), ..draft() };
    assert!(build(&draft, &facts(&held)).is_err());
    let kept = String::from_utf8(unfinished(&draft, &facts(&held)).unwrap().bytes).unwrap();
    assert!(kept.contains("\r\nTo: li@example.com\r\nBcc: b@example.com\r\n"), "{kept}");
    assert!(unfinished(&Draft::default(), &facts(&held)).is_ok());
}

/// A file that is nowhere in memory.
struct Endless;

impl Held for Endless {
    fn open(&self, _: &EnclosedFrom) -> io::Result<Box<dyn Read + '_>> {
        Ok(Box::new(io::repeat(b'x').take(LARGE)))
    }
}

const LARGE: u64 = 50 * 1024 * 1024;

#[test]
fn a_large_file_is_held_once_in_its_encoding() {
    let mut draft = draft();
    draft.files.push(kept("a.zip", "application/zip", LARGE, ""));
    let held = Bytes(vec![]);
    let built = build(&draft, &Facts { held: &Endless, ..facts(&held) }).unwrap();
    let large = usize::try_from(LARGE).unwrap();
    assert!(built.bytes.len() > large / 3 * 4);
    // It was never made larger, for which it would have been copied.
    assert!(built.bytes.capacity() < large / 10 * 14, "{}", built.bytes.capacity());
}

#[test]
fn c04_no_name_of_a_file_leaves_its_parameter() {
    for name in [
        "a\"; x=\"b",
        "a\r\nBcc: x@example.com",
        "../../etc/passwd",
        "报告".repeat(100).as_str(),
        "\u{202e}fdp.exe",
        "",
    ] {
        let held = Bytes(vec![("h", b"x".to_vec())]);
        let mut draft = draft();
        draft.files.push(kept(name, "application/pdf", 1, "h"));
        let built = build(&draft, &facts(&held)).unwrap();
        let text = String::from_utf8(built.bytes.clone()).unwrap();
        assert!(!text.to_lowercase().contains("\nbcc"), "{text}");
        let read = mime::readable(&built.bytes);
        assert_eq!(read.attachments.len(), 1);
        assert_eq!(read.attachments[0].name.as_untrusted(), SafeFileName::of(name).as_str());
    }
}

#[test]
fn markdown_goes_out_as_it_was_typed_and_as_a_page() {
    let held = Bytes(Vec::new());
    let quoted = "--- 原始邮件 ---\n# not *ours* <b>\n";
    let about = About {
        what: Answering::Reply,
        message_id: "1@example.com".to_owned(),
        references: Vec::new(),
        page: None,
        quoted_from: Some(quoted.to_owned()),
        subject: String::new(),
        from: String::new(),
        date: None,
    };
    let body = format!("# 会议\n\n**三点** <script>x</script>\n\n-- \n*王五*\n\n{quoted}");
    let draft = Draft { body, form: crate::model::Form::Markdown, about: Some(about), ..draft() };
    let built = build(&draft, &facts(&held)).unwrap();
    let parsed = mail_parser::MessageParser::default().parse(&built.bytes).unwrap();
    assert_eq!(parsed.body_text(0).unwrap().replace("\r\n", "\n").trim_end(), draft.body.trim_end());
    let page = parsed.body_html(0).unwrap();
    for part in ["<h1>会议</h1>", "<strong>三点</strong>", "&lt;script&gt;", "*王五*", "# not *ours* &lt;b&gt;"] {
        assert!(page.contains(part), "{part} in {page}");
    }
    assert!(!page.contains("<em>") && !page.contains("<script") && !page.contains("<b>"), "{page}");
}
