//! SELECT, and everything that can be asked in the same breath.

use super::command::Command;
use super::fetch::ROW;
use super::news::{News, Selected};
use super::said::{Fetched, Said, State, Verdict};
use super::session::{Ahead, Session};
use super::utf7;
use crate::model::{Failure, FailureKind, FolderName, Quirk};
use crate::store::{Spot, Standing};
use crate::sync::Opened;

/// Rows that are held for whoever asks for them; others are asked for again.
const MOST_ROWS: usize = 2_000;

/// What is asked to open a folder, and how to take the answers.
pub(super) struct Opening {
    pub(super) commands: Vec<Command>,
    /// The folder will tell what changed since our standing.
    tells: bool,
    spots: Option<Vec<Spot>>,
}

impl Opening {
    /// What was said for the `n`-th command.
    pub(super) fn hear(&mut self, n: usize, said: &Said) {
        if n == 1
            && let (Some(spots), Said::Fetch(told)) = (&mut self.spots, said)
        {
            spots.extend(spot(told));
        }
    }
}

/// By what a message is known again.
pub(super) const IDENTITY: &str = "(UID RFC822.SIZE INTERNALDATE)";

pub(super) fn spot(told: &Fetched) -> Option<Spot> {
    Some(Spot { uid: told.uid?, size: told.size?, arrival: told.arrival? })
}

impl Session {
    /// Opens a folder, for writing or only for looking at it.
    pub(super) async fn select(
        &mut self,
        folder: &FolderName,
        standing: &Standing,
        read_only: bool,
    ) -> Result<Opened, Failure> {
        if let Some((wire, opened)) = self.ready.opened.take()
            && wire == folder.wire
            && !read_only
        {
            return opened;
        }
        // What is still to come is about the folder that was open until now.
        self.leave_ahead().await?;
        let mut opening = self.opening(folder, standing, read_only)?;
        // It is said behind the others and read when somebody asks for what it brings.
        let above = standing.highest.checked_add(1).filter(|_| self.together() && standing.highest > 0 && !read_only);
        let whole = opening.commands.iter().all(Command::is_whole);
        self.selected = Some(Selected::new(&folder.wire, read_only));
        let commands = std::mem::take(&mut opening.commands);
        let states = match above.filter(|_| whole) {
            Some(from) => self.flight_before(&commands, &mut opening, from).await?,
            None => self.flight(&commands, |n, said| opening.hear(n, said)).await?,
        };
        if self.told_too_much(&opening, &states) {
            let plain = Standing { modseq: 0, ..standing.clone() };
            let opened = Box::pin(self.select(folder, &plain, read_only)).await?;
            // Only now it is certain what was refused.
            self.learn(Quirk::NoChanges, "SELECT with what we know was refused, and without it was not");
            return Ok(opened);
        }
        self.opened(folder, opening, &states)
    }

    /// True if a folder was refused that may be opened without telling what we know of it.
    pub(super) fn told_too_much(&mut self, opening: &Opening, states: &[State]) -> bool {
        let refused = opening.tells && states.first().is_some_and(|state| state.verdict != Verdict::Ok);
        if refused {
            self.selected = None;
        }
        refused
    }

    /// A flight with the rows above our highest number behind it, whose answer is left on the line.
    async fn flight_before(
        &mut self,
        commands: &[Command],
        opening: &mut Opening,
        from: u32,
    ) -> Result<Vec<State>, Failure> {
        let mut tags = Vec::with_capacity(commands.len());
        for command in commands {
            tags.push(self.say_whole(command).await?);
        }
        let ahead = self.say_whole(&Command::from(format!("UID FETCH {from}:* {ROW}"))).await?;
        self.flush().await?;
        let mut states = Vec::with_capacity(tags.len());
        let mut rows = Vec::new();
        for (n, tag) in tags.iter().enumerate() {
            let hear = |said: &mut Said| match said {
                // A server that works at several questions at once answers this one already.
                Said::Fetch(told) if told.header.is_some() && rows.len() < MOST_ROWS => {
                    rows.push(std::mem::take(&mut **told));
                }
                said => opening.hear(n, said),
            };
            states.push(self.until(tag, hear).await?);
        }
        self.ahead = Some(Ahead { tag: ahead, from, rows });
        Ok(states)
    }

    pub(super) fn opening(
        &self,
        folder: &FolderName,
        standing: &Standing,
        read_only: bool,
    ) -> Result<Opening, Failure> {
        let verb = Command::from(if read_only { "EXAMINE" } else { "SELECT" });
        let mut select = verb.with(&folder.wire).ok_or_else(|| {
            Failure::lasting(FailureKind::Refused, &utf7::decode(&folder.wire), "a name that cannot be written")
        })?;
        let believed = !self.quirks.has(Quirk::NoChanges) && !read_only;
        let tells = believed && self.vanishing && standing.modseq > 0 && standing.whole_from == 0;
        if tells {
            select = select.and(&format!(" (QRESYNC ({} {}))", standing.uidvalidity, standing.modseq));
        } else if believed && self.abilities.condstore {
            select = select.and(" (CONDSTORE)");
        }
        let mut commands = vec![select];
        // Even one that counts changes may have lost its numbers: what it tells would be taken for other messages.
        let spots = (!standing.spots.is_empty()).then(Vec::new);
        if spots.is_some() {
            let set: Vec<String> = standing.spots.iter().map(|spot| spot.uid.to_string()).collect();
            commands.push(Command::from(format!("UID FETCH {} {IDENTITY}", set.join(","))));
        }
        Ok(Opening { commands, tells, spots })
    }

    pub(super) fn opened(
        &mut self,
        folder: &FolderName,
        opening: Opening,
        states: &[State],
    ) -> Result<Opened, Failure> {
        let select = states.first().cloned().ok_or_else(|| self.nonsense("nothing was asked"))?;
        if let Err(failure) = self.must(select) {
            self.selected = None;
            return Err(failure);
        }
        let asked_spots = states.get(1).is_some_and(|state| state.verdict == Verdict::Ok);
        let Some(selected) = &mut self.selected else { return Err(self.nonsense("nothing is selected")) };
        if !selected.counted {
            self.selected = None;
            return Err(Failure::passing(
                FailureKind::Refused,
                &utf7::decode(&folder.wire),
                "the server does not say how many messages there are",
            ));
        }
        let told = opening.tells && selected.modseq > 0;
        if !told {
            // What was told while it was opened is how it is, not how it changed.
            selected.news = News::default();
        }
        // What is above our highest number is asked for in any case.
        selected.news.arrived = false;
        let messages = u64::try_from(selected.uids.len()).unwrap_or(u64::MAX);
        let spots = opening.spots.filter(|_| asked_spots);
        Ok(Opened { uidvalidity: selected.uidvalidity, messages, modseq: selected.modseq, told, spots })
    }
}
