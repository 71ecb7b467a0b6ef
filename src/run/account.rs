//! Starting the tasks of one account: its secret first, then its engine and the connection for bodies.

use std::path::PathBuf;
use std::time::Duration;

use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;

use super::bodies::AHEAD_SIZE;
use super::inbox::Input;
use crate::config::{self, Env, Paths, secret};
use crate::model::{AccountId, Failure, FailureKind, Secret, Status};
use crate::net::{ConnectTo, Dialer, Limits, Trust};
use crate::store::{MailWriter, OwnWriter, Reader};
use crate::sync::{Bodies, BodyRequest, Engine, Order, Pass, Report, Rest, Way};

/// What every account's tasks share.
#[derive(Clone, Debug)]
pub(super) struct Common {
    pub(super) own: OwnWriter,
    pub(super) mail: MailWriter,
    pub(super) profile: PathBuf,
    pub(super) paths: Paths,
    pub(super) env: Env,
    pub(super) poll: Duration,
    pub(super) ahead: usize,
    pub(super) connect_to: Vec<ConnectTo>,
    pub(super) limits: Limits,
    pub(super) inbox: mpsc::UnboundedSender<Input>,
}

/// A running account.
#[derive(Debug)]
pub(super) struct Running {
    pub(super) id: AccountId,
    pub(super) name: String,
    pub(super) orders: mpsc::UnboundedSender<Order>,
    pub(super) bodies: mpsc::UnboundedSender<BodyRequest>,
    pub(super) task: JoinHandle<()>,
}

pub(super) fn start(common: &Common, id: AccountId, account: config::Account, typed: Option<Secret>) -> Running {
    let (orders, inbox) = mpsc::unbounded_channel();
    let (bodies, requests) = mpsc::unbounded_channel();
    let name = account.name.clone();
    let task = tokio::spawn(run(common.clone(), id, account, typed, inbox, bodies.clone(), requests));
    Running { id, name, orders, bodies, task }
}

async fn run(
    common: Common,
    id: AccountId,
    account: config::Account,
    typed: Option<Secret>,
    mut orders: mpsc::UnboundedReceiver<Order>,
    bodies: mpsc::UnboundedSender<BodyRequest>,
    requests: mpsc::UnboundedReceiver<BodyRequest>,
) {
    let say = |status| {
        let _ = common.inbox.send(Input::Report(Report::Status(id, status)));
    };
    if account.kind != config::Kind::Imap {
        let failure = Failure::lasting(FailureKind::Refused, &account.name, "this kind of account is not read yet");
        return say(Status::Offline { failure, retry_at: None });
    }
    say(Status::Connecting);
    let dialer = Dialer {
        ca_file: account.ca.clone(),
        insecure: account.insecure,
        connect_to: common.connect_to.clone(),
        limits: common.limits,
        trust: Trust::default(),
    };
    let (first, ()) = tokio::join!(ask_secret(&common, &account, typed.clone()), dialer.prepare());
    let mut secret = first;
    let first = loop {
        match secret {
            Ok(secret) => break secret,
            Err(failure) => say(Status::Offline { failure, retry_at: None }),
        }
        if !asked_again(&mut orders).await {
            return;
        }
        secret = ask_secret(&common, &account, typed.clone()).await;
    };
    let (secrets, secret) = watch::channel(first);
    let reader = match Reader::open(&common.profile) {
        Ok(reader) => reader,
        Err(error) => return say(Status::Offline { failure: error.failure(), retry_at: None }),
    };
    let way = Way { dialer, server: account.imap.clone(), login: account.login.clone(), secret };
    let (online, is_online) = watch::channel(false);
    let fetcher = Bodies::new(way.clone(), common.mail.clone(), requests, is_online);
    let fetching = tokio::spawn(fetcher.run());
    let (reports, mut said) = mpsc::unbounded_channel();
    let to_loop = common.inbox.clone();
    let forwarding = tokio::spawn(async move {
        while let Some(report) = said.recv().await {
            let _ = to_loop.send(Input::Report(report));
        }
    });
    let pass =
        Pass { account: id, name: account.name.clone(), own: common.own.clone(), mail: common.mail.clone(), reader };
    let mut engine = Engine {
        way,
        pass,
        orders,
        reports,
        bodies,
        online,
        poll: common.poll,
        ahead: common.ahead,
        ahead_size: AHEAD_SIZE,
    };
    while engine.run().await == Rest::AskedAgain {
        // The password may have been changed since.
        match ask_secret(&common, &account, typed.clone()).await {
            Ok(secret) => {
                secrets.send_replace(secret);
            }
            Err(failure) => say(Status::Offline { failure, retry_at: None }),
        }
    }
    fetching.abort();
    let _ = forwarding.await;
}

/// Waits until the user wants another try. False if it is over.
async fn asked_again(orders: &mut mpsc::UnboundedReceiver<Order>) -> bool {
    loop {
        match orders.recv().await {
            Some(Order::Wake | Order::Once(_)) => return true,
            Some(Order::Push | Order::Focus(_)) => {}
            Some(Order::Stop) | None => return false,
        }
    }
}

/// A keyring or a program may take its time: neither the screen nor another account waits for it.
async fn ask_secret(common: &Common, account: &config::Account, typed: Option<Secret>) -> Result<Secret, Failure> {
    let (account, paths, env) = (account.clone(), common.paths.clone(), common.env.clone());
    tokio::task::spawn_blocking(move || secret::load(&account, &paths, &env, typed.as_ref()))
        .await
        .unwrap_or_else(|error| Err(Failure::lasting(FailureKind::NoSecret, "", &error.to_string())))
}
