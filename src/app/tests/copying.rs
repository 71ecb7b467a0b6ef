//! Copying, and the message alone on the screen.

use crate::app::rehearsal::{Mailbox, Rehearsal};
use crate::app::{Action, Effect, ErrorRow, Focus, Job, Notice, Settings, TerminalRequest};
use crate::model::*;

const CODE: &str = "您的验证码是 482913，请勿告诉他人。\u{1b}]52;c;eA==\u{7}\n\nSecond line\u{202e}\tx  \n";

fn stage() -> Rehearsal {
    let mut mail = Mailbox::of(3);
    let row = mail.rows[&FolderId(1)][0].clone();
    let mut readable = mail.body_of(&row);
    let text = format!("{CODE}https://goose.example/x?y=1\njavascript:alert(1)\n");
    let at = text.find("https").unwrap();
    let bad = text.find("javascript").unwrap();
    readable.document = Document::plain(text);
    readable.document.links = vec![
        Link { at: at..at + 27, url: "https://goose.example/x?y=1".into() },
        Link { at: bad..bad + 8, url: "javascript:alert(1)".into() },
    ];
    readable.message_id = "<a\u{1b}[2J@goose.example>".into();
    readable.attachments = vec![Attachment { name: "../发票\u{202e}fdp.exe".into(), ..Attachment::default() }];
    mail.bodies.insert(row.message, readable);
    Rehearsal::new(mail, 80, 24, Settings::default())
}

/// What the keys copy, and whether the terminal is told the same.
fn copied(keys: &str) -> Option<(String, bool)> {
    let mut stage = stage();
    stage.press(keys);
    let effects = stage.take();
    let told = effects.iter().find_map(|effect| match effect {
        Effect::Terminal(TerminalRequest::Clipboard(text)) => Some(text.clone()),
        _ => None,
    });
    effects.into_iter().find_map(|effect| match effect {
        Effect::Start { job: Job::Copy { text, is_told, .. }, .. } => {
            assert_eq!(is_told, told.is_some());
            let same = told.as_ref().is_some_and(|told| *told == crate::letter::in_base64(text.as_bytes()));
            Some((text, same))
        }
        _ => None,
    })
}

#[test]
fn each_thing_of_a_message_is_copied_by_its_key() {
    for (keys, text) in [
        ("YY", "482913"),
        ("Yc", "482913"),
        ("Yl", "https://goose.example/x?y=1"),
        ("Ya", "s@a.example"),
        ("Ys", "subject 0"),
        ("<Enter>Yc", "482913"),
        ("<Enter><Tab>Yl", "https://goose.example/x?y=1"),
        ("LYl", "https://goose.example/x?y=1"),
    ] {
        assert_eq!(copied(keys), Some((text.to_owned(), true)), "{keys}");
    }
}

#[test]
fn t01_what_is_copied_is_no_command_wherever_it_is_pasted() {
    for keys in ["Yt", "Yi", "Yf", "AYf", "Ys", "Ya"] {
        let (text, _) = copied(keys).unwrap();
        let is_bad = |c: char| c.is_control() && c != '\n' || matches!(c, '\u{202a}'..='\u{202e}' | '\u{9b}');
        assert!(!text.contains(is_bad), "{keys}: {text:?}");
        assert!(keys == "Yt" || !text.contains('\n'), "{keys}: a line has no end");
    }
    assert!(!copied("Yf").unwrap().0.contains('/'), "a name is no path");
    let (text, _) = copied("Yt").unwrap();
    assert!(text.contains("Second line") && text.lines().count() >= 4, "{text:?}");
}

#[test]
fn what_would_not_be_opened_is_not_copied_and_what_is_not_there_is_said() {
    assert_eq!(copied("LjYl"), None);
    let mut stage = Rehearsal::at(80, 24);
    stage.press("Yc");
    assert_eq!(stage.deeds(), []);
    assert!(matches!(stage.state.error_row(), Some(ErrorRow::Notice(Notice::NothingToCopy(Action::CopyCode)))));
}

#[test]
fn t01_a_text_too_long_for_a_terminal_goes_to_a_program_only() {
    let mut mail = Mailbox::of(1);
    let row = mail.rows[&FolderId(1)][0].clone();
    let mut readable = mail.body_of(&row);
    readable.document = Document::plain("鸿雁\n".repeat(20_000));
    mail.bodies.insert(row.message, readable);
    let mut stage = Rehearsal::new(mail, 80, 24, Settings::default());
    stage.press("Yt");
    let effects = stage.take();
    assert!(!effects.iter().any(|effect| matches!(effect, Effect::Terminal(_))));
    let copied =
        effects.iter().any(|effect| matches!(effect, Effect::Start { job: Job::Copy { is_told: false, .. }, .. }));
    assert!(copied);
}

#[test]
fn the_message_alone_has_the_whole_screen_and_no_mouse() {
    let mut stage = stage();
    stage.press("P");
    let layout = *stage.state.layout();
    let body = layout.reader.unwrap().body;
    assert_eq!((body.x, body.y, body.width, body.height), (0, 0, 80, 23));
    assert!(layout.list.is_none() && layout.folders.is_none() && layout.status.is_none());
    assert!(stage.deeds().contains(&Effect::Terminal(TerminalRequest::Mouse(false))));
    for back in ["P", "q", "<Esc>"] {
        stage.press(back);
        assert!(!stage.state.is_plain() && stage.state.layout().list.is_some(), "{back}");
        assert_eq!(stage.state.focus(), Focus::Reader, "the message stays open");
        assert!(stage.deeds().contains(&Effect::Terminal(TerminalRequest::Mouse(true))), "{back}");
        stage.press("P");
        stage.take();
    }
    // Whoever goes elsewhere sees everything again.
    stage.press("2");
    assert!(!stage.state.is_plain());
}

#[test]
fn the_message_alone_is_nowhere_outside_of_a_screen() {
    for (columns, rows) in [(1, 1), (2, 3), (20, 5), (40, 10), (300, 80)] {
        let mut stage = stage();
        stage.press("P");
        stage.send(crate::app::Event::Resize { columns, rows });
        let body = stage.state.layout().reader.unwrap_or_default().body;
        assert!(body.x + body.width <= columns && body.y + body.height <= rows, "{columns}x{rows}");
    }
}
