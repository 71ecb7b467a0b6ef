//! Characters as a search takes them: without case and width, traditional as simplified, composed in one way, and without
//! what nobody sees. A line that ends between two Chinese characters ends for the width of the sender's window only.

use std::sync::LazyLock;

use icu_normalizer::ComposingNormalizerBorrowed;
use unicode_segmentation::UnicodeSegmentation as _;

const FIRST: u32 = 0x3400;
const LAST: u32 = 0x9fff;

/// For each character of the common Chinese blocks what it counts as; 0 is itself.
static SIMPLIFIED: LazyLock<Vec<u16>> = LazyLock::new(|| {
    let mut table = vec![0_u16; usize::try_from(LAST - FIRST + 1).unwrap_or(0)];
    let lines = include_str!("../../assets/search/simplified.txt").lines().filter(|line| !line.starts_with('#'));
    for pair in lines.flat_map(str::split_whitespace) {
        let mut chars = pair.chars().map(u32::from);
        if let (Some(from), Some(to)) = (chars.next(), chars.next())
            && let Some(place) = place(from).and_then(|place| table.get_mut(place))
        {
            *place = u16::try_from(to).unwrap_or(0);
        }
    }
    table
});

fn place(c: u32) -> Option<usize> {
    usize::try_from(c.checked_sub(FIRST).filter(|_| c <= LAST)?).ok()
}

fn simplified(c: char) -> char {
    let other = place(u32::from(c)).and_then(|place| SIMPLIFIED.get(place)).copied().unwrap_or(0);
    if other == 0 { c } else { char::from_u32(u32::from(other)).unwrap_or(c) }
}

/// What a character is to a search.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Kind {
    /// Of a writing without blanks.
    Dense,
    /// Of a word.
    Letter,
    Apart,
}

pub(super) fn kind(c: char) -> Kind {
    match c {
        'a'..='z' | '0'..='9' => Kind::Letter,
        '\0'..='\u{7f}' | '\u{30fb}' => Kind::Apart,
        '\u{3005}'..='\u{3007}'
        | '\u{3041}'..='\u{30ff}'
        | '\u{3105}'..='\u{312f}'
        | '\u{31a0}'..='\u{31bf}'
        | '\u{31f0}'..='\u{31ff}'
        | '\u{3400}'..='\u{4dbf}'
        | '\u{4e00}'..='\u{9fff}'
        | '\u{ac00}'..='\u{d7af}'
        | '\u{f900}'..='\u{faff}'
        | '\u{1b000}'..='\u{1b16f}'
        | '\u{20000}'..='\u{3ffff}' => Kind::Dense,
        other if other.is_alphanumeric() => Kind::Letter,
        _ => Kind::Apart,
    }
}

/// Koreans write blanks, and they mean something.
fn flows_over_lines(c: char) -> bool {
    kind(c) == Kind::Dense && !matches!(c, '\u{ac00}'..='\u{d7af}')
}

/// Stands for itself, whatever stands beside it, unless that is no such character.
fn is_simple(c: char) -> bool {
    matches!(c,
        '\0'..='\u{7f}'
        | '\u{2013}' | '\u{2014}' | '\u{2018}'..='\u{201d}'
        | '\u{3000}'..='\u{3029}'
        | '\u{3041}'..='\u{3096}'
        | '\u{30a1}'..='\u{30fa}'
        | '\u{3400}'..='\u{4dbf}'
        | '\u{4e00}'..='\u{9fff}'
        | '\u{ff01}'..='\u{ff5e}')
}

/// Drawn by nobody, and put between characters to keep them from being found.
fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}'
        | '\u{e0000}'..='\u{e0fff}')
}

/// Whoever takes what was folded, with the place in the text that it was made from.
struct Line<F> {
    each: F,
    last: Option<char>,
    /// Where blanks stand that nothing came after yet, and how many lines end in them.
    blank: Option<(usize, usize)>,
    ends: u32,
}

impl<F: FnMut(char, usize, usize)> Line<F> {
    fn push(&mut self, c: char, from: usize, to: usize) {
        if c.is_whitespace() {
            self.ends += u32::from(c == '\n');
            let from = self.blank.map_or(from, |(from, _)| from);
            self.blank = Some((from, to));
            return;
        }
        if is_invisible(c) {
            return;
        }
        if let Some((blank, end)) = self.blank.take() {
            let flows = self.ends == 1 && flows_over_lines(c) && self.last.is_some_and(flows_over_lines);
            self.ends = 0;
            if !flows {
                (self.each)(' ', blank, end);
            }
        }
        self.last = Some(c);
        (self.each)(c, from, to);
    }

    /// A stretch that cannot be taken character by character.
    fn stretch(&mut self, text: &str, at: usize) {
        let nfkc = const { ComposingNormalizerBorrowed::new_nfkc() };
        for (from, grapheme) in text.grapheme_indices(true) {
            let (from, to) = (at + from, at + from + grapheme.len());
            for c in nfkc.normalize(grapheme).chars().flat_map(char::to_lowercase) {
                self.push(simplified(c), from, to);
            }
        }
    }
}

/// Folds a text: each character with the place that it was made from.
pub(super) fn fold(text: &str, each: impl FnMut(char, usize, usize)) {
    let mut line = Line { each, last: None, blank: None, ends: 0 };
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        if is_simple(c) && chars.peek().is_none_or(|(_, next)| is_simple(*next)) {
            let to = at + c.len_utf8();
            match c {
                '\r' if chars.peek().is_some_and(|(_, next)| *next == '\n') => {}
                '\r' => line.push('\n', at, to),
                'A'..='Z' => line.push(c.to_ascii_lowercase(), at, to),
                '\0'..='\u{7f}' => line.push(c, at, to),
                '\u{ff01}'..='\u{ff5e}' => crate::text::folded(c).for_each(|c| line.push(c, at, to)),
                other => line.push(simplified(other), at, to),
            }
            continue;
        }
        let mut end = at + c.len_utf8();
        while let Some((from, next)) = chars.next_if(|(_, next)| !is_simple(*next)) {
            end = from + next.len_utf8();
        }
        line.stretch(text.get(at..end).unwrap_or_default(), at);
    }
}

/// A folded text that remembers where it is from.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Folded {
    pub(super) chars: Vec<char>,
    places: Vec<(usize, usize)>,
}

impl Folded {
    pub fn new(text: &str) -> Self {
        let mut folded = Self::default();
        fold(text, |c, from, to| {
            folded.chars.push(c);
            folded.places.push((from, to));
        });
        folded
    }

    /// Where in the text these characters are from.
    pub(super) fn place(&self, from: usize, to: usize) -> Option<std::ops::Range<usize>> {
        let (start, _) = self.places.get(from)?;
        let (_, end) = self.places.get(to.checked_sub(1)?)?;
        Some(*start..*end)
    }
}

/// The same as words of one line.
pub fn folded_words(text: &str) -> String {
    let mut words = String::new();
    fold(text, |c, _, _| words.push(c));
    words
}
