use rustix::time::{ClockId, clock_gettime};

use super::*;
use crate::model::Card;

fn text(readable: &Readable) -> &str {
    readable.document.text.as_untrusted()
}

fn multipart(kind: &str, parts: &[&str]) -> String {
    let inside = parts.iter().fold(String::new(), |inside, part| inside + &format!("--{kind}\r\n{part}\r\n"));
    format!("Content-Type: multipart/{kind}; boundary={kind}\r\n\r\n{inside}--{kind}--\r\n")
}

const PLAIN: &str = "Content-Type: text/plain; charset=gb2312\r\nContent-Transfer-Encoding: base64\r\n\r\nxOO6ww==";
const HTML: &str = "Content-Type: text/html\r\n\r\n<p>hi</p>";
const PDF: &str =
    "Content-Type: application/pdf; name=x.pdf\r\nContent-Disposition: attachment; filename=x.pdf\r\n\r\n%PDF-1";

fn read(raw: &str) -> Readable {
    readable(raw.as_bytes())
}

#[test]
fn plain_text_wins_over_html_and_files_are_listed() {
    let readable = read(&multipart("mixed", &[&multipart("alternative", &[PLAIN, HTML]), PDF]));
    assert_eq!(text(&readable), "你好");
    assert_eq!((readable.source, readable.other), (BodySource::Plain, Some(BodySource::Html)));
    assert_eq!(readable.charset, "gb18030");
    assert_eq!(readable.attachments.len(), 1);
    assert_eq!(readable.attachments[0].name.as_untrusted(), "x.pdf");
    assert_eq!(readable.attachments[0].kind.as_untrusted(), "application/pdf");
}

#[test]
fn the_reader_chooses_between_two_forms() {
    let raw = multipart("alternative", &[PLAIN, HTML]);
    let as_html = Reading { source: Some(BodySource::Html), ..Reading::default() };
    let shown = readable_as(raw.as_bytes(), &as_html);
    assert_eq!((text(&shown).trim(), shown.source, shown.other), ("hi", BodySource::Html, Some(BodySource::Drawn)));
    let as_drawn = Reading { source: Some(BodySource::Drawn), ..Reading::default() };
    let shown = readable_as(raw.as_bytes(), &as_drawn);
    assert_eq!((text(&shown).trim(), shown.source, shown.other), ("hi", BodySource::Drawn, Some(BodySource::Plain)));
    let shown = readable_as(HTML.as_bytes(), &as_drawn);
    assert_eq!((text(&shown).trim(), shown.source, shown.other), ("hi", BodySource::Drawn, Some(BodySource::Html)));
    // Where there is only one form, that one is shown.
    let shown = readable_as(PLAIN.as_bytes(), &as_html);
    assert_eq!((text(&shown), shown.source, shown.other), ("你好", BodySource::Plain, None));
    let shown = readable_as(PLAIN.as_bytes(), &as_drawn);
    assert_eq!((text(&shown), shown.source, shown.other), ("你好", BodySource::Plain, None));
    let as_big5 = Reading { charset: Some("big5"), ..Reading::default() };
    let shown = readable_as(PLAIN.as_bytes(), &as_big5);
    assert!(shown.charset.eq_ignore_ascii_case("big5"), "{}", shown.charset);
    assert!(text(&shown) != "你好");
}

#[test]
fn a_plain_form_that_says_less_loses() {
    let long = format!("<html><body><p>{}</p></body></html>", "很多很多的话，".repeat(40));
    let html = format!("Content-Type: text/html; charset=utf-8\r\n\r\n{long}");
    for (plain, source) in [
        ("", BodySource::Html),
        (" \r\n\r\n", BodySource::Html),
        ("您的邮件客户端不支持HTML，请用浏览器打开", BodySource::Html),
        ("Please view this email in your browser: https://example.com/a/b/c/d/e/f/g/h/i/j/k", BodySource::Html),
        ("只有一句", BodySource::Html),
        (&"很多很多的话，".repeat(38), BodySource::Plain),
    ] {
        let plain = format!("Content-Type: text/plain; charset=utf-8\r\n\r\n{plain}");
        let shown = read(&multipart("alternative", &[&plain, &html]));
        assert_eq!((shown.source, shown.other.is_some()), (source, true), "{plain}");
    }
}

