use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use super::*;
use crate::model::{Secret, Timestamp, WireKind};

const PATIENCE: Duration = Duration::from_secs(20);

fn until(what: &str, mut right: impl FnMut() -> bool) {
    let end = clock::instant() + PATIENCE;
    while !right() {
        assert!(clock::instant() < end, "waited in vain for {what}");
        thread::sleep(Duration::from_millis(2));
    }
}

fn tap(recorder: &Recorder, account: &str) -> Tap {
    recorder.tap(account, Purpose::Sync).connection(account, &Secret::new("secret".to_owned()))
}

fn texts(path: &Path) -> Vec<String> {
    read_log(path, Place::default()).unwrap().0.into_iter().map(|line| line.text.into_string()).collect()
}

#[test]
fn what_is_recorded_is_read_back_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("protocol.log");
    assert_eq!(texts(&path), [""; 0]);
    let recorder = Recorder::start(path.clone()).unwrap();
    let tap = tap(&recorder, "me\t \u{1b}[31m");
    tap.connecting("h:1");
    tap.sent("a1 LOGIN\tme ***\nx");
    tap.heard("* OK 你好\tsecret\r\n".as_bytes(), []);
    drop(tap);
    recorder.close();
    let (lines, place) = read_log(&path, Place::default()).unwrap();
    let account = SafeText::of("me\t \u{1b}[31m");
    let line = |kind, text: &str| WireLine {
        at: lines[0].at,
        account: account.clone(),
        purpose: Purpose::Sync,
        number: 1,
        kind,
        text: SafeText::of(text),
    };
    assert!(lines[0].at > Timestamp(0));
    let told: Vec<WireLine> = lines.iter().cloned().map(|told| WireLine { at: lines[0].at, ..told }).collect();
    assert_eq!(
        told,
        [
            line(WireKind::Connecting, "h:1"),
            line(WireKind::Sent, "a1 LOGIN me *** x"),
            line(WireKind::Heard, "* OK 你好 ***"),
            line(WireKind::Closed, ""),
        ]
    );
    assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(read_log(&path, place).unwrap(), (Vec::new(), place));
}

#[test]
fn r06_the_file_does_not_grow_for_ever() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("protocol.log");
    let mut file = LogFile::new(path.clone());
    let line = |number: u32| WireLine {
        at: Timestamp(1_763_600_000),
        account: SafeText::of("me@mail.example"),
        purpose: Purpose::Bodies,
        number,
        kind: WireKind::Sent,
        text: SafeText::of(&"x".repeat(400)),
    };
    let mut place = Place::default();
    let mut followed = 0;
    for round in 0..60 {
        let lines: Vec<WireLine> = (0..200).map(|at| line(round * 200 + at)).collect();
        file.append(&lines);
        let (new, next) = read_log(&path, place).unwrap();
        assert_eq!(new, lines, "whoever follows misses nothing");
        (place, followed) = (next, followed + new.len());
    }
    assert_eq!(followed, 12_000);
    let sizes: Vec<u64> =
        std::fs::read_dir(folder.path()).unwrap().map(|f| f.unwrap().metadata().unwrap().len()).collect();
    assert_eq!(sizes.len(), 2, "{sizes:?}");
    assert!(sizes.iter().all(|size| *size < 1024 * 1024 + 200 * 600), "{sizes:?}");
    let kept = read_log(&path, Place::default()).unwrap().0;
    assert_eq!(kept.last().unwrap().number, 11_999);
    assert!(kept.windows(2).all(|pair| pair[0].number + 1 == pair[1].number), "in their order, without a hole");
}

#[test]
fn a_disk_that_cannot_be_written_ends_the_file_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let recorder = Recorder::start(folder.path().join("nowhere/protocol.log")).unwrap();
    let (to, told) = channel();
    recorder.watch(move |lines| to.send(lines).is_ok());
    assert_eq!(told.recv_timeout(PATIENCE).unwrap(), []);
    let tap = tap(&recorder, "me");
    tap.sent("a NOOP");
    assert_eq!(told.recv_timeout(PATIENCE).unwrap().len(), 1);
    recorder.close();
}

#[test]
fn whoever_watches_gets_what_is_kept_and_then_rounds_of_what_is_new() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("protocol.log");
    let recorder = Recorder::start(path.clone()).unwrap();
    let (one, other) = (tap(&recorder, "one"), tap(&recorder, "other"));
    other.sent("other");
    for number in 0..KEPT + 10 {
        one.sent(&number.to_string());
        if number % 500 == 0 {
            // Not faster than it is written down, or lines are left out.
            until("the file", || texts(&path).contains(&number.to_string()));
        }
    }
    until("the file", || texts(&path).contains(&(KEPT + 9).to_string()));
    let (to, told) = channel();
    recorder.watch(move |lines| to.send((clock::instant(), lines)).is_ok());
    let (begun, kept) = told.recv_timeout(PATIENCE).unwrap();
    let of = |lines: &[WireLine], account: &str| lines.iter().filter(|line| line.account.as_str() == account).count();
    assert_eq!((of(&kept, "one"), of(&kept, "other")), (KEPT, 1));
    let newest = kept.iter().rfind(|line| line.account.as_str() == "one");
    assert_eq!(newest.unwrap().text.as_str(), (KEPT + 9).to_string());
    for number in 0..100 {
        one.sent(&format!("new {number}"));
    }
    let mut new = Vec::new();
    let mut last = begun;
    while new.len() < 100 {
        let (at, lines) = told.recv_timeout(PATIENCE).unwrap();
        assert!(at.duration_since(last) >= ROUND / 2, "too soon");
        last = at;
        new.extend(lines);
    }
    assert_eq!(new[99].text.as_str(), "new 99");
    recorder.unwatch();
    one.sent("unseen");
    drop((one, other));
    recorder.close();
    assert_eq!(told.try_iter().count(), 0);
    assert!(texts(&path).contains(&"unseen".to_owned()));
}
