//! Work that commands hand over, because this hongyan has the profile: what they ask for is asked of the accounts' tasks,
//! and how it went is told back.

use std::collections::HashMap;
use std::path::PathBuf;
use std::time::Duration;

use futures_util::future::join_all;
use tokio::sync::{broadcast, mpsc, oneshot, watch};
use tokio::task::{AbortHandle, JoinSet};
use tokio::time::timeout;

use super::inbox::Input;
use crate::app::Event;
use crate::cli::attach::{Loss, Parcel, Progress, Replies, Request, Serving, Verb, Work, serve};
use crate::cli::{self, find};
use crate::model::{AccountId, Failure, FailureKind, Folder, FolderId, OutgoingId, PlacementId, Status, clock};
use crate::send::outbox::Word;
use crate::send::wish::{Came, Wish, grant};
use crate::store::{MailWriter, OwnReader, OwnWriter, Reader, Whereabouts, forget_account, loss_of};
use crate::sync::{BodyRequest, Order, Report};

/// An account that is to be forgotten has this long to end its work.
const STOPPING: Duration = Duration::from_secs(2);

/// The way to an account's tasks.
#[derive(Clone, Debug)]
pub(super) struct Line {
    pub(super) id: AccountId,
    pub(super) name: String,
    pub(super) orders: mpsc::UnboundedSender<Order>,
    pub(super) bodies: mpsc::UnboundedSender<BodyRequest>,
    /// Changed whenever the user wants what waits in the outbox to go now.
    pub(super) wanted: watch::Sender<()>,
    pub(super) stop: AbortHandle,
}

impl Line {
    /// The user wants another try of everything that was given up or waits.
    pub(super) fn try_again(&self) {
        let _ = self.orders.send(Order::Wake);
        self.send_now();
    }

    /// The same of what is to be sent.
    pub(super) fn send_now(&self) {
        self.wanted.send_replace(());
    }
}

/// What the work needs.
#[derive(Clone, Debug)]
pub(super) struct Means {
    pub(super) lines: Vec<Line>,
    pub(super) profile: PathBuf,
    pub(super) own: OwnWriter,
    pub(super) mail: MailWriter,
    pub(super) reports: broadcast::Sender<Report>,
    pub(super) inbox: mpsc::UnboundedSender<Input>,
}

/// The socket, and the work that came through it. Both end when this is dropped.
#[derive(Debug)]
pub(super) struct Attached {
    _serving: Serving,
    _work: JoinSet<()>,
}

impl Attached {
    pub(super) fn begin(socket: &std::path::Path, means: Means) -> std::io::Result<Self> {
        let (to, requests) = mpsc::channel(1);
        let serving = serve(socket, to)?;
        let mut work = JoinSet::new();
        work.spawn(dispatch(requests, means));
        Ok(Self { _serving: serving, _work: work })
    }
}

async fn dispatch(mut requests: mpsc::Receiver<Request>, means: Means) {
    let mut work = JoinSet::new();
    loop {
        tokio::select! {
            request = requests.recv() => match request {
                Some(Request { work: asked, reply }) => {
                    work.spawn(means.clone().perform(asked, reply));
                }
                None => return,
            },
            Some(_) = work.join_next() => {}
        }
    }
}

impl Means {
    async fn perform(self, work: Work, reply: Replies) {
        let outcome = match work {
            Work::Sync { folder, account, bodies } => {
                tokio::select! {
                    outcome = self.sync(folder.as_deref(), account.as_deref(), bodies, &reply) => outcome,
                    // Whoever asked has gone. What the accounts were told they do all the same.
                    () = reply.unheard() => return,
                }
            }
            Work::Body(placement) => self.body(placement).await,
            Work::Forget { account, yes } => match self.forget(&account, yes).await {
                Ok(None) => Ok(()),
                Ok(Some(loss)) => return reply.lost(loss),
                Err(failure) => Err(failure),
            },
            Work::Queue(parcel) => self.queue(parcel).await,
            Work::Compose { file } => self.compose(&file),
            Work::Outbox { verb, id } => match self.outbox(verb, id).await {
                Ok(came) => came.failure(),
                Err(failure) => Err(failure),
            },
        };
        match outcome {
            Ok(()) => reply.done(),
            Err(failure) => reply.failed(&failure),
        }
    }

