//! How the report looks: a line for each finding as soon as it is known, and in the end what to do first. Or one object of
//! JSON for each.

use serde::Serialize;

use super::fact::{Check, Fact};
use super::judge::{Finding, Level, findings};
use super::veil::Veil;
use crate::cli::output::{Ending, Out};
use crate::cli::sentences::doctor as say;
use crate::i18n::Language;
use crate::text::{SafeText, width, wrap_hanging};

/// More advice than this is not read.
const FIRST: usize = 2;

#[derive(Debug)]
pub(super) struct Report {
    out: Out,
    json: bool,
    tongue: Language,
    columns: usize,
    /// Of whom the present group tells; `None` for this machine.
    whose: Option<String>,
    veil: Veil,
    /// What is worth doing something about, in the order in which it was found.
    advice: Vec<Advice>,
    /// Of whom was told already.
    told_of: Vec<String>,
    /// Where everything begins that is said about a check.
    indent: usize,
}

#[derive(Debug)]
struct Advice {
    level: Level,
    /// Whose it is, and what was looked at: one advice for each is enough.
    about: String,
    what: String,
}

#[derive(Serialize)]
struct Told<'a> {
    account: Option<&'a str>,
    check: &'static str,
    level: &'static str,
    kind: &'static str,
    sentence: &'a str,
    todo: Option<&'a str>,
    remedy: Option<&'static str>,
    said: Option<&'a str>,
    milliseconds: Option<u64>,
}

impl Report {
    pub(super) fn new(tongue: Language, json: bool, columns: usize) -> Self {
        let labels = Check::EVERY.map(|check| width(&say::label(tongue, check)));
        let indent = 2 + 4 + 2 + labels.into_iter().max().unwrap_or_default() + 2;
        let (whose, veil) = (None, Veil::default());
        let (advice, told_of) = (Vec::new(), Vec::new());
        Self { out: Out::new(), json, tongue, columns, whose, veil, advice, told_of, indent }
    }

    /// What comes now is about this account, or about this machine.
    pub(super) fn group(&mut self, whose: Option<&str>, veil: Veil) -> Result<(), Ending> {
        self.whose = whose.map(|whose| self.apart(veil.text(whose)));
        self.veil = veil;
        if self.json {
            return Ok(());
        }
        match &self.whose {
            Some(whose) => {
                self.out.line("")?;
                self.out.line(whose)
            }
            None => self.out.line(&say::this_machine(self.tongue)),
        }
    }

    /// Accounts may look alike when their names are hidden.
    fn apart(&mut self, whose: String) -> String {
        self.told_of.push(whose.clone());
        match self.told_of.iter().filter(|other| **other == whose).count() {
            1 => whose,
            number => format!("{whose} ({number})"),
        }
    }

    pub(super) fn tell(&mut self, fact: &Fact) -> Result<(), Ending> {
        for finding in findings(fact, self.tongue, &self.veil) {
            if finding.level != Level::Ok {
                let what = finding.remedy.clone().unwrap_or_else(|| finding.sentence.clone());
                let label = say::label(self.tongue, finding.check);
                let whose = self.whose.as_ref().map(|whose| format!("{whose} ")).unwrap_or_default();
                self.advice.push(Advice { level: finding.level, about: format!("{whose}{label}"), what });
            }
            if self.json { self.object(&finding)? } else { self.lines(&finding)? }
        }
        self.out.flush()
    }

    fn object(&mut self, finding: &Finding) -> Result<(), Ending> {
        let milliseconds = finding.took.map(|took| u64::try_from(took.as_millis()).unwrap_or(u64::MAX));
        self.out.json(&Told {
            account: self.whose.as_deref(),
            check: finding.check.code(),
            level: finding.level.code(),
            kind: finding.kind,
            sentence: &finding.sentence,
            todo: finding.remedy.as_deref(),
            remedy: finding.known_as,
            said: finding.said.as_deref(),
            milliseconds,
        })
    }

    fn lines(&mut self, finding: &Finding) -> Result<(), Ending> {
        let label = say::label(self.tongue, finding.check);
        let room = self.indent.saturating_sub(8 + width(&label));
        let head = format!("  {}  {label}{}", say::level(self.tongue, finding.level), " ".repeat(room));
        self.wrapped(&head, &finding.sentence)?;
        let blank = " ".repeat(self.indent);
        if let Some(said) = &finding.said {
            self.wrapped(&blank, &format!("« {said} »"))?;
        }
        if let Some(remedy) = &finding.remedy {
            self.wrapped(&blank, &format!("→ {remedy}"))?;
        }
        Ok(())
    }

    fn wrapped(&mut self, head: &str, text: &str) -> Result<(), Ending> {
        let text = SafeText::of(text).into_string();
        let room = self.columns.saturating_sub(self.indent).max(20);
        let blank = " ".repeat(self.indent);
        for (n, range) in wrap_hanging(&text, room, room).into_iter().enumerate() {
            let line = text.get(range).unwrap_or_default();
            self.out.line(&format!("{}{}", if n == 0 { head } else { &blank }, line.trim_end()))?;
        }
        if text.is_empty() { self.out.line(head) } else { Ok(()) }
    }

    /// The one or two things to do first. True if nothing failed.
    pub(super) fn end(mut self) -> Result<bool, Ending> {
        // What failed comes before what may fail one day; of the same thing the first is enough.
        self.advice.sort_by_key(|advice| std::cmp::Reverse(advice.level));
        self.advice.dedup_by(|later, earlier| later.about == earlier.about);
        let worst = self.advice.first().map_or(Level::Ok, |advice| advice.level);
        if !self.json {
            self.indent = 4;
            self.out.line("")?;
            self.out.line(&say::conclusion(self.tongue, worst))?;
            let first: Vec<String> = self
                .advice
                .iter()
                .take(FIRST)
                .map(|Advice { about, what, .. }| say::advice(self.tongue, about, what))
                .collect();
            for advice in first {
                self.wrapped("  · ", &advice)?;
            }
            let left = self.advice.len().saturating_sub(FIRST);
            if left > 0 {
                self.wrapped("    ", &say::more(self.tongue, left))?;
            }
        }
        self.out.end()?;
        Ok(worst != Level::Fail)
    }
}
