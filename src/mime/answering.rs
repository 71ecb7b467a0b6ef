//! What of a message matters only to whoever answers it: where answers shall go, to which of the own addresses it came,
//! and which event it invites to.

use super::parts::{self, Form, parts};
use super::{charset, header, invitation};
use crate::model::AnswerHints;
use crate::text::Text;

pub fn answer_hints(raw: &[u8]) -> AnswerHints {
    let raw = &*parts::in_lines(raw);
    let mut hints = header::answer_hints(raw.get(parts::head(raw)..).unwrap_or_default());
    let parts = parts(raw);
    let calendar = parts.list.iter().find(|part| {
        !part.nested && part.form == Form::Leaf && matches!(part.kind.as_str(), "text/calendar" | "application/ics")
    });
    if let Some(part) = calendar {
        let label = part.parameter(raw, "charset");
        let hint = charset::Hints { label: &label, context: None, wish: None };
        let (sequence, recurrence) = invitation::which(&charset::read(&part.contents(raw), &hint).0);
        (hints.sequence, hints.recurrence) = (sequence, Text::new(recurrence));
    }
    hints
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_answer_needs_is_found() {
        let raw = b"List-Post: NO, <https://x.example>, <MAILTO:dev@lists.example?subject=x>\nX-OQ-MSGID: <a@b.example>\n\
            Delivered-To: me@example.com\nX-Original-To: \"me\" <other@example.com>\nMail-Followup-To: d@lists.example\n\
            Content-Type: text/calendar\n\nBEGIN:VCALENDAR\nBEGIN:VEVENT\nSEQUENCE:3\nRECURRENCE-ID;TZID=x:2026\n 1120T0900\n\
            END:VEVENT\nBEGIN:VEVENT\nSEQUENCE:9\nEND:VEVENT\n";
        let hints = answer_hints(raw);
        assert_eq!(hints.list_post.as_untrusted(), "dev@lists.example");
        assert_eq!(hints.other_id.as_untrusted(), "a@b.example");
        let delivered: Vec<&str> = hints.delivered_to.iter().map(Text::as_untrusted).collect();
        assert_eq!(delivered, ["me@example.com", "other@example.com"]);
        assert_eq!(hints.followup_to[0].address.as_untrusted(), "d@lists.example");
        assert_eq!((hints.sequence, hints.recurrence.as_untrusted()), (3, "RECURRENCE-ID;TZID=x:20261120T0900"));
        assert_eq!(answer_hints(b""), AnswerHints::default());
    }
}
