//! IMAP as a [`Remote`](super::Remote).
//!
//! Every FETCH peeks: nothing that hongyan reads changes anything on the server. Commands are built from types (numbers,
//! sets of numbers, quoted names), never from text that came from somewhere else.

mod append;
mod command;
mod deflate;
mod entrance;
mod fetch;
mod flight;
mod folder_deeds;
mod folders;
mod idle;
mod login;
mod moving;
mod news;
mod opening;
mod pieces;
mod refusal;
mod remote;
mod roles;
mod said;
mod session;
mod set;
mod sluice;
mod store_flags;
mod survey;
#[cfg(test)]
mod tests;
mod utf7;

pub(crate) use entrance::status as token_status;
pub use entrance::{Manners, Misheard, Offer};
pub use login::{First, INTRODUCTION, Unopened};
pub use news::News;
pub use pieces::Piece;
pub use session::Session;
pub use sluice::fuzz;
pub use utf7::{decode as decode_folder_name, encode as encode_folder_name};
