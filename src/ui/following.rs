//! What can follow on the keys that were pressed, at the foot of the panes.

use super::pen::{Field, Pen, columns};
use super::{Look, bars};
use crate::app::{Action, Area, State, copies};
use crate::config::keymap::KeySequence;
use crate::text::clip;

/// A name and its key are no wider than this, where there is room for more than one beside each other.
const WIDEST: u16 = 60;
/// Columns of what would be copied.
const SHOWN: usize = 36;

pub(super) fn draw(state: &State, look: &Look, pen: &mut Pen<'_>) {
    let Some(following) = state.following() else { return };
    let main = state.layout().main;
    let named = |(keys, action): &(KeySequence, Action)| {
        let name = look.words.action(action.name()).to_owned();
        match state.copied_shown(*action) {
            Some(shown) if !shown.is_empty() => (keys.to_string(), format!("{name}  {}", clip(shown.as_str(), SHOWN))),
            _ => (keys.to_string(), name),
        }
    };
    // What there is nothing for is not offered.
    let is_there = |action: Action| !copies(action) || state.copied_shown(action).is_some();
    let mut keys: Vec<(String, String)> = Vec::new();
    for one in following.keys.iter().filter(|(_, action)| is_there(*action)) {
        let (key, name) = named(one);
        match keys.iter_mut().find(|(_, known)| *known == name) {
            Some((known, _)) => {
                known.push(' ');
                known.push_str(&key);
            }
            None => keys.push((key, name)),
        }
    }
    if keys.is_empty() {
        return;
    }
    let key_room = keys.iter().map(|(key, _)| columns(key)).max().unwrap_or_default();
    let name_room = keys.iter().map(|(_, name)| columns(name)).max().unwrap_or_default();
    let cell = (key_room + name_room + 4).min(WIDEST).clamp(1, main.width.max(1));
    let across = (main.width / cell).max(1);
    let count = u16::try_from(keys.len()).unwrap_or(u16::MAX);
    let rows = count.div_ceil(across).min(main.height.saturating_sub(1));
    let height = (rows + 1).min(main.height);
    let area = Area { y: main.y + (main.height - height), height, ..main };
    for row in 0..height {
        pen.fill(Field::row(area, row), " ", look.paint.text);
    }
    bars::rule(look, area, &following.pressed, "", look.paint.title_focused, pen);
    for (at, (key, name)) in (0..).zip(&keys) {
        let (column, row) = (at / rows.max(1), at % rows.max(1));
        if column >= across {
            break;
        }
        let field = Field::row(area, 1 + row).skip(column.saturating_mul(cell)).take(cell).skip(1);
        pen.put(field.take(key_room), key, look.paint.key);
        pen.put(field.skip(key_room + 1).less(1), name, look.paint.text);
    }
}
