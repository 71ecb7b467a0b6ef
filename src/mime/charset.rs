//! Bytes and what is said of them → text. Labels lie: GBK is called gb2312, UTF-8 is called nothing at all, and headers
//! have no label. So a label is one opinion among several, and the bytes decide.

mod cns;
mod judge;
mod label;
mod rival;
mod seven;
#[cfg(test)]
mod tests;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{BIG5, EUC_KR, Encoding, GB18030, ISO_2022_JP, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

use label::Charset;

/// What is known of bytes before they are read.
#[derive(Clone, Copy, Default, Debug)]
pub(super) struct Hints<'a> {
    /// As the message says; empty if it says nothing.
    pub(super) label: &'a str,
    /// How other parts of the message were written.
    pub(super) context: Option<&'static str>,
    /// What the user knows better.
    pub(super) wish: Option<&'static str>,
}

/// The charsets that a user may choose from, by the names of the standard for the web.
pub fn known_charsets() -> &'static [&'static str] {
    &["utf-8", "gb18030", "big5", "shift_jis", "euc-kr", "windows-1252", "koi8-r", "hz-gb-2312", "iso-2022-cn"]
}

/// The text, and the name of the charset that it was read by.
pub(super) fn read(bytes: &[u8], hints: &Hints<'_>) -> (String, &'static str) {
    if let Some(wish) = hints.wish.and_then(Charset::of) {
        return decoded(wish, bytes);
    }
    if let Some(marked) = by_mark(bytes) {
        return marked;
    }
    let declared = Charset::of(hints.label);
    if bytes.is_ascii() {
        return seven_bit(bytes, declared);
    }
    if let Some(wide) = declared.filter(|charset| charset.is_utf16()) {
        return decoded(utf16(wide, bytes), bytes);
    }
    let context = hints.context.and_then(Charset::of);
    if let Ok(text) = std::str::from_utf8(bytes) {
        return match rival::instead_of_utf8(bytes, text, declared, context) {
            Some(encoding) => decoded(Charset::Web(encoding), bytes),
            None => (text.to_owned(), "utf-8"),
        };
    }
    if let Some(text) = rival::utf8_of_halves(bytes) {
        return (text, "utf-8");
    }
    if declared == Some(Charset::Hz) {
        return decoded(Charset::Hz, bytes);
    }
    let believed = declared.filter(|_| !label::says_seven_bits(hints.label));
    guessed(bytes, declared, believed, context)
}

/// How well bytes fit a label, from -100 to 100.
pub(super) fn fit(label: &str, bytes: &[u8]) -> i64 {
    match Charset::of(label) {
        Some(charset @ Charset::Web(encoding)) if !charset.is_seven_bit() && !charset.is_utf16() => {
            judge::fit(encoding, bytes)
        }
        Some(charset) if decoded(charset, bytes).0.contains(char::REPLACEMENT_CHARACTER) => -100,
        Some(_) => 100,
        None => 0,
    }
}

/// The name for the web of what a message calls a charset.
pub(super) fn name_of(label: &str) -> Option<&'static str> {
    Charset::of(label).map(Charset::name)
}

fn decoded(charset: Charset, bytes: &[u8]) -> (String, &'static str) {
    let text = match charset {
        Charset::Web(encoding) => encoding.decode_without_bom_handling(bytes).0.into_owned(),
        Charset::Hz => seven::hz(bytes),
        Charset::Iso2022Cn => seven::iso_2022(bytes, false),
        Charset::Iso2022Kr => seven::iso_2022(bytes, true),
        Charset::Utf7 => seven::utf7(bytes),
    };
    (without_mark(text), charset.name())
}

fn without_mark(text: String) -> String {
    text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text)
}

/// What begins with a byte order mark says itself what it is, if it is right.
fn by_mark(bytes: &[u8]) -> Option<(String, &'static str)> {
    let (encoding, length) = Encoding::for_bom(bytes)?;
    let text = encoding.decode_without_bom_handling_and_without_replacement(bytes.get(length..)?)?;
    Some((text.into_owned(), Charset::Web(encoding).name()))
}

