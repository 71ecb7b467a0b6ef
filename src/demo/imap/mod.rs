//! An IMAP server that is small enough to read and honest enough to be judged by Dovecot.
//!
//! One task, [`keeper`], owns the [`world`] (mailboxes, sessions, what was said); a [`session`] per connection frames
//! ([`wire`]) and understands ([`parse`]) commands and asks the keeper to act. Messages leave the keeper as cheap handles
//! and are rendered by the session, so that a slow client makes nobody wait.

mod address;
mod answer;
mod command;
mod date;
mod decode;
mod fault;
mod header;
mod keeper;
mod lexer;
mod marks;
mod mime;
mod parse;
mod personality;
mod search;
mod section;
mod sequence;
mod session;
mod structure;
mod tally;
mod utf7;
mod wire;
mod world;

pub(super) use date::{header as date_header, zone};
pub(super) use keeper::{Doors, Keeper, Start, keep};
pub(super) use world::{Folder, Held, World};

pub use fault::{FAULTS, Fault, NamedFault, Place as FaultPlace};
pub use personality::{
    ALIYUN, AT_ONCE, Addresses, COREMAIL, Creation, EXMAIL, Limits, MODERN, NO_LIMITS, Numbers, OUTLOOK, PERSONALITIES,
    PLAIN, Personality, Place, QQ, SINA, Search, SelectLine, Sent, TextSearch, Toggles, Visibility,
};
pub use tally::Traffic;
