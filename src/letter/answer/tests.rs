use std::io::{self, Cursor, Read};

use super::*;
use crate::fuzzing::{Diet, Long, fuzz};
use crate::letter::{Built, CHINESE, ENGLISH, Facts, Held, addresses, build};
use crate::mime;

const LETTER: &str = "From: =?gb18030?B?wO7A1w==?= <li@example.com>\r\nTo: me@example.com, \"Han, Mei\" <han@example.com>\r\n\
    Cc: alias@example.com, team@example.com\r\nSubject: =?utf-8?B?5Lya6K6u?=\r\nDate: Fri, 20 Nov 2026 09:30:00 +0800\r\n\
    Message-ID: <tencent_1@qq.com>\r\nX-OQ-MSGID: <own@example.com>\r\nReferences: <a@example.com> <b@example.com>\r\n\
    Content-Type: text/plain; charset=utf-8\r\n\r\n周五下午开会。\r\n\r\n-- \r\nLi Lei\r\n";

fn me() -> Me {
    let identity = |from: &str, signature: &str| Identity { from: from.to_owned(), signature: signature.to_owned() };
    Me {
        account: "work".to_owned(),
        identities: vec![identity("王五 <me@example.com>", "王五"), identity("Wang <wang@example.org>", "")],
        own: vec!["alias@example.com".to_owned()],
        now: Timestamp(1_795_162_118),
        offset: 480,
        ..Me::default()
    }
}

/// What is kept of a message is found again by these names.
struct Kept(Vec<(String, Vec<u8>)>);

impl Held for Kept {
    fn open(&self, from: &EnclosedFrom) -> io::Result<Box<dyn Read + '_>> {
        let EnclosedFrom::Kept(hash) = from else { return Err(io::ErrorKind::PermissionDenied.into()) };
        let found = self.0.iter().find(|(name, _)| name == hash).ok_or(io::ErrorKind::NotFound)?;
        Ok(Box::new(Cursor::new(&found.1)))
    }
}

/// An answer, made as a program makes it.
fn answered(raw: &[u8], page: Option<&str>, how: Answering, me: &Me, phrases: &Phrases) -> (Draft, Kept) {
    let (readable, hints) = (mime::readable(raw), mime::answer_hints(raw));
    let original = Original { readable: &readable, hints: &hints, page, kept: &[] };
    let mut bytes = Vec::new();
    let mut kept = Vec::new();
    for along in along(&original, how, me) {
        let held = match along {
            Along::Part(part) => mime::part(raw, part).unwrap_or_default().into_owned(),
            Along::Page => page.unwrap().as_bytes().to_vec(),
            Along::Whole => raw.to_vec(),
            Along::Calendar => invited(&original, how, me).unwrap_or_default().into_bytes(),
        };
        let hash = format!("h{}", bytes.len());
        kept.push((along, hash.clone(), held.len() as u64));
        bytes.push((hash, held));
    }
    (answer(&Original { kept: &kept, ..original }, how, me, phrases), Kept(bytes))
}

fn plain(raw: &str, how: Answering) -> Draft {
    answered(raw.as_bytes(), None, how, &me(), &CHINESE).0
}

fn sent(draft: &Draft, held: &Kept) -> Built {
    build(draft, &facts(held)).unwrap()
}

fn facts(held: &Kept) -> Facts<'_> {
    Facts {
        now: me().now,
        offset: 480,
        random: [7; 32],
        address: "me@example.com",
        held,
        eight_bit: false,
        smtputf8: false,
    }
}

