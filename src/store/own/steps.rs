//! How far the server has come with messages that shall lie elsewhere: written down before it is told to take a step, so
//! that whoever goes on after a crash knows what may have been done.

use rusqlite::Connection;

use super::wants::{self, Found, Word};
use super::{OwnAnswer, OwnWork, OwnWrite, OwnWriter};
use crate::model::{Flags, PlacementId, Timestamp};
use crate::store::StoreError;
use crate::store::want::{Aim, Landing, Mark, Step, Want};

/// A step of some wants.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Stride {
    /// The server is told to put these into that folder. Those that changed since they were read are left out: number and
    /// revision.
    Begin { wants: Vec<(i64, i64)>, step: Step, way: Vec<u8>, mark: Mark },
    /// The server is told to mark these as deleted, which shall be gone.
    BeginErasing(Vec<(i64, i64)>),
    /// These are where the server was told to put them.
    Landed(Vec<Landed>),
    /// What is left of these is this far.
    Advance { wants: Vec<i64>, step: Step },
    /// Nothing is left to be done.
    Finish(Vec<i64>),
    /// The server did not do what it was told: as if it had not been told.
    Reset(Vec<i64>),
    /// The server is told to make a copy of these in that folder.
    BeginCopy { wants: Vec<i64>, target: Vec<u8>, mark: Mark },
    /// The copies are there, or they were surely not made.
    EndCopy { wants: Vec<i64>, target: Vec<u8>, made: bool },
}

/// A message that is where the server was told to put it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Landed {
    pub want: i64,
    /// Its number there, if that is known.
    pub number: Option<Mark>,
    /// It lies where it lay too.
    pub leaves_a_copy: bool,
}

impl OwnWriter {
    /// Takes a step. Answers the wants that took it, as they stand now, and what has landed.
    pub async fn stride(&self, stride: Stride, at: Timestamp) -> Result<(Vec<Want>, Vec<Landing>), StoreError> {
        self.answer(OwnWrite::Stride { stride, at }).await.map(|answer| (answer.wants, answer.landings))
    }
}

impl OwnWork {
    pub(super) fn stride(
        db: &Connection,
        stride: Stride,
        at: Timestamp,
        answer: &mut OwnAnswer,
    ) -> Result<(), StoreError> {
        match stride {
            Stride::Begin { wants, step, way, mark } => {
                for (id, revision) in wants {
                    let Some(mut want) = unchanged(db, id, revision)? else { continue };
                    if want.aim.step != Step::Waiting && !(want.aim.step == Step::Moving && want.aim.way == way) {
                        continue;
                    }
                    want.aim = Aim { step, way: way.clone(), mark, since: at, ..want.aim };
                    wants::update(db, &want)?;
                    answer.wants.push(want);
                }
            }
            Stride::BeginErasing(wants) => {
                for (id, revision) in wants {
                    let Some(mut want) = unchanged(db, id, revision)? else { continue };
                    if want.aim.step != Step::Waiting || want.aim.erase.is_none() {
                        continue;
                    }
                    want.aim = Aim { step: Step::Copied, since: at, ..Aim::default() };
                    (want.add, want.remove) = (Flags::NONE, Flags::NONE);
                    wants::update(db, &want)?;
                    answer.wants.push(want);
                }
            }
            Stride::Landed(landed) => {
                for Landed { want, number, leaves_a_copy } in landed {
                    answer.landings.extend(land(db, want, number, leaves_a_copy, at)?);
                }
            }
            Stride::Advance { wants, step } => {
                for id in wants {
                    let Some(mut want) = wants::one(db, id)?.filter(|want| want.aim.is_leftover()) else { continue };
                    want.aim.step = step;
                    want.aim.since = at;
                    wants::update(db, &want)?;
                    answer.wants.push(want);
                }
            }
            Stride::Finish(wants) => {
                for id in wants {
                    wants::remove(db, id)?;
                }
            }
            Stride::Reset(wants) => {
                for id in wants {
                    let Some(mut want) = wants::one(db, id)?.filter(|want| want.aim.is_under_way()) else { continue };
                    let (way, target) = (want.aim.way, want.aim.target.take());
                    let target = target.unwrap_or(way);
                    want.aim = Aim {
                        target: (target != want.folder && want.aim.erase.is_none()).then_some(target),
                        erase: want.aim.erase,
                        copies: want.aim.copies,
                        ..Aim::default()
                    };
                    answer.wants.push(settle(db, want)?);
                }
            }
            Stride::BeginCopy { wants, target, mark } => {
                for id in wants {
                    let Some(mut want) = wants::one(db, id)? else { continue };
                    let copy = want.aim.copies.iter_mut().find(|copy| copy.target == target);
                    let Some(copy) = copy.filter(|copy| copy.begun.is_none()) else { continue };
                    copy.begun = Some((at, mark));
                    wants::update(db, &want)?;
                    answer.wants.push(want);
                }
            }
            Stride::EndCopy { wants, target, made } => {
                for id in wants {
                    let Some(mut want) = wants::one(db, id)? else { continue };
                    if made {
                        want.aim.copies.retain(|copy| copy.target != target);
                    } else if let Some(copy) = want.aim.copies.iter_mut().find(|copy| copy.target == target) {
                        copy.begun = None;
                    }
                    answer.wants.push(settle(db, want)?);
                }
            }
        }
        Ok(())
    }
}

