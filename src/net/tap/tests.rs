use std::sync::mpsc::{Receiver, sync_channel};

use super::*;

const SECRET: &str = "open \"sesame\"";

fn tap(room: usize) -> (Tap, Receiver<Message>) {
    let (to, heard) = sync_channel(room);
    let tap = Tap::new(to, Arc::default(), "me@mail.example", Purpose::Sync);
    (tap.connection("me@mail.example", &Secret::new(SECRET.to_owned())), heard)
}

fn lines(heard: &Receiver<Message>) -> Vec<String> {
    heard
        .try_iter()
        .map(|message| match message {
            Message::Line(line) => match line.kind.count() {
                Some(count) => format!("{} {count} {}", line.kind.code(), line.text),
                None => format!("{} {}", line.kind.arrow(), line.text),
            },
            _ => panic!("no line"),
        })
        .collect()
}

/// What is shown of a response whose literals hold these texts.
fn heard_with(response: &[u8], literals: &[&str]) -> String {
    let (tap, heard) = tap(10);
    let mut from = 0;
    let ranges = literals.iter().map(|held| {
        let at = from + memchr::memmem::find(&response[from..], held.as_bytes()).unwrap();
        from = at + held.len();
        at..from
    });
    tap.heard(response, ranges);
    lines(&heard).remove(0)
}

fn heard(response: &[u8]) -> String {
    heard_with(response, &[])
}

#[test]
fn l04_what_a_server_repeats_of_the_secret_is_not_seen() {
    let (tap, heard) = tap(100);
    for said in [
        format!("a1 NO LOGIN me {SECRET} failed\r\n"),
        "a1 NO LOGIN me \"OPEN \\\"SESAME\\\"\" failed\r\n".to_owned(),
        format!("+ {}", base64(SECRET.as_bytes())),
        format!("+ {}", base64(format!("\0me@mail.example\0{SECRET}").as_bytes())),
        format!("+ {}", base64(format!("x{SECRET}").as_bytes())),
        format!("+ {}", base64(format!("some{SECRET} and more").as_bytes())),
        format!("* BAD {}{SECRET}{SECRET} x", "y".repeat(SHOWN - 8)),
        format!("* BAD {}{SECRET}", "y".repeat(SHOWN - 7)),
    ] {
        tap.heard(said.as_bytes(), []);
        tap.sent(&said);
    }
    let lines = lines(&heard);
    assert_eq!(lines.len(), 16);
    let all = lines.join("\n").to_ascii_lowercase();
    assert_eq!(all.matches("***").count(), 16, "{all}");
    let coded = base64(SECRET.as_bytes()).to_ascii_lowercase();
    for part in ["sesame", "open", coded.trim_end_matches('=')] {
        assert!(!all.contains(part), "{part} in {all}");
    }
    assert_eq!(lines[0], "← a1 NO LOGIN me *** failed");
    // Of base64 that holds it nothing is seen: its neighbours tell some bits.
    assert_eq!(lines[8], "← + ***");
    assert_eq!(lines[10], "← + ***");
}

fn base64(bytes: &[u8]) -> String {
    crate::net::base64::encode(bytes)
}

#[test]
fn l01_no_mail_is_in_what_is_heard() {
    let fetch = b"* 7 FETCH (UID 9 FLAGS (\\Seen) INTERNALDATE \"01-Jan-2026 10:00:00 +0800\" \
        ENVELOPE (\"Mon\" \"the \\\"plan\" ((\"Lena\" NIL \"lena\" \"b.example\"))) BODY[] {12}\r\nDear\r\n{3}\r\nx RFC822.SIZE 11)\r\n";
    assert_eq!(
        heard_with(fetch, &["Dear\r\n{3}\r\nx"]),
        "← * 7 FETCH (UID 9 FLAGS (\\Seen) INTERNALDATE \"01-Jan-2026 10:00:00 +0800\" \
         ENVELOPE (\"…\" \"…\" ((\"…\" NIL \"…\" \"…\"))) BODY[] {12} RFC822.SIZE 11)"
    );
    assert_eq!(heard_with(b"* LIST () \"/\" {3}\r\nabc\r\n", &["abc"]), "← * LIST () \"/\" {3}");
    assert_eq!(heard_with(b"* 1 FETCH (X {1}\na Y {2}\nbc)\n", &["a", "bc"]), "← * 1 FETCH (X {1} Y {2})");
    assert_eq!(heard_with(b"* 1 FETCH (X {0}\r\n UID 3)\r\n", &[]), "← * 1 FETCH (X {0}   UID 3)");
    assert_eq!(heard(b"* LIST () \"/\" \"a{3}\"\r\n"), "← * LIST () \"/\" \"a{3}\"");
    assert_eq!(heard(b"* 1 FETCH (BODY[] \"never ends"), "← * 1 FETCH (BODY[] \"…\"");
    let long = [&b"* 1 FETCH (BODY[] {5}\r\nabcde "[..], &b"X ".repeat(500)].concat();
    assert!(heard_with(&long, &["abcde"]).starts_with("← * 1 FETCH (BODY[] {5} X X"));
}

