//! What the commands say that save, export and open mail as files.

use std::io::ErrorKind;
use std::path::Path;

use crate::i18n::Language::{self, En as English, ZhCn as Chinese};

pub(in crate::cli) fn too_large(tongue: Language, path: &Path) -> String {
    let path = path.display();
    match tongue {
        Chinese => format!("{path} 超过 512 MiB，不会是一封邮件；邮箱文件请用 hongyan open 打开"),
        English => format!("{path} is larger than 512 MiB and no message; open a mailbox with hongyan open"),
    }
}

pub(in crate::cli) fn nothing_to_open(tongue: Language, path: &Path) -> String {
    let path = path.display();
    match tongue {
        Chinese => format!("{path} 打不开：它不是 mbox 或邮件文件，里面也没有 Maildir（cur 和 new 文件夹）"),
        English => {
            format!(
                "{path} cannot be opened: it is no mbox and no message, and there is no Maildir (cur and new) in it"
            )
        }
    }
}

pub(in crate::cli) fn no_page(tongue: Language) -> &'static str {
    match tongue {
        Chinese => "这封邮件里没有 HTML；请用 --text 看正文",
        English => "there is no HTML in this message; --text prints its text",
    }
}

pub(in crate::cli) fn no_attachments(tongue: Language) -> &'static str {
    match tongue {
        Chinese => "这封邮件没有附件",
        English => "there is no file in this message",
    }
}

pub(in crate::cli) fn not_taken_apart(tongue: Language) -> &'static str {
    match tongue {
        Chinese => "无法从这封邮件里分出附件；可以用 hongyan show --source 保存原文",
        English => "the files of this message cannot be told apart; hongyan show --source gives all of it",
    }
}

pub(in crate::cli) fn part_unreadable(tongue: Language, name: &str) -> String {
    match tongue {
        Chinese => format!("{name} 没有保存：无法读取它的内容"),
        English => format!("{name} was not saved: what it holds cannot be read"),
    }
}

/// What could not be written, why, and what to do.
pub(in crate::cli) fn not_saved(tongue: Language, path: &str, why: ErrorKind, said: &str) -> String {
    let sentence = match (tongue, why) {
        (Chinese, ErrorKind::StorageFull) => "磁盘已满；请腾出空间再试",
        (English, ErrorKind::StorageFull) => "the disk is full; make room and try again",
        (Chinese, ErrorKind::QuotaExceeded) => "你的磁盘配额已用完；请腾出空间再试",
        (English, ErrorKind::QuotaExceeded) => "your share of the disk is used up; make room and try again",
        (Chinese, ErrorKind::ReadOnlyFilesystem) => "那里只能读，不能写；请换一个地方",
        (English, ErrorKind::ReadOnlyFilesystem) => "nothing can be written there; choose another place",
        (Chinese, ErrorKind::PermissionDenied) => "你没有写入那里的权限；请换一个地方",
        (English, ErrorKind::PermissionDenied) => "you may not write there; choose another place",
        (Chinese, ErrorKind::AlreadyExists) => "那里已有别的内容，不会被替换；请换一个名字",
        (English, ErrorKind::AlreadyExists) => "there is something already, which is not replaced; choose another name",
        (Chinese, ErrorKind::NotFound) => "上一级文件夹不存在；请先建好",
        (English, ErrorKind::NotFound) => "the folder above it is not there; make it first",
        (Chinese, _) => return format!("{path} 没有保存：{said}"),
        (English, _) => return format!("{path} was not saved: {said}"),
    };
    match tongue {
        Chinese => format!("{path} 没有保存：{sentence}"),
        English => format!("{path} was not saved: {sentence}"),
    }
}

pub(in crate::cli) fn fetching(tongue: Language, done: u64, total: u64) -> String {
    match tongue {
        Chinese => format!("正在取回正文 {done}/{total}"),
        English => format!("fetching messages {done}/{total}"),
    }
}

pub(in crate::cli) fn exporting(tongue: Language, done: u64, total: u64) -> String {
    match tongue {
        Chinese => format!("正在导出 {done}/{total}"),
        English => format!("exporting {done}/{total}"),
    }
}

pub(in crate::cli) fn exported(tongue: Language, count: u64, path: &Path) -> String {
    let path = path.display();
    match (tongue, count) {
        (Chinese, _) => format!("已导出 {count} 封邮件到 {path}"),
        (English, 1) => format!("exported 1 message to {path}"),
        (English, _) => format!("exported {count} messages to {path}"),
    }
}

pub(in crate::cli) fn not_exported(tongue: Language, id: i64, subject: &str) -> String {
    match tongue {
        Chinese => format!("没有导出 {id}（{subject}）：它的正文不在本机"),
        English => format!("{id} ({subject}) was not exported: its body is not here"),
    }
}

pub(in crate::cli) fn more_not_exported(tongue: Language, count: usize) -> String {
    match tongue {
        Chinese => format!("还有 {count} 封也没有导出；hongyan sync --once --bodies 可以取回正文"),
        English => format!("and {count} more were not exported; hongyan sync --once --bodies fetches bodies"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn f05_whatever_keeps_a_file_from_being_saved_is_told_with_its_name() {
        for kind in [
            ErrorKind::StorageFull,
            ErrorKind::QuotaExceeded,
            ErrorKind::ReadOnlyFilesystem,
            ErrorKind::PermissionDenied,
            ErrorKind::AlreadyExists,
            ErrorKind::NotFound,
            ErrorKind::Other,
        ] {
            for tongue in [Chinese, English] {
                let sentence = not_saved(tongue, "/mail/a.pdf", kind, "odd");
                assert!(sentence.starts_with("/mail/a.pdf "), "{sentence}");
                assert_eq!(sentence.contains("odd"), kind == ErrorKind::Other, "{sentence}");
                assert!(!sentence.contains(['!', '！', '\n']), "{sentence}");
            }
        }
    }
}
