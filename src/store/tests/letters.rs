//! Drafts and letters: on the disk when they are said to be, and never there twice.

use super::*;
use crate::model::{
    About, Answering, Draft, DraftId, Enclosed, EnclosedFrom, Failure, FailureKind, Form, Outgoing, OutgoingId,
    Reception, Sending, SentCopy,
};
use crate::store::cellar::Cellar;
use crate::text::SafeText;

pub(super) fn letter(account: &str, subject: &str) -> Letter {
    Letter {
        account: account.to_owned(),
        from: "me@example.com".to_owned(),
        recipients: vec!["lilei@example.com".to_owned(), "han@example.com".to_owned()],
        subject: SafeText::of(subject),
        message_id: format!("{subject}@example.com"),
        queued: Timestamp(100),
        hold_until: Timestamp(110),
        about: Some((Answering::Reply, "1@example.com".to_owned())),
        draft: None,
    }
}

pub(super) fn full_draft() -> Draft {
    Draft {
        account: "me@example.com".to_owned(),
        from: "我 <me@example.com>".to_owned(),
        to: "李雷 <lilei@example.com>, han@".to_owned(),
        cc: "cc".to_owned(),
        bcc: "bcc".to_owned(),
        reply_to: "reply".to_owned(),
        subject: "回复：计划".to_owned(),
        more: vec![("X-One".to_owned(), "1".to_owned()), ("X-Two".to_owned(), String::new())],
        body: "你好\n\n再见\n".to_owned(),
        form: Form::WithPage,
        files: vec![
            Enclosed {
                name: "计划.pdf".to_owned(),
                kind: "application/pdf".to_owned(),
                size: 7,
                from: EnclosedFrom::File("/home/me/\u{8ba1}.pdf".into()),
                content_id: None,
            },
            Enclosed {
                name: "图.png".to_owned(),
                kind: "image/png".to_owned(),
                size: 9,
                from: EnclosedFrom::Kept("a".repeat(64)),
                content_id: Some("1@x".to_owned()),
            },
        ],
        about: Some(About {
            what: Answering::ReplyAll,
            message_id: "1@example.com".to_owned(),
            references: vec!["0@example.com".to_owned(), "1@example.com".to_owned()],
            page: None,
            quoted_from: Some("> 在".to_owned()),
            subject: "计划".to_owned(),
            from: "lilei@example.com".to_owned(),
            date: Some(Timestamp(5)),
        }),
    }
}

impl Fixture {
    pub(super) fn own(&self) -> OwnReader {
        OwnReader::open(self.dir.path()).unwrap().unwrap()
    }

    fn keep(&self, id: Option<DraftId>, draft: Draft, at: i64) -> Result<DraftId, StoreError> {
        block_on(self.store.own.keep_draft(id, draft, Timestamp(at)))
    }

    pub(super) fn queue(&self, subject: &str) -> Outgoing {
        let letter = letter("me@example.com", subject);
        let id = block_on(self.store.own.queue(letter, format!("bytes of {subject}").into_bytes())).unwrap();
        self.own().outgoing(id).unwrap().unwrap()
    }

    pub(super) fn step(&self, was: Sending, now: &Outgoing) -> bool {
        block_on(self.store.own.step(was, now.clone())).unwrap()
    }

    pub(super) fn files(&self, folder: &str) -> Vec<String> {
        let Ok(entries) = std::fs::read_dir(self.dir.path().join(folder)) else { return Vec::new() };
        let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }
}

#[test]
fn a_draft_comes_back_as_it_was_after_a_restart() {
    let (mut fixture, _) = fixture();
    let id = fixture.keep(None, full_draft(), 10).unwrap();
    assert_eq!(fixture.own().draft(id).unwrap(), Some(full_draft()));
    let shorter = Draft { files: Vec::new(), more: Vec::new(), about: None, form: Form::Markdown, ..full_draft() };
    assert_eq!(fixture.keep(Some(id), shorter.clone(), 20).unwrap(), id);
    let mut changed = Vec::new();
    while let Ok(change) = fixture.changes.try_recv() {
        changed.push(change);
    }
    assert!(changed.contains(&Changed::Drafts));
    let fixture = fixture.reopen();
    assert_eq!(fixture.own().draft(id).unwrap(), Some(shorter));
    let crate::model::Answer::Drafts(rows) = fixture.reader().answer(&Query::Drafts) else { panic!() };
    assert_eq!(rows.iter().map(|row| (row.id, row.updated.0)).collect::<Vec<_>>(), [(id, 20)]);
}

