//! A message as lines that fit, made only where somebody looks. The text is cut into blocks once (a line, a part of a line
//! that is very long, a row of a table); a block is broken into lines when it comes into view. So a message of 50 MB in a
//! single line opens as fast as any other, at its beginning and at its end.

mod blocks;
mod head;
mod ink;
mod table;

use crate::model::{
    BodySource, DeliveryAction, DeliveryReason, Document, Hop, InvitationMethod, Readable, SectionKind, Timestamp,
};
use crate::text::{SafeText, Text, cut, line_ranges, width, wrap_hanging};
use blocks::{Block, Kind};
use head::Head;
pub(crate) use head::badge;
pub use head::{Caution, Step, When};
pub(crate) use ink::Over;
pub use ink::{Ink, Run};
use ink::{Inked, inked};
use table::Wants;

/// Columns kept free at the left of the header lines for their names.
pub(crate) const LABEL: usize = 8;
/// The same where all the fields of a header are listed.
pub(crate) const WIDE_LABEL: usize = 22;
/// Lines wider than this are hard to read.
const MEASURE: usize = 100;
/// Where a line that may not be broken goes on.
const GOES_ON: &str = "↪ ";

/// Which part of a message a line shows. The names and the dates are put into words by the one who draws.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Field {
    Subject,
    From,
    /// The own provider found that the sender is who it says, or that it is not.
    Badge(bool),
    To,
    Cc,
    ReplyTo,
    Date(Timestamp),
    /// No server has it any more.
    OnlyHere,
    Warning(Caution),
    Delivery {
        action: DeliveryAction,
        reason: DeliveryReason,
    },
    DeliveryRemedy(DeliveryReason),
    Invitation(InvitationMethod),
    When {
        begins: When,
        ends: When,
    },
    Place,
    Organizer,
    Attendees,
    Repeats,
    /// The keys that answer an invitation.
    Answering,
    Cloud,
    /// A message in this one.
    Nested(Option<Timestamp>),
    MoreCards(usize),
    Attachment {
        size: u64,
    },
    MoreAttachments(usize),
    Blocked {
        pictures: u32,
        trackers: u32,
        others: u32,
    },
    Receipt,
    Rule,
    /// A line of the text, with how deep it is quoted.
    Text {
        quote: u8,
    },
    /// A line of the text that is of a kind.
    Part(SectionKind),
    /// A quotation that is folded to this line.
    Fold {
        lines: usize,
    },
    Table,
    /// A field of the whole header; its name is a fact.
    Header,
    /// A step on the way of the message: from where and to where are facts.
    Hop(Step),
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
    /// How parts of the text look; empty if nothing is said of any.
    pub runs: Vec<Run>,
    /// What the sentence of the field is about.
    pub facts: Vec<SafeText>,
    /// Which of the lines that are kept for the field it is, and how many those are. Whoever draws leaves out those that
    /// its sentence does not need.
    pub part: usize,
    pub parts: usize,
}

impl PageLine {
    /// It may turn out that it is not needed.
    pub(crate) fn is_spare(&self) -> bool {
        self.part > 0 || matches!(self.field, Field::Badge(_))
    }

    pub fn of(field: Field, text: SafeText) -> Self {
        Self { field, first: true, text, runs: Vec::new(), facts: Vec::new(), part: 0, parts: 1 }
    }
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Page {
    head: Vec<Head>,
    document: Document,
    /// The fields of a whole header: a name for each block. Empty in any other page.
    names: Vec<SafeText>,
    blocks: Vec<Block>,
    wants: Vec<Wants>,
    folded: bool,
    foldable: bool,
    tail: Option<Field>,
    pub(crate) over: Over,
}

/// A place in the page: a block, and a line of it as it is broken now.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Debug)]
pub(crate) struct Place {
    pub(crate) block: usize,
    pub(crate) line: usize,
}

impl Page {
    pub(crate) fn new(readable: Readable, only_here: bool) -> Self {
        let head = head::head(&readable, only_here);
        let Readable { document, source, cut, too_deep, .. } = readable;
        let blank = document.text.as_untrusted().trim().is_empty();
        let tail = if cut {
            Some(Field::Cut)
        } else if too_deep {
            Some(Field::TooDeep)
        } else if blank || source == BodySource::Nothing {
            Some(Field::NoText)
        } else {
            None
        };
        let foldable = blocks::can_fold(&document);
        let mut page = Self { head, foldable, tail, ..Self::bare(document) };
        page.fold(foldable);
        page
    }

