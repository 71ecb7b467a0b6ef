//! How much bytes look like text of a charset. Most bytes can be decoded by most charsets, so what counts is how common
//! the characters are that come out.

use encoding_rs::{
    BIG5, EUC_JP, EUC_KR, Encoding, GB18030, IBM866, ISO_8859_5, ISO_8859_6, ISO_8859_7, ISO_8859_8, ISO_8859_8_I,
    KOI8_R, KOI8_U, SHIFT_JIS, UTF_8, WINDOWS_874, WINDOWS_1251, WINDOWS_1253, WINDOWS_1255, WINDOWS_1256,
    X_MAC_CYRILLIC,
};

/// So much of a text shows what it is.
const SAMPLE: usize = 64 * 1024;

/// What a byte that fits nowhere counts.
const BROKEN: i64 = -100;
/// The same at the end, where somebody may have cut.
const CUT: i64 = -30;

pub(super) fn is_of_many_bytes(encoding: &'static Encoding) -> bool {
    [GB18030, BIG5, EUC_KR, EUC_JP, SHIFT_JIS].contains(&encoding)
}

/// From 100, for nothing but the commonest characters, down to -100, for nothing that can be decoded.
pub(super) fn fit(encoding: &'static Encoding, bytes: &[u8]) -> i64 {
    let begins = bytes.iter().position(|b| !b.is_ascii()).unwrap_or(0);
    // What stands before the first of them tells whether it is inside a word.
    let bytes = bytes.get(begins.saturating_sub(1)..).unwrap_or(bytes);
    let sample = bytes.get(..SAMPLE).unwrap_or(bytes);
    let tally = match (encoding, points_of(encoding)) {
        (e, _) if e == UTF_8 => utf8(sample),
        (_, Some(points)) => units(sample, points),
        (e, None) => {
            let (text, _) = e.decode_without_bom_handling(sample);
            if WORDS_OF_THEIR_OWN.contains(&e) { own_letters(&text) } else { latin(&text) }
        }
    };
    tally.average()
}

/// What follows the first byte of a character: how many bytes, and what the character counts.
type Points = fn(u8, &[u8]) -> Option<(usize, i64)>;

fn points_of(encoding: &'static Encoding) -> Option<Points> {
    match encoding {
        e if e == GB18030 => Some(gb),
        e if e == BIG5 => Some(big5),
        e if e == EUC_KR => Some(euc_kr),
        e if e == EUC_JP => Some(euc_jp),
        e if e == SHIFT_JIS => Some(shift_jis),
        _ => None,
    }
}

/// How the characters of many bytes stand in a text.
#[derive(Default, Debug)]
pub(super) struct Shape {
    pub(super) characters: usize,
    /// Characters one after the other, without anything else between them.
    pub(super) runs: usize,
    /// In the longest of these.
    pub(super) longest: usize,
    /// Alone between letters of ASCII, and with one as its second byte: `ül` in `Müller`.
    pub(super) inside_words: usize,
}

pub(super) fn shape(encoding: &'static Encoding, bytes: &[u8]) -> Shape {
    let mut shape = Shape::default();
    let Some(points) = points_of(encoding) else { return shape };
    let mut rest = bytes.get(..SAMPLE).unwrap_or(bytes);
    let (mut run, mut before) = (0, b' ');
    while let Some((first, tail)) = rest.split_first() {
        rest = tail;
        if first.is_ascii() {
            (run, before) = (0, *first);
            continue;
        }
        let more = points(*first, tail).map_or(0, |(more, _)| more);
        rest = tail.get(more..).unwrap_or_default();
        shape.characters += 1;
        run += 1;
        shape.runs += usize::from(run == 1);
        shape.longest = shape.longest.max(run);
        let takes_letter = more == 1 && tail.first().is_some_and(u8::is_ascii_alphabetic);
        let goes_on = rest.first().is_none_or(|next| next.is_ascii());
        shape.inside_words += usize::from(run == 1 && takes_letter && goes_on && before.is_ascii_alphabetic());
    }
    shape
}

