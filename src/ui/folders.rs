//! The folder pane.

use super::bars;
use super::number::grouped;
use super::pen::{Field, Pen, columns};
use super::{Look, has_keys};
use crate::app::{Action, Focus, Fold, FolderLine, Pane, State};
use crate::config::keymap::KeyPane;
use crate::i18n::{Words, fill};
use crate::model::{Folder, Role, Source};
use crate::text::{SafeText, wrap};

pub(super) fn draw(state: &State, look: &Look, pane: Pane, pen: &mut Pen<'_>) {
    bars::title(state, look, Focus::Folders, pane.title, &look.words.folders.title, "", pen);
    let folders = state.folders();
    if folders.is_empty() {
        if !state.is_nothing_fetched() {
            pen.put(Field::row(pane.body, 0).skip(1), &look.words.folders.loading, look.paint.dim);
        }
        return;
    }
    let open = folders.open().map(|folder| folder.id);
    let visible = folders.lines().iter().enumerate().skip(folders.top());
    for (row, (at, line)) in (0..pane.body.height).zip(visible) {
        let field = Field::row(pane.body, row);
        match line {
            FolderLine::Gathered { source, unread } => {
                let under_cursor = at == folders.cursor() && has_keys(state, Focus::Folders);
                let base = match (under_cursor, Some(source) == folders.gathered()) {
                    (true, _) => look.paint.cursor,
                    (false, true) => look.paint.cursor_resting,
                    (false, false) => look.paint.text,
                };
                pen.fill(field, " ", base);
                let mut rest = field.skip(1).less(1);
                if *unread > 0 {
                    let counter = grouped(*unread);
                    pen.put_right(rest, &counter, if under_cursor { base } else { base.patch(look.paint.counter) });
                    rest = rest.less(columns(&counter) + 1);
                }
                let glyph = if *source == Source::Starred { "★" } else { "◈" };
                pen.put(rest, glyph, if under_cursor { base } else { base.patch(look.paint.mark) });
                let style = if *unread > 0 && !under_cursor { base.patch(look.paint.unread) } else { base };
                pen.put(rest.skip(2), name_of_list(source, &look.words), style);
            }
            FolderLine::Account(id) => {
                if let Some(account) = state.account(*id) {
                    pen.put(field.skip(1), account.name.as_str(), look.paint.account);
                }
            }
            FolderLine::Folder { id, name, depth, role, selectable, unread, fold } => {
                let under_cursor = at == folders.cursor() && has_keys(state, Focus::Folders);
                let base = match (under_cursor, Some(*id) == open) {
                    (true, _) => look.paint.cursor,
                    (false, true) => look.paint.cursor_resting,
                    (false, false) => look.paint.text,
                };
                pen.fill(field, " ", base);
                let mut rest = field.skip(1).less(1);
                if *unread > 0 {
                    let counter = grouped(*unread);
                    let style = if under_cursor { base } else { base.patch(look.paint.counter) };
                    pen.put_right(rest, &counter, style);
                    rest = rest.less(columns(&counter) + 1);
                }
                let style = match (under_cursor, *selectable || *fold == Fold::Closed, *unread > 0) {
                    (false, false, _) => base.patch(look.paint.dim),
                    (false, true, true) => base.patch(look.paint.unread),
                    (false, true, false) | (true, ..) => base,
                };
                let rest = rest.skip(2 * u16::from(*depth));
                pen.put(rest, glyph(*role, *fold), if under_cursor { base } else { base.patch(look.paint.mark) });
                let name = shown_name(name, *role, &look.words);
                pen.put(rest.skip(2), name.as_str(), style);
            }
        }
    }
    let shown = folders.lines().len().saturating_sub(folders.top());
    hint(state, look, pane, u16::try_from(shown).unwrap_or(u16::MAX), pen);
}

/// Below the folders, after an empty row: where those are that one misses. In too little room it is not begun.
fn hint(state: &State, look: &Look, pane: Pane, used: u16, pen: &mut Pen<'_>) {
    if state.hinted().is_empty() {
        return;
    }
    let key = state.keymap().key_of(KeyPane::Folders, Action::DismissHint);
    let key = key.map(|key| key.to_string()).unwrap_or_default();
    let sentence = fill(&look.words.folders.hidden, &[("key", &key)]);
    let lines = wrap(&sentence, usize::from(pane.body.width.saturating_sub(2)));
    let room = usize::from(pane.body.height.saturating_sub(used.saturating_add(1)));
    if lines.len() <= room {
        for (row, line) in (used.saturating_add(1)..).zip(lines) {
            pen.put(Field::row(pane.body, row).skip(1), line, look.paint.notice);
        }
    }
}

/// One column, in every font.
fn glyph(role: Option<Role>, fold: Fold) -> &'static str {
    match (role, fold) {
        (None, Fold::Closed) => return "▸",
        (None, Fold::Open) => return "▾",
        _ => {}
    }
    match role {
        Some(Role::Inbox) => "▣",
        Some(Role::Starred) => "★",
        Some(Role::Sent) => "↗",
        Some(Role::Drafts) => "✎",
        Some(Role::Archive) => "▤",
        Some(Role::Junk) => "⊘",
        Some(Role::Trash) => "✕",
        Some(Role::All) => "≡",
        None => " ",
    }
}

/// The name as the webmail shows it to this user: `Sent Messages` is 已发送 to a Chinese one, 已发送 is Sent to others.
fn shown_name(name: &SafeText, role: Option<Role>, words: &Words) -> SafeText {
    match role {
        Some(role) if role == Role::Inbox || (words.language == "en") != name.as_str().is_ascii() => {
            SafeText::of(words.role(role.code()))
        }
        Some(_) | None => name.clone(),
    }
}

/// What a list over all accounts is called.
pub(super) fn name_of_list<'a>(source: &Source, words: &'a Words) -> &'a str {
    match source.whole() {
        Source::Starred => &words.list.starred,
        Source::Unified(role) if *role != Role::Inbox => words.role(role.code()),
        _ => &words.list.unified,
    }
}

pub(super) fn name_of(folder: &Folder, words: &Words) -> SafeText {
    let whole = folder.name.as_untrusted();
    let last = folder.delimiter.and_then(|delimiter| whole.rsplit(delimiter).next()).unwrap_or(whole);
    shown_name(&SafeText::of(last), folder.role, words)
}
