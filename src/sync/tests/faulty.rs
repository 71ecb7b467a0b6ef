//! Every fault that has a name, on a line to the real code: it ends in time, nothing is taken away for it, and when the
//! server is well again both sides are equal.

use std::sync::Arc;

use super::piped::{Tally, empty, post, theirs, watched, way};
use super::*;
use crate::demo::{COREMAIL, Demo, FAULTS, MODERN, NamedFault, PLAIN, Personality};
use crate::i18n::{Language, Words};
use crate::model::clock;
use crate::ui::failure_sentence;

/// Nobody says nothing for longer.
const PATIENCE: Duration = Duration::from_millis(1_200);
/// Everything that one connection may take, on a busy machine.
const AT_MOST: Duration = Duration::from_secs(25);
/// What a client reads at most of a server that goes on for ever; it holds no more than it reads.
const READ: u64 = 8 * 1024 * 1024;

/// What they say of flags is well written and not true.
const LIES: [&str; 3] = ["i08-uid-twice", "i08-uids-downwards", "i28-flags-of-nonsense"];

/// A mailbox of which everything is known, and what happened to it since.
struct Scene {
    demo: Demo,
    program: Program,
    wanted: u32,
}

impl Scene {
    async fn set(personality: &'static Personality) -> Self {
        let demo = empty(personality);
        demo.deliver_all("INBOX", (1..=30).map(|n| post(n, Flags::from_bits(u16::try_from(n & 7).unwrap()))).collect())
            .await
            .unwrap();
        let mut program = Program::start();
        program.pass.sizes = Sizes { first_page: 10, chunk: 10, newest: 5, small: 4, many_gone: 6 };
        let line = watched(&demo, Arc::default(), None);
        assert_eq!(program.visit(&way(AT_MOST), line, false).await, Ok(Left::Complete));
        let row = program.reader.newest(program.inbox().unwrap(), 100).unwrap().remove(20);
        let wanted = row.subject.as_untrusted().parse().unwrap();
        let intent = Intent::Flag { placements: vec![row.placement], add: Flags::DRAFT, remove: Flags::NONE };
        Store::record(&program.store.own, &program.store.mail, intent).await.unwrap();
        let uids: Vec<u32> = theirs(&demo).await.into_iter().map(|(uid, ..)| uid).collect();
        demo.expunge("INBOX", &uids[4..6]).await.unwrap();
        demo.set_flags("INBOX", uids[2], &["\\Flagged", "\\Seen"]).await.unwrap();
        demo.set_flags("INBOX", uids[28], &["\\Answered"]).await.unwrap();
        demo.deliver_all("INBOX", vec![post(31, Flags::NONE), post(32, Flags::SEEN)]).await.unwrap();
        Self { demo, program, wanted }
    }

    /// A visit with everything that is done in one: a pass, a wait for news, and bodies.
    async fn visit(&mut self, way: &Way, line: tokio::io::DuplexStream) -> Result<(), Failure> {
        let folder = self.program.inbox().unwrap();
        let standing = self.program.reader.standing(folder).unwrap();
        let first = First { folders: true, home: Some((inbox(), standing)) };
        let mut session = way.connect_over(line, first).await?;
        session.spool_into(self.program.store.mail.spool());
        let pass = &mut self.program.pass;
        pass.closed.clear();
        pass.folders(&mut session).await?;
        pass.push(&mut session, &mut ()).await?;
        pass.folder(&mut session, folder, &inbox(), false, &mut ()).await?;
        // Nothing but the line is waited for here.
        tokio::time::pause();
        let waited = session.wait(Duration::from_mins(2), std::future::pending()).await;
        tokio::time::resume();
        waited?;
        if pass.news(&mut session, folder, &mut ()).await? == Told::Doubt {
            pass.folder(&mut session, folder, &inbox(), false, &mut ()).await?;
        }
        let there: HashSet<u32> = theirs(&self.demo).await.into_iter().map(|(uid, ..)| uid).take(3).collect();
        let ours = self.program.reader.without_body(folder).unwrap();
        let spots: Vec<Spot> = ours.iter().filter(|at| there.contains(&at.uid)).map(|at| at.spot()).collect();
        let found = session.bodies(&spots).await?;
        for (uid, whole) in found {
            let Whole::Bytes(bytes) = whole else { panic!("a small message is no file") };
            assert!(bytes == self.demo.raw("INBOX", uid).await.unwrap(), "that is not message {uid}");
        }
        for (quirk, evidence) in session.learned() {
            way.known.send_modify(|known| known.learn(quirk, &evidence));
        }
        session.close().await;
        Ok(())
    }
}

