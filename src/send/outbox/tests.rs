use super::*;
use crate::send::smtp::Refusal;
use crate::send::tests::letter;
use crate::text::SafeText;

const NOW: Timestamp = Timestamp(2_000);
const CHECK: Habits =
    Habits { sent: Sent::Check, lag: Duration::from_secs(30), turns_up: TURNS_UP, append_limit: None };

fn failure(retry: Retry, said: &str) -> Failure {
    Failure { retry, ..Failure::passing(FailureKind::Refused, "mail.example", said) }
}

fn no(for_good: bool, said: &str) -> Result<(), Refusal> {
    let failure = failure(if for_good { Retry::AfterUser } else { Retry::Later }, said);
    Err(Refusal { said: failure.said.clone(), for_good, failure })
}

fn delivered(outcome: Outcome, came: &[(&str, Result<(), Refusal>)]) -> Delivered {
    let recipients = came.iter().map(|(to, came)| ((*to).to_owned(), came.clone())).collect();
    Delivered { recipients, outcome }
}

fn taken() -> Outcome {
    Outcome::Taken(SafeText::of("250 OK"))
}

fn open(letter: &Outgoing) -> Vec<String> {
    envelope(letter).recipients
}

#[test]
fn what_was_tried_least_goes_first_and_a_hold_is_kept() {
    let held = Outgoing { hold_until: Timestamp(3_000), ..letter(1, &["a@x.example"]) };
    let tried = Outgoing { attempts: 3, ..letter(2, &["a@x.example"]) };
    let fresh = letter(3, &["a@x.example"]);
    let unknown = Outgoing { state: Sending::Unknown, ..letter(4, &["a@x.example"]) };
    assert_eq!(next(&[held.clone(), tried.clone(), fresh, unknown.clone()], NOW), Step::Send(OutgoingId(3)));
    assert_eq!(next(&[held.clone(), tried], NOW), Step::Send(OutgoingId(2)));
    assert_eq!(next(&[held, unknown.clone()], NOW), Step::Wait(Timestamp(3_000)));
    assert_eq!(next(&[unknown], NOW), Step::Rest);
}

#[test]
fn c12_one_refused_for_good_is_for_the_user_before_anybody_gets_it() {
    let first = begun(&letter(1, &["a@x.example", "b@x.example"]), NOW);
    assert!(!envelope(&first).go_on);
    let said = no(true, "550 no such user");
    let outcome = Outcome::Refused(failure(Retry::AfterUser, "550 no such user"));
    let came = after(
        &first,
        false,
        &delivered(outcome, &[("a@x.example", Ok(())), ("b@x.example", said.clone())]),
        &CHECK,
        NOW,
    );
    assert_eq!(came.state, Sending::Refused);
    assert!(matches!(came.recipients[1].state, Reception::Refused { for_good: true, .. }));
    // The user says: to the others all the same.
    let again = super::said(&came, Word::Again, NOW).unwrap();
    assert!(envelope(&again).go_on);
    let again = begun(&again, NOW);
    let came = after(&again, true, &delivered(taken(), &[("a@x.example", Ok(())), ("b@x.example", said)]), &CHECK, NOW);
    assert_eq!((came.state, came.recipients[0].state.clone()), (Sending::Sent, Reception::Taken));
    assert!(came.failure.is_some(), "and it stands there who did not get it");
}

#[test]
fn c12_whoever_is_refused_for_now_is_tried_alone_later_and_not_for_ever() {
    let first = begun(&letter(1, &["a@x.example", "b@x.example"]), NOW);
    let busy = no(false, "450 greylisted");
    let outcome = Outcome::Refused(failure(Retry::Later, "450 greylisted"));
    let came = after(
        &first,
        false,
        &delivered(outcome, &[("a@x.example", Ok(())), ("b@x.example", busy.clone())]),
        &CHECK,
        NOW,
    );
    assert_eq!((came.state, came.hold_until), (Sending::Queued, NOW), "the others need not wait");
    assert!(envelope(&came).go_on);
    let second = begun(&came, NOW);
    let mut came = after(
        &second,
        true,
        &delivered(taken(), &[("a@x.example", Ok(())), ("b@x.example", busy.clone())]),
        &CHECK,
        NOW,
    );
    assert_eq!((came.state, open(&came)), (Sending::Queued, vec!["b@x.example".to_owned()]));
    let (mut tries, mut now) = (0, NOW);
    while came.state == Sending::Queued {
        assert!(came.hold_until > now);
        now = came.hold_until;
        let outcome = Outcome::Refused(failure(Retry::Later, "450 greylisted"));
        came = after(&begun(&came, now), true, &delivered(outcome, &[("b@x.example", busy.clone())]), &CHECK, now);
        tries += 1;
    }
    let days = now.since(NOW) / 86_400;
    assert!(tries < 25 && (2..=4).contains(&days), "{tries} tries in {days} days");
    assert_eq!(came.state, Sending::Refused);
}

