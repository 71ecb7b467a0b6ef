//! Keys as people write them: `j`, `G`, `C-d`, `Enter`, `F1`.

use std::fmt;
use std::str::FromStr;

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Key {
    Char(char),
    Enter,
    Esc,
    Tab,
    BackTab,
    Backspace,
    Delete,
    Insert,
    Up,
    Down,
    Left,
    Right,
    Home,
    End,
    PageUp,
    PageDown,
    /// Where the terminal tells them apart from those without Shift.
    ShiftEnter,
    ShiftUp,
    ShiftDown,
    ShiftLeft,
    ShiftRight,
    F(u8),
}

/// A key with its modifiers. Shift is part of a character (`G`); few others know it, by names of their own.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct KeyPress {
    pub key: Key,
    pub ctrl: bool,
    pub alt: bool,
}

impl KeyPress {
    pub fn plain(key: Key) -> Self {
        Self { key, ctrl: false, alt: false }
    }

    /// What it is without Shift, where that is a key of its own.
    #[must_use]
    pub fn unshifted(self) -> Self {
        let key = match self.key {
            Key::ShiftEnter => Key::Enter,
            Key::ShiftUp => Key::Up,
            Key::ShiftDown => Key::Down,
            Key::ShiftLeft => Key::Left,
            Key::ShiftRight => Key::Right,
            key => key,
        };
        Self { key, ..self }
    }
}

const NAMED: [(Key, &str); 21] = [
    (Key::Char(' '), "Space"),
    (Key::Enter, "Enter"),
    (Key::Esc, "Esc"),
    (Key::Tab, "Tab"),
    (Key::BackTab, "S-Tab"),
    (Key::Backspace, "Backspace"),
    (Key::Delete, "Delete"),
    (Key::Insert, "Insert"),
    (Key::Up, "Up"),
    (Key::Down, "Down"),
    (Key::Left, "Left"),
    (Key::Right, "Right"),
    (Key::Home, "Home"),
    (Key::End, "End"),
    (Key::PageUp, "PageUp"),
    (Key::PageDown, "PageDown"),
    (Key::ShiftEnter, "S-Enter"),
    (Key::ShiftUp, "S-Up"),
    (Key::ShiftDown, "S-Down"),
    (Key::ShiftLeft, "S-Left"),
    (Key::ShiftRight, "S-Right"),
];

impl FromStr for KeyPress {
    type Err = String;

    fn from_str(written: &str) -> Result<Self, Self::Err> {
        let unknown = || format!("`{written}` is not a key; write j, G, C-d, A-x, Enter, Space, Esc, Tab, F1 …");
        let mut rest = written;
        let (mut ctrl, mut alt) = (false, false);
        loop {
            match (rest.strip_prefix("C-"), rest.strip_prefix("A-")) {
                (Some(tail), _) if !tail.is_empty() && !ctrl => (ctrl, rest) = (true, tail),
                (_, Some(tail)) if !tail.is_empty() && !alt => (alt, rest) = (true, tail),
                _ => break,
            }
        }
        if let Some((key, _)) = NAMED.iter().find(|(_, name)| name.eq_ignore_ascii_case(rest)) {
            return Ok(Self { key: *key, ctrl, alt });
        }
        if let Some(number) = rest.strip_prefix(['F', 'f']).and_then(|n| n.parse::<u8>().ok()) {
            return if (1..=24).contains(&number) {
                Ok(Self { key: Key::F(number), ctrl, alt })
            } else {
                Err(unknown())
            };
        }
        let mut chars = rest.chars();
        match (chars.next(), chars.next()) {
            (Some(c), None) if !c.is_control() => Ok(Self { key: Key::Char(c), ctrl, alt }),
            _ => Err(unknown()),
        }
    }
}

impl fmt::Display for KeyPress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.ctrl {
            f.write_str("C-")?;
        }
        if self.alt {
            f.write_str("A-")?;
        }
        if let Some((_, name)) = NAMED.iter().find(|(key, _)| *key == self.key) {
            return f.write_str(name);
        }
        match self.key {
            Key::Char(c) => write!(f, "{c}"),
            Key::F(number) => write!(f, "F{number}"),
            // Every other key has a name above.
            other => write!(f, "{other:?}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_written_as_they_are_read() {
        for written in [
            "j", "G", "C-d", "A-x", "C-A-k", "Enter", "Space", "S-Tab", "S-Enter", "C-S-Left", "F12", "-", "C--", "，",
            "<",
        ] {
            assert_eq!(written.parse::<KeyPress>().unwrap().to_string(), written);
        }
        for wrong in ["", "jj", "C-", "F0", "F99", "Entre"] {
            assert!(wrong.parse::<KeyPress>().is_err(), "{wrong}");
        }
    }
}
