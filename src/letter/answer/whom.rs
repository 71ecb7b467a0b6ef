//! To whom an answer goes, and from which of the own addresses.

use std::collections::BTreeSet;

use super::{Me, Original};
use crate::letter::mailbox::Mailbox;
use crate::letter::typed::addresses;
use crate::model::{Address, Answering, Card};
use crate::text::Text;

/// More are not written to at once by an answer.
const MOST: usize = 2_000;

/// Who is written to.
#[derive(Default)]
pub(super) struct Whom {
    pub(super) to: Vec<Mailbox>,
    pub(super) cc: Vec<Mailbox>,
}

/// Those that can be written to at all.
fn good(people: &[Address]) -> Vec<Mailbox> {
    let read = |one: &Address| Mailbox::new(one.name.as_untrusted(), one.address.as_untrusted()).ok();
    people.iter().filter_map(read).take(MOST).collect()
}

/// The own addresses.
pub(super) struct Own {
    keys: BTreeSet<String>,
}

impl Own {
    pub(super) fn of(me: &Me) -> Self {
        let identities = me.identities.iter().flat_map(|identity| addresses(&identity.from));
        let others = me.own.iter().flat_map(|address| addresses(address));
        Self { keys: identities.chain(others).filter_map(|one| one.mailbox.ok()).map(|one| one.key()).collect() }
    }

    /// `me+lists@example.com` is mine where `me@example.com` is.
    pub(super) fn has(&self, mailbox: &Mailbox) -> bool {
        let key = mailbox.key();
        let bare = key.split_once('+').zip(key.rsplit_once('@'));
        self.keys.contains(&key)
            || bare.is_some_and(|((local, _), (_, domain))| self.keys.contains(&format!("{local}@{domain}")))
    }
}

pub(super) fn whom(original: &Original<'_>, how: Answering, own: &Own) -> Whom {
    let readable = original.readable;
    let (from, to, cc) = (good(&readable.from), good(&readable.to), good(&readable.cc));
    let is_mine = from.first().is_some_and(|from| own.has(from));
    let list = list_of(original);
    let is_list = |mailbox: &Mailbox| list.as_ref().is_some_and(|list| list.key() == mailbox.key());
    let reply_to = good(&readable.reply_to);
    // To write to a list is asked for, and not what a list makes of an answer to somebody.
    let mut sender: Vec<Mailbox> = reply_to.iter().filter(|one| !is_list(one)).cloned().collect();
    if sender.is_empty() {
        sender.clone_from(&from);
    }
    match how {
        // What I wrote goes on to those that I wrote to.
        Answering::Reply if is_mine => Whom { to: if to.is_empty() { from } else { to }, cc: Vec::new() },
        Answering::Reply => Whom { to: sender, cc: Vec::new() },
        Answering::ReplyList if list.is_some() => Whom { to: list.into_iter().collect(), cc: Vec::new() },
        Answering::ReplyAll | Answering::ReplyList => {
            let followup = good(&original.hints.followup_to);
            let whom = if !followup.is_empty() {
                Whom { to: followup, cc: Vec::new() }
            } else if is_mine {
                Whom { to, cc }
            } else {
                let others = to.into_iter().chain(cc).chain(reply_to.into_iter().filter(is_list));
                Whom { to: sender.clone(), cc: others.collect() }
            };
            without(whom, own, if is_mine { Vec::new() } else { sender })
        }
        Answering::Accept | Answering::Tentative | Answering::Decline => {
            let organizer = invitation(original).and_then(|invitation| invitation.organizer.clone());
            let organizer = good(organizer.as_slice());
            Whom { to: if organizer.is_empty() { sender } else { organizer }, cc: Vec::new() }
        }
        Answering::AsNew => Whom { to, cc },
        Answering::Forward | Answering::ForwardAttached | Answering::Bounce => Whom::default(),
    }
}

pub(super) fn invitation<'a>(original: &Original<'a>) -> Option<&'a crate::model::Invitation> {
    original.readable.cards.iter().find_map(|card| match card {
        Card::Invitation(invitation) => Some(&**invitation),
        Card::Delivery(_) | Card::Cloud(_) | Card::Message { .. } => None,
    })
}

/// Everybody once, and nobody who is me; if that is nobody, whom the answer would have gone to.
fn without(whom: Whom, own: &Own, sender: Vec<Mailbox>) -> Whom {
    let mut known = BTreeSet::new();
    let mut kept = |people: Vec<Mailbox>| -> Vec<Mailbox> {
        people.into_iter().filter(|one| !own.has(one) && known.insert(one.key())).collect()
    };
    let (mut to, mut cc) = (kept(whom.to), kept(whom.cc));
    if to.is_empty() {
        to = std::mem::take(&mut cc);
    }
    if to.is_empty() {
        to = sender;
    }
    Whom { to, cc }
}

fn list_of(original: &Original<'_>) -> Option<Mailbox> {
    Mailbox::new("", original.hints.list_post.as_untrusted()).ok()
}

/// The identity that answers: the one that was written to, or that wrote.
pub(super) fn identity(original: &Original<'_>, me: &Me, own: &Own) -> String {
    let readable = original.readable;
    let identities: Vec<(Mailbox, &str)> = me
        .identities
        .iter()
        .filter_map(|identity| {
            let mailbox = addresses(&identity.from).into_iter().find_map(|one| one.mailbox.ok())?;
            Some((mailbox, identity.from.as_str()))
        })
        .collect();
    let bare = |address: &Text| Mailbox::new("", address.as_untrusted()).ok();
    let from = good(&readable.from);
    let mut addressed: Vec<Mailbox> = from.iter().filter(|one| own.has(one)).cloned().collect();
    addressed.extend(good(&readable.to));
    addressed.extend(good(&readable.cc));
    addressed.extend(original.hints.delivered_to.iter().filter_map(bare));
    for mailbox in &addressed {
        if let Some((_, typed)) = identities.iter().find(|(identity, _)| identity.key() == mailbox.key()) {
            return (*typed).to_owned();
        }
    }
    let first = identities.first();
    // An address of mine that is no identity: under the usual name.
    if let Some(mailbox) = addressed.iter().find(|one| own.has(one))
        && let Ok(mailbox) = Mailbox::new(first.map_or("", |(identity, _)| identity.name()), &mailbox.address())
    {
        return mailbox.typed();
    }
    first.map_or_else(String::new, |(_, typed)| (*typed).to_owned())
}
