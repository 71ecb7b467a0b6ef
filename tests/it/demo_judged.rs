//! The demo's server is judged by Dovecot: the same messages, the same commands, the same meaning.

mod changes;
mod client;
mod dovecot;

use hongyan::demo::{self, Options, WRITTEN};
use hongyan::model::Timestamp;

use self::client::{Client, Meaning, Piece, text};
use self::dovecot::{Dovecot, PASSWORD, USER};

const SPECIAL: [(&str, &str); 5] = [
    ("草稿箱", "\\Drafts"),
    ("已发送", "\\Sent"),
    ("已删除", "\\Trash"),
    ("垃圾邮件", "\\Junk"),
    ("归档", "\\Archive"),
];

/// The two servers with the same mail, a connection to each, and what they disagreed on.
struct Court {
    judge: Client,
    ours: Client,
    disagreements: Vec<String>,
    compared: usize,
}

impl Court {
    fn hear(&mut self, command: &str) -> Meaning {
        self.hear_bytes(command.as_bytes())
    }

    fn hear_bytes(&mut self, command: &[u8]) -> Meaning {
        let (judge, ours) = (self.judge.run(command), self.ours.run(command));
        self.compare(&String::from_utf8_lossy(command), &judge, &ours);
        judge
    }

    fn compare(&mut self, command: &str, judge: &Meaning, ours: &Meaning) {
        self.compared += 1;
        if judge == ours {
            return;
        }
        let mut lines = vec![format!("{}:", command.chars().take(200).collect::<String>())];
        let mut differ = |what: &str, judge: String, ours: String| {
            if judge != ours {
                lines.push(format!("  {what}\n    dovecot {judge}\n    demo    {ours}"));
            }
        };
        differ("end", judge.end.clone(), ours.end.clone());
        differ("exists", format!("{:?}", judge.exists), format!("{:?}", ours.exists));
        differ("expunged", format!("{:?}", judge.expunged), format!("{:?}", ours.expunged));
        let only = |one: &Meaning, other: &Meaning| {
            one.others.difference(&other.others).cloned().collect::<Vec<_>>().join("\n            ")
        };
        differ("others", only(judge, ours), only(ours, judge));
        let numbers: std::collections::BTreeSet<_> = judge.fetched.keys().chain(ours.fetched.keys()).collect();
        for number in numbers {
            let (one, other) = (judge.fetched.get(number), ours.fetched.get(number));
            let names = one.iter().chain(&other).flat_map(|m| m.keys()).collect::<std::collections::BTreeSet<_>>();
            for name in names {
                let shown = |m: Option<&std::collections::BTreeMap<String, Piece>>| {
                    m.and_then(|m| m.get(name)).map_or("nothing".into(), shown)
                };
                differ(&format!("{number} {name}"), shown(one), shown(other));
            }
        }
        self.disagreements.push(lines.join("\n"));
    }
}

fn shown(piece: &Piece) -> String {
    match piece {
        Piece::Nil => "NIL".into(),
        Piece::Atom(atom) => atom.clone(),
        Piece::Text(text) => format!("{text:?}"),
        Piece::List(list) => format!("({})", list.iter().map(shown).collect::<Vec<_>>().join(" ")),
    }
}

/// Everything that is written, and some of what is generated.
const MESSAGES: usize = WRITTEN + 60;

fn options() -> Options {
    Options { messages: MESSAGES, ..Options::new(Timestamp(1_762_302_600), PASSWORD) }
}

/// Copies every message of the demo to the judge, over the protocol.
fn copy_all(from: &mut Client, to: &mut Client) -> usize {
    let mut copied = 0;
    let list = from.raw("LIST \"\" *");
    let folders: Vec<String> = list
        .lines()
        .filter(|l| l.starts_with("* LIST") && !l.contains("\\Noselect"))
        .filter_map(|l| l.rsplit_once("\"/\" ").map(|(_, name)| name.to_owned()))
        .collect();
    for folder in folders {
        to.raw(&format!("CREATE {folder}"));
        to.raw(&format!("SUBSCRIBE {folder}"));
        from.run(format!("EXAMINE {folder}").as_bytes());
        let all = from.run(b"UID FETCH 1:* (FLAGS INTERNALDATE BODY.PEEK[])");
        for message in all.fetched.values() {
            let flags = match &message["FLAGS"] {
                Piece::List(flags) => flags.iter().map(text).collect::<Vec<_>>().join(" "),
                _ => String::new(),
            };
            let raw: Vec<u8> = text(&message["BODY[]"]).chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect();
            let head =
                format!("APPEND {folder} ({flags}) \"{}\" {{{}+}}\r\n", text(&message["INTERNALDATE"]), raw.len());
            let answer = to.run(&[head.as_bytes(), &raw].concat());
            assert!(answer.end.starts_with("OK"), "{head}: {answer:?}");
            copied += 1;
        }
        from.run(b"CLOSE");
    }
    copied
}

