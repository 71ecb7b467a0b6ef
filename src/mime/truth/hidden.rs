//! Characters that nobody sees: they turn the direction of text, or stand between letters to break a word in two.

/// What a text is, and so which of them have a right to be in it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Place {
    /// A subject or a name: words in any language.
    Words,
    FileName,
    Address,
}

/// A longer text is not looked at to its end.
const LONGEST: usize = 64 * 1024;

/// True if something in the text is not what it seems.
pub(super) fn hides(text: &str, place: Place) -> bool {
    let text = text.get(..text.floor_char_boundary(LONGEST)).unwrap_or(text);
    if text.bytes().all(|byte| (0x20..0x7f).contains(&byte)) {
        return false;
    }
    let is_written_leftward = text.chars().any(is_leftward);
    let in_words = place == Place::Words;
    let mut before: Option<char> = None;
    let mut in_flag = false;
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let next = chars.peek().copied();
        let between = [before, next].into_iter().all(|c| c.is_some_and(|c| c.is_ascii_alphanumeric()));
        in_flag = c == '\u{1f3f4}' || in_flag && is_tag(c);
        let is_hiding = match c {
            // Whatever follows is shown backwards.
            '\u{202d}' | '\u{202e}' => true,
            '\u{202a}' | '\u{202b}' | '\u{2066}' | '\u{2067}' => !(in_words && is_written_leftward),
            // What translated sentences put around a name, and the ends of all these.
            '\u{2068}' | '\u{2069}' | '\u{202c}' => !in_words,
            // Some write a mark of byte order before everything.
            '\u{feff}' if before.is_none() => place == Place::Address,
            '\u{200b}'..='\u{200d}' | '\u{2060}'..='\u{2064}' | '\u{feff}' | '\u{ad}' | '\u{180e}' => {
                place == Place::Address || between
            }
            // Marks of direction that turn nothing else, and blanks that are letters.
            '\u{200e}' | '\u{200f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{3164}' | '\u{ffa0}' | '\u{2800}'
            | '\u{34f}' => place == Place::Address,
            _ if is_tag(c) => !in_flag || place == Place::Address,
            // Of a line that was broken inside its encoding.
            '\r' => next.is_some_and(|next| next != '\n'),
            '\u{8}' | '\u{1b}' | '\u{7f}' | '\u{9b}' | '\u{9d}' => true,
            _ => false,
        };
        if is_hiding {
            return true;
        }
        before = Some(c);
    }
    false
}

fn is_tag(c: char) -> bool {
    matches!(c, '\u{e0000}'..='\u{e007f}')
}

/// Hebrew, Arabic and their neighbours.
fn is_leftward(c: char) -> bool {
    matches!(c, '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{fefc}') && c != '\u{61c}'
}

/// False for what has no width and no ink.
pub(super) fn is_seen(c: char) -> bool {
    !(c.is_control()
        || is_tag(c)
        || matches!(c, '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{2069}' | '\u{feff}'))
}