/// How visits ended: `ok`, or the failure.
async fn suffered(personality: &'static Personality, named: &NamedFault, times: usize) -> Vec<String> {
    let mut scene = Scene::set(personality).await;
    let NamedFault { name, faults } = named;
    let who = format!("{name} with {}", personality.name);
    scene.demo.break_connections(faults).await.unwrap();
    let before = scene.program.ours();
    let way = way(PATIENCE);
    let mut ends = Vec::new();
    for _ in 0..times {
        let (begun, sent) = (clock::instant(), scene.demo.traffic().sent);
        let line = scene.demo.pipe();
        let ended = scene.visit(&way, line).await;
        assert!(begun.elapsed() < AT_MOST, "{who}: {:?}", begun.elapsed());
        let read = scene.demo.traffic().sent - sent;
        assert!(read < READ, "{who}: {read} bytes were read");
        if let Err(failure) = &ended {
            assert_ne!(failure.kind, FailureKind::Internal, "{who}: {failure:?}");
            for words in Language::EVERY.map(Words::of) {
                assert!(!failure_sentence(failure, &words).as_str().is_empty(), "{who}: no sentence");
            }
        }
        ends.push(ended.map_or_else(|failure| failure.kind.code().to_owned(), |()| "ok".to_owned()));
        // A name that nobody asked for, a number that cannot be: whatever was said, nothing was taken away for it.
        let (after, there) = (scene.program.ours(), theirs(&scene.demo).await);
        for (_, identity, _) in &before {
            let has = |side: &[(u32, u32, Flags)]| side.iter().any(|(_, known, _)| known == identity);
            assert!(!has(&there) || has(&after), "{who}: {identity} disappeared");
        }
        assert_eq!(scene.program.reader.wrong_counters().unwrap(), [], "{who}");
    }
    scene.demo.break_connections(&[]).await.unwrap();
    // With more time: what was learned of the server stays.
    let patient = Way { dialer: piped::way(AT_MOST).dialer, ..way.clone() };
    // A lie about flags is believed until everything is compared.
    for thorough in [false, true, false] {
        let line = watched(&scene.demo, Arc::new(Tally::default()), None);
        let left = scene.program.visit(&patient, line, thorough).await;
        assert_eq!(left, Ok(Left::Complete), "{who}");
        let bare = |side: Vec<(u32, u32, Flags)>| side.into_iter().map(|(uid, id, _)| (uid, id)).collect::<Vec<_>>();
        assert_eq!(bare(scene.program.ours()), bare(theirs(&scene.demo).await), "{who}");
        let lies = LIES.contains(name);
        assert!(lies || scene.program.ours() == theirs(&scene.demo).await, "{who}: flags");
    }
    let there = theirs(&scene.demo).await;
    assert_eq!(scene.program.ours(), there, "{who}");
    let (.., flags) = there.iter().find(|(_, identity, _)| *identity == scene.wanted).unwrap();
    assert!(flags.contains(Flags::DRAFT), "{who}: the want is lost");
    assert_eq!(scene.program.reader.wrong_counters().unwrap(), [], "{who}");
    ends
}