#[test]
fn letters_of_a_page_are_those_that_are_read() {
    let page = "<html><head><title>no</title><STYLE>p{}</STYLE></head><!-- no > no --><p class=no>&#40511;雁 a&nbsp;b &amp; http://x.example/no<br>c";
    assert_eq!(choice::letters_of_page(page), 5);
    assert_eq!(choice::letters_of_page(&"<style>".repeat(100_000)), 0);
    assert_eq!(choice::letters_of_page("abc <unclosed"), 3);
}

#[test]
fn forms_for_programs_are_neither_text_nor_files() {
    let amp = "Content-Type: text/x-amp-html\r\n\r\n<p>amp";
    let shown = read(&multipart("alternative", &[PLAIN, amp, HTML]));
    assert_eq!((text(&shown), shown.attachments.len()), ("你好", 0));
}

#[test]
fn a_text_and_a_page_one_behind_the_other_are_both_shown() {
    let footer = "Content-Type: text/plain\r\n\r\n____\r\na list";
    let shown = read(&multipart("mixed", &[HTML, footer]));
    assert_eq!((text(&shown).trim_end(), shown.source), ("hi\n\n____\na list", BodySource::Html));
    assert_eq!(shown.other, Some(BodySource::Drawn));
    let shown = read(&multipart("mixed", &[PLAIN, footer, PLAIN]));
    assert_eq!((text(&shown), shown.source), ("你好\n\n____\na list\n\n你好", BodySource::Plain));
}

#[test]
fn the_text_of_parts_that_belong_together_is_the_one_named() {
    let related = |start: &str| {
        let kind = format!("related; start=\"{start}\"");
        let parts = [
            "Content-Type: text/plain\r\nContent-ID: <other@x>\r\n\r\nnot this",
            "Content-Type: text/html\r\nContent-ID: <root@x>\r\n\r\n<p>this<img src=\"cid:pic%40x\">",
            "Content-Type: image/png\r\nContent-ID: <pic@x>\r\nContent-Disposition: inline; filename=p.png\r\n\r\n\x7fPNG",
        ];
        multipart("related", &parts).replacen("related;", &format!("{kind};"), 1)
    };
    let shown = read(&related("<root@x>"));
    assert_eq!((text(&shown).trim(), shown.source), ("this", BodySource::Html));
    let listed: Vec<_> = shown.attachments.iter().map(|part| (part.kind.as_untrusted(), part.inline)).collect();
    assert_eq!(listed, [("text/plain", false), ("image/png", true)]);
    assert_eq!(text(&read(&related("gone"))), "not this");
    // A form that is a page with its pictures.
    let shown = read(&multipart("alternative", &[PLAIN, &related("root@x")]));
    assert_eq!((text(&shown), shown.other), ("你好", Some(BodySource::Html)));
    assert!(shown.attachments.iter().any(|part| part.inline));
}

#[test]
fn texts_that_are_files_are_no_body() {
    let file = "Content-Type: text/plain; name=log.txt\r\nContent-Disposition: attachment; filename=log.txt\r\n\r\nlog";
    let named = "Content-Type: text/html; name=\"report.html\"\r\n\r\n<p>report";
    let patch = "Content-Type: text/x-patch\r\nContent-Disposition: inline; filename=1.patch\r\n\r\n--- a/x";
    let shown = read(&multipart("mixed", &[PLAIN, file, named, patch]));
    assert_eq!(text(&shown), "你好\n\n--- a/x");
    let names: Vec<_> = shown.attachments.iter().map(|part| part.name.as_untrusted()).collect();
    assert_eq!(names, ["log.txt", "report.html", "1.patch"]);
    let shown = read(file);
    assert_eq!((shown.source, shown.attachments.len()), (BodySource::Nothing, 1));
}

