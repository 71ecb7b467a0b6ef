//! What each action does in each pane.

use super::over::{history, next_account, works_on_what_is_chosen, works_over_the_panes};
use super::{
    choosing, composing, copying, finding, folders, leaving, listing, outbox, reading, searching, set_up, triage,
    unsubscribing,
};
use crate::app::keys::HelpLine;
use crate::app::{
    Action, Anchor, Content, Effect, Focus, How, Notice, Overlay, Purpose, Shape, State, TerminalRequest, View,
};
use crate::model::{Role, Status};

/// How an action moves through rows or lines.
pub(super) enum Motion {
    By(isize),
    Half(isize),
    Page(isize),
    First,
    Last,
}

pub(super) fn act(state: &mut State, action: Action) -> Vec<Effect> {
    if action == Action::Search && matches!(state.overlay, Some(Overlay::Help { .. })) {
        return finding::begin(state, Purpose::Help);
    }
    let choosing = state.overlay.is_some_and(Overlay::is_choice);
    if (state.overlay.is_some() || state.is_welcome())
        && !works_over_the_panes(action)
        && !(choosing && works_on_what_is_chosen(action))
    {
        return Vec::new();
    }
    if composing::has_keys(state) && composing::is_of_drafts(action) {
        return composing::act_in_draft(state, action);
    }
    if state.overlay.is_none()
        && let Some(effects) = triage::act_in_needs(state, action)
    {
        return effects;
    }
    if triage::waits_for_list(state, action) {
        return Vec::new();
    }
    match action {
        Action::Down => moved(state, Motion::By(1)),
        Action::Up => moved(state, Motion::By(-1)),
        Action::First => moved(state, Motion::First),
        Action::Last => moved(state, Motion::Last),
        Action::HalfPageDown => moved(state, Motion::Half(1)),
        Action::HalfPageUp => moved(state, Motion::Half(-1)),
        Action::PageDown => moved(state, Motion::Page(1)),
        Action::PageUp => moved(state, Motion::Page(-1)),
        Action::PageThenNextUnread => page_then_next_unread(state),
        Action::NextMessage => in_list(state, &Motion::By(1)),
        Action::PreviousMessage => in_list(state, &Motion::By(-1)),
        Action::NextUnread | Action::PreviousUnread if reading::has_search(state) => {
            reading::next_hit(state, action == Action::NextUnread)
        }
        Action::NextUnread => hunt(state, true),
        Action::PreviousUnread => hunt(state, false),
        Action::Open | Action::OpenLink if choosing => choosing::open(state),
        Action::Open => open(state),
        Action::Back => back(state),
        Action::SwitchForm => reading::switch_form(state),
        Action::NextCharset => reading::next_charset(state),
        Action::Headers => reading::view(state, View::Headers),
        Action::Source => reading::view(state, View::Source),
        Action::FoldQuotes => reading::fold_quotes(state),
        Action::Search => reading::search(state),
        Action::Filter => searching::filter(state),
        Action::SearchEverywhere => searching::everywhere(state),
        Action::NextHit if !reading::has_search(state) && state.reader.chosen_link().is_some() => {
            reading::open_link(state)
        }
        Action::NextHit | Action::PreviousHit if !reading::has_search(state) => {
            moved(state, Motion::By(if action == Action::NextHit { 1 } else { -1 }))
        }
        Action::NextHit => reading::next_hit(state, true),
        Action::PreviousHit => reading::next_hit(state, false),
        Action::NextLink | Action::PreviousLink if state.reader.link_count() == 0 => {
            next_pane(state, if action == Action::NextLink { 1 } else { 2 })
        }
        Action::NextLink => reading::next_link(state, true),
        Action::PreviousLink => reading::next_link(state, false),
        Action::OpenLink => reading::open_link(state),
        Action::Links => choosing::links(state),
        Action::Attachments => choosing::files(state),
        Action::Save => choosing::save(state),
        Action::SaveAll => choosing::save_all(state),
        Action::Pipe => choosing::pipe(state),
        Action::Print => choosing::print(state),
        Action::CopyCode
        | Action::CopyLink
        | Action::CopySender
        | Action::CopySubject
        | Action::CopyMessageId
        | Action::CopyText
        | Action::CopyFileName => copying::copy(state, action),
        Action::PlainView => reading::plain(state),
        Action::Unsubscribe => unsubscribing::unsubscribe(state),
        Action::SaveInvoices => choosing::save_invoices(state),
        Action::Dismiss if state.list.clear_selection() => Vec::new(),
        Action::Dismiss if state.error_row().is_none() && triage::dismissed(state) => Vec::new(),
        Action::Dismiss => {
            let had = !state.troubles.dismiss(&state.accounts) && searching::is_open(state);
            if had { searching::leave(state) } else { Vec::new() }
        }
        Action::Archive
        | Action::Delete
        | Action::Junk
        | Action::Star
        | Action::ToggleRead
        | Action::MarkAllRead
        | Action::Select
        | Action::SelectRange
        | Action::SelectAlike
        | Action::MoveTo
        | Action::CopyTo
        | Action::Undo
        | Action::EmptyBin
        | Action::NewFolder
        | Action::RenameFolder
        | Action::DeleteFolder
        | Action::NeedsAttention
        | Action::TryAgain => triage::act(state, action),
        Action::NextFolder => folders::next(state, true),
        Action::PreviousFolder => folders::next(state, false),
        Action::GotoInbox => folders::goto(state, Role::Inbox),
        Action::GotoSent => folders::goto(state, Role::Sent),
        Action::GotoDrafts => folders::goto(state, Role::Drafts),
        Action::GotoTrash => folders::goto(state, Role::Trash),
        Action::GotoJunk => folders::goto(state, Role::Junk),
        Action::GotoArchive => folders::goto(state, Role::Archive),
        Action::GotoStarred
        | Action::GotoUnified
        | Action::FoldThread
        | Action::FoldAllThreads
        | Action::MuteThread
        | Action::ToggleThreads
        | Action::SortMenu
        | Action::SortByDate
        | Action::SortBySender
        | Action::SortBySubject
        | Action::SortBySize
        | Action::SortUnreadFirst
        | Action::ReverseSort
        | Action::NextSplit
        | Action::PreviousSplit => listing::act(state, action),
        Action::GotoFolder => finding::begin(state, Purpose::GoTo),
        Action::Palette => finding::begin(state, Purpose::Palette),
        Action::Command => finding::begin(state, Purpose::Command),
        Action::ShowFolders => {
            focus(state, Focus::Folders);
            Vec::new()
        }
        Action::ToggleFolders => {
            let shown = state.layout.folders.is_some();
            state.folders_wanted = Some(!shown);
            if state.focus == Focus::Folders || (!shown && state.layout.shape == Shape::Single) {
                focus(state, if shown { Focus::List } else { Focus::Folders });
            }
            Vec::new()
        }
        Action::UnfoldFolder => folders::unfold(state),
        Action::FoldFolder => folders::fold(state),
        Action::DismissHint => folders::dismiss_hint(state),
        Action::NextPane => next_pane(state, 1),
        Action::PreviousPane => next_pane(state, 2),
        Action::Compose
        | Action::Reply
        | Action::ReplyAll
        | Action::ReplyList
        | Action::Forward
        | Action::ForwardAttached
        | Action::EditAsNew
        | Action::Bounce
        | Action::Accept
        | Action::Tentative
        | Action::Decline
        | Action::ToDraft
        | Action::Drafts
        | Action::TakeBack
        | Action::Send
        | Action::SendLater
        | Action::SaveDraft
        | Action::Discard
        | Action::Attach
        | Action::ExternalEditor
        | Action::Template
        | Action::MoreFields
        | Action::NextSender
        | Action::NextField
        | Action::PreviousField
        | Action::UndoEdit
        | Action::RedoEdit
        | Action::LineStart
        | Action::LineEnd
        | Action::TextStart
        | Action::TextEnd
        | Action::WordLeft
        | Action::WordRight
        | Action::KillWordLeft
        | Action::KillWordRight
        | Action::KillToStart
        | Action::KillToEnd
        | Action::Yank
        | Action::Mark
        | Action::Cut
        | Action::Copy
        | Action::Reflow
        | Action::TrimQuote => composing::act(state, action),
        Action::Outbox => outbox::show(state),
        // They work in the outbox alone.
        Action::SendNow | Action::WasSent | Action::GiveUp => Vec::new(),
        Action::Sync if state.read_only => {
            state.notice(Notice::ReadOnly);
            Vec::new()
        }
        Action::Sync => {
            // Another login that was refused is not tried again for a key that was pressed for this one.
            let meant = set_up::meant(state);
            let refused = |status: &Status| matches!(status, Status::Offline { failure, .. } if failure.is_refusal());
            let woken = state.accounts.iter().filter(|account| meant == Some(account.id) || !refused(&account.status));
            let wakes = woken.map(|account| Effect::Wake(account.id)).collect();
            state.notice(Notice::SyncStarted);
            wakes
        }
        Action::History => {
            let history = history(state);
            overlay(state, history)
        }
        Action::NextAccount => next_account(state, 1),
        Action::PreviousAccount => next_account(state, -1),
        Action::Help => {
            // The keys of the pane that one is in come first.
            let pane = state.key_pane();
            let top = state.keymap.help().iter().position(|line| *line == HelpLine::Pane(pane)).unwrap_or(0);
            overlay(state, Overlay::Help { top })
        }
        Action::ToggleMouse => {
            state.mouse = !state.mouse;
            state.notice(Notice::Mouse(state.mouse));
            vec![Effect::Terminal(TerminalRequest::Mouse(state.mouse))]
        }
        Action::AddAccount | Action::ChangeSecret => set_up::begin(state, action),
        Action::Redraw => vec![Effect::Terminal(TerminalRequest::Redraw)],
        Action::Suspend => vec![Effect::Terminal(TerminalRequest::Suspend)],
        Action::Quit => leaving::quit(state),
    }
}

