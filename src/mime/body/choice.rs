//! Which parts of a message are its text, and which are files.
//!
//! What a part is for is decided from the inside to the outside, what is shown from the outside to the inside; both are
//! walks over a list in which a part stands before those inside it.

use crate::mime::parts::{Form, Part, Parts, without_brackets};
use crate::model::{BodySource, Reading};

use super::text_of;

/// So much of two forms of a text is compared, and so much of all forms of all texts of a message.
const COMPARED: usize = 1024 * 1024;
const ALL_COMPARED: usize = 8 * COMPARED;

/// A form with fewer letters may be nothing but a hint at the other one.
const HINT: usize = 200;

/// What a part is for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(in crate::mime) enum Role {
    Plain,
    Html,
    /// What is to be listed.
    File,
    /// What holds others, or nothing, or belongs to a message inside the message.
    Nothing,
}

#[derive(Debug)]
pub(in crate::mime) struct Choice {
    /// One for each part.
    pub(in crate::mime) roles: Vec<Role>,
    /// The parts that are the text, in order.
    pub(in crate::mime) shown: Vec<usize>,
    pub(in crate::mime) source: BodySource,
    pub(in crate::mime) other: Option<BodySource>,
}

/// Which forms of text there are in a part.
#[derive(Clone, Copy, PartialEq, Eq, Default)]
struct Holds {
    plain: bool,
    html: bool,
}

struct Tree<'a> {
    raw: &'a [u8],
    parts: &'a [Part],
    children: Vec<Vec<usize>>,
    /// Behind the last part that is inside each.
    ends: Vec<usize>,
    roles: Vec<Role>,
    holds: Vec<Holds>,
}

impl Choice {
    pub(in crate::mime) fn of(raw: &[u8], parts: &Parts, reading: &Reading) -> Self {
        let mut tree = Tree::of(raw, &parts.list);
        tree.fill();
        let (shown, two_forms) = tree.shown(reading);
        let has = |role| shown.iter().any(|index| tree.role(*index) == role);
        let source = match (has(Role::Html), has(Role::Plain)) {
            (true, _) => BodySource::Html,
            (false, true) => BodySource::Plain,
            _ => BodySource::Nothing,
        };
        let asked = reading.source == Some(BodySource::Drawn) && source == BodySource::Html;
        let source = if asked { BodySource::Drawn } else { source };
        let other = match source {
            BodySource::Html => Some(BodySource::Drawn),
            BodySource::Drawn if two_forms => Some(BodySource::Plain),
            BodySource::Drawn => Some(BodySource::Html),
            BodySource::Plain if two_forms => Some(BodySource::Html),
            BodySource::Plain | BodySource::Nothing => None,
        };
        Self { roles: tree.roles, shown, source, other }
    }

    pub(in crate::mime) fn role(&self, index: usize) -> Role {
        self.roles.get(index).copied().unwrap_or(Role::Nothing)
    }
}

impl<'a> Tree<'a> {
    fn of(raw: &'a [u8], parts: &'a [Part]) -> Self {
        let mut children = vec![Vec::new(); parts.len()];
        let mut ends: Vec<usize> = (1..=parts.len()).collect();
        for (index, part) in parts.iter().enumerate().rev() {
            let Some(parent) = part.parent else { continue };
            let end = ends.get(index).copied().unwrap_or(index + 1);
            if let Some(outer) = ends.get_mut(parent) {
                *outer = end.max(*outer);
            }
            if let Some(inside) = children.get_mut(parent) {
                inside.push(index);
            }
        }
        for inside in &mut children {
            inside.reverse();
        }
        let roles = vec![Role::Nothing; parts.len()];
        let holds = vec![Holds::default(); parts.len()];
        Self { raw, parts, children, ends, roles, holds }
    }

    fn role(&self, index: usize) -> Role {
        self.roles.get(index).copied().unwrap_or(Role::Nothing)
    }

    fn held(&self, index: usize) -> Holds {
        self.holds.get(index).copied().unwrap_or_default()
    }

    fn inside(&self, index: usize) -> &[usize] {
        self.children.get(index).map(Vec::as_slice).unwrap_or_default()
    }

    /// Finds out what every part is for.
    fn fill(&mut self) {
        for (index, part) in self.parts.iter().enumerate().rev() {
            if part.nested {
                continue;
            }
            let role = self.role_of(index, part);
            let holds = match role {
                Role::Plain => Holds { plain: true, html: false },
                Role::Html => Holds { plain: false, html: true },
                Role::File => Holds::default(),
                Role::Nothing if part.kind == "multipart/related" => self.held_by_related(index, part),
                Role::Nothing => self.inside(index).iter().fold(Holds::default(), |all, child| {
                    let held = self.held(*child);
                    Holds { plain: all.plain || held.plain, html: all.html || held.html }
                }),
            };
            if let Some(place) = self.roles.get_mut(index) {
                *place = role;
            }
            if let Some(place) = self.holds.get_mut(index) {
                *place = holds;
            }
        }
    }