/// What is too much to be drawn is read, and only what is drawn keeps its lines.
#[test]
fn a_page_that_cannot_be_drawn_is_read() {
    let as_drawn = Reading { source: Some(BodySource::Drawn), ..Reading::default() };
    let page = format!("Content-Type: text/html\r\n\r\n{}words", "<blockquote>".repeat(100));
    let shown = readable_as(page.as_bytes(), &as_drawn);
    assert_eq!((shown.source, shown.other), (BodySource::Html, None));
    let both = multipart("alternative", &[PLAIN, &page]);
    let shown = readable_as(both.as_bytes(), &as_drawn);
    assert_eq!((shown.source, shown.other), (BodySource::Html, Some(BodySource::Plain)));
    let footer = "Content-Type: text/plain\r\n\r\nsee https://example.com/list";
    let shown = readable_as(multipart("mixed", &[HTML, footer]).as_bytes(), &as_drawn);
    assert_eq!((text(&shown), shown.source), ("hi\n\nsee https://example.com/list", BodySource::Drawn));
    let links: Vec<_> = shown.document.links.iter().map(|link| link.url.as_untrusted()).collect();
    assert_eq!(links, ["https://example.com/list"]);
    assert_eq!(shown.document.sections.len(), 1);
    assert_eq!(shown.document.sections[0].at, 0..2);
}

#[test]
fn html_alone_is_read_as_text() {
    let readable = read("Subject: s\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<p>one</p><p>two</p>");
    assert_eq!((text(&readable), readable.source), ("one\n\ntwo\n", BodySource::Html));
    let called_plain = read("Content-Type: text/plain\r\n\r\n<html><body><p>one</p></body></html>\r\n");
    assert_eq!((text(&called_plain).trim(), called_plain.source), ("one", BodySource::Html));
}

#[test]
fn m21_lines_that_flow_are_put_together() {
    let shown = read(
        "Content-Type: text/plain; charset=utf-8; format=flowed; delsp=yes\r\n\r\n你好 \r\n世界\r\n> old \r\n> words\r\n",
    );
    assert_eq!(text(&shown), "你好世界\n> oldwords\n");
}

#[test]
fn m20_a_line_of_fifty_megabytes_is_cut() {
    let mut raw = b"Subject: s\n\n".to_vec();
    raw.resize(50_000_000, b'x');
    let shown = readable(&raw);
    assert!(shown.cut && text(&shown).len() == LONGEST_TEXT);
    let chinese = format!("Content-Type: text/plain; charset=utf-8\n\n{}", "鸿".repeat(10_000_000));
    let shown = read(&chinese);
    assert!(shown.cut && text(&shown).len() > LONGEST_TEXT - 3 && text(&shown).ends_with('鸿'));
}

#[test]
fn a_message_of_which_only_the_beginning_is_here_says_so() {
    let raw = multipart("mixed", &[PLAIN, PDF, "Content-Type: image/png; name=p.png\r\n\r\n12345"]);
    let beginning = &raw.as_bytes()[..raw.len() - 16];
    let reading = Reading { size: Some(u64::try_from(raw.len()).unwrap()), ..Reading::default() };
    let shown = readable_as(beginning, &reading);
    let cut: Vec<bool> = shown.attachments.iter().map(|part| part.cut).collect();
    assert_eq!((shown.cut, cut), (true, vec![false, true]));
    let whole = readable_as(raw.as_bytes(), &reading);
    assert!(!whole.cut && whole.attachments.iter().all(|part| !part.cut));
    assert!(readable(beginning).attachments.iter().all(|part| !part.cut));
    // A number that lies does no harm.
    assert!(!readable_as(raw.as_bytes(), &Reading { size: Some(1), ..Reading::default() }).cut);
}

