//! Short questions about a large folder.

use std::collections::HashSet;
use std::fmt::Write as _;

use super::command::Command;
use super::opening::{IDENTITY, spot};
use super::said::{Said, Verdict};
use super::session::Session;
use super::set::sets;
use crate::model::{Failure, Flags, Quirk};
use crate::store::Spot;
use crate::sync::{Marked, Survey};

/// Numbers that come in one line.
const WINDOW: u32 = 50_000;
/// Places asked for with one command: as many as a line holds.
const PLACES: usize = 120;

impl Session {
    fn count(&self) -> u32 {
        self.selected.as_ref().map_or(0, |selected| u32::try_from(selected.uids.len()).unwrap_or(u32::MAX))
    }

    /// More is not listened to.
    pub(super) fn most(&self) -> usize {
        usize::try_from(self.count()).unwrap_or(0) + SLACK
    }

    /// What is said of flags from this place on is an answer, and no news.
    fn listing(&mut self, from: Option<u32>) {
        if let Some(selected) = &mut self.selected {
            selected.listing = from;
        }
    }

    /// Every number, ascending.
    pub(super) async fn every_uid(&mut self) -> Result<Option<Vec<u32>>, Failure> {
        let most = self.most();
        if self.count() == 0 {
            return Ok(Some(Vec::new()));
        }
        let all = if self.abilities.esearch { "UID SEARCH RETURN (ALL)" } else { "UID SEARCH" };
        let commands: Vec<Command> = self
            .windows(WINDOW)
            .map(|window| Command::from(format!("{all} {}", window.unwrap_or("ALL".into()))))
            .collect();
        let mut uids = Vec::new();
        let states = self
            .flight(&commands, |_, said| {
                if let Said::Search { numbers, .. } = said {
                    add(&mut uids, numbers, most);
                }
            })
            .await?;
        if states.iter().any(|state| state.verdict != Verdict::Ok) {
            return Ok(None);
        }
        uids.retain(|uid| *uid != 0);
        uids.sort_unstable();
        uids.dedup();
        Ok(Some(uids))
    }

    /// The places of the folder in parts whose numbers fit in a line each; `None` stands for all of them.
    fn windows(&self, size: u32) -> impl Iterator<Item = Option<String>> + use<> {
        let last = self.count();
        let parts = last.div_ceil(size).max(1);
        (0..parts).map(move |part| {
            let first = part.saturating_mul(size).saturating_add(1);
            (parts > 1).then(|| format!("{first}:{}", last.min(part.saturating_add(1).saturating_mul(size))))
        })
    }

    pub(super) async fn uids_above(&mut self, uid: u32) -> Result<Vec<u32>, Failure> {
        let most = self.most();
        let Some(from) = uid.checked_add(1) else { return Ok(Vec::new()) };
        let mut found = Vec::new();
        let state = self
            .run(format!("UID SEARCH UID {from}:*"), |said| {
                if let Said::Search { numbers, .. } = said {
                    add(&mut found, numbers, most);
                }
            })
            .await?;
        // Some servers search for nothing; that is no reason to give up the line.
        if state.verdict != Verdict::Ok {
            return Ok(Vec::new());
        }
        // `n:*` always names the last message, even if its number is smaller.
        found.retain(|found| *found > uid);
        Ok(found)
    }

    pub(super) async fn uids_at(&mut self, places: &[u32]) -> Result<Vec<(u32, u32)>, Failure> {
        let most = self.most();
        let commands: Vec<Command> =
            sets(places, PLACES).into_iter().map(|set| Command::from(format!("FETCH {} (UID)", set.text))).collect();
        let mut found = Vec::with_capacity(places.len());
        let states = self
            .flight(&commands, |_, said| {
                if let Said::Fetch(told) = said
                    && let Some(uid) = told.uid
                    && found.len() < most
                {
                    found.push((told.seq, uid));
                }
            })
            .await?;
        // A refusal leaves places without an answer, which is noticed.
        drop(states);
        Ok(found)
    }

    pub(super) async fn spots_and_ends(&mut self, uids: &[u32]) -> Result<Vec<Spot>, Failure> {
        let last = self.count();
        if last == 0 {
            return Ok(Vec::new());
        }
        let mut commands = vec![Command::from(format!("FETCH 1,{last} {IDENTITY}"))];
        let by_number = sets(uids, PLACES).into_iter();
        commands.extend(by_number.map(|set| Command::from(format!("UID FETCH {} {IDENTITY}", set.text))));
        let mut found = Vec::new();
        // A refusal tells nothing, as silence does.
        self.flight(&commands, |_, said| {
            if let Said::Fetch(told) = said
                && let Some(spot) = spot(told)
                && (told.seq == 1 || told.seq == last || uids.contains(&spot.uid))
            {
                found.push(spot);
            }
        })
        .await?;
        found.sort_unstable_by_key(|spot| spot.uid);
        found.dedup_by_key(|spot| spot.uid);
        Ok(found)
    }

