//! Which actions work while something lies over the panes.

use crate::app::{Action, Anchor, Effect, ErrorRow, Overlay, State};

/// Help and history hide the messages, so nothing may be done to what is hidden.
pub(super) fn works_over_the_panes(action: Action) -> bool {
    match action {
        Action::Down
        | Action::Up
        | Action::First
        | Action::Last
        | Action::HalfPageDown
        | Action::HalfPageUp
        | Action::PageDown
        | Action::PageUp
        | Action::Back
        | Action::Dismiss
        | Action::Sync
        | Action::History
        | Action::NextAccount
        | Action::PreviousAccount
        | Action::Help
        | Action::ToggleMouse
        | Action::AddAccount
        | Action::ChangeSecret
        | Action::Redraw
        | Action::Suspend
        | Action::Quit => true,
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
        | Action::PreviousSplit
        | Action::PageThenNextUnread
        | Action::NextMessage
        | Action::PreviousMessage
        | Action::NextUnread
        | Action::PreviousUnread
        | Action::Open
        | Action::SwitchForm
        | Action::NextCharset
        | Action::Headers
        | Action::Source
        | Action::FoldQuotes
        | Action::Search
        | Action::Filter
        | Action::SearchEverywhere
        | Action::NextHit
        | Action::PreviousHit
        | Action::NextLink
        | Action::PreviousLink
        | Action::OpenLink
        | Action::Links
        | Action::Attachments
        | Action::Save
        | Action::SaveAll
        | Action::Pipe
        | Action::Print
        | Action::CopyCode
        | Action::CopyLink
        | Action::CopySender
        | Action::CopySubject
        | Action::CopyMessageId
        | Action::CopyText
        | Action::CopyFileName
        | Action::PlainView
        | Action::Unsubscribe
        | Action::SaveInvoices
        | Action::Star
        | Action::ToggleRead
        | Action::Archive
        | Action::Delete
        | Action::Junk
        | Action::Undo
        | Action::MarkAllRead
        | Action::Select
        | Action::SelectRange
        | Action::SelectAlike
        | Action::MoveTo
        | Action::CopyTo
        | Action::EmptyBin
        | Action::NewFolder
        | Action::RenameFolder
        | Action::DeleteFolder
        | Action::NeedsAttention
        | Action::TryAgain
        | Action::NextFolder
        | Action::PreviousFolder
        | Action::GotoInbox
        | Action::GotoSent
        | Action::GotoDrafts
        | Action::GotoTrash
        | Action::GotoJunk
        | Action::GotoArchive
        | Action::GotoFolder
        | Action::Palette
        | Action::Command
        | Action::ShowFolders
        | Action::ToggleFolders
        | Action::UnfoldFolder
        | Action::FoldFolder
        | Action::DismissHint
        | Action::NextPane
        | Action::PreviousPane
        | Action::Compose
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
        | Action::Outbox
        | Action::SendNow
        | Action::WasSent
        | Action::GiveUp
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
        | Action::TrimQuote => false,
    }
}

/// What is chosen from belongs to the message, and so do these.
pub(super) fn works_on_what_is_chosen(action: Action) -> bool {
    use Action as A;
    matches!(action, A::Open | A::OpenLink | A::Links | A::Attachments | A::Save | A::SaveAll | A::Pipe)
        || crate::app::copies(action)
}

/// What is said on the connections of the account that is in question.
pub(super) fn history(state: &State) -> Overlay {
    // There are none where somebody else has them.
    if state.read_only || state.accounts.is_empty() {
        return Overlay::History { top: 0 };
    }
    let in_trouble = match state.error_row() {
        Some(ErrorRow::Account { account, .. }) => Some(account.id),
        Some(ErrorRow::Notice(_) | ErrorRow::Failed(..)) | None => None,
    };
    let wanted = in_trouble.or_else(|| state.account_looked_at());
    let account = state.accounts.iter().position(|account| Some(account.id) == wanted).unwrap_or_default();
    Overlay::Wire { account, anchor: Anchor::Newest }
}

/// Goes round through the accounts and what happened.
pub(super) fn next_account(state: &mut State, by: isize) -> Vec<Effect> {
    let places = state.accounts.len() + 1;
    let here = match state.overlay {
        Some(Overlay::Wire { account, .. }) => account,
        Some(Overlay::History { .. }) => state.accounts.len(),
        Some(Overlay::Help { .. } | Overlay::Links { .. } | Overlay::Files { .. } | Overlay::Address { .. }) | None => {
            return Vec::new();
        }
    };
    let to = (here + places).saturating_add_signed(by) % places;
    state.overlay = Some(if to < state.accounts.len() {
        Overlay::Wire { account: to, anchor: Anchor::Newest }
    } else {
        Overlay::History { top: 0 }
    });
    Vec::new()
}