#[test]
fn c10_patience_that_is_asked_for_is_had_and_what_is_for_good_is_for_the_user() {
    let first = begun(&letter(1, &["a@x.example"]), NOW);
    let came = |retry| {
        let outcome = Outcome::Refused(failure(retry, "said"));
        after(&first, false, &delivered(outcome, &[("a@x.example", Ok(()))]), &CHECK, NOW)
    };
    assert!(came(Retry::Patience).hold_until >= NOW.plus(PATIENCE));
    assert_eq!(came(Retry::Later).hold_until, NOW.plus(WAITS[0]));
    assert_eq!(came(Retry::AfterUser).state, Sending::Refused);
    let lost = delivered(Outcome::Lost(failure(Retry::Later, "")), &[("a@x.example", no(false, ""))]);
    let mut letter = first;
    for _ in 0..100 {
        letter = begun(&after(&letter, false, &lost, &CHECK, NOW), NOW);
    }
    // A line that breaks is no reason to give up.
    let came = after(&letter, false, &lost, &CHECK, NOW);
    assert_eq!((came.state, came.recipients[0].state.clone()), (Sending::Queued, Reception::Waiting));
}

#[test]
fn c11_what_nobody_knows_is_looked_for_then_asked_about_and_never_sent_unasked() {
    let unknown = delivered(Outcome::Unknown(failure(Retry::Later, "")), &[("a@x.example", Ok(()))]);
    let came = after(&handed(&begun(&letter(1, &["a@x.example"]), NOW), &[]), false, &unknown, &CHECK, NOW);
    assert_eq!((came.state, next(std::slice::from_ref(&came), Timestamp(i64::MAX))), (Sending::Unknown, Step::Rest));
    assert_eq!(look(&came, &CHECK, NOW), Look::Wait(NOW.plus(30)));
    assert_eq!(look(&came, &CHECK, NOW.plus(30)), Look::Find);
    assert!(!is_asked(&came, &CHECK));
    let later = not_found(&came, &CHECK, NOW.plus(30));
    assert!(matches!(later.copy, SentCopy::LookFrom(_)) && !is_asked(&later, &CHECK));
    let asked = not_found(&later, &CHECK, NOW.plus(1_000));
    assert!(is_asked(&asked, &CHECK) && look(&asked, &CHECK, NOW.plus(9_999)) == Look::Nothing);
    assert_eq!(found(&later, NOW).state, Sending::Sent);
    let again = super::said(&asked, Word::Again, NOW).unwrap();
    assert_eq!((again.state, again.message_id.clone()), (Sending::Queued, asked.message_id.clone()));
    assert_eq!(super::said(&asked, Word::WasSent, NOW).unwrap().state, Sending::Sent);
    // Where no server makes copies there is nothing to look for.
    let append = Habits { sent: Sent::Append, ..CHECK };
    assert!(is_asked(&came, &append) && look(&came, &append, NOW.plus(99)) == Look::Nothing);
    // A copy may be that of those who have it.
    let partly = Outgoing {
        recipients: [
            came.recipients.clone(),
            vec![Recipient { address: "b@x.example".into(), state: Reception::Taken }],
        ]
        .concat(),
        ..came
    };
    assert!(is_asked(&partly, &CHECK));
}

#[test]
fn where_nobody_knows_the_provider_the_copy_is_put_there_soon() {
    let unknown = Habits { lag: Duration::ZERO, turns_up: SOON, ..CHECK };
    let sent = Outgoing { state: Sending::Sent, copy: SentCopy::LookFrom(NOW.plus(5)), ..letter(1, &["a@x.example"]) };
    let sent = Outgoing { hold_until: NOW, ..sent };
    assert_eq!(look(&sent, &unknown, NOW.plus(5)), Look::Find);
    let missing = not_found(&sent, &unknown, NOW.plus(5));
    assert_eq!(look(&missing, &unknown, NOW.plus(24)), Look::Wait(NOW.plus(25)));
    assert_eq!(look(&missing, &unknown, NOW.plus(25)), Look::Put);
    // A provider that is known to be slow gets its time.
    assert_eq!(look(&missing, &CHECK, NOW.plus(25)), Look::Find);
}

#[test]
fn c13_a_copy_that_is_not_taken_is_tried_again_and_the_letter_is_not() {
    let sent = Outgoing { state: Sending::Sent, copy: SentCopy::Wanted, ..letter(1, &["a@x.example"]) };
    let full = failure(Retry::Later, "[OVERQUOTA] full");
    let came = not_copied(&sent, &full, NOW);
    assert_eq!((came.state, came.failure.as_ref()), (Sending::Sent, Some(&full)));
    assert_eq!(next(std::slice::from_ref(&came), Timestamp(i64::MAX)), Step::Rest);
    let later = NOW.plus(COPY_LATER);
    assert_eq!((look(&came, &CHECK, NOW), look(&came, &CHECK, later)), (Look::Wait(later), Look::Put));
    assert_eq!((copied(&came).copy, copied(&came).failure), (SentCopy::Done, None));
    assert_eq!(super::said(&came, Word::Again, NOW), None, "what was sent is not sent again");
}