fn seven_bit(bytes: &[u8], declared: Option<Charset>) -> (String, &'static str) {
    let plain = memchr::memchr2(0x1b, b'~', bytes).is_none();
    if plain && !declared.is_some_and(|charset| charset.is_seven_bit() || charset.is_utf16()) {
        return (String::from_utf8_lossy(bytes).into_owned(), "utf-8");
    }
    let escapes = memchr::memmem::find(bytes, b"\x1b$").map(|at| bytes.get(at + 2..).unwrap_or_default());
    match declared {
        // A text in it begins with its designation; one of the others may have been meant.
        Some(charset) if charset.is_seven_bit() && (escapes.is_none() || charset != Charset::Hz) => {
            return decoded(charset, bytes);
        }
        Some(charset) if charset.is_utf16() && memchr::memchr(0, bytes).is_some() => {
            return decoded(utf16(charset, bytes), bytes);
        }
        _ => {}
    }
    let said = match escapes {
        Some([b')', b'A' | b'G' | b'E', ..]) => Some(Charset::Iso2022Cn),
        Some([b')', b'C', ..]) => Some(Charset::Iso2022Kr),
        Some([b'B' | b'@', ..]) => Some(Charset::Web(ISO_2022_JP)),
        Some(_) => None,
        None => (memchr::memmem::find(bytes, b"~{").is_some() && seven::is_hz(bytes)).then_some(Charset::Hz),
    };
    if let Some(charset) = said {
        let (text, name) = decoded(charset, bytes);
        if !text.contains(char::REPLACEMENT_CHARACTER) {
            return (text, name);
        }
    }
    (String::from_utf8_lossy(bytes).into_owned(), "utf-8")
}

/// Without a mark it may be either: the one that gives fewer holes, then more of ASCII.
fn utf16(declared: Charset, bytes: &[u8]) -> Charset {
    const SAMPLE: usize = 4096;
    let sample = bytes.get(..SAMPLE).unwrap_or(bytes);
    let holes = |encoding: &'static Encoding| {
        let (text, _) = encoding.decode_without_bom_handling(sample);
        let odd = text.chars().filter(|c| *c == char::REPLACEMENT_CHARACTER || is_private(*c)).count();
        let usual = text.chars().filter(|c| c.is_ascii() || matches!(c, '\u{3000}'..='\u{9fff}')).count();
        (odd, std::cmp::Reverse(usual))
    };
    let (big, little) = (holes(UTF_16BE), holes(UTF_16LE));
    match big.cmp(&little) {
        std::cmp::Ordering::Less => Charset::Web(UTF_16BE),
        std::cmp::Ordering::Greater => Charset::Web(UTF_16LE),
        std::cmp::Ordering::Equal => declared,
    }
}

fn is_private(c: char) -> bool {
    matches!(c, '\u{e000}'..='\u{f8ff}' | '\u{fdd0}'..='\u{fdef}' | '\u{fffe}' | '\u{ffff}')
}

