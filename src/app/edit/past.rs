//! What was done to a text, so that it can be undone: in groups as a person thinks of them, and within bounds.

use std::collections::VecDeque;

use super::buffer::{Place, behind};

/// Bytes of text that are kept to go back to; a single change may be more.
const MOST: usize = 32 * 1024 * 1024;
const CHANGES: usize = 20_000;
/// Letters without a blank or a comma that are one group all the same.
const GROUP: usize = 64;

/// What stood at a place, and what stands there now.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Change {
    pub(super) from: Place,
    pub(super) removed: String,
    pub(super) inserted: String,
    /// Where the cursor stood, and where it stands after it.
    pub(super) before: Place,
    pub(super) after: Place,
    pub(super) kind: Kind,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Kind {
    Typing,
    Erasing,
    /// Pasted, cut, set anew: a group of its own.
    AtOnce,
}

#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub(super) struct Past {
    done: VecDeque<Change>,
    undone: Vec<Change>,
    weight: usize,
    /// The next change begins a group.
    sealed: bool,
}

impl Past {
    pub(super) fn seal(&mut self) {
        self.sealed = true;
    }

    pub(super) fn push(&mut self, change: Change) {
        self.weight += weight(&change);
        for undone in self.undone.drain(..) {
            self.weight -= weight(&undone);
        }
        let sealed = std::mem::take(&mut self.sealed);
        let joined = match self.done.back_mut().filter(|_| !sealed) {
            Some(last) => joined(last, change),
            None => Some(change),
        };
        let Some(change) = joined else { return };
        self.done.push_back(change);
        while self.done.len() > 1 && (self.weight > MOST || self.done.len() > CHANGES) {
            if let Some(oldest) = self.done.pop_front() {
                self.weight -= weight(&oldest);
            }
        }
    }

    /// The last change, to be taken back.
    pub(super) fn undo(&mut self) -> Option<&Change> {
        self.sealed = true;
        let change = self.done.pop_back()?;
        self.undone.push(change);
        self.undone.last()
    }

    /// The last one that was taken back, to be done once more.
    pub(super) fn redo(&mut self) -> Option<&Change> {
        self.sealed = true;
        let change = self.undone.pop()?;
        self.done.push_back(change);
        self.done.back()
    }
}

fn weight(change: &Change) -> usize {
    change.removed.len() + change.inserted.len()
}

/// Joins a change to the one before it, if both are one to whoever writes.
fn joined(last: &mut Change, change: Change) -> Option<Change> {
    let same = last.kind == change.kind && last.after == change.before;
    match change.kind {
        Kind::Typing
            if same
                && change.removed.is_empty()
                && change.from == behind(last.from, &last.inserted)
                && goes_on(&last.inserted, &change.inserted) =>
        {
            last.inserted.push_str(&change.inserted);
        }
        Kind::Erasing if same && change.inserted.is_empty() && last.removed.len() < GROUP => {
            if change.from == last.from {
                last.removed.push_str(&change.removed);
            } else if behind(change.from, &change.removed) != last.from {
                return Some(change);
            } else {
                last.removed.insert_str(0, &change.removed);
                last.from = change.from;
            }
        }
        Kind::Typing | Kind::Erasing | Kind::AtOnce => return Some(change),
    }
    last.after = change.after;
    None
}

/// A word goes on until a letter follows a blank, or anything follows the end of a clause.
fn goes_on(before: &str, typed: &str) -> bool {
    let (Some(last), Some(next)) = (before.chars().next_back(), typed.chars().next()) else { return true };
    let ended = "\n，。；：？！、".contains(last) || (last.is_whitespace() && !next.is_whitespace());
    before.len() < GROUP && !ended
}
