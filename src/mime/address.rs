//! Address lists, as people and programs write them: quoted names, comments, groups, and none of it in order.
//!
//! Raw bytes become text before anything is looked for in them, because the second byte of a Chinese character may be an
//! `@` or a backslash. Encoded words stay what they are until it is known what they are part of: a comma inside is no comma.

use super::charset::{self, Hints};
use super::word;
use crate::model::Address;
use crate::text::Text;

/// More than this many are not read; a mail to a million people is still one mail.
const MOST: usize = 2_000;

/// Reads an unfolded address header. `context` is how the rest of the message was written.
pub(super) fn list(value: &[u8], context: Option<&'static str>) -> Vec<Address> {
    let context = context.or_else(|| word::charset_of(value));
    let (text, _) = charset::read(value, &Hints { context, ..Hints::default() });
    let mut rules = Rules { quotes: true, comments: true, context };
    loop {
        let (found, open) = read(&text, rules);
        // What was never closed was never meant to be opened. Each may only be found out once.
        match open {
            Open::Quote if rules.quotes => rules.quotes = false,
            Open::Comment if rules.comments => rules.comments = false,
            _ => return found,
        }
    }
}

#[derive(Clone, Copy)]
struct Rules {
    quotes: bool,
    comments: bool,
    context: Option<&'static str>,
}

/// What is still open at the end.
enum Open {
    Nothing,
    Quote,
    Comment,
}

fn read(text: &str, rules: Rules) -> (Vec<Address>, Open) {
    let mut found = Vec::new();
    let mut entry = Entry::default();
    let (mut quoted, mut comment, mut angle) = (false, 0_u32, false);
    let mut rest = text.chars();
    loop {
        let here = rest.as_str();
        let Some(c) = rest.next() else { break };
        if c == '='
            && !quoted
            && !angle
            && let Some(length) = word::length(here.as_bytes())
        {
            let (whole, after) = here.split_at_checked(length).unwrap_or((here, ""));
            if comment > 0 {
                entry.comment.push_str(whole);
            } else {
                entry.push_all(whole);
            }
            rest = after.chars();
            continue;
        }
        match c {
            '\\' if quoted || comment > 0 => {
                let next = rest.next().unwrap_or('\\');
                if comment > 0 { entry.comment.push(next) } else { entry.push(next, angle, c) }
            }
            '"' if comment == 0 && rules.quotes => {
                quoted = !quoted;
                entry.raw.push('"');
                if angle {
                    entry.address_begun = true;
                    entry.address.push('"');
                }
            }
            '(' if !quoted && rules.comments => {
                comment = comment.saturating_add(1);
            }
            ')' if !quoted && comment > 0 => comment -= 1,
            _ if comment > 0 => entry.comment.push(c),
            '<' if !quoted => {
                // A second one belongs to somebody else, who forgot the comma.
                if entry.had_angle && entry.address_begun {
                    let name = entry.plain.split_off(entry.before);
                    entry.finish(&mut found, rules.context);
                    entry.plain = name;
                }
                angle = true;
                entry.had_angle = true;
            }
            '>' if !quoted => {
                angle = false;
                entry.before = entry.plain.len();
            }
            ',' | ';' if !quoted && (!angle || entry.address_whole) => {
                angle = false;
                entry.finish(&mut found, rules.context);
            }
            // In a name it is a sign like others.
            '，' | '；' if !quoted && !angle && (entry.had_angle || entry.plain_has_at) => {
                entry.finish(&mut found, rules.context);
            }
            // A group: what stood before the colon is its name, not an address.
            ':' if !quoted && !angle && !entry.plain_has_at && !entry.had_angle => {
                entry = Entry::default();
            }
            _ => entry.push(c, angle, c),
        }
        if found.len() >= MOST {
            return (found, Open::Nothing);
        }
    }
    entry.finish(&mut found, rules.context);
    let open = match (quoted, comment) {
        (true, _) => Open::Quote,
        (false, 1..) => Open::Comment,
        (false, 0) => Open::Nothing,
    };
    (found, open)
}

/// One of the list, as far as it was read.
#[derive(Default)]
struct Entry {
    /// What stands outside of brackets, without its quotes.
    plain: String,
    /// The same with them: they belong to an address.
    raw: String,
    address: String,
    comment: String,
    had_angle: bool,
    /// How much of what stands outside of brackets stands before the last of them.
    before: usize,
    plain_has_at: bool,
    address_begun: bool,
    /// True if it has the form of one, so that a comma is behind it and not in it.
    address_whole: bool,
}

