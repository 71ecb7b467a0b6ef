//! Commands about the messages of the selected folder, and the news of it.

use std::fmt::Write as _;

use super::super::command::{Change, Resync, Since, Store};
use super::super::marks::Marks;
use super::super::personality::SelectLine;
use super::super::search::Last;
use super::super::sequence::{Set, written};
use super::resync::flags_line;
use super::{Content, Folder, Gathered, Held, Reply, Seen, Selected, Status, Timestamp, World};

impl World {
    pub(in super::super) fn select(
        &mut self,
        session: u64,
        name: &str,
        read_only: bool,
        resync: Option<&Resync>,
    ) -> Reply {
        let had_another = self.unselect(session);
        if resync.is_some() && !self.hears_what_vanished(session) {
            return Reply::bad("Say ENABLE QRESYNC first");
        }
        let Some(folder) = self.folders.iter().find(|f| f.name == name) else {
            return Reply::no("[NONEXISTENT] There is no such mailbox");
        };
        let (shown, next_uid) = self.shown(folder, session);
        let unseen = |m: &&Held| !m.marks.has(Marks::SEEN);
        let mut lines = String::new();
        if had_another && self.personality.can("QRESYNC") {
            lines.push_str("* OK [CLOSED] The mailbox before is closed\r\n");
        }
        for line in self.personality.select {
            let _ = match line {
                SelectLine::Flags => write!(lines, "* FLAGS ({})\r\n", self.flags(folder)),
                SelectLine::PermanentFlags(words) => {
                    let flags = self.permanent_flags(folder, read_only);
                    write!(lines, "* OK [PERMANENTFLAGS ({flags})] {words}\r\n")
                }
                SelectLine::Exists => write!(lines, "* {} EXISTS\r\n", shown.len() + self.surplus(folder)),
                SelectLine::Recent => {
                    let counted = self.personality.search.recent_is_unseen;
                    let recent = if counted { shown.iter().copied().filter(unseen).count() } else { 0 };
                    write!(lines, "* {recent} RECENT\r\n")
                }
                SelectLine::Unseen(words) => match shown.iter().copied().position(|m| unseen(&m)) {
                    Some(at) => {
                        let line = format!("* OK [UNSEEN {}] {words}", at + 1);
                        write!(lines, "{}\r\n", line.trim_end())
                    }
                    None => Ok(()),
                },
                SelectLine::UidValidity(words) => {
                    write!(lines, "* OK [UIDVALIDITY {}] {words}\r\n", folder.validity)
                }
                SelectLine::UidNext(words) => write!(lines, "* OK [UIDNEXT {next_uid}] {words}\r\n"),
                SelectLine::HighestModSeq(words) if self.personality.can("CONDSTORE") => {
                    write!(lines, "* OK [HIGHESTMODSEQ {}] {words}\r\n", folder.highest)
                }
                SelectLine::HighestModSeq(_) => Ok(()),
            };
        }
        let selected = Selected {
            folder: folder.key,
            read_only,
            uids: shown.iter().map(|m| m.uid).collect(),
            next_uid,
            gone: std::collections::BTreeSet::new(),
            changed: std::collections::BTreeSet::new(),
            keywords: folder.keywords,
        };
        if let Some(known) = resync {
            lines.push_str(&self.resync(folder, known));
        }
        if let Some(viewer) = self.viewers.get_mut(&session) {
            viewer.selected = Some(selected);
        }
        let code = if read_only { "READ-ONLY" } else { "READ-WRITE" };
        Reply { lines: lines.into(), status: Status::Done(Some(code.to_owned())) }
    }

    /// True if a mailbox was selected.
    pub(in super::super) fn unselect(&mut self, session: u64) -> bool {
        self.viewers.get_mut(&session).is_some_and(|viewer| viewer.selected.take().is_some())
    }

    pub(super) fn selected(&self, session: u64) -> Option<(&Folder, &Selected)> {
        let selected = self.viewers.get(&session)?.selected.as_ref()?;
        Some((self.folders.iter().find(|f| f.key == selected.folder)?, selected))
    }

    /// What happened in the selected folder since the client was told last. Removals are held back where the client
    /// could not know which numbers its commands mean.
    pub(in super::super) fn news(&mut self, session: u64, removals: bool) -> Vec<u8> {
        if self.personality.visibility.told { self.tell(session, removals) } else { Vec::new() }
    }

