//! A text of many lines with a cursor in it. Everything that changes it goes through one door ([`Buffer::change`]), which
//! remembers how to go back.

use unicode_segmentation::GraphemeCursor;

use super::clean::{MOST_BYTES, MOST_LINES, cleaned};
use super::past::{Change, Kind, Past};
use super::rows::Rows;
use super::search::Found;

/// A place in a text: a line, and a byte of it between two things that move as one.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Debug)]
pub struct Place {
    pub line: usize,
    pub at: usize,
}

/// Whether a line is in view.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub(super) enum Folded {
    #[default]
    No,
    /// It stands for so many lines, itself among them.
    Head(usize),
    Inside,
}

#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub(super) struct TextLine {
    pub(super) text: String,
    pub(super) rows: Option<Box<Rows>>,
    pub(super) folded: Folded,
}

impl TextLine {
    fn new(text: String) -> Self {
        Self { text, rows: None, folded: Folded::No }
    }
}

/// A row on the screen, by its line and its number in it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Debug)]
pub(super) struct Spot {
    pub(super) line: usize,
    pub(super) row: usize,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Buffer {
    /// Never empty.
    pub(super) lines: Vec<TextLine>,
    bytes: usize,
    pub(super) cursor: Place,
    /// The column that going up and down wants to come back to.
    pub(super) goal: Option<usize>,
    pub(super) mark: Option<Place>,
    /// What was cut last, to be put in again.
    clip: String,
    /// What is cut next is added to it.
    cutting: bool,
    past: Past,
    revision: u64,
    pub(super) columns: usize,
    pub(super) height: usize,
    pub(super) top: Spot,
    pub(super) found: Option<Found>,
}

impl Default for Buffer {
    fn default() -> Self {
        Self::new("")
    }
}

impl Buffer {
    /// All of a text is taken, and nothing of it cut off.
    pub fn holds(text: &str) -> bool {
        !cleaned(text, MOST_BYTES, MOST_LINES - 1).1
    }

    /// With the cursor at its beginning, and nothing to go back to.
    pub fn new(text: &str) -> Self {
        let (text, _) = cleaned(text, MOST_BYTES, MOST_LINES - 1);
        let lines = text.split('\n').map(|line| TextLine::new(line.to_owned())).collect();
        let mut buffer = Self {
            lines,
            bytes: text.len(),
            cursor: Place::default(),
            goal: None,
            mark: None,
            clip: String::new(),
            cutting: false,
            past: Past::default(),
            revision: 0,
            columns: 72,
            height: 10,
            top: Spot::default(),
            found: None,
        };
        buffer.settle();
        buffer
    }

    /// How much room there is on the screen.
    pub fn resize(&mut self, columns: usize, height: usize) {
        if (self.columns, self.height) == (columns.max(2), height.max(1)) {
            return;
        }
        (self.columns, self.height) = (columns.max(2), height.max(1));
        for line in &mut self.lines {
            line.rows = line.rows.take().filter(|rows| rows.is_for(columns));
        }
        self.top.row = 0;
        self.settle();
    }

    pub fn text(&self) -> String {
        let mut text = String::with_capacity(self.bytes);
        for (at, line) in self.lines.iter().enumerate() {
            if at > 0 {
                text.push('\n');
            }
            text.push_str(&line.text);
        }
        text
    }

    pub fn bytes(&self) -> usize {
        self.bytes
    }

    pub fn is_blank(&self) -> bool {
        self.lines.iter().all(|line| line.text.trim().is_empty())
    }

    /// Another number means that the text may be another.
    pub fn revision(&self) -> u64 {
        self.revision
    }

    pub fn line_count(&self) -> usize {
        self.lines.len()
    }

    pub fn line(&self, line: usize) -> &str {
        self.lines.get(line).map_or("", |line| line.text.as_str())
    }

    pub fn cursor(&self) -> Place {
        self.cursor
    }

    pub fn has_mark(&self) -> bool {
        self.mark.is_some()
    }

    /// What lies between the mark and the cursor.
    pub fn selection(&self) -> Option<(Place, Place)> {
        let mark = self.mark?;
        Some((mark.min(self.cursor), mark.max(self.cursor)))
    }

    /// The one way in which a text changes.
    pub(super) fn change(&mut self, from: Place, to: Place, new: &str, kind: Kind) {
        if from == to && new.is_empty() {
            return;
        }
        let before = self.cursor;
        let removed = self.splice(from, to, new);
        self.cursor = self.snapped(behind(from, new));
        self.past.push(Change { from, removed, inserted: new.to_owned(), before, after: self.cursor, kind });
        (self.goal, self.mark, self.found) = (None, None, None);
        self.settle();
    }