#[test]
fn what_was_dropped_is_not_written_again() {
    let (fixture, _) = fixture();
    let id = fixture.keep(None, full_draft(), 10).unwrap();
    block_on(fixture.store.own.drop_draft(id)).unwrap();
    assert!(matches!(fixture.keep(Some(id), full_draft(), 11), Err(StoreError::Gone)));
    assert_ne!(fixture.keep(None, full_draft(), 12).unwrap(), id, "and lends its name to no other");
}

#[test]
fn bytes_stay_as_long_as_a_draft_names_them() {
    let (fixture, _) = fixture();
    let hash = block_on(fixture.store.own.keep_bytes(b"a picture".to_vec())).unwrap();
    let unnamed = block_on(fixture.store.own.keep_bytes(b"never named".to_vec())).unwrap();
    let kept = |from: &str| {
        let mut draft = full_draft();
        draft.files[1].from = EnclosedFrom::Kept(from.to_owned());
        draft
    };
    let one = fixture.keep(None, kept(&hash), 1).unwrap();
    let other = fixture.keep(None, kept(&hash), 2).unwrap();
    block_on(fixture.store.own.drop_draft(one)).unwrap();
    assert_eq!(fixture.own().kept(&hash).unwrap(), b"a picture");
    // Said to be needed again while the last one that needed it goes.
    assert_eq!(block_on(fixture.store.own.keep_bytes(b"a picture".to_vec())).unwrap(), hash);
    block_on(fixture.store.own.drop_draft(other)).unwrap();
    let again = fixture.keep(None, kept(&hash), 3).unwrap();
    let fixture = fixture.reopen();
    assert_eq!(fixture.files("kept"), [hash.as_str()], "nobody ever named {unnamed}");
    block_on(fixture.store.own.drop_draft(again)).unwrap();
    assert_eq!(fixture.files("kept"), Vec::<String>::new());
}

#[test]
fn a_letter_is_all_there_when_it_is_queued() {
    let (fixture, _) = fixture();
    let sent = fixture.queue("计划");
    assert_eq!((sent.state, sent.size, sent.hold_until), (Sending::Queued, 15, Timestamp(110)));
    assert_eq!(
        sent.recipients.iter().map(|to| to.address.as_str()).collect::<Vec<_>>(),
        ["lilei@example.com", "han@example.com"]
    );
    let fixture = fixture.reopen();
    assert_eq!(fixture.own().outbox(None).unwrap(), std::slice::from_ref(&sent));
    assert_eq!(fixture.own().letter(sent.id).unwrap(), "bytes of 计划".as_bytes());
    assert_eq!(fixture.own().about(sent.id).unwrap(), Some((Answering::Reply, "1@example.com".to_owned())));
}

#[test]
fn every_step_is_read_back_as_it_was_written() {
    let (fixture, _) = fixture();
    let mut sent = fixture.queue("one");
    let failure = Failure { worked_before: true, ..Failure::passing(FailureKind::Throttled, "smtp", "too fast") };
    sent.failure = Some(failure);
    sent.attempts = 1;
    sent.state = Sending::Begun;
    assert!(fixture.step(Sending::Queued, &sent));
    assert_eq!(fixture.own().outgoing(sent.id).unwrap(), Some(sent.clone()));
    sent.recipients[0].state = Reception::Taken;
    sent.recipients[1].state = Reception::Refused { said: SafeText::of("no such user"), for_good: false };
    sent.state = Sending::Handed;
    assert!(fixture.step(Sending::Begun, &sent));
    sent.state = Sending::Sent;
    sent.copy = SentCopy::LookFrom(Timestamp(7));
    sent.failure = None;
    assert!(fixture.step(Sending::Handed, &sent));
    assert_eq!(fixture.own().outbox(Some("me@example.com")).unwrap(), std::slice::from_ref(&sent));
    sent.copy = SentCopy::Done;
    assert!(fixture.step(Sending::Sent, &sent));
    assert_eq!(fixture.own().outbox(None).unwrap().len(), 1, "one was refused: the user has to see that");
    assert!(block_on(fixture.store.own.give_up(sent.id)).unwrap());
    assert_eq!((fixture.own().outbox(None).unwrap(), fixture.files("outgoing")), (Vec::new(), Vec::new()));
}

