//! The screen in which nothing can be changed: over mail out of files, or while another hongyan has the profile.

use super::Look;
use crate::model::FailureKind;

impl Look {
    /// Whoever asks why nothing can be changed is told the reason that there is here.
    #[must_use]
    pub fn of_files(mut self) -> Self {
        let words = &mut self.words;
        words.notices.read_only.clone_from(&words.notices.of_files);
        words.failures.insert(FailureKind::InUse.code().to_owned(), words.trouble.unread.clone());
        self
    }

    /// Nothing is promised that this hongyan does not do.
    #[must_use]
    pub fn of_a_guest(mut self) -> Self {
        let words = &mut self.words;
        words.list.nothing_yet.clone_from(&words.list.nothing_here);
        words.failures.insert(FailureKind::InUse.code().to_owned(), words.trouble.elsewhere.clone());
        self
    }
}
