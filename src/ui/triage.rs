//! What is done with messages, as it is said and asked: at the foot, in the status row, and over the panes.

use super::Look;
use super::bars;
use super::date::{Calendar, Length};
use super::folders::name_of;
use super::number::grouped;
use super::pen::{Field, Pen, columns};
use crate::app::{ALIKE, Action, Area, Did, Question, Sheet, State, TriageNotice};
use crate::config::keymap::KeyPane;
use crate::i18n::{Words, fill};
use crate::model::{DeedKind, FolderId, Need, NeedWhy};
use crate::text::{SafeText, clip, wrap};

/// A name in a sentence is no longer.
const NAME: usize = 24;

fn count_of(number: usize) -> String {
    grouped(u64::try_from(number).unwrap_or(u64::MAX))
}

fn key(state: &State, pane: KeyPane, action: Action) -> String {
    state.keymap().key_of(pane, action).map(|key| key.to_string()).unwrap_or_default()
}

fn folder_name(state: &State, words: &Words, folder: FolderId) -> String {
    let name = state.folders().find(folder).map(|folder| name_of(folder, words).into_string());
    clip(&name.unwrap_or_default(), NAME).into_owned()
}

/// What was done, in the words of one of the tables.
fn in_words(
    state: Option<&State>,
    words: &Words,
    table: &std::collections::BTreeMap<String, String>,
    did: Did,
    count: usize,
) -> String {
    let folder = state.zip(did.folder()).map(|(state, folder)| folder_name(state, words, folder)).unwrap_or_default();
    let template = table.get(did.code()).map_or("{count}", String::as_str);
    fill(template, &[("count", &count_of(count)), ("folder", &folder)])
}

/// What was done last, and the key that takes it back, with the seconds for which it is said.
pub(super) fn done(state: &State, look: &Look, area: Area, pen: &mut Pen<'_>) -> bool {
    let Some(done) = state.triage().done() else { return false };
    let words = &look.words.triage;
    let field = Field::row(area, 0).skip(1).less(1);
    let said = in_words(Some(state), &look.words, &words.done, done.did, done.count);
    let undo = key(state, KeyPane::List, Action::Undo);
    let seconds = done.seconds_left(state.moment()).to_string();
    let hint = fill(&words.undo, &[("key", &undo), ("seconds", &seconds)]);
    // The key is worth more than the end of a name.
    let room = field.columns.saturating_sub(columns(&hint) + 3);
    let used = pen.put(field.take(room), &said, look.paint.notice);
    let used = used + pen.put(field.skip(used), " · ", look.paint.dim);
    pen.put(field.skip(used), &hint, look.paint.key);
    true
}

/// What is selected, and what could not be done.
pub(super) fn status(state: &State, look: &Look, field: Field, pen: &mut Pen<'_>) -> Field {
    let words = &look.words.triage;
    let mut field = field;
    let needs = state.triage().needs().len();
    if needs > 0 {
        let key = key(state, KeyPane::List, Action::NeedsAttention);
        let template = if field.columns > 60 { &words.needs_status } else { &words.needs_short };
        let word = fill(template, &[("count", &count_of(needs)), ("key", &key)]);
        field = field.less(pen.put_right(field, &word, look.paint.status_bad) + 2);
    }
    if let Some(bulk) = state.triage().bulk().filter(|bulk| bulk.told() > 0 || state.triage().done().is_none()) {
        let template = words.under_way.get(bulk.did.code()).map_or("{told}/{count}", String::as_str);
        let word = fill(template, &[("told", &count_of(bulk.told())), ("count", &count_of(bulk.total))]);
        field = field.less(pen.put_right(field, &word, look.paint.status_busy) + 2);
    }
    let selected = state.list().selected();
    if selected > 0 {
        let word = fill(&words.selected, &[("count", &count_of(selected))]);
        field = field.less(pen.put_right(field, &word, look.paint.status_busy) + 2);
    }
    field
}

