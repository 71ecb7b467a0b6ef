//! MOVE, COPY and what removes a message for good. Nothing here ever says EXPUNGE or CLOSE: they would take along what
//! other programs have marked.

use std::collections::HashSet;
use std::ops::RangeInclusive;

use super::command::Command;
use super::refusal;
use super::said::{Code, Said, State, Verdict};
use super::session::Session;
use super::set::sets;
use crate::model::{Failure, FailureKind, Flags, FolderName, Quirk};
use crate::store::Mark;
use crate::sync::Placing;

/// So many messages with one command: what is lost with a line is looked for one by one.
const TOGETHER: usize = 200;

/// Where messages went, as the server told it.
#[derive(Default)]
struct Numbers {
    uidvalidity: u32,
    numbers: Vec<(u32, u32)>,
}

impl Numbers {
    fn hear(&mut self, code: Option<&Code>, most: usize) {
        let Some(Code::CopyUid { validity, from, to }) = code else { return };
        let count = |ranges: &[RangeInclusive<u32>]| {
            ranges.iter().map(|range| u64::from(range.end() - range.start()) + 1).sum::<u64>()
        };
        // What does not add up tells nothing.
        if *validity == 0 || count(from) != count(to) || count(from) > u64::try_from(most).unwrap_or(0) {
            return;
        }
        self.uidvalidity = *validity;
        self.numbers.extend(from.iter().cloned().flatten().zip(to.iter().cloned().flatten()));
    }
}

impl Session {
    /// The greatest number of a folder that is not open, from the next one, where the server tells that.
    pub(super) async fn highest_in(&mut self, folder: &FolderName) -> Result<Option<Mark>, Failure> {
        let glance = self.statuses(std::slice::from_ref(folder)).await?.first().copied().flatten().unwrap_or_default();
        let mark = |(next, uidvalidity): (u32, u32)| Mark { uidvalidity, uid: next.saturating_sub(1) };
        Ok(glance.uid_next.zip(glance.uidvalidity).filter(|(next, validity)| *next > 0 && *validity > 0).map(mark))
    }

    pub(super) async fn put_into(
        &mut self,
        uids: &[u32],
        to: &FolderName,
        moves: bool,
    ) -> Result<Vec<(Vec<u32>, Placing)>, Failure> {
        let verb = if moves { "UID MOVE" } else { "UID COPY" };
        let mut placed = Vec::new();
        for set in sets(uids, TOGETHER) {
            let of_this_set: Vec<u32> = uids.iter().copied().filter(|uid| set.holds(*uid)).collect();
            let command = Command::from(format!("{verb} {}", set.text))
                .with(&to.wire)
                .ok_or_else(|| Failure::lasting(FailureKind::Refused, "", "a name that cannot be written"))?;
            let mut told = Numbers::default();
            let state = self
                .run(command, |said| {
                    if let Said::State(state) = said {
                        told.hear(state.code.as_ref(), of_this_set.len());
                    }
                })
                .await?;
            told.hear(state.code.as_ref(), of_this_set.len());
            let placing = match state.verdict {
                Verdict::Ok if moves => self.did_they_leave(&of_this_set, told).await?,
                Verdict::Ok => Placing::Done { uidvalidity: told.uidvalidity, numbers: told.numbers },
                _ => self.not_placed(&state, moves),
            };
            let ends = !matches!(placing, Placing::Done { .. });
            placed.push((of_this_set, placing));
            if ends {
                // What was refused once is not said again for the others.
                break;
            }
        }
        Ok(placed)
    }

    /// A server that says that it moved messages has told that they left. One that has not is asked.
    async fn did_they_leave(&mut self, uids: &[u32], told: Numbers) -> Result<Placing, Failure> {
        let Numbers { uidvalidity, numbers } = told;
        let listed: HashSet<u32> =
            self.selected.as_ref().map(|selected| selected.uids.iter().copied().collect()).unwrap_or_default();
        let here: Vec<u32> = uids.iter().copied().filter(|uid| listed.contains(uid)).collect();
        if !here.is_empty() {
            let spots = self.spots_and_ends(&here).await?;
            let stayed = spots.iter().filter(|spot| here.contains(&spot.uid)).count();
            if stayed > 0 {
                self.learn(Quirk::NoMove, "OK to MOVE, and the messages are still there");
                return Ok(if numbers.len() == uids.len() {
                    Placing::Left { uidvalidity, numbers }
                } else {
                    Placing::Doubtful
                });
            }
        }
        Ok(Placing::Done { uidvalidity, numbers })
    }

    fn not_placed(&mut self, state: &State, moves: bool) -> Placing {
        let has = |names: &[&str]| state.code.as_ref().is_some_and(|code| names.iter().any(|name| code.is(name)));
        let words = state.text.to_ascii_lowercase();
        if has(&["TRYCREATE", "NONEXISTENT"]) {
            Placing::NoTarget
        } else if has(&["OVERQUOTA"]) || words.contains("quota") {
            Placing::Full
        } else if has(&["INUSE", "UNAVAILABLE", "SERVERBUG", "CONTACTADMIN"])
            || refusal::is_a_bad_moment(state) && refusal::hands_nothing_out(state).is_none()
        {
            Placing::Later
        } else if moves && !has(&["NOPERM", "READ-ONLY", "LIMIT"]) {
            // Copying and removing may do; if not, that says why.
            self.learn(Quirk::NoMove, &state.words());
            Placing::CannotMove
        } else if refusal::is_a_bad_moment(state) {
            Placing::Later
        } else {
            Placing::Refused(state.words())
        }
    }

    pub(super) async fn flag_as_deleted(&mut self, uids: &[u32]) -> Result<Vec<u32>, Failure> {
        let names: Vec<&str> = Flags::DELETED.imap_names().collect();
        let mut done = Vec::with_capacity(uids.len());
        for set in sets(uids, TOGETHER) {
            let state = self.run(format!("UID STORE {} +FLAGS.SILENT ({})", set.text, names.join(" ")), |_| {}).await?;
            if state.verdict == Verdict::Ok {
                done.extend(uids.iter().copied().filter(|uid| set.holds(*uid)));
            }
        }
        Ok(done)
    }

    pub(super) async fn expunge_only(&mut self, uids: &[u32]) -> Result<Vec<u32>, Failure> {
        let mut done = Vec::with_capacity(uids.len());
        if !self.abilities.uidplus {
            return Ok(done);
        }
        for set in sets(uids, TOGETHER) {
            let state = self.run(format!("UID EXPUNGE {}", set.text), |_| {}).await?;
            if state.verdict == Verdict::Ok {
                done.extend(uids.iter().copied().filter(|uid| set.holds(*uid)));
            }
        }
        Ok(done)
    }
}
