//! An IMAP session as a remote.

use std::time::Duration;

use super::news::News;
use super::session::Session;
use crate::model::{Abilities, Failure, FailureKind, Flags, FolderName, Quirk};
use crate::store::{FolderSeen, Mark, Outcome, Spot, Standing, Want, Whole};
use crate::sync::remote::Glance;
use crate::sync::{Opened, Placing, Remote, Sink, Span, Survey};

impl Remote for Session {
    fn abilities(&self) -> Abilities {
        let abilities = Session::abilities(self);
        Abilities { r#move: abilities.r#move && !self.quirks.has(Quirk::NoMove), ..abilities }
    }

    async fn folders(&mut self) -> Result<Vec<FolderSeen>, Failure> {
        self.list().await
    }

    async fn open(&mut self, folder: &FolderName, standing: &Standing) -> Result<Opened, Failure> {
        self.select(folder, standing, false).await
    }

    async fn headers<S: Sink>(&mut self, of: Span<'_>, into: &mut S) -> Result<bool, Failure> {
        Session::headers(self, of, into).await
    }

    async fn enumerate(&mut self) -> Result<Vec<(u32, Flags)>, Failure> {
        Session::enumerate(self).await
    }

    async fn uids(&mut self) -> Result<Option<Vec<u32>>, Failure> {
        self.every_uid().await
    }

    async fn at_places(&mut self, places: &[u32]) -> Result<Vec<(u32, u32)>, Failure> {
        self.uids_at(places).await
    }

    async fn spots(&mut self, uids: &[u32]) -> Result<Vec<Spot>, Failure> {
        self.spots_and_ends(uids).await
    }

    async fn changed_since(&mut self, modseq: u64) -> Result<Option<Vec<(u32, Flags)>>, Failure> {
        self.flags_since(modseq).await
    }

    async fn survey(&mut self, newest: usize, lists: &[(Flags, bool)]) -> Result<Survey, Failure> {
        self.look_over(newest, lists).await
    }

    fn holds(&mut self, uids: &[u32]) {
        // Whoever came or went meanwhile is told of; until then the places are those that we know.
        if let Some(selected) = &mut self.selected
            && selected.uids.len() == uids.len()
        {
            selected.uids.copy_from_slice(uids);
        }
    }

    async fn above(&mut self, uid: u32) -> Result<Vec<u32>, Failure> {
        self.uids_above(uid).await
    }

    async fn bodies(&mut self, of: &[Spot]) -> Result<Vec<(u32, Whole)>, Failure> {
        Session::bodies(self, of).await
    }

    async fn push(&mut self, wants: &[Want]) -> Result<Vec<(Want, Outcome)>, Failure> {
        Session::push(self, wants).await
    }

    async fn mark(&mut self, folder: &FolderName) -> Result<Option<Mark>, Failure> {
        self.highest_in(folder).await
    }

    async fn place(&mut self, uids: &[u32], to: &FolderName, moves: bool) -> Result<Vec<(Vec<u32>, Placing)>, Failure> {
        self.put_into(uids, to, moves).await
    }

    async fn mark_deleted(&mut self, uids: &[u32]) -> Result<Vec<u32>, Failure> {
        self.flag_as_deleted(uids).await
    }

    async fn expunge(&mut self, uids: &[u32]) -> Result<Vec<u32>, Failure> {
        self.expunge_only(uids).await
    }

    fn count(&self) -> u64 {
        self.selected.as_ref().map_or(0, |selected| u64::try_from(selected.uids.len()).unwrap_or(u64::MAX))
    }

    fn open_now(&self, folder: &FolderName) -> Option<u32> {
        // What was opened before anybody asked was not looked at yet.
        self.selected
            .as_ref()
            .filter(|_| self.ready.opened.is_none())
            .filter(|selected| selected.wire == folder.wire && !selected.read_only)
            .map(|selected| selected.uidvalidity)
    }

    fn news(&mut self) -> News {
        Session::news(self)
    }

    async fn wait(&mut self, at_most: Duration, wake: impl Future<Output = ()> + Send) -> Result<(), Failure> {
        self.wait_for_news(at_most, wake).await
    }

    async fn glances(&mut self, folders: &[FolderName]) -> Result<Vec<Option<Glance>>, Failure> {
        self.statuses(folders).await
    }
}

impl Session {
    /// Looks into a folder, without the right to change it unless it is open already.
    pub async fn look_into(&mut self, folder: &FolderName) -> Result<Opened, Failure> {
        if let Some(selected) = &self.selected
            && selected.wire == folder.wire
            && self.ready.opened.is_none()
        {
            let messages = u64::try_from(selected.uids.len()).unwrap_or(u64::MAX);
            return Ok(Opened { uidvalidity: selected.uidvalidity, messages, ..Opened::default() });
        }
        self.select(folder, &Standing::default(), true).await
    }

    /// True if it is open already, and was looked at.
    pub fn is_looking_into(&self, folder: &FolderName) -> bool {
        self.ready.opened.is_none() && self.selected.as_ref().is_some_and(|selected| selected.wire == folder.wire)
    }

    /// Opens it for a look, whether it is open or not.
    pub async fn look_again_into(&mut self, folder: &FolderName) -> Result<Opened, Failure> {
        self.select(folder, &Standing::default(), true).await
    }

    /// The way there takes its time.
    pub fn is_far(&self) -> bool {
        self.far
    }

    /// Whether anybody is there still. A line that fails this is of no use any more.
    pub async fn answers_within(&mut self, at_most: Duration) -> Result<(), Failure> {
        // The words of the answer do not matter.
        let asked = tokio::time::timeout(at_most, self.run("NOOP", |_| {})).await;
        asked.unwrap_or_else(|_| Err(Failure::passing(FailureKind::TimedOut, self.host(), ""))).map(|_| ())
    }
}
