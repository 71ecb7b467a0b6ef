//! One file per pane. Each is a plain struct that keeps its own part of the state and says what it wants done.

pub(crate) mod folders;
pub(crate) mod list;
pub(crate) mod overlay;
pub(crate) mod page;
pub(crate) mod reader;
pub(crate) mod wire;