    fn bare(document: Document) -> Self {
        let wants = document.tables.iter().map(|table| table::measure(&document, table)).collect();
        Self {
            head: Vec::new(),
            document,
            names: Vec::new(),
            blocks: Vec::new(),
            wants,
            folded: false,
            foldable: false,
            tail: None,
            over: Over::default(),
        }
    }

    /// A message as it came.
    pub(crate) fn source(text: Text) -> Self {
        let at = 0..text.as_untrusted().len();
        let sections = vec![crate::model::Section { at, kind: SectionKind::Fixed }];
        let mut page = Self::bare(Document { text, sections, ..Document::default() });
        page.fold(false);
        page
    }

    /// All fields of a header, in order, below the way that the message came.
    pub(crate) fn headers(route: &[Hop], fields: &[(Text, Text)]) -> Self {
        let mut text = String::new();
        let (mut blocks, mut names) = (Vec::new(), Vec::new());
        for (name, value) in fields {
            let from = text.len();
            text.push_str(value.as_untrusted());
            blocks.push(Block { at: from..text.len(), kind: Kind::Line(None) });
            names.push(head::clipped(name, 80));
            text.push('\n');
        }
        Self { head: head::route(route), names, blocks, ..Self::bare(Document::plain(text)) }
    }

    pub(crate) fn text(&self) -> &Text {
        &self.document.text
    }

    pub(crate) fn document(&self) -> &Document {
        &self.document
    }

    pub(crate) fn is_folded(&self) -> bool {
        self.folded
    }

    pub(crate) fn is_foldable(&self) -> bool {
        self.foldable
    }

    /// Folds the quotations, or shows them.
    pub(crate) fn fold(&mut self, folded: bool) {
        if !self.names.is_empty() {
            return;
        }
        let blank = self.document.text.as_untrusted().trim().is_empty();
        self.blocks = if blank { Vec::new() } else { blocks::blocks(&self.document, folded) };
        self.folded = folded;
    }

    fn count(&self) -> usize {
        self.head.len() + self.blocks.len() + usize::from(self.tail.is_some())
    }

    /// The lines of one block.
    fn lines(&self, block: usize, columns: usize) -> Vec<PageLine> {
        if let Some(head) = self.head.get(block) {
            return head.lines(columns);
        }
        let nth = block - self.head.len();
        let Some(block) = self.blocks.get(nth) else {
            return vec![PageLine::of(self.tail.unwrap_or(Field::Cut), SafeText::default())];
        };
        match block.kind {
            Kind::Fold { lines } => vec![PageLine::of(Field::Fold { lines }, SafeText::default())],
            Kind::Row { table, row } => match (self.document.tables.get(table), self.wants.get(table)) {
                (Some(grid), Some(wants)) => table::row(&self.document, &self.over, grid, wants, row, columns)
                    .into_iter()
                    .enumerate()
                    .map(|(at, line)| drawn(Field::Table, at == 0, line))
                    .collect(),
                _ => vec![PageLine::of(Field::Table, SafeText::default())],
            },
            Kind::Line(_) if !self.names.is_empty() => self.header_lines(nth, block, columns),
            Kind::Line(kind) => self.text_lines(block, kind, columns),
        }
    }

    fn text_lines(&self, block: &Block, kind: Option<SectionKind>, columns: usize) -> Vec<PageLine> {
        let raw = self.document.text.as_untrusted().get(block.at.clone()).unwrap_or_default();
        let mut lines = Vec::new();
        for at in line_ranges(raw) {
            let line = inked(&self.document, &self.over, block.at.start + at.start..block.at.start + at.end);
            let whole = matches!(
                kind,
                Some(SectionKind::Fixed | SectionKind::Added | SectionKind::Removed | SectionKind::Hunk)
            );
            let quote = quote_depth(&line.text);
            let field = match kind {
                Some(SectionKind::Quoted) => Field::Text { quote: quote.max(1) },
                None => Field::Text { quote },
                Some(kind) => Field::Part(kind),
            };
            let (hanging, ranges) = if whole {
                let mut goes_on = Inked::default();
                goes_on.push(GOES_ON, Ink { aside: true, ..Ink::default() });
                let ranges = cut(&line.text, columns, columns.saturating_sub(width(GOES_ON)));
                (goes_on, ranges)
            } else {
                let columns = columns.min(MEASURE);
                let hanging = hanging(&line, columns);
                let rest = columns.saturating_sub(width(&hanging.text));
                let ranges = wrap_hanging(&line.text, columns, rest);
                (hanging, ranges)
            };
            for (nth, range) in ranges.into_iter().enumerate() {
                let mut piece = Inked::default();
                if nth > 0 {
                    piece.push_part(&hanging, 0..hanging.text.len());
                }
                piece.push_part(&line, range);
                lines.push(drawn(field, nth == 0, piece));
            }
        }
        lines
    }