#[test]
fn dovecot_says_the_same() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let demo = runtime.block_on(demo::serve(options())).unwrap();
    let judge = Dovecot::start(&SPECIAL);
    let login = format!("LOGIN {USER} {PASSWORD}");
    let mut court = Court {
        judge: Client::plain(judge.imap),
        ours: Client::tls(demo.tls, &demo.ca_pem),
        disagreements: Vec::new(),
        compared: 0,
    };
    court.hear("LOGIN nobody wrong");
    court.hear(&login);
    assert_eq!(copy_all(&mut court.ours, &mut court.judge), MESSAGES);

    for command in READING.lines().chain(SEARCHING.lines()).chain(CHANGING.lines()).filter(|l| !l.is_empty()) {
        court.hear(command);
    }
    unusual(&mut court);
    second_session(&mut court, &judge, &demo);

    println!("{} commands compared", court.compared);
    let complaints = judge.log().lines().filter(|l| l.contains("Error") || l.contains("Panic")).count();
    println!("{complaints} complaints in the log of the judge");
    assert!(court.disagreements.is_empty(), "{}\n", court.disagreements.join("\n"));
    runtime.block_on(demo.stop());
}

const READING: &str = r#"
NAMESPACE
LIST "" ""
LIST "" *
LIST "" %
LIST "" "&UXZO1mWHTvZZOQ-/%"
LIST "&UXZO1mWHTvZZOQ-/" *
LIST "" inbox
LIST "" "*-"
LSUB "" *
STATUS INBOX (MESSAGES UIDNEXT UNSEEN UIDVALIDITY RECENT)
STATUS &XfJT0ZAB- (MESSAGES UNSEEN)
STATUS nowhere (MESSAGES)
SELECT nowhere
EXAMINE INBOX
FETCH 1:* (UID FLAGS INTERNALDATE RFC822.SIZE)
FETCH 1:* ENVELOPE
FETCH 1:* BODYSTRUCTURE
FETCH 1:* BODY
UID FETCH 1:* BODY.PEEK[HEADER.FIELDS (From To Subject Date Message-ID References In-Reply-To List-ID)]
FETCH 1:* BODY.PEEK[HEADER.FIELDS.NOT (Received Date X-Mailer)]
FETCH 1:* BODY.PEEK[HEADER]
FETCH 1:* BODY.PEEK[TEXT]
FETCH 1:* BODY.PEEK[1]
FETCH 1:* BODY.PEEK[2]
FETCH 1:* BODY.PEEK[1.1]
FETCH 1:* BODY.PEEK[3.HEADER]
FETCH 1:* BODY.PEEK[3.TEXT]
FETCH 1:* BODY.PEEK[3.1]
FETCH 1:* BODY.PEEK[2.HEADER]
FETCH 1:* BODY.PEEK[2.HEADER.FIELDS (SUBJECT)]
FETCH 1:* BODY.PEEK[2.1]
FETCH 1:* BODY.PEEK[2.2]
FETCH 1:* BODY.PEEK[1.MIME]
FETCH 1:* BODY.PEEK[2.MIME]
FETCH 1:* (BODY.PEEK[]<0.200>)
FETCH 1:* (BODY.PEEK[1]<10.7> BODY.PEEK[HEADER]<1000000.5>)
FETCH 1:5 BODY.PEEK[]<0.0>
FETCH 1:3 (RFC822.HEADER RFC822.SIZE)
FETCH 1 ALL
FETCH 2 FAST
FETCH 3 FULL
FETCH * UID
FETCH 9999 UID
FETCH 1:9999 UID
UID FETCH 9999 FLAGS
UID FETCH 9999:* FLAGS
UID FETCH 5,3,3,4:2 (FLAGS)
FETCH 1 (UID BODY[TEXT])
CLOSE
EXAMINE &Xk1bWA-
CLOSE
EXAMINE &X1JoYw-
FETCH 1:* (UID ENVELOPE BODYSTRUCTURE)
FETCH 1:* BODY.PEEK[2.1]
FETCH 1:* BODY.PEEK[2.2.HEADER]
FETCH 1:* BODY.PEEK[2.1.TEXT]
UNSELECT
EXAMINE &V4NXPpCuTvY-
FETCH 1:* (UID ENVELOPE BODYSTRUCTURE)
CLOSE
EXAMINE &XfJT0ZAB-
FETCH 1:* (UID ENVELOPE BODYSTRUCTURE)
CLOSE
EXAMINE &UXZO1mWHTvZZOQ-/Newsletters
FETCH 1:* (UID ENVELOPE BODYSTRUCTURE BODY.PEEK[HEADER.FIELDS (list-unsubscribe)])
CLOSE
EXAMINE &UXZO1mWHTvZZOQ-/&mHl27g-
FETCH 1:* (UID ENVELOPE BODYSTRUCTURE)
EXAMINE &UXZO1mWHTvZZOQ-/&mXl27g-
EXAMINE &UXZO1mWHTvZZOQ-
FETCH 1 FLAGS
"#;

