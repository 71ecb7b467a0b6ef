//! What is found by typing, as it looks.

use super::frames::described;
use super::*;
use crate::app::rehearsal::{Rehearsal, folder};
use crate::app::{Event, Settings};
use crate::model::{AccountId, Role, Status, Watch};
use crate::ui::names;

const SIZES: [(u16, u16); 3] = [(80, 24), (120, 40), (40, 10)];

/// Two accounts, with the words of a language.
fn stage(language: Language, columns: u16, rows: u16) -> Rehearsal {
    let mut mail = super::scenes::mailbox();
    mail.folders.push(folder(11, 2, "INBOX", Some(Role::Inbox), 3));
    mail.folders.push(folder(12, 2, "Projects/2025", None, 0));
    let settings = Settings { names: names(&Words::of(language), &commands()), ..Settings::default() };
    let mut stage = Rehearsal::new(mail, columns, rows, settings);
    for id in [1, 2] {
        let status = Status::UpToDate { at: crate::app::rehearsal::NOW, watch: Watch::Told };
        stage.send(Event::Account { id: AccountId(id), status });
    }
    stage
}

fn commands() -> Vec<(String, String)> {
    vec![("export".to_owned(), "Write messages into a file".to_owned())]
}

fn keep(name: &str, keys: &str) {
    for language in Language::EVERY {
        for (columns, rows) in SIZES {
            let mut stage = stage(language, columns, rows);
            stage.press(keys);
            stage.wait(400);
            let buffer = screen(&stage.state, &look(language, BuiltIn::Dark));
            insta::assert_snapshot!(format!("{name}_{columns}x{rows}_{}", language.code()), described(&buffer));
        }
    }
}

#[test]
fn the_palette() {
    keep("palette", "<C-k>");
    keep("palette_typed", "<C-k>yj");
    keep("command", ":so");
}

#[test]
fn searching_in_the_help() {
    keep("help_search", "?/");
    keep("help_search_typed", "?/bell");
}

#[test]
fn going_to_a_folder() {
    keep("go_to", "<C-g>");
    keep("go_to_typed", "<C-g>xm");
}
