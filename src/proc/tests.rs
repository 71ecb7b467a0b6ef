use super::*;

const LIMITS: Limits = Limits { output: 1024, time: Duration::from_secs(20) };

fn environment() -> Environment {
    Environment::of([
        ("PATH".into(), "/usr/local/bin:/usr/bin:/bin".into()),
        ("LC_ALL".into(), "C.UTF-8".into()),
        ("AWS_SECRET_ACCESS_KEY".into(), "canary".into()),
        ("HONGYAN_PASSWORD".into(), "canary".into()),
    ])
}

fn argv(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

fn said(words: &[&str]) -> String {
    String::from_utf8(run(&argv(words), &environment(), LIMITS).unwrap().output.to_vec()).unwrap()
}

#[test]
fn gives_back_what_the_program_said_and_how_it_ended() {
    let finished = run(&argv(&["sh", "-c", "echo hello; exit 3"]), &environment(), LIMITS).unwrap();
    assert_eq!((finished.output.as_slice(), finished.status), (b"hello\n".as_slice(), Some(3)));
    assert_eq!(format!("{finished:?}"), "Finished { output: 6 bytes, status: Some(3) }");
}

#[test]
fn arguments_are_not_read_by_a_shell() {
    assert_eq!(said(&["printf", "%s", "$(id); `id` && true"]), "$(id); `id` && true");
}

#[test]
fn only_variables_of_the_list_are_handed_on() {
    let seen = said(&["env"]);
    let mut names: Vec<_> = seen.lines().filter_map(|line| line.split_once('=')).map(|(name, _)| name).collect();
    names.sort_unstable();
    assert_eq!(names, ["LC_ALL", "PATH"], "{seen}");
}

#[test]
fn standard_input_is_empty() {
    assert_eq!(said(&["cat"]), "");
}

#[test]
fn a_program_that_says_too_much_is_stopped() {
    let stopped = run(&argv(&["yes"]), &environment(), LIMITS).unwrap_err();
    assert_eq!(stopped, Trouble::TooMuch { program: SafeText::of("yes"), limit: 1024 });
}

#[test]
fn a_slow_program_is_stopped_together_with_its_children() {
    let folder = tempfile::tempdir().unwrap();
    let note = folder.path().join("pid");
    let script = format!("sleep 300 & echo $! > {}; wait", note.display());
    let limits = Limits { time: Duration::from_millis(700), ..LIMITS };
    let stopped = run(&argv(&["sh", "-c", &script]), &environment(), limits).unwrap_err();
    assert!(matches!(stopped, Trouble::TooSlow { .. }), "{stopped:?}");
    let pid = std::fs::read_to_string(note).unwrap();
    let gone = || {
        // An orphan that waits to be reaped is as good as gone.
        std::fs::read_to_string(format!("/proc/{}/stat", pid.trim())).map_or(true, |stat| stat.contains(") Z "))
    };
    let end = clock::instant() + Duration::from_secs(10);
    while !gone() {
        assert!(clock::instant() < end, "the child {pid} is still alive");
        std::thread::sleep(Duration::from_millis(10));
    }
}

#[test]
fn a_child_that_holds_the_output_open_is_not_waited_for() {
    let start = clock::instant();
    assert_eq!(said(&["sh", "-c", "echo here; sleep 15 & exit 0"]), "here\n");
    assert!(start.elapsed() < Duration::from_secs(10));
}

#[test]
fn a_program_that_is_not_there_is_named_without_its_arguments() {
    let missing = run(&argv(&["hongyan-no-such-program", "canary"]), &environment(), LIMITS).unwrap_err();
    assert_eq!(missing.to_string(), "the program `hongyan-no-such-program` was not found");
    assert!(!format!("{missing:?}").contains("canary"));
    assert_eq!(run(&[], &environment(), LIMITS).unwrap_err(), Trouble::Empty);
    assert_eq!(run(&argv(&[""]), &environment(), LIMITS).unwrap_err(), Trouble::Empty);
}

#[test]
fn a_program_reads_what_it_is_fed_or_as_much_as_it_likes() {
    let large = vec![b'x'; 4 * 1024 * 1024];
    let finished = feed(&argv(&["wc", "-c"]), &environment(), LIMITS, large.clone()).unwrap();
    assert_eq!(String::from_utf8_lossy(&finished.output).trim(), "4194304");
    let finished = feed(&argv(&["true"]), &environment(), LIMITS, large).unwrap();
    assert_eq!(finished.status, Some(0));
}

#[test]
fn a_program_that_is_left_to_itself_is_not_waited_for_and_not_ended() {
    let told = |words: &[&str], patience| {
        let (to, from) = std::sync::mpsc::channel();
        let (argv, environment) = (argv(words), environment());
        std::thread::spawn(move || leave(&argv, &environment, patience, |how| to.send(how).unwrap()));
        from.recv_timeout(Duration::from_secs(20)).unwrap()
    };
    assert_eq!(told(&["sh", "-c", "exit 3"], Duration::from_secs(20)), Ok(Some(3)));
    assert_eq!(told(&["sleep", "2"], Duration::from_millis(20)), Ok(None));
    let missing = told(&["hongyan-no-such-program"], Duration::from_secs(20));
    assert_eq!(missing, Err(Trouble::NotFound { program: SafeText::of("hongyan-no-such-program") }));
}
