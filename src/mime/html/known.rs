//! Which `<` begins a tag, and which is a word: people write `<li@example.com>`, `List<String>` and `a<b and x<=y`,
//! and programs that make pages of that forget to say that these are no tags.

use std::collections::HashSet;

use super::floor;
use super::gate::{Raw, attributes_of, name_of};

/// So much of a tag tells what it is.
const LONGEST_LOOK: usize = 320;

/// More names than these are not told apart.
const MOST_NAMES: usize = 10_000;

/// The names of tags that everybody knows, in order.
#[rustfmt::skip]
const TAGS: &[&str] = &[
    "a", "abbr", "acronym", "address", "applet", "area", "article", "aside", "audio", "b", "base", "basefont", "bdi",
    "bdo", "bgsound", "big", "blink", "blockquote", "body", "br", "button", "canvas", "caption", "center", "circle",
    "cite", "code", "col", "colgroup", "data", "datalist", "dd", "defs", "del", "desc", "details", "dfn", "dialog",
    "dir", "div", "dl", "dt", "ellipse", "em", "embed", "fieldset", "figcaption", "figure", "font", "footer",
    "foreignobject", "form", "frame", "frameset", "g", "h1", "h2", "h3", "h4", "h5", "h6", "head", "header", "hgroup",
    "hr", "html", "i", "iframe", "image", "img", "input", "ins", "isindex", "kbd", "keygen", "label", "layer", "legend",
    "li", "line", "link", "listing", "main", "map", "mark", "marquee", "math", "menu", "menuitem", "meta", "meter",
    "nav", "nobr", "noembed", "noframes", "noscript", "object", "ol", "optgroup", "option", "output", "p", "param",
    "path", "picture", "plaintext", "polygon", "polyline", "pre", "progress", "q", "rb", "rect", "rp", "rt", "rtc",
    "ruby", "s", "samp", "script", "search", "section", "select", "slot", "small", "source", "spacer", "span", "stop",
    "strike", "strong", "style", "sub", "summary", "sup", "svg", "symbol", "table", "tbody", "td", "template", "text",
    "textarea", "tfoot", "th", "thead", "time", "title", "tr", "track", "tspan", "tt", "u", "ul", "use", "var", "video",
    "wbr", "xml", "xmp",
];

/// What stands in a tag without a value, or with one, and makes certain that it is one.
#[rustfmt::skip]
const ATTRIBUTES: &[&str] = &[
    "align", "alt", "bgcolor", "border", "class", "color", "compact", "dir", "disabled", "download", "face", "height",
    "hidden", "href", "id", "lang", "name", "noshade", "nowrap", "open", "rel", "role", "size", "src", "style",
    "target", "title", "type", "valign", "value", "width",
];

/// Looks at the tags of one page.
pub(super) struct Known<'a> {
    page: &'a str,
    /// What is closed somewhere; None before somebody asked.
    closed: Option<HashSet<String>>,
}

impl<'a> Known<'a> {
    pub(super) fn new(page: &'a str) -> Self {
        Self { page, closed: None }
    }

    /// True if this, which begins with `<` and a letter, is to be read.
    pub(super) fn is_words(&mut self, tag: &str) -> bool {
        let look = tag.get(1..floor(tag, LONGEST_LOOK)).unwrap_or_default();
        let end = look.find(|c: char| c.is_ascii_whitespace() || matches!(c, '/' | '>' | '<' | '\0'));
        let (first, rest) = look.split_at(end.unwrap_or(look.len()));
        if first.contains('@') || is_address(first) {
            return true;
        }
        let name = first.to_ascii_lowercase();
        let stem = name.trim_end_matches(|c: char| !c.is_ascii_alphanumeric());
        let (attributes, _) = attributes_of(rest);
        if TAGS.binary_search(&stem).is_ok() {
            return is_compared(stem, &attributes);
        }
        let is_name = |c: char| c.is_alphanumeric() || matches!(c, '-' | ':' | '_' | '.');
        if !name.chars().all(is_name) {
            return true;
        }
        // Programs have tags of their own: with a part in the name, or values, or an end.
        let has_values = attributes.iter().any(|attribute| !attribute.value.is_empty());
        !(name.contains(['-', ':']) || has_values || self.is_closed(name_of(look)))
    }

