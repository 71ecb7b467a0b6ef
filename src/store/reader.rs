//! Reading mail.db: indexed questions, answered without waiting for any writer.

use std::cell::{OnceCell, RefCell};
use std::path::{Path, PathBuf};

use rusqlite::{Connection, ErrorCode, OpenFlags, OptionalExtension as _, Row as SqlRow, params};

use super::batch::{LocalFolder, Spot, Standing};
use super::people::People;
use super::{OwnReader, StoreError, Want};
use crate::model::{AccountId, Flags, Folder, FolderId, FolderName, MessageId, PlacementId, Role, Timestamp};
use crate::text::Text;

mod aged;
mod alike;
mod asking;
mod bodies;
mod choices;
mod conversations;
mod listing;
mod moved;
mod people;
mod rows;
mod stale;
mod texts;
mod trees;
mod untold;

pub use asking::ReaderThread;
pub use untold::Untold;

/// A read-only connection to mail.db.
#[derive(Debug)]
pub struct Reader {
    pub(super) db: Connection,
    bodies: PathBuf,
    profile: PathBuf,
    /// Opened when it is asked for.
    own: OnceCell<OwnReader>,
    /// Filled when it is asked for.
    people: RefCell<People>,
}

/// Where a message is on its server.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Whereabouts {
    pub account: AccountId,
    pub folder: FolderId,
    pub name: FolderName,
    pub uidvalidity: u32,
    pub uid: u32,
    pub message: MessageId,
    pub size: u64,
    pub arrival: Timestamp,
}

impl Whereabouts {
    /// What its number stands for.
    pub fn spot(&self) -> Spot {
        Spot { uid: self.uid, size: self.size, arrival: self.arrival }
    }
}

/// Total and unread, as stored and as counted.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct WrongCounter {
    pub folder: FolderId,
    pub stored: [u64; 2],
    pub counted: [u64; 2],
}

const WHEREABOUTS: &str = "SELECT f.account, f.id, f.wire, f.delimiter, f.uidvalidity, p.uid, p.msg, m.size, m.arrival
    FROM placement p JOIN folder f ON f.id = p.folder JOIN msg m ON m.id = p.msg
    WHERE p.epoch = f.epoch AND p.uid IS NOT NULL";

impl Reader {
    pub fn open(profile: &Path) -> Result<Self, StoreError> {
        let file = profile.join("mail.db");
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let db = Connection::open_with_flags(&file, flags)?;
        db.pragma_update(None, "cache_size", -4000)?;
        db.busy_timeout(std::time::Duration::from_secs(2))?;
        db.set_prepared_statement_cache_capacity(32);
        Ok(Self {
            db,
            bodies: profile.join("bodies"),
            profile: profile.to_owned(),
            own: OnceCell::new(),
            people: RefCell::default(),
        })
    }

    /// The same for whoever only looks: `None` if nothing was ever kept in this profile.
    pub fn find(profile: &Path) -> Result<Option<Self>, StoreError> {
        let file = profile.join("mail.db");
        if !file.exists() {
            return Ok(None);
        }
        let opened = Self::open(profile).and_then(|reader| {
            let version = reader.db.query_row("PRAGMA user_version", [], |row| row.get::<_, u32>(0))?;
            Ok((reader, usize::try_from(version).unwrap_or(usize::MAX)))
        });
        match opened {
            // It is being made right now, or the one who made it did not get far.
            Ok((_, 0)) => Ok(None),
            Ok((_, version)) if version > super::open::MAIL_SCHEMA.len() => Err(StoreError::Newer(file)),
            Ok((reader, _)) => Ok(Some(reader)),
            // Its first step has to be taken back, by one who may write.
            Err(StoreError::Sqlite(error)) if error.sqlite_error_code() == Some(ErrorCode::ReadOnly) => Ok(None),
            Err(error) if error.is_damage() => Err(StoreError::Damaged(file)),
            Err(error) => Err(error),
        }
    }

    pub(super) fn into_connection(self) -> Connection {
        self.db
    }

    /// A number that changes whenever another connection commits.
    pub fn data_version(&self) -> Result<i64, StoreError> {
        Ok(self.db.query_row("PRAGMA data_version", [], |row| row.get(0))?)
    }

