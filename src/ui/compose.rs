//! A message that is being written: its head, its text, and what is asked about it.

use ratatui::style::{Modifier, Style};

use super::date::{Calendar, Length};
use super::number::size;
use super::pen::{Field, Pen, columns};
use super::{Look, bars, has_keys, picker, review};
use crate::app::compose::{DraftLine, Head, HeadRow, Stage};
use crate::app::edit::{Line, RowView};
use crate::app::{Action, Area, Composer, Focus, Pane, State};
use crate::config::keymap::KeyPane;
use crate::i18n::{Words, fill};
use crate::model::Answering;
use crate::text::{SafeText, clip, clip_middle, graphemes};

/// Draws the pane, and says where the cursor stands.
pub(super) fn draw(state: &State, look: &Look, pane: Pane, pen: &mut Pen<'_>) -> Option<(u16, u16)> {
    let composer = state.composing().current()?;
    let name = title(composer, &look.words);
    let standing = standing(composer, &look.words, pane.title.width >= 60);
    bars::title(state, look, Focus::Composer, pane.title, &name, &standing, pen);
    let body = pane.body;
    let words = &look.words.compose;
    let typing = has_keys(state, Focus::Composer);
    let cursor = match composer.stage() {
        Stage::Preparing => middle(body, &words.preparing, look, pen),
        Stage::Elsewhere => middle(body, &words.elsewhere, look, pen),
        Stage::Picking(files) => picker::draw(look, files, body, pen),
        Stage::Reviewing(shown) => {
            review::draw(look, composer, shown, body, pen);
            None
        }
        Stage::Timing(line) => ask(body, &words.time, line, look, pen),
        Stage::Editing | Stage::Searching(_) | Stage::Discarding => {
            let cursor = writing(composer, look, typing, pen);
            match composer.stage() {
                Stage::Searching(line) => ask(foot(body), &words.search, line, look, pen),
                Stage::Discarding => {
                    let field = Field::row(foot(body), 0);
                    pen.fill(field, " ", look.paint.error);
                    pen.put(field.skip(1), &words.discard_ask, look.paint.error);
                    None
                }
                _ => cursor,
            }
        }
    };
    cursor.filter(|(x, y)| typing && body.contains(*x, *y))
}

fn foot(body: Area) -> Area {
    let row = body.height.saturating_sub(1);
    Area { y: body.y + row, height: body.height.min(1), ..body }
}

fn middle(body: Area, text: &str, look: &Look, pen: &mut Pen<'_>) -> Option<(u16, u16)> {
    pen.put_centred(Field::row(body, body.height / 3), text, look.paint.dim);
    None
}

/// What kind of message it is, and whom it is for.
fn title(composer: &Composer, words: &Words) -> String {
    let words = &words.compose;
    let kind = match composer.answering() {
        None | Some(Answering::AsNew) => &words.title_new,
        Some(Answering::Forward | Answering::ForwardAttached | Answering::Bounce) => &words.title_forward,
        Some(
            Answering::Reply
            | Answering::ReplyAll
            | Answering::ReplyList
            | Answering::Accept
            | Answering::Tentative
            | Answering::Decline,
        ) => &words.title_reply,
    };
    let kind = match composer.stage() {
        Stage::Reviewing(_) | Stage::Timing(_) => &words.review,
        Stage::Picking(_) => &words.picker,
        Stage::Preparing | Stage::Editing | Stage::Searching(_) | Stage::Discarding | Stage::Elsewhere => kind,
    };
    let addressee = composer.addressee();
    if addressee.is_empty() { kind.clone() } else { format!("{kind} · {}", clip(addressee.as_str(), 24)) }
}

fn standing(composer: &Composer, words: &Words, roomy: bool) -> String {
    let words = &words.compose;
    let kept = match () {
        () if composer.could_not_be_kept() => &words.not_kept,
        () if composer.is_kept() && composer.is_known() => &words.kept,
        () if composer.is_kept() && roomy => return place(composer, &words.place),
        () if composer.is_kept() => return String::new(),
        () => &words.changed,
    };
    let place = place(composer, &words.place);
    if place.is_empty() || !roomy { kept.clone() } else { format!("{place} · {kept}") }
}

fn place(composer: &Composer, template: &str) -> String {
    let written_at = matches!(composer.stage(), Stage::Editing | Stage::Searching(_));
    if composer.focus() != Head::Body || !written_at {
        return String::new();
    }
    let (line, column) = composer.body().counted();
    fill(template, &[("line", &line.to_string()), ("column", &column.to_string())])
}

/// A question with a line to answer in.
fn ask(area: Area, question: &str, line: &Line, look: &Look, pen: &mut Pen<'_>) -> Option<(u16, u16)> {
    let row = Field::row(area, 0);
    pen.fill(row, " ", look.paint.text);
    let row = row.skip(u16::from(row.columns > 8));
    let used = pen.put(row.take(row.columns * 2 / 3), question, look.paint.key);
    typed(row.skip(used), line, true, look.paint.text, pen)
}

