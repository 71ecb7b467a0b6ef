//! Starting the tasks of one account: its secret first, then its engine and the connection for bodies.

use std::collections::{HashMap, HashSet};
use std::path::PathBuf;
use std::time::Duration;

use futures_util::future::BoxFuture;
use tokio::sync::{broadcast, mpsc, watch};
use tokio::task::JoinSet;

use super::alive::{Asked, Between, End, keep_alive};
use super::attached::Line;
use super::bodies::AHEAD_SIZE;
use super::inbox::Input;
use super::sending::{self, Post};
use crate::cli::refusals::standing_at;
use crate::config::{self, Env, Paths, SecretSource, secret};
use crate::joining;
use crate::model::{AccountId, Failure, FailureKind, Purpose, Secret, Status, TlsMode, clock};
use crate::net::{ConnectTo, Dialer, Limits, Recorder, Trust};
use crate::send::desk::{Desk, Ledger};
use crate::store::{MailWriter, OwnWriter, Reader};
use crate::sync::{
    Backoff, Bodies, Earlier, Engine, Fresh, Known, Manners, Memory, Order, Pace, Pass, Report, Rest, Sizes, Way,
    Wished,
};

/// What every account's tasks share.
#[derive(Clone, Debug)]
pub(super) struct Common {
    pub(super) own: OwnWriter,
    pub(super) mail: MailWriter,
    pub(super) profile: PathBuf,
    pub(super) paths: Paths,
    pub(super) env: Env,
    /// How often the user wants servers to be asked.
    pub(super) poll: Option<Duration>,
    pub(super) ahead: usize,
    /// Whom each account trusts.
    pub(super) trusts: HashMap<String, Trust>,
    pub(super) connect_to: Vec<ConnectTo>,
    pub(super) limits: Limits,
    pub(super) inbox: mpsc::UnboundedSender<Input>,
    /// What engines say, for whoever else listens.
    pub(super) reports: broadcast::Sender<Report>,
    pub(super) recorder: Recorder,
    pub(super) post: Post,
}

/// Begins to read whom each account trusts. It takes a while, and nobody waits for it before it is needed.
pub(super) fn trusts(accounts: &[config::Account]) -> HashMap<String, Trust> {
    let begin = |account: &config::Account| {
        let trust = Trust::default();
        if account.imap.tls != TlsMode::None {
            let early =
                Dialer { ca_file: account.ca.clone(), pin: account.pin, trust: trust.clone(), ..Dialer::default() };
            tokio::spawn(async move { early.prepare().await });
        }
        (account.name.clone(), trust)
    };
    accounts.iter().map(begin).collect()
}

/// A running account.
#[derive(Debug)]
pub(super) struct Running {
    pub(super) line: Line,
    /// Where a secret goes that was entered since the start.
    pub(super) typed: watch::Sender<Option<Secret>>,
    /// Its one task, which ends at the latest when this is dropped.
    pub(super) task: JoinSet<()>,
}

pub(super) fn start(common: &Common, id: AccountId, account: config::Account, typed: Option<Secret>) -> Running {
    let (orders, inbox) = mpsc::unbounded_channel();
    let (bodies, requests) = mpsc::unbounded_channel();
    let name = account.name.clone();
    let (typed, entered) = watch::channel(typed);
    let wanted = watch::Sender::new(());
    let word = wanted.clone();
    let say = common.teller(id);
    let common = common.clone();
    // Whoever enters a secret at the start wants it tried. What breaks later has been tried in this program.
    let mut remembers = entered.borrow().is_none();
    let work = move |asked, between| {
        let remembers = std::mem::take(&mut remembers);
        let said = Said { typed: entered.clone(), wanted: word.clone(), remembers };
        Box::pin(run(common.clone(), id, account.clone(), said, asked, between))
    };
    let backoff = Backoff::new(id.0.unsigned_abs());
    let mut task = JoinSet::new();
    let stop = task.spawn(keep_alive(Asked { orders: inbox, requests }, backoff, say, work));
    Running { line: Line { id, name, orders, bodies, wanted, stop }, typed, task }
}

impl Common {
    fn teller(&self, id: AccountId) -> impl Fn(Status) + Send + 'static {
        let inbox = self.inbox.clone();
        move |status| {
            let _ = inbox.send(Input::Report(Report::Status(id, status)));
        }
    }
}

