//! Why the program could not begin or go on, in a sentence.

use std::path::PathBuf;

use crate::store::StoreError;
use crate::text::SafeText;

#[derive(Debug)]
pub enum Ended {
    /// own.db is damaged; what to do about it is for the user to say.
    OwnDamaged,
    /// Written by a newer hongyan.
    Newer(PathBuf),
    Because(SafeText),
}

impl Ended {
    pub(super) fn because(said: &str) -> Self {
        Self::Because(SafeText::of(said))
    }
}

impl From<std::io::Error> for Ended {
    fn from(error: std::io::Error) -> Self {
        Self::because(&error.to_string())
    }
}

impl From<StoreError> for Ended {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Damaged(_) => Self::OwnDamaged,
            StoreError::Newer(file) => Self::Newer(file),
            other => Self::because(&other.to_string()),
        }
    }
}
