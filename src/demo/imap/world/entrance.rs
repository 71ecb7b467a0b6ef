//! Who comes, logs in and leaves.

use std::sync::Arc;

use tokio::sync::{Notify, oneshot};
use tokio::time::Instant;

use super::{Told, Viewer, World};

impl World {
    /// Somebody connects; sending on `cut` ends the connection.
    pub(in super::super) fn arrive(&mut self, session: u64, bell: Arc<Notify>, cut: oneshot::Sender<()>) {
        let viewer = Viewer {
            bell,
            cut: Some(cut),
            since: Instant::now(),
            logged_in: false,
            selected: None,
            told: Told::default(),
        };
        self.viewers.insert(session, viewer);
    }

    pub(in super::super) fn leave(&mut self, session: u64) {
        self.viewers.remove(&session);
    }

    /// How many connections there are.
    pub(in crate::demo) fn connections(&self) -> usize {
        self.viewers.len()
    }

    pub(in super::super) fn log_in(&mut self, session: u64, user: &[u8], password: &[u8]) -> bool {
        self.enter(session, user, password == self.password.expose().as_bytes())
    }

    pub(in super::super) fn log_in_by_token(&mut self, session: u64, user: &[u8], token: &[u8]) -> bool {
        let right = self.token.as_ref().is_some_and(|known| known.expose().as_bytes() == token);
        self.enter(session, user, right)
    }

    /// Whether somebody who hands mail over is who they say.
    pub(in crate::demo) fn knows(&self, user: &[u8], secret: &[u8], token: bool) -> bool {
        let known = if token { self.token.as_ref() } else { Some(&self.password) };
        let right = known.is_some_and(|known| known.expose().as_bytes() == secret);
        right && !self.refuse_logins && String::from_utf8_lossy(user).eq_ignore_ascii_case(&self.address)
    }

    fn enter(&mut self, session: u64, user: &[u8], right: bool) -> bool {
        self.tried += 1;
        let right = right && String::from_utf8_lossy(user).eq_ignore_ascii_case(&self.address);
        let limits = self.personality.limits;
        if let Some((most, within)) = limits.login_rate {
            self.logins.retain(|at| at.elapsed() < within);
            self.logins.push_back(Instant::now());
            if self.logins.len() > most {
                return false;
            }
        }
        if self.refuse_logins || !right {
            return false;
        }
        let alone = !self.viewers.values().any(|v| v.logged_in);
        if alone && self.personality.numbers.reshuffles {
            let names: Vec<String> = self.folders.iter().map(|f| f.name.clone()).collect();
            for name in names {
                self.renumber(&name, false);
            }
        }
        if let Some(viewer) = self.viewers.get_mut(&session) {
            viewer.logged_in = true;
        }
        if let Some(most) = limits.logins {
            self.cut_oldest(most);
        }
        true
    }

    /// Leaves the newest logins alone.
    fn cut_oldest(&mut self, most: usize) {
        let mut inside: Vec<u64> = self.viewers.iter().filter(|(_, v)| v.logged_in).map(|(id, _)| *id).collect();
        inside.sort_unstable();
        inside.truncate(inside.len().saturating_sub(most));
        for session in inside {
            let cut = self.viewers.get_mut(&session).and_then(|viewer| {
                viewer.logged_in = false;
                viewer.cut.take()
            });
            if let Some(cut) = cut {
                let _ = cut.send(());
            }
        }
    }
}
