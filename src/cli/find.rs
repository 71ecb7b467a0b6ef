//! The folder that somebody means: by its name, or by what it is for.

use crate::i18n::{Language, Words};
use crate::model::Role;
use crate::text::typing_errors;

/// More suggestions help nobody.
const SUGGESTIONS: usize = 5;

/// What a folder is called, as people see it, and what it is for.
pub(crate) type Called<'a> = (&'a str, Option<Role>);

/// The folder of this name; else the one of this role (and INBOX in any case); else the one of this name in another
/// case, if there is only one.
pub(crate) fn folder<'a, T>(asked: &str, all: &'a [T], called: impl Fn(&'a T) -> Called<'a>) -> Option<&'a T> {
    let find = |wanted: &dyn Fn(Called<'a>) -> bool| all.iter().find(|folder| wanted(called(folder)));
    let lower = asked.to_lowercase();
    let role = Role::from_code(&lower).or_else(|| by_word(&lower));
    find(&|(name, _)| name == asked).or_else(|| role.and_then(|role| find(&|(_, has)| has == Some(role)))).or_else(
        || {
            let mut same = all.iter().filter(|folder| called(folder).0.to_lowercase() == lower);
            same.next().filter(|_| same.next().is_none())
        },
    )
}

/// The role that the interface calls so, in any of its languages.
fn by_word(lower: &str) -> Option<Role> {
    let said = |language: Language| {
        let words = Words::of(language);
        Role::EVERY.into_iter().find(|role| words.role(role.code()).to_lowercase() == lower)
    };
    Language::EVERY.into_iter().find_map(said)
}

/// Names that are close to one that is not there, the closest first.
pub(crate) fn near<'a>(asked: &str, names: impl Iterator<Item = &'a str>) -> Vec<String> {
    let asked = asked.to_lowercase();
    let mut found: Vec<(usize, &str)> = names
        .filter_map(|name| {
            let lower = name.to_lowercase();
            let last = lower.rsplit(['/', '.']).next().unwrap_or_default();
            if !asked.is_empty() && (lower.contains(&asked) || (!last.is_empty() && asked.contains(last))) {
                return Some((1, name));
            }
            let errors = typing_errors(&asked, &lower).min(typing_errors(&asked, last));
            let letters = asked.chars().count();
            (errors <= (letters / 3).clamp(1, 3) && errors < letters).then_some((errors, name))
        })
        .collect();
    found.sort_unstable();
    found.dedup();
    found.into_iter().take(SUGGESTIONS).map(|(_, name)| name.to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const FOLDERS: [Called<'static>; 8] = [
        ("INBOX", Some(Role::Inbox)),
        ("已发送", Some(Role::Sent)),
        ("草稿箱", Some(Role::Drafts)),
        ("其他文件夹/项目", None),
        ("Trash", None),
        ("已删除", Some(Role::Trash)),
        ("Work", None),
        ("work", None),
    ];

    fn found(asked: &str) -> Option<&'static str> {
        folder(asked, &FOLDERS, |folder| *folder).map(|folder| folder.0)
    }

    #[test]
    fn by_name_by_role_and_in_any_case() {
        for (asked, name) in [
            ("INBOX", Some("INBOX")),
            ("inbox", Some("INBOX")),
            ("Inbox", Some("INBOX")),
            ("已发送", Some("已发送")),
            ("sent", Some("已发送")),
            ("drafts", Some("草稿箱")),
            ("收件箱", Some("INBOX")),
            ("sent", Some("已发送")),
            ("其他文件夹/项目", Some("其他文件夹/项目")),
            // The very name counts before the role.
            ("Trash", Some("Trash")),
            ("trash", Some("已删除")),
            ("Work", Some("Work")),
            ("WORK", None),
            ("archive", None),
            ("项目", None),
            ("", None),
        ] {
            assert_eq!(found(asked), name, "{asked}");
        }
    }

    #[test]
    fn close_names_are_offered() {
        let names = || FOLDERS.iter().map(|folder| folder.0);
        assert_eq!(near("项目", names()), ["其他文件夹/项目"]);
        assert_eq!(near("已发件", names()), ["已发送"]);
        assert_eq!(near("tarsh", names()), ["Trash"]);
        assert_eq!(near("wrok", names()), ["Work", "work"]);
        assert_eq!(near("zzz", names()), [""; 0]);
        assert_eq!(near("", names()), [""; 0]);
    }
}
