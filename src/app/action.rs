//! Everything a key can mean: the vocabulary of keymap files and of the help screen.

macro_rules! actions {
    ($($variant:ident = $name:literal),* $(,)?) => {
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        pub enum Action {
            $($variant),*
        }

        impl Action {
            pub const EVERY: &'static [Self] = &[$(Self::$variant),*];

            /// The name in keymap files; never translated.
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $name),*
                }
            }

            pub fn named(name: &str) -> Option<Self> {
                match name {
                    $($name => Some(Self::$variant),)*
                    _ => None,
                }
            }
        }
    };
}

actions! {
    Down = "down",
    Up = "up",
    First = "first",
    Last = "last",
    HalfPageDown = "half-page-down",
    HalfPageUp = "half-page-up",
    PageDown = "page-down",
    PageUp = "page-up",
    PageThenNextUnread = "page-then-next-unread",
    NextMessage = "next-message",
    PreviousMessage = "previous-message",
    NextUnread = "next-unread",
    PreviousUnread = "previous-unread",
    Open = "open",
    Back = "back",
    Star = "star",
    ToggleRead = "toggle-read",
    ShowFolders = "show-folders",
    Dismiss = "dismiss",
    SwitchForm = "switch-form",
    NextCharset = "next-charset",
    Headers = "headers",
    Source = "source",
    FoldQuotes = "fold-quotes",
    Search = "search",
    NextHit = "next-hit",
    PreviousHit = "previous-hit",
    NextLink = "next-link",
    PreviousLink = "previous-link",
    OpenLink = "open-link",
    Links = "links",
    Attachments = "attachments",
    Save = "save",
    SaveAll = "save-all",
    Pipe = "pipe",
    Print = "print",
    CopyCode = "copy-code",
    CopyLink = "copy-link",
    CopySender = "copy-sender",
    CopySubject = "copy-subject",
    CopyMessageId = "copy-message-id",
    CopyText = "copy-text",
    CopyFileName = "copy-file-name",
    PlainView = "plain-view",
    Unsubscribe = "unsubscribe",
    SaveInvoices = "save-invoices",
    NextFolder = "next-folder",
    PreviousFolder = "previous-folder",
    GotoInbox = "goto-inbox",
    GotoSent = "goto-sent",
    GotoDrafts = "goto-drafts",
    GotoTrash = "goto-trash",
    GotoJunk = "goto-junk",
    GotoArchive = "goto-archive",
    GotoFolder = "goto-folder",
    Palette = "palette",
    Command = "command",
    ToggleFolders = "toggle-folders",
    UnfoldFolder = "unfold-folder",
    FoldFolder = "fold-folder",
    DismissHint = "dismiss-hint",
    NextPane = "next-pane",
    PreviousPane = "previous-pane",
    Compose = "compose",
    Reply = "reply",
    ReplyAll = "reply-all",
    ReplyList = "reply-list",
    Forward = "forward",
    ForwardAttached = "forward-attached",
    EditAsNew = "edit-as-new",
    Bounce = "bounce",
    ToDraft = "to-draft",
    Drafts = "drafts",
    TakeBack = "take-back",
    Outbox = "outbox",
    SendNow = "send-now",
    WasSent = "was-sent",
    GiveUp = "give-up",
    Send = "send",
    SendLater = "send-later",
    SaveDraft = "save-draft",
    Discard = "discard",
    Attach = "attach",
    ExternalEditor = "external-editor",
    MoreFields = "more-fields",
    NextSender = "next-sender",
    NextField = "next-field",
    PreviousField = "previous-field",
    UndoEdit = "undo-edit",
    RedoEdit = "redo-edit",
    LineStart = "line-start",
    LineEnd = "line-end",
    TextStart = "text-start",
    TextEnd = "text-end",
    WordLeft = "word-left",
    WordRight = "word-right",
    KillWordLeft = "delete-word-left",
    KillWordRight = "delete-word-right",
    KillToStart = "delete-to-start",
    KillToEnd = "delete-to-end",
    Yank = "yank",
    Mark = "mark",
    Cut = "cut",
    Copy = "copy",
    Reflow = "reflow",
    TrimQuote = "trim-quote",
    Sync = "sync",
    History = "history",
    NextAccount = "next-account",
    PreviousAccount = "previous-account",
    AddAccount = "add-account",
    ChangeSecret = "change-secret",
    Help = "help",
    ToggleMouse = "toggle-mouse",
    Redraw = "redraw",
    Suspend = "suspend",
    Quit = "quit",
}
