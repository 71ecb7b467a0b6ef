//! JSON that is safe on a terminal: what a terminal would obey or hide is escaped, not written.

use std::io;

use serde::Serialize;
use serde_json::ser::{Formatter, Serializer};

use crate::model::Timestamp;
use crate::text::is_harmless;

/// Writes one value and a line end.
pub(super) fn write<T: Serialize + ?Sized>(value: &T, mut to: impl io::Write) -> io::Result<()> {
    value.serialize(&mut Serializer::with_formatter(&mut to, Harmless)).map_err(io::Error::from)?;
    to.write_all(b"\n")
}

/// A time as RFC 3339 writes it, in UTC; `None` if no year of four digits holds it.
pub(super) fn date(at: Timestamp) -> Option<String> {
    let years = -62_167_219_200..=253_402_300_799_i64;
    jiff::Timestamp::from_second(at.0).ok().filter(|_| years.contains(&at.0)).map(|at| at.to_string())
}

struct Harmless;

impl Formatter for Harmless {
    fn write_string_fragment<W: io::Write + ?Sized>(&mut self, to: &mut W, fragment: &str) -> io::Result<()> {
        let mut rest = fragment;
        while let Some(at) = rest.find(|c: char| !is_harmless(c)) {
            let (good, bad) = rest.split_at(at);
            to.write_all(good.as_bytes())?;
            let mut chars = bad.chars();
            for unit in chars.next().into_iter().flat_map(|c| c.encode_utf16(&mut [0; 2]).to_vec()) {
                write!(to, "\\u{unit:04x}")?;
            }
            rest = chars.as_str();
        }
        to.write_all(rest.as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn written(value: &str) -> String {
        let mut bytes = Vec::new();
        write(value, &mut bytes).unwrap();
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn t20_nothing_that_a_terminal_obeys_or_hides_is_written() {
        assert_eq!(written("鸿雁 ok"), "\"鸿雁 ok\"\n");
        assert_eq!(written("\u{1b}]52;c;x\u{7}"), "\"\\u001b]52;c;x\\u0007\"\n");
        assert_eq!(written("\u{7f}\u{9b}\u{202e}\u{200b}\u{feff}"), "\"\\u007f\\u009b\\u202e\\u200b\\ufeff\"\n");
        assert_eq!(written("\u{e0041}x\u{1f3fb}"), "\"\\udb40\\udc41x\\ud83c\\udffb\"\n");
        assert_eq!(written("a\n\"b\"\\"), "\"a\\n\\\"b\\\"\\\\\"\n");
    }

    #[test]
    fn dates_are_rfc_3339_in_utc() {
        assert_eq!(date(Timestamp(1_700_000_000)).as_deref(), Some("2023-11-14T22:13:20Z"));
        assert_eq!(date(Timestamp(0)).as_deref(), Some("1970-01-01T00:00:00Z"));
        assert_eq!(date(Timestamp(253_402_300_800)), None);
        assert_eq!(date(Timestamp(i64::MIN)), None);
    }

    proptest! {
        #[test]
        fn it_is_read_back_as_it_was(value in any::<String>()) {
            let written = written(&value);
            prop_assert_eq!(serde_json::from_str::<String>(&written).unwrap(), value);
            prop_assert!(written.trim_end_matches('\n').chars().all(is_harmless));
        }
    }
}
