//! Habits that are off in every personality, and the personalities that have only a few.

use super::*;

fn server(personality: &'static Personality) -> Demo {
    serve_pipes(&Options { personality, ..options() })
}

const RAW: &str = "Subject: new\r\n\r\nhello\r\n";

#[tokio::test(start_paused = true)]
async fn exmail_denies_what_is_there() {
    let demo = server(&EXMAIL);
    let mut line = Line(BufReader::new(demo.pipe()));
    assert!(line.next().await.ends_with("] QQMail IMAP4Server ready\r\n"));
    line.say("l LOGIN demo@hongyan.example \"open sesame\"").await;
    line.say("s SELECT INBOX").await;
    assert_eq!(line.say("a UID MOVE 1 Junk").await, "a NO 100001 Mails not exist!\r\n");
    assert_eq!(line.say("b UID SEARCH SUBJECT x").await, "b BAD UID SEARCH invalid argument\r\n");
    assert!(line.say("c UID COPY 1 Junk").await.contains("[COPYUID "));
}

#[tokio::test(start_paused = true)]
async fn sina_has_names_and_an_idle_of_a_minute() {
    let demo = server(&SINA);
    let mut line = Line(BufReader::new(demo.pipe()));
    assert_eq!(line.next().await, "* OK [CAPABILITY IMAP4rev1 ID] sina imap ready\r\n");
    let said = line.say("l LOGIN demo@hongyan.example \"open sesame\"").await;
    assert!(said.starts_with("l OK [CAPABILITY IMAP4rev1 ID UIDPLUS IDLE]"), "{said}");
    let list = line.say("a LIST \"\" \"\"").await;
    assert!(list.contains("* LIST () \"/\" \"&g0l6P1k5-\"\r\n") && list.contains("\"INBOX\""), "{list}");
    assert!(line.say("b CREATE x").await.starts_with("b NO"));
    line.say("c SELECT INBOX").await;
    assert_eq!(line.say("d SEARCH SUBJECT x").await, "d BAD Missing or invalid or unimplemented argument\r\n");
    assert!(line.say("e MOVE 1 INBOX").await.starts_with("e BAD"));
    line.0.get_mut().write_all(b"f IDLE\r\n").await.unwrap();
    assert_eq!(line.next().await, "+ idling\r\n");
    demo.deliver("INBOX", RAW, &[]).await.unwrap();
    let begin = tokio::time::Instant::now();
    let mut rest = Vec::new();
    line.0.read_to_end(&mut rest).await.unwrap();
    assert!(rest.is_empty() && begin.elapsed() >= Duration::from_mins(1), "{:?}", begin.elapsed());
}

#[tokio::test(start_paused = true)]
async fn folders_that_vanish_and_folders_that_hide() {
    const VANISHING: Personality =
        Personality { toggles: Toggles { create: Creation::Vanishes, own_folders: false, ..QQ.toggles }, ..QQ };
    let demo = server(&VANISHING);
    let mut line = piped(&demo).await;
    assert!(line.say("a CREATE Work").await.starts_with("a OK"));
    assert!(line.say("b SELECT Work").await.starts_with("b NO"));
    assert_eq!(line.say("c LIST \"\" *").await.matches("* LIST").count(), 5, "only those of the system");
}

#[tokio::test(start_paused = true)]
async fn only_the_last_month() {
    const MONTH: Personality = Personality { limits: Limits { window_days: Some(30), ..NO_LIMITS }, ..PLAIN };
    let whole = serve_pipes(&Options { messages: WRITTEN, ..options() });
    let month = serve_pipes(&Options { messages: WRITTEN, personality: &MONTH, ..options() });
    let count = async |demo: &Demo| {
        let said = piped(demo).await.say("a STATUS INBOX (MESSAGES)").await;
        said.split(['(', ')', ' ']).find_map(|w| w.parse::<usize>().ok()).unwrap()
    };
    let (all, some) = (count(&whole).await, count(&month).await);
    assert!(0 < some && some < all, "{some} of {all}");
    let mut line = piped(&month).await;
    assert!(line.say("b SELECT INBOX").await.contains(&format!("* {some} EXISTS")));
    assert!(line.say("c SEARCH BEFORE 1-Oct-2025").await.starts_with("* SEARCH\r\n"));
}

