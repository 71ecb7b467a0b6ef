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

mod deeds;

pub(super) use deeds::{Leaving, Outbox, Triage};

words!(
    /// A catalogue.
    Words {
        language: String,
        name: String,
        folders: Folders,
        list: List,
        reader: Reader,
        message: Message,
        header_fields: BTreeMap<String, String>,
        choice: Choice,
        prompt: Prompt,
        finding: Finding,
        compose: Compose,
        triage: Triage,
        outbox: Outbox,
        leaving: Leaving,
        dates: Dates,
        status: Status,
        trouble: Trouble,
        notices: Notices,
        announce: Announce,
        keymap: BTreeMap<String, String>,
        help: Help,
        hints: BTreeMap<String, String>,
        actions: BTreeMap<String, String>,
        history: History,
        wire: Wire,
        welcome: Welcome,
        setup: SetUp,
        failures: BTreeMap<String, Sentence>,
    }
);

words!(
    /// What is found by typing.
    Finding {
        go_to: String,
        palette: String,
        command: String,
        help: String,
        nothing: String,
        keys: String,
        folder: String,
        account: String,
        setting: String,
        person: String,
        hongyan: String,
        switches: BTreeMap<String, String>,
        settings: BTreeMap<String, String>,
    }
);
words!(Folders { title: String, roles: BTreeMap<String, String>, loading: String, hidden: String });
words!(List {
    loading: String,
    empty: String,
    filling: String,
    nothing_yet: String,
    nothing_here: String,
    unread: String,
    no_subject: String,
    no_sender: String,
    no_recipient: String,
    to: String,
    mark_attachment: String,
    unified: String,
    starred: String,
    own: String,
    people: String,
    split_all: String,
    split_unread: String,
    split_starred: String,
    split_attachments: String,
    split_bill: String,
    split_code: String,
    split_shipping: String,
    split_subscription: String,
    empty_split: String,
    filtered: String,
    found: String,
    found_nothing: String,
    still_looking: String,
    texts_here: String,
    waiting: String,
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
    held_back: String,
    nothing: String,
    failed: String,
    only_here: String,
});
words!(
    /// What stands above the text of a message, and in it for want of a text.
    Message {
        verified: String,
        unverified: String,
        warning: String,
        warnings: BTreeMap<String, String>,
        delivery: String,
        deliveries: BTreeMap<String, String>,
        reasons: BTreeMap<String, Sentence>,
        remedy: String,
        invitations: BTreeMap<String, String>,
        when: String,
        place: String,
        organizer: String,
        attendees: String,
        repeats: String,
        answering: String,
        every: BTreeMap<String, String>,
        every_few: BTreeMap<String, String>,
        times: String,
        until: String,
        cloud: String,
        nested: String,
        more_cards: String,
        unnamed: String,
        truly: String,
        kinds: BTreeMap<String, String>,
        blocked: String,
        pictures: String,
        trackers: String,
        others: String,
        others_too: String,
        hosts: String,
        receipt: String,
        receipt_asked: String,
        fold: String,
        fold_bare: String,
        encoding: String,
        found: String,
        headers: String,
        source: String,
        hop_seconds: String,
        hop_minutes: String,
        hop_hours: String,
        hop_slow: String,
        text_form: String,
        html_form: String,
        drawn_form: String,
    }
);
words!(
    /// The links and the files of a message, and the question before an address is opened.
    Choice {
        links: String,
        files: String,
        address: String,
        leads: String,
        writes: String,
        readable: String,
        disguised_host: String,
        insecure: String,
        ask: String,
        leave: String,
    leaves_by: String,
    leave_ask: String,
    at_keeper: String,
        nested: String,
    }
);
words!(
    /// What a line at the foot asks for.
    Prompt { filter: String, everywhere: String, no_query: String, search: String, link: String, folder: String, folder_many: String,
    invoices: String,
    invoices_name: String, command: String, command_file: String, hits: String, searching: String, no_hits: String,
    new_folder: String, rename_folder: String, at_least: String }
);
words!(
    /// Where messages are written.
    Compose {
        title_new: String, title_reply: String, title_forward: String,
        from: String, to: String, cc: String, bcc: String, reply_to: String, own: String, no_field: String, subject: String, files: String,
        no_sender: String, kept: String, changed: String, not_kept: String, place: String,
        folded: String, folded_original: String, preparing: String, elsewhere: String,
        search: String, time: String, discard_ask: String,
        plain: String, with_page: String, markdown: String, size: String, form: String,
        review: String, refused: String, wrong: String, like: String, ready: String,
        picker: String, picker_keys: String, picker_count: String, picker_empty: String, picker_waiting: String,
        templates: String, template_keys: String,
        folder_mark: String, drafts: String, drafts_empty: String, nobody: String, open_mark: String,
        held: String, held_short: String, candidates: String,
        doubts: BTreeMap<String, String>,
        notices: BTreeMap<String, String>,
        troubles: BTreeMap<String, String>,
    }
);
words!(Dates {
    yesterday: String,
    tomorrow: String,
    tomorrow_morning: String,
    weekdays: Vec<String>,
    months: Vec<String>,
    day: String,
    full: String,
});
words!(Status {
    starting: String,
    connecting: String,
    syncing: String,
    up_to_date: String,
    up_to_date_asking: String,
    offline: String,
    needs_code: String,
    on_hold: String,
    stopped: String,
    waiting: String,
    going: String,
    stuck: String,
    stuck_short: String,
    read_only: String,
});
words!(Trouble {
    again_in: String,
    again_in_minutes: String,
    no_more: String,
    again_soon: String,
    retry_key: String,
    history_key: String,
    secret_key: String,
    reading: String,
    saving: String,
    listing: String,
    folders: String,
    undoing: String,
    said: String,
    unknown: Sentence,
    elsewhere: Sentence,
    unread: Sentence,
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
    taken_over: String,
    no_set_up: String,
    new_secret: String,
    of_program: String,
    mail_rebuilt: String,
    index_rebuilt: String,
    own_restored: String,
    own_emptied: String,
    doubted: String,
    left_bytes: String,
    unknown_setting: String,
    left_over: String,
    no_socket: String,
    one_form: String,
    no_quotes: String,
    no_links: String,
    no_link_of: String,
    no_files: String,
    nothing_to_copy: String,
    no_unsubscribe: String,
    no_invoices: String,
    unsubscribed: String,
    not_unsubscribed: String,
    copied: String,
    link_refused: String,
    charset: String,
    charset_found: String,
    not_found: String,
    no_command: String,
    open_quote: String,
    program: String,
    doubtful: String,
    opened: String,
    saved: String,
    saved_many: String,
    piped: String,
    piped_said: String,
    no_part: String,
    no_program: String,
    ended: String,
    too_slow: String,
    no_folder: String,
    not_written: String,
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
words!(
    /// Notifications of new mail.
    Announce { one: String, many: String, no_program: String, failed: String }
);
words!(
    /// The form for an account, and for another password.
    SetUp {
        title: String,
        title_secret: String,
        title_session: String,
        welcome: String,
        another: String,
        change: String,
        session: String,
        address: String,
        secret: String,
        password: String,
        server: String,
        port: String,
        encryption: String,
        login: String,
        tls: String,
        starttls: String,
        log_in: String,
        go: String,
        by_hand: String,
        demo: String,
        where_to: String,
        about: String,
        about_secret: String,
        not_listed: String,
        where_unknown: String,
        looking_up: String,
        connecting: String,
        logging_in: String,
        opening: String,
        keeping: String,
        no_address: String,
        known_already: String,
        no_secret: String,
        no_server: String,
        no_port: String,
        oauth_only: String,
        leaving: String,
        probably_meant: String,
        to_be_tried: String,
        leaving_unkept: String,
        cancelled: String,
        certificate: String,
        certificate_names: String,
        certificate_issuer: String,
        intercepted: String,
        login_own: String,
        pin_offer: String,
        pin: String,
        pin_later: String,
        pin_keys: String,
        oauth: String,
        oauth_lines: Vec<String>,
        let_in: String,
        keep_where: String,
        keep_file: String,
        keep_each_time: String,
        keep_program: String,
        joined: String,
        messages: String,
        kept_keyring: String,
        kept_file: String,
        kept_each_time: String,
        kept_program: String,
        kept_program_line: String,
        notes: String,
        go_on: String,
        keys: SetUpKeys,
    }
);
words!(SetUpKeys {
    next: String,
    log_in: String,
    go: String,
    take: String,
    choose: String,
    turn: String,
    tab: String,
    reveal: String,
    hide: String,
    leave: String,
    back: String,
    cancel: String,
    trust: String,
    pin: String,
    meant: String,
    more: String,
    go_on: String,
});
words!(Welcome { title: String, nobody: String, quit: String });

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
