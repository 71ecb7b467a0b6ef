//! Why the program could not begin or go on, in a sentence.

use crate::store::StoreError;
use crate::text::SafeText;

#[derive(Debug)]
pub enum Ended {
    /// own.db is damaged; what to do about it is for the user to say.
    OwnDamaged,
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
        if error.is_damage() { Self::OwnDamaged } else { Self::because(&error.to_string()) }
    }
}
