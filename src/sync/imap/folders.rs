//! LIST, SELECT and STATUS.

use async_imap::imap_proto::{MailboxDatum, MailboxListData, NameAttribute, Response, StatusAttribute};

use super::session::{News, Selected, Session};
use super::{roles, utf7};
use crate::model::{Failure, FailureKind, FolderName, Role};
use crate::store::FolderSeen;
use crate::sync::Opened;
use crate::sync::remote::Glance;

/// Nobody has more folders.
const MOST_FOLDERS: usize = 100_000;

impl Session {
    pub(super) async fn list(&mut self) -> Result<Vec<FolderSeen>, Failure> {
        let mut seen: Vec<FolderSeen> = Vec::new();
        let tagged = self
            .run("LIST \"\" \"*\"", |response| {
                if let Response::MailboxData(MailboxDatum::List(listed)) = response
                    && seen.len() < MOST_FOLDERS
                {
                    seen.push(folder(listed));
                }
            })
            .await?;
        self.must(tagged)?;
        if seen.len() >= MOST_FOLDERS {
            return Err(self.nonsense("a list of folders without end"));
        }
        // Without an INBOX it is not a list of folders, and not a reason to throw away what we have.
        if !seen.iter().any(|folder| folder.role == Some(Role::Inbox)) {
            return Err(self.nonsense("the list of folders has no INBOX"));
        }
        seen.sort_by(|a, b| a.name.wire.cmp(&b.name.wire));
        seen.dedup_by(|a, b| a.name.wire == b.name.wire);
        one_folder_a_role(&mut seen);
        Ok(seen)
    }

    /// Selects a folder, for writing or only for looking at it.
    pub(super) async fn select(&mut self, folder: &FolderName, read_only: bool) -> Result<Opened, Failure> {
        let name = quoted(&folder.wire).ok_or_else(|| {
            Failure::lasting(
                FailureKind::Refused,
                &String::from_utf8_lossy(&folder.wire),
                "a name that cannot be written",
            )
        })?;
        let verb = if read_only { "EXAMINE" } else { "SELECT" };
        let (wire, uids, news) = (folder.wire.clone(), Vec::new(), News::default());
        self.selected = Some(Selected { wire, read_only, uidvalidity: 0, uids, counted: false, listing: false, news });
        let tagged = self.run(&format!("{verb} {name}"), |_| {}).await?;
        if let Err(failure) = self.must(tagged) {
            self.selected = None;
            return Err(failure);
        }
        let Some(selected) = &mut self.selected else { return Err(self.nonsense("nothing is selected")) };
        if !selected.counted {
            self.selected = None;
            return Err(Failure::passing(
                FailureKind::Refused,
                &String::from_utf8_lossy(&folder.wire),
                "the server does not say how many messages there are",
            ));
        }
        // What was told while it was opened is how it is, not how it changed.
        selected.news = News::default();
        let messages = u64::try_from(selected.uids.len()).unwrap_or(u64::MAX);
        Ok(Opened { uidvalidity: selected.uidvalidity, messages, ..Opened::default() })
    }

    pub(super) async fn status(&mut self, folder: &FolderName) -> Result<Glance, Failure> {
        let Some(name) = quoted(&folder.wire) else { return Ok(Glance::default()) };
        let mut glance = Glance::default();
        let tagged = self
            .run(&format!("STATUS {name} (MESSAGES UNSEEN UIDNEXT UIDVALIDITY)"), |response| {
                let Response::MailboxData(MailboxDatum::Status { status, .. }) = response else { return };
                for attribute in status {
                    match attribute {
                        StatusAttribute::Messages(number) => glance.messages = Some(*number),
                        StatusAttribute::Unseen(number) => glance.unseen = Some(*number),
                        StatusAttribute::UidNext(number) => glance.uid_next = Some(*number),
                        StatusAttribute::UidValidity(number) => glance.uidvalidity = Some(*number),
                        _ => {}
                    }
                }
            })
            .await?;
        self.must(tagged)?;
        Ok(glance)
    }
}