#[test]
fn m23_a_report_becomes_a_card_and_the_original_stays() {
    let report = "Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example.com\r\n\r\n\
        Final-Recipient: rfc822; a@example.org\r\nAction: failed\r\nStatus: 5.2.2\r\n";
    let original = "Content-Type: message/rfc822\r\n\r\nSubject: =?gb2312?B?u+HS6Q==?=\r\nFrom: li@example.com\r\n\
        Date: Tue, 17 Nov 2026 09:30:00 +0800\r\n\r\nwords";
    let raw = multipart("report", &[PLAIN, report, original]);
    let shown = read(&raw);
    assert_eq!(text(&shown), "你好");
    let [Card::Delivery(delivery), Card::Message { part: id, subject, from, date }] = &shown.cards[..] else {
        panic!("{:?}", shown.cards)
    };
    assert_eq!(delivery.recipient.as_untrusted(), "a@example.org");
    assert_eq!((subject.as_untrusted(), date.is_some()), ("会议", true));
    assert_eq!(from.as_ref().unwrap().address.as_untrusted(), "li@example.com");
    let inner = part(raw.as_bytes(), *id).unwrap();
    assert_eq!(text(&readable(&inner)), "words");
    let names: Vec<_> = shown.attachments.iter().map(|part| part.name.as_untrusted()).collect();
    assert_eq!(names, ["会议.eml"]);
}

#[test]
fn m23_a_letter_of_a_server_becomes_a_card() {
    let shown = read(
        "From: MAILER-DAEMON@mail.example.com\nSubject: failure notice\n\n\
        Hi. This is the qmail-send program at mail.example.com.\n\n<gone@example.org>:\n550 5.1.1 User unknown\n",
    );
    let [Card::Delivery(delivery)] = &shown.cards[..] else { panic!("{:?}", shown.cards) };
    assert_eq!((delivery.recipient.as_untrusted(), delivery.status.as_untrusted()), ("gone@example.org", "5.1.1"));
}

#[test]
fn m23_an_invitation_becomes_one_card_however_often_it_comes() {
    let event = "BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nBEGIN:VEVENT\r\nUID:1\r\nSUMMARY:\u{4f1a}\u{8bae}\r\n\
        DTSTART:20261117T013000Z\r\nEND:VEVENT\r\nEND:VCALENDAR";
    let form = format!("Content-Type: text/calendar; method=REQUEST; charset=utf-8\r\n\r\n{event}");
    let file = format!("Content-Type: application/ics; name=invite.ics\r\n\r\n{event}");
    let shown = read(&multipart("mixed", &[&multipart("alternative", &[PLAIN, &form]), &file]));
    let [Card::Invitation(invitation)] = &shown.cards[..] else { panic!("{:?}", shown.cards) };
    assert_eq!(invitation.summary.as_untrusted(), "会议");
    assert_eq!((text(&shown), shown.attachments.len()), ("你好", 1));
    // GBK that says nothing of it, and a calendar that is all there is.
    let mut raw = b"Content-Type: text/calendar\r\n\r\nBEGIN:VEVENT\r\nSUMMARY:\xbb\xe1\xd2\xe9\r\n".to_vec();
    let shown = readable(&raw);
    let [Card::Invitation(invitation)] = &shown.cards[..] else { panic!("{:?}", shown.cards) };
    assert_eq!(invitation.summary.as_untrusted(), "会议");
    raw.truncate(40);
    assert_eq!(readable(&raw).cards, []);
}

#[test]
fn m22_what_points_elsewhere_is_shown_and_never_followed() {
    let pointer = "Content-Type: message/external-body; access-type=URL; URL=\"file:///etc/passwd\"\r\n\r\n\
        Content-Type: text/plain\r\n\r\n";
    let shown = read(pointer);
    assert!(text(&shown).contains("URL=\"file:///etc/passwd\""), "{}", text(&shown));
    assert_eq!(shown.attachments[0].kind.as_untrusted(), "message/external-body");
    let shown = read(&multipart("mixed", &[PLAIN, pointer]));
    assert_eq!((text(&shown), shown.attachments.len()), ("你好", 1));
    let shown = read("Content-Type: message/partial; id=x; number=2; total=3\r\n\r\nthe second third");
    assert!(text(&shown).contains("number=2; total=3") && text(&shown).ends_with("the second third"));
}

#[test]
fn m14_sizes_that_lie_change_nothing() {
    let shown = read("Content-Length: 3\nLines: 1\nSubject: s\n\none\nFrom here on\ntwo\n");
    assert_eq!(text(&shown), "one\nFrom here on\ntwo\n");
}

