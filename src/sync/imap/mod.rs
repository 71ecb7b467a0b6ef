//! IMAP as a [`Remote`](super::Remote).
//!
//! Every FETCH peeks: nothing that hongyan reads changes anything on the server. Commands are built from types (numbers,
//! sets of numbers, quoted names), never from text that came from somewhere else.

mod deflate;
mod fetch;
mod folders;
mod idle;
mod remote;
mod rendered;
mod roles;
mod session;
mod set;
mod store_flags;
mod utf7;

use async_imap::imap_proto::AttributeValue;

pub use session::{News, Session};
pub use utf7::encode as encode_folder_name;

use crate::model::Flags;

/// The number and the flags in a FETCH response, where they are in it.
fn flags_of(attributes: &[AttributeValue<'_>]) -> (Option<u32>, Option<Flags>) {
    let (mut uid, mut flags) = (None, None);
    for attribute in attributes {
        match attribute {
            AttributeValue::Uid(number) => uid = Some(*number),
            AttributeValue::Flags(names) => {
                flags = Some(names.iter().fold(Flags::NONE, |all, name| all.with(Flags::from_imap(name))));
            }
            _ => {}
        }
    }
    (uid.filter(|uid| *uid != 0), flags)
}
