//! Who answers whom within one conversation, and in which order its lines stand.

use std::collections::HashMap;

use crate::model::{Knot, OrderEntry};

/// Levels that are told apart; what lies deeper stands on the last one.
const DEEPEST: u8 = 7;

/// A message of a conversation.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Member {
    pub(super) entry: OrderEntry,
    /// What it is called, as hashes; 0 is none.
    pub(super) names: [i64; 2],
    /// What it answers, the nearest first.
    pub(super) refs: Vec<i64>,
}

/// The lines of an open conversation: every message below the nearest one that it answers and that is there, older ones
/// first. Answers that go round in a circle are cut open at the oldest.
pub(super) fn tree(mut members: Vec<Member>) -> Vec<(OrderEntry, Knot)> {
    members.sort_by_key(|member| (member.entry.arrival, member.entry.placement));
    let mut by_name: HashMap<i64, usize> = HashMap::new();
    for (at, member) in members.iter().enumerate() {
        for name in member.names.into_iter().filter(|name| *name != 0) {
            by_name.entry(name).or_insert(at);
        }
    }
    let parent_of = |at: usize, member: &Member| {
        // A second copy of a message stands beside the first one.
        member.refs.iter().filter_map(|name| by_name.get(name).copied()).find(|parent| *parent != at)
    };
    let mut parents: Vec<Option<usize>> =
        members.iter().enumerate().map(|(at, member)| parent_of(at, member)).collect();
    cut_circles(&mut parents);
    // What answers nothing that is there stands below the oldest such message.
    let roots: Vec<usize> =
        parents.iter().enumerate().filter(|(_, parent)| parent.is_none()).map(|(at, _)| at).collect();
    let first = roots.first().copied().unwrap_or(0);
    for root in roots.into_iter().skip(1) {
        if let Some(parent) = parents.get_mut(root) {
            *parent = Some(first);
        }
    }
    lines(&members, &parents, first)
}

fn cut_circles(parents: &mut [Option<usize>]) {
    #[derive(Clone, Copy, PartialEq)]
    enum Seen {
        Not,
        Now,
        Before,
    }
    let mut seen = vec![Seen::Not; parents.len()];
    for start in 0..parents.len() {
        let mut path = Vec::new();
        let mut at = Some(start);
        while let Some(here) = at {
            match seen.get(here).copied().unwrap_or(Seen::Before) {
                Seen::Not => {
                    if let Some(mark) = seen.get_mut(here) {
                        *mark = Seen::Now;
                    }
                    path.push(here);
                    at = parents.get(here).copied().flatten();
                }
                Seen::Now => {
                    // The circle is what the path has from here on; its oldest message answers nobody.
                    let circle = path.iter().skip_while(|other| **other != here);
                    if let Some(parent) = circle.min().and_then(|oldest| parents.get_mut(*oldest)) {
                        *parent = None;
                    }
                    break;
                }
                Seen::Before => break,
            }
        }
        for here in path {
            if let Some(mark) = seen.get_mut(here) {
                *mark = Seen::Before;
            }
        }
    }
}

fn lines(members: &[Member], parents: &[Option<usize>], first: usize) -> Vec<(OrderEntry, Knot)> {
    let mut children: Vec<Vec<usize>> = vec![Vec::new(); members.len()];
    for (at, parent) in parents.iter().enumerate().rev() {
        if let Some(below) = parent.and_then(|parent| children.get_mut(parent)) {
            // The youngest first: it is taken from the end.
            below.push(at);
        }
    }
    let mut lines: Vec<(OrderEntry, Knot)> = Vec::with_capacity(members.len());
    let mut open = vec![(first, 0_u8)];
    while let Some((at, depth)) = open.pop() {
        if let Some(member) = members.get(at) {
            lines.push((member.entry, Knot { depth: depth.min(DEEPEST), ..Knot::default() }));
        }
        let below = children.get_mut(at).map(std::mem::take).unwrap_or_default();
        open.extend(below.into_iter().map(|child| (child, depth.saturating_add(1))));
    }
    // From the end: on which levels something comes later.
    let mut later = 0_u8;
    for (_, knot) in lines.iter_mut().rev() {
        let level = 1_u8 << knot.depth;
        knot.last = later & level == 0;
        knot.rails = later & (level - 1);
        later = (later & (level - 1)) | level;
    }
    lines
}

#[cfg(test)]
mod tests;