#[test]
fn pages_are_the_parts_that_are_html() {
    let raw = multipart("mixed", &[&multipart("alternative", &[PLAIN, HTML]), PDF]);
    let pages = pages(raw.as_bytes());
    assert_eq!((pages.len(), pages[0].1.as_str()), (1, "<p>hi</p>"));
    assert_eq!(&*part(raw.as_bytes(), pages[0].0).unwrap(), b"<p>hi</p>");
    assert_eq!(part(raw.as_bytes(), PartId(4_711)), None);
    assert_eq!(part(raw.as_bytes(), PartId(u32::MAX)), None);
}

#[test]
fn m17_rubbish_before_the_headers_is_skipped() {
    assert_eq!(readable(b"\r\nFrom x Tue\nSubject: here\n\nbody").subject.as_untrusted(), "here");
}

#[test]
fn rubbish_is_shown_as_it_is() {
    let readable = readable(b"\xff\xfe\x00");
    assert!(!readable.cut);
    assert_eq!(as_it_is(b"words").document.text.as_untrusted(), "words");
}

/// Levels of nesting that overflow any stack.
const DEEP: usize = 60_000;

/// A walk takes milliseconds; what is not linear takes minutes. What counts is the work of this thread, so that whoever
/// else uses the processor does not count.
const SOON: i64 = 5;

/// As the program does it: on a thread with the stack that threads have.
fn on_a_small_stack(raw: Vec<u8>) -> Readable {
    let work = move || {
        let begun = clock_gettime(ClockId::ThreadCPUTime).tv_sec;
        let shown = readable(&raw);
        let took = clock_gettime(ClockId::ThreadCPUTime).tv_sec - begun;
        assert!(took <= SOON, "{took} seconds for {} bytes", raw.len());
        shown
    };
    std::thread::Builder::new().stack_size(2 * 1024 * 1024).spawn(work).unwrap().join().unwrap()
}

fn digests(depth: usize) -> Vec<u8> {
    let level = |n| format!("Content-Type: multipart/digest; boundary={n:x}\n\n--{n:x}\n\n");
    (0..depth).map(level).collect::<String>().into_bytes()
}

#[test]
fn m01_messages_nested_without_end_do_not_abort() {
    for kind in ["message/rfc822", "message (x) / rfc822", "Message/GLOBAL"] {
        let level = format!("Content-Type: {kind}\r\n\r\n");
        let readable = on_a_small_stack(level.repeat(DEEP).into_bytes());
        assert!(readable.too_deep, "{kind}");
        assert!(!readable.document.text.is_empty(), "{kind}");
    }
}

#[test]
fn m01_digests_nested_without_end_do_not_abort() {
    let readable = on_a_small_stack(digests(DEEP));
    assert!(readable.too_deep && !readable.document.text.is_empty());
    // Each of them closed again.
    let closed = (0..DEEP).rev().flat_map(|n| format!("\n--{n:x}--\n").into_bytes());
    let readable = on_a_small_stack(digests(DEEP).into_iter().chain(closed).collect());
    assert!(readable.too_deep && !readable.document.text.is_empty());
}

#[test]
fn m01_nesting_inside_an_encoding_is_not_followed() {
    // `Content-Type: multipart/digest; boundary=0\n\n--0\n\n`, as Python's base64 writes it.
    let level = "Q29udGVudC1UeXBlOiBtdWx0aXBhcnQvZGlnZXN0OyBib3VuZGFyeT0wCgotLTAKCg0K\r\n";
    let head = "Subject: s\r\nContent-Type: message/rfc822\r\nContent-Transfer-Encoding: base64\r\n\r\n";
    let readable = on_a_small_stack((head.to_owned() + &level.repeat(DEEP)).into_bytes());
    assert_eq!((readable.subject.as_untrusted(), readable.attachments.len()), ("s", 1));
}

