//! Each habit of each kind of server, said as it was seen.

use super::*;

fn server(personality: &'static Personality) -> Demo {
    serve_pipes(&Options { personality, ..options() })
}

/// Logged in, introduced, with a folder selected.
async fn opened(demo: &Demo, folder: &str) -> Line<DuplexStream> {
    let mut line = piped(demo).await;
    line.say("i ID (\"name\" \"hongyan\")").await;
    let said = line.say(&format!("s SELECT {folder}")).await;
    assert!(said.contains("s OK [READ-WRITE]"), "{said}");
    line
}

/// What is said until the connection ends.
async fn rest(line: &mut Line<DuplexStream>) -> String {
    let mut rest = Vec::new();
    timeout(DEADLINE, line.0.read_to_end(&mut rest)).await.expect("an end").expect("bytes");
    String::from_utf8_lossy(&rest).into_owned()
}

async fn quiet(line: &mut Line<DuplexStream>, seconds: u64) {
    let waited = timeout(Duration::from_secs(seconds), line.0.read_u8()).await;
    assert!(waited.is_err(), "{waited:?}");
}

const RAW: &str = "Subject: new\r\n\r\nhello\r\n";

#[tokio::test(start_paused = true)]
async fn every_personality_can_be_read() {
    for personality in PERSONALITIES {
        assert_eq!(Personality::named(personality.name).map(|p| p.name), Some(personality.name));
        let demo = serve_pipes(&Options { messages: WRITTEN, personality, ..options() });
        let mut line = opened(&demo, "INBOX").await;
        let said = line.say("a UID FETCH 1:* (UID FLAGS RFC822.SIZE)").await;
        assert!(said.matches("FETCH (").count() > 100, "{}: {said}", personality.name);
        let kept = demo.snapshot().await.unwrap();
        assert_eq!(kept.iter().map(|k| k.messages.len()).sum::<usize>(), WRITTEN, "{}", personality.name);
        for place in personality.folders.iter().filter(|p| !p.holds.is_empty()) {
            assert!(kept.iter().any(|k| k.folder == place.name && !k.messages.is_empty()), "{}", place.name);
        }
        assert!(line.say("z LOGOUT").await.starts_with(&format!("* BYE {}\r\n", personality.farewell)));
    }
    assert!(Personality::named("nobody").is_none());
}

#[tokio::test(start_paused = true)]
async fn coremail_opens_nothing_to_strangers() {
    let demo = server(&COREMAIL);
    let mut line = Line(BufReader::new(demo.pipe()));
    let greeting = "* OK Coremail System IMap Server Ready(163com[726cd87d72d896a1ac393507346040fa])\r\n";
    assert_eq!(line.next().await, greeting);
    assert_eq!(
        line.say("a CAPABILITY").await,
        "* CAPABILITY IMAP4rev1 XLIST SPECIAL-USE ID LITERAL+ STARTTLS APPENDLIMIT=71680000 XAPPLEPUSHSERVICE UIDPLUS \
         X-CM-EXT-1 SASL-IR AUTH=XOAUTH2\r\na OK CAPABILITY completed\r\n"
    );
    assert!(line.say("b AUTHENTICATE PLAIN AGFiYwBkZWY=").await.starts_with("b NO"));
    assert_eq!(line.say("c LOGIN demo@hongyan.example wrong").await, "c NO LOGIN Login error or password error\r\n");
    let right = "LOGIN demo@hongyan.example \"open sesame\"";
    assert_eq!(line.say(&format!("d {right}")).await, "d OK LOGIN completed\r\n");
    for (command, verb) in [("SELECT", "SELECT"), ("EXAMINE", "EXAMINE")] {
        let refusal = format!("e NO {verb} Unsafe Login. Please contact kefu@188.com for help\r\n");
        assert_eq!(line.say(&format!("e {command} INBOX")).await, refusal);
        // NIL is no introduction.
        let id = "* ID (\"name\" \"Coremail Imap\" \"vendor\" \"Mailtech\" \"TransID\" \"3PmVJQB3bjS5RERX\")\r\n";
        assert_eq!(line.say("f ID NIL").await, format!("{id}f OK ID completed\r\n"));
        assert_eq!(line.say(&format!("e {command} INBOX")).await, refusal);
    }
    assert!(line.say("g LIST \"\" *").await.ends_with("g OK LIST Completed\r\n"), "LIST works without");
    line.say("h ID (\"name\" \"x\")").await;
    let said = line.say("i SELECT INBOX").await;
    let words: Vec<&str> = said.lines().map(|l| l.trim_start_matches(|c: char| !c.is_ascii_alphabetic())).collect();
    let flags = "(\\Answered \\Seen \\Deleted \\Draft \\Flagged)";
    assert_eq!(
        words[..],
        [
            "EXISTS",
            "RECENT",
            "OK [UIDVALIDITY 1] UIDs valid",
            &format!("FLAGS {flags}"),
            &format!("OK [PERMANENTFLAGS {flags}] Limited"),
            "i OK [READ-WRITE] SELECT completed"
        ]
    );
    // RECENT and NEW are what was not read.
    let unseen = line.say("j SEARCH UNSEEN").await.lines().next().unwrap().split(' ').count() - 2;
    assert!(unseen > 0 && said.contains(&format!("* {unseen} RECENT\r\n")), "{unseen} {said}");
    assert_eq!(line.say("k SEARCH NEW").await.lines().next(), line.say("l SEARCH UNSEEN").await.lines().next());
}

