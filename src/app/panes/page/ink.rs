//! How parts of a line look, in words that know no colour: what the sender marked, what leads somewhere, and what was
//! searched for.

use std::ops::Range;

use crate::model::{Document, Look};
use crate::text::SafeText;

#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Ink {
    pub look: Look,
    pub link: bool,
    /// The link that is chosen, or the place that the search stands at.
    pub chosen: bool,
    pub hit: bool,
    /// Not of the message: the number of a link, the border of a table, the sign of a broken line.
    pub aside: bool,
}

/// The look of a line up to a byte of it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Run {
    pub to: usize,
    pub ink: Ink,
}

/// What is laid over the text for a while.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub(crate) struct Over {
    pub(crate) hits: Vec<Range<usize>>,
    pub(crate) hit: Option<usize>,
    pub(crate) link: Option<usize>,
    /// Links bear their numbers.
    pub(crate) numbered: bool,
}

/// A line with its looks, before it is broken.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub(super) struct Inked {
    pub(super) text: String,
    pub(super) runs: Vec<Run>,
}

impl Inked {
    pub(super) fn push(&mut self, text: &str, ink: Ink) {
        if text.is_empty() {
            return;
        }
        self.text.push_str(text);
        let to = self.text.len();
        match self.runs.last_mut() {
            Some(last) if last.ink == ink => last.to = to,
            _ => self.runs.push(Run { to, ink }),
        }
    }

    /// Adds a part of another line.
    pub(super) fn push_part(&mut self, other: &Self, part: Range<usize>) {
        let mut from = part.start;
        for run in &other.runs {
            let to = run.to.min(part.end);
            if to > from {
                self.push(other.text.get(from..to).unwrap_or_default(), run.ink);
                from = to;
            }
        }
    }

    pub(super) fn finished(self) -> (SafeText, Vec<Run>) {
        let plain = self.runs.iter().all(|run| run.ink == Ink::default());
        (SafeText::of(&self.text), if plain { Vec::new() } else { self.runs })
    }
}

/// A line of the document (no line break in it) as it is drawn.
pub(super) fn inked(document: &Document, over: &Over, line: Range<usize>) -> Inked {
    let raw = document.text.as_untrusted().get(line.clone()).unwrap_or_default();
    let marks = touching(&document.marks, &line, |mark| &mark.at);
    let links = touching(&document.links, &line, |link| &link.at);
    let hits = touching(&over.hits, &line, |hit| hit);
    if marks.is_empty() && links.is_empty() && hits.is_empty() {
        let mut inked = Inked::default();
        inked.push(SafeText::line(raw).as_str(), Ink::default());
        return inked;
    }
    let ranges = marks
        .clone()
        .filter_map(|at| document.marks.get(at).map(|mark| &mark.at))
        .chain(links.clone().filter_map(|at| document.links.get(at).map(|link| &link.at)))
        .chain(hits.clone().filter_map(|at| over.hits.get(at)));
    let mut places = vec![line.start, line.end];
    for range in ranges {
        places.extend([range.start, range.end].into_iter().filter(|at| line.contains(at)));
    }
    places.sort_unstable();
    places.dedup();
    let within: Vec<usize> = places.iter().map(|at| at - line.start).collect();
    let (safe, stand) = SafeText::traced(raw, &within);
    let mut inked = Inked::default();
    let mut nth_link = links.start;
    for (at, (from, to)) in stand.iter().zip(stand.iter().skip(1)).enumerate() {
        let Some(place) = places.get(at).copied() else { break };
        let mut ink = Ink::default();
        if let Some(mark) = covering(&document.marks, place, |mark| &mark.at).and_then(|at| document.marks.get(at)) {
            ink.look = mark.look;
        }
        let link = covering(&document.links, place, |link| &link.at);
        ink.link = link.is_some();
        let hit = covering(&over.hits, place, |hit| hit);
        ink.hit = hit.is_some();
        ink.chosen = (hit.is_some() && hit == over.hit) || (link.is_some() && link == over.link);
        inked.push(safe.as_str().get(*from..*to).unwrap_or_default(), ink);
        let end = places.get(at + 1).copied().unwrap_or(line.end);
        while over.numbered
            && let Some(link) = document.links.get(nth_link).filter(|link| link.at.end <= end && nth_link < links.end)
        {
            if link.at.end > line.start && !link.at.is_empty() {
                inked.push(&format!("[{}]", nth_link + 1), Ink { aside: true, ..Ink::default() });
            }
            nth_link += 1;
        }
    }
    inked
}

/// Which of some ranges, in order, have something in common with `line`.
fn touching<T>(all: &[T], line: &Range<usize>, at: impl Fn(&T) -> &Range<usize>) -> Range<usize> {
    let first = all.partition_point(|one| at(one).end <= line.start);
    let last = all.partition_point(|one| at(one).start < line.end);
    first..last.max(first)
}

fn covering<T>(all: &[T], place: usize, at: impl Fn(&T) -> &Range<usize>) -> Option<usize> {
    let next = all.partition_point(|one| at(one).end <= place);
    all.get(next).filter(|one| at(one).contains(&place)).map(|_| next)
}
