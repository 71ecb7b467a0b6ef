//! Leaving a mailing list: by one click where that is offered and to be believed, else by a letter, else by a page.

use super::{choosing, composing, reading};
use crate::app::{Effect, Notice, Overlay, State, Under, WebAddress};
use crate::letter::mailto;
use crate::text::Text;

/// Nothing is sent by the key itself: a form only after a yes that names the host, a letter only after its last look.
pub(super) fn unsubscribe(state: &mut State) -> Vec<Effect> {
    let Some(row) = reading::shown(state) else { return Vec::new() };
    let Some(found) = state.reader.unsubscribe().cloned() else {
        state.notice(Notice::NoUnsubscribe);
        return Vec::new();
    };
    let is = |scheme: &'static str| {
        move |way: &&Text| way.as_untrusted().get(..scheme.len()).is_some_and(|s| s.eq_ignore_ascii_case(scheme))
    };
    if let Some(address) = found.ways.iter().find(is("https:")).and_then(|way| WebAddress::of(way).ok())
        && found.one_click
    {
        state.bound_to = state.reader.placement();
        state.address = Some(address);
        state.leaves_by = Some(row.account);
        state.overlay = Some(Overlay::Address { top: 0, over: Under::of(state.overlay) });
        return Vec::new();
    }
    let letter = found.ways.iter().find(is("mailto:")).and_then(|way| mailto(way.as_untrusted()));
    if let Some(draft) = letter.filter(|draft| !draft.to.is_empty()) {
        return composing::review_letter(state, draft);
    }
    match found.ways.iter().find(|way| WebAddress::of(way).is_ok()) {
        Some(way) => choosing::ask_about(state, &way.clone()),
        None => state.notice(Notice::NoUnsubscribe),
    }
    Vec::new()
}
