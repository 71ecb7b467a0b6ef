//! Addresses of the web that stand in a text as words.

use std::ops::Range;

use crate::model::{Document, Link};
use crate::text::Text;

/// Nobody follows more.
const MOST: usize = 10_000;

/// A longer address is not made a link.
const LONGEST: usize = 8 * 1024;

/// Adds a link for each address that is not one already.
pub(super) fn find(document: &mut Document) {
    let text = document.text.as_untrusted();
    let mut known = document.links.iter().map(|link| link.at.clone()).peekable();
    let room = MOST.saturating_sub(document.links.len());
    let found: Vec<Link> = addresses(text)
        .filter(|(at, _)| {
            while known.next_if(|known| known.end <= at.start).is_some() {}
            known.peek().is_none_or(|known| known.start >= at.end)
        })
        .take(room)
        .map(|(at, url)| Link { at, url: Text::new(url) })
        .collect();
    if !found.is_empty() {
        document.links.extend(found);
        document.links.sort_by_key(|link| link.at.start);
    }
}

/// Writes the slashes of every link as browsers read them, so that whoever opens it goes where was said.
pub(super) fn straighten(document: &mut Document) {
    for link in &mut document.links {
        let url = link.url.as_untrusted();
        let is_web = url.get(..4).is_some_and(|scheme| scheme.eq_ignore_ascii_case("http"));
        let place = url.find(['?', '#']).unwrap_or(url.len());
        if let Some((place, rest)) = url.split_at_checked(place).filter(|(place, _)| is_web && place.contains('\\')) {
            link.url = Text::new(place.replace('\\', "/") + rest);
        }
    }
}

