//! Commands while another hongyan has the profile: it does the work, and readers do not care.

use std::os::unix::fs::DirBuilderExt as _;

use hongyan::cli::attach::{Loss, Progress, Request, Serving, Work, serve};
use hongyan::model::{Failure, FailureKind, PlacementId};
use hongyan::store::ProfileLock;
use tokio::runtime::Runtime;
use tokio::sync::mpsc;

use super::home::{Home, USER, server};
use crate::dovecot::Dovecot;

/// What a running hongyan holds: the lock, and the socket.
struct Running {
    runtime: Runtime,
    requests: mpsc::Receiver<Request>,
    _serving: Serving,
    _lock: ProfileLock,
}

impl Running {
    fn start(home: &Home) -> Self {
        let lock = ProfileLock::take(&home.profile()).unwrap().unwrap();
        let folder = home.path().join("run");
        std::fs::DirBuilder::new().recursive(true).mode(0o700).create(&folder).unwrap();
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let (to, requests) = mpsc::channel(1);
        let serving = {
            let _inside = runtime.enter();
            serve(&folder.join("socket"), to).unwrap()
        };
        Self { runtime, requests, _serving: serving, _lock: lock }
    }

    fn next(&mut self) -> Request {
        self.runtime.block_on(self.requests.recv()).unwrap()
    }
}

fn filled() -> (Dovecot, Home) {
    let server = server();
    server.fill(USER, "INBOX", 4);
    let home = Home::with_account(&server);
    home.run(&["sync", "--once"]).good();
    (server, home)
}

#[test]
fn k03_a_sync_is_handed_over_and_its_end_is_told() {
    let (_server, home) = filled();
    let mut running = Running::start(&home);
    let child = home.start(&["sync", "--once", "--folder", "inbox", "--account", USER, "--bodies"]);
    let Request { work, reply } = running.next();
    assert_eq!(work, Work::Sync { folder: Some("inbox".into()), account: Some(USER.into()), bodies: true });
    reply.progress(Progress { account: USER.into(), folder: "INBOX".into(), done: 1, total: 4 });
    reply.done();
    let done = super::home::finish(child).good();
    assert_eq!((done.out.as_str(), done.err.as_str()), ("", ""));

    let child = home.start(&["sync", "--once"]);
    let Request { work, reply } = running.next();
    assert_eq!(work, Work::Sync { folder: None, account: None, bodies: false });
    reply.trouble(USER, &Failure::lasting(FailureKind::Login, "mail.example", ""));
    reply.trouble("other", &Failure::lasting(FailureKind::TimedOut, "b.example", ""));
    reply.done();
    let done = super::home::finish(child);
    assert_eq!(done.code, Some(1));
    assert_eq!(
        done.err,
        format!(
            "hongyan: {USER}: mail.example refused the login; check name and password\n\
             hongyan: other: b.example took too long to answer; try again later\n"
        )
    );
    let child = home.start(&["--lang", "zh-CN", "sync", "--once"]);
    running.next().reply.failed(&Failure::lasting(FailureKind::Offline, "", ""));
    assert!(super::home::finish(child).failed().contains("现在没有连上服务器"));
    // One that ends in the middle of it.
    let child = home.start(&["sync", "--once"]);
    drop(running.next());
    assert!(super::home::finish(child).failed().contains("it ended before the work was done"));
    // Readers need nobody.
    assert_eq!(home.flags("INBOX").len(), 4);
}

#[test]
fn k03_a_body_is_fetched_by_the_one_who_has_the_profile() {
    let (_server, home) = filled();
    let id = home.run(&["list", "INBOX", "--json"]).json()[0]["id"].as_i64().unwrap();
    let mut running = Running::start(&home);
    let child = home.start(&["show", &id.to_string(), "--json"]);
    let Request { work, reply } = running.next();
    assert_eq!(work, Work::Body(PlacementId(id)));
    reply.failed(&Failure::lasting(FailureKind::Offline, "", ""));
    let said = super::home::finish(child).failed();
    assert!(said.contains("there is no connection to the server now"), "{said}");
    // It says that it is done, but nothing was stored: the message went away meanwhile.
    let child = home.start(&["show", &id.to_string()]);
    running.next().reply.done();
    assert!(super::home::finish(child).failed().contains("not there any more"));
}

#[test]
fn k03_an_account_is_removed_while_another_has_the_profile() {
    let (_server, home) = filled();
    let mut running = Running::start(&home);
    let before = home.config();
    let child = home.start(&["account", "remove", USER]);
    let Request { work, reply } = running.next();
    assert_eq!(work, Work::Forget { account: USER.into(), yes: false });
    reply.lost(Loss { wants: 3, only_here: 2, drafts: 0, letters: 0 });
    let said = super::home::finish(child).failed();
    assert!(said.contains("3 changes") && said.contains("2 messages") && said.contains("--yes"), "{said}");
    assert_eq!(home.config(), before);
    let child = home.start(&["account", "remove", USER, "--yes"]);
    let Request { work, reply } = running.next();
    assert_eq!(work, Work::Forget { account: USER.into(), yes: true });
    reply.done();
    super::home::finish(child).good();
    assert_eq!(home.config(), "");
    assert!(!home.profile().join("secrets").join(USER).exists());
}

#[test]
fn k03_where_nobody_answers_the_profile_is_in_use() {
    let (_server, home) = filled();
    let lock = ProfileLock::take(&home.profile()).unwrap().unwrap();
    let said = home.run(&["sync", "--once"]).failed();
    assert!(said.contains("another hongyan is at work with this profile"), "{said}");
    // What one that was killed leaves behind stops nobody.
    drop(lock);
    let running = Running::start(&home);
    let socket = home.path().join("run/socket");
    let Running { _serving: serving, _lock: lock, .. } = running;
    std::mem::forget(serving);
    drop(lock);
    assert!(socket.exists());
    home.run(&["sync", "--once"]).good();
}

#[test]
fn an_export_asks_the_other_one_for_what_is_missing() {
    let (_server, home) = filled();
    let mut running = Running::start(&home);
    let child = home.start(&["export", "INBOX", "--mbox", "x.mbox"]);
    for first in [true, false, false, false] {
        let Request { work, reply } = running.next();
        assert!(matches!(work, Work::Body(_)), "{work:?}");
        if first {
            reply.failed(&Failure::lasting(FailureKind::Gone, "", ""));
        } else {
            reply.done();
        }
    }
    // It said so, but there is nothing.
    let done = super::home::finish(child);
    assert_eq!((done.code, done.out.as_str()), (Some(1), ""), "{done:?}");
    assert!(done.err.contains("not there any more"), "{done:?}");
    assert_eq!(done.err.matches("was not exported").count(), 4, "{done:?}");
    assert!(!home.path().join("x.mbox").exists());
}
