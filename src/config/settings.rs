//! Every setting that is not an account, with its default. The defaults stand here and nowhere else;
//! config.example.toml is checked against them.

use std::collections::BTreeMap;

use serde::de::{Error as _, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use serde_spanned::Spanned;

use super::problem::Position;
use super::span::{After, Poll};

#[derive(Clone, PartialEq, Eq, Default, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct General {
    pub language: Language,
}

#[derive(Clone, Copy, PartialEq, Eq, Default, Debug, Serialize, Deserialize)]
pub enum Language {
    /// As the locale says.
    #[default]
    #[serde(rename = "auto")]
    Auto,
    #[serde(rename = "zh-CN")]
    Chinese,
    #[serde(rename = "en")]
    English,
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Reading {
    /// How long a message has to be open before it counts as read.
    pub mark_read_after: After,
    /// What is looked at when the message under the cursor was archived, deleted or moved.
    pub after_action: AfterAction,
}

#[derive(Clone, Copy, PartialEq, Eq, Default, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AfterAction {
    #[default]
    Next,
    Previous,
    /// An open message is closed.
    List,
}

impl Default for Reading {
    fn default() -> Self {
        Self { mark_read_after: After::Pause(std::time::Duration::from_secs(2)), after_action: AfterAction::default() }
    }
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct List {
    /// Conversations stand together, where nothing else was chosen for a list.
    pub threads: bool,
    /// The parts of an inbox stand above it from the start, and not only when one is open.
    pub split_tabs: bool,
}

impl Default for List {
    fn default() -> Self {
        Self { threads: true, split_tabs: false }
    }
}

/// A part of an inbox that the user describes.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OwnSplit {
    pub name: String,
    /// Words as in a search: `from:`, `to:`, `subject:`, or anywhere in these.
    pub query: String,
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Sync {
    /// How often a server is asked for new mail that does not tell of it by itself; not more often than it bears.
    pub poll: Poll,
    /// How many of the newest unread messages of the inbox are fetched whole before they are opened.
    pub prefetch: u32,
    /// Of which messages the text is fetched in the background, so that its words are found.
    pub texts: Texts,
}

#[derive(Clone, Copy, PartialEq, Eq, Default, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Texts {
    #[default]
    All,
    /// Of those of the last year.
    Year,
    /// When somebody reads it, and as `prefetch` says.
    Never,
}

impl Default for Sync {
    fn default() -> Self {
        Self { poll: Poll::Auto, prefetch: 200, texts: Texts::All }
    }
}

/// Commands that show what a message has: taken apart into words, read by no shell. Empty: what the system has for it.
#[derive(Clone, PartialEq, Eq, Default, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Openers {
    pub web: String,
    pub file: String,
}

/// How mail is written.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Compose {
    /// The program that a text is handed to: taken apart into words, read by no shell. Empty: as VISUAL and EDITOR say.
    pub editor: String,
    pub quote: Quote,
    /// Answers to pages are pages.
    pub with_page: bool,
    /// For how many seconds what was sent can be taken back.
    pub take_back: u16,
    /// Under mail from every address that has none of its own.
    pub signature: String,
    /// By address.
    pub signatures: BTreeMap<String, String>,
}

impl Default for Compose {
    fn default() -> Self {
        Self {
            editor: String::new(),
            quote: Quote::Below,
            with_page: true,
            take_back: 10,
            signature: String::new(),
            signatures: BTreeMap::new(),
        }
    }
}

impl Compose {
    pub fn signature(&self, address: &str) -> &str {
        let own = self.signatures.iter().find(|(known, _)| known.eq_ignore_ascii_case(address));
        own.map_or(&self.signature, |(_, signature)| signature)
    }
}

/// Where the original stands in an answer.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Quote {
    #[default]
    Below,
    Above,
    Never,
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Look {
    pub theme: ThemeName,
    pub layout: Layout,
    pub mouse: bool,
    /// Whether the list says how large messages are.
    pub size_column: SizeColumn,
}

#[derive(Clone, Copy, PartialEq, Eq, Default, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SizeColumn {
    /// Where there is much room.
    #[default]
    Auto,
    /// Wherever it fits.
    Always,
    Never,
}

impl Default for Look {
    fn default() -> Self {
        Self { theme: ThemeName::Auto, layout: Layout::Auto, mouse: true, size_column: SizeColumn::Auto }
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Default, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ThemeName {
    #[default]
    Auto,
    Dark,
    Light,
    Plain,
}

#[derive(Clone, Copy, PartialEq, Eq, Default, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Layout {
    /// As the width of the terminal allows.
    #[default]
    Auto,
    /// Folders, list and reader side by side.
    Wide,
    /// The list above the reader.
    Medium,
    /// One pane at a time.
    Narrow,
}

/// The keys as written. Whether pane, key and action exist is for the keymap to say.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Keys {
    pub preset: String,
    #[serde(skip)]
    pub bindings: Vec<Binding>,
}

impl Default for Keys {
    fn default() -> Self {
        Self { preset: "default".to_owned(), bindings: Vec::new() }
    }
}

/// `key = "action"` in `[keys.pane]`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Binding {
    pub pane: String,
    pub key: String,
    pub action: String,
    /// Where it stands in the file.
    pub at: Position,
}

/// `[keys]` before the places are known as lines and columns.
#[derive(Default)]
pub(super) struct WrittenKeys {
    preset: Option<String>,
    lines: Vec<(String, Spanned<String>, String)>,
}

impl WrittenKeys {
    pub(super) fn place(self, text: &str) -> Keys {
        let bindings = self.lines.into_iter().map(|(pane, key, action)| Binding {
            pane,
            at: Position::of(text, key.span().start),
            key: key.into_inner(),
            action,
        });
        Keys { bindings: bindings.collect(), preset: self.preset.unwrap_or_else(|| Keys::default().preset) }
    }
}

impl<'de> Deserialize<'de> for WrittenKeys {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Table;

        impl<'de> Visitor<'de> for Table {
            type Value = WrittenKeys;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a table with `preset` and one table for each pane")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<WrittenKeys, A::Error> {
                let mut keys = WrittenKeys::default();
                while let Some(name) = map.next_key::<String>()? {
                    if name == "preset" {
                        keys.preset = Some(map.next_value()?);
                    } else {
                        let lines = map.next_value::<Pane>()?.0;
                        keys.lines.extend(lines.into_iter().map(|(key, action)| (name.clone(), key, action)));
                    }
                }
                Ok(keys)
            }
        }

        deserializer.deserialize_map(Table)
    }
}

struct Pane(Vec<(Spanned<String>, String)>);

impl<'de> Deserialize<'de> for Pane {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Lines;

        impl<'de> Visitor<'de> for Lines {
            type Value = Pane;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a table of keys and actions, as in [keys.list]")
            }

            fn visit_str<E: serde::de::Error>(self, _: &str) -> Result<Pane, E> {
                Err(E::custom("keys stand in a table of their pane, as in [keys.list]; only `preset` stands here"))
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Pane, A::Error> {
                let mut lines = Vec::new();
                while let Some((key, action)) = map.next_entry::<Spanned<String>, String>()? {
                    if action.is_empty() {
                        return Err(A::Error::custom("the action is empty"));
                    }
                    lines.push((key, action));
                }
                Ok(Pane(lines))
            }
        }

        deserializer.deserialize_any(Lines)
    }
}