#[test]
fn a_step_from_where_the_letter_is_not_is_not_written() {
    let (fixture, _) = fixture();
    let queued = fixture.queue("one");
    let now = |state| Outgoing { state, ..queued.clone() };
    // Nothing is handed over that was not begun, nothing is sent twice.
    for (was, then) in [
        (Sending::Queued, Sending::Handed),
        (Sending::Queued, Sending::Sent),
        (Sending::Begun, Sending::Handed),
        (Sending::Unknown, Sending::Queued),
    ] {
        assert!(!fixture.step(was, &now(then)), "{was:?} {then:?}");
    }
    assert!(fixture.step(Sending::Queued, &now(Sending::Begun)));
    assert!(!fixture.step(Sending::Queued, &now(Sending::Begun)), "only one begins it");
    assert!(fixture.step(Sending::Begun, &now(Sending::Handed)));
    assert!(fixture.step(Sending::Handed, &now(Sending::Unknown)));
    assert!(!fixture.step(Sending::Unknown, &now(Sending::Begun)));
    assert!(fixture.step(Sending::Unknown, &now(Sending::Sent)));
    assert!(!fixture.step(Sending::Sent, &now(Sending::Queued)));
}

#[test]
fn a_letter_that_is_sent_leaves_nothing_behind() {
    let (fixture, _) = fixture();
    let hash = block_on(fixture.store.own.keep_bytes(b"a picture".to_vec())).unwrap();
    let mut draft = full_draft();
    draft.files[1].from = EnclosedFrom::Kept(hash);
    let draft = fixture.keep(None, draft, 1).unwrap();
    let of_draft = Letter { draft: Some(draft), ..letter("me@example.com", "one") };
    let id = block_on(fixture.store.own.queue(of_draft.clone(), b"bytes".to_vec())).unwrap();
    assert_eq!(fixture.own().drafts().unwrap(), [], "it is on its way");
    assert_eq!(fixture.own().draft_of(id).unwrap(), Some(draft));
    assert!(matches!(fixture.keep(Some(draft), full_draft(), 2), Err(StoreError::Gone)), "a late word changes nothing");
    block_on(fixture.store.own.drop_draft(draft)).unwrap();
    assert_eq!(fixture.own().draft_of(id).unwrap(), Some(draft));
    // Said twice, it is sent once.
    assert_eq!(block_on(fixture.store.own.queue(of_draft, b"other bytes".to_vec())).unwrap(), id);
    assert_eq!((fixture.own().outbox(None).unwrap().len(), fixture.files("outgoing").len()), (1, 1));
    let mut sent = fixture.own().outgoing(id).unwrap().unwrap();
    for (was, state) in
        [(Sending::Queued, Sending::Begun), (Sending::Begun, Sending::Handed), (Sending::Handed, Sending::Sent)]
    {
        sent.state = state;
        assert!(fixture.step(was, &sent));
    }
    assert_eq!((fixture.files("kept").len(), fixture.files("outgoing").len()), (0, 1), "its copy is to be made of it");
    sent.copy = SentCopy::Done;
    assert!(fixture.step(Sending::Sent, &sent));
    assert_eq!((fixture.own().outbox(None).unwrap(), fixture.files("outgoing")), (Vec::new(), Vec::new()));
}