pub(super) fn moved(state: &mut State, motion: Motion) -> Vec<Effect> {
    if state.overlay.is_some_and(Overlay::is_choice) {
        choosing::moved(state, &motion);
        return Vec::new();
    }
    if let Some(Overlay::Wire { account, anchor }) = state.overlay {
        let (wire, body) = (&state.wire, state.wire_body(account));
        let half = isize::from((body.height / 2).max(1).cast_signed());
        let anchor = match motion {
            Motion::By(by) => wire.moved(account, anchor, by, body),
            Motion::Half(pages) => wire.moved(account, anchor, pages * half, body),
            Motion::Page(pages) => wire.paged(account, anchor, pages > 0, body),
            Motion::First => wire.moved(account, Anchor::Top(0), 0, body),
            Motion::Last => Anchor::Newest,
        };
        state.overlay = Some(Overlay::Wire { account, anchor });
        return Vec::new();
    }
    if let Some(Overlay::Help { top } | Overlay::History { top }) = state.overlay {
        let page = overlay_rows(state).cast_signed();
        let to = match motion {
            Motion::By(by) => top.saturating_add_signed(by),
            Motion::Half(pages) => top.saturating_add_signed(pages * (page / 2).max(1)),
            Motion::Page(pages) => top.saturating_add_signed(pages * page.max(1)),
            Motion::First => 0,
            Motion::Last => usize::MAX,
        };
        scroll_overlay_to(state, to);
        return Vec::new();
    }
    match state.focus {
        Focus::List => in_list(state, &motion),
        Focus::Composer => Vec::new(),
        Focus::Folders => {
            let page = isize::try_from(state.layout.folders.map_or(1, |pane| pane.body.height)).unwrap_or(1).max(1);
            state.folders.move_by(match motion {
                Motion::By(by) => by,
                Motion::Half(pages) => pages * (page / 2).max(1),
                Motion::Page(pages) => pages * page,
                Motion::First => -isize::MAX,
                Motion::Last => isize::MAX,
            });
            Vec::new()
        }
        Focus::Reader => {
            let page = state.reader.rows().saturating_sub(1).max(1);
            let lines = match motion {
                Motion::By(by) => by,
                Motion::Half(pages) => pages * (page / 2).max(1).cast_signed(),
                Motion::Page(pages) => pages * page.cast_signed(),
                Motion::First => {
                    state.reader.go_to_start();
                    0
                }
                Motion::Last => {
                    state.reader.go_to_end();
                    0
                }
            };
            if lines > 0 {
                state.reader.scroll_down(lines.unsigned_abs());
            } else {
                state.reader.scroll_up(lines.unsigned_abs());
            }
            Vec::new()
        }
    }
}

