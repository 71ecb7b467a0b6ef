//! What is told of the selected folder without being asked for, and what it means.

use super::said::{Code, Fetched, Said, State};
use crate::model::Flags;

/// No folder has more; a number beyond it is somebody's joke, and not worth the memory.
const MOST_MESSAGES: usize = 5_000_000;

/// More news than this is not written down one by one: everything is compared instead.
const MOST_NEWS: usize = 100_000;

/// What the server told without being asked, since it was last looked at.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct News {
    /// Numbers that are gone.
    pub expunged: Vec<u32>,
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
    /// Everything is being listed: what is said of flags is the list, and no news.
    pub(super) listing: bool,
    pub(super) news: News,
}

impl Selected {
    pub(super) fn hear(&mut self, said: &Said) {
        match said {
            Said::Exists(number) => self.exists(usize::try_from(*number).unwrap_or(usize::MAX)),
            Said::Expunge(number) => self.expunge(usize::try_from(*number).unwrap_or(0).wrapping_sub(1)),
            Said::Fetch(told) => self.fetched(told),
            // Nobody asked to be told so.
            Said::Vanished { earlier: false, .. } => self.news.unsure = true,
            Said::State(State { code: Some(Code::UidValidity(number)), .. }) => self.uidvalidity = *number,
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
        if at < self.uids.len() && self.news.expunged.len() < MOST_NEWS {
            match self.uids.remove(at) {
                0 => self.news.unsure = true,
                uid => self.news.expunged.push(uid),
            }
        } else {
            self.news.unsure = true;
        }
    }

    fn fetched(&mut self, told: &Fetched) {
        let Some(place) =
            usize::try_from(told.seq).ok().and_then(|n| n.checked_sub(1)).and_then(|at| self.uids.get_mut(at))
        else {
            return;
        };
        if let Some(uid) = told.uid {
            *place = uid;
        }
        match told.flags {
            _ if self.listing => {}
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
        let (wire, news) = (b"INBOX".to_vec(), News::default());
        Selected { wire, read_only: false, uidvalidity: 1, uids: uids.to_vec(), counted: true, listing: false, news }
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
    fn i07_counts_that_cannot_be_are_not_believed() {
        let mut folder = selected(&[10]);
        hear(&mut folder, "* 4294967295 EXISTS\r\n* 0 EXPUNGE\r\n* 9 EXPUNGE\r\n* 0 FETCH (FLAGS ())\r\n");
        assert_eq!(folder.uids, [10]);
        assert!(folder.news.unsure);
    }
}
