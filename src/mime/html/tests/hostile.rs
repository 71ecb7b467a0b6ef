//! Pages that want something else than to be read.

use super::{is_sound, page, told};
use crate::fuzzing::{Diet, Long, fuzz};
use crate::text::SafeText;

fn text(html: &str) -> String {
    super::text(html)
}

/// What a page wants is counted, and that is all: there is nothing here that could fetch it.
#[test]
fn h01_what_would_be_fetched_is_counted_and_not_fetched() {
    for (html, pictures, trackers, others) in [
        ("<img src=http://a.example/1.png>", 1, 0, 0),
        ("<IMG SRC = '//a.example/1.png' srcset='https://a.example/2 2x, https://a.example/3 3x'>", 1, 0, 0),
        ("<img src=https://a.example/t width=1 height=1>", 0, 1, 0),
        ("<img src=https://a.example/t style='display:none'>", 0, 1, 0),
        ("<img src=https://a.example/t hidden>", 0, 1, 0),
        ("<img src=https://a.example/t style='width:1px;height:1px'>", 0, 1, 0),
        ("<img src=https://a.example/p style='width:100%;max-height:100px'>", 1, 0, 0),
        ("<td background=https://a.example/b>", 1, 0, 0),
        ("<p style=\"background:url('https://a.example/b')\">", 1, 0, 0),
        ("<p style=\"background:url(&quot;https://a.example/b&quot;)\">", 1, 0, 0),
        ("<style>p{background:URL( https://a.example/b )} @import 'https://a.example/c';</style>", 1, 0, 1),
        ("<style>@import url(https://a.example/c);@font-face{src:url(https://a.example/f)}</style>", 0, 0, 2),
        ("<link rel=preload href=https://a.example/x><link rel=dns-prefetch href=//a.example>", 0, 0, 2),
        ("<video poster=https://a.example/p src=https://a.example/v></video>", 0, 0, 2),
        ("<iframe src=https://a.example/f></iframe><object data=https://a.example/o></object>", 0, 0, 2),
        ("<form action=https://a.example/f><input type=image src=https://a.example/i></form>", 1, 0, 1),
        ("<bgsound src=https://a.example/s><script src=https://a.example/j></script>", 0, 0, 2),
        ("<meta http-equiv=refresh content='0; url=https://a.example/'>", 0, 0, 1),
        ("<svg><image href=https://a.example/i /><use href=https://a.example/u /></svg>", 1, 0, 1),
        ("<img src='https:&#47;&#47;a.example/1'><img src='ht\ntps://a.example/1'>", 2, 0, 0),
        ("<a href=https://a.example/>x</a><img src=cid:x><img src=data:image/png;base64,AA>", 0, 0, 0),
        ("<!-- <img src=https://a.example/1> --><img src=local.png>", 0, 0, 0),
    ] {
        let blocked = page(html).blocked;
        assert_eq!((blocked.pictures, blocked.trackers, blocked.others), (pictures, trackers, others), "{html}");
        let hosts: Vec<&str> = blocked.hosts.iter().map(|host| host.as_untrusted()).collect();
        assert_eq!(hosts, vec!["a.example"; usize::from(pictures + trackers + others > 0)], "{html}");
    }
}

#[test]
fn h01_hosts_are_named_once_and_not_without_end() {
    let pictures: Vec<String> = (0..5_000).map(|n| format!("<img src=https://u@H{n}.example:8080/x>")).collect();
    let html = pictures.concat();
    let blocked = page(&html).blocked;
    assert_eq!((blocked.pictures, blocked.hosts.len()), (5_000, 100));
    assert_eq!(blocked.hosts[1].as_untrusted(), "h1.example");
}

