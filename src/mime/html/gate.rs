//! The door that every page goes through first, one look at each byte. It leaves out what nobody reads (comments,
//! scripts, attributes that mean nothing here, pictures of three megabytes inside an attribute), so that what remains
//! is small and plain for those who look longer; and it writes down what the page wanted from the network.

use super::floor;
use super::known::Known;
use super::ledger::Ledger;
use super::strip::{after_closing, after_comment, decoded};

/// More than this of words and tags is not looked at.
const LONGEST: usize = 2 * 1024 * 1024;

/// No address or list of styles that means something is longer.
pub(super) const LONGEST_VALUE: usize = 8 * 1024;

/// Tags with more attributes than these are bombs.
const MOST_ATTRIBUTES: usize = 512;

const LONGEST_SHEETS: usize = 256 * 1024;

/// What a page may say about its elements and is listened to.
const KEPT: [&str; 27] = [
    "align",
    "alt",
    "aria-hidden",
    "background",
    "bgcolor",
    "border",
    "cellpadding",
    "cellspacing",
    "class",
    "color",
    "colspan",
    "face",
    "height",
    "hidden",
    "href",
    "id",
    "role",
    "rowspan",
    "size",
    "src",
    "start",
    "style",
    "text",
    "type",
    "valign",
    "value",
    "width",
];

/// What is left of a page.
#[derive(Default)]
pub(super) struct Plain {
    pub(super) html: String,
    /// What its style sheets say.
    pub(super) sheets: String,
    /// They say more than that.
    pub(super) sheets_cut: bool,
    pub(super) ledger: Ledger,
    pub(super) cut: bool,
}

/// One attribute as it stands there: entities are not decoded yet.
pub(super) struct Raw<'a> {
    pub(super) name: String,
    pub(super) value: &'a str,
}

pub(super) fn plain(html: &str) -> Plain {
    let mut plain = Plain::default();
    let mut rest = html;
    let mut title_is_endless = false;
    let mut known = Known::new(html);
    loop {
        if plain.html.len() > LONGEST {
            plain.cut = !rest.is_empty();
            plain.html.truncate(border_before(&plain.html, LONGEST));
            return plain;
        }
        let open = rest.find('<').unwrap_or(rest.len());
        let (words, tag) = rest.split_at(open);
        let room = (LONGEST + 1).saturating_sub(plain.html.len());
        plain.html.push_str(words.get(..floor(words, room)).unwrap_or_default());
        if words.len() > room {
            plain.cut = true;
            return plain;
        }
        let mut after = tag.chars();
        if after.next().is_none() {
            return plain;
        }
        match (after.next(), after.next()) {
            (Some('!'), _) => {
                rest = match tag.strip_prefix("<!--") {
                    Some(comment) => after_comment(comment).unwrap_or_default(),
                    None => after_angle(tag),
                }
            }
            (Some('?'), _) => rest = after_angle(tag),
            (Some('/'), Some(c)) if !c.is_ascii_alphabetic() => rest = after_angle(tag),
            (Some('/'), Some(_)) => {
                let name = name_of(tag.get(2..).unwrap_or_default());
                if let Some(name) = renamed(&name) {
                    plain.html.push_str("</");
                    plain.html.push_str(name);
                    plain.html.push('>');
                }
                rest = after_angle(tag);
            }
            (Some(c), _) if c.is_ascii_alphabetic() && !known.is_words(tag) => {
                let name = name_of(tag.get(1..).unwrap_or_default());
                let (attributes, end) = attributes_of(tag.get(1 + name.len()..).unwrap_or_default());
                let Some(end) = end else {
                    // The page ends inside a tag. What has no attributes was perhaps no tag.
                    if attributes.iter().all(|attribute| attribute.value.is_empty()) {
                        plain.html.push_str("&lt;");
                        let words = tag.get(1..).unwrap_or_default();
                        let room = LONGEST.saturating_sub(plain.html.len());
                        plain.html.push_str(words.get(..floor(words, room)).unwrap_or_default());
                        plain.cut = words.len() > room;
                    } else {
                        plain.cut = true;
                    }
                    return plain;
                };
                rest = end;
                plain.ledger.tag(&name, &attributes);
                match name.as_str() {
                    "script" | "iframe" | "noembed" => rest = after_closing(rest, &name).unwrap_or_default(),
                    "style" => {
                        let (sheet, after) = inside(rest, &name);
                        if plain.sheets.len() + sheet.len() <= LONGEST_SHEETS {
                            plain.ledger.sheet(sheet);
                            plain.sheets.push_str(sheet);
                            plain.sheets.push('\n');
                        } else {
                            plain.sheets_cut = true;
                        }
                        rest = after;
                    }
                    "title" => {
                        let after = if title_is_endless { None } else { after_closing(rest, "title") };
                        title_is_endless |= after.is_none();
                        // People forget to close it, and then it is short.
                        rest =
                            after.unwrap_or_else(|| rest.find('<').and_then(|at| rest.get(at..)).unwrap_or_default());
                    }
                    _ => {
                        if let Some(name) = renamed(&name) {
                            write_tag(&mut plain.html, name, &attributes);
                        }
                    }
                }
            }
            _ => {
                plain.html.push_str("&lt;");
                rest = tag.get(1..).unwrap_or_default();
            }
        }
    }
}

