//! The flags of a message: the five that every server knows, and words that clients invent.

use std::sync::Arc;

/// A set of flags. The meaning of the bits from 5 on stands in [`Words`].
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub(in crate::demo) struct Marks(u64);

const SYSTEM: [(Marks, &str); 5] = [
    (Marks::ANSWERED, "\\Answered"),
    (Marks::FLAGGED, "\\Flagged"),
    (Marks::DELETED, "\\Deleted"),
    (Marks::SEEN, "\\Seen"),
    (Marks::DRAFT, "\\Draft"),
];

impl Marks {
    pub(in crate::demo) const NONE: Self = Self(0);
    pub(in crate::demo) const ANSWERED: Self = Self(1);
    pub(in crate::demo) const FLAGGED: Self = Self(1 << 1);
    pub(in crate::demo) const DELETED: Self = Self(1 << 2);
    pub(in crate::demo) const SEEN: Self = Self(1 << 3);
    pub(in crate::demo) const DRAFT: Self = Self(1 << 4);

    pub(in crate::demo) fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub(super) fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    pub(super) fn has(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// Without the five that every server knows.
    pub(super) fn keywords(self) -> Self {
        Self(self.0 >> SYSTEM.len() << SYSTEM.len())
    }
}

/// The invented words, numbered in the order of their first use.
#[derive(Clone, Default, Debug)]
pub(super) struct Words(Arc<Vec<String>>);

impl Words {
    /// Flags by name; a word not seen before is added. Words beyond the 59th are dropped.
    pub(super) fn marks<'a>(&mut self, names: impl IntoIterator<Item = &'a str>) -> Marks {
        names.into_iter().fold(Marks::NONE, |marks, name| marks.with(self.mark(name)))
    }

    fn mark(&mut self, name: &str) -> Marks {
        let known = self.find(name);
        if known != Marks::NONE || name.starts_with('\\') || self.0.len() + SYSTEM.len() >= 64 {
            return known;
        }
        Arc::make_mut(&mut self.0).push(name.to_owned());
        self.find(name)
    }

    /// The flag of that name; none if nobody used it so far.
    pub(super) fn find(&self, name: &str) -> Marks {
        if let Some((mark, _)) = SYSTEM.iter().find(|(_, known)| known.eq_ignore_ascii_case(name)) {
            return *mark;
        }
        self.0
            .iter()
            .position(|w| w.eq_ignore_ascii_case(name))
            .map_or(Marks::NONE, |at| Marks(1 << (at + SYSTEM.len())))
    }

    /// The names, separated by spaces.
    pub(super) fn names(&self, marks: Marks) -> String {
        let system = SYSTEM.iter().filter(|(mark, _)| marks.has(*mark)).map(|(_, name)| *name);
        let words = self.0.iter().enumerate();
        let words = words.filter(|(at, _)| marks.has(Marks(1 << (at + SYSTEM.len())))).map(|(_, word)| word.as_str());
        system.chain(words).collect::<Vec<_>>().join(" ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_kept_and_case_does_not_matter() {
        let mut words = Words::default();
        let marks = words.marks(["\\seen", "$Forwarded", "$forwarded", "work"]);
        assert_eq!(words.names(marks), "\\Seen $Forwarded work");
        assert_eq!(words.names(words.find("WORK")), "work");
        assert_eq!(words.find("other"), Marks::NONE);
        let many: Vec<String> = (0..80).map(|n| format!("w{n}")).collect();
        let all = words.marks(many.iter().map(String::as_str));
        assert_eq!(words.names(all).split(' ').count(), 57, "two words were there before, and there is room for 59");
    }
}
