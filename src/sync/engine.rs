//! The loop of one account: connect, make a pass, wait for news, and come back after every failure.

mod arrivals;
mod hush;
mod orders;
mod pace;
mod patience;
mod round;
mod visit;

use std::collections::{HashMap, HashSet};
use std::time::Instant;

use tokio::sync::{mpsc, watch};

use super::imap::First;
use super::pass::{Left, Pass, Told};
use super::remote::Glance;
use super::way::Way;
use super::{At, Backoff, BodyRequest, Door, Remote as _};
use crate::model::{
    AccountId, Arrivals, Failure, FailureKind, FolderId, FolderName, Quirk, Retry, Status, Watch, clock,
};
use crate::store::{OwnWrite, Standing};
use hush::Hush;
pub use orders::{Errand, Order};
use orders::{Eye, Orders};
use pace::{Agenda, Next};
pub use pace::{Pace, Wished};
pub use patience::{Earlier, NEXT_TRY};
use patience::{Hurries, Refusals, Refused};
use visit::Visit;

/// What the engine tells.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Report {
    Status(AccountId, Status),
    /// The server would not do something.
    Refused(AccountId, Failure),
    /// Mail came that nobody was told of yet.
    Arrived(Arrivals),
}

#[derive(Debug)]
pub struct Engine {
    pub way: Way,
    pub pass: Pass,
    pub orders: mpsc::UnboundedReceiver<Order>,
    pub reports: mpsc::UnboundedSender<Report>,
    pub bodies: mpsc::UnboundedSender<BodyRequest>,
    pub online: watch::Sender<bool>,
    /// How often the server is asked for what it does not tell.
    pub pace: Pace,
    /// Unread messages of the inbox that are fetched before they are opened, and the largest such message.
    pub ahead: usize,
    pub ahead_size: u64,
    pub memory: Memory,
}

/// Why the engine came to rest.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Rest {
    Stopped,
    /// The login was refused, or something else that time may not mend, and now the user wants another try: perhaps
    /// with another secret.
    AskedAgain,
}

/// What is remembered from connection to connection, and from try to try.
#[derive(Debug, Default)]
pub struct Memory {
    backoff: Option<Backoff>,
    hurries: Hurries,
    refusals: Refusals,
    /// Begun with what the last program was told: whoever starts it again has not another try by that.
    earlier: Option<Earlier>,
    /// When the user last had a refused login tried again.
    asked_for: Option<tokio::time::Instant>,
    focus: Option<FolderId>,
    orders: Orders,
    hush: Hush,
    /// When the present connection was made.
    connected: Option<tokio::time::Instant>,
    agenda: Agenda,
    /// Folders that the server would not open, while one connection takes over from another.
    refused: HashSet<FolderId>,
    /// Folders that were to be synced when a connection ended, and how they look from outside.
    todo: (Vec<FolderId>, HashMap<FolderId, Glance>),
    /// How folders looked from outside when they were last in step.
    glances: HashMap<FolderId, Glance>,
    /// How often what the server said about this folder could not be understood.
    stumbles: HashMap<FolderId, u32>,
    /// Folders that are open to us, and yet do not add up: how often that was so, and when to look again.
    doubts: HashMap<FolderId, (u32, Instant)>,
    /// Folders for which the server had no time, and when they may be asked for again.
    busy: HashMap<FolderId, Instant>,
    /// Messages that came while the server was to tell of them, and that it did not tell of.
    missed: u32,
}

impl Memory {
    /// What is known at the start.
    pub fn of(earlier: Option<Earlier>) -> Self {
        let refusals = earlier.as_ref().map(Earlier::refusals).unwrap_or_default();
        Self { refusals, earlier, ..Self::default() }
    }
}

/// A folder that ended this many connections is left alone until the user asks.
const STUMBLES: u32 = 3;

/// Why a connection is left in peace.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Leave {
    Stopped,
    /// It is old; the next one takes over.
    Renew,
}

