//! What would be lost with an account.

use crate::cli::attach::Loss;
use crate::i18n::Language::{self, En as English, ZhCn as Chinese};

pub(in crate::cli) fn would_be_lost(tongue: Language, name: &str, loss: Loss) -> String {
    let Loss { wants, only_here } = loss;
    let (mut parts, and) = (Vec::new(), if tongue == Chinese { "，" } else { " and " });
    match tongue {
        Chinese if wants > 0 => parts.push(format!("有 {wants} 处改动还没有传到服务器")),
        English if wants > 0 => parts.push(format!("{wants} changes have not reached its server")),
        Chinese | English => {}
    }
    match tongue {
        Chinese if only_here > 0 => parts.push(format!("有 {only_here} 封邮件只在本机")),
        English if only_here > 0 => parts.push(format!("{only_here} messages are only on this machine")),
        Chinese | English => {}
    }
    let parts = parts.join(and);
    match tongue {
        Chinese => format!("{name} {parts}，删除账户会丢失；仍要删除请加 --yes"),
        English => format!("{name}: {parts}, and would be lost; add --yes to remove it all the same"),
    }
}
