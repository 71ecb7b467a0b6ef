//! What reaches the loop from all the others, in one channel.

use crate::app::Event;
use crate::model::{Answer, Changed};
use crate::sync::Report;

#[derive(Debug)]
pub(super) enum Input {
    /// The reader answered.
    Answer(Answer),
    /// Something for the core as it is: an outcome, a commit.
    Event(Event),
    /// The store changed.
    Changed(Changed),
    /// An engine has something to say.
    Report(Report),
}
