//! What can go wrong on a line, as data.

mod named;

use std::time::Duration;

pub use self::named::{FAULTS, NamedFault};

/// One thing that goes wrong on every connection that is made after it was asked for. Bytes are those sent on one
/// connection; commands are named by their verb without `UID`, `SELECT` stands for EXAMINE too, and an empty name for
/// every command.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Fault {
    /// The connection is cut after that many bytes, without a goodbye of any layer.
    CutAfter(u64),
    /// The same with a reset of TCP.
    ResetAfter(u64),
    /// It is closed after that many bytes, as TLS wants it.
    EndAfter(u64),
    /// After that many bytes comes BYE, wherever that is, and the end.
    ByeAfter(u64),
    /// Nothing more is sent after that many bytes, and the connection stays open.
    StallAfter(u64),
    /// After that many bytes, each takes so long.
    Trickle { after: u64, each: Duration },
    /// That many bytes at a time are written.
    Pieces(usize),
    /// Nothing is written before the answer to a command is complete.
    OneSegment,
    /// The byte at this place has another value.
    Corrupt(u64),
    /// Where compression begins, so many bytes of one line follow.
    Bomb(usize),
    /// This line instead of the greeting; if it is a BYE, the end.
    Greeting(&'static str),
    /// The session is logged in from the start.
    Preauth,
    /// More connections than these are sent away.
    AtMost(usize),
    /// Something is said that nobody asked for, so many times. In IDLE, [`Place::Between`] is after the `+`; the
    /// greeting is `GREETING`.
    Say { on: &'static str, place: Place, bytes: &'static [u8], times: usize },
    /// An untagged response that has this in its first bytes becomes another, or none if that is empty.
    Replace { on: &'static str, having: &'static str, by: &'static [u8] },
    /// The command is not carried out, and this stands behind its tag.
    Answer { on: &'static str, words: &'static str },
    /// The command is never answered; `DONE` and the `+` for a literal can be named too.
    Deaf(&'static str),
    /// BYE instead of an answer, and the end. In IDLE it comes after the `+`.
    Bye(&'static str),
    /// Each n-th command of a connection is its end.
    CloseEvery(u64),
}

impl Fault {
    /// After how many bytes it ends what is said.
    pub(super) fn end(&self) -> Option<u64> {
        match self {
            Self::CutAfter(after)
            | Self::ResetAfter(after)
            | Self::EndAfter(after)
            | Self::ByeAfter(after)
            | Self::StallAfter(after) => Some(*after),
            _ => None,
        }
    }
}

/// Where in an answer something is said.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Place {
    /// Before everything.
    Ahead,
    /// Before the tagged line.
    Between,
    /// In the same bytes, behind the tagged line; behind the answer to STARTTLS that is in clear.
    Behind,
}

/// True if a fault that names `on` is about this verb.
pub(super) fn is_on(on: &str, verb: &str) -> bool {
    let verb = verb.strip_prefix("UID ").unwrap_or(verb);
    on.is_empty() || on == verb || on == "SELECT" && verb == "EXAMINE"
}
