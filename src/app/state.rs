//! Everything that the screen shows and the keys change. One owner: the loop.

use std::collections::VecDeque;

use super::finding::Lately;
use super::going_on::Back;
use super::herald::Herald;
use super::layout::Wanted;
use super::leaving::Leaving;
use super::outbox::Outbox;
use super::outgoing::OnItsWay;
use super::panes::reader::Wish;
use super::triage::{Sheet, Triage};
use super::trouble::Troubles;
use super::{
    Area, Composing, Effect, ErrorRow, Finding, FoldersPane, Happened, Happening, Job, Keymap, Layout, ListPane,
    Notice, Overlay, Prompt, ReaderPane, Searching, Settings, Size, TerminalRequest, WebAddress, WirePane,
};
use crate::config::keymap::{KeyPane, KeymapProblem};
use crate::model::{AccountId, FolderId, KeyPress, Moment, PartId, PlacementId, Query, Status, Ticket, Timestamp};
use crate::text::SafeText;

/// The pane that has the keys.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub enum Focus {
    Folders,
    #[default]
    List,
    /// The message is open.
    Reader,
    /// A draft is written at.
    Composer,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Account {
    pub id: AccountId,
    /// What the user calls it: its name in config.toml, or its address.
    pub name: SafeText,
    pub status: Status,
}

/// A message that is open and not yet counted as read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Opening {
    /// Its text is not on the screen yet.
    Waiting,
    /// It counts as read from this moment on.
    Until(Moment),
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct State {
    pub(super) settings: Settings,
    pub(super) keymap: Keymap,
    pub(super) size: Size,
    pub(super) layout: Layout,
    pub(super) now: Timestamp,
    pub(super) moment: Moment,
    pub(super) accounts: Vec<Account>,
    pub(super) folders: FoldersPane,
    pub(super) list: ListPane,
    pub(super) reader: ReaderPane,
    pub(super) overlay: Option<Overlay>,
    pub(super) wire: WirePane,
    /// The line that is being typed at the foot.
    pub(super) prompt: Option<Prompt>,
    /// What is being found by typing, and what was found before.
    pub(super) finding: Option<Finding>,
    pub(super) lately: Lately,
    pub(super) composing: Composing,
    pub(super) searching: Searching,
    /// Whether to open this is asked.
    pub(super) address: Option<WebAddress>,
    /// What is asked is not to open it but to leave a list by it, by the way of this account.
    pub(super) leaves_by: Option<AccountId>,
    /// A file of which the key before this one asked, and one of which this key asks.
    pub(super) asked_to_open: Option<PartId>,
    pub(super) asking_to_open: Option<PartId>,
    /// What lies over the message or is typed is about this one: gone it, that goes too.
    pub(super) bound_to: Option<PlacementId>,
    /// What was typed last, to begin with the next time.
    pub(super) save_to: String,
    pub(super) invoices_to: Option<String>,
    pub(super) command: String,
    pub(super) focus: Focus,
    /// Whether the user wants the folder pane; `None`: as the layout does by itself.
    pub(super) folders_wanted: Option<bool>,
    pub(super) mouse: bool,
    /// The message alone is shown.
    pub(super) plain: bool,
    pub(super) read_only: bool,
    pub(super) pressed: Vec<KeyPress>,
    pub(super) pressed_since: Option<Moment>,
    pub(super) opening: Option<Opening>,
    pub(super) troubles: Troubles,
    pub(super) herald: Herald,
    /// Where the user was before everything began again.
    pub(super) back: Back,
    pub(super) tickets: u64,
    /// When the cursor will have rested long enough to look at its neighbours.
    pub(super) resting_from: Option<Moment>,
    pub(super) near: Vec<PlacementId>,
    pub(super) on_its_way: OnItsWay,
    pub(super) triage: Triage,
    pub(super) outbox: Outbox,
    pub(super) leaving: Option<Leaving>,
}

const REST_MS: u64 = 150;
/// Rows of what happened above the lines of a connection.
const LATELY: usize = 3;
/// Times on the screen (today, yesterday) are looked at again every quarter of an hour: all time zones turn over then.
const QUARTER: i64 = 900;

