//! A draft becomes a message, once: built, and put into the outbox with all that is needed to send it.

use std::fs::File;
use std::io::{self, Read};
use std::sync::Arc;

use super::{Means, Writing, offset};
use crate::app::compose::{SendTrouble, Sheet, Tidings};
use crate::files;
use crate::letter::{Built, Facts, Held, Trouble, build};
use crate::model::{Draft, DraftId, EnclosedFrom, OutgoingId, Timestamp, clock};
use crate::store::{Letter, OwnReader, StoreError};
use crate::text::SafeText;

/// What is to be sent.
#[derive(Debug)]
pub(in crate::run) struct Wanted {
    pub(in crate::run) sheet: Sheet,
    pub(in crate::run) id: Option<DraftId>,
    pub(in crate::run) draft: Draft,
    pub(in crate::run) hold_until: Timestamp,
}

impl Writing {
    pub(in crate::run) fn send(&mut self, wanted: Wanted) {
        let means = self.means.clone();
        self.begin(async move {
            let (sheet, hold_until) = (wanted.sheet, wanted.hold_until);
            let result = queue(means, wanted).await.map(|id| (id, hold_until));
            Some(Tidings::Queued { sheet, result })
        });
    }
}

async fn queue(means: Arc<Means>, wanted: Wanted) -> Result<OutgoingId, SendTrouble> {
    let Wanted { id, draft, hold_until, .. } = wanted;
    let said = |code: &str| SendTrouble::Said(means.trouble(code, &[]));
    let own = means.own.clone().ok_or_else(|| SendTrouble::Failed(super::read_only()))?;
    let account = draft.account.clone();
    let about = draft.about.as_ref().filter(|about| !about.message_id.is_empty());
    let about = about.map(|about| (about.what, about.message_id.clone()));
    let (builder, original) = (means.clone(), draft.clone());
    let built = tokio::task::spawn_blocking(move || builder.built(&draft)).await.map_err(|_| said("not-kept"))?;
    let Built { bytes, from, recipients, message_id, subject, .. } = built.map_err(SendTrouble::Said)?;
    let failed = |error: StoreError| SendTrouble::Failed(error.failure());
    // With what it was made of, so that whoever takes it back has that on the disk in the same moment.
    let kept = match id {
        Some(id) => match own.keep_draft(Some(id), original, clock::now()).await {
            Ok(id) => id,
            // A letter already, or nothing any more: who queues it knows.
            Err(StoreError::Gone) => id,
            Err(error) => return Err(failed(error)),
        },
        None => own.keep_draft(None, original, clock::now()).await.map_err(failed)?,
    };
    let letter = Letter {
        account,
        from,
        recipients,
        subject: SafeText::of(subject.as_str()),
        message_id,
        queued: clock::now(),
        hold_until,
        about,
        draft: Some(kept),
    };
    match own.queue(letter, bytes).await {
        Ok(letter) => Ok(letter),
        Err(error) => {
            if id.is_none() {
                let _ = own.drop_draft(kept).await;
            }
            Err(failed(error))
        }
    }
}

impl Means {
    fn built(&self, draft: &Draft) -> Result<Built, SafeText> {
        let account = self.account(&draft.account).ok_or_else(|| self.trouble("no-account", &[]))?;
        if account.smtp.is_none() {
            return Err(self.trouble("no-server", &[("name", &account.name)]));
        }
        let mut random = [0; 32];
        let unread =
            |error: io::Error| self.trouble("no-file", &[("name", "/dev/urandom"), ("why", &error.to_string())]);
        File::open("/dev/urandom").and_then(|mut source| source.read_exact(&mut random)).map_err(unread)?;
        let now = clock::now();
        let held = Here { reader: OwnReader::open(&self.profile).ok().flatten() };
        let takes = super::taken(held.reader.as_ref(), &account.name);
        let facts = Facts {
            now,
            offset: offset(now),
            random,
            address: account.address.as_str(),
            held: &held,
            eight_bit: takes.eight_bit,
            smtputf8: takes.smtputf8,
        };
        build(draft, &facts).map_err(|trouble| self.said(&trouble))
    }

    fn said(&self, trouble: &Trouble) -> SafeText {
        match trouble {
            Trouble::NoSender => self.trouble("no-sender", &[]),
            Trouble::NoRecipient => self.trouble("no-recipient", &[]),
            Trouble::BadAddress { typed, .. } => self.trouble("bad-address", &[("name", typed)]),
            Trouble::NeedsUtf8 { address } => self.trouble("needs-utf8", &[("name", address)]),
            Trouble::ReservedField { name } => self.trouble("reserved-field", &[("name", name)]),
            Trouble::BadField { name } => self.trouble("bad-field", &[("name", name)]),
            Trouble::File { name, why } => {
                self.trouble("file-gone", &[("name", name.as_str()), ("why", &why.to_string())])
            }
            Trouble::NeedsEightBit => self.trouble("needs-eight-bit", &[]),
            Trouble::LongLines => self.trouble("long-lines", &[]),
        }
    }
}

/// What goes along, wherever it is.
struct Here {
    reader: Option<OwnReader>,
}

impl Held for Here {
    fn open(&self, from: &EnclosedFrom) -> io::Result<Box<dyn Read + '_>> {
        match from {
            EnclosedFrom::File(path) => Ok(Box::new(files::open_regular(path)?)),
            EnclosedFrom::Kept(hash) => {
                let reader = self.reader.as_ref().ok_or(io::ErrorKind::NotFound)?;
                let bytes = reader.kept(hash).map_err(|error| io::Error::other(error.to_string()))?;
                Ok(Box::new(io::Cursor::new(bytes)))
            }
        }
    }
}