#[test]
fn h02_only_what_leads_somewhere_is_a_link() {
    for (href, leads) in [
        ("https://a.example/?b&amp;c", Some("https://a.example/?b&c")),
        (" HTTP://a.example ", Some("HTTP://a.example")),
        ("ht\ntps://a.example/", Some("https://a.example/")),
        ("mailto:a@example.com?subject=x", Some("mailto:a@example.com?subject=x")),
        ("javascript:alert(1)", None),
        ("java\nscript:alert(1)", None),
        ("&#1;javascript:alert(1)", None),
        ("data:text/html,x", None),
        ("file:///etc/passwd", None),
        ("smb://a.example/x", None),
        ("\\\\a.example\\x", None),
        ("//a.example/x", None),
        ("tel:95500", None),
        ("vbscript:x", None),
        ("https://", None),
        ("#top", None),
        ("", None),
    ] {
        let document = page(&format!("<p>see <a href=\"{href}\" onclick=\"x()\">here</a> now</p>")).document;
        assert_eq!(document.text.as_untrusted(), "see here now\n", "{href}");
        assert_eq!(document.links.first().map(|link| link.url.as_untrusted()), leads, "{href}");
    }
    let long = format!("<a href='https://a.example/{}'>x</a>", "y".repeat(10_000));
    assert!(page(&long).document.links.is_empty(), "half an address leads elsewhere");
}

#[test]
fn h02_scripts_are_no_words() {
    let html = "a<script>b</script><noscript>c</noscript><style>d</style><template>e</template><svg>f</svg>";
    assert_eq!(text(html), "ac\n");
}

#[test]
fn h07_what_is_hidden_is_left_out() {
    for hidden in [
        "style='display:none'",
        "style='DISPLAY : none !important'",
        "style='visibility:hidden'",
        "style='opacity:0'",
        "style='font-size:0'",
        "style='font-size:1px'",
        "style='mso-hide:all'",
        "style='max-height:0;overflow:hidden'",
        "style='color:#fff'",
        "style='color:transparent'",
        "style='text-indent:-9999px'",
        "style='position:absolute;left:-5000px'",
        "style='color:#fefefe;background:white'",
        "style='background:#000;color:black'",
        "bgcolor=red style='color:rgb(255,0,0)'",
        "class=no",
        "id=off",
        "hidden",
    ] {
        let html =
            format!("<style>.no{{display:none}} div#off{{display:none}}</style><p>seen</p><div {hidden}>not</div>");
        assert_eq!(text(&html), "seen\n", "{hidden}");
    }
    for seen in [
        "style='color:#fff;background:#07c'",
        "style='background:url(x);color:white'",
        "bgcolor=navy style='color:white'",
        "style='max-height:0'",
        "aria-hidden=true",
        "style='font-size:12px'",
        "style='display:block'",
    ] {
        assert_eq!(
            text(&format!("<p>seen</p><div {seen}>too</div>")),
            "seen\ntoo\n".replacen('\n', "\n\n", 1),
            "{seen}"
        );
    }
    assert_eq!(text("<div style='font-size:0'>not<span style='font-size:14px'>seen</span></div>"), "seen\n");
    for seen in [
        "<style>.a .b{background:#07c}</style><table bgcolor=white class=a><td class=b><font color=white>seen</font></table>",
        "<style>.a p{font-size:14px}</style><div class=a style='font-size:0'><p>seen</div>",
    ] {
        assert_eq!(text(seen), "seen\n", "who is not sure hides nothing");
    }
    assert_eq!(text("<div style='font-size:0'><img alt='seen'></div>"), "seen\n");
    assert_eq!(text("<xml><o:dpi>96</o:dpi></xml>seen"), "seen\n");
    assert_eq!(text("<div aria-hidden=true>not</div><p>seen</p>"), "seen\n");
    assert_eq!(text("<font color=white>not <a href=https://a.example/>link</a></font>"), "link\n");
}

#[test]
fn h07_padding_is_left_out_and_joined_letters_stay() {
    let html = format!("<p>Hello{}</p><p>x</p>", "&zwnj;&nbsp;&#847;&#8199;".repeat(1_000));
    assert_eq!(text(&html), "Hello\n\nx\n");
    assert_eq!(
        text("\u{645}\u{6cc}\u{200c}\u{62e} a&shy;b&#8203;c \u{1f468}\u{200d}\u{1f469}"),
        "\u{645}\u{6cc}\u{200c}\u{62e} abc \u{1f468}\u{200d}\u{1f469}\n"
    );
}