/// How the first visit ends; all that are not named here go well.
const ENDS: [(&str, &[&str]); 12] = [
    ("protocol", &["i01-literal-of-a-hundred-billion", "i01-literal-of-four-billion", "i01-literal-below-zero"]),
    ("protocol", &["i01-literal-in-exponents", "i03-line-without-end", "s06-greeting-is-noise", "s02-preauth"]),
    ("protocol", &["i11-answer-to-a-tag-never-sent", "i11-answer-before-the-command", "i11-answer-twice"]),
    ("timed-out", &["i02-literal-that-stalls", "i02-literal-that-trickles", "i17-greeting-never-comes"]),
    ("timed-out", &["i18-done-is-never-answered", "i18-fetch-is-never-answered", "stall-in-a-literal"]),
    ("refused", &["i07-exists-is-missing", "i08-validity-zero", "i08-validity-missing"]),
    ("refused", &["i17-bye-at-the-greeting", "i17-too-many-connections"]),
    ("dropped", &["i17-bye-in-idle", "i17-bye-in-a-literal", "i17-bye-instead-of-select"]),
    ("dropped", &["cut-in-a-literal", "reset-in-a-literal", "end-in-a-literal"]),
    ("dropped", &["every-fifth-command-is-the-end"]),
    ("login", &["i20-referral"]),
    ("ok", &[]),
];

/// By what the names of faults begin, one group a test.
const GROUPS: [&str; 21] = [
    "i01-", "i02-", "i03-", "i04-", "i05-", "i06-", "i07-", "i08-", "i09-", "i10-", "i11-", "i12-", "i13-", "i16-",
    "i17-", "i18-", "i20-", "i21-", "i22-", "i27-", "i28-",
];

async fn group(belongs: impl Fn(&str) -> bool) {
    let mut met = 0;
    for named in FAULTS.iter().filter(|named| belongs(named.name)) {
        met += 1;
        let expected = ENDS.iter().find(|(_, names)| names.contains(&named.name)).map_or("ok", |(end, _)| end);
        for personality in [&MODERN, &PLAIN, &COREMAIL] {
            // Who does not idle cannot be sent away in the middle of it.
            let idles = personality.name != "coremail"
                || !matches!(named.name, "i17-bye-in-idle" | "i18-done-is-never-answered");
            let times = if expected == "timed-out" { 1 } else { 3 };
            let ends = suffered(personality, named, times).await;
            println!("{} {}: {ends:?}", named.name, personality.name);
            assert_eq!(ends[0], if idles { expected } else { "ok" }, "{} with {}", named.name, personality.name);
            let refused_later = ends.contains(&"refused".to_owned()) && expected == "ok";
            assert!(!refused_later, "{} with {}: {ends:?}", named.name, personality.name);
        }
    }
    assert!(met > 0);
}

macro_rules! groups {
    ($($name:ident: $begin:literal;)*) => {$(
        #[tokio::test]
        async fn $name() {
            assert!(GROUPS.contains(&$begin));
            group(|name| name.starts_with($begin)).await;
        }
    )*};
}

groups! {
    i01_literals_of_impossible_sizes: "i01-";
    i02_literals_that_do_not_come: "i02-";
    i03_a_line_that_never_ends: "i03-";
    i04_parentheses_without_an_end: "i04-";
    i05_garbage_between_responses: "i05-";
    i06_a_row_that_cannot_be_read: "i06-";
    i07_counts_that_cannot_be: "i07-";
    i08_numbers_that_cannot_be: "i08-";
    i09_another_validity_in_mid_session: "i09-";
    i10_what_nobody_asked_for: "i10-";
    i11_answers_to_other_questions: "i11-";
    i12_names_of_evil_folders: "i12-";
    i13_folders_without_end: "i13-";
    i16_abilities_that_are_lies: "i16-";
    i17_goodbyes_at_every_moment: "i17-";
    i18_idle_and_silence: "i18-";
    i20_a_referral_is_not_followed: "i20-";
    i21_bodies_of_others_and_of_nobody: "i21-";
    i22_sizes_and_dates_of_nonsense: "i22-";
    i27_a_bomb: "i27-";
    i28_flags_of_nonsense: "i28-";
}

#[tokio::test]
async fn faults_that_are_in_no_group() {
    group(|name| !GROUPS.iter().any(|begin| name.starts_with(begin))).await;
}