#[test]
fn m01_what_can_be_read_beside_too_deep_nesting_is_read() {
    let mut raw = b"Subject: s\nContent-Type: multipart/mixed; boundary=outer\n\n--outer\n\nwords\n--outer\n".to_vec();
    raw.extend(digests(DEEP));
    let readable = on_a_small_stack(raw);
    assert_eq!((text(&readable), readable.source), ("words", BodySource::Plain));
    assert!(readable.too_deep);
    let of_depth = |depth: usize| {
        let mut raw = b"Content-Type: message/rfc822\n\n".repeat(depth);
        raw.extend(b"Subject: the last\n\nwords\n");
        on_a_small_stack(raw)
    };
    assert!(!of_depth(parts::DEEPEST).too_deep && of_depth(parts::DEEPEST + 1).too_deep);
}

fn outer(part: impl Fn(usize) -> String, parts: usize) -> Vec<u8> {
    let head = "Subject: s\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nwords\n";
    head.to_owned().into_bytes().into_iter().chain((0..parts).flat_map(|n| part(n).into_bytes())).collect()
}

#[test]
fn m01_boundaries_that_never_come_cost_one_walk() {
    for field in [
        "Content-Type: multipart/x; boundary=z\n\n",
        "Content-Type : MULTIPART/x; boundary=\"z\"\n\n",
        "Content-Type: (b) multipart/x;\n (boundary=b) boundary*0=z\n\n",
        "Content-Type: multipart/x; boundary=y%z\nX: --y%z\n\n",
        "X: --y%z\nContent-Type: multipart/x; boundary=y%z\n \n\n",
        "Content-Type: multipart/x\n\n",
    ] {
        let part = |n: usize| format!("--b\n{}", field.replace('%', &n.to_string()));
        let shown = on_a_small_stack(outer(part, 1_400_000 / (field.len() + 4)));
        assert_eq!((shown.subject.as_untrusted(), text(&shown).trim_end()), ("s", "words"), "{field}");
        assert!(shown.cut && shown.attachments.is_empty(), "{field}");
    }
}

#[test]
fn m01_words_that_look_like_fields_cost_one_walk() {
    on_a_small_stack(outer(|_| "--bContent-Type: multipart/x; boundary=z\n\n".to_owned(), 30_000));
    on_a_small_stack(outer(|_| "--b: Content-Type: multipart/x; boundary=z\n\n".to_owned(), 30_000));
    on_a_small_stack(outer(|_| "multipart/".to_owned(), 140_000));
    on_a_small_stack(outer(|n| format!("multipart/x; boundary={}-\n", "-".repeat(n % 1_000)), 2_000));
    // Every line could be a boundary of one of many.
    let mut levels: Vec<u8> = (0..60)
        .flat_map(|n| format!("Content-Type: multipart/x; boundary={n:05}\n\n--{n:05}\n").into_bytes())
        .collect();
    levels.extend(b"\n".iter().chain(b"--00000x\n".iter().cycle().take(4_000_000)));
    on_a_small_stack(levels);
    let mut dashes = outer(|n| format!("multipart/x; boundary={}\n", "-".repeat(n)), 200);
    dashes.resize(2_000_000, b'-');
    on_a_small_stack(dashes);
}

#[test]
fn m02_two_hundred_thousand_parts_are_a_short_list() {
    let shown = on_a_small_stack(outer(|_| "--b\nContent-Type: a/b\n\n\n".to_owned(), 200_000));
    assert_eq!((text(&shown), shown.source), ("words", BodySource::Plain));
    assert!(shown.cut && shown.attachments.len() == attached::MOST);
    let texts = on_a_small_stack(outer(|_| "--b\n\na\n".to_owned(), 200_000));
    assert!(texts.cut && text(&texts).starts_with("words\n\na\n\na"));
    // Forms of forms of forms, each of them to be compared with the other.
    let inner = (0..60).fold(format!("{}\n", "word ".repeat(10_000)), |inner, n| {
        format!("Content-Type: multipart/alternative; boundary=x{n}\n\n--x{n}\n\nplain {n}\n--x{n}\nContent-Type: text/html\n\n<p>page {n}\n--x{n}\n{inner}\n--x{n}--\n")
    });
    on_a_small_stack(inner.into_bytes());
}

