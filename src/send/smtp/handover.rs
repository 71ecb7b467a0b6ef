//! One message from MAIL to the word that its bytes may come: which command is next, and whose answer a reply is.
//!
//! Several commands go in one breath where the server takes it. DATA is among them only if nothing can be refused that
//! would make us wish that we had not said it.

use std::collections::VecDeque;
use std::fmt::Write as _;

use super::dots::Shape;
use super::envelope::{Addressed, Envelope, xtext};
use super::offers::Offers;
use super::refusal::{Refusal, of_mail};
use super::reply::Reply;
use crate::model::{Failure, FailureKind, Retry};

/// So many questions at once; more, and both sides might wait for each other to listen.
const BREATH: usize = 50;

#[derive(Debug)]
pub(super) struct Handover {
    host: String,
    sender: String,
    /// The command for each recipient, and what came of it.
    recipients: Vec<(String, Option<Result<(), Refusal>>)>,
    go_on: bool,
    pipelining: bool,
    /// Whose answers are due.
    asked: VecDeque<Asked>,
    next: usize,
    sender_taken: Option<Result<(), Failure>>,
    data: Option<Result<(), Failure>>,
    nonsense: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Asked {
    Sender,
    Recipient(usize),
    Data,
}

/// What to do next.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Step {
    /// Say these lines, and listen to as many replies.
    Say(Vec<String>),
    /// The server wants the bytes.
    Go,
    /// It came to nothing, and the server waits for another message.
    Refused(Failure),
    /// It came to nothing, and the connection is good for nothing any more.
    Over(Failure),
}

impl Handover {
    /// Fails if it is clear beforehand that the server will not take it.
    pub(super) fn new(
        envelope: &Envelope,
        shape: Shape,
        offers: &Offers,
        pipelining: bool,
        host: &str,
    ) -> Result<Self, Failure> {
        let limits = offers.limits;
        let Addressed { from, recipients } = envelope.addressed(limits.smtputf8, host)?;
        let utf8 =
            shape.eight_bit_head || Addressed { from: from.clone(), recipients: recipients.clone() }.needs_utf8();
        if utf8 && !limits.smtputf8 {
            let said = "the head of the message is not in ASCII, and the server does not take that (no SMTPUTF8)";
            return Err(Failure::lasting(FailureKind::Refused, host, said));
        }
        if let Some(most) = limits.size.filter(|most| shape.size > *most) {
            return Err(too_large(shape.size, most, host));
        }
        let mut sender = format!("MAIL FROM:<{from}>");
        if offers.tell_size {
            let _ = write!(sender, " SIZE={}", shape.size);
        }
        // Who does not offer it takes eight bits all the same; there is nothing better to do with bytes that are signed.
        if shape.eight_bit && limits.eight_bit {
            sender.push_str(" BODY=8BITMIME");
        }
        if utf8 {
            sender.push_str(" SMTPUTF8");
        }
        let notices = envelope.notices.as_ref().filter(|_| limits.notices);
        let mut wanted = String::new();
        if let Some(notices) = notices {
            sender.push_str(" RET=HDRS");
            if !notices.id.is_empty() && notices.id.len() <= 100 {
                let _ = write!(sender, " ENVID={}", xtext(&notices.id));
            }
            let each = [(notices.success, "SUCCESS"), (notices.failure, "FAILURE"), (notices.delay, "DELAY")];
            let each: Vec<&str> = each.into_iter().filter(|(is, _)| *is).map(|(_, word)| word).collect();
            wanted = format!(" NOTIFY={}", if each.is_empty() { "NEVER".to_owned() } else { each.join(",") });
        }
        let recipients = recipients.iter().map(|to| (format!("RCPT TO:<{to}>{wanted}"), None)).collect();
        Ok(Self {
            host: host.to_owned(),
            sender,
            recipients,
            go_on: envelope.go_on,
            pipelining,
            asked: VecDeque::new(),
            next: 0,
            sender_taken: None,
            data: None,
            nonsense: false,
        })
    }