/// The best of everything that it may be. An opinion counts for some points, and what the bytes look like for the rest.
fn guessed(
    bytes: &[u8],
    declared: Option<Charset>,
    believed: Option<Charset>,
    context: Option<Charset>,
) -> (String, &'static str) {
    const ENOUGH: i64 = 85;
    let web = |charset: Option<Charset>| match charset {
        Some(Charset::Web(encoding)) if !charset.is_some_and(|it| it.is_seven_bit() || it.is_utf16()) => Some(encoding),
        _ => None,
    };
    let said = |charset| web(charset).filter(|encoding| !rival::is_refuted(encoding, bytes));
    let (declared, believed, context) = (said(declared), said(believed), web(context));
    if let Some(encoding) = believed.filter(|encoding| rival::is_believed(encoding, bytes))
        && let Some(text) = encoding.decode_without_bom_handling_and_without_replacement(bytes)
    {
        return (without_mark(text.into_owned()), Charset::Web(encoding).name());
    }
    let first = declared.filter(|encoding| *encoding != UTF_8).or(context).unwrap_or(GB18030);
    if judge::is_of_many_bytes(first)
        && judge::fit(first, bytes) >= ENOUGH
        && (declared == Some(first) || context == Some(first) || !may_be_korean(bytes))
        && let Some(text) = first.decode_without_bom_handling_and_without_replacement(bytes)
    {
        return (without_mark(text.into_owned()), Charset::Web(first).name());
    }
    let mut best: Option<(String, &'static Encoding, i64)> = None;
    for (encoding, points) in candidates(bytes, declared, believed, context) {
        if best.as_ref().is_some_and(|(_, _, best)| points < best - NEAR) {
            break;
        }
        let (text, broken) = encoding.decode_without_bom_handling(bytes);
        if !broken {
            best = Some((text.into_owned(), encoding, points));
            break;
        }
        if best.is_none() {
            best = Some((text.into_owned(), encoding, points));
        }
    }
    best.map_or_else(
        || (String::from_utf8_lossy(bytes).into_owned(), "utf-8"),
        |(text, encoding, _)| (without_mark(text), Charset::Web(encoding).name()),
    )
}

/// Korean letters are common Chinese characters too, but not one Chinese text in five hundred has no others.
fn may_be_korean(bytes: &[u8]) -> bool {
    const TELLING: usize = 24;
    const NOTHING_ELSE: i64 = 97;
    let many = bytes.iter().filter(|b| !b.is_ascii()).take(TELLING).count() == TELLING;
    many && judge::fit(EUC_KR, bytes) >= NOTHING_ELSE
}

/// A guess without holes is better than one with holes, if it is as good but for so many points.
const NEAR: i64 = 30;

/// In order, the best first.
fn candidates(
    bytes: &[u8],
    declared: Option<&'static Encoding>,
    believed: Option<&'static Encoding>,
    context: Option<&'static Encoding>,
) -> Vec<(&'static Encoding, i64)> {
    const SAMPLE: usize = 64 * 1024;
    const FEW: usize = 8;
    let is_eastern = |encoding: Option<&'static Encoding>| encoding.is_some_and(judge::is_of_many_bytes);
    let mut found: Vec<(&'static Encoding, i64)> = Vec::new();
    let mut add = |encoding: &'static Encoding, opinion: i64| {
        if found.iter().all(|(had, _)| *had != encoding) {
            let shape = judge::shape(encoding, bytes);
            let in_words = shape.characters > 0 && shape.inside_words == shape.characters;
            found.push((encoding, judge::fit(encoding, bytes) + opinion - i64::from(in_words) * 60));
        }
    };
    if let Some(encoding) = declared {
        add(encoding, if encoding == WINDOWS_1252 { 10 } else { 30 });
    }
    if let Some(encoding) = context {
        add(encoding, if encoding == WINDOWS_1252 { 5 } else { 20 });
    }
    add(UTF_8, 10);
    // A few letters of any alphabet are rather two or three of ours.
    let few = bytes.iter().filter(|b| !b.is_ascii()).take(FEW + 1).count() <= FEW;
    add(GB18030, if few { 25 } else { 10 });
    add(BIG5, if few { 15 } else { 0 });
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(bytes.get(..SAMPLE).unwrap_or(bytes), bytes.len() <= SAMPLE);
    let guess = detector.guess(None, Utf8Detection::Deny);
    // Of two that have one byte for each letter, the one that was said.
    if believed.is_some_and(|said| said != UTF_8 && !judge::is_of_many_bytes(said)) && !judge::is_of_many_bytes(guess) {
        found.sort_by_key(|(_, points)| std::cmp::Reverse(*points));
        return found;
    }
    add(
        if guess == encoding_rs::GBK { GB18030 } else { guess },
        match () {
            () if judge::is_of_many_bytes(guess) => i64::from(guess == EUC_KR && may_be_korean(bytes)) * 15,
            () if is_eastern(declared) => -60,
            () if is_eastern(context) => -20,
            () => 0,
        },
    );
    found.sort_by_key(|(_, points)| std::cmp::Reverse(*points));
    found
}