fn unchanged(db: &Connection, id: i64, revision: i64) -> Result<Option<Want>, StoreError> {
    Ok(wants::one(db, id)?.filter(|want| want.revision == revision))
}

/// Writes down what is left of a want, if anything is.
fn settle(db: &Connection, mut want: Want) -> Result<Want, StoreError> {
    want.revision += 1;
    if want.is_nothing() {
        wants::remove(db, want.id)?;
    } else {
        wants::update(db, &want)?;
    }
    Ok(want)
}

/// The message has come where the server was told to put it: what was wanted since is wanted of it there, and here it goes.
fn land(
    db: &Connection,
    id: i64,
    number: Option<Mark>,
    leaves_a_copy: bool,
    at: Timestamp,
) -> Result<Option<Landing>, StoreError> {
    let Some(want) = wants::one(db, id)?.filter(|want| want.aim.is_under_way()) else { return Ok(None) };
    if leaves_a_copy {
        let aim =
            Aim { step: Step::Copied, way: want.aim.way.clone(), mark: want.aim.mark, since: at, ..Aim::default() };
        let left = Want { add: Flags::NONE, remove: Flags::NONE, aim, revision: want.revision + 1, ..want.clone() };
        wants::update(db, &left)?;
    } else {
        wants::remove(db, id)?;
    }
    let Mark { uidvalidity, uid } = number.unwrap_or_default();
    let there = Want {
        id: 0,
        folder: want.aim.way.clone(),
        uidvalidity,
        uid,
        add: Flags::NONE,
        remove: Flags::NONE,
        aim: Aim::default(),
        ..want.clone()
    };
    let (subject, sender) = (String::new(), String::new());
    let mut found = Found { placement: PlacementId(0), want: there, flags: Flags::NONE, subject, sender };
    let mut words = Vec::new();
    if !(want.add.is_empty() && want.remove.is_empty()) {
        words.push(Word::Flags(want.add, want.remove));
    }
    words.extend(want.aim.copies.iter().map(|copy| Word::Copy(&copy.target)));
    words.extend(want.aim.target.iter().filter(|target| **target != want.aim.way).map(|target| Word::Lie(target)));
    words.extend(want.aim.erase.map(Word::Erase));
    let mut rest = None;
    for word in words {
        match wants::record(db, &found, word) {
            Ok((recorded, _)) => {
                found.want.id = recorded.id;
                rest = Some(recorded);
            }
            Err(StoreError::Gone) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(Some(Landing { want, number, leaves_a_copy, rest }))
}