impl Engine {
    /// Works until it is stopped, or until the user wants another try after a failure that time does not mend.
    pub async fn run(&mut self) -> Rest {
        let mut memory = std::mem::take(&mut self.memory);
        let rest = self.work(&mut memory).await;
        self.memory = memory;
        rest
    }

    async fn work(&mut self, memory: &mut Memory) -> Rest {
        let seed = self.pass.account.0.unsigned_abs().wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let mut quietly = false;
        if let Some(earlier) = memory.earlier.take()
            && let Some(rest) = self.wait_as_before(earlier, memory).await
        {
            return rest;
        }
        loop {
            if !std::mem::take(&mut quietly) && !memory.hush.is_on() {
                self.tell(Status::Connecting);
            }
            let tried = self.way.secret.borrow().clone();
            let elsewhere = self.refused_elsewhere(&tried);
            let visited = match &elsewhere {
                Some(failure) => Err(failure.clone()),
                None => self.visit(memory).await,
            };
            let failure = match visited {
                Ok(Leave::Stopped) => return Rest::Stopped,
                Ok(Leave::Renew) => {
                    memory.connected = None;
                    memory.backoff = None;
                    quietly = true;
                    continue;
                }
                Err(failure) => failure,
            };
            self.online.send_replace(false);
            if elsewhere.is_none() {
                self.way.door.send_modify(|door| door.refused(At::Mailbox, &tried, &failure, patience::on_the_clock()));
            }
            memory.orders.drop_errands();
            memory.refused.clear();
            if memory.orders.check {
                // What happened meanwhile nobody knows.
                memory.agenda.look_round_now();
            } else if memory.connected.is_some() && matches!(failure.kind, FailureKind::Dropped | FailureKind::TimedOut)
            {
                memory.agenda.cut(tokio::time::Instant::now());
            }
            let hurry = patience::may_hurry(&failure);
            // It belonged to a network that is gone.
            if memory.orders.check && hurry && memory.hurries.take(clock::now()) {
                memory.orders.check = false;
                continue;
            }
            if std::mem::take(&mut memory.orders.wake) {
                // Somebody wants to know, and the next connection will tell.
                memory.agenda.look_round_now();
            }
            let lasted = memory.connected.take().map(|at| at.elapsed());
            let backoff = memory.backoff.get_or_insert_with(|| Backoff::new(seed));
            let wait = patience::wait_after(&failure, lasted, backoff, &mut memory.refusals);
            let perhaps_the_secret = wait.is_none() || failure.retry == Retry::Doubtful || elsewhere.is_some();
            let retry_at = wait.map(|wait| clock::now().plus(wait.as_secs().max(1)));
            if !memory.hush.begins(&failure, wait) {
                memory.orders.answer(&Err(failure.clone()));
                self.tell(Status::Offline { failure: failure.clone(), retry_at });
            }
            let hurries = hurry.then_some(&mut memory.hurries);
            let not_before = memory.asked_for.map(|at| at + patience::NEXT_TRY);
            let secret = &tried;
            let refused = (!hurry).then_some(Refused { failure: &failure, secret, not_before });
            if !self.pause(wait, hurries, refused, &mut memory.orders).await {
                return Rest::Stopped;
            }
            memory.asked_for = memory.orders.wake.then(tokio::time::Instant::now);
            if memory.orders.wake {
                self.way.door.send_modify(Door::knock);
            }
            if perhaps_the_secret && memory.orders.wake {
                return Rest::AskedAgain;
            }
        }
    }

