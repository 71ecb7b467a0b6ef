//! Keeping a mailbox in step. Nothing here knows that a screen exists.
//!
//! A [`Remote`] is where mail is kept (an IMAP server, and in the tests a mailbox in memory). [`plan`] compares what we
//! have with what it has, purely. [`pass`] makes one round: tell the server what the user wants, then learn what is new.
//! [`engine`] repeats that for ever, waits in between, and comes back after every failure.

mod backoff;
mod bodies;
mod door;
mod engine;
pub mod imap;
mod pass;
mod plan;
mod ranges;
mod remote;
mod sent;
mod way;

pub use backoff::Backoff;
pub use bodies::{Bodies, BodyRequest};
pub use door::{At, Door, Shut};
pub use engine::{Earlier, Engine, Errand, Memory, NEXT_TRY, Order, Pace, Report, Rest, Wished};
pub(crate) use imap::token_status;
pub use imap::{First, INTRODUCTION, Manners, News};
pub use pass::{Left, Pass, Progress, Pushed, Sizes, Told};
pub use plan::{Marked, Plan, plan};
pub use remote::{Glance, Opened, Remote, Sink, Span, Survey};
pub use sent::{SentAnswer, SentErrand, SentQuestion};
pub use way::{Fresh, Known, Way};

#[cfg(test)]
mod tests;