    /// The same also where nothing is told unasked: it is the client's own doing.
    fn tell(&mut self, session: u64, removals: bool) -> Vec<u8> {
        let mut out = String::new();
        let arrivals = self.personality.visibility.told;
        let folders = &self.folders;
        let told = self.told(session);
        let Some(selected) = self.viewers.get_mut(&session).and_then(|v| v.selected.as_mut()) else {
            return Vec::new();
        };
        let folder = folders.iter().find(|f| f.key == selected.folder);
        if removals {
            let mut gone = Vec::new();
            // From the end, so that the numbers of the others hold while they are told.
            for uid in std::mem::take(&mut selected.gone).into_iter().rev() {
                if let Ok(at) = selected.uids.binary_search(&uid) {
                    selected.uids.remove(at);
                    gone.push((at + 1, uid));
                }
            }
            if told.qresync && !gone.is_empty() {
                let uids: Vec<u32> = gone.iter().rev().map(|(_, uid)| *uid).collect();
                let _ = write!(out, "* VANISHED {}\r\n", written(&uids));
            } else {
                for (number, _) in gone {
                    let _ = write!(out, "* {number} EXPUNGE\r\n");
                }
            }
        }
        let Some(folder) = folder else { return out.into() };
        let from = folder.messages.partition_point(|m| m.uid < selected.next_uid);
        if let Some(fresh) = folder.messages.get(from..).filter(|fresh| arrivals && !fresh.is_empty()) {
            selected.uids.extend(fresh.iter().map(|m| m.uid));
            let _ = write!(out, "* {} EXISTS\r\n", selected.uids.len());
        }
        if arrivals {
            selected.next_uid = folder.next_uid;
        }
        let new_words = folder.keywords.without(selected.keywords) != Marks::NONE;
        selected.keywords = folder.keywords;
        let mut flags = String::new();
        for uid in std::mem::take(&mut selected.changed) {
            if let (Ok(at), Some(message)) = (selected.uids.binary_search(&uid), folder.find(uid)) {
                let number = u32::try_from(at + 1).unwrap_or(u32::MAX);
                flags.push_str(&flags_line(number, message, &self.words, told));
            }
        }
        if new_words && let Some((folder, selected)) = self.selected(session) {
            let permanent = self.permanent_flags(folder, selected.read_only);
            let _ = write!(out, "* FLAGS ({})\r\n", self.flags(folder));
            let _ = write!(out, "* OK [PERMANENTFLAGS ({permanent})] Flags that are kept\r\n");
        }
        (out + &flags).into()
    }

    /// The messages of a set, for FETCH; with `read`, they are marked as seen.
    pub(in super::super) fn gather(
        &mut self,
        session: u64,
        by_uid: bool,
        set: &Set,
        read: bool,
        since: Option<Since>,
    ) -> Result<Gathered, Reply> {
        let (mut gathered, writable, key) = self.gather_all(session)?;
        keep_set(&mut gathered, by_uid, set)?;
        if let Some(since) = since {
            gathered.messages.retain(|m| m.modseq > since.modseq);
        }
        if read && writable {
            let mut changed = Vec::new();
            if let Some(folder) = self.folders.iter_mut().find(|f| f.key == key) {
                for seen in gathered.messages.iter_mut().filter(|s| !s.marks.has(Marks::SEEN)) {
                    seen.marks = seen.marks.with(Marks::SEEN);
                    seen.changed = true;
                    changed.push(seen.uid);
                    if let Some(message) = folder.find_mut(seen.uid) {
                        message.marks = seen.marks;
                    }
                }
                let modseq = folder.touch(&changed);
                for seen in gathered.messages.iter_mut().filter(|s| s.changed) {
                    seen.modseq = modseq;
                }
            }
            self.tell_others(session, key, &changed);
        }
        Ok(gathered)
    }

    /// All messages, for SEARCH; by UID, also those that nothing but a search sees.
    pub(in super::super) fn gather_every(&mut self, session: u64, by_uid: bool) -> Result<Gathered, Reply> {
        let (mut gathered, ..) = self.gather_all(session)?;
        if let Some((folder, selected)) = self.selected(session).filter(|_| by_uid) {
            for (number, held) in (gathered.last.number + 1..).zip(self.searchable(folder, session, selected.next_uid))
            {
                gathered.messages.push(Seen::of(number, held, self.is_unsettled(folder, held)));
                gathered.last.uid = held.uid;
            }
        }
        Ok(gathered)
    }

    fn flags(&self, folder: &Folder) -> String {
        let words = self.words.names(folder.keywords);
        [self.personality.flags, &words].into_iter().filter(|w| !w.is_empty()).collect::<Vec<_>>().join(" ")
    }

    fn permanent_flags(&self, folder: &Folder, read_only: bool) -> String {
        match self.personality.permanent_flags {
            _ if read_only => String::new(),
            Some(flags) => flags.to_owned(),
            None => format!("{} \\*", self.flags(folder)),
        }
    }

