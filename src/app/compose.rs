//! Writing a message: drafts that are open, and what is asked of the shell about them. A draft lives as long as its user
//! wants it: whoever leaves it finds it again, and it is kept within a second of the last key.

mod completing;
mod composer;
mod errand;
mod keys;
pub(super) mod later;
mod picker;
mod review;
mod saving;
mod stages;
#[cfg(test)]
mod tests;

pub use completing::Candidates;
pub use composer::{Composer, Head, HeadRow, Stage};
pub use errand::{DraftNotice, Errand, FileEntry, KeptDraft, SendTrouble, Tidings};
pub use keys::Done as Typed;
pub use picker::Picker;
pub use review::{Doubt, Recipient, Review};

use std::time::Duration;

use crate::app::Area;
use crate::config::keymap::KeyPane;
use crate::model::{Draft, DraftId, Moment, OutgoingId, Timestamp};
use crate::text::SafeText;

/// Longer than this nobody counts seconds.
const COUNTED_DOWN: Duration = Duration::from_mins(2);

/// A draft that is open, as long as the program runs; never used twice.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Sheet(pub u64);

/// As whom a message can be sent.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Sender {
    /// By the name of the account in config.toml.
    pub account: String,
    /// `Name <me@example.com>`, or the address alone.
    pub from: String,
    pub signature: String,
    /// Bytes that its server takes.
    pub most: Option<u64>,
}

/// A message that was sent and can still be taken back.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Held {
    composer: Box<Composer>,
    /// When it is in the outbox.
    id: Option<OutgoingId>,
    until: Moment,
    /// It goes to the outbox, until this time, as soon as what is on its way to the disk has come there: no two of its
    /// errands are on their way at once.
    waits: Option<Timestamp>,
    /// It is being taken back.
    wanted_back: bool,
}

impl Held {
    fn leave(&mut self) -> Option<Errand> {
        if self.composer.is_on_its_way() {
            return None;
        }
        let hold_until = self.waits.take()?;
        let (sheet, id, draft) = (self.composer.sheet(), self.composer.id(), Box::new(self.composer.draft()));
        Some(Errand::Send { sheet, id, draft, hold_until })
    }

    pub fn subject(&self) -> SafeText {
        SafeText::of(self.composer.subject().text())
    }

    pub fn seconds_left(&self, now: Moment) -> u64 {
        self.until.since(now).as_millis().div_ceil(1000).try_into().unwrap_or(u64::MAX)
    }
}

/// What can be had back.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(in crate::app) enum WantedBack {
    Nothing,
    /// It had not left yet.
    Here,
    /// Its number comes with the next tidings.
    Soon,
    Now(OutgoingId),
}

/// What there is to say when a draft was kept, or was not.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(in crate::app) enum WhatOfIt {
    Nothing,
    PutAway,
    Failed,
}

/// A line of the list of drafts.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum DraftLine<'a> {
    Open(&'a Composer),
    Kept(&'a KeptDraft),
}

/// Every draft that is open, and what is on its way.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Composing {
    /// The one that is written at comes last.
    open: Vec<Composer>,
    sheets: u64,
    /// Drafts of another day, the newest first.
    kept: Vec<KeptDraft>,
    held: Vec<Held>,
    /// The draft stays beside the list.
    pub(in crate::app) beside: bool,
    /// Thrown away while they were on their way to the disk, and what was kept of them before.
    unwanted: Vec<(Sheet, Option<DraftId>)>,
    /// The list of drafts, and where its cursor stands.
    list: Option<usize>,
}

impl Composing {
    pub fn current(&self) -> Option<&Composer> {
        self.open.last()
    }

    pub(in crate::app) fn current_mut(&mut self) -> Option<&mut Composer> {
        self.open.last_mut()
    }

    pub fn open_count(&self) -> usize {
        self.open.len()
    }

    pub(in crate::app) fn of(&mut self, sheet: Sheet) -> Option<&mut Composer> {
        self.open.iter_mut().find(|composer| composer.sheet() == sheet)
    }

    /// Opens a draft, in front of the others.
    pub(in crate::app) fn begin(&mut self, draft: Draft, id: Option<DraftId>, senders: &[Sender]) -> Sheet {
        self.sheets += 1;
        let sheet = Sheet(self.sheets);
        self.kept.retain(|kept| Some(kept.id) != id);
        self.open.push(Composer::new(sheet, id, draft, senders));
        self.list = None;
        sheet
    }

    /// The same behind the one that is written at.
    pub(in crate::app) fn begin_behind(&mut self, draft: Draft, senders: &[Sender]) -> Sheet {
        let sheet = self.begin(draft, None, senders);
        if let Some(last) = self.open.len().checked_sub(1) {
            self.open.swap(last.saturating_sub(1), last);
        }
        sheet
    }

    /// Something of a draft that is open is not on the disk.
    pub(in crate::app) fn has_unkept(&self) -> bool {
        self.open.iter().any(|composer| composer.is_worth_keeping() && !composer.is_kept())
    }