#[test]
fn t17_what_a_server_says_is_clipped_and_harmless() {
    assert_eq!(heard(b"* OK [ALERT] \x1b]0;x\x07 hi\r\n"), "← * OK [ALERT] ␛]0;x␇ hi");
    let long = heard(&[b"* OK ", "长".repeat(1000).as_bytes()].concat());
    assert!(long.len() < SHOWN + 20 && long.ends_with(" …(3005)"), "{long}");
}

#[test]
fn a_flood_of_one_kind_is_told_as_a_number() {
    let (tap, heard) = tap(1000);
    for number in 1..=10_000 {
        tap.heard(format!("* {number} FETCH (FLAGS ())\r\n").as_bytes(), []);
    }
    tap.heard(b"a1 OK done\r\n", []);
    tap.heard(b"* 1 FETCH (FLAGS ())\r\n", []);
    for number in 1..=100 {
        tap.heard(format!("* {number} EXISTS\r\n").as_bytes(), []);
    }
    drop(tap);
    let lines = lines(&heard);
    assert_eq!(lines[2..6], ["← * 3 FETCH (FLAGS ())", "folded 9997 FETCH", "← a1 OK done", "← * 1 FETCH (FLAGS ())"]);
    assert_eq!(lines.len(), 6 + 50 + 1);
    assert_eq!(lines.last().unwrap(), "folded 50 EXISTS");
}

#[test]
fn what_nobody_takes_is_counted_and_nobody_waits() {
    let (tap, heard) = tap(2);
    for number in 0..40 {
        tap.sent(&format!("a{number} NOOP"));
    }
    assert_eq!(lines(&heard), ["→ a0 NOOP", "→ a1 NOOP"]);
    tap.sent("b NOOP");
    assert_eq!(lines(&heard), ["lost 38 ", "→ b NOOP"]);
    drop(heard);
    tap.sent("c NOOP");
}

#[test]
fn the_end_is_told_once_and_never_forgotten() {
    let (tap, heard) = tap(10);
    tap.connecting("imap.mail.example:993");
    tap.connected("tls");
    tap.clone().closed("time out");
    tap.closed("");
    drop(tap.connection("u", &Secret::new(String::new())));
    tap.connected("tls");
    drop(tap);
    assert_eq!(lines(&heard), ["· imap.mail.example:993", "· tls", "· time out", "· tls", "· "]);
    let nobody = Tap::default();
    nobody.connection("u", &Secret::new("p".to_owned())).heard(b"* OK", []);
    assert!(!nobody.listens());
}

#[test]
#[ignore = "a measurement"]
fn what_a_tap_costs() {
    let (tap, heard) = tap(2000);
    let begun = clock::instant();
    for number in 0..1_000_000_u32 {
        tap.heard(format!("* {number} FETCH (UID {number} FLAGS (\\Seen))\r\n").as_bytes(), []);
    }
    let fetches = begun.elapsed();
    let begun = clock::instant();
    for number in 0..100_000_u32 {
        tap.heard(format!("a{number} OK done and well and with some more words\r\n").as_bytes(), []);
        heard.try_iter().count();
    }
    println!("a folded FETCH {:?}, a line {:?}", fetches / 1_000_000, begun.elapsed() / 100_000);
}

#[test]
fn l04_whoever_listens_beside_the_recorder_hears_more_and_no_secret_either() {
    let (tap, heard) = tap(10);
    let (ear, mut overheard) = tokio::sync::mpsc::unbounded_channel();
    let tap = tap.overheard_by(ear).connection("me@mail.example", &Secret::new(SECRET.to_owned()));
    let long = format!("* CAPABILITY {}{SECRET} {}\r\n", "A ".repeat(400), base64(SECRET.as_bytes()));
    tap.heard(long.as_bytes(), []);
    tap.sent("H1 LOGIN me ***");
    let told: Vec<String> = std::iter::from_fn(|| overheard.try_recv().ok()).map(|o| o.text.into_string()).collect();
    assert_eq!(told, [format!("* CAPABILITY {}*** ***", "A ".repeat(400)), "H1 LOGIN me ***".to_owned()]);
    assert!(lines(&heard)[0].len() < 500);
}