#[tokio::test(start_paused = true)]
async fn coremail_stays_shut_if_the_account_is_at_risk() {
    const SHUT: Personality =
        Personality { toggles: Toggles { gate_stays_shut: true, ..COREMAIL.toggles }, ..COREMAIL };
    let demo = server(&SHUT);
    let mut line = piped(&demo).await;
    line.say("a ID (\"name\" \"x\")").await;
    assert!(line.say("b SELECT INBOX").await.starts_with("b NO SELECT Unsafe Login"));
}

#[tokio::test(start_paused = true)]
async fn coremail_does_less_than_the_book() {
    let demo = server(&COREMAIL);
    let mut line = opened(&demo, "INBOX").await;
    for command in ["IDLE", "MOVE 1 INBOX", "UID MOVE 1 INBOX", "NAMESPACE"] {
        assert_eq!(line.say(&format!("a {command}")).await, "a BAD command not support\r\n");
    }
    assert_eq!(line.say("b STATUS INBOX (UIDNEXT)").await, "* STATUS \"INBOX\" ()\r\nb OK STATUS completed\r\n");
    let said = line.say("c STATUS INBOX (MESSAGES UIDNEXT UIDVALIDITY HIGHESTMODSEQ)").await;
    assert!(said.starts_with("c BAD") || said.contains("UIDVALIDITY 1)"), "{said}");
    assert!(line.say("d STATUS INBOX (MESSAGES X-NONSENSE UIDVALIDITY)").await.contains("UIDVALIDITY 1)"));
    assert_eq!(line.say("e UID SEARCH UID ALL").await, "e BAD Parse command error\r\n");
    assert_eq!(line.say("f SEARCH SUBJECT a").await, "* SEARCH\r\nf OK SEARCH completed\r\n");
    line.0.get_mut().write_all(b"7 NOOP\r\n").await.unwrap();
    assert_eq!(line.next().await, "* BAD Invalid tag\r\n");
}

#[tokio::test(start_paused = true)]
async fn coremail_numbers_and_orders_its_own_way() {
    let demo = server(&COREMAIL);
    let mut line = opened(&demo, "INBOX").await;
    let uids: Vec<u32> = demo.snapshot().await.unwrap()[0].messages.iter().map(|m| m.uid).collect();
    assert!(uids[0] >= 1_392_611_444 && uids.windows(2).any(|w| w[1] - w[0] > 1), "{uids:?}");
    let last = uids.last().unwrap();
    let said = line
        .say(&format!(
            "a UID FETCH {}:* (RFC822.SIZE BODY.PEEK[HEADER.FIELDS (SUBJECT)] FLAGS INTERNALDATE UID)",
            last + 9
        ))
        .await;
    assert!(said.contains(&format!("FETCH (UID {last} INTERNALDATE ")), "the last is always there: {said}");
    let places: Vec<_> = ["INTERNALDATE", "FLAGS", "RFC822.SIZE", "BODY["].iter().map(|n| said.find(n)).collect();
    assert!(places.is_sorted() && places[0].is_some(), "{said}");
    assert!(said.ends_with("a OK Fetch completed\r\n"), "{said}");
    let list = line.say("b LIST \"\" *").await;
    assert!(
        list.contains("* LIST (\\Drafts) \"/\" \"&g0l6P3ux-\"\r\n") && list.contains("* LIST () \"/\" \"INBOX\"\r\n"),
        "{list}"
    );
    assert!(list.contains("\"Dan at Real Python\"") && list.contains("\"&dcVr0mWHTvZZOQ-\""), "{list}");
    // A word is accepted and forgotten.
    assert!(line.say("c STORE 1 +FLAGS ($Forwarded \\Flagged)").await.contains("c OK"));
    assert!(!line.say("d FETCH 1 FLAGS").await.contains("$Forwarded"));
    assert!(line.say("e CREATE x").await.starts_with("e OK"));
}

