//! What machines wrote into a message, and what it wanted from the network, for `show`: as JSON and in lines.

use serde_json::{Value, json};

use super::json::date;
use super::list::{local, person};
use crate::model::{Blocked, Card, DeliveryAction, DeliveryReason, EventTime, Invitation, InvitationMethod, Readable};
use crate::text::Text;

pub(super) fn cards(readable: &Readable) -> Vec<Value> {
    readable.cards.iter().map(card).collect()
}

fn card(of: &Card) -> Value {
    let text = Text::as_untrusted;
    match of {
        Card::Delivery(delivery) => json!({
            "kind": "delivery", "recipient": text(&delivery.recipient), "action": action(delivery.action),
            "status": text(&delivery.status), "reason": reason(delivery.reason), "said": text(&delivery.said),
            "by": text(&delivery.by),
        }),
        Card::Invitation(invitation) => {
            let Invitation { method, summary, location, organizer, attendees, begins, ends, repeats, uid } =
                &**invitation;
            json!({
                "kind": "invitation", "method": self::method(*method), "summary": text(summary),
                "location": text(location), "organizer": organizer.as_ref().map(person),
                "attendees": attendees.iter().map(person).collect::<Vec<_>>(), "begins": begins.as_ref().and_then(time),
                "ends": ends.as_ref().and_then(time), "repeats": text(repeats), "uid": text(uid),
            })
        }
        Card::Cloud(file) => json!({
            "kind": "cloud", "keeper": file.keeper, "name": text(&file.name), "size": text(&file.size),
            "until": text(&file.until), "url": text(&file.url),
        }),
        Card::Message { subject, from, date: sent, .. } => json!({
            "kind": "message", "subject": text(subject), "from": from.as_ref().map(person), "date": sent.and_then(date),
        }),
    }
}

pub(super) fn blocked(of: &Blocked) -> Value {
    let hosts: Vec<&str> = of.hosts.iter().map(Text::as_untrusted).collect();
    json!({
        "pictures": of.pictures, "trackers": of.trackers, "others": of.others, "hosts": hosts, "receipt": of.receipt,
    })
}

/// The same in lines, for people.
pub(super) fn lines(readable: &Readable) -> Vec<String> {
    let text = Text::as_untrusted;
    let zone = jiff::tz::TimeZone::system();
    let joined = |parts: &[&str]| parts.iter().filter(|part| !part.is_empty()).copied().collect::<Vec<_>>().join(" · ");
    let mut lines = Vec::new();
    for card in &readable.cards {
        match card {
            Card::Delivery(delivery) => {
                let parts =
                    [text(&delivery.recipient), action(delivery.action), text(&delivery.status), text(&delivery.said)];
                lines.push(format!("Delivery: {}", joined(&parts)));
            }
            Card::Invitation(invitation) => {
                let at = |time: &Option<EventTime>| match time {
                    Some(EventTime::At(at)) => local(*at, &zone),
                    Some(other) => self::time(other).unwrap_or_default(),
                    None => String::new(),
                };
                let (begins, ends) = (at(&invitation.begins), at(&invitation.ends));
                let until = if ends.is_empty() { begins } else { format!("{begins} – {ends}") };
                let parts = [method(invitation.method), text(&invitation.summary), &until, text(&invitation.location)];
                lines.push(format!("Invitation: {}", joined(&parts)));
            }
            Card::Cloud(file) => {
                let parts = [text(&file.name), text(&file.size), text(&file.until), text(&file.url)];
                lines.push(format!("Cloud: {}", joined(&parts)));
            }
            // It is among the attachments.
            Card::Message { .. } => {}
        }
    }
    lines
}

fn time(of: &EventTime) -> Option<String> {
    match of {
        EventTime::At(at) => date(*at),
        EventTime::Day(year, month, day) => Some(format!("{year:04}-{month:02}-{day:02}")),
        EventTime::Local(text) => Some(text.as_untrusted().to_owned()),
    }
}

fn action(of: DeliveryAction) -> &'static str {
    match of {
        DeliveryAction::Failed => "failed",
        DeliveryAction::Delayed => "delayed",
        DeliveryAction::Delivered => "delivered",
        DeliveryAction::Relayed => "relayed",
        DeliveryAction::Expanded => "expanded",
        DeliveryAction::Read => "read",
    }
}

fn reason(of: DeliveryReason) -> &'static str {
    match of {
        DeliveryReason::Unknown => "unknown",
        DeliveryReason::NoSuchUser => "no_such_user",
        DeliveryReason::NoSuchDomain => "no_such_domain",
        DeliveryReason::MailboxFull => "mailbox_full",
        DeliveryReason::MailboxOff => "mailbox_off",
        DeliveryReason::TooLarge => "too_large",
        DeliveryReason::Content => "content",
        DeliveryReason::Policy => "policy",
        DeliveryReason::TooOften => "too_often",
        DeliveryReason::Network => "network",
    }
}

fn method(of: InvitationMethod) -> &'static str {
    match of {
        InvitationMethod::Publish => "publish",
        InvitationMethod::Request => "request",
        InvitationMethod::Cancel => "cancel",
        InvitationMethod::Reply => "reply",
        InvitationMethod::Counter => "counter",
    }
}
