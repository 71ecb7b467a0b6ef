use super::*;
use crate::cli::talk::code;

const SECRET: &str = "s\"cret 密";

fn talk(protocol: Protocol, secret: &str, consent: Consent) -> Conversation {
    let secret = Some(Secret::new(secret.to_owned()));
    Conversation::new(protocol, Language::En, "me@mail.example", secret, consent, false)
}

/// What was done: `>` sent, as it may be seen; `<` shown, `.` a note.
fn told(acts: Vec<Act>) -> Vec<String> {
    acts.into_iter()
        .filter_map(|act| match act {
            Act::Send { bytes, shown } => {
                assert!(bytes.ends_with(b"\r\n"));
                Some(format!("> {shown}"))
            }
            Act::Show(line) => Some(format!("< {line}")),
            Act::Note(said) => Some(format!(". {said}")),
            Act::Heard(_) => None,
            Act::End => Some("end".to_owned()),
        })
        .collect()
}

fn sent(acts: &[Act]) -> String {
    let sent = acts.iter().filter_map(|act| match act {
        Act::Send { bytes, .. } => Some(String::from_utf8(bytes.to_vec()).unwrap()),
        _ => None,
    });
    sent.collect()
}

/// Plays a script: lines with `>` are typed, the others are what the server says. The bytes that were sent.
fn play(talk: &mut Conversation, script: &[&str]) -> (String, Vec<String>) {
    let (mut bytes, mut all) = (String::new(), Vec::new());
    for line in script {
        let acts = match line.strip_prefix("> ") {
            Some(typed) => talk.typed(typed),
            None => talk.heard(format!("{line}\r\n").as_bytes()),
        };
        bytes += &sent(&acts);
        all.extend(told(acts));
    }
    (bytes, all)
}

#[test]
fn a_missing_tag_is_added_and_one_that_is_there_stays() {
    let mut imap = talk(Protocol::Imap, "secret", Consent::Ask);
    let (bytes, _) = play(
        &mut imap,
        &[
            "* OK hi",
            "> CAPABILITY",
            "h1 OK",
            "> HZ4 LIST \"\" *",
            "HZ4 OK",
            "> a select \"INBOX\"",
            "a OK",
            "> uid search all",
            "h2 NO",
            "> x9 XUNKNOWN y",
            "x9 BAD",
            "> XUNKNOWN y",
            "h3 OK",
            "> # a note of mine",
            "> ",
            "> NOOP\rSTORE",
        ],
    );
    assert_eq!(
        bytes,
        "h1 CAPABILITY\r\nHZ4 LIST \"\" *\r\na select \"INBOX\"\r\nh2 uid search all\r\nx9 XUNKNOWN y\r\nh3 XUNKNOWN y\r\nh4 NOOPSTORE\r\n"
    );
    assert!(!imap.wants_a_line());
}

#[test]
fn what_is_typed_ahead_waits_for_its_turn() {
    let mut imap = talk(Protocol::Imap, "secret", Consent::Ask);
    assert_eq!(told(imap.typed("NOOP")), [""; 0]);
    assert_eq!(told(imap.heard(b"* OK hi\r\n")), ["< * OK hi", "> h1 NOOP"]);
    imap.typed("CHECK");
    imap.typed("NOOP");
    // News end nothing, and neither does a tag of nobody.
    assert_eq!(told(imap.heard(b"* 3 EXISTS\r\nh9 OK\r\n")), ["< * 3 EXISTS", "< h9 OK"]);
    assert_eq!(told(imap.heard(b"h1 NO never\r\n")), ["< h1 NO never", "> h2 CHECK"]);
    assert!(imap.has_failed());
    imap.heard(b"h2 OK\r\nh3 OK\r\n");
    assert!(!imap.has_failed() && imap.wants_a_line());
    imap.heard(b"");
    for _ in 0..AHEAD * 2 {
        imap.typed("NOOP");
    }
    assert_eq!(told(imap.typed("NOOP")).len(), 1, "there is an end to it");
}