    fn gather_all(&self, session: u64) -> Result<(Gathered, bool, u64), Reply> {
        let Some((folder, selected)) = self.selected(session) else {
            return Err(Reply::no("[NONEXISTENT] The mailbox is gone"));
        };
        let count = u32::try_from(selected.uids.len()).unwrap_or(u32::MAX);
        let last = Last { number: count, uid: selected.uids.last().copied().unwrap_or(0) };
        let mut messages = Vec::with_capacity(selected.uids.len());
        let mut held = folder.messages.iter().peekable();
        for (number, uid) in (1..).zip(&selected.uids) {
            while held.next_if(|m| m.uid < *uid).is_some() {}
            if let Some(held) = held.next_if(|m| m.uid == *uid) {
                messages.push(Seen::of(number, held, self.is_unsettled(folder, held)));
            }
        }
        let condstore = self.told(session).condstore;
        let words = self.words.clone();
        let surplus = self.surplus(folder);
        let gathered = Gathered { messages, words, last, incomplete: false, condstore, surplus };
        Ok((gathered, !selected.read_only, folder.key))
    }

    pub(in super::super) fn store(&mut self, session: u64, by_uid: bool, set: &Set, store: &Store) -> Reply {
        let gathered = match self.gather(session, by_uid, set, false, None) {
            Ok(gathered) => gathered,
            Err(reply) => return reply,
        };
        let told = self.told(session);
        let Some((folder, selected)) = self.selected(session) else { return Reply::done("") };
        if selected.read_only {
            return Reply::no("[READ-ONLY] The mailbox was opened for reading only");
        }
        let key = folder.key;
        if gathered.messages.iter().any(|m| m.unsettled) {
            return Reply::no("System busy!");
        }
        let named = self.kept_marks(&store.flags);
        let Some(folder) = self.folders.iter_mut().find(|f| f.key == key) else { return Reply::done("") };
        let (mut changed, mut refused) = (Vec::new(), Vec::new());
        for seen in &gathered.messages {
            let Some(message) = folder.find_mut(seen.uid) else { continue };
            if store.unchanged_since.is_some_and(|since| message.modseq > since) {
                refused.push(if by_uid { seen.uid } else { seen.number });
                continue;
            }
            let marks = match store.change {
                Change::Set => named,
                Change::Add => message.marks.with(named),
                Change::Remove => message.marks.without(named),
            };
            if marks != message.marks {
                message.marks = marks;
                changed.push(seen.uid);
            }
        }
        let modseq = folder.touch(&changed);
        let added = if store.change == Change::Remove { Marks::NONE } else { named.keywords() };
        folder.keywords = folder.keywords.with(added);
        let mut lines = String::new();
        let told_of = |seen: &&Seen| changed.binary_search(&seen.uid).is_ok() && (!store.silent || told.condstore);
        for seen in gathered.messages.iter().filter(told_of) {
            let mut items = Vec::new();
            if by_uid || told.qresync {
                items.push(format!("UID {}", seen.uid));
            }
            if !store.silent {
                let marks = folder.find(seen.uid).map_or(Marks::NONE, |m| m.marks);
                items.push(format!("FLAGS ({})", self.words.names(marks)));
            }
            if told.condstore {
                items.push(format!("MODSEQ ({modseq})"));
            }
            let _ = write!(lines, "* {} FETCH ({})\r\n", seen.number, items.join(" "));
        }
        self.tell_others(session, key, &changed);
        // A new word is announced before it is used.
        let mut all = self.news(session, by_uid);
        all.extend_from_slice(lines.as_bytes());
        let code = (!refused.is_empty()).then(|| format!("MODIFIED {}", written(&refused)));
        Reply { lines: all, status: Status::Done(code) }
    }

    /// Removes what is marked as deleted, or only those of the set. `silent` is CLOSE.
    pub(in super::super) fn expunge(&mut self, session: u64, among: Option<&Set>, silent: bool) -> Reply {
        let Some((folder, selected)) = self.selected(session) else { return Reply::done("") };
        if selected.read_only {
            return if silent {
                Reply::done("")
            } else {
                Reply::no("[READ-ONLY] The mailbox was opened for reading only")
            };
        }
        let (key, last) = (folder.key, selected.uids.last().copied().unwrap_or(0));
        let doomed: std::collections::BTreeSet<u32> = folder
            .messages
            .iter()
            .filter(|m| m.uid < selected.next_uid && m.marks.has(Marks::DELETED))
            .map(|m| m.uid)
            .filter(|uid| among.is_none_or(|set| set.contains(*uid, last)))
            .collect();
        self.drop_messages(key, &doomed);
        if silent {
            return Reply::done("");
        }
        Reply::done(self.tell(session, true))
    }

