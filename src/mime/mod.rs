//! Bytes of mail → values that can be read. Pure: no clock, no file, no network.
//!
//! Everything that comes out is decoded but untrusted ([`Text`](crate::text::Text)).

mod address;
mod body;
mod charset;
mod date;
mod header;
mod html;
mod parts;
mod skeleton;
#[cfg(test)]
mod tests;
mod transfer;
mod word;

pub use body::{as_it_is, readable};
pub use date::date;
pub use header::{Field, fields, headers};
pub use parts::{pages, part};

/// The version of the rules in this module. Rows that were made by older rules are derived again.
pub const DECODER: u32 = 1;
