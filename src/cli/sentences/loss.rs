//! What would be lost with an account.

use std::path::Path;

use crate::cli::attach::Loss;
use crate::i18n::Language::{self, En as English, ZhCn as Chinese};

pub(in crate::cli) fn would_be_lost(tongue: Language, name: &str, loss: Loss) -> String {
    let Loss { wants, only_here, drafts, letters } = loss;
    let and = if tongue == Chinese { "，" } else { " and " };
    let kinds = match tongue {
        Chinese => [
            (wants, format!("有 {wants} 处改动还没有传到服务器")),
            (only_here, format!("有 {only_here} 封邮件只在本机")),
            (drafts, format!("有 {drafts} 封草稿")),
            (letters, format!("有 {letters} 封邮件还没有发出")),
        ],
        English => [
            (wants, format!("{wants} changes have not reached its server")),
            (only_here, format!("{only_here} messages are only on this machine")),
            (drafts, format!("{drafts} drafts are being written")),
            (letters, format!("{letters} messages have not been sent")),
        ],
    };
    let parts: Vec<String> = kinds.into_iter().filter(|(count, _)| *count > 0).map(|(_, part)| part).collect();
    let parts = parts.join(and);
    match tongue {
        Chinese => format!("{name} {parts}，删除账户会丢失；仍要删除请加 --yes"),
        English => format!("{name}: {parts}, and would be lost; add --yes to remove it all the same"),
    }
}

/// Of a copy that took the place of a damaged file.
pub(in crate::cli) fn doubted(tongue: Language, wants: u64, letters: u64) -> String {
    match tongue {
        Chinese => format!(
            "备份里有 {wants} 处改动和 {letters} 封待发邮件，之后是否做过无从知道：改动没有再做，邮件没有再发；请用 hongyan outbox list 查看"
        ),
        English => format!(
            "The copy had {wants} changes and {letters} messages to send, and nobody knows what was done since: the changes were \
             not made again, and nothing was sent; see hongyan outbox list"
        ),
    }
}

pub(in crate::cli) fn left_bytes(tongue: Language, folder: &Path, files: u64) -> String {
    let folder = folder.display();
    match tongue {
        Chinese => format!("有 {files} 个文件 own.db 里没有记录，已移到 {folder}；里面可能有没发出的邮件"),
        English => format!(
            "own.db knows nothing of {files} files, which are in {folder} now; there may be messages among them that were \
             not sent"
        ),
    }
}
