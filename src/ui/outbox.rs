//! What waits to be sent, over the panes: a row for each letter, and below them all that is known of the one at the cursor.

use ratatui::style::Style;

use super::Look;
use super::bars;
use super::compose::typed;
use super::date::Calendar;
use super::number::size;
use super::pen::{Field, Pen, columns};
use super::trouble::{failure_sentence, said};
use crate::app::outbox::{Asked, OutboxNotice, Standing, refused};
use crate::app::{Action, Area, State};
use crate::config::keymap::KeyPane;
use crate::i18n::{Words, fill};
use crate::model::{Outgoing, Reception, Retry, Timestamp};
use crate::text::{SafeText, wrap};

/// Addresses that are named one by one.
const NAMED: usize = 20;

/// Returns where the cursor stands, if something is being typed.
pub(super) fn draw(state: &State, look: &Look, pen: &mut Pen<'_>) -> Option<(u16, u16)> {
    let (main, body) = (state.layout().main, state.overlay_body());
    let words = &look.words.outbox;
    let close = state.keymap().key_of(KeyPane::Outbox, Action::Back);
    let close = close.map(|key| fill(&look.words.help.close, &[("key", &key.to_string())])).unwrap_or_default();
    let outbox = state.outbox();
    let letters = outbox.letters();
    if body.y > main.y {
        let right = match letters.len() {
            0 => close,
            count => format!("{}/{count}  {close}", outbox.cursor() + 1),
        };
        bars::rule(look, main, &words.title, &right, look.paint.title_focused, pen);
    }
    if body.height == 0 {
        return None;
    }
    if letters.is_empty() {
        pen.put(Field::row(body, 0), &words.empty, look.paint.dim);
        return None;
    }
    let calendar = Calendar::new(state.now(), &look.zone, &look.words);
    let about = outbox.at_cursor().map(|letter| about(state, look, &calendar, letter, body.width)).unwrap_or_default();
    // The letters have what is left, and a third at least.
    let most = (body.height * 2 / 3).saturating_sub(1);
    let below = u16::try_from(about.len()).unwrap_or(u16::MAX).min(most);
    let (list, below) = body.top(body.height.saturating_sub(below + u16::from(below > 0)));
    rows(state, look, &calendar, list, pen);
    if below.height > 1 {
        pen.fill(Field::row(below, 0), "─", look.paint.rule);
    }
    for (row, (text, style)) in (1..below.height).zip(&about) {
        pen.put(Field::row(below, row), text, *style);
    }
    question(state, look, body, pen)
}

/// At the foot, over whatever stands there.
fn question(state: &State, look: &Look, body: Area, pen: &mut Pen<'_>) -> Option<(u16, u16)> {
    let words = &look.words.outbox;
    let foot = Field::row(body, body.height.saturating_sub(1));
    let ask = |text: &str, pen: &mut Pen<'_>| {
        pen.fill(foot, " ", look.paint.error);
        pen.put(foot, text, look.paint.error);
    };
    match state.outbox().asked() {
        Asked::Nothing => {}
        Asked::Again => ask(&words.ask_again, pen),
        Asked::GiveUp => ask(&words.ask_give_up, pen),
        Asked::When(line) => {
            pen.fill(foot, " ", look.paint.text);
            let used = pen.put(foot.take(foot.columns * 2 / 3), &look.words.compose.time, look.paint.key);
            return typed(foot.skip(used), line, true, look.paint.text, pen);
        }
    }
    None
}

fn rows(state: &State, look: &Look, calendar: &Calendar<'_>, list: Area, pen: &mut Pen<'_>) {
    let outbox = state.outbox();
    let height = usize::from(list.height).max(1);
    let first = outbox.cursor() / height * height;
    let in_view: Vec<(usize, &Outgoing, String, &str, Style)> = outbox
        .letters()
        .iter()
        .enumerate()
        .skip(first)
        .take(height)
        .map(|(at, letter)| {
            let (word, sign, style) = standing(state, look, calendar, letter);
            (at, letter, word, sign, style)
        })
        .collect();
    let widest = in_view.iter().map(|(_, _, word, ..)| columns(word)).max().unwrap_or(0).min(list.width * 2 / 5);
    for (row, (at, letter, word, sign, style)) in (0..list.height).zip(&in_view) {
        let field = Field::row(list, row);
        let chosen = |style| if *at == outbox.cursor() { look.paint.cursor } else { style };
        pen.fill(field, " ", chosen(look.paint.text));
        pen.put(field.take(1), sign, chosen(*style));
        pen.put(field.skip(2).take(widest), word, chosen(*style));
        let field = field.skip(widest + 4);
        let share = if field.columns >= 30 { (field.columns / 3).min(28) } else { 0 };
        pen.put(field.take(share), &first_recipient(letter), chosen(look.paint.text));
        let rest = field.skip(if share > 0 { share + 2 } else { 0 });
        pen.put(rest, named(letter, &look.words), chosen(look.paint.subject));
    }
}

fn named<'a>(letter: &'a Outgoing, words: &'a Words) -> &'a str {
    let subject = letter.subject.as_str().trim();
    if subject.is_empty() { &words.list.no_subject } else { subject }
}

fn first_recipient(letter: &Outgoing) -> String {
    let first = letter.recipients.first().map_or("", |to| to.address.as_str());
    let first = SafeText::of(first);
    match letter.recipients.len() {
        0 | 1 => first.into_string(),
        more => format!("{first} +{}", more - 1),
    }
}