    pub(super) async fn flags_since(&mut self, modseq: u64) -> Result<Option<Vec<(u32, Flags)>>, Failure> {
        let most = self.most();
        if self.quirks.has(Quirk::NoChanges) || !self.abilities.condstore {
            return Ok(None);
        }
        self.listing(Some(0));
        let mut found = Vec::new();
        let command = format!("UID FETCH 1:* (UID FLAGS) (CHANGEDSINCE {modseq})");
        let state = self
            .run(command, |said| {
                if let Said::Fetch(told) = said
                    && let (Some(uid), Some(flags)) = (told.uid, told.flags)
                    && found.len() < most
                {
                    found.push((uid, flags));
                }
            })
            .await?;
        self.listing(None);
        if state.verdict == Verdict::Ok {
            return Ok(Some(found));
        }
        self.learn(Quirk::NoChanges, "CHANGEDSINCE was refused");
        Ok(None)
    }

    /// The flags of the newest messages, and lists of those that have a flag or have it not, in one go.
    pub(super) async fn look_over(&mut self, newest: usize, lists: &[(Flags, bool)]) -> Result<Survey, Failure> {
        let most = self.most();
        let last = self.count();
        if last == 0 {
            return Ok(Survey { newest: Vec::new(), lists: Some(Vec::new()) });
        }
        let first = (last + 1).saturating_sub(u32::try_from(newest).unwrap_or(u32::MAX)).max(1);
        let in_use = self.selected.as_ref().map_or(Flags::NONE, |selected| selected.in_use);
        // A word that nobody uses here need not be searched for, and some servers take any search for one that fits all.
        let asked: Vec<(Flags, bool)> = lists
            .iter()
            .copied()
            .filter(|(flag, _)| KEYWORDS.iter().all(|word| word != flag) || in_use.contains(*flag))
            .collect();
        let mut commands = vec![Command::from(format!("FETCH {first}:{last} (UID FLAGS)"))];
        // Which list each command behind the first is for.
        let mut list_of = Vec::new();
        for (list, (flag, set)) in asked.iter().enumerate() {
            for window in self.windows(2 * WINDOW) {
                commands.push(Command::from(self.search_for(window.as_deref(), *flag, *set)));
                list_of.push(list);
            }
        }
        self.listing(Some(first));
        let mut close = Vec::new();
        // What came of each search, and while which command was waited for.
        let mut searched: Vec<(usize, Vec<u32>)> = Vec::new();
        let states = self
            .flight(&commands, |n, said| match said {
                Said::Fetch(told) if told.seq >= first => {
                    if let (Some(uid), Some(flags)) = (told.uid, told.flags)
                        && close.len() < most
                    {
                        close.push((uid, flags));
                    }
                }
                Said::Search { numbers, .. } if searched.len() < MOST_ANSWERS => {
                    let mut places = Vec::new();
                    add(&mut places, numbers, most);
                    searched.push((n, places));
                }
                _ => {}
            })
            .await?;
        self.listing(None);
        let all_well = states.iter().all(|state| state.verdict == Verdict::Ok);
        let answered = answers_in_order(searched, list_of.len()).filter(|_| all_well);
        let lists = answered.map(|answers| {
            let mut found: Vec<Marked> =
                asked.iter().map(|(flag, set)| Marked { flag: *flag, set: *set, places: Vec::new() }).collect();
            for (places, list) in answers.into_iter().zip(list_of) {
                if let Some(list) = found.get_mut(list) {
                    list.places.extend(places);
                }
            }
            found
        });
        // Of a message that was told of twice the last word counts.
        close.reverse();
        close.sort_by_key(|(uid, _)| *uid);
        close.dedup_by_key(|(uid, _)| *uid);
        Ok(Survey { newest: close, lists })
    }

    fn search_for(&self, window: Option<&str>, flag: Flags, set: bool) -> String {
        let mut command = String::from(if self.abilities.esearch { "SEARCH RETURN (ALL) " } else { "SEARCH " });
        if let Some(window) = window {
            let _ = write!(command, "{window} ");
        }
        for name in flag.imap_names() {
            let _ = match (name.strip_prefix('\\'), set) {
                (Some(system), true) => write!(command, "{}", system.to_ascii_uppercase()),
                (Some(system), false) => write!(command, "UN{}", system.to_ascii_uppercase()),
                (None, true) => write!(command, "KEYWORD {name}"),
                (None, false) => write!(command, "UNKEYWORD {name}"),
            };
        }
        command
    }
}

/// More answers than this were not asked for.
const MOST_ANSWERS: usize = 1_000;

/// The answers to the commands `1..=asked`, each beside the command that was waited for when it came. `None` if they cannot
/// be told apart: a server that works at several questions at once may say everything before the end of the first, and one
/// that says nothing at all has not said that there is nothing.
fn answers_in_order(mut said: Vec<(usize, Vec<u32>)>, asked: usize) -> Option<Vec<Vec<u32>>> {
    if said.len() != asked {
        return None;
    }
    // Where they did not come each in its turn, they came at least in their order.
    if said.iter().map(|(n, _)| *n).collect::<HashSet<usize>>().len() == asked && said.iter().all(|(n, _)| *n > 0) {
        said.sort_by_key(|(n, _)| *n);
    }
    Some(said.into_iter().map(|(_, numbers)| numbers).collect())
}

/// What a folder cannot hold need not be held here: a list that is too long does not add up, and is not believed.
const SLACK: usize = 10_000;

fn add(list: &mut Vec<u32>, numbers: &[u32], most: usize) {
    let room = most.saturating_sub(list.len());
    list.extend(numbers.iter().take(room));
}

/// Flags that are words and not part of the protocol.
const KEYWORDS: [Flags; 3] = [Flags::FORWARDED, Flags::JUNK, Flags::NOT_JUNK];