    /// Waits for the rest of the time that a refusal before the start asks for. `None` when it is over.
    async fn wait_as_before(&mut self, earlier: Earlier, memory: &mut Memory) -> Option<Rest> {
        let (wait, failure) = (earlier.wait(), earlier.failure);
        let retry_at = wait.map(|wait| clock::now().plus(wait.as_secs().max(1)));
        self.tell(Status::Offline { failure: failure.clone(), retry_at });
        let secret = self.way.secret.borrow().clone();
        let refused = Refused { failure: &failure, secret: &secret, not_before: None };
        if !self.pause(wait, None, Some(refused), &mut memory.orders).await {
            return Some(Rest::Stopped);
        }
        memory.asked_for = memory.orders.wake.then(tokio::time::Instant::now);
        memory.orders.wake.then_some(Rest::AskedAgain)
    }

    /// Whatever is needed for another try is not there.
    pub fn give_up(&mut self, failure: Failure) {
        self.memory.orders.answer(&Err(failure.clone()));
        self.memory.orders.wake = false;
        self.tell(Status::Offline { failure, retry_at: None });
    }

    /// Waits until the user wants another try. False if it is over.
    pub async fn asked_again(&mut self) -> bool {
        let mut orders = std::mem::take(&mut self.memory.orders);
        let again = self.pause(None, None, None, &mut orders).await;
        self.memory.orders = orders;
        again
    }

    /// What is asked right behind the login: the folders, and the one that the user looks at.
    fn first(&self, focus: Option<FolderId>) -> First {
        let reader = &self.pass.reader;
        let named = |id: FolderId| Some((reader.folder_name(id).ok()??, reader.standing(id).ok()?));
        let inbox = || reader.folder_named(self.pass.account, b"INBOX").ok().flatten();
        let home = focus.and_then(named).or_else(|| inbox().and_then(named));
        let unknown = || (FolderName { wire: b"INBOX".to_vec(), delimiter: None }, Standing::default());
        First { folders: true, home: Some(home.unwrap_or_else(unknown)) }
    }

    /// One connection, from its login to its end.
    async fn visit(&mut self, memory: &mut Memory) -> Result<Leave, Failure> {
        let first = self.first(memory.focus);
        let (reports, account) = (&self.reports, self.pass.account);
        let tried = self.way.secret.borrow().clone();
        let too_long = memory.hush.broken(|| _ = reports.send(Report::Status(account, Status::Connecting)));
        let remote = tokio::select! {
            session = self.way.connect_and(first) => session?,
            () = stopped(&mut self.orders, &mut memory.orders) => return Ok(Leave::Stopped),
            never = too_long => match never {},
        };
        memory.hush.end();
        self.way.door.send_modify(|door| door.let_in(At::Mailbox, &tried));
        self.online.send_replace(true);
        let now = tokio::time::Instant::now();
        memory.refusals.forget();
        memory.connected = Some(now);
        memory.agenda.connected(&self.pace, self.pass.account.0.unsigned_abs(), now);
        self.pass.closed.clear();
        let mut visit = Visit {
            remote,
            folders: Vec::new(),
            todo: Vec::new(),
            refused: std::mem::take(&mut memory.refused),
            looked_at: HashSet::new(),
            glances: HashMap::new(),
            listed: Some(clock::instant()),
            at: None,
            thorough: HashSet::new(),
        };
        let ended = self.stay(memory, &mut visit).await;
        // What sleep or another network has cut teaches nothing about the server.
        if let Err(failure) = &ended
            && !memory.orders.check
        {
            self.way.ended(failure, visit.remote.open_questions() > 1);
            self.way.first_ended(failure);
        }
        let learned = visit.remote.learned();
        self.note_learned(learned).await;
        if ended.is_ok() {
            visit.remote.close().await;
            memory.refused = visit.refused;
        } else {
            memory.todo = (visit.todo, visit.glances);
        }
        ended
    }

    /// What the connection taught goes to the others, and to the disk.
    async fn note_learned(&mut self, learned: Vec<(Quirk, String)>) {
        for (quirk, evidence) in learned {
            self.way.known.send_modify(|known| known.learn(quirk, &evidence));
        }
        let evidence = self.way.take_evidence();
        for (quirk, evidence) in evidence {
            let (account, at) = (self.pass.name.clone(), clock::now());
            // Should it not be kept, it is learned again.
            let _ = self.pass.own.commit(OwnWrite::Learn { account, quirk, evidence, at }).await;
        }
    }

