use std::time::Duration;

use super::*;
use crate::model::clock;
use crate::text::SafeText;

/// Lines with an arrow before them, ten milliseconds apart.
fn talk(lines: &str) -> (Talk, Vec<Fact>) {
    let begun = clock::instant();
    let (mut talk, mut facts) = (Talk::default(), Vec::new());
    for (n, line) in (0_u32..).zip(lines.lines().map(str::trim).filter(|line| !line.is_empty())) {
        let kind = if line.starts_with('>') { WireKind::Sent } else { WireKind::Heard };
        let text = SafeText::of(line.trim_start_matches(['<', '>']).trim());
        facts.extend(talk.hear(&Overheard { at: begun + Duration::from_millis(10) * n, kind, text }));
    }
    (talk, facts)
}

#[test]
fn what_coremail_says_is_understood() {
    let (talk, facts) = talk(
        r#"< * OK Coremail System IMap Server Ready(163com[726cd87d72d896a1ac393507346040fa])
           > H1 LOGIN me@163.com ***
           < H1 OK LOGIN completed
           > H2 CAPABILITY
           < * CAPABILITY IMAP4rev1 XLIST SPECIAL-USE ID LITERAL+ UIDPLUS SASL-IR AUTH=XOAUTH2
           < H2 OK CAPABILITY completed
           > H3 ID ("name" "hongyan")
           < * ID ("vendor" "Mailtech" "name" "Coremail Imap" "TransID" "3PmVJQB3bjS5RERX")
           < H3 OK ID completed
           > H4 LIST "" "*"
           < * LIST (\Drafts) "/" "&g0l6P3ux-"
           < H4 OK LIST Completed
           > H5 EXAMINE "INBOX"
           < * OK [UIDVALIDITY 1] UIDs valid
           < H5 OK [READ-ONLY] EXAMINE completed"#,
    );
    let [Fact::Greeting { software, .. }, Fact::Login { way, took }, Fact::Id { answer, needed }] = facts.as_slice()
    else {
        panic!("{facts:?}")
    };
    assert_eq!((*software, way.as_str(), *took), (Some("Coremail"), "LOGIN", Some(Duration::from_millis(10))));
    assert_eq!((answer.as_deref(), *needed), (Some("Coremail Imap"), true));
    assert!(talk.logged_in && talk.id_said && talk.roles_told && !talk.uid_next);
    assert_eq!(talk.words.len(), 8);
}

#[test]
fn what_others_say_is_understood_too() {
    let (talk, facts) = talk(
        r#"< * OK [CAPABILITY IMAP4rev1 SASL-IR LOGIN-REFERRALS ID ENABLE IDLE AUTH=PLAIN] Dovecot ready.
           > H1 AUTHENTICATE PLAIN
           < + 
           > ***
           < H1 OK [CAPABILITY IMAP4rev1 IDLE UIDPLUS QRESYNC] Logged in
           > H2 ID ("name" "hongyan")
           > H3 LIST "" "*"
           < * ID NIL
           < H2 OK ID completed.
           < * LIST (\HasNoChildren) "/" "INBOX \Sent"
           < H3 OK done
           > H4 EXAMINE INBOX
           < * OK [UIDNEXT 20] next
           < H4 NO no"#,
    );
    let [Fact::Greeting { software, said }, Fact::Login { way, .. }, Fact::Id { answer, needed }] = facts.as_slice()
    else {
        panic!("{facts:?}")
    };
    assert_eq!((*software, said.as_str(), way.as_str()), (Some("Dovecot"), "Dovecot ready.", "AUTHENTICATE PLAIN"));
    assert_eq!((answer.as_deref(), *needed), (None, false));
    assert!(talk.uid_next && !talk.roles_told);
    assert_eq!(talk.words, ["IMAP4rev1", "IDLE", "UIDPLUS", "QRESYNC"]);
}

