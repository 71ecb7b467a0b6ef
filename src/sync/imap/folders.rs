//! LIST, SELECT and STATUS.

use std::collections::HashMap;
use std::sync::Arc;

use super::command::{Command, can_be_said};
use super::said::{Listed, Said, Verdict};
use super::session::Session;
use super::{roles, utf7};
use crate::model::{Failure, FolderName, Role};
use crate::store::FolderSeen;
use crate::sync::remote::Glance;

/// Nobody has more folders, nor names that are longer together.
const MOST_FOLDERS: usize = 120_000;
const MOST_BYTES: usize = 16 * 1024 * 1024;

/// A list of folders while it comes in.
#[derive(Default)]
pub(super) struct Listing {
    seen: Vec<FolderSeen>,
    bytes: usize,
    endless: bool,
}

pub(super) const LIST: &str = "LIST \"\" \"*\"";

impl Session {
    pub(super) async fn list(&mut self) -> Result<Vec<FolderSeen>, Failure> {
        let mut seen = if let Some(seen) = self.ready.folders.take() {
            seen
        } else {
            let mut listing = Listing::default();
            let state = self.run(LIST, |said| note(said, &mut listing)).await?;
            self.must(state)?;
            self.listed(listing)?
        };
        as_is_known(&mut seen, &self.roles);
        Ok(seen)
    }

    /// These names stand for these roles here.
    pub(in crate::sync) fn stand_for(&mut self, roles: Arc<[(String, Role)]>) {
        self.roles = roles;
    }

