//! Keys as data: which key does what in which pane. The names of the actions are only strings here; `app::keys` knows
//! what they mean and says which of them do not exist.

use std::collections::BTreeMap;
use std::fmt;

use crate::model::KeyPress;

const DEFAULT: &str = include_str!("../../assets/keymaps/default.toml");
const MUTT: &str = include_str!("../../assets/keymaps/mutt.toml");

/// Where a key works. What a pane says comes before what holds everywhere.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum KeyPane {
    Everywhere,
    Folders,
    List,
    Reader,
    /// Help, history, and whatever else lies over the panes.
    Overlay,
    /// Where one chooses: the links and the files of a message.
    Choice,
    /// A draft: what is printed is typed.
    Compose,
    /// The last look at a draft.
    Review,
    /// What waits to be sent.
    Outbox,
}

impl KeyPane {
    pub const EVERY: [Self; 9] = [
        Self::Everywhere,
        Self::List,
        Self::Reader,
        Self::Folders,
        Self::Overlay,
        Self::Choice,
        Self::Compose,
        Self::Review,
        Self::Outbox,
    ];

    /// The name of the table in a keymap file.
    pub fn code(self) -> &'static str {
        match self {
            Self::Everywhere => "everywhere",
            Self::Folders => "folders",
            Self::List => "list",
            Self::Reader => "reader",
            Self::Overlay => "overlay",
            Self::Choice => "choice",
            Self::Compose => "compose",
            Self::Review => "review",
            Self::Outbox => "outbox",
        }
    }
}

/// A keymap file, or the `[keys]` table of config.toml: key → name of an action, per pane. `"none"` frees a key.
#[derive(Clone, PartialEq, Eq, Default, Debug, serde::Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct KeymapFile {
    pub everywhere: BTreeMap<String, String>,
    pub folders: BTreeMap<String, String>,
    pub list: BTreeMap<String, String>,
    pub reader: BTreeMap<String, String>,
    pub overlay: BTreeMap<String, String>,
    pub choice: BTreeMap<String, String>,
    pub compose: BTreeMap<String, String>,
    pub review: BTreeMap<String, String>,
    pub outbox: BTreeMap<String, String>,
}

impl KeymapFile {
    pub fn pane(&self, pane: KeyPane) -> &BTreeMap<String, String> {
        match pane {
            KeyPane::Everywhere => &self.everywhere,
            KeyPane::Folders => &self.folders,
            KeyPane::List => &self.list,
            KeyPane::Reader => &self.reader,
            KeyPane::Overlay => &self.overlay,
            KeyPane::Choice => &self.choice,
            KeyPane::Compose => &self.compose,
            KeyPane::Review => &self.review,
            KeyPane::Outbox => &self.outbox,
        }
    }

    pub fn pane_mut(&mut self, pane: KeyPane) -> &mut BTreeMap<String, String> {
        match pane {
            KeyPane::Everywhere => &mut self.everywhere,
            KeyPane::Folders => &mut self.folders,
            KeyPane::List => &mut self.list,
            KeyPane::Reader => &mut self.reader,
            KeyPane::Overlay => &mut self.overlay,
            KeyPane::Choice => &mut self.choice,
            KeyPane::Compose => &mut self.compose,
            KeyPane::Review => &mut self.review,
            KeyPane::Outbox => &mut self.outbox,
        }
    }

    pub fn parse(written: &str) -> Result<Self, String> {
        toml::from_str(written).map_err(|error| error.to_string())
    }

    pub fn preset(preset: Preset) -> Self {
        // A test parses every preset, so the default is never used.
        Self::parse(preset.source()).unwrap_or_default()
    }
}

/// The keymaps that come with the program.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub enum Preset {
    #[default]
    Default,
    Mutt,
}

impl Preset {
    pub const EVERY: [Self; 2] = [Self::Default, Self::Mutt];

    pub fn name(self) -> &'static str {
        match self {
            Self::Default => "default",
            Self::Mutt => "mutt",
        }
    }

    pub fn named(name: &str) -> Option<Self> {
        Self::EVERY.into_iter().find(|preset| preset.name() == name)
    }

    fn source(self) -> &'static str {
        match self {
            Self::Default => DEFAULT,
            Self::Mutt => MUTT,
        }
    }
}