impl State {
    /// True if the folder goes because its account was taken out of the settings.
    pub(crate) fn is_removed(&self, folder: FolderId) -> bool {
        let account = self.folders.find(folder).map(|folder| folder.account);
        self.accounts
            .iter()
            .filter(|known| account == Some(known.id))
            .any(|known| matches!(&known.status, Status::Offline { failure, .. } if failure.is_account_removed()))
    }

    /// A screen before anything is known, and what is wrong with the user's keys.
    pub fn new(settings: Settings, accounts: Vec<(AccountId, SafeText)>) -> (Self, Vec<KeymapProblem>) {
        let (keymap, problems) = Keymap::new(settings.preset, &settings.keys);
        let accounts = accounts
            .into_iter()
            .map(|(id, name)| {
                let status = if settings.read_only { Status::ReadOnly } else { Status::Starting };
                Account { id, name, status }
            })
            .collect();
        let mut state = Self {
            mouse: settings.mouse,
            plain: false,
            save_to: settings.save_to.clone(),
            read_only: settings.read_only,
            settings,
            keymap,
            size: Size { columns: 80, rows: 24 },
            layout: Layout::default(),
            now: Timestamp::default(),
            moment: Moment::default(),
            accounts,
            folders: FoldersPane::default(),
            list: ListPane::default(),
            reader: ReaderPane::default(),
            overlay: None,
            wire: WirePane::default(),
            prompt: None,
            finding: None,
            lately: Lately::default(),
            composing: Composing::default(),
            searching: Searching::default(),
            address: None,
            leaves_by: None,
            asked_to_open: None,
            asking_to_open: None,
            bound_to: None,
            command: String::new(),
            invoices_to: None,
            focus: Focus::List,
            folders_wanted: None,
            pressed: Vec::new(),
            pressed_since: None,
            opening: None,
            troubles: Troubles::default(),
            herald: Herald::default(),
            back: Back::default(),
            tickets: 0,
            resting_from: None,
            near: Vec::new(),
            on_its_way: OnItsWay::default(),
            triage: Triage::default(),
            outbox: Outbox::default(),
            leaving: None,
        };
        state.lay_out();
        (state, problems)
    }

    /// These accounts are at providers that show the user's folders only when they are told to.
    pub fn hint_at(&mut self, hiding_folders: Vec<AccountId>) {
        self.settings.hiding_folders = hiding_folders;
    }

    /// What to do before the first event.
    pub fn start(&self) -> Vec<Effect> {
        let mut effects = vec![Effect::Terminal(TerminalRequest::Mouse(self.mouse))];
        if !self.accounts.is_empty() {
            effects.push(Effect::Ask(Query::Folders));
        }
        effects
    }

    /// When the loop must send the next `Event::Clock` at the latest, if nothing else happens before.
    pub fn next_wake(&self) -> Option<Moment> {
        let opened = match self.opening {
            Some(Opening::Until(moment)) => Some(moment),
            Some(Opening::Waiting) | None => None,
        };
        let quarter = QUARTER.saturating_sub(self.now.0.rem_euclid(QUARTER)).unsigned_abs();
        [
            opened,
            self.hesitates_from(),
            self.resting_from,
            self.reader.next_wake(),
            self.herald.next_wake(),
            self.triage.next_wake(self.moment),
            self.composing.next_wake(self.moment),
            self.outbox_wake(),
            self.troubles.next_wake(&self.accounts, self.now, self.moment),
            (!self.list.is_empty()).then(|| self.moment.plus(quarter.saturating_mul(1000))),
        ]
        .into_iter()
        .flatten()
        .min()
    }

    pub fn searching(&self) -> &Searching {
        &self.searching
    }

    pub fn size(&self) -> Size {
        self.size
    }

    pub fn layout(&self) -> &Layout {
        &self.layout
    }

    pub fn now(&self) -> Timestamp {
        self.now
    }

    pub fn accounts(&self) -> &[Account] {
        &self.accounts
    }

