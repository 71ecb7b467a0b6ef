//! The links and the files of a message, over the panes, and the question before an address is opened.

use std::collections::BTreeMap;

use ratatui::style::Style;

use super::Look;
use super::number::size;
use super::pen::{Field, Pen, columns};
use super::reader::kind_in_words;
use crate::app::{Action, Area, FileLine, State};
use crate::config::keymap::KeyPane;
use crate::i18n::fill;
use crate::model::{Opening, opening};
use crate::text::{clip, clip_middle, cut, wrap};

/// The first of the rows in view: whole pages, so that a step costs little to draw.
fn first(cursor: usize, body: Area) -> usize {
    let rows = usize::from(body.height).max(1);
    cursor / rows * rows
}

fn cursor_style(look: &Look, at: usize, cursor: usize, style: Style) -> Style {
    if at == cursor { look.paint.cursor } else { style }
}

pub(super) fn links(state: &State, look: &Look, cursor: usize, body: Area, pen: &mut Pen<'_>) {
    let reader = state.reader();
    let digits = columns(&reader.link_count().to_string());
    for (row, at) in (0..body.height).zip(first(cursor, body)..reader.link_count()) {
        let Some((text, url)) = reader.link_line(at) else { return };
        let field = Field::row(body, row);
        let style = |style| cursor_style(look, at, cursor, style);
        pen.fill(field, " ", style(look.paint.text));
        pen.put_right(field.take(digits), &(at + 1).to_string(), style(look.paint.key));
        let room = field.skip(digits + 2);
        let (text, url) = (text.as_str().trim(), url.as_str());
        // Where it leads is worth more than what it says.
        let share = if text == url || text.is_empty() { 0 } else { room.columns * 2 / 5 };
        let used = if share == 0 { 0 } else { pen.put(room.take(share), text, style(look.paint.text)) };
        let used = if used == 0 { 0 } else { used + pen.put(room.skip(used), " → ", style(look.paint.dim)) };
        pen.put(room.skip(used), url, style(look.paint.link));
    }
}

pub(super) fn files(state: &State, look: &Look, cursor: usize, body: Area, pen: &mut Pen<'_>) {
    let files = state.reader().files();
    let words = &look.words;
    for (row, (at, file)) in (0..body.height).zip(files.iter().enumerate().skip(first(cursor, body))) {
        let field = Field::row(body, row);
        let style = |style| cursor_style(look, at, cursor, style);
        pen.fill(field, " ", style(look.paint.text));
        let kinds = &words.message.kinds;
        let (sign, what) = match (file.part, file.truly) {
            (None, _) => ("☁ ", fill(&words.choice.at_keeper, &[("keeper", file.kind.as_str())])),
            (Some(_), Some(truly)) => ("! ", fill(&words.message.truly, &[("kind", &kind_in_words(truly, kinds))])),
            (Some(_), None) if opening(file.raw_name.as_untrusted(), None) == Opening::Never => {
                ("! ", kind_in_words("executable", kinds))
            }
            (Some(_), None) => ("  ", kind_of(file, kinds)),
        };
        let is_doubtful = sign == "! ";
        let measure = if file.part.is_none() {
            file.said.as_str().to_owned()
        } else if file.size == 0 {
            String::new()
        } else {
            size(file.size)
        };
        let what_style = if is_doubtful { look.paint.warning } else { look.paint.dim };
        // The same for all files, so that they stand below each other.
        let measure_room = if file.part.is_none() { columns(&measure).min(field.columns / 3) } else { 9 };
        let what_room = (field.columns / 4).clamp(6, 14).max(if is_doubtful { columns(&what).min(24) } else { 0 });
        let name_room = field.columns.saturating_sub(measure_room + what_room + 6);
        let used = pen.put(field.take(2), sign, style(what_style));
        let name = if file.name.is_empty() { words.message.unnamed.as_str() } else { file.name.as_str() };
        let name = clip_middle(name, usize::from(name_room.saturating_sub(used)));
        pen.put(field.skip(used).take(name_room), &name, style(look.paint.attachment));
        let right = field.skip(used + name_room + 2);
        pen.put(right.take(what_room), &what, style(what_style));
        pen.put_right(right.skip(what_room + 1), &measure, style(look.paint.dim));
    }
}

/// What kind of file it is; where the message does not know, what the end of its name says.
fn kind_of(file: &FileLine, kinds: &BTreeMap<String, String>) -> String {
    let said = kind_in_words(file.kind.as_str(), kinds).trim().to_owned();
    let end = file.name.as_str().rsplit_once('.').map(|(_, end)| end).filter(|end| (1..=5).contains(&end.len()));
    match end {
        Some(end) if said.contains('/') => end.to_uppercase(),
        _ => said,
    }
}

/// The host in clear on a line of its own, then the whole of the address, from its line `top` on.
pub(super) fn address(state: &State, look: &Look, top: usize, body: Area, pen: &mut Pen<'_>) {
    let Some(address) = state.address() else { return };
    let (words, paint) = (&look.words.choice, &look.paint);
    let width = usize::from(body.width);
    let mut lines: Vec<(String, Style)> = Vec::new();
    let label = if state.leaves_a_list() {
        &words.leaves_by
    } else if address.url().starts_with("mailto:") {
        &words.writes
    } else {
        &words.leads
    };
    for part in cut(address.host().as_str(), width.saturating_sub(columns(label).into()).max(8), width) {
        let part = address.host().as_str().get(part).unwrap_or_default();
        let text = if lines.is_empty() { format!("{label} {part}") } else { part.to_owned() };
        lines.push((text, paint.subject));
    }
    let punycode = address.host().as_str().split('.').any(|label| label.starts_with("xn--"));
    match address.readable_host() {
        Some(host) => lines.push((format!("{} {}", words.readable, clip(host.as_str(), width)), paint.text)),
        None if punycode => {
            lines.extend(wrap(&words.disguised_host, width).into_iter().map(|l| (l.to_owned(), paint.warning)));
        }
        None => {}
    }
    if address.url().starts_with("http:") {
        lines.extend(wrap(&words.insecure, width).into_iter().map(|line| (line.to_owned(), paint.warning)));
    }
    let key = |action| state.keymap().key_of(KeyPane::Choice, action).map(|key| key.to_string()).unwrap_or_default();
    let ask = fill(
        if state.leaves_a_list() { &words.leave_ask } else { &words.ask },
        &[("key", &key(Action::Open)), ("back", &key(Action::Back))],
    );
    let ask_row = body.height.saturating_sub(1);
    let mut row = 0;
    for (text, style) in &lines {
        if row < ask_row {
            pen.put(Field::row(body, row), text, *style);
        }
        row += 1;
    }
    if row + 2 < ask_row {
        row += 1;
    }
    for part in cut(address.url(), width, width).into_iter().skip(top) {
        if row < ask_row {
            pen.put(Field::row(body, row), address.url().get(part).unwrap_or_default(), paint.link);
        }
        row = row.saturating_add(1);
    }
    // Right below a short address, at the foot under a long one.
    let ask_row = if row + 1 < ask_row { row + 1 } else { ask_row };
    pen.put(Field::row(body, ask_row), &ask, paint.notice);
}
