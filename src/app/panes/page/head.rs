//! What stands above the text: who and when, what to beware of, what machines say in it, its files, and what was blocked.
//! Everything in it is cut to a size that somebody may read; the words come from whoever draws.

use std::collections::BTreeSet;

use super::{Field, LABEL, PageLine};
use crate::app::web::unmistakable_host;
use crate::model::{
    Address, Attachment, Auth, Blocked, Card, CloudFile, Delivery, EventTime, Hop, Invitation, InvitationMethod,
    PartId, Readable, Timestamp, Verdict, Warning,
};
use crate::text::{SafeText, Text, clip, width, wrap};

const SHOWN_ADDRESSES: usize = 8;
/// Columns shown of fields that are broken into lines whenever they are in view.
const SUBJECT: usize = 4_000;
const NAME: usize = 200;
const ADDRESS: usize = 320;
/// Columns shown of anything else.
const FACT: usize = 300;
const SHOWN_ATTACHMENTS: usize = 5;
const SHOWN_CARDS: usize = 8;
const SHOWN_WARNINGS: usize = 6;
const SHOWN_HOSTS: usize = 5;
/// Columns shown of the name of a machine.
const HOST: usize = 80;

/// What to beware of; the facts of the line say whom or what it is about.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Caution {
    AsItCame,
    NameIsOtherAddress,
    LookAlike,
    LinkElsewhere,
    ReplyElsewhere,
    Hidden,
    TwoSenders,
    Forged,
    Disguised,
}

/// A time of an invitation.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum When {
    Unsaid,
    At(Timestamp),
    Day(i16, u8, u8),
    /// In words that are among the facts.
    Said,
}

/// A step on the way of a message.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Step {
    /// The first one has no other before it.
    pub number: usize,
    pub at: Option<Timestamp>,
    /// When the machine before had it, as far as one said.
    pub before: Option<Timestamp>,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Head {
    pub(super) field: Field,
    text: SafeText,
    facts: Vec<SafeText>,
}

impl Head {
    fn bare(field: Field) -> Self {
        Self { field, text: SafeText::default(), facts: Vec::new() }
    }

    fn text(field: Field, text: SafeText) -> Self {
        Self { field, text, facts: Vec::new() }
    }

    fn facts(field: Field, facts: Vec<SafeText>) -> Self {
        Self { field, text: SafeText::default(), facts }
    }

    pub(super) fn lines(&self, columns: usize) -> Vec<PageLine> {
        let room = columns.saturating_sub(LABEL).max(1);
        let line = |part: usize, parts: usize, text: &str| PageLine {
            first: part == 0,
            part,
            parts,
            facts: self.facts.clone(),
            ..PageLine::of(self.field, SafeText::of(text))
        };
        let broken = |room| {
            let pieces = wrap(self.text.as_str(), room);
            let parts = pieces.len();
            pieces.into_iter().enumerate().map(|(at, piece)| line(at, parts, piece)).collect()
        };
        match self.field {
            Field::Subject => broken(columns),
            Field::From
            | Field::To
            | Field::Cc
            | Field::ReplyTo
            | Field::Invitation(_)
            | Field::Place
            | Field::Organizer
            | Field::Attendees => broken(room),
            Field::Badge(_) => {
                // Beside the last line of the sender, if there is room; it knows what stands there.
                let last = wrap(self.text.as_str(), room).last().copied().unwrap_or_default().to_owned();
                vec![line(0, 1, &last)]
            }
            Field::Hop(_) => vec![line(0, 1, "")],
            field => {
                let facts: usize = self.facts.iter().map(|fact| width(fact.as_str())).sum();
                // Lines that are broken at words do not fill their room.
                let filled = (room - room / 6).max(8);
                let parts = (1 + (facts + words_of(field)).saturating_sub(1) / filled).min(MOST_PARTS);
                (0..parts).map(|part| line(part, parts, "")).collect()
            }
        }
    }
}

const MOST_PARTS: usize = 8;

/// About how many columns the words of a sentence take beside its facts, in the longer of the languages. What is kept free
/// and not needed is left out by whoever draws.
fn words_of(field: Field) -> usize {
    match field {
        Field::Warning(_) | Field::DeliveryRemedy(_) => 100,
        Field::Delivery { .. } => 36,
        Field::When { .. } => 48,
        Field::Repeats | Field::Cloud => 16,
        Field::Nested(_) => 28,
        Field::Attachment { .. } => 12,
        Field::Blocked { .. } | Field::Receipt => 76,
        Field::Answering => 50,
        Field::Subject
        | Field::From
        | Field::Badge(_)
        | Field::To
        | Field::Cc
        | Field::ReplyTo
        | Field::Date(_)
        | Field::OnlyHere
        | Field::Invitation(_)
        | Field::Place
        | Field::Organizer
        | Field::Attendees
        | Field::MoreCards(_)
        | Field::MoreAttachments(_)
        | Field::Rule
        | Field::Text { .. }
        | Field::Part(_)
        | Field::Fold { .. }
        | Field::Table
        | Field::Header
        // A line each: what does not fit of the names is cut.
        | Field::Hop(_)
        | Field::NoText
        | Field::Cut
        | Field::TooDeep => 0,
    }
}