    pub fn account(&self, id: AccountId) -> Option<&Account> {
        self.accounts.iter().find(|account| account.id == id)
    }

    pub fn folders(&self) -> &FoldersPane {
        &self.folders
    }

    pub fn list(&self) -> &ListPane {
        &self.list
    }

    pub fn reader(&self) -> &ReaderPane {
        &self.reader
    }

    pub fn overlay(&self) -> Option<Overlay> {
        self.overlay
    }

    /// The line that is being typed.
    pub fn prompt(&self) -> Option<&Prompt> {
        self.prompt.as_ref()
    }

    /// The address that is in question.
    pub fn address(&self) -> Option<&WebAddress> {
        self.address.as_ref()
    }

    /// Drafts, and what is about to be sent.
    pub fn composing(&self) -> &Composing {
        &self.composing
    }

    pub fn moment(&self) -> Moment {
        self.moment
    }

    pub fn wire(&self) -> &WirePane {
        &self.wire
    }

    /// Somebody looks at what is said on the connections.
    pub(super) fn overhears(&self) -> bool {
        matches!(self.overlay, Some(Overlay::Wire { .. } | Overlay::History { .. })) && !self.accounts.is_empty()
    }

    pub fn focus(&self) -> Focus {
        self.focus
    }

    pub fn keymap(&self) -> &Keymap {
        &self.keymap
    }

    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    pub fn has_mouse(&self) -> bool {
        self.mouse
    }

    /// What is on its way out and does not count down any more.
    pub fn on_its_way(&self) -> OnItsWay {
        self.on_its_way
    }

    pub fn is_read_only(&self) -> bool {
        self.read_only
    }

    /// There is no account, so there is nothing to show but how to get one.
    pub fn is_welcome(&self) -> bool {
        self.accounts.is_empty()
    }

    /// There is nothing to show, and nobody is fetching anything.
    pub fn is_nothing_fetched(&self) -> bool {
        let resting = |account: &Account| matches!(account.status, Status::Offline { .. } | Status::ReadOnly);
        self.folders.is_empty() && !self.is_welcome() && self.accounts.iter().all(resting)
    }

    /// Accounts that show only the system's folders because their provider hides the others.
    pub fn hinted(&self) -> Vec<AccountId> {
        let hidden = |account: &AccountId| self.folders.shows_only_the_systems(*account);
        self.settings.hiding_folders.iter().copied().filter(hidden).collect()
    }

