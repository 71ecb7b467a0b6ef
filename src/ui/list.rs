//! The message list: only the rows in view are ever looked at.

use super::bars;
use super::date::{Calendar, Length};
use super::folders::{name_of, name_of_list};
use super::number::{grouped, size};
use super::pen::{Field, Pen, columns};
use super::{Look, conversation, found, has_keys, trouble};
use crate::app::{Area, Focus, ListPane, ListRow, Pane, SizeColumn, State};
use crate::i18n::fill;
use crate::model::{AccountId, Role, Source, Status};

/// The mark of a message that no server has any more: at home, and nowhere else.
pub(super) const ONLY_HERE: &str = "⌂";
/// New mail of this conversation is not told of.
const MUTED: &str = "z";

/// It is selected; that it is unread is seen by its letters.
const SELECTED: &str = "✓";

/// Which columns a row has, by the width of the pane.
#[derive(Clone, Copy, Debug)]
struct Columns {
    marks: u16,
    who: u16,
    /// Attachment, and answered or pending.
    extras: u16,
    /// How large it is.
    size: u16,
    date: u16,
    length: Length,
}

impl Columns {
    fn of(width: u16, wanted: SizeColumn, look: &Look) -> Self {
        let date = columns(&look.words.dates.yesterday).max(8);
        let (who, extras, date) = match width {
            0..24 => (0, 0, 0),
            24..36 => (0, 0, 6),
            36..46 => (11, 0, 6),
            46..64 => (12, 3, 6),
            64..70 => (14, 3, date),
            70..100 => (18, 3, date),
            100.. => (22, 3, 10),
        };
        let length = match width {
            0..64 => Length::Tiny,
            64..100 => Length::Narrow,
            100.. => Length::Whole,
        };
        let roomy = match wanted {
            SizeColumn::Auto => width >= 120,
            SizeColumn::Always => width >= 64,
            SizeColumn::Never => false,
        };
        Self { marks: if width < 12 { 0 } else { 3 }, who, extras, size: if roomy { 8 } else { 0 }, date, length }
    }
}