#[test]
fn a_reply_goes_to_whoever_wrote() {
    let draft = plain(LETTER, Answering::Reply);
    assert_eq!(draft.from, "王五 <me@example.com>");
    assert_eq!((draft.to.as_str(), draft.cc.as_str()), ("李雷 <li@example.com>", ""));
    assert_eq!(draft.subject, "回复：会议");
    assert_eq!(
        draft.body,
        "\n\n-- \n王五\n\n------------------ 原始邮件 ------------------\n发件人: 李雷 <li@example.com>\n\
         发送时间: 2026-11-20 09:30 (+0800)\n收件人: me@example.com; Han, Mei <han@example.com>\n\
         抄送: alias@example.com; team@example.com\n主题: 会议\n\n周五下午开会。\n"
    );
    let about = draft.about.as_ref().unwrap();
    assert_eq!(about.references, ["a@example.com", "b@example.com", "own@example.com"]);
    let built = sent(&draft, &Kept(Vec::new()));
    let read = mime::headers(&built.bytes);
    assert_eq!(read.in_reply_to.as_untrusted(), "tencent_1@qq.com");
    let ids: Vec<&str> = read.references.iter().map(|id| id.as_untrusted()).collect();
    assert_eq!(ids, ["a@example.com", "b@example.com", "own@example.com", "tencent_1@qq.com"]);
    // What the reader folds is what was quoted.
    let answer = Draft { body: format!("好的。{}", draft.body), ..draft };
    let readable = mime::readable(&sent(&answer, &Kept(Vec::new())).bytes);
    let quoted = readable.document.sections.iter().find(|one| one.kind == crate::model::SectionKind::Quoted).unwrap();
    let text = readable.document.text.as_untrusted().get(quoted.at.clone()).unwrap();
    assert!(text.starts_with("------------------ 原始邮件"), "{text}");
}

#[test]
fn c06_nobody_is_written_to_who_is_me_or_whom_the_sender_does_not_want() {
    let all = |raw: &str| {
        let draft = plain(raw, Answering::ReplyAll);
        (draft.to, draft.cc)
    };
    let is = |to: &str, cc: &str| (to.to_owned(), cc.to_owned());
    assert_eq!(all(LETTER), is("李雷 <li@example.com>", "\"Han, Mei\" <han@example.com>, team@example.com"));
    // A list that puts itself into Reply-To.
    let list = "From: Li <li@example.com>\r\nTo: dev@lists.example\r\nReply-To: dev@lists.example\r\n\
        List-Post: <mailto:dev@lists.example>\r\n\r\nx\r\n";
    assert_eq!(plain(list, Answering::Reply).to, "Li <li@example.com>");
    assert_eq!(all(list), is("Li <li@example.com>", "dev@lists.example"));
    assert_eq!(plain(list, Answering::ReplyList).to, "dev@lists.example");
    let elsewhere = "From: a@example.com\r\nReply-To: Other <o@example.com>\r\nTo: me@example.com\r\n\r\nx\r\n";
    assert_eq!(plain(elsewhere, Answering::Reply).to, "Other <o@example.com>");
    assert_eq!(plain(elsewhere, Answering::ReplyList).to, "Other <o@example.com>");
    let followup =
        "From: a@example.com\r\nTo: me@example.com\r\nMail-Followup-To: d@lists.example, me@example.com\r\n\r\nx\r\n";
    assert_eq!(all(followup), is("d@lists.example", ""));
    for (raw, to, cc) in [
        ("From: me@example.com\r\nTo: b@example.com\r\nCc: c@example.com\r\n\r\nx", "b@example.com", "c@example.com"),
        ("From: me@example.com\r\nTo: me+x@example.com\r\n\r\nx", "", ""),
        ("From:\r\nTo: me@example.com\r\n\r\nx", "", ""),
        ("From: <>\r\nTo: b@example.com\r\n\r\nx", "b@example.com", ""),
        (
            "From: a@example.com\r\nTo: Team: b@example.com, ALIAS@example.com;\r\n\r\nx",
            "a@example.com",
            "b@example.com",
        ),
        ("From: a@example.com\r\nTo: undisclosed-recipients:;\r\n\r\nx", "a@example.com", ""),
    ] {
        assert_eq!(all(raw), is(to, cc), "{raw}");
    }
    let own = "From: me@example.com\r\nTo: b@example.com\r\n\r\nx";
    assert_eq!(plain(own, Answering::Reply).to, "b@example.com");
}

#[test]
fn whoever_was_written_to_answers() {
    for (raw, from) in [
        ("To: wang@example.org\r\n\r\n", "Wang <wang@example.org>"),
        ("To: list@example.net\r\nDelivered-To: wang@example.org\r\n\r\n", "Wang <wang@example.org>"),
        ("To: Alias@example.com\r\n\r\n", "王五 <Alias@example.com>"),
        ("To: nobody@example.net\r\n\r\n", "王五 <me@example.com>"),
        ("From: wang@example.org\r\nTo: me@example.com\r\n\r\n", "Wang <wang@example.org>"),
    ] {
        assert_eq!(plain(raw, Answering::Reply).from, from, "{raw}");
    }
}