#[test]
fn what_is_taken_back_is_one_draft_with_all_that_goes_along() {
    let (fixture, _) = fixture();
    let hash = block_on(fixture.store.own.keep_bytes(b"a picture".to_vec())).unwrap();
    let mut whole = full_draft();
    whole.files[1].from = EnclosedFrom::Kept(hash.clone());
    let draft = fixture.keep(None, whole.clone(), 1).unwrap();
    let of_draft = Letter { draft: Some(draft), ..letter("me@example.com", "one") };
    let id = block_on(fixture.store.own.queue(of_draft, b"bytes".to_vec())).unwrap();
    assert_eq!(block_on(fixture.store.own.take_back(id)).unwrap(), TakenBack::Back(Some(draft)));
    // It is written at again.
    assert_eq!(fixture.keep(Some(draft), whole.clone(), 2).unwrap(), draft);
    let fixture = fixture.reopen();
    assert_eq!(fixture.own().drafts().unwrap().len(), 1);
    assert_eq!(fixture.own().draft(draft).unwrap(), Some(whole));
    assert_eq!(fixture.own().kept(&hash).unwrap(), b"a picture");
}

#[test]
fn a_letter_is_taken_back_only_while_nobody_sends_it() {
    let (fixture, _) = fixture();
    let draft = fixture.keep(None, full_draft(), 1).unwrap();
    let of_draft = Letter { draft: Some(draft), ..letter("me@example.com", "one") };
    let id = block_on(fixture.store.own.queue(of_draft.clone(), b"bytes".to_vec())).unwrap();
    let back = block_on(fixture.store.own.take_back(id)).unwrap();
    assert_eq!(back, TakenBack::Back(Some(draft)));
    assert_eq!(fixture.own().draft(draft).unwrap(), Some(full_draft()));
    assert_eq!((fixture.own().outbox(None).unwrap(), fixture.files("outgoing")), (Vec::new(), Vec::new()));
    let id = block_on(fixture.store.own.queue(of_draft, b"bytes".to_vec())).unwrap();
    let begun = Outgoing { state: Sending::Begun, ..fixture.own().outgoing(id).unwrap().unwrap() };
    assert!(fixture.step(Sending::Queued, &begun));
    assert_eq!(block_on(fixture.store.own.take_back(id)).unwrap(), TakenBack::TooLate);
    assert!(!block_on(fixture.store.own.give_up(id)).unwrap());
    assert!(fixture.step(Sending::Begun, &Outgoing { state: Sending::Queued, ..begun }));
    assert!(block_on(fixture.store.own.give_up(id)).unwrap());
    assert_eq!(fixture.own().draft(draft).unwrap(), None, "with what it was made of");
}

impl Fixture {
    /// A letter to two, made of a draft: the first one has it, the second one was refused.
    fn half_sent(&self, state: Sending, copy: SentCopy) -> (OutgoingId, DraftId) {
        let to = "李雷 <lilei@example.com>".to_owned();
        let (cc, bcc) = ("韩 <Han@example.com>; lilei@example.com".to_owned(), String::new());
        let draft = self.keep(None, Draft { to, cc, bcc, ..full_draft() }, 1).unwrap();
        let of_draft = Letter { draft: Some(draft), ..letter("me@example.com", "one") };
        let id = block_on(self.store.own.queue(of_draft, b"bytes".to_vec())).unwrap();
        let mut letter = self.own().outgoing(id).unwrap().unwrap();
        for (was, now) in [(Sending::Queued, Sending::Begun), (Sending::Begun, Sending::Handed)] {
            letter.state = now;
            assert!(self.step(was, &letter));
        }
        letter.recipients[0].state = Reception::Taken;
        letter.recipients[1].state = Reception::Refused { said: SafeText::of("later"), for_good: false };
        (letter.state, letter.copy, letter.hold_until) = (state, copy, Timestamp(i64::MAX));
        letter.failure = Some(Failure::passing(FailureKind::Refused, "smtp", "later"));
        assert!(self.step(Sending::Handed, &letter));
        (id, draft)
    }

