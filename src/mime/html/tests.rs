//! Pages as they come: what a person reads of them, what they wanted, and what the worst of them cost.

pub(super) mod bombs;
mod colours;
pub(super) mod hostile;
mod stripped;

use std::ops::Range;

use super::{Page, page};
use crate::model::{Document, Look};

/// The text, and below it what is known of its parts.
pub(super) fn told(document: &Document) -> String {
    let text = document.text.as_untrusted();
    let at = |range: &Range<usize>| text.get(range.clone()).unwrap();
    let marks = document.marks.iter().map(|mark| format!("[{}] {}", named(mark.look), at(&mark.at)));
    let links = document.links.iter().map(|link| format!("[link] {} -> {}", at(&link.at), link.url.as_untrusted()));
    let rows = document.tables.iter().flat_map(|table| &table.rows).map(|row| {
        let cells: Vec<&str> = row.iter().map(at).collect();
        format!("[row] {}", cells.join(" | "))
    });
    let sections = document.sections.iter().map(|section| format!("[{:?}] {:?}", section.kind, at(&section.at)));
    let parts: Vec<String> = marks.chain(links).chain(rows).chain(sections).map(|line| line + "\n").collect();
    text.to_owned() + &parts.concat()
}

fn named(look: Look) -> String {
    let names = [
        (look.strong, "strong"),
        (look.emphasis, "emphasis"),
        (look.struck, "struck"),
        (look.code, "code"),
        (look.heading, "heading"),
        (look.picture, "picture"),
    ];
    let mut names: Vec<String> = names.into_iter().filter(|name| name.0).map(|name| name.1.to_owned()).collect();
    names.extend(look.colour.map(|(r, g, b)| format!("#{r:02x}{g:02x}{b:02x}")));
    names.join(" ")
}

fn text(html: &str) -> String {
    page(html).document.text.as_untrusted().to_owned()
}

/// True if every range is one of the text, and lists of them are in order.
pub(super) fn is_sound(document: &Document) -> bool {
    let text = document.text.as_untrusted();
    let in_order = |ranges: Vec<&Range<usize>>| {
        let mut last = 0;
        ranges.into_iter().all(|at| {
            let good = at.start >= last && text.get(at.clone()).is_some();
            last = at.end;
            good
        })
    };
    in_order(document.marks.iter().map(|mark| &mark.at).collect())
        && in_order(document.links.iter().map(|link| &link.at).collect())
        && in_order(document.sections.iter().map(|section| &section.at).collect())
        && in_order(document.tables.iter().map(|table| &table.at).collect())
        && in_order(document.tables.iter().flat_map(|table| table.rows.iter().flatten()).collect())
        && document.tables.iter().all(|table| {
            let inside = |cell: &Range<usize>| cell.start >= table.at.start && cell.end <= table.at.end;
            table.rows.iter().flatten().all(inside)
        })
        && document.marks.iter().all(|mark| !text.get(mark.at.clone()).unwrap().contains('\n'))
}

macro_rules! pages {
    ($($name:ident),* $(,)?) => { $(
        #[test]
        fn $name() {
            let name = stringify!($name);
            let page = page(include_str!(concat!("tests/", stringify!($name), ".html")));
            assert!(is_sound(&page.document) && !page.fallen_back && !page.cut, "{name}");
            assert_eq!(told(&page.document), include_str!(concat!("tests/", stringify!($name), ".txt")), "{name}");
        }
    )* };
}

pages!(bill, outlook, foxmail, qq, gmail, wechat, newsletter, columns, wangyi, notice);

