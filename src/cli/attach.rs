//! Handing work to the hongyan that has the profile: one line of JSON there, lines of JSON back.
//!
//! A profile has one writer. A command that would write while another hongyan holds the lock asks that one instead, by a
//! socket that only its owner may open. The protocol is small and numbered:
//!
//! ```text
//! → {"v":2,"do":"sync","folder":null,"account":null,"bodies":false}
//! → {"v":2,"do":"body","id":17}
//! → {"v":2,"do":"forget","account":"me@example.com","yes":false}
//! → {"v":2,"do":"queue","letter":{"account":"me@example.com",…,"file":"/…/letter"}}
//! → {"v":2,"do":"outbox","verb":"again","id":3}
//! → {"v":2,"do":"compose","file":"/…/draft"}
//! ← {"progress":{"account":"me@example.com","folder":"INBOX","done":200,"total":9000}}    any number
//! ← {"trouble":{"account":"me@example.com","kind":"login","about":"…","said":"…","retry":"…","sentence":"…"}}    any number
//! ← {"done":true}    or {"lost":{"wants":3,"only_here":0}}    or {"failed":{"kind":"gone","about":"…","said":"…","retry":"…","sentence":"…"}}
//! ```
//!
//! `trouble` is about one account while the others go on; `lost` refuses a `forget` without `yes` and tells how many
//! changes and messages would be lost. `sentence` is for a reader that does not know the kind. `retry` says when
//! it makes sense to try again, `remedy` what helps, by its stable name, where that is known.

mod client;
mod server;

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::sentences;
use crate::i18n::Language;
use crate::model::{Failure, FailureKind, OutgoingId, PlacementId, Retry};
use crate::remedy;
use crate::send::outbox::Word;
use crate::send::wish::Wish;

pub use crate::store::Loss;
pub use client::{Heard, Line, connect};
pub use server::{Replies, Request, Serving, serve};

const VERSION: u32 = 2;
/// No line of the protocol is longer.
const LONGEST: usize = 64 * 1024;

/// What can be asked for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Work {
    /// Look at the folders once, and say when everything is known.
    Sync {
        /// Only this one: a name or a role, as people write it.
        folder: Option<String>,
        account: Option<String>,
        /// Whole messages too.
        bodies: bool,
    },
    /// Fetch the body of one message into the store.
    Body(PlacementId),
    /// Stop working for an account, and forget its mail and what was wanted of it.
    Forget {
        account: String,
        /// Also if changes would be lost.
        yes: bool,
    },
    /// Put a message into the outbox, and send it.
    Queue(Parcel),
    /// Do something about what is in the outbox.
    Outbox { verb: Verb, id: Option<i64> },
    /// Open a message that is to be written; what is known of it is in this file. Whoever asks removes the file.
    Compose { file: PathBuf },
}

/// A message that is ready to go.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Parcel {
    pub account: String,
    /// The address that stands on the envelope as the sender.
    pub from: String,
    pub recipients: Vec<String>,
    pub subject: String,
    pub message_id: String,
    /// Its bytes. Whoever asks removes the file when the work is done.
    pub file: PathBuf,
}

/// What can be done about a message in the outbox.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verb {
    Again,
    WasSent,
    TakeBack,
    GiveUp,
    /// Whatever was put off is tried now; of no message in particular.
    Flush,
}

impl Verb {
    /// The wish about this message. `None` if it needs one.
    pub fn wish(self, id: Option<i64>) -> Option<Wish> {
        let id = id.map(OutgoingId);
        match self {
            Self::Flush => Some(Wish::Flush),
            Self::Again => id.map(|id| Wish::Say(id, Word::Again)),
            Self::WasSent => id.map(|id| Wish::Say(id, Word::WasSent)),
            Self::TakeBack => id.map(Wish::TakeBack),
            Self::GiveUp => id.map(Wish::GiveUp),
        }
    }
}

