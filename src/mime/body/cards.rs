//! What machines wrote for machines, told to people.

use std::collections::BTreeSet;

use super::choice::{Choice, Role};
use super::{Parts, header, html, parts, text_of};
use crate::mime::attached::{self, is_message};
use crate::mime::{cloud, delivery, invitation};
use crate::model::{Card, DeliveryAction, Readable};

/// More cards of a kind than this are not for people.
const MOST: usize = 500;

/// More calendars than this are not read.
const MOST_CALENDARS: usize = 20;

/// Finds the cards. Returns the parts that are told by them and are nothing to save.
pub(super) fn add(raw: &[u8], parts: &Parts, choice: &Choice, readable: &mut Readable) -> BTreeSet<usize> {
    let mut told = BTreeSet::new();
    let (mut deliveries, mut invitations, mut messages) = (Vec::new(), Vec::new(), Vec::new());
    let mut calendars = 0;
    for (index, part) in parts.list.iter().enumerate().filter(|(_, part)| !part.nested) {
        match part.kind.as_str() {
            "message/delivery-status" | "message/global-delivery-status" if deliveries.len() < MOST => {
                let found = delivery::report(&part.contents(raw));
                if !found.is_empty() {
                    told.insert(index);
                }
                deliveries.extend(found);
            }
            "message/disposition-notification" | "message/global-disposition-notification"
                if deliveries.len() < MOST =>
            {
                let found = delivery::receipt(&part.contents(raw));
                if found.is_some() {
                    told.insert(index);
                }
                deliveries.extend(found);
            }
            _ if messages.len() < MOST && is_message(part) => {
                let contents = part.contents(raw);
                let contents = contents.get(parts::head(&contents)..).unwrap_or_default();
                let headers = header::headers(contents);
                messages.push(Card::Message {
                    part: attached::id(index),
                    subject: headers.subject,
                    from: headers.from.into_iter().next(),
                    date: headers.date,
                });
            }
            _ if choice.role(index) == Role::File && calendars < MOST_CALENDARS && is_calendar(raw, part) => {
                calendars += 1;
                let text = text_of(raw, part, &part.contents(raw), None).0;
                for invitation in invitation::invitations(&text, &part.parameter(raw, "method")) {
                    // The same file comes twice: once to be shown and once to be saved.
                    if !invitations.contains(&invitation) && invitations.len() < MOST {
                        invitations.push(invitation);
                    }
                }
                if is_form(parts, part) && part.file_name(raw).is_empty() && !invitations.is_empty() {
                    told.insert(index);
                }
            }
            _ => {}
        }
    }
    if deliveries.is_empty() && delivery::is_letter_of_a_server(readable.subject.as_untrusted(), &readable.from) {
        deliveries = delivery::letter(readable.document.text.as_untrusted(), &readable.from);
    }
    deliveries.truncate(MOST);
    // What went wrong comes first.
    deliveries.sort_by_key(|delivery| delivery.action != DeliveryAction::Failed);
    readable.cards.extend(deliveries.into_iter().map(Card::Delivery));
    readable.cards.extend(invitations.into_iter().map(|invitation| Card::Invitation(Box::new(invitation))));
    readable.cards.extend(cloud_files(raw, parts, choice, readable).into_iter().map(Card::Cloud));
    readable.cards.extend(messages);
    told
}

/// Files on the web, of the text that is shown and of the page that is not.
fn cloud_files(raw: &[u8], parts: &Parts, choice: &Choice, readable: &Readable) -> Vec<crate::model::CloudFile> {
    let mut files = cloud::files(&readable.document);
    for (index, part) in parts.list.iter().enumerate() {
        if choice.role(index) != Role::Html || choice.shown.contains(&index) {
            continue;
        }
        let text = text_of(raw, part, &part.contents(raw), None).0;
        if cloud::may_be_in(&text) {
            cloud::merge(&mut files, cloud::files(&html::page(&text).document));
        }
    }
    files
}

fn is_calendar(raw: &[u8], part: &parts::Part) -> bool {
    let named = || {
        let name = part.file_name(raw);
        name.len().checked_sub(4).and_then(|at| name.get(at..)).is_some_and(|end| end.eq_ignore_ascii_case(b".ics"))
    };
    match part.kind.as_str() {
        "text/calendar" | "application/ics" => true,
        "application/octet-stream" | "text/plain" => named(),
        _ => false,
    }
}

/// True if it is one of several forms of the same.
fn is_form(parts: &Parts, part: &parts::Part) -> bool {
    let outer = part.parent.and_then(|outer| parts.list.get(outer));
    outer.is_none_or(|outer| outer.kind == "multipart/alternative")
}
