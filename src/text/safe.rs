//! Untrusted text, and the one constructor that makes it drawable.

use std::fmt;
use std::ops::Range;

use unicode_segmentation::UnicodeSegmentation as _;

use super::width;

/// Text from the network or from a file: decoded, untrusted, and never drawn as it is.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Text(String);

impl Text {
    pub fn new(decoded: impl Into<String>) -> Self {
        Self(decoded.into())
    }

    /// The text as it came, for searching, comparing, storing and replying; not for a screen.
    pub fn as_untrusted(&self) -> &str {
        &self.0
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Text({:?})", self.0)
    }
}

impl From<String> for Text {
    fn from(value: String) -> Self {
        Self(value)
    }
}

impl From<&str> for Text {
    fn from(value: &str) -> Self {
        Self(value.to_owned())
    }
}

/// One line that may be written to a terminal: no control character, no direction override, nothing invisible, and a
/// width on which every terminal agrees.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Debug)]
pub struct SafeText(String);

impl SafeText {
    /// Line breaks become spaces: one line in, one line out.
    pub fn new(untrusted: &Text) -> Self {
        Self(sanitise(untrusted.as_untrusted()))
    }

    /// The same of its beginning, for a place that is small and drawn often.
    pub fn beginning(untrusted: &Text, graphemes: usize) -> Self {
        let text = untrusted.as_untrusted();
        let end = text.grapheme_indices(true).nth(graphemes).map_or(text.len(), |(at, _)| at);
        Self(sanitise(text.get(..end).unwrap_or(text)))
    }

    /// The same for a string that did not go through [`Text`] (an operating system error, a path, a host name).
    pub fn of(untrusted: &str) -> Self {
        Self(sanitise(untrusted))
    }

    /// A line of a text. Its tabs reach to the next of the places that are eight columns apart.
    pub fn line(untrusted: &str) -> Self {
        Self(traced(untrusted, &[]).0)
    }

    /// The same, and where `places` of it, in order, have come to stand.
    pub fn traced(untrusted: &str, places: &[usize]) -> (Self, Vec<usize>) {
        let (text, places) = traced(untrusted, places);
        (Self(text), places)
    }

