//! The loop of one account: connect, make a pass, wait for news, and come back after every failure.

use std::collections::HashMap;
use std::time::Duration;

use tokio::sync::{mpsc, oneshot, watch};

use super::imap::Session;
use super::pass::{Left, Pass, Progress};
use super::remote::Glance;
use super::{Backoff, BodyRequest, Remote as _};
use crate::model::{
    AccountId, Failure, FailureKind, FolderId, FolderName, Retry, Role, Secret, Server, Status, Watch, clock,
};
use crate::net::Dialer;
use crate::store::{FolderSeen, Want};

/// How to get to an account.
#[derive(Clone, Debug)]
pub struct Way {
    pub dialer: Dialer,
    pub server: Server,
    pub login: String,
    pub secret: Secret,
}

impl Way {
    pub async fn connect(&self) -> Result<Session, Failure> {
        Session::open(&self.dialer, &self.server, &self.login, &self.secret).await
    }
}

/// What the engine is told.
#[derive(Debug)]
pub enum Order {
    /// There is something to push, or the user wants to know what is new.
    Wake,
    /// The user looks at this folder.
    Focus(FolderId),
    /// Look at everything now, and say when everything is known or why it cannot be.
    Once(oneshot::Sender<Result<(), Failure>>),
    Stop,
}

/// What the engine tells.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Report {
    Status(AccountId, Status),
    /// The server refused something that the user wanted.
    Refused(AccountId, Failure),
}

#[derive(Debug)]
pub struct Engine {
    pub way: Way,
    pub pass: Pass,
    pub orders: mpsc::UnboundedReceiver<Order>,
    pub reports: mpsc::UnboundedSender<Report>,
    pub bodies: mpsc::UnboundedSender<BodyRequest>,
    pub online: watch::Sender<bool>,
    /// How often folders are looked at that nobody tells about.
    pub poll: Duration,
    /// Unread messages of the inbox that are fetched before they are opened, and the largest such message.
    pub ahead: usize,
    pub ahead_size: u64,
}

/// Why a connection was left without a failure.
enum Ended {
    Stopped,
}

/// What was ordered while something else went on.
#[derive(Debug, Default)]
struct Orders {
    wake: bool,
    /// Who waits to hear that everything is known.
    once: Vec<oneshot::Sender<Result<(), Failure>>>,
    focus: Option<FolderId>,
    stop: bool,
}

impl Orders {
    fn note(&mut self, order: Option<Order>) {
        match order {
            Some(Order::Wake) => self.wake = true,
            Some(Order::Focus(folder)) => self.focus = Some(folder),
            Some(Order::Once(reply)) => {
                self.once.push(reply);
                self.wake = true;
            }
            // The channel is closed: nobody is left to work for.
            Some(Order::Stop) | None => self.stop = true,
        }
    }

    /// Tells everybody who waits. Some may have gone.
    fn answer(&mut self, outcome: &Result<(), Failure>) {
        for reply in self.once.drain(..) {
            let _ = reply.send(outcome.clone());
        }
    }

    fn any(&self) -> bool {
        self.wake || self.stop || self.focus.is_some()
    }
}

impl Engine {
    pub async fn run(mut self) {
        let mut backoff = Backoff::new(self.pass.account.0.unsigned_abs().wrapping_mul(0x9e37_79b9_7f4a_7c15));
        let mut focus = None;
        let mut orders = Orders::default();
        loop {
            self.tell(Status::Connecting);
            let failure = match self.online(&mut backoff, &mut focus, &mut orders).await {
                Ok(Ended::Stopped) => return,
                Err(failure) => failure,
            };
            self.online.send_replace(false);
            orders.answer(&Err(failure.clone()));
            let wait = (failure.retry == Retry::Later).then(|| backoff.after_failure());
            let retry_at = wait.map(|wait| clock::now().plus(wait.as_secs().max(1)));
            self.tell(Status::Offline { failure, retry_at });
            if !self.pause(wait, &mut orders).await {
                return;
            }
        }
    }

