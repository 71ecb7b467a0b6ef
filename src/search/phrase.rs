//! Words that are to stand beside each other, and where they do.

use std::ops::Range;

use super::cut::LONGEST_WORD;
use super::fold::{Folded, Kind, kind};

/// What is looked for in one go: pieces of dense writing and words, in their order, with nothing but signs between.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Phrase {
    pieces: Vec<Piece>,
    /// The last word may go on.
    open: bool,
}

#[derive(Clone, PartialEq, Eq, Debug)]
struct Piece {
    dense: bool,
    chars: Vec<char>,
}

/// A run of a text.
struct Unit {
    dense: bool,
    at: Range<usize>,
}

/// A shorter word stands for itself only: too many words begin with it.
const OPEN_FROM: usize = 3;

impl Phrase {
    /// `None` if there is nothing in it but signs. An exact one ends with a whole word.
    pub fn new(text: &str, exact: bool) -> Option<Self> {
        let folded = Folded::new(text);
        let pieces: Vec<Piece> = units(&folded.chars)
            .into_iter()
            .map(|unit| {
                let chars = folded.chars.get(unit.at).unwrap_or_default();
                let length = if unit.dense { chars.len() } else { chars.len().min(LONGEST_WORD) };
                Piece { dense: unit.dense, chars: chars.iter().take(length).copied().collect() }
            })
            .collect();
        let last = pieces.last()?;
        let open = !exact && !last.dense && last.chars.len() >= OPEN_FROM;
        Some(Self { pieces, open })
    }

    /// As FTS5 wants it, for text that was cut the same way.
    pub fn for_index(&self) -> String {
        let mut words = String::from("\"");
        let mut begins = self.open;
        let last = self.pieces.len().saturating_sub(1);
        for (n, piece) in self.pieces.iter().enumerate() {
            if !piece.dense {
                words.extend(piece.chars.iter());
                words.push(' ');
                continue;
            }
            for pair in piece.chars.windows(2) {
                words.extend(pair.iter());
                words.push(' ');
            }
            // In the middle of a phrase a run ends where its piece ends; at the end it may go on.
            if (n < last || piece.chars.len() == 1)
                && let Some(end) = piece.chars.last()
            {
                words.push(*end);
                words.push(' ');
                begins |= n == last;
            }
        }
        let mut words = words.trim_end().to_owned();
        words.push('"');
        if begins {
            words.push_str(" *");
        }
        words
    }

    /// Where in a folded text it stands, without one over the other.
    pub fn find(&self, text: &Folded) -> Vec<Range<usize>> {
        self.find_in(text, &units(&text.chars))
    }

    pub fn is_in(&self, text: &Folded) -> bool {
        let units = units(&text.chars);
        (0..units.len()).any(|from| self.matches_at(text, &units, from, 0).is_some())
    }

    fn find_in(&self, text: &Folded, units: &[Unit]) -> Vec<Range<usize>> {
        let mut found: Vec<Range<usize>> = Vec::new();
        for from in 0..units.len() {
            let mut beyond = 0;
            while let Some((start, end)) = self.matches_at(text, units, from, beyond) {
                if let Some(place) = text.place(start, end)
                    && found.last().is_none_or(|last| last.end <= place.start)
                {
                    found.push(place);
                }
                beyond = units.get(from).map_or(0, |unit| end.min(unit.at.end).saturating_sub(unit.at.start));
                if self.pieces.len() > 1 || beyond == 0 {
                    break;
                }
            }
        }
        found
    }

    /// The characters that match, if the phrase begins in this unit, not before `beyond` characters of it.
    fn matches_at(&self, text: &Folded, units: &[Unit], from: usize, beyond: usize) -> Option<(usize, usize)> {
        let (first, rest) = self.pieces.split_first()?;
        let unit = units.get(from).filter(|unit| unit.dense == first.dense)?;
        let run = text.chars.get(unit.at.clone())?;
        let alone = rest.is_empty();
        let at = match (first.dense, alone) {
            (true, true) => {
                let rest = run.get(beyond..)?;
                beyond + rest.windows(first.chars.len()).position(|window| window == first.chars)?
            }
            (true, false) => run.ends_with(&first.chars).then(|| run.len() - first.chars.len())?,
            (false, alone) => is_word(run, first, alone && self.open).then_some(0).filter(|_| beyond == 0)?,
        };
        let start = unit.at.start + at;
        let mut end = if first.dense { start + first.chars.len() } else { word_end(unit, first, alone && self.open) };
        for (n, piece) in rest.iter().enumerate() {
            let unit = units.get(from + n + 1).filter(|unit| unit.dense == piece.dense)?;
            let run = text.chars.get(unit.at.clone())?;
            let last = n + 1 == rest.len();
            let is_it = match (piece.dense, last) {
                (true, true) => run.starts_with(&piece.chars),
                (true, false) => run == piece.chars,
                (false, last) => is_word(run, piece, last && self.open),
            };
            if !is_it {
                return None;
            }
            end =
                if piece.dense { unit.at.start + piece.chars.len() } else { word_end(unit, piece, last && self.open) };
        }
        Some((start, end))
    }
}

fn is_word(run: &[char], piece: &Piece, open: bool) -> bool {
    let run = run.get(..LONGEST_WORD).unwrap_or(run);
    if open { run.starts_with(&piece.chars) } else { run == piece.chars }
}

fn word_end(unit: &Unit, piece: &Piece, open: bool) -> usize {
    if open { unit.at.start + piece.chars.len() } else { unit.at.end }
}

fn units(chars: &[char]) -> Vec<Unit> {
    let mut units: Vec<Unit> = Vec::new();
    for (at, c) in chars.iter().enumerate() {
        let dense = match kind(*c) {
            Kind::Dense => true,
            Kind::Letter => false,
            Kind::Apart => continue,
        };
        match units.last_mut() {
            Some(last) if last.dense == dense && last.at.end == at => last.at.end = at + 1,
            _ => units.push(Unit { dense, at: at..at + 1 }),
        }
    }
    units
}

/// Where any of these phrases stands in a text that is shown: in order, none over another.
pub fn hits(text: &str, phrases: &[&Phrase]) -> Vec<Range<usize>> {
    if phrases.is_empty() {
        return Vec::new();
    }
    let folded = Folded::new(text);
    let units = units(&folded.chars);
    let mut all: Vec<Range<usize>> = phrases.iter().flat_map(|phrase| phrase.find_in(&folded, &units)).collect();
    all.sort_unstable_by_key(|at| (at.start, at.end));
    let mut apart: Vec<Range<usize>> = Vec::with_capacity(all.len());
    for at in all {
        match apart.last_mut() {
            Some(last) if at.start < last.end => last.end = last.end.max(at.end),
            _ => apart.push(at),
        }
    }
    apart
}
