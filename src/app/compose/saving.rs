//! When a draft is kept: half a second after the last key, and a second after the first that is not kept yet. A long one is
//! written as a whole, so it waits longer between two times; one that is as it was is not written.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use super::{Composer, Errand};
use crate::model::{Draft, DraftId, Moment};

const REST_MS: u64 = 500;
const LONGEST_MS: u64 = 900;
/// A text of more bytes is kept no more often than this.
const LARGE: usize = 1 << 20;
const SELDOM_MS: u64 = 5_000;

#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub(super) struct Saving {
    /// The first change and the last one that are not kept.
    changed: Option<(Moment, Moment)>,
    /// It is on its way; what changes meanwhile goes after it.
    on_its_way: bool,
    /// It could not be kept: tried again after a while, and the user knows.
    failed: bool,
    /// It is to be closed as soon as it is kept.
    closes: bool,
    /// When it was last written because its time had come.
    written: Option<Moment>,
    /// What was written last, to know it by.
    print: Option<u64>,
}

impl Composer {
    pub(in crate::app) fn changed(&mut self, moment: Moment) {
        let first = self.saving.changed.map_or(moment, |(first, _)| first);
        self.saving.changed = Some((first, moment));
        self.saving.closes = false;
    }

    /// Everything of it is on disk.
    pub fn is_kept(&self) -> bool {
        self.saving.changed.is_none() && !self.saving.on_its_way
    }

    pub(in crate::app) fn is_on_its_way(&self) -> bool {
        self.saving.on_its_way
    }

    pub(in crate::app) fn close_when_kept(&mut self) {
        self.saving.closes = true;
    }

    /// Somebody looks at it again.
    pub(in crate::app) fn stay_open(&mut self) {
        self.saving.closes = false;
    }

    /// What was typed while it was on its way goes after it at once: nobody types on.
    pub(super) fn keep_the_rest(&mut self) -> Option<Errand> {
        if self.saving.closes && !self.saving.failed { self.keep_now() } else { None }
    }

    /// There is no such draft any more: what stands here becomes a new one.
    pub(super) fn is_unknown(&mut self, moment: Moment) {
        self.id = None;
        self.saving.failed = false;
        self.saving.print = None;
        self.saving.changed.get_or_insert((moment, moment));
    }

    /// The clock of another screen begins at nothing.
    pub(super) fn count_from(&mut self, moment: Moment) {
        let from = |at: Moment| Moment(at.0.saturating_sub(moment.0));
        self.saving.changed = self.saving.changed.map(|(first, last)| (from(first), from(last)));
        self.saving.written = None;
        if std::mem::take(&mut self.waits_for_editor) {
            self.edit_on();
        }
        // Whoever was asked is there no more.
        if std::mem::take(&mut self.saving.on_its_way) {
            self.saving.changed.get_or_insert((Moment(0), Moment(0)));
            self.saving.print = None;
        }
    }

    pub(super) fn closes_now(&self) -> bool {
        self.saving.closes && self.id.is_some() && self.is_kept()
    }

    pub fn could_not_be_kept(&self) -> bool {
        self.saving.failed
    }

    pub(super) fn due(&self) -> Option<Moment> {
        let (first, last) = self.saving.changed.filter(|_| !self.saving.on_its_way)?;
        let soon = last.plus(REST_MS).min(first.plus(LONGEST_MS));
        let written = self.saving.written.filter(|_| self.body.bytes() > LARGE);
        Some(written.map_or(soon, |written| soon.max(written.plus(SELDOM_MS))))
    }

    pub(super) fn keep_if_due(&mut self, moment: Moment) -> Option<Errand> {
        if self.due()? > moment {
            return None;
        }
        let errand = self.keep_now();
        if errand.is_some() {
            self.saving.written = Some(moment);
        }
        errand
    }

    /// Unless it is on its way, or there is nothing new.
    pub(in crate::app) fn keep_now(&mut self) -> Option<Errand> {
        if self.saving.on_its_way {
            return None;
        }
        self.saving.changed.take()?;
        // An empty sheet is not worth a draft.
        if self.id.is_none() && self.is_blank() {
            return None;
        }
        let draft = self.draft();
        let print = print(&draft);
        if self.id.is_some() && self.saving.print.replace(print) == Some(print) {
            return None;
        }
        self.saving.on_its_way = true;
        self.saving.print = Some(print);
        Some(Errand::Keep { sheet: self.sheet(), id: self.id, draft: Box::new(draft) })
    }

    /// It was kept, or it could not be. True if that is news to the user.
    pub(in crate::app) fn kept(&mut self, result: Result<DraftId, ()>, moment: Moment) -> bool {
        self.saving.on_its_way = false;
        if let Ok(id) = result {
            self.id = Some(id);
            self.saving.failed = false;
            return false;
        }
        self.saving.print = None;
        let later = moment.plus(5_000);
        self.saving.changed.get_or_insert((later, later));
        !std::mem::replace(&mut self.saving.failed, true)
    }

    /// What was kept of it went with the message that was sent, and came back with it.
    pub(super) fn is_draft_again(&mut self, id: Option<DraftId>) {
        self.id = id;
        self.saving = Saving { changed: Some((Moment(0), Moment(0))), ..Saving::default() };
        self.stage = super::Stage::Editing;
    }
}

fn print(draft: &Draft) -> u64 {
    let mut hasher = DefaultHasher::new();
    draft.hash(&mut hasher);
    hasher.finish()
}