#[tokio::test(start_paused = true)]
async fn coremail_hangs_up_on_who_is_silent_and_on_who_wants_too_much() {
    let demo = serve_pipes(&Options { messages: 180, personality: &COREMAIL, ..options() });
    let mut line = opened(&demo, "INBOX").await;
    tokio::time::sleep(Duration::from_secs(179)).await;
    assert!(line.say("a NOOP").await.starts_with("a OK"));
    tokio::time::sleep(Duration::from_secs(181)).await;
    assert_eq!(rest(&mut line).await, "");
    let mut line = opened(&demo, "INBOX").await;
    let count = demo.snapshot().await.unwrap()[0].messages.len();
    assert!(count > 80, "{count}");
    assert!(line.say("zq1 FETCH 1:80 BODY.PEEK[]").await.ends_with("zq1 OK Fetch completed\r\n"));
    line.0.get_mut().write_all(b"b FETCH 1:81 BODY.PEEK[]\r\n").await.unwrap();
    assert_eq!(rest(&mut line).await, "");
}

const FEW_LOGINS: Personality = Personality { limits: Limits { logins: Some(2), ..NO_LIMITS }, ..COREMAIL };

#[tokio::test(start_paused = true)]
async fn a_third_login_ends_the_first_connection() {
    let demo = server(&FEW_LOGINS);
    let mut first = piped(&demo).await;
    let mut second = piped(&demo).await;
    let mut third = piped(&demo).await;
    assert_eq!(rest(&mut first).await, "");
    assert!(second.say("a NOOP").await.starts_with("a OK") && third.say("a NOOP").await.starts_with("a OK"));
}

#[tokio::test(start_paused = true)]
async fn qq_greets_lists_and_selects_as_it_was_seen() {
    let demo = server(&QQ);
    let mut line = Line(BufReader::new(demo.pipe()));
    let offered = "IMAP4 IMAP4rev1 ID AUTH=PLAIN AUTH=LOGIN AUTH=XOAUTH2 NAMESPACE";
    assert_eq!(line.next().await, format!("* OK [CAPABILITY {offered}] QQMail XMIMAP4Server ready\r\n"));
    assert_eq!(line.say("a LOGIN demo@hongyan.example \"open sesame\"").await, "a OK Success login ok\r\n");
    assert_eq!(
        line.say("b CAPABILITY").await,
        "* CAPABILITY IMAP4 IMAP4rev1 XLIST MOVE IDLE XAPPLEPUSHSERVICE NAMESPACE CHILDREN ID UIDPLUS \
         COMPRESS=DEFLATE\r\nb OK CAPABILITY Completed\r\n"
    );
    assert_eq!(line.say("c ID (\"name\" \"x\")").await, "* ID NIL\r\nc OK ID completed\r\n");
    let said = line.say("d NAMESPACE").await;
    assert_eq!(said, "* NAMESPACE ((\"\" \"/\")) NIL NIL\r\nd OK NAMESPACE Success\r\n");
    let list = line.say("e LIST \"\" *").await;
    assert!(list.contains("* LIST (\\HasNoChildren) \"/\" \"Sent Messages\"\r\n"), "{list}");
    assert!(list.contains("* LIST (\\Noselect \\HasChildren) \"/\" \"&UXZO1mWHTvZZOQ-\"\r\n"), "{list}");
    assert!(list.contains("\"&UXZO1mWHTvZZOQ-/QQ&kK5O9ouilgU-\""), "{list}");
    let list = line.say("f XLIST \"\" *").await;
    for (role, name) in [("Sent", "Sent Messages"), ("Trash", "Deleted Messages"), ("Inbox", "INBOX")] {
        assert!(list.contains(&format!("* XLIST (\\HasNoChildren \\{role}) \"/\" \"{name}\"\r\n")), "{list}");
    }
    let said = line.say("g SELECT INBOX").await;
    let order = [
        "EXISTS",
        "RECENT",
        "[UNSEEN",
        "[UIDVALIDITY 1633979026] UID validity status",
        "[UIDNEXT",
        "* FLAGS",
        "(\\* \\Answered",
    ];
    let places: Vec<_> = order.iter().map(|word| said.find(word)).collect();
    assert!(places.is_sorted() && places[0].is_some(), "{said}");
    assert!(said.ends_with("g OK [READ-WRITE] SELECT complete\r\n"), "{said}");
    assert!(line.say("h CREATE x").await.starts_with("h NO"));
    assert_eq!(line.say("i LOGOUT").await, "* BYE LOGOUT received\r\ni OK LOGOUT Completed\r\n");
}

