//! What becomes of mail that was handed over: the half of the world that is about sending.

use std::sync::Arc;

use super::super::content::Content;
use super::super::imap::World;
use super::fault::SmtpFault;
use crate::model::Timestamp;

/// A message as it was handed over.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Submitted {
    pub from: String,
    pub recipients: Vec<String>,
    /// As its sender made it.
    pub raw: Vec<u8>,
    /// Of the message as its sender made it; without the angle brackets.
    pub message_id: String,
    pub at: Timestamp,
}

/// What the world knows of sending.
#[derive(Default, Debug)]
pub(in crate::demo) struct Office {
    pub(in crate::demo) taken: Vec<Submitted>,
    pub(in crate::demo) faults: Arc<[SmtpFault]>,
    /// Every line that was heard, but secrets and messages.
    pub(in crate::demo) said: Vec<String>,
    pub(in crate::demo) connections: usize,
    pub(in crate::demo) logins: usize,
    counted: u64,
}

/// The most lines that are remembered.
const REMEMBERED: usize = 100_000;

impl World {
    pub(super) fn begin_submission(&mut self) -> Arc<[SmtpFault]> {
        self.office.connections += 1;
        Arc::clone(&self.office.faults)
    }

    pub(super) fn hear_submission(&mut self, line: &str) {
        if self.office.said.len() < REMEMBERED {
            self.office.said.push(line.to_owned());
        }
    }

    pub(super) fn admits_sender(&mut self, user: &[u8], secret: &[u8], token: bool) -> bool {
        self.office.logins += 1;
        self.knows(user, secret, token)
    }

    /// Takes a message; its number, and what is to lie in the folder of sent mail.
    pub(super) fn take(&mut self, from: &str, recipients: &[String], raw: &[u8]) -> (u64, Content) {
        self.office.counted += 1;
        let number = self.office.counted;
        let message_id = message_id(raw);
        let arriving: Arc<[u8]> =
            if self.personality.submission.renames { renamed(raw, number, &message_id) } else { raw.to_vec() }.into();
        let now = self.now();
        if recipients.iter().any(|to| to.eq_ignore_ascii_case(self.address())) {
            let folder = self.personality.folder("inbox");
            self.put(folder, Content::Kept(Arc::clone(&arriving)), [], now);
        }
        let (from, recipients) = (from.to_owned(), recipients.to_vec());
        self.office.taken.push(Submitted { from, recipients, raw: raw.to_vec(), message_id, at: now });
        (number, Content::Kept(arriving))
    }

    /// The copy of what was sent.
    pub(super) fn save(&mut self, copy: Content) {
        let (folder, now) = (self.personality.folder("sent"), self.now());
        self.put(folder, copy, ["\\Seen"], now);
    }
}

/// Where the field begins and ends in the head, its line ends included.
fn field(raw: &[u8], name: &str) -> Option<(usize, usize)> {
    let mut at = 0;
    let mut found = None;
    for line in raw.split_inclusive(|byte| *byte == b'\n') {
        let end = at + line.len();
        let folded = line.first().is_some_and(|byte| matches!(byte, b' ' | b'\t'));
        match found {
            Some((from, _)) if folded => found = Some((from, end)),
            Some(_) => break,
            None if line.trim_ascii().is_empty() => break,
            None => {
                let named = line.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name.as_bytes()));
                if named && line.get(name.len()) == Some(&b':') {
                    found = Some((at, end));
                }
            }
        }
        at = end;
    }
    found
}

fn message_id(raw: &[u8]) -> String {
    let line = field(raw, "Message-ID").and_then(|(from, to)| raw.get(from..to)).unwrap_or_default();
    let line = String::from_utf8_lossy(line);
    let value = line.split_once(':').map_or("", |(_, value)| value);
    value.trim().trim_start_matches('<').trim_end_matches('>').to_owned()
}

fn renamed(raw: &[u8], number: u64, was: &str) -> Vec<u8> {
    let (from, to) = field(raw, "Message-ID").unwrap_or((0, 0));
    let mut out = raw.get(..from).unwrap_or_default().to_vec();
    out.extend_from_slice(format!("Message-ID: <tencent_{number:032X}@qq.example>\r\n").as_bytes());
    if !was.is_empty() {
        out.extend_from_slice(format!("X-OQ-MSGID: <{was}>\r\n").as_bytes());
    }
    out.extend_from_slice(raw.get(to..).unwrap_or_default());
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_gets_another_name_and_keeps_its_own() {
        let raw = b"From: a\r\nMessage-Id:\r\n <1@x.example>\r\nSubject: b\r\n\r\nMessage-ID: <2@x.example>\r\n";
        assert_eq!(message_id(raw), "1@x.example");
        let out = String::from_utf8(renamed(raw, 7, "1@x.example")).unwrap();
        assert_eq!(
            out,
            "From: a\r\nMessage-ID: <tencent_00000000000000000000000000000007@qq.example>\r\nX-OQ-MSGID: \
             <1@x.example>\r\nSubject: b\r\n\r\nMessage-ID: <2@x.example>\r\n"
        );
        assert_eq!(message_id(b"\r\nMessage-ID: <2@x.example>\r\n"), "");
    }
}
