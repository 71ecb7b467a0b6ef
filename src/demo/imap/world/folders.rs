//! Commands about folders.

use std::fmt::Write as _;

use std::collections::BTreeMap;

use super::super::answer::quoted;
use super::super::command::{Listing, StatusItem};
use super::super::marks::Marks;
use super::super::personality::Creation;
use super::super::utf7;
use super::{Folder, Reply, World};

/// Between the names of a folder and of one in it.
const DELIMITER: char = '/';

impl World {
    /// Adds a folder that was not there.
    pub(in crate::demo) fn add_folder(&mut self, name: &str, role: Option<&'static str>) {
        let key = self.fresh_key();
        let base = u32::try_from(self.started.0.0.rem_euclid(1 << 30)).unwrap_or(1);
        let numbers = self.personality.numbers;
        let validity = numbers.validity.unwrap_or_else(|| base + u32::try_from(key).unwrap_or(0));
        self.folders.push(Folder {
            key,
            name: name.to_owned(),
            role,
            validity,
            next_uid: numbers.first_uid,
            gaps: numbers.gaps,
            messages: Vec::new(),
            keywords: Marks::NONE,
            highest: 1,
            vanished: Vec::new(),
        });
        if role.is_some() || name == "INBOX" || self.viewers.is_empty() {
            self.subscribed.insert(name.to_owned());
        }
    }

    /// A number that no folder ever had.
    pub(super) fn fresh_key(&mut self) -> u64 {
        let key = self.next_key;
        self.next_key += 1;
        key
    }

    pub(in super::super) fn list(&self, reference: &str, pattern: &str, listing: Listing) -> Reply {
        let toggles = self.personality.toggles;
        let word = match listing {
            Listing::All => "LIST",
            Listing::Subscribed => "LSUB",
            Listing::WithRoles => "XLIST",
        };
        let subscribed = listing == Listing::Subscribed;
        let empty = pattern.is_empty() && !subscribed;
        if empty && !toggles.empty_pattern_lists_all {
            return Reply::done(format!("* {word} (\\Noselect) \"{DELIMITER}\" \"\"\r\n"));
        }
        let pattern = if empty { "*".to_owned() } else { format!("{reference}{pattern}") };
        let pattern = utf7::decode(pattern.as_bytes()).unwrap_or(pattern);
        // Names, and for each whether it can be selected; a name that only leads to others cannot.
        let mut names: BTreeMap<&str, bool> = BTreeMap::new();
        let all: Vec<&str> = if subscribed {
            self.subscribed.iter().map(String::as_str).collect()
        } else {
            let listed = |f: &&Folder| toggles.own_folders || f.role.is_some() || f.name == "INBOX";
            self.folders.iter().filter(listed).map(|f| f.name.as_str()).collect()
        };
        for name in all {
            for (at, _) in name.match_indices(DELIMITER) {
                names.entry(name.split_at(at).0).or_insert(false);
            }
            names.insert(name, true);
        }
        if subscribed {
            // LSUB names parents only where the pattern stops at them.
            names.retain(|_, here| *here || pattern.ends_with('%'));
        }
        let mut lines = String::new();
        for (name, selectable) in &names {
            if !fits(name, &pattern) {
                continue;
            }
            let mut attributes = Vec::new();
            if !selectable {
                attributes.push("\\Noselect");
            }
            if !subscribed {
                let inside = names.keys().any(|n| n.strip_prefix(name).is_some_and(|rest| rest.starts_with(DELIMITER)));
                if self.personality.can("CHILDREN") {
                    attributes.push(if inside { "\\HasChildren" } else { "\\HasNoChildren" });
                }
                let role = self.folder(name).and_then(|f| f.role);
                attributes.extend(role.filter(|_| toggles.folder_roles || listing == Listing::WithRoles));
            }
            let _ = write!(
                lines,
                "* {word} ({}) \"{DELIMITER}\" {}\r\n",
                attributes.join(" "),
                quoted(&utf7::encode(name))
            );
        }
        Reply::done(lines)
    }

    pub(in super::super) fn status(&self, session: u64, name: &str, items: &[StatusItem]) -> Reply {
        let Some(folder) = self.folder(name) else { return missing(name) };
        let (shown, next_uid) = self.shown(folder, session);
        let unseen = || shown.iter().filter(|m| !m.marks.has(Marks::SEEN)).count();
        let value = |item: &StatusItem| {
            let (name, value) = match item {
                StatusItem::Messages => ("MESSAGES", shown.len().to_string()),
                StatusItem::Recent => ("RECENT", "0".to_owned()),
                StatusItem::UidNext => ("UIDNEXT", next_uid.to_string()),
                StatusItem::UidValidity => ("UIDVALIDITY", folder.validity.to_string()),
                StatusItem::Unseen => ("UNSEEN", unseen().to_string()),
                StatusItem::HighestModSeq => ("HIGHESTMODSEQ", folder.highest.to_string()),
                StatusItem::Other => return None,
            };
            (!self.personality.status_drops.contains(&name)).then(|| format!("{name} {value}"))
        };
        let items: Vec<String> = items.iter().filter_map(value).collect();
        Reply::done(format!("* STATUS {} ({})\r\n", quoted(&utf7::encode(name)), items.join(" ")))
    }

