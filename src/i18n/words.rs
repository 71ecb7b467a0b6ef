//! The struct that a catalogue fills.

use std::collections::BTreeMap;

use serde::Deserialize;

/// What is the matter, and what to do about it.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sentence {
    pub what: String,
    pub todo: String,
}

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($field:ident: $kind:ty),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
        #[serde(deny_unknown_fields, rename_all = "kebab-case")]
        pub struct $name {
            $(pub $field: $kind),*
        }
    };
}

words!(
    /// A catalogue.
    Words {
        language: String,
        name: String,
        folders: Folders,
        list: List,
        reader: Reader,
        dates: Dates,
        status: Status,
        trouble: Trouble,
        notices: Notices,
        keymap: BTreeMap<String, String>,
        help: Help,
        hints: BTreeMap<String, String>,
        actions: BTreeMap<String, String>,
        history: History,
        wire: Wire,
        welcome: Welcome,
        failures: BTreeMap<String, Sentence>,
    }
);

words!(Folders { title: String, roles: BTreeMap<String, String>, loading: String });
words!(List {
    loading: String,
    empty: String,
    filling: String,
    nothing_yet: String,
    unread: String,
    no_subject: String,
    no_sender: String,
    no_recipient: String,
    to: String,
    mark_attachment: String,
});
words!(Reader {
    title: String,
    from: String,
    to: String,
    cc: String,
    reply_to: String,
    date: String,
    attachment: String,
    more_attachments: String,
    no_text: String,
    cut: String,
    too_deep: String,
    waiting: String,
    nothing: String,
    failed: String,
    only_here: String,
});
words!(Dates { yesterday: String, weekdays: Vec<String>, months: Vec<String>, day: String, full: String });
words!(Status {
    starting: String,
    connecting: String,
    syncing: String,
    up_to_date: String,
    up_to_date_asking: String,
    offline: String,
    needs_code: String,
    stopped: String,
    read_only: String,
});
words!(Trouble {
    again_in: String,
    again_soon: String,
    retry_key: String,
    history_key: String,
    reading: String,
    saving: String,
    listing: String,
    said: String,
    unknown: Sentence,
});
words!(Notices {
    input_method: String,
    read_only: String,
    of_files: String,
    files_partly: String,
    nothing_unread: String,
    gone_elsewhere: String,
    no_such_folder: String,
    no_other_folder: String,
    no_message: String,
    mouse_on: String,
    mouse_off: String,
    sync_started: String,
    mail_rebuilt: String,
    own_restored: String,
    own_emptied: String,
    unknown_setting: String,
    no_socket: String,
});
words!(Help { title: String, close: String, panes: BTreeMap<String, String> });
words!(History { title: String, empty: String, back: String });
words!(Wire {
    title: String,
    empty: String,
    purposes: BTreeMap<String, String>,
    connecting: String,
    connected: String,
    closed: String,
    broken: String,
    folded: String,
    lost: String,
});
words!(Welcome { title: String, lines: Vec<String>, add: String, demo: String, quit: String });

impl Words {
    /// What a failure is called and what to do about it, by `FailureKind::code()`.
    pub fn failure(&self, code: &str) -> &Sentence {
        self.failures.get(code).unwrap_or(&self.trouble.unknown)
    }

    /// What an action does, by its name.
    pub fn action<'a>(&'a self, name: &'a str) -> &'a str {
        self.actions.get(name).map_or(name, String::as_str)
    }

    /// What an action is called where there is little room.
    pub fn hint<'a>(&'a self, name: &'a str) -> &'a str {
        self.hints.get(name).map_or(name, String::as_str)
    }

    /// What a folder is called, by `Role::code()`.
    pub fn role<'a>(&'a self, code: &'a str) -> &'a str {
        self.folders.roles.get(code).map_or(code, String::as_str)
    }
}
