//! What a modern server adds, and pipes.

use std::collections::BTreeMap;

use proptest::prelude::{Strategy, prop_oneof};
use proptest::{collection, num, proptest};

use super::*;

fn modern() -> Demo {
    serve_pipes(&Options { personality: &MODERN, ..options() })
}

#[tokio::test(start_paused = true)]
async fn a_pipe_is_a_connection() {
    let demo = serve_pipes(&options());
    let mut line = piped(&demo).await;
    assert!(line.say("a SELECT INBOX").await.contains("[UIDVALIDITY"));
    assert_eq!(demo.connections().await.unwrap(), 1);
    let traffic = demo.traffic();
    assert_eq!((traffic.connections, traffic.commands), (1, 2), "LOGIN and SELECT");
    assert_eq!(traffic.received, "l LOGIN demo@hongyan.example \"open sesame\"\r\na SELECT INBOX\r\n".len() as u64);
    assert!(traffic.sent > 300, "{traffic:?}");
    demo.stop().await;
    assert_eq!(line.next().await, "", "an end");
}

#[tokio::test(start_paused = true)]
async fn folders_are_numbered_again_and_removed() {
    let demo = serve_pipes(&options());
    let uids = async || demo.snapshot().await.unwrap()[0].messages.iter().map(|m| m.uid).collect::<Vec<_>>();
    let mut line = piped(&demo).await;
    let validity = |said: &str| said.split_once("[UIDVALIDITY ").unwrap().1.split_once(']').unwrap().0.to_owned();
    let before = (validity(&line.say("a SELECT INBOX").await), uids().await);
    demo.reshuffle("INBOX").await.unwrap();
    let said = line.say("b NOOP").await;
    assert_eq!(said.matches("EXPUNGE").count(), before.1.len(), "{said}");
    let after = (validity(&line.say("c SELECT INBOX").await), uids().await);
    assert_eq!(before.0, after.0);
    assert_ne!(before.1, after.1);
    assert!(before.1.iter().any(|uid| after.1.contains(uid)), "an old number is another message's now");
    demo.renumber("INBOX").await.unwrap();
    let last = (validity(&line.say("d SELECT INBOX").await), uids().await);
    assert!(last.0 != after.0 && last.1 != after.1);
    demo.remove_folder("INBOX").await.unwrap();
    assert!(line.say("e FETCH 1 UID").await.contains("e NO"));
    assert!(line.say("f SELECT INBOX").await.contains("f NO"));
    assert!(demo.remove_folder("INBOX").await.is_err() && demo.renumber("INBOX").await.is_err());
}

#[tokio::test(start_paused = true)]
async fn a_plain_server_knows_nothing_of_changes() {
    let demo = serve_pipes(&options());
    let mut line = piped(&demo).await;
    for command in [
        "a ENABLE CONDSTORE",
        "a COMPRESS DEFLATE",
        "a STATUS INBOX (HIGHESTMODSEQ)",
        "a SELECT INBOX (CONDSTORE)",
        "a SELECT INBOX (QRESYNC (1 1))",
    ] {
        assert!(line.say(command).await.starts_with("a BAD"), "{command}");
    }
    assert!(!line.say("b SELECT INBOX").await.contains("MODSEQ"));
    for command in
        ["a FETCH 1 MODSEQ", "a FETCH 1 FLAGS (CHANGEDSINCE 1)", "a SEARCH RETURN (ALL) ALL", "a SEARCH MODSEQ 1"]
    {
        assert!(line.say(command).await.starts_with("a BAD"), "{command}");
    }
}

