//! What a click and the wheel do, by where they are.

use super::acting::act;
use super::{acting, choosing, composing, finding, triage};
use crate::app::{Action, Effect, Focus, Mouse, MouseKind, State};

pub(super) fn clicked(state: &mut State, mouse: Mouse) -> Vec<Effect> {
    state.list.give_up_hunt();
    if state.finding.is_some() {
        return finding::clicked(state, mouse);
    }
    choosing::give_up_typing(state);
    let wheel: isize = match mouse.kind {
        MouseKind::Click => 0,
        MouseKind::WheelUp => -3,
        MouseKind::WheelDown => 3,
    };
    if state.outbox.is_shown() {
        state.outbox.move_by(wheel.signum());
        return Vec::new();
    }
    if state.composing.list().is_some() {
        state.composing.move_in_list(wheel.signum());
        return Vec::new();
    }
    if state.overlay.is_some() {
        acting::scroll_overlay(state, wheel);
        return Vec::new();
    }
    if triage::scrolled(state, wheel) {
        return Vec::new();
    }
    let over = |pane: Option<crate::app::Pane>| {
        let body = pane?.body;
        body.contains(mouse.column, mouse.row).then(|| usize::from(mouse.row - body.y))
    };
    if let Some(row) = over(state.layout.folders) {
        if wheel != 0 {
            state.folders.move_by(wheel.signum());
            return Vec::new();
        }
        let Some(source) = state.folders.at_row(row) else {
            state.folders.turn_row(row);
            return Vec::new();
        };
        state.focus = Focus::List;
        return state.open_list(source);
    }
    if let Some(row) = over(state.layout.list) {
        let before = state.list.cursor();
        if wheel == 0 {
            let at = state.list.top() + row;
            if at >= state.list.len() {
                return Vec::new();
            }
            if at == before && state.focus == Focus::List {
                return act(state, Action::Open);
            }
            state.focus = Focus::List;
            state.list.move_to(at);
        } else {
            state.list.page_by(wheel);
        }
        if state.list.cursor() != before {
            state.cursor_moved();
        }
        return Vec::new();
    }
    if state.layout.composer.is_some_and(|pane| pane.body.contains(mouse.column, mouse.row)) {
        composing::clicked(state, mouse, wheel);
        return Vec::new();
    }
    if over(state.layout.reader).is_some() {
        match mouse.kind {
            MouseKind::Click if state.focus != Focus::Reader => return act(state, Action::Open),
            MouseKind::Click => {}
            MouseKind::WheelUp => state.reader.scroll_up(wheel.unsigned_abs()),
            MouseKind::WheelDown => state.reader.scroll_down(wheel.unsigned_abs()),
        }
    }
    Vec::new()
}