#[test]
fn the_original_stands_where_it_is_wanted() {
    let above = Me { quoting: Quoting::Above, ..me() };
    let (draft, _) = answered(LETTER.as_bytes(), None, Answering::Reply, &above, &ENGLISH);
    assert_eq!(draft.subject, "Re: 会议");
    assert_eq!(
        draft.body,
        "On 2026-11-20 09:30 (+0800), 李雷 <li@example.com> wrote:\n> 周五下午开会。\n\n\n\n-- \n王五\n"
    );
    assert!(draft.body.get(crate::letter::place_to_write(&draft)..).unwrap().starts_with("\n\n-- "));
    assert_eq!(crate::letter::place_to_write(&plain(LETTER, Answering::Reply)), 0);
    let nowhere = Me { quoting: Quoting::Nowhere, ..me() };
    assert_eq!(answered(LETTER.as_bytes(), None, Answering::Reply, &nowhere, &CHINESE).0.body, "\n\n-- \n王五\n");
    assert_eq!(plain(LETTER, Answering::AsNew).body, "周五下午开会。\n\n-- \nLi Lei\n");
}

const PAGE: &str = "From: a@example.com\r\nTo: me@example.com\r\nSubject: x\r\nMessage-ID: <p@example.com>\r\n\
    Content-Type: multipart/mixed; boundary=m\r\n\r\n--m\r\nContent-Type: multipart/related; boundary=b\r\n\r\n--b\r\n\
    Content-Type: text/html\r\n\r\n<p>hello <img src=\"cid:pic@x\"></p>\r\n--b\r\nContent-Type: image/png; name=p.png\r\n\
    Content-ID: <pic@x>\r\nContent-Disposition: inline\r\nContent-Transfer-Encoding: base64\r\n\r\niVBORw0KGgo=\r\n--b--\r\n\
    --m\r\nContent-Type: application/pdf\r\nContent-Disposition: attachment; filename=a.pdf\r\n\r\nPDF\r\n--m--\r\n";

#[test]
fn a_page_is_answered_by_a_page() {
    let me = Me { with_page: true, ..me() };
    let page = "<p>hello <img src=\"cid:pic@x\"></p>";
    let (mut draft, kept) = answered(PAGE.as_bytes(), Some(page), Answering::Reply, &me, &CHINESE);
    assert_eq!(draft.form, Form::WithPage);
    assert_eq!(draft.files.len(), 1);
    draft.body.insert_str(0, "好的 <ok>\n");
    let built = sent(&draft, &kept);
    let text = String::from_utf8(built.bytes.clone()).unwrap();
    assert!(text.contains("Content-ID: <pic@x>") && text.contains("multipart/related"), "{text}");
    let pages = mime::pages(&built.bytes);
    assert!(pages[0].1.contains(page) && pages[0].1.contains("好的 &lt;ok&gt;"), "{}", pages[0].1);
    let forward = answered(PAGE.as_bytes(), Some(page), Answering::Forward, &me, &CHINESE).0;
    let names: Vec<(&str, bool)> = forward.files.iter().map(|f| (f.name.as_str(), f.content_id.is_some())).collect();
    assert_eq!(names, [("p.png", true), ("a.pdf", false)]);
    // What the user cut leaves in no form.
    draft.body = draft.body.replace("hello", "");
    let built = sent(&draft, &kept);
    assert!(!String::from_utf8(built.bytes.clone()).unwrap().contains("pic@x"));
    assert!(!mime::pages(&built.bytes)[0].1.contains("hello"));
}

#[test]
fn a_forward_takes_the_files_along() {
    let (mut draft, kept) = answered(PAGE.as_bytes(), None, Answering::Forward, &me(), &CHINESE);
    assert_eq!((draft.subject.as_str(), draft.to.as_str()), ("转发：x", ""));
    let names: Vec<&str> = draft.files.iter().map(|file| file.name.as_str()).collect();
    assert_eq!(names, ["p.png", "a.pdf"]);
    draft.to = "b@example.com".to_owned();
    let built = sent(&draft, &kept);
    let readable = mime::readable(&built.bytes);
    assert_eq!(readable.attachments.len(), 2);
    assert_eq!(mime::part(&built.bytes, readable.attachments[1].part).unwrap().as_ref(), b"PDF");
}