pub(super) fn draw(state: &State, look: &Look, pane: Pane, pen: &mut Pen<'_>) {
    let list = state.list();
    let folder = state.folders().open();
    let mut name = folder.map(|folder| name_of(folder, &look.words).into_string()).unwrap_or_default();
    let gathered = state.folders().gathered();
    if let Some(source) = gathered {
        name_of_list(source, &look.words).clone_into(&mut name);
    }
    let part = match list.source() {
        Some(Source::Split { split, .. }) => Some(conversation::name_of_split(split, state, &look.words)),
        _ => None,
    };
    let unread = match gathered {
        Some(Source::Unified(Role::Inbox)) => state.folders().unread_in_inboxes(),
        _ => folder.map_or(0, |folder| folder.unread),
    };
    if let Some(part) = part.filter(|_| state.layout().tabs.is_none()) {
        name = format!("{name} · {part}");
    } else if unread > 0 {
        let unread = fill(&look.words.list.unread, &[("count", &grouped(unread))]);
        name = format!("{name} · {unread}");
    }
    // With several accounts it must be said whose folder it is.
    if let Some(account) = folder.and_then(|folder| state.account(folder.account))
        && state.accounts().len() > 1
    {
        name = format!("{} · {name}", account.name.as_str());
    }
    let name = found::title(state, look).unwrap_or(name);
    let position = if list.is_empty() {
        String::new()
    } else {
        format!("{}/{}", grouped_len(list.cursor() + 1), grouped_len(list.len()))
    };
    bars::title(state, look, Focus::List, pane.title, &name, &position, pen);
    if let Some(area) = state.layout().tabs {
        conversation::tabs(state, look, area, pen);
    }
    if list.is_empty() {
        let account = folder.and_then(|folder| state.account(folder.account));
        let offline = account.is_some_and(|account| matches!(account.status, Status::Offline { .. }));
        let filling = folder.is_some_and(|folder| folder.on_server > 0)
            || account.is_some_and(|account| {
                matches!(account.status, Status::Starting | Status::Connecting | Status::Syncing { .. })
            });
        // Where the only account was removed, nothing will ever come.
        let removed = state.accounts().iter().find_map(|account| match &account.status {
            Status::Offline { failure, .. } if failure.is_account_removed() => Some(failure),
            _ => None,
        });
        let gone = removed.map(|failure| trouble::for_setup(failure, &look.words).0);
        let nothing_yet = gone.as_ref().unwrap_or(&look.words.list.nothing_yet);
        let word = match (list.is_loaded(), filling) {
            (false, _) if state.is_nothing_fetched() => nothing_yet,
            (false, _) => &look.words.list.loading,
            (true, true) if offline => &look.words.list.nothing_yet,
            (true, true) => &look.words.list.filling,
            (true, false) if matches!(list.source(), Some(Source::Split { .. } | Source::Starred)) => {
                &look.words.list.empty_split
            }
            (true, false) => &look.words.list.empty,
        };
        let word = found::nothing(state, look).unwrap_or(word);
        let row = pane.body.height / 3;
        pen.put_centred(Field::row(pane.body, row), word, look.paint.dim);
        return;
    }
    let outgoing = folder.and_then(|folder| folder.role).is_some_and(|role| matches!(role, Role::Sent | Role::Drafts));
    let calendar = Calendar::new(state.now(), &look.zone, &look.words);
    // Whose a message is must be said where there are several.
    let mixed = folder.is_none() && state.accounts().len() > 1 && pane.body.width >= 24;
    let labels = if mixed { conversation::labels(state) } else { Vec::new() };
    let shape = Columns::of(pane.body.width, state.settings().size_column, look);
    let marked = found::Marked::of(state);
    for row in 0..pane.body.height {
        let at = list.top() + usize::from(row);
        if at >= list.len() {
            break;
        }
        let drawn =
            Drawn { look, calendar: &calendar, columns: shape, outgoing, list, labels: &labels, at, marked: &marked };
        let cursor = (at == list.cursor()).then(|| has_keys(state, Focus::List));
        match list.row(at) {
            Some(shown) => drawn.row(shown, cursor, pane.body, row, pen),
            None => drawn.placeholder(cursor, pane.body, row, pen),
        }
        if shape.marks > 0 && list.is_selected(at) {
            let style = if cursor == Some(true) { look.paint.cursor } else { look.paint.good };
            pen.put(Field::row(pane.body, row).take(1), SELECTED, style);
        }
    }
}

fn grouped_len(number: usize) -> String {
    grouped(u64::try_from(number).unwrap_or(u64::MAX))
}

struct Drawn<'a> {
    look: &'a Look,
    calendar: &'a Calendar<'a>,
    columns: Columns,
    outgoing: bool,
    list: &'a ListPane,
    /// Of the accounts, where messages of several stand together.
    labels: &'a [(AccountId, char)],
    at: usize,
    marked: &'a found::Marked<'a>,
}

