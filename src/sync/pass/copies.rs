//! Copies that were being made when a line broke: nobody heard whether they were. They are looked for above the greatest
//! number that their folder had before.

use std::collections::BTreeMap;

use crate::model::{Failure, FailureKind, NeedWhy, Timestamp, clock};
use crate::store::{Incoming, Landed, Mark, Standing, Step, Stride, Want};
use crate::sync::{Remote, Sink, Span};

use super::moves::{AGAIN, bare};
use super::{Pass, Progress};

/// What the messages above a mark are: numbers, and what tells them apart.
#[derive(Default)]
struct Above(Vec<(u32, String, u64, Timestamp)>);

impl Sink for Above {
    async fn take(&mut self, batch: Vec<Incoming>) -> Result<(), Failure> {
        let one = |message: &Incoming| (message.uid, message.message_id().to_owned(), message.size, message.arrival);
        self.0.extend(batch.iter().map(one));
        Ok(())
    }
}

impl Above {
    /// The number of a copy of this message, which is nobody else's.
    fn take_like(&mut self, want: &Want) -> Option<u32> {
        let same = |(_, msgid, size, arrival): &(u32, String, u64, Timestamp)| {
            *msgid == want.msgid && *size == want.size && (!msgid.is_empty() || *arrival == want.arrival)
        };
        let at = self.0.iter().position(same)?;
        Some(self.0.swap_remove(at).0)
    }
}

/// A want whose copy is looked for, above a mark, since when, and whether it is a copy that was asked for.
type Sought = (Want, Mark, Timestamp, bool);

impl Pass {
    /// What was being copied when a line broke: it is looked for where it was to go.
    pub(super) async fn look_for_copies<R: Remote>(
        &mut self,
        remote: &mut R,
        progress: &mut impl Progress,
    ) -> Result<bool, Failure> {
        // Where, and by which mark; the wants, and whether it is a copy that was asked for.
        let mut sought: BTreeMap<(Vec<u8>, u32), Vec<Sought>> = BTreeMap::new();
        for want in self.my_wants().await? {
            for copy in &want.aim.copies {
                if let Some((since, mark)) = copy.begun.filter(|(since, _)| self.moving.may_probe(want.id, *since)) {
                    let key = (copy.target.clone(), mark.uidvalidity);
                    sought.entry(key).or_default().push((want.clone(), mark, since, true));
                }
            }
            if want.aim.step == Step::Copying && self.moving.may_probe(want.id, want.aim.since) {
                let (mark, since) = (want.aim.mark, want.aim.since);
                let key = (want.aim.way.clone(), mark.uidvalidity);
                sought.entry(key).or_default().push((want, mark, since, false));
            }
        }
        let opened_any = !sought.is_empty();
        for ((wire, uidvalidity), wants) in sought {
            let name = bare(&wire);
            let opened = match remote.open(&name, &Standing::default()).await {
                Ok(opened) => opened,
                Err(failure) if matches!(failure.kind, FailureKind::Refused | FailureKind::Throttled) => {
                    progress.refused(failure);
                    self.moving.not_before(clock::now().plus(AGAIN));
                    continue;
                }
                Err(failure) => return Err(failure),
            };
            let mut above = Above::default();
            if opened.uidvalidity == uidvalidity {
                let mark = wants.iter().map(|(_, mark, ..)| mark.uid).min().unwrap_or(0);
                remote.headers(Span::Above(mark), &mut above).await?;
                above.0.retain(|(uid, ..)| *uid > mark);
            }
            let _ = remote.news();
            self.found_or_not(wants, above, (&wire, uidvalidity)).await?;
        }
        Ok(opened_any)
    }

    async fn found_or_not(
        &mut self,
        wants: Vec<Sought>,
        mut above: Above,
        (wire, uidvalidity): (&[u8], u32),
    ) -> Result<(), Failure> {
        let now = clock::now();
        let (mut landed, mut made, mut lost) = (Vec::new(), Vec::new(), Vec::new());
        for (want, _, since, is_copy) in wants {
            match above.take_like(&want) {
                Some(_) if is_copy => made.push(want.id),
                Some(uid) => {
                    // Whether or not it is known here: when its folder is in step, it is removed or it is gone.
                    let number = Some(Mark { uidvalidity, uid });
                    landed.push(Landed { want: want.id, number, leaves_a_copy: true });
                }
                None => {
                    let until = since.plus(self.moving.lag.as_secs());
                    if until > now {
                        self.moving.not_before(until);
                        continue;
                    }
                    let mut told = want;
                    // Which of several it is.
                    told.aim.copies.retain(|copy| is_copy && copy.target == wire);
                    lost.push((told, NeedWhy::Unknown));
                }
            }
        }
        self.stride(Stride::Landed(landed)).await?;
        let wants = self.stride(Stride::EndCopy { wants: made, target: wire.to_vec(), made: true }).await?;
        self.show(wants).await?;
        self.give_up(lost).await
    }
}
