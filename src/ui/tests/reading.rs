//! What the reader shows of a message, as whole screens.

use super::frames::{described, keep, pressed};
use super::letters::*;
use super::scenes::mailbox;
use super::*;
use crate::app::Settings;
use crate::app::rehearsal::Rehearsal;
use crate::model::{BodyState, Readable};

const BOTH: [(u16, u16); 2] = [(80, 24), (40, 20)];

fn kept(name: &str, sizes: &[(u16, u16)], letter: fn() -> Readable, keys: &str) {
    keep(name, sizes, |columns, rows| pressed(reading(letter(), columns, rows), keys));
}

#[test]
fn marks_and_links() {
    kept("marks", &BOTH, marked, "");
    kept("marks_links", &[(80, 24)], marked, "<Tab><Tab>");
    for theme in [BuiltIn::Plain, BuiltIn::Light] {
        let stage = pressed(reading(marked(), 80, 24), "<Tab>");
        let buffer = screen(&stage.state, &look(Language::ZhCn, theme));
        insta::assert_snapshot!(format!("marks_{}", theme.name()), described(&buffer));
    }
}

#[test]
fn a_table() {
    kept("table", &[(80, 24), (40, 30)], table, "");
}

#[test]
fn quotations() {
    kept("quoted", &BOTH, quoted, "");
    kept("quoted_unfolded", &[(80, 24)], quoted, "z");
}

#[test]
fn a_patch() {
    kept("patch", &BOTH, patch, "");
}

#[test]
fn cards() {
    kept("delivery", &BOTH, delivery, "");
    kept("invitation", &BOTH, invitation, "");
    kept("cloud", &BOTH, cloud, "");
}

#[test]
fn what_to_beware_of() {
    kept("suspicious", &[(80, 30), (40, 40)], suspicious, "");
}

#[test]
fn found_words() {
    kept("search", &BOTH, quoted, "/第 1");
    kept("search_next", &[(80, 24)], quoted, "/第 1<Enter>nn");
}

#[test]
fn links_and_the_question() {
    kept("links", &BOTH, marked, "Lj");
    kept("address", &BOTH, marked, "Lj<Enter>");
    kept("address_other_letters", &[(80, 24)], marked, "LG<Up><Enter>");
    kept("link_number", &[(80, 24)], marked, "o3");
}

#[test]
fn files_of_a_message() {
    kept("files", &BOTH, cloud, "Aj");
    kept("files_save", &BOTH, cloud, "As");
}

#[test]
fn other_views() {
    kept("headers", &BOTH, marked, "H");
    kept("source", &[(80, 24)], marked, "\\");
    kept("charset", &[(80, 24)], marked, "EEE");
    kept("drawn", &BOTH, drawn, "w");
}

#[test]
fn what_is_held_back() {
    let held = |columns, rows| {
        let mut mail = mailbox();
        for row in mail.rows.values_mut().flatten() {
            (row.body, row.size) = (BodyState::Absent, 9 * 1024 * 1024);
        }
        Rehearsal::new(mail, columns, rows, Settings::default())
    };
    keep("held_back", &[(80, 24)], held);
}
