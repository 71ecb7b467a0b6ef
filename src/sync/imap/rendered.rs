//! A response as a line for the tap, as long as whoever frames responses does not show them there itself.

use async_imap::imap_proto::{MailboxDatum, Outcome, Response, Status};

pub(super) fn rendered(response: &Response<'_>) -> String {
    match response {
        Response::Done { tag, status, outcome } => format!("{} {} {}", tag.0, word(status), said(outcome)),
        Response::Data { status, outcome } => format!("* {} {}", word(status), said(outcome)),
        Response::Continue(outcome) => format!("+ {}", said(outcome)),
        Response::Fetch(number, _) => format!("* {number} FETCH"),
        Response::Expunge(number) => format!("* {number} EXPUNGE"),
        Response::MailboxData(MailboxDatum::Exists(number)) => format!("* {number} EXISTS"),
        Response::MailboxData(MailboxDatum::Recent(number)) => format!("* {number} RECENT"),
        Response::MailboxData(MailboxDatum::Status { mailbox, status }) => format!("* STATUS {mailbox:?} {status:?}"),
        Response::MailboxData(data) => format!("* {data:?}"),
        Response::Capabilities(all) => format!("* CAPABILITY {all:?}"),
        other => format!("* {other:?}"),
    }
}

fn word(status: &Status) -> String {
    format!("{status:?}").to_ascii_uppercase()
}

fn said(outcome: &Outcome<'_>) -> String {
    let code = outcome.code.as_ref().map(|code| format!("[{code:?}] ")).unwrap_or_default();
    format!("{code}{}", outcome.information.as_deref().unwrap_or_default())
}
