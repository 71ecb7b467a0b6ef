//! The outbox as a whole: against a server in memory with everything that can go wrong, and against that of the demo.

mod closing;
mod copies;
mod real;
mod schedules;

use crate::model::{Outgoing, OutgoingId, Reception, Recipient, Sending, SentCopy, Timestamp};
use crate::text::SafeText;

pub(super) fn letter(id: i64, to: &[&str]) -> Outgoing {
    let one = |to: &&str| Recipient { address: (*to).to_owned(), state: Reception::Waiting };
    Outgoing {
        id: OutgoingId(id),
        account: "me".to_owned(),
        from: "me@example.com".to_owned(),
        recipients: to.iter().map(one).collect(),
        subject: SafeText::of("a letter"),
        message_id: format!("{id}@example.com"),
        size: 100,
        queued: Timestamp(1_000),
        hold_until: Timestamp(1_000),
        attempts: 0,
        state: Sending::Queued,
        failure: None,
        copy: SentCopy::Later,
    }
}
