//! What a list draws around a row: the lines of a conversation, who wrote in it, whose message it is, and the parts of an
//! inbox above all.

use ratatui::style::Style;

use super::Look;
use super::pen::{Field, Pen, columns};
use crate::app::{Area, State};
use crate::i18n::{Words, fill};
use crate::model::{AccountId, Conversation, Kind, Knot, Source, Split};
use crate::text::SafeText;

/// On fewer columns a level has one, and few of them are drawn.
const ROOMY: u16 = 56;
const LEVELS: u8 = 3;

/// The lines to the left of a message, from the one that it answers.
pub(super) fn rails(knot: &Knot, width: u16) -> String {
    let roomy = width >= ROOMY;
    let first = if roomy { 1 } else { knot.depth.saturating_sub(LEVELS - 1).max(1) };
    let mut rails = String::new();
    for level in first..knot.depth {
        let goes_on = knot.rails & (1 << level) != 0;
        rails.push_str(match (goes_on, roomy) {
            (true, true) => "│ ",
            (true, false) => "│",
            (false, true) => "  ",
            (false, false) => " ",
        });
    }
    if knot.depth > 0 {
        rails.push(if knot.last { '└' } else { '├' });
        rails.push_str(if roomy { "─ " } else { "" });
    }
    rails
}

/// How many messages a conversation has, and how many of them are unread: `▸5`, `▸5·2`.
pub(super) fn count(knot: &Knot, folded: Option<&Conversation>) -> String {
    if knot.count < 2 {
        return String::new();
    }
    let mark = if knot.folded { '▸' } else { '▾' };
    match folded.map_or(0, |conversation| conversation.unread) {
        0 => format!("{mark}{} ", knot.count),
        unread => format!("{mark}{}·{unread} ", knot.count),
    }
}

/// Who wrote, as many as there is room for: the first and the last ones count most.
pub(super) fn people(conversation: &Conversation, words: &Words, room: u16) -> String {
    let named = |own: bool, name: &crate::text::Text| {
        if own { words.list.own.clone() } else { SafeText::beginning(name, 60).into_string() }
    };
    let names: Vec<String> = conversation.people.iter().map(|one| named(one.own, &one.name)).collect();
    let separator = if words.language == "en" { ", " } else { "、" };
    let all = names.join(separator);
    match (names.first(), names.last()) {
        (Some(first), Some(last)) if names.len() > 2 && columns(&all) > room => {
            fill(&words.list.people, &[("first", first), ("last", last)])
        }
        _ => all,
    }
}

/// One letter for each account, no two alike: colour alone says nothing to many eyes.
pub(super) fn labels(state: &State) -> Vec<(AccountId, char)> {
    let mut labels: Vec<(AccountId, char)> = Vec::new();
    for account in state.accounts() {
        let free = |c: &char| c.is_alphanumeric() && !labels.iter().any(|(_, known)| known == c);
        let letters =
            account.name.as_str().chars().flat_map(char::to_uppercase).filter(|c| columns(&c.to_string()) == 1);
        let label = letters.chain('1'..='9').find(free).unwrap_or('·');
        labels.push((account.id, label));
    }
    labels
}

/// The stripe at the left end of a row, and its letter. Returns what is left of the row.
pub(super) fn stripe(
    labels: &[(AccountId, char)],
    account: AccountId,
    look: &Look,
    field: Field,
    base: Option<Style>,
    pen: &mut Pen<'_>,
) -> Field {
    let paint = &look.paint;
    let colours = [paint.link, paint.star, paint.good, paint.bad, paint.mark, paint.counter];
    let at = labels.iter().position(|(known, _)| *known == account).unwrap_or_default();
    let colour = colours.get(at % colours.len()).copied().unwrap_or(paint.text);
    let style = base.unwrap_or(colour);
    let label = labels.get(at).map_or('·', |(_, label)| *label);
    pen.put(field.take(1), "▎", style);
    pen.put(field.skip(1).take(1), &label.to_string(), style);
    field.skip(2)
}

/// What a part of a list is called.
pub(super) fn name_of_split(split: &Split, state: &State, words: &Words) -> String {
    let list = &words.list;
    let name = match split {
        Split::Unread => &list.split_unread,
        Split::Starred => &list.split_starred,
        Split::Attachments => &list.split_attachments,
        Split::Kind(Kind::Bill) => &list.split_bill,
        Split::Kind(Kind::Code) => &list.split_code,
        Split::Kind(Kind::Shipping) => &list.split_shipping,
        Split::Kind(Kind::Subscription) => &list.split_subscription,
        Split::Kind(Kind::Letter) => &list.split_all,
        Split::Own(own) => {
            let known = state.settings().splits.iter().find(|(_, words)| words == own);
            return known.map_or_else(|| SafeText::of(own), |(name, _)| name.clone()).into_string();
        }
    };
    name.clone()
}

/// The parts of the list side by side, the open one always in view.
pub(super) fn tabs(state: &State, look: &Look, area: Area, pen: &mut Pen<'_>) {
    let open = match state.list().source() {
        Some(Source::Split { split, .. }) => Some(split.clone()),
        _ => None,
    };
    let splits = state.splits();
    let mut names = vec![(look.words.list.split_all.clone(), open.is_none())];
    names.extend(splits.iter().map(|split| (name_of_split(split, state, &look.words), open.as_ref() == Some(split))));
    let widths: Vec<u16> = names.iter().map(|(name, _)| columns(name) + 2).collect();
    let chosen = names.iter().position(|(_, is_open)| *is_open).unwrap_or_default();
    // From the first one with which the open one still fits.
    let fits = |first: &usize| widths.iter().skip(*first).take(chosen + 1 - first).sum::<u16>() <= area.width;
    let first = (0..=chosen).find(fits).unwrap_or(chosen);
    let mut rest = Field::row(area, 0);
    for ((name, is_open), width) in names.iter().zip(&widths).skip(first) {
        let field = rest.take(*width);
        if field.columns < 3 {
            break;
        }
        let style = if *is_open { look.paint.chosen } else { look.paint.dim };
        pen.fill(field, " ", style);
        pen.put(field.skip(1).less(1), name, style);
        rest = rest.skip(*width);
    }
}