fn in_list(state: &mut State, motion: &Motion) -> Vec<Effect> {
    let before = state.list.cursor();
    let page = state.list.page().cast_signed();
    match motion {
        Motion::By(by) => state.list.move_by(*by),
        Motion::Half(pages) => state.list.page_by(pages * (page / 2).max(1)),
        Motion::Page(pages) => state.list.page_by(pages * page),
        Motion::First => state.list.move_to(0),
        Motion::Last => state.list.move_to(usize::MAX),
    }
    if state.list.cursor() != before {
        state.cursor_moved();
    }
    Vec::new()
}

pub(super) fn overlay(state: &mut State, overlay: Overlay) -> Vec<Effect> {
    let same = state.overlay.is_some_and(|now| now.is_like(overlay));
    state.overlay = if same { None } else { Some(overlay) };
    Vec::new()
}

pub(super) fn overlay_rows(state: &State) -> usize {
    state.overlay_body().height.into()
}

pub(super) fn scroll_overlay(state: &mut State, by: isize) {
    match state.overlay {
        Some(Overlay::Help { top } | Overlay::History { top }) => {
            scroll_overlay_to(state, top.saturating_add_signed(by));
        }
        Some(Overlay::Wire { .. } | Overlay::Links { .. } | Overlay::Files { .. } | Overlay::Address { .. }) => {
            moved(state, Motion::By(by));
        }
        None => {}
    }
}

