//! How far a name is from what was typed.

use super::Entry;
use crate::text::{folded, sounds};

/// Letters of a name that are looked at; what is behind them is found by nobody.
const NAME: usize = 160;
/// Letters of a word that is typed.
const WORD: usize = 48;
/// Words that are typed.
const WORDS: usize = 6;

/// A hole between two letters that fit: before a word that begins there, and anywhere else.
const TO_A_WORD: u32 = 3;
const HOLE: u32 = 12;
/// What fits not from the first letter on, but from a word.
const LATER: u32 = 1;
/// What fits in the middle of a word only.
const INSIDE: u32 = 20;
/// What fits only what is not shown.
const UNSHOWN: u32 = 10;
/// More holes than these inside of words are no likeness.
const HOLES: u32 = 2;
const FAR: u32 = u32::MAX / 4;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Letter {
    c: char,
    begins: bool,
}

/// The letters of an entry: those of its name, and those of what else it is found by.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Letters {
    shown: Vec<Letter>,
    unshown: Vec<Letter>,
}

/// What is typed, in words: all of them are wanted, in any order.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Wanted(Vec<Vec<char>>);

impl Wanted {
    pub(super) fn of(typed: &str) -> Self {
        let words = typed.split(char::is_whitespace).filter(|word| !word.is_empty());
        Self(words.take(WORDS).map(|word| word.chars().flat_map(folded).take(WORD).collect()).collect())
    }
}

fn letters(text: &str) -> Vec<Letter> {
    let mut before = ' ';
    let mut letters = Vec::new();
    for c in text.chars().flat_map(folded).take(NAME) {
        // Each Chinese character is a word by itself.
        let begins = c.is_alphanumeric() && (!before.is_alphanumeric() || is_a_word(c) || is_a_word(before));
        letters.push(Letter { c, begins });
        before = c;
    }
    letters
}

fn is_a_word(c: char) -> bool {
    matches!(u32::from(c), 0x2e80..=0x9fff | 0xf900..=0xfaff | 0x20000..=0x3ffff)
}

impl Letters {
    pub(super) fn of<T>(entry: &Entry<T>) -> Self {
        let unshown = format!("{} {}", entry.also.as_str(), entry.beside.as_str());
        Self { shown: letters(entry.name.as_str()), unshown: letters(&unshown) }
    }

    /// `None`: it does not fit.
    pub(super) fn distance(&self, wanted: &Wanted) -> Option<u32> {
        let mut sum: u32 = 0;
        for word in &wanted.0 {
            let far = match distance(&self.shown, word, true) {
                Some(far) => far,
                // Nobody would see why, if letters here and there were enough.
                None => distance(&self.unshown, word, false)?.saturating_add(UNSHOWN),
            };
            sum = sum.saturating_add(far);
        }
        // Of two that fit alike the shorter one is meant.
        let length = u32::try_from(self.shown.len().min(NAME) / 8).unwrap_or(0);
        Some(if wanted.0.is_empty() { 0 } else { sum.saturating_mul(8).saturating_add(length) })
    }
}

/// How many of the letters that are wanted from here on a letter of the name may stand for: itself, or a sound or the
/// beginning of one.
fn eaten(letter: Letter, wanted: &[char], sounds: &[&str]) -> [bool; 8] {
    let mut eaten = [false; 8];
    let mut mark = |count: usize| {
        if let Some(place) = eaten.get_mut(count) {
            *place = true;
        }
    };
    if wanted.first() == Some(&letter.c) {
        mark(1);
    }
    for sound in sounds {
        let same = sound.chars().zip(wanted).take_while(|(a, b)| a == *b).count();
        (1..=same).for_each(&mut mark);
    }
    eaten
}

/// The least that holes between letters sum up to. `near` is the best way on which the letter before fitted, `far` the best
/// way at all, each by how many letters of what is wanted are used up. Without holes only words that begin there may be passed over.
fn distance(name: &[Letter], wanted: &[char], may_have_holes: bool) -> Option<u32> {
    if !may_fit(name, wanted) {
        return None;
    }
    let count = wanted.len();
    let mut near = vec![FAR; count + 1];
    let mut far = vec![FAR; count + 1];
    if let Some(first) = far.first_mut() {
        *first = 0;
    }
    for (at, letter) in name.iter().enumerate() {
        let sounds = if letter.c.is_ascii() { Vec::new() } else { sounds(letter.c) };
        let mut next = vec![FAR; count + 1];
        for from in 0..count {
            let close = near.get(from).copied().unwrap_or(FAR);
            let any = far.get(from).copied().unwrap_or(FAR);
            if close >= FAR && any >= FAR {
                continue;
            }
            let rest = wanted.get(from..).unwrap_or_default();
            let hole = match (from, at, letter.begins) {
                (0, 0, _) => 0,
                (0, _, true) => LATER,
                (_, _, false) if !may_have_holes => FAR,
                (0, _, false) => INSIDE,
                (_, _, true) => TO_A_WORD,
                (_, _, false) => HOLE,
            };
            let cost = close.min(any.saturating_add(hole));
            if cost >= FAR {
                continue;
            }
            for (used, _) in eaten(*letter, rest, &sounds).iter().enumerate().filter(|(_, fits)| **fits) {
                if let Some(place) = next.get_mut(from + used) {
                    *place = (*place).min(cost);
                }
            }
        }
        for (far, near) in far.iter_mut().zip(&near) {
            *far = (*far).min(*near);
        }
        near = next;
    }
    let best = near.last().copied().unwrap_or(FAR).min(far.last().copied().unwrap_or(FAR));
    let words = u32::try_from(count).unwrap_or(FAR).saturating_mul(TO_A_WORD);
    (best <= words.saturating_add(INSIDE + HOLES * HOLE)).then_some(best)
}

/// Most names fall out here, without much ado: a name all of whose letters a keyboard types has these in order or not.
fn may_fit(name: &[Letter], wanted: &[char]) -> bool {
    if !name.iter().all(|letter| letter.c.is_ascii()) {
        return true;
    }
    let mut letters = name.iter();
    wanted.iter().all(|c| letters.any(|letter| letter.c == *c))
}
