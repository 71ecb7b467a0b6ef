//! Attacks that have a name, so that a test can go through all of them.

use std::time::Duration;

use super::{Fault, Place};

/// A server that does something evil.
#[derive(Debug)]
pub struct NamedFault {
    /// Begins with the row of the table of attacks, if it has one.
    pub name: &'static str,
    pub faults: &'static [Fault],
}

const fn say(on: &'static str, place: Place, bytes: &'static [u8]) -> Fault {
    Fault::Say { on, place, bytes, times: 1 }
}

const fn flood(on: &'static str, place: Place, bytes: &'static [u8], times: usize) -> Fault {
    Fault::Say { on, place, bytes, times }
}

const fn replace(on: &'static str, having: &'static str, by: &'static [u8]) -> Fault {
    Fault::Replace { on, having, by }
}

const fn named(name: &'static str, faults: &'static [Fault]) -> NamedFault {
    NamedFault { name, faults }
}

/// All of them. Some are an end at once, some only a nuisance.
pub static FAULTS: &[NamedFault] = &[
    named("i01-literal-of-a-hundred-billion", &[say("FETCH", Place::Ahead, b"* 1 FETCH (BODY[] {99999999999}\r\n")]),
    named("i01-literal-of-four-billion", &[say("FETCH", Place::Ahead, b"* 1 FETCH (BODY[] {4294967296}\r\n")]),
    named("i01-literal-below-zero", &[say("FETCH", Place::Ahead, b"* 1 FETCH (BODY[] {-1}\r\n")]),
    named("i01-literal-in-exponents", &[say("FETCH", Place::Ahead, b"* 1 FETCH (BODY[] {1e9}\r\n")]),
    named("i01-literal-that-is-a-clients", &[say("FETCH", Place::Ahead, b"* 1 FETCH (BODY[] {10+}\r\n0123456789)\r\n")]),
    named("i01-literal-of-eight-bits", &[say("FETCH", Place::Ahead, b"* 1 FETCH (BODY[] ~{5}\r\n01234)\r\n")]),
    named(
        "i02-literal-that-stalls",
        &[say("FETCH", Place::Ahead, b"* 1 FETCH (BODY[] {500000000}\r\nSubject"), Fault::Deaf("FETCH")],
    ),
    named(
        "i02-literal-that-trickles",
        &[
            say("FETCH", Place::Ahead, b"* 1 FETCH (BODY[] {500000000}\r\n"),
            Fault::Trickle { after: 1500, each: Duration::from_secs(1) },
        ],
    ),
    named("i03-line-without-end", &[flood("", Place::Ahead, b"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", 4_000_000)]),
    named("i04-parentheses-without-end", &[
        flood("FETCH", Place::Ahead, b"((((((((((((((((((((((((((((((((", 3000),
        say("FETCH", Place::Between, b"\r\n"),
    ]),
    named("i05-garbage-between-responses", &[say("", Place::Between, b"\x00\xff garbage \x1b[2J (((\r\n\r\n")]),
    named("i06-fetch-that-cannot-be-read", &[replace("FETCH", "* 3 FETCH", b"* 3 FETCH (UID 3 FLAGS (\\Seen ENVELOPE \"\r\n")]),
    named("i07-exists-of-four-billion", &[say("SELECT", Place::Between, b"* 4294967295 EXISTS\r\n")]),
    named("i07-exists-that-shrinks", &[say("NOOP", Place::Between, b"* 1 EXISTS\r\n")]),
    named("i07-exists-is-missing", &[replace("SELECT", " EXISTS", b"")]),
    named("i07-expunge-of-zero", &[say("", Place::Between, b"* 0 EXPUNGE\r\n")]),
    named("i07-expunge-beyond-the-end", &[say("", Place::Between, b"* 4294967295 EXPUNGE\r\n")]),
    named("i07-fetch-of-zero", &[say("", Place::Between, b"* 0 FETCH (UID 1 FLAGS (\\Deleted))\r\n")]),
    named("i08-uid-zero", &[say("FETCH", Place::Ahead, b"* 1 FETCH (UID 0 FLAGS ())\r\n")]),
    named("i08-uid-twice", &[say("FETCH", Place::Ahead, b"* 1 FETCH (UID 9 FLAGS ())\r\n* 2 FETCH (UID 9 FLAGS ())\r\n")]),
    named("i08-uids-downwards", &[say("FETCH", Place::Ahead, b"* 1 FETCH (UID 90 FLAGS ())\r\n* 2 FETCH (UID 9 FLAGS ())\r\n")]),
    named("i08-validity-zero", &[replace("SELECT", "[UIDVALIDITY", b"* OK [UIDVALIDITY 0] UIDs valid\r\n")]),
    named("i08-validity-missing", &[replace("SELECT", "[UIDVALIDITY", b"")]),
    named("i08-uidnext-backwards", &[replace("SELECT", "[UIDNEXT", b"* OK [UIDNEXT 1] Predicted\r\n")]),
    named("i09-validity-changes-in-mid-session", &[say("", Place::Between, b"* OK [UIDVALIDITY 77] UIDs valid\r\n")]),
    named("i10-body-nobody-asked-for", &[say("", Place::Between, b"* 1 FETCH (UID 1 BODY[] {5}\r\nevil\n)\r\n")]),
    named("i10-list-nobody-asked-for", &[say("", Place::Between, b"* LIST () \"/\" \"../../evil\"\r\n")]),
    named("i11-answer-to-a-tag-never-sent", &[say("", Place::Ahead, b"zz99 OK done\r\n")]),
    named("i11-answer-before-the-command", &[say("GREETING", Place::Behind, b"A0001 OK done\r\nA1 OK done\r\n")]),
    named("i11-answer-twice", &[say("LOGIN", Place::Behind, b"A0001 OK done\r\nA0002 OK done\r\nA0003 OK done\r\n")]),
    named("i12-names-of-evil-folders", &[say(
        "LIST",
        Place::Between,
        b"* LIST () \"/\" \"../../x\"\r\n* LIST () \"/\" \"a\\\"b\\\\c\"\r\n* LIST () NIL {5}\r\na\r\nb\x1b\r\n* LIST () \"/\" \"&x-\"\r\n* LIST () \".\" inbox\r\n",
    )]),
    named("i13-ten-thousand-folders", &[flood("LIST", Place::Between, b"* LIST () \"/\" \"a/b/c/d/e/f/g/h/i/j/k\"\r\n", 10_000)]),
    named("i16-idle-is-a-lie", &[Fault::Answer { on: "IDLE", words: "BAD Unknown command" }]),
    named("i16-move-is-a-lie", &[Fault::Answer { on: "MOVE", words: "BAD Unknown command" }]),
    named("i16-enable-is-a-lie", &[Fault::Answer { on: "ENABLE", words: "BAD Unknown command" }]),
    named("i16-compress-is-a-lie", &[Fault::Answer { on: "COMPRESS", words: "NO Not now" }]),
    named("i16-esearch-is-a-lie", &[Fault::Answer { on: "SEARCH", words: "BAD Unknown parameter" }]),
    named("i17-bye-at-the-greeting", &[Fault::Greeting("* BYE Not today")]),
    named("i17-bye-in-idle", &[Fault::Bye("IDLE")]),
    named("i17-bye-in-a-literal", &[Fault::ByeAfter(3000)]),
    named("i17-greeting-never-comes", &[Fault::StallAfter(0)]),
    named("s06-greeting-is-noise", &[Fault::Greeting("SSH-2.0-server")]),
    named("i17-too-many-connections", &[Fault::AtMost(0)]),
    named("i17-bye-instead-of-select", &[Fault::Bye("SELECT")]),
    named("i18-done-is-never-answered", &[Fault::Deaf("DONE")]),
    named("i18-flood-of-exists", &[flood("IDLE", Place::Between, b"* 7 EXISTS\r\n* 8 EXISTS\r\n", 100_000)]),
    named("i18-fetch-is-never-answered", &[Fault::Deaf("FETCH")]),
    named("i20-referral", &[Fault::Answer { on: "LOGIN", words: "NO [REFERRAL imap://evil.example/] Go there" }]),
    named("i21-body-of-another", &[replace("FETCH", "BODY[", b"* 1 FETCH (UID 4000000 BODY[] {4}\r\nevil)\r\n")]),
    named("i21-body-is-nil", &[replace("FETCH", "BODY[", b"* 1 FETCH (UID 1 BODY[] NIL)\r\n")]),
    named("i21-body-is-empty", &[replace("FETCH", "BODY[", b"* 1 FETCH (UID 1 BODY[] \"\")\r\n")]),
    named("i22-sizes-and-dates-of-nonsense", &[say(
        "FETCH",
        Place::Ahead,
        b"* 1 FETCH (UID 1 RFC822.SIZE 18446744073709551616 INTERNALDATE \"yesterday\")\r\n* 2 FETCH (UID 2 RFC822.SIZE -1)\r\n",
    )]),
    named("i23-append-is-not-asked-for", &[Fault::Deaf("+")]),
    named("i27-bomb", &[Fault::Bomb(1 << 28)]),
    named("i28-flags-of-nonsense", &[say("FETCH", Place::Ahead, b"* 1 FETCH (UID 1 FLAGS (\\* \\Nonsense $\x1b[31m \xff NIL))\r\n")]),
    named("s03-said-in-clear-behind-starttls", &[say("STARTTLS", Place::Behind, b"* 99 EXISTS\r\nA0002 OK done\r\n")]),
    named("s02-preauth", &[Fault::Preauth]),
    named("cut-in-a-literal", &[Fault::CutAfter(3000)]),
    named("reset-in-a-literal", &[Fault::ResetAfter(3000)]),
    named("end-in-a-literal", &[Fault::EndAfter(3000)]),
    named("stall-in-a-literal", &[Fault::StallAfter(3000)]),
    named("byte-by-byte", &[Fault::Pieces(1)]),
    named("all-at-once", &[Fault::OneSegment]),
    named("a-wrong-byte", &[Fault::Corrupt(700)]),
    named("every-fifth-command-is-the-end", &[Fault::CloseEvery(5)]),
];