    fn line(&self, name: &str) -> Result<&Line, Failure> {
        let found = self.lines.iter().find(|line| line.name == name);
        found.ok_or_else(|| gone(name))
    }

    async fn sync(
        &self,
        folder: Option<&str>,
        account: Option<&str>,
        bodies: bool,
        reply: &Replies,
    ) -> Result<(), Failure> {
        let lines = match account {
            Some(name) => vec![self.line(name)?],
            None => self.lines.iter().collect(),
        };
        let mut reports = self.reports.subscribe();
        let mut rounds = Box::pin(join_all(lines.iter().map(|line| once(line))));
        let mut names = HashMap::new();
        let ends = loop {
            tokio::select! {
                ends = &mut rounds => break ends,
                report = reports.recv() => if let Ok(report) = report {
                    self.tell(&lines, report, &mut names, reply);
                },
            }
        };
        let mut looked = Vec::new();
        for (line, end) in lines.into_iter().zip(ends) {
            match end {
                Ok(()) => looked.push(line),
                Err(failure) => reply.trouble(&line.name, &failure),
            }
        }
        let mut found = false;
        for line in &looked {
            let of_account = self.folders(line.id)?;
            let chosen = match folder {
                None => of_account.iter().filter(|folder| folder.selectable).collect(),
                Some(asked) => chosen(asked, &of_account).into_iter().collect::<Vec<_>>(),
            };
            found |= !chosen.is_empty();
            for folder in chosen.into_iter().filter(|_| bodies) {
                if let Err(failure) = self.bodies(line, folder, reply).await {
                    reply.trouble(&line.name, &failure);
                    break;
                }
            }
        }
        match folder {
            Some(asked) if !found && !looked.is_empty() => Err(Failure::lasting(FailureKind::Gone, asked, "")),
            _ => Ok(()),
        }
    }

    /// Passes on what an account says meanwhile.
    fn tell(&self, lines: &[&Line], report: Report, names: &mut HashMap<FolderId, String>, reply: &Replies) {
        let name = |id| lines.iter().find(|line| line.id == id).map(|line| line.name.as_str());
        match report {
            Report::Status(id, Status::Syncing { folder, done, total }) => {
                let Some(account) = name(id) else { return };
                if !names.contains_key(&folder) {
                    let known = self.folders(id).unwrap_or_default();
                    names.extend(known.into_iter().map(|folder| (folder.id, folder.name.as_untrusted().to_owned())));
                }
                let folder = names.get(&folder).cloned().unwrap_or_default();
                reply.progress(Progress { account: account.to_owned(), folder, done, total });
            }
            Report::Refused(id, failure) => {
                if let Some(account) = name(id) {
                    reply.trouble(account, &failure);
                }
            }
            Report::Status(..) | Report::Arrived(_) => {}
        }
    }

    fn reader(&self) -> Result<Reader, Failure> {
        Reader::open(&self.profile).map_err(|error| error.failure())
    }

    fn folders(&self, account: AccountId) -> Result<Vec<Folder>, Failure> {
        let folders = self.reader()?.folders().map_err(|error| error.failure())?;
        Ok(folders.into_iter().filter(|folder| folder.account == account).collect())
    }

    fn missing(&self, folder: FolderId) -> Result<Vec<Whereabouts>, Failure> {
        self.reader()?.without_body(folder).map_err(|error| error.failure())
    }

    async fn bodies(&self, line: &Line, folder: &Folder, reply: &Replies) -> Result<(), Failure> {
        let missing = self.missing(folder.id)?;
        let total = u64::try_from(missing.len()).unwrap_or(u64::MAX);
        for (at, done) in missing.into_iter().zip(1..) {
            match fetch(line, at).await {
                Ok(()) => {}
                // It was expunged meanwhile.
                Err(failure) if failure.kind == FailureKind::Gone => {}
                Err(failure) => return Err(failure),
            }
            let (account, folder) = (line.name.clone(), folder.name.as_untrusted().to_owned());
            reply.progress(Progress { account, folder, done, total });
        }
        Ok(())
    }

