//! What is told of the selected folder without being asked for, and what it means.

use std::ops::RangeInclusive;

use crate::sync::ranges::Ranges;

use super::said::{Code, Fetched, Said, State};
use crate::model::Flags;

/// No folder has more; a number beyond it is somebody's joke, and not worth the memory.
const MOST_MESSAGES: usize = 5_000_000;

/// More news than this is not written down one by one: everything is compared instead.
const MOST_NEWS: usize = 100_000;

/// And so it is with messages that leave one by one.
const MOST_EXPUNGES: usize = 10_000;

/// What the server told without being asked, since it was last looked at.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct News {
    /// Numbers that are gone.
    pub expunged: Vec<u32>,
    /// Ranges of numbers of which none is there any more.
    pub vanished: Vec<RangeInclusive<u32>>,
    pub flags: Vec<(u32, Flags)>,
    /// There are messages that we have not seen.
    pub arrived: bool,
    /// Something changed and we cannot tell what: everything has to be compared.
    pub unsure: bool,
}

impl News {
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// The folder that is selected.
#[derive(Debug)]
pub(super) struct Selected {
    pub(super) wire: Vec<u8>,
    pub(super) read_only: bool,
    pub(super) uidvalidity: u32,
    /// The uid of each message by its sequence number minus one; 0 where it is not known.
    pub(super) uids: Vec<u32>,
    /// The server said how many there are.
    pub(super) counted: bool,
    /// Flags are being listed from this place on: what is said of them there is the list, and no news.
    pub(super) listing: Option<u32>,
    /// The server's count of changes; 0 if it does not count.
    pub(super) modseq: u64,
    /// Which of the flags that we know are in use here at all.
    pub(super) in_use: Flags,
    /// Messages that left one by one since it was opened.
    expunges: usize,
    pub(super) news: News,
}

impl Selected {
    pub(super) fn new(wire: &[u8], read_only: bool) -> Self {
        Self {
            wire: wire.to_vec(),
            read_only,
            uidvalidity: 0,
            uids: Vec::new(),
            counted: false,
            listing: None,
            modseq: 0,
            in_use: Flags::NONE,
            expunges: 0,
            news: News::default(),
        }
    }

    pub(super) fn hear(&mut self, said: &Said) {
        match said {
            Said::Exists(number) => self.exists(usize::try_from(*number).unwrap_or(usize::MAX)),
            Said::Expunge(number) => self.expunge(usize::try_from(*number).unwrap_or(0).wrapping_sub(1)),
            Said::Fetch(told) => self.fetched(told),
            Said::Vanished { earlier, uids } => self.vanished(*earlier, uids),
            Said::Flags(flags) => self.in_use = self.in_use.with(*flags),
            // What was said before is about the folder that was open until now.
            Said::State(State { code: Some(Code::Closed), .. }) => *self = Self::new(&self.wire, self.read_only),
            Said::State(State { code: Some(Code::UidValidity(number)), .. }) => self.uidvalidity = *number,
            Said::State(State { code: Some(Code::HighestModSeq(number)), .. }) => self.modseq = *number,
            _ => {}
        }
    }

    fn exists(&mut self, number: usize) {
        self.counted = true;
        match number.cmp(&self.uids.len()) {
            // A server may only take messages away by EXPUNGE. One that does otherwise is compared as a whole.
            std::cmp::Ordering::Less => {
                self.uids.truncate(number);
                self.news.unsure = true;
            }
            std::cmp::Ordering::Equal => {}
            std::cmp::Ordering::Greater => {
                self.news.arrived = true;
                // A number that no mailbox has is not believed; the next enumeration tells the truth.
                if number <= MOST_MESSAGES {
                    self.uids.resize(number, 0);
                } else {
                    self.news.unsure = true;
                }
            }
        }
    }

    fn expunge(&mut self, at: usize) {
        self.expunges = self.expunges.saturating_add(1);
        if at >= self.uids.len() {
            self.news.unsure = true;
        } else if self.expunges > MOST_EXPUNGES {
            // Moving everybody up once more is not worth it: one is fewer, and who it was is asked.
            self.uids.pop();
            self.news.unsure = true;
        } else {
            match self.uids.remove(at) {
                0 => self.news.unsure = true,
                uid => self.news.expunged.push(uid),
            }
        }
    }