#[tokio::test(start_paused = true)]
async fn qq_shows_new_mail_to_a_search_first_and_to_a_select_late() {
    let demo = server(&QQ);
    let mut line = opened(&demo, "INBOX").await;
    let before = demo.snapshot().await.unwrap()[0].messages.len();
    let uid = demo.deliver("INBOX", RAW, &[]).await.unwrap();
    let search = format!("a UID SEARCH UID {uid}:*");
    let found = format!("* SEARCH {uid}\r\n");
    assert!(!line.say(&search).await.starts_with(&found), "not yet");
    tokio::time::sleep(Duration::from_secs(5)).await;
    assert!(line.say(&search).await.starts_with(&found));
    assert!(line.say("b SELECT INBOX").await.contains(&format!("* {before} EXISTS")));
    assert!(!line.say(&format!("c UID FETCH {uid} FLAGS")).await.contains("FETCH ("));
    tokio::time::sleep(Duration::from_secs(36)).await;
    assert_eq!(line.say("d NOOP").await, "d OK NOOP Completed\r\n", "nothing unasked");
    assert!(!line.say(&format!("e UID FETCH {uid} FLAGS")).await.contains("FETCH ("), "only after SELECT");
    let said = line.say("f SELECT INBOX").await;
    assert!(said.contains(&format!("* {} EXISTS", before + 1)) && said.contains(&format!("[UIDNEXT {}]", uid + 1)));
    assert!(line.say(&format!("g UID FETCH {uid} FLAGS")).await.contains("FETCH ("));
}

#[tokio::test(start_paused = true)]
async fn an_old_connection_sees_nothing_new_any_more() {
    const STALE: Personality =
        Personality { visibility: Visibility { stale_after: Some(Duration::from_mins(10)), ..QQ.visibility }, ..QQ };
    let demo = server(&STALE);
    let mut old = opened(&demo, "INBOX").await;
    tokio::time::sleep(Duration::from_mins(11)).await;
    let uid = demo.deliver("INBOX", RAW, &[]).await.unwrap();
    tokio::time::sleep(Duration::from_mins(1)).await;
    let mut new = opened(&demo, "INBOX").await;
    let command = format!("a UID SEARCH UID {uid}");
    old.say("b SELECT INBOX").await;
    assert!(!old.say(&command).await.contains(&format!("SEARCH {uid}")));
    assert!(new.say(&command).await.contains(&format!("SEARCH {uid}")));
}

#[tokio::test(start_paused = true)]
async fn qq_idles_in_silence() {
    let demo = server(&QQ);
    let mut line = opened(&demo, "INBOX").await;
    line.0.get_mut().write_all(b"a IDLE\r\n").await.unwrap();
    assert_eq!(line.next().await, "+ idling\r\n");
    demo.deliver("INBOX", RAW, &[]).await.unwrap();
    quiet(&mut line, 600).await;
    line.0.get_mut().write_all(b"DONE\r\n").await.unwrap();
    assert!(line.until("a").await.starts_with("a OK"));
}

#[tokio::test(start_paused = true)]
async fn qq_searches_for_text_in_its_own_way() {
    let demo = server(&QQ);
    let mut line = opened(&demo, "INBOX").await;
    let all = line.say("a SEARCH ALL").await.lines().next().unwrap().to_owned();
    assert!(line.say("b SEARCH SUBJECT xyzzy").await.starts_with(&all));
    assert!(line.say("c SEARCH (SINCE 1-Jan-2099)").await.starts_with(&all));
    assert!(line.say("d SEARCH SUBJECT \"发票\"").await.starts_with("* SEARCH\r\n"));
    assert!(line.say("e SEARCH SINCE 1-Jan-2099").await.starts_with("* SEARCH\r\n"));
}

#[tokio::test(start_paused = true)]
async fn qq_refuses_for_one_reason_and_hangs_up() {
    let demo = server(&QQ);
    for attempt in 0..12 {
        let mut line = Line(BufReader::new(demo.pipe()));
        line.next().await;
        line.0.get_mut().write_all(b"a LOGIN demo@hongyan.example \"open sesame\"\r\n").await.unwrap();
        let said = line.next().await;
        if attempt < 10 {
            assert!(said.starts_with("a OK"), "{attempt}: {said}");
        } else {
            assert!(said.starts_with("a NO Login fail. Account is abnormal, service is not open, password is incorrect, login frequency limited"), "{said}");
            assert_eq!(rest(&mut line).await, "", "the end");
        }
    }
    tokio::time::sleep(Duration::from_mins(10)).await;
    piped(&demo).await;
}

