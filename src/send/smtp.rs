//! The protocol by which mail is handed over.
//!
//! What is said and what is heard are values: [`reply`] makes replies of bytes, [`handover`] knows which command comes next
//! and whose answer a reply is, [`dots`] makes of a message what may follow DATA. Only [`session`] and [`talk`] touch a line.
//!
//! The end of a message is a step of its own that the caller has to allow: before it nothing was sent, after it nobody
//! knows until the server says so, and the caller writes down where it is before it goes on.

mod dots;
mod entrance;
mod envelope;
mod handover;
mod offers;
mod places;
mod refusal;
mod reply;
mod session;
mod talk;

pub use envelope::{Envelope, Notices};
pub use offers::Limits;
pub use places::places;
pub use refusal::Refusal;
pub use session::{Deadlines, Delivered, Manners, Outcome, Session, is_nobody_there};

#[cfg(test)]
mod tests;
