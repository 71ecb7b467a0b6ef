//! Mail that came: it is told of once, also over restarts (a mark in the store says up to which number everything is
//! told), and fetched before anybody asks for it.

use super::{Engine, Report, Visit};
use crate::model::{Arrivals, Failure, FolderId, NewMail, Role, Timestamp, clock};
use crate::store::MailWrite;
use crate::sync::BodyRequest;

/// What is older than this, in seconds, is no news: it was moved here, or nobody looked for days.
const NEWS: i64 = 86_400;
/// Messages of which sender and subject are told; of the others only that they are there.
const TOLD: usize = 20;

impl Engine {
    /// Tells what came into a folder that was just looked at. `whole`: everything in it is known; the first time that this
    /// is so, all of it counts as told.
    pub(super) async fn note_arrivals(
        &mut self,
        visit: &mut Visit,
        folder: FolderId,
        whole: bool,
    ) -> Result<(), Failure> {
        let found = visit.folders.iter().find(|(id, _)| *id == folder).map(|(_, seen)| seen.clone());
        let Some(seen) = found else { return Ok(()) };
        // What lies there is our own, or was looked at before it went there.
        if matches!(seen.role, Some(Role::Sent | Role::Drafts | Role::Trash | Role::All | Role::Starred)) {
            return Ok(());
        }
        let stored = |error: crate::store::StoreError| error.failure();
        let since = Timestamp(clock::now().0 - NEWS);
        let untold = self.pass.reader.untold(folder, since, TOLD).map_err(stored)?;
        let begun = untold.told.is_some();
        if untold.told.is_some_and(|told| told >= untold.highest) || !(begun || whole) {
            return Ok(());
        }
        // First the mark: what is lost between the two is not told, and nothing is told twice.
        let write = MailWrite::Told { folder, uid: untold.highest };
        self.pass.mail.commit(write).await.map_err(stored)?;
        if begun && untold.count > 0 {
            let newest = untold.newest.into_iter().map(|row| NewMail {
                from: row.from,
                subject: row.subject,
                arrival: row.arrival,
            });
            let _ = self.reports.send(Report::Arrived(Arrivals {
                account: self.pass.account,
                folder,
                name: seen.decoded.as_str().into(),
                delimiter: seen.name.delimiter,
                role: seen.role,
                count: untold.count,
                newest: newest.collect(),
            }));
        }
        Ok(())
    }

    /// Fetches the newest unread messages of the inbox before anybody asks for them, and what nobody can ask for later.
    pub(super) fn fetch_ahead(&self, visit: &Visit, folder: FolderId) {
        // While it can be had.
        if let Ok(aging) = self.pass.aging(folder, self.ahead_size)
            && !aging.is_empty()
        {
            let _ = self.bodies.send(BodyRequest::Ahead(aging));
        }
        if visit.inbox() != Some(folder) || self.ahead == 0 {
            return;
        }
        if let Ok(wishes) = self.pass.reader.unread_without_body(folder, self.ahead_size, self.ahead)
            && !wishes.is_empty()
        {
            let _ = self.bodies.send(BodyRequest::Ahead(wishes));
        }
    }
}
