//! What is said on the connections, while somebody looks: the newest lines of each account, and which of them are in view.

use std::collections::VecDeque;

use crate::app::Area;
use crate::model::WireLine;
use crate::text::{SafeText, wrap};

/// Lines of an account that can be looked at.
const KEPT: usize = 2_000;
/// From here on there is room for what a connection is for.
const ROOMY: u16 = 60;

/// Where the view is held.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub enum Anchor {
    /// The newest line is the last one in view, also when another one comes.
    #[default]
    Newest,
    /// This line is the first one in view.
    Top(usize),
    /// This line is the last one in view.
    Bottom(usize),
}

#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct WirePane {
    accounts: Vec<VecDeque<WireLine>>,
}

impl WirePane {
    pub fn lines(&self, account: usize) -> impl DoubleEndedIterator<Item = &WireLine> + ExactSizeIterator {
        static NONE: VecDeque<WireLine> = VecDeque::new();
        self.accounts.get(account).unwrap_or(&NONE).iter()
    }

    /// Takes lines in. Returns how many of this account went away for it.
    pub(crate) fn take(&mut self, lines: Vec<WireLine>, names: &[&SafeText], shown: usize) -> usize {
        self.accounts.resize_with(names.len(), VecDeque::new);
        let mut gone = 0;
        for line in lines {
            let Some(at) = names.iter().position(|name| **name == line.account) else { continue };
            let Some(kept) = self.accounts.get_mut(at) else { continue };
            if kept.len() >= KEPT {
                kept.pop_front();
                gone += usize::from(at == shown);
            }
            kept.push_back(line);
        }
        gone
    }

    pub(crate) fn clear(&mut self) {
        self.accounts.clear();
    }

    /// The lines that are at least partly in view, as (first, behind the last).
    pub fn in_view(&self, account: usize, anchor: Anchor, body: Area) -> (usize, usize) {
        let all = self.lines(account).len();
        let room = usize::from(body.height);
        let mut used = 0;
        match anchor {
            Anchor::Top(first) => {
                let first = first.min(all.saturating_sub(1));
                let fit = self.lines(account).skip(first).take_while(|line| {
                    let before = used;
                    used += height(line, body);
                    before < room
                });
                (first, first + fit.count())
            }
            Anchor::Newest | Anchor::Bottom(_) => {
                let end = if let Anchor::Bottom(last) = anchor { (last + 1).min(all) } else { all };
                let fit = self.lines(account).rev().skip(all - end).take_while(|line| {
                    let before = used;
                    used += height(line, body);
                    before < room
                });
                (end - fit.count(), end)
            }
        }
    }

    /// The anchor after a move by lines.
    pub(crate) fn moved(&self, account: usize, anchor: Anchor, by: isize, body: Area) -> Anchor {
        let (first, end) = self.in_view(account, anchor, body);
        let to = if by < 0 {
            Anchor::Bottom(end.saturating_sub(1).saturating_sub(by.unsigned_abs()))
        } else {
            Anchor::Top(first.saturating_add(by.unsigned_abs()))
        };
        self.settled(account, to, body)
    }

    /// The anchor after a move by pages: what was cut off at an edge is seen as a whole then.
    pub(crate) fn paged(&self, account: usize, anchor: Anchor, down: bool, body: Area) -> Anchor {
        let (first, end) = self.in_view(account, anchor, body);
        let at_top = matches!(anchor, Anchor::Top(_));
        // Of a line that is larger than the view, its start is seen first and then its end.
        let room = usize::from(body.height);
        let alone = first + 1 == end && self.lines(account).nth(first).is_some_and(|line| height(line, body) > room);
        let to = match down {
            true if end >= self.lines(account).len() => Anchor::Newest,
            true if alone && at_top => Anchor::Bottom(first),
            true => Anchor::Top(end.saturating_sub(1).max(first + 1)),
            false if first == 0 || (alone && !at_top) => Anchor::Top(first),
            false => Anchor::Bottom(first.min(end.saturating_sub(2))),
        };
        self.settled(account, to, body)
    }

    /// Nothing is shown beyond the ends.
    pub(crate) fn settled(&self, account: usize, anchor: Anchor, body: Area) -> Anchor {
        let all = self.lines(account).len();
        let room = usize::from(body.height);
        let (first, end) = self.in_view(account, anchor, body);
        let rows: usize = self.lines(account).skip(first).take(end - first).map(|line| height(line, body)).sum();
        match anchor {
            Anchor::Newest => Anchor::Newest,
            Anchor::Bottom(last) if last + 1 >= all => Anchor::Newest,
            Anchor::Bottom(_) if first == 0 && rows <= room => self.settled(account, Anchor::Top(0), body),
            Anchor::Bottom(last) => Anchor::Bottom(last),
            Anchor::Top(_) if end >= all && rows <= room => Anchor::Newest,
            Anchor::Top(_) => Anchor::Top(first),
        }
    }
}

/// True if there is room for more than the time.
pub fn is_roomy(body: Area) -> bool {
    body.width >= ROOMY
}

/// The column where texts begin: after the time, the connection where there is room for it, and the arrow.
pub fn indent(body: Area) -> u16 {
    if is_roomy(body) { 24 } else { 11 }
}

fn height(line: &WireLine, body: Area) -> usize {
    wrap(line.text.as_str(), usize::from(body.width.saturating_sub(indent(body)))).len()
}

#[cfg(test)]
mod tests;