/// How far a folder is.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Progress {
    pub account: String,
    pub folder: String,
    pub done: u64,
    pub total: u64,
}

#[derive(Serialize, Deserialize)]
struct Asked {
    v: u32,
    #[serde(flatten)]
    work: Written,
}

/// [`Work`] on the wire.
#[derive(Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "lowercase")]
enum Written {
    Sync {
        folder: Option<String>,
        account: Option<String>,
        #[serde(default)]
        bodies: bool,
    },
    Body {
        id: i64,
    },
    Forget {
        account: String,
        #[serde(default)]
        yes: bool,
    },
    Queue {
        letter: Parcel,
    },
    Outbox {
        verb: Verb,
        #[serde(default)]
        id: Option<i64>,
    },
    Compose {
        file: PathBuf,
    },
}

impl From<&Work> for Written {
    fn from(work: &Work) -> Self {
        match work.clone() {
            Work::Sync { folder, account, bodies } => Self::Sync { folder, account, bodies },
            Work::Body(id) => Self::Body { id: id.0 },
            Work::Forget { account, yes } => Self::Forget { account, yes },
            Work::Queue(letter) => Self::Queue { letter },
            Work::Outbox { verb, id } => Self::Outbox { verb, id },
            Work::Compose { file } => Self::Compose { file },
        }
    }
}

impl From<Written> for Work {
    fn from(written: Written) -> Self {
        match written {
            Written::Sync { folder, account, bodies } => Self::Sync { folder, account, bodies },
            Written::Body { id } => Self::Body(PlacementId(id)),
            Written::Forget { account, yes } => Self::Forget { account, yes },
            Written::Queue { letter } => Self::Queue(letter),
            Written::Outbox { verb, id } => Self::Outbox { verb, id },
            Written::Compose { file } => Self::Compose { file },
        }
    }
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Reply {
    Progress(Progress),
    Trouble(Trouble),
    Done(bool),
    Lost(Loss),
    Failed(Trouble),
}

impl Reply {
    fn is_last(&self) -> bool {
        match self {
            Self::Done(_) | Self::Lost(_) | Self::Failed(_) => true,
            Self::Progress(_) | Self::Trouble(_) => false,
        }
    }
}

/// A failure on the wire.
#[derive(Serialize, Deserialize)]
struct Trouble {
    #[serde(default, skip_serializing_if = "String::is_empty")]
    account: String,
    kind: String,
    #[serde(default)]
    about: String,
    #[serde(default)]
    said: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    remedy: Option<String>,
    #[serde(default)]
    retry: String,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    worked_before: bool,
    #[serde(default)]
    sentence: String,
}

impl Trouble {
    fn new(account: &str, failure: &Failure) -> Self {
        Self {
            account: account.to_owned(),
            kind: failure.kind.code().to_owned(),
            about: failure.about.as_str().to_owned(),
            said: failure.said.as_str().to_owned(),
            remedy: failure.remedy.map(str::to_owned),
            retry: failure.retry.code().to_owned(),
            worked_before: failure.worked_before,
            sentence: sentences::failure(Language::En, failure),
        }
    }

    /// A kind that only a newer hongyan knows is told in its own words.
    fn failure(&self) -> Failure {
        match FailureKind::EVERY.into_iter().find(|kind| kind.code() == self.kind) {
            Some(kind) => {
                let known = self.remedy.as_deref().and_then(remedy::named).map(|remedy| remedy.id.as_str());
                let retry = Retry::EVERY.into_iter().find(|retry| retry.code() == self.retry);
                let failure = Failure::lasting(kind, &self.about, &self.said);
                let retry = retry.unwrap_or(failure.retry);
                Failure { retry, remedy: known, worked_before: self.worked_before, ..failure }
            }
            None => Failure::lasting(FailureKind::Refused, "hongyan", &self.sentence),
        }
    }
}

#[cfg(test)]
mod tests;
