//! What can go wrong while mail is handed over, as data.

use std::time::Duration;

/// Where in the conversation.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum SmtpStep {
    Greeting,
    /// EHLO or HELO.
    Hello,
    StartTls,
    Auth,
    /// MAIL FROM.
    Sender,
    /// RCPT TO.
    Recipient,
    Data,
    /// In the middle of the message.
    Body,
    /// The message is there, and is not taken.
    Dot,
    /// The message is taken, and that is not said yet.
    Taken,
    /// That it is taken has been said.
    Answered,
    Reset,
    Quit,
}

impl SmtpStep {
    pub const EVERY: [Self; 13] = [
        Self::Greeting,
        Self::Hello,
        Self::StartTls,
        Self::Auth,
        Self::Sender,
        Self::Recipient,
        Self::Data,
        Self::Body,
        Self::Dot,
        Self::Taken,
        Self::Answered,
        Self::Reset,
        Self::Quit,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Self::Greeting => "greeting",
            Self::Hello => "hello",
            Self::StartTls => "starttls",
            Self::Auth => "auth",
            Self::Sender => "sender",
            Self::Recipient => "recipient",
            Self::Data => "data",
            Self::Body => "body",
            Self::Dot => "dot",
            Self::Taken => "taken",
            Self::Answered => "answered",
            Self::Reset => "reset",
            Self::Quit => "quit",
        }
    }
}

/// What happens there instead of the right answer, or beside it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SmtpDoing {
    /// These bytes are the answer, and nothing is carried out.
    Says(&'static [u8]),
    /// The same, and the connection ends.
    SaysAndCloses(&'static [u8]),
    Closes,
    /// Nothing more is said, and the connection stays open.
    Stalls,
    /// An answer of more and more lines.
    NeverEnds,
    /// The right answer comes later.
    Late(Duration),
    /// These bytes come before the right answer.
    Ahead(&'static [u8]),
    /// These bytes follow the right answer in the same write; behind the answer to STARTTLS that is in clear.
    Behind(&'static [u8]),
}

/// One thing that goes wrong on every connection that is made after it was asked for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct SmtpFault {
    pub on: SmtpStep,
    pub doing: SmtpDoing,
    /// Only the time with this number on a connection, the first one being 0; else every time.
    pub only: Option<usize>,
}

impl SmtpFault {
    pub const fn new(on: SmtpStep, doing: SmtpDoing) -> Self {
        Self { on, doing, only: None }
    }

    #[must_use]
    pub const fn only(self, time: usize) -> Self {
        Self { only: Some(time), ..self }
    }
}

/// The ways that are possible everywhere.
const WAYS: [(&str, SmtpDoing); 11] = [
    ("later", SmtpDoing::Says(b"451 4.3.0 Not now\r\n")),
    ("never", SmtpDoing::Says(b"554 5.7.1 Not this\r\n")),
    ("goodbye", SmtpDoing::SaysAndCloses(b"421 4.3.2 Closing\r\n")),
    ("closes", SmtpDoing::Closes),
    ("stalls", SmtpDoing::Stalls),
    ("garbage", SmtpDoing::Says(b"\x00\xff garbage \x1b[2J\r\n")),
    ("nonsense", SmtpDoing::Says(b"25O OK\r\n")),
    ("two-codes", SmtpDoing::Says(b"250-one\r\n550 two\r\n")),
    ("no-end-of-lines", SmtpDoing::NeverEnds),
    ("early", SmtpDoing::Ahead(b"250 OK\r\n")),
    ("behind", SmtpDoing::Behind(b"250 OK\r\n")),
];

/// All of them, by name: `dot-closes`.
pub fn smtp_faults() -> Vec<(String, SmtpFault)> {
    let at = |step: SmtpStep| {
        WAYS.into_iter().map(move |(way, doing)| (format!("{}-{way}", step.name()), SmtpFault::new(step, doing)))
    };
    SmtpStep::EVERY.into_iter().flat_map(at).collect()
}
