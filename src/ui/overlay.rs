//! Help and history, over the panes.

use super::bars;
use super::date::{Calendar, Length};
use super::pen::{Field, Pen};
use super::{Look, trouble};
use crate::app::keys::HelpLine;
use crate::app::{Action, Area, Happened, Overlay, State};
use crate::i18n::fill;
use crate::text::wrap;

pub(super) fn draw(state: &State, look: &Look, overlay: Overlay, pen: &mut Pen<'_>) {
    let main = state.layout().main;
    let body = state.overlay_body();
    let close = state.keymap().key_of(state.key_pane(), Action::Back);
    let close = close.map(|key| fill(&look.words.help.close, &[("key", &key.to_string())])).unwrap_or_default();
    let name = match overlay {
        Overlay::Help { .. } => &look.words.help.title,
        Overlay::History { .. } => &look.words.history.title,
    };
    let close = match overlay {
        Overlay::Help { top } => {
            // What is below must not be taken for nothing.
            let (height, all) = (usize::from(body.height), state.keymap().help().len());
            let last = (top + height).min(all);
            if all > height { format!("{}–{last}/{all}  {close}", top + 1) } else { close }
        }
        Overlay::History { .. } => close,
    };
    if body.y > main.y {
        bars::rule(look, main, name, &close, look.paint.title_focused, pen);
    }
    match overlay {
        Overlay::Help { top } => help(state, look, top, body, pen),
        Overlay::History { top } => history(state, look, top, body, pen),
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
    let named = |id| state.account(id).map(|account| account.name.as_str()).unwrap_or_default();
    let mut row = 0;
    for happening in state.history().iter().skip(top) {
        let (style, what, said) = match &happening.what {
            Happened::Notice(notice) => (look.paint.text, trouble::notice(notice, &look.words), None),
            Happened::Failed(doing, failure) => {
                let sentence = trouble::failure_sentence(failure, &look.words);
                let doing = trouble::undertaking(*doing, &look.words).map(|doing| format!("{doing} · "));
                let what = format!("{}{}", doing.unwrap_or_default(), sentence.as_str());
                (look.paint.error, what, trouble::said(failure, look))
            }
            Happened::Account(id, failure) => {
                let sentence = trouble::failure_sentence(failure, &look.words);
                (look.paint.error, format!("{}  {}", named(*id), sentence.as_str()), trouble::said(failure, look))
            }
            Happened::Back(id) => (look.paint.text, format!("{}  {}", named(*id), look.words.history.back), None),
        };
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