#[tokio::test(start_paused = true)]
async fn other_numbers_with_every_first_login() {
    const SHUFFLED: Personality = Personality { numbers: Numbers { reshuffles: true, ..PLAIN.numbers }, ..PLAIN };
    let demo = server(&SHUFFLED);
    let uids = async || demo.snapshot().await.unwrap()[0].messages.iter().map(|m| m.uid).collect::<Vec<_>>();
    let mut one = piped(&demo).await;
    let first = uids().await;
    let other = piped(&demo).await;
    assert_eq!(first, uids().await, "not while somebody is there");
    drop(other);
    one.say("z LOGOUT").await;
    drop(one);
    while demo.connections().await.unwrap() > 0 {
        tokio::task::yield_now().await;
    }
    let mut line = piped(&demo).await;
    assert_ne!(first, uids().await);
    assert!(line.say("a SELECT INBOX").await.contains("[UIDVALIDITY"));
}

#[tokio::test(start_paused = true)]
async fn a_throttled_server_takes_its_time_for_each_message() {
    const SLOW: Personality =
        Personality { limits: Limits { per_message: Some(Duration::from_millis(140)), ..NO_LIMITS }, ..PLAIN };
    let demo = serve_pipes(&Options { messages: 60, personality: &SLOW, ..options() });
    let mut line = piped(&demo).await;
    line.say("a SELECT INBOX").await;
    let begin = tokio::time::Instant::now();
    let said = line.say("b FETCH 1:10 (FLAGS)").await;
    assert_eq!(said.matches("FETCH (").count(), 10);
    assert!(begin.elapsed() >= Duration::from_millis(1400), "{:?}", begin.elapsed());
}

#[tokio::test(start_paused = true)]
async fn a_server_may_say_nothing_of_what_it_enabled() {
    const QUIET: Personality = Personality { toggles: Toggles { says_enabled: false, ..MODERN.toggles }, ..MODERN };
    let demo = server(&QUIET);
    let mut line = piped(&demo).await;
    assert_eq!(line.say("a ENABLE QRESYNC").await, "a OK ENABLE completed\r\n");
    assert!(line.say("b SELECT INBOX (QRESYNC (1 1))").await.contains("b OK"));
}

#[tokio::test(start_paused = true)]
async fn only_what_is_offered_is_understood() {
    // QQ has AUTH=LOGIN, but neither literals that nobody asked for nor an answer with the command.
    let demo = server(&QQ);
    let mut line = Line(BufReader::new(demo.pipe()));
    line.next().await;
    let token = base64::encode(b"\0demo@hongyan.example\0open sesame");
    assert!(line.say(&format!("a AUTHENTICATE PLAIN {token}")).await.starts_with("a BAD"));
    assert!(line.say("c LOGIN {4+}\r\nd demo x").await.starts_with("c BAD"));
    assert!(line.until("d").await.starts_with("d BAD"), "the literal is a command now");
    for (said, answer) in [
        ("e AUTHENTICATE LOGIN".to_owned(), format!("+ {}\r\n", base64::encode(b"Username:"))),
        (base64::encode(b"demo@hongyan.example"), format!("+ {}\r\n", base64::encode(b"Password:"))),
        (base64::encode(b"open sesame"), "e OK Success login ok\r\n".to_owned()),
    ] {
        line.0.get_mut().write_all(format!("{said}\r\n").as_bytes()).await.unwrap();
        assert_eq!(line.next().await, answer);
    }
    let mut other = Line(BufReader::new(demo.pipe()));
    other.next().await;
    assert!(other.say("b AUTHENTICATE CRAM-MD5").await.starts_with("b NO"));
    assert_eq!(other.next().await, "", "a refusal is the end");
    for command in ["f UNSELECT", "f ENABLE QRESYNC", "f SELECT INBOX (CONDSTORE)"] {
        assert!(line.say(command).await.starts_with("f BAD"), "{command}");
    }
}
