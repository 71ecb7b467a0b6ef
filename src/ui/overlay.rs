//! Help, history and the connections, over the panes.

use ratatui::style::Style;

use super::bars;
use super::date::{Calendar, Length};
use super::number::grouped;
use super::pen::{Field, Pen};
use super::{Look, choice, trouble};
use crate::app::keys::HelpLine;
use crate::app::{Action, Anchor, Area, Happened, Happening, Overlay, State, is_roomy_for_wire, wire_indent};
use crate::i18n::fill;
use crate::model::{WireKind, WireLine};
use crate::text::wrap;

pub(super) fn draw(state: &State, look: &Look, overlay: Overlay, pen: &mut Pen<'_>) {
    let main = state.layout().main;
    let body = state.overlay_body();
    let close = state.keymap().key_of(state.key_pane(), Action::Back);
    let close = close.map(|key| fill(&look.words.help.close, &[("key", &key.to_string())])).unwrap_or_default();
    let name = match overlay {
        Overlay::Help { .. } => &look.words.help.title,
        Overlay::History { .. } => &look.words.history.title,
        Overlay::Wire { account, .. } => &wire_title(state, look, account),
        Overlay::Links { .. } => &look.words.choice.links,
        Overlay::Files { .. } => &look.words.choice.files,
        Overlay::Address { .. } if state.leaves_a_list() => &look.words.choice.leave,
        Overlay::Address { .. } => &look.words.choice.address,
    };
    let close = match overlay {
        Overlay::Help { top } => {
            // What is below must not be taken for nothing.
            let (height, all) = (usize::from(body.height), state.keymap().help().len());
            let last = (top + height).min(all);
            if all > height { format!("{}–{last}/{all}  {close}", top + 1) } else { close }
        }
        Overlay::Links { cursor } => format!("{}/{}  {close}", cursor + 1, state.reader().link_count()),
        Overlay::Files { cursor } => format!("{}/{}  {close}", cursor + 1, state.reader().files().len()),
        Overlay::History { .. } | Overlay::Wire { .. } | Overlay::Address { .. } => close,
    };
    if body.y > main.y {
        bars::rule(look, main, name, &close, look.paint.title_focused, pen);
    }
    match overlay {
        Overlay::Help { top } => help(state, look, top, body, pen),
        Overlay::History { top } => history(state, look, top, body, pen),
        Overlay::Wire { account, anchor } => wire(state, look, account, anchor, pen),
        Overlay::Links { cursor } => choice::links(state, look, cursor, body, pen),
        Overlay::Files { cursor } => choice::files(state, look, cursor, body, pen),
        Overlay::Address { top, .. } => choice::address(state, look, top, body, pen),
    }
}

fn wire_title(state: &State, look: &Look, account: usize) -> String {
    let name = state.accounts().get(account).map_or("", |account| account.name.as_str());
    fill(&look.words.wire.title, &[("account", name)])
}

/// What was said on the connections of an account, the newest at the bottom; above it, what happened lately.
fn wire(state: &State, look: &Look, account: usize, anchor: Anchor, pen: &mut Pen<'_>) {
    let (whole, body) = (state.overlay_body(), state.wire_body(account));
    let calendar = Calendar::new(state.now(), &look.zone, &look.words);
    for (row, happening) in (0..).zip(state.lately(account)) {
        let (style, what, said) = in_words(look, None, happening);
        let field = Field::row(whole, row);
        let used = pen.put(field, &calendar.time(happening.at), look.paint.date).max(5) + 2;
        let used = used + pen.put(field.skip(used), &what, style) + 2;
        pen.put(field.skip(used), &said.unwrap_or_default(), look.paint.dim);
    }
    if body.y > whole.y {
        pen.fill(Field::row(Area { y: body.y - 1, height: 1, ..body }, 0), "─", look.paint.rule);
    }
    let (first, end) = state.wire().in_view(account, anchor, body);
    if first == end && body.height > 0 {
        pen.put(Field::row(body, 0), &look.words.wire.empty, look.paint.dim);
        return;
    }
    let indent = wire_indent(body);
    let room = usize::from(body.width.saturating_sub(indent));
    let in_view: Vec<(&WireLine, String)> =
        state.wire().lines(account).skip(first).take(end - first).map(|line| (line, wire_text(line, look))).collect();
    let rows: usize = in_view.iter().map(|(_, text)| wrap(text, room).len()).sum();
    // Held at the bottom, what is too much is cut off at the top.
    let over = rows.saturating_sub(usize::from(body.height));
    let mut skip = if matches!(anchor, Anchor::Top(_)) { 0 } else { over };
    let mut row = 0;
    for (line, text) in &in_view {
        for (part, text) in wrap(text, room).into_iter().enumerate() {
            if skip > 0 {
                skip -= 1;
                continue;
            }
            if row >= body.height {
                return;
            }
            let field = Field::row(body, row);
            let style = match line.kind {
                WireKind::Sent => look.paint.key,
                WireKind::Heard => look.paint.text,
                WireKind::Closed if !line.text.is_empty() => look.paint.error,
                WireKind::Connecting
                | WireKind::Connected
                | WireKind::Closed
                | WireKind::Folded(_)
                | WireKind::Lost(_) => look.paint.dim,
            };
            if part == 0 {
                pen.put(field.take(8), &calendar.time_with_seconds(line.at), look.paint.date);
                if is_roomy_for_wire(body) {
                    let purpose = look.words.wire.purposes.get(line.purpose.code());
                    let purpose = purpose.map_or(line.purpose.code(), String::as_str);
                    pen.put(field.skip(10).take(11), &format!("{purpose} {}", line.number), look.paint.dim);
                }
                pen.put(field.skip(indent - 2).take(1), line.kind.arrow(), style);
            }
            pen.put(field.skip(indent), text, style);
            row += 1;
        }
    }
}

