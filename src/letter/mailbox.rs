//! One address with its name, in the form in which servers take it: the domain in ASCII, nothing in it that would end a
//! field or a command.

use super::{clean, field};
use crate::text::{is_harmless, punycode};

/// RFC 5321 allows no longer path.
const LONGEST: usize = 254;
/// Of a domain.
const LONGEST_DOMAIN: usize = 253;
const LONGEST_LABEL: usize = 63;
/// Of the part before the `@`. The standard says 64; some machines make longer ones.
const LONGEST_LOCAL: usize = 128;

/// Somebody to write to.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Mailbox {
    name: String,
    local: String,
    domain: String,
}

/// Why something is no address.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Wrong {
    /// There is no `@` in it: a name, or half of an address.
    NoAt,
    /// Nothing stands before the `@`.
    NoLocal,
    /// Nothing stands behind the `@`.
    NoDomain,
    /// What stands before the `@` has signs that do not belong there.
    BadLocal,
    /// What stands behind the `@` is no name of a domain.
    BadDomain,
    TooLong,
    /// So many stand before it that it was not read, nor what follows.
    TooMany,
}

impl Mailbox {
    /// From a name and an address as they were written or as a message says them.
    pub fn new(name: &str, address: &str) -> Result<Self, Wrong> {
        let address: String = address.trim().chars().filter_map(usual).collect();
        let address = address.trim();
        let (local, domain) = address.rsplit_once('@').ok_or(Wrong::NoAt)?;
        let local = local_of(local)?;
        let domain = domain_of(domain)?;
        let mailbox = Self { name: clean::line(name, field::LONGEST_NAME), local, domain };
        if mailbox.address().len() > LONGEST { Err(Wrong::TooLong) } else { Ok(mailbox) }
    }

    /// May be empty.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// In ASCII.
    pub fn domain(&self) -> &str {
        &self.domain
    }

    /// As the envelope and a field have it.
    pub fn address(&self) -> String {
        let is_atom = |part: &str| !part.is_empty() && part.chars().all(|c| !c.is_ascii() || field::is_atext(c));
        if self.local.split('.').all(is_atom) {
            return format!("{}@{}", self.local, self.domain);
        }
        format!("{}@{}", field::quoted(&self.local), self.domain)
    }

    /// As a person writes it; read again it is the same.
    pub fn typed(&self) -> String {
        let address = self.address();
        let is_plain = |c: char| c.is_alphanumeric() || " -_'.+&/".contains(c);
        if self.name.is_empty() {
            address
        } else if self.name.chars().all(is_plain) {
            format!("{} <{address}>", self.name)
        } else {
            format!("{} <{address}>", field::quoted(&self.name))
        }
    }

    /// True if only a server that takes other letters than those of ASCII can deliver to it.
    pub fn needs_utf8(&self) -> bool {
        !self.local.is_ascii()
    }

    /// Equal for addresses that reach the same person.
    pub fn key(&self) -> String {
        format!("{}@{}", self.local.to_lowercase(), self.domain)
    }
}

/// What is meant by what an input method for Chinese writes; nothing for what cannot be seen.
fn usual(c: char) -> Option<char> {
    match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0),
        '\u{3000}' => Some(' '),
        '。' | '｡' => Some('.'),
        c if !is_harmless(c) && !c.is_control() && !c.is_whitespace() => None,
        c => Some(c),
    }
}

fn local_of(written: &str) -> Result<String, Wrong> {
    let quoted = written.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    let mut local = String::with_capacity(written.len());
    match quoted {
        Some(inner) => {
            let mut rest = inner.chars();
            while let Some(c) = rest.next() {
                match c {
                    '\\' => local.push(rest.next().ok_or(Wrong::BadLocal)?),
                    '"' => return Err(Wrong::BadLocal),
                    c => local.push(c),
                }
            }
        }
        None => local.push_str(written),
    }
    let is_odd = |c: char| c.is_control() || c.is_whitespace() && (c != ' ' || quoted.is_none());
    let is_special = |c: char| "()<>,;:\\\"[]@".contains(c);
    if local.is_empty() {
        Err(Wrong::NoLocal)
    } else if local.contains(is_odd) || quoted.is_none() && local.contains(is_special) || local.contains("=?") {
        // The last would be taken for an encoded word.
        Err(Wrong::BadLocal)
    } else if local.len() > LONGEST_LOCAL {
        Err(Wrong::TooLong)
    } else {
        Ok(local)
    }
}

fn domain_of(written: &str) -> Result<String, Wrong> {
    if written.is_empty() {
        return Err(Wrong::NoDomain);
    }
    if let Some(literal) = written.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        let good = !literal.is_empty() && literal.chars().all(|c| c.is_ascii_alphanumeric() || ".:-".contains(c));
        return if good && written.len() <= 60 { Ok(written.to_owned()) } else { Err(Wrong::BadDomain) };
    }
    let domain = punycode::in_ascii(&written.to_lowercase());
    let good_label = |label: &str| {
        (1..=LONGEST_LABEL).contains(&label.len())
            && label.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'))
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    let has_odd = written.chars().any(|c| !(c.is_ascii() || c.is_alphanumeric() || is_mark(c)));
    if has_odd || !domain.split('.').all(good_label) {
        Err(Wrong::BadDomain)
    } else if domain.len() > LONGEST_DOMAIN {
        Err(Wrong::TooLong)
    } else {
        Ok(domain)
    }
}

/// What stands on letters of the south of Asia, and counts as no letter.
fn is_mark(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{900}'..='\u{dff}' | '\u{e31}'..='\u{e4e}' | '\u{3099}' | '\u{309a}')
}
