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
    let first = mail.rows[&crate::model::FolderId(1)][0].message;
    if let Some(readable) = mail.bodies.get_mut(&first) {
        let text = format!("您的验证码是 482913。\n\n{}", readable.document.text.as_untrusted());
        readable.document = crate::model::Document::plain(text);
        let ways = vec!["https://list.goose.example/leave?u=1024".into()];
        readable.unsubscribe = Some(crate::model::Unsubscribe { ways, one_click: true });
        readable.message_id = "<20250312.1@goose.example>".into();
    }
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
fn what_can_be_copied() {
    keep("copy_menu", "Y");
}

#[test]
fn leaving_a_list() {
    keep("unsubscribe", "U");
}

#[test]
fn the_text_alone() {
    keep("plain_view", "P");
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
