//! At any size, with any text: nothing panics, and the rules between the panes stay straight.

use proptest::prelude::*;

use super::scenes::{busy, stage};
use super::*;
use crate::app::rehearsal::Rehearsal;
use crate::app::{Event, LayoutChoice, Settings};
use crate::model::FolderId;

const NASTY: [&str; 12] = [
    "鸿雁传书鸿雁传书鸿雁传书鸿雁传书鸿雁传书鸿雁传书鸿雁传书鸿雁传书鸿雁传书鸿雁传书鸿雁传书鸿雁传书",
    "a鸿b雁c传d书e鸿f雁g传h书i鸿j雁k传l书m鸿n雁o传p书q鸿r雁s传t书",
    "👨‍👩‍👧‍👦👩🏽‍🚀🏳️‍🌈🇨🇳🇩🇪1️⃣#️⃣❤️✈️👍🏿👍🏿👍🏿👍🏿",
    "e\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}x",
    "\u{1b}[31mred\u{1b}[0m\u{1b}]0;title\u{7}\u{9b}2J",
    "\u{202e}gpj.exe\u{2066}\u{2069}\u{200b}\u{feff}\u{ad}",
    "①②③…—“”●★℃×÷→←↑↓│─┼",
    "ｆｕｌｌ　ｗｉｄｔｈ，。；：？！（）",
    "नमस्ते स्वागत ไทย ภาษาไทย العربية עברית",
    "\t\t\r\n\u{b}\u{c}\u{85}\u{2028}\u{2029}tabs",
    "ﷺ𒐫𰻞𠮷㍿㊙🀄🂡",
    "",
];

/// Marks, links and cells that begin and end within whatever a terminal takes for one character.
fn marked_all_over() -> crate::model::Document {
    use crate::model::{Document, Link, Look, Mark, Section, SectionKind, Table};
    let text = format!("{0}\n{0}\n{0}", NASTY.join("\n"));
    let places: Vec<usize> = text.char_indices().map(|(at, _)| at).collect();
    let pieces: Vec<std::ops::Range<usize>> = places.windows(2).map(|pair| pair[0]..pair[1]).collect();
    let third = text.len() / 3;
    let look = |nth: usize| Look { strong: nth.is_multiple_of(2), code: nth.is_multiple_of(3), ..Look::default() };
    let marks = pieces.iter().enumerate().step_by(2).map(|(nth, at)| Mark { at: at.clone(), look: look(nth) });
    let links = pieces.iter().step_by(7).map(|at| Link { at: at.clone(), url: "http://a.example/".into() });
    let cells: Vec<_> = pieces.iter().filter(|at| at.start > third && at.end < third * 2).step_by(5).cloned().collect();
    let rows: Vec<_> = cells.chunks(4).map(<[_]>::to_vec).collect();
    let at = cells[0].start..cells[cells.len() - 1].end;
    let last = pieces.iter().find(|at| at.start > third * 2).unwrap().start;
    let tables = vec![Table { at, rows }];
    let sections = vec![Section { at: last..text.len(), kind: SectionKind::Fixed }];
    Document { marks: marks.collect(), links: links.collect(), tables, sections, text: text.into() }
}

fn nasty(columns: u16, rows: u16, layout: LayoutChoice) -> Rehearsal {
    let mut mail = crate::ui::tests::scenes::mailbox();
    for (at, row) in mail.rows.get_mut(&FolderId(1)).unwrap().iter_mut().enumerate() {
        row.subject = NASTY[at % NASTY.len()].into();
        row.from.name = NASTY[(at + at / NASTY.len() + 3) % NASTY.len()].into();
    }
    for (at, folder) in mail.folders.iter_mut().enumerate() {
        folder.name = NASTY[at % NASTY.len()].into();
    }
    mail.bodies.clear();
    let body = crate::model::Readable {
        subject: NASTY[1].into(),
        from: vec![crate::app::rehearsal::person(NASTY[2], NASTY[4])],
        document: marked_all_over(),
        ..Default::default()
    };
    for row in mail.rows.values().flatten() {
        mail.bodies.insert(row.message, body.clone());
    }
    Rehearsal::new(mail, columns, rows, Settings { layout, ..Settings::default() })
}

/// Every row is exactly as wide as the screen, and the rules stand where the layout says, from top to bottom.
fn straight(stage: &Rehearsal) {
    let buffer = screen(&stage.state, &look(Language::ZhCn, BuiltIn::Dark));
    let size = stage.state.size();
    let layout = stage.state.layout();
    for (y, row) in rows(&buffer).iter().enumerate() {
        assert_eq!(crate::text::width(row), usize::from(size.columns), "row {y}: {row}");
        assert!(!row.chars().any(char::is_control), "row {y}: {row:?}");
    }
    if stage.state.overlay().is_none() {
        for x in layout.rules.into_iter().flatten() {
            for y in layout.main.y..layout.main.y + layout.main.height {
                let symbol = buffer[(x, y)].symbol();
                assert!(["│", "├", "┬", "┤", "┼"].contains(&symbol), "{symbol} at {x},{y}");
                // What stands before a rule must end before it.
                let before = buffer[(x - 1, y)].symbol();
                assert!(crate::text::width(before) <= 1, "{before} at {},{y}", x - 1);
            }
        }
    }
}