    /// Puts a text in the place of another one, and returns that.
    fn splice(&mut self, from: Place, to: Place, new: &str) -> String {
        if to < from || !self.is_place(from) || !self.is_place(to) {
            return String::new();
        }
        self.unfold_lines(from.line, to.line);
        let removed = self.between(from, to);
        let same = from.line == to.line;
        let mut last = if same { None } else { self.lines.get_mut(to.line).map(std::mem::take) };
        let unknown = Box::new(Rows::new(self.columns));
        let Some(first) = self.lines.get_mut(from.line) else { return String::new() };
        self.revision += 1;
        self.bytes = (self.bytes + new.len()).saturating_sub(removed.len());
        let rows = first.rows.take().unwrap_or_else(|| unknown.clone());
        if same && !new.contains('\n') {
            first.text.replace_range(from.at..to.at, new);
            first.rows = Some(Box::new(rows.edited(from.at, to.at, new.len(), &first.text)));
            return removed;
        }
        let (tail, tail_rows) = match &mut last {
            None => (first.text.split_off(to.at), rows.clone()),
            Some(last) => (last.text.split_off(to.at), last.rows.take().unwrap_or_else(|| unknown.clone())),
        };
        first.text.truncate(from.at);
        let mut pieces = new.split('\n');
        let piece = pieces.next().unwrap_or_default();
        first.text.push_str(piece);
        let mut more: Vec<TextLine> = pieces.map(|piece| TextLine::new(piece.to_owned())).collect();
        let tail_rows = (tail_rows.as_ref(), to.at);
        if let Some(below) = more.last_mut() {
            first.rows = Some(Box::new(rows.spliced(from.at, piece.len(), None, &first.text)));
            let new = below.text.len();
            below.text.push_str(&tail);
            below.rows = Some(Box::new(unknown.spliced(0, new, Some(tail_rows), &below.text)));
        } else {
            first.text.push_str(&tail);
            first.rows = Some(Box::new(rows.spliced(from.at, piece.len(), Some(tail_rows), &first.text)));
        }
        self.lines.splice(from.line + 1..=to.line, more);
        removed
    }

    fn is_place(&self, place: Place) -> bool {
        self.lines.get(place.line).is_some_and(|line| line.text.is_char_boundary(place.at))
    }

    pub(super) fn between(&self, from: Place, to: Place) -> String {
        if from.line == to.line {
            return self.line(from.line).get(from.at..to.at).unwrap_or_default().to_owned();
        }
        let mut text = self.line(from.line).get(from.at..).unwrap_or_default().to_owned();
        for line in from.line + 1..to.line {
            text.push('\n');
            text.push_str(self.line(line));
        }
        text.push('\n');
        text.push_str(self.line(to.line).get(..to.at).unwrap_or_default());
        text
    }

    /// The next place between two things that move as one, or this one.
    pub(super) fn snapped(&self, place: Place) -> Place {
        let line = place.line.min(self.lines.len().saturating_sub(1));
        let text = self.line(line);
        let at = place.at.min(text.len());
        if text.is_char_boundary(at) && GraphemeCursor::new(at, text.len(), true).is_boundary(text, 0).unwrap_or(true) {
            return Place { line, at };
        }
        Place { line, at: next_boundary(text, at) }
    }

    /// A letter or a few of them, as keys bring them.
    pub fn insert(&mut self, text: &str) -> bool {
        self.put(text, Kind::Typing)
    }

    /// A text as one step. False if it was too long for all of it.
    pub fn paste(&mut self, text: &str) -> bool {
        self.past.seal();
        let whole = self.put(text, Kind::AtOnce);
        self.past.seal();
        whole
    }

    fn put(&mut self, text: &str, kind: Kind) -> bool {
        self.cutting = false;
        let (from, to) = self.selection().unwrap_or((self.cursor, self.cursor));
        let (text, cut) =
            cleaned(text, MOST_BYTES.saturating_sub(self.bytes), MOST_LINES.saturating_sub(self.lines.len()));
        let kind = if from == to { kind } else { Kind::AtOnce };
        self.change(from, to, &text, kind);
        !cut
    }

