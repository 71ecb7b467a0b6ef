//! The mail of somebody who does not exist: family and work, bills and parcels, a walking club, a bookshop, a mailing
//! list, and a few messages that are up to no good.
//!
//! Letters that were [`written`] and messages that have to stand as they are ([`odd`]) come first, with the [`series`]
//! of things that come every week or month; a [`mill`] makes as many older ones as are asked for.

mod files;
mod letter;
mod mill;
mod odd;
mod people;
mod series;
mod talk;
mod written;

use std::sync::Arc;

pub(super) use self::mill::Mill;

use self::letter::{Letter, Person};
use self::series::{KINDS, Occasion};
use super::Options;
use super::content::Content;
use super::imap::World;
use super::random::Dice;
use crate::model::Timestamp;

// What the folders hold, as `Place::holds` says it; their names are the server's.
const INBOX: &str = "inbox";
const DRAFTS: &str = "drafts";
const SENT: &str = "sent";
const TRASH: &str = "trash";
const JUNK: &str = "junk";
const ARCHIVE: &str = "archive";
const PROJECTS: &str = "project";
const NEWSLETTERS: &str = "news";

/// The folder by the word that the letters use.
fn folder_of(word: &str) -> &'static str {
    let known = [DRAFTS, SENT, TRASH, JUNK, ARCHIVE, PROJECTS, NEWSLETTERS];
    known.into_iter().find(|known| *known == word).unwrap_or(INBOX)
}

/// A message before it lies in its folder.
struct Planned {
    folder: &'static str,
    flags: Vec<&'static str>,
    arrived: Timestamp,
    bytes: Vec<u8>,
}

/// Makes the folders and fills them.
pub(super) fn fill(world: &mut World, options: &Options) {
    let personality = options.personality;
    for place in personality.folders {
        world.add_folder(place.name, place.role);
    }
    if options.messages == 0 {
        return;
    }
    let me = Person::new("江雁", &options.address);
    let mut written = base(&me, options.now, options.seed);
    let more = options.messages.saturating_sub(written.len());
    if more > 0 {
        let before = written.iter().filter(|p| p.folder == INBOX).map(|p| p.arrived).min().unwrap_or(options.now);
        let count = u32::try_from(more).unwrap_or(u32::MAX);
        let mill = Arc::new(Mill::new(options.seed, me, before, count));
        for index in 0..count {
            let content = Content::Milled { mill: Arc::clone(&mill), index };
            world.put(personality.folder(INBOX), content, mill.flags(index), mill.when(index));
        }
    }
    // The newest are kept if there is no room for all; they are put in the order of their arrival.
    written.sort_by_key(|p| std::cmp::Reverse(p.arrived));
    written.truncate(options.messages);
    for planned in written.into_iter().rev() {
        let folder = personality.folder(planned.folder);
        world.put(folder, Content::Kept(planned.bytes.into()), planned.flags, planned.arrived);
    }
}

fn base(me: &Person, now: Timestamp, seed: u64) -> Vec<Planned> {
    let mut all: Vec<Planned> = Vec::new();
    let plan = |letter: Letter| {
        let mut flags = letter.flags.clone();
        if letter.folder == DRAFTS {
            flags.push("\\Draft");
        }
        Planned { folder: letter.folder, flags, arrived: letter.sent, bytes: letter.bytes() }
    };
    all.extend(written::letters(me, now).into_iter().map(plan));
    all.extend(odd::messages(&me.address, now).into_iter().map(|(folder, arrived, read, bytes)| Planned {
        folder,
        flags: if read { vec!["\\Seen"] } else { Vec::new() },
        arrived,
        bytes,
    }));
    for (kind, (template, count, hours)) in (0_u64..).zip(KINDS) {
        let mut dice = Dice::new(seed, 1000 + kind);
        let first = dice.below(hours * 3600);
        for number in 0..count {
            let ago = first + number * hours * 3600 + dice.below(hours * 1200);
            let sent = daytime(Timestamp(now.0 - i64::try_from(ago).unwrap_or(0)));
            let mut letter = template(&mut Occasion { me, sent, dice: &mut dice, number });
            // What came in the last two days has hardly been looked at.
            if ago > 60 * 3600 || dice.chance(25) {
                letter.flags.push("\\Seen");
            }
            all.push(plan(letter));
        }
    }
    all
}

/// What would have come in the small hours comes the afternoon or the evening before.
fn daytime(at: Timestamp) -> Timestamp {
    let local = jiff::Timestamp::from_second(at.0).unwrap_or_default().to_zoned(super::imap::zone());
    if local.hour() < 7 { Timestamp(at.0 - 8 * 3600) } else { at }
}

/// Brings the next new message into INBOX.
pub(super) fn arrival(world: &mut World, number: u64) {
    let me = Person::new("江雁", world.address());
    let sent = world.now();
    let mut dice = Dice::new(77, number);
    let (template, ..) = dice.choose(&KINDS).unwrap_or(KINDS[0]);
    let mut letter = template(&mut Occasion { me: &me, sent, dice: &mut dice, number: 5000 + number });
    letter.folder = INBOX;
    let folder = world.personality.folder(INBOX);
    world.put(folder, Content::Kept(letter.bytes().into()), [], sent);
}

#[cfg(test)]
mod tests;
