//! New mail in the words of a notification: a title, and one line.

use crate::app::{State, short};
use crate::i18n::{Words, fill};
use crate::model::{Arrivals, NewMail, Role};
use crate::text::SafeText;

/// Messages that are named one by one.
const NAMED: usize = 3;

/// The title and the line; `hide`: not who writes, nor about what.
pub fn announcement(arrivals: &[Arrivals], state: &State, words: &Words, hide: bool) -> (SafeText, SafeText) {
    let count: u64 = arrivals.iter().map(|arrivals| arrivals.count).sum();
    let mut newest: Vec<&NewMail> = arrivals.iter().flat_map(|arrivals| &arrivals.newest).collect();
    newest.sort_by_key(|mail| std::cmp::Reverse(mail.arrival));
    let sender = |mail: &NewMail| {
        let name = if mail.from.name.is_empty() { &mail.from.address } else { &mail.from.name };
        if name.is_empty() { SafeText::of(&words.list.no_sender) } else { short(name) }
    };
    let subject = |mail: &NewMail| {
        if mail.subject.is_empty() { SafeText::of(&words.list.no_subject) } else { short(&mail.subject) }
    };
    let many = || SafeText::of(&fill(&words.announce.many, &[("count", &super::number::grouped(count))]));
    match newest.as_slice() {
        [mail] if count == 1 && !hide => (sender(mail), subject(mail)),
        some if !hide && !some.is_empty() => {
            let named: Vec<String> =
                some.iter().take(NAMED).map(|mail| format!("{}: {}", sender(mail), subject(mail))).collect();
            (many(), SafeText::of(&named.join(" · ")))
        }
        _ => (if count == 1 { SafeText::of(&words.announce.one) } else { many() }, places(arrivals, state, words)),
    }
}

/// Where it came, if nothing else is told.
fn places(arrivals: &[Arrivals], state: &State, words: &Words) -> SafeText {
    let place = |arrivals: &Arrivals| {
        let account = state.account(arrivals.account).map_or("", |account| account.name.as_str());
        let folder = match arrivals.role {
            Some(role @ Role::Inbox) => words.role(role.code()).to_owned(),
            _ => short(&arrivals.name).into_string(),
        };
        format!("{account} {folder}")
    };
    let places: Vec<String> = arrivals.iter().take(NAMED).map(place).collect();
    SafeText::of(places.join(" · ").trim())
}
