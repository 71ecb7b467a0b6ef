//! What is said on the wire: reading is peeking, whoever wants to see it.

use std::collections::{BTreeMap, HashSet};

use hongyan::demo::{Demo, Options, serve};
use hongyan::model::{Changed, Flags, FolderName, Intent, Role, Secret, Server, Timestamp, TlsMode, clock};
use hongyan::net::Dialer;
use hongyan::store::{Restore, Store, StoreOptions};
use hongyan::sync::{Left, Pass, Remote as _, Sizes, Way};
use tokio::sync::mpsc;

struct Setting {
    demo: Demo,
    store: Store,
    way: Way,
    pass: Pass,
    dir: tempfile::TempDir,
}

async fn setting(tls: TlsMode) -> Setting {
    let demo = serve(Options { messages: 500, ..Options::new(clock::now(), "secret") }).await.unwrap();
    let dir = tempfile::tempdir().unwrap();
    let ca = dir.path().join("ca.pem");
    std::fs::write(&ca, &demo.ca_pem).unwrap();
    let port = if tls == TlsMode::StartTls { demo.starttls.port() } else { demo.tls.port() };
    let dialer = Dialer { ca_file: Some(ca), ..Dialer::default() };
    let server = Server { host: "localhost".into(), port, tls };
    let way = Way::new(dialer, server, "demo@hongyan.example".into(), Secret::new("secret".into()));
    let (changes, _) = mpsc::unbounded_channel::<Changed>();
    let accounts = ["demo".to_owned()];
    let options =
        StoreOptions { profile: dir.path(), accounts: &accounts, now: Timestamp(0), restore: Restore::Refuse };
    let store = Store::open(&options, changes).unwrap();
    let pass = Pass {
        account: store.accounts[0].0,
        name: "demo".into(),
        own: store.own.clone(),
        mail: store.mail.clone(),
        reader: store.reader().unwrap(),
        closed: HashSet::new(),
        moving: hongyan::sync::Moving::default(),
        window: false,
        sizes: Sizes::default(),
    };
    Setting { demo, store, way, pass, dir }
}

/// Every folder as the demo has it and as the store has it: decoded name → (uid, flags that both know).
async fn both(setting: &Setting) -> (BTreeMap<String, Vec<(u32, Flags)>>, BTreeMap<String, Vec<(u32, Flags)>>) {
    let known = |names: &[String]| names.iter().fold(Flags::NONE, |all, name| all.with(Flags::from_imap(name)));
    let kept = setting.demo.snapshot().await.unwrap();
    let theirs = kept
        .into_iter()
        .map(|kept| (kept.folder, kept.messages.iter().map(|m| (m.uid, known(&m.flags))).collect::<Vec<_>>()))
        .filter(|(_, messages)| !messages.is_empty())
        .collect();
    let folders = setting.pass.reader.folders().unwrap();
    let ours = folders
        .into_iter()
        .map(|folder| {
            let messages = setting.pass.reader.local(folder.id).unwrap().messages;
            (folder.name.as_untrusted().to_owned(), messages)
        })
        .filter(|(_, messages)| !messages.is_empty())
        .collect();
    (theirs, ours)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn i25_reading_everything_changes_nothing_on_the_server() {
    for tls in [TlsMode::Tls, TlsMode::StartTls] {
        let mut setting = setting(tls).await;
        let before = setting.demo.snapshot().await.unwrap();
        let mut remote = setting.way.connect().await.unwrap();
        let folders = setting.pass.folders(&mut remote).await.unwrap();
        for (id, seen) in folders.iter().filter(|(_, seen)| seen.selectable) {
            let left = setting.pass.folder(&mut remote, *id, &seen.name, false, &mut ()).await.unwrap();
            assert_eq!(left, Left::Complete, "{}", seen.decoded);
            let ours = setting.pass.reader.without_body(*id).unwrap();
            let spots: Vec<_> = ours.iter().map(|at| at.spot()).take(40).collect();
            let bodies = remote.bodies(&spots).await.unwrap();
            assert_eq!(bodies.len(), spots.len(), "{}", seen.decoded);
        }
        let (theirs, ours) = both(&setting).await;
        assert_eq!(ours, theirs);
        assert_eq!(setting.demo.snapshot().await.unwrap(), before);
        assert!(setting.pass.reader.wrong_counters().unwrap().is_empty());

        let said = setting.demo.said().await.unwrap();
        assert!(said.iter().any(|line| line.contains("BODY.PEEK[]")), "{said:#?}");
        for line in &said {
            let upper = line.to_uppercase();
            assert!(!upper.contains("BODY[") && !upper.contains(" STORE ") && !upper.contains("EXPUNGE"), "{line}");
            assert!(!upper.contains("RFC822 ") && !upper.contains("RFC822)") && !upper.contains("CLOSE"), "{line}");
            assert!(!line.contains("secret"), "{line}");
        }
        // Some servers show nothing to a stranger: who we are is said before the first folder is opened.
        let at = |what: &str| said.iter().position(|line| line.to_uppercase().contains(what)).unwrap();
        assert!(at(" ID (") < at(" SELECT "), "{said:#?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_user_wants_is_said_once_and_by_difference() {
    let mut setting = setting(TlsMode::Tls).await;
    let mut remote = setting.way.connect().await.unwrap();
    let folders = setting.pass.folders(&mut remote).await.unwrap();
    let (inbox, seen) = folders.iter().find(|(_, seen)| seen.role == Some(Role::Inbox)).unwrap();
    let name: FolderName = seen.name.clone();
    setting.pass.folder(&mut remote, *inbox, &name, false, &mut ()).await.unwrap();
    let rows = setting.pass.reader.newest(*inbox, 3).unwrap();
    let placements = rows.iter().map(|row| row.placement).collect();
    let intent = Intent::Flag { placements, add: Flags::SEEN.with(Flags::FLAGGED), remove: Flags::NONE };
    Store::record(&setting.store.own, &setting.store.mail, intent).await.unwrap();
    setting.pass.push(&mut remote, &mut ()).await.unwrap();
    setting.pass.push(&mut remote, &mut ()).await.unwrap();
    let said = setting.demo.said().await.unwrap();
    let stores: Vec<&String> = said.iter().filter(|line| line.contains(" STORE ")).collect();
    assert_eq!(stores.len(), 1, "{stores:?}");
    assert!(stores[0].contains("+FLAGS (\\Seen \\Flagged)"), "{stores:?}");
    let rows = setting.pass.reader.newest(*inbox, 3).unwrap();
    assert!(rows.iter().all(|row| row.flags.seen() && row.flags.flagged() && !row.pending));
    let (theirs, ours) = both(&setting).await;
    assert_eq!(ours["INBOX"], theirs["INBOX"]);
    assert!(setting.dir.path().exists());
}