#[tokio::test(start_paused = true)]
async fn both_ways_are_compressed() {
    let demo = modern();
    let mut line = piped(&demo).await;
    line.say("a EXAMINE INBOX").await;
    let fetch = "b FETCH 1:* (UID FLAGS INTERNALDATE ENVELOPE)";
    let before = demo.traffic();
    let plain = line.say(fetch).await;
    let between = demo.traffic();
    assert!(line.say("c COMPRESS GZIP").await.starts_with("c BAD"));
    assert!(line.say("c COMPRESS DEFLATE").await.starts_with("c OK"));
    // The other end by hand: one raw stream each way.
    let (mut out, mut into) =
        (flate2::Compress::new(flate2::Compression::fast(), false), flate2::Decompress::new(false));
    let after = demo.traffic();
    for (command, expected) in [(fetch, plain.as_str()), ("d COMPRESS DEFLATE", "d NO [COMPRESSIONACTIVE]")] {
        let mut packed = Vec::with_capacity(1024);
        out.compress_vec(format!("{command}\r\n").as_bytes(), &mut packed, flate2::FlushCompress::Sync).unwrap();
        line.0.get_mut().write_all(&packed).await.unwrap();
        let mut said = Vec::with_capacity(1 << 20);
        while !String::from_utf8_lossy(&said).contains(expected) {
            let some = timeout(DEADLINE, line.0.fill_buf()).await.expect("more in time").unwrap().to_vec();
            assert!(!some.is_empty(), "{}", String::from_utf8_lossy(&said));
            line.0.consume(some.len());
            into.decompress_vec(&some, &mut said, flate2::FlushDecompress::None).unwrap();
        }
    }
    let (clear, packed) = (between.sent - before.sent, demo.traffic().sent - after.sent);
    assert!(packed * 2 < clear, "{packed} of {clear} bytes");
}

#[tokio::test(start_paused = true)]
async fn who_comes_back_hears_what_changed_and_what_went() {
    let demo = modern();
    let mut line = piped(&demo).await;
    assert_eq!(line.say("e ENABLE QRESYNC X-NONSENSE").await, "* ENABLED QRESYNC\r\ne OK ENABLE completed\r\n");
    let said = line.say("a SELECT INBOX").await;
    let number = |name: &str| {
        let rest = said.split_once(&format!("[{name} ")).unwrap().1;
        rest.split_once(']').unwrap().0.parse::<u64>().unwrap()
    };
    let (validity, modseq) = (number("UIDVALIDITY"), number("HIGHESTMODSEQ"));
    let uids: Vec<u32> = demo.snapshot().await.unwrap()[0].messages.iter().map(|m| m.uid).collect();
    line.say("b UNSELECT").await;
    demo.expunge("INBOX", &uids[..2]).await.unwrap();
    demo.set_flags("INBOX", uids[3], &["\\Flagged"]).await.unwrap();
    let said = line.say(&format!("c SELECT INBOX (QRESYNC ({validity} {modseq}))")).await;
    assert!(said.contains(&format!("* VANISHED (EARLIER) {}:{}\r\n", uids[0], uids[1])), "{said}");
    assert!(
        said.contains(&format!("* 2 FETCH (UID {} FLAGS (\\Flagged) MODSEQ ({}))\r\n", uids[3], modseq + 2)),
        "{said}"
    );
    assert_eq!(said.matches("FETCH").count(), 1, "{said}");
}

#[tokio::test(start_paused = true)]
async fn a_mailbox_that_is_left_for_another_is_closed() {
    let demo = modern();
    let mut line = piped(&demo).await;
    assert!(!line.say("a SELECT INBOX").await.contains("[CLOSED]"));
    assert!(line.say("b EXAMINE INBOX").await.starts_with("* OK [CLOSED] "));
    line.say("c UNSELECT").await;
    assert!(!line.say("d SELECT INBOX").await.contains("[CLOSED]"));
}

/// Something that happens to INBOX; numbers choose among what is there.
#[derive(Clone, Debug)]
enum Event {
    Comes,
    Goes(u8),
    Marked(u8, bool),
    /// By another session.
    Copied(u8),
    Moved(u8),
}

fn event() -> impl Strategy<Value = Event> {
    prop_oneof![
        3 => proptest::strategy::Just(Event::Comes),
        2 => num::u8::ANY.prop_map(Event::Goes),
        3 => (num::u8::ANY, proptest::bool::ANY).prop_map(|(n, seen)| Event::Marked(n, seen)),
        1 => num::u8::ANY.prop_map(Event::Copied),
        1 => num::u8::ANY.prop_map(Event::Moved),
    ]
}

/// What a client has that believes all it hears.
#[derive(Default)]
struct Mirror {
    known: BTreeMap<u32, String>,
    validity: u32,
    modseq: u64,
}

