use std::io::{Read as _, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::net::UnixStream;
use std::path::PathBuf;

use tokio::sync::mpsc;

use super::*;

struct Place {
    _folder: tempfile::TempDir,
    socket: PathBuf,
}

fn place() -> Place {
    let folder = tempfile::tempdir().unwrap();
    let socket = folder.path().join("socket");
    Place { _folder: folder, socket }
}

/// Asks on a thread of its own, as a command does from a process of its own.
async fn ask(socket: &std::path::Path, work: Work) -> (Vec<Progress>, Result<Heard, Failure>) {
    let socket = socket.to_owned();
    let asking = move || {
        let mut seen = Vec::new();
        let heard = connect(&socket).unwrap().ask(&work, |progress| seen.push(progress.clone()));
        (seen, heard)
    };
    tokio::task::spawn_blocking(asking).await.unwrap()
}

fn sync_work() -> Work {
    Work::Sync { folder: Some("已发送".to_owned()), account: None, bodies: true }
}

/// Writes bytes and reads everything that comes back.
async fn raw(socket: &std::path::Path, bytes: &'static [u8]) -> String {
    let socket = socket.to_owned();
    let asking = move || {
        let mut stream = UnixStream::connect(socket).unwrap();
        // The other side may close before it has read everything.
        let _ = stream.write_all(bytes);
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        String::from_utf8(answer).unwrap()
    };
    tokio::task::spawn_blocking(asking).await.unwrap()
}

#[tokio::test]
async fn every_work_and_every_answer_crosses() {
    let place = place();
    let (to, mut requests) = mpsc::channel(4);
    let serving = serve(&place.socket, to).unwrap();
    let progress = Progress { account: "a@b.example".into(), folder: "其他/\u{1b}x".into(), done: 1, total: 2 };
    let refused = crate::remedy::named("netease-login").unwrap().failure("mail.example", "no \u{7}");
    let login = crate::remedy::once_worked(refused);
    let (told, refused) = (progress.clone(), login.clone());
    let working = tokio::spawn(async move {
        let mut works = Vec::new();
        while let Some(Request { work, reply }) = requests.recv().await {
            match &work {
                Work::Sync { .. } => {
                    reply.progress(told.clone());
                    reply.trouble("a@b.example", &refused);
                    reply.done();
                }
                Work::Body(_) => reply.failed(&Failure::lasting(FailureKind::Gone, "", "")),
                Work::Forget { .. } => reply.lost(Loss { wants: 3, only_here: 2, drafts: 1, letters: 4 }),
                Work::Queue(_) | Work::Outbox { .. } | Work::Compose { .. } => reply.done(),
            }
            works.push(work);
        }
        works
    });
    let (seen, heard) = ask(&place.socket, sync_work()).await;
    assert_eq!(seen, [progress]);
    assert_eq!(heard.unwrap(), Heard { troubles: vec![("a@b.example".to_owned(), login)], lost: None });
    let (_, heard) = ask(&place.socket, Work::Body(PlacementId(17))).await;
    assert_eq!(heard.unwrap_err().kind, FailureKind::Gone);
    let forget = Work::Forget { account: "家".to_owned(), yes: false };
    let (_, heard) = ask(&place.socket, forget.clone()).await;
    assert_eq!(heard.unwrap().lost, Some(Loss { wants: 3, only_here: 2, drafts: 1, letters: 4 }));
    let queue = Work::Queue(Parcel {
        account: "家".to_owned(),
        from: "a@b.example".to_owned(),
        recipients: vec!["c@d.example".to_owned()],
        subject: "你好".to_owned(),
        message_id: "1@b.example".to_owned(),
        file: "/tmp/letter".into(),
    });
    let again = Work::Outbox { verb: Verb::WasSent, id: Some(3) };
    let compose = Work::Compose { file: "/tmp/草稿".into() };
    for work in [&queue, &again, &compose] {
        assert_eq!(ask(&place.socket, work.clone()).await.1.unwrap(), Heard::default());
    }
    drop(serving);
    assert!(!place.socket.exists());
    assert_eq!(working.await.unwrap(), [sync_work(), Work::Body(PlacementId(17)), forget, queue, again, compose]);
}

#[tokio::test]
async fn the_lines_are_as_documented() {
    let place = place();
    let (to, mut requests) = mpsc::channel(4);
    let _serving = serve(&place.socket, to).unwrap();
    tokio::spawn(async move {
        while let Some(Request { work, reply }) = requests.recv().await {
            assert_eq!(work, Work::Sync { folder: None, account: None, bodies: false });
            reply.progress(Progress { account: "a".into(), folder: "INBOX".into(), done: 1, total: 2 });
            reply.failed(&Failure::lasting(FailureKind::Login, "h", "s"));
        }
    });
    let answer =
        raw(&place.socket, b"{\"v\":2,\"do\":\"sync\",\"folder\":null,\"account\":null,\"bodies\":false}\n").await;
    assert_eq!(
        answer,
        "{\"progress\":{\"account\":\"a\",\"folder\":\"INBOX\",\"done\":1,\"total\":2}}\n\
         {\"failed\":{\"kind\":\"login\",\"about\":\"h\",\"said\":\"s\",\
         \"retry\":\"after-user\",\"sentence\":\"h refused the login; check name and password (it said: s)\"}}\n"
    );
    // A newer sender may say more than we know.
    let answer = raw(&place.socket, b"{\"v\":2,\"do\":\"sync\",\"colour\":7}\n").await;
    assert!(answer.contains("progress"), "{answer}");
}

#[tokio::test]
async fn what_is_not_understood_is_refused() {
    let place = place();
    let (to, mut requests) = mpsc::channel(4);
    let _serving = serve(&place.socket, to).unwrap();
    const LONG: &[u8] = &[b'x'; LONGEST + 5_000];
    for (line, said) in [
        (&b"{\"v\":3,\"do\":\"sync\"}\n"[..], "another version"),
        (b"{\"do\":\"sync\"}\n", "another version"),
        (b"{\"v\":2,\"do\":\"dance\"}\n", "not known"),
        (b"{\"v\":2,\"do\":\"body\"}\n", "not known"),
        (b"rubbish\n", "not one line of JSON"),
        (b"\xff\n", "not one line of JSON"),
        (LONG, "too long"),
    ] {
        let answer = raw(&place.socket, line).await;
        // A line that is far too long may be cut off before its answer is read.
        assert!(answer.contains(said) || (answer.is_empty() && line.len() > LONGEST), "{answer}");
    }
    assert!(requests.try_recv().is_err());
}

#[tokio::test]
async fn work_that_is_dropped_was_not_done_and_a_client_that_leaves_is_noticed() {
    let place = place();
    let (to, mut requests) = mpsc::channel(4);
    let _serving = serve(&place.socket, to).unwrap();
    let asking = tokio::spawn({
        let socket = place.socket.clone();
        async move { ask(&socket, sync_work()).await }
    });
    drop(requests.recv().await.unwrap());
    assert_eq!(asking.await.unwrap().1.unwrap_err().kind, FailureKind::Dropped);

    let mut stream = UnixStream::connect(&place.socket).unwrap();
    stream.write_all(b"{\"v\":2,\"do\":\"sync\"}\n").unwrap();
    let request = requests.recv().await.unwrap();
    assert!(!request.reply.is_unheard());
    drop(stream);
    tokio::time::timeout(std::time::Duration::from_secs(20), request.reply.unheard()).await.unwrap();
}

#[tokio::test]
async fn a_few_are_served_at_once_and_the_others_wait() {
    let place = place();
    let (to, mut requests) = mpsc::channel(64);
    let _serving = serve(&place.socket, to).unwrap();
    let asking: Vec<_> = (0..20)
        .map(|_| {
            let socket = place.socket.clone();
            tokio::spawn(async move { ask(&socket, sync_work()).await.1 })
        })
        .collect();
    let mut held = Vec::new();
    while held.len() < 8 {
        held.push(requests.recv().await.unwrap());
    }
    assert!(requests.try_recv().is_err());
    for request in held {
        request.reply.done();
    }
    for _ in 8..20 {
        requests.recv().await.unwrap().reply.done();
    }
    for asking in asking {
        assert!(asking.await.unwrap().is_ok());
    }
}

#[tokio::test]
async fn k03_only_a_socket_that_nobody_answers_at_is_replaced() {
    let place = place();
    let (to, mut requests) = mpsc::channel(4);
    let serving = serve(&place.socket, to.clone()).unwrap();
    assert_eq!(std::fs::metadata(&place.socket).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(serve(&place.socket, to.clone()).unwrap_err().kind(), std::io::ErrorKind::AddrInUse);
    drop(serving);

    // What a hongyan leaves behind that was killed.
    drop(std::os::unix::net::UnixListener::bind(&place.socket).unwrap());
    assert!(place.socket.exists());
    let serving = serve(&place.socket, to.clone()).unwrap();
    tokio::spawn(async move {
        while let Some(request) = requests.recv().await {
            request.reply.done();
        }
    });
    assert!(ask(&place.socket, sync_work()).await.1.is_ok());

    // Another one took the place meanwhile: it is not ours to remove.
    std::fs::remove_file(&place.socket).unwrap();
    std::fs::write(&place.socket, "a file").unwrap();
    drop(serving);
    assert!(place.socket.exists());
    assert_eq!(serve(&place.socket, to).unwrap_err().kind(), std::io::ErrorKind::AlreadyExists);
}
