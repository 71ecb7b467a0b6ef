//! The screen over mail out of files, in which nothing can be changed.

use super::Look;

impl Look {
    /// Whoever asks why nothing can be changed is told the reason that there is here.
    #[must_use]
    pub fn of_files(mut self) -> Self {
        self.words.notices.read_only.clone_from(&self.words.notices.of_files);
        self
    }
}
