//! What a place that keeps mail can be asked.

use std::time::Duration;

use crate::model::{Abilities, Failure, Flags, FolderName};
use crate::store::{FolderSeen, Incoming, Outcome, Want, Whole};

use super::News;

/// A folder that was just opened.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Opened {
    pub uidvalidity: u32,
    pub messages: u64,
}

/// Which messages of the open folder.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Span<'a> {
    /// By age: leave out the newest `skip`, then `count`.
    Newest { skip: usize, count: usize },
    /// Numbers greater than this one.
    Above(u32),
    /// These numbers.
    These(&'a [u32]),
}

/// Where messages go while they are still coming in.
pub trait Sink: Send {
    fn take(&mut self, batch: Vec<Incoming>) -> impl Future<Output = Result<(), Failure>> + Send;
}

/// Every method works on the folder that was opened last. None of them changes anything on the other side, except
/// [`Remote::push`]: reading is peeking.
pub trait Remote: Send {
    fn abilities(&self) -> Abilities;

    /// All folders.
    fn folders(&mut self) -> impl Future<Output = Result<Vec<FolderSeen>, Failure>> + Send;

    fn open(&mut self, folder: &FolderName) -> impl Future<Output = Result<Opened, Failure>> + Send;

    /// Fetches what list rows are made of, newest last within a batch.
    fn headers<S: Sink>(&mut self, of: Span<'_>, into: &mut S) -> impl Future<Output = Result<(), Failure>> + Send;

    /// The number and flags of every message, ascending.
    fn enumerate(&mut self) -> impl Future<Output = Result<Vec<(u32, Flags)>, Failure>> + Send;

    /// Whole messages. Those that are gone are left out.
    fn bodies(&mut self, uids: &[u32]) -> impl Future<Output = Result<Vec<(u32, Whole)>, Failure>> + Send;

    /// Makes it so, for wants of the open folder, and says how each ended.
    fn push(&mut self, wants: &[Want]) -> impl Future<Output = Result<Vec<(Want, Outcome)>, Failure>> + Send;

    /// How many messages the open folder has now, as far as is known.
    fn count(&self) -> u64;

    /// The `uidvalidity` of this folder, if it is the one that is open.
    fn open_now(&self, folder: &FolderName) -> Option<u32>;

    /// What was told by the way since the last call.
    fn news(&mut self) -> News;

    /// Returns when there is news, when `wake` is ready, or after `at_most`.
    fn wait(
        &mut self,
        at_most: Duration,
        wake: impl Future<Output = ()> + Send,
    ) -> impl Future<Output = Result<(), Failure>> + Send;

    /// For folders that are not open: how many messages and unread ones, and the next number, if it tells.
    fn glance(&mut self, folder: &FolderName) -> impl Future<Output = Result<Glance, Failure>> + Send;
}

/// A folder seen from outside.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Glance {
    pub messages: Option<u32>,
    pub unseen: Option<u32>,
    pub uid_next: Option<u32>,
    pub uidvalidity: Option<u32>,
}
