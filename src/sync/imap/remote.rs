//! An IMAP session as a remote.

use std::time::Duration;

use super::news::News;
use super::session::Session;
use crate::model::{Abilities, Failure, Flags, FolderName};
use crate::store::{FolderSeen, Outcome, Want, Whole};
use crate::sync::remote::Glance;
use crate::sync::{Opened, Remote, Sink, Span};

impl Remote for Session {
    fn abilities(&self) -> Abilities {
        Session::abilities(self)
    }

    async fn folders(&mut self) -> Result<Vec<FolderSeen>, Failure> {
        self.list().await
    }

    async fn open(&mut self, folder: &FolderName) -> Result<Opened, Failure> {
        self.select(folder, false).await
    }

    async fn headers<S: Sink>(&mut self, of: Span<'_>, into: &mut S) -> Result<(), Failure> {
        Session::headers(self, of, into).await
    }

    async fn enumerate(&mut self) -> Result<Vec<(u32, Flags)>, Failure> {
        Session::enumerate(self).await
    }

    async fn bodies(&mut self, uids: &[u32]) -> Result<Vec<(u32, Whole)>, Failure> {
        Session::bodies(self, uids).await
    }

    async fn push(&mut self, wants: &[Want]) -> Result<Vec<(Want, Outcome)>, Failure> {
        Session::push(self, wants).await
    }

    fn count(&self) -> u64 {
        self.selected.as_ref().map_or(0, |selected| u64::try_from(selected.uids.len()).unwrap_or(u64::MAX))
    }

    fn open_now(&self, folder: &FolderName) -> Option<u32> {
        self.selected
            .as_ref()
            .filter(|selected| selected.wire == folder.wire && !selected.read_only)
            .map(|selected| selected.uidvalidity)
    }

    fn news(&mut self) -> News {
        Session::news(self)
    }

    async fn wait(&mut self, at_most: Duration, wake: impl Future<Output = ()> + Send) -> Result<(), Failure> {
        self.wait_for_news(at_most, wake).await
    }

    async fn glance(&mut self, folder: &FolderName) -> Result<Glance, Failure> {
        self.status(folder).await
    }
}

impl Session {
    /// Looks into a folder without the right to change it; for the connection that only reads.
    pub async fn look_into(&mut self, folder: &FolderName) -> Result<Opened, Failure> {
        if let Some(selected) = &self.selected
            && selected.wire == folder.wire
            && selected.read_only
        {
            let messages = u64::try_from(selected.uids.len()).unwrap_or(u64::MAX);
            return Ok(Opened { uidvalidity: selected.uidvalidity, messages });
        }
        self.select(folder, true).await
    }
}
