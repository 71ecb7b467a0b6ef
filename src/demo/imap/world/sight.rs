//! What of a folder can be seen: servers show new mail late, in one way before the other, or not all of it.

use std::time::Duration;

use tokio::time::Instant;

use super::super::personality::Visibility;
use super::{Folder, Held, Timestamp, World};

impl World {
    /// True if who selects the folder now finds the message in it.
    fn is_shown(&self, folder: &Folder, message: &Held, session: u64) -> bool {
        let in_window = self.personality.limits.window_days.is_none_or(|days| {
            let oldest = Timestamp(self.now().0 - i64::from(days) * 24 * 3600);
            folder.name != "INBOX" || message.arrived >= oldest
        });
        let visibility = self.personality.visibility;
        in_window && self.has_come(message, session, visibility, selected_after(visibility, message.uid))
    }

    fn has_come(&self, message: &Held, session: u64, visibility: Visibility, after: Duration) -> bool {
        let Some(came) = message.came else { return true };
        let connected = self.viewers.get(&session).map(|v| v.since);
        let stale = connected.zip(visibility.stale_after).is_some_and(|(since, after)| came >= since + after);
        !stale && came.elapsed() >= after
    }

    /// What SELECT and STATUS count, and the UID that they expect next.
    pub(super) fn shown<'a>(&self, folder: &'a Folder, session: u64) -> (Vec<&'a Held>, u32) {
        let shown: Vec<&Held> = folder.messages.iter().filter(|m| self.is_shown(folder, m, session)).collect();
        // Nothing after the first one that is still on its way.
        let visibility = self.personality.visibility;
        let late = |m: &&Held| !self.has_come(m, session, visibility, selected_after(visibility, m.uid));
        let next = folder.messages.iter().find(late).map_or(folder.next_uid, |m| m.uid);
        (shown.into_iter().take_while(|m| m.uid < next).collect(), next)
    }

    /// What only a search sees, of the messages behind those that the session was told of.
    pub(super) fn searchable<'a>(&self, folder: &'a Folder, session: u64, next_uid: u32) -> Vec<&'a Held> {
        let visibility = self.personality.visibility;
        if visibility.told {
            return Vec::new();
        }
        let behind = folder.messages.iter().filter(|m| m.uid >= next_uid);
        behind.filter(|m| self.has_come(m, session, visibility, visibility.by_search)).collect()
    }

    /// True for a copy of sent mail that the server has not put in order yet.
    pub(super) fn is_unsettled(&self, folder: &Folder, message: &Held) -> bool {
        let came: Option<Instant> = message.came.filter(|_| folder.role == Some("\\Sent"));
        came.is_some_and(|came| came.elapsed() < self.personality.sent.settles_after)
    }

    /// How many messages too many the server counts in a folder.
    pub(super) fn surplus(&self, folder: &Folder) -> usize {
        let unsettled = folder.messages.iter().any(|m| self.is_unsettled(folder, m));
        if unsettled { self.personality.sent.surplus } else { 0 }
    }
}

/// Not the same for every message, and always the same for one.
fn selected_after(visibility: Visibility, uid: u32) -> Duration {
    let (from, to) = visibility.by_select;
    from + to.saturating_sub(from) * (uid.wrapping_mul(2_654_435_761) >> 24) / 256
}
