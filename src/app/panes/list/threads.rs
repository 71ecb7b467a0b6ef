//! Conversations in a list: which are folded, and what is chosen for each list.

use super::{Hunt, Hunted, ListPane};
use crate::app::Action;
use crate::model::{Conversation, Knot, PlacementId, Sort, SortBy, Source, ThreadId, Threads};

/// Conversations that are remembered as turned; nobody opens more by hand.
const MOST_TURNED: usize = 1000;

/// A conversation that was just opened or folded, until the new order comes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Turned {
    thread: ThreadId,
    /// Something in it is unread: go there.
    seek: bool,
}

impl ListPane {
    pub fn threads(&self) -> &Threads {
        &self.threads
    }

    /// How a list is shown by what the user chose, and whether its conversations stand together.
    pub(crate) fn chosen(&self, source: &Source) -> Option<(Sort, bool)> {
        self.choices.get(source.whole()).copied()
    }

    pub(crate) fn choose(&mut self, source: Source, choice: (Sort, bool)) {
        self.choices.insert(source, choice);
    }

    /// Another order of the same list. The cursor stays on its message.
    pub(crate) fn show_by(&mut self, sort: Sort, threads: Threads) {
        (self.sort, self.threads) = (sort, threads);
    }

    /// True if the list is as this action makes it.
    pub(crate) fn is_shown_by(&self, action: Action) -> bool {
        match action {
            Action::SortByDate => self.sort.by == SortBy::Date,
            Action::SortBySender => self.sort.by == SortBy::Sender,
            Action::SortBySubject => self.sort.by == SortBy::Subject,
            Action::SortBySize => self.sort.by == SortBy::Size,
            Action::SortUnreadFirst => self.sort.by == SortBy::UnreadFirst,
            Action::ReverseSort => self.sort.reversed,
            Action::ToggleThreads => self.threads != Threads::Off,
            _ => false,
        }
    }

    /// The conversation that is folded into a line.
    pub fn folded_at(&self, at: usize) -> Option<&Conversation> {
        self.knots.get(at).filter(|knot| knot.folded)?;
        self.row(at)?.row.conversation.as_deref()
    }

    /// The messages that a line stands for: all of a folded conversation that lie in this list, or the one.
    pub fn meant_at(&self, at: usize) -> Vec<PlacementId> {
        match self.folded_at(at) {
            Some(conversation) if !conversation.members.is_empty() => conversation.members.clone(),
            _ => self.order.get(at).map(|entry| entry.placement).into_iter().collect(),
        }
    }

    /// True if something in this line is unread.
    pub fn is_unread(&self, at: usize) -> bool {
        match (self.folded_at(at), self.row(at)) {
            (Some(conversation), _) => conversation.unread > 0,
            (None, Some(row)) => !row.row.flags.seen(),
            (None, None) => false,
        }
    }

    /// True if the line above is of the same conversation and says the same: once is enough.
    pub fn repeats_subject(&self, at: usize) -> bool {
        let above = at.checked_sub(1).filter(|above| *above >= self.top);
        let is_same = |above: usize| {
            self.knots.get(above)?.thread.eq(&self.knots.get(at)?.thread).then_some(())?;
            Some(self.row(above)?.bare == self.row(at)?.bare)
        };
        above.and_then(is_same).unwrap_or(false)
    }

    fn knot_at_cursor(&self) -> Option<Knot> {
        self.knots.get(self.cursor).copied()
    }

    /// Opens or folds the conversation under the cursor. False if there is none.
    pub(crate) fn turn_thread_at_cursor(&mut self) -> bool {
        let Some(knot) = self.knot_at_cursor().filter(|knot| knot.count != 1) else { return false };
        let seek = self.folded_at(self.cursor).is_some_and(|conversation| conversation.unread > 0);
        self.turn(knot.thread, seek)
    }

    fn turn(&mut self, thread: ThreadId, seek: bool) -> bool {
        let Threads::On { turned, .. } = &mut self.threads else { return false };
        if let Some(at) = turned.iter().position(|known| *known == thread) {
            turned.remove(at);
        } else {
            if turned.len() >= MOST_TURNED {
                turned.remove(0);
            }
            turned.push(thread);
        }
        self.just_turned = Some(Turned { thread, seek });
        true
    }

    pub(crate) fn turn_all_threads(&mut self) {
        if let Threads::On { open, turned } = &mut self.threads {
            *open = !*open;
            turned.clear();
            let thread = self.knots.get(self.cursor).map(|knot| knot.thread);
            self.just_turned = thread.map(|thread| Turned { thread, seek: false });
        }
    }

    /// The line where the next unread message was found may be a whole conversation: it is opened, if the unread one is not
    /// the one that is seen already.
    pub(crate) fn opens_for_unread(&mut self) -> bool {
        let Some(conversation) = self.folded_at(self.cursor) else { return false };
        let seen = self.at_cursor().is_some_and(|row| row.row.flags.seen());
        if conversation.unread == 0 || conversation.unread == 1 && !seen {
            return false;
        }
        self.knot_at_cursor().is_some_and(|knot| self.turn(knot.thread, true))
    }

    /// A conversation was folded and its newest message is to stand for it again, whatever the cursor was on.
    pub(super) fn is_being_folded(&self) -> bool {
        self.just_turned.is_some()
    }

    /// After a new order: brings an opened conversation into view, and looks for what is unread in it.
    pub(crate) fn follow_turned(&mut self) -> Option<Hunted> {
        let Turned { thread, seek } = self.just_turned.take()?;
        let first = self.knots.iter().position(|knot| knot.thread == thread)?;
        if first < self.top && self.cursor - first.min(self.cursor) < self.page() {
            self.top = first;
        }
        if !seek || self.knots.get(first).is_some_and(|knot| knot.folded) {
            return None;
        }
        self.hunt = Some(Hunt::within(first));
        Some(self.hunt_on())
    }

    /// Shown at once; the store says the same later.
    pub(crate) fn mute(&mut self, thread: ThreadId, mute: bool) {
        for row in self.rows.values_mut().filter(|row| row.row.thread == thread) {
            row.row.conversation.get_or_insert_default().muted = mute;
        }
    }
}