const SEARCHING: &str = r#"
EXAMINE INBOX
SEARCH ALL
UID SEARCH ALL
SEARCH UNSEEN
SEARCH SEEN FLAGGED
SEARCH ANSWERED
SEARCH UNANSWERED UNDELETED UNDRAFT UNFLAGGED
SEARCH NOT SEEN
SEARCH OR FLAGGED UNSEEN
SEARCH 1:5,9
SEARCH *
SEARCH UID 7:*
SEARCH UID 99999:*
SEARCH (FLAGGED) (SEEN)
SEARCH NOT (OR FLAGGED UNSEEN)
SEARCH FROM zhouyu
SEARCH FROM "Tom Ashby"
SEARCH TO tern-devel
SEARCH CC uncle
SEARCH CC priya
SEARCH SUBJECT patch
SEARCH SUBJECT "re: [patch"
SEARCH HEADER Message-ID qingwa
SEARCH HEADER List-ID ""
SEARCH HEADER X-Nonsense ""
SEARCH BODY harbour
SEARCH BODY "a crash"
SEARCH TEXT herring
SEARCH TEXT "Signed-off-by"
SEARCH LARGER 5000
SEARCH SMALLER 700
SEARCH SINCE 3-Nov-2025
SEARCH BEFORE 1-Oct-2025
SEARCH ON 4-Nov-2025
SEARCH SENTSINCE 3-Nov-2025
SEARCH SENTBEFORE 1-Oct-2025
SEARCH SENTON 4-Nov-2025
SEARCH SINCE 1-Nov-2025 UNSEEN FROM example
SEARCH 9999
SEARCH NONSENSE
SEARCH SINCE tomorrow
SEARCH CHARSET NONSENSE SUBJECT x
CLOSE
"#;

const CHANGING: &str = r#"
CREATE Work
CREATE Work
CREATE Work/Old
CREATE &bUuL1Q-
LIST "" *
SELECT INBOX
COPY 1:3 Work
UID COPY 5,7 Work
COPY 2 nowhere
UID COPY 99999 Work
SELECT Work
FETCH 1:* (UID FLAGS RFC822.SIZE INTERNALDATE)
STORE 1 +FLAGS (\Flagged)
STORE 1 +FLAGS (\Flagged)
STORE 1:2 FLAGS (\Seen)
STORE 2 -FLAGS.SILENT (\Seen)
FETCH 1:* FLAGS
UID STORE 3 +FLAGS ($Forwarded)
UID STORE 4 +FLAGS.SILENT ($Forwarded work)
FETCH 1:* FLAGS
SEARCH KEYWORD work
SEARCH UNKEYWORD $Forwarded
STORE 2,4 +FLAGS (\Deleted)
EXPUNGE
FETCH 1:* (UID FLAGS)
STORE 1:2 +FLAGS.SILENT \Deleted
UID EXPUNGE 3
NOOP
FETCH 1:* (UID FLAGS)
MOVE 1 Work/Old
UID MOVE 5 Work/Old
UID MOVE 5 Work/Old
MOVE 1 nowhere
NOOP
SELECT Work/Old
FETCH 1:* (UID FLAGS ENVELOPE)
EXAMINE Work/Old
FETCH 1 (FLAGS BODY[])
FETCH 1 FLAGS
SELECT Work/Old
FETCH 2 (FLAGS BODY[TEXT])
FETCH 2 FLAGS
FETCH 1 RFC822.TEXT
STORE 1 -FLAGS (\Seen)
FETCH 1 RFC822
UNSELECT
RENAME Work Office
LIST "" *
RENAME nowhere Elsewhere
RENAME Office &bUuL1Q-
RENAME INBOX Elsewhere/Inbox
SUBSCRIBE Office
LSUB "" Off*
UNSUBSCRIBE Office
LSUB "" Off*
DELETE Office
DELETE Office
DELETE nowhere
DELETE INBOX
DELETE Office/Old
LIST "" Off*
SUBSCRIBE nowhere
CHECK
"#;

