//! Whom the user may mean while an address is being typed.

use super::{Composer, Head, Stage};
use crate::letter::{Mailbox, addresses};
use crate::model::{Person, Query};

/// More than these are not worth reading.
const SHOWN: usize = 6;
/// Letters of a name.
const LONGEST: usize = 64;

/// Those who may be meant, below the field.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Candidates {
    pub head: Head,
    /// What was typed of the name or the address.
    typed: String,
    /// As they will stand in the field.
    pub people: Vec<String>,
    /// The one that is taken; none was chosen yet, so Enter takes what was typed.
    pub cursor: Option<usize>,
}

impl Composer {
    /// What of an address stands before the cursor: where it begins, and its text.
    fn unfinished(&self) -> Option<(usize, String)> {
        let line = self.line(self.focus).filter(|_| self.focus.takes_addresses())?;
        let (before, after) = line.around();
        // In the middle of an address nothing is completed.
        if !after.trim_start().is_empty() && !after.trim_start().starts_with([',', ';', '，', '；']) {
            return None;
        }
        let mut from = 0;
        let mut quoted = false;
        for (at, c) in before.char_indices() {
            match c {
                '"' => quoted = !quoted,
                ',' | ';' | '，' | '；' if !quoted => from = at + c.len_utf8(),
                _ => {}
            }
        }
        let piece = before.get(from..)?;
        let typed = piece.trim_start();
        let begins = from + piece.len() - typed.len();
        let worth = !typed.is_empty() && typed.chars().count() <= LONGEST && !typed.contains(['<', '＜', '"']);
        worth.then(|| (begins, typed.to_owned()))
    }

    /// Asks for people, if there is something to ask.
    pub(in crate::app) fn ask_for_people(&mut self) -> Option<Query> {
        if let Some((_, typed)) = self.unfinished() {
            return Some(Query::People { typed, limit: SHOWN });
        }
        self.candidates = None;
        None
    }

    /// Here they are; what was typed may have changed meanwhile.
    pub(in crate::app) fn offer(&mut self, typed: &str, people: &[Person]) {
        if self.stage != Stage::Editing || self.unfinished().is_none_or(|(_, now)| now != typed) {
            return;
        }
        let already: Vec<String> = self
            .line(self.focus)
            .map(|line| {
                addresses(line.text()).into_iter().filter_map(|one| one.mailbox.ok()).map(|one| one.key()).collect()
            })
            .unwrap_or_default();
        let written = people.iter().filter_map(|person| {
            let mailbox = Mailbox::new(person.name.as_untrusted(), person.address.as_untrusted()).ok()?;
            (!already.contains(&mailbox.key())).then(|| mailbox.typed())
        });
        let people: Vec<String> = written.take(SHOWN).collect();
        let candidates = Candidates { head: self.focus, typed: typed.to_owned(), people, cursor: None };
        self.candidates = (!candidates.people.is_empty()).then_some(candidates);
    }

    /// Puts one of them into the field. `None`: the first.
    pub(super) fn take_candidate(&mut self, which: Option<usize>) -> bool {
        let Some(candidates) = self.candidates.take() else { return false };
        let Some((from, _)) = self.unfinished().filter(|(_, typed)| *typed == candidates.typed) else { return false };
        let Some(person) = candidates.people.get(which.unwrap_or_default()) else { return false };
        let put = |line: &mut crate::app::edit::Line| line.replace_before(from, &format!("{person}, "));
        self.line_mut(candidates.head).is_none_or(put)
    }
}
