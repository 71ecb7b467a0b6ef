//! The words for what is done with messages and with letters that wait.

use std::collections::BTreeMap;

use serde::Deserialize;

words!(
    /// What is done with messages.
    Triage {
        undo: String, selected: String, needs_status: String, needs_short: String,
        alike_title: String, move_title: String, copy_title: String,
        needs_title: String, needs_empty: String, trouble: String,
        done: BTreeMap<String, String>,
        undone: BTreeMap<String, String>,
        under_way: BTreeMap<String, String>,
        notices: BTreeMap<String, String>,
        questions: BTreeMap<String, String>,
        alike: BTreeMap<String, String>,
        wanted: BTreeMap<String, String>,
        why: BTreeMap<String, String>,
    }
);

words!(
    /// What waits to be sent.
    Outbox {
        title: String,
        empty: String,
        counting: String,
        scheduled: String,
        due: String,
        network: String,
        network_until: String,
        again: String,
        soon: String,
        held_up: String,
        going: String,
        going_so_far: String,
        looked_for: String,
        unknown: String,
        refused: String,
        asks: String,
        partly: String,
        sent: String,
        to: String,
        about: String,
        todo_refused: String,
        todo_partly: String,
        todo_unknown: String,
        todo_looked_for: String,
        todo_asks: String,
        todo_scheduled: String,
        send_again: String,
        ask_again: String,
        ask_give_up: String,
        notices: BTreeMap<String, String>,
    }
);

words!(
    /// What is asked and said when the program ends while letters wait.
    Leaving {
        ask: String,
        ask_short: String,
        tried: String,
        tried_short: String,
        sending: String,
        sending_short: String,
        unkept: String,
        unkept_short: String,
        kept: String,
        scheduled: String,
    }
);
