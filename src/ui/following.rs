//! What can follow on the keys that were pressed, at the foot of the panes.

use super::pen::{Field, Pen, columns};
use super::{Look, bars};
use crate::app::{Area, State};

/// A name and its key are no wider than this, where there is room for more than one beside each other.
const WIDEST: u16 = 40;

pub(super) fn draw(state: &State, look: &Look, pen: &mut Pen<'_>) {
    let Some(following) = state.following() else { return };
    let main = state.layout().main;
    let keys: Vec<(String, &str)> =
        following.keys.iter().map(|(keys, action)| (keys.to_string(), look.words.action(action.name()))).collect();
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
