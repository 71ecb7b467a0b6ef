//! Characters that cannot be measured one by one (a face with the colour of its skin, a letter with its marks, scripts
//! that join their letters) are laid out by others that can, as wide as they are, and put back afterwards.

use std::collections::HashMap;

/// Of private use, one column wide.
const NARROW: u32 = 0x10_0000;
/// Given to nothing yet, but to be two columns wide when it is.
const WIDE: u32 = 0x3_4000;
/// More than these do not stand in one page.
const MOST: usize = 20_000;

#[derive(Default)]
pub(super) struct StandIns {
    narrow: Class,
    wide: Class,
}

#[derive(Default)]
struct Class {
    known: HashMap<String, usize>,
    meant: Vec<String>,
}

impl StandIns {
    /// What is laid out instead of something that takes so many columns.
    pub(super) fn of(&mut self, grapheme: &str, columns: usize) -> Option<char> {
        let mut chars = grapheme.chars();
        let first = chars.next()?;
        if columns == 0 {
            return None;
        }
        if chars.next().is_none() && is_plain(first) {
            return Some(first);
        }
        let (class, from) = if columns == 1 { (&mut self.narrow, NARROW) } else { (&mut self.wide, WIDE) };
        let number = class.number(grapheme).and_then(|number| u32::try_from(number).ok());
        number.and_then(|number| char::from_u32(from + number)).or(Some('\u{fffd}'))
    }

    /// What a character stands for, if it is one of these.
    pub(super) fn meant(&self, c: char) -> Option<&str> {
        let code = u32::from(c);
        let (class, from) = if code >= NARROW { (&self.narrow, NARROW) } else { (&self.wide, WIDE) };
        let number = usize::try_from(code.checked_sub(from)?).ok()?;
        class.meant.get(number).map(String::as_str)
    }
}

impl Class {
    fn number(&mut self, grapheme: &str) -> Option<usize> {
        if let Some(number) = self.known.get(grapheme) {
            return Some(*number);
        }
        let number = self.meant.len();
        if number >= MOST {
            return None;
        }
        self.known.insert(grapheme.to_owned(), number);
        self.meant.push(grapheme.to_owned());
        Some(number)
    }
}

/// Characters that are as wide beside others as they are alone.
fn is_plain(c: char) -> bool {
    matches!(c,
        ' '..='~' | '\u{a0}'..='\u{ac}' | '\u{ae}'..='\u{2ff}'
        // Greek and Cyrillic, punctuation, arrows, what boxes are drawn of
        | '\u{370}'..='\u{377}' | '\u{391}'..='\u{3a1}' | '\u{3a3}'..='\u{3ff}' | '\u{400}'..='\u{482}' | '\u{48a}'..='\u{52f}'
        | '\u{2010}'..='\u{2015}' | '\u{2018}'..='\u{201f}' | '\u{2020}'..='\u{2026}' | '\u{2190}'..='\u{2193}'
        | '\u{2500}'..='\u{257f}'
        // Chinese, Japanese and Korean; not the blank of their width
        | '\u{2e80}'..='\u{2e99}' | '\u{3001}'..='\u{3029}' | '\u{3041}'..='\u{3096}' | '\u{30a1}'..='\u{30fa}' | '\u{30fc}'..='\u{30ff}'
        | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}' | '\u{ff01}'..='\u{ff60}')
}

#[cfg(test)]
mod tests {
    use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

    use super::*;

    #[test]
    fn stand_ins_are_as_wide_as_what_they_stand_for() {
        for number in 0..u32::try_from(MOST).unwrap() {
            for (from, columns) in [(NARROW, 1), (WIDE, 2)] {
                let c = char::from_u32(from + number).unwrap();
                assert_eq!((c.width(), c.to_string().width()), (Some(columns), columns), "{c:?}");
            }
        }
    }

    #[test]
    fn plain_characters_are_as_wide_together_as_alone() {
        let plain: Vec<char> = ('\0'..='\u{10ffff}').filter(|c| is_plain(*c)).collect();
        let together = |text: &str| text.width() == text.chars().map(|c| c.width().unwrap()).sum::<usize>();
        assert!(together(&plain.iter().collect::<String>()));
        assert!(together(&plain.iter().rev().collect::<String>()));
        assert!(plain.iter().all(|c| matches!(c.width(), Some(1 | 2))));
        assert!(!plain.iter().any(|c| u32::from(*c) >= WIDE));
    }

    #[test]
    fn what_stands_in_is_put_back() {
        let mut all = StandIns::default();
        for (grapheme, columns) in
            [("\u{1f44d}\u{1f3fd}", 2), ("e\u{301}", 1), ("\u{34000}", 2), ("\u{100000}", 1), ("\u{3000}", 2)]
        {
            let c = all.of(grapheme, columns).unwrap();
            assert_eq!((c.width(), all.meant(c)), (Some(columns), Some(grapheme)));
            assert_eq!(all.of(grapheme, columns), Some(c));
        }
        assert_eq!((all.of("x", 1), all.of("\u{200d}", 0)), (Some('x'), None));
        assert_eq!(all.meant('x'), None);
    }
}