    /// The flags of these names, as far as the server keeps them.
    fn kept_marks(&mut self, names: &[String]) -> Marks {
        let kept = |name: &&str| self.personality.toggles.stores_keywords || name.starts_with('\\');
        let names: Vec<&str> = names.iter().map(String::as_str).filter(kept).collect();
        self.words.marks(names)
    }

    fn drop_messages(&mut self, key: u64, uids: &std::collections::BTreeSet<u32>) {
        let Some(folder) = self.folders.iter_mut().find(|f| f.key == key) else { return };
        let gone = folder.drop_messages(uids);
        self.ring(key, |selected| selected.gone.extend(&gone));
    }

    pub(in super::super) fn copy(&mut self, session: u64, by_uid: bool, set: &Set, to: &str, removing: bool) -> Reply {
        let gathered = match self.gather(session, by_uid, set, false, None) {
            Ok(gathered) => gathered,
            Err(reply) => return reply,
        };
        let Some((from, selected)) = self.selected(session) else { return Reply::done("") };
        if removing && selected.read_only {
            return Reply::no("[READ-ONLY] The mailbox was opened for reading only");
        }
        let from_key = from.key;
        let came = self.came();
        let Some(target) = self.folders.iter_mut().find(|f| f.name == to) else {
            return Reply::no("[TRYCREATE] There is no such mailbox");
        };
        let (key, validity) = (target.key, target.validity);
        let new: Vec<u32> =
            gathered.messages.iter().map(|m| target.add(m.marks, m.arrived, m.content.clone(), came)).collect();
        let old: Vec<u32> = gathered.messages.iter().map(|m| m.uid).collect();
        self.ring(key, |_| ());
        let told = self.personality.can("UIDPLUS") && !old.is_empty();
        let code = told.then(|| format!("COPYUID {validity} {} {}", written(&old), written(&new)));
        if !removing {
            return Reply { lines: self.news(session, true), status: Status::Done(code) };
        }
        self.drop_messages(from_key, &old.iter().copied().collect());
        let mut lines = code.map(|c| format!("* OK [{c}] Moved\r\n")).unwrap_or_default().into_bytes();
        lines.extend(self.tell(session, true));
        Reply::done(lines)
    }

    pub(in super::super) fn append(
        &mut self,
        session: u64,
        mailbox: &str,
        flags: &[String],
        date: Option<Timestamp>,
        message: Vec<u8>,
    ) -> Reply {
        let arrived = date.unwrap_or_else(|| self.now());
        let to_sent = self.folder(mailbox).is_some_and(|f| f.role == Some("\\Sent"));
        if let Some(why) = self.personality.sent.append_refused.filter(|_| to_sent) {
            return Reply::no(why);
        }
        let keeps = self.personality.toggles.stores_keywords;
        let flags = flags.iter().map(String::as_str).filter(|name| keeps || name.starts_with('\\'));
        let Some(uid) = self.put(mailbox, Content::Kept(message.into()), flags, arrived) else {
            return Reply::no("[TRYCREATE] There is no such mailbox");
        };
        let validity = self.folder(mailbox).map_or(0, |f| f.validity);
        let code = self.personality.can("UIDPLUS").then(|| format!("APPENDUID {validity} {uid}"));
        Reply { lines: self.news(session, true), status: Status::Done(code) }
    }

    fn tell_others(&mut self, session: u64, key: u64, uids: &[u32]) {
        for viewer in self.viewers.iter_mut().filter(|(id, _)| **id != session).map(|(_, viewer)| viewer) {
            if let Some(selected) = viewer.selected.as_mut().filter(|s| s.folder == key && !uids.is_empty()) {
                selected.changed.extend(uids);
                viewer.bell.notify_one();
            }
        }
    }
}

/// Leaves of all messages those of the set.
fn keep_set(gathered: &mut Gathered, by_uid: bool, set: &Set) -> Result<(), Reply> {
    let last = gathered.last;
    let surplus = u32::try_from(gathered.surplus).unwrap_or(0);
    if !by_uid && set.exceeds(last.number.saturating_add(surplus)) {
        return Err(Reply::bad("Invalid message set"));
    }
    let (mut inside, star) = (vec![false; gathered.messages.len()], if by_uid { last.uid } else { last.number });
    let place =
        |number: u32| gathered.messages.partition_point(|m| if by_uid { m.uid < number } else { m.number < number });
    let mut wanted = 0_u64;
    for (from, to) in set.ranges(star) {
        wanted += u64::from(to) + 1 - u64::from(from);
        for slot in inside.get_mut(place(from)..place(to.saturating_add(1))).unwrap_or_default() {
            *slot = true;
        }
    }
    let mut inside = inside.into_iter();
    gathered.messages.retain(|_| inside.next().unwrap_or(false));
    gathered.incomplete = !by_uid && surplus == 0 && wanted > gathered.messages.len() as u64;
    Ok(())
}
