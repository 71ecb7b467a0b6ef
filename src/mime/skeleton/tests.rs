use rustix::time::{ClockId, clock_gettime};

use super::*;
use crate::mime::readable;
use crate::model::{BodySource, Readable};

/// A walk takes milliseconds; these messages took from seconds to minutes. What counts is the work of this thread, so that
/// whoever else uses the processor does not count.
const SOON: i64 = 5;

fn read_soon(raw: &[u8]) -> Readable {
    let begun = clock_gettime(ClockId::ThreadCPUTime).tv_sec;
    let shown = readable(raw);
    let took = clock_gettime(ClockId::ThreadCPUTime).tv_sec - begun;
    assert!(took <= SOON, "{took} seconds for {} bytes", raw.len());
    shown
}

fn outer(part: impl Fn(usize) -> String, parts: usize) -> Vec<u8> {
    let head = "Subject: s\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nwords\n";
    head.to_owned().into_bytes().into_iter().chain((0..parts).flat_map(|n| part(n).into_bytes())).collect()
}

#[test]
fn m01_boundaries_that_never_come_cost_one_walk() {
    for field in [
        "Content-Type: multipart/x; boundary=z\n\n",
        "content - type : MULTIPART/x; boundary=\"z\"\n\n",
        "Content-Type: (b) multipart/x;\n (boundary=b) boundary*0=z\n\n",
        // Comes, but among the fields.
        "Content-Type: multipart/x; boundary=y%z\nX: --y%z\n\n",
        "X: --y%z\nContent-Type: multipart/x; boundary=y%z\n \n\n",
    ] {
        let part = |n: usize| format!("--b\n{}", field.replace('%', &n.to_string()));
        let raw = outer(part, 1_400_000 / (field.len() + 4));
        let shown = read_soon(&raw);
        assert_eq!(shown.subject.as_untrusted(), "s", "{field}");
        assert!(
            shown.document.text.as_untrusted() == "words",
            "{field}: {} bytes",
            shown.document.text.as_untrusted().len()
        );
        assert!(shown.too_deep || shown.cut, "{field}");
        assert!(shown.attachments.iter().all(|part| part.kind.as_untrusted() == "multipart/x"), "{field}");
    }
}

#[test]
fn m01_a_field_behind_its_boundary_costs_no_more() {
    let raw = outer(|_| "--bContent-Type: multipart/x; boundary=z\n\n".to_owned(), 30_000);
    read_soon(&raw);
    let raw = outer(|_| "--b: Content-Type: multipart/x; boundary=z\n\n".to_owned(), 30_000);
    read_soon(&raw);
}

#[test]
fn m01_words_that_look_like_fields_cost_one_walk() {
    read_soon(&outer(|_| "multipart/".to_owned(), 140_000));
    read_soon(&outer(|n| format!("multipart/x; boundary={n}"), 50_000));
    read_soon(&outer(|n| format!("multipart/x; boundary={}-\n", "-".repeat(n % 1_000)), 2_000));
    let mut dashes = outer(|n| format!("multipart/x; boundary={}\n", "-".repeat(n)), 200);
    dashes.resize(2_000_000, b'-');
    read_soon(&dashes);
}

#[test]
fn m02_two_hundred_thousand_parts_are_a_short_list() {
    let shown = read_soon(&outer(|_| "--b\nContent-Type: a/b\n\n\n".to_owned(), 200_000));
    assert_eq!((shown.document.text.as_untrusted(), shown.source), ("words", BodySource::Plain));
    assert!(shown.cut && shown.attachments.len() <= 1_000);
}

#[test]
fn r02_a_field_with_parameters_without_end_is_cut() {
    for name in ["Content-Type", "content-TYPE ", "Content-Disposition"] {
        let endless: String =
            (0..100_000).flat_map(|n| ["; a".to_owned(), n.to_string(), "*=x'y'z".to_owned()]).collect();
        let words = format!("{name}: text/plain; charset=utf-8{endless}\nSubject: s\n\nwords");
        let shown = read_soon(words.as_bytes());
        assert_eq!((shown.subject.as_untrusted(), shown.document.text.as_untrusted()), ("s", "words"));
    }
    let words = format!("Content-Type: text/plain; a={}\n\nwords", " =?aa?q?".repeat(150_000));
    assert_eq!(read_soon(words.as_bytes()).document.text.as_untrusted(), "words");
}

#[test]
fn an_honest_message_is_its_own_skeleton() {
    let raw =
        b"Content-Type: multipart/mixed; boundary=\"--=_x\"\r\n\r\n----=_x\r\nContent-Type: Multipart/Alternative;\r\n\
        \tboundary=y\r\n\r\n--y\r\n\r\none\r\n--y--\r\n----=_x--\r\n";
    let skeleton = skeleton(raw);
    assert!(matches!(skeleton.bytes, Cow::Borrowed(same) if same == raw));
    assert!(!skeleton.cut && !skeleton.not_followed);
}

#[test]
fn a_long_line_of_words_is_read_to_its_end() {
    let long = format!("Content-Type: {}", "word ".repeat(10_000));
    let shown = readable(format!("Subject: s\n\n{long}").as_bytes());
    assert_eq!(shown.document.text.as_untrusted(), long);
}

#[test]
fn one_boundary_that_never_comes_is_nothing_unusual() {
    let shown = readable(b"Content-Type: multipart/mixed; boundary=z\n\nwords");
    assert!(!shown.too_deep);
    assert_eq!(shown.attachments[0].kind.as_untrusted(), "multipart/mixed");
}