fn scroll_overlay_to(state: &mut State, to: usize) {
    let rows = overlay_rows(state);
    let lines = match state.overlay {
        Some(Overlay::Help { .. }) => state.keymap.help().len(),
        // Counted by what happened, not by lines: how many those are depends on the language.
        Some(Overlay::History { .. }) => state.troubles.history().len() + rows.saturating_sub(1),
        Some(Overlay::Wire { .. } | Overlay::Links { .. } | Overlay::Files { .. } | Overlay::Address { .. }) | None => {
            0
        }
    };
    if let Some(Overlay::Help { top } | Overlay::History { top }) = &mut state.overlay {
        *top = to.min(lines.saturating_sub(rows));
    }
}

fn page_then_next_unread(state: &mut State) -> Vec<Effect> {
    let reader_in_view = state.layout.reader.is_some();
    if reader_in_view && state.focus != Focus::Folders && !state.reader.at_end() {
        let page = state.reader.rows().saturating_sub(1).max(1);
        state.reader.scroll_down(page);
        return Vec::new();
    }
    match state.focus {
        Focus::List if !reader_in_view => in_list(state, &Motion::Page(1)),
        // Where nothing can be marked as read, what comes next is the next one.
        Focus::List | Focus::Reader if state.read_only => in_list(state, &Motion::By(1)),
        Focus::List | Focus::Reader => hunt(state, true),
        Focus::Folders => moved(state, Motion::Page(1)),
        Focus::Composer => Vec::new(),
    }
}

fn hunt(state: &mut State, down: bool) -> Vec<Effect> {
    // A key typed ahead of the list: nothing is known of it yet, so nothing is said of it.
    if !state.list.is_loaded() {
        return Vec::new();
    }
    let step = state.list.hunt(down);
    state.hunted(step)
}

pub(super) fn open(state: &mut State) -> Vec<Effect> {
    match state.focus {
        Focus::Folders => {
            let Some(source) = state.folders.source_at_cursor() else {
                state.folders.turn_at_cursor();
                return Vec::new();
            };
            focus(state, Focus::List);
            state.open_list(source)
        }
        Focus::List if state.list.is_empty() => {
            state.notice(Notice::NoMessage);
            Vec::new()
        }
        Focus::List if composing::is_draft_of_server(state) => composing::act(state, Action::EditAsNew),
        Focus::List => {
            focus(state, Focus::Reader);
            // Opening a message that could not be fetched is a wish to try again.
            match (state.reader.content(), state.list.at_cursor()) {
                (Content::Failed(..), Some(row)) => {
                    let row = row.row.clone();
                    let wishes = state.reader.again(&row, state.moment);
                    state.grant(wishes)
                }
                _ => Vec::new(),
            }
        }
        Focus::Reader | Focus::Composer => Vec::new(),
    }
}

pub(super) fn back(state: &mut State) -> Vec<Effect> {
    if let Some(Overlay::Address { over, .. }) = state.overlay {
        state.overlay = over.overlay();
        return Vec::new();
    }
    if state.overlay.take().is_some() {
        return Vec::new();
    }
    if state.is_plain() {
        return state.turn_plain();
    }
    if state.focus == Focus::Reader {
        if reading::has_search(state) {
            state.reader.end_search();
            return Vec::new();
        }
        if state.reader.has_numbers() {
            state.reader.number_links(false);
            return Vec::new();
        }
        let how = state.reader.how();
        if how.view != View::Message {
            return reading::alter(state, How { view: View::Message, ..how });
        }
        if let Some(inside) = how.inside.out() {
            return reading::alter(state, How { inside, ..How::default() });
        }
    }
    focus(state, Focus::List);
    Vec::new()
}

/// Gives the keys to a pane. The reader in focus means that its message is open.
pub(super) fn focus(state: &mut State, to: Focus) {
    if state.focus != to {
        state.focus = to;
        state.opening = (to == Focus::Reader).then_some(super::Opening::Waiting);
    }
}

pub(super) fn next_pane(state: &mut State, steps: usize) -> Vec<Effect> {
    const ROUND: [Focus; 3] = [Focus::Folders, Focus::List, Focus::Reader];
    let can = |to: &Focus| match to {
        Focus::Folders => state.layout.folders.is_some() || state.layout.shape == Shape::Single,
        Focus::List => true,
        Focus::Reader => !state.list.is_empty(),
        Focus::Composer => false,
    };
    let here = ROUND.iter().position(|pane| *pane == state.focus).unwrap_or_default();
    let to = (1..=2).filter_map(|turn| ROUND.get((here + turn * steps) % 3)).find(|pane| can(pane)).copied();
    focus(state, to.unwrap_or_default());
    Vec::new()
}