#[test]
fn a_message_goes_along_whole() {
    let (mut draft, kept) = answered(PAGE.as_bytes(), None, Answering::ForwardAttached, &me(), &CHINESE);
    draft.to = "b@example.com".to_owned();
    assert_eq!(draft.files[0].name, "x.eml");
    let built = sent(&draft, &kept);
    assert!(!built.eight_bit && memchr::memmem::find(&built.bytes, PAGE.as_bytes()).is_some());
    // With bytes that not every server takes it is a file like others.
    let eight = PAGE.replace("PDF", "报告");
    let (mut draft, kept) = answered(eight.as_bytes(), None, Answering::ForwardAttached, &me(), &CHINESE);
    draft.to = "b@example.com".to_owned();
    let built = sent(&draft, &kept);
    assert!(!built.eight_bit);
    let readable = mime::readable(&built.bytes);
    assert_eq!(mime::part(&built.bytes, readable.attachments[0].part).unwrap().as_ref(), eight.as_bytes());
    let built = build(&draft, &Facts { eight_bit: true, ..facts(&kept) }).unwrap();
    assert!(built.eight_bit && memchr::memmem::find(&built.bytes, eight.as_bytes()).is_some());
}

#[test]
fn a_bounce_is_the_original_under_a_few_fields() {
    let (mut draft, kept) = answered(PAGE.as_bytes(), None, Answering::Bounce, &me(), &CHINESE);
    draft.to = "b@example.com".to_owned();
    let built = sent(&draft, &kept);
    let text = String::from_utf8(built.bytes).unwrap();
    let (head, whole) = text.split_at(text.len() - PAGE.len());
    assert_eq!(whole, PAGE);
    assert!(head.lines().all(|line| line.starts_with("Resent-")), "{head}");
    assert_eq!(
        (built.from.as_str(), built.recipients.as_slice()),
        ("me@example.com", &["b@example.com".to_owned()][..])
    );
    let eight = PAGE.replace("PDF", "报告");
    let (mut draft, kept) = answered(eight.as_bytes(), None, Answering::Bounce, &me(), &CHINESE);
    draft.to = "b@example.com".to_owned();
    assert_eq!(build(&draft, &facts(&kept)).unwrap_err(), crate::letter::Trouble::NeedsEightBit);
}

#[test]
fn an_invitation_is_answered_so_that_calendars_understand_it() {
    let raw = "From: boss@example.com\r\nTo: me@example.com\r\nSubject: invite\r\nMIME-Version: 1.0\r\n\
        Content-Type: text/calendar; method=REQUEST; charset=utf-8\r\n\r\nBEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nBEGIN:VEVENT\r\n\
        UID:u1\r\nSEQUENCE:2\r\nSUMMARY:周会\\, 一\r\nDTSTART:20261121T010000Z\r\nORGANIZER;CN=Boss:mailto:boss@example.com\r\n\
        ATTENDEE;CN=王五:mailto:ME@example.com\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";
    let (draft, kept) = answered(raw.as_bytes(), None, Answering::Accept, &me(), &CHINESE);
    assert_eq!((draft.to.as_str(), draft.subject.as_str()), ("Boss <boss@example.com>", "已接受：周会, 一"));
    let calendar = String::from_utf8(kept.0[0].1.clone()).unwrap();
    for line in [
        "METHOD:REPLY",
        "UID:u1",
        "SEQUENCE:2",
        "DTSTAMP:20261120T080838Z",
        "DTSTART:20261121T010000Z",
        "SUMMARY:周会\\, 一",
        "ATTENDEE;PARTSTAT=ACCEPTED;CN=\"王五\":mailto:ME@example.com",
    ] {
        assert!(calendar.lines().any(|have| have == line), "{line} in {calendar}");
    }
    let readable = mime::readable(&sent(&draft, &kept).bytes);
    let card = readable.cards.iter().find_map(|card| match card {
        crate::model::Card::Invitation(invitation) => Some(invitation),
        _ => None,
    });
    assert_eq!(card.unwrap().method, crate::model::InvitationMethod::Reply);
}

