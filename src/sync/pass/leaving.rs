//! Messages that leave a folder: taken away, or kept because they only became too old for a server with a window.

use std::collections::HashSet;

use crate::model::{Failure, FolderId, PlacementId, Role, Timestamp, clock};
use crate::store::{MailWrite, Placed, Whereabouts};
use crate::sync::plan::aged;

use super::{Pass, stored};

/// Seconds after which a message comes near the end of a window, which is 30 days at the shortest, and how many such
/// messages are fetched after one look at their folder.
const AGING: i64 = 20 * 86_400;
const AGING_AT_ONCE: usize = 200;

impl Pass {
    /// What is about to become too old for the server and was not fetched yet, the oldest first; larger messages are left
    /// out. Nothing where there is no window.
    pub fn aging(&self, folder: FolderId, largest: u64) -> Result<Vec<Whereabouts>, Failure> {
        if !self.has_window(folder)? {
            return Ok(Vec::new());
        }
        let before = Timestamp(clock::now().0 - AGING);
        stored(self.reader.old_without_body(folder, before, largest, AGING_AT_ONCE))
    }

    /// The server lists these numbers no more, or told that they left; whoever says so is believed.
    pub(super) async fn remove(&mut self, folder: FolderId, mut gone: Vec<u32>, on_server: u64) -> Result<(), Failure> {
        if gone.is_empty() {
            return Ok(());
        }
        if self.has_window(folder)? {
            let numbers: HashSet<u32> = gone.iter().copied().collect();
            let is_gone = |message: &Placed| message.uid.is_some_and(|uid| numbers.contains(&uid));
            let (leaving, listed) = self.divided(folder, is_gone)?;
            let kept: HashSet<PlacementId> = aged(&leaving, &listed, clock::now()).into_iter().collect();
            let of_kept = leaving.iter().filter(|message| kept.contains(&message.placement));
            let kept_numbers: HashSet<u32> = of_kept.filter_map(|message| message.uid).collect();
            gone.retain(|uid| !kept_numbers.contains(uid));
            self.keep(folder, kept.into_iter().collect(), on_server).await?;
        }
        if gone.is_empty() {
            return Ok(());
        }
        stored(self.mail.commit(MailWrite::Expunged { folder, uids: gone, on_server }).await).map(|_| ())
    }

    /// At a folder that is in step: what is left from before its numbers changed goes when that is written down, except
    /// for what became too old meanwhile.
    pub(super) async fn keep_left_over(&mut self, folder: FolderId, on_server: u64) -> Result<(), Failure> {
        if !(self.window && stored(self.reader.has_left_over(folder))? && self.has_window(folder)?) {
            return Ok(());
        }
        let (left, listed) = self.divided(folder, |message| message.uid.is_none())?;
        self.keep(folder, aged(&left, &listed, clock::now()), on_server).await
    }

    async fn keep(&mut self, folder: FolderId, placements: Vec<PlacementId>, on_server: u64) -> Result<(), Failure> {
        if placements.is_empty() {
            return Ok(());
        }
        stored(self.mail.commit(MailWrite::Aged { folder, placements, on_server }).await).map(|_| ())
    }

    /// What is thrown away leaves for good: servers empty these folders of what is old.
    fn has_window(&self, folder: FolderId) -> Result<bool, Failure> {
        Ok(self.window && !matches!(stored(self.reader.role(folder))?, Some(Role::Junk | Role::Trash)))
    }

    fn divided(
        &self,
        folder: FolderId,
        leaves: impl FnMut(&Placed) -> bool,
    ) -> Result<(Vec<Placed>, Vec<Placed>), Failure> {
        Ok(stored(self.reader.placed(folder))?.into_iter().partition(leaves))
    }
}
