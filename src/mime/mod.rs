//! Bytes of mail → values that can be read. Pure: no clock, no file, no network.
//!
//! Everything that comes out is decoded but untrusted ([`Text`](crate::text::Text)).

mod address;
mod answering;
mod attached;
mod auth;
mod body;
mod charset;
mod cloud;
mod date;
mod delivery;
mod entity;
mod flowed;
mod header;
mod host;
mod html;
mod invitation;
mod kind;
mod links;
mod lookalike;
mod param;
mod parts;
mod purpose;
mod route;
mod sections;
#[cfg(test)]
mod tests;
mod tnef;
mod transfer;
mod truth;
mod unsubscribe;
mod word;

pub use answering::answer_hints;
pub use body::{
    Recipient, as_it_is, each_part, harmless_page, pages, part, parts_of, readable, readable_as, readable_for,
};
pub use charset::known_charsets;
pub use date::date;
pub use header::{Field, fields, headers};
pub use route::route;

/// The version of the rules in this module. Rows that were made by older rules are derived again.
pub const DECODER: u32 = 3;
