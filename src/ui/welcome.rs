//! The screen of somebody who looks over the shoulder of another hongyan that has no account yet.

use super::Look;
use super::pen::{Field, Pen};
use crate::app::{Action, State};
use crate::i18n::fill;

pub(super) fn draw(state: &State, look: &Look, pen: &mut Pen<'_>) {
    if state.overlay().is_some() {
        return;
    }
    let (words, paint) = (&look.words.welcome, &look.paint);
    let key = state.keymap().key_of(state.key_pane(), Action::Quit).map(|key| key.to_string()).unwrap_or_default();
    let lines = [
        (words.title.clone(), paint.title_focused),
        (words.nobody.clone(), paint.text),
        (fill(&words.quit, &[("key", &key)]), paint.dim),
    ];
    let main = state.layout().main;
    let above = main.height.saturating_sub(3) / 2;
    for (row, (line, style)) in (above..main.height).zip(lines) {
        pen.put_centred(Field::row(main, row), &line, style);
    }
}
