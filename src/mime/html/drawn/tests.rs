//! Pages as they are drawn: what a person sees, what stays hidden, and what the worst of them cost.

use super::super::tests::{bombs, hostile, is_sound, told};
use super::super::{drawn, page};
use super::COLUMNS;
use crate::fuzzing::{Diet, Long, fuzz};
use crate::model::{Document, SectionKind, clock};
use crate::text::{SafeText, width};

fn text(html: &str) -> String {
    drawn(html).map(|page| page.document.text.as_untrusted().to_owned()).unwrap_or_default()
}

/// True if all of it is lines that fit, and nothing breaks them again.
fn is_laid_out(document: &Document) -> bool {
    let text = document.text.as_untrusted();
    let [section] = &document.sections[..] else { return false };
    section.kind == SectionKind::Fixed
        && section.at == (0..text.len() - 1)
        && !text.contains("\n\n\n")
        && text.lines().all(|line| width(line) <= COLUMNS && !line.ends_with(' '))
}

fn letters(text: &str) -> usize {
    text.chars().filter(|c| c.is_alphabetic()).count()
}

const BESIDE: &str = "<table width=100%><tr><td><h2>First</h2><p>Something happened <b>today</b>, and we wrote about it. \
    <a href=https://a.example/1>Read on</a><td>&nbsp;<td><h2>第二</h2>别的事情没有发生，所以我们什么也没有写。</table>\
    <ol start=9><li>nine<li>ten<li value=3>three</ol>";

macro_rules! pages {
    ($($name:ident),* $(,)?) => { $(
        #[test]
        fn $name() {
            let page = drawn(include_str!(concat!("../tests/", stringify!($name), ".html"))).unwrap();
            assert!(is_sound(&page.document) && is_laid_out(&page.document) && !page.cut);
            assert_eq!(told(&page.document), include_str!(concat!("tests/", stringify!($name), ".txt")));
        }
    )* };
}

pages!(bill, newsletter, gmail);

#[test]
fn what_stands_beside_each_other_stays_there() {
    let page = drawn(BESIDE).unwrap();
    assert!(is_sound(&page.document) && is_laid_out(&page.document));
    assert_eq!(told(&page.document), include_str!("tests/beside.txt"));
}

#[test]
fn what_is_no_grid_has_no_borders() {
    for (html, expected) in [
        ("<table><tr><td>one<tr><td>two</table>", "one\ntwo\n"),
        ("<table><tr><td>&nbsp;<td><table><tr><td>one</table><td></table>two", "one\ntwo\n"),
        ("<ul>loose<li>one<br><p>two</p><li>three</ul>", "loose\n* one\n\n  two\n* three\n"),
        ("<ol><li>one</li>between<li>two</ol>", "1. one\nbetween\n2. two\n"),
        ("<li>alone<div><ul><div><li>in</div></ul></div>", "* alone\n* in\n"),
        ("<ol start=9223372036854775807><li>one</ol>", "1. one\n"),
        ("<pre>a\n  b\tc</pre>", "a\n  b    c\n"),
        ("one<hr>two &lt;b&gt; &amp;amp;", "one\n───\ntwo <b> &amp;\n"),
        ("<img alt=cat><img alt=dog><img alt=dot width=1>", "cat dog\n"),
        ("<p>one<p>&nbsp;<p>&nbsp;<p>two", "one\n\ntwo\n"),
    ] {
        assert_eq!(text(html), expected, "{html}");
    }
}