    fn is_closed(&mut self, name: String) -> bool {
        let page = self.page;
        let closed = self.closed.get_or_insert_with(|| {
            let names = page.match_indices("</").map(|(at, _)| name_of(page.get(at + 2..).unwrap_or_default()));
            let mut closed = HashSet::new();
            for name in names {
                closed.insert(name);
                if closed.len() > MOST_NAMES {
                    break;
                }
            }
            closed
        });
        closed.len() > MOST_NAMES || closed.contains(&name)
    }
}

/// `<https://a.example/>`, as it stands in texts.
fn is_address(word: &str) -> bool {
    ["http:", "https:", "ftp:", "mailto:", "www."]
        .iter()
        .any(|start| word.get(..start.len()).is_some_and(|word| word.eq_ignore_ascii_case(start)))
}

/// True for a letter that is less than another one.
fn is_compared(name: &str, attributes: &[Raw<'_>]) -> bool {
    let is_certain = |attribute: &Raw<'_>| ATTRIBUTES.binary_search(&attribute.name.as_str()).is_ok();
    if attributes.is_empty() || attributes.iter().any(is_certain) {
        return false;
    }
    let has_another = |attribute: &Raw<'_>| attribute.name.contains('<') || attribute.value.contains('<');
    let is_word = |attribute: &Raw<'_>| {
        attribute.value.is_empty() && attribute.name.chars().all(|c| c.is_alphanumeric() || matches!(c, ',' | '.'))
    };
    attributes.iter().any(has_another) || (name.len() == 1 && attributes.iter().all(is_word))
}

#[cfg(test)]
mod tests {
    use super::{ATTRIBUTES, TAGS};
    use crate::mime::html::page;

    fn text(html: &str) -> String {
        page(html).document.text.as_untrusted().to_owned()
    }

    #[test]
    fn names_are_in_order() {
        assert!(TAGS.is_sorted() && ATTRIBUTES.is_sorted());
    }

    #[test]
    fn words_in_angles_are_read() {
        for (html, expected) in [
            ("<p>Li <li@example.com> wrote</p>", "Li <li@example.com> wrote\n"),
            ("From: b<b.smith+x@mail.example.com>, c", "From: b<b.smith+x@mail.example.com>, c\n"),
            ("see <https://a.example/x?y=1> now", "see <https://a.example/x?y=1> now\n"),
            ("see <mailto:a> now", "see <mailto:a> now\n"),
            ("<p>if a<b and x<=y then</p><p>z</p>", "if a<b and x<=y then\n\nz\n"),
            ("if a<b and x>y then", "if a<b and x>y then\n"),
            ("a List<String> x, Map<Key,Value> y", "a List<String> x, Map<Key,Value> y\n"),
            ("put <your name here> in", "put <your name here> in\n"),
            ("<p>a<b&&c>d</p>", "a<b&&c>d\n"),
        ] {
            assert_eq!(text(html), expected, "{html}");
        }
    }

    #[test]
    fn tags_are_not() {
        for (html, expected) in [
            ("a<br\\>b<BR/>c", "ab\nc\n"),
            ("<o:p>a</o:p><st1:place w:st=on>b</st1:place>", "ab\n"),
            ("<includetail>a</includetail><my-tag>b<custom name=x>c", "abc\n"),
            ("<p foo=1>a</p><td nowrap>b", "a\n\nb\n"),
            ("<b><i>a</i></b><a href=x@example.com>b</a>", "ab\n"),
            ("<img/src=https://a.example/x@y>a", "a\n"),
            ("<span lang=EN-US class=x data-y>a</span>", "a\n"),
            ("<font color=red <b>a</b></font>", "a\n"),
        ] {
            assert_eq!(text(html), expected, "{html}");
        }
    }

    #[test]
    fn angles_without_end_are_quick() {
        for piece in ["<b x", "<li@", "<foo ", "<x</", "<a b=\"<"] {
            assert!(!text(&(piece.repeat(100_000) + "> end")).is_empty(), "{piece}");
        }
    }
}
