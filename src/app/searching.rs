//! Lists of what is found: what is looked for, where one came from, and how much of the mail was looked at.

use crate::model::{Coverage, Source};
use crate::search::{Condition, Field, Phrase, Problem};

/// The list that is searched, or what was searched for everywhere.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Searching {
    /// What was shown before, to go back to.
    pub(super) before: Option<Source>,
    /// What the open list was found by.
    pub(super) condition: Option<Condition>,
    /// Why what is typed cannot be looked for, and what it is.
    pub(super) problem: Option<(String, Problem)>,
    pub(super) coverage: Coverage,
    /// False while more may be found.
    pub(super) whole: bool,
    /// What was searched for last, to begin with.
    pub(super) last: String,
}

impl Searching {
    /// What is to be marked in a field of what was found.
    pub fn phrases(&self, field: Field) -> Vec<&Phrase> {
        self.condition.as_ref().map(|condition| condition.phrases(field)).unwrap_or_default()
    }

    pub fn coverage(&self) -> Coverage {
        self.coverage
    }

    pub fn is_whole(&self) -> bool {
        self.whole
    }

    pub fn problem(&self) -> Option<(&str, &Problem)> {
        self.problem.as_ref().map(|(typed, problem)| (typed.as_str(), problem))
    }
}