pub(super) fn notice(notice: &TriageNotice, words: &Words) -> String {
    let said = &words.triage;
    let template = said.notices.get(notice.code()).map_or("{what}", String::as_str);
    match notice {
        TriageNotice::Undone(did, count) => {
            fill(template, &[("what", &in_words(None, words, &said.undone, *did, *count))])
        }
        TriageNotice::There(role) | TriageNotice::MadeElsewhere(role) => {
            fill(template, &[("folder", words.role(role.code()))])
        }
        TriageNotice::Making(name) | TriageNotice::Made(name) | TriageNotice::Renamed(name) => {
            fill(template, &[("folder", &clip(name.as_str(), NAME))])
        }
        TriageNotice::NeedsCame(count) | TriageNotice::Settled(count) => {
            fill(template, &[("count", &count_of(*count))])
        }
        TriageNotice::NotASize(typed) => fill(template, &[("what", &clip(typed.as_str(), NAME))]),
        TriageNotice::NothingToUndo
        | TriageNotice::Shifted
        | TriageNotice::NothingUnread
        | TriageNotice::NothingThere
        | TriageNotice::Removed
        | TriageNotice::Protected
        | TriageNotice::SeveralAccounts
        | TriageNotice::NoNeeds => template.to_owned(),
    }
}

/// What is asked, over the last rows of the screen, as many as it needs.
pub(super) fn question(state: &State, look: &Look, pen: &mut Pen<'_>) {
    let Some(question) = state.triage().question() else { return };
    let words = &look.words.triage;
    let table = |code: &str| words.questions.get(code).map_or("{count}", String::as_str);
    let sentence = match question {
        Question::Erase { placements } => fill(table("erase"), &[("count", &count_of(placements.len()))]),
        Question::Empty { folder, count } => {
            let folder = folder_name(state, &look.words, *folder);
            fill(table("empty"), &[("count", &grouped(*count)), ("folder", &folder)])
        }
        Question::DeleteFolder { folder, count, sure } => {
            let code = match (count, sure) {
                (0, _) => "delete-folder",
                (_, false) => "delete-full-folder",
                (_, true) => "delete-folder-surely",
            };
            let folder = folder_name(state, &look.words, *folder);
            fill(table(code), &[("count", &grouped(*count)), ("folder", &folder)])
        }
        Question::DropNeed { .. } => table("drop-need").to_owned(),
        Question::StopBulk(bulk) => {
            fill(table("stop-bulk"), &[("told", &count_of(bulk.told())), ("count", &count_of(bulk.total))])
        }
        Question::MadeElsewhere { account, role } => {
            let account = state.account(*account).map_or("", |account| account.name.as_str());
            fill(table("made-elsewhere"), &[("account", account), ("folder", look.words.role(role.code()))])
        }
    };
    let size = state.size();
    let lines = wrap(&sentence, usize::from(size.columns.saturating_sub(2)).max(1));
    let rows = u16::try_from(lines.len()).unwrap_or(u16::MAX).min(size.rows);
    for (at, line) in (0..rows).zip(lines) {
        let field = Field { x: 0, y: size.rows - rows + at, columns: size.columns };
        pen.fill(field, " ", look.paint.text);
        pen.put(field.skip(1), line, look.paint.notice);
    }
}

pub(super) fn sheet(state: &State, look: &Look, pen: &mut Pen<'_>) {
    match state.triage().sheet() {
        None => {}
        Some(Sheet::Alike { cursor }) => alike(state, look, *cursor, pen),
        Some(Sheet::Needs(view)) => needs(state, look, view.cursor, pen),
    }
}