    pub fn accounts(&self) -> Result<Vec<(AccountId, String)>, StoreError> {
        let mut find = self.db.prepare_cached("SELECT id, name FROM account ORDER BY id")?;
        Ok(find.query_map([], |row| Ok((AccountId(row.get(0)?), row.get(1)?)))?.collect::<Result<_, _>>()?)
    }

    /// Every folder: the ones with a role first, the others by name.
    pub fn folders(&self) -> Result<Vec<Folder>, StoreError> {
        let mut find = self.db.prepare_cached(
            "SELECT id, account, name, delimiter, role, selectable, total, unread, on_server FROM folder
             WHERE absent = 0",
        )?;
        let mut folders: Vec<Folder> = find
            .query_map([], |row| {
                Ok(Folder {
                    id: FolderId(row.get(0)?),
                    account: AccountId(row.get(1)?),
                    name: Text::new(row.get::<_, String>(2)?),
                    delimiter: row.get::<_, Option<String>>(3)?.and_then(|d| d.chars().next()),
                    role: row.get::<_, Option<String>>(4)?.and_then(|code| Role::from_code(&code)),
                    selectable: row.get(5)?,
                    total: count(row, 6)?,
                    unread: count(row, 7)?,
                    on_server: count(row, 8)?,
                })
            })?
            .collect::<Result<_, _>>()?;
        folders.sort_by(|a, b| {
            let rank = |f: &Folder| (f.account, f.role.is_none(), f.role);
            rank(a).cmp(&rank(b)).then_with(|| a.name.cmp(&b.name))
        });
        Ok(folders)
    }

    /// What is known of a folder in its present epoch.
    pub fn local(&self, folder: FolderId) -> Result<LocalFolder, StoreError> {
        let (uidvalidity, epoch): (u32, i64) = self
            .db
            .prepare_cached("SELECT uidvalidity, epoch FROM folder WHERE id = ?1")?
            .query_row([folder.0], |row| Ok((row.get(0)?, row.get(1)?)))?;
        let mut find = self.db.prepare_cached(
            "SELECT uid, sflags FROM placement WHERE folder = ?1 AND epoch = ?2 AND uid IS NOT NULL ORDER BY uid",
        )?;
        let messages = find
            .query_map(params![folder.0, epoch], |row| Ok((row.get(0)?, Flags::from_bits(row.get(1)?))))?
            .collect::<Result<_, _>>()?;
        Ok(LocalFolder { uidvalidity, messages })
    }

    /// The folder of this account that the server calls so.
    pub fn folder_named(&self, account: AccountId, wire: &[u8]) -> Result<Option<FolderId>, StoreError> {
        let mut find =
            self.db.prepare_cached("SELECT id FROM folder WHERE account = ?1 AND wire = ?2 AND absent = 0")?;
        Ok(find.query_row(params![account.0, wire], |row| row.get(0).map(FolderId)).optional()?)
    }

