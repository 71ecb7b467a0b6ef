//! The words of a page that nothing else can be made of: the tags are left out. Never a blank page, never slow,
//! whatever the HTML is like.

use super::floor;

/// What is in these is not for reading.
const HIDDEN: [&str; 4] = ["script", "style", "title", "template"];
const COMMENT: &str = "!--";
/// More than this is not looked at.
const LONGEST: usize = 2 * 1024 * 1024;

/// The words of an HTML page, in lines where its blocks are, and whether there are more.
pub(super) fn strip(html: &str) -> (String, bool) {
    let whole = html.len();
    let html = html.get(..floor(html, LONGEST)).unwrap_or(html);
    let cut = html.len() < whole;
    let mut out = Words::default();
    let mut endless = Vec::new();
    let mut rest = html;
    loop {
        let Some(open) = rest.find('<') else {
            out.words(rest);
            break;
        };
        let (words, tag) = rest.split_at(open);
        out.words(words);
        if let Some(comment) = tag.strip_prefix("<!--")
            && !endless.contains(&COMMENT)
        {
            match after_comment(comment) {
                Some(after) => {
                    rest = after;
                    continue;
                }
                None if !out.text.is_empty() => break,
                None => endless.push(COMMENT),
            }
        }
        let Some(close) = end_of_tag(tag) else {
            // What the limit cut is an address or a style, and no word.
            if !cut {
                out.words(tag);
            }
            break;
        };
        let (inside, after) = tag.split_at(close);
        rest = after.get(1..).unwrap_or_default();
        let name: String = inside
            .chars()
            .skip(1)
            .take_while(|c| c.is_ascii_alphanumeric() || *c == '/')
            .take(16)
            .collect::<String>()
            .to_ascii_lowercase();
        match name.trim_end_matches('/') {
            hidden @ ("script" | "style" | "title" | "template") => {
                let name = HIDDEN.into_iter().find(|name| *name == hidden).unwrap_or_default();
                // Looked for only once: a page of nothing but such tags must not be slow.
                let after = if endless.contains(&name) { None } else { after_closing(rest, name) };
                match after {
                    Some(after) => rest = after,
                    // People forget to close it, and then it is short.
                    None if name == "title" => {
                        endless.push(name);
                        rest = rest.find('<').and_then(|next| rest.get(next..)).unwrap_or(rest);
                    }
                    None if !out.text.is_empty() => break,
                    // Better to show a style sheet than nothing at all.
                    None => endless.push(name),
                }
            }
            "br" => out.line(),
            "p" | "/p" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "/h1" | "/h2" | "/h3" | "/h4" | "/h5" | "/h6"
            | "blockquote" | "/blockquote" | "ul" | "/ul" | "ol" | "/ol" | "table" | "/table" | "pre" | "/pre" => {
                out.paragraph();
            }
            "div" | "/div" | "tr" | "/tr" | "hr" | "section" | "article" | "header" | "footer" => out.block(),
            "li" => {
                out.block();
                out.words("• ");
            }
            "td" | "th" => out.words(" "),
            _ => {}
        }
    }
    (out.finish(), cut)
}

/// Where the tag that starts `tag` ends: at a `>` outside quotes, or at the first `>` if the quotes never close.
fn end_of_tag(tag: &str) -> Option<usize> {
    const LONGEST_TAG: usize = 64 * 1024;
    let mut quote = None;
    for (at, byte) in tag.bytes().enumerate().take(LONGEST_TAG) {
        match (quote, byte) {
            (None, b'>') => return Some(at),
            (None, b'"' | b'\'') => quote = Some(byte),
            (Some(open), _) if open == byte => quote = None,
            _ => {}
        }
    }
    tag.find('>')
}

/// What follows the end of a comment, if it has one.
pub(super) fn after_comment(comment: &str) -> Option<&str> {
    // Two that are as short as can be.
    if let Some(after) = comment.strip_prefix('>').or_else(|| comment.strip_prefix("->")) {
        return Some(after);
    }
    let mut rest = comment;
    loop {
        let (_, after) = rest.split_once("--")?;
        if let Some(after) = after.strip_prefix('>').or_else(|| after.strip_prefix("!>")) {
            return Some(after);
        }
        // The second of these may be the first of the end.
        rest = rest.get(rest.len() - after.len() - 1..)?;
    }
}

/// What follows `</name>`, if it ever comes.
pub(super) fn after_closing<'a>(html: &'a str, name: &str) -> Option<&'a str> {
    let mut rest = html;
    while let Some(at) = rest.find("</") {
        let after = rest.get(at + 2..)?;
        if after.get(..name.len()).is_some_and(|found| found.eq_ignore_ascii_case(name)) {
            return after.find('>').and_then(|end| after.get(end + 1..));
        }
        rest = after;
    }
    None
}

#[derive(Default)]
struct Words {
    text: String,
    /// Line ends owed before the next word.
    owed: usize,
    blank: bool,
}

impl Words {
    fn words(&mut self, raw: &str) {
        let mut rest = raw;
        while let Some(c) = rest.chars().next() {
            let (c, used) = if c == '&' { entity(rest) } else { (c, c.len_utf8()) };
            rest = rest.get(used..).unwrap_or_default();
            if c.is_whitespace() && c != '\u{3000}' {
                self.blank = true;
                continue;
            }
            if self.owed > 0 && !self.text.is_empty() {
                self.text.extend(std::iter::repeat_n('\n', self.owed));
            } else if self.blank && self.owed == 0 && !self.text.is_empty() {
                self.text.push(' ');
            }
            (self.owed, self.blank) = (0, false);
            self.text.push(c);
        }
    }

    fn line(&mut self) {
        self.owed = (self.owed + 1).min(2);
    }

    fn block(&mut self) {
        self.owed = self.owed.max(1);
    }

    fn paragraph(&mut self) {
        self.owed = self.owed.max(2);
    }

    fn finish(mut self) -> String {
        if !self.text.is_empty() {
            self.text.push('\n');
        }
        self.text
    }
}

/// The character that an entity at the start of `text` stands for, and the bytes that it takes.
fn entity(text: &str) -> (char, usize) {
    let literal = ('&', 1);
    let Some(end) = text.bytes().take(12).position(|b| b == b';') else { return literal };
    let Some(name) = text.get(1..end) else { return literal };
    let found = match name {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        "nbsp" | "ensp" | "emsp" => Some(' '),
        "copy" => Some('©'),
        "reg" => Some('®'),
        "hellip" => Some('…'),
        "mdash" => Some('—'),
        "ndash" => Some('–'),
        "middot" => Some('·'),
        "bull" => Some('•'),
        "yen" => Some('¥'),
        "euro" => Some('€'),
        "times" => Some('×'),
        "laquo" => Some('«'),
        "raquo" => Some('»'),
        "ldquo" => Some('“'),
        "rdquo" => Some('”'),
        "lsquo" => Some('‘'),
        "rsquo" => Some('’'),
        _ => name.strip_prefix('#').and_then(|number| {
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16).ok(),
                None => number.parse().ok(),
            };
            code.and_then(char::from_u32)
        }),
    };
    found.map_or(literal, |c| (c, end + 1))
}

/// A text in which entities are the characters that they stand for.
pub(super) fn decoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        let (plain, entity_first) = rest.split_at(at);
        let (c, used) = entity(entity_first);
        out.push_str(plain);
        out.push(c);
        rest = entity_first.get(used..).unwrap_or_default();
    }
    out.push_str(rest);
    out
}
