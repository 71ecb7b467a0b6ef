use proptest::prelude::*;

use super::*;

fn safe(s: &str) -> String {
    SafeText::of(s).into_string()
}

#[test]
fn t01_an_escape_sequence_becomes_something_to_read() {
    assert_eq!(safe("\u{1b}]52;c;aGk=\u{7}"), "␛]52;c;aGk=␇");
}

#[test]
fn t07_c1_controls_are_replaced() {
    assert_eq!(safe("a\u{9b}31mb"), "a\u{fffd}31mb");
}

#[test]
fn t10_direction_overrides_are_named() {
    assert_eq!(safe("photo\u{202e}gpj.exe"), "photo⟪RLO⟫gpj.exe");
}

#[test]
fn t11_invisible_characters_are_dropped() {
    assert_eq!(safe("a\u{200b}d\u{feff}m\u{ad}in\u{e0041}"), "admin");
}

#[test]
fn t12_stacked_marks_are_cut() {
    let zalgo: String = std::iter::once('a').chain(std::iter::repeat_n('\u{301}', 10_000)).collect();
    assert_eq!(safe(&zalgo).chars().count(), 9);
}

#[test]
fn t13_every_line_break_is_a_space_in_one_line_and_a_line_in_a_text() {
    let raw = "a\rb\nc\r\nd\u{85}e\u{2028}f\u{2029}g\u{b}h\u{c}i";
    assert_eq!(safe(raw), "a b c  d e f g h i");
    let lines: Vec<String> = SafeText::lines(&Text::new(raw)).into_iter().map(SafeText::into_string).collect();
    assert_eq!(lines, ["a", "b", "c", "d", "e", "f", "g", "h", "i"]);
}

#[test]
fn tabs_of_a_text_reach_to_the_next_stop() {
    assert_eq!(SafeText::line("\t\treturn 1;").as_str(), "                return 1;");
    assert_eq!(SafeText::line("苹果\t3\t1.50").as_str(), "苹果    3       1.50");
    assert_eq!(SafeText::line("12345678\tx").as_str(), "12345678        x");
    let (line, places) = SafeText::traced("a\tb\tc", &[2, 4]);
    assert_eq!((line.as_str(), &places[..]), ("a       b       c", &[8, 16][..]));
    // In one line of a list they are blanks.
    assert_eq!(safe("a\tb"), "a b");
}

#[test]
fn chinese_and_accents_stay() {
    assert_eq!(safe("会议通知：Ünïcödé ✓ 👍"), "会议通知：Ünïcödé ✓ 👍");
}

proptest! {
    #[test]
    fn nothing_that_a_terminal_obeys_gets_through(raw in any::<String>()) {
        let out = safe(&raw);
        let obeyed = |c: char| c.is_control() || "\u{202a}\u{202b}\u{202c}\u{202d}\u{202e}\u{2066}\u{2067}\u{2068}\u{2069}".contains(c);
        prop_assert!(!out.chars().any(obeyed), "obeyed by a terminal: {:?}", out);
    }

    #[test]
    fn sanitising_twice_changes_nothing(raw in any::<String>()) {
        let once = safe(&raw);
        prop_assert_eq!(safe(&once), once);
    }
}

#[test]
fn harmless_is_what_passes_unchanged() {
    for c in ('\0'..='\u{2fff}')
        .chain('\u{fe00}'..='\u{ffff}')
        .chain('\u{1d170}'..='\u{1d180}')
        .chain('\u{e0000}'..='\u{e1000}')
    {
        let passed = SafeText::of(&c.to_string()).as_str().chars().eq([c]);
        assert_eq!(is_harmless(c), passed, "{:x}", u32::from(c));
    }
}

/// What programs for attacking terminals are made of.
const GOOD: &[&[u8]] = &[
    b"\x1b]52;c;aGVsbG8=\x07 \x1b[2J\x1b[1;1H",
    "real@bank.example\rfake \u{202e}gpj.exe\u{2066}\u{9b}31m".as_bytes(),
    "z\u{301}\u{489}\u{20dd} 鸿雁 👨‍👩‍👧 \u{200b}\u{feff}\u{ad}\u{e0041}\u{3164}".as_bytes(),
    b"one\r\ntwo\n\nthree\x0b\x0c\0",
];
const PIECES: &[&[u8]] = &[
    b"\x1b",
    b"\x07",
    b"\x1b\\",
    b"\x9b",
    "\u{9d}".as_bytes(),
    "\u{202e}".as_bytes(),
    "\u{2069}".as_bytes(),
    "\u{200d}".as_bytes(),
    "\u{301}".as_bytes(),
    "\u{fe0f}".as_bytes(),
    "\u{1f1e8}".as_bytes(),
    "\u{2028}".as_bytes(),
    "\u{61c}".as_bytes(),
    b"\r",
    b"\n",
    b"\0",
];

#[test]
fn z_sanitiser() {
    use crate::fuzzing::{Diet, Long, fuzz};
    fuzz(&Diet { good: GOOD, pieces: PIECES }, Long::Minutes(10), |bytes| {
        let raw = String::from_utf8_lossy(bytes);
        let whole = safe(&raw);
        let lines = SafeText::lines(&Text::new(raw.as_ref()));
        let name = crate::text::SafeFileName::of(&raw);
        whole.chars().all(is_harmless)
            && safe(&whole) == whole
            && lines.iter().all(|line| line.as_str().chars().all(is_harmless))
            && name.as_str().chars().all(|c| is_harmless(c) && c != '/')
            && (1..=255).contains(&name.as_str().len())
    });
}
