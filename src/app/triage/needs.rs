//! The view of what could not be done.

#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct NeedsView {
    pub cursor: usize,
}

impl NeedsView {
    pub(crate) fn move_by(&mut self, by: isize, count: usize) {
        self.cursor = self.cursor.saturating_add_signed(by).min(count.saturating_sub(1));
    }
}