/// Characters that are wider or narrower together than alone, in a table whose borders show it.
#[test]
fn borders_stand_below_each_other_whatever_the_cells_are_written_in() {
    for cell in [
        "\u{1f468}\u{200d}\u{1f469}\u{200d}\u{1f467}",
        "\u{1f44d}\u{1f3fd}",
        "\u{2764}\u{fe0f}",
        "\u{1f1e8}\u{1f1f3}",
        "e\u{301}\u{302}\u{303}",
        "\u{644}\u{627}",
        "\u{915}\u{94d}\u{937}",
        "\u{e01}\u{e33}",
        "\u{3000}中文，",
        "\u{34000}\u{100000}",
        "a\u{200b}b\u{ad}c",
    ] {
        let cell = cell.repeat(60);
        let drawn = text(&format!("<table><tr><td>{cell}<td>x<tr><td>y<td>z</table>"));
        let borders: Vec<usize> =
            drawn.lines().map(|line| width(line.split(['│', '┬', '┼', '┴']).next().unwrap())).collect();
        assert!(borders.len() >= 5 && borders.iter().all(|at| *at == borders[0]), "{drawn}");
        let kept = |text: &str| text.chars().filter(|c| cell.contains(*c) && *c != '\u{3000}').count();
        assert_eq!(kept(&drawn), kept(&cell.replace(['\u{200b}', '\u{ad}'], "")), "{drawn}");
    }
}

#[test]
fn h07_what_is_hidden_is_not_drawn() {
    for hidden in [
        "<p style='display:none'>hidden",
        "<p style='visibility:hidden'>hidden",
        "<p style='font-size:0'>hidden",
        "<p style='color:#fff'>hidden",
        "<p style='max-height:0;overflow:hidden'>hidden",
        "<style>.x{display:none}</style><div class=x>hidden</div>",
        "<div hidden>hidden</div>",
        "<table><tr style='display:none'><td>hidden<td>hidden<tr><td>a<td>b</table>",
        "<table><tbody hidden><tr><td>hidden<td>hidden</tbody><tr><td>a<td>b</table>",
        "<img alt=hidden width=1><img alt=hidden style='display:none'>",
        "<template>hidden</template><!-- hidden --><script>hidden</script><style>hidden</style>",
    ] {
        let drawn = text(&format!("<p>words</p>{hidden}"));
        assert!(drawn.starts_with("words") && !drawn.contains("hidden"), "{hidden}: {drawn}");
    }
    assert_eq!(text("<div style='display:none'>words</div>"), "words\n");
}

#[test]
fn h01_what_would_be_fetched_is_counted_here_too() {
    let html = "x<img src=https://a.example/1.png><img src=https://a.example/t width=1><img src=cid:y>\
        <p style=\"background:url('https://b.example/b')\">";
    let (drawn, read) = (drawn(html).unwrap(), page(html));
    assert_eq!((&drawn.blocked, &drawn.cids), (&read.blocked, &read.cids));
    assert_eq!((drawn.blocked.pictures, drawn.blocked.trackers, drawn.cids.len()), (2, 1, 1));
}

#[test]
fn h02_only_what_leads_somewhere_is_a_link() {
    let html = "<a href=javascript:alert(1)>one</a> <a href=17>two</a> <a href=https://a.example/>three\nfour</a> \
        https://b.example/a/long/address/that/does/not/fit/into/the/line/and/is/broken/somewhere/in/it?x=1";
    let document = drawn(html).unwrap().document;
    let leads: Vec<_> = document.links.iter().map(|link| link.url.as_untrusted()).collect();
    let long = "https://b.example/a/long/address/that/does/not/fit/into/the/line/and/is/broken/somewhere/in/it?x=1";
    assert_eq!(leads, ["https://a.example/", long]);
    let shown = document.text.as_untrusted().get(document.links[1].at.clone()).unwrap();
    assert_eq!(shown.replace('\n', ""), long);
}

#[test]
fn t16_nothing_that_a_terminal_obeys_is_drawn() {
    let html = "<p>&#27;]8;;https://a.example&#27;\\x&#x9b;2J&#7;&#0;&#13;&#127;<img alt='&#27;[2J'>\
        <table><tr><th>&#27;c<th>b&#x85;<tr><td>&#x2028;1<td>&#x202e;2</table>";
    let page = drawn(html).unwrap();
    assert!(is_sound(&page.document) && is_laid_out(&page.document));
    assert!(!page.document.text.as_untrusted().chars().any(|c| c.is_control() && c != '\n'));
    let safe = SafeText::new(&page.document.text);
    assert!(!safe.as_str().contains('\u{202e}'));
}