impl Drawn<'_> {
    /// `cursor`: whether the row is under the cursor, and whether the list has the keys.
    fn row(&self, shown: &ListRow, cursor: Option<bool>, body: Area, row: u16, pen: &mut Pen<'_>) {
        let paint = &self.look.paint;
        let words = &self.look.words.list;
        let columns = self.columns;
        let flags = shown.row.flags;
        let folded = self.list.folded_at(self.at);
        let knot = self.list.knot(self.at).copied().unwrap_or_default();
        let unread = self.list.is_unread(self.at);
        let muted = shown.row.conversation.as_ref().is_some_and(|conversation| conversation.muted);
        let base = match cursor {
            Some(true) => paint.cursor,
            Some(false) => paint.cursor_resting,
            None => paint.text,
        };
        let base = match (unread, muted) {
            (_, true) if cursor != Some(true) => base.patch(paint.dim),
            (true, false) => base.patch(paint.unread),
            (false, _) | (true, true) => base,
        };
        // A row under the cursor has one look from end to end: it can be found at a glance, and costs few bytes.
        let patched = |style| if cursor == Some(true) { base } else { base.patch(style) };
        let mut field = Field::row(body, row);
        if cursor.is_some() || unread {
            pen.fill(field, " ", base);
        }
        if !self.labels.is_empty() {
            let over = (cursor == Some(true)).then_some(base);
            field = conversation::stripe(self.labels, shown.row.account, self.look, field, over, pen);
        }
        if columns.marks > 0 {
            if unread {
                pen.put(field.take(1), "●", patched(paint.unread_mark));
            }
            let starred = flags.flagged() || folded.is_some_and(|conversation| conversation.starred);
            if starred {
                pen.put(field.skip(1).take(1), "★", patched(paint.star));
            } else if muted {
                pen.put(field.skip(1).take(1), MUTED, patched(paint.mark));
            }
            if shown.row.only_here {
                pen.put(field.skip(2).take(1), ONLY_HERE, patched(paint.mark));
            } else if muted && starred {
                pen.put(field.skip(2).take(1), MUTED, patched(paint.mark));
            }
        }
        let mut rest = field.skip(columns.marks).less(1);
        if columns.date > 0 {
            let date = self.calendar.short(shown.row.date, columns.length);
            pen.put_right(rest, &date, patched(paint.date));
            rest = rest.less(columns.date + 1);
        }
        if columns.size > 0 {
            pen.put_right(
                rest.skip(rest.columns.saturating_sub(columns.size)),
                &size(shown.row.size),
                patched(paint.date),
            );
            rest = rest.less(columns.size + 1);
        }
        if columns.extras > 0 {
            let extras = rest.skip(rest.columns.saturating_sub(columns.extras));
            if shown.row.attachments || folded.is_some_and(|conversation| conversation.attachments) {
                pen.put(extras.take(2), &words.mark_attachment, patched(paint.mark));
            }
            let (mark, style) = match (shown.row.pending, flags.answered()) {
                (true, _) => ("↑", paint.pending),
                (false, true) => ("↵", paint.mark),
                (false, false) => ("", paint.mark),
            };
            pen.put(extras.skip(2), mark, patched(style));
            rest = rest.less(columns.extras + 1);
        } else if shown.row.pending && columns.marks > 0 {
            pen.put(field.skip(2).take(1), "↑", patched(paint.pending));
        }
        if columns.who > 0 {
            let name = if self.outgoing { &shown.to } else { &shown.from };
            let who = rest.take(columns.who);
            if let Some(conversation) = folded.filter(|_| !self.outgoing) {
                pen.put(who, &conversation::people(conversation, &self.look.words, columns.who), base);
            } else if name.as_str().trim().is_empty() {
                let nobody = if self.outgoing { &words.no_recipient } else { &words.no_sender };
                pen.put(who, nobody, patched(paint.dim));
            } else if self.outgoing {
                let name = fill(&words.to, &[("name", name.as_str())]);
                let looks = found::styles(&name, &self.marked.to, base, patched(paint.hit));
                pen.put_with(who, &name, looks);
            } else {
                let looks = found::styles(name.as_str(), &self.marked.from, base, patched(paint.hit));
                pen.put_with(who, name.as_str(), looks);
            }
            rest = rest.skip(columns.who + 1);
        }
        let before =
            if knot.depth > 0 { conversation::rails(&knot, body.width) } else { conversation::count(&knot, folded) };
        rest = rest.skip(pen.put(rest, &before, patched(paint.dim)));
        if knot.depth > 0 && self.list.repeats_subject(self.at) {
            return;
        }
        if knot.count > 1 {
            pen.put(rest, shown.bare.as_str(), base);
        } else if shown.subject.as_str().trim().is_empty() {
            pen.put(rest, &words.no_subject, patched(paint.dim));
        } else {
            let looks = found::styles(shown.subject.as_str(), &self.marked.subject, base, patched(paint.hit));
            pen.put_with(rest, shown.subject.as_str(), looks);
        }
    }

    /// A row that the store has not answered yet.
    fn placeholder(&self, cursor: Option<bool>, body: Area, row: u16, pen: &mut Pen<'_>) {
        let paint = &self.look.paint;
        let field = Field::row(body, row);
        let style = match cursor {
            Some(true) => paint.cursor,
            Some(false) => paint.cursor_resting,
            None => paint.dim,
        };
        if cursor.is_some() {
            pen.fill(field, " ", style);
        }
        pen.put(field.skip(self.columns.marks).take(4), "····", style);
    }
}