#[test]
fn a_refused_login_is_none_and_nonsense_is_nothing() {
    let (talk, facts) = talk(
        "< * OK QQMail XMIMAP4Server ready
         > H1 LOGIN x ***
         < H1 NO Login fail. Account is abnormal",
    );
    assert!(!talk.logged_in && matches!(facts.as_slice(), [Fact::Greeting { software: Some("QQMail"), .. }]));
    for nonsense in ["< *", "< H9 OK who", "<", "> x", "< * ID (\"name", "< * CAPABILITY", "< * OK [CAPABILITY"] {
        assert!(self::talk(&format!("> a b\n{nonsense}")).1.is_empty(), "{nonsense}");
    }
}

fn words(written: &str) -> Vec<String> {
    written.split(' ').map(str::to_owned).collect()
}

#[test]
fn what_a_server_can_do_is_sorted_by_what_is_made_of_it() {
    let qq = words("IMAP4 IMAP4REV1 XLIST MOVE IDLE XAPPLEPUSHSERVICE NAMESPACE CHILDREN Id UIDPLUS COMPRESS=DEFLATE");
    let known = Beforehand { silent: true, near: true, ..Beforehand::default() };
    let sorted_qq = sorted(&qq, known, false);
    assert_eq!(sorted_qq.used, ["MOVE", "Id", "UIDPLUS"]);
    let left: Vec<_> = sorted_qq.left.iter().map(|(word, why)| (word.as_str(), *why)).collect();
    assert_eq!(left, [("XLIST", Left::Names), ("IDLE", Left::Known), ("COMPRESS=DEFLATE", Left::Near)]);
    assert_eq!(sorted_qq.lacking, ["CONDSTORE", "SPECIAL-USE"]);
    let learned = Beforehand { quirks: Quirks::default().with(Quirk::NoChanges), ..Beforehand::default() };
    let sorted_other = sorted(&words("IDLE QRESYNC COMPRESS=DEFLATE"), learned, true);
    assert_eq!(sorted_other.used, ["IDLE", "COMPRESS=DEFLATE"]);
    assert_eq!(sorted_other.left, [("QRESYNC".to_owned(), Left::Learned(Quirk::NoChanges))]);
    assert_eq!(sorted_other.lacking, ["MOVE", "UIDPLUS", "SPECIAL-USE"]);
    let stranger = sorted(&words("IMAP4rev1 SASL-IR AUTH=PLAIN"), known, true);
    assert_eq!((stranger.used, stranger.unneeded), (words("SASL-IR AUTH=PLAIN"), words("IMAP4rev1")));
    let each = |abilities: &Abilities| abilities.used.len() + abilities.left.len() + abilities.unneeded.len();
    assert_eq!((each(&sorted_qq), each(&sorted_other)), (qq.len(), 3));
}

#[test]
fn i05_whatever_is_said_is_heard_without_harm() {
    use crate::fuzzing::{Diet, Long, fuzz};
    const SAID: &[&[u8]] = &[
        b"* OK [CAPABILITY IMAP4rev1 ID] Coremail ready\n",
        b"* ID (\"name\" \"x\")\n",
        b"* LIST (\\Sent) \"/\" \"x\"\n",
        b"H1 OK [CAPABILITY IDLE] in\n",
        b"* OK [UIDNEXT 4] next\n",
    ];
    const WORDS: &[&[u8]] = &[b"[CAPABILITY ", b"]", b"\"", b"* ", b"\xe4\xb8\xad", b"H1 ", b" "];
    fuzz(&Diet { good: SAID, pieces: WORDS }, Long::Runs(1_000_000), |bytes| {
        let text = format!("> H1 LOGIN x ***\n> H2 ID NIL\n{}", String::from_utf8_lossy(bytes));
        let (talk, _) = talk(&text);
        talk.words.len() <= MOST_WORDS && talk.words.iter().all(|word| word.chars().count() <= LONGEST_WORD)
    });
}