#[test]
fn t14_t15_rules_are_straight_at_every_width() {
    for columns in 20..=200 {
        let mut stage = nasty(columns, 30, if columns % 2 == 0 { LayoutChoice::Auto } else { LayoutChoice::Wide });
        straight(&stage);
        stage.press("jj<Enter>");
        straight(&stage);
        for keys in ["<Tab>", "<C-d>", "G", "/a", "<Enter>", "<Esc>L", "G", "<Enter>", "qq"] {
            stage.press(keys);
            straight(&stage);
        }
        stage.press("qqqh");
        straight(&stage);
    }
}

#[test]
fn t24_no_size_is_too_small_or_too_large() {
    for (columns, rows) in [(0, 0), (1, 1), (2, 1), (1, 2), (3, 3), (500, 1), (1, 200), (500, 200), (7, 5), (120, 3)] {
        let mut stage = busy(80, 24);
        for keys in ["", "?", "qh", "l<Enter>", "q", "<C-e>q"] {
            stage.send(Event::Resize { columns, rows });
            stage.press(keys);
            straight(&stage);
        }
        stage.press("<C-e>");
        let mut stage = super::scenes::said(stage);
        for keys in ["", "k", "g", "j", "G"] {
            stage.press(keys);
            straight(&stage);
        }
    }
}

/// A message every word of which wants to be something else.
fn nasty_all_over(text: &str) -> crate::model::Readable {
    use crate::app::rehearsal::person;
    use crate::model::*;
    let time = |text: &str| Some(EventTime::Local(text.into()));
    Readable {
        subject: text.into(),
        from: vec![person(text, text)],
        reply_to: vec![person(text, "r@a.example")],
        document: marked_all_over(),
        attachments: vec![
            Attachment { name: text.into(), kind: text.into(), ..Attachment::default() },
            Attachment {
                name: text.into(),
                truly: Some("application/x-dosexec"),
                size: u64::MAX,
                ..Attachment::default()
            },
        ],
        cards: vec![
            Card::Delivery(Delivery {
                recipient: text.into(),
                status: text.into(),
                said: text.into(),
                ..Delivery::default()
            }),
            Card::Invitation(Box::new(Invitation {
                summary: text.into(),
                location: text.into(),
                attendees: vec![person(text, text)],
                begins: time(text),
                ends: Some(EventTime::Day(-9999, 99, 99)),
                repeats: text.into(),
                ..Invitation::default()
            })),
            Card::Cloud(CloudFile {
                keeper: "QQ",
                name: text.into(),
                size: text.into(),
                until: text.into(),
                url: text.into(),
            }),
            Card::Message { part: PartId(9), subject: text.into(), from: None, date: Some(Timestamp(i64::MIN)) },
        ],
        auth: Some(Auth { dmarc: Verdict::Pass, ..Auth::default() }),
        warnings: vec![
            Warning::NameIsOtherAddress { name: text.into(), address: text.into() },
            Warning::LookAlike { domain: text.into(), like: text.into() },
            Warning::LinkElsewhere { shown: text.into(), leads: text.into() },
            Warning::Disguised { name: text.into() },
        ],
        blocked: Blocked { pictures: u32::MAX, trackers: 1, others: 9, hosts: vec![text.into(); 9], receipt: true },
        ..Readable::default()
    }
}

#[test]
fn t10_t16_nothing_that_a_message_says_of_itself_reaches_the_terminal_as_a_command() {
    let texts = NASTY.into_iter().map(str::to_owned).chain([NASTY.join(" "), "长".repeat(5_000)]);
    for (nth, text) in texts.enumerate() {
        let columns = [40, 80, 57, 130, 21, 200][nth % 6];
        let mut stage = super::letters::reading(nasty_all_over(&text), columns, 24);
        for keys in [
            "",
            "<C-d>",
            "<C-d>",
            "G",
            "z",
            "H",
            "\\",
            "\\",
            "L",
            "<Enter>",
            "qA",
            "j",
            "s",
            "<Esc>jj<Enter>",
            "qq/",
            &text,
        ] {
            if keys == text {
                stage.send(Event::Paste(text.clone()));
            } else {
                stage.press(keys);
            }
            straight(&stage);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]
    #[test]
    fn any_keys_at_any_sizes(
        steps in prop::collection::vec((0_u16..260, 0_u16..70, "[jkgGlhqsmnNJKb?1-6 MwEHz/LAoS|p\\\\]{0,4}"), 1..8)
    ) {
        let mut stage = stage(80, 24);
        for (columns, rows, keys) in steps {
            stage.send(Event::Resize { columns, rows });
            stage.press(&keys);
            straight(&stage);
        }
    }
}