    fn role_of(&self, index: usize, part: &Part) -> Role {
        match part.form {
            // A boundary that never came: its words are words.
            Form::Multipart if part.children == 0 => {
                let body = self.raw.get(part.body.clone()).unwrap_or_default();
                if body.trim_ascii().is_empty() { Role::Nothing } else { Role::Plain }
            }
            Form::Multipart => Role::Nothing,
            Form::Message | Form::NotFollowed => Role::File,
            Form::Leaf => self.role_of_leaf(index, part),
        }
    }

    fn role_of_leaf(&self, index: usize, part: &Part) -> Role {
        let Some(subtype) = part.kind.strip_prefix("text/") else { return Role::File };
        // Forms for programs of their own.
        if matches!(subtype, "x-amp-html" | "watch-html") {
            return Role::Nothing;
        }
        const FILES: [&str; 14] = [
            "calendar",
            "css",
            "csv",
            "directory",
            "ecmascript",
            "enriched",
            "javascript",
            "rfc822-headers",
            "rtf",
            "tab-separated-values",
            "vcard",
            "x-vcard",
            "x-vcalendar",
            "xml",
        ];
        let disposition = part.disposition(self.raw).trim_ascii().to_ascii_lowercase();
        if FILES.contains(&subtype) || disposition.starts_with(b"attachment") {
            return Role::File;
        }
        // Some say of a file nothing but its name; a text that comes first is the text, whatever its name.
        let outer = part.parent.and_then(|parent| self.parts.get(parent));
        let is_later = outer.is_some_and(|outer| outer.kind != "multipart/alternative")
            && part.parent.is_some_and(|parent| self.inside(parent).first() != Some(&index));
        if is_later && disposition.is_empty() && !part.file_name(self.raw).is_empty() {
            return Role::File;
        }
        if subtype == "html" || (subtype == "plain" && is_page(&part.beginning(self.raw, COMPARED))) {
            Role::Html
        } else {
            Role::Plain
        }
    }

    /// Of parts that belong to one of them, that one is the text; the others are listed.
    fn held_by_related(&mut self, index: usize, part: &Part) -> Holds {
        let start = part.parameter(self.raw, "start");
        let start = without_brackets(&start);
        let has_text = |child: &usize| self.held(*child) != Holds::default();
        let inside = self.inside(index);
        let named = inside
            .iter()
            .find(|child| !start.is_empty() && self.parts.get(**child).is_some_and(|part| part.id(self.raw) == start));
        let root =
            named.filter(|child| has_text(child)).or_else(|| inside.iter().find(|child| has_text(child))).copied();
        let others: Vec<usize> = inside.iter().copied().filter(|child| Some(*child) != root).collect();
        for child in others {
            let end = self.ends.get(child).copied().unwrap_or(child + 1);
            for role in self.roles.get_mut(child..end).unwrap_or_default() {
                if matches!(role, Role::Plain | Role::Html) {
                    *role = Role::File;
                }
            }
            if let Some(held) = self.holds.get_mut(child) {
                *held = Holds::default();
            }
        }
        root.map(|root| self.held(root)).unwrap_or_default()
    }

    /// The parts to show, and whether there was a choice between two forms.
    fn shown(&self, reading: &Reading) -> (Vec<usize>, bool) {
        let mut wanted = vec![false; self.parts.len()];
        let (mut shown, mut two_forms) = (Vec::new(), false);
        let mut left = ALL_COMPARED;
        if let Some(root) = wanted.first_mut() {
            *root = true;
        }
        for (index, part) in self.parts.iter().enumerate() {
            if wanted.get(index) != Some(&true) {
                continue;
            }
            match self.role(index) {
                Role::Plain | Role::Html => {
                    shown.push(index);
                    continue;
                }
                Role::File => continue,
                Role::Nothing => {}
            }
            let inside = self.inside(index);
            let chosen = if part.kind == "multipart/alternative" {
                let (chosen, two) = self.form(inside, reading, &mut left);
                two_forms |= two;
                chosen
            } else {
                None
            };
            for child in chosen.as_ref().map_or(inside, std::slice::from_ref) {
                if let Some(place) = wanted.get_mut(*child) {
                    *place = true;
                }
            }
        }
        (shown, two_forms)
    }

