//! Reading own.db: what somebody writes, what is on its way out, and what would be lost. Without waiting for its writer.

use std::path::Path;

use rusqlite::{Connection, OpenFlags, OptionalExtension as _};
use serde::{Deserialize, Serialize};

use super::cellar::Cellar;
use super::own::needs::{self, NeedRow};
use super::own::searches;
use super::{StoreError, accounts, drafts, learned, outgoing, people};
use crate::model::{Answering, Draft, DraftId, DraftRow, NamedSearch, Outgoing, OutgoingId, Takes, Timestamp};

/// Older ones have nothing of what is read here.
const FIRST_SCHEMA: u32 = 5;

/// A read-only connection to own.db.
#[derive(Debug)]
pub struct OwnReader {
    db: Connection,
    outgoing: Cellar,
    kept: Cellar,
}

/// What would be lost with an account.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug, Serialize, Deserialize)]
pub struct Loss {
    /// Changes that its server does not know of.
    pub wants: u64,
    /// Messages that no server has.
    pub only_here: u64,
    /// Messages that somebody writes.
    #[serde(default)]
    pub drafts: u64,
    /// Messages on their way out.
    #[serde(default)]
    pub letters: u64,
}

impl OwnReader {
    /// `None` if nothing that is read here was ever kept in this profile.
    pub fn open(profile: &Path) -> Result<Option<Self>, StoreError> {
        let file = profile.join("own.db");
        if !file.exists() {
            return Ok(None);
        }
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let db = Connection::open_with_flags(file, flags)?;
        db.busy_timeout(std::time::Duration::from_secs(2))?;
        let version: u32 = db.query_row("PRAGMA user_version", [], |row| row.get(0))?;
        let reader = Self { db, outgoing: Cellar::outgoing(profile), kept: Cellar::kept(profile) };
        Ok((version >= FIRST_SCHEMA).then_some(reader))
    }

    /// Changes with every commit of another connection.
    pub fn data_version(&self) -> Result<i64, StoreError> {
        Ok(self.db.query_row("PRAGMA data_version", [], |row| row.get(0))?)
    }

    /// Every draft that is not on its way out, the youngest first.
    pub fn drafts(&self) -> Result<Vec<DraftRow>, StoreError> {
        drafts::all(&self.db)
    }

    pub fn draft(&self, id: DraftId) -> Result<Option<Draft>, StoreError> {
        drafts::one(&self.db, id)
    }

    /// Bytes that go with a draft.
    pub fn kept(&self, hash: &str) -> Result<Vec<u8>, StoreError> {
        self.kept.get(hash)
    }

    /// Everything on its way out, the oldest first; or what is on its way from one account.
    pub fn outbox(&self, account: Option<&str>) -> Result<Vec<Outgoing>, StoreError> {
        outgoing::all(&self.db, account)
    }

    pub fn outgoing(&self, id: OutgoingId) -> Result<Option<Outgoing>, StoreError> {
        outgoing::one(&self.db, id)
    }

    /// The message as it goes out: the same bytes at every attempt, or an error.
    pub fn letter(&self, id: OutgoingId) -> Result<Vec<u8>, StoreError> {
        self.outgoing.get(&outgoing::hash_of(&self.db, id)?)
    }

    /// What the account's server for sending takes, as far as it was asked in the last weeks.
    pub fn takes(&self, account: &str, now: Timestamp) -> Result<Option<Takes>, StoreError> {
        learned::taken(&self.db, account, now)
    }

    /// What a letter does with which message, by its Message-ID.
    pub fn about(&self, id: OutgoingId) -> Result<Option<(Answering, String)>, StoreError> {
        outgoing::about(&self.db, id)
    }

    /// The draft that a letter was made of.
    pub fn draft_of(&self, id: OutgoingId) -> Result<Option<DraftId>, StoreError> {
        let mut find = self.db.prepare_cached("SELECT id FROM draft WHERE letter = ?1")?;
        Ok(find.query_row([id.0], |row| row.get(0).map(DraftId)).optional()?)
    }

    /// By what conversations are known whose new mail is not told of.
    pub(super) fn muted(&self) -> Result<Vec<String>, StoreError> {
        // An older hongyan made the file, and nobody who may write has opened it since.
        if !self.db.prepare_cached("SELECT 1 FROM sqlite_schema WHERE name = 'muted'")?.exists([])? {
            return Ok(Vec::new());
        }
        let mut find = self.db.prepare_cached("SELECT msgid FROM muted")?;
        Ok(find.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?)
    }

    /// Searches that have a name, in the order of their names.
    pub fn named_searches(&self) -> Result<Vec<NamedSearch>, StoreError> {
        searches::all(&self.db)
    }

    /// Those brought along from elsewhere since, and the last of them.
    pub(super) fn brought_since(&self, last: i64) -> Result<(i64, Vec<(String, String)>), StoreError> {
        people::brought_since(&self.db, last)
    }

    /// What could not be done, the oldest first. Older files have nothing of it.
    pub(super) fn needs(&self) -> Result<Vec<NeedRow>, StoreError> {
        if !self.db.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'need'")?.exists([])? {
            return Ok(Vec::new());
        }
        needs::all(&self.db)
    }

    /// What own.db has of an account and no server knows.
    pub(super) fn loss_of(&self, account: &str) -> Result<Loss, StoreError> {
        let Some(account) = accounts::find(&self.db, account)? else { return Ok(Loss::default()) };
        let count = |sql: &str| {
            let count = self.db.query_row(sql, [account], |row| row.get::<_, i64>(0));
            count.map(|count| u64::try_from(count).unwrap_or(0))
        };
        Ok(Loss {
            wants: count("SELECT count(*) FROM want WHERE account = ?1")?,
            only_here: 0,
            drafts: count("SELECT count(*) FROM draft WHERE account = ?1 AND letter IS NULL")?,
            letters: count("SELECT count(*) FROM outgoing WHERE account = ?1 AND state <> 'sent'")?,
        })
    }
}
