//! The only door from the network to the screen.
//!
//! Whatever a server or a message says is [`Text`]: decoded, but untrusted, and without `Display`, so that it cannot be
//! printed by accident. At the edge of the program it becomes [`SafeText`], whose private field proves that it went
//! through the sanitiser. Measuring, clipping and wrapping live here too, because width is part of what makes a string
//! drawable: a line that is one column too long breaks a border.

mod file_name;
mod fold;
mod near;
pub mod punycode;
mod safe;
mod sounds;
mod typed;
mod width;
mod wrap;

pub use file_name::SafeFileName;
pub use fold::folded;
pub use near::typing_errors;
pub use safe::{SafeText, Text, is_harmless, line_ranges};
pub use sounds::sounds;
pub use typed::{tidied_address, typed_as_ascii};
pub use width::{clip, clip_middle, fits, graphemes, width};
pub use wrap::{cut, may_break, wrap, wrap_hanging};
