//! Where the parts of a message are: one walk over its lines, whatever is in it.
//!
//! Nothing is copied and nothing calls itself, so that neither a message nested without end nor one of a million parts costs
//! more than its size. A boundary counts only as a whole line: one that is the beginning of another, or that ends in dashes
//! itself, is told apart. What senders forget (a boundary, the end of a part, a blank line) is guessed where it can be.

use std::borrow::Cow;
use std::ops::Range;

use memchr::memmem;

use super::entity::{self, Fields};
use super::transfer::{self, Transfer};

/// Containers inside containers beyond this are nobody's mail.
pub(super) const DEEPEST: usize = 64;

/// After so many parts the rest of the message is not taken apart.
const MOST_PARTS: usize = 20_000;

/// Longer lines are no boundaries. RFC 2046 allows 70 characters.
const LONGEST_BOUNDARY: usize = 512;

/// More boundaries that are not named are not looked for.
const MOST_GUESSED: usize = 200;

/// How far a boundary is looked for that its part does not name.
const LOOKED_THROUGH: usize = 8 * 1024;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Form {
    Leaf,
    Multipart,
    /// A message that is not encoded; its own head is the next part.
    Message,
    /// A container that is nested too deep.
    NotFollowed,
}

#[derive(Debug)]
pub(super) struct Part {
    pub(super) parent: Option<usize>,
    /// True if it belongs to a message inside the message.
    pub(super) nested: bool,
    /// `text/plain`; what counts where none is said.
    pub(super) kind: String,
    pub(super) form: Form,
    pub(super) fields: Fields,
    pub(super) body: Range<usize>,
    /// How many parts are right inside it.
    pub(super) children: usize,
    /// True if nothing ended it but the end of the message.
    pub(super) unended: bool,
    boundary: Vec<u8>,
    closed: bool,
}

#[derive(Default, Debug)]
pub(super) struct Parts {
    /// In the order of the message; a part stands before those inside it.
    pub(super) list: Vec<Part>,
    /// True if there are more of them.
    pub(super) cut: bool,
    pub(super) too_deep: bool,
}

/// The parts of a message.
pub(super) fn parts(raw: &[u8]) -> Parts {
    let start = head(raw);
    let parts = Walk::over(raw, start, None);
    // The boundary that was named never came.
    if let Some(root) = parts.list.first()
        && root.form == Form::Multipart
        && root.children == 0
        && let Some(boundary) = likely_boundary(raw, root.body.start, raw.len(), |_| false)
    {
        return Walk::over(raw, start, Some(boundary));
    }
    parts
}

/// Where the head of a message begins: behind blank lines, a mark of the byte order and an mbox `From ` line.
pub(super) fn head(raw: &[u8]) -> usize {
    let mut rest = raw;
    loop {
        if let Some(after) =
            [&b"\r\n"[..], b"\n", b"\xef\xbb\xbf"].iter().find_map(|rubbish| rest.strip_prefix(*rubbish))
        {
            rest = after;
        } else if is_envelope(rest) {
            rest = rest.get(entity::first_line(rest).len() + 1..).unwrap_or_default();
        } else {
            return raw.len() - rest.len();
        }
    }
}

/// True if a `From ` line of a mailbox file is first. `From : somebody` is a field.
fn is_envelope(rest: &[u8]) -> bool {
    let sender = rest.strip_prefix(b">").unwrap_or(rest).strip_prefix(b"From ");
    sender.is_some_and(|sender| !entity::first_line(sender).trim_ascii_start().starts_with(b":"))
}

/// A message in lines that are known here: where there is no LF at all, CR is what ends them.
pub(super) fn in_lines(raw: &[u8]) -> Cow<'_, [u8]> {
    if memchr::memchr(b'\n', raw).is_some() || memchr::memchr(b'\r', raw).is_none() {
        return raw.into();
    }
    raw.iter().map(|byte| if *byte == b'\r' { b'\n' } else { *byte }).collect::<Vec<u8>>().into()
}

struct Walk<'a> {
    raw: &'a [u8],
    parts: Parts,
    /// The parts that have not ended, each inside the one before it.
    open: Vec<usize>,
    /// For a first part that names a boundary that never comes.
    instead: Option<Vec<u8>>,
    /// How many boundaries were looked for that are not named.
    guessed: usize,
}

enum Met {
    Another,
    Last,
}

