//! What the user chose, as far as the decisions need it.

use jiff::tz::TimeZone;

use super::Names;
use super::compose::Sender;
use crate::config::Notify;
use crate::config::keymap::{KeymapFile, Preset};
use crate::model::AccountId;

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Settings {
    /// How long a message must be open before it counts as read. `None`: never by itself.
    pub mark_read_after_ms: Option<u64>,
    pub mouse: bool,
    pub layout: LayoutChoice,
    pub preset: Preset,
    /// The user's own keys, over the preset.
    pub keys: KeymapFile,
    /// Another hongyan has the profile: look, do not touch.
    pub read_only: bool,
    /// Accounts may be added here, and secrets changed: not where the account is an invented one.
    pub sets_up: bool,
    /// The folder that is offered first when files are saved.
    pub save_to: String,
    /// The program that is offered for printing.
    pub print_with: String,
    /// How new mail is told of.
    pub notify: Notify,
    /// As whom the user can send, the usual one first.
    pub senders: Vec<Sender>,
    /// How long what was sent can be taken back.
    pub take_back_seconds: i64,
    /// Where the user's clock hangs.
    pub zone: TimeZone,
    /// Accounts whose provider shows the folders of the user only when it is told to, unless that was said already.
    pub hiding_folders: Vec<AccountId>,
    /// What things are called in the user's language.
    pub names: Names,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            mark_read_after_ms: Some(2000),
            mouse: true,
            layout: LayoutChoice::Auto,
            preset: Preset::Default,
            keys: KeymapFile::default(),
            read_only: false,
            sets_up: true,
            save_to: "~".to_owned(),
            print_with: "lp".to_owned(),
            notify: Notify::default(),
            senders: Vec::new(),
            take_back_seconds: 10,
            zone: TimeZone::UTC,
            hiding_folders: Vec::new(),
            names: Names::default(),
        }
    }
}

/// Which layout to take; one that does not fit gives way.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub enum LayoutChoice {
    #[default]
    Auto,
    Wide,
    Stacked,
    Single,
}
