//! What somebody meets who knows nothing but the screen.

use super::triage::{said, stage};
use super::*;
use crate::app::TriageNotice;
use crate::app::keys::HelpLine;
use crate::config::keymap::KeyPane;

#[test]
fn what_was_done_last_is_told_even_if_something_was_just_said() {
    let mut stage = stage();
    stage.press("eu");
    stage.wait(50);
    assert!(matches!(said(&stage), Some(TriageNotice::Undone(..))), "{:?}", stage.state.error_row());
    stage.press("d");
    assert_eq!(said(&stage), None);
    assert!(stage.state.triage().done().is_some());
}

#[test]
fn help_begins_with_the_keys_of_what_is_in_front() {
    for (keys, pane) in [("?", KeyPane::List), ("<Enter>?", KeyPane::Reader), ("9?", KeyPane::Outbox)] {
        let mut stage = stage();
        stage.press(keys);
        let Some(Overlay::Help { top }) = stage.state.overlay() else { panic!("no help after {keys}") };
        assert_eq!(stage.state.keymap().help().get(top), Some(&HelpLine::Pane(pane)), "{keys}");
    }
}

#[test]
fn help_is_shown_over_the_list_of_drafts() {
    let mut stage = stage();
    stage.press("c");
    stage.state.composing.show_list(true);
    stage.press("?");
    assert!(matches!(stage.state.overlay(), Some(Overlay::Help { .. })));
    stage.press("q");
    assert!(stage.state.composing().list().is_some());
}

#[test]
fn what_was_open_before_is_not_among_what_is_found() {
    let mut stage = Rehearsal::at(80, 24);
    stage.answers = false;
    for keys in ["/", "zz", "z"] {
        stage.press(keys);
        let kept = stage.state.list.listing().and_then(|listing| listing.keep);
        assert!(keys == "/" || kept.is_none(), "{keys}");
    }
}
