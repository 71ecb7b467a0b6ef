//! How an account is doing, as one value.

use super::{Failure, FolderId, Timestamp};

#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub enum Status {
    /// Not started yet.
    #[default]
    Starting,
    Connecting,
    Syncing {
        folder: FolderId,
        done: u64,
        total: u64,
    },
    UpToDate {
        at: Timestamp,
        watch: Watch,
    },
    /// The connection failed; it is tried again at `retry_at`, or only when the user says so.
    Offline {
        failure: Failure,
        retry_at: Option<Timestamp>,
    },
    /// Another hongyan does the work; this one only shows the store.
    ReadOnly,
}

/// How new mail is noticed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Watch {
    /// The server tells (IDLE).
    Told,
    /// We ask now and then.
    Asking,
}
