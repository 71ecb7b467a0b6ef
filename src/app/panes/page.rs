//! A message as lines that fit, made only where somebody looks. The text is cut into blocks once (a line, or a part of
//! a line that is very long); a block is broken into lines when it comes into view. So a message of 50 MB in a single
//! line opens as fast as any other, at its beginning and at its end.

use std::ops::Range;

use crate::model::{Address, Attachment, BodySource, Readable, Timestamp};
use crate::text::{SafeText, Text, clip, wrap};

/// Columns kept free at the left of the header lines for their names.
pub(crate) const LABEL: usize = 8;
/// Lines wider than this are hard to read.
const MEASURE: usize = 100;
/// A line longer than this many bytes is broken as if it were several.
const BLOCK: usize = 4096;
const SHOWN_ADDRESSES: usize = 20;
/// Columns shown of fields that are broken into lines whenever they are in view.
const SUBJECT: usize = 4_000;
const NAME: usize = 200;
const ADDRESS: usize = 320;
const SHOWN_ATTACHMENTS: usize = 50;

/// Which part of a message a line shows. The names and the dates are put into words by the one who draws.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Field {
    Subject,
    From,
    To,
    Cc,
    ReplyTo,
    Date(Timestamp),
    /// No server has it any more.
    OnlyHere,
    Attachment {
        size: u64,
    },
    MoreAttachments(usize),
    Rule,
    /// A line of the text, with how deep it is quoted.
    Text {
        quote: u8,
    },
    /// There was no part that could be read as text.
    NoText,
    /// The text goes on, but is too long to be shown.
    Cut,
    /// Messages are nested in it too deep.
    TooDeep,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PageLine {
    pub field: Field,
    /// The first line of its field, which bears the name.
    pub first: bool,
    pub text: SafeText,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Page {
    head: Vec<(Field, SafeText)>,
    text: Text,
    blocks: Vec<Range<usize>>,
    tail: Option<Field>,
}

/// A place in the page: a block, and a line of it as it is broken now.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Debug)]
pub(crate) struct Place {
    pub(crate) block: usize,
    pub(crate) line: usize,
}

impl Page {
    pub(crate) fn new(readable: Readable, only_here: bool) -> Self {
        let head = head(&readable, only_here);
        let Readable { document, source, cut, too_deep, .. } = readable;
        let text = document.text;
        let blank = text.as_untrusted().trim().is_empty();
        let blocks = if blank { Vec::new() } else { blocks(text.as_untrusted()) };
        let tail = if cut {
            Some(Field::Cut)
        } else if too_deep {
            Some(Field::TooDeep)
        } else if blank || source == BodySource::Nothing {
            Some(Field::NoText)
        } else {
            None
        };
        Self { head, text, blocks, tail }
    }

    fn count(&self) -> usize {
        self.head.len() + self.blocks.len() + usize::from(self.tail.is_some())
    }

    /// The lines of one block.
    fn lines(&self, block: usize, columns: usize) -> Vec<PageLine> {
        if let Some((field, text)) = self.head.get(block) {
            return head_lines(*field, text, columns);
        }
        let Some(range) = self.blocks.get(block - self.head.len()) else {
            return vec![PageLine { field: self.tail.unwrap_or(Field::Cut), first: true, text: SafeText::default() }];
        };
        let raw = self.text.as_untrusted().get(range.clone()).unwrap_or_default();
        let mut lines = Vec::new();
        for line in SafeText::lines(&Text::new(raw)) {
            let field = Field::Text { quote: quote_depth(line.as_str()) };
            for (at, piece) in wrap(line.as_str(), columns.min(MEASURE)).into_iter().enumerate() {
                lines.push(PageLine { field, first: at == 0, text: SafeText::of(piece) });
            }
        }
        lines
    }

    /// At most `rows` lines from `place` on.
    pub(crate) fn window(&self, place: Place, columns: usize, rows: usize) -> Vec<PageLine> {
        let mut window = Vec::new();
        let mut skip = place.line;
        for block in place.block..self.count() {
            if window.len() >= rows {
                break;
            }
            window.extend(self.lines(block, columns).into_iter().skip(skip));
            skip = 0;
        }
        window.truncate(rows);
        window
    }

    /// `by` lines further down, as far as there are lines.
    pub(crate) fn down(&self, from: Place, columns: usize, by: usize) -> Place {
        let mut place = from;
        let mut left = by;
        while place.block < self.count() {
            let here = self.lines(place.block, columns).len().max(1);
            if place.line + left < here {
                return Place { line: place.line + left, ..place };
            }
            if place.block + 1 >= self.count() {
                return Place { line: here - 1, ..place };
            }
            left -= here - place.line.min(here);
            place = Place { block: place.block + 1, line: 0 };
        }
        from
    }

    pub(crate) fn up(&self, from: Place, columns: usize, by: usize) -> Place {
        let mut place = from;
        let mut left = by;
        while left > place.line {
            let Some(block) = place.block.checked_sub(1) else {
                return Place::default();
            };
            left -= place.line + 1;
            place = Place { block, line: self.lines(block, columns).len().saturating_sub(1) };
        }
        Place { line: place.line - left, ..place }
    }

    /// The place from which the end of the page fills the window.
    pub(crate) fn end(&self, columns: usize, rows: usize) -> Place {
        let Some(block) = self.count().checked_sub(1) else {
            return Place::default();
        };
        let last = Place { block, line: self.lines(block, columns).len().saturating_sub(1) };
        self.up(last, columns, rows.saturating_sub(1))
    }

    /// A place in a page that was broken for another width: the same block.
    pub(crate) fn settled(&self, place: Place, columns: usize) -> Place {
        let line = place.line.min(self.lines(place.block, columns).len().saturating_sub(1));
        Place { line, ..place }
    }

    /// How far down a place is, by the bytes above it: the lines of a page are never all counted.
    pub(crate) fn percent(&self, place: Place) -> u8 {
        let Some(block) = place.block.checked_sub(self.head.len()) else {
            return 0;
        };
        let above = self.blocks.get(block).map_or(self.text.as_untrusted().len(), |range| range.start);
        let whole = self.text.as_untrusted().len().max(1);
        u8::try_from(above.saturating_mul(100) / whole).unwrap_or(100)
    }
}

fn head_lines(field: Field, text: &SafeText, columns: usize) -> Vec<PageLine> {
    let line = |first, piece: &str| PageLine { field, first, text: SafeText::of(piece) };
    match field {
        Field::Subject => {
            wrap(text.as_str(), columns).into_iter().enumerate().map(|(at, piece)| line(at == 0, piece)).collect()
        }
        Field::From | Field::To | Field::Cc | Field::ReplyTo => wrap(text.as_str(), columns.saturating_sub(LABEL))
            .into_iter()
            .enumerate()
            .map(|(at, piece)| line(at == 0, piece))
            .collect(),
        Field::Date(_)
        | Field::OnlyHere
        | Field::Attachment { .. }
        | Field::MoreAttachments(_)
        | Field::Rule
        | Field::Text { .. }
        | Field::NoText
        | Field::Cut
        | Field::TooDeep => vec![line(true, text.as_str())],
    }
}

fn head(readable: &Readable, only_here: bool) -> Vec<(Field, SafeText)> {
    let mut head = vec![(Field::Subject, clipped(&readable.subject, SUBJECT))];
    let mut people = |field, who: &[Address]| {
        if !who.is_empty() {
            head.push((field, addresses(who)));
        }
    };
    people(Field::From, &readable.from);
    people(Field::To, &readable.to);
    people(Field::Cc, &readable.cc);
    if !same_addresses(&readable.reply_to, &readable.from) {
        people(Field::ReplyTo, &readable.reply_to);
    }
    if let Some(date) = readable.date {
        head.push((Field::Date(date), SafeText::default()));
    }
    if only_here {
        head.push((Field::OnlyHere, SafeText::default()));
    }
    let listed: Vec<&Attachment> = readable.attachments.iter().filter(|part| !part.inline).collect();
    for part in listed.iter().take(SHOWN_ATTACHMENTS) {
        head.push((Field::Attachment { size: part.size }, SafeText::new(&part.name)));
    }
    if let Some(more) = listed.len().checked_sub(SHOWN_ATTACHMENTS).filter(|more| *more > 0) {
        head.push((Field::MoreAttachments(more), SafeText::default()));
    }
    head.push((Field::Rule, SafeText::default()));
    head
}

fn same_addresses(a: &[Address], b: &[Address]) -> bool {
    a.iter().map(|who| who.address.as_untrusted()).eq(b.iter().map(|who| who.address.as_untrusted()))
}

/// What is cut says so by its `…`.
fn clipped(text: &Text, columns: usize) -> SafeText {
    SafeText::of(&clip(SafeText::new(text).as_str(), columns))
}

/// Names with their true addresses: a name alone may claim to be anybody.
fn addresses(who: &[Address]) -> SafeText {
    let mut written = Vec::new();
    for one in who.iter().take(SHOWN_ADDRESSES) {
        let (name, address) = (clipped(&one.name, NAME), clipped(&one.address, ADDRESS));
        if name.as_str().trim().is_empty() || name == address {
            written.push(address.into_string());
        } else {
            written.push(format!("{} <{}>", name.as_str().trim(), address.as_str()));
        }
    }
    if let Some(more) = who.len().checked_sub(SHOWN_ADDRESSES).filter(|more| *more > 0) {
        written.push(format!("+{more}"));
    }
    SafeText::of(&written.join(", "))
}

/// `>`, `>>` or `> >` at the start of a line.
fn quote_depth(line: &str) -> u8 {
    let mut depth: u8 = 0;
    for c in line.chars() {
        match c {
            '>' => depth = depth.saturating_add(1),
            ' ' => {}
            _ => break,
        }
    }
    depth
}

/// Lines, and long lines in parts.
fn blocks(text: &str) -> Vec<Range<usize>> {
    let mut blocks = Vec::new();
    let mut from = 0;
    for end in memchr::memchr_iter(b'\n', text.as_bytes()) {
        push_parts(text, from..without_return(text, from, end), &mut blocks);
        from = end + 1;
    }
    if from < text.len() {
        push_parts(text, from..without_return(text, from, text.len()), &mut blocks);
    }
    // Blank lines at the end say nothing.
    while blocks.last().is_some_and(|range| text.get(range.clone()).unwrap_or_default().trim().is_empty()) {
        blocks.pop();
    }
    blocks
}

/// The end of a line without the CR that mail puts before its LF.
fn without_return(text: &str, from: usize, end: usize) -> usize {
    if end > from && text.as_bytes().get(end - 1) == Some(&b'\r') { end - 1 } else { end }
}

fn push_parts(text: &str, line: Range<usize>, into: &mut Vec<Range<usize>>) {
    let mut from = line.start;
    while line.end - from > BLOCK {
        let mut to = from + BLOCK;
        while !text.is_char_boundary(to) {
            to -= 1;
        }
        // At a blank, where there is one nearby, so that words stay whole.
        if let Some(blank) = text.get(to - BLOCK / 8..to).and_then(|near| near.rfind(' ')) {
            to = to - BLOCK / 8 + blank + 1;
        }
        into.push(from..to);
        from = to;
    }
    into.push(from..line.end);
}

#[cfg(test)]
mod tests;
