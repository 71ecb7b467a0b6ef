//! For the second hongyan on a profile, which only looks: notices that the first one has written.

use std::time::Duration;

use tokio::sync::mpsc;

use super::inbox::Input;
use crate::model::Changed;
use crate::store::{OwnReader, Reader};

const LOOK: Duration = Duration::from_millis(500);

/// Reports every commit of the other program as a change of everything. Ends with the loop.
pub(super) async fn watch(reader: Reader, own: Option<OwnReader>, inbox: mpsc::UnboundedSender<Input>) {
    let version = |own: &Option<OwnReader>| own.as_ref().and_then(|own| own.data_version().ok());
    let mut known = reader.data_version().ok();
    let mut known_own = version(&own);
    let mut ticks = tokio::time::interval(LOOK);
    loop {
        ticks.tick().await;
        let now = version(&own);
        if now != known_own {
            known_own = now;
            for change in [Changed::Drafts, Changed::Outbox] {
                if inbox.send(Input::Changed(change)).is_err() {
                    return;
                }
            }
        }
        let now = reader.data_version().ok();
        if now == known {
            continue;
        }
        known = now;
        let folders = reader.folders().unwrap_or_default();
        let changes = folders
            .into_iter()
            .flat_map(|folder| [Changed::Order(folder.id), Changed::Rows(folder.id)])
            .chain([Changed::Folders]);
        for change in changes {
            if inbox.send(Input::Changed(change)).is_err() {
                return;
            }
        }
    }
}
