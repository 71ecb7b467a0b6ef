//! The help in Chinese: what stands beside each command and argument, by its English sentence.

use clap::{Arg, ArgAction, Command};

const SENTENCES: &[(&str, &str)] = &[
    (
        "鸿雁: an interactive terminal mail reader for QQ, 163, 126 and any other IMAP account",
        "鸿雁：终端里的邮件阅读器，用于 QQ、163、126 和其他 IMAP 账户",
    ),
    // General.
    ("The file with the settings", "设置文件"),
    ("The folder where mail is kept", "存放邮件的目录"),
    ("The language: zh-CN, en or auto", "语言：zh-CN、en 或 auto"),
    (
        "Connect to another place than the server's name says; the certificate is checked for the name (may be repeated)",
        "连到服务器名所指以外的地方；证书仍按这个名字检查（可以重复）",
    ),
    (
        "Ask this name server who receives the mail of a domain, instead of the system's",
        "查询域名由谁收信时用这个域名服务器，不用系统的",
    ),
    (
        "What to do if own.db is damaged: restore its last copy, or begin with an empty one; it is set aside either way",
        "own.db 损坏时：restore 恢复上次的备份，empty 从空的开始；损坏的都会另存",
    ),
    ("How long to wait for any answer of a server, in seconds", "等服务器的每个回答最多几秒"),
    // Commands.
    ("Read invented mail, from a server inside the program", "用程序自带的服务器读虚构的邮件"),
    ("Add, list and remove accounts", "添加、列出和移除账户"),
    ("Fetch what is new", "收取新邮件"),
    ("Print the folders", "列出文件夹"),
    ("Print the messages of a folder, newest first", "列出文件夹里的邮件，新的在前"),
    ("Find messages in all that is stored, newest first", "在存下的全部邮件里搜索，新的在前"),
    (
        "Words, and what is known besides: from:, subject:, before:, is:unread, -word, OR …",
        "要找的字词，以及 发件人：、主题：、早于：、是:未读、-排除、OR 等条件",
    ),
    (
        "Only in this folder: its name, or inbox, sent, drafts, trash, junk, archive",
        "只在这个文件夹里找：名字，或 inbox、sent、drafts、trash、junk、archive",
    ),
    ("Print one message", "打印一封邮件"),
    ("Save the files of a message", "保存邮件的附件"),
    (
        "Write messages into a mailbox file, a Maildir or files of their own",
        "把邮件写入一个 mbox 文件、一个 Maildir，或各写一个文件",
    ),
    ("Read an mbox, a Maildir or an .eml; nothing in it is changed", "阅读 mbox、Maildir 或 .eml，不作任何改动"),
    ("Print what was said to the servers; passwords and mail are not in it", "打印与服务器的对话；里面没有密码和邮件"),
    ("Talk with a server in its own words", "用服务器自己的语言与它对话"),
    (
        "Look for what is wrong with this machine and with the accounts; safe to paste",
        "检查本机和各个账户有什么问题；结果可以放心贴给别人",
    ),
    // People.
    ("Whom you wrote to and who wrote to you", "写过信的人和来过信的人"),
    ("Print those who may be meant by what is typed, the most likely first", "列出输入的字可能指的人，最可能的在前"),
    (
        "The beginning of a name or an address, or the initials of a Chinese name",
        "名字或地址的开头，或中文名字的拼音首字母",
    ),
    ("Take names and addresses over from a vCard or CSV file", "从 vCard 或 CSV 文件导入名字和地址"),
    ("The vCard or CSV file", "vCard 或 CSV 文件"),
    // Writing.
    ("Write a message; a mailto: link alone does the same", "写一封邮件；只给一个 mailto: 链接也一样"),
    ("A mailto: link; what it says of senders and files does not count", "mailto: 链接；其中的发件人和附件不算数"),
    ("To whom (may be repeated)", "收件人（可以重复）"),
    ("Who gets a copy (may be repeated)", "抄送（可以重复）"),
    ("Who gets a copy that nobody else sees (may be repeated)", "密送，别人看不到（可以重复）"),
    ("The subject", "主题"),
    ("What it begins with", "正文的开头"),
    ("A file that goes along (may be repeated)", "附件（可以重复）"),
    (
        "A template to begin with: the name of a file in templates/, beside config.toml",
        "从模板开始写：config.toml 旁边 templates/ 里的文件名",
    ),
    // Sending.
    ("Send a message that is there already", "发出一封现成的邮件"),
    ("Look after what is on its way out", "查看和处理发件箱"),
    ("The message, as .eml files hold one; - for the standard input", "邮件，格式同 .eml 文件；- 表示标准输入"),
    (
        "Send it with this account: its name, or its address; else the one that From belongs to",
        "用这个账户发：名称或地址；不写就用 From 所属的账户",
    ),
    ("To this address instead of those in the message (may be repeated)", "发给这个地址，不按邮件里写的（可以重复）"),
    (
        "Only put it into the outbox; it goes with the next start, or with `outbox flush`",
        "只放入发件箱；下次启动或 `outbox flush` 时发出",
    ),
    ("Say as JSON what became of it", "用 JSON 说明结果"),
    ("Print what is on its way out", "列出发件箱"),
    (
        "Send a message (again): one that was refused, or of which nobody knows whether it went",
        "（再次）发送一封邮件：被拒绝的，或不知道是否已发出的",
    ),
    (
        "Say of a message of which nobody knows that it was sent; it is not sent again",
        "说明一封不知道是否发出的邮件已经发出；不会再发",
    ),
    ("Take a message back; what it was made of is a draft again", "收回一封邮件；写它的草稿又回来"),
    ("Give a message up for good", "彻底放弃一封邮件"),
    ("Send what is due, and try again what was put off; for timers", "发出到时间的邮件，再试没发成的；适合定时任务"),
    ("Its number in `outbox list`", "它在 `outbox list` 里的编号"),
    // Demo.
    ("Only serve the mail, and say where", "只提供邮件服务，并说明在哪里"),
    ("How many messages the inbox has", "收件箱有多少封邮件"),
    (
        "What kind of server it is like: plain, modern, coremail, qq, exmail, sina or aliyun",
        "像哪一种服务器：plain、modern、coremail、qq、exmail、sina 或 aliyun",
    ),
    // Accounts.
    ("Try an account and write it into the settings", "试登录一个账户，成功就写入设置"),
    ("Print the accounts", "列出账户"),
    (
        "Print what is known of an account, and what was learned of its server",
        "打印账户的情况，以及对它的服务器学到了什么",
    ),
    ("Replace the password of an account, after trying the new one", "更换账户的密码，先试新密码"),
    (
        "Forget what was learned of an account's server; what is still true is learned again",
        "忘掉对账户的服务器学到的东西；仍然属实的会再学到",
    ),
    ("Remove an account, its password and what was downloaded for it", "移除账户、它的密码和下载的邮件"),
    ("The account's name, or its address", "账户的名字或地址"),
    ("Also if changes or messages would be lost that the server does not have", "即使会丢失服务器上没有的改动或邮件"),
    ("The mail address", "邮件地址"),
    ("By what means the mail comes: imap, pop3 or maildir", "邮件怎么来：imap、pop3 或 maildir"),
    ("The IMAP server, if it is not known by the address", "IMAP 服务器；从地址看不出来时才需要"),
    ("The POP3 server", "POP3 服务器"),
    ("The server to send with", "发信服务器"),
    (
        "How the connection is encrypted: tls (from the start), starttls or none",
        "连接怎么加密：tls（从一开始）、starttls 或 none",
    ),
    ("A file with certificates to trust besides those of the system", "系统之外还信任的证书文件"),
    (
        "Trust exactly this certificate: the fingerprint that is told when one is refused",
        "只信任这张证书：写拒绝证书时给出的指纹",
    ),
    (
        "Connect through socks5://HOST:PORT, http://HOST:PORT, or what ALL_PROXY says (env)",
        "经 socks5://HOST:PORT、http://HOST:PORT 或 ALL_PROXY 所设的代理（env）连接",
    ),
    ("The name to log in with, if it is not the address", "登录名；不是邮件地址时才需要"),
    ("Read the password from the standard input", "从标准输入读取密码"),
    ("A program that prints the password, with its arguments; no shell reads it", "打印密码的程序和参数；不经过 shell"),
    (
        "A program that prints an access token (OAuth2), with its arguments; no shell reads it",
        "打印访问令牌（OAuth2）的程序和参数；不经过 shell",
    ),
    (
        "Where to keep the password: keyring, file (for your eyes only) or session (nowhere: it is asked for each time)",
        "密码保存在哪里：keyring 钥匙串、file 只有你能读的文件、session 不保存，每次询问",
    ),
    ("Do not try to log in", "不试登录"),
    ("What to call the account, if not by its address", "账户的名字；不想用地址时才需要"),
    (
        "Allow --tls none to another machine: everybody on the way can read the password",
        "允许对别的机器用 --tls none：路上的人都能看到密码",
    ),
    // Fetching and listing.
    ("Look once, then end", "看一遍就结束"),
    (
        "Only this folder: its name, or inbox, sent, drafts, trash, junk, archive",
        "只看这个文件夹：名字，或 inbox、sent、drafts、trash、junk、archive",
    ),
    ("Only this account", "只看这个账户"),
    ("Fetch whole messages too, not only what a list shows", "邮件全文也取，不只是列表里显示的"),
    ("Say in the end as JSON how it went", "最后用 JSON 说明结果"),
    (
        "The folder's name, or inbox, sent, drafts, trash, junk, archive",
        "文件夹的名字，或 inbox、sent、drafts、trash、junk、archive",
    ),
    ("As JSON", "用 JSON"),
    ("Find what was kept under this name; words besides narrow it", "找以这个名字保存的搜索；再写字词则缩小范围"),
    ("Keep the query under this name, too", "同时以这个名字保存这个搜索"),
    ("Only forget what was kept under this name", "只删除以这个名字保存的搜索"),
    ("Only the newest N", "只要最新的 N 封"),
    ("Only of this account", "只要这个账户的"),
    ("Only of this account: its name, or its address", "只要这个账户的：名字或地址"),
    ("Go on with what is said from now on", "继续打印之后的对话"),
    ("Only the newest N lines", "只要最新的 N 行"),
    ("As JSON, a line for each", "用 JSON，每条一行"),
    // Messages.
    (
        "A file with a message, the id that `list` prints, or - for the standard input",
        "邮件文件、`list` 列出的编号，或用 - 表示标准输入",
    ),
    ("Only its text", "只要正文文本"),
    (
        "The HTML page in it: into a pipe its bytes, on a terminal its text",
        "其中的 HTML 网页：管道里是原样字节，终端上是文本",
    ),
    ("All fields of its head, decoded", "解码后的全部信头"),
    (
        "The whole message as it is: into a pipe every byte, on a terminal what can be shown of it",
        "邮件原文：管道里是每个字节，终端上是能显示的部分",
    ),
    (
        "The folder to save into; it is made if it is not there, and no file in it is replaced",
        "保存到的目录；没有就新建，不覆盖其中的文件",
    ),
    ("Print what was saved as JSON", "用 JSON 打印保存了什么"),
    (
        "The id that `list` prints, or a folder: its name, or inbox, sent, drafts, trash, junk, archive",
        "`list` 列出的编号，或文件夹：名字，或 inbox、sent、drafts、trash、junk、archive",
    ),
    ("Into a new mailbox file (mboxrd)", "写入新的 mbox 文件（mboxrd）"),
    ("Into a Maildir, which is made if it is not there", "写入 Maildir，没有就新建"),
    ("Into a new file; of a folder, into a file for each message", "写入新文件；导出文件夹时每封邮件一个文件"),
    ("An mbox, a Maildir, or a file with a message", "mbox、Maildir，或邮件文件"),
    // Talking and looking.
    ("The protocol: imap, smtp or pop3", "协议：imap、smtp 或 pop3"),
    (
        "The account: its name, or its address; not needed if there is only one",
        "账户：名字或地址；只有一个账户时不必写",
    ),
    ("Another server than the account's", "账户以外的服务器"),
    (
        "Allow --tls none to another machine: everybody on the way can read what is said",
        "允许对别的机器用 --tls none：路上的人都能看到对话",
    ),
    ("Do not ask before what changes something", "有改动的命令也不先询问"),
    (
        "Only this account: its name, or its address; or an address that is no account yet",
        "只检查这个账户：名字或地址；也可以是还没有添加的地址",
    ),
    ("As JSON, an object for each line", "用 JSON，每行一个对象"),
    (
        "Show addresses, names of private machines, folders and paths too; without it the report is safe to paste",
        "地址、私人机器的名字、目录和路径也显示；不加时结果可以放心贴给别人",
    ),
    ("Log in although the last login was refused", "上次登录被拒绝也再登录"),
    (
        "Wait so long for new mail, to see whether the server tells of it by itself; uses a second connection",
        "等这么久的新邮件，看服务器会不会主动通知；要用第二个连接",
    ),
];

