//! What may stand in a text that is being written: what a person writes, and nothing that moves a terminal or hides
//! itself.

use crate::text::is_harmless;

/// Nobody writes more, and no server takes it.
pub const MOST_BYTES: usize = 16 * 1024 * 1024;
pub const MOST_LINES: usize = 1_000_000;

/// A text as it may be put in: every end of a line is LF, controls and what is invisible are gone. What joins the parts
/// of an emoji stays, because the message is sent with it. No more than there is room for; `true` if something was cut.
pub(super) fn cleaned(text: &str, bytes: usize, lines: usize) -> (String, bool) {
    let mut clean = String::with_capacity(text.len().min(bytes));
    let mut lines = lines;
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let c = match c {
            '\r' => {
                chars.next_if_eq(&'\n');
                '\n'
            }
            '\n' | '\u{0b}' | '\u{0c}' | '\u{85}' | '\u{2028}' | '\u{2029}' => '\n',
            '\t' | '\u{200d}' | '\u{fe0e}' | '\u{fe0f}' | '\u{1f3fb}'..='\u{1f3ff}' => c,
            harmless if is_harmless(harmless) => harmless,
            _ => continue,
        };
        if c == '\n' {
            let Some(left) = lines.checked_sub(1) else { return (clean, true) };
            lines = left;
        }
        if clean.len() + c.len_utf8() > bytes {
            return (clean, true);
        }
        clean.push(c);
    }
    (clean, false)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn t22_what_is_pasted_is_text() {
        let of = |text: &str| cleaned(text, 100, 100).0;
        assert_eq!(of("a\r\nb\rc\n"), "a\nb\nc\n");
        assert_eq!(of("\u{1b}[201~\u{7}x\u{202e}y\u{200b}\u{9b}z\0"), "[201~xyz");
        assert_eq!(of("a\tb 👨\u{200d}👩 ❤\u{fe0f} 👍🏽"), "a\tb 👨\u{200d}👩 ❤\u{fe0f} 👍🏽");
    }

    #[test]
    fn there_is_an_end_to_what_is_pasted() {
        assert_eq!(cleaned("鸿雁传书", 7, 9), ("鸿雁".to_owned(), true));
        assert_eq!(cleaned("a\nb\nc", 9, 1), ("a\nb".to_owned(), true));
        assert_eq!(cleaned("abc", 3, 0), ("abc".to_owned(), false));
    }
}