/// A line with its cursor in view. Returns where that stands.
pub(super) fn typed(field: Field, line: &Line, focused: bool, style: Style, pen: &mut Pen<'_>) -> Option<(u16, u16)> {
    if field.columns < 2 {
        return None;
    }
    let (before, after) = line.around();
    let (before, after) = (SafeText::of(before), SafeText::of(after));
    if !focused {
        let whole = format!("{before}{after}");
        pen.put(field, &whole, style);
        return None;
    }
    let room = usize::from(field.columns - 1);
    let mut from = before.as_str();
    let mut over = crate::text::width(from).saturating_sub(room);
    if over > 0 {
        // The beginning gives way, by as much as is needed.
        over += 1;
        let mut gone = 0;
        let mut at = 0;
        for (grapheme, cost) in graphemes(from) {
            if gone >= over {
                break;
            }
            gone += cost;
            at += grapheme.len();
        }
        from = from.get(at..).unwrap_or_default();
        let used = pen.put(field, "…", style);
        let used = used + pen.put(field.skip(used), from, style);
        pen.put(field.skip(used), after.as_str(), style);
        return Some((field.x + used, field.y));
    }
    let used = pen.put(field, from, style);
    pen.put(field.skip(used), after.as_str(), style);
    Some((field.x + used, field.y))
}

pub(super) fn label(head: Head, words: &Words) -> &str {
    let words = &words.compose;
    match head {
        Head::From => &words.from,
        Head::To => &words.to,
        Head::Cc => &words.cc,
        Head::Bcc => &words.bcc,
        Head::ReplyTo => &words.reply_to,
        Head::Subject => &words.subject,
        Head::Files => &words.files,
        Head::Body => "",
    }
}

/// The columns of the names of fields, with room behind them.
pub(super) fn label_columns(words: &Words) -> u16 {
    Head::EVERY.into_iter().map(|head| columns(label(head, words))).max().unwrap_or(0) + 2
}

fn writing(composer: &Composer, look: &Look, typing: bool, pen: &mut Pen<'_>) -> Option<(u16, u16)> {
    let mut cursor = None;
    for row in composer.head_rows() {
        cursor = cursor.or(head_row(composer, look, *row, typing, pen));
    }
    let area = composer.text_area();
    if let Some(last) = composer.head_rows().last()
        && last.area.y + 1 < area.y
    {
        pen.fill(Field { x: area.x, y: area.y - 1, columns: area.width }, "─", look.paint.rule);
    }
    let rows = composer.body().rows_in_view();
    for (at, row) in (0..area.height).zip(&rows) {
        text_row(look, row, Field::row(area, at).skip(1), pen);
    }
    if composer.focus() == Head::Body {
        let (row, column) = composer.body().cursor_cell()?;
        let (row, column) = (u16::try_from(row).ok()?, u16::try_from(column).ok()?);
        let x = (area.x + 1).saturating_add(column).min(area.x + area.width.saturating_sub(1));
        return (row < area.height && area.width > 0).then_some((x, area.y + row));
    }
    candidates(composer, look, pen);
    cursor
}

fn head_row(composer: &Composer, look: &Look, row: HeadRow, typing: bool, pen: &mut Pen<'_>) -> Option<(u16, u16)> {
    let (words, paint) = (&look.words.compose, &look.paint);
    let field = Field::row(row.area, 0).skip(1).less(1);
    let focused = composer.focus() == row.head;
    let style = if focused && typing { paint.key } else { paint.label };
    pen.put(field, label(row.head, &look.words), style);
    let mut field = field.skip(label_columns(&look.words));
    match row.head {
        Head::From => {
            let from = composer.sender().map_or_else(SafeText::default, |sender| SafeText::of(&sender.from));
            let text = if from.is_empty() { words.no_sender.as_str() } else { from.as_str() };
            let text = if composer.has_senders() { format!("‹ {text} ›") } else { text.to_owned() };
            let style = if focused && typing { paint.cursor } else { paint.text };
            pen.put(field, &text, style);
            None
        }
        Head::Files => {
            for (at, file) in composer.files().iter().enumerate() {
                let name = SafeText::of(&file.name);
                let text = format!("{} {}", clip_middle(name.as_str(), 28), size(file.size));
                let chosen = focused && typing && at == composer.file();
                let used = pen.put(field, &text, if chosen { paint.cursor } else { paint.attachment });
                field = field.skip(used + 2);
            }
            None
        }
        head => {
            let mut wrong = composer.wrong_in(head);
            let mark = if wrong.is_empty() { &words.refused } else { &words.wrong };
            wrong.extend(composer.refused_in(head));
            if !wrong.is_empty() {
                let mark = format!("✗ {mark}");
                if field.columns > columns(&mark) + 12 {
                    pen.put_right(field, &mark, paint.bad);
                    field = field.less(columns(&mark) + 2);
                }
            }
            let line = composer.line(head)?;
            let style = if head == Head::Subject { paint.subject } else { paint.text };
            if focused || wrong.is_empty() {
                return typed(field, line, focused, style, pen);
            }
            // As it is drawn, so that what is wrong can be marked in it.
            let places: Vec<usize> = wrong.iter().flat_map(|at| [at.start, at.end]).collect();
            let (text, places) = SafeText::traced(line.text(), &places);
            let is_wrong =
                |at: usize| places.chunks(2).any(|pair| matches!(pair, [from, to] if (*from..*to).contains(&at)));
            pen.put_with(field, text.as_str(), |at| {
                if is_wrong(at) { paint.bad.add_modifier(Modifier::UNDERLINED) } else { style }
            });
            None
        }
    }
}