#[test]
fn blanks_and_lines_are_as_in_a_browser() {
    for (html, expected) in [
        ("  one\n two  <b> three</b>", "one two three\n"),
        ("<p>one</p><p>two</p>", "one\n\ntwo\n"),
        ("<p style='margin:0'>one</p><p style=\"margin: 0px\">two</p>", "one\ntwo\n"),
        ("<div>one</div><div><br></div><div><br></div><div>two</div>", "one\n\ntwo\n"),
        ("one<br>two<br><br><br><br>three", "one\ntwo\n\nthree\n"),
        ("one<p>&nbsp;</p>two", "one\n\ntwo\n"),
        ("a&nbsp;&nbsp;b", "a  b\n"),
        ("<p>\u{3000}\u{3000}\u{4f60}\u{597d}</p>", "\u{3000}\u{3000}\u{4f60}\u{597d}\n"),
        ("<h1>one</h1>two<hr>three", "one\n\ntwo\n───\nthree\n"),
        ("<div style='white-space:pre-wrap'>one\n  two</div>", "one\n  two\n"),
        ("H<sub>2</sub>O x<sup>2</sup>", "H2O x2\n"),
        ("<q>x</q> &#x4f60;&copy;&hellip;", "x \u{4f60}©…\n"),
        ("a < b and <unclosed", "a < b and <unclosed\n"),
        ("<!--[if !mso]><!--><p>shown</p><!--<![endif]--><!--[if mso]>not<![endif]-->", "shown\n"),
        ("one<!-- a --!>two<!-- b --->three<!----->four", "onetwothreefour\n"),
        ("<a href=\"https://a.example>one</a> two", "one two\n"),
        ("", ""),
        ("<p> &nbsp; </p><img src=x>", ""),
    ] {
        assert_eq!(text(html), expected, "{html}");
    }
}

#[test]
fn lists_count_and_quotes_are_marked() {
    for (html, expected) in [
        ("<ul><li>one<li>two</ul>", "• one\n• two\n"),
        ("<ol><li><p>one</p></li><li><p>two<p>more</li></ol>x", "1. one\n2. two\n\n   more\n\nx\n"),
        ("<ol start=9><li>one<li>two<li value=3>x</ol>", "9. one\n10. two\n3. x\n"),
        ("<ol start=9223372036854775807><li>one</ol>", "1. one\n"),
        ("<ul style='list-style:none'><li>one<li>two</ul>", "one\ntwo\n"),
        ("<ul><li>one<ul><li>in</ul><li>two</ul>", "• one\n  • in\n• two\n"),
        ("<li>alone", "• alone\n"),
        ("a<blockquote>b<br><br>c<blockquote>d</blockquote></blockquote>e", "a\n\n> b\n>\n> c\n>\n> > d\n\ne\n"),
        ("<blockquote><ul><li>b<br>c</ul></blockquote>", "> • b\n>   c\n"),
    ] {
        assert_eq!(text(html), expected, "{html}");
    }
}

#[test]
fn looks_are_told_and_blacks_and_whites_are_not() {
    let html = "<h2>Head</h2><p><b>bold</b> <i>slant</i> <s>gone</s> <code>x=1</code> <font color=red>red</font> \
        <span style='color:#222'>dark</span> <font color=#0a0>green</font> <b style='font-weight:normal'>thin</b> \
        <b>two <i>both</i></b><br><b>next</b></p>";
    assert_eq!(
        told(&page(html).document),
        "Head\n\nbold slant gone x=1 red dark green thin two both\nnext\n\
         [heading] Head\n[strong] bold\n[emphasis] slant\n[struck] gone\n[code] x=1\n[#ff0000] red\n[#00aa00] green\n\
         [strong] two\n[strong emphasis] both\n[strong] next\n"
    );
}

#[test]
fn lines_of_a_patch_stay_as_they_are() {
    let html =
        "<p>see:<pre>\n\n-  old\n+\tnew &lt;x&gt;\n\n\n   end\n</pre><p>so<blockquote><pre>a\n b</pre></blockquote>";
    assert_eq!(
        told(&page(html).document),
        "see:\n\n-  old\n+\tnew <x>\n\n\n   end\n\nso\n\n> a\n>  b\n\
         [Fixed] \"-  old\\n+\\tnew <x>\\n\\n\\n   end\"\n[Fixed] \"a\\n>  b\"\n"
    );
}

