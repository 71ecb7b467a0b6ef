//! The mail before the written mail: as much as is asked for, made from its number when somebody reads it.

use super::super::random::Dice;
use super::letter::{Coding, Letter, Person};
use super::people::person;
use super::series::{KINDS, Occasion};
use super::{INBOX, talk};
use crate::model::Timestamp;

/// Messages in a row that may be one conversation.
const RUN: u64 = 5;

/// Makes message `index` of `count`; 0 is the oldest.
#[derive(Debug)]
pub(in crate::demo) struct Mill {
    seed: u64,
    me: Person,
    /// All messages are older than this.
    before: Timestamp,
    /// Seconds from one to the next.
    step: u64,
    count: u32,
}

impl Mill {
    pub(super) fn new(seed: u64, me: Person, before: Timestamp, count: u32) -> Self {
        // Two hours apart, and never more than fifteen years in all.
        let fifteen_years = 15 * 365 * 86400;
        let step = (fifteen_years / u64::from(count.max(1))).clamp(60, 7200);
        Self { seed, me, before, step, count }
    }

    /// When it came. Later for every larger index.
    pub(super) fn when(&self, index: u32) -> Timestamp {
        let from_end = u64::from(self.count.saturating_sub(index));
        let jitter = Dice::new(self.seed, u64::from(index) << 20).below(self.step);
        let ago = i64::try_from(from_end * self.step + self.step - jitter).unwrap_or(0);
        Timestamp(self.before.0 - ago)
    }

    pub(super) fn flags(&self, index: u32) -> Vec<&'static str> {
        let mut dice = Dice::new(self.seed, u64::from(index) << 21);
        let mut flags = vec!["\\Seen"];
        if dice.chance(3) {
            flags.push("\\Flagged");
        }
        if dice.chance(9) {
            flags.push("\\Answered");
        }
        flags
    }

    pub(in crate::demo) fn make(&self, index: u32) -> Vec<u8> {
        self.letter(index).bytes()
    }

    fn letter(&self, index: u32) -> Letter {
        let run = u64::from(index) / RUN;
        let place = u64::from(index) % RUN;
        let mut about = Dice::new(self.seed, run << 22 | 1);
        let length = if about.chance(55) { about.between(2, RUN) } else { 0 };
        let mut dice = Dice::new(self.seed, u64::from(index) << 23 | 3);
        if place < length {
            return self.conversation(index, place, about, dice);
        }
        let (template, ..) = dice.choose(&KINDS).unwrap_or(KINDS[0]);
        let mut occasion = Occasion { me: &self.me, sent: self.when(index), dice: &mut dice, number: u64::from(index) };
        let mut letter = template(&mut occasion);
        letter.folder = INBOX;
        letter
    }

    fn conversation(&self, index: u32, place: u64, mut about: Dice, mut dice: Dice) -> Letter {
        let talk = talk::of(&mut about);
        let number = u32::try_from(place).unwrap_or(0);
        let answers: Vec<String> = (0..number).map(|n| self.id(index - number + n)).collect();
        let again = if talk.english { "Re: " } else { "回复：" };
        let subject = if place == 0 { talk.subject } else { format!("{again}{}", talk.subject) };
        let people: Vec<Person> = talk.people.iter().map(|p| person(p, &self.me)).collect();
        let from = people.get(usize::try_from(place).unwrap_or(0) % people.len().max(1)).cloned().unwrap_or_default();
        let mut to: Vec<Person> = people.into_iter().filter(|p| *p != from).collect();
        to.insert(0, self.me.clone());
        let text = if place == 0 { talk.opening } else { talk::answer(talk.english, &mut dice) };
        Letter {
            folder: INBOX,
            sent: self.when(index),
            zone: if talk.english { 1 } else { 8 },
            id: self.id(index),
            plain: Some(format!("{text}\n\n{}\n", from.shown())),
            from,
            to,
            subject,
            answers,
            coding: dice.choose(&[Coding::Base64, Coding::Quoted, Coding::Eight]).unwrap_or_default(),
            ..Letter::default()
        }
    }

    fn id(&self, index: u32) -> String {
        format!("{:x}.{index}@post.example", Dice::new(self.seed, u64::from(index) << 24 | 5).next())
    }
}