/// What the user says to an account.
struct Said {
    typed: watch::Receiver<Option<Secret>>,
    wanted: watch::Sender<()>,
    /// What was refused before the start counts.
    remembers: bool,
}

async fn run(
    common: Common,
    id: AccountId,
    account: config::Account,
    said: Said,
    mut asked: Asked,
    between: Between,
) -> End {
    let Said { mut typed, wanted, remembers } = said;
    let say = common.teller(id);
    say(Status::Connecting);
    let (way, secrets, reader) = match prepare(&common, &account, entered(&mut typed)).await {
        Ok(ready) => ready,
        Err(failure) => {
            while let Ok(order) = asked.orders.try_recv() {
                if let Order::Once(reply) = order {
                    let _ = reply.send(Err(failure.clone()));
                }
            }
            say(Status::Offline { failure, retry_at: None });
            return End::Failed;
        }
    };
    let earlier = if remembers { refused_before(&common, &account).await } else { None };
    let (online, is_online) = watch::channel(false);
    let for_bodies = way.for_purpose(Purpose::Bodies);
    let orders = between.orders.clone();
    let fetcher = Bodies::new(for_bodies, common.mail.clone(), asked.requests, is_online).beside(between.orders);
    // Ends with this future, however that ends.
    let mut fetching = JoinSet::new();
    fetching.spawn(fetcher.run());
    if account.smtp.is_some() {
        let ledger = Ledger {
            account: account.name.clone(),
            id,
            profile: common.profile.clone(),
            own: common.own.clone(),
            mail: common.mail.clone(),
            closing: common.post.closing.subscribe(),
        };
        let desk = Desk::new(account.clone(), way.for_purpose(Purpose::Sending), ledger);
        fetching.spawn(sending::send(desk, orders, common.post.clone(), wanted.subscribe(), common.inbox.clone()));
    }
    let (reports, mut said) = mpsc::unbounded_channel();
    let forward = |report: Report| {
        // Mostly nobody listens.
        let _ = common.reports.send(report.clone());
        let _ = common.inbox.send(Input::Report(report));
    };
    let (own, mail) = (common.own.clone(), common.mail.clone());
    let mut engine = Engine {
        way,
        pass: Pass {
            account: id,
            name: account.name.clone(),
            own,
            mail,
            reader,
            closed: HashSet::new(),
            sizes: Sizes::default(),
            window: account.window,
        },
        orders: asked.orders,
        reports,
        bodies: between.bodies,
        online,
        pace: pace(&common, &account),
        ahead: common.ahead,
        ahead_size: AHEAD_SIZE,
        memory: Memory::of(earlier),
    };
    let latest = typed.clone();
    let mut work = Box::pin(async {
        while engine.run().await == Rest::AskedAgain {
            // The password may have been changed since.
            let given = latest.borrow().clone();
            match ask_secret(&common, &account, given).await {
                Ok(secret) => {
                    secrets.send_replace(secret);
                }
                Err(failure) => {
                    engine.give_up(failure);
                    if !engine.asked_again().await {
                        break;
                    }
                }
            }
        }
    });
    let mut looking = Looking(None);
    loop {
        tokio::select! {
            () = &mut work => break,
            Some(report) = said.recv() => forward(report),
            Ok(()) = typed.changed() => looking.for_another(ask_secret(&common, &account, entered(&mut typed))),
            // Whoever logs in next takes it, whether anybody asked for that or not.
            found = looking.found() => if let Ok(secret) = found {
                secrets.send_replace(secret);
                wanted.send_replace(());
            },
            Some(Err(ended)) = fetching.join_next() => if ended.is_panic() {
                // Half an account is none: all of it begins again.
                std::panic::resume_unwind(ended.into_panic());
            }
        }
    }
    drop(work);
    while let Ok(report) = said.try_recv() {
        forward(report);
    }
    End::Stopped
}

/// A secret that is looked for beside everything else: a keyring may wait for somebody who is not there.
struct Looking<'a>(Option<BoxFuture<'a, Result<Secret, Failure>>>);

impl<'a> Looking<'a> {
    /// What was asked before counts no more.
    fn for_another(&mut self, asked: impl Future<Output = Result<Secret, Failure>> + Send + 'a) {
        self.0 = Some(Box::pin(asked));
    }

    /// Never, where nobody has asked.
    async fn found(&mut self) -> Result<Secret, Failure> {
        let Some(asked) = &mut self.0 else { return std::future::pending().await };
        let found = asked.await;
        self.0 = None;
        found
    }
}