/// One key, or several pressed one after the other, written with spaces between them.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct KeySequence(Vec<KeyPress>);

impl KeySequence {
    pub fn parse(written: &str) -> Option<Self> {
        let keys = written.split_whitespace().map(|key| key.parse().ok().map(folded)).collect::<Option<Vec<_>>>()?;
        if keys.is_empty() { None } else { Some(Self(keys)) }
    }

    pub fn of(keys: &[KeyPress]) -> Option<Self> {
        (!keys.is_empty()).then(|| Self(keys.to_vec()))
    }

    pub fn keys(&self) -> &[KeyPress] {
        &self.0
    }
}

impl fmt::Display for KeySequence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, key) in self.0.iter().enumerate() {
            if at > 0 {
                f.write_str(" ")?;
            }
            write!(f, "{key}")?;
        }
        Ok(())
    }
}

/// A key as its ASCII twin: with a Chinese input method on, `？` is typed where `?` is meant.
pub fn folded(press: KeyPress) -> KeyPress {
    use crate::model::Key;
    let Key::Char(c) = press.key else {
        return press;
    };
    let ascii = match c {
        '\u{ff01}'..='\u{ff5e}' => u32::from(c).checked_sub(0xfee0).and_then(char::from_u32).unwrap_or(c),
        '\u{3000}' => ' ',
        '。' => '.',
        '、' => '/',
        '《' | '〈' => '<',
        '》' | '〉' => '>',
        '【' | '「' => '[',
        '】' | '」' => ']',
        '“' | '”' => '"',
        '‘' | '’' => '\'',
        '￥' | '¥' => '$',
        '…' => '^',
        '—' => '_',
        '·' => '`',
        other => other,
    };
    KeyPress { key: Key::Char(ascii), ..press }
}

/// What is wrong with a keymap. The words for it stand in the catalogue under `code`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct KeymapProblem {
    pub pane: KeyPane,
    /// The key as it was written.
    pub key: String,
    /// The action as it was written.
    pub action: String,
    pub trouble: KeyTrouble,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum KeyTrouble {
    /// What is written is not a key.
    NotAKey,
    /// There is no action of this name.
    UnknownAction,
    /// Two lines of the same table mean the same key.
    Twice,
    /// The key is the beginning of another one, so one of the two can never be typed.
    Prefix,
}

impl KeyTrouble {
    pub const EVERY: [Self; 4] = [Self::NotAKey, Self::UnknownAction, Self::Twice, Self::Prefix];

    pub fn code(self) -> &'static str {
        match self {
            Self::NotAKey => "not-a-key",
            Self::UnknownAction => "unknown-action",
            Self::Twice => "twice",
            Self::Prefix => "prefix",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_preset_can_be_read() {
        for preset in Preset::EVERY {
            let file = KeymapFile::parse(preset.source()).unwrap();
            assert!(!file.list.is_empty());
            assert_eq!(Preset::named(preset.name()), Some(preset));
        }
        assert!(KeymapFile::parse("[nowhere]\nj = 'down'").is_err());
    }

    #[test]
    fn full_width_keys_are_their_ascii_twins() {
        for (typed, meant) in ["，。；：？！／（）ｊＧ　、".chars().collect::<Vec<_>>()]
            .into_iter()
            .flatten()
            .zip(",.;:?!/()jG /".chars())
        {
            let press = KeyPress::plain(crate::model::Key::Char(typed));
            assert_eq!(folded(press), KeyPress::plain(crate::model::Key::Char(meant)));
        }
    }

    #[test]
    fn sequences_are_written_as_they_are_read() {
        assert_eq!(KeySequence::parse("g g").unwrap().to_string(), "g g");
        assert_eq!(KeySequence::parse("ｇ C-d").unwrap().to_string(), "g C-d");
        assert_eq!(KeySequence::parse(""), None);
        assert_eq!(KeySequence::parse("gg"), None);
    }
}
