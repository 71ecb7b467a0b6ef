//! What CONDSTORE, QRESYNC and ESEARCH say, judged by Dovecot too. Modification sequences are each server's own, so they
//! are compared by whether they are older than a mark that both sides set at the same moment.

use std::collections::{BTreeMap, BTreeSet};

use hongyan::demo::{self, MODERN, Options};

use super::client::{Client, Piece, text};
use super::dovecot::{Dovecot, PASSWORD, USER};
use super::{Court, SPECIAL, copy_all, options};

/// `1,3:5` as its numbers.
fn expanded(set: &str) -> BTreeSet<u32> {
    let bound = |piece: &str| piece.parse::<u32>().expect("a number in a set");
    set.split(',')
        .flat_map(|piece| {
            let (from, to) = piece.split_once(':').unwrap_or((piece, piece));
            let (from, to) = (bound(from), bound(to));
            from.min(to)..=from.max(to)
        })
        .collect()
}

/// VANISHED, ESEARCH or ENABLED without what the servers are free to choose.
pub(super) fn said(pieces: &[Piece], mark: u64) -> String {
    let words: Vec<String> = pieces.iter().skip(1).map(text).collect();
    match words[0].as_str() {
        "VANISHED" => {
            let set = words.last().expect("a set");
            format!("VANISHED {} {:?}", if words.len() > 2 { "EARLIER" } else { "" }, expanded(set))
        }
        "ESEARCH" => {
            let mut found = BTreeMap::new();
            let mut rest = words.iter().skip(2);
            while let Some(name) = rest.next() {
                let value = match name.as_str() {
                    "UID" => String::new(),
                    "ALL" => format!("{:?}", expanded(rest.next().expect("a set"))),
                    "MODSEQ" => format!("{}", rest.next().is_some_and(|n| n.parse::<u64>().expect("a number") > mark)),
                    _ => rest.next().expect("a number").clone(),
                };
                found.insert(name.clone(), value);
            }
            format!("ESEARCH {found:?}")
        }
        _ => format!("{:?}", words.iter().collect::<BTreeSet<_>>()),
    }
}

impl Court {
    fn mark(&mut self) {
        for client in [&mut self.judge, &mut self.ours] {
            client.mark = client.heard;
        }
    }

    fn hear_all(&mut self, commands: &str) {
        for command in commands.lines().filter(|l| !l.is_empty()) {
            self.hear(command);
        }
    }
}

#[test]
fn dovecot_says_the_same_of_what_changed() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let modern = Options { messages: 80, personality: &MODERN, ..options() };
    let demo = runtime.block_on(demo::serve(modern)).unwrap();
    let judge = Dovecot::start(&SPECIAL);
    let court = || {
        let (judge, ours) = (Client::plain(judge.imap), Client::tls(demo.tls, &demo.ca_pem));
        let mut court = Court { judge, ours, disagreements: Vec::new(), compared: 0 };
        court.hear(&format!("LOGIN {USER} {PASSWORD}"));
        court
    };
    let mut first = court();
    copy_all(&mut first.ours, &mut first.judge);
    // The judge counts in a folder from the first time that somebody wants it to; the demo always does.
    first.judge.raw("CREATE Box");
    first.ours.raw("CREATE Box");
    for folder in ["INBOX", "Box"] {
        first.judge.raw(&format!("SELECT {folder} (CONDSTORE)"));
        first.ours.raw(&format!("SELECT {folder} (CONDSTORE)"));
    }
    let mut first = court();
    first.hear_all("SELECT INBOX\nCOPY 1:20 Box\nSELECT Box\nSTATUS INBOX (HIGHESTMODSEQ MESSAGES)");
    let mut other = court();
    // Who never asked is told nothing of sequences.
    other.hear_all("SELECT Box\nFETCH 1:3 (UID FLAGS)\nSTORE 1 +FLAGS (\\Flagged)");
    first.hear_all(CONDSTORE_ON);
    first.mark();
    first.hear_all(CONDSTORE);
    first.mark();
    other.hear("STORE 7 +FLAGS (\\Flagged)");
    first.hear("NOOP");
    first.hear_all("FETCH 1:* (FLAGS) (CHANGEDSINCE {modseq})\nFETCH 2 BODY[TEXT]\nFETCH 2 (FLAGS MODSEQ)");

    let mut third = court();
    third.hear_all("SELECT Box (QRESYNC (1 1))\nENABLE QRESYNC\nSELECT Box\nFETCH 1:* (UID FLAGS)");
    third.mark();
    other.hear_all("STORE 3:5,9 +FLAGS (\\Deleted)\nSTORE 12 +FLAGS (word)");
    third.hear("NOOP");
    other.hear("EXPUNGE");
    third.hear_all("FETCH 2 UID\nNOOP\nUID FETCH 1:* (FLAGS) (CHANGEDSINCE {modseq} VANISHED)\nUNSELECT");
    other.hear("COPY 2 Box");
    third.hear_all(RESYNC);
    third.hear_all("STORE 1 +FLAGS.SILENT (\\Deleted)\nSTORE 2 +FLAGS (\\Deleted)\nUID EXPUNGE 1\nEXPUNGE\nEXPUNGE");
    third.hear_all(ESEARCH);
    third.hear_all(
        "SELECT INBOX\nUID MOVE 20:22 Box\nUID STORE 30 (UNCHANGEDSINCE 1) +FLAGS (\\Answered)\nCLOSE\nLOGOUT",
    );

    println!("{} commands compared", first.compared + other.compared + third.compared);
    let all = [first.disagreements, other.disagreements, third.disagreements].concat();
    assert!(all.is_empty(), "{}\n", all.join("\n"));
    runtime.block_on(demo.stop());
}

