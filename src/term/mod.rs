//! The terminal has one owner, and it is here: raw mode and everything else that must be undone when the program ends,
//! keys on their way in, and cells on their way out.

mod announce;
mod canvas;
mod guard;
mod input;
mod keys;
mod line_editor;
mod raw;

pub use canvas::Canvas;
pub use guard::{Guard, restore, restore_on_panic, size};
pub use input::event;
pub use keys::{Keys, events};
pub use line_editor::{Edited, LineEditor};
pub use raw::Raw;
