//! Whole screens, kept as text: first the characters, then the looks of every row as runs of letters, then what the
//! letters mean.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use ratatui::style::{Color, Modifier};

use super::scenes::{beyond_the_window, busy, offline, said, stage, unlisted};
use super::*;
use crate::app::Settings;
use crate::app::rehearsal::{Mailbox, Rehearsal, folder};
use crate::model::{AccountId, Role};

pub(super) fn described(buffer: &Buffer) -> String {
    let mut legend: BTreeMap<String, char> = BTreeMap::new();
    let mut letters = ('a'..='z').chain('A'..='Z');
    let mut looks = String::new();
    for y in 0..buffer.area.height {
        let mut runs: Vec<(char, u16)> = Vec::new();
        for x in 0..buffer.area.width {
            let cell = &buffer[(x, y)];
            let mut look = String::new();
            for (name, colour) in [("fg", cell.fg), ("bg", cell.bg)] {
                if colour != Color::Reset {
                    write!(look, "{name} {colour} ").unwrap();
                }
            }
            if cell.modifier != Modifier::empty() {
                write!(look, "{:?}", cell.modifier).unwrap();
            }
            let letter = if look.is_empty() {
                '.'
            } else {
                *legend.entry(look.trim().to_owned()).or_insert_with(|| letters.next().unwrap())
            };
            match runs.last_mut() {
                Some((last, count)) if *last == letter => *count += 1,
                _ => runs.push((letter, 1)),
            }
        }
        let runs: Vec<String> = runs.iter().map(|(letter, count)| format!("{letter}{count}")).collect();
        writeln!(looks, "{:>3} {}", y + 1, runs.join(" ")).unwrap();
    }
    let legend: Vec<String> = legend.iter().map(|(look, letter)| format!("{letter} = {look}")).collect();
    let rows: Vec<String> = rows(buffer).iter().map(|row| format!("⟦{row}⟧")).collect();
    format!("{}\n\n{looks}\n{}", rows.join("\n"), legend.join("\n"))
}

const SIZES: [(u16, u16); 3] = [(80, 24), (40, 12), (160, 50)];

pub(super) fn keep(name: &str, sizes: &[(u16, u16)], scene: impl Fn(u16, u16) -> Rehearsal) {
    for language in Language::EVERY {
        for (columns, rows) in sizes {
            let stage = scene(*columns, *rows);
            let buffer = screen(&stage.state, &look(language, BuiltIn::Dark));
            // How many keys there are is not what is looked at: it changes with every new one.
            let all = stage.state.keymap().help().len();
            let described = described(&buffer).replace(&format!("20/{all}  q"), "20/ALL  q");
            insta::assert_snapshot!(format!("{name}_{columns}x{rows}_{}", language.code()), described);
        }
    }
}

pub(super) fn pressed(mut stage: Rehearsal, keys: &str) -> Rehearsal {
    stage.press(keys);
    stage.wait(300);
    stage
}

#[test]
fn the_inbox() {
    keep("inbox", &SIZES, |columns, rows| pressed(stage(columns, rows), "j"));
}

#[test]
fn an_open_message() {
    keep("open", &SIZES, |columns, rows| pressed(stage(columns, rows), "<Enter>"));
}

#[test]
fn scrolled_down() {
    keep("scrolled", &[(80, 24)], |columns, rows| pressed(stage(columns, rows), "<Enter>G"));
}

#[test]
fn two_accounts_at_work() {
    keep("busy", &SIZES, |columns, rows| pressed(busy(columns, rows), "s"));
}

#[test]
fn mail_that_only_we_have() {
    keep("only_here", &[(80, 24), (40, 12)], |columns, rows| pressed(beyond_the_window(columns, rows), "jj"));
    keep("only_here_open", &[(80, 24)], |columns, rows| pressed(beyond_the_window(columns, rows), "jj<Enter>"));
    keep("only_here_unlisted", &[(80, 24)], unlisted);
}

#[test]
fn choosing_a_folder() {
    keep("folders", &[(80, 24), (40, 12)], |columns, rows| pressed(busy(columns, rows), "hj"));
}

#[test]
fn no_connection() {
    keep("offline", &[(80, 24), (40, 12)], offline);
}

#[test]
fn what_happened() {
    keep("history", &[(80, 24)], |columns, rows| pressed(offline(columns, rows), "<C-e>n"));
}

#[test]
fn what_was_said() {
    keep("wire", &SIZES, |columns, rows| said(pressed(offline(columns, rows), "<C-e>")));
}

#[test]
fn the_keys() {
    keep("help", &[(80, 24)], |columns, rows| pressed(stage(columns, rows), "?"));
}

#[test]
fn nobody_here_yet() {
    for language in Language::EVERY {
        for (columns, rows) in [(80, 24), (40, 12)] {
            let (mut state, _) = State::new(crate::app::Settings::default(), Vec::new());
            crate::app::update(&mut state, crate::app::Event::Resize { columns, rows });
            let buffer = screen(&state, &look(language, BuiltIn::Dark));
            insta::assert_snapshot!(format!("welcome_{columns}x{rows}_{}", language.code()), described(&buffer));
        }
    }
}

#[test]
fn without_colour() {
    let stage = pressed(stage(80, 24), "j");
    let buffer = screen(&stage.state, &look(Language::ZhCn, BuiltIn::Plain));
    insta::assert_snapshot!("plain_80x24_zh-CN", described(&buffer));
}

#[test]
fn a_group_of_folders_that_is_open() {
    keep("group", &[(80, 24), (120, 40)], |columns, rows| pressed(busy(columns, rows), "hjjjjjl"));
}

#[test]
fn folders_that_a_provider_hides() {
    let scene = |columns, rows| {
        let mut mail = Mailbox::of(20);
        let names = ["INBOX", "Sent Messages", "Drafts", "Deleted Messages", "Junk"];
        let roles = [Role::Inbox, Role::Sent, Role::Drafts, Role::Trash, Role::Junk];
        mail.folders = (1..)
            .zip(names.into_iter().zip(roles))
            .map(|(id, (name, role))| folder(id, 1, name, Some(role), 0))
            .collect();
        let settings = Settings { hiding_folders: vec![AccountId(1)], ..Settings::default() };
        pressed(Rehearsal::new(mail, columns, rows, settings), "h")
    };
    keep("hidden_folders", &[(80, 24), (120, 40), (40, 12)], scene);
}
