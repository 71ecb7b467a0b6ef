//! What is told when a file of the profile is not as it should be.

use std::path::Path;

use crate::i18n::Language::{self, En as English, ZhCn as Chinese};

pub(in crate::cli) fn own_db_is_damaged(tongue: Language, file: &Path, copy: Option<&Path>) -> String {
    let file = file.display();
    match (tongue, copy.map(Path::display)) {
        (Chinese, Some(copy)) => format!(
            "{file} 已损坏或不见了，其中有还没传到服务器的改动；用 --own-db restore 恢复上次的备份 {copy}，\
             或用 --own-db empty 从空的开始；损坏的文件会另存，不会删除"
        ),
        (Chinese, None) => format!(
            "{file} 已损坏或不见了，其中有还没传到服务器的改动，而且没有备份；用 --own-db empty 从空的开始\
             （--own-db restore 也是如此）；损坏的文件会另存，不会删除"
        ),
        (English, Some(copy)) => format!(
            "{file} is damaged or gone; it holds changes that have not reached a server; --own-db restore takes its last copy \
             {copy}, --own-db empty begins with an empty one; the damaged file is set aside, never deleted"
        ),
        (English, None) => format!(
            "{file} is damaged or gone; it holds changes that have not reached a server, and there is no copy of it; \
             --own-db empty begins with an empty one (and so does --own-db restore); \
             the damaged file is set aside, never deleted"
        ),
    }
}

pub(in crate::cli) fn own_db_was_replaced(tongue: Language, aside: &Path, copy: Option<&Path>) -> String {
    let aside = aside.display();
    match (tongue, copy.map(Path::display)) {
        (Chinese, Some(copy)) => format!("own.db 已从备份 {copy} 恢复；损坏的文件在 {aside}"),
        (Chinese, None) => format!("own.db 已从空的开始；损坏的文件在 {aside}"),
        (English, Some(copy)) => format!("own.db was restored from {copy}; the damaged file is {aside}"),
        (English, None) => format!("own.db begins empty; the damaged file is {aside}"),
    }
}

pub(in crate::cli) fn is_newer(tongue: Language, file: &Path) -> String {
    let file = file.display();
    match tongue {
        Chinese => format!("{file} 由更新版本的 hongyan 写成，这个版本读不了；请改用新版本（文件没有改动）"),
        English => {
            format!(
                "{file} was written by a newer hongyan, which this one cannot read; use the newer one (nothing was changed)"
            )
        }
    }
}

pub(in crate::cli) fn mail_is_rebuilt(tongue: Language, aside: &Path) -> String {
    let aside = aside.display();
    match tongue {
        Chinese => format!("mail.db 无法使用，将重新下载；旧文件保留一天：{aside}"),
        English => {
            format!("mail.db could not be used and is downloaded again; the old file is kept for a day: {aside}")
        }
    }
}