pub(super) fn head(readable: &Readable, only_here: bool) -> Vec<Head> {
    let mut head = vec![Head::text(Field::Subject, clipped(&readable.subject, SUBJECT))];
    let mut people = |field, who: &[Address]| {
        if !who.is_empty() {
            head.push(Head::text(field, addresses(who)));
        }
    };
    people(Field::From, &readable.from);
    if let Some(badge) = badge(readable) {
        people(Field::Badge(badge), &readable.from);
    }
    people(Field::To, &readable.to);
    people(Field::Cc, &readable.cc);
    if !same_addresses(&readable.reply_to, &readable.from) {
        people(Field::ReplyTo, &readable.reply_to);
    }
    if let Some(date) = readable.date {
        head.push(Head::bare(Field::Date(date)));
    }
    if only_here {
        head.push(Head::bare(Field::OnlyHere));
    }
    head.extend(readable.warnings.iter().take(SHOWN_WARNINGS).map(warning));
    for card in readable.cards.iter().take(SHOWN_CARDS) {
        push_card(card, &mut head);
    }
    if let Some(more) = readable.cards.len().checked_sub(SHOWN_CARDS).filter(|more| *more > 0) {
        head.push(Head::bare(Field::MoreCards(more)));
    }
    // A message inside this one has a line already, which says more than the name of a file.
    let told: BTreeSet<PartId> = readable.cards.iter().take(SHOWN_CARDS).filter_map(told_part).collect();
    let is_listed = |part: &&Attachment| !part.inline && !told.contains(&part.part);
    let listed: Vec<&Attachment> = readable.attachments.iter().filter(is_listed).collect();
    for part in listed.iter().take(SHOWN_ATTACHMENTS) {
        let mut facts = vec![clipped(&part.name, FACT)];
        facts.extend(part.truly.map(SafeText::of));
        head.push(Head::facts(Field::Attachment { size: part.size }, facts));
    }
    if let Some(more) = listed.len().checked_sub(SHOWN_ATTACHMENTS).filter(|more| *more > 0) {
        head.push(Head::bare(Field::MoreAttachments(more)));
    }
    push_blocked(&readable.blocked, &mut head);
    head.push(Head::bare(Field::Rule));
    head
}

/// The way that a message came, step by step.
pub(super) fn route(hops: &[Hop]) -> Vec<Head> {
    let mut before = None;
    let mut head = Vec::new();
    for (number, hop) in hops.iter().enumerate() {
        let step = Step { number: number + 1, at: hop.at, before };
        head.push(Head::facts(Field::Hop(step), [&hop.from, &hop.by].map(|host| clipped(host, HOST)).to_vec()));
        before = hop.at.or(before);
    }
    if !head.is_empty() {
        head.push(Head::bare(Field::Rule));
    }
    head
}

fn told_part(card: &Card) -> Option<PartId> {
    match card {
        Card::Message { part, .. } => Some(*part),
        Card::Delivery(_) | Card::Invitation(_) | Card::Cloud(_) => None,
    }
}

/// What the own provider found out. To pass without DMARC says nothing about the address that is shown.
pub(crate) fn badge(readable: &Readable) -> Option<bool> {
    if readable.warnings.contains(&Warning::Forged) {
        return Some(false);
    }
    let auth: &Auth = readable.auth.as_ref()?;
    match auth.dmarc {
        // Anybody could have written it into a file.
        Verdict::Pass => (!auth.unproven).then_some(true),
        Verdict::Fail => Some(false),
        Verdict::Unsaid | Verdict::Unclear => {
            let failed = auth.spf == Verdict::Fail && auth.dkim != Verdict::Pass;
            failed.then_some(false)
        }
    }
}

fn warning(warning: &Warning) -> Head {
    let fact = |text: &Text| clipped(text, FACT);
    let (caution, facts) = match warning {
        Warning::AsItCame => (Caution::AsItCame, Vec::new()),
        Warning::NameIsOtherAddress { name, address } => (Caution::NameIsOtherAddress, vec![fact(name), fact(address)]),
        Warning::LookAlike { domain, like } => (Caution::LookAlike, vec![unmistakable(domain), fact(like)]),
        Warning::LinkElsewhere { shown, leads } => (Caution::LinkElsewhere, vec![fact(shown), unmistakable(leads)]),
        Warning::ReplyElsewhere { domain } => (Caution::ReplyElsewhere, vec![unmistakable(domain)]),
        Warning::Hidden { field } => (Caution::Hidden, vec![SafeText::of(field)]),
        Warning::TwoSenders => (Caution::TwoSenders, Vec::new()),
        Warning::Forged => (Caution::Forged, Vec::new()),
        Warning::Disguised { name } => (Caution::Disguised, vec![fact(name)]),
    };
    Head::facts(Field::Warning(caution), facts)
}

