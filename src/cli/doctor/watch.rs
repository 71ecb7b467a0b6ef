//! Whether a server that offers to tell of new mail really does: one connection waits to be told, another asks.

use std::time::Duration;

use tokio::time::{MissedTickBehavior, interval, sleep_until};

use super::fact::Watched;
use super::visit::Newest;
use crate::model::{Failure, FolderName, clock};
use crate::sync::imap::Session;
use crate::sync::{Remote as _, Span};

/// How often the other connection asks.
const EVERY: Duration = Duration::from_secs(5);
/// Being told may take so much longer than finding out.
const GRACE: Duration = Duration::from_secs(40);

/// `waiting` looks into the inbox already.
pub(super) async fn watch(waiting: &mut Session, asking: &mut Session, at_most: Duration) -> Result<Watched, Failure> {
    let inbox = FolderName { wire: b"INBOX".to_vec(), delimiter: None };
    let opened = asking.look_into(&inbox).await?;
    let mut newest = Newest(None);
    if opened.messages > 0 {
        asking.headers(Span::Newest { skip: 0, count: 1 }, &mut newest).await?;
    }
    let last = newest.0.map_or(0, |(uid, _)| uid);
    compared(waiting, asking, last, at_most).await
}

async fn compared(
    waiting: &mut Session,
    asking: &mut Session,
    last: u32,
    at_most: Duration,
) -> Result<Watched, Failure> {
    let begun = clock::instant();
    let end = tokio::time::Instant::now() + at_most;
    let mut found: Option<(Duration, tokio::time::Instant)> = None;
    let mut ticks = interval(EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    {
        // It is not waited for longer than this in any case.
        let told = waiting.wait(at_most + GRACE, std::future::pending());
        tokio::pin!(told);
        loop {
            let until = found.map_or(end, |(_, until)| until);
            tokio::select! {
                told = &mut told => {
                    told?;
                    break;
                }
                () = sleep_until(until) => {
                    return Ok(match found {
                        Some((after, _)) => Watched::Silent { after },
                        None => Watched::Nothing { after: at_most },
                    });
                }
                _ = ticks.tick(), if found.is_none() => {
                    if asking.above(last).await?.iter().any(|uid| *uid > last) {
                        found = Some((begun.elapsed(), tokio::time::Instant::now() + GRACE));
                    }
                }
            }
        }
    }
    Ok(if waiting.news().is_empty() {
        // It has stopped to wait for another reason: IDLE was refused.
        Watched::NotOffered
    } else {
        Watched::Told { after: begun.elapsed() }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo::{Demo, MODERN, Options, Personality, QQ, serve_pipes};
    use crate::model::{Secret, Server, TlsMode};
    use crate::net::{Dialer, Limits, Line, Opened};
    use crate::sync::{First, Way};

    const LETTER: &[u8] = b"From: a@mail.example\r\nSubject: new\r\n\r\nHello\r\n";

    fn demo(personality: &'static Personality) -> Demo {
        let mut options = Options::new(clock::now(), "canary-7391-Wildgans");
        options.messages = 20;
        options.personality = personality;
        serve_pipes(&options)
    }

    async fn session(demo: &Demo) -> Session {
        let server = Server { host: "localhost".to_owned(), port: 993, tls: TlsMode::Tls };
        let secret = Secret::new("canary-7391-Wildgans".to_owned());
        let way = Way::new(Dialer::default(), server, "demo@hongyan.example".to_owned(), secret);
        let line = Line::over(demo.pipe(), Limits::default());
        let opened = Opened { line, greeted: false, reached: Duration::ZERO };
        way.begin(opened, First::default()).await.unwrap()
    }

    /// What is found out if a message comes after a while, or none.
    async fn watched(personality: &'static Personality, comes: bool) -> Watched {
        let demo = demo(personality);
        let (mut waiting, mut asking) = (session(&demo).await, session(&demo).await);
        waiting.look_into(&FolderName { wire: b"INBOX".to_vec(), delimiter: None }).await.unwrap();
        let deliver = async {
            tokio::time::sleep(Duration::from_secs(12)).await;
            if comes {
                demo.deliver("INBOX", LETTER, &[]).await.unwrap();
            }
        };
        let (watched, ()) = tokio::join!(watch(&mut waiting, &mut asking, Duration::from_mins(2)), deliver);
        watched.unwrap()
    }

    #[tokio::test(start_paused = true)]
    async fn whoever_tells_is_told_from_whoever_only_says_so() {
        assert!(matches!(watched(&MODERN, true).await, Watched::Told { .. }));
        assert!(matches!(watched(&MODERN, false).await, Watched::Nothing { .. }));
        assert!(matches!(watched(&QQ, true).await, Watched::Silent { .. }));
    }
}