#[test]
fn h07_a_page_on_which_all_is_hidden_is_shown() {
    for html in [
        "<div style='display:none'>words</div>",
        "<body style='color:#fff'>words",
        "<div hidden><p>words</p></div>",
        "<video>words",
        "<p style='font-size:0'>words</p><img src=https://a.example/x>",
        "<!-- never closed <p>words",
        "<style>p{}<body><p>words",
        "<script>x</scrip><p>words",
        "<title>t<body><p>words",
        "<plaintext>words",
        "<select><option>words",
        "<frameset><noframes>words",
    ] {
        assert!(text(html).contains("words"), "{html}");
    }
}

#[test]
fn t16_what_entities_hide_comes_to_the_door_of_the_screen() {
    let html = "<p>&#27;]8;;https://a.example&#27;\\x&#x9b;2J&#7;<a href='https://a.example/&#27;[2J'>&#x202e;gpj</a>\
        <img alt='&#27;[2J'><table><tr><th>&#27;c<th>b<tr><td>1<td>2</table>";
    let document = page(html).document;
    assert!(document.text.as_untrusted().contains('\u{1b}') && document.text.as_untrusted().contains('\u{202e}'));
    assert!(is_sound(&document));
    for text in [&document.text, &document.links[0].url] {
        let safe = SafeText::new(text);
        assert!(!safe.as_str().chars().any(|c| c.is_control() || c == '\u{202e}'), "{:?}", safe.as_str());
    }
}

pub(in crate::mime::html) const PAGES: &[&[u8]] = &[
    include_bytes!("bill.html"),
    include_bytes!("outlook.html"),
    include_bytes!("foxmail.html"),
    include_bytes!("qq.html"),
    include_bytes!("gmail.html"),
    include_bytes!("wechat.html"),
    include_bytes!("newsletter.html"),
    b"<table><tr><th>a<th>b<tr><td colspan=2>1<tr><td rowspan=3>2<td>3</table>",
    b"<pre>a\n b</pre><ol start=3><li>x<li>y</ol><blockquote>z</blockquote>",
];

pub(in crate::mime::html) const PIECES: &[&[u8]] = &[
    b"<",
    b">",
    b"\"",
    b"'",
    b"&",
    b"&nbsp;",
    b"&#27;",
    b"&zwnj;",
    b"<!--",
    b"-->",
    b"<![if x]>",
    b"</",
    b"<br>",
    b"<p>",
    b"</p>",
    b"<div>",
    b"</div>",
    b"<table>",
    b"</table>",
    b"<tr>",
    b"<td>",
    b"<th colspan=9>",
    b"<td rowspan=4000000000>",
    b"<b>",
    b"</b>",
    b"<a href=https://a.example/>",
    b"</a>",
    b"<ul>",
    b"<ol start=7>",
    b"<li>",
    b"</ul>",
    b"<pre>",
    b"</pre>",
    b"<blockquote>",
    b"</blockquote>",
    b"<img alt=x>",
    b"<style>",
    b"</style>",
    b"p{color:red}",
    b"{",
    b"}",
    b"style='display:none'",
    b"style='color:#fff'",
    b"<svg>",
    b"<math>",
    b"<template>",
    b"<font color=red>",
    b"\xe4\xbd\xa0",
    b"\xe3\x80\x80",
    b"\n",
    b"\t",
    b"\0",
    b"\xff",
    b"<title>",
    b"<script>",
    b"<hr>",
    b"<select>",
    b"<caption>",
    b"<body hidden>",
];

#[test]
fn z_pages() {
    fuzz(&Diet { good: PAGES, pieces: PIECES }, Long::Minutes(10), |bytes| {
        let page = page(&String::from_utf8_lossy(bytes));
        let text = page.document.text.as_untrusted();
        // Nothing stands between more than one empty line, but in what is not to be changed.
        let is_trimmed = text.lines().all(|line| !line.ends_with(' '));
        let is_tidy =
            page.fallen_back || !page.document.sections.is_empty() || (is_trimmed && !text.contains("\n\n\n"));
        is_sound(&page.document) && is_tidy && told(&page.document).len() >= text.len()
    });
}