    /// To be asked when no answer is due any more.
    pub(super) fn step(&mut self) -> Step {
        if self.nonsense || !self.asked.is_empty() {
            return Step::Over(Failure::passing(FailureKind::Protocol, &self.host, "an answer to another question"));
        }
        let mut lines = Vec::new();
        if self.sender_taken.is_none() {
            lines.push(self.sender.clone());
            self.asked.push_back(Asked::Sender);
            if !self.pipelining {
                return Step::Say(lines);
            }
        }
        if let Some(Err(failure)) = self.sender_taken.clone() {
            return self.end(failure);
        }
        while self.next < self.recipients.len() && lines.len() < BREATH && (lines.is_empty() || self.pipelining) {
            lines.extend(self.recipients.get(self.next).map(|(line, _)| line.clone()));
            self.asked.push_back(Asked::Recipient(self.next));
            self.next += 1;
        }
        let all_asked = self.next == self.recipients.len();
        let sure = self.pipelining && (self.go_on || self.recipients.len() == 1);
        if !lines.is_empty() {
            if all_asked && sure && lines.len() < BREATH {
                lines.push("DATA".to_owned());
                self.asked.push_back(Asked::Data);
            }
            return Step::Say(lines);
        }
        let refused = self.recipients.iter().filter_map(|(_, came)| came.as_ref()?.as_ref().err());
        let refused: Vec<&Refusal> = refused.collect();
        let none_left = refused.len() == self.recipients.len();
        if let Some(first) = refused.first().filter(|_| none_left || !self.go_on) {
            // As long as one of them may be taken later it is not over.
            let later = refused.iter().find(|refusal| !refusal.for_good).filter(|_| none_left);
            return self.end(later.unwrap_or(first).failure.clone());
        }
        match self.data.clone() {
            None => {
                self.asked.push_back(Asked::Data);
                Step::Say(vec!["DATA".to_owned()])
            }
            Some(Ok(())) => Step::Go,
            Some(Err(failure)) => Step::Refused(failure),
        }
    }

    fn end(&self, failure: Failure) -> Step {
        // It waits for bytes that must not come: whatever is said now would be a message.
        if self.data == Some(Ok(())) { Step::Over(failure) } else { Step::Refused(failure) }
    }

    /// The next reply.
    pub(super) fn hear(&mut self, reply: &Reply) {
        let refusal = || of_mail(reply, &self.host);
        match self.asked.pop_front() {
            Some(Asked::Sender) if reply.is_good() => self.sender_taken = Some(Ok(())),
            Some(Asked::Sender) if reply.refuses() => self.sender_taken = Some(Err(refusal())),
            Some(Asked::Recipient(at)) if reply.is_good() || reply.refuses() => {
                let came = if reply.is_good() { Ok(()) } else { Err(Refusal::of(reply, &self.host)) };
                if let Some((_, before)) = self.recipients.get_mut(at) {
                    *before = Some(came);
                }
            }
            Some(Asked::Data) if reply.code == 354 => self.data = Some(Ok(())),
            Some(Asked::Data) if reply.refuses() => self.data = Some(Err(refusal())),
            _ => self.nonsense = true,
        }
    }

    pub(super) fn due(&self) -> usize {
        self.asked.len()
    }

    /// What came of each recipient, in the order of the envelope; who was not asked about counts as `otherwise`.
    pub(super) fn recipients(
        &self,
        envelope: &Envelope,
        otherwise: Option<&Failure>,
    ) -> Vec<(String, Result<(), Refusal>)> {
        let unasked = || match otherwise {
            Some(failure) => {
                let for_good = failure.retry == Retry::AfterUser;
                Err(Refusal { said: failure.said.clone(), for_good, failure: failure.clone() })
            }
            None => Ok(()),
        };
        let refused_sender = matches!(self.sender_taken, Some(Err(_)));
        let came = |came: &Option<Result<(), Refusal>>| match came {
            // Without a sender there are no recipients; what was said of them is about that.
            Some(came) if !refused_sender => came.clone(),
            _ => unasked(),
        };
        envelope.recipients.iter().cloned().zip(self.recipients.iter().map(|(_, outcome)| came(outcome))).collect()
    }
}

fn too_large(size: u64, most: u64, host: &str) -> Failure {
    let said = format!("the message has {size} bytes, and the server takes {most}: message too large");
    match crate::remedy::named("too-large") {
        Some(remedy) => remedy.failure(host, &said),
        None => Failure::lasting(FailureKind::Refused, host, &said),
    }
}

#[cfg(test)]
mod tests;
