//! The screen of somebody who has no account yet.

use super::Look;
use super::pen::{Field, Pen};
use crate::app::{Action, State};
use crate::i18n::fill;

pub(super) fn draw(state: &State, look: &Look, pen: &mut Pen<'_>) {
    if state.overlay().is_some() {
        return;
    }
    let words = &look.words.welcome;
    let paint = &look.paint;
    let key = state.keymap().key_of(state.key_pane(), Action::Quit).map(|key| key.to_string()).unwrap_or_default();
    let mut lines = vec![(words.title.clone(), paint.title_focused), (String::new(), paint.text)];
    lines.extend(words.lines.iter().map(|line| (line.clone(), paint.text)));
    lines.push((words.add.clone(), paint.key));
    lines.push((String::new(), paint.text));
    lines.push((words.demo.clone(), paint.text));
    lines.push(("hongyan demo".to_owned(), paint.key));
    lines.push((String::new(), paint.text));
    lines.push((fill(&words.quit, &[("key", &key)]), paint.dim));
    let main = state.layout().main;
    let height = u16::try_from(lines.len()).unwrap_or(u16::MAX);
    if main.height < height {
        lines.retain(|(line, _)| !line.is_empty());
    }
    let height = u16::try_from(lines.len()).unwrap_or(u16::MAX);
    let above = main.height.saturating_sub(height) / 2;
    for (row, (line, style)) in (above..main.height).zip(lines) {
        pen.put_centred(Field::row(main, row), &line, style);
    }
}