    fn take_back(&self, id: OutgoingId) -> TakenBack {
        block_on(self.store.own.take_back(id)).unwrap()
    }
}

#[test]
fn who_has_a_letter_is_not_written_to_again_when_it_is_taken_back() {
    for state in [Sending::Queued, Sending::Refused] {
        let (fixture, _) = fixture();
        let (id, draft) = fixture.half_sent(state, SentCopy::Later);
        assert_eq!(fixture.take_back(id), TakenBack::ForTheRest(draft));
        let left = fixture.own().draft(draft).unwrap().unwrap();
        assert_eq!((left.to.as_str(), left.cc.as_str(), left.bcc.as_str()), ("", "韩 <Han@example.com>", ""));
        assert_eq!((left.body, left.about), (full_draft().body, full_draft().about));
        // What they have is kept until there is a copy of it.
        let mut kept = fixture.own().outgoing(id).unwrap().unwrap();
        assert_eq!(kept.recipients.iter().map(|to| to.address.as_str()).collect::<Vec<_>>(), ["lilei@example.com"]);
        assert!(matches!((kept.state, kept.copy), (Sending::Sent, SentCopy::LookFrom(_))) && kept.failure.is_none());
        assert!(kept.hold_until.0 < i64::MAX && fixture.own().letter(id).is_ok());
        assert_eq!(fixture.take_back(id), TakenBack::TooLate, "nobody is left");
        kept.copy = SentCopy::Done;
        assert!(fixture.step(Sending::Sent, &kept));
        assert_eq!((fixture.own().outbox(None).unwrap(), fixture.files("outgoing")), (Vec::new(), Vec::new()));
        assert!(fixture.own().draft(draft).unwrap().is_some());
    }
}

#[test]
fn what_was_sent_to_some_is_a_draft_again_for_those_who_were_refused() {
    let (fixture, _) = fixture();
    let (id, draft) = fixture.half_sent(Sending::Sent, SentCopy::Wanted);
    assert_eq!(fixture.take_back(id), TakenBack::ForTheRest(draft));
    assert_eq!(fixture.own().outgoing(id).unwrap().unwrap().copy, SentCopy::Wanted);
    let (id, draft) = fixture.half_sent(Sending::Sent, SentCopy::Done);
    assert_eq!(fixture.take_back(id), TakenBack::ForTheRest(draft));
    assert_eq!(fixture.own().outgoing(id).unwrap(), None, "there is a copy");
    assert_eq!(fixture.own().draft(draft).unwrap().unwrap().cc, "韩 <Han@example.com>");
}

#[test]
fn what_may_have_gone_and_what_has_no_draft_is_not_taken_back() {
    let (fixture, _) = fixture();
    let (id, draft) = fixture.half_sent(Sending::Unknown, SentCopy::Later);
    let before = fixture.own().outbox(None).unwrap();
    assert_eq!(fixture.take_back(id), TakenBack::MayHaveGone);
    assert_eq!((fixture.own().outbox(None).unwrap(), fixture.own().draft_of(id).unwrap()), (before, Some(draft)));
    let given = fixture.queue("from the command line");
    assert_eq!(fixture.take_back(given.id), TakenBack::NoDraft);
    assert_eq!(fixture.own().outgoing(given.id).unwrap(), Some(given.clone()));
    assert_eq!(fixture.own().letter(given.id).unwrap(), b"bytes of from the command line");
}

#[test]
fn two_letters_of_the_same_bytes_are_two() {
    let (fixture, _) = fixture();
    let queue =
        |subject| block_on(fixture.store.own.queue(letter("me@example.com", subject), b"same".to_vec())).unwrap();
    let (one, other) = (queue("one"), queue("other"));
    assert!(block_on(fixture.store.own.give_up(one)).unwrap());
    assert_eq!(fixture.own().letter(other).unwrap(), b"same");
}