#[test]
fn what_changes_something_is_asked_about_first() {
    let mut imap = talk(Protocol::Imap, "secret", Consent::Ask);
    let (bytes, told) = play(&mut imap, &["* OK", "> FETCH 1 RFC822", "> n", "> a1 EXPUNGE", "> y"]);
    assert_eq!(bytes, "a1 EXPUNGE\r\n");
    assert_eq!(told[1], ". fetching it this way marks the message as read (BODY.PEEK[…] does not)");
    assert_eq!(told[2], ". not sent");
    let mut imap = talk(Protocol::Imap, "secret", Consent::Refused);
    let (bytes, told) = play(&mut imap, &["* OK", "> CLOSE"]);
    assert_eq!(bytes, "");
    assert!(told[1].contains("--yes") && imap.has_failed() && imap.wants_a_line(), "{told:?}");
    let mut pop3 = talk(Protocol::Pop3, "secret", Consent::Given);
    assert_eq!(play(&mut pop3, &["+OK", "> dele 1"]).0, "dele 1\r\n");
    let mut smtp = talk(Protocol::Smtp, "secret", Consent::Ask);
    let (bytes, _) = play(&mut smtp, &["220 hi", "> STARTTLS", "> MAIL FROM:<a@b.example>", "> Y", "250 OK"]);
    assert_eq!(bytes, "MAIL FROM:<a@b.example>\r\n");
}

#[test]
fn l01_login_sends_the_secret_and_shows_none() {
    let plain = crate::net::base64::encode(format!("\0me@mail.example\0{SECRET}").as_bytes());
    let mut imap = talk(Protocol::Imap, "s\"cret", Consent::Ask);
    let (bytes, said) =
        play(&mut imap, &["* OK", "> login", "h1 OK s\"cret is right", "* CAPABILITY IMAP4rev1 ID", "h2 OK", "h3 OK"]);
    assert!(
        bytes.starts_with("h1 LOGIN \"me@mail.example\" \"s\\\"cret\"\r\nh2 CAPABILITY\r\nh3 ID (\"name\" \"hongyan\"")
    );
    assert_eq!(said[1..3], ["> h1 LOGIN \"me@mail.example\" ***", "< h1 OK *** is right"]);
    assert!(imap.wants_a_line() && !imap.has_failed());

    let mut imap = talk(Protocol::Imap, SECRET, Consent::Ask);
    let (bytes, said) = play(&mut imap, &["* OK", "> login", "+ ", "h1 NO wrong"]);
    assert_eq!(bytes, format!("h1 AUTHENTICATE PLAIN\r\n{plain}\r\n"));
    assert_eq!(said[3], "> ***");
    assert!(imap.wants_a_line() && imap.has_failed());

    let mut smtp = talk(Protocol::Smtp, SECRET, Consent::Ask);
    let (bytes, said) = play(&mut smtp, &["220 hi", "> auth", "250-x", "250-AUTH LOGIN PLAIN", "250 SIZE", "235 in"]);
    assert_eq!(bytes, format!("EHLO localhost\r\nAUTH PLAIN {plain}\r\n"));
    assert!(said.contains(&"> AUTH PLAIN ***".to_owned()) && !smtp.has_failed(), "{said:?}");
    let mut smtp = talk(Protocol::Smtp, "secret", Consent::Ask);
    let (bytes, _) =
        play(&mut smtp, &["220 hi", "> login", "250 AUTH LOGIN", "334 VXNlcg==", "334 UGFzcw==", "535 no"]);
    assert_eq!(bytes, "EHLO localhost\r\nAUTH LOGIN\r\nbWVAbWFpbC5leGFtcGxl\r\nc2VjcmV0\r\n");
    assert!(smtp.has_failed() && smtp.wants_a_line());
    let mut smtp = talk(Protocol::Smtp, "secret", Consent::Ask);
    assert!(play(&mut smtp, &["220 hi", "> login", "502 what"]).0.starts_with("EHLO localhost\r\nAUTH PLAIN "));

    let mut pop3 = talk(Protocol::Pop3, "secret", Consent::Ask);
    let (bytes, said) = play(&mut pop3, &["+OK hi", "> login", "+OK", "-ERR not secret"]);
    assert_eq!(bytes, "USER me@mail.example\r\nPASS secret\r\n");
    assert_eq!(said[3..], ["> PASS ***", "< -ERR not ***"]);

    let mut none = Conversation::new(Protocol::Imap, Language::En, "me", None, Consent::Ask, true);
    assert_eq!(told(none.typed("login")), [". there is no stored password to log in with"]);
    let mut odd = talk(Protocol::Pop3, "a\r\nDELE 1", Consent::Ask);
    assert_eq!(play(&mut odd, &["+OK", "> login"]).0, "");
}