#[test]
fn c01_a_hostile_sender_is_answered_safely() {
    let long = "x".repeat(1 << 20);
    let name = "=?utf-8?B?ZXZpbA0KQmNjOiBzcHlAZXhhbXBsZS5jb20bWzJK?=";
    for raw in [
        format!(
            "From: {name} <a@example.com>\r\nSubject: {name}\r\nMessage-ID: <a\r\n Bcc: x>\r\n\r\n\x1b[2J\0\r\n.\r\n"
        ),
        format!(
            "From: {long} <a@example.com>\r\nSubject: {long}\r\nMessage-ID: <{long}>\r\nReferences: <{long}>\r\n\r\n{long}"
        ),
        format!(
            "From: \"a\\\" <b@c.d>,\" <a@example.com>\r\nReply-To: <a@example.com\x1b>\r\nReferences: {}\r\n\r\n",
            "<r@x> ".repeat(9999)
        ),
    ] {
        for how in [Answering::Reply, Answering::ReplyAll, Answering::Forward] {
            let (mut draft, kept) = answered(raw.as_bytes(), None, how, &me(), &CHINESE);
            draft.bcc = "other@example.com".to_owned();
            let built = sent(&draft, &kept);
            check(&built, &draft);
            assert!(
                built.recipients.iter().all(|one| one == "a@example.com" || one == "other@example.com"),
                "{built:?}"
            );
            assert!(built.bytes.len() < 3 << 20);
        }
    }
}

#[test]
fn c07_a_hostile_body_is_quoted_safely() {
    let raw = format!("From: a@example.com\r\n\r\n\x1b]0;x\x07\u{202e}{}\r\n", "0123456789\r\n".repeat(1_000_000));
    let (draft, _) = answered(raw.as_bytes(), None, Answering::Reply, &me(), &CHINESE);
    assert!(draft.body.len() < 300 * 1024 && draft.body.ends_with("[原邮件过长，以下省略]\n"));
    let above = Me { quoting: Quoting::Above, ..me() };
    let (marked, _) = answered(raw.as_bytes(), None, Answering::Reply, &above, &CHINESE);
    for body in [&draft.body, &marked.body] {
        assert!(!body.contains(|c: char| c.is_control() && c != '\n') && !body.contains('\u{202e}'));
    }
    assert!(marked.body.lines().skip(1).take_while(|line| !line.is_empty()).all(|line| line.starts_with('>')));
    let html = b"From: a@example.com\r\nContent-Type: text/html\r\n\r\n<p>only <b>a page</b></p>";
    let (draft, _) = answered(html, None, Answering::Reply, &me(), &CHINESE);
    assert!(draft.body.ends_with("only a page\n"), "{}", draft.body);
}

/// Fields that the program writes.
const KNOWN: [&str; 12] = [
    "date",
    "from",
    "reply-to",
    "to",
    "cc",
    "subject",
    "message-id",
    "in-reply-to",
    "references",
    "mime-version",
    "content-type",
    "content-transfer-encoding",
];

/// Panics unless what was built says what the draft says, in lines that are short enough, and no more.
fn check(built: &Built, draft: &Draft) {
    let text = &built.bytes;
    assert!(
        text.split(|b| *b == b'\n')
            .all(|line| line.len() <= 999 && !line.strip_suffix(b"\r").unwrap_or(line).contains(&b'\r'))
    );
    assert_eq!(memchr::memchr_iter(b'\n', text).count(), memchr::memmem::find_iter(text, b"\r\n").count());
    let head = text.get(..memchr::memmem::find(text, b"\r\n\r\n").unwrap()).unwrap();
    assert!(text.is_ascii() && head.iter().all(|b| (0x20..0x7f).contains(b) || matches!(b, b'\r' | b'\n')));
    let mut names: Vec<String> =
        mime::fields(text).into_iter().map(|field| field.name.as_untrusted().to_lowercase()).collect();
    assert!(names.iter().all(|name| KNOWN.contains(&name.as_str()) || name.starts_with("x-")), "{names:?}");
    names.retain(|name| !name.starts_with("x-"));
    let count = names.len();
    names.sort();
    names.dedup();
    assert_eq!(names.len(), count, "a field stands twice");
    let read = mime::headers(text);
    assert_eq!(read.subject.as_untrusted(), built.subject.as_str());
    for (typed, read) in [(&draft.to, &read.to), (&draft.cc, &read.cc), (&draft.reply_to, &read.reply_to)] {
        let typed: Vec<(String, String)> = addresses(typed)
            .into_iter()
            .filter_map(|one| one.mailbox.ok())
            .map(|one| (one.name().to_owned(), one.address()))
            .collect();
        let read: Vec<(String, String)> = read
            .iter()
            .map(|one| (one.name.as_untrusted().to_owned(), one.address.as_untrusted().to_owned()))
            .collect();
        assert_eq!(typed, read);
    }
}