    /// The best of several forms of the same; `None` if none of them is text. Senders put the best last.
    fn form(&self, inside: &[usize], reading: &Reading, left: &mut usize) -> (Option<usize>, bool) {
        let last = |fits: fn(Holds) -> bool| inside.iter().copied().rfind(|child| fits(self.held(*child)));
        let html = last(|held| held.html);
        let plain = last(|held| held.plain && !held.html);
        let (Some(html), Some(plain)) = (html, plain) else { return (html.or(plain), false) };
        let chosen = match reading.source {
            Some(BodySource::Html | BodySource::Drawn) => html,
            Some(BodySource::Plain) => plain,
            _ if self.says_all(plain, html, left) => plain,
            _ => html,
        };
        (Some(chosen), true)
    }

    /// True if the plain form says about as much as the other one.
    fn says_all(&self, plain: usize, html: usize, left: &mut usize) -> bool {
        let (words, whole) = self.words(plain, Role::Plain, left);
        if !whole {
            return true;
        }
        let said = letters(&words);
        if said == 0 {
            // A picture is more than nothing; nothing beside nothing is what was written.
            return false;
        }
        if said < HINT && is_hint(&words) {
            return false;
        }
        let (page, _) = self.words(html, Role::Html, left);
        let shown = letters_of_page(&page);
        shown < said + 40 || said * 5 >= shown * 2
    }

    /// The text of one kind inside a part, and whether that is all of it.
    fn words(&self, index: usize, role: Role, left: &mut usize) -> (String, bool) {
        let end = self.ends.get(index).copied().unwrap_or(index + 1);
        let mut words = String::new();
        for leaf in (index..end).filter(|leaf| self.role(*leaf) == role) {
            let Some(part) = self.parts.get(leaf) else { continue };
            if words.len() >= COMPARED.min(*left) {
                return (words, false);
            }
            let bytes = part.beginning(self.raw, COMPARED);
            *left = left.saturating_sub(bytes.len());
            words.push_str(&text_of(self.raw, part, &bytes, None).0);
            words.push('\n');
            if part.body.len() > COMPARED {
                return (words, false);
            }
        }
        (words, true)
    }
}

/// How many letters there are, without addresses on the web: nobody reads those.
fn letters(text: &str) -> usize {
    text.split_whitespace()
        .filter(|word| !word.contains("://"))
        .map(|word| word.chars().filter(|c| c.is_alphanumeric()).count())
        .sum()
}

/// The same of what is between the tags of a page.
pub(super) fn letters_of_page(page: &str) -> usize {
    const HIDDEN: [(&str, &str); 4] =
        [("style", "</style"), ("script", "</script"), ("title", "</title"), ("!--", "-->")];
    let page = page.to_ascii_lowercase();
    let (mut count, mut rest) = (0, page.as_str());
    loop {
        let (words, tag) = rest.split_once('<').unwrap_or((rest, ""));
        let mut pieces = words.split('&');
        count += letters(pieces.next().unwrap_or_default());
        for piece in pieces {
            // `&#40511;` is one letter, `&nbsp;` is none.
            match piece.split_once(';').filter(|(name, _)| name.len() <= 10) {
                Some((name, after)) => count += usize::from(name.starts_with('#')) + letters(after),
                None => count += letters(piece),
            }
        }
        let hidden = HIDDEN.iter().find(|(name, _)| tag.starts_with(name));
        let after = hidden.map_or(Some(tag), |(_, end)| tag.find(end).and_then(|at| tag.get(at..)));
        let Some((_, after)) = after.and_then(|after| after.split_once('>')) else { return count };
        rest = after;
    }
}

/// True for what programs write where they did not make a text: "please view this as HTML".
fn is_hint(words: &str) -> bool {
    const HINTS: [&str; 9] = [
        "html",
        "in your browser",
        "in a browser",
        "view it online",
        "view this email",
        "view this message",
        "无法正常显示",
        "无法显示",
        "网页版",
    ];
    let words = words.to_lowercase();
    HINTS.iter().any(|hint| words.contains(hint))
}

/// True for a page that is called plain text.
fn is_page(bytes: &[u8]) -> bool {
    let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes).trim_ascii();
    let begins = |start: &[u8]| text.get(..start.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(start));
    let ends = |end: &[u8]| {
        text.len()
            .checked_sub(end.len())
            .and_then(|at| text.get(at..))
            .is_some_and(|last| last.eq_ignore_ascii_case(end))
    };
    (begins(b"<!doctype html") || begins(b"<html")) && ends(b"</html>")
}
