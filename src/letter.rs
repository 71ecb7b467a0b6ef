//! What somebody wrote → the bytes of a message, and a message → what an answer to it begins with.
//!
//! Pure: time, randomness and the bytes of files come in as values. What is answered may have been made to break whoever
//! answers it, so nothing reaches a field of the head but as [`HeaderText`], whose private field proves that it is one
//! line without signs that steer anything.

mod base64;
mod build;
mod clean;
mod field;
mod file_name;
mod mailbox;
mod moment;
mod parts;
mod printable;
mod typed;

pub use build::{Built, Facts, Field, Held, Trouble, build};
pub use field::HeaderText;
pub use mailbox::{Mailbox, Wrong};
pub use typed::{Typed, addresses};