    fn vanished(&mut self, earlier: bool, ranges: &[RangeInclusive<u32>]) {
        if self.news.vanished.len() + ranges.len() > MOST_NEWS {
            self.news.unsure = true;
            return;
        }
        self.news.vanished.extend_from_slice(ranges);
        if earlier {
            return;
        }
        let (gone, before) = (Ranges::of(ranges), self.uids.len());
        self.uids.retain(|uid| !gone.hold(*uid));
        // Whoever has a place that we do not know may be among them.
        self.news.unsure |= u64::try_from(before - self.uids.len()).unwrap_or(0) != gone.count();
    }

    fn fetched(&mut self, told: &Fetched) {
        let Some(place) =
            usize::try_from(told.seq).ok().and_then(|n| n.checked_sub(1)).and_then(|at| self.uids.get_mut(at))
        else {
            return;
        };
        if let Some(uid) = told.uid {
            if *place != 0 && *place != uid {
                // Nobody changes places with another.
                self.news.unsure = true;
                return;
            }
            *place = uid;
        }
        match told.flags {
            _ if self.listing.is_some_and(|from| told.seq >= from) => {}
            Some(flags) if *place != 0 && self.news.flags.len() < MOST_NEWS => self.news.flags.push((*place, flags)),
            Some(_) => self.news.unsure = true,
            None => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sync::imap::said::heard;

    fn selected(uids: &[u32]) -> Selected {
        Selected { uids: uids.to_vec(), counted: true, ..Selected::new(b"INBOX", false) }
    }

    fn hear(selected: &mut Selected, lines: &str) {
        for said in heard(lines.as_bytes()) {
            selected.hear(&said);
        }
    }

    #[test]
    fn expunges_are_told_by_sequence_number_and_known_by_uid() {
        let mut folder = selected(&[10, 20, 30, 40]);
        hear(&mut folder, "* 2 EXPUNGE\r\n* 2 EXPUNGE\r\n* 3 EXISTS\r\n");
        assert_eq!(folder.news.expunged, [20, 30]);
        assert!(folder.news.arrived);
        assert_eq!(folder.uids, [10, 40, 0]);
    }

    #[test]
    fn flags_come_with_and_without_a_uid() {
        let mut folder = selected(&[10, 0]);
        hear(&mut folder, "* 1 FETCH (FLAGS (\\Seen))\r\n* 2 FETCH (UID 20 FLAGS ())\r\n");
        assert_eq!(folder.news.flags, [(10, Flags::SEEN), (20, Flags::NONE)]);
    }

    #[test]
    fn numbers_vanish_with_and_without_their_places() {
        let mut folder = selected(&[10, 20, 30, 40]);
        hear(&mut folder, "* VANISHED (EARLIER) 1:9,15\r\n* VANISHED 20,40\r\n");
        assert_eq!(folder.uids, [10, 30]);
        assert_eq!(folder.news.vanished, [1..=9, 15..=15, 20..=20, 40..=40]);
        assert!(!folder.news.unsure);
        let mut unknown = selected(&[10, 0, 30]);
        hear(&mut unknown, "* VANISHED 20\r\n");
        assert!(unknown.news.unsure);
    }

    #[test]
    fn i08_a_message_with_two_numbers_or_none_is_not_believed() {
        let mut folder = selected(&[10, 20]);
        hear(&mut folder, "* 1 FETCH (UID 0 FLAGS (\\Deleted))\r\n");
        assert!(folder.news.is_empty());
        hear(&mut folder, "* 1 FETCH (UID 20 FLAGS (\\Deleted))\r\n");
        assert!(folder.news.unsure && folder.news.flags.is_empty());
        assert_eq!(folder.uids, [10, 20]);
    }

    #[test]
    fn i07_a_flood_of_leavers_is_not_followed_one_by_one() {
        let mut folder = selected(&vec![0; 200_000]);
        for _ in 0..150_000 {
            folder.hear(&Said::Expunge(1));
        }
        assert_eq!(folder.uids.len(), 50_000);
        assert!(folder.news.unsure);
    }

    #[test]
    fn what_is_said_before_the_old_folder_is_closed_is_about_it() {
        let mut folder = selected(&[]);
        hear(&mut folder, "* VANISHED 7\r\n* 5 EXISTS\r\n* OK [CLOSED] Previous mailbox closed.\r\n* 2 EXISTS\r\n");
        assert_eq!((folder.uids.len(), folder.news.vanished.len()), (2, 0));
    }

    #[test]
    fn i07_counts_that_cannot_be_are_not_believed() {
        let mut folder = selected(&[10]);
        hear(&mut folder, "* 4294967295 EXISTS\r\n* 0 EXPUNGE\r\n* 9 EXPUNGE\r\n* 0 FETCH (FLAGS ())\r\n");
        assert_eq!(folder.uids, [10]);
        assert!(folder.news.unsure);
    }
}
