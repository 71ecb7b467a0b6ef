//! IMAP as a [`Remote`](super::Remote).
//!
//! Every FETCH peeks: nothing that hongyan reads changes anything on the server. Commands are built from types (numbers,
//! sets of numbers, quoted names), never from text that came from somewhere else.

mod command;
mod fetch;
mod folders;
mod idle;
mod login;
mod news;
mod remote;
mod roles;
mod said;
mod session;
mod set;
mod sluice;
mod store_flags;
#[cfg(test)]
mod tests;
mod utf7;

pub use news::News;
pub use session::Session;
pub use sluice::fuzz;
pub use utf7::encode as encode_folder_name;
