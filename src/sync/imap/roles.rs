//! What a folder is for, where the server does not say: by its name.
//!
//! Half of the providers that people use here have no SPECIAL-USE, so the names are data. A name counts only as a whole
//! and only at the top of the tree or below INBOX: "Presentations" is not Sent, and neither is `old/Sent`.

use crate::model::Role;

const NAMES: &[(Role, &[&str])] = &[
    (Role::Inbox, &["inbox"]),
    (Role::Drafts, &["草稿箱", "草稿夹", "草稿", "drafts", "draft"]),
    (Role::Sent, &["已发送", "已发送邮件", "发件箱", "sent", "sent messages", "sent items", "sent mail"]),
    (
        Role::Trash,
        &["已删除", "已删除邮件", "废件箱", "回收站", "trash", "deleted messages", "deleted items", "deleted", "bin"],
    ),
    (Role::Junk, &["垃圾邮件", "垃圾箱", "junk", "spam", "junk email", "junk e-mail", "bulk mail"]),
    (Role::Archive, &["归档", "存档", "archive", "archives"]),
    (Role::Starred, &["星标邮件", "红旗邮件", "starred", "flagged"]),
];

/// The role of a folder with this decoded name.
pub(super) fn by_name(name: &str, delimiter: Option<char>) -> Option<Role> {
    let mut parts: Vec<&str> = match delimiter {
        Some(delimiter) => name.split(delimiter).collect(),
        None => vec![name],
    };
    if let [first, _] = parts.as_slice()
        && first.eq_ignore_ascii_case("inbox")
    {
        parts.remove(0);
    }
    let [only] = parts.as_slice() else { return None };
    let lower = only.trim().to_lowercase();
    NAMES.iter().find(|(_, names)| names.contains(&lower.as_str())).map(|(role, _)| *role)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_names_only() {
        assert_eq!(by_name("INBOX", Some('/')), Some(Role::Inbox));
        assert_eq!(by_name("Sent Messages", Some('/')), Some(Role::Sent));
        assert_eq!(by_name("INBOX.Trash", Some('.')), Some(Role::Trash));
        assert_eq!(by_name("草稿夹", None), Some(Role::Drafts));
        assert_eq!(by_name("Presentations", Some('/')), None);
        assert_eq!(by_name("old/Sent", Some('/')), None);
    }
}
