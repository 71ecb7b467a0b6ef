//! CONDSTORE and QRESYNC: what changed since a client looked last, and what vanished.

use std::fmt::Write as _;

use super::super::command::Resync;
use super::super::marks::Words;
use super::super::sequence::{Set, written};
use super::{Folder, Held, Reply, Told, World};

impl World {
    /// From now on the session hears of modification sequences; of the newest in its folder at once.
    pub(in super::super) fn turn_condstore_on(&mut self, session: u64) -> Vec<u8> {
        let was_on = self.viewers.get_mut(&session).is_none_or(|v| std::mem::replace(&mut v.told.condstore, true));
        let highest = self.highest(session).filter(|_| !was_on);
        highest.map(|n| format!("* OK [HIGHESTMODSEQ {n}] Changes counted\r\n")).unwrap_or_default().into()
    }

    /// The newest modification sequence of the selected folder.
    fn highest(&self, session: u64) -> Option<u64> {
        self.selected(session).map(|(folder, _)| folder.highest)
    }

    /// What an answer that told of vanished messages says at its end, so that the client can remember it.
    pub(in super::super) fn code_after(&self, session: u64, lines: &[u8]) -> Option<String> {
        let told = self.told(session).qresync && memchr::memmem::find(lines, b"* VANISHED ").is_some();
        self.highest(session).filter(|_| told).map(|n| format!("HIGHESTMODSEQ {n}"))
    }

    pub(in super::super) fn enable(&mut self, session: u64, names: &[String]) -> Reply {
        let can = |name: &&String| matches!(name.as_str(), "CONDSTORE" | "QRESYNC") && self.personality.can(name);
        let enabled: Vec<&str> = names.iter().filter(can).map(String::as_str).collect();
        let line = format!("* {}\r\n", ["ENABLED"].iter().chain(&enabled).copied().collect::<Vec<_>>().join(" "));
        if let Some(viewer) = self.viewers.get_mut(&session) {
            viewer.told.condstore |= !enabled.is_empty();
            viewer.told.qresync |= enabled.contains(&"QRESYNC");
        }
        Reply::done(if self.personality.toggles.says_enabled { line } else { String::new() })
    }

    pub(super) fn told(&self, session: u64) -> Told {
        self.viewers.get(&session).map(|v| v.told).unwrap_or_default()
    }

    /// What the client has to hear to know the folder again.
    pub(super) fn resync(&self, folder: &Folder, known: &Resync) -> String {
        let mut lines = String::new();
        if known.validity != folder.validity {
            return lines;
        }
        lines.push_str(&folder.vanished_since(known.modseq, known.known.as_ref()));
        for (number, message) in (1_u32..).zip(&folder.messages).filter(|(_, m)| m.modseq > known.modseq) {
            let wanted = known.known.as_ref().is_none_or(|set| set.contains(message.uid, u32::MAX));
            if wanted {
                lines.push_str(&flags_line(number, message, &self.words, Told { condstore: true, qresync: true }));
            }
        }
        lines
    }

    /// The line about those that vanished, for FETCH.
    pub(in super::super) fn vanished(&self, session: u64, modseq: u64, among: &Set) -> Vec<u8> {
        let folder = self.selected(session).map(|(folder, _)| folder);
        folder.map(|folder| folder.vanished_since(modseq, Some(among))).unwrap_or_default().into()
    }

    pub(in super::super) fn hears_what_vanished(&self, session: u64) -> bool {
        self.told(session).qresync
    }
}

impl Folder {
    /// These have changed now.
    pub(super) fn touch(&mut self, uids: &[u32]) -> u64 {
        if uids.is_empty() {
            return self.highest;
        }
        let modseq = self.tick();
        for uid in uids {
            if let Some(message) = self.find_mut(*uid) {
                message.modseq = modseq;
            }
        }
        modseq
    }

    fn vanished_since(&self, modseq: u64, among: Option<&Set>) -> String {
        let last = self.next_uid.saturating_sub(1);
        let since = self.vanished.iter().filter(|(when, _)| *when > modseq).map(|(_, uid)| *uid);
        let mut uids: Vec<u32> = since.filter(|uid| among.is_none_or(|set| set.contains(*uid, last))).collect();
        uids.sort_unstable();
        if uids.is_empty() { String::new() } else { format!("* VANISHED (EARLIER) {}\r\n", written(&uids)) }
    }
}

/// What is said unasked of a message whose flags have changed.
pub(super) fn flags_line(number: u32, message: &Held, words: &Words, told: Told) -> String {
    let mut line = format!("* {number} FETCH (");
    if told.qresync {
        let _ = write!(line, "UID {} ", message.uid);
    }
    let _ = write!(line, "FLAGS ({})", words.names(message.marks));
    if told.condstore {
        let _ = write!(line, " MODSEQ ({})", message.modseq);
    }
    line.push_str(")\r\n");
    line
}