    /// Works on one connection until it is to stop.
    async fn stay(&mut self, memory: &mut Memory, visit: &mut Visit) -> Result<Leave, Failure> {
        visit.folders = self.pass.folders(&mut visit.remote).await?;
        (visit.todo, visit.glances) = std::mem::take(&mut memory.todo);
        if let Some((home, _)) = visit.home(memory.focus).filter(|_| !visit.todo.is_empty()) {
            visit.next_first(home);
        }
        visit.refused.extend(memory.stumbles.iter().filter(|(_, times)| **times >= STUMBLES).map(|(id, _)| *id));
        visit.refused.extend(memory.busy.keys());
        loop {
            memory.orders.drain(&mut self.orders);
            if memory.orders.stop {
                return Ok(Leave::Stopped);
            }
            self.take_orders(memory, visit).await?;
            if let Some(next) = visit.todo.first().copied() {
                self.sync(memory, visit, next).await?;
                continue;
            }
            let home = visit.home(memory.focus);
            if let Some((id, _)) = &home
                && visit.at != Some(*id)
            {
                visit.todo.push(*id);
                continue;
            }
            let watched = home.as_ref().map(|(id, _)| *id);
            let at_most = match memory.agenda.next(&self.pace, tokio::time::Instant::now()) {
                Next::Renew => return Ok(Leave::Renew),
                Next::Round => {
                    self.look_round(memory, visit, watched).await?;
                    continue;
                }
                Next::Probe => {
                    self.probe(memory, visit, watched).await?;
                    continue;
                }
                Next::Wait(at_most) => at_most,
            };
            memory.orders.answer(&Ok(()));
            memory.hush.rested = true;
            let watch = if visit.remote.is_told() { Watch::Told } else { Watch::Asking };
            self.tell(Status::UpToDate { at: clock::now(), watch });
            orders::wait_for_news(&mut visit.remote, at_most, &mut self.orders, &mut memory.orders).await?;
            if let Some(id) = watched {
                let (pass, mut eye) = self.with_eye(&mut memory.orders);
                match pass.news(&mut visit.remote, id, &mut eye).await? {
                    Told::Nothing => {}
                    Told::Changes => {
                        memory.missed = 0;
                        self.fetch_ahead(visit, id);
                        self.note_arrivals(visit, id, false).await?;
                    }
                    Told::Doubt => visit.next_first(id),
                }
            } else if !visit.remote.news().is_empty() {
                // About a folder that nobody watches and that happens to be open.
                memory.agenda.look_round_now();
            }
        }
    }

    async fn take_orders(&mut self, memory: &mut Memory, visit: &mut Visit) -> Result<(), Failure> {
        if memory.orders.check {
            visit.remote.answers_within(orders::SOON).await?;
            memory.orders.check = false;
        }
        for errand in std::mem::take(&mut memory.orders.errands) {
            let folder = errand.at.name.clone();
            orders::run_errand(&mut visit.remote, self.pass.mail.spool(), errand).await?;
            if visit.remote.open_now(&folder).is_none() {
                visit.at = None;
            }
        }
        for errand in std::mem::take(&mut memory.orders.sent) {
            // Whatever comes of it, another folder may be open than the one that is watched.
            visit.at = None;
            let folder = visit.sent().cloned();
            errand.run(&mut visit.remote, folder.as_ref()).await?;
        }
        if let Some(folder) = memory.orders.focus.take() {
            memory.focus = Some(folder);
            memory.agenda.nothing_found();
            visit.refused.remove(&folder);
            if visit.at != Some(folder) {
                visit.next_first(folder);
            }
        }
        if std::mem::take(&mut memory.orders.wake) {
            memory.orders.push = true;
            memory.stumbles.clear();
            memory.glances.clear();
            memory.doubts.clear();
            memory.busy.clear();
            self.pass.closed.clear();
            visit.refused.clear();
            memory.agenda.look_round_now();
            visit.looked_at.clear();
            visit.listed = None;
            // Whoever asks does not trust what was told so far: the folder is opened anew.
            if let Some((id, _)) = visit.home(memory.focus) {
                visit.thorough.insert(id);
                visit.next_first(id);
            }
        }
        if std::mem::take(&mut memory.orders.push) {
            let (pass, mut eye) = self.with_eye(&mut memory.orders);
            let pushed = pass.push(&mut visit.remote, &mut eye).await?;
            visit.pushed(&pushed);
        }
        Ok(())
    }

