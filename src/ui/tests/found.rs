//! Lists of what is found, as they look.

use super::frames::described;
use super::*;
use crate::app::rehearsal::Rehearsal;
use crate::app::{Event, Settings};
use crate::model::{AccountId, Status, Watch};

const SIZES: [(u16, u16); 3] = [(80, 24), (120, 40), (40, 10)];

fn keep(name: &str, keys: &str) {
    for language in Language::EVERY {
        for (columns, rows) in SIZES {
            let mut stage = Rehearsal::new(super::scenes::mailbox(), columns, rows, Settings::default());
            let status = Status::UpToDate { at: crate::app::rehearsal::NOW, watch: Watch::Told };
            stage.send(Event::Account { id: AccountId(1), status });
            stage.press(keys);
            let buffer = screen(&stage.state, &look(language, BuiltIn::Dark));
            insta::assert_snapshot!(format!("{name}_{columns}x{rows}_{}", language.code()), described(&buffer));
        }
    }
}

#[test]
fn a_filter_that_is_typed() {
    keep("filter", "/通知");
    keep("filter_wrong", "/before:soon");
}

#[test]
fn what_was_found() {
    keep("found", ";会<Enter>");
    keep("found_nothing", ";nowhere<Enter>");
}
