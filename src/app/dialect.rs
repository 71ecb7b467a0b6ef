//! Which words a terminal understands as a notification. There are three, each understood by some; what a terminal does
//! not understand it passes over, or so it should.

use crate::config::Terminal;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Dialect {
    pub wording: Wording,
    /// tmux has to be told to hand it on.
    pub through_tmux: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Wording {
    /// One line: iTerm2, and many after it.
    Osc9,
    /// A title and a text: rxvt-unicode, and many after it.
    Osc777,
    /// kitty's own.
    Osc99,
}

impl Dialect {
    /// What this terminal is known to understand. `None`: it is not known to understand any.
    pub fn of(terminal: &Terminal) -> Option<Self> {
        // What stands behind these is not known, and what was handed on in the environment may be of another terminal.
        if terminal.tmux || terminal.screen {
            return None;
        }
        let kind = terminal.kind.as_str();
        let wording = match terminal.program.as_str() {
            "iTerm.app" => Wording::Osc9,
            "WezTerm" | "ghostty" => Wording::Osc777,
            _ if kind == "xterm-kitty" || terminal.kitty => Wording::Osc99,
            _ if kind == "xterm-ghostty" || kind == "wezterm" || terminal.vte => Wording::Osc777,
            _ if kind.starts_with("foot") || kind.starts_with("rxvt-unicode") => Wording::Osc777,
            _ => return None,
        };
        Some(Self { wording, through_tmux: false })
    }

    /// For whoever wants one whatever the terminal is.
    pub fn at_any_rate(terminal: &Terminal) -> Self {
        let usual = Self { wording: Wording::Osc777, through_tmux: terminal.tmux };
        Self::of(terminal).unwrap_or(usual)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_terminal_is_told_in_words_that_it_understands() {
        let of = |kind: &str, program: &str| {
            let terminal = Terminal { kind: kind.to_owned(), program: program.to_owned(), ..Terminal::default() };
            Dialect::of(&terminal).map(|dialect| dialect.wording)
        };
        assert_eq!(of("xterm-256color", "iTerm.app"), Some(Wording::Osc9));
        assert_eq!(of("xterm-kitty", ""), Some(Wording::Osc99));
        assert_eq!(of("xterm-256color", "WezTerm"), Some(Wording::Osc777));
        assert_eq!(of("foot-extra", ""), Some(Wording::Osc777));
        assert_eq!(of("rxvt-unicode-256color", ""), Some(Wording::Osc777));
        for (kind, program) in [("xterm-256color", ""), ("linux", ""), ("xterm-256color", "vscode"), ("", "")] {
            assert_eq!(of(kind, program), None, "{kind} {program}");
        }
        let inside = Terminal { kind: "tmux-256color".into(), kitty: true, tmux: true, ..Terminal::default() };
        assert_eq!(Dialect::of(&inside), None);
        assert_eq!(Dialect::at_any_rate(&inside), Dialect { wording: Wording::Osc777, through_tmux: true });
    }
}
