//! What of a message matters only to whoever answers it.

use super::Address;
use crate::text::Text;

#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct AnswerHints {
    /// Where to write to the list that it came from.
    pub list_post: Text,
    /// To whom the sender wants answers that everybody gets.
    pub followup_to: Vec<Address>,
    /// To which addresses machines on its way say that they delivered it.
    pub delivered_to: Vec<Text>,
    /// In copies of own messages.
    pub bcc: Vec<Address>,
    /// The id that its sender gave it, where a provider gave it another one.
    pub other_id: Text,
    /// How often the event of its invitation was changed.
    pub sequence: u32,
    /// Which of many times of the event is meant: the line of the invitation, as it came.
    pub recurrence: Text,
}