    pub(in super::super) fn create(&mut self, name: &str) -> Reply {
        let name = name.strip_suffix(DELIMITER).unwrap_or(name);
        match self.personality.toggles.create {
            Creation::Works => {}
            Creation::Vanishes => return Reply::done(""),
            Creation::Refused(why) => return Reply::no(why),
        }
        if self.folder(name).is_some() {
            return Reply::no("[ALREADYEXISTS] The mailbox exists already");
        }
        if name.is_empty() || name.split(DELIMITER).any(|piece| piece.is_empty() || piece.len() > 200) {
            return Reply::no("[CANNOT] A mailbox cannot have that name");
        }
        self.add_folder(name, None);
        Reply::done("")
    }

    pub(in super::super) fn delete(&mut self, name: &str) -> Reply {
        if name == "INBOX" {
            return Reply::no("[CANNOT] INBOX cannot be deleted");
        }
        if self.remove_folder(name) { Reply::done("") } else { missing(name) }
    }

    pub(in super::super) fn rename(&mut self, from: &str, to: &str) -> Reply {
        if from == "INBOX" {
            return Reply::no("[CANNOT] INBOX cannot be renamed");
        }
        if self.folder(to).is_some() {
            return Reply::no("[ALREADYEXISTS] The mailbox exists already");
        }
        if to.is_empty() || to.split(DELIMITER).any(str::is_empty) {
            return Reply::no("[CANNOT] A mailbox cannot have that name");
        }
        let mut found = false;
        for folder in &mut self.folders {
            let Some(rest) = folder.name.strip_prefix(from) else { continue };
            if rest.is_empty() || rest.starts_with(DELIMITER) {
                folder.name = format!("{to}{rest}");
                found = true;
            }
        }
        if found { Reply::done("") } else { missing(from) }
    }

    pub(in super::super) fn subscribe(&mut self, name: &str, wanted: bool) -> Reply {
        if !wanted {
            self.subscribed.remove(name);
        } else if self.folder(name).is_some() {
            self.subscribed.insert(name.to_owned());
        } else {
            return missing(name);
        }
        Reply::done("")
    }
}

fn missing(name: &str) -> Reply {
    Reply::no(format!("[NONEXISTENT] There is no mailbox {}", utf7::encode(name)))
}

/// Whether a name fits a pattern: `*` stands for anything, `%` for anything without the delimiter.
fn fits(name: &str, pattern: &str) -> bool {
    // The places in the pattern that the letters read so far may have led to.
    let pattern: Vec<char> = pattern.chars().collect();
    let any_case = name == "INBOX";
    let mut open = vec![false; pattern.len() + 1];
    pass_wildcards(&pattern, &mut open, true);
    for letter in name.chars() {
        let mut next = vec![false; pattern.len() + 1];
        for (at, wanted) in pattern.iter().enumerate() {
            if !open.get(at).copied().unwrap_or(false) {
                continue;
            }
            let (stays, moves) = match wanted {
                '*' => (true, false),
                '%' => (letter != DELIMITER, false),
                other => (false, *other == letter || any_case && other.eq_ignore_ascii_case(&letter)),
            };
            if let Some(here) = next.get_mut(at) {
                *here |= stays;
            }
            if let Some(after) = next.get_mut(at + 1) {
                *after |= moves;
            }
        }
        pass_wildcards(&pattern, &mut next, false);
        open = next;
    }
    open.last().copied().unwrap_or(false)
}

/// A wildcard may stand for nothing.
fn pass_wildcards(pattern: &[char], open: &mut [bool], at_start: bool) {
    if let Some(first) = open.first_mut() {
        *first |= at_start;
    }
    for (at, wanted) in pattern.iter().enumerate() {
        if matches!(wanted, '*' | '%')
            && open.get(at).copied().unwrap_or(false)
            && let Some(after) = open.get_mut(at + 1)
        {
            *after = true;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns() {
        for (name, pattern) in [
            ("INBOX", "inbox"),
            ("a/b", "*"),
            ("a", "%"),
            ("a/b", "a/%"),
            ("a/b/c", "a*c"),
            ("a/b", "%/%"),
            ("ab", "a*b*"),
        ] {
            assert!(fits(name, pattern), "{name} {pattern}");
        }
        for (name, pattern) in [("a/b", "%"), ("a", "A"), ("a/b", "a%"), ("ab", "a"), ("a", "a/%"), ("", "a")] {
            assert!(!fits(name, pattern), "{name} {pattern}");
        }
    }
}