    /// What the server calls a folder, if it still has it and it can be opened.
    pub fn folder_name(&self, folder: FolderId) -> Result<Option<FolderName>, StoreError> {
        let mut find = self
            .db
            .prepare_cached("SELECT wire, delimiter FROM folder WHERE id = ?1 AND absent = 0 AND selectable <> 0")?;
        let name = |row: &SqlRow<'_>| {
            let delimiter = row.get::<_, Option<String>>(1)?.and_then(|d| d.chars().next());
            Ok(FolderName { wire: row.get(0)?, delimiter })
        };
        Ok(find.query_row([folder.0], name).optional()?)
    }

    /// Folders of an account in which something was expected that did not come.
    pub fn overdue(&self, account: AccountId) -> Result<Vec<FolderId>, StoreError> {
        let mut find = self.db.prepare_cached(
            "SELECT DISTINCT p.folder FROM expected e JOIN placement p ON p.id = e.placement
             JOIN folder f ON f.id = p.folder WHERE f.account = ?1 AND e.since < ?2 ORDER BY p.folder",
        )?;
        let before = crate::model::clock::now().0 - super::mail::moves::EXPECTED_FOR;
        let folders = find.query_map(params![account.0, before], |row| row.get(0).map(FolderId))?;
        Ok(folders.collect::<Result<_, _>>()?)
    }

    /// How a folder stands in its present epoch.
    pub fn standing(&self, folder: FolderId) -> Result<Standing, StoreError> {
        let (uidvalidity, epoch, modseq, whole_from): (u32, i64, i64, i64) = self
            .db
            .prepare_cached("SELECT uidvalidity, epoch, modseq, whole_from FROM folder WHERE id = ?1")?
            .query_row([folder.0], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)))?;
        let (highest, spots) = (self.highest(folder)?, self.spots(folder, epoch)?);
        let (modseq, whole_from) = (u64::try_from(modseq).unwrap_or(0), u64::try_from(whole_from).unwrap_or(u64::MAX));
        Ok(Standing { uidvalidity, highest, known: self.known(folder)?, whole_from, modseq, spots })
    }

    /// The newest, the oldest, and one from the middle of the numbers.
    fn spots(&self, folder: FolderId, epoch: i64) -> Result<Vec<Spot>, StoreError> {
        let spot = "SELECT p.uid, m.size, m.arrival FROM placement p JOIN msg m ON m.id = p.msg
             WHERE p.folder = ?1 AND p.epoch = ?2 AND p.uid";
        let read =
            |row: &SqlRow<'_>| Ok(Spot { uid: row.get(0)?, size: count(row, 1)?, arrival: Timestamp(row.get(2)?) });
        let one = |condition: &str, uid: i64| {
            self.db
                .prepare_cached(&format!("{spot} {condition} LIMIT 1"))?
                .query_row(params![folder.0, epoch, uid], read)
                .optional()
        };
        let newest = one("> ?3 ORDER BY p.uid DESC", 0)?;
        let oldest = one("> ?3 ORDER BY p.uid", 0)?;
        let middle = newest.zip(oldest).map(|(newest, oldest)| i64::from(oldest.uid.midpoint(newest.uid)));
        let middle = middle.and_then(|uid| one(">= ?3 ORDER BY p.uid", uid).transpose()).transpose()?;
        let mut spots: Vec<Spot> = [oldest, middle, newest].into_iter().flatten().collect();
        spots.dedup();
        Ok(spots)
    }

    /// What we know under these numbers.
    pub fn spots_of(&self, folder: FolderId, uids: &[u32]) -> Result<Vec<Spot>, StoreError> {
        let mut find = self.db.prepare_cached(
            "SELECT p.uid, m.size, m.arrival FROM placement p JOIN msg m ON m.id = p.msg
             WHERE p.folder = ?1 AND p.uid = ?2 AND p.epoch = (SELECT epoch FROM folder WHERE id = ?1)",
        )?;
        let mut spots = Vec::with_capacity(uids.len());
        for uid in uids {
            let read =
                |row: &SqlRow<'_>| Ok(Spot { uid: row.get(0)?, size: count(row, 1)?, arrival: Timestamp(row.get(2)?) });
            spots.extend(find.query_row(params![folder.0, uid], read).optional()?);
        }
        Ok(spots)
    }

    /// The greatest number that is known of a folder in its present epoch; 0 if none is.
    pub fn highest(&self, folder: FolderId) -> Result<u32, StoreError> {
        let mut find = self.db.prepare_cached(
            "SELECT coalesce(max(p.uid), 0) FROM placement p
             WHERE p.folder = ?1 AND p.epoch = (SELECT epoch FROM folder WHERE id = ?1)",
        )?;
        Ok(find.query_row([folder.0], |row| row.get(0))?)
    }

    /// How many messages of a folder are known in its present epoch.
    pub fn known(&self, folder: FolderId) -> Result<u64, StoreError> {
        let mut find = self.db.prepare_cached(
            "SELECT count(*) FROM placement p
             WHERE p.folder = ?1 AND p.epoch = (SELECT epoch FROM folder WHERE id = ?1)",
        )?;
        Ok(find.query_row([folder.0], |row| count(row, 0))?)
    }

    /// How many of them have this number or a greater one.
    pub fn known_from(&self, folder: FolderId, uid: u64) -> Result<u64, StoreError> {
        let mut find = self.db.prepare_cached(
            "SELECT count(*) FROM placement p
             WHERE p.folder = ?1 AND p.epoch = (SELECT epoch FROM folder WHERE id = ?1) AND p.uid >= ?2",
        )?;
        Ok(find.query_row(params![folder.0, i64::try_from(uid).unwrap_or(i64::MAX)], |row| count(row, 0))?)
    }

    /// The stored counters of a folder: total and unread.
    pub fn counters(&self, folder: FolderId) -> Result<(u64, u64), StoreError> {
        let mut find = self.db.prepare_cached("SELECT total, unread FROM folder WHERE id = ?1")?;
        Ok(find.query_row([folder.0], |row| Ok((count(row, 0)?, count(row, 1)?)))?)
    }

    pub fn whereabouts(&self, placement: PlacementId) -> Result<Whereabouts, StoreError> {
        let mut find = self.db.prepare_cached(&format!("{WHEREABOUTS} AND p.id = ?1"))?;
        let found = find.query_row([placement.0], read_whereabouts).optional()?;
        let mut only_here = self.db.prepare_cached("SELECT 1 FROM placement WHERE id = ?1 AND epoch < 0")?;
        match found {
            Some(found) => Ok(found),
            None if only_here.exists([placement.0])? => Err(StoreError::Unlisted),
            None => Err(StoreError::Gone),
        }
    }

    /// Whose it is.
    pub fn account_of(&self, placement: PlacementId) -> Result<Option<AccountId>, StoreError> {
        let mut find = self
            .db
            .prepare_cached("SELECT f.account FROM placement p JOIN folder f ON f.id = p.folder WHERE p.id = ?1")?;
        Ok(find.query_row([placement.0], |row| row.get(0).map(AccountId)).optional()?)
    }

    /// What a folder is for.
    pub fn role(&self, folder: FolderId) -> Result<Option<Role>, StoreError> {
        let mut find = self.db.prepare_cached("SELECT role FROM folder WHERE id = ?1")?;
        let code: Option<String> = find.query_row([folder.0], |row| row.get(0)).optional()?.flatten();
        Ok(code.and_then(|code| Role::from_code(&code)))
    }

    /// Unread messages without a body among the newest thousand of a folder, newest first.
    pub fn unread_without_body(
        &self,
        folder: FolderId,
        largest: u64,
        limit: usize,
    ) -> Result<Vec<Whereabouts>, StoreError> {
        let mut find = self.db.prepare_cached(&format!(
            "{WHEREABOUTS} AND m.body = 0 AND m.size <= ?2 AND p.id IN (
               SELECT id FROM (SELECT id, lflags FROM placement WHERE shown = ?1
                 ORDER BY arrival DESC, uid DESC LIMIT 1000) WHERE lflags & 1 = 0)
             ORDER BY p.arrival DESC, p.uid DESC LIMIT ?3"
        ))?;
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let found =
            find.query_map(params![folder.0, i64::try_from(largest).unwrap_or(i64::MAX), limit], read_whereabouts)?;
        Ok(found.collect::<Result<_, _>>()?)
    }

    /// Every message of a folder without a body, newest first. A walk through the folder.
    pub fn without_body(&self, folder: FolderId) -> Result<Vec<Whereabouts>, StoreError> {
        let mut find = self.db.prepare_cached(&format!(
            "{WHEREABOUTS} AND p.folder = ?1 AND m.body = 0 ORDER BY p.arrival DESC, p.uid DESC"
        ))?;
        Ok(find.query_map([folder.0], read_whereabouts)?.collect::<Result<_, _>>()?)
    }

    /// The wants that are bound to messages of a folder in its present epoch: (want, number).
    pub fn bound_wants(&self, folder: FolderId) -> Result<Vec<(i64, u32)>, StoreError> {
        let mut find = self.db.prepare_cached(
            "SELECT w.want, p.uid FROM pending w JOIN placement p ON p.id = w.placement JOIN folder f ON f.id = p.folder
             WHERE f.id = ?1 AND p.epoch = f.epoch AND p.uid IS NOT NULL",
        )?;
        Ok(find.query_map([folder.0], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<Result<_, _>>()?)
    }

    /// The numbers of the messages that a want may be for, by what it is and not by its number, the most alike first: one
    /// of which a server told another size or another time may be it too. A walk through the folder.
    pub fn like(&self, folder: FolderId, want: &Want) -> Result<Vec<u32>, StoreError> {
        let mut find = self.db.prepare_cached(
            "SELECT p.uid FROM placement p JOIN msg m ON m.id = p.msg
             WHERE p.folder = ?1 AND p.epoch = (SELECT epoch FROM folder WHERE id = ?1) AND p.uid IS NOT NULL
               AND m.msgid = ?2 AND (m.size = ?3 AND m.arrival = ?4 OR ?2 <> '' AND (m.size = ?3 OR m.arrival = ?4))
               AND NOT EXISTS (SELECT 1 FROM pending w WHERE w.placement = p.id)
             ORDER BY (m.size = ?3) + (m.arrival = ?4) DESC, p.uid = ?5 DESC, p.uid",
        )?;
        let size = i64::try_from(want.size).unwrap_or(i64::MAX);
        let found = find.query_map(params![folder.0, want.msgid, size, want.arrival.0, want.uid], |row| row.get(0))?;
        Ok(found.collect::<Result<_, _>>()?)
    }

    /// True if the number of a want counts and stands for its message.
    pub fn stands_for(&self, folder: FolderId, want: &Want) -> Result<bool, StoreError> {
        let mut find = self.db.prepare_cached(
            "SELECT 1 FROM folder f JOIN placement p ON p.folder = f.id AND p.epoch = f.epoch AND p.uid = ?3
             JOIN msg m ON m.id = p.msg WHERE f.id = ?1 AND f.uidvalidity = ?2
               AND (m.msgid = ?4 AND m.msgid <> '' OR m.size = ?5 AND m.arrival = ?6)",
        )?;
        let size = i64::try_from(want.size).unwrap_or(i64::MAX);
        Ok(find.exists(params![folder.0, want.uidvalidity, want.uid, want.msgid, size, want.arrival.0])?)
    }

    /// A message of the present epoch that looks like the one of this want and has another want: both.
    pub fn wanted_like(&self, folder: FolderId, want: &Want) -> Result<Option<(PlacementId, i64)>, StoreError> {
        let mut find = self.db.prepare_cached(
            "SELECT p.id, w.want FROM pending w JOIN placement p ON p.id = w.placement JOIN msg m ON m.id = p.msg
             WHERE p.folder = ?1 AND p.epoch = (SELECT epoch FROM folder WHERE id = ?1) AND w.want NOT IN (0, ?5)
               AND m.msgid = ?2 AND m.size = ?3 AND m.arrival = ?4 LIMIT 1",
        )?;
        let size = i64::try_from(want.size).unwrap_or(i64::MAX);
        let values = params![folder.0, want.msgid, size, want.arrival.0, want.id];
        Ok(find.query_row(values, |row| Ok((PlacementId(row.get(0)?), row.get(1)?))).optional()?)
    }

    /// Counts everything again and compares: each folder whose counters are wrong.
    pub fn wrong_counters(&self) -> Result<Vec<WrongCounter>, StoreError> {
        let mut find = self.db.prepare(
            "SELECT f.id, f.total, f.unread, count(p.id), coalesce(sum(p.id IS NOT NULL AND p.lflags & 1 = 0), 0)
             FROM folder f LEFT JOIN placement p ON p.shown = f.id GROUP BY f.id",
        )?;
        let all: Vec<_> = find
            .query_map([], |row| {
                Ok(WrongCounter {
                    folder: FolderId(row.get(0)?),
                    stored: [count(row, 1)?, count(row, 2)?],
                    counted: [count(row, 3)?, count(row, 4)?],
                })
            })?
            .collect::<Result<_, _>>()?;
        Ok(all.into_iter().filter(|wrong| wrong.stored != wrong.counted).collect())
    }
}

fn count(row: &SqlRow<'_>, column: usize) -> rusqlite::Result<u64> {
    Ok(u64::try_from(row.get::<_, i64>(column)?).unwrap_or(0))
}

fn read_whereabouts(row: &SqlRow<'_>) -> rusqlite::Result<Whereabouts> {
    Ok(Whereabouts {
        account: AccountId(row.get(0)?),
        folder: FolderId(row.get(1)?),
        name: FolderName {
            wire: row.get(2)?,
            delimiter: row.get::<_, Option<String>>(3)?.and_then(|d| d.chars().next()),
        },
        uidvalidity: row.get(4)?,
        uid: row.get(5)?,
        message: MessageId(row.get(6)?),
        size: count(row, 7)?,
        arrival: Timestamp(row.get(8)?),
    })
}