/// What a hongyan left behind that was killed at any moment.
#[test]
fn a_letter_that_was_cut_off_is_put_right_at_the_start() {
    let (fixture, _) = fixture();
    let letters: Vec<_> = (0..6).map(|nth| fixture.queue(&nth.to_string())).collect();
    let to = |nth: usize, states: &[Sending]| {
        let mut was = Sending::Queued;
        for state in states {
            assert!(fixture.step(was, &Outgoing { state: *state, ..letters[nth].clone() }));
            was = *state;
        }
    };
    to(1, &[Sending::Begun]);
    to(2, &[Sending::Begun, Sending::Handed]);
    to(3, &[Sending::Begun, Sending::Handed, Sending::Unknown]);
    to(4, &[Sending::Begun, Sending::Handed, Sending::Sent]);
    to(5, &[Sending::Refused]);
    let fixture = fixture.reopen();
    let states: Vec<_> = fixture.own().outbox(None).unwrap().into_iter().map(|letter| letter.state).collect();
    use Sending::{Queued, Refused, Sent, Unknown};
    assert_eq!(states, [Queued, Queued, Unknown, Unknown, Sent, Refused]);
}

#[test]
fn bytes_without_a_row_were_promised_to_nobody() {
    let (fixture, _) = fixture();
    let kept = fixture.queue("one");
    // Killed between the file and the row.
    let hash = Cellar::outgoing(fixture.dir.path()).put(b"no row").unwrap();
    let fixture = fixture.reopen();
    assert!(!fixture.files("outgoing").contains(&hash));
    assert_eq!(fixture.own().letter(kept.id).unwrap(), b"bytes of one");
    assert_eq!(fixture.store.repairs, []);
}

#[test]
fn a_row_without_bytes_sends_nothing_and_says_so() {
    let (fixture, _) = fixture();
    let (one, other) = (fixture.queue("one"), fixture.queue("other"));
    for (was, state) in
        [(Sending::Queued, Sending::Begun), (Sending::Begun, Sending::Handed), (Sending::Handed, Sending::Unknown)]
    {
        assert!(fixture.step(was, &Outgoing { state, ..other.clone() }));
    }
    std::fs::remove_dir_all(fixture.dir.path().join("outgoing")).unwrap();
    // While it runs, too.
    assert!(matches!(fixture.own().letter(one.id), Err(StoreError::Gone)));
    let fixture = fixture.reopen();
    let left: Vec<_> =
        fixture.own().outbox(None).unwrap().into_iter().map(|l| (l.state, l.failure.unwrap().kind)).collect();
    assert_eq!(left, [(Sending::Refused, FailureKind::Gone), (Sending::Unknown, FailureKind::Gone)]);
}

#[test]
fn a_row_is_not_written_for_bytes_that_are_not_there() {
    let (fixture, _) = fixture();
    let queue = OwnWrite::Queue { letter: Box::new(letter("me@example.com", "one")), sha256: "0".repeat(64), size: 1 };
    assert!(fixture.store.own.commit_blocking(queue).is_err());
    assert_eq!(fixture.own().outbox(None).unwrap(), []);
}

#[test]
fn f05_where_no_bytes_can_be_put_nothing_is_queued() {
    let (fixture, _) = fixture();
    std::fs::write(fixture.dir.path().join("outgoing"), "in the way").unwrap();
    let queued = block_on(fixture.store.own.queue(letter("me@example.com", "one"), b"bytes".to_vec()));
    assert!(queued.is_err());
    assert_eq!(fixture.own().outbox(None).unwrap(), []);
}

#[test]
fn bytes_of_letters_and_files_are_not_in_own_db() {
    let (fixture, _) = fixture();
    for nth in 0..8_u32 {
        let noise: Vec<u8> =
            (0..1_000_000_u32).map(|n| (n ^ nth).wrapping_mul(2_654_435_761).to_be_bytes()[0]).collect();
        block_on(fixture.store.own.keep_bytes(noise.clone())).unwrap();
        block_on(fixture.store.own.queue(letter("me@example.com", &nth.to_string()), noise)).unwrap();
    }
    let Fixture { dir, store, .. } = fixture;
    store.close();
    let size = std::fs::metadata(dir.path().join("own.db")).unwrap().len();
    assert!(size < 200_000, "{size}");
}