impl<'a> Walk<'a> {
    fn over(raw: &'a [u8], start: usize, instead: Option<Vec<u8>>) -> Parts {
        let mut walk = Self { raw, parts: Parts::default(), open: Vec::new(), instead, guessed: 0 };
        let mut at = walk.enter(start);
        let finder = memmem::Finder::new(b"\n--");
        while let Some((line_start, line)) = walk.next_dashes(&finder, at) {
            at = line_start + line.len();
            let Some((level, met)) = walk.boundary(line) else { continue };
            let end = line_start - usize::from(raw.get(..line_start).is_some_and(|before| before.ends_with(b"\n")));
            let end = end - usize::from(raw.get(..end).is_some_and(|before| before.ends_with(b"\r")));
            walk.close(level + 1, end, false);
            if let Some(multipart) = walk.open.last().and_then(|index| walk.parts.list.get_mut(*index)) {
                multipart.closed = matches!(met, Met::Last);
            }
            if matches!(met, Met::Another) {
                if walk.parts.list.len() >= MOST_PARTS {
                    walk.parts.cut = true;
                    walk.close(0, end, false);
                    return walk.parts;
                }
                at = walk.enter((at + 1).min(raw.len()));
            }
        }
        let ended = walk.open.last().and_then(|index| walk.parts.list.get(*index)).is_some_and(|part| part.closed);
        walk.close(0, raw.len(), !ended);
        walk.parts
    }

    /// The next line at or behind `from` that begins with two dashes.
    fn next_dashes(&self, finder: &memmem::Finder<'_>, from: usize) -> Option<(usize, &'a [u8])> {
        let start = if from == 0 && self.raw.starts_with(b"--") {
            0
        } else {
            let before = from.saturating_sub(1);
            before + finder.find(self.raw.get(before..)?)? + 1
        };
        self.raw.get(start..).map(|rest| (start, entity::first_line(rest)))
    }

    /// The innermost open multipart of which the line is a boundary.
    fn boundary(&self, line: &[u8]) -> Option<(usize, Met)> {
        let said = line.strip_prefix(b"--")?;
        if said.is_empty() || said.len() > LONGEST_BOUNDARY + 80 {
            return None;
        }
        let said = said.trim_ascii_end();
        let with = |said: &[u8], good: &dyn Fn(&Part) -> bool| {
            self.open.iter().rposition(|index| {
                let is_its = |part: &Part| !part.boundary.is_empty() && part.boundary == said && good(part);
                self.parts.list.get(*index).is_some_and(is_its)
            })
        };
        // A message may be inside another one that has the same boundary: what is closed is the inner one.
        let named = |said: &[u8]| with(said, &|part| !part.closed).or_else(|| with(said, &|_| true));
        named(said)
            .map(|level| (level, Met::Another))
            .or_else(|| named(said.strip_suffix(b"--")?.trim_ascii_end()).map(|level| (level, Met::Last)))
    }

    /// Ends the open parts from a level on.
    fn close(&mut self, level: usize, end: usize, unended: bool) {
        for index in self.open.drain(level.min(self.open.len())..) {
            if let Some(part) = self.parts.list.get_mut(index) {
                part.body.end = end.max(part.body.start);
                part.unended = unended;
            }
        }
    }

    /// Begins a part, and the one inside it where it is a message. Returns where to go on.
    fn enter(&mut self, from: usize) -> usize {
        let mut from = from;
        loop {
            let parent = self.open.last().copied();
            let outer = parent.and_then(|index| self.parts.list.get(index));
            let in_message = outer.is_none_or(|outer| outer.form == Form::Message);
            let nested = outer.is_some_and(|outer| outer.nested || outer.form == Form::Message);
            let in_digest = outer.is_some_and(|outer| outer.kind == "multipart/digest");
            let fields = entity::read(self.raw, from, !in_message, |line| self.boundary(line).is_some());
            let content_type = entity::value(self.raw, &fields.content_type);
            let mut kind = entity::kind(&content_type);
            if !kind.contains('/') {
                let meant = match kind.as_str() {
                    "" if in_digest => "message/rfc822",
                    "" | "text" | "plain" => "text/plain",
                    "html" => "text/html",
                    _ => "application/octet-stream",
                };
                meant.clone_into(&mut kind);
            }
            let mut form = form(&kind, || transfer(self.raw, &fields));
            if form != Form::Leaf && self.open.len() >= DEEPEST {
                form = Form::NotFollowed;
                self.parts.too_deep = true;
            }
            let mut boundary = Vec::new();
            if form == Form::Multipart {
                boundary = match self.instead.take() {
                    Some(boundary) => boundary,
                    None => entity::parameter(&content_type, "boundary").unwrap_or_default().trim_ascii_end().to_vec(),
                };
                if (boundary.is_empty() || boundary.len() > LONGEST_BOUNDARY) && self.guessed < MOST_GUESSED {
                    self.guessed += 1;
                    let is_known = |line: &[u8]| self.boundary(line).is_some();
                    boundary = likely_boundary(self.raw, fields.end, LOOKED_THROUGH, is_known).unwrap_or_default();
                }
            }
            let end = fields.end;
            let index = self.parts.list.len();
            if let Some(outer) = parent.and_then(|index| self.parts.list.get_mut(index)) {
                outer.children += 1;
            }
            self.parts.list.push(Part {
                parent,
                nested,
                kind,
                form,
                fields,
                body: end..end,
                children: 0,
                unended: false,
                boundary,
                closed: false,
            });
            self.open.push(index);
            if form != Form::Message || self.parts.list.len() >= MOST_PARTS {
                return end;
            }
            from = end;
        }
    }
}