/// A domain in letters that cannot be taken for others.
fn unmistakable(domain: &Text) -> SafeText {
    match unmistakable_host(domain.as_untrusted()) {
        Some(host) => SafeText::of(&clip(&host, FACT)),
        None => clipped(domain, FACT),
    }
}

fn push_card(card: &Card, head: &mut Vec<Head>) {
    match card {
        Card::Delivery(Delivery { recipient, action, status, reason, said, by: _ }) => {
            let facts = [recipient, status, said].map(|text| clipped(text, FACT)).to_vec();
            head.push(Head::facts(Field::Delivery { action: *action, reason: *reason }, facts));
            if matches!(action, crate::model::DeliveryAction::Failed | crate::model::DeliveryAction::Delayed) {
                head.push(Head::bare(Field::DeliveryRemedy(*reason)));
            }
        }
        Card::Invitation(invitation) => push_invitation(invitation, head),
        Card::Cloud(CloudFile { keeper, name, size, until, url: _ }) => {
            let mut facts = [name, size, until].map(|text| clipped(text, FACT)).to_vec();
            facts.push(SafeText::of(keeper));
            head.push(Head::facts(Field::Cloud, facts));
        }
        Card::Message { part: _, subject, from, date } => {
            let from = from.as_ref().map(|from| addresses(std::slice::from_ref(from))).unwrap_or_default();
            head.push(Head::facts(Field::Nested(*date), vec![clipped(subject, FACT), from]));
        }
    }
}

fn push_invitation(invitation: &Invitation, head: &mut Vec<Head>) {
    let Invitation { method, summary, location, organizer, attendees, begins, ends, repeats, uid: _ } = invitation;
    head.push(Head::text(Field::Invitation(*method), clipped(summary, FACT)));
    if begins.is_some() || ends.is_some() {
        let when = |time: &Option<EventTime>| match time {
            None => (When::Unsaid, SafeText::default()),
            Some(EventTime::At(at)) => (When::At(*at), SafeText::default()),
            Some(EventTime::Day(year, month, day)) => (When::Day(*year, *month, *day), SafeText::default()),
            Some(EventTime::Local(text)) => (When::Said, clipped(text, 60)),
        };
        let ((begins, said), (ends, said_too)) = (when(begins), when(ends));
        head.push(Head::facts(Field::When { begins, ends }, vec![said, said_too]));
    }
    let mut push = |field, text: SafeText| {
        if !text.as_str().trim().is_empty() {
            head.push(Head::text(field, text));
        }
    };
    push(Field::Place, clipped(location, FACT));
    push(Field::Organizer, organizer.as_ref().map(|one| addresses(std::slice::from_ref(one))).unwrap_or_default());
    push(Field::Attendees, addresses(attendees));
    if !repeats.is_empty() {
        head.push(Head::facts(Field::Repeats, vec![clipped(repeats, FACT)]));
    }
    if *method == InvitationMethod::Request && organizer.is_some() {
        head.push(Head::bare(Field::Answering));
    }
}

fn push_blocked(blocked: &Blocked, head: &mut Vec<Head>) {
    let Blocked { pictures, trackers, others, hosts, receipt } = blocked;
    if *pictures > 0 || *trackers > 0 || *others > 0 {
        let mut named: Vec<String> =
            hosts.iter().take(SHOWN_HOSTS).map(|host| clipped(host, 60).into_string()).collect();
        if let Some(more) = hosts.len().checked_sub(SHOWN_HOSTS).filter(|more| *more > 0) {
            named.push(format!("+{more}"));
        }
        let field =
            Field::Blocked { pictures: pictures.saturating_add(*trackers), trackers: *trackers, others: *others };
        head.push(Head::facts(field, vec![SafeText::of(&named.join(", "))]));
    }
    if *receipt {
        head.push(Head::bare(Field::Receipt));
    }
}

fn same_addresses(a: &[Address], b: &[Address]) -> bool {
    a.iter().map(|who| who.address.as_untrusted()).eq(b.iter().map(|who| who.address.as_untrusted()))
}

/// What is cut says so by its `…`.
pub(super) fn clipped(text: &Text, columns: usize) -> SafeText {
    SafeText::of(&clip(SafeText::new(text).as_str(), columns))
}

/// Names with their true addresses: a name alone may claim to be anybody.
fn addresses(who: &[Address]) -> SafeText {
    let mut written = Vec::new();
    for one in who.iter().take(SHOWN_ADDRESSES) {
        let (name, address) = (clipped(&one.name, NAME), clipped(&one.address, ADDRESS));
        if name.as_str().trim().is_empty() || name == address {
            written.push(address.into_string());
        } else {
            written.push(format!("{} <{}>", name.as_str().trim(), address.as_str()));
        }
    }
    if let Some(more) = who.len().checked_sub(SHOWN_ADDRESSES).filter(|more| *more > 0) {
        written.push(format!("+{more}"));
    }
    SafeText::of(&written.join(", "))
}