    fn header_lines(&self, nth: usize, block: &Block, columns: usize) -> Vec<PageLine> {
        let line = inked(&self.document, &self.over, block.at.clone());
        let beside = is_wide(columns);
        let room = if beside { columns.saturating_sub(WIDE_LABEL) } else { columns.saturating_sub(2) };
        let mut lines = Vec::new();
        let name = || vec![self.names.get(nth).cloned().unwrap_or_default()];
        if !beside {
            lines.push(PageLine { facts: name(), ..PageLine::of(Field::Header, SafeText::default()) });
        }
        for (at, range) in wrap_hanging(&line.text, room, room).into_iter().enumerate() {
            let mut piece = Inked::default();
            piece.push_part(&line, range);
            let first = beside && at == 0;
            let facts = if first { name() } else { Vec::new() };
            lines.push(PageLine { facts, ..drawn(Field::Header, first, piece) });
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

    /// Which byte of the text is at a place, about; `None` above the text.
    pub(crate) fn byte_at(&self, place: Place) -> Option<usize> {
        let block = place.block.checked_sub(self.head.len())?;
        Some(self.blocks.get(block).map_or(self.document.text.as_untrusted().len(), |block| block.at.start))
    }

    /// Where a byte of the text stands: the line that shows what is chosen, if its block has one.
    pub(crate) fn place_of(&mut self, byte: usize, columns: usize) -> Place {
        let mut block = self.block_of(byte);
        if matches!(self.blocks.get(block).map(|block| block.kind), Some(Kind::Fold { .. })) {
            self.fold(false);
            block = self.block_of(byte);
        }
        let block = block + self.head.len();
        let chosen = |line: &PageLine| line.runs.iter().any(|run| run.ink.chosen);
        let line = self.lines(block, columns).iter().position(chosen).unwrap_or(0);
        Place { block, line }
    }

    /// The block of the page in which a byte of the text is.
    pub(crate) fn place_of_block(&self, byte: usize) -> usize {
        self.head.len() + self.block_of(byte)
    }

    fn block_of(&self, byte: usize) -> usize {
        self.blocks.partition_point(|block| block.at.start <= byte).saturating_sub(1)
    }

    /// How far down a place is, by the bytes above it: the lines of a page are never all counted.
    pub(crate) fn percent(&self, place: Place) -> u8 {
        let above = self.byte_at(place).unwrap_or(0);
        let whole = self.document.text.as_untrusted().len().max(1);
        u8::try_from(above.saturating_mul(100) / whole).unwrap_or(100)
    }
}

/// Whether the names of all the fields of a header stand beside their values.
pub fn is_wide(columns: usize) -> bool {
    columns >= 56
}

fn drawn(field: Field, first: bool, line: Inked) -> PageLine {
    let (text, runs) = line.finished();
    PageLine { first, runs, ..PageLine::of(field, text) }
}

/// What stands before the further pieces of a line: its quotation marks, or blanks below the text of a list.
fn hanging(line: &Inked, columns: usize) -> Inked {
    let text = line.text.as_str();
    let mut before = Inked::default();
    let quoted = text.len() - text.trim_start_matches(['>', ' ']).len();
    let marks = text.get(..quoted).filter(|marks| marks.contains('>')).unwrap_or_default();
    before.push_part(line, 0..marks.len());
    let rest = text.get(marks.len()..).unwrap_or_default();
    before.push(&" ".repeat(item(rest)), Ink::default());
    // In little room, every column is needed for the text.
    if width(&before.text) * 2 > columns { Inked::default() } else { before }
}

/// Columns of the sign that begins an item of a list, with the blanks around it.
fn item(text: &str) -> usize {
    let blanks = text.len() - text.trim_start_matches(' ').len();
    let rest = text.get(blanks..).unwrap_or_default();
    for sign in ["• ", "◦ ", "▪ ", "· ", "- ", "* ", "+ ", "– "] {
        if rest.starts_with(sign) {
            return blanks + 2;
        }
    }
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    let after = rest.get(digits..).unwrap_or_default();
    if (1..=3).contains(&digits) && (after.starts_with(". ") || after.starts_with(") ")) {
        return blanks + digits + 2;
    }
    if (1..=2).contains(&digits) && after.starts_with('、') { blanks + digits + 2 } else { 0 }
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

#[cfg(test)]
mod tests;
