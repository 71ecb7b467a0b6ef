use super::*;
use crate::model::clock;

fn secrets() -> (Secret, Secret) {
    (Secret::new("a".into()), Secret::new("b".into()))
}

fn login() -> Failure {
    Failure::lasting(FailureKind::Login, "", "")
}

fn doubtful() -> Failure {
    Failure { retry: Retry::Doubtful, ..login() }
}

#[test]
fn n07_a_secret_that_was_refused_at_one_server_is_not_tried_at_the_other() {
    let now = clock::instant();
    let (secret, other) = secrets();
    let mut door = Door::default();
    door.refused(At::Mailbox, &secret, &Failure::passing(FailureKind::Dropped, "", ""), now);
    let shut = |door: &Door, at, secret: &Secret, later| door.shut_for(at, secret, now + later).map(|shut| shut.until);
    let (none, long) = (Duration::ZERO, Duration::from_hours(99));
    assert!(shut(&door, At::Sending, &secret, none).is_none(), "a line that breaks says nothing about the secret");
    door.refused(At::Mailbox, &secret, &login(), now);
    assert_eq!(shut(&door, At::Sending, &secret, long), Some(None));
    assert!(shut(&door, At::Sending, &other, none).is_none());
    door.knock();
    assert!(shut(&door, At::Sending, &secret, none).is_none());
    // The other way round: mail is not given up for good because sending is.
    door.refused(At::Sending, &secret, &login(), now);
    assert_eq!(shut(&door, At::Sending, &secret, long), Some(None));
    assert!(shut(&door, At::Mailbox, &secret, LEFT_ALONE / 2).is_some_and(|until| until.is_some()));
    assert!(shut(&door, At::Mailbox, &secret, LEFT_ALONE).is_none());
}

#[test]
fn n07_what_was_good_at_one_server_stays_good_there_and_opens_nothing_elsewhere() {
    let now = clock::instant();
    let (secret, _) = secrets();
    let mut door = Door::default();
    door.let_in(At::Mailbox, &secret);
    door.refused(At::Sending, &secret, &login(), now);
    assert!(door.shut_for(At::Mailbox, &secret, now).is_none(), "mail still comes");
    door.let_in(At::Mailbox, &secret);
    assert!(door.shut_for(At::Sending, &secret, now).is_some(), "and the refusal stands");
    // Who was let in once has one try of its own when the other one is refused later.
    let mut door = Door::default();
    door.let_in(At::Sending, &secret);
    door.refused(At::Mailbox, &secret, &login(), now);
    assert!(door.shut_for(At::Sending, &secret, now).is_none());
    door.refused(At::Sending, &secret, &login(), now);
    assert!(door.shut_for(At::Sending, &secret, now + Duration::from_hours(99)).is_some());
}

#[test]
fn n07_what_may_mean_anything_is_tried_three_times_in_all() {
    let (secret, _) = secrets();
    for beside in [false, true] {
        let (mut door, mut now, mut tries) = (Door::default(), clock::instant(), 0);
        for _ in 0..100 {
            for at in if beside { &[At::Mailbox, At::Sending][..] } else { &[At::Sending] } {
                if door.shut_for(*at, &secret, now).is_none() {
                    tries += 1;
                    door.refused(*at, &secret, &doubtful(), now);
                }
            }
            now += Duration::from_mins(5);
        }
        // One more is that of the mailbox itself, which nobody else gives up for good.
        assert!(tries == 3 || (beside && tries == 4), "{tries}");
        door.let_in(At::Sending, &secret);
        assert!(door.shut_for(At::Sending, &secret, now).is_none());
    }
}

/// As with a server that has each connection made anew: ten hours of it.
#[test]
fn n07_a_mailbox_that_lets_us_in_every_ten_minutes_wipes_away_nothing() {
    let (secret, _) = secrets();
    let (mut door, mut now, mut tries) = (Door::default(), clock::instant(), 0);
    for minute in 0..600 {
        if minute % 10 == 0 {
            door.let_in(At::Mailbox, &secret);
        }
        if door.shut_for(At::Sending, &secret, now).is_none() {
            tries += 1;
            door.refused(At::Sending, &secret, &doubtful(), now);
        }
        now += Duration::from_mins(1);
    }
    assert_eq!(tries, 3);
}
