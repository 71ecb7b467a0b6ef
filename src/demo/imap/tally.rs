//! What went over the lines, counted where it goes.

use std::sync::atomic::{AtomicU64, Ordering};

/// What all connections of a server sent and received so far. TLS is not counted, compression is.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Traffic {
    /// Connections that were ever made.
    pub connections: u64,
    /// Bytes from clients.
    pub received: u64,
    /// Bytes to clients.
    pub sent: u64,
    /// Commands that were read whole; DONE is part of its IDLE.
    pub commands: u64,
}

/// Shared by all sessions; each number only grows.
#[derive(Default, Debug)]
pub(super) struct Tally {
    pub(super) connections: AtomicU64,
    pub(super) received: AtomicU64,
    pub(super) sent: AtomicU64,
    pub(super) commands: AtomicU64,
}

pub(super) fn count(of: &AtomicU64, more: usize) {
    of.fetch_add(u64::try_from(more).unwrap_or(0), Ordering::Relaxed);
}

impl Tally {
    pub(super) fn total(&self) -> Traffic {
        let read = |of: &AtomicU64| of.load(Ordering::Relaxed);
        Traffic {
            connections: read(&self.connections),
            received: read(&self.received),
            sent: read(&self.sent),
            commands: read(&self.commands),
        }
    }
}