#[tokio::test(start_paused = true)]
async fn qq_never_answers_a_long_line() {
    let demo = server(&QQ);
    let mut line = opened(&demo, "INBOX").await;
    let long = "1,".repeat(3100) + "1";
    line.0.get_mut().write_all(format!("a UID FETCH {long} FLAGS\r\n").as_bytes()).await.unwrap();
    quiet(&mut line, 60).await;
    assert!(line.say("b NOOP").await.starts_with("b OK"));
    assert!(line.say(&format!("c UID FETCH {} FLAGS", "1,".repeat(900) + "1")).await.contains("c OK"));
}

#[tokio::test(start_paused = true)]
async fn qq_keeps_sent_mail_to_itself_for_an_hour() {
    let demo = server(&QQ);
    let uid = demo.deliver("Sent Messages", RAW, &["\\Seen"]).await.unwrap();
    tokio::time::sleep(Duration::from_mins(1)).await;
    let mut line = piped(&demo).await;
    let said = line.say("s SELECT \"Sent Messages\"").await;
    let kept = demo.snapshot().await.unwrap();
    let count = kept.iter().find(|k| k.folder == "Sent Messages").unwrap().messages.len();
    assert!(said.contains(&format!("* {} EXISTS", count + 2)), "{said}");
    assert_eq!(line.say(&format!("a UID FETCH {uid} (FLAGS)")).await, "a OK Mails not exist!\r\n");
    assert!(line.say(&format!("b FETCH {count}:{} (UID)", count + 2)).await.contains(&format!("UID {uid}")));
    assert_eq!(line.say(&format!("c UID STORE {uid} +FLAGS (\\Flagged)")).await, "c NO System busy!\r\n");
    let append = format!("d APPEND \"Sent Messages\" {{{}}}\r\n{RAW}", RAW.len());
    assert!(line.say(&append).await.ends_with("d NO Mail has saved by smtp!\r\n"));
    tokio::time::sleep(Duration::from_hours(1)).await;
    assert!(line.say("s SELECT \"Sent Messages\"").await.contains(&format!("* {count} EXISTS")));
    assert!(line.say(&format!("e UID FETCH {uid} (FLAGS)")).await.contains("FETCH ("));
}

#[tokio::test(start_paused = true)]
async fn qq_tells_structures_that_the_book_does_not_know() {
    let demo = server(&QQ);
    let raw = "From: \"A\" <a@b.example>\r\nTo: \"Real Name\" <c@d.example>\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\nnothing";
    let uid = demo.deliver("INBOX", raw, &[]).await.unwrap();
    tokio::time::sleep(Duration::from_secs(41)).await;
    let mut line = opened(&demo, "INBOX").await;
    let said = line.say(&format!("a UID FETCH {uid} (BODYSTRUCTURE ENVELOPE)")).await;
    assert!(said.contains("BODYSTRUCTURE (\"MIXED\" (\"boundary\" \"x\") NIL NIL)"), "{said}");
    assert!(said.contains("((\"c\" NIL \"c\" \"d.example\"))") && said.contains("((\"A\" NIL \"a\""), "{said}");
}

#[tokio::test(start_paused = true)]
async fn envelopes_of_long_ago_lack_addresses_or_an_end() {
    const MISSING: Personality =
        Personality { toggles: Toggles { envelope: Addresses::Missing, ..QQ.toggles }, visibility: AT_ONCE, ..QQ };
    const UNESCAPED: Personality =
        Personality { toggles: Toggles { envelope: Addresses::Unescaped, ..QQ.toggles }, visibility: AT_ONCE, ..QQ };
    for (personality, expected) in
        [(&MISSING, "ENVELOPE (NIL \"s\" NIL NIL)"), (&UNESCAPED, "(NIL NIL \"a\" \"b.example\\\")")]
    {
        let demo = server(personality);
        let uid = demo.deliver("INBOX", "From: a@b.example\r\nSubject: s\r\n\r\n", &[]).await.unwrap();
        let said = opened(&demo, "INBOX").await.say(&format!("a UID FETCH {uid} ENVELOPE")).await;
        assert!(said.contains(expected), "{said}");
    }
}
