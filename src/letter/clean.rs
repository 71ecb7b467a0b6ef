//! What of a text may leave this machine: no sign that steers a terminal or a program, none that turns the text around it.

use std::borrow::Cow;

/// True for what nobody writes and somebody may be harmed by. Joiners and variation selectors stay: they are letters.
fn is_harmful(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}'
            | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}')
}

fn ends_line(c: char) -> bool {
    matches!(c, '\r' | '\n' | '\u{0b}' | '\u{0c}' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

/// One line of it, no longer than so many bytes. What ends lines becomes a blank, and so do tabs.
pub(super) fn line(raw: &str, longest: usize) -> String {
    let mut clean = String::with_capacity(raw.len().min(longest));
    let mut last = ' ';
    for c in raw.chars() {
        let was_line_end = last == '\r';
        last = c;
        let c = match c {
            '\n' if was_line_end => continue,
            c if ends_line(c) || c == '\t' => ' ',
            c if is_harmful(c) => continue,
            c => c,
        };
        if clean.len() + c.len_utf8() > longest {
            break;
        }
        clean.push(c);
    }
    clean.trim().to_owned()
}

/// The lines of it, each ended by LF alone.
pub(super) fn lines(raw: &str) -> Cow<'_, str> {
    if !raw.contains(|c| is_harmful(c) && !matches!(c, '\n' | '\t')) {
        return Cow::Borrowed(raw);
    }
    let mut clean = String::with_capacity(raw.len());
    let mut rest = raw.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            '\r' => {
                rest.next_if_eq(&'\n');
                clean.push('\n');
            }
            '\t' => clean.push('\t'),
            c if ends_line(c) => clean.push('\n'),
            c if is_harmful(c) => {}
            c => clean.push(c),
        }
    }
    Cow::Owned(clean)
}

/// As much of a text as fits into so many bytes.
pub(super) fn beginning(text: &str, longest: usize) -> &str {
    text.get(..text.floor_char_boundary(longest)).unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_line_stays_one() {
        for (raw, clean) in [
            ("a\r\nBcc: x", "a Bcc: x"),
            ("a\rb\nc\u{2028}d\u{85}e", "a b c d e"),
            ("\u{1b}]0;x\u{7}y", "]0;xy"),
            ("a\u{202e}gpj.exe", "agpj.exe"),
            ("👨\u{200d}👩\u{200d}👧 ok", "👨\u{200d}👩\u{200d}👧 ok"),
            (" \t a ", "a"),
            ("鸿雁鸿雁", "鸿雁鸿"),
        ] {
            assert_eq!(line(raw, 11.max(raw.len() - usize::from(raw == "鸿雁鸿雁"))), clean, "{raw:?}");
        }
    }

    #[test]
    fn lines_end_in_one_way() {
        assert_eq!(lines("a\r\nb\rc\n\u{0}d\u{1b}[2J\te\u{2029}"), "a\nb\nc\nd[2J\te\n");
        assert!(matches!(lines("plain\n\ttext 鸿雁\n"), Cow::Borrowed(_)));
    }
}
