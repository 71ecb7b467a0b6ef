//! Every fault at every step, and what is known afterwards.

use super::*;
use crate::demo::{MODERN, PLAIN, SINA, SmtpDoing, SmtpStep, smtp_faults};
use crate::model::Retry;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Came {
    /// There was no session.
    Unopened,
    Taken,
    RefusedForNow,
    RefusedForGood,
    Lost,
    Unknown,
}

async fn came(demo: &Demo) -> Came {
    let Ok(mut session) = open(demo).await else { return Came::Unopened };
    let body = "0123456789\r\n".repeat(10);
    // Long enough for whatever is said on the way to be there.
    let later = async |_| {
        tokio::time::sleep(Duration::from_millis(10)).await;
        Ok(())
    };
    let delivered = session.deliver(&to(&["a@example.com"]), &message("1", &body), later, |_| ()).await;
    let came = match &delivered.outcome {
        Outcome::Taken(_) => Came::Taken,
        Outcome::Refused(failure) if failure.retry == Retry::AfterUser => Came::RefusedForGood,
        Outcome::Refused(_) => Came::RefusedForNow,
        Outcome::Lost(_) => Came::Lost,
        Outcome::Unknown(_) => Came::Unknown,
    };
    session.quit().await;
    came
}

/// What has to come of it, where that can be said of every way to go wrong.
fn due(step: SmtpStep, way: &str) -> &'static [Came] {
    use Came::{Lost, RefusedForGood, RefusedForNow, Taken, Unknown, Unopened};
    let silent = ["closes", "stalls", "garbage", "nonsense", "two-codes", "no-end-of-lines"].contains(&way);
    match (step, way) {
        (SmtpStep::StartTls | SmtpStep::Reset | SmtpStep::Quit | SmtpStep::Answered, _) => &[Taken],
        // An answer that comes early is found out before anything is said on it.
        (SmtpStep::Greeting | SmtpStep::Hello | SmtpStep::Auth, "early" | "behind") => &[Unopened, Lost],
        (SmtpStep::Greeting | SmtpStep::Hello | SmtpStep::Auth, _) => &[Unopened],
        (SmtpStep::Dot | SmtpStep::Taken, _) if silent => &[Unknown],
        // It is what the server said, and the server may lie.
        (SmtpStep::Dot | SmtpStep::Taken | SmtpStep::Body, "behind") | (SmtpStep::Dot | SmtpStep::Taken, "early") => {
            &[Taken]
        }
        (SmtpStep::Body, "stalls") => &[Unknown],
        (_, "later" | "goodbye") => &[RefusedForNow],
        (_, "never") => &[RefusedForGood],
        // A word too many, and no answer can be told from another.
        _ => &[Lost],
    }
}

#[tokio::test(start_paused = true)]
async fn c10_every_fault_at_every_step_is_what_it_is() {
    for personality in [&PLAIN, &SINA] {
        for (name, fault) in smtp_faults() {
            let demo = demo(personality);
            breaks(&demo, &[fault]).await;
            let came = came(&demo).await;
            let way = name.split_once('-').unwrap().1;
            assert!(due(fault.on, way).contains(&came), "{}: {name}: {came:?}", personality.name);
            let taken = demo.outgoing().await.unwrap().len();
            match came {
                Came::Unopened | Came::Lost => assert_eq!(taken, 0, "{name}: it may be sent again"),
                Came::Taken => assert_eq!(taken, 1, "{name}"),
                Came::RefusedForNow | Came::RefusedForGood => {
                    assert_eq!(taken, usize::from(fault.on == SmtpStep::Taken), "{name}");
                }
                // Where it stalls in the middle nobody can tell that the end was not heard.
                Came::Unknown => assert!(taken == usize::from(fault.on == SmtpStep::Taken), "{name}"),
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn c11_after_the_end_nobody_knows_whether_it_was_taken() {
    for (step, taken) in [(SmtpStep::Dot, 0), (SmtpStep::Taken, 1)] {
        for doing in [SmtpDoing::Closes, SmtpDoing::Stalls] {
            let demo = demo(&PLAIN);
            breaks(&demo, &[SmtpFault::new(step, doing)]).await;
            let mut session = open(&demo).await.unwrap();
            let delivered = deliver(&mut session, &to(&["a@example.com"]), &message("1", "x")).await;
            assert!(matches!(delivered.outcome, Outcome::Unknown(_)), "{delivered:?}");
            assert!(!session.is_alive());
            assert_eq!(demo.deliveries("1@hongyan.example").await.unwrap(), taken);
            // What comes next is not said into the same connection.
            let next = deliver(&mut session, &to(&["a@example.com"]), &message("2", "x")).await;
            assert!(matches!(next.outcome, Outcome::Lost(_)));
        }
    }
}

#[tokio::test]
async fn after_a_refusal_the_next_message_goes() {
    for step in [SmtpStep::Sender, SmtpStep::Recipient, SmtpStep::Data, SmtpStep::Dot] {
        for personality in [&PLAIN, &MODERN] {
            let demo = demo(personality);
            let refuses = SmtpFault::new(step, SmtpDoing::Says(b"451 4.3.0 Not now\r\n")).only(0);
            breaks(&demo, &[refuses]).await;
            let mut session = open(&demo).await.unwrap();
            let first = deliver(&mut session, &to(&["a@example.com"]), &message("1", "x")).await;
            assert!(matches!(first.outcome, Outcome::Refused(_)), "{step:?} {first:?}");
            let second = deliver(&mut session, &to(&["a@example.com"]), &message("2", "x")).await;
            assert!(matches!(second.outcome, Outcome::Taken(_)), "{step:?} {second:?}");
            let taken: Vec<String> = demo.outgoing().await.unwrap().into_iter().map(|mail| mail.message_id).collect();
            assert_eq!(taken, ["2@hongyan.example"]);
        }
    }
}

#[tokio::test]
async fn c12_the_server_refuses_one_and_the_caller_decides() {
    let demo = demo(&PLAIN);
    let refuses = SmtpFault::new(SmtpStep::Recipient, SmtpDoing::Says(b"450 4.2.1 Busy\r\n")).only(1);
    breaks(&demo, &[refuses]).await;
    let mut session = open(&demo).await.unwrap();
    let delivered = deliver(&mut session, &to(&["a@example.com", "b@example.com"]), &message("1", "x")).await;
    let Outcome::Refused(failure) = &delivered.outcome else { panic!("{delivered:?}") };
    assert_eq!(failure.retry, Retry::Later);
    let (address, came) = &delivered.recipients[1];
    assert_eq!((address.as_str(), came.as_ref().unwrap_err().for_good), ("b@example.com", false));
}