fn form(kind: &str, transfer: impl Fn() -> Transfer) -> Form {
    if kind.starts_with("multipart/") {
        Form::Multipart
    } else if is_message(kind) && transfer() == Transfer::Plain {
        Form::Message
    } else {
        Form::Leaf
    }
}

/// True if what a part of this kind holds is a message.
pub(super) fn is_message(kind: &str) -> bool {
    matches!(kind, "message/rfc822" | "message/global" | "message/news")
}

/// What is most likely a boundary: the first line of its form with a field of a part right below it.
fn likely_boundary(raw: &[u8], from: usize, far: usize, is_known: impl Fn(&[u8]) -> bool) -> Option<Vec<u8>> {
    let near = raw.get(from.saturating_sub(1)..raw.len().min(from.saturating_add(far)))?;
    memmem::find_iter(near, b"\n--").find_map(|at| {
        let rest = near.get(at + 1..)?;
        let line = entity::first_line(rest);
        let below = rest.get(line.len() + 1..)?;
        let boundary = line.get(2..)?.trim_ascii_end();
        (!boundary.is_empty()
            && boundary.len() <= LONGEST_BOUNDARY
            && below.get(..8).is_some_and(|start| start.eq_ignore_ascii_case(b"content-"))
            && !is_known(line))
        .then(|| boundary.to_vec())
    })
}

/// How the contents of a part are encoded.
fn transfer(raw: &[u8], fields: &Fields) -> Transfer {
    let value = entity::value(raw, &fields.transfer);
    // Some put a comment or a semicolon behind it, and some quote it.
    let word = value.trim_ascii_start();
    let word = word.strip_prefix(b"\"").or(word.strip_prefix(b"'")).unwrap_or(word).trim_ascii_start();
    let is = |name: &[u8]| word.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name));
    if is(b"base64") {
        Transfer::Base64
    } else if is(b"quoted-printable") {
        Transfer::QuotedPrintable
    } else {
        Transfer::Plain
    }
}

impl Part {
    /// What it holds, its encoding undone.
    pub(super) fn contents<'a>(&self, raw: &'a [u8]) -> Cow<'a, [u8]> {
        let body = raw.get(self.body.clone()).unwrap_or_default();
        // A container is never encoded, whatever it says: what is inside it is.
        match transfer(raw, &self.fields) {
            how if self.form == Form::Leaf && how != Transfer::Plain => transfer::decode(body, how).into(),
            _ => body.into(),
        }
    }

    /// The same of the beginning of it: at least `most` bytes, if there are so many.
    pub(super) fn beginning<'a>(&self, raw: &'a [u8], most: usize) -> Cow<'a, [u8]> {
        // Quoted-printable takes three bytes for one.
        let end = self.body.end.min(self.body.start.saturating_add(most.saturating_mul(4)));
        let body = raw.get(self.body.start..end).unwrap_or_default();
        match transfer(raw, &self.fields) {
            how if self.form == Form::Leaf && how != Transfer::Plain => transfer::decode(body, how).into(),
            _ => body.into(),
        }
    }

    pub(super) fn content_type(&self, raw: &[u8]) -> Vec<u8> {
        entity::value(raw, &self.fields.content_type)
    }

    pub(super) fn disposition(&self, raw: &[u8]) -> Vec<u8> {
        entity::value(raw, &self.fields.disposition)
    }

    /// A parameter of its Content-Type, as text.
    pub(super) fn parameter(&self, raw: &[u8], name: &str) -> String {
        let value = entity::parameter(&self.content_type(raw), name).unwrap_or_default();
        String::from_utf8_lossy(&value).trim().to_owned()
    }

    /// The name of the file that it is, as the bytes that were written; empty if it has none.
    pub(super) fn file_name(&self, raw: &[u8]) -> Vec<u8> {
        let name = self.disposition_name(raw);
        if name.is_empty() { entity::parameter(&self.content_type(raw), "name").unwrap_or_default() } else { name }
    }

    /// The name that its Content-Disposition says.
    pub(super) fn disposition_name(&self, raw: &[u8]) -> Vec<u8> {
        let name = entity::parameter(&self.disposition(raw), "filename");
        name.filter(|name| !name.trim_ascii().is_empty()).unwrap_or_default()
    }

    /// By which other parts mean it, without its brackets.
    pub(super) fn id(&self, raw: &[u8]) -> String {
        without_brackets(&String::from_utf8_lossy(&entity::value(raw, &self.fields.id))).to_owned()
    }
}

pub(super) fn without_brackets(id: &str) -> &str {
    id.trim().trim_start_matches('<').trim_end_matches('>').trim()
}

#[cfg(test)]
mod tests;
