//! Folders that the user makes, renames and deletes: done on the connection that there is, and answered.

use tokio::sync::oneshot;

use super::bodies::broken;
use super::imap::Session;
use super::pass::Pass;
use super::remote::Remote as _;
use crate::model::{Failure, FailureKind, FolderDeed, FolderId, FolderName};
use crate::store::{FolderSeen, MailWrite, OwnWrite};

#[derive(Debug)]
pub struct FolderErrand {
    pub deed: FolderDeed,
    pub reply: oneshot::Sender<Result<Option<FolderId>, Failure>>,
}

fn refused(name: &str, said: &str) -> Failure {
    Failure { retry: crate::model::Retry::AfterUser, ..Failure::passing(FailureKind::Refused, name, said) }
}

impl FolderErrand {
    /// Answers the folders as they are now; fails only if the connection is of no use any more.
    pub(super) async fn run(
        self,
        pass: &mut Pass,
        remote: &mut Session,
    ) -> Result<Option<Vec<(FolderId, FolderSeen)>>, Failure> {
        if self.reply.is_closed() {
            return Ok(None);
        }
        let done = pass.folder_deed(remote, &self.deed).await;
        let ended = done.as_ref().err().filter(|failure| broken(failure)).cloned();
        let folders = done.as_ref().ok().map(|(_, folders)| folders.clone());
        let _ = self.reply.send(done.map(|(id, _)| id));
        ended.map_or(Ok(folders), Err)
    }
}

type Listed = Vec<(FolderId, FolderSeen)>;

impl Pass {
    /// Does it on the server, and then takes over the list of folders. Answers the folder that was made or renamed.
    pub async fn folder_deed(
        &mut self,
        remote: &mut Session,
        deed: &FolderDeed,
    ) -> Result<(Option<FolderId>, Listed), Failure> {
        let wire = match deed {
            FolderDeed::Create { name, .. } => {
                let wire = remote.make_folder(name).await?;
                Some((wire, name.clone()))
            }
            FolderDeed::Rename { folder, name } => {
                let from = self.name_of(*folder)?;
                self.leave(remote, &from).await?;
                let wire = remote.rename_folder(&from, name).await?;
                self.renamed(&from, &wire).await?;
                Some((wire, name.clone()))
            }
            FolderDeed::Delete { folder } | FolderDeed::DeleteWithMail { folder } => {
                let name = self.name_of(*folder)?;
                let opened = remote.look_again_into(&name).await?;
                if opened.messages > 0 && matches!(deed, FolderDeed::Delete { .. }) {
                    let said = format!("there are {} messages in it", opened.messages);
                    return Err(refused(&String::from_utf8_lossy(&name.wire), &said));
                }
                self.leave(remote, &name).await?;
                remote.delete_folder(&name).await?;
                None
            }
        };
        let folders = self.folders(remote).await?;
        let Some((wire, name)) = wire else { return Ok((None, folders)) };
        match folders.iter().find(|(_, seen)| seen.name.wire == wire || seen.decoded == name).map(|(id, _)| *id) {
            Some(id) => Ok((Some(id), folders)),
            // Some servers say OK and do nothing.
            None => Err(refused(&name, "the server agreed, and the folder is not there")),
        }
    }

    fn name_of(&self, folder: FolderId) -> Result<FolderName, Failure> {
        let name = self.reader.folder_name(folder).map_err(|error| error.failure())?;
        name.ok_or_else(|| Failure::passing(FailureKind::Gone, "", ""))
    }

    /// A folder that is open is not renamed or deleted everywhere.
    async fn leave(&mut self, remote: &mut Session, folder: &FolderName) -> Result<(), Failure> {
        if remote.is_looking_into(folder) || remote.open_now(folder).is_some() {
            remote.look_again_into(&FolderName { wire: b"INBOX".to_vec(), delimiter: None }).await?;
        }
        Ok(())
    }

    /// What is kept of the folder, and of those in it, and what is wanted there, goes on under the new name.
    async fn renamed(&mut self, from: &FolderName, to: &[u8]) -> Result<(), Failure> {
        let delimiter = from.delimiter.map(String::from).unwrap_or_default().into_bytes();
        let (from, to) = (from.wire.clone(), to.to_vec());
        let write = OwnWrite::FolderRenamed {
            account: self.name.clone(),
            from: from.clone(),
            to: to.clone(),
            delimiter: delimiter.clone(),
        };
        self.own.commit(write).await.map_err(|error| error.failure())?;
        let write = MailWrite::FolderRenamed { account: self.account, from, to, delimiter };
        self.mail.commit(write).await.map(|_| ()).map_err(|error| error.failure())
    }
}
