//! How servers that take mail differ, as data.

use std::time::Duration;

/// One kind of server.
#[derive(Clone, Debug)]
pub struct Submission {
    /// What follows the code, a line each.
    pub greeting: &'static [&'static str],
    pub greets_after: Duration,
    /// What EHLO tells: who it is first, then what it can do.
    pub hello: &'static [&'static str],
    /// The same before the encryption.
    pub hello_in_clear: &'static [&'static str],
    /// What HELO tells.
    pub short_hello: &'static [&'static str],
    /// The answer to EHLO where it knows only HELO.
    pub knows_only_helo: Option<&'static str>,
    /// EHLO after the login is the end of the connection.
    pub breaks_on_second_hello: bool,
    /// The questions of AUTH LOGIN, in base64.
    pub questions: [&'static str; 2],
    pub admitted: &'static str,
    pub refused: &'static str,
    /// A refused login is the end of the connection.
    pub refusal_closes: bool,
    pub sender_taken: &'static str,
    /// The answer to a sender who is not the account.
    pub stranger: Option<&'static str>,
    pub recipient_taken: &'static str,
    pub go_ahead: &'static str,
    /// `{}` is a number.
    pub taken: &'static str,
    pub farewell: &'static str,
    /// No larger message is taken, whether that is told or not.
    pub largest: Option<u64>,
    /// The message gets another Message-ID, and keeps its own under another name.
    pub renames: bool,
    /// So long after it was taken a copy lies in the folder of sent mail; never, if nothing is said.
    pub saves: Option<Duration>,
}

impl Submission {
    /// True if EHLO names it.
    pub(super) fn can(&self, word: &str) -> bool {
        self.hello.iter().any(|line| line.split(' ').next().is_some_and(|first| first.eq_ignore_ascii_case(word)))
    }

    pub(super) fn offers(&self, mechanism: &str) -> bool {
        let lists = self.hello.iter().filter_map(|line| line.strip_prefix("AUTH "));
        lists.flat_map(|list| list.split(' ')).any(|known| known.eq_ignore_ascii_case(mechanism))
    }
}

/// As a server that one sets up oneself.
pub const PLAIN_SUBMISSION: Submission = Submission {
    greeting: &["mail.hongyan.example ESMTP"],
    greets_after: Duration::ZERO,
    hello: &[
        "mail.hongyan.example",
        "PIPELINING",
        "SIZE 31457280",
        "AUTH PLAIN LOGIN",
        "ENHANCEDSTATUSCODES",
        "8BITMIME",
        "DSN",
    ],
    hello_in_clear: &["mail.hongyan.example", "PIPELINING", "SIZE 31457280", "STARTTLS", "8BITMIME"],
    short_hello: &["mail.hongyan.example"],
    knows_only_helo: None,
    breaks_on_second_hello: false,
    questions: ["VXNlcm5hbWU6", "UGFzc3dvcmQ6"],
    admitted: "235 2.7.0 Authentication successful",
    refused: "535 5.7.8 Error: authentication failed",
    refusal_closes: false,
    sender_taken: "250 2.1.0 Ok",
    stranger: Some("553 5.7.1 Sender address rejected: not owned by user"),
    recipient_taken: "250 2.1.5 Ok",
    go_ahead: "354 End data with <CR><LF>.<CR><LF>",
    taken: "250 2.0.0 Ok: queued as 4FBk{}",
    farewell: "221 2.0.0 Bye",
    largest: Some(31_457_280),
    renames: false,
    saves: None,
};

/// Everything that there is, tokens as well.
pub const MODERN_SUBMISSION: Submission = Submission {
    greeting: &["mail.hongyan.example ready", "welcome"],
    hello: &[
        "mail.hongyan.example at your service",
        "SIZE 35882577",
        "8BITMIME",
        "AUTH LOGIN PLAIN XOAUTH2",
        "ENHANCEDSTATUSCODES",
        "PIPELINING",
        "CHUNKING",
        "DSN",
        "SMTPUTF8",
    ],
    hello_in_clear: &["mail.hongyan.example at your service", "SIZE 35882577", "8BITMIME", "STARTTLS", "SMTPUTF8"],
    largest: Some(35_882_577),
    ..PLAIN_SUBMISSION
};

/// 163, 126, yeah and many a company: no SIZE, and a copy is kept.
pub const COREMAIL_SUBMISSION: Submission = Submission {
    greeting: &["163.com Anti-spam GT for Coremail System (163com[20141201])"],
    hello: COREMAIL_HELLO,
    hello_in_clear: COREMAIL_HELLO,
    short_hello: &["OK"],
    questions: ["dXNlcm5hbWU6", "UGFzc3dvcmQ6"],
    admitted: "235 Authentication successful",
    refused: "535 Error: authentication failed",
    sender_taken: "250 Mail OK",
    stranger: Some("553 Mail from must equal authorized user"),
    recipient_taken: "250 Mail OK",
    taken: "250 Mail OK queued as smtp11,D8CowABX{}--.43886S2 1548385572",
    farewell: "221 Bye",
    largest: Some(71_680_000),
    saves: Some(Duration::from_secs(5)),
    ..PLAIN_SUBMISSION
};

