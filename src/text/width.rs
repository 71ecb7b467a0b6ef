//! How many columns a string takes, and how to cut it to fit.

use std::borrow::Cow;

use unicode_segmentation::UnicodeSegmentation as _;
use unicode_width::UnicodeWidthStr as _;

/// Columns on the screen, by grapheme, as the terminal library counts them.
pub fn width(text: &str) -> usize {
    if text.is_ascii() {
        return text.len();
    }
    text.graphemes(true).map(|g| g.width()).sum()
}

/// True if the text takes no more than so many columns. To ask it of a long text costs no more than of a short one.
pub fn fits(text: &str, columns: usize) -> bool {
    if text.is_ascii() {
        return text.len() <= columns;
    }
    let mut used = 0_usize;
    graphemes(text).all(|(_, cost)| {
        used = used.saturating_add(cost);
        used <= columns
    })
}

/// The pieces of a string that move as one, each with its columns.
pub fn graphemes(text: &str) -> impl Iterator<Item = (&str, usize)> {
    text.graphemes(true).map(|g| (g, g.width()))
}

/// Cut in its middle if it is too wide: how a name ends says what it is.
pub fn clip_middle(text: &str, columns: usize) -> Cow<'_, str> {
    if fits(text, columns) {
        return text.into();
    }
    let Some(room) = columns.checked_sub(1) else { return "".into() };
    let behind = room / 3;
    let all: Vec<(&str, usize)> = graphemes(text).collect();
    let (mut tail, mut used) = (String::new(), 0);
    for (grapheme, cost) in all.iter().rev() {
        if used + cost > behind {
            break;
        }
        tail.insert_str(0, grapheme);
        used += cost;
    }
    let (mut head, mut taken) = (String::new(), 0);
    for (grapheme, cost) in all {
        if taken + cost > room - used {
            break;
        }
        head.push_str(grapheme);
        taken += cost;
    }
    format!("{head}…{tail}").into()
}

/// The text in at most `columns`; what does not fit is replaced by `…`.
pub fn clip(text: &str, columns: usize) -> Cow<'_, str> {
    if fits(text, columns) {
        return Cow::Borrowed(text);
    }
    let Some(room) = columns.checked_sub(1) else {
        return Cow::Borrowed("");
    };
    let mut kept = String::new();
    let mut used = 0;
    for (grapheme, columns) in graphemes(text) {
        if used + columns > room {
            break;
        }
        used += columns;
        kept.push_str(grapheme);
    }
    kept.push('…');
    Cow::Owned(kept)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::text::SafeText;

    #[test]
    fn what_is_cut_in_its_middle_keeps_its_end() {
        let name = clip_middle("发票_04_北京某某科技有限公司.exe", 20);
        assert_eq!((name.as_ref(), width(&name)), ("发票_04_北京…司.exe", 19));
        assert_eq!(clip_middle("short.pdf", 9), "short.pdf");
        assert_eq!(clip_middle("鸿雁传书", 4), "鸿…");
        assert_eq!(clip_middle("鸿雁传书", 1), "…");
        assert_eq!(clip_middle("鸿雁传书", 0), "");
    }

    #[test]
    fn chinese_takes_two_columns_each() {
        assert_eq!(width("鸿雁 ok"), 7);
        assert_eq!(clip("鸿雁传书", 5), "鸿雁…");
        assert_eq!(clip("鸿雁传书", 4), "鸿…");
        assert_eq!(clip("鸿雁传书", 8), "鸿雁传书");
        assert_eq!(clip("鸿", 1), "…");
        assert_eq!(clip("鸿", 0), "");
    }

    proptest! {
        #[test]
        fn what_fits_is_no_wider(raw in "(?s).{0,40}", columns in 0_usize..60) {
            prop_assert_eq!(fits(&raw, columns), width(&raw) <= columns);
        }

        #[test]
        fn a_clipped_text_fits(raw in any::<String>(), columns in 0_usize..40) {
            let safe = SafeText::of(&raw);
            prop_assert!(width(&clip(safe.as_str(), columns)) <= columns);
        }
    }
}
