//! A server that answers anything to anything: it ends, a secret goes nowhere but into a login, and a message has an end
//! only where its bytes were asked for.

use proptest::prelude::*;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};

use super::*;

/// What was said, and what was answered to it; the last line that was said has no answer perhaps.
type Course = Vec<(String, Vec<u8>)>;

async fn course(greeting: Vec<u8>, answers: Vec<Vec<u8>>) -> (Course, Option<Outcome>) {
    let (near, far) = tokio::io::duplex(64 * 1024);
    let server_side = tokio::spawn(async move {
        let mut far = BufReader::new(far);
        let mut course = Vec::new();
        let _ = far.write_all(&greeting).await;
        let mut answers = answers.into_iter();
        let mut line = Vec::new();
        while let Ok(1..) = far.read_until(b'\n', &mut line).await {
            let said = String::from_utf8(std::mem::take(&mut line)).unwrap();
            let is_body = matches!(said.trim_end(), "" | "x" | "..") || said.starts_with("Header:");
            let answer = if is_body && !course.is_empty() { Vec::new() } else { answers.next().unwrap_or_default() };
            let _ = far.write_all(&answer).await;
            course.push((said, answer));
        }
        course
    });
    let secret = Secret::new(SECRET.into());
    let outcome = match Session::over(line(near), &server(), &Tap::default(), ME, &secret, manners()).await {
        Ok(mut session) => {
            let bytes = b"Header: y\r\n\r\nx\r\n.\r\n";
            let delivered = deliver(&mut session, &to(&["a@example.com"]), bytes).await;
            session.quit().await;
            Some(delivered.outcome)
        }
        Err(_) => None,
    };
    (server_side.await.unwrap(), outcome)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn c10_whatever_is_answered_it_ends_and_nothing_is_said_that_must_not_be(
        answers in proptest::collection::vec(
            prop_oneof![
                4 => Just(b"250 ok\r\n".to_vec()),
                2 => Just(b"250-x\r\n250-PIPELINING\r\n250 AUTH PLAIN LOGIN\r\n".to_vec()),
                1 => Just(b"250-x\r\n250 AUTH LOGIN\r\n".to_vec()),
                2 => Just(b"334 VXNlcm5hbWU6\r\n".to_vec()),
                2 => Just(b"235 ok\r\n".to_vec()),
                3 => Just(b"354 go\r\n".to_vec()),
                1 => Just(b"250 ok\r\n250 ok\r\n354 go\r\n".to_vec()),
                1 => Just(b"451 later\r\n".to_vec()),
                1 => Just(b"550 never\r\n".to_vec()),
                1 => Just(b"504 what\r\n".to_vec()),
                1 => Just(b"421 bye\r\n".to_vec()),
                1 => Just(b"250-".to_vec()),
                1 => Just(Vec::new()),
                1 => proptest::collection::vec(any::<u8>(), 0..20),
            ],
            0..12,
        ),
        greeting in prop_oneof![9 => Just(b"220 x\r\n".to_vec()), 1 => proptest::collection::vec(any::<u8>(), 0..10)],
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
        let (course, outcome) = runtime.block_on(course(greeting, answers));
        let coded = "Y2FuYXJ5LTczOTEtV2lsZGdhbnM=";
        let inline = "AHUA";
        for (at, (said, _)) in course.iter().enumerate() {
            let before = at.checked_sub(1).map(|at| course[at].clone()).unwrap_or_default();
            prop_assert!(!said.contains(SECRET) && !said.contains(inline));
            if said.contains(coded) {
                prop_assert!(before.1.starts_with(b"334"), "{course:?}");
            }
            if said == ".\r\n" {
                let asked_for = course.iter().any(|(_, answer)| memchr::memmem::find(answer, b"354 ").is_some());
                prop_assert!(asked_for, "{course:?}");
                let taken = matches!(outcome, Some(Outcome::Taken(_)));
                let answer = String::from_utf8_lossy(&course[at].1).into_owned();
                prop_assert!(!taken || answer.starts_with('2'), "{course:?}");
                prop_assert!(!matches!(outcome, Some(Outcome::Lost(_)) | None), "{course:?}");
            }
        }
        if !course.iter().any(|(said, _)| said == ".\r\n") {
            prop_assert!(!matches!(outcome, Some(Outcome::Taken(_) | Outcome::Unknown(_))), "{course:?}");
        }
    }
}