/// What tells the parser to read on in another way is said in a way that does not; what only wraps is left out.
fn renamed(name: &str) -> Option<&str> {
    match name {
        "xmp" | "listing" | "plaintext" => Some("pre"),
        "textarea" | "option" => Some("div"),
        "frameset" | "frame" | "noframes" | "noscript" | "select" | "optgroup" | "style" | "script" | "iframe"
        | "noembed" | "title" | "base" | "link" | "meta" => None,
        _ => Some(name),
    }
}

fn is_enclosed(address: &str) -> bool {
    address.trim_start().get(..4).is_some_and(|scheme| scheme.eq_ignore_ascii_case("cid:"))
}

fn write_tag(out: &mut String, name: &str, attributes: &[Raw<'_>]) {
    out.push('<');
    out.push_str(name);
    let mut kept: u32 = 0;
    for attribute in attributes {
        let Some(known) = KEPT.iter().position(|kept| *kept == attribute.name) else { continue };
        if kept & (1 << known) != 0 {
            continue;
        }
        kept |= 1 << known;
        let value = match attribute.name.as_str() {
            // A part of an address leads elsewhere.
            "href" if attribute.value.len() > LONGEST_VALUE => "",
            // Only that there is something counts.
            "background" => "x",
            // Only what came along may be shown, and only whoever sends it on asks.
            "src" if !is_enclosed(attribute.value) => continue,
            _ => attribute.value.get(..floor(attribute.value, LONGEST_VALUE)).unwrap_or_default(),
        };
        out.push(' ');
        out.push_str(&attribute.name);
        out.push_str("=\"");
        for (at, piece) in value.split('"').enumerate() {
            if at > 0 {
                out.push_str("&quot;");
            }
            out.push_str(piece);
        }
        out.push('"');
    }
    out.push('>');
}

/// Up to 40 characters are a name.
pub(super) fn name_of(text: &str) -> String {
    text.chars()
        .take_while(|c| !c.is_ascii_whitespace() && !matches!(c, '/' | '>' | '<' | '\0'))
        .take(40)
        .collect::<String>()
        .to_ascii_lowercase()
}

/// What follows the first `>`.
fn after_angle(text: &str) -> &str {
    text.find('>').and_then(|end| text.get(end + 1..)).unwrap_or_default()
}

/// The attributes that follow a name, and what follows the tag if it has an end.
pub(super) fn attributes_of(text: &str) -> (Vec<Raw<'_>>, Option<&str>) {
    let mut found = Vec::new();
    let mut rest = text;
    loop {
        rest = rest.trim_start_matches(|c: char| c.is_ascii_whitespace() || c == '/');
        if let Some(after) = rest.strip_prefix('>') {
            return (found, Some(after));
        }
        if rest.is_empty() {
            return (found, None);
        }
        // A name may begin with `=`, and then it is one.
        let first = rest.chars().next().map_or(0, char::len_utf8);
        let end = rest
            .get(first..)
            .and_then(|rest| rest.find(|c: char| c.is_ascii_whitespace() || matches!(c, '/' | '>' | '=')))
            .map_or(rest.len(), |end| first + end);
        let (name, after_name) = rest.split_at(end);
        let mut value = "";
        rest = after_name;
        if let Some(after) = after_name.trim_ascii_start().strip_prefix('=') {
            let after = after.trim_ascii_start();
            let quote = after.chars().next().filter(|c| matches!(c, '"' | '\''));
            if let Some(quote) = quote {
                let inside = after.get(1..).unwrap_or_default();
                let Some(end) = inside.find(quote) else {
                    // A quote that never closes shall not take the rest of the page with it.
                    let (value, after) = match inside.split_once('>') {
                        Some((value, after)) => (value, Some(after)),
                        None => (inside, None),
                    };
                    found.push(Raw { name: short(name), value });
                    return (found, after);
                };
                value = inside.get(..end).unwrap_or_default();
                rest = inside.get(end + 1..).unwrap_or_default();
            } else {
                let end = after.find(|c: char| c.is_ascii_whitespace() || c == '>').unwrap_or(after.len());
                (value, rest) = after.split_at(end);
            }
        }
        if found.len() < MOST_ATTRIBUTES {
            found.push(Raw { name: short(name), value });
        }
    }
}

fn short(name: &str) -> String {
    name.get(..floor(name, 40)).unwrap_or_default().to_ascii_lowercase()
}

/// What stands before the end of an element that holds no tags, and what follows it.
fn inside<'a>(html: &'a str, name: &str) -> (&'a str, &'a str) {
    let Some(after) = after_closing(html, name) else { return (html, "") };
    let whole = html.get(..html.len() - after.len()).unwrap_or_default();
    let end = whole.rfind("</").unwrap_or(whole.len());
    (whole.get(..end).unwrap_or_default(), after)
}

/// Where to cut so that no tag is cut in two.
fn border_before(html: &str, at: usize) -> usize {
    let start = floor(html, at);
    let head = html.get(..start).unwrap_or_default();
    match head.rfind('<') {
        Some(open) if !head.get(open..).unwrap_or_default().contains('>') => open,
        _ => start,
    }
}

impl Raw<'_> {
    /// What it means, of so much as an address may have.
    pub(super) fn meant(&self) -> String {
        decoded(self.value.get(..floor(self.value, LONGEST_VALUE)).unwrap_or_default())
    }
}
