//! Which messages of a folder are selected together.

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Alike {
    /// All of the same conversation.
    Thread,
    Sender,
    Subject,
    /// Of this many bytes or more.
    AtLeast(u64),
    Unread,
    Unstarred,
}