const COREMAIL_HELLO: &[&str] = &[
    "mail",
    "PIPELINING",
    "AUTH LOGIN PLAIN",
    "AUTH=LOGIN PLAIN",
    "coremail 1Uxr2xKj7kG0xkI17xGrU7I0s8FY2U3Uj8Cz28x1UUUUU7Ic2I0Y2UFs",
    "STARTTLS",
    "8BITMIME",
];

/// QQ: HELO has more than one line, a refused login is the end, and every message gets another Message-ID.
pub const QQ_SUBMISSION: Submission = Submission {
    greeting: &["newxmesmtplogicsvrszb20-0.qq.com XMail Esmtp QQ Mail Server."],
    hello: &[
        "newxmesmtplogicsvrszb20-0.qq.com",
        "PIPELINING",
        "SIZE 73400320",
        "AUTH LOGIN PLAIN XOAUTH XOAUTH2",
        "AUTH=LOGIN",
        "MAILCOMPRESS",
        "SMTPUTF8",
        "8BITMIME",
    ],
    hello_in_clear: &[
        "newxmesmtplogicsvrszb20-0.qq.com",
        "PIPELINING",
        "SIZE 73400320",
        "STARTTLS",
        "AUTH LOGIN PLAIN XOAUTH XOAUTH2",
        "AUTH=LOGIN",
        "MAILCOMPRESS",
        "SMTPUTF8",
        "8BITMIME",
    ],
    short_hello: &["newxmesmtplogicsvrszb20-0.qq.com-10.0.0.1-1", "SIZE 73400320", "OK"],
    admitted: "235 Authentication successful",
    refused: "535 Login Fail. Please enter your authorization code to login. More information in \
              https://service.mail.qq.com/detail/0/53",
    refusal_closes: true,
    sender_taken: "250 OK.",
    stranger: Some("501 Mail from address must be same as authorization user."),
    recipient_taken: "250 OK",
    go_ahead: "354 End data with <CR><LF>.<CR><LF>.",
    taken: "250 OK: queued as.",
    farewell: "221 Bye.",
    largest: Some(73_400_320),
    renames: true,
    saves: Some(Duration::from_secs(5)),
    ..PLAIN_SUBMISSION
};

/// QQ for companies.
pub const EXMAIL_SUBMISSION: Submission = Submission {
    greeting: &["newxmesmtplogicsvrszc16-0.qq.com XMail Esmtp QQ Mail Server."],
    hello: &[
        "newxmesmtplogicsvrszc16-0.qq.com",
        "PIPELINING",
        "SIZE 73400320",
        "AUTH LOGIN PLAIN",
        "AUTH=LOGIN",
        "MAILCOMPRESS",
        "8BITMIME",
    ],
    ..QQ_SUBMISSION
};

/// Sina: it takes its time to greet, and EHLO after the login is the end.
pub const SINA_SUBMISSION: Submission = Submission {
    greeting: &["irxd5-210.sinamail.sina.com.cn ESMTP"],
    greets_after: Duration::from_secs(5),
    hello: &["irxd5-210.sinamail.sina.com.cn", "8BITMIME", "SIZE 83886080", "AUTH PLAIN LOGIN", "AUTH=PLAIN LOGIN"],
    hello_in_clear: &["irxd5-210.sinamail.sina.com.cn", "8BITMIME", "SIZE 83886080", "STARTTLS"],
    breaks_on_second_hello: true,
    admitted: "235 OK Authenticated",
    refused: "535 the email account or password is incorrect",
    sender_taken: "250 sender <> ok",
    stranger: Some("553 Envolope sender mismatch with login user"),
    recipient_taken: "250 recipient <> ok",
    go_ahead: "354 End data with <CR><LF>.<CR><LF>",
    taken: "250 ok queue id {}",
    farewell: "221 smtp-5-123.smtpsmail.sinamail.sina.com.cn",
    largest: Some(83_886_080),
    ..PLAIN_SUBMISSION
};

pub const ALIYUN_SUBMISSION: Submission = Submission {
    greeting: &["smtp.aliyun-inc.com MX AliMail Server"],
    hello: &["smtp.aliyun-inc.com", "STARTTLS", "8BITMIME", "AUTH=PLAIN LOGIN XOAUTH2", "AUTH PLAIN LOGIN XOAUTH2"],
    hello_in_clear: &["smtp.aliyun-inc.com", "STARTTLS", "8BITMIME", "AUTH PLAIN LOGIN XOAUTH2"],
    breaks_on_second_hello: true,
    admitted: "235 Authentication successful",
    refused: "526 Authentication failure[0]",
    sender_taken: "250 Mail Ok",
    stranger: Some("440 mail from account doesn't conform with authentication"),
    recipient_taken: "250 Rcpt Ok",
    go_ahead: "354 End data with <CR><LF>.<CR><LF>",
    taken: "250 Data Ok: queued as freedom ###envid={}",
    farewell: "221 Bye",
    ..PLAIN_SUBMISSION
};