#[test]
fn z_any_message_is_answered() {
    const GOOD: &[&[u8]] = &[LETTER.as_bytes(), PAGE.as_bytes()];
    const PIECES: &[&[u8]] = &[
        b"\r\n",
        b"\n",
        b"\r",
        b"\0",
        b"\x1b[2J",
        b"=?utf-8?B?DQpCY2M6IHhAeS56?=",
        b"<",
        b">",
        b"\"",
        b",",
        b";",
        b":",
        b"@",
        b"Bcc: x@y.z\r\n",
        b"From: ",
        b"Reply-To: ",
        b"References: <",
        b"Subject: ",
        b"Mail-Followup-To: ",
        b"\xff",
        b"cid:",
        b"Re: ",
        b"[x] ",
        b"\xe2\x80\xae",
        b"\\",
        b"-- \r\n",
        b"(",
        b")",
        b"xn--",
        b"--b\r\n",
    ];
    fuzz(&Diet { good: GOOD, pieces: PIECES }, Long::Minutes(5), |bytes| {
        let how = Answering::EVERY[bytes.len() % Answering::EVERY.len()];
        let me = Me { with_page: bytes.len() % 2 == 0, ..me() };
        let page = (bytes.len() % 3 != 0).then_some("<p>x <img src=\"cid:pic@x\"></p>");
        let (mut draft, kept) = answered(bytes, page, how, &me, &CHINESE);
        let heads = [&draft.from, &draft.to, &draft.cc, &draft.bcc, &draft.subject];
        let clean = heads.iter().all(|head| !head.contains(|c: char| c.is_control()));
        let readable = addresses(&draft.to).iter().chain(&addresses(&draft.cc)).all(|one| one.mailbox.is_ok());
        draft.cc.push_str(", z@example.com");
        if let Ok(built) = build(&draft, &facts(&kept))
            && how != Answering::Bounce
        {
            check(&built, &draft);
        }
        clean && readable
    });
}

#[test]
fn z_any_draft_is_built() {
    const GOOD: &[&[u8]] = &["李雷 <li@example.com>\x01\"a, b\" <b@example.com>\x01c@example.com\x01关于 Re: 会议 =?utf-8?Q?x?=\x01X-A\x01a  b\x01text\r\n.\r\nFrom x \x01报告 \"1\".pdf\x01application/pdf".as_bytes()];
    const PIECES: &[&[u8]] = &[
        b"\r\n",
        b"\n",
        b"\r",
        b"\0",
        b"\x1b[2J",
        b"=?utf-8?B?",
        b"?=",
        b"<",
        b">",
        b"\"",
        b",",
        b";",
        b":",
        b"@",
        b" ",
        b"  ",
        b"\t",
        b"Bcc: x@y.z\r\n",
        b"\xff",
        b"\\",
        b"\x01",
        b"From ",
        b".\r\n",
        b"\xe2\x80\xae",
        b"../",
        b"%",
        b"'",
        b"=",
        b"\xf0\x9f\x99\x82",
        b"_",
    ];
    fuzz(&Diet { good: GOOD, pieces: PIECES }, Long::Minutes(5), |bytes| {
        let text = String::from_utf8_lossy(bytes);
        let mut pieces = text.split('\x01').map(str::to_owned);
        let mut next = || pieces.next().unwrap_or_default();
        let mut draft = Draft { to: next(), cc: next(), reply_to: next(), subject: next(), ..Draft::default() };
        draft.more.push((next(), next()));
        draft.body = next();
        let file = next();
        let from = EnclosedFrom::Kept("h".to_owned());
        draft.files.push(Enclosed { name: file, kind: next(), size: 3, from, content_id: None });
        let kept = Kept(vec![("h".to_owned(), b"abc".to_vec())]);
        let Ok(built) = build(&draft, &facts(&kept)) else { return true };
        if draft.more.iter().all(|(name, _)| name.to_ascii_lowercase().starts_with("x-")) {
            check(&built, &draft);
        }
        let readable = mime::readable(&built.bytes);
        let body = clean::lines(&draft.body);
        let said = readable.document.text.as_untrusted();
        let file = readable.attachments.last();
        let same = file.is_some_and(|file| {
            file.name.as_untrusted() == SafeFileName::of(&draft.files[0].name).as_str()
                && mime::part(&built.bytes, file.part).is_some_and(|held| held.as_ref() == b"abc")
        });
        let uuencoded = body.contains("begin ");
        uuencoded || said.trim_end() == body.trim_end() && same
    });
}