/// How it stands, in a few words, with a sign for whoever sees no colours.
fn standing<'a>(state: &State, look: &Look, calendar: &Calendar<'_>, letter: &Outgoing) -> (String, &'a str, Style) {
    let (words, paint) = (&look.words.outbox, &look.paint);
    let at = |time: Timestamp| calendar.ahead(time);
    match Standing::of(letter, state.now()) {
        Standing::Counting(seconds) => {
            (fill(&words.counting, &[("seconds", &seconds.to_string())]), "◷", paint.status_busy)
        }
        Standing::Scheduled(time) => (fill(&words.scheduled, &[("time", &at(time))]), "◷", paint.text),
        Standing::Due => (words.due.clone(), "→", paint.status_busy),
        Standing::Waits { again: Some(time), network: true } => {
            (fill(&words.network_until, &[("time", &at(time))]), "○", paint.status_busy)
        }
        Standing::Waits { again: None, network: true } => (words.network.clone(), "○", paint.status_busy),
        Standing::Waits { again: Some(time), .. } => {
            (fill(&words.again, &[("time", &at(time))]), "○", paint.status_busy)
        }
        Standing::Waits { again: None, .. } => {
            let asks = letter.failure.as_ref().is_some_and(|failure| failure.retry == Retry::AfterUser);
            (if asks { words.held_up.clone() } else { words.soon.clone() }, "○", paint.status_bad)
        }
        Standing::Going => match state.on_its_way().going.filter(|(going, _)| *going == letter.id) {
            Some((_, percent)) => {
                (fill(&words.going_so_far, &[("percent", &percent.to_string())]), "↑", paint.status_busy)
            }
            None => (words.going.clone(), "↑", paint.status_busy),
        },
        Standing::LookedFor => (words.looked_for.clone(), "?", paint.status_busy),
        Standing::Unknown => (words.unknown.clone(), "?", paint.bad),
        Standing::Refused => (words.refused.clone(), "✗", paint.bad),
        Standing::Asks => (words.asks.clone(), "?", paint.bad),
        Standing::Partly => (words.partly.clone(), "✗", paint.bad),
        Standing::Sent => (words.sent.clone(), "✓", paint.dim),
    }
}

/// All that is known of a letter: what there is to do first, then why, whom it is for, and what it is.
fn about(state: &State, look: &Look, calendar: &Calendar<'_>, letter: &Outgoing, width: u16) -> Vec<(String, Style)> {
    let (words, paint) = (&look.words.outbox, &look.paint);
    let mut lines: Vec<(String, Style)> = Vec::new();
    let width = usize::from(width);
    let mut put = |text: &str, style: Style| {
        lines.extend(wrap(text, width).into_iter().map(|line| (line.to_owned(), style)));
    };
    let standing = Standing::of(letter, state.now());
    let key = |action| {
        let key = state.keymap().key_of(KeyPane::Outbox, action);
        key.map(|key| key.to_string()).unwrap_or_default()
    };
    for (address, said) in refused(letter).take(NAMED) {
        let address = SafeText::of(address);
        let why = said.as_str().trim();
        put(&if why.is_empty() { format!("✗ {address}") } else { format!("✗ {address}: {why}") }, paint.bad);
    }
    // Where each address has its word, the general one says nothing more.
    let by_address = refused(letter).next().is_some();
    if let Some(failure) = letter.failure.as_ref().filter(|failure| failure.is_advised() || !by_address) {
        put(failure_sentence(failure, &look.words).as_str(), paint.error);
        if let Some(words) = said(failure, look).filter(|_| !by_address) {
            put(&words, paint.dim);
        }
    }
    let todo = match standing {
        Standing::Refused => Some((&words.todo_refused, paint.notice)),
        Standing::Partly => Some((&words.todo_partly, paint.notice)),
        Standing::Unknown => Some((&words.todo_unknown, paint.notice)),
        Standing::LookedFor => Some((&words.todo_looked_for, paint.notice)),
        Standing::Asks => Some((&words.todo_asks, paint.notice)),
        Standing::Scheduled(_) => Some((&words.todo_scheduled, paint.dim)),
        Standing::Counting(_) | Standing::Due | Standing::Waits { .. } | Standing::Going | Standing::Sent => None,
    };
    if let Some((template, style)) = todo {
        let (open, back, again) = (key(Action::Open), key(Action::TakeBack), key(Action::SendNow));
        let (arrived, drop) = (key(Action::WasSent), key(Action::GiveUp));
        let keys = [("open", &*open), ("back", &back), ("again", &again), ("arrived", &arrived), ("drop", &drop)];
        put(&fill(template, &keys), style);
    }
    let others = letter.recipients.iter().filter(|to| !matches!(to.state, Reception::Refused { .. }));
    let mut named: Vec<String> = others.map(|to| SafeText::of(&to.address).into_string()).collect();
    let more = named.len().saturating_sub(NAMED);
    named.truncate(NAMED);
    if more > 0 {
        named.push(format!("+{more}"));
    }
    if !named.is_empty() {
        put(&fill(&words.to, &[("to", &named.join(", "))]), paint.text);
    }
    let from = SafeText::of(&letter.from);
    let queued = calendar.full(letter.queued);
    let values = [("from", from.as_str()), ("size", &size(letter.size)), ("time", &queued)];
    put(&fill(&words.about, &values), paint.dim);
    lines
}

/// A notice in words.
pub(super) fn notice(notice: &OutboxNotice, words: &Words) -> String {
    let sentence = words.outbox.notices.get(notice.code()).map_or("", String::as_str);
    match notice {
        OutboxNotice::TakeBackFirst(named) | OutboxNotice::At(named) => {
            fill(sentence, &[("key", named.as_str()), ("time", named.as_str())])
        }
        _ => sentence.to_owned(),
    }
}
