//! Colours as data: what each kind of text looks like, without a word about the library that draws it.

use std::fmt;

use serde::Deserialize;
use serde::de::{self, Deserializer, Visitor};

const DARK: &str = include_str!("../../assets/themes/dark.toml");
const LIGHT: &str = include_str!("../../assets/themes/light.toml");
const PLAIN: &str = include_str!("../../assets/themes/plain.toml");

/// The looks of one kind of text.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Style {
    pub fg: Option<Colour>,
    pub bg: Option<Colour>,
    pub bold: bool,
    pub dim: bool,
    pub italic: bool,
    pub underline: bool,
    pub reverse: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Colour {
    /// One of the 256 of the terminal; 0 to 15 follow the terminal's own palette.
    Indexed(u8),
    Rgb(u8, u8, u8),
}

const NAMES: [&str; 16] = [
    "black",
    "red",
    "green",
    "yellow",
    "blue",
    "magenta",
    "cyan",
    "white",
    "bright-black",
    "bright-red",
    "bright-green",
    "bright-yellow",
    "bright-blue",
    "bright-magenta",
    "bright-cyan",
    "bright-white",
];

impl Colour {
    /// `red`, `bright-blue`, `244` or `#8ec07c`.
    pub fn parse(written: &str) -> Option<Self> {
        if let Some(hex) = written.strip_prefix('#') {
            if hex.len() != 6 {
                return None;
            }
            let [_, red, green, blue] = u32::from_str_radix(hex, 16).ok()?.to_be_bytes();
            return Some(Self::Rgb(red, green, blue));
        }
        let named = NAMES.iter().position(|name| *name == written).and_then(|at| u8::try_from(at).ok());
        named.or_else(|| written.parse().ok()).map(Self::Indexed)
    }
}

impl<'de> Deserialize<'de> for Colour {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Written;
        impl Visitor<'_> for Written {
            type Value = Colour;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a colour: red, bright-blue, 244 or #8ec07c")
            }
            fn visit_str<E: de::Error>(self, written: &str) -> Result<Colour, E> {
                Colour::parse(written).ok_or_else(|| E::invalid_value(de::Unexpected::Str(written), &self))
            }
            fn visit_i64<E: de::Error>(self, number: i64) -> Result<Colour, E> {
                u8::try_from(number)
                    .map(Colour::Indexed)
                    .map_err(|_| E::invalid_value(de::Unexpected::Signed(number), &self))
            }
        }
        from.deserialize_any(Written)
    }
}

/// A theme file: every kind of text that the screen knows. What is left out looks like ordinary text.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct Theme {
    /// What the text stands on, as far as colours that others chose must be readable there. Without it they are not shown.
    pub ground: Option<Ground>,
    pub text: Style,
    pub dim: Style,
    pub rule: Style,
    /// The title of a pane, and of the pane that has the keys.
    pub title: Style,
    pub title_focused: Style,
    /// The row under the cursor in the pane that has the keys, and in the others.
    pub cursor: Style,
    pub cursor_resting: Style,
    pub unread: Style,
    pub unread_mark: Style,
    pub star: Style,
    pub mark: Style,
    pub pending: Style,
    pub date: Style,
    pub account: Style,
    pub counter: Style,
    pub label: Style,
    pub subject: Style,
    pub attachment: Style,
    pub quote_1: Style,
    pub quote_2: Style,
    pub quote_3: Style,
    /// What the sender marked.
    pub heading: Style,
    pub code: Style,
    pub link: Style,
    /// The link that is chosen, and the place that a search stands at; the other places.
    pub chosen: Style,
    pub hit: Style,
    /// Lines of a patch.
    pub added: Style,
    pub removed: Style,
    pub hunk: Style,
    pub warning: Style,
    pub good: Style,
    pub bad: Style,
    pub status: Style,
    pub status_good: Style,
    pub status_busy: Style,
    pub status_bad: Style,
    pub error: Style,
    pub notice: Style,
    pub key: Style,
    pub hint: Style,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ground {
    Dark,
    Light,
}

impl Theme {
    pub fn parse(written: &str) -> Result<Self, String> {
        toml::from_str(written).map_err(|error| error.to_string())
    }

    pub fn built_in(which: BuiltIn) -> Self {
        // A test parses every theme, so the default is never used.
        Self::parse(which.source()).unwrap_or_default()
    }
}

/// The themes that come with the program.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub enum BuiltIn {
    #[default]
    Dark,
    Light,
    /// No colour at all: for NO_COLOR, and for terminals that have none.
    Plain,
}

impl BuiltIn {
    pub const EVERY: [Self; 3] = [Self::Dark, Self::Light, Self::Plain];

    pub fn name(self) -> &'static str {
        match self {
            Self::Dark => "dark",
            Self::Light => "light",
            Self::Plain => "plain",
        }
    }

    pub fn named(name: &str) -> Option<Self> {
        Self::EVERY.into_iter().find(|theme| theme.name() == name)
    }

    fn source(self) -> &'static str {
        match self {
            Self::Dark => DARK,
            Self::Light => LIGHT,
            Self::Plain => PLAIN,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_theme_can_be_read_and_plain_has_no_colour() {
        for which in BuiltIn::EVERY {
            let theme = Theme::parse(which.source()).unwrap();
            assert_ne!(theme.cursor, theme.text, "the cursor must be visible in {}", which.name());
            assert_ne!(theme.unread, theme.text);
            assert_eq!(BuiltIn::named(which.name()), Some(which));
        }
        assert!(!PLAIN.contains("fg") && !PLAIN.contains("bg"));
    }

    #[test]
    fn colours_in_every_spelling() {
        assert_eq!(Colour::parse("red"), Some(Colour::Indexed(1)));
        assert_eq!(Colour::parse("244"), Some(Colour::Indexed(244)));
        assert_eq!(Colour::parse("#8ec07c"), Some(Colour::Rgb(0x8e, 0xc0, 0x7c)));
        for wrong in ["", "reddish", "256", "#12345", "#é12345"] {
            assert_eq!(Colour::parse(wrong), None, "{wrong}");
        }
        assert_eq!(Theme::parse("star = { fg = 3 }").unwrap().star.fg, Some(Colour::Indexed(3)));
        assert!(Theme::parse("sttar = { fg = 3 }").is_err());
    }
}
