//! How the cursor moves, by what stands around it and by rows on the screen, and what is erased on the way.
//!
//! A word is a row of characters of one class: letters and digits of any script that puts blanks between words, Han,
//! hiragana, katakana, hangul, or marks. No dictionary is asked, so a row of Han is one word up to the next mark.

use unicode_segmentation::UnicodeSegmentation as _;

use super::buffer::{Buffer, Place, Spot, next_boundary, previous_boundary};
use super::past::Kind;
use super::rows::{columns_of, cost};

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Class {
    Blank,
    Letters,
    Han,
    Hiragana,
    Katakana,
    Hangul,
    Marks,
}

fn class(c: char) -> Class {
    match c {
        '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}' | '々' | '〇' => Class::Han,
        '\u{3041}'..='\u{309f}' => Class::Hiragana,
        '\u{30a0}'..='\u{30ff}' | '\u{ff66}'..='\u{ff9f}' => Class::Katakana,
        '\u{1100}'..='\u{11ff}' | '\u{ac00}'..='\u{d7a3}' => Class::Hangul,
        blank if blank.is_whitespace() => Class::Blank,
        letter if letter.is_alphanumeric() || letter == '_' => Class::Letters,
        _ => Class::Marks,
    }
}

/// Where the word ends that begins here or behind the blanks here.
fn word_end(text: &str, at: usize) -> usize {
    let rest = text.get(at..).unwrap_or_default();
    let blanks = rest.len() - rest.trim_start().len();
    let word = rest.trim_start();
    let Some(kind) = word.chars().next().map(class) else { return text.len() };
    let length =
        word.char_indices().find(|(_, c)| class(*c) != kind && !is_mark_on_letter(*c)).map_or(word.len(), |(at, _)| at);
    at + blanks + length
}

/// Where the word begins that ends here or before the blanks here.
fn word_start(text: &str, at: usize) -> usize {
    let before = text.get(..at).unwrap_or_default().trim_end();
    let mut letters = before.char_indices().rev().skip_while(|(_, c)| is_mark_on_letter(*c));
    let Some((mut start, c)) = letters.next() else { return 0 };
    let kind = class(c);
    for (at, c) in letters {
        if class(c) != kind && !is_mark_on_letter(c) {
            break;
        }
        start = at;
    }
    start
}

/// Belongs to the letter before it.
fn is_mark_on_letter(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{200d}' | '\u{fe0e}' | '\u{fe0f}' | '\u{1f3fb}'..='\u{1f3ff}')
}

impl Buffer {
    fn go(&mut self, place: Place) {
        self.leave();
        self.cursor = self.snapped(place);
        self.goal = None;
        self.settle();
    }

    pub fn go_to(&mut self, place: Place) {
        self.go(place);
    }

    pub fn left(&mut self) {
        let to = self.before(self.cursor);
        self.go(to);
    }

    pub fn right(&mut self) {
        let to = self.after(self.cursor);
        self.go(to);
    }

    fn before(&self, place: Place) -> Place {
        if place.at > 0 {
            return Place { line: place.line, at: previous_boundary(self.line(place.line), place.at) };
        }
        match self.line_above(place.line) {
            Some(line) if self.folded_lines(line).is_some() => Place { line, at: 0 },
            Some(line) => Place { line, at: self.line(line).len() },
            None => place,
        }
    }

    fn after(&self, place: Place) -> Place {
        if self.folded_lines(place.line).is_none() && place.at < self.line(place.line).len() {
            return Place { line: place.line, at: next_boundary(self.line(place.line), place.at) };
        }
        self.line_below(place.line).map_or(place, |line| Place { line, at: 0 })
    }

    pub fn word_left(&mut self) {
        let to = self.word_before(self.cursor);
        self.go(to);
    }

    pub fn word_right(&mut self) {
        let to = self.word_after(self.cursor);
        self.go(to);
    }

    fn word_before(&self, place: Place) -> Place {
        let text = self.line(place.line);
        if place.at == 0 {
            return self.before(place);
        }
        Place { line: place.line, at: word_start(text, place.at) }
    }

    fn word_after(&self, place: Place) -> Place {
        let text = self.line(place.line);
        if place.at >= text.len() || self.folded_lines(place.line).is_some() {
            return self.after(place);
        }
        self.snapped(Place { line: place.line, at: word_end(text, place.at) })
    }

    /// The beginning of the line as it will be sent, not of the row.
    pub fn home(&mut self) {
        self.go(Place { line: self.cursor.line, at: 0 });
    }