#[test]
fn m20_what_is_too_much_is_not_drawn() {
    let row = |columns: usize| format!("<table><tr>{}</table>", "<td>x".repeat(columns));
    assert!(drawn(&row(100)).is_some() && drawn(&row(101)).is_none());
    let quotes = |depth: usize| "<blockquote>".repeat(depth) + "x";
    assert!(drawn(&quotes(30)).is_some() && drawn(&quotes(61)).is_none());
    assert!(drawn(&"<p>words ".repeat(70_000)).is_none());
    assert!(drawn(&format!("<table>{}</table>", "<tr><td>a<td>b".repeat(10_001))).is_none());
    for empty in ["", "<p>&nbsp;", "<img src=x>", "<table><tr><td><td></table>"] {
        assert!(drawn(empty).is_none(), "{empty}");
    }
    let wide = "<table><tr><td colspan=4000000000 rowspan=4000000000>a<td>b<tr><td>c<td colspan=0>d</table>";
    assert!(is_laid_out(&drawn(wide).unwrap().document));
}

#[test]
fn h08_bombs_are_drawn_soon_or_not_at_all() {
    let grids = |depth: usize| "<table><tr><td>x<td>".repeat(depth);
    let filled = |piece: &str| piece.repeat(480 * 1024 / piece.len());
    let of_drawing = [
        ("grids in grids, long", grids(9) + &filled("<p>words and words")),
        ("grids in grids, as deep as they fit", grids(14) + &filled("<p>x")),
        ("one word", filled("x")),
        ("one word of many looks", filled("x<b>x</b>")),
        ("one word of many colours", filled("x<font color=red>x</font>")),
        ("one line of many links", filled("<a href=https://a.example/>x</a> ")),
        ("one Chinese line", filled("\u{4f60}")),
        ("letters with marks", filled("e\u{301}")),
        ("faces", filled("\u{1f468}\u{200d}\u{1f469}")),
        ("70 columns", format!("<table>{}", format!("<tr>{}", "<td>1".repeat(70)).repeat(280))),
        ("one cell above many", format!("<table><tr><td rowspan=9999>{}{}", filled("x "), "<tr><td>y".repeat(5_000))),
        ("lists in lists", "<ul><li>".repeat(25) + &filled("<li>x")),
        ("quotes in quotes", "<blockquote>".repeat(25) + &filled("<p>x")),
        ("blanks", format!("<pre>{}", filled(" "))),
        ("lines", format!("<pre>{}", filled("\n"))),
    ];
    let of_drawing = of_drawing.into_iter().map(|(name, html)| (name, html, ""));
    for (name, html, _) in bombs::bombs().into_iter().chain(of_drawing) {
        let begun = clock::instant();
        let page = drawn(&html);
        println!(
            "{:>6} ms, {:>5} KB{}: {name}",
            begun.elapsed().as_millis(),
            html.len() / 1024,
            if page.is_some() { ", drawn" } else { "" }
        );
        if let Some(page) = page {
            assert!(is_sound(&page.document) && is_laid_out(&page.document), "{name}");
        }
    }
}

#[test]
fn z_drawn_pages() {
    fuzz(&Diet { good: hostile::PAGES, pieces: hostile::PIECES }, Long::Minutes(10), |bytes| {
        let html = String::from_utf8_lossy(bytes);
        let Some(drawn) = drawn(&html) else { return true };
        let read = page(&html);
        let same = letters(drawn.document.text.as_untrusted()) == letters(read.document.text.as_untrusted());
        is_sound(&drawn.document) && is_laid_out(&drawn.document) && same
    });
}
