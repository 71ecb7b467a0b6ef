//! LIST, SELECT and STATUS.

use super::command::{Command, can_be_said};
use super::news::{News, Selected};
use super::said::{Listed, Said};
use super::session::Session;
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
            .run("LIST \"\" \"*\"", |said| {
                if let Said::List(listed) = said
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
        let command =
            Command::from(if read_only { "EXAMINE" } else { "SELECT" }).with(&folder.wire).ok_or_else(|| {
                Failure::lasting(FailureKind::Refused, &utf7::decode(&folder.wire), "a name that cannot be written")
            })?;
        let (wire, uids, news) = (folder.wire.clone(), Vec::new(), News::default());
        self.selected = Some(Selected { wire, read_only, uidvalidity: 0, uids, counted: false, listing: false, news });
        let tagged = self.run(command, |_| {}).await?;
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
        Ok(Opened { uidvalidity: selected.uidvalidity, messages })
    }

    pub(super) async fn status(&mut self, folder: &FolderName) -> Result<Glance, Failure> {
        let Some(command) = Command::from("STATUS").with(&folder.wire) else { return Ok(Glance::default()) };
        let mut glance = Glance::default();
        let mut named = false;
        let tagged = self
            .run(command.and(" (MESSAGES UNSEEN UIDNEXT UIDVALIDITY)"), |said| {
                let Said::Status(measured) = said else { return };
                // Some servers write the name in another way; the one that we wrote is surely meant.
                let ours = measured.name.eq_ignore_ascii_case(&folder.wire);
                if named && !ours {
                    return;
                }
                if ours && !named {
                    glance = Glance::default();
                }
                named |= ours;
                glance.messages = measured.messages.or(glance.messages);
                glance.unseen = measured.unseen.or(glance.unseen);
                glance.uid_next = measured.uid_next.or(glance.uid_next);
                glance.uidvalidity = measured.uidvalidity.or(glance.uidvalidity);
            })
            .await?;
        self.must(tagged)?;
        Ok(glance)
    }
}

fn folder(listed: &Listed) -> FolderSeen {
    let wire = listed.name.clone();
    let delimiter = listed.delimiter;
    let decoded = utf7::decode(&wire);
    let (mut role, mut selectable) = (None, can_be_said(&wire));
    for attribute in &listed.attributes {
        match attribute.to_ascii_lowercase().as_str() {
            "\\noselect" | "\\nonexistent" => selectable = false,
            "\\all" => role = Some(Role::All),
            "\\archive" => role = Some(Role::Archive),
            "\\drafts" => role = Some(Role::Drafts),
            "\\flagged" => role = Some(Role::Starred),
            "\\junk" => role = Some(Role::Junk),
            "\\sent" => role = Some(Role::Sent),
            "\\trash" => role = Some(Role::Trash),
            _ => {}
        }
    }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sync::imap::said::heard;

    fn list(lines: &str) -> Vec<FolderSeen> {
        let mut seen: Vec<FolderSeen> = heard(lines.as_bytes())
            .iter()
            .map(|said| match said {
                Said::List(listed) => folder(listed),
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
    }

    #[test]
    fn i12_a_name_that_is_not_utf8_is_kept_as_it_is() {
        let seen = heard(b"* LIST () \"/\" \"\xb2\xdd\xb8\xe5\"\r\n* LIST () \"/\" {3}\r\n\xff\x1b\"\r\n");
        let names: Vec<_> = seen
            .iter()
            .map(|said| match said {
                Said::List(listed) => folder(listed),
                other => panic!("{other:?}"),
            })
            .collect();
        assert_eq!(names[0].name.wire, b"\xb2\xdd\xb8\xe5");
        assert_eq!(names[0].decoded, "草稿");
        assert_eq!(names[1].name.wire, b"\xff\x1b\"");
        assert!(names.iter().all(|folder| folder.selectable));
    }
}