    /// A text of several lines, one [`SafeText`] each. Any of CRLF, CR, LF, VT, FF, NEL, LS and PS ends a line.
    pub fn lines(untrusted: &Text) -> Vec<Self> {
        let text = untrusted.as_untrusted();
        line_ranges(text).into_iter().map(|at| Self::line(text.get(at).unwrap_or_default())).collect()
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub fn into_string(self) -> String {
        self.0
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Display for SafeText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Where the lines of a text are, without what ends them.
pub fn line_ranges(text: &str) -> Vec<Range<usize>> {
    let text = text.strip_suffix("\r\n").or_else(|| text.strip_suffix('\n')).unwrap_or(text);
    let mut lines = Vec::new();
    let mut from = 0;
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        if ends_line(c) {
            lines.push(from..at);
            from = at + c.len_utf8();
            if c == '\r' && chars.next_if(|(_, next)| *next == '\n').is_some() {
                from += 1;
            }
        }
    }
    lines.push(from..text.len());
    lines
}

fn ends_line(c: char) -> bool {
    matches!(c, '\r' | '\n' | '\u{0b}' | '\u{0c}' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

/// Marks on one letter beyond this many are dropped: nobody writes them, and terminals stack them over other lines.
const MARKS_PER_LETTER: usize = 8;

fn sanitise(raw: &str) -> String {
    if raw.bytes().all(|b| (0x20..0x7f).contains(&b)) {
        return raw.to_owned();
    }
    let mut cleaned = String::with_capacity(raw.len());
    for c in raw.chars() {
        push_clean(c, &mut cleaned);
    }
    if cleaned.is_ascii() {
        return cleaned;
    }
    if cleaned.graphemes(true).any(|g| g.chars().nth(MARKS_PER_LETTER + 1).is_some()) {
        cleaned = cleaned.graphemes(true).flat_map(|g| g.chars().take(MARKS_PER_LETTER + 1)).collect();
    }
    cleaned
}

const TAB_STOP: usize = 8;

/// What [`sanitise`] does, but with tabs as in a text, and told where places of the raw line have come to stand.
fn traced(raw: &str, places: &[usize]) -> (String, Vec<usize>) {
    if raw.bytes().all(|b| (0x20..0x7f).contains(&b)) {
        return (raw.to_owned(), places.iter().map(|at| (*at).min(raw.len())).collect());
    }
    let mut cleaned = String::with_capacity(raw.len());
    let mut stand = Vec::with_capacity(places.len());
    // In which column the last tab ended, and where that is.
    let (mut column, mut measured) = (0, 0);
    for (at, c) in raw.char_indices() {
        while places.get(stand.len()).is_some_and(|place| *place <= at) {
            stand.push(cleaned.len());
        }
        if c == '\t' {
            column += width(cleaned.get(measured..).unwrap_or_default());
            let blanks = TAB_STOP - column % TAB_STOP;
            cleaned.extend(std::iter::repeat_n(' ', blanks));
            (column, measured) = (column + blanks, cleaned.len());
        } else {
            push_clean(c, &mut cleaned);
        }
    }
    stand.resize(places.len(), cleaned.len());
    let heaped = |g: &str| g.chars().nth(MARKS_PER_LETTER + 1).is_some();
    if cleaned.is_ascii() || !cleaned.graphemes(true).any(heaped) {
        return (cleaned, stand);
    }
    let mut lighter = String::with_capacity(cleaned.len());
    let mut now = Vec::with_capacity(stand.len());
    for (at, grapheme) in cleaned.grapheme_indices(true) {
        let from = lighter.len();
        lighter.extend(grapheme.chars().take(MARKS_PER_LETTER + 1));
        while let Some(place) = stand.get(now.len()).filter(|place| **place < at + grapheme.len()) {
            now.push((from + (place - at)).min(lighter.len()));
        }
    }
    now.resize(stand.len(), lighter.len());
    (lighter, now)
}

/// What a terminal gets to see of one character.
enum Shown {
    AsItIs,
    As(char),
    InWords(&'static str),
    Nothing,
}

fn shown(c: char) -> Shown {
    match c {
        '\t' | '\r' | '\n' | '\u{0b}' | '\u{0c}' | '\u{85}' | '\u{2028}' | '\u{2029}' => Shown::As(' '),
        // The pictures of the control characters: an escape sequence becomes something to read.
        '\0'..='\u{1f}' => Shown::As(char::from_u32(0x2400 + u32::from(c)).unwrap_or('\u{fffd}')),
        '\u{7f}' => Shown::As('\u{2421}'),
        '\u{80}'..='\u{9f}' => Shown::As('\u{fffd}'),
        '\u{202a}' => Shown::InWords("⟪LRE⟫"),
        '\u{202b}' => Shown::InWords("⟪RLE⟫"),
        '\u{202c}' => Shown::InWords("⟪PDF⟫"),
        '\u{202d}' => Shown::InWords("⟪LRO⟫"),
        '\u{202e}' => Shown::InWords("⟪RLO⟫"),
        '\u{2066}' => Shown::InWords("⟪LRI⟫"),
        '\u{2067}' => Shown::InWords("⟪RLI⟫"),
        '\u{2068}' => Shown::InWords("⟪FSI⟫"),
        '\u{2069}' => Shown::InWords("⟪PDI⟫"),
        // Invisible, or drawn with a width that differs from terminal to terminal. Without joiners, variation selectors
        // and skin tones an emoji sequence falls into emoji whose widths everybody agrees on, and borders stay straight.
        '\u{ad}'
        | '\u{34f}'
        | '\u{61c}'
        | '\u{115f}'
        | '\u{1160}'
        | '\u{17b4}'
        | '\u{17b5}'
        | '\u{180b}'..='\u{180f}'
        | '\u{200b}'..='\u{200f}'
        | '\u{2060}'..='\u{2065}'
        | '\u{206a}'..='\u{206f}'
        | '\u{3164}'
        | '\u{fe00}'..='\u{fe0f}'
        | '\u{feff}'
        | '\u{ffa0}'
        | '\u{fff0}'..='\u{fffb}'
        | '\u{1bca0}'..='\u{1bca3}'
        | '\u{1d173}'..='\u{1d17a}'
        | '\u{1f3fb}'..='\u{1f3ff}'
        | '\u{e0000}'..='\u{e0fff}' => Shown::Nothing,
        _ => Shown::AsItIs,
    }
}

/// True if a terminal may be given the character as it is. For whoever escapes instead of replacing, as JSON does.
pub fn is_harmless(c: char) -> bool {
    matches!(shown(c), Shown::AsItIs)
}

fn push_clean(c: char, into: &mut String) {
    match shown(c) {
        Shown::AsItIs => into.push(c),
        Shown::As(other) => into.push(other),
        Shown::InWords(words) => into.push_str(words),
        Shown::Nothing => {}
    }
}

#[cfg(test)]
mod tests;
