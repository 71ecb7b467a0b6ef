//! Texts that an editor had when something ended badly: nothing that was typed is lost.

use std::os::unix::fs::PermissionsExt as _;
use std::time::{Duration, SystemTime};

use hongyan::model::clock;
use hongyan::store::ProfileLock;
use rustix::process::{Pid, Signal, kill_process};

use super::terminal::Terminal;
use super::writing::{F4, drafts, home, will, writing};
use crate::embedded::Embedded;

#[test]
fn c14_what_an_editor_wrote_that_ended_badly_is_there_and_only_for_its_user() {
    let server = Embedded::start(|options| options.messages = 5);
    let home = home(&server);
    will(&home, "echo the lost words > \"$1\"; exit 3");
    let mut screen = writing(&home, "typed ");
    screen.press(F4);
    screen.wait_for("edited/kept-1/draft.txt");
    let kept = home.profile().join("edited/kept-1/draft.txt");
    assert_eq!(std::fs::read_to_string(&kept).unwrap(), "the lost words\n");
    let mode = |path: &std::path::Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(&kept), mode(kept.parent().unwrap())), (0o600, 0o700));
    screen.signal(Signal::TERM);
    assert_eq!(screen.ended(), 0);
    // It stays for a week.
    let start = || {
        let mut screen = Terminal::start(home.path(), &[], 80, 24);
        screen.wait_for("draft");
        screen.press("q");
        screen.ended();
    };
    start();
    assert!(kept.exists() && drafts(&home.profile()).len() == 1, "its user was told; it is not offered again");
    let folder = std::fs::File::open(kept.parent().unwrap()).unwrap();
    let week_ago = u64::try_from(clock::now().0).unwrap() - 8 * 24 * 3_600;
    folder.set_modified(SystemTime::UNIX_EPOCH + Duration::from_secs(week_ago)).unwrap();
    start();
    assert!(!kept.exists());
}

#[test]
fn k11_a_text_in_an_editor_survives_kill_nine_of_the_program() {
    let server = Embedded::start(|options| options.messages = 5);
    let home = home(&server);
    will(&home, "echo written before >> \"$1\"; echo READY; exec sleep 1000");
    let mut screen = writing(&home, "typed ");
    screen.press(F4);
    screen.wait_for("READY");
    screen.signal(Signal::KILL);
    screen.ended();
    let pid = std::fs::read_to_string(home.path().join("pid")).unwrap();
    let _ = kill_process(Pid::from_raw(pid.parse().unwrap()).unwrap(), Signal::KILL);
    assert!(!drafts(&home.profile()).iter().any(|body| body.contains("written before")));
    let mut screen = Terminal::start(home.path(), &[], 80, 24);
    screen.wait_for("in an editor");
    let found = drafts(&home.profile());
    assert!(found.iter().any(|body| body.contains("typed ") && body.contains("written before")), "{found:?}");
    assert!(std::fs::read_dir(home.profile().join("edited")).unwrap().next().is_none(), "it is a draft now");
    // Whom it goes to is known, as the draft that it was of has it.
    screen.press("D");
    screen.wait("both drafts", |screen| screen.text().matches("hello").count() == 2);
    screen.press("q");
    screen.press("q");
    screen.ended();
    let mut screen = Terminal::start(home.path(), &[], 80, 24);
    screen.wait_for("draft");
    assert_eq!(drafts(&home.profile()).len(), found.len(), "offered once");
    screen.press("q");
    screen.ended();
}

#[test]
fn c14_what_an_editor_had_not_saved_when_it_was_ended_is_still_there() {
    let server = Embedded::start(|options| options.messages = 5);
    let home = home(&server);
    let unsaved = "echo unsaved > \"$(dirname \"$1\")/.draft.txt.swp\"; exit 1";
    will(&home, &format!("echo saved > \"$1\"; trap '{unsaved}' TERM HUP; echo READY; while :; do sleep 0.1; done"));
    let mut screen = writing(&home, "typed ");
    screen.press(F4);
    screen.wait_for("READY");
    screen.signal(Signal::TERM);
    assert_eq!(screen.ended(), 0);
    assert_eq!(drafts(&home.profile()), ["saved\n"]);
    let mut screen = Terminal::start(home.path(), &[], 80, 24);
    screen.wait_for("edited/kept-1/draft.txt");
    assert_eq!(std::fs::read_to_string(home.profile().join("edited/kept-1/.draft.txt.swp")).unwrap(), "unsaved\n");
    assert_eq!(drafts(&home.profile()).len(), 1, "what was saved is in the draft");
    screen.press("q");
    screen.ended();
}

#[test]
fn c14_nobody_ends_an_editor_because_the_profile_is_free() {
    let server = Embedded::start(|options| options.messages = 5);
    let home = home(&server);
    let mut screen = Terminal::start(home.path(), &[], 80, 24);
    screen.wait_for("Up to date");
    screen.press("q");
    screen.ended();
    let lock = ProfileLock::take(&home.profile()).unwrap().unwrap();
    let ended = "echo ended > \"$1\"; exit 0";
    will(&home, &format!("trap '{ended}' TERM HUP; echo READY; sleep 4; echo to the end > \"$1\""));
    let line = ["compose", "--to", "a@example.com", "--subject", "hello", "--body", "at first"];
    let mut screen = Terminal::start(home.path(), &line, 80, 24);
    // A command that has the profile is waited for, and then not.
    screen.wait_for("at first");
    screen.press(F4);
    screen.wait_for("READY");
    drop(lock);
    screen.wait_for("to the end");
    screen.signal(Signal::TERM);
    assert_eq!(screen.ended(), 0);
    assert_eq!(drafts(&home.profile()), ["to the end\n"]);
}