impl Mirror {
    fn hear(&mut self, said: &str) {
        let number = |line: &str, after: &str| -> Option<u64> {
            line.split_once(after)?.1.split([']', ')', ' ']).next()?.parse().ok()
        };
        for line in said.lines() {
            if let Some(validity) = number(line, "[UIDVALIDITY ") {
                self.validity = u32::try_from(validity).unwrap();
            }
            if let Some(modseq) = number(line, "[HIGHESTMODSEQ ") {
                self.modseq = modseq;
            }
            if let Some((_, set)) = line.split_once("VANISHED (EARLIER) ") {
                for range in set.split(',') {
                    let (from, to) = range.split_once(':').unwrap_or((range, range));
                    let range = from.parse::<u32>().unwrap()..=to.parse::<u32>().unwrap();
                    self.known.retain(|uid, _| !range.contains(uid));
                }
            }
            if let Some(uid) = number(line, "(UID ") {
                let flags = line.split_once("FLAGS (").unwrap().1.split_once(')').unwrap().0;
                self.known.insert(u32::try_from(uid).unwrap(), flags.to_owned());
            }
        }
    }
}

async fn history(events: Vec<(Event, bool)>) {
    let demo = serve_pipes(&Options { messages: 0, personality: &MODERN, ..options() });
    let (mut line, mut other) = (piped(&demo).await, piped(&demo).await);
    line.say("e ENABLE QRESYNC").await;
    other.say("s SELECT INBOX").await;
    let mut mirror = Mirror::default();
    mirror.hear(&line.say("a SELECT INBOX").await);
    line.say("b UNSELECT").await;
    for (event, looks) in events {
        let there = demo.snapshot().await.unwrap().swap_remove(0).messages;
        let chosen = |n: u8| there.get(usize::from(n) % there.len().max(1)).map(|m| m.uid);
        match event {
            Event::Comes => drop(demo.deliver("INBOX", "Subject: x\r\n\r\n", &[]).await.unwrap()),
            Event::Goes(n) => drop(demo.expunge("INBOX", &chosen(n).into_iter().collect::<Vec<_>>()).await.unwrap()),
            Event::Marked(n, seen) => {
                if let Some(uid) = chosen(n) {
                    demo.set_flags("INBOX", uid, if seen { &["\\Seen"] } else { &["\\Flagged"] }).await.unwrap();
                }
            }
            Event::Copied(n) | Event::Moved(n) => {
                let verb = if matches!(event, Event::Moved(_)) { "MOVE" } else { "COPY" };
                other.say("o NOOP").await;
                if let Some(uid) = chosen(n) {
                    assert!(other.say(&format!("p UID {verb} {uid} INBOX")).await.contains("p OK"));
                }
            }
        }
        if looks {
            let (validity, modseq) = (mirror.validity, mirror.modseq);
            mirror.hear(&line.say(&format!("a SELECT INBOX (QRESYNC ({validity} {modseq}))")).await);
            line.say("b UNSELECT").await;
            let there = demo.snapshot().await.unwrap().swap_remove(0).messages;
            let there: BTreeMap<u32, String> = there.into_iter().map(|m| (m.uid, m.flags.join(" "))).collect();
            assert_eq!(mirror.known, there);
        }
    }
}

proptest! {
    #[test]
    fn who_hears_only_of_changes_knows_everything(events in collection::vec((event(), proptest::bool::ANY), 1..40)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
        runtime.block_on(history(events));
    }
}

/// Servers without papers are cheap enough for a history each.
#[test]
fn a_thousand_servers_take_no_time() {
    let begin = crate::model::clock::instant();
    for _ in 0..1000 {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
        runtime.block_on(async {
            let demo = serve_pipes(&Options { messages: 0, ..options() });
            demo.deliver("INBOX", "Subject: x\r\n\r\nbody\r\n", &[]).await.unwrap();
            let mut line = piped(&demo).await;
            line.say("a SELECT INBOX").await;
            assert!(line.say("b UID FETCH 1:* (FLAGS BODY.PEEK[])").await.contains("body"));
        });
    }
    println!("{:?}", begin.elapsed());
    assert!(begin.elapsed() < Duration::from_secs(20), "{:?}", begin.elapsed());
}
