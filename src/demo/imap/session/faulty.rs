//! What goes wrong on purpose in a conversation; [`Wire`] does the same for the bytes.

use std::io;

use tokio::io::{AsyncRead, AsyncWrite};

use super::super::fault::{Fault, Place, is_on};
use super::super::wire::Wire;
use super::Session;

/// What becomes of a command.
pub(super) enum Fate {
    Answered,
    /// These words stand behind its tag, and nothing is done.
    Instead(&'static str),
    Ignored,
    /// BYE.
    SentAway,
    /// The end, without a word.
    Cut,
}

impl Session {
    /// The first line; false if it was the last.
    pub(super) async fn greet<S: AsyncRead + AsyncWrite + Unpin>(&mut self, wire: &mut Wire<S>) -> io::Result<bool> {
        let toggles = &self.personality.toggles;
        let connections = self.keeper.ask(|world| world.connections()).await?;
        let mut line = None;
        for fault in self.terms.faults.iter() {
            match fault {
                Fault::AtMost(most) if connections > *most => line = Some("* BYE Too many connections".to_owned()),
                Fault::Greeting(instead) => line = Some((*instead).to_owned()),
                Fault::Preauth => self.logged_in = true,
                _ => {}
            }
        }
        let code = if toggles.greets_with_capabilities {
            format!("[CAPABILITY {}] ", self.capabilities())
        } else {
            String::new()
        };
        let word = if self.logged_in { "PREAUTH" } else { "OK" };
        let line = line.unwrap_or_else(|| format!("* {word} {code}{}", self.personality.greeting));
        wire.send(format!("{line}\r\n").as_bytes()).await?;
        self.say(wire, "GREETING", Place::Behind).await?;
        wire.flush().await?;
        if line.starts_with("* BYE") {
            wire.close().await?;
            return Ok(false);
        }
        Ok(true)
    }

    pub(super) fn fate(&mut self, verb: &str) -> Fate {
        self.heard += 1;
        let mut fate = Fate::Answered;
        for fault in self.terms.faults.iter() {
            match fault {
                Fault::CloseEvery(n) if self.heard.is_multiple_of(*n) => return Fate::Cut,
                Fault::Deaf(on) if is_on(on, verb) => fate = Fate::Ignored,
                // Where somebody idles, it comes later.
                Fault::Bye(on) if is_on(on, verb) && verb != "IDLE" => fate = Fate::SentAway,
                Fault::Answer { on, words } if is_on(on, verb) => fate = Fate::Instead(words),
                _ => {}
            }
        }
        fate
    }

    /// What is said unasked at this place of an answer.
    pub(super) async fn say<S: AsyncRead + AsyncWrite + Unpin>(
        &self,
        wire: &mut Wire<S>,
        verb: &str,
        at: Place,
    ) -> io::Result<()> {
        for fault in self.terms.faults.iter() {
            if let Fault::Say { on, place, bytes, times } = fault
                && *place == at
                && is_on(on, verb)
            {
                for _ in 0..*times {
                    wire.send(bytes).await?;
                }
            }
        }
        Ok(())
    }

    /// Untagged responses as they are told, line by line.
    pub(super) fn bent(&self, verb: &str, lines: &[u8]) -> Vec<u8> {
        let pieces = lines.split_inclusive(|b| *b == b'\n');
        pieces.flat_map(|line| self.bent_one(verb, line).unwrap_or(line)).copied().collect()
    }

    /// What stands for one response, if it is not told as it is.
    pub(super) fn bent_one(&self, verb: &str, response: &[u8]) -> Option<&'static [u8]> {
        let beginning = response.get(..200).unwrap_or(response);
        self.terms.faults.iter().find_map(|fault| match fault {
            Fault::Replace { on, having, by } if is_on(on, verb) => {
                memchr::memmem::find(beginning, having.as_bytes()).map(|_| *by)
            }
            _ => None,
        })
    }

    /// True if responses are not told as they are.
    pub(super) fn replaces(&self) -> bool {
        self.terms.faults.iter().any(|fault| matches!(fault, Fault::Replace { .. }))
    }

    pub(super) fn has(&self, fault: &Fault) -> bool {
        self.terms.faults.contains(fault)
    }
}
