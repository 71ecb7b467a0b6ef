//! Of people.

use std::path::Path;

use crate::i18n::Language::{self, En as English, ZhCn as Chinese};

pub(in crate::cli) fn imported(tongue: Language, count: usize, new: usize) -> String {
    match tongue {
        Chinese => format!("读到 {count} 个地址，新增 {new} 个"),
        English => format!("{count} addresses were read, {new} of them new"),
    }
}

pub(in crate::cli) fn nobody(tongue: Language, file: &Path) -> String {
    let file = file.display();
    match tongue {
        Chinese => format!("{file} 里没有邮件地址；请导出为 vCard（.vcf）或 CSV 再试"),
        English => format!("{file} has no mail address in it; export it as vCard (.vcf) or CSV and try again"),
    }
}

pub(in crate::cli) fn too_large(tongue: Language, file: &Path) -> String {
    let file = file.display();
    match tongue {
        Chinese => format!("{file} 超过 64 MB，不像通讯录；请检查文件"),
        English => format!("{file} is larger than 64 MB and hardly an address book; check the file"),
    }
}
