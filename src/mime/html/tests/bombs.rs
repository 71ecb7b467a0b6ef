//! Pages that cost more than they are worth.

use super::{is_sound, page};
use crate::model::clock;

/// Each, and what must be read of it.
pub(in crate::mime::html) fn bombs() -> Vec<(&'static str, String, &'static str)> {
    let end = "<p>still here";
    // Where nothing is optimised a quarter is enough.
    let size = |times: usize| if cfg!(debug_assertions) && times > 1_000 { times / 4 } else { times };
    let many = |piece: &str, times: usize| piece.repeat(size(times)) + end;
    let numbered =
        |times: usize, piece: fn(usize) -> String| (0..size(times)).map(piece).collect::<Vec<_>>().concat() + end;
    vec![
        ("500 KB of <div>", many("<div>", 100_000), "still here"),
        ("100,000 <b>", many("<b>", 100_000), "still here"),
        ("100,000 <b> that differ", numbered(100_000, |n| format!("<b class=c{n}>")), "still here"),
        ("fonts, crossed", many("<font color=red><p>", 50_000), "still here"),
        ("fonts that differ, crossed", numbered(50_000, |n| format!("<font color=c{n}>x<p>")), "still here"),
        (
            "200 open fonts, many paragraphs",
            numbered(200, |n| format!("<font id={n}>")) + &many("<p>x</p>", 60_000),
            "still here",
        ),
        ("misnested a, b, i", many("<a href=https://a.example/><b><i><p>x</a></b></i>", 40_000), "still here"),
        ("tables in tables", many("<table><tr><td>", 1_000), "still here"),
        ("200 tables in tables, long", many("<table><tr><td>", 80) + &many("<p>x</p>", 100_000), "still here"),
        ("tables without cells", many("<table>", 100_000), "still here"),
        ("words between tables", many("<table>x<tr>y", 50_000), "still here"),
        (
            "5,000 columns",
            "<table>".to_owned() + &many(&("<tr>".to_owned() + &"<td>1".repeat(5_000)), 60) + "</table>",
            "still here",
        ),
        ("100,000 columns", "<table><tr>".to_owned() + &many("<td>1", 100_000), "still here"),
        (
            "100,000 rows",
            "<table>".to_owned() + &"<tr><td>1<td>2".repeat(size(100_000)) + "</table>" + end,
            "still here",
        ),
        (
            "colspan",
            "<table>".to_owned()
                + &"<tr><td colspan=4000000000 rowspan=4000000000>1<td>2".repeat(size(20_000))
                + "</table>"
                + end,
            "still here",
        ),
        (
            "100,000 attributes",
            format!("<p {}>x</p>{end}", numbered(100_000, |n| format!("a{n}=1 ")).trim_end_matches(end)),
            "still here",
        ),
        ("many with 500 attributes", many(&format!("<p {}>", "style=color:red ".repeat(500)), 200), "still here"),
        ("quotes in quotes", many("<blockquote>", 10_000), "still here"),
        ("200 quotes, many lines", "<blockquote>".repeat(200) + &many("<br>x", 300_000), ""),
        ("200 lists, many lines", "<ul><li>".repeat(100) + &many("<br>x", 300_000), ""),
        ("unclosed comments", many("<!-- <p>", 200_000), "still here"),
        ("unclosed attributes", many("<a href=\"", 200_000), ""),
        ("unclosed scripts", many("<script>", 200_000), "still here"),
        ("unclosed titles", many("<title>", 200_000), "still here"),
        ("entities", many("&amp;&nbsp;&#x4f60;&bogus;&", 80_000), "still here"),
        ("half entities", many("&CounterClockwiseContourIntegra", 60_000), "still here"),
        (
            "100,000 selectors",
            format!("<style>{}</style>{}", numbered(100_000, |n| format!(".c{n},")), many("<p class=c1>x", 20_000)),
            "still here",
        ),
        (
            "10,000 rules",
            format!(
                "<style>{}</style>{}",
                numbered(10_000, |n| format!(".c{n} p{{color:#{n:06}}}\n")),
                many("<p class='c1 c2 c3 c4 c5 c6 c7 c8 c9'>x", 40_000)
            ),
            "still here",
        ),
        ("open braces", format!("<style>{}</style>{end}", "@media x{".repeat(size(100_000))), "still here"),
        ("long styles", many(&format!("<p style=\"{}\">x", "color:red;".repeat(800)), 240), "still here"),
        ("many fetches", many("<p style=\"background:url(https://a.example/)\">", 40_000), "still here"),
        ("select and option", many("<select><option>x", 100_000), "still here"),
        ("svg and math", many("<svg><math><mi><p>", 50_000), "still here"),
        ("templates", many("<template>", 100_000), "still here"),
        ("forms and buttons", many("<form><button>", 100_000), "still here"),
        ("ruby and lists", many("<ruby><rt><li><dd>", 50_000), "still here"),
        ("headings", many("<h1>x<h2>y", 100_000), "still here"),
        ("words of ten million bytes", many("words and \u{4f60}\u{597d} ", 500_000), "words"),
        ("blank lines", many("<br>", 500_000), "still here"),
        ("zero width", many("&zwnj;&nbsp;", 150_000), "still here"),
    ]
}

#[test]
fn h08_bombs_are_words_in_the_end() {
    for (name, html, words) in bombs() {
        let begun = clock::instant();
        let page = page(&html);
        println!(
            "{:>6} ms, {:>5} KB{}: {name}",
            begun.elapsed().as_millis(),
            html.len() / 1024,
            if page.fallen_back { ", stripped" } else { "" }
        );
        let text = page.document.text.as_untrusted();
        assert!(is_sound(&page.document), "{name}");
        assert!(!text.trim().is_empty() && (page.cut || text.contains(words)), "{name}: {:?}", text.get(..200));
        assert!(text.len() < 5_000_000, "{name}: {}", text.len());
    }
}

/// Pictures of three megabytes inside an attribute do not use up what may be read.
#[test]
fn m20_only_what_counts_counts() {
    let picture = format!("<img src=\"data:image/png;base64,{}\" alt=cat>", "QUJD".repeat(800_000));
    let read = page(&(picture.repeat(2) + "<p>still here"));
    assert_eq!(read.document.text.as_untrusted(), "cat cat\n\nstill here\n");
    assert!(!read.cut && !read.fallen_back);
    // What stands in a comment or a style sheet neither.
    let rest =
        page(&format!("<!--{0}--><style>{0}</style><script>{0}</script><p>still here", "words ".repeat(500_000)));
    assert_eq!((rest.document.text.as_untrusted(), rest.cut), ("still here\n", false));
}

#[test]
fn m20_a_page_that_is_too_long_is_cut_and_says_so() {
    let long = page(&"<p>words</p>".repeat(400_000));
    assert!(long.cut && !long.fallen_back && long.document.text.as_untrusted().ends_with("words\n"));
    // A limit inside an attribute: what is left of it is no word.
    let cut = page(&format!("<p>words</p>{}<a href=\"https://secret.example/", "<div>".repeat(419_500)));
    assert!(!cut.document.text.as_untrusted().contains("secret") && cut.document.text.as_untrusted().contains("words"));
    let unclosed = page(&("a <b ".to_owned() + &"words ".repeat(600_000)));
    assert!(unclosed.cut && unclosed.document.text.as_untrusted().len() < 3_000_000);
    let (words, was_cut) =
        super::super::strip::strip(&format!("words {}<a href=\"secret secret\">x", "y".repeat(2 * 1024 * 1024 - 20)));
    assert!(was_cut && !words.contains("secret"));
}