const CONDSTORE_ON: &str = "
UNSELECT
EXAMINE Box (CONDSTORE)
SELECT Box (CONDSTORE)
FETCH 1:3 (UID MODSEQ)
FETCH 1:3 (UID FLAGS)
";

const CONDSTORE: &str = "
STORE 2 +FLAGS (\\Answered)
STORE 3 +FLAGS.SILENT (\\Answered)
UID STORE 4 +FLAGS.SILENT (\\Answered)
UID STORE 5 +FLAGS (\\Answered)
STORE 2 +FLAGS (\\Answered)
FETCH 1:6 (MODSEQ)
FETCH 1:* (UID FLAGS) (CHANGEDSINCE {modseq})
UID FETCH 1:* (FLAGS) (CHANGEDSINCE {modseq})
STORE 2:6 (UNCHANGEDSINCE {modseq}) +FLAGS.SILENT (\\Flagged)
UID STORE 2:6 (UNCHANGEDSINCE {modseq}) +FLAGS (\\Draft)
STORE 1 (UNCHANGEDSINCE {modseq}) +FLAGS (\\Draft)
FETCH 1:6 (FLAGS MODSEQ)
SEARCH MODSEQ {modseq}
UID SEARCH MODSEQ {modseq} FLAGGED
SEARCH MODSEQ \"/flags/\\\\seen\" all {modseq}
SEARCH MODSEQ 9999999999
STATUS Box (HIGHESTMODSEQ)
FETCH 1 (FLAGS) (CHANGEDSINCE)
UID FETCH 1:* (FLAGS) (CHANGEDSINCE {modseq} VANISHED)
";

const RESYNC: &str = "
SELECT Box (QRESYNC ({validity} {modseq}))
FETCH 1:* (UID FLAGS)
SELECT Box (QRESYNC ({validity} {modseq} 1:10))
SELECT Box (QRESYNC ({validity} {modseq} 1:*))
SELECT Box (QRESYNC ({validity} {modseq} 1:12 (1,5 1,8)))
SELECT Box (QRESYNC (17 {modseq} 1:10))
SELECT Box (QRESYNC ({validity} 99999999))
EXAMINE Box (QRESYNC ({validity} {modseq}))
SELECT Box (QRESYNC ({validity}))
SELECT Box (NONSENSE)
SELECT Box
";

const ESEARCH: &str = "
SEARCH RETURN () ALL
UID SEARCH RETURN (ALL) SEEN
UID SEARCH RETURN (COUNT) UNSEEN
UID SEARCH RETURN (MIN MAX) ALL
UID SEARCH RETURN (MIN MAX COUNT ALL) FLAGGED
SEARCH RETURN (MIN) SUBJECT nothingatall
UID SEARCH RETURN (ALL COUNT) SUBJECT nothingatall
UID SEARCH RETURN (ALL) MODSEQ {modseq}
UID SEARCH RETURN (COUNT) CHARSET UTF-8 ALL
SEARCH RETURN (NONSENSE) ALL
";
