//! All decisions: an [`Event`] comes in, the [`State`] changes, and [`Effect`]s go out as plain data. There is no input
//! or output here, no clock, no colour and no language, so everything that the program decides can be tested as values.

mod action;
mod chooser;
mod command;
pub mod compose;
mod copying;
mod dialect;
pub mod edit;
mod effect;
mod event;
mod finding;
mod following;
mod going_on;
mod herald;
pub mod keys;
mod layout;
mod leaving;
mod listing;
pub mod outbox;
mod outgoing;
mod panes;
mod plain;
mod prompt;
mod searching;
mod settings;
pub mod setup;
mod state;
mod triage;
mod trouble;
mod update;
mod web;

pub use action::Action;
pub use chooser::{Chooser, Entry};
pub use command::{CommandTrouble, split};
pub use compose::{Composer, Composing};
pub use copying::{ToCopy, code_in, copies};
pub use dialect::{Dialect, Wording};
pub use effect::{Deed, Effect, FileWanted, How, Job, SetUp, TerminalRequest, View};
pub use event::{DeedTrouble, Done, Event, Mouse, MouseKind, Notice, Outcome};
pub use finding::{Choice, Finding, Names, Purpose, Switch};
pub use following::Following;
pub use going_on::Kept;
pub(crate) use herald::short;
pub use herald::{Facts, facts};
pub use keys::Keymap;
pub use layout::{Area, Layout, Pane, Shape, Size};
pub use leaving::Leaving;
pub use outgoing::OnItsWay;
pub use panes::folders::{Fold, FolderLine, FoldersPane};
pub use panes::list::{ListPane, ListRow};
pub use panes::overlay::{Overlay, Under};
pub use panes::page::{Caution, Field, Ink, PageLine, Run, Step, When, is_wide as is_wide_for_headers};
pub use panes::reader::{Content, FileLine, ReaderPane};
pub use panes::wire::{Anchor, WirePane, indent as wire_indent, is_roomy as is_roomy_for_wire};
pub use prompt::{Asks, Prompt};
pub use searching::Searching;
pub use settings::{AfterAction, LayoutChoice, Settings, SizeColumn};
pub use state::{Account, Focus, State};
pub use triage::{Bulk, Did, JustDone, NeedsView, Question, Sheet, Triage, TriageNotice};
pub use trouble::{ErrorRow, Happened, Happening, Undertaking};
pub use update::{ALIKE, CHARSETS, update};
pub use web::{Refused, WebAddress};

#[cfg(test)]
pub(crate) mod rehearsal;
#[cfg(test)]
mod tests;
