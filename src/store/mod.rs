//! Where everything is kept, and the only place that opens databases.
//!
//! Two files, because they may be lost in different ways (and a third one that is made of the second, [`index`]): `own.db` is the truth that no server has (small, synced at
//! every commit, copied daily), `mail.db` is a cache of the servers (large, rebuilt at will), except for mail that became
//! too old for a server with a window. Each has one writer thread
//! with group commit; readers are read-only and have threads of their own. What the person did never waits behind a bulk
//! ingest, because the two never share a file.

mod accounts;
mod aside;
mod batch;
mod blobs;
mod cellar;
mod doing;
mod drafts;
mod encodings;
mod error;
mod forgetting;
mod index;
mod learned;
mod lock;
mod mail;
mod open;
mod outgoing;
mod own;
mod own_reader;
mod people;
mod reader;
mod renaming;
mod restored;
mod shelves;
mod spool;
mod want;
mod writer;

pub use batch::{FolderSeen, Incoming, LocalFolder, MailWrite, Placed, Spot, Standing, Written};
pub use blobs::WholeBody;
pub use doing::Recorded;
pub use encodings::Encodings;
pub use error::StoreError;
pub use forgetting::{forget_account, loss_of};
pub use index::{
    Entry, Finder, FinderThread, Found, Hits, Index, IndexWrite, IndexWriter, ToIndex, Words, mark_index_broken,
};
pub use learned::Learned;
pub use lock::ProfileLock;
pub use mail::{Committing, MailWriter};
pub use open::{Repair, Restore, Store, StoreOptions, last_copy, mark_mail_broken};
pub use outgoing::{Letter, TakenBack};
pub use own::{Landed, OwnWrite, OwnWriter, Rebound, Stride, Undone};
pub use own_reader::{Loss, OwnReader};
pub use reader::{Reader, ReaderThread, Untold, Whereabouts, WrongCounter};
pub use shelves::Shelf;
pub use spool::{Spool, Spooled, Whole};
pub use want::{Aim, Confirmed, Copy, Landing, Mark, Outcome, Step, Want};

#[cfg(test)]
mod tests;
