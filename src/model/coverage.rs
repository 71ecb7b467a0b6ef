//! How much of the mail a search looks at.

/// How much of the mail can be found.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Coverage {
    pub messages: u64,
    /// Those whose text is here.
    pub with_text: u64,
    /// Those that came or changed and are not in the index yet.
    pub waiting: u64,
}

impl Coverage {
    /// True if whatever is in the mail is found.
    pub fn is_whole(&self) -> bool {
        self.with_text >= self.messages && self.waiting == 0
    }
}
