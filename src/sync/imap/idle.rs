//! Waiting for news: IDLE where it works, NOOP where it does not.
//!
//! The command is our own: the renewal is absolute (a server that says "still here" every minute does not put it off), a
//! refusal is remembered, and the end of the connection is an error and not an interruption.

use std::time::Duration;

use tokio::time::{Instant, sleep_until};

use super::said::Said;
use super::session::Session;
use crate::model::{Failure, Quirk};

/// Boxes between us and the server forget a silent connection after ten minutes or so.
const RENEWAL: Duration = Duration::from_mins(9);

impl Session {
    pub(in crate::sync) async fn wait_for_news(
        &mut self,
        at_most: Duration,
        wake: impl Future<Output = ()> + Send,
    ) -> Result<(), Failure> {
        tokio::pin!(wake);
        // Told while we asked for something else: there is nothing to wait for.
        if self.has_news() {
            return Ok(());
        }
        let until = Instant::now() + at_most;
        if self.is_told() {
            self.idle(until, wake.as_mut()).await?;
            if self.is_told() {
                return Ok(());
            }
        }
        tokio::select! {
            () = &mut wake => {}
            () = sleep_until(until) => {}
        }
        // A refusal changes nothing here: the next command tells whether the line is alive.
        self.run("NOOP", |_| {}).await.map(|_| ())
    }

    /// True if the server tells of changes by itself, as far as is known.
    pub fn is_told(&self) -> bool {
        self.abilities.idle && !self.quirks.has(Quirk::SilentIdle)
    }

    fn has_news(&self) -> bool {
        self.selected.as_ref().is_some_and(|selected| !selected.news.is_empty())
    }

    async fn idle(
        &mut self,
        until: Instant,
        mut wake: std::pin::Pin<&mut (impl Future<Output = ()> + Send)>,
    ) -> Result<(), Failure> {
        loop {
            let tag = self.begin("IDLE").await?;
            if !self.idling(&tag).await? {
                self.learn(Quirk::SilentIdle, "IDLE was refused");
                return Ok(());
            }
            let renew = until.min(Instant::now() + RENEWAL);
            // Silence is what is expected now; the renewal ends it.
            self.expect_nothing(RENEWAL + Duration::from_mins(1));
            let woken = loop {
                // Some is told before the server says that it idles.
                if self.has_news() {
                    break true;
                }
                tokio::select! {
                    biased;
                    () = &mut wake => break true,
                    () = sleep_until(renew) => break false,
                    said = self.next() => {
                        let said = said?;
                        self.hear(&said);
                    }
                }
            };
            self.expect_nothing(Duration::from_secs(30));
            self.say("DONE").await?;
            self.until(&tag, |_| {}).await?;
            if woken || Instant::now() >= until {
                return Ok(());
            }
        }
    }

    /// Reads to the `+`. False if the server refused.
    async fn idling(&mut self, tag: &str) -> Result<bool, Failure> {
        loop {
            match self.next().await? {
                Said::Go(_) => return Ok(true),
                Said::Tagged(tagged) => {
                    if self.answer_to(tag, tagged)?.is_some() {
                        return Ok(false);
                    }
                }
                other => self.hear(&other),
            }
        }
    }
}
