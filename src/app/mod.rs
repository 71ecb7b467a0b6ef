//! All decisions: an [`Event`] comes in, the [`State`] changes, and [`Effect`]s go out as plain data. There is no input
//! or output here, no clock, no colour and no language, so everything that the program decides can be tested as values.

mod action;
mod effect;
mod event;
pub mod keys;
mod layout;
mod panes;
mod settings;
mod state;
mod trouble;
mod update;

pub use action::Action;
pub use effect::{Effect, Job, TerminalRequest};
pub use event::{Event, Mouse, MouseKind, Notice, Outcome};
pub use keys::Keymap;
pub use layout::{Area, Layout, Pane, Shape, Size};
pub use panes::folders::{FolderLine, FoldersPane};
pub use panes::list::{ListPane, ListRow};
pub use panes::overlay::Overlay;
pub use panes::page::{Field, PageLine};
pub use panes::reader::{Content, ReaderPane};
pub use panes::wire::{Anchor, WirePane, indent as wire_indent, is_roomy as is_roomy_for_wire};
pub use settings::{LayoutChoice, Settings};
pub use state::{Account, Focus, State};
pub use trouble::{ErrorRow, Happened, Happening, Undertaking};
pub use update::update;

#[cfg(test)]
pub(crate) mod rehearsal;
#[cfg(test)]
mod tests;