    /// A whole list of folders, put in order.
    pub(super) fn listed(&self, listing: Listing) -> Result<Vec<FolderSeen>, Failure> {
        let Listing { mut seen, endless, .. } = listing;
        if endless {
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

    pub(super) async fn statuses(&mut self, folders: &[FolderName]) -> Result<Vec<Option<Glance>>, Failure> {
        let commands: Vec<Command> = folders
            .iter()
            .filter_map(|folder| Command::from("STATUS").with(&folder.wire))
            .map(|command| command.and(" (MESSAGES UNSEEN UIDNEXT UIDVALIDITY)"))
            .collect();
        let asked = folders.iter().map(|folder| folder.wire.as_slice()).filter(|wire| can_be_said(wire));
        let turn_of: HashMap<&[u8], usize> = asked.zip(0..).collect();
        let mut told = vec![Glance::default(); commands.len()];
        let states = self
            .flight(&commands, |n, said| {
                let Said::Status(measured) = said else { return };
                // By its name, and where the server writes that in its own way, by its turn.
                let n = turn_of.get(measured.name.as_slice()).copied().unwrap_or(n);
                if let Some(glance) = told.get_mut(n) {
                    glance.messages = measured.messages.or(glance.messages);
                    glance.unseen = measured.unseen.or(glance.unseen);
                    glance.uid_next = measured.uid_next.or(glance.uid_next);
                    glance.uidvalidity = measured.uidvalidity.or(glance.uidvalidity);
                }
            })
            .await?;
        // A name that cannot be said was not asked for, and one that is refused tells nothing.
        let mut told =
            told.into_iter().zip(states).map(|(glance, state)| (state.verdict == Verdict::Ok).then_some(glance));
        Ok(folders.iter().map(|folder| if can_be_said(&folder.wire) { told.next().flatten() } else { None }).collect())
    }
}

/// One more folder of a list.
pub(super) fn note(said: &Said, into: &mut Listing) {
    let Said::List(listed) = said else { return };
    into.bytes = into.bytes.saturating_add(listed.name.len());
    if into.seen.len() >= MOST_FOLDERS || into.bytes > MOST_BYTES {
        into.endless = true;
    } else {
        into.seen.push(folder(listed));
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

/// What is known of a provider, or said by the user, counts more than what is usual.
fn as_is_known(folders: &mut [FolderSeen], known: &[(String, Role)]) {
    for (name, role) in known {
        let Some(at) = folders.iter().position(|folder| folder.selectable && folder.decoded == *name) else { continue };
        for folder in folders.iter_mut().filter(|folder| folder.role == Some(*role)) {
            folder.role = None;
        }
        if let Some(folder) = folders.get_mut(at).filter(|folder| folder.role != Some(Role::Inbox)) {
            folder.role = Some(*role);
        }
    }
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

    fn roles_of(lines: &str) -> Vec<(String, Option<Role>)> {
        list(lines).into_iter().map(|folder| (folder.decoded, folder.role)).collect()
    }

    /// As each of them lists its folders, byte for byte.
    #[test]
    fn roles_as_the_providers_name_their_folders() {
        use Role::{Drafts, Inbox, Junk, Sent, Starred, Trash};
        let named = |names: &[(&str, Option<Role>)]| -> Vec<(String, Option<Role>)> {
            names.iter().map(|(name, role)| ((*name).to_owned(), *role)).collect()
        };
        // 163 with its attributes, and the same without any.
        let netease = [
            ("INBOX", Some(Inbox)),
            ("草稿箱", Some(Drafts)),
            ("已发送", Some(Sent)),
            ("已删除", Some(Trash)),
            ("垃圾邮件", Some(Junk)),
            ("病毒文件夹", None),
            ("广告邮件", None),
            ("订阅邮件", None),
            ("Dan at Real Python", None),
        ];
        for attributes in [["\\Drafts", "\\Sent", "\\Trash", "\\Junk"], [""; 4]] {
            let [drafts, sent, trash, junk] = attributes;
            let lines = format!(
                "* LIST () \"/\" \"INBOX\"\r\n* LIST ({drafts}) \"/\" \"&g0l6P3ux-\"\r\n\
                 * LIST ({sent}) \"/\" \"&XfJT0ZAB-\"\r\n* LIST ({trash}) \"/\" \"&XfJSIJZk-\"\r\n\
                 * LIST ({junk}) \"/\" \"&V4NXPpCuTvY-\"\r\n* LIST () \"/\" \"&dcVr0mWHTvZZOQ-\"\r\n\
                 * LIST () \"/\" \"&Xn9USpCuTvY-\"\r\n* LIST () \"/\" \"&i6KWBZCuTvY-\"\r\n\
                 * LIST () \"/\" \"Dan at Real Python\"\r\n"
            );
            assert_eq!(roles_of(&lines), named(&netease), "{attributes:?}");
        }
        // QQ and exmail tell no roles.
        let qq = "* LIST (\\NoSelect \\HasChildren) \"/\" \"&UXZO1mWHTvZZOQ-\"\r\n\
                  * LIST (\\HasNoChildren) \"/\" \"INBOX\"\r\n* LIST (\\HasNoChildren) \"/\" \"Sent Messages\"\r\n\
                  * LIST (\\HasNoChildren) \"/\" \"Drafts\"\r\n* LIST (\\HasNoChildren) \"/\" \"Deleted Messages\"\r\n\
                  * LIST (\\HasNoChildren) \"/\" \"Junk\"\r\n\
                  * LIST (\\HasNoChildren) \"/\" \"&UXZO1mWHTvZZOQ-/QQ&kK5O9ouilgU-\"\r\n";
        let expected = [
            ("其他文件夹", None),
            ("INBOX", Some(Inbox)),
            ("Sent Messages", Some(Sent)),
            ("Drafts", Some(Drafts)),
            ("Deleted Messages", Some(Trash)),
            ("Junk", Some(Junk)),
            ("其他文件夹/QQ邮件订阅", None),
        ];
        assert_eq!(roles_of(qq), named(&expected));
        let sina = "* LIST () \"/\" \"INBOX\"\r\n* LIST () \"/\" \"&g0l6P1k5-\"\r\n* LIST () \"/\" \"&XfJT0ZAB-\"\r\n\
                    * LIST () \"/\" \"&XfJSIJZk-\"\r\n* LIST () \"/\" \"&V4NXPpCuTvY-\"\r\n\
                    * LIST () \"/\" \"&i6KWBZCuTvY-\"\r\n* LIST () \"/\" \"&Zh9oB5CuTvY-\"\r\n\
                    * LIST () \"/\" \"&UXZbg5CuTvY-\"\r\n";
        let expected = [
            ("INBOX", Some(Inbox)),
            ("草稿夹", Some(Drafts)),
            ("已发送", Some(Sent)),
            ("已删除", Some(Trash)),
            ("垃圾邮件", Some(Junk)),
            ("订阅邮件", None),
            ("星标邮件", Some(Starred)),
            ("其它邮件", None),
        ];
        assert_eq!(roles_of(sina), named(&expected));
        for outlook in [["Sent", "Deleted", "Junk", "Drafts"], ["Sent Items", "Deleted Items", "Junk Email", "Drafts"]]
        {
            let lines = outlook.map(|name| format!("* LIST () \"/\" \"{name}\"\r\n")).concat();
            let roles: Vec<_> = list(&lines).into_iter().map(|folder| folder.role).collect();
            assert_eq!(roles, [Some(Sent), Some(Trash), Some(Junk), Some(Drafts)], "{outlook:?}");
        }
        for (name, role) in [
            ("&U9FO9nux-", Some(Sent)),
            ("&Xp9O9nux-", Some(Trash)),
            ("&Vt5lNnrZ-", Some(Trash)),
            ("&V4NXPnux-", Some(Junk)),
            ("&g0l6Pw-", Some(Drafts)),
            ("&XfJSIJZkkK5O9g-", Some(Trash)),
            ("Trash", Some(Trash)),
            ("Spam", Some(Junk)),
            ("Presentations", None),
        ] {
            assert_eq!(list(&format!("* LIST () \"/\" \"{name}\"\r\n"))[0].role, role, "{name}");
        }
    }

    #[test]
    fn what_is_known_of_a_provider_counts_more_than_a_usual_name() {
        let mut seen = list("* LIST () \"/\" \"INBOX\"\r\n* LIST () \"/\" \"Sent\"\r\n* LIST () \"/\" \"Out\"\r\n");
        let known =
            [("Out".to_owned(), Role::Sent), ("none".to_owned(), Role::Junk), ("INBOX".to_owned(), Role::Trash)];
        as_is_known(&mut seen, &known);
        let roles: Vec<_> = seen.iter().map(|folder| folder.role).collect();
        assert_eq!(roles, [Some(Role::Inbox), None, Some(Role::Sent)]);
    }

    #[test]
    fn i13_a_list_without_end_is_not_kept() {
        let list = |name: Vec<u8>| Said::List(Listed { attributes: Vec::new(), delimiter: Some('/'), name });
        let mut listing = Listing::default();
        let deep = list(b"a/".repeat(1_000));
        for _ in 0..100 {
            note(&deep, &mut listing);
        }
        for n in 0..100_000_u32 {
            note(&list(format!("folder {n}").into_bytes()), &mut listing);
        }
        assert!((listing.seen.len(), listing.endless) == (100_100, false));
        for _ in 0..100_000 {
            note(&deep, &mut listing);
        }
        assert!(listing.endless && listing.seen.len() < 110_000, "{}", listing.seen.len());
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
