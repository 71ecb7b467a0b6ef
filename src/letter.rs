//! What somebody wrote → the bytes of a message, and a message → what an answer to it begins with.
//!
//! Pure: time, randomness and the bytes of files come in as values. What is answered may have been made to break whoever
//! answers it, so nothing reaches a field of the head but as [`HeaderText`], whose private field proves that it is one
//! line without signs that steer anything.

mod answer;
mod answer_lines;
mod base64;
mod build;
mod calendar;
mod clean;
mod field;
mod file_name;
mod forgotten;
mod mailbox;
mod mailto;
mod moment;
mod parts;
mod phrases;
mod printable;
mod signature;
mod typed;

pub use answer::{Along, Identity, Me, Original, Quoting, along, answer, bare_subject, invited};
pub use answer_lines::place_to_write;
pub use base64::encode as in_base64;
pub use build::{Built, Facts, Field, Held, Trouble, build, unfinished};
pub use field::{HeaderText, from_line};
pub use forgotten::forgot_attachment;
pub use mailbox::{Mailbox, Wrong};
pub use mailto::mailto;
pub use phrases::{CHINESE, ENGLISH, Phrases};
pub use signature::{signed, swapped};
pub use typed::{Typed, addresses};
