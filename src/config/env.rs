//! The environment as plain values, read once at the start.

use std::ffi::OsString;
use std::path::PathBuf;

use crate::model::Secret;
use crate::proc::Environment;

#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Env {
    /// The locale for messages, as in `zh_CN.UTF-8`: `LC_ALL`, else `LC_MESSAGES`, else `LANG`.
    pub lang: Option<String>,
    /// The locale for characters: `LC_ALL`, else `LC_CTYPE`, else `LANG`.
    pub characters: Option<String>,
    /// `NO_COLOR` is set to something.
    pub no_color: bool,
    pub colorterm: Option<String>,
    pub term: Option<String>,
    pub home: Option<PathBuf>,
    /// `HONGYAN_HOME`: configuration, data and sockets under one folder.
    pub hongyan_home: Option<PathBuf>,
    /// `ALL_PROXY` or `all_proxy`; there may be a password in it.
    pub all_proxy: Option<Secret>,
    /// `BROWSER`: programs that show a web page, separated by colons.
    pub browser: Option<String>,
    /// `VISUAL`, else `EDITOR`: the program that texts are written with.
    pub editor: Option<String>,
    /// `GPG_TTY`: where GnuPG may ask.
    pub gpg_tty: Option<String>,
    /// The bus of the desktop that this terminal stands on; none if it stands on another machine's.
    pub desktop_bus: Option<String>,
    /// What the terminal says of itself.
    pub terminal: Terminal,
    /// What programs that we start get to see.
    pub handed_on: Environment,
}

/// By what a terminal is known.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Terminal {
    /// `TERM`
    pub kind: String,
    /// `TERM_PROGRAM`
    pub program: String,
    /// It is kitty, or made on VTE.
    pub kitty: bool,
    pub vte: bool,
    /// tmux stands between us and it.
    pub tmux: bool,
    /// GNU screen does.
    pub screen: bool,
}

const GPG_TTY: &str = "GPG_TTY";

impl Env {
    /// For as long as the terminal is drawn on: of two who read from it, each loses letters to the other, so a program
    /// that would ask there is told that it cannot.
    pub fn keep_the_terminal(&mut self) {
        self.handed_on = self.handed_on.clone().without(GPG_TTY);
    }

    /// What a program gets to see that has the terminal to itself.
    pub fn in_front(&self) -> Environment {
        match &self.gpg_tty {
            Some(tty) => self.handed_on.clone().and(GPG_TTY, tty),
            None => self.handed_on.clone(),
        }
    }

    pub fn read() -> Self {
        Self::of(std::env::vars_os())
    }

    /// Variables that are set to nothing count as not set.
    pub fn of(variables: impl IntoIterator<Item = (OsString, OsString)>) -> Self {
        let all: Vec<(OsString, OsString)> = variables.into_iter().collect();
        let raw = |name: &str| {
            all.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone()).filter(|v| !v.is_empty())
        };
        let text = |name: &str| raw(name).map(|value| value.to_string_lossy().into_owned());
        let path = |name: &str| raw(name).map(PathBuf::from);
        Self {
            lang: text("LC_ALL").or_else(|| text("LC_MESSAGES")).or_else(|| text("LANG")),
            characters: text("LC_ALL").or_else(|| text("LC_CTYPE")).or_else(|| text("LANG")),
            no_color: raw("NO_COLOR").is_some(),
            colorterm: text("COLORTERM"),
            term: text("TERM"),
            home: path("HOME"),
            hongyan_home: path("HONGYAN_HOME"),
            all_proxy: text("ALL_PROXY").or_else(|| text("all_proxy")).map(Secret::new),
            browser: text("BROWSER"),
            editor: text("VISUAL").or_else(|| text("EDITOR")),
            gpg_tty: text(GPG_TTY),
            desktop_bus: text("DBUS_SESSION_BUS_ADDRESS")
                .or_else(|| text("XDG_RUNTIME_DIR").map(|folder| format!("unix:path={folder}/bus")))
                .filter(|_| raw("SSH_CONNECTION").is_none()),
            terminal: Terminal {
                kind: text("TERM").unwrap_or_default(),
                program: text("TERM_PROGRAM").unwrap_or_default(),
                kitty: raw("KITTY_WINDOW_ID").is_some(),
                vte: raw("VTE_VERSION").is_some(),
                tmux: raw("TMUX").is_some(),
                screen: raw("STY").is_some(),
            },
            handed_on: Environment::of(all),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn env(variables: &[(&str, &str)]) -> Env {
        Env::of(variables.iter().map(|(name, value)| ((*name).into(), (*value).into())))
    }

    #[test]
    fn the_locale_is_the_first_that_says_something() {
        assert_eq!(env(&[("LANG", "en_US.UTF-8"), ("LC_ALL", "")]).lang.as_deref(), Some("en_US.UTF-8"));
        assert_eq!(env(&[("LANG", "en_US"), ("LC_MESSAGES", "zh_CN.UTF-8")]).lang.as_deref(), Some("zh_CN.UTF-8"));
        assert_eq!(env(&[("LC_MESSAGES", "zh_CN"), ("LC_ALL", "C")]).lang.as_deref(), Some("C"));
        assert_eq!(env(&[]).lang, None);
        assert_eq!(env(&[("LC_CTYPE", "C.UTF-8"), ("LANG", "zh_CN")]).characters.as_deref(), Some("C.UTF-8"));
    }

    #[test]
    fn only_who_is_in_front_may_ask_on_the_terminal() {
        let mut env = env(&[("GPG_TTY", "/dev/pts/1"), ("PATH", "/bin")]);
        let all = env.handed_on.clone();
        env.keep_the_terminal();
        assert_eq!(env.handed_on, Environment::of([("PATH".into(), "/bin".into())]));
        assert_eq!(env.in_front(), all.without("GPG_TTY").and("GPG_TTY", "/dev/pts/1"));
    }

    #[test]
    fn empty_counts_as_not_set() {
        let env = env(&[("NO_COLOR", ""), ("HOME", ""), ("HONGYAN_HOME", "")]);
        assert_eq!(env, Env { handed_on: env.handed_on.clone(), ..Env::default() });
    }
}
