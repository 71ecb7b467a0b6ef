//! The page that goes beside a plain text and says the same: what was written, and below it the original as its sender made
//! it.
//!
//! The original's page stands in the place of its words only while these are as they were. Whoever has cut or changed them
//! meant it, and what was cut must not leave in another form: the page is the text then, and nothing else.

use super::markdown;
use crate::letter::{clean, signature};
use crate::model::{Draft, Form};

/// Places where the original's words may begin that are looked at.
const MOST_PLACES: usize = 20;

const BEGIN: &str = "<!DOCTYPE html>\n<html><head><meta http-equiv=\"Content-Type\" content=\"text/html; charset=utf-8\"></head>\n<body>\n";
const END: &str = "</body></html>\n";

/// The words of a draft around those of the original.
pub(super) struct Around<'a> {
    above: &'a str,
    quoted: &'a str,
    below: &'a str,
}

/// Where the words of the original stand in a text, if they are as they were; blanks at the ends of lines do not count.
pub(super) fn around<'a>(body: &'a str, quoted: &str) -> Option<Around<'a>> {
    let wanted: Vec<&str> = quoted.trim_end().split('\n').map(str::trim_end).collect();
    let first = wanted.first().filter(|first| !first.is_empty())?;
    let mut starts = Vec::new();
    let mut from = 0;
    let lines: Vec<&str> = body.split('\n').collect();
    for line in &lines {
        starts.push(from);
        from += line.len() + 1;
    }
    let matches = |at: &usize| {
        let here = lines.get(*at..).unwrap_or_default();
        here.len() >= wanted.len() && here.iter().zip(&wanted).all(|(line, wanted)| line.trim_end() == *wanted)
    };
    let begins = |(_, line): &(usize, &&str)| line.trim_end() == *first;
    let mut places = lines.iter().enumerate().filter(begins).map(|(at, _)| at).take(MOST_PLACES);
    let place = places.find(matches)?;
    let begin = *starts.get(place)?;
    let end = starts.get(place + wanted.len()).copied().unwrap_or(body.len());
    Some(Around { above: body.get(..begin)?, quoted: body.get(begin..end)?, below: body.get(end..)? })
}

/// The page of a draft, below which the original's may stand. What is quoted is never Markdown: somebody else wrote it.
pub(super) fn page(body: &str, around: Option<&Around<'_>>, original: Option<&str>, is_markdown: bool) -> String {
    let own = |words: &str| if is_markdown { in_markdown(words) } else { text(words) };
    let mut page = BEGIN.to_owned();
    let Some(around) = around.filter(|_| is_markdown || original.is_some()) else {
        page.push_str(&own(body));
        page.push_str(END);
        return page;
    };
    page.push_str(&own(around.above.trim_end_matches('\n')));
    page.push_str("<div><br></div>\n");
    let Some(original) = original else {
        page.push_str(&text(around.quoted));
        if !around.below.trim().is_empty() {
            page.push_str(&own(around.below));
        }
        page.push_str(END);
        return page;
    };
    // The block above the original, up to its first blank line.
    let head = around.quoted.split_once("\n\n").map_or(around.quoted, |(head, _)| head);
    page.push_str("<div style=\"border-top:1px solid #b5c4df;padding:3pt 0 0 0;font-size:10pt\">");
    page.push_str(&escaped(head));
    page.push_str("</div>\n<div><br></div>\n<div>\n");
    page.push_str(original);
    page.push_str("\n</div>\n");
    if !around.below.trim().is_empty() {
        page.push_str(&own(around.below));
    }
    page.push_str(END);
    page
}

/// A signature says what it says, line by line.
fn in_markdown(words: &str) -> String {
    let (words, signed) = signature::parted(words);
    let mut page = markdown::page(words);
    if !signed.is_empty() {
        page.push_str(&text(signed));
    }
    page
}

fn text(text: &str) -> String {
    format!("<div>{}</div>\n", escaped(text))
}

/// A text that says the same in a page, line by line.
fn escaped(text: &str) -> String {
    let mut page = String::with_capacity(text.len() + text.len() / 8);
    let mut last = '\n';
    for c in clean::lines(text).chars() {
        match c {
            '&' => page.push_str("&amp;"),
            '<' => page.push_str("&lt;"),
            '>' => page.push_str("&gt;"),
            '"' => page.push_str("&quot;"),
            '\n' => page.push_str("<br>\n"),
            '\t' => page.push_str("&nbsp;&nbsp;&nbsp; "),
            // Pages join blanks; a line may begin with one.
            ' ' if last == ' ' || last == '\n' => page.push_str("&nbsp;"),
            c => page.push(c),
        }
        last = if c == ' ' && last == ' ' { '\u{a0}' } else { c };
    }
    page
}

/// The words of the original in a draft, where its page may take their place or they are to be told from the user's own.
pub(super) fn original<'a>(draft: &Draft, body: &'a str) -> Option<Around<'a>> {
    let is_markdown = draft.form == Form::Markdown;
    let about = draft.about.as_ref().filter(|about| about.page.is_some() || is_markdown)?;
    around(body, &clean::lines(about.quoted_from.as_deref()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_takes_the_place_of_words_that_are_as_they_were() {
        let quoted = "--- original ---\nfrom: x\n\nwords\nmore\n";
        let body = format!("answer <b>\n\n{}", quoted.replace("words", "words  "));
        let around = around(&body, quoted).unwrap();
        assert_eq!((around.above, around.below), ("answer <b>\n\n", ""));
        let page = page(&body, Some(&around), Some("<p>ORIGINAL</p>"), false);
        assert!(page.contains("answer &lt;b&gt;") && page.contains("<p>ORIGINAL</p>") && page.contains("from: x"));
        assert!(!page.contains("words"), "{page}");
    }

    #[test]
    fn what_was_cut_does_not_leave() {
        let quoted = "--- original ---\nfrom: x\n\nwords\nsecret\n";
        for body in ["answer\n--- original ---\nfrom: x\n\nwords\n", "answer", "", "secret"] {
            assert!(around(body, quoted).is_none(), "{body}");
        }
        assert!(around("x", "").is_none());
        let hostile = "a\n".repeat(100_000);
        assert!(around(&hostile, &format!("{hostile}b")).is_none());
    }

    #[test]
    fn blanks_and_signs_stay() {
        assert_eq!(escaped("a  b\n c & \"d\""), "a &nbsp;b<br>\n&nbsp;c &amp; &quot;d&quot;");
    }
}
