//! The answer to an invitation, as calendars read it (RFC 5546). Only what names the event is taken from the invitation.

use super::clean;
use super::mailbox::Mailbox;
use super::moment;
use crate::model::{AnswerHints, Answering, EventTime, Invitation, Timestamp};

/// What the part says that it is.
pub(super) const KIND: &str = "text/calendar; method=REPLY";

const LONGEST: usize = 1_000;

/// A line is broken after so many bytes.
const LINE: usize = 72;

/// None where there is nothing to answer: the invitation has no id or nobody who invites.
pub(super) fn reply(
    invitation: &Invitation,
    hints: &AnswerHints,
    me: &Mailbox,
    how: Answering,
    now: Timestamp,
) -> Option<String> {
    let says = match how {
        Answering::Accept => "ACCEPTED",
        Answering::Tentative => "TENTATIVE",
        Answering::Decline => "DECLINED",
        Answering::Reply
        | Answering::ReplyAll
        | Answering::ReplyList
        | Answering::Forward
        | Answering::ForwardAttached
        | Answering::AsNew
        | Answering::Bounce => return None,
    };
    let organizer = invitation.organizer.as_ref()?;
    let organizer = Mailbox::new(organizer.name.as_untrusted(), organizer.address.as_untrusted()).ok()?;
    let uid = clean::line(invitation.uid.as_untrusted(), LONGEST);
    if uid.is_empty() {
        return None;
    }
    let mut lines = vec![
        "BEGIN:VCALENDAR".to_owned(),
        "VERSION:2.0".to_owned(),
        "PRODID:-//mail//reply//EN".to_owned(),
        "METHOD:REPLY".to_owned(),
        "BEGIN:VEVENT".to_owned(),
        format!("UID:{uid}"),
        format!("SEQUENCE:{}", hints.sequence),
        format!("DTSTAMP:{}", moment::calendar(now)),
        format!("ORGANIZER{}:mailto:{}", common_name(&organizer), organizer.address()),
        format!("ATTENDEE;PARTSTAT={says}{}:mailto:{}", common_name(me), me.address()),
    ];
    let recurrence = clean::line(hints.recurrence.as_untrusted(), LONGEST);
    if recurrence.starts_with("RECURRENCE-ID") && recurrence.contains(':') {
        lines.push(recurrence);
    }
    lines.extend(invitation.begins.as_ref().and_then(|time| property("DTSTART", time, false)));
    lines.extend(invitation.ends.as_ref().and_then(|time| property("DTEND", time, true)));
    let summary = clean::line(invitation.summary.as_untrusted(), LONGEST);
    if !summary.is_empty() {
        lines.push(format!("SUMMARY:{}", escaped(&summary)));
    }
    lines.extend(["END:VEVENT".to_owned(), "END:VCALENDAR".to_owned()]);
    Some(lines.iter().map(|line| folded(line)).collect())
}

fn common_name(mailbox: &Mailbox) -> String {
    let name: String = mailbox.name().chars().filter(|c| *c != '"').collect();
    if name.is_empty() { String::new() } else { format!(";CN=\"{name}\"") }
}

fn property(name: &str, time: &EventTime, is_end: bool) -> Option<String> {
    match time {
        EventTime::At(at) => Some(format!("{name}:{}", moment::calendar(*at))),
        EventTime::Day(year, month, day) => {
            let number = |number: u8| i8::try_from(number).ok();
            let date = jiff::civil::Date::new(*year, number(*month)?, number(*day)?).ok()?;
            // Files name the day after the last one.
            let date = if is_end { date.tomorrow().ok()? } else { date };
            Some(format!("{name};VALUE=DATE:{:04}{:02}{:02}", date.year(), date.month(), date.day()))
        }
        // Without its zone it would be another time.
        EventTime::Local(_) => None,
    }
}

fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace(';', "\\;").replace(',', "\\,")
}

fn folded(line: &str) -> String {
    let mut folded = String::with_capacity(line.len() + 4);
    let mut column = 0;
    for c in line.chars() {
        if column + c.len_utf8() > LINE {
            folded.push_str("\r\n ");
            column = 1;
        }
        folded.push(c);
        column += c.len_utf8();
    }
    folded.push_str("\r\n");
    folded
}