/// Each address in a text: where it stands, and where it leads.
pub(super) fn addresses(text: &str) -> impl Iterator<Item = (Range<usize>, String)> {
    let mut from = 0;
    std::iter::from_fn(move || {
        loop {
            let rest = text.get(from..)?;
            let at = from + memchr::memchr2(b':', b'.', rest.as_bytes())?;
            let begun = begin(text, from, at);
            from = at + 1;
            let Some(begun) = begun else { continue };
            let end = end(text, begun.body);
            from = from.max(end);
            if end - begun.start > LONGEST {
                let rest = text.get(end..).unwrap_or_default();
                from = rest.find(|c| !belongs(c)).map_or(text.len(), |more| end + more);
                continue;
            }
            if end <= begun.body || !begun.is_enough(text, end) {
                continue;
            }
            let said = text.get(begun.start..end)?;
            let url = if begun.scheme == Scheme::None { format!("http://{said}") } else { said.to_owned() };
            return Some((begun.start..end, url));
        }
    })
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Scheme {
    Web,
    Mail,
    /// It begins with `www.` as everybody writes it.
    None,
}

struct Begun {
    scheme: Scheme,
    start: usize,
    /// What follows the scheme.
    body: usize,
}

impl Begun {
    fn is_enough(&self, text: &str, end: usize) -> bool {
        let Some(body) = text.get(self.body..end) else { return false };
        match self.scheme {
            Scheme::Web => body.starts_with(|c: char| c.is_alphanumeric() || c == '['),
            Scheme::Mail => body.split_once('@').is_some_and(|(who, host)| !who.is_empty() && host.contains('.')),
            Scheme::None => {
                let host = body.split(['/', '?', '#', ':']).next().unwrap_or_default();
                host.contains('.') && host.starts_with(char::is_alphanumeric) && !host.ends_with('.')
            }
        }
    }
}

/// The address that this colon or point belongs to the beginning of.
fn begin(text: &str, from: usize, at: usize) -> Option<Begun> {
    let before = text.get(from..at)?;
    let behind = text.get(at + 1..)?;
    let ends_with = |word: &str| {
        let start = before.len().checked_sub(word.len())?;
        let found = before.get(start..).is_some_and(|end| end.eq_ignore_ascii_case(word));
        let alone = !before.get(..start)?.ends_with(|c: char| c.is_ascii_alphanumeric());
        (found && alone).then_some(from + start)
    };
    if text.as_bytes().get(at) == Some(&b'.') {
        let start = ends_with("www")?;
        return Some(Begun { scheme: Scheme::None, start, body: at + 1 });
    }
    if behind.starts_with("//") {
        let start = ends_with("https").or_else(|| ends_with("http"))?;
        return Some(Begun { scheme: Scheme::Web, start, body: at + 3 });
    }
    let start = ends_with("mailto")?;
    Some(Begun { scheme: Scheme::Mail, start, body: at + 1 })
}

/// Where the address that goes on from here ends.
fn end(text: &str, from: usize) -> usize {
    let rest = text.get(from..).unwrap_or_default();
    let mut end = from;
    let (mut round, mut square) = (0_u32, 0_u32);
    for (at, c) in rest.char_indices() {
        if at > LONGEST || !belongs(c) {
            break;
        }
        let open = match c {
            '(' => Some((&mut round, true)),
            ')' => Some((&mut round, false)),
            '[' => Some((&mut square, true)),
            ']' => Some((&mut square, false)),
            _ => None,
        };
        match open {
            Some((count, true)) => *count += 1,
            // It closes something that was opened before the address.
            Some((count, false)) if *count == 0 => break,
            Some((count, false)) => *count -= 1,
            None => {}
        }
        // What ends a sentence does not belong to it, unless more follows.
        if !matches!(c, '.' | ',' | ';' | ':' | '!' | '?' | '\'' | '*' | '(' | '[') {
            end = from + at + c.len_utf8();
        }
    }
    end
}

fn belongs(c: char) -> bool {
    match c {
        '<' | '>' | '"' | '`' | '|' | '\\' | '^' | '{' | '}' => false,
        _ if c.is_ascii() => c.is_ascii_graphic(),
        // What is written without blanks goes on right behind an address: Chinese, Japanese, Korean, full-width.
        '\u{1100}'..='\u{11ff}'
        | '\u{2e80}'..='\u{d7ff}'
        | '\u{f900}'..='\u{faff}'
        | '\u{fe10}'..='\u{ffef}'
        | '\u{20000}'..='\u{3ffff}' => false,
        _ => c.is_alphanumeric(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<&str> {
        addresses(text).map(|(at, _)| text.get(at).unwrap()).collect()
    }

    #[test]
    fn an_address_ends_where_the_words_go_on() {
        for (text, address) in [
            ("see https://a.example/x?y=1&z=2#w.", "https://a.example/x?y=1&z=2#w"),
            ("请访问https://a.example/路径 ok", "https://a.example/"),
            ("请访问https://a.example/x，谢谢", "https://a.example/x"),
            ("（https://a.example/x）", "https://a.example/x"),
            ("(https://a.example/x), then", "https://a.example/x"),
            ("(https://a.example/x)然后", "https://a.example/x"),
            ("https://a.example/w_(x)_(y)!", "https://a.example/w_(x)_(y)"),
            ("[1](https://a.example/x).", "https://a.example/x"),
            ("<https://a.example/x>", "https://a.example/x"),
            ("\"https://a.example/x\"", "https://a.example/x"),
            ("*https://a.example/x*", "https://a.example/x"),
            ("HTTP://A.example", "HTTP://A.example"),
            ("https://пример.example/x", "https://пример.example/x"),
            ("https://a.example/x\u{202e}gpj", "https://a.example/x"),
            ("https://a.example/x\u{1b}]8;;", "https://a.example/x"),
            ("http://[::1]:80/x", "http://[::1]:80/x"),
            ("在www.a.example/x。", "www.a.example/x"),
            ("www.a.example.", "www.a.example"),
            ("mailto:a@b.example?subject=x", "mailto:a@b.example?subject=x"),
        ] {
            assert_eq!(found(text), [address], "{text}");
        }
    }

    #[test]
    fn what_is_none() {
        for text in [
            "http://",
            "https:// x",
            "http://。",
            "www.",
            "www.x",
            "awww.a.example",
            "xhttp://a.example",
            "mailto:x",
            "a:b",
        ] {
            assert_eq!(found(text), [""; 0], "{text}");
        }
        assert_eq!(found("http://a.example http://b.example"), ["http://a.example", "http://b.example"]);
    }

    #[test]
    fn what_is_known_stays_and_the_rest_is_added_in_order() {
        let text = "www.a.example here https://b.example and https://c.example";
        let here = text.find("here").unwrap()..text.find("here").unwrap() + 4;
        let b = text.find("https://b").unwrap();
        let known = vec![
            Link { at: here, url: Text::new("https://x.example") },
            Link { at: b..b + 17, url: Text::new("https://y.example") },
        ];
        let mut document = Document { links: known, ..Document::plain(text) };
        find(&mut document);
        let urls: Vec<&str> = document.links.iter().map(|link| link.url.as_untrusted()).collect();
        assert_eq!(urls, ["http://www.a.example", "https://x.example", "https://y.example", "https://c.example"]);
        assert!(document.links.is_sorted_by_key(|link| link.at.start));
    }

    #[test]
    fn slashes_that_lean_back_are_read_as_browsers_do() {
        let straight = |url: &str| {
            let links = vec![Link { at: 0..1, url: Text::new(url) }];
            let mut document = Document { links, ..Document::plain("x") };
            straighten(&mut document);
            document.links[0].url.as_untrusted().to_owned()
        };
        assert_eq!(straight("https://evil.example\\@bank.example"), "https://evil.example/@bank.example");
        assert_eq!(straight("HTTP:\\\\evil.example\\x?a\\b"), "HTTP://evil.example/x?a\\b");
        assert_eq!(straight("mailto:\"a\\b\"@c.example"), "mailto:\"a\\b\"@c.example");
    }

    #[test]
    fn long_texts_are_quick_and_give_no_end_of_links() {
        let mut document = Document::plain("https://a.example/ ".repeat(100_000));
        find(&mut document);
        assert_eq!(document.links.len(), MOST);
        for text in [
            "http://".repeat(500_000),
            "www.".repeat(1_000_000),
            "mailto:".repeat(500_000),
            ":.".repeat(2_000_000),
            "https://a.example/".to_owned() + &"x".repeat(4_000_000),
        ] {
            let mut document = Document::plain(text);
            find(&mut document);
            assert!(document.links.is_empty());
        }
    }
}