    /// Waits for the time of the next try, or until somebody wants one now. False if it is over.
    async fn pause(&mut self, wait: Option<Duration>, orders: &mut Orders) -> bool {
        let until = wait.map(|wait| tokio::time::Instant::now() + wait);
        loop {
            let due = async {
                match until {
                    Some(until) => tokio::time::sleep_until(until).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                () = due => return true,
                order = self.orders.recv() => orders.note(order),
            }
            if orders.stop {
                return false;
            }
            if std::mem::take(&mut orders.wake) {
                return true;
            }
        }
    }

    /// One connection, from its login to its end.
    async fn online(
        &mut self,
        backoff: &mut Backoff,
        focus: &mut Option<FolderId>,
        orders: &mut Orders,
    ) -> Result<Ended, Failure> {
        let mut remote = tokio::select! {
            session = self.way.connect() => session?,
            () = stopped(&mut self.orders, orders) => return Ok(Ended::Stopped),
        };
        self.online.send_replace(true);
        let mut folders = self.pass.folders(&mut remote).await?;
        backoff.reset();
        let mut glances: HashMap<FolderId, Glance> = HashMap::new();
        let mut todo = in_order(&folders, *focus);
        let mut watched: Option<FolderId> = None;
        let mut looked_round = clock::instant();
        loop {
            self.drain(orders);
            if orders.stop {
                remote.close().await;
                return Ok(Ended::Stopped);
            }
            if let Some(folder) = orders.focus.take() {
                *focus = Some(folder);
                if watched != Some(folder) && folders.iter().any(|(id, _)| *id == folder) {
                    todo.retain(|id| *id != folder);
                    todo.insert(0, folder);
                    watched = None;
                }
            }
            if std::mem::take(&mut orders.wake) {
                let open = watched.and_then(|id| name_of(&folders, id));
                let moved = {
                    let Self { pass, reports, orders: inbox, .. } = self;
                    let mut eye = Eye { account: pass.account, reports, inbox, orders };
                    pass.push(&mut remote, open.as_ref(), &mut eye).await?
                };
                if moved {
                    watched = None;
                }
                // C-r means: what is new, everywhere.
                looked_round = clock::instant().checked_sub(self.poll).unwrap_or(looked_round);
            }
            if let Some(next) = todo.first().copied() {
                let Some(name) = name_of(&folders, next) else {
                    todo.retain(|id| *id != next);
                    continue;
                };
                let left = self.sync(&mut remote, next, &name, orders).await;
                watched = Some(next);
                match left {
                    Ok(Left::Complete) => {
                        todo.retain(|id| *id != next);
                        self.fetch_ahead(&folders, next);
                    }
                    Ok(Left::Unfinished) => {}
                    // One folder that cannot be opened does not keep the others from being read.
                    Err(failure) if failure.kind == FailureKind::Refused => {
                        todo.retain(|id| *id != next);
                        watched = None;
                        let _ = self.reports.send(Report::Refused(self.pass.account, failure));
                    }
                    Err(failure) => return Err(failure),
                }
                continue;
            }
            let home = focus.filter(|id| name_of(&folders, *id).is_some()).or_else(|| inbox_of(&folders));
            if watched != home
                && let Some(home) = home
            {
                todo.push(home);
                continue;
            }
            if looked_round.elapsed() >= self.poll {
                looked_round = clock::instant();
                folders = self.pass.folders(&mut remote).await?;
                todo = Self::look_round(&mut remote, &folders, watched, &mut glances).await?;
                if !todo.is_empty() {
                    continue;
                }
            }
            orders.answer(&Ok(()));
            let watch = if remote.abilities().idle { Watch::Told } else { Watch::Asking };
            self.tell(Status::UpToDate { at: clock::now(), watch });
            let at_most = self.poll.saturating_sub(looked_round.elapsed());
            let inbox = &mut self.orders;
            remote.wait(at_most, async { orders.note(inbox.recv().await) }).await?;
            if let Some(folder) = watched {
                let Self { pass, reports, orders: inbox, .. } = self;
                let mut eye = Eye { account: pass.account, reports, inbox, orders };
                if pass.news(&mut remote, folder, &mut eye).await? {
                    self.fetch_ahead(&folders, folder);
                }
            }
        }
    }

    async fn sync(
        &mut self,
        remote: &mut Session,
        folder: FolderId,
        name: &FolderName,
        orders: &mut Orders,
    ) -> Result<Left, Failure> {
        let Self { pass, reports, orders: inbox, .. } = self;
        let mut eye = Eye { account: pass.account, reports, inbox, orders };
        pass.folder(remote, folder, name, &mut eye).await
    }

    /// Asks about the folders that nobody watches. Returns those that look different from last time.
    async fn look_round(
        remote: &mut Session,
        folders: &[(FolderId, FolderSeen)],
        watched: Option<FolderId>,
        glances: &mut HashMap<FolderId, Glance>,
    ) -> Result<Vec<FolderId>, Failure> {
        let mut changed = Vec::new();
        for (id, seen) in folders.iter().filter(|(id, seen)| seen.selectable && Some(*id) != watched) {
            let glance = match remote.glance(&seen.name).await {
                Ok(glance) => glance,
                Err(failure) if failure.kind == FailureKind::Refused => continue,
                Err(failure) => return Err(failure),
            };
            if glances.insert(*id, glance) != Some(glance) {
                changed.push(*id);
            }
        }
        Ok(changed)
    }

    /// Fetches the newest unread messages of the inbox before anybody asks for them.
    fn fetch_ahead(&self, folders: &[(FolderId, FolderSeen)], folder: FolderId) {
        if inbox_of(folders) != Some(folder) || self.ahead == 0 {
            return;
        }
        if let Ok(wishes) = self.pass.reader.without_body(folder, true, self.ahead_size, self.ahead)
            && !wishes.is_empty()
        {
            let _ = self.bodies.send(BodyRequest::Ahead(wishes));
        }
    }

    fn drain(&mut self, orders: &mut Orders) {
        while let Ok(order) = self.orders.try_recv() {
            orders.note(Some(order));
        }
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

/// The order in which folders are filled: what the user looks at, the inbox, the others as they are listed.
fn in_order(folders: &[(FolderId, FolderSeen)], focus: Option<FolderId>) -> Vec<FolderId> {
    let mut order: Vec<(u8, Option<Role>, FolderId)> = folders
        .iter()
        .filter(|(_, seen)| seen.selectable)
        .map(|(id, seen)| {
            let rank = match seen.role {
                _ if Some(*id) == focus => 0,
                Some(Role::Inbox) => 1,
                Some(Role::All | Role::Trash | Role::Junk) => 3,
                _ => 2,
            };
            (rank, seen.role, *id)
        })
        .collect();
    order.sort_by_key(|(rank, role, id)| (*rank, role.is_none(), *role, *id));
    order.into_iter().map(|(_, _, id)| id).collect()
}

fn name_of(folders: &[(FolderId, FolderSeen)], folder: FolderId) -> Option<FolderName> {
    folders.iter().find(|(id, seen)| *id == folder && seen.selectable).map(|(_, seen)| seen.name.clone())
}

fn inbox_of(folders: &[(FolderId, FolderSeen)]) -> Option<FolderId> {
    folders.iter().find(|(_, seen)| seen.role == Some(Role::Inbox)).map(|(id, _)| *id)
}

/// Looks on for the screen, and listens for orders meanwhile.
struct Eye<'a> {
    account: AccountId,
    reports: &'a mpsc::UnboundedSender<Report>,
    inbox: &'a mut mpsc::UnboundedReceiver<Order>,
    orders: &'a mut Orders,
}

impl Progress for Eye<'_> {
    fn synced(&mut self, folder: FolderId, done: u64, total: u64) {
        let _ = self.reports.send(Report::Status(self.account, Status::Syncing { folder, done, total }));
    }

    fn urgent(&mut self) -> bool {
        while let Ok(order) = self.inbox.try_recv() {
            self.orders.note(Some(order));
        }
        self.orders.any()
    }

    fn refused(&mut self, want: &Want) {
        let folder = String::from_utf8_lossy(&want.folder).into_owned();
        let failure = Failure::lasting(FailureKind::Refused, &folder, "");
        let _ = self.reports.send(Report::Refused(self.account, failure));
    }
}
