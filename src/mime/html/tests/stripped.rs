//! Words without their tags: what is left to do with the worst.

use super::super::strip::strip;
use super::page;

fn words(html: &str) -> String {
    strip(html).0
}

#[test]
fn blocks_become_lines_and_styles_vanish() {
    let page = "<html><head><title>x</title><style>p{}</style></head><body><p>您好，</p><p>账单&nbsp;已出 <b>¥12</b>.5</p>\
        <ul><li>one<li>two</ul><script>alert('<p>')</script><a href=\"https://x.example/?a>b\">link</a><br>end &amp; more &#20320;<br><br><br>x";
    assert_eq!(words(page), "您好，\n\n账单 已出 ¥12.5\n\n• one\n• two\n\nlink\nend & more 你\n\nx\n");
}

#[test]
fn bombs_are_quick_and_never_blank() {
    let deep = "<div>".repeat(400_000) + "still here";
    assert_eq!(words(&deep).trim(), "still here");
    assert!(words(&"<a href=\"".repeat(200_000)).len() < 4_000_000);
    assert_eq!(words("a < b and <unclosed").trim(), "a < b and <unclosed");
}

#[test]
fn m11_ends_that_were_forgotten_leave_no_blank_page() {
    for (html, text) in [
        ("<html><head><meta charset=utf-8><body><p>words", "words"),
        ("<head><title>t</title><p>words", "words"),
        ("<title>t<body><p>words", "words"),
        ("<noscript>words</noscript>", "words"),
        ("words<style>p{}<p>not read", "words"),
        ("words<script>if (a<b) x()", "words"),
        ("words<template><p>not read", "words"),
        ("words<!-- not read", "words"),
        ("<!--><p>words", "words"),
        ("<!---><p>words", "words"),
    ] {
        assert_eq!(words(html).trim(), text, "{html}");
        assert_eq!(page(html).document.text.as_untrusted().trim(), text, "{html}");
    }
    for html in ["<style>p{}<body><p>words", "<!-- never closed <p>words", "<script>x</scrip><p>words"] {
        assert!(words(html).contains("words") && page(html).fallen_back, "{html}");
    }
    for tag in ["<style>", "<title>", "<template>", "<!--", "<!-- >"] {
        assert!(words(&(tag.repeat(200_000) + "<p>words")).contains("words"), "{tag}");
    }
}

/// The words behind a picture of three megabytes are read even when nothing but words can be read.
#[test]
fn m20_pictures_do_not_use_up_the_words() {
    let html =
        format!("<img src=\"data:image/png;base64,{}\">{}still here", "QUJD".repeat(800_000), "<div>".repeat(1_000));
    let page = page(&html);
    assert_eq!((page.document.text.as_untrusted(), page.fallen_back, page.cut), ("still here\n", true, false));
}