impl Entry {
    fn push(&mut self, c: char, angle: bool, written: char) {
        if angle {
            self.address_whole |= c == '@' && self.address_begun;
            self.address_begun |= !c.is_whitespace();
            self.address.push(c);
            // `@a,@b:c@d` has more of them.
            self.address_whole &= !self.address.starts_with('@');
            return;
        }
        self.plain_has_at |= matches!(c, '@' | '＠' | '[');
        self.plain.push(c);
        if written == '\\' {
            self.raw.push('\\');
        }
        self.raw.push(c);
    }

    fn push_all(&mut self, text: &str) {
        self.plain.push_str(text);
        self.raw.push_str(text);
    }

    fn finish(&mut self, into: &mut Vec<Address>, context: Option<&'static str>) {
        let entry = std::mem::take(self);
        let decode = |text: &str| word::decode(text.trim().as_bytes(), context).trim().to_owned();
        let (name, address) = if entry.had_angle && entry.address_begun {
            (decode(&entry.plain), one_address(&entry.address, context))
        } else if let Some(written) = bare(entry.raw.trim()) {
            (decode(&entry.comment), one_address(written, None))
        } else {
            let decoded = decode(&entry.plain);
            let (mut name, mut address) = inside(decoded.clone());
            // Two addresses, one of them in an encoded word: neither is believed.
            if entry.plain_has_at && !without_words(&entry.plain).contains(&address) {
                (name, address) = (decoded, String::new());
            }
            let name = if name.is_empty() { decode(&entry.comment) } else { name };
            (name, one_address(&address, None))
        };
        if !name.is_empty() || !address.is_empty() {
            into.push(Address { name: Text::new(name), address: Text::new(address) });
        }
    }
}

fn without_words(text: &str) -> String {
    let mut plain = String::new();
    let mut rest = text;
    while let Some(at) = rest.find("=?") {
        let (before, word) = rest.split_at(at);
        plain.push_str(before);
        let length = word::length(word.as_bytes()).unwrap_or(2);
        rest = word.get(length..).unwrap_or_default();
    }
    plain.push_str(rest);
    plain
}

/// An address alone: no blank in it but in quotes. A local user has no domain.
fn bare(raw: &str) -> Option<&str> {
    let quoted_local = raw.starts_with('"') && raw.contains("\"@");
    let has_blank = raw.contains(char::is_whitespace);
    let is_one = quoted_local || !(has_blank || raw.contains(['"', '<', '>']));
    (is_one && !raw.starts_with("=?") && (raw.contains(['@', '＠']) || raw.is_ascii())).then_some(raw)
}

/// The name and the address out of `Li Lei <a@b>` that stood in one encoded word or in quotes, and out of `Li Lei a@b`.
fn inside(text: String) -> (String, String) {
    let bracketed = text.trim_end().strip_suffix('>').and_then(|text| text.rsplit_once('<'));
    if let Some((name, address)) = bracketed.filter(|(_, address)| address.contains('@')) {
        return (name.trim().trim_matches('"').trim().to_owned(), address.to_owned());
    }
    let words = || text.split_whitespace();
    if words().filter(|word| word.contains('@')).count() == 1
        && let Some(address) = words().last().filter(|word| word.contains('@') && word.is_ascii())
    {
        let name = text.trim_end().strip_suffix(address).unwrap_or_default();
        return (name.trim().trim_matches('"').trim().to_owned(), address.to_owned());
    }
    (text, String::new())
}

fn one_address(written: &str, context: Option<&'static str>) -> String {
    let mut address = written.trim().to_owned();
    if address.starts_with("=?") {
        address = word::decode(address.as_bytes(), context);
    }
    if !address.contains('@') {
        address = address.replace('＠', "@");
    }
    // The way that it should take is for machines of long ago: `@a,@b:c@d`.
    if address.starts_with('@')
        && let Some((_, end)) = address.split_once(':')
    {
        address = end.to_owned();
    }
    let is_mailto = address.get(..7).is_some_and(|start| start.eq_ignore_ascii_case("mailto:"));
    if is_mailto {
        address = address.get(7..).unwrap_or_default().to_owned();
    }
    if !address.contains('"') {
        address.retain(|c| !c.is_ascii_whitespace());
    }
    address
}

#[cfg(test)]
mod tests;