    async fn sync(&mut self, memory: &mut Memory, visit: &mut Visit, folder: FolderId) -> Result<(), Failure> {
        let Some(name) = visit.name_of(folder) else {
            visit.todo.retain(|id| *id != folder);
            return Ok(());
        };
        let thorough = visit.thorough.contains(&folder);
        let (pass, mut eye) = self.with_eye(&mut memory.orders);
        match pass.folder(&mut visit.remote, folder, &name, thorough, &mut eye).await {
            Ok(Left::Unfinished) => {}
            Ok(left @ (Left::Complete | Left::Doubtful)) => {
                visit.at = Some(folder);
                visit.todo.retain(|id| *id != folder);
                visit.thorough.remove(&folder);
                memory.stumbles.remove(&folder);
                // Only what is in step need not be looked at again.
                if left == Left::Doubtful {
                    round::doubt(memory, folder);
                } else {
                    memory.doubts.remove(&folder);
                    self.way.went_well();
                }
                if let Some(glance) = visit.glances.remove(&folder) {
                    memory.glances.insert(folder, glance);
                }
                if visit.home(memory.focus).is_some_and(|(home, _)| home == folder) {
                    memory.agenda.probed(tokio::time::Instant::now());
                }
                self.fetch_ahead(visit, folder);
                self.note_arrivals(visit, folder, left == Left::Complete).await?;
            }
            // One folder that cannot be opened does not keep the others from being read.
            Err(failure) if failure.kind == FailureKind::Refused => {
                visit.todo.retain(|id| *id != folder);
                visit.refused.insert(folder);
                let _ = self.reports.send(Report::Refused(self.pass.account, failure));
            }
            // A busy server may keep one folder to itself for an hour. Without the inbox there is no point in staying.
            Err(failure) if failure.kind == FailureKind::Throttled && visit.inbox() != Some(folder) => {
                visit.todo.retain(|id| *id != folder);
                visit.refused.insert(folder);
                memory.busy.insert(folder, clock::instant() + patience::THROTTLED);
                if memory.focus == Some(folder) {
                    let _ = self.reports.send(Report::Refused(self.pass.account, failure));
                }
            }
            Err(failure) => {
                if failure.kind == FailureKind::Protocol {
                    let times = memory.stumbles.entry(folder).or_default();
                    *times += 1;
                    if *times == STUMBLES {
                        let _ = self.reports.send(Report::Refused(self.pass.account, failure.clone()));
                    }
                }
                return Err(failure);
            }
        }
        Ok(())
    }

    fn with_eye<'a>(&'a mut self, orders: &'a mut Orders) -> (&'a mut Pass, Eye<'a>) {
        let Self { pass, reports, orders: inbox, .. } = self;
        let account = pass.account;
        (pass, Eye { account, reports, inbox, orders })
    }

    fn tell(&self, status: Status) {
        let _ = self.reports.send(Report::Status(self.pass.account, status));
    }
}

async fn stopped(inbox: &mut mpsc::UnboundedReceiver<Order>, orders: &mut Orders) {
    while !orders.stop {
        orders.note(inbox.recv().await);
    }
}

#[cfg(test)]
mod tests;