#[test]
fn tables_of_things_are_tables_and_tables_for_looks_are_not() {
    let data = "x<table><caption>Prices</caption><tr><th>What<th>How much<tr><td rowspan=2>tea<td><b>3</b><br>yuan\
        <tr><td><p>4</p><tr><td><td>5</table>y";
    assert_eq!(
        told(&page(data).document),
        "x\n\nPrices\nWhat  How much\ntea  3 yuan\n4\n5\n\ny\n\
         [strong] What\n[strong] How much\n[strong] 3\n[row] What | How much\n[row] tea | 3 yuan\n[row]  | 4\n[row]  | 5\n"
    );
    for layout in [
        "<table><tr><td>one<tr><td>two</table>",
        "<table role=presentation><tr><td><p>one</p></td><td></td></tr><tr><td></td><td>two</td></tr></table>",
        "<table><tr><td><table><tr><td>one</table><tr><td>two</table>",
    ] {
        let page = page(layout);
        assert!(page.document.tables.is_empty(), "{layout}");
        assert_eq!(page.document.text.as_untrusted().replace("\n\n", "\n"), "one\ntwo\n", "{layout}");
    }
    let long = format!("<table><tr><td>{0}<td>{0}<tr><td>{0}<td>b</table>", "words ".repeat(40));
    assert!(page(&long).document.tables.is_empty());
}

/// As programs for texts and sheets write them: cells with lines in them, and longer than a word.
#[test]
fn tables_with_rules_may_have_long_cells() {
    let words = "\u{8bf7}\u{4e8e}\u{5468}\u{4e94}\u{524d}".repeat(20);
    let cell =
        |text: &str| format!("<td style='border:solid windowtext 1.0pt'><p class=MsoNormal>{text}<o:p></o:p></p></td>");
    let row = format!("<tr>{}{}</tr>", cell("1"), cell(&format!("{words}</p><p class=MsoNormal>x")));
    for table in ["class=MsoTableGrid", "border=1 cellspacing=0"] {
        let document = page(&format!("<table {table}>{row}{row}</table>")).document;
        let line = format!("1  {words} x\n");
        assert_eq!(document.text.as_untrusted(), line.repeat(2), "{table}");
        assert_eq!(document.tables[0].rows.len(), 2);
    }
    let none = page(&format!("<table border=0>{row}{row}</table>"));
    assert!(none.document.tables.is_empty());
}

#[test]
fn what_only_keeps_apart_is_no_column() {
    let html = "<table><tr><td>a<td>&nbsp;<td>b<tr><td>c<td><img src=x><td>d</table>";
    assert_eq!(told(&page(html).document), "a  b\nc  d\n[row] a | b\n[row] c | d\n");
}

#[test]
fn a_label_stands_beside_what_it_names() {
    let words = "words ".repeat(60);
    let html = format!("<table><tr><td>Place:<td>{words}<tr><td>{words}<td>{words}</table>");
    let line = words.trim();
    assert_eq!(text(&html), format!("Place:  {line}\n{line}\n{line}\n"));
}

#[test]
fn hidden_rows_are_not_in_a_table() {
    let html = "<table><tr><th>a<th>b<tr style='display:none'><td>1<td>2<tr><td>3<td>4</table>";
    assert_eq!(text(html), "a  b\n3  4\n");
    let parts = "<table><tbody hidden><tr><td>1<td>2</tbody><tr><td>3<td>4<tr><td>5<td>6</table>";
    assert_eq!(text(parts), "3  4\n5  6\n");
}

#[test]
fn pictures_are_their_words() {
    let Page { document, cids, blocked, .. } = page(
        "<img src='cid:a%40b' alt='the cat'><img src=cid:a@b><img src='CID:c' alt=''><img alt=dot width=1 src=cid:d>\
         <a href=https://x.example/><img src=https://x.example/b.png alt='a  button'></a>",
    );
    assert_eq!(
        told(&document),
        "the cat a button\n[picture] the cat\n[picture] a button\n[link] a button -> https://x.example/\n"
    );
    assert_eq!(cids.iter().map(|id| id.as_untrusted()).collect::<Vec<_>>(), ["a@b", "c", "d"]);
    assert_eq!((blocked.pictures, blocked.trackers), (1, 0));
}
