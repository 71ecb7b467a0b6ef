use super::*;
use crate::fuzzing::{Diet, Long, fuzz};
use crate::model::clock;
use crate::text::Text;

#[test]
fn m21_deep_and_long_texts_are_quick() {
    let cases = [
        (0..100_000).flat_map(|n| [">".repeat(n % 500), " line\n".to_owned()]).collect(),
        "On 2026 a@b.example wrote:\n".repeat(100_000),
        "From: a@b.example\n".repeat(100_000),
        "From: a@b.example\nTo: x\n\n".repeat(60_000),
        "-- \n> a\n".repeat(100_000),
        "________________________________\n".repeat(100_000),
        "----- Original Message -----\n".repeat(100_000),
        "diff --git a b\n--- a\n+++ b\n@@ -1,99999999 +1,99999999 @@\n".repeat(50_000),
        "a   b   c\n".repeat(100_000),
        " ".repeat(4_000_000),
        ">".repeat(4_000_000),
        "\n".repeat(4_000_000),
        "| a |\n\n".repeat(100_000),
    ];
    for text in cases {
        let begun = clock::instant();
        let document = found(&text);
        assert!(document.sections.len() <= MOST_LINES);
        // Without optimisation on a busy machine; quadratic would be minutes.
        assert!(begun.elapsed().as_secs() < 20, "{:?}", text.get(..40));
    }
}

const GOOD: &[&[u8]] = &[
    "words\n\n在 2026-11-17 09:30:12，\"李雷\" <a@b.example> 写道：\n> 一\n> 二\n\nanswer\n-- \nme\n".as_bytes(),
    "x\n------------------ 原始邮件 ------------------\n发件人: a@b.example\n发送时间: 1\n主题: y\n\nhttps://a.example/x\n".as_bytes(),
    b"diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1,2 +1,2 @@\n-a\n+b\n c\n-- \n2.1\n",
    "a   b   c\nd   e   f\ng   h   i\n\n┌──┐\n│一│\n└──┘\n".as_bytes(),
];

const PIECES: &[&[u8]] = &[
    b"\n",
    b"\r\n",
    b"\r",
    b">",
    b"> ",
    b"-- ",
    b"--",
    b"@@ -1 +1 @@\n",
    b"+",
    b"-",
    b"\\",
    b"   ",
    b"From: a@b\n",
    b"Subject: x\n",
    b"Sent: 1\n",
    b"wrote:\n",
    b"________________________________\n",
    b"https://",
    b"www.a.example",
    b"|",
    b":",
    b"\xe4\xb8\x80",
    b"\xef\xbc\x9a",
    b"\xe2\x80\x8b",
    b"\0",
    b"Traceback (most recent call last)",
];

#[test]
fn z_any_text_has_sound_sections() {
    fuzz(&Diet { good: GOOD, pieces: PIECES }, Long::Minutes(10), |bytes| {
        let text = String::from_utf8_lossy(bytes).into_owned();
        let mut document = Document::plain(Text::new(text));
        find(&mut document);
        let first = is_sound(&document);
        // Again, as if a page had told them.
        find(&mut document);
        first && is_sound(&document)
    });
}
