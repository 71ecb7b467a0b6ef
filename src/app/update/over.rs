//! Which actions work while something lies over the panes.

use crate::app::Action;

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
        Action::PageThenNextUnread
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
