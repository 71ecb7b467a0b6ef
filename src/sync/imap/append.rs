//! The folder for sent mail: whether a message is there, and putting it there.
//!
//! Written out and not left to the library, which breaks where a line comes before the server asks for the message.

use super::command::Command;
use super::refusal;
use super::said::{Said, Verdict};
use super::session::Session;
use super::utf7;
use crate::model::{Failure, FailureKind, FolderName};
use crate::sync::SentAnswer;

/// What was sent just now is among so many of the newest.
const NEWEST: u64 = 60;

/// Both are looked at: some providers give a message another Message-ID, and keep ours beside it.
const NAMES: &str = "(UID BODY.PEEK[HEADER.FIELDS (MESSAGE-ID X-OQ-MSGID)])";

impl Session {
    /// Looks through the newest messages of the folder, without the help of the server's search: where it matters, that
    /// finds nothing.
    pub(in crate::sync) async fn has_sent(
        &mut self,
        folder: &FolderName,
        message_id: &str,
    ) -> Result<SentAnswer, Failure> {
        let opened = self.look_again_into(folder).await?;
        if opened.messages == 0 || message_id.is_empty() {
            return Ok(SentAnswer::NotThere);
        }
        let from = opened.messages.saturating_sub(NEWEST - 1).max(1);
        let mut there = false;
        let state = self
            .run(format!("FETCH {from}:* {NAMES}"), |said| {
                if let Said::Fetch(told) = said {
                    there |= told.header.as_deref().is_some_and(|header| names(header, message_id));
                }
            })
            .await?;
        self.must_or_nothing(state)?;
        Ok(if there { SentAnswer::There } else { SentAnswer::NotThere })
    }

    /// Puts a message into the folder, as read. To be called where it is not there for certain.
    pub(in crate::sync) async fn append(&mut self, folder: &FolderName, bytes: &[u8]) -> Result<SentAnswer, Failure> {
        let name = utf7::decode(&folder.wire);
        let said = Command::from("APPEND")
            .with(&folder.wire)
            .ok_or_else(|| Failure::lasting(FailureKind::Refused, &name, "a name that cannot be written"))?;
        let state = self.run(said.and(" (\\Seen)").with_message(bytes), |_| {}).await?;
        if state.verdict == Verdict::Ok {
            return Ok(SentAnswer::There);
        }
        if refusal::says_it_keeps_it(&state) {
            return Ok(SentAnswer::ServerKeeps);
        }
        let failure = refusal::of_a_command(&state, self.host());
        if failure.kind != FailureKind::Refused {
            return Err(failure);
        }
        // In its own words, with the code, which alone may say why.
        let about = Failure::passing(FailureKind::Refused, &name, &state.whole());
        Err(Failure { remedy: failure.remedy, ..about })
    }
}

/// True if one of the fields in these lines holds exactly this id.
fn names(header: &[u8], message_id: &str) -> bool {
    let text = String::from_utf8_lossy(header);
    let mut ids = text.split('<').skip(1).filter_map(|rest| rest.split_once('>'));
    ids.any(|(id, _)| id.chars().filter(|c| !c.is_whitespace()).eq(message_id.chars()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_found_in_either_field_and_folded() {
        let header = b"Message-ID: <tencent_1@qq.com>\r\nX-OQ-MSGID:\r\n\t<a.b\r\n @example.com>\r\n\r\n";
        assert!(names(header, "tencent_1@qq.com") && names(header, "a.b@example.com"));
        assert!(!names(header, "b@example.com") && !names(b"", "x") && !names(b"Message-ID: <", ""));
    }
}
