//! Sets of message numbers.

use std::fmt::Write as _;

use super::lexer::{Lexer, Malformed, Parsed};

/// `1,3:5,7:*` as it was written. `None` is the star.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Set(Vec<(Option<u32>, Option<u32>)>);

impl Set {
    pub(super) fn parse(lexer: &mut Lexer<'_>) -> Parsed<Self> {
        let mut ranges = Vec::new();
        loop {
            let from = bound(lexer)?;
            let to = if lexer.eat(b':') { bound(lexer)? } else { from };
            ranges.push((from, to));
            if !lexer.eat(b',') {
                return Ok(Self(ranges));
            }
        }
    }

    pub(super) fn has_star(&self) -> bool {
        self.0.iter().any(|(from, to)| from.is_none() || to.is_none())
    }

    /// The ranges with the star replaced by `last`, each with its smaller end first.
    pub(super) fn ranges(&self, last: u32) -> impl Iterator<Item = (u32, u32)> {
        self.0.iter().map(move |(a, b)| {
            let (a, b) = (a.unwrap_or(last), b.unwrap_or(last));
            (a.min(b), a.max(b))
        })
    }

    pub(super) fn contains(&self, number: u32, last: u32) -> bool {
        self.ranges(last).any(|(from, to)| from <= number && number <= to)
    }

    /// True if it names a number beyond the last, other than by the star.
    pub(super) fn exceeds(&self, last: u32) -> bool {
        self.ranges(last).any(|(from, to)| to > last || from == 0)
    }
}

fn bound(lexer: &mut Lexer<'_>) -> Parsed<Option<u32>> {
    if lexer.eat(b'*') {
        return Ok(None);
    }
    match lexer.number()? {
        0 => Err(Malformed("Messages are counted from 1")),
        number => Ok(Some(number)),
    }
}

/// Numbers as a set, in their order: `4:6,9`.
pub(super) fn written(numbers: &[u32]) -> String {
    let mut out = String::new();
    let mut rest = numbers.iter().copied().peekable();
    while let Some(from) = rest.next() {
        let mut to = from;
        while let Some(next) = rest.next_if(|n| *n == to.saturating_add(1)) {
            to = next;
        }
        let comma = if out.is_empty() { "" } else { "," };
        let _ = if from == to { write!(out, "{comma}{from}") } else { write!(out, "{comma}{from}:{to}") };
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_are_read_and_written() {
        let set = Set::parse(&mut Lexer::new(b"1,5:3,9:*")).unwrap();
        let inside: Vec<u32> = (1..=12).filter(|n| set.contains(*n, 12)).collect();
        assert_eq!(written(&inside), "1,3:5,9:12");
        // The last message is always in `n:*`, however large n is.
        assert!(set.contains(7, 7));
        assert!(Set::parse(&mut Lexer::new(b"0")).is_err());
        assert!(Set::parse(&mut Lexer::new(b"1:")).is_err());
        assert_eq!(written(&[3, 1, 2]), "3,1:2");
    }
}
