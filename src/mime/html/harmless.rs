//! A page that may be sent on: it looks as its sender meant it, as far as elements say so themselves, and wants nothing.
//! Nothing in it runs, is fetched, or leads anywhere but to the web and to mail; pictures are those that came along.
//!
//! Only what is known is written, so what nobody thought of is left out. What the reader of the original did not get to see
//! is left out as well: styles that hid it do not go along, and it would be read as the words of whoever sends it on.

use super::css::Sheets;
use super::facts::{Facts, is_nothing};
use super::seen::{Circumstances, Seen};
use super::tree::{DOCUMENT, Element, NodeId, Tree, What};
use super::{gate, ledger, walk};

/// A longer page does not go along; its words do.
const LONGEST: usize = 4 * 1024 * 1024;

const LONGEST_ADDRESS: usize = 2_000;
const LONGEST_STYLE: usize = 2_000;

const TAGS: [&str; 64] = [
    "a",
    "abbr",
    "address",
    "article",
    "aside",
    "b",
    "big",
    "blockquote",
    "br",
    "caption",
    "center",
    "cite",
    "code",
    "col",
    "colgroup",
    "dd",
    "del",
    "dfn",
    "div",
    "dl",
    "dt",
    "em",
    "figcaption",
    "figure",
    "font",
    "footer",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "hr",
    "i",
    "img",
    "ins",
    "kbd",
    "li",
    "main",
    "mark",
    "ol",
    "p",
    "pre",
    "q",
    "s",
    "samp",
    "section",
    "small",
    "span",
    "strike",
    "strong",
    "sub",
    "sup",
    "table",
    "tbody",
    "td",
    "tfoot",
    "th",
    "thead",
    "tr",
    "tt",
    "u",
    "ul",
];

/// What has no end.
const EMPTY: [&str; 4] = ["br", "col", "hr", "img"];

/// What is left out with everything in it.
const DROPPED: [&str; 13] = [
    "script", "style", "template", "svg", "math", "object", "embed", "applet", "audio", "video", "canvas", "title",
    "noscript",
];

/// What an element may say of how it looks, besides its style.
const PLAIN: [&str; 16] = [
    "align",
    "alt",
    "bgcolor",
    "border",
    "cellpadding",
    "cellspacing",
    "color",
    "colspan",
    "face",
    "height",
    "rowspan",
    "size",
    "start",
    "type",
    "valign",
    "width",
];

const PROPERTIES: [&str; 14] = [
    "background",
    "border",
    "color",
    "font",
    "height",
    "letter-spacing",
    "line-height",
    "margin",
    "max-width",
    "padding",
    "text",
    "vertical-align",
    "white-space",
    "width",
];

/// None if there is too much of it, if only a part of it could be read, or if all that it says is hidden.
pub(in crate::mime) fn page(html: &str) -> Option<String> {
    let plain = gate::plain(html);
    if plain.cut {
        return None;
    }
    let tree = Tree::of(&plain.html)?;
    let mut sheets = Sheets::of(&plain.sheets);
    sheets.has_other_backgrounds |= plain.sheets_cut;
    let mut going = Going {
        tree: &tree,
        facts: Facts::of(&tree),
        sheets: &sheets,
        now: Seen::of_page(&sheets),
        waiting: vec![Step::Open(DOCUMENT)],
        out: String::with_capacity(plain.html.len()),
        has_words: false,
        has_pictures: false,
        has_left_out: false,
    };
    while let Some(step) = going.waiting.pop() {
        if going.out.len() > LONGEST {
            return None;
        }
        match step {
            Step::Open(id) => going.enter(id),
            Step::Close(name) => going.close(name),
            Step::See(seen) => going.now = seen,
        }
    }
    // The reader shows what is hidden if there is nothing else; its words go along then, and no empty page.
    let is_empty = going.has_left_out && !going.has_words && !going.has_pictures;
    (going.out.len() <= LONGEST && !is_empty).then_some(going.out)
}

enum Step {
    Open(NodeId),
    Close(&'static str),
    /// How things are seen from here on.
    See(Seen),
}

struct Going<'a> {
    tree: &'a Tree,
    facts: Facts,
    sheets: &'a Sheets,
    now: Seen,
    waiting: Vec<Step>,
    out: String,
    has_words: bool,
    has_pictures: bool,
    has_left_out: bool,
}