    pub fn error_row(&self) -> Option<ErrorRow<'_>> {
        self.troubles.row(&self.accounts, self.now)
    }

    /// A passing word stands where the hints are, so that nothing jumps for it; trouble has a row of its own.
    pub fn is_said_in_the_footer(&self, row: &ErrorRow<'_>) -> bool {
        matches!(row, ErrorRow::Notice(_)) && self.size.rows >= 6 && !self.is_asking()
    }

    /// A question is asked whose keys stand in the footer.
    fn is_asking(&self) -> bool {
        self.leaving.is_some() || matches!(self.key_pane(), KeyPane::Review | KeyPane::Outbox)
    }

    /// Newest first.
    pub fn history(&self) -> &VecDeque<Happening> {
        self.troubles.history()
    }

    /// Where help and history write their lines: over the panes, inside a frame.
    pub fn overlay_body(&self) -> Area {
        self.layout.main.inside()
    }

    /// What happened to an account lately, the oldest first: as much of it as stands above its connections.
    pub fn lately(&self, account: usize) -> Vec<&Happening> {
        let most = usize::from(self.overlay_body().height / 4).min(LATELY);
        let ours = self.accounts.get(account).map(|account| account.id);
        let concerns = |happening: &&Happening| match happening.what {
            Happened::Account(id, _) | Happened::Back(id) => Some(id) == ours,
            Happened::Notice(_) | Happened::Failed(..) => true,
        };
        let mut lately: Vec<&Happening> = self.history().iter().filter(concerns).take(most).collect();
        lately.reverse();
        lately
    }

    /// Where the lines of a connection are written: below what happened lately, and a rule.
    pub fn wire_body(&self, account: usize) -> Area {
        let lately = u16::try_from(self.lately(account).len()).unwrap_or(0);
        self.overlay_body().below(if lately > 0 { lately + 1 } else { 0 })
    }

    /// The keymap table that is in force.
    pub fn key_pane(&self) -> KeyPane {
        match (self.overlay, self.focus) {
            (None, _) if matches!(self.triage.sheet, Some(Sheet::Needs(_))) => KeyPane::Needs,
            (None, _) if self.outbox.is_shown() => KeyPane::Outbox,
            (None, _) if self.composing.list().is_some() => KeyPane::Choice,
            (Some(overlay), _) if overlay.is_choice() => KeyPane::Choice,
            (Some(_), _) => KeyPane::Overlay,
            (None, Focus::Folders) => KeyPane::Folders,
            (None, Focus::List) => KeyPane::List,
            (None, Focus::Reader) => KeyPane::Reader,
            (None, Focus::Composer) => self.composing.key_pane(),
        }
    }

    /// Advice that is known for this very case is worth a row of its own, where there are enough of them.
    fn rows_for(&self, row: &ErrorRow<'_>) -> u16 {
        match row {
            ErrorRow::Failed(_, failure) | ErrorRow::Account { failure, .. } if failure.is_advised() => {
                if self.size.rows >= 16 { 2 } else { 1 }
            }
            ErrorRow::Failed(..) | ErrorRow::Account { .. } | ErrorRow::Notice(_) => 1,
        }
    }

    pub(super) fn notice(&mut self, notice: Notice) {
        self.troubles.notice(notice, self.now, self.moment);
    }

    /// Reckons where everything stands. Cheap, and done after every event, because a message row may have come or gone.
    pub(super) fn lay_out(&mut self) {
        if self.focus == Focus::Composer && self.composing.current().is_none() {
            self.focus = Focus::List;
        }
        let wanted = Wanted {
            choice: self.settings.layout,
            focus: self.focus,
            folders: self.folders_wanted,
            composer: self.composing.beside && self.composing.current().is_some(),
            error: self.error_row().filter(|row| !self.is_said_in_the_footer(row)).map_or(0, |row| self.rows_for(&row)),
            tabs: self.shows_splits(),
        };
        self.layout = Layout::of(self.size, wanted);
        if self.plain {
            self.layout = self.layout.of_text_alone();
        }
        self.list.resize(self.layout.list_rows());
        self.folders.scroll(usize::from(self.layout.folders.map_or(0, |pane| pane.body.height)));
        let reader = self.layout.reader.unwrap_or_default().body;
        if let Some(pane) = self.layout.composer {
            self.composing.arrange(pane.body);
        }
        let rows = self.finding_area().1.height;
        if let Some(finding) = &mut self.finding {
            finding.chooser.resize(rows.into());
        }
        if self.layout.reader.is_some() {
            // One column stays free on each side.
            self.reader.resize(usize::from(reader.width.saturating_sub(2 * self.margin())), usize::from(reader.height));
        }
    }

    pub(super) fn cursor_moved(&mut self) {
        self.resting_from = Some(self.moment.plus(REST_MS));
        self.opening = match self.focus {
            Focus::Reader => Some(Opening::Waiting),
            Focus::List | Focus::Folders | Focus::Composer => None,
        };
    }

    pub(super) fn grant(&mut self, wishes: Vec<Wish>) -> Vec<Effect> {
        let mut effects = Vec::new();
        for wish in wishes {
            match wish {
                Wish::Start { placement, message, how } => {
                    let (ticket, effect) = self.begin(Job::Read { placement, message, how });
                    self.reader.started(ticket, message);
                    effects.push(effect);
                }
                Wish::Cancel(ticket) => effects.push(Effect::Cancel(ticket)),
            }
        }
        effects
    }

    /// A job with a ticket of its own.
    pub(super) fn begin(&mut self, job: Job) -> (Ticket, Effect) {
        self.tickets += 1;
        let ticket = Ticket(self.tickets);
        (ticket, Effect::Start { ticket, job })
    }
}