    async fn body(&self, placement: PlacementId) -> Result<(), Failure> {
        let at = self.reader()?.whereabouts(placement).map_err(|error| error.failure())?;
        let line = self.lines.iter().find(|line| line.id == at.account);
        fetch(line.ok_or_else(|| Failure::lasting(FailureKind::Gone, "", ""))?, at).await
    }

    /// It opens on the screen, and is kept there.
    fn compose(&self, file: &std::path::Path) -> Result<(), Failure> {
        let ordered = cli::compose::read(file)?;
        let gone = || Failure::passing(FailureKind::Dropped, "hongyan", "");
        self.inbox.send(Input::Ordered(Box::new(ordered))).map_err(|_| gone())
    }

    /// Whoever sends sees that something came into the outbox.
    async fn queue(&self, parcel: Parcel) -> Result<(), Failure> {
        self.line(&parcel.account)?;
        parcel.queue(&self.own).await.map(|_| ())
    }

    async fn outbox(&self, verb: Verb, id: Option<i64>) -> Result<Came, Failure> {
        let wish = verb.wish(id).ok_or_else(|| Failure::lasting(FailureKind::Protocol, "hongyan", "which message"))?;
        let about = id.and_then(|id| self.account_of(OutgoingId(id)));
        let came = grant(&self.profile, &self.own, wish, clock::now()).await?;
        if came == Came::Done && matches!(wish, Wish::Flush | Wish::Say(_, Word::Again | Word::Now)) {
            // Whoever waits for the user has heard the word.
            for line in self.lines.iter().filter(|line| id.is_none() || about.as_ref() == Some(&line.name)) {
                line.send_now();
            }
        }
        Ok(came)
    }

    fn account_of(&self, letter: OutgoingId) -> Option<String> {
        let own = OwnReader::open(&self.profile).ok().flatten()?;
        own.outgoing(letter).ok().flatten().map(|letter| letter.account)
    }

    /// Stops the account and forgets it. Answers what would be lost, if that keeps it from being done.
    async fn forget(&self, name: &str, yes: bool) -> Result<Option<Loss>, Failure> {
        let line = self.lines.iter().find(|line| line.name == name);
        let known = self.reader()?.accounts().map_err(|error| error.failure())?;
        let (id, _) = known.into_iter().find(|(_, known)| known == name).ok_or_else(|| gone(name))?;
        let loss = loss_of(&self.profile, name).map_err(|error| error.failure())?;
        if loss != Loss::default() && !yes {
            return Ok(Some(loss));
        }
        // Whoever was forgotten before, or stands in the settings no more, has nobody to stop.
        if let Some(line) = line {
            let _ = line.orders.send(Order::Stop);
            if timeout(STOPPING, line.orders.closed()).await.is_err() {
                line.stop.abort();
                line.orders.closed().await;
            }
        }
        // Said before its mail goes: what the window shows then is no message that somebody deleted.
        let status = Status::Offline { failure: Failure::account_removed(name), retry_at: None };
        let _ = self.inbox.send(Input::Event(Event::Account { id, status }));
        let forgotten = forget_account(&self.profile, &self.own, &self.mail, name).await;
        forgotten.map_err(|error| error.failure())?;
        Ok(None)
    }
}

fn gone(name: &str) -> Failure {
    Failure::lasting(FailureKind::Gone, name, "")
}

fn chosen<'a>(asked: &str, all: &'a [Folder]) -> Option<&'a Folder> {
    find::folder(asked, all, |folder| (folder.name.as_untrusted(), folder.role))
}

async fn once(line: &Line) -> Result<(), Failure> {
    let (reply, answer) = oneshot::channel();
    let _ = line.orders.send(Order::Once(reply));
    answer.await.unwrap_or_else(|_| Err(Failure::passing(FailureKind::Offline, &line.name, "")))
}

/// Fetches a message for somebody who will look for it in the store.
async fn fetch(line: &Line, at: Whereabouts) -> Result<(), Failure> {
    let (reply, answer) = oneshot::channel();
    let _ = line.bodies.send(BodyRequest::Keep { at, reply });
    answer.await.unwrap_or_else(|_| Err(Failure::passing(FailureKind::Offline, "", "")))
}