impl Going<'_> {
    fn enter(&mut self, id: NodeId) {
        let tree = self.tree;
        match tree.node(id).map(|node| &node.what) {
            Some(What::Text(text)) => {
                if self.now.hides() {
                    self.has_left_out |= says_something(text);
                } else {
                    self.words(text);
                }
            }
            Some(What::Element(element)) => self.element(id, element),
            Some(What::Nothing) if id == DOCUMENT => self.below(id),
            Some(What::Nothing) | None => {}
        }
    }

    fn words(&mut self, text: &str) {
        self.has_words |= says_something(text);
        escape(text, &mut self.out);
    }

    fn element(&mut self, id: NodeId, element: &Element) {
        let name = if element.name() == "body" { "div" } else { element.name() };
        if DROPPED.contains(&name) {
            return;
        }
        let circumstances =
            Circumstances { shows_all: false, is_first: !self.has_words, has_link: self.facts.at(id).has_link };
        let Some(own) = self.now.inside(element, self.sheets, circumstances) else {
            self.has_left_out |= self.facts.at(id).words > 0;
            return;
        };
        if own.is_list_mark {
            // The reader shows no more of it than this.
            if let Some(mark) = walk::list_mark(self.tree, id, &own.seen) {
                self.words(&mark);
                self.out.push_str("&nbsp;");
            }
            return;
        }
        if name == "img" {
            if walk::is_dot(element) || own.seen.hides_pictures() {
                return;
            }
            self.has_words |= element.attribute("alt").is_some_and(says_something);
            self.has_pictures |= element.attribute("src").and_then(enclosed).is_some();
        }
        self.has_words |= name == "hr";
        let known = TAGS.iter().find(|known| **known == name);
        if let Some(name) = known {
            open(name, element, &mut self.out);
            if EMPTY.contains(name) {
                return;
            }
        }
        self.waiting.push(Step::See(self.now));
        self.waiting.extend(known.map(|name| Step::Close(name)));
        self.now = own.seen;
        self.below(id);
    }

    fn close(&mut self, name: &str) {
        self.out.push_str("</");
        self.out.push_str(name);
        self.out.push('>');
    }

    fn below(&mut self, id: NodeId) {
        let from = self.waiting.len();
        self.waiting.extend(self.tree.children(id).map(Step::Open));
        if let Some(added) = self.waiting.get_mut(from..) {
            added.reverse();
        }
    }
}

fn says_something(text: &str) -> bool {
    text.chars().any(|c| !c.is_whitespace() && !is_nothing(c))
}

fn open(name: &str, element: &Element, out: &mut String) {
    out.push('<');
    out.push_str(name);
    let mut add = |attribute: &str, value: &str| {
        out.push(' ');
        out.push_str(attribute);
        out.push_str("=\"");
        escape(value, out);
        out.push('"');
    };
    for attribute in PLAIN {
        let is_plain = |value: &&str| value.len() <= 200 && !value.contains(['(', '\\', '@']);
        let value = element.attribute(attribute).filter(|value| attribute == "alt" || is_plain(value));
        if let Some(value) = value {
            add(attribute, value);
        }
    }
    let style = style(element.attribute("style").unwrap_or_default());
    if !style.is_empty() {
        add("style", &style);
    }
    match name {
        "a" => {
            if let Some(address) = element.attribute("href").and_then(link) {
                add("href", &address);
            }
        }
        "img" => {
            if let Some(address) = element.attribute("src").and_then(enclosed) {
                add("src", &address);
            }
        }
        _ => {}
    }
    out.push('>');
}

fn link(address: &str) -> Option<String> {
    let address: String = address.trim().chars().filter(|c| !c.is_control()).collect();
    let has = |scheme: &str| address.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme));
    let good = address.len() <= LONGEST_ADDRESS && ["https://", "http://", "mailto:"].into_iter().any(has);
    good.then_some(address)
}

/// A picture that came along, by the id that its part has.
fn enclosed(address: &str) -> Option<String> {
    let address: String = address.trim().chars().filter(|c| !c.is_control()).collect();
    let id = ledger::unescaped(ledger::after_scheme(&address, "cid:")?);
    let good = id.len() <= 250 && id.bytes().all(|b| b.is_ascii_graphic() && !b"<>()\",;:\\'".contains(&b));
    (good && !id.is_empty()).then(|| format!("cid:{id}"))
}