/// Charsets whose words are written in nothing but high bytes.
const WORDS_OF_THEIR_OWN: [&Encoding; 14] = [
    IBM866,
    ISO_8859_5,
    ISO_8859_6,
    ISO_8859_7,
    ISO_8859_8,
    ISO_8859_8_I,
    KOI8_R,
    KOI8_U,
    WINDOWS_874,
    WINDOWS_1251,
    WINDOWS_1253,
    WINDOWS_1255,
    WINDOWS_1256,
    X_MAC_CYRILLIC,
];

#[derive(Default)]
struct Tally {
    sum: i64,
    count: i64,
}

impl Tally {
    fn add(&mut self, points: i64) {
        self.sum += points;
        self.count += 1;
    }

    fn add_broken_end(&mut self) {
        let good_until_here = self.count > 0 && self.average() >= 50;
        self.add(if good_until_here { CUT } else { BROKEN });
    }

    fn average(&self) -> i64 {
        if self.count == 0 { 0 } else { self.sum / self.count }
    }
}

/// What `points` says of each character that is not ASCII: how many bytes it has and what it counts.
fn units(bytes: &[u8], points: Points) -> Tally {
    let mut tally = Tally::default();
    let mut rest = bytes;
    while let Some((first, tail)) = rest.split_first() {
        rest = tail;
        if first.is_ascii() {
            continue;
        }
        match points(*first, tail) {
            Some((more, points)) => {
                tally.add(points);
                rest = tail.get(more..).unwrap_or_default();
            }
            None if tail.is_empty() => tally.add_broken_end(),
            None => tally.add(BROKEN),
        }
    }
    tally
}

fn gb(first: u8, rest: &[u8]) -> Option<(usize, i64)> {
    let second = *rest.first()?;
    match (first, second, rest) {
        (0x81..=0xfe, 0x30..=0x39, [_, 0x81..=0xfe, 0x30..=0x39, ..]) => Some((3, 60)),
        (0xb0..=0xd7, 0xa1..=0xfe, _) => Some((1, 100)),
        (0xa1..=0xa3, 0xa1..=0xfe, _) => Some((1, 90)),
        (0xa4..=0xa5, 0xa1..=0xf6, _) | (0xd8..=0xf7, 0xa1..=0xfe, _) => Some((1, 60)),
        (0xa6..=0xa9, 0xa1..=0xf0, _) => Some((1, 40)),
        // What everybody may use as he likes.
        (0xaa..=0xaf | 0xf8..=0xfe, 0xa1..=0xfe, _) | (0xa1..=0xa7, 0x40..=0x7e | 0x80..=0xa0, _) => Some((1, -20)),
        (0x81..=0xfe, 0x40..=0x7e | 0x80..=0xfe, _) => Some((1, 15)),
        _ => None,
    }
}

fn big5(first: u8, rest: &[u8]) -> Option<(usize, i64)> {
    let second = *rest.first()?;
    if !matches!(second, 0x40..=0x7e | 0xa1..=0xfe) {
        return None;
    }
    match first {
        0xa4..=0xc5 => Some((1, 100)),
        0xc6 if second <= 0x7e => Some((1, 100)),
        0xa1..=0xa3 => Some((1, 90)),
        0xc9..=0xf9 => Some((1, 30)),
        0x87..=0xfe => Some((1, 10)),
        _ => None,
    }
}

fn euc_kr(first: u8, rest: &[u8]) -> Option<(usize, i64)> {
    let second = *rest.first()?;
    match (first, second) {
        (0xb0..=0xc8, 0xa1..=0xfe) => Some((1, 100)),
        (0xa1..=0xa3, 0xa1..=0xfe) => Some((1, 90)),
        (0xca..=0xfd, 0xa1..=0xfe) => Some((1, 20)),
        (0x81..=0xc6, 0x41..=0x5a | 0x61..=0x7a | 0x81..=0xfe) => Some((1, 15)),
        _ => None,
    }
}

