//! Whole messages that are not here yet, from their servers into the store. Nothing is marked as read by it.

use tokio::sync::{mpsc, oneshot, watch};

use super::attach::{self, Work};
use super::ground::{Ground, runtime};
use super::keep::{Access, Keeper, access};
use super::output::{Ending, Meter};
use super::sentences;
use super::sync::secret_of;
use crate::model::{AccountId, Failure, FailureKind, PlacementId, Purpose};
use crate::net::Recorder;
use crate::store::Whereabouts;
use crate::sync::{Bodies, BodyRequest, Way};

/// Fetches these, and says why those are missing that could not be had.
pub(super) fn fetch(ground: &Ground, wanted: &[PlacementId]) -> Result<Vec<(PlacementId, Failure)>, Ending> {
    match access(ground)? {
        Access::Own(keeper) => {
            let missing = by_ourselves(ground, &keeper, wanted);
            keeper.close();
            missing
        }
        Access::Through(line) => Ok(through(ground, line, wanted)),
    }
}

/// How far it is.
struct Count {
    meter: Meter,
    done: u64,
    total: u64,
}

impl Count {
    fn new(of: &[PlacementId]) -> Self {
        Self { meter: Meter::new(), done: 0, total: u64::try_from(of.len()).unwrap_or(u64::MAX) }
    }

    fn one(&mut self, ground: &Ground) {
        self.done += 1;
        if self.total > 1 {
            self.meter.show(&sentences::files::fetching(ground.tongue, self.done, self.total));
        }
    }
}

/// The hongyan that has the profile is asked for one after another.
fn through(ground: &Ground, line: attach::Line, wanted: &[PlacementId]) -> Vec<(PlacementId, Failure)> {
    let mut missing = Vec::new();
    let mut count = Count::new(wanted);
    let mut line = Some(line);
    for placement in wanted {
        let asked = match line.take().map_or_else(|| attach::connect(&ground.paths.socket()), Ok) {
            Ok(line) => line.ask(&Work::Body(*placement), |_| {}),
            Err(error) => Err(Failure::passing(FailureKind::Dropped, "hongyan", &error.to_string())),
        };
        missing.extend(asked.err().map(|failure| (*placement, failure)));
        count.one(ground);
    }
    count.meter.clear();
    missing
}

fn by_ourselves(
    ground: &Ground,
    keeper: &Keeper,
    wanted: &[PlacementId],
) -> Result<Vec<(PlacementId, Failure)>, Ending> {
    let reader = keeper.store.reader().map_err(|error| ground.stored(&error))?;
    let mut missing = Vec::new();
    let mut accounts: Vec<(AccountId, Vec<(PlacementId, Whereabouts)>)> = Vec::new();
    for placement in wanted {
        match reader.whereabouts(*placement) {
            Ok(at) => match accounts.iter_mut().find(|(id, _)| *id == at.account) {
                Some((_, wanted)) => wanted.push((*placement, at)),
                None => accounts.push((at.account, vec![(*placement, at)])),
            },
            Err(error) => missing.push((*placement, error.failure())),
        }
    }
    let recorder = Recorder::start(ground.paths.protocol_log())?;
    let runtime = runtime()?;
    let mut count = Count::new(wanted);
    for (id, wanted) in accounts {
        match way(ground, keeper, id, &recorder) {
            Ok(way) => missing.extend(runtime.block_on(of_account(ground, keeper, way, wanted, &mut count))),
            Err(failure) => missing.extend(wanted.into_iter().map(|(placement, _)| (placement, failure.clone()))),
        }
    }
    count.meter.clear();
    recorder.close();
    Ok(missing)
}

fn way(ground: &Ground, keeper: &Keeper, id: AccountId, recorder: &Recorder) -> Result<Way, Failure> {
    let name = keeper.store.accounts.iter().find(|(known, _)| *known == id).map_or("", |(_, name)| name.as_str());
    let account = ground.config.accounts.iter().find(|account| account.name == name);
    let account = account.ok_or_else(|| Failure::lasting(FailureKind::Gone, name, ""))?;
    let secret = secret_of(ground, account)?;
    let mut dialer = ground.dialer(account);
    dialer.tap = recorder.tap(&account.name, Purpose::Bodies);
    Ok(Way::to(account, dialer, secret))
}

async fn of_account(
    ground: &Ground,
    keeper: &Keeper,
    way: Way,
    wanted: Vec<(PlacementId, Whereabouts)>,
    count: &mut Count,
) -> Vec<(PlacementId, Failure)> {
    let mut missing: Vec<(PlacementId, Failure)> = Vec::new();
    let (requests, inbox) = mpsc::unbounded_channel();
    let (_on, online) = watch::channel(true);
    let working = tokio::spawn(Bodies::new(way, keeper.store.mail.clone(), inbox, online).run());
    let mut broken: Option<Failure> = None;
    for (placement, at) in wanted {
        if let Some(failure) = &broken {
            missing.push((placement, failure.clone()));
            continue;
        }
        let (reply, answer) = oneshot::channel();
        let kept = match requests.send(BodyRequest::Keep { at, reply }) {
            Ok(()) => answer.await.ok(),
            Err(_) => None,
        };
        count.one(ground);
        if let Err(failure) = kept.unwrap_or_else(|| Err(Failure::passing(FailureKind::Dropped, "", ""))) {
            // One that is gone says nothing about the others.
            if failure.kind != FailureKind::Gone {
                broken = Some(failure.clone());
            }
            missing.push((placement, failure));
        }
    }
    // The task ends when nobody can ask it any more.
    drop(requests);
    let _ = working.await;
    missing
}
