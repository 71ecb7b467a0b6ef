//! Two readings of the same bytes, both without a fault: whether what the message says of itself is believed.

use encoding_rs::{BIG5, EUC_JP, EUC_KR, Encoding, GB18030, SHIFT_JIS, UTF_8};

use super::judge;
use super::label::Charset;

/// What is declared and can be read so is read so. Labels lie where Chinese (or Japanese, or Korean) is called by the name
/// of something else, and that shows by how much of it there is and by how common its characters are.
pub(super) fn is_believed(encoding: &'static Encoding, bytes: &[u8]) -> bool {
    if encoding == UTF_8 {
        false
    } else if judge::is_of_many_bytes(encoding) {
        is_believed_of_pairs(encoding, bytes)
    } else {
        !is_damaged_utf8(bytes) && !MANY_BYTES.iter().any(|pairs| is_plainly(pairs, bytes))
    }
}

const MANY_BYTES: [&Encoding; 5] = [GB18030, BIG5, SHIFT_JIS, EUC_JP, EUC_KR];

/// Enough of a text, in runs of characters that are common.
fn is_plainly(pairs: &'static Encoding, bytes: &[u8]) -> bool {
    const COMMON: i64 = 85;
    // Signs that somebody repeats are not two characters.
    const DIFFERENT: usize = 3;
    let (least, longest, in_a_run) = if pairs == GB18030 { (2, 2, 2) } else { (4, 4, 3) };
    let mut seen = [false; 256];
    for byte in bytes.iter().filter(|byte| !byte.is_ascii()) {
        if let Some(seen) = seen.get_mut(usize::from(*byte)) {
            *seen = true;
        }
    }
    if seen.iter().filter(|seen| **seen).count() < DIFFERENT || judge::fit(pairs, bytes) < COMMON {
        return false;
    }
    let shape = judge::shape(pairs, bytes);
    shape.characters >= least && shape.longest >= longest && shape.characters >= shape.runs * in_a_run
}

fn is_damaged_utf8(bytes: &[u8]) -> bool {
    const MOSTLY: i64 = 50;
    let whole = bytes.utf8_chunks().flat_map(|chunk| chunk.valid().chars()).filter(|c| !c.is_ascii()).take(2).count();
    whole == 2 && judge::fit(UTF_8, bytes) >= MOSTLY
}

/// A few characters may be as rare as they like: that is what names are.
fn is_believed_of_pairs(encoding: &'static Encoding, bytes: &[u8]) -> bool {
    const COMMON: i64 = 85;
    let Some(text) = encoding.decode_without_bom_handling_and_without_replacement(bytes) else { return false };
    let shape = judge::shape(encoding, bytes);
    let few = match encoding {
        e if e == SHIFT_JIS => 12,
        e if e == BIG5 => 2,
        _ => 4,
    };
    shape.inside_words == 0
        && !text.chars().any(|c| matches!(c, '\u{e000}'..='\u{f8ff}'))
        && (shape.characters <= few || judge::fit(encoding, bytes) >= COMMON)
}

/// True if it begins with a greeting in GBK, which is no word in any other charset of pairs.
pub(super) fn is_refuted(encoding: &'static Encoding, bytes: &[u8]) -> bool {
    encoding != GB18030
        && judge::is_of_many_bytes(encoding)
        && GREETINGS.iter().any(|greeting| bytes.starts_with(greeting))
}

/// 您好 and 你好.
const GREETINGS: [&[u8]; 2] = [b"\xc4\xfa\xba\xc3", b"\xc4\xe3\xba\xc3"];

/// The charset of pairs in which bytes were written that are UTF-8 by chance: a name of two characters is so one time in
/// thirty.
pub(super) fn instead_of_utf8(
    bytes: &[u8],
    text: &str,
    declared: Option<Charset>,
    context: Option<Charset>,
) -> Option<&'static Encoding> {
    let rare = |c| matches!(c, '\u{180}'..='\u{36f}' | '\u{530}'..='\u{58f}' | '\u{700}'..='\u{7ff}');
    let guess = text.chars().any(rare).then_some(Charset::Web(GB18030));
    let Some(Charset::Web(encoding)) = declared.or(context).or(guess) else { return None };
    is_rather(encoding, bytes, text, declared.is_some()).then_some(encoding)
}

/// Nothing but pairs that are common characters, or one or two of which the message says what they are. Letters in a word
/// of ASCII, and the signs of Latin-1 beside ASCII, are what they are in UTF-8.
fn is_rather(encoding: &'static Encoding, bytes: &[u8], text: &str, is_said: bool) -> bool {
    const COMMON: i64 = 90;
    // More of them are so by no chance.
    const FEW: usize = 4;
    let count = text.chars().filter(|c| !c.is_ascii()).take(FEW + 1).count();
    if count > FEW || !judge::is_of_many_bytes(encoding) || text.chars().any(|c| c > '\u{7ff}') {
        return false;
    }
    let is_alone = is_said && text.chars().all(|c| !c.is_ascii_alphanumeric());
    let mut before = ' ';
    let mut signs_only = true;
    for c in text.chars() {
        let touches = |a: char, b: char| a.is_ascii_alphabetic() && !b.is_ascii();
        if touches(before, c) || touches(c, before) {
            return false;
        }
        signs_only &= c.is_ascii() || matches!(c, '\u{a0}'..='\u{bf}');
        before = c;
    }
    let decodes = || encoding.decode_without_bom_handling_and_without_replacement(bytes).is_some();
    (is_alone || !signs_only) && (is_said && count <= 2 && decodes() || judge::fit(encoding, bytes) >= COMMON)
}

/// UTF-8 with characters beyond the first 65,536 in two halves of three bytes each, as some programs write them.
pub(super) fn utf8_of_halves(bytes: &[u8]) -> Option<String> {
    let mut text = String::new();
    let mut rest = bytes;
    while let Some((before, after)) =
        std::str::from_utf8(rest).err().and_then(|error| rest.split_at_checked(error.valid_up_to()))
    {
        text.push_str(std::str::from_utf8(before).ok()?);
        let [0xed, a @ 0xa0..=0xaf, b @ 0x80..=0xbf, 0xed, c @ 0xb0..=0xbf, d @ 0x80..=0xbf, more @ ..] = after else {
            return None;
        };
        let [a, b, c, d] = [a & 0x0f, b & 0x3f, c & 0x0f, d & 0x3f].map(u32::from);
        text.push(char::from_u32(0x1_0000 + (a << 16 | b << 10 | c << 6 | d))?);
        rest = more;
    }
    text.push_str(std::str::from_utf8(rest).ok()?);
    Some(text)
}
