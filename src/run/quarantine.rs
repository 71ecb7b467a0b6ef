//! Messages at which hongyan broke, or that took too long: the next time they are shown as they came, and nobody tries to
//! understand them unasked.
//!
//! What overflows a stack takes the whole program along, and nobody is left to write down why. So it is written down
//! before: a message stands in a small file while it is being decoded, and one that stands there at the start is one at
//! which the program ended.

use std::collections::VecDeque;
use std::fs;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};

/// More than these are nobody's bad luck; the oldest is tried again.
const MOST: usize = 100;
/// As much of a message as tells it apart, together with its size.
const LOOKED_AT: usize = 64 * 1024;
const FILE: &str = "quarantine";

/// What a message is known by.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Print(u128);

impl Print {
    pub(super) fn of(raw: &[u8]) -> Self {
        let mut hash = Sha256::new();
        hash.update(raw.len().to_le_bytes());
        hash.update(raw.get(..LOOKED_AT).unwrap_or(raw));
        let hash = hash.finalize();
        Self(hash.iter().take(16).fold(0, |print, byte| print << 8 | u128::from(*byte)))
    }

    fn read(line: &str) -> Option<Self> {
        let print = line.strip_prefix("broke ").or_else(|| line.strip_prefix("reading "))?;
        u128::from_str_radix(print, 16).ok().map(Self)
    }
}

#[derive(Debug)]
pub(super) struct Quarantine {
    file: Option<PathBuf>,
    broken: VecDeque<Print>,
    at_work: Vec<Print>,
}

impl Quarantine {
    /// What was at work when the program ended is taken in.
    pub(super) fn open(profile: &Path) -> Self {
        let file = profile.join(FILE);
        let written = fs::read_to_string(&file).unwrap_or_default();
        let broken: VecDeque<Print> = written.lines().filter_map(Print::read).collect();
        let mut quarantine = Self { file: Some(file), broken, at_work: Vec::new() };
        while quarantine.broken.len() > MOST {
            quarantine.broken.pop_front();
        }
        quarantine
    }

    /// For whoever only looks: nothing is written down.
    pub(super) fn kept_nowhere() -> Self {
        Self { file: None, broken: VecDeque::new(), at_work: Vec::new() }
    }

    pub(super) fn holds(&self, print: Print) -> bool {
        self.broken.contains(&print)
    }

    pub(super) fn begins(&mut self, print: Print) {
        self.at_work.push(print);
        self.write();
    }

    /// It was read, well or not: the program is still here.
    pub(super) fn ended(&mut self, print: Print) {
        if let Some(at) = self.at_work.iter().position(|at_work| *at_work == print) {
            self.at_work.swap_remove(at);
        }
        self.write();
    }

    /// It took too long.
    pub(super) fn broke(&mut self, print: Print) {
        if !self.holds(print) {
            self.broken.push_back(print);
            if self.broken.len() > MOST {
                self.broken.pop_front();
            }
        }
        self.ended(print);
    }

    /// It could be read after all.
    pub(super) fn release(&mut self, print: Print) {
        let before = self.broken.len();
        self.broken.retain(|broken| *broken != print);
        if self.broken.len() != before {
            self.write();
        }
    }

    /// Whoever leaves in the middle of a message was not broken by it.
    pub(super) fn close(&mut self) {
        self.at_work.clear();
        self.write();
    }

    /// It need not outlive the machine, so nothing waits for the disk; what cannot be written is not known next time.
    fn write(&self) {
        let Some(file) = &self.file else { return };
        if self.broken.is_empty() && self.at_work.is_empty() {
            let _ = fs::remove_file(file);
            return;
        }
        let broken = self.broken.iter().map(|print| format!("broke {:032x}\n", print.0));
        let at_work = self.at_work.iter().map(|print| format!("reading {:032x}\n", print.0));
        let written = broken.chain(at_work).collect::<Vec<_>>().concat();
        let mut options = fs::OpenOptions::new();
        let opened = options.write(true).create(true).truncate(true).mode(0o600).open(file);
        let _ = opened.and_then(|mut file| std::io::Write::write_all(&mut file, written.as_bytes()));
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn k10_a_message_at_which_the_program_ended_is_not_tried_again() {
        let profile = tempfile::tempdir().unwrap();
        let (good, bad) = (Print::of(b"good"), Print::of(b"bad"));
        let mut quarantine = Quarantine::open(profile.path());
        quarantine.begins(good);
        quarantine.begins(bad);
        quarantine.ended(good);
        let mode = fs::metadata(profile.path().join(FILE)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        // As if it had overflowed its stack.
        drop(quarantine);
        let mut quarantine = Quarantine::open(profile.path());
        assert!(quarantine.holds(bad) && !quarantine.holds(good));
        // It is remembered until it could be read.
        quarantine.begins(good);
        quarantine.ended(good);
        let mut quarantine = Quarantine::open(profile.path());
        assert!(quarantine.holds(bad) && !quarantine.holds(good));
        quarantine.release(bad);
        assert!(!Quarantine::open(profile.path()).holds(bad));
        assert!(!profile.path().join(FILE).exists());
    }

    #[test]
    fn leaving_in_the_middle_of_a_message_is_not_held_against_it() {
        let profile = tempfile::tempdir().unwrap();
        let mut quarantine = Quarantine::open(profile.path());
        quarantine.begins(Print::of(b"long"));
        quarantine.close();
        assert!(!Quarantine::open(profile.path()).holds(Print::of(b"long")));
    }

    #[test]
    fn what_took_too_long_is_held_and_the_oldest_is_forgotten() {
        let profile = tempfile::tempdir().unwrap();
        let mut quarantine = Quarantine::open(profile.path());
        let print = |n: usize| Print::of(&n.to_le_bytes());
        for n in 0..=MOST {
            quarantine.begins(print(n));
            quarantine.broke(print(n));
        }
        let quarantine = Quarantine::open(profile.path());
        assert!(!quarantine.holds(print(0)) && quarantine.holds(print(1)) && quarantine.holds(print(MOST)));
    }

    #[test]
    fn rubbish_in_its_file_is_nothing() {
        let profile = tempfile::tempdir().unwrap();
        fs::write(profile.path().join(FILE), b"broke zz\n\xff\nreading\nbroke 1\n").unwrap();
        assert_eq!(Quarantine::open(profile.path()).broken.len(), 0, "not even text");
        fs::write(profile.path().join(FILE), "broke zz\nhello 1\nreading\nbroke 1\n").unwrap();
        assert!(Quarantine::open(profile.path()).holds(Print(1)));
    }
}