#[test]
fn l01_a_secret_typed_by_hand_is_private_and_never_shown() {
    for (protocol, script, private) in [
        (Protocol::Imap, &["* OK", "> a LOGIN me hush hush", "a NO"][..], "a LOGIN me hush"),
        (Protocol::Imap, &["* OK", "> AUTHENTICATE PLAIN", "+ ", "> hush"], "AUTHENTICATE PLAIN"),
        (Protocol::Imap, &["* OK", "> LOGIN {2}", "+ ", "> me {4}", "+ ", "> hush", "h1 OK"], "LOGIN {2}"),
        (Protocol::Smtp, &["220 x", "> AUTH LOGIN", "334 ", "> hush", "334 ", "> hush", "535 "], "auth login"),
        (Protocol::Pop3, &["+OK", "> PASS hush"], "PASS hush"),
    ] {
        let mut conversation = talk(protocol, "secret", Consent::Ask);
        let (bytes, said) = play(&mut conversation, script);
        assert!(!said.join("\n").contains("hush"), "{said:?}");
        assert!(bytes.contains("hush"), "{bytes:?}");
        if conversation.wants_a_line() {
            assert!(conversation.is_private(private), "{private}");
            assert!(!conversation.is_private("NOOP"));
        }
    }
}

#[test]
fn l01_a_secret_that_is_typed_ahead_goes_where_it_belongs_and_is_kept_nowhere() {
    let login = ["> AUTH LOGIN", "> bWU=", "> aHVzaA=="];
    for greeted in [false, true] {
        let mut smtp = talk(Protocol::Smtp, "secret", Consent::Ask);
        let mut said = Vec::new();
        // Before the greeting, and behind it.
        if greeted {
            said.extend(play(&mut smtp, &["220 x"]).1);
        }
        for line in login {
            let typed = line.strip_prefix("> ").unwrap_or_default();
            assert!(smtp.is_private(typed), "{typed}");
            said.extend(told(smtp.typed(typed)));
        }
        assert!(smtp.is_private("NOOP"), "it could be a word of the secret");
        smtp.typed("NOOP");
        said.extend(play(&mut smtp, &["220 x"][usize::from(greeted)..]).1);
        let rest = ["334 ", "334 ", "235 in"];
        said.extend(play(&mut smtp, &rest).1);
        let sent: Vec<&str> = said.iter().filter_map(|line| line.strip_prefix("> ")).collect();
        assert_eq!(sent, ["AUTH LOGIN ***", "***", "***", "NOOP"]);
    }
    // Nobody asks for it, or not for all of it.
    for script in [&["504 no"][..], &["334 ", "535 no"], &["235 in"]] {
        let mut smtp = talk(Protocol::Smtp, "secret", Consent::Ask);
        play(&mut smtp, &["220 x"]);
        play(&mut smtp, &login);
        let (bytes, said) = play(&mut smtp, script);
        assert!(!bytes.contains("aHVzaA") && !said.join("\n").contains("aHVzaA"), "{said:?}");
        assert!(said.iter().any(|line| line.starts_with(". the login did not take")), "{said:?}");
        assert!(smtp.wants_a_line() && !smtp.is_private("NOOP"));
    }
    // A login that has its secret with it: what comes behind it is a command, and waits.
    let mut imap = talk(Protocol::Imap, "secret", Consent::Ask);
    let (bytes, _) = play(&mut imap, &["* OK", "> LOGIN me hush", "> NOOP", "h1 NO", "> AUTHENTICATE LOGIN"]);
    assert_eq!(bytes, "h1 LOGIN me hush\r\nh2 NOOP\r\n");
    let (bytes, said) = play(&mut imap, &["> bWU=", "> aHVzaA==", "h2 OK", "+ ", "+ ", "h3 OK"]);
    assert_eq!(bytes, "h3 AUTHENTICATE LOGIN\r\nbWU=\r\naHVzaA==\r\n");
    assert!(!said.join("\n").contains("aHVzaA"), "{said:?}");
}