/// What the server said to the last program, if it is too soon to ask it again. The user can.
async fn refused_before(common: &Common, account: &config::Account) -> Option<Earlier> {
    let (record, account) = (common.paths.protocol_log(), account.clone());
    let refusal = tokio::task::spawn_blocking(move || {
        let refusal = standing_at(&record, &account)?;
        let times = u32::try_from(refusal.times).unwrap_or(u32::MAX);
        let left = Duration::from_secs(refusal.left());
        Some(Earlier { failure: refusal.failure(&account.imap.host), times, left })
    });
    refusal.await.ok().flatten()
}

/// What the provider bears, and what the user wants.
fn pace(common: &Common, account: &config::Account) -> Pace {
    let there = account.preset.as_ref();
    Pace::of(Wished {
        for_account: account.poll,
        for_all: common.poll,
        borne: there.and_then(|there| there.poll),
        elsewhere: there.and_then(|there| there.elsewhere),
        recycle: there.and_then(|there| there.recycle),
        lag: there.map(|there| there.visibility_lag).unwrap_or_default(),
    })
}

/// What was entered last; not told as news again.
fn entered(typed: &mut watch::Receiver<Option<Secret>>) -> Option<Secret> {
    typed.borrow_and_update().clone()
}

/// The way to the account, the other end of its secret, and a reader.
type Ready = (Way, watch::Sender<Secret>, Reader);

async fn prepare(common: &Common, account: &config::Account, typed: Option<Secret>) -> Result<Ready, Failure> {
    if account.kind != config::Kind::Imap {
        let said = "this kind of account is not read yet";
        return Err(Failure::lasting(FailureKind::Refused, &account.name, said));
    }
    let dialer = Dialer {
        trust: common.trusts.get(&account.name).cloned().unwrap_or_default(),
        tap: common.recorder.tap(&account.name, Purpose::Sync),
        ..joining::dialer(account, &common.env, &common.connect_to, common.limits)
    };
    let secret = ask_secret(common, account, typed).await?;
    // Should it not be known, it is learned again.
    let quirks = common.own.learned(&account.name, clock::now()).await.unwrap_or_default();
    let folders = account.preset.as_ref().map_or(&[][..], |there| &there.folders);
    let known = Known::of(quirks).idle(account.idle).mannered(Manners::of(account)).folders(folders);
    let reader = Reader::open(&common.profile).map_err(|error| error.failure())?;
    let (secrets, secret) = watch::channel(secret);
    let way = Way {
        dialer,
        server: account.imap.clone(),
        login: account.login.clone(),
        secret,
        fresh: fresh(common, account),
        known: watch::Sender::new(known),
        door: watch::Sender::default(),
    };
    Ok((way, secrets, reader))
}

/// Tokens run out: each login asks for its own.
fn fresh(common: &Common, account: &config::Account) -> Option<Fresh> {
    let (account, paths, env) = (account.clone(), common.paths.clone(), common.env.clone());
    matches!(account.secret, SecretSource::Token { .. })
        .then(|| Fresh::new(move || secret::load(&account, &paths, &env, None)))
}

/// A keyring or a program may take its time: neither the screen nor another account waits for it.
async fn ask_secret(common: &Common, account: &config::Account, typed: Option<Secret>) -> Result<Secret, Failure> {
    if matches!(account.secret, SecretSource::Token { .. }) {
        return Ok(Secret::token(String::new()));
    }
    let (account, paths, env) = (account.clone(), common.paths.clone(), common.env.clone());
    tokio::task::spawn_blocking(move || secret::load(&account, &paths, &env, typed.as_ref()))
        .await
        .unwrap_or_else(|error| Err(Failure::lasting(FailureKind::NoSecret, "", &error.to_string())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_slow_keyring_keeps_nobody_from_hearing_and_the_last_one_asked_counts() {
        let mut looking = Looking(None);
        let (say, mut said) = mpsc::unbounded_channel();
        looking.for_another(std::future::pending());
        say.send("a report").unwrap();
        let heard = tokio::select! {
            biased;
            _ = looking.found() => None,
            report = said.recv() => report,
        };
        assert_eq!(heard, Some("a report"));
        looking.for_another(async { Ok(Secret::new("new".into())) });
        assert_eq!(looking.found().await.unwrap().expose(), "new");
        assert!(looking.0.is_none());
    }
}
