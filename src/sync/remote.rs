//! What a place that keeps mail can be asked.

use std::time::Duration;

use crate::model::{Abilities, Failure, Flags, FolderName};
use crate::store::{FolderSeen, Incoming, Mark, Outcome, Spot, Standing, Want, Whole};

use super::{Marked, News};

/// A folder that was just opened.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Opened {
    pub uidvalidity: u32,
    pub messages: u64,
    /// The server's count of changes; 0 if it does not count.
    pub modseq: u64,
    /// Everything that changed since our standing is in [`Remote::news`].
    pub told: bool,
    /// What stands for the spots of our standing, where it was asked for.
    pub spots: Option<Vec<Spot>>,
}

/// How a folder looks without fetching it.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Survey {
    /// The newest messages: number and flags, ascending.
    pub newest: Vec<(u32, Flags)>,
    /// For each list that was asked for; `None` if the server would not tell.
    pub lists: Option<Vec<Marked>>,
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
    /// What stands at these places; 1 is the first.
    Places(&'a [u32]),
}

/// Where messages go while they are still coming in.
pub trait Sink: Send {
    fn take(&mut self, batch: Vec<Incoming>) -> impl Future<Output = Result<(), Failure>> + Send;

    /// Of a fetch that goes from the newest to the oldest: nothing from this number upwards is missing.
    fn whole_from(&mut self, _uid: u32) -> impl Future<Output = Result<(), Failure>> + Send {
        std::future::ready(Ok(()))
    }

    /// Whether to go on asking: false if there is something more urgent.
    fn go_on(&mut self) -> bool {
        true
    }
}

/// What became of messages that the server was told to put into another folder.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Placing {
    /// They are there. Which number became which, where the server told, and under which validity.
    Done { uidvalidity: u32, numbers: Vec<(u32, u32)> },
    /// The same, but they did not leave the open folder, from which they were to be moved.
    Left { uidvalidity: u32, numbers: Vec<(u32, u32)> },
    /// The server said that it moved them, they are still here, and nobody knows whether they are there too.
    Doubtful,
    /// It says that it can move, and does not.
    CannotMove,
    /// There is no such folder.
    NoTarget,
    /// The mailbox is full.
    Full,
    /// Not now.
    Later,
    /// In these words.
    Refused(String),
}

/// Every method works on the folder that was opened last. None of them changes anything on the other side, except
/// [`Remote::push`] and what puts messages elsewhere: reading is peeking.
pub trait Remote: Send {
    fn abilities(&self) -> Abilities;

    /// All folders.
    fn folders(&mut self) -> impl Future<Output = Result<Vec<FolderSeen>, Failure>> + Send;

    /// Opens a folder of which we know so much already.
    fn open(
        &mut self,
        folder: &FolderName,
        standing: &Standing,
    ) -> impl Future<Output = Result<Opened, Failure>> + Send;

    /// Fetches what list rows are made of. False if the sink did not want to go on before everything was there.
    fn headers<S: Sink>(&mut self, of: Span<'_>, into: &mut S) -> impl Future<Output = Result<bool, Failure>> + Send;

    /// The number and flags of every message, ascending.
    fn enumerate(&mut self) -> impl Future<Output = Result<Vec<(u32, Flags)>, Failure>> + Send;

    /// The number of every message, ascending; `None` if the server would not tell.
    fn uids(&mut self) -> impl Future<Output = Result<Option<Vec<u32>>, Failure>> + Send;

    /// Which numbers stand at these places (1 is the first), in no order.
    fn at_places(&mut self, places: &[u32]) -> impl Future<Output = Result<Vec<(u32, u32)>, Failure>> + Send;

    /// What these numbers stand for, and what the first message and the last one are; ascending.
    fn spots(&mut self, uids: &[u32]) -> impl Future<Output = Result<Vec<Spot>, Failure>> + Send;

    /// The flags of what changed since the server's count was this; `None` if it would not tell.
    fn changed_since(&mut self, modseq: u64)
    -> impl Future<Output = Result<Option<Vec<(u32, Flags)>>, Failure>> + Send;

    /// The flags of the newest messages, and of each list (flag, and whether it holds those that have it).
    fn survey(
        &mut self,
        newest: usize,
        lists: &[(Flags, bool)],
    ) -> impl Future<Output = Result<Survey, Failure>> + Send;

    /// The open folder holds exactly these, in this order.
    fn holds(&mut self, uids: &[u32]);

    /// Numbers greater than this one, by a question that some servers answer sooner than they tell of new messages.
    fn above(&mut self, uid: u32) -> impl Future<Output = Result<Vec<u32>, Failure>> + Send;

    /// Whole messages. Those that are gone are left out, and so is what has the number of one and is another message.
    fn bodies(&mut self, of: &[Spot]) -> impl Future<Output = Result<Vec<(u32, Whole)>, Failure>> + Send;

    /// Makes it so, for wants of the open folder, and says how each ended.
    fn push(&mut self, wants: &[Want]) -> impl Future<Output = Result<Vec<(Want, Outcome)>, Failure>> + Send;

    /// The greatest number that a folder has, without opening it; `None` if the server would not tell.
    fn mark(&mut self, _folder: &FolderName) -> impl Future<Output = Result<Option<Mark>, Failure>> + Send {
        std::future::ready(Ok(None))
    }

    /// Puts messages of the open folder into another one: only there, or there too. Says of which it became what.
    fn place(
        &mut self,
        _uids: &[u32],
        _to: &FolderName,
        _moves: bool,
    ) -> impl Future<Output = Result<Vec<(Vec<u32>, Placing)>, Failure>> + Send {
        std::future::ready(Ok(Vec::new()))
    }

    /// Marks messages of the open folder as deleted. Answers those of which the server agreed.
    fn mark_deleted(&mut self, _uids: &[u32]) -> impl Future<Output = Result<Vec<u32>, Failure>> + Send {
        std::future::ready(Ok(Vec::new()))
    }

    /// Removes these of what is marked as deleted, and nothing else. Answers those of which the server agreed.
    fn expunge(&mut self, _uids: &[u32]) -> impl Future<Output = Result<Vec<u32>, Failure>> + Send {
        std::future::ready(Ok(Vec::new()))
    }

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

    /// For folders that are not open: how many messages and unread ones, and the next number, if it tells. `None` for
    /// one that it would not look at.
    fn glances(&mut self, folders: &[FolderName]) -> impl Future<Output = Result<Vec<Option<Glance>>, Failure>> + Send;
}

/// A folder seen from outside.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Glance {
    pub messages: Option<u32>,
    pub unseen: Option<u32>,
    pub uid_next: Option<u32>,
    pub uidvalidity: Option<u32>,
}