/// What does not fit on a line.
fn unusual(court: &mut Court) {
    court.hear_bytes("SELECT {5+}\r\nINBOX".as_bytes());
    for words in ["SUBJECT {6+}\r\n发票", "BODY {9+}\r\n验证码", "TEXT {6+}\r\n鸭子", "FROM {6+}\r\n妈妈"] {
        court.hear_bytes(format!("SEARCH CHARSET UTF-8 {words}").as_bytes());
    }
    let message = "From: a@b.example\r\nSubject: one\r\n\r\nbody\r\n";
    court.hear_bytes(format!("APPEND Drafts2 {{{}+}}\r\n{message}", message.len()).as_bytes());
    court.hear_bytes(
        format!("APPEND INBOX (\\Seen $Late) \" 1-Jan-2024 12:00:00 +0100\" {{{}+}}\r\n{message}", message.len())
            .as_bytes(),
    );
    court.hear("FETCH * (UID FLAGS RFC822.SIZE BODY.PEEK[])");
    court.hear("SEARCH KEYWORD $Late");
    court.hear("UID STORE 1 FLAGS ()");
}

/// What one session does is told to another, at the moments when it may be.
fn second_session(court: &mut Court, judge: &Dovecot, demo: &demo::Demo) {
    let mut others = (Client::plain(judge.imap), Client::starttls(demo.starttls, &demo.ca_pem));
    let mut both = |court: &mut Court, command: &str| {
        let (one, two) = (others.0.run(command.as_bytes()), others.1.run(command.as_bytes()));
        court.compare(&format!("(second) {command}"), &one, &two);
    };
    let token = "AGRlbW9AaG9uZ3lhbi5leGFtcGxlAGp1ZGdlLTEyMzQ=";
    both(court, &format!("AUTHENTICATE PLAIN {token}"));
    court.hear("CREATE Shared");
    court.hear("SELECT INBOX");
    court.hear("COPY 1:6 Shared");
    court.hear("SELECT Shared");
    both(court, "SELECT Shared");
    both(court, "STORE 2 +FLAGS (\\Flagged)");
    court.hear("NOOP");
    both(court, "STORE 3,5 +FLAGS.SILENT (\\Deleted)");
    court.hear("NOOP");
    both(court, "EXPUNGE");
    // The first session may not be told of removals here, and its numbers still hold.
    court.hear("FETCH 6 (UID)");
    court.hear("SEARCH 6");
    court.hear("STORE 6 +FLAGS (\\Answered)");
    court.hear("COPY 6 INBOX");
    court.hear("NOOP");
    court.hear("FETCH 1:* (UID FLAGS)");
    both(court, "COPY 1 Shared");
    both(court, "NOOP");
    court.hear("NOOP");
    both(court, "UNSELECT");
    both(court, "SELECT Shared");
    both(court, "UID FETCH 1:* FLAGS");
    let second = |others: &mut (Client, Client), command: &str| {
        (others.0.run(command.as_bytes()), others.1.run(command.as_bytes()))
    };
    let judge_idle = court.judge.idle(|| drop(others.0.run(b"COPY 1 Shared")), "EXISTS");
    let ours_idle = court.ours.idle(|| drop(others.1.run(b"COPY 1 Shared")), "EXISTS");
    court.compare("IDLE, a message comes", &judge_idle, &ours_idle);
    let (one, two) = second(&mut others, "STORE 1 +FLAGS (\\Deleted)");
    court.compare("(second) STORE", &one, &two);
    court.hear("NOOP");
    let judge_idle = court.judge.idle(|| drop(others.0.run(b"EXPUNGE")), "EXPUNGE");
    let ours_idle = court.ours.idle(|| drop(others.1.run(b"EXPUNGE")), "EXPUNGE");
    court.compare("IDLE, a message goes", &judge_idle, &ours_idle);
    court.hear("FETCH 1:* (UID FLAGS)");
    court.hear("LOGOUT");
}
