//! What reaches the loop from all the others, in one channel.

use crate::app::Event;
use crate::model::{Answer, Changed};
use crate::sync::Report;
use crate::text::SafeText;

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
    /// Nobody on the desktop shows notifications.
    #[cfg_attr(
        not(all(feature = "desktop", unix, not(target_os = "macos"))),
        expect(dead_code, reason = "there is none to ask")
    )]
    NotShown { title: SafeText, body: SafeText },
}