fn euc_jp(first: u8, rest: &[u8]) -> Option<(usize, i64)> {
    let second = *rest.first()?;
    match (first, second) {
        (0x8e, 0xa1..=0xdf) => Some((1, 20)),
        (0x8f, 0xa1..=0xfe) => Some((2, 15)),
        (0xa4 | 0xa5, 0xa1..=0xf6) => Some((1, 100)),
        (0xa1..=0xa3 | 0xb0..=0xcf, 0xa1..=0xfe) => Some((1, 90)),
        (0xa6..=0xa8 | 0xd0..=0xf4, 0xa1..=0xfe) => Some((1, 30)),
        _ => None,
    }
}

fn shift_jis(first: u8, rest: &[u8]) -> Option<(usize, i64)> {
    if matches!(first, 0xa1..=0xdf) {
        return Some((0, 30));
    }
    if !matches!(*rest.first()?, 0x40..=0x7e | 0x80..=0xfc) {
        return None;
    }
    match first {
        0x82 | 0x83 => Some((1, 100)),
        0x81 | 0x88..=0x97 => Some((1, 90)),
        0x98..=0x9f | 0xe0..=0xea => Some((1, 30)),
        0x84..=0x87 | 0xed | 0xee | 0xfa..=0xfc => Some((1, 15)),
        _ => None,
    }
}

fn utf8(bytes: &[u8]) -> Tally {
    let mut tally = Tally::default();
    // The rest of a character whose beginning was cut off.
    let first = bytes.iter().position(|b| !b.is_ascii()).unwrap_or(0);
    let late = bytes.iter().skip(first).take_while(|b| matches!(b, 0x80..=0xbf)).count();
    let begins = if late <= 3 { first + late } else { 0 };
    if (1..=3).contains(&late) {
        tally.add(CUT);
    }
    let bytes = bytes.get(begins..).unwrap_or_default();
    for chunk in bytes.utf8_chunks() {
        for _ in chunk.valid().chars().filter(|c| !c.is_ascii()) {
            tally.add(100);
        }
        match chunk.invalid() {
            [] => {}
            [0xc2..=0xf4, ..] if bytes.ends_with(chunk.invalid()) => tally.add_broken_end(),
            _ => tally.add(BROKEN),
        }
    }
    tally
}

/// Letters beside the common ones: alone or two of them, at the side of common ones.
fn latin(text: &str) -> Tally {
    let mut tally = Tally::default();
    let mut before = ' ';
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        if is_usual(c) {
            before = c;
            continue;
        }
        let mut run = vec![c];
        while let Some(more) = rest.next_if(|c| !is_usual(*c)) {
            run.push(more);
        }
        let beside = before.is_ascii_alphabetic() || rest.peek().is_some_and(char::is_ascii_alphabetic);
        let points = match run.as_slice() {
            [one] if one.is_alphabetic() => 100,
            [_] => 80,
            [one, two] if beside && one.is_lowercase() && two.is_lowercase() => 90,
            [one, two] if beside && one.is_alphabetic() != two.is_alphabetic() => 70,
            [_, _] => 20,
            more if beside && more.len() < 5 && more.iter().all(|c| c.is_lowercase()) => 60,
            _ => 10,
        };
        for c in run {
            tally.add(if c.is_control() { -50 } else { points });
        }
        before = ' ';
    }
    tally
}

fn is_usual(c: char) -> bool {
    c.is_ascii() || c == '\u{a0}'
}

/// Words in letters of their own: letters they are, and none is large in the middle of a word.
fn own_letters(text: &str) -> Tally {
    let mut tally = Tally::default();
    let mut small_before = false;
    for c in text.chars() {
        if is_usual(c) {
            small_before = false;
            continue;
        }
        tally.add(match c {
            _ if c.is_control() => -50,
            _ if c.is_uppercase() && small_before => 0,
            _ if c.is_alphabetic() || matches!(c, '\u{590}'..='\u{6ff}' | '\u{e00}'..='\u{e7f}') => 100,
            char::REPLACEMENT_CHARACTER => BROKEN,
            _ => 20,
        });
        small_before = c.is_lowercase();
    }
    tally
}