#[test]
fn lines_that_a_command_waits_for_belong_to_it() {
    let mut imap = talk(Protocol::Imap, "secret", Consent::Given);
    // Ten bytes with the line ends, and then the end of the command.
    let (bytes, said) = play(
        &mut imap,
        &["* OK", "> APPEND x {10}", "+ go", "> abc", "> def", "h1 OK", "> IDLE", "+ idling", "* 1 EXISTS"],
    );
    assert_eq!(bytes, "h1 APPEND x {10}\r\nabc\r\ndef\r\n\r\nh2 IDLE\r\n");
    assert!(said.contains(&"> (5 bytes)".to_owned()) && !said.join("").contains("abc"), "{said:?}");
    assert!(imap.wants_a_line());
    assert_eq!(
        play(&mut imap, &["> DONE", "h2 OK", "> APPEND x {8}", "+ ", "> abc", "> def"]).0,
        "DONE\r\nh3 APPEND x {8}\r\nabc\r\ndef\r\n"
    );
    assert!(!imap.wants_a_line());
    let mut smtp = talk(Protocol::Smtp, "secret", Consent::Given);
    let (bytes, said) = play(&mut smtp, &["220 hi", "> DATA", "354 go", "> Subject: QUIT", "> QUIT", "> .", "250 OK"]);
    assert_eq!(bytes, "DATA\r\nSubject: QUIT\r\nQUIT\r\n.\r\n");
    assert!(!said.join("").contains("Subject") && smtp.wants_a_line(), "{said:?}");
    let mut pop3 = talk(Protocol::Pop3, "secret", Consent::Given);
    play(&mut pop3, &["+OK", "> RETR 1", "+OK 10", "+OK is no answer here"]);
    assert!(!pop3.wants_a_line());
    play(&mut pop3, &["."]);
    assert!(pop3.wants_a_line());
}

#[test]
fn the_talk_ends_with_a_goodbye_and_an_end_without_one_is_a_failure() {
    for (protocol, greeting, goodbye, last) in [
        (Protocol::Imap, "* OK", "h1 LOGOUT\r\n", "* BYE\r\nh1 OK"),
        (Protocol::Smtp, "220 hi", "QUIT\r\n", "221 bye"),
        (Protocol::Pop3, "+OK", "QUIT\r\n", "+OK"),
    ] {
        let mut conversation = talk(protocol, "secret", Consent::Ask);
        play(&mut conversation, &[greeting]);
        assert!(conversation.prompt().starts_with(code(protocol)));
        assert_eq!(sent(&conversation.leave()), goodbye);
        assert_eq!(play(&mut conversation, &[last]).1.last().unwrap(), "end");
        assert!(conversation.is_over() && !conversation.has_failed());
        let mut by_word = talk(protocol, "secret", Consent::Ask);
        assert_eq!(play(&mut by_word, &[greeting, "> quit"]).0, goodbye);
        assert_eq!(told(by_word.closed()), ["end"]);
        assert!(!by_word.has_failed());
        let mut dropped = talk(protocol, "secret", Consent::Ask);
        assert_eq!(told(dropped.closed()), [". the server closed the connection", "end"]);
        assert!(dropped.has_failed());
    }
    let mut full = talk(Protocol::Imap, "secret", Consent::Ask);
    play(&mut full, &["* BYE too many"]);
    assert!(full.has_failed());
}

/// A token is not a password: it goes where tokens go, or nowhere, and its refusal is heard out.
#[test]
fn l01_a_token_is_said_by_xoauth2_and_once() {
    let by_token = |protocol| {
        let secret = Some(Secret::token("t0k".to_owned()));
        Conversation::new(protocol, Language::En, "u", secret, Consent::Ask, false)
    };
    // Made by another encoder.
    let coded = "dXNlcj11AWF1dGg9QmVhcmVyIHQwawEB";
    let mut imap = by_token(Protocol::Imap);
    let script = ["* OK hi", "> login", "+ ", "+ eyJzdGF0dXMiOiI0MDEifQ==", "+ again", "h1 NO no"];
    let (bytes, told) = play(&mut imap, &script);
    assert_eq!(bytes, format!("h1 AUTHENTICATE XOAUTH2\r\n{coded}\r\n\r\n\r\n"));
    assert!(!told.concat().contains(coded), "{told:?}");
    let (bytes, _) =
        play(&mut by_token(Protocol::Imap), &["* OK hi", "> login", "+ ", "h1 OK", "* CAPABILITY ID", "h2 OK"]);
    assert!(bytes.ends_with(&format!("h2 CAPABILITY\r\nh3 {}\r\n", crate::sync::INTRODUCTION)), "{bytes}");
    let mut smtp = by_token(Protocol::Smtp);
    let (bytes, _) = play(&mut smtp, &["220 hi", "> login", "250-mail", "250 AUTH LOGIN PLAIN XOAUTH2", "235 ok"]);
    assert!(bytes.ends_with(&format!("AUTH XOAUTH2 {coded}\r\n")), "{bytes}");
    let (bytes, told) = play(&mut by_token(Protocol::Pop3), &["+OK hi", "> login"]);
    assert_eq!((bytes.as_str(), told.len()), ("", 2), "{told:?}");
}
