//! Several questions at once: on a line where an answer takes its time, what counts is how often we wait for one.
//!
//! A server that cannot do that is asked one by one, and that is remembered. Some work at several questions at once: then
//! what they say comes in any order, and only what it says itself tells to which question it belongs.

use super::command::Command;
use super::said::{Said, State, Verdict};
use super::session::Session;
use crate::model::{Failure, Quirk};

impl Session {
    /// True if this server may be asked several things at once.
    pub(super) fn together(&self) -> bool {
        !self.quirks.has(Quirk::OneAtATime)
    }

    /// Says all of it, then reads all answers: how each ended. `each` sees what was said for which one.
    pub(super) async fn flight(
        &mut self,
        commands: &[Command],
        mut each: impl FnMut(usize, &Said),
    ) -> Result<Vec<State>, Failure> {
        let mut states = self.flight_once(commands, false, &mut each).await?;
        self.once_more(commands, &mut states, &mut each).await?;
        Ok(states)
    }

    /// `first_decides`: if the first command is refused, nobody listens to what becomes of the others.
    pub(super) async fn flight_once(
        &mut self,
        commands: &[Command],
        first_decides: bool,
        each: &mut impl FnMut(usize, &Said),
    ) -> Result<Vec<State>, Failure> {
        let mut states = Vec::with_capacity(commands.len());
        // Whoever has to be asked for the rest of a command would be answered in between.
        let together = self.together() && commands.iter().all(Command::is_whole);
        if !together {
            for (n, command) in commands.iter().enumerate() {
                states.push(self.run(command.clone(), |said| each(n, said)).await?);
                if first_decides && is_refused(&states) {
                    break;
                }
            }
            return Ok(states);
        }
        let mut tags = Vec::with_capacity(commands.len());
        for command in commands {
            tags.push(self.say_whole(command).await?);
        }
        self.flush().await?;
        for (n, tag) in tags.iter().enumerate() {
            let of = |said: &Said| match said {
                Said::Search { tag: Some(of), .. } => tags.iter().position(|tag| tag == of).unwrap_or(n),
                _ => n,
            };
            states.push(self.until(tag, |said| each(of(said), said)).await?);
            if first_decides && is_refused(&states) {
                break;
            }
        }
        Ok(states)
    }

    /// A refusal may be about the haste, and not about the question: what was refused behind others is asked alone.
    pub(super) async fn once_more(
        &mut self,
        commands: &[Command],
        states: &mut [State],
        each: &mut impl FnMut(usize, &Said),
    ) -> Result<(), Failure> {
        if !self.together() {
            return Ok(());
        }
        for (n, (command, state)) in commands.iter().zip(states).enumerate().skip(1) {
            if state.verdict != Verdict::Bad {
                continue;
            }
            *state = self.run(command.clone(), |said| each(n, said)).await?;
            if state.verdict == Verdict::Ok {
                self.learn(Quirk::OneAtATime, &format!("{}: BAD at first, OK when asked alone", command.shown));
            }
        }
        Ok(())
    }

    /// Reads to the end of a command that was said before.
    pub(super) async fn until(&mut self, tag: &str, mut each: impl FnMut(&mut Said)) -> Result<State, Failure> {
        loop {
            if let Some(state) = self.already_answered(tag) {
                return Ok(state);
            }
            match self.next().await? {
                Said::Tagged(tagged) => {
                    if let Some(state) = self.answer_to(tag, tagged)? {
                        return Ok(state);
                    }
                }
                mut other => {
                    each(&mut other);
                    self.hear(&other);
                }
            }
        }
    }

    /// The server does not do what it says.
    pub fn learn(&mut self, quirk: Quirk, evidence: &str) {
        self.quirks = self.quirks.with(quirk);
        self.learned.push((quirk, evidence.to_owned()));
    }

    pub fn open_questions(&self) -> usize {
        self.open_questions.len()
    }

    /// What was learned of this server since the last call.
    pub fn learned(&mut self) -> Vec<(Quirk, String)> {
        std::mem::take(&mut self.learned)
    }
}

fn is_refused(states: &[State]) -> bool {
    states.first().is_some_and(|first| first.verdict != Verdict::Ok)
}
