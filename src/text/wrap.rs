//! Breaking one line into lines that fit: at spaces, between CJK characters, never leaving closing punctuation alone at
//! the start of a line.

use std::ops::Range;

use super::width::graphemes;

/// Breaks `line` into pieces of at most `columns` columns. The pieces borrow from the line; the blanks at which it was
/// broken are left out. A single piece wider than `columns` (a wide character in one column) is kept whole.
pub fn wrap(line: &str, columns: usize) -> Vec<&str> {
    broken(line, columns).into_iter().map(|range| piece(line, range.start, range.end)).collect()
}

/// The same as ranges of the line, where the first piece has another room than those that hang below it.
pub fn wrap_hanging(line: &str, first: usize, rest: usize) -> Vec<Range<usize>> {
    let mut lines = broken(line, first);
    let below = lines.get(1).map(|second| second.start).filter(|_| first != rest);
    if let Some(from) = below {
        lines.truncate(1);
        let hanging = broken(piece(line, from, line.len()), rest);
        lines.extend(hanging.into_iter().map(|range| from + range.start..from + range.end));
    }
    lines
}

fn broken(line: &str, columns: usize) -> Vec<Range<usize>> {
    let columns = columns.max(1);
    let mut lines = Vec::new();
    let mut from = 0; // where the line being filled starts
    let mut used = 0; // its columns so far
    let mut at = 0; // bytes read
    let mut good: Option<Break> = None; // the last place where it may be broken
    let mut before: Option<&str> = None;
    for (grapheme, cost) in graphemes(line) {
        if let Some(previous) = before
            && at > from
            && may_break(previous, grapheme)
        {
            good = Some(Break { at, used });
        }
        while used + cost > columns && at > from && !is_blank(grapheme) {
            let cut = good.take().filter(|b| b.at > from).unwrap_or(Break { at, used });
            lines.push(trimmed(line, from, cut.at));
            from = cut.at;
            used -= cut.used;
            let blanks = piece(line, from, at).bytes().take_while(|b| *b == b' ').count();
            from += blanks;
            used -= blanks;
        }
        used += cost;
        at += grapheme.len();
        before = Some(grapheme);
    }
    if lines.is_empty() && used <= columns {
        lines.push(from..line.len());
    } else {
        lines.push(trimmed(line, from, line.len()));
    }
    lines
}

/// Cuts `line` at the border, wherever that is: for lines that mean what they are.
pub fn cut(line: &str, first: usize, rest: usize) -> Vec<Range<usize>> {
    let mut columns = first.max(1);
    let mut lines = Vec::new();
    let (mut from, mut used, mut at) = (0, 0, 0);
    for (grapheme, cost) in graphemes(line) {
        if used + cost > columns && at > from {
            lines.push(from..at);
            (from, used, columns) = (at, 0, rest.max(1));
        }
        used += cost;
        at += grapheme.len();
    }
    lines.push(from..line.len());
    lines
}

fn trimmed(line: &str, from: usize, to: usize) -> Range<usize> {
    from..from + piece(line, from, to).trim_end_matches(' ').len()
}

#[derive(Clone, Copy)]
struct Break {
    at: usize,
    used: usize,
}

fn piece(line: &str, from: usize, to: usize) -> &str {
    line.get(from..to).unwrap_or_default()
}

fn is_blank(grapheme: &str) -> bool {
    grapheme == " "
}

/// True if a line may end between these two pieces of it.
pub fn may_break(before: &str, after: &str) -> bool {
    if is_blank(after) {
        return false;
    }
    if is_blank(before) {
        return true;
    }
    let (Some(b), Some(a)) = (before.chars().next_back(), after.chars().next()) else {
        return false;
    };
    (is_cjk(b) || is_cjk(a)) && !closes(a) && !opens(b)
}

/// Characters between which a line may be broken without a space.
fn is_cjk(c: char) -> bool {
    matches!(c,
        '\u{2e80}'..='\u{303f}' | '\u{3041}'..='\u{33ff}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}'
        | '\u{ac00}'..='\u{d7a3}' | '\u{f900}'..='\u{faff}' | '\u{fe30}'..='\u{fe4f}' | '\u{ff00}'..='\u{ffef}'
        | '\u{20000}'..='\u{3ffff}')
}

/// Never at the start of a line.
fn closes(c: char) -> bool {
    "。，、；：？！）》」』】〉〕”’…—～·．％,.;:?!)]}%>｝］〗〞々ー".contains(c)
}

/// Never at the end of a line.
fn opens(c: char) -> bool {
    "（《「『【〈〔“‘([{＄￥$￡｛［〖〝".contains(c)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::text::{SafeText, width};

    #[test]
    fn breaks_at_spaces() {
        assert_eq!(wrap("the wild goose carries letters", 12), ["the wild", "goose", "carries", "letters"]);
    }

    #[test]
    fn breaks_between_chinese_characters() {
        assert_eq!(wrap("鸿雁在云鱼在水", 6), ["鸿雁在", "云鱼在", "水"]);
    }

    #[test]
    fn never_starts_a_line_with_a_full_stop() {
        assert_eq!(wrap("今天开会。明天放假。", 8), ["今天开", "会。明天", "放假。"]);
    }

    #[test]
    fn cuts_a_word_that_is_too_long() {
        assert_eq!(wrap("https://example.com/abcdef", 10), ["https://ex", "ample.com/", "abcdef"]);
    }

    #[test]
    fn keeps_leading_blanks_and_empty_lines() {
        assert_eq!(wrap("", 10), [""]);
        assert_eq!(wrap("    indented", 20), ["    indented"]);
    }

    /// What cannot be broken; with marks that take room it is wider than a wide character.
    fn is_one(piece: &str) -> bool {
        graphemes(piece).count() == 1
    }

    proptest! {
        #[test]
        fn every_line_fits_and_nothing_but_blanks_is_lost(raw in any::<String>(), columns in 2_usize..60) {
            let safe = SafeText::of(&raw);
            let lines = wrap(safe.as_str(), columns);
            for line in &lines {
                prop_assert!(width(line) <= columns || is_one(line), "{line:?} in {columns}");
            }
            let joined: String = lines.concat().chars().filter(|c| *c != ' ').collect();
            let whole: String = safe.as_str().chars().filter(|c| *c != ' ').collect();
            prop_assert_eq!(joined, whole);
        }

        #[test]
        fn a_cut_line_is_all_there(raw in any::<String>(), first in 2_usize..60, rest in 2_usize..60) {
            let safe = SafeText::of(&raw);
            let pieces: Vec<&str> = cut(safe.as_str(), first, rest).into_iter().filter_map(|at| safe.as_str().get(at)).collect();
            for (at, piece) in pieces.iter().enumerate() {
                let room = if at == 0 { first } else { rest };
                prop_assert!(width(piece) <= room || is_one(piece));
            }
            prop_assert_eq!(pieces.concat(), safe.as_str());
        }

        #[test]
        fn what_hangs_has_its_own_room(raw in "[鸿雁传书，。a-z ]{0,80}", first in 2_usize..40, rest in 2_usize..40) {
            for (at, range) in wrap_hanging(&raw, first, rest).into_iter().enumerate() {
                let room = if at == 0 { first } else { rest };
                prop_assert!(width(raw.get(range).unwrap()) <= room);
            }
        }

        #[test]
        fn chinese_prose_fits(raw in "[鸿雁传书，。！“”a-z 0-9（）]{0,80}", columns in 2_usize..40) {
            for line in wrap(&raw, columns) {
                prop_assert!(width(line) <= columns);
            }
        }
    }
}