fn folder(listed: &MailboxListData<'_>) -> FolderSeen {
    let wire = unescaped(&listed.name).into_bytes();
    let delimiter = listed.delimiter.as_deref().and_then(|d| unescaped(d).chars().next());
    let decoded = utf7::decode(&wire);
    let (mut role, mut selectable) = (None, true);
    for attribute in &listed.name_attributes {
        match attribute {
            NameAttribute::NoSelect => selectable = false,
            NameAttribute::Extension(other) if other.eq_ignore_ascii_case("\\NonExistent") => selectable = false,
            NameAttribute::All => role = Some(Role::All),
            NameAttribute::Archive => role = Some(Role::Archive),
            NameAttribute::Drafts => role = Some(Role::Drafts),
            NameAttribute::Flagged => role = Some(Role::Starred),
            NameAttribute::Junk => role = Some(Role::Junk),
            NameAttribute::Sent => role = Some(Role::Sent),
            NameAttribute::Trash => role = Some(Role::Trash),
            _ => {}
        }
    }
    // The parser replaces bytes that are not UTF-8; such a name cannot be said again.
    selectable &= !decoded.contains('\u{fffd}');
    if wire.eq_ignore_ascii_case(b"inbox") {
        role = Some(Role::Inbox);
    }
    FolderSeen { name: FolderName { wire, delimiter }, decoded, role, selectable }
}

/// Names decide only for the roles that the server did not give, and each role goes to one folder.
fn one_folder_a_role(folders: &mut [FolderSeen]) {
    let mut taken: Vec<Role> = Vec::new();
    for folder in folders.iter_mut() {
        match folder.role {
            Some(role) if taken.contains(&role) => folder.role = None,
            Some(role) => taken.push(role),
            None => {}
        }
    }
    for folder in folders.iter_mut().filter(|folder| folder.role.is_none() && folder.selectable) {
        if let Some(role) = roles::by_name(&folder.decoded, folder.name.delimiter)
            && !taken.contains(&role)
        {
            taken.push(role);
            folder.role = Some(role);
        }
    }
}

/// Quoted strings come out of the parser with their backslashes.
fn unescaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => out.push(chars.next().unwrap_or('\\')),
            _ => out.push(c),
        }
    }
    out
}

/// A folder name as a quoted string. `None` if no quoted string can hold it: then it is not said at all.
fn quoted(wire: &[u8]) -> Option<String> {
    let name = std::str::from_utf8(wire).ok()?;
    if name.contains(['\r', '\n', '\0', '\u{fffd}']) || name.len() > 4_000 {
        return None;
    }
    Some(format!("\"{}\"", name.replace('\\', "\\\\").replace('"', "\\\"")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(lines: &str) -> Vec<FolderSeen> {
        let mut seen: Vec<FolderSeen> = lines
            .split_inclusive('\n')
            .map(|line| match Response::parse(line.as_bytes()).unwrap().1 {
                Response::MailboxData(MailboxDatum::List(listed)) => folder(&listed),
                other => panic!("{other:?}"),
            })
            .collect();
        one_folder_a_role(&mut seen);
        seen
    }

    #[test]
    fn roles_by_attribute_and_by_name() {
        let seen = list(
            "* LIST () \"/\" \"INBOX\"\r\n* LIST (\\Drafts) \"/\" \"&g0l6P3ux-\"\r\n* LIST () \"/\" \"Drafts\"\r\n\
             * LIST () \"/\" \"Sent Messages\"\r\n* LIST (\\NoSelect \\HasChildren) \"/\" \"&UXZO1mWHTvZZOQ-\"\r\n\
             * LIST () NIL \"a\\\"b\\\\c\"\r\n",
        );
        let roles: Vec<_> = seen.iter().map(|f| f.role).collect();
        assert_eq!(roles, [Some(Role::Inbox), Some(Role::Drafts), None, Some(Role::Sent), None, None]);
        assert_eq!(seen[1].decoded, "草稿箱");
        assert_eq!(seen[1].name.wire, b"&g0l6P3ux-");
        assert!(!seen[4].selectable);
        assert_eq!(seen[5].name.wire, b"a\"b\\c");
        assert_eq!(quoted(&seen[5].name.wire).unwrap(), "\"a\\\"b\\\\c\"");
    }

    #[test]
    fn i12_a_name_that_would_be_a_command_is_not_said() {
        assert_eq!(quoted(b"x\r\nA1 DELETE INBOX"), None);
        assert_eq!(quoted(b"\xff"), None);
        assert_eq!(quoted(b"\" \\"), Some("\"\\\" \\\\\"".to_owned()));
    }
}
