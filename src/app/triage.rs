//! What is done with messages, as far as it is not in the list itself: what was done last and can be taken back, what is
//! being chosen or asked for it, and what could not be done.

mod bulk;
mod just_done;
mod needs;
mod notice;

use std::collections::{HashMap, VecDeque};

use super::{Action, State};
use crate::model::{AccountId, Alike, Flags, FolderId, Listing, Lying, Moment, Need, PlacementId, Role, Timestamp};

pub use bulk::Bulk;
pub use just_done::{Did, JustDone};
pub use needs::NeedsView;
pub use notice::TriageNotice;

/// What lies over the panes and has the keys.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Sheet {
    /// What is to be selected together.
    Alike {
        cursor: usize,
    },
    Needs(NeedsView),
}

/// What is asked, with `y` for yes. Every other key means no.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Question {
    Erase {
        placements: Vec<PlacementId>,
    },
    /// The number is what is known to lie there.
    Empty {
        folder: FolderId,
        count: u64,
    },
    /// One that is not empty is asked for twice.
    DeleteFolder {
        folder: FolderId,
        count: u64,
        sure: bool,
    },
    DropNeed {
        needs: Vec<i64>,
    },
    /// What is being told the server is to be stopped, and taken back.
    StopBulk(Bulk),
    /// There is no folder for this, and the server lets nobody make one: how it is made elsewhere. No key does anything.
    MadeElsewhere {
        account: AccountId,
        role: Role,
    },
}

impl Question {
    /// It wants to be read, and nothing else.
    pub fn is_told_only(&self) -> bool {
        matches!(self, Self::MadeElsewhere { .. })
    }
}

/// Waits for what the store knows of messages.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Wanted {
    /// To be selected.
    Selection(Alike),
    /// All that are unread in the list are read.
    ReadAll,
    /// This is done when it is known where they lie and how they are flagged.
    Act(Action),
}

/// A folder is being made, and this is to be done when it is there.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Making {
    pub(super) account: AccountId,
    pub(super) name: String,
    pub(super) then: Then,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Then {
    Nothing,
    Put { placements: Vec<PlacementId>, did: Did, copy: bool },
    Settle(Vec<i64>),
}

/// What a folder is being chosen for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct ForFolder {
    pub(super) account: AccountId,
    pub(super) then: Then,
}

#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Triage {
    pub(super) sheet: Option<Sheet>,
    pub(super) question: Option<Question>,
    pub(super) done: Option<JustDone>,
    /// It is being told the server, and that takes a while.
    pub(super) bulk: Option<Bulk>,
    pub(super) needs: Vec<Need>,
    /// Keys that were pressed before what they are about was known.
    pub(super) ahead: VecDeque<Action>,
    pub(super) wanted: VecDeque<Wanted>,
    pub(super) making: Vec<Making>,
    pub(super) for_folder: Option<ForFolder>,
    /// The bin that is to be emptied, when it is known what lies in it.
    pub(super) emptying: Option<Listing>,
    /// Where messages went lately, the last one first.
    pub(super) lately: HashMap<AccountId, Vec<FolderId>>,
    /// What was taken back shows itself.
    pub(super) back: Option<PlacementId>,
    /// When the last thing was done with a message, and when a letter began to count down.
    pub(super) done_at: Option<(Timestamp, Moment)>,
    pub(super) letter_at: Option<Moment>,
    /// What was under the cursor went away by itself at this time.
    pub(super) shifted: Option<Moment>,
    /// What the users of these accounts were told of making a folder elsewhere.
    pub(super) told: Vec<(AccountId, Role)>,
}

/// Folders that are offered first.
const LATELY: usize = 5;

impl Triage {
    pub fn sheet(&self) -> Option<&Sheet> {
        self.sheet.as_ref()
    }

    /// What lies there takes the place of the panes.
    pub fn covers_panes(&self) -> bool {
        matches!(self.sheet, Some(Sheet::Needs(_)))
    }

    pub fn question(&self) -> Option<&Question> {
        self.question.as_ref()
    }

    pub fn done(&self) -> Option<&JustDone> {
        self.done.as_ref()
    }

    pub fn bulk(&self) -> Option<Bulk> {
        self.bulk
    }

    pub fn needs(&self) -> &[Need] {
        &self.needs
    }

    /// What waited for the list waits for another one no more.
    pub(super) fn left_folder(&mut self) {
        self.ahead.clear();
        self.shifted = None;
        self.for_folder = None;
        if matches!(self.sheet, Some(Sheet::Alike { .. })) {
            self.sheet = None;
        }
    }

    /// It is not known yet what a key is about that was pressed before.
    pub(super) fn is_asking(&self) -> bool {
        self.wanted.iter().any(|wanted| matches!(wanted, Wanted::Act(_)))
    }

    pub(super) fn went_to(&mut self, account: AccountId, folder: FolderId) {
        let lately = self.lately.entry(account).or_default();
        lately.retain(|known| *known != folder);
        lately.insert(0, folder);
        lately.truncate(LATELY);
    }

    pub(super) fn tick(&mut self, moment: Moment) {
        self.done.take_if(|done| moment >= done.until);
    }

    pub(super) fn next_wake(&self, moment: Moment) -> Option<Moment> {
        self.done.as_ref().map(|done| done.next_change(moment))
    }
}

impl State {
    /// Servers of these accounts let mail programs make no folders; and for which of them the user knows what to do.
    pub fn know_folders(&mut self, without: Vec<AccountId>, told: Vec<(AccountId, Role)>) {
        self.settings.no_new_folders = without;
        self.triage.told = told;
    }

    /// What is done with messages.
    pub fn triage(&self) -> &Triage {
        &self.triage
    }

    /// Where messages lie that are known already: all of them in one folder, or in view. `None`: the store has to say.
    pub(super) fn lying(&self, placements: &[PlacementId]) -> Option<Vec<Lying>> {
        if !self.list.folded(placements).is_empty() {
            return None;
        }
        // An open conversation has mail in it that lies in the folder of what was sent.
        let here = self.list.folder().filter(|_| self.list.knot(0).is_none());
        let folder = here.and_then(|folder| self.folders.find(folder));
        let one = |placement: &PlacementId| {
            let row = self.list.find_row(*placement).map(|row| &row.row);
            match (row, folder) {
                (Some(row), _) => {
                    Some(Lying { placement: *placement, account: row.account, folder: row.folder, flags: row.flags })
                }
                (None, Some(folder)) => Some(Lying {
                    placement: *placement,
                    account: folder.account,
                    folder: folder.id,
                    flags: Flags::NONE,
                }),
                (None, None) => None,
            }
        };
        placements.iter().map(one).collect()
    }
}