    pub fn end(&mut self) {
        self.go(Place { line: self.cursor.line, at: self.line(self.cursor.line).len() });
    }

    pub fn to_start(&mut self) {
        self.go(Place::default());
    }

    pub fn to_end(&mut self) {
        let line = self.line_count().saturating_sub(1);
        self.go(Place { line, at: self.line(line).len() });
    }

    /// False where there is no row above.
    pub fn up(&mut self) -> bool {
        self.by_rows(-1)
    }

    pub fn down(&mut self) -> bool {
        self.by_rows(1)
    }

    pub fn page_up(&mut self) {
        self.by_rows(-self.height.saturating_sub(1).max(1).cast_signed());
    }

    pub fn page_down(&mut self) {
        self.by_rows(self.height.saturating_sub(1).max(1).cast_signed());
    }

    fn by_rows(&mut self, rows: isize) -> bool {
        self.leave();
        let from = self.spot_of(self.cursor);
        let goal = match self.goal {
            Some(goal) => goal,
            None => self.column_of(self.cursor, from),
        };
        let mut spot = from;
        for _ in 0..rows.unsigned_abs() {
            let next = if rows < 0 { self.spot_above(spot) } else { self.spot_below(spot) };
            let Some(next) = next else { break };
            spot = next;
        }
        self.goal = Some(goal);
        self.cursor = if spot == from {
            // There is only the beginning above the first row, and the end below the last one.
            let line = self.line(self.cursor.line);
            Place { line: self.cursor.line, at: if rows < 0 { 0 } else { line.len() } }
        } else {
            self.place_at(spot, goal)
        };
        self.settle();
        spot != from
    }

    /// Where a click on the screen leads: a row from the top, and a column.
    pub fn click(&mut self, row: usize, column: usize) {
        let mut spot = self.top;
        for _ in 0..row {
            let Some(below) = self.spot_below(spot) else { break };
            spot = below;
        }
        let place = self.place_at(spot, column);
        self.go(place);
    }

    fn place_at(&mut self, spot: Spot, goal: usize) -> Place {
        let Some((from, to)) = self.row_range(spot).filter(|_| self.folded_lines(spot.line).is_none()) else {
            return Place { line: spot.line, at: 0 };
        };
        let text = self.line(spot.line);
        let (mut at, mut used, mut last) = (from, 0, from);
        for grapheme in text.get(from..to.unwrap_or(text.len())).unwrap_or_default().graphemes(true) {
            used += cost(grapheme);
            if used > goal {
                return Place { line: spot.line, at };
            }
            last = at;
            at += grapheme.len();
        }
        // Behind the last one of a row is the beginning of the next.
        Place { line: spot.line, at: if to.is_some() { last } else { at } }
    }

    fn column_of(&mut self, place: Place, spot: Spot) -> usize {
        let from = self.row_range(spot).map_or(0, |(from, _)| from);
        columns_of(self.line(place.line).get(from..place.at).unwrap_or_default())
    }

    /// What is folded away is not erased unseen.
    fn show_around(&mut self) {
        let Place { line, at } = self.cursor;
        self.unfold_lines(if at == 0 { line.saturating_sub(1) } else { line }, line);
    }

    pub fn backspace(&mut self) {
        self.show_around();
        let (from, to) = self.selection().unwrap_or((self.before(self.cursor), self.cursor));
        self.erase(from, to, Kind::Erasing);
    }

    pub fn delete(&mut self) {
        self.show_around();
        let (from, to) = self.selection().unwrap_or((self.cursor, self.after(self.cursor)));
        self.erase(from, to, Kind::Erasing);
    }

    /// To the end of the line; at its end, the end itself.
    pub fn kill_to_end(&mut self) {
        self.show_around();
        let end = Place { line: self.cursor.line, at: self.line(self.cursor.line).len() };
        let to = if end == self.cursor { self.after(end) } else { end };
        self.cut_out(self.cursor, to);
    }

    pub fn kill_to_start(&mut self) {
        self.show_around();
        let start = Place { line: self.cursor.line, at: 0 };
        let from = if start == self.cursor { self.before(start) } else { start };
        self.cut_out(from, self.cursor);
    }

    pub fn kill_word_before(&mut self) {
        self.show_around();
        self.cut_out(self.word_before(self.cursor), self.cursor);
    }

    pub fn kill_word_after(&mut self) {
        self.show_around();
        self.cut_out(self.cursor, self.word_after(self.cursor));
    }
}
