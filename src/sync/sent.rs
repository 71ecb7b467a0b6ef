//! Errands about the copies of sent mail, done on the connection that there is: an account has two at most, and whoever
//! sends mail makes no third one.

use tokio::sync::oneshot;

use super::bodies::broken;
use super::imap::Session;
use crate::model::{Failure, FailureKind, FolderName};

/// What somebody wants of the folder for sent mail.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum SentQuestion {
    /// Is a message of this Message-ID there?
    IsThere { message_id: String },
    /// Put this one there, unless it is.
    Put { message_id: String, bytes: Vec<u8> },
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SentAnswer {
    /// It is there now.
    There,
    NotThere,
    /// The server says that it keeps a copy by itself.
    ServerKeeps,
}

#[derive(Debug)]
pub struct SentErrand {
    pub question: SentQuestion,
    pub reply: oneshot::Sender<Result<SentAnswer, Failure>>,
}

impl SentErrand {
    /// Fails only if the connection is of no use any more.
    pub(super) async fn run(self, remote: &mut Session, folder: Option<&FolderName>) -> Result<(), Failure> {
        // Whoever asked may have gone on.
        if self.reply.is_closed() {
            return Ok(());
        }
        let answer = remote.about_sent(folder, &self.question).await;
        let ended = answer.as_ref().err().filter(|failure| broken(failure)).cloned();
        let _ = self.reply.send(answer);
        ended.map_or(Ok(()), Err)
    }
}

impl Session {
    /// Answers it on this connection. Another folder may be open afterwards.
    pub async fn about_sent(
        &mut self,
        folder: Option<&FolderName>,
        question: &SentQuestion,
    ) -> Result<SentAnswer, Failure> {
        let Some(folder) = folder else {
            let said = "there is no folder for sent mail on the server";
            return match question {
                SentQuestion::IsThere { .. } => Ok(SentAnswer::NotThere),
                SentQuestion::Put { .. } => Err(Failure::lasting(FailureKind::Refused, "", said)),
            };
        };
        match question {
            SentQuestion::IsThere { message_id } => self.has_sent(folder, message_id).await,
            SentQuestion::Put { message_id, bytes } => match self.has_sent(folder, message_id).await? {
                SentAnswer::NotThere => self.append(folder, bytes).await,
                there => Ok(there),
            },
        }
    }
}