fn wire_text(line: &WireLine, look: &Look) -> String {
    let words = &look.words.wire;
    let text = line.text.as_str();
    match line.kind {
        WireKind::Sent | WireKind::Heard => text.to_owned(),
        WireKind::Connecting => fill(&words.connecting, &[("place", text)]),
        WireKind::Connected => fill(&words.connected, &[("how", text)]),
        WireKind::Closed if text.is_empty() => words.closed.clone(),
        WireKind::Closed => fill(&words.broken, &[("why", text)]),
        WireKind::Folded(count) => fill(&words.folded, &[("count", &grouped(count)), ("what", text)]),
        WireKind::Lost(count) => fill(&words.lost, &[("count", &grouped(count))]),
    }
}

/// What happened in words, and what the other side said. The account is named where `named` knows it.
fn in_words(look: &Look, named: Option<&State>, happening: &Happening) -> (Style, String, Option<String>) {
    let named = |id| {
        let account = named.and_then(|state| state.account(id));
        account.map(|account| format!("{}  ", account.name.as_str())).unwrap_or_default()
    };
    match &happening.what {
        Happened::Notice(notice) => (look.paint.text, trouble::notice(notice, &look.words), None),
        Happened::Failed(doing, failure) => {
            let sentence = trouble::failure_sentence(failure, &look.words);
            let doing = trouble::undertaking(*doing, &look.words).map(|doing| format!("{doing} · "));
            let what = format!("{}{}", doing.unwrap_or_default(), sentence.as_str());
            (look.paint.error, what, trouble::said(failure, look))
        }
        Happened::Account(id, failure) => {
            let sentence = trouble::failure_sentence(failure, &look.words);
            (look.paint.error, format!("{}{}", named(*id), sentence.as_str()), trouble::said(failure, look))
        }
        Happened::Back(id) => (look.paint.text, format!("{}{}", named(*id), look.words.history.back), None),
    }
}

fn help(state: &State, look: &Look, top: usize, body: Area, pen: &mut Pen<'_>) {
    let lines = state.keymap().help();
    let keys_of = |keys: &[crate::config::keymap::KeySequence]| {
        keys.iter().map(ToString::to_string).collect::<Vec<_>>().join("  ")
    };
    let widest = lines.iter().map(|line| match line {
        HelpLine::Entry { keys, .. } => super::pen::columns(&keys_of(keys)),
        HelpLine::Pane(_) | HelpLine::Blank => 0,
    });
    let widest = widest.max().unwrap_or_default().min(body.width / 2);
    for (row, line) in (0..body.height).zip(lines.iter().skip(top)) {
        let field = Field::row(body, row);
        match line {
            HelpLine::Blank => {}
            HelpLine::Pane(pane) => {
                let name = look.words.help.panes.get(pane.code()).map_or(pane.code(), String::as_str);
                pen.put(field, name, look.paint.account);
            }
            HelpLine::Entry { keys, action } => {
                pen.put(field.skip(2).take(widest), &keys_of(keys), look.paint.key);
                pen.put(field.skip(widest + 4), look.words.action(action.name()), look.paint.text);
            }
        }
    }
}

fn history(state: &State, look: &Look, top: usize, body: Area, pen: &mut Pen<'_>) {
    if state.history().is_empty() {
        pen.put(Field::row(body, 0), &look.words.history.empty, look.paint.dim);
        return;
    }
    let calendar = Calendar::new(state.now(), &look.zone, &look.words);
    let mut row = 0;
    for happening in state.history().iter().skip(top) {
        let (style, what, said) = in_words(look, Some(state), happening);
        let (day, clock) = (calendar.short(happening.at, Length::Narrow), calendar.time(happening.at));
        let time = if day == clock { clock } else { format!("{day} {clock}") };
        let indent = super::pen::columns(&time).max(5) + 2;
        if row < body.height {
            pen.put(Field::row(body, row), &time, look.paint.date);
        }
        let texts = std::iter::once((what, style)).chain(said.map(|said| (said, look.paint.dim)));
        for (text, style) in texts {
            for line in wrap(&text, usize::from(body.width.saturating_sub(indent))) {
                if row < body.height {
                    pen.put(Field::row(body, row).skip(indent), line, style);
                }
                row = row.saturating_add(1);
            }
        }
    }
}
