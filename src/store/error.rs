//! What can go wrong in the store, sorted by what can be done about it.

use std::path::{Path, PathBuf};

use rusqlite::ErrorCode;

use crate::model::{Failure, FailureKind};

#[derive(thiserror::Error, Debug)]
pub enum StoreError {
    /// The file is not a database any more, or parts of it are not.
    #[error("{0} is damaged")]
    Damaged(PathBuf),
    /// Written by a newer hongyan.
    #[error("{0} was written by a newer hongyan")]
    Newer(PathBuf),
    #[error("the disk is full")]
    Full,
    #[error("{0}")]
    Io(#[from] std::io::Error),
    #[error("{0}")]
    Sqlite(rusqlite::Error),
    /// The thing asked for is not there (any more).
    #[error("not there")]
    Gone,
    /// The server does not list it any more; what was not fetched before cannot be now.
    #[error("not on the server any more")]
    Unlisted,
    /// The writer is not running any more.
    #[error("the store was closed")]
    Closed,
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        match &error {
            rusqlite::Error::QueryReturnedNoRows => Self::Gone,
            rusqlite::Error::SqliteFailure(code, _) => match code.code {
                ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase => Self::Damaged(PathBuf::new()),
                ErrorCode::DiskFull => Self::Full,
                _ => Self::Sqlite(error),
            },
            _ => Self::Sqlite(error),
        }
    }
}

impl StoreError {
    pub fn failure(&self) -> Failure {
        let kind = match self {
            Self::Damaged(_) | Self::Newer(_) => FailureKind::Damaged,
            Self::Gone => FailureKind::Gone,
            Self::Unlisted => FailureKind::Unlisted,
            Self::Full | Self::Io(_) | Self::Sqlite(_) | Self::Closed => FailureKind::Disk,
        };
        match self {
            // Room is made, locks are let go: worth another try in a while.
            Self::Full | Self::Io(_) | Self::Sqlite(_) | Self::Gone => Failure::passing(kind, "", &self.to_string()),
            Self::Unlisted => Failure::lasting(kind, "", ""),
            Self::Damaged(_) | Self::Newer(_) | Self::Closed => Failure::lasting(kind, "", &self.to_string()),
        }
    }

    /// The same of this file: whoever met the damage did not know which one it was.
    pub(super) fn in_file(self, file: &Path) -> Self {
        if self.is_damage() { Self::Damaged(file.to_owned()) } else { self }
    }

    pub fn is_damage(&self) -> bool {
        matches!(self, Self::Damaged(_))
    }
}