/// The declarations that only say how something looks.
fn style(said: &str) -> String {
    let mut style = String::new();
    for declaration in said.split(';').take(100) {
        let Some((name, value)) = declaration.split_once(':') else { continue };
        let (name, value) = (name.trim().to_ascii_lowercase(), value.trim());
        let is_known = PROPERTIES
            .iter()
            .any(|known| name.strip_prefix(known).is_some_and(|rest| rest.is_empty() || rest.starts_with('-')));
        let is_display = name == "display" && matches!(value, "block" | "inline" | "inline-block");
        // Only colours are said with brackets; everything else with them fetches or runs.
        let colour = value.to_ascii_lowercase().replace("rgba(", "").replace("rgb(", "");
        let is_odd = |c: char| matches!(c, '(' | '\\' | '@' | '<' | '>' | '{' | '}') || c.is_control();
        if (is_known || is_display) && !colour.contains(is_odd) && style.len() + declaration.len() < LONGEST_STYLE {
            style.extend([&name, ":", value, ";"]);
        }
    }
    style
}

fn escape(text: &str, out: &mut String) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\u{a0}' => out.push_str("&nbsp;"),
            '\n' | '\t' => out.push(c),
            c if c.is_control() => {}
            c => out.push(c),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fuzzing::{Diet, Long, fuzz};

    #[test]
    fn it_looks_as_it_was_meant() {
        for (html, page) in [
            ("<p>a &amp; b<br>c", "<div><p>a &amp; b<br>c</p></div>"),
            (
                "<body bgcolor=white><font color=\"#f00\" size=2>x</font><a href='https://a.example/?x=1&amp;y'>y</a></body>",
                "<div bgcolor=\"white\"><font color=\"#f00\" size=\"2\">x</font>\
                 <a href=\"https://a.example/?x=1&amp;y\">y</a></div>",
            ),
            (
                "<table cellpadding=3><tr><td align=right style='padding-left:2px;color:rgb(1,2,3)'>x</td></tr></table>",
                "<div><table cellpadding=\"3\"><tbody><tr>\
                 <td align=\"right\" style=\"padding-left:2px;color:rgb(1,2,3);\">x</td></tr></tbody></table></div>",
            ),
            (
                "<p style=\"background:#efefef url(x);BACKGROUND:#fff;font:12px/1.5 'a b';position:fixed;border-left:1px solid\">x",
                "<div><p style=\"background:#fff;font:12px/1.5 'a b';border-left:1px solid;\">x</p></div>",
            ),
            ("<img src=\"cid:a@b\" alt=x width=3>", "<div><img alt=\"x\" width=\"3\" src=\"cid:a@b\"></div>"),
            ("<img src=\"CID:a%40b\">", "<div><img src=\"cid:a@b\"></div>"),
        ] {
            assert_eq!(super::page(html).as_deref(), Some(page), "{html}");
        }
    }

    #[test]
    fn it_wants_nothing() {
        for html in [
            "<script>alert(1)</script>",
            "<img src=https://a.example/x.png onerror=alert(1)>",
            "<a href=\"java\nscript:alert(1)\">x</a><a href=data:text/html,x>y</a><a href=file:///etc/passwd>z</a>",
            "<div style=\"background:url(https://a.example/x)\">x</div>",
            "<div style='background-color:u\\rl(https://a.example)'>x</div><p style=\"width:expression(alert(1))\">",
            "<link rel=stylesheet href=https://a.example/x><style>@import 'https://a.example/x';</style>",
            "<svg><a href='javascript:x'><image href=https://a.example/x></svg><math><mi xlink:href=x></math>",
            "<iframe src=https://a.example></iframe><form action=https://a.example><input name=x><button>y</button>",
            "<video poster=https://a.example/x><object data=https://a.example/x><embed src=https://a.example/x>",
            "<table background=https://a.example/x><tr><td background=https://a.example/y>z",
            "<base href=https://a.example/><meta http-equiv=refresh content='0;url=https://a.example'>",
            "x<p hidden>secret</p><template>secret</template><img srcset='https://a.example/x 2x' src='cid:\"><script>'>",
            "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\"></noscript>",
        ] {
            let page = super::page(html).unwrap();
            for bad in ["a.example", "script", "alert", "url(", "data:", "file:", "secret", "onerror=", "expression"] {
                assert!(!page.contains(bad) || page.contains("&lt;"), "{html} gives {page}");
            }
        }
        assert_eq!(super::page(&"<div>".repeat(10_000)), None);
    }

    #[test]
    fn what_nobody_saw_does_not_leave() {
        for hidden in [
            "<p hidden>evil</p>",
            "<p style='display:none'>evil</p>",
            "<p style='display: none !important'>evil</p>",
            "<p style='DISPLAY:NONE;color:red'>evil</p>",
            "<p style='visibility:hidden'>evil <b>evil</b></p>",
            "<p style='opacity:0'><span>evil</span></p>",
            "<p style='position:absolute;left:-9999px'>evil</p>",
            "<p style='position:absolute;clip:rect(0,0,0,0)'>evil</p>",
            "<p style='height:0;overflow:hidden'>evil</p>",
            "<p style='mso-hide:all'>evil</p>",
            "<p style='font-size:0'>evil</p>",
            "<p style='color:#fff'>evil</p>",
            "<p style='text-indent:-9999px'>evil</p>",
            "<style>.x{display:none}</style><p class=x>evil</p>",
            "<style>.x{display:none !important}</style><p class=x style='display:block'>evil</p>",
            "<style>#x{visibility:hidden}</style><table id=x><tr><td>evil</table>",
            "<style>div.x{opacity:0}</style><div class=x><img alt=evil src='cid:a@b'></div>",
            "<img alt=evil width=1 height=1 src='cid:a@b'>",
            "<span style='mso-list:Ignore'>1.<i>a mark of a list, evil</i></span>",
        ] {
            let html = format!("<p>before</p>{hidden}<p>after</p>");
            let page = super::page(&html).unwrap();
            assert!(!page.contains("evil") && page.contains("before") && page.contains("after"), "{html} gives {page}");
            let seen = crate::mime::html::page(&html).document.text;
            assert!(!seen.as_untrusted().contains("evil"), "{html}");
        }
        // What comes before all words for those who hear them.
        assert_eq!(super::page("<p aria-hidden=true>evil</p>x<p aria-hidden=true>y").unwrap(), "<div>x<p>y</p></div>");
        let shown = "<p style='visibility:hidden'>evil<b style='visibility:visible'>shown</b></p>x";
        assert_eq!(super::page(shown).unwrap(), "<div><p><b>shown</b></p>x</div>");
        // What the reader sees although its own style hides it is seen by those who get it, too.
        let shown = "<style>p{display:block !important}</style><p style='display:none'>shown</p>";
        assert_eq!(super::page(shown).unwrap(), "<div><p>shown</p></div>");
        assert_eq!(super::page("<p style='display:none'>evil</p>"), None);
    }

    #[test]
    fn z_any_page() {
        const GOOD: &[&[u8]] = &[
            b"<body bgcolor=red><p style='color:red'>x<img src=\"cid:a@b\"><a href='https://a.example'>y</a><table><td>z",
        ];
        const PIECES: &[&[u8]] = &[
            b"<",
            b">",
            b"\"",
            b"'",
            b"=",
            b"&",
            b"&quot;",
            b"&#x3c;",
            b"<script>",
            b"</",
            b"<svg>",
            b"<math>",
            b"<style>",
            b"<!--",
            b"-->",
            b"<noscript>",
            b"<xmp>",
            b" onclick=x",
            b" style=",
            b"url(",
            b"javascript:",
            b"\0",
            b"cid:",
        ];
        fuzz(&Diet { good: GOOD, pieces: PIECES }, Long::Minutes(5), |bytes| {
            let html = String::from_utf8_lossy(bytes);
            let Some(page) = super::page(&html) else { return true };
            // Inside of words and values there is neither `<` nor `>` nor `"`.
            page.split('<').skip(1).all(|tag| {
                let tag = tag.split('>').next().unwrap_or_default();
                let name = tag.trim_start_matches('/').split(' ').next().unwrap_or_default();
                let mut attributes = tag.get(name.len()..).unwrap_or_default().split('"').step_by(2);
                let is_known = |attribute: &str| {
                    let attribute = attribute.trim().trim_end_matches('=');
                    attribute.is_empty() || PLAIN.contains(&attribute) || ["style", "href", "src"].contains(&attribute)
                };
                TAGS.contains(&name) && (tag.starts_with('/') || attributes.all(is_known))
            })
        });
    }
}