/// A small menu over the last rows of the panes, so that the message that is meant stays in view.
fn alike(state: &State, look: &Look, cursor: usize, pen: &mut Pen<'_>) {
    let (main, words) = (state.layout().main, &look.words.triage);
    let wanted = u16::try_from(ALIKE.len() + 1).unwrap_or(u16::MAX);
    let height = wanted.min(main.height);
    let area = Area { y: main.y + (main.height - height), height, ..main };
    bars::rule(look, Area { height: 1, ..area }, &words.alike_title, "", look.paint.title_focused, pen);
    let rows = usize::from(height.saturating_sub(1)).max(1);
    let first = (cursor + 1).saturating_sub(rows);
    for (row, (at, (letter, code))) in (1..height).zip(ALIKE.iter().enumerate().skip(first)) {
        let field = Field::row(area, row);
        let style = |style| if at == cursor { look.paint.cursor } else { style };
        pen.fill(field, " ", style(look.paint.text));
        pen.put(field.skip(2).take(1), &letter.to_string(), style(look.paint.key));
        let word = words.alike.get(*code).map_or(*code, String::as_str);
        pen.put(field.skip(5), word, style(look.paint.text));
    }
}

fn needs(state: &State, look: &Look, cursor: usize, pen: &mut Pen<'_>) {
    let (main, body) = (state.layout().main, state.overlay_body());
    let (words, paint) = (&look.words.triage, &look.paint);
    let needs = state.triage().needs();
    if body.y > main.y {
        let at = if needs.is_empty() { 0 } else { cursor + 1 };
        let right = format!("{}/{}", count_of(at), count_of(needs.len()));
        bars::rule(look, main, &words.needs_title, &right, paint.title_focused, pen);
    }
    if needs.is_empty() {
        let row = body.height / 3;
        pen.put_centred(Field::row(body, row), &words.needs_empty, paint.dim);
        return;
    }
    let calendar = Calendar::new(state.now(), &look.zone, &look.words);
    let fits = usize::from(body.height / 2).max(1);
    let first = cursor / fits * fits;
    for (nth, (at, need)) in (0..).zip(needs.iter().enumerate().skip(first).take(fits)) {
        let style = |style| if at == cursor { paint.cursor } else { style };
        let (head, tail) = (Field::row(body, nth * 2), Field::row(body, nth * 2 + 1));
        for field in [head, tail].into_iter().take(usize::from(body.height - nth * 2)) {
            pen.fill(field, " ", style(paint.text));
        }
        let date = calendar.short(need.since, Length::Narrow);
        pen.put_right(head.skip(1).less(1), &date, style(paint.date));
        let room = head.skip(1).less(columns(&date) + 3);
        let who = SafeText::beginning(&need.from, 100);
        let used = pen.put(room.take(room.columns / 3), who.as_str(), style(paint.text));
        let used = if used > 0 { used + 2 } else { 0 };
        let subject = SafeText::beginning(&need.subject, 300);
        let subject = if subject.as_str().trim().is_empty() { &look.words.list.no_subject } else { subject.as_str() };
        pen.put(room.skip(used), subject, style(paint.subject));
        if nth * 2 + 1 < body.height {
            pen.put(tail.skip(3).less(1), &trouble(need, look), style(paint.warning));
        }
    }
}

/// What was wanted, and why it was not done.
fn trouble(need: &Need, look: &Look) -> String {
    let words = &look.words.triage;
    let code = match need.kind {
        DeedKind::Flag { .. } => "flag",
        DeedKind::Move { .. } => "move",
        DeedKind::Copy { .. } => "copy",
        DeedKind::Erase => "erase",
    };
    let name = |text: &crate::text::Text| clip(SafeText::beginning(text, 100).as_str(), NAME).into_owned();
    let to = need.to.as_ref().map(name).unwrap_or_default();
    let what = fill(words.wanted.get(code).map_or("{to}", String::as_str), &[("to", &to)]);
    let said = match &need.why {
        NeedWhy::Refused(said) => SafeText::beginning(said, 300).into_string(),
        _ => String::new(),
    };
    let why = fill(words.why.get(need.why.code()).map_or("{said}", String::as_str), &[("said", &said)]);
    fill(&words.trouble, &[("folder", &name(&need.folder)), ("what", &what), ("why", &why)])
}
