//! Whether a server that offers to tell of new mail really does: one connection waits to be told, another asks.

use std::time::Duration;

use tokio::time::{MissedTickBehavior, interval, sleep_until};

use super::fact::Watched;
use super::visit::Newest;
use crate::model::{Failure, FolderName, clock};
use crate::sync::imap::Session;
use crate::sync::{Remote as _, Span, Way};

/// How often the other connection asks.
const EVERY: Duration = Duration::from_secs(5);
/// Being told may take so much longer than finding out.
const GRACE: Duration = Duration::from_secs(40);

/// The session looks into the inbox already.
pub(super) async fn watch(waiting: &mut Session, way: &Way, at_most: Duration) -> Result<Watched, Failure> {
    if !waiting.is_told() {
        return Ok(Watched::NotOffered);
    }
    let mut asking = way.connect().await?;
    let inbox = FolderName { wire: b"INBOX".to_vec(), delimiter: None };
    let opened = asking.look_into(&inbox).await?;
    let mut newest = Newest(None);
    if opened.messages > 0 {
        asking.headers(Span::Newest { skip: 0, count: 1 }, &mut newest).await?;
    }
    let last = newest.0.map_or(0, |(uid, _)| uid);
    let watched = compared(waiting, &mut asking, last, at_most).await;
    asking.close().await;
    watched
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