/// Who may be meant, below the field.
fn candidates(composer: &Composer, look: &Look, pen: &mut Pen<'_>) {
    let Some(candidates) = composer.candidates() else { return };
    let Some(row) = composer.head_rows().iter().find(|row| row.head == candidates.head) else { return };
    let area = Area { y: row.area.y + 1, height: u16::MAX, ..row.area };
    let foot = composer.text_area().y.saturating_add(composer.text_area().height);
    let room = foot.saturating_sub(area.y);
    let field = |at: u16| Field::row(area, at).skip(1 + label_columns(&look.words));
    let mut at = 0;
    for (nth, person) in candidates.people.iter().enumerate() {
        if at >= room {
            return;
        }
        let chosen = candidates.cursor == Some(nth);
        let style = if chosen { look.paint.cursor } else { look.paint.text };
        pen.fill(Field::row(area, at), " ", look.paint.text);
        pen.fill(field(at), " ", style);
        let sign = if chosen { "▸ " } else { "  " };
        pen.put(field(at), &format!("{sign}{}", SafeText::of(person)), style);
        at += 1;
    }
    if at < room {
        pen.fill(Field::row(area, at), " ", look.paint.text);
        pen.put(field(at).skip(2), &look.words.compose.candidates, look.paint.dim);
    }
}

fn text_row(look: &Look, row: &RowView, field: Field, pen: &mut Pen<'_>) {
    let paint = &look.paint;
    if let Some(lines) = row.folded {
        let words = &look.words.compose;
        let template = if row.depth > 0 { &words.folded } else { &words.folded_original };
        let said = fill(template, &[("count", &lines.to_string())]);
        let sign = if row.depth > 0 { "> " } else { "▸ " };
        pen.put(field, &format!("{sign}{said}"), paint.dim);
        return;
    }
    let style = match row.depth {
        0 => paint.text,
        1 => paint.quote_1,
        2 => paint.quote_2,
        _ => paint.quote_3,
    };
    let chosen = row.chosen.as_ref().map(|(at, _)| at.clone()).unwrap_or_default();
    let hit = row.hit.clone().unwrap_or_default();
    let used = pen.put_with(field, row.text.as_str(), |at| {
        if hit.contains(&at) {
            paint.hit
        } else if chosen.contains(&at) {
            paint.chosen
        } else {
            style
        }
    });
    if row.chosen.as_ref().is_some_and(|(_, end)| *end) {
        pen.put(field.skip(used).take(1), " ", paint.chosen);
    }
}

/// Every draft, over the panes.
pub(super) fn list(state: &State, look: &Look, pen: &mut Pen<'_>) {
    let (main, body) = (state.layout().main, state.overlay_body());
    let words = &look.words.compose;
    let close = state.keymap().key_of(KeyPane::Choice, Action::Back);
    let close = close.map(|key| fill(&look.words.help.close, &[("key", &key.to_string())])).unwrap_or_default();
    if body.y > main.y {
        bars::rule(look, main, &words.drafts, &close, look.paint.title_focused, pen);
    }
    let lines = state.composing().lines();
    if lines.is_empty() {
        pen.put(Field::row(body, 0), &words.drafts_empty, look.paint.dim);
        return;
    }
    let calendar = Calendar::new(state.now(), &look.zone, &look.words);
    let cursor = state.composing().list().unwrap_or_default();
    let height = usize::from(body.height).max(1);
    for (row, (at, line)) in (0..body.height).zip(lines.iter().enumerate().skip(cursor / height * height)) {
        let field = Field::row(body, row);
        let style = |style| if at == cursor { look.paint.cursor } else { style };
        pen.fill(field, " ", style(look.paint.text));
        let (to, subject, when) = match line {
            DraftLine::Open(composer) => {
                (composer.addressee(), composer.subject().text().to_owned(), words.open_mark.clone())
            }
            DraftLine::Kept(kept) => {
                let when = calendar.short(kept.updated, Length::Whole);
                (SafeText::of(kept.draft.to.trim()), kept.draft.subject.clone(), when)
            }
        };
        pen.put_right(field, &when, style(look.paint.date));
        let field = field.less(columns(&when) + 2);
        let to = if to.is_empty() { words.nobody.as_str() } else { to.as_str() };
        let share = (field.columns / 3).min(24);
        pen.put(field.take(share), to, style(look.paint.text));
        let subject = SafeText::of(subject.trim());
        let subject = if subject.is_empty() { look.words.list.no_subject.as_str() } else { subject.as_str() };
        pen.put(field.skip(share + 2), subject, style(look.paint.subject));
    }
}