    /// Makes this another text in one step, and leaves alone what both have in common. False if it is the same.
    pub fn become_text(&mut self, text: &str) -> bool {
        let (text, _) = cleaned(text, MOST_BYTES, MOST_LINES - 1);
        let (old, new) = (self.lines.len(), text.split('\n').count());
        let lines: Vec<&str> = text.split('\n').collect();
        let mut head = self.lines.iter().zip(&lines).take_while(|(old, new)| old.text == **new).count();
        if head == old && head == new {
            return false;
        }
        let rest = old.min(new) - head;
        let ends = self.lines.iter().rev().zip(lines.iter().rev()).take(rest);
        let mut tail = ends.take_while(|(old, new)| old.text == **new).count();
        // A line of each is replaced at least.
        if head + tail == old.min(new) {
            if tail > 0 { tail -= 1 } else { head -= 1 }
        }
        let last = old - tail - 1;
        let (from, to) = (Place { line: head, at: 0 }, Place { line: last, at: self.line(last).len() });
        let middle = lines.get(head..new - tail).unwrap_or_default().join("\n");
        let cursor = self.cursor;
        self.leave();
        self.change(from, to, &middle, Kind::AtOnce);
        if cursor < from {
            self.cursor = cursor;
        } else if cursor.line > last {
            self.cursor = Place { line: (cursor.line + new).saturating_sub(old), ..cursor };
        }
        self.cursor = self.snapped(self.cursor);
        self.leave();
        self.settle();
        true
    }

    /// Takes something out. What was cut can be put in again.
    pub(super) fn erase(&mut self, from: Place, to: Place, kind: Kind) {
        self.cutting = false;
        self.change(from, to, "", kind);
    }

    /// Takes something out, to be put in again with [`Self::yank`]; several in a row are put in together.
    pub(super) fn cut_out(&mut self, from: Place, to: Place) {
        if from == to {
            return;
        }
        let text = self.between(from, to);
        if !self.cutting {
            self.clip.clear();
        }
        if to == self.cursor && from != self.cursor {
            self.clip.insert_str(0, &text);
        } else {
            self.clip.push_str(&text);
        }
        self.change(from, to, "", Kind::AtOnce);
        self.cutting = true;
    }

    /// The cursor is about to go elsewhere.
    pub(super) fn leave(&mut self) {
        self.past.seal();
        self.cutting = false;
        self.found = None;
    }

    pub fn yank(&mut self) {
        let clip = std::mem::take(&mut self.clip);
        self.paste(&clip);
        self.clip = clip;
    }

    pub fn undo(&mut self) -> bool {
        let Some(change) = self.past.undo() else { return false };
        let (from, to, text, cursor) =
            (change.from, behind(change.from, &change.inserted), change.removed.clone(), change.before);
        self.restored(from, to, &text, cursor);
        true
    }

    pub fn redo(&mut self) -> bool {
        let Some(change) = self.past.redo() else { return false };
        let (from, to, text, cursor) =
            (change.from, behind(change.from, &change.removed), change.inserted.clone(), change.after);
        self.restored(from, to, &text, cursor);
        true
    }

    fn restored(&mut self, from: Place, to: Place, text: &str, cursor: Place) {
        self.splice(from, to, text);
        self.cursor = self.snapped(cursor);
        (self.goal, self.mark, self.found, self.cutting) = (None, None, None, false);
        self.settle();
    }

    pub fn set_mark(&mut self) {
        self.leave();
        self.mark = match self.mark {
            Some(mark) if mark == self.cursor => None,
            Some(_) | None => Some(self.cursor),
        };
    }

    pub fn forget_mark(&mut self) -> bool {
        self.mark.take().is_some()
    }

    pub fn cut(&mut self) -> bool {
        let Some((from, to)) = self.selection() else { return false };
        self.cutting = false;
        self.cut_out(from, to);
        self.leave();
        true
    }

    pub fn copy(&mut self) -> bool {
        let Some((from, to)) = self.selection() else { return false };
        self.clip = self.between(from, to);
        self.leave();
        self.mark = None;
        true
    }
}

/// Where one stands behind a text that begins at a place.
pub(super) fn behind(from: Place, text: &str) -> Place {
    match text.rsplit_once('\n') {
        None => Place { line: from.line, at: from.at + text.len() },
        Some((before, last)) => {
            let lines = before.bytes().filter(|b| *b == b'\n').count() + 1;
            Place { line: from.line + lines, at: last.len() }
        }
    }
}

/// The end of what moves as one from here on.
pub(super) fn next_boundary(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at += 1;
    }
    GraphemeCursor::new(at, text.len(), true).next_boundary(text, 0).ok().flatten().unwrap_or(text.len())
}

/// The beginning of what moves as one before this place.
pub(super) fn previous_boundary(text: &str, at: usize) -> usize {
    GraphemeCursor::new(at.min(text.len()), text.len(), true).prev_boundary(text, 0).ok().flatten().unwrap_or(0)
}
