//! What went wrong, and what is worth telling: one row that never steals a key, and a history that keeps everything.

use std::collections::VecDeque;

use super::{Account, Done, Notice};
use crate::model::{AccountId, Failure, Moment, Retry, Status, Timestamp};

/// A notice goes away by itself.
const NOTICE_MS: u64 = 4000;
const KEPT: usize = 200;

/// What was tried when it failed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Undertaking {
    Reading,
    Saving,
    Listing,
    /// Making, renaming or removing a folder.
    Folders,
    Undoing,
    /// Something the shell did by itself.
    Other,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Happening {
    pub at: Timestamp,
    pub what: Happened,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Happened {
    Notice(Notice),
    Failed(Undertaking, Failure),
    Account(AccountId, Failure),
    Back(AccountId),
}

/// What the error row says now.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum ErrorRow<'a> {
    Notice(&'a Notice),
    Failed(Undertaking, &'a Failure),
    Account {
        account: &'a Account,
        failure: &'a Failure,
        /// Seconds until the next try.
        again_in: Option<u64>,
    },
}

#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub(crate) struct Troubles {
    notice: Option<(Notice, Moment)>,
    failed: Option<(Undertaking, Failure)>,
    /// Accounts whose trouble was seen and put away.
    dismissed: Vec<AccountId>,
    history: VecDeque<Happening>,
}

impl Troubles {
    pub(crate) fn notice(&mut self, notice: Notice, now: Timestamp, moment: Moment) {
        if let Notice::Failed(failure) = notice {
            self.failed(Undertaking::Other, failure, now);
            return;
        }
        let passing = match &notice {
            // Answers to a key that was just pressed; nobody looks them up later.
            Notice::InputMethod
            | Notice::ReadOnly
            | Notice::NothingUnread
            | Notice::GoneElsewhere
            | Notice::NoSuchFolder(_)
            | Notice::NoOtherFolder
            | Notice::NoMessage
            | Notice::Mouse(_)
            | Notice::SyncStarted
            | Notice::NoSetUp
            | Notice::OfProgram
            | Notice::NewSecret
            | Notice::OneForm
            | Notice::NoQuotes
            | Notice::NoLinks
            | Notice::NoLinkOf(_)
            | Notice::NoFiles
            | Notice::NothingToCopy(_)
            | Notice::NoUnsubscribe
            | Notice::NoInvoices
            | Notice::LinkRefused(_)
            | Notice::Charset(_)
            | Notice::NotFound(_)
            | Notice::Command(_)
            | Notice::Program(_)
            | Notice::Doubtful(_)
            | Notice::Draft(_)
            | Notice::Triage(_)
            | Notice::Outbox(_)
            | Notice::Done(Done::Opened | Done::Copied { .. }) => true,
            Notice::Done(Done::Saved { .. } | Done::Piped(_) | Done::Unsubscribed { .. })
            | Notice::Deed(_)
            | Notice::NewMailCommand(_)
            | Notice::Keymap(_)
            | Notice::Said(_)
            | Notice::Failed(_) => false,
        };
        if !passing {
            self.remember(now, Happened::Notice(notice.clone()));
        }
        self.notice = Some((notice, moment.plus(NOTICE_MS)));
    }

    pub(crate) fn failed(&mut self, what: Undertaking, failure: Failure, now: Timestamp) {
        self.remember(now, Happened::Failed(what, failure.clone()));
        self.failed = Some((what, failure));
    }

    pub(crate) fn remember_failure(&mut self, what: Undertaking, failure: Failure, now: Timestamp) {
        self.remember(now, Happened::Failed(what, failure));
    }

    /// An account changed its status. The same trouble again is no news.
    pub(crate) fn account(&mut self, id: AccountId, before: &Status, after: &Status, now: Timestamp) {
        let offline = |status: &Status| match status {
            Status::Offline { failure, .. } => Some(failure.clone()),
            _ => None,
        };
        let last = self.history.iter().find_map(|happening| match &happening.what {
            Happened::Account(of, failure) if *of == id => Some(Some(failure.clone())),
            Happened::Back(of) if *of == id => Some(None),
            _ => None,
        });
        match (offline(before), after) {
            (_, Status::Offline { failure, .. }) if last != Some(Some(failure.clone())) => {
                self.dismissed.retain(|other| *other != id);
                self.remember(now, Happened::Account(id, failure.clone()));
            }
            (_, Status::UpToDate { .. } | Status::Syncing { .. }) if matches!(last, Some(Some(_))) => {
                self.dismissed.retain(|other| *other != id);
                self.remember(now, Happened::Back(id));
            }
            _ => {}
        }
    }

    fn remember(&mut self, at: Timestamp, what: Happened) {
        self.history.push_front(Happening { at, what });
        self.history.truncate(KEPT);
    }

    /// Newest first.
    pub(crate) fn history(&self) -> &VecDeque<Happening> {
        &self.history
    }

    /// What is newer has something to say in the same place.
    pub(crate) fn make_way(&mut self) {
        self.notice = None;
    }

    /// Puts away what the row says.
    /// True if there was something to dismiss.
    pub(crate) fn dismiss(&mut self, accounts: &[Account]) -> bool {
        if self.notice.take().is_some() || self.failed.take().is_some() {
            return true;
        }
        let in_trouble = accounts.iter().filter(|account| matches!(account.status, Status::Offline { .. }));
        let before = std::mem::take(&mut self.dismissed);
        self.dismissed = in_trouble.map(|account| account.id).collect();
        self.dismissed.iter().any(|id| !before.contains(id))
    }

    pub(crate) fn tick(&mut self, moment: Moment) {
        self.notice.take_if(|(_, until)| moment >= *until);
    }

    pub(crate) fn row<'a>(&'a self, accounts: &'a [Account], now: Timestamp) -> Option<ErrorRow<'a>> {
        if let Some((notice, _)) = &self.notice {
            return Some(ErrorRow::Notice(notice));
        }
        if let Some((what, failure)) = &self.failed {
            return Some(ErrorRow::Failed(*what, failure));
        }
        let in_trouble = |lasting: bool| {
            accounts.iter().filter(|account| !self.dismissed.contains(&account.id)).find_map(move |account| {
                match &account.status {
                    Status::Offline { failure, retry_at } if lasting == is_lasting(failure, *retry_at) => {
                        let again_in = retry_at.map(|at| at.since(now));
                        Some(ErrorRow::Account { account, failure, again_in })
                    }
                    _ => None,
                }
            })
        };
        // What only the user can mend comes before what mends itself.
        in_trouble(true).or_else(|| in_trouble(false))
    }

    /// When the row will say something else.
    pub(crate) fn next_wake(&self, accounts: &[Account], now: Timestamp, moment: Moment) -> Option<Moment> {
        if let Some((_, until)) = &self.notice {
            return Some(*until);
        }
        match self.row(accounts, now) {
            Some(ErrorRow::Account { again_in: Some(seconds), .. }) if seconds > 0 => Some(moment.plus(1000)),
            _ => None,
        }
    }
}

/// Only the user can go on from here.
fn is_lasting(failure: &Failure, retry_at: Option<Timestamp>) -> bool {
    match failure.retry {
        Retry::AfterUser => true,
        Retry::Doubtful => retry_at.is_none(),
        Retry::Patience | Retry::Later => false,
    }
}