#[test]
fn r02_a_field_with_parameters_without_end_is_cut() {
    for name in ["Content-Type", "content-TYPE ", "Content-Disposition"] {
        let endless: String =
            (0..100_000).flat_map(|n| ["; a".to_owned(), n.to_string(), "*=x'y'z".to_owned()]).collect();
        let words = format!("{name}: text/plain; charset=utf-8{endless}\nSubject: s\n\nwords");
        let shown = on_a_small_stack(words.into_bytes());
        assert_eq!((shown.subject.as_untrusted(), text(&shown)), ("s", "words"));
    }
    let words = format!("Content-Type: text/plain; a={}\n\nwords", " =?aa?q?".repeat(150_000));
    assert_eq!(text(&on_a_small_stack(words.into_bytes())), "words");
}

#[test]
fn what_is_known_of_a_text_moves_with_it() {
    let linked = |text: &str, at: std::ops::Range<usize>| {
        let link = crate::model::Link { at, url: "https://example.com".into() };
        Document { links: vec![link], ..Document::plain(text) }
    };
    let mut joined = joined::Joined::default();
    joined.append(Document::plain(" \n"));
    joined.append(linked("鸿雁\n", 0..6));
    joined.append(linked("one two", 4..7));
    let mut document = joined.done();
    assert_eq!(document.text.as_untrusted(), "鸿雁\n\none two");
    let shown = |document: &Document| {
        let text = document.text.as_untrusted();
        document.links.iter().map(|link| text.get(link.at.clone()).unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(shown(&document), ["鸿雁", "two"]);
    assert!(!joined::shorten(&mut document, 100) && joined::shorten(&mut document, 13));
    assert_eq!(shown(&document), ["鸿雁", "t"]);
    assert!(joined::shorten(&mut document, 4));
    assert_eq!((document.text.as_untrusted(), shown(&document)), ("鸿", vec!["鸿".to_owned()]));
}

#[test]
fn m02_long_parts_cost_no_more_than_their_size() {
    let part = format!("--b\n\n{}\n", "words ".repeat(100));
    assert!(on_a_small_stack(outer(|_| part.clone(), 20_000)).cut);
}

#[test]
fn m_lines_that_end_with_nothing_but_cr() {
    let raw = b"From: a@example.com\rSubject: x\r\rwords\rmore";
    assert_eq!(text(&readable(raw)), "words\nmore");
    let raw = b"Subject: x\rContent-Type: multipart/mixed; boundary=b\r\r--b\r\rwords\r--b\rContent-Type: application/pdf; name=a.pdf\r\r%PDF-1\rx\r--b--";
    let read = readable(raw);
    assert_eq!((text(&read), read.subject.as_untrusted()), ("words", "x"));
    assert_eq!(part(raw, read.attachments[0].part).unwrap(), &b"%PDF-1\nx"[..]);
    assert_eq!(read.attachments[0].size, 8);
    each_part(raw, &[read.attachments[0].part], |_, held| assert_eq!(held.unwrap(), &b"%PDF-1\nx"[..]));
    let raw = b"Content-Type: text/html\r\r<p>hi</p>";
    assert_eq!(pages(raw).len(), 1);
}

#[test]
fn m_words_behind_a_forgotten_blank_line_are_shown() {
    for (raw, shown) in [
        ("From: a@example.com\nSubject: x\nHello: this is text\n", "Hello: this is text"),
        ("Subject: x\nContent-Type: multipart/mixed; boundary=b\n\n--b\nNote: words\n--b--", "Note: words"),
        ("Subject: x\nContent-Type: multipart/mixed; boundary=b\n\nno parts at all\n", "no parts at all"),
        ("Subject: x\nContent-Transfer-Encoding: base64\n\n?!?\n", "?!?"),
        // What was sent without words.
        ("Subject: x\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\n\n--b--", ""),
        ("Subject: x\nContent-Type: text/html\n\n<p></p>", ""),
        ("From: a@example.com\nSubject: x\nX-Mailer: y\n", ""),
        ("Subject: x\n\n \n", ""),
    ] {
        assert_eq!(text(&read(raw)).trim(), shown, "{raw}");
    }
}