fn chinese(english: &str) -> Option<&'static str> {
    SENTENCES.iter().find(|(known, _)| *known == english).map(|(_, chinese)| *chinese)
}

/// The same commands with their help in Chinese. What is not known stays as it is.
pub(super) fn in_chinese(command: Command) -> Command {
    let subcommands: Vec<String> = command.get_subcommands().map(|each| each.get_name().to_owned()).collect();
    let about = command.get_about().and_then(|about| chinese(&about.to_string()));
    let is_root = command.get_version().is_some();
    let mut command = command
        .help_template("{about-with-newline}\n用法：{usage}\n\n{all-args}{after-help}")
        .subcommand_help_heading("命令")
        .subcommand_value_name("命令")
        .disable_help_flag(true)
        .disable_version_flag(true)
        .mut_args(in_a_list)
        .arg(in_a_list(Arg::new("help").short('h').long("help").action(ArgAction::Help).help("打印这份说明")));
    if let Some(about) = about {
        command = command.about(about);
    }
    if is_root {
        let version = Arg::new("version").short('V').long("version").action(ArgAction::Version);
        command = command.arg(in_a_list(version.help("打印版本")));
    }
    subcommands.into_iter().fold(command, |command, name| command.mut_subcommand(name, in_chinese))
}

fn in_a_list(arg: Arg) -> Arg {
    let heading = if arg.is_positional() { "参数" } else { "选项" };
    let help = arg.get_help().and_then(|help| chinese(&help.to_string()));
    let arg = arg.help_heading(heading);
    match help {
        Some(help) => arg.help(help),
        None => arg,
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;
    use crate::cli::Arguments;

    fn each(command: &Command, seen: &mut impl FnMut(&str)) {
        seen(&command.get_about().map(ToString::to_string).unwrap_or_default());
        for arg in
            command.get_arguments().filter(|arg| !matches!(arg.get_action(), ArgAction::Help | ArgAction::Version))
        {
            seen(&arg.get_help().map(ToString::to_string).unwrap_or_default());
        }
        command.get_subcommands().for_each(|command| each(command, seen));
    }

    #[test]
    fn everything_that_helps_is_there_in_chinese() {
        let mut missing = Vec::new();
        each(&Arguments::command(), &mut |said| missing.extend(chinese(said).is_none().then(|| said.to_owned())));
        assert_eq!(missing, Vec::<String>::new());
        let mut left = Vec::new();
        let is_chinese = |said: &str| said.chars().any(|c| ('一'..='龥').contains(&c));
        each(&in_chinese(Arguments::command()), &mut |said| left.extend((!is_chinese(said)).then(|| said.to_owned())));
        assert_eq!(left, Vec::<String>::new());
    }

    #[test]
    fn the_chinese_commands_are_the_same_commands() {
        in_chinese(Arguments::command()).debug_assert();
        let read = |line: &str| {
            let matches = in_chinese(Arguments::command()).try_get_matches_from(line.split(' '));
            matches.map_err(|error| error.to_string())
        };
        assert!(read("hongyan list inbox --json --lang zh-CN").is_ok());
        assert!(read("hongyan --version").unwrap_err().contains(env!("CARGO_PKG_VERSION")));
        for line in ["hongyan -h", "hongyan account add --help", "hongyan list --help"] {
            let help = read(line).unwrap_err();
            assert!(help.contains("用法：hongyan") && help.contains("选项:"), "{help}");
            assert!(!help.contains("Usage") && !help.contains("Options") && !help.contains("Print"), "{help}");
        }
        assert!(read("hongyan --help").unwrap_err().contains("命令:"));
    }
}
