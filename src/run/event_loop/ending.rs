//! The last things to do, whoever ended the program: what somebody writes is on the disk before it is over.

use std::time::Duration;

use tokio::time::{Instant, timeout_at};

use super::EventLoop;
use crate::app::Event;
use crate::model::clock;
use crate::run::inbox::Input;
use crate::text::SafeText;
use crate::ui;

/// A disk that takes longer takes nothing any more.
const AT_MOST: Duration = Duration::from_secs(20);
/// How long a program that has the terminal may take to put its things away.
const TO_TIDY_UP: Duration = Duration::from_secs(3);
/// Who only looks at something else is not kept waiting for as long.
const FOR_A_WHILE: Duration = Duration::from_secs(3);
/// Whoever is being kept may have changed meanwhile.
const ROUNDS: usize = 5;

impl EventLoop {
    pub(super) async fn finish(&mut self) {
        self.take_terminal_back().await;
        let _ = self.tick();
        let until = Instant::now() + AT_MOST;
        self.keep_drafts(until).await;
        self.hands.writing.hang_up(until).await;
        // Whoever handed a message over meanwhile was told that it is here.
        self.attached = None;
        self.keep_drafts(Instant::now() + FOR_A_WHILE).await;
    }

    /// Before somebody else has the keys for a while.
    pub(super) async fn keep_drafts_now(&mut self) {
        self.keep_drafts(Instant::now() + FOR_A_WHILE).await;
    }

    async fn keep_drafts(&mut self, until: Instant) {
        let mut others = Vec::new();
        for _ in 0..ROUNDS {
            // What comes of this may have to be done before the rest can be kept.
            if timeout_at(until, self.hands.writing.settle()).await.is_err() {
                break;
            }
            while let Ok(input) = self.inbox.try_recv() {
                match input {
                    // What fails here may have nobody left to be told.
                    Input::Event(Event::Composed(_)) => drop(self.take(input)),
                    // The next loop opens it, if there is one.
                    Input::Ordered(_) if !self.again => drop(self.take(input)),
                    other => others.push(other),
                }
            }
            let _ = self.happen(Event::Ending);
            if self.hands.writing.is_idle() {
                break;
            }
        }
        for other in others {
            let _ = self.hands.tell.send(other);
        }
    }

    /// What waits is named when the screen is gone. Where it is thrown away, nobody needs to know.
    pub(super) fn last_words(&self) -> Vec<SafeText> {
        if self.again || self.state.is_read_only() || !self.state.settings().sets_up {
            return Vec::new();
        }
        ui::last_words(&self.hands.writing.outbox(), clock::now(), self.look.words())
    }

    async fn take_terminal_back(&mut self) {
        if !self.screen.is_lent() {
            return;
        }
        self.quit = true;
        self.screen.want_back();
        let until = Instant::now() + TO_TIDY_UP;
        while self.screen.is_lent() {
            match timeout_at(until, self.inbox.recv()).await {
                Ok(Some(Input::ProgramOver) | None) | Err(_) => {
                    let _ = self.program_over();
                    return;
                }
                Ok(Some(other)) => {
                    let _ = self.take(other);
                }
            }
        }
    }
}
