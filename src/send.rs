//! What somebody wrote, brought to the server that sends it: never lost, never silently twice.
//!
//! [`outbox`] decides, purely: what is sent next, and what an answer means for a letter. [`drain`] does it, one connection
//! for all that waits. [`copy`] sees to the copies in the folder for sent mail, and finds out there what became of a letter
//! that nobody knows of. [`desk`] is all of it for one account.

pub mod copy;
pub mod desk;
pub mod drain;
pub mod given;
pub mod outbox;
pub mod smtp;
pub mod wish;

#[cfg(test)]
mod tests;