    /// Takes a draft out of those that are open.
    pub(in crate::app) fn close(&mut self, sheet: Sheet) -> Option<Composer> {
        let at = self.open.iter().position(|composer| composer.sheet() == sheet)?;
        Some(self.open.remove(at))
    }

    /// A draft is put away, to be found in the list.
    pub(in crate::app) fn put_away(&mut self, id: DraftId, draft: Draft, now: Timestamp) {
        self.kept.insert(0, KeptDraft { id, draft: Box::new(draft), updated: now });
    }

    /// True if there are some where none were known.
    pub(in crate::app) fn know_kept(&mut self, kept: Vec<KeptDraft>) -> bool {
        let before = self.kept.len();
        let held = self.held.iter().map(|held| held.composer.as_ref());
        let open: Vec<DraftId> = self.open.iter().chain(held).filter_map(Composer::id).collect();
        self.kept = kept.into_iter().filter(|kept| !open.contains(&kept.id)).collect();
        let last = self.lines().len().saturating_sub(1);
        self.list = self.list.map(|at| at.min(last));
        before == 0 && !self.kept.is_empty()
    }

    /// The list of drafts: those that are open first, the one that is written at before the others.
    pub fn lines(&self) -> Vec<DraftLine<'_>> {
        self.open.iter().rev().map(DraftLine::Open).chain(self.kept.iter().map(DraftLine::Kept)).collect()
    }

    /// Where the cursor of the list stands, if it is shown.
    pub fn list(&self) -> Option<usize> {
        self.list
    }

    pub(in crate::app) fn show_list(&mut self, shown: bool) {
        self.list = shown.then_some(0);
    }

    pub(in crate::app) fn move_in_list(&mut self, by: isize) {
        let last = self.lines().len().saturating_sub(1);
        self.list = self.list.map(|at| at.saturating_add_signed(by).min(last));
    }

    /// Opens what the cursor of the list stands on.
    pub(in crate::app) fn take_from_list(&mut self, senders: &[Sender]) -> bool {
        let Some(at) = self.list.take() else { return false };
        let open = self.open.len();
        if at < open {
            let composer = self.open.remove(open - 1 - at);
            self.open.push(composer);
            return true;
        }
        if at - open >= self.kept.len() {
            return false;
        }
        let kept = self.kept.remove(at - open);
        self.begin(*kept.draft, Some(kept.id), senders);
        true
    }

    /// Takes a draft to the outbox, from where it can be had back until then. Nothing while it is on its way to the disk:
    /// then it goes after that.
    pub(in crate::app) fn hold(&mut self, sheet: Sheet, until: Moment, hold_until: Timestamp) -> Option<Errand> {
        let composer = Box::new(self.close(sheet)?);
        let mut held = Held { composer, id: None, until, waits: Some(hold_until), wanted_back: false };
        let errand = held.leave();
        self.held.push(held);
        errand
    }

    /// The one that goes out next, if any can be had back.
    pub fn held(&self) -> Option<&Held> {
        self.held.iter().filter(|held| !held.wanted_back).min_by_key(|held| held.until)
    }

    /// It is in the outbox. Its number, if it was wanted back meanwhile.
    pub(in crate::app) fn queued(
        &mut self,
        sheet: Sheet,
        id: OutgoingId,
        held: (Moment, Moment),
    ) -> Option<OutgoingId> {
        let (now, until) = held;
        let at = self.held.iter().position(|held| held.composer.sheet() == sheet)?;
        let held = self.held.get_mut(at)?;
        (held.id, held.until) = (Some(id), until);
        if held.wanted_back {
            return Some(id);
        }
        // What goes out tomorrow is looked after in the outbox.
        if until.since(now) > COUNTED_DOWN {
            self.held.remove(at);
        }
        None
    }

    /// What was sent last shall come back.
    pub(in crate::app) fn want_back(&mut self) -> WantedBack {
        let Some(at) = self.held.iter().rposition(|held| !held.wanted_back) else { return WantedBack::Nothing };
        if self.held.get(at).is_some_and(|held| held.waits.is_some()) {
            let mut composer = *self.held.remove(at).composer;
            composer.edit_on();
            self.open.push(composer);
            return WantedBack::Here;
        }
        let Some(held) = self.held.get_mut(at) else { return WantedBack::Nothing };
        held.wanted_back = true;
        held.id.map_or(WantedBack::Soon, WantedBack::Now)
    }

    /// It is here again, in front of the others.
    pub(in crate::app) fn back(
        &mut self,
        which: impl Fn(Sheet, Option<OutgoingId>) -> bool,
        draft: Option<DraftId>,
    ) -> Option<Sheet> {
        let at = self.held.iter().position(|held| which(held.composer.sheet(), held.id))?;
        let mut composer = *self.held.remove(at).composer;
        composer.is_draft_again(draft);
        let sheet = composer.sheet();
        self.open.push(composer);
        Some(sheet)
    }

    /// It could not be put into the outbox: it is a draft as before.
    pub(in crate::app) fn not_sent(&mut self, sheet: Sheet, is_gone: bool, moment: Moment) -> Option<Sheet> {
        let at = self.held.iter().position(|held| held.composer.sheet() == sheet)?;
        let mut composer = *self.held.remove(at).composer;
        composer.edit_on();
        if is_gone {
            composer.is_unknown(moment);
        }
        self.open.push(composer);
        Some(sheet)
    }

    /// What came of keeping a draft: what there is to say, and what has to be done now. `Err`: whether there is no such
    /// draft any more.
    pub(in crate::app) fn kept(
        &mut self,
        sheet: Sheet,
        result: Result<DraftId, bool>,
        now: Timestamp,
        moment: Moment,
    ) -> (WhatOfIt, Option<Errand>) {
        if let Some(at) = self.unwanted.iter().position(|(unwanted, _)| *unwanted == sheet) {
            let (_, known) = self.unwanted.remove(at);
            return (WhatOfIt::Nothing, result.ok().or(known).map(Errand::Drop));
        }
        if let Some(held) = self.held.iter_mut().find(|held| held.composer.sheet() == sheet) {
            held.composer.kept(result.map_err(drop), moment);
            if result == Err(true) {
                held.composer.is_unknown(moment);
            }
            return (WhatOfIt::Nothing, held.leave());
        }
        let Some(composer) = self.of(sheet) else { return (WhatOfIt::Nothing, None) };
        let was_known = composer.is_known();
        let is_news = composer.kept(result.map_err(drop), moment);
        if was_known && result == Err(true) {
            composer.is_unknown(moment);
            return (WhatOfIt::Nothing, composer.keep_now());
        }
        let mut what = if is_news { WhatOfIt::Failed } else { WhatOfIt::Nothing };
        let more = composer.keep_the_rest();
        if composer.closes_now()
            && let Some((composer, id)) = self.close(sheet).zip(result.ok())
        {
            self.put_away(id, composer.draft(), now);
            what = WhatOfIt::PutAway;
        }
        (what, more)
    }

    /// `id`: what was kept of it before.
    pub(in crate::app) fn drop_when_kept(&mut self, sheet: Sheet, id: Option<DraftId>) {
        self.unwanted.push((sheet, id));
    }

    /// For the next screen, whose clock begins at nothing.
    pub(in crate::app) fn count_from(&mut self, moment: Moment) {
        for held in &mut self.held {
            held.until = Moment(held.until.0.saturating_sub(moment.0));
            held.composer.count_from(moment);
        }
        // Nobody is there any more who would make that one ready.
        self.open.retain(|composer| *composer.stage() != Stage::Preparing);
        self.open.iter_mut().for_each(|composer| composer.count_from(moment));
        self.list = None;
    }

    /// Accounts came or went.
    pub(in crate::app) fn know_senders(&mut self, senders: &[Sender]) {
        self.open.iter_mut().for_each(|composer| composer.know_senders(senders));
    }

    /// Nothing is asked about the draft.
    pub fn is_written_at(&self) -> bool {
        self.current().is_some_and(|composer| *composer.stage() == Stage::Editing)
    }

    /// The table of keys that is in force in the draft.
    pub(in crate::app) fn key_pane(&self) -> KeyPane {
        match self.current().map(Composer::stage) {
            Some(Stage::Reviewing(_)) => KeyPane::Review,
            _ => KeyPane::Compose,
        }
    }

    /// What was sent and can be had back: the numbers of those that are in the outbox.
    pub(in crate::app) fn held_ids(&self) -> impl Iterator<Item = Option<OutgoingId>> {
        self.held.iter().filter(|held| !held.wanted_back).map(|held| held.id)
    }

    /// It cannot be had back any more.
    pub(in crate::app) fn gone(&mut self, id: OutgoingId) {
        self.held.retain(|held| held.id != Some(id));
    }

    pub(in crate::app) fn tick(&mut self, moment: Moment) -> Vec<Errand> {
        self.held.retain(|held| held.wanted_back || held.id.is_none() || held.until > moment);
        self.open.iter_mut().filter_map(|composer| composer.keep_if_due(moment)).collect()
    }

    /// Everything that is not kept yet, because the program ends.
    pub(in crate::app) fn keep_all(&mut self) -> Vec<Errand> {
        self.open.iter_mut().filter_map(Composer::keep_now).collect()
    }

    pub(in crate::app) fn next_wake(&self, moment: Moment) -> Option<Moment> {
        let kept = self.open.iter().filter_map(Composer::due);
        // The seconds that are left are counted on the screen.
        let held = self.held().map(|held| {
            let left = held.until.since(moment).as_millis();
            let rest = u64::try_from(left % 1000).unwrap_or(0);
            moment.plus(if rest == 0 { 1000.min(u64::try_from(left).unwrap_or(0)) } else { rest })
        });
        kept.chain(held).min()
    }

    pub(in crate::app) fn arrange(&mut self, body: Area) {
        if let Some(composer) = self.open.last_mut() {
            composer.arrange(body);
        }
    }
}
