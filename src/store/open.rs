//! Opening a profile: files made private, schemas brought up to date, damage named and set aside.

use std::fs::{self, File, OpenOptions};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::mpsc as std_mpsc;
use std::thread::JoinHandle;
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};
use tokio::sync::mpsc;

use super::aside::{drop_set_aside, last_set_aside, set_aside};
use super::cellar::{Cellar, Orphans};
use super::mail::{MailWork, MailWriter};
use super::own::{Files, OwnWork, OwnWriter, all_wants};
use super::{Reader, Spool, StoreError, accounts, drafts, outgoing, renaming, restored, shelves, writer};
use crate::model::{AccountId, AccountMarks, Changed, Timestamp};

/// `hyml` and `hyow`: which file is which, if somebody looks at them alone.
const MAIL_ID: i32 = 0x6879_6d6c;
const OWN_ID: i32 = 0x6879_6f77;
pub(super) const MAIL_SCHEMA: &[&str] = &[
    include_str!("schema/mail.sql"),
    include_str!("schema/mail-2.sql"),
    include_str!("schema/mail-3.sql"),
    include_str!("schema/mail-4.sql"),
    concat!(include_str!("schema/mail-5.sql"), include_str!("schema/people.sql")),
    concat!(include_str!("schema/mail-6.sql"), include_str!("schema/threads.sql"), include_str!("schema/changes.sql")),
];
pub(super) const OWN_SCHEMA: &[&str] = &[
    include_str!("schema/own.sql"),
    include_str!("schema/own-2.sql"),
    include_str!("schema/own-3.sql"),
    include_str!("schema/own-4.sql"),
    include_str!("schema/own-5.sql"),
    concat!(include_str!("schema/journal.sql"), include_str!("schema/kept-choices.sql")),
];
/// Writes that may wait for mail.db's writer: beyond this the socket waits too.
const BACKLOG: usize = 8;
const DAY: u64 = 86_400;
const COPIES: u32 = 3;

#[derive(Debug)]
pub struct StoreOptions<'a> {
    pub profile: &'a Path,
    /// The names of the configured accounts.
    pub accounts: &'a [String],
    pub now: Timestamp,
    /// What to do about a damaged own.db.
    pub restore: Restore,
}

/// What to do if own.db is damaged. It is never deleted, only set aside.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Restore {
    /// Say so, and do nothing.
    Refuse,
    /// Take the last good copy.
    Copy,
    /// Begin with an empty one.
    Empty,
}

/// Something that was set right at the start, to be told to the user.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Repair {
    /// mail.db was damaged; it was set aside and is being downloaded again.
    MailRebuilt { set_aside: PathBuf },
    /// own.db was damaged and set aside.
    OwnReplaced { set_aside: PathBuf, copy: Option<PathBuf> },
    /// What the copy wanted, and nobody knows whether it was done since: wants are not done, and letters are not sent
    /// unless the user says so.
    Doubted { wants: u64, letters: u64 },
    /// Bytes of letters and drafts that own.db knows nothing of: put into this folder.
    LeftBytes { folder: PathBuf, files: u64 },
}

/// An open profile. The writer threads end, and everything sent to them is on the disk, when [`Store::close`] returns.
#[derive(Debug)]
pub struct Store {
    pub own: OwnWriter,
    pub mail: MailWriter,
    pub accounts: Vec<(AccountId, String)>,
    pub repairs: Vec<Repair>,
    profile: PathBuf,
    ended: [std_mpsc::Receiver<()>; 2],
    copying: Option<JoinHandle<Result<(), StoreError>>>,
}

impl Store {
    /// Opens the profile for writing. The caller holds its [`ProfileLock`](super::ProfileLock). Of the accounts nothing is
    /// known but their names: one that got another name is another one.
    pub fn open(options: &StoreOptions<'_>, changes: mpsc::UnboundedSender<Changed>) -> Result<Self, StoreError> {
        let accounts: Vec<_> = options.accounts.iter().map(|name| AccountMarks::named(name)).collect();
        Self::open_for(options, &accounts, changes)
    }

    /// The same, for accounts that are known again under another name. They are those of the options.
    pub fn open_for(
        options: &StoreOptions<'_>,
        accounts: &[AccountMarks],
        changes: mpsc::UnboundedSender<Changed>,
    ) -> Result<Self, StoreError> {
        let profile = options.profile;
        Spool::of(profile).sweep();
        let mut repairs = Vec::new();
        let of_own = |error: StoreError| error.in_file(&profile.join("own.db"));
        let own = open_own(options, &mut repairs).map_err(of_own)?;
        let owners = accounts::match_all(&own, accounts).map_err(of_own)?;
        let mail = open_mail(options, &mut repairs)?;
        renaming::follow(&mail, &owners)?;
        let mut work = MailWork::new(profile);
        let accounts = work.begin(&mail, options.accounts, all_wants(&own).map_err(of_own)?)?;
        let lookup = Reader::open(profile)?.into_connection();

        let (to_mail, inbox) = mpsc::channel(BACKLOG);
        let mail_ended = writer::start("mail.db", mail, work, inbox, changes.clone())?;
        let mail = MailWriter::new(to_mail, profile);
        let (to_own, inbox) = mpsc::channel(1024);
        let work = OwnWork { mail: lookup, files: Files::of(profile) };
        let own_ended = writer::start("own.db", own, work, inbox, changes)?;
        let own = OwnWriter::new(to_own, profile);
        shelves::compare(profile, &mail);

        let copying = copy_own_daily(profile, options.now);
        let ended = [mail_ended, own_ended];
        Ok(Self { own, mail, accounts, repairs, profile: profile.to_owned(), ended, copying })
    }

    pub fn reader(&self) -> Result<Reader, StoreError> {
        Reader::open(&self.profile)
    }

    /// Waits until everything that was sent is on the disk. Other clones of the writers must be gone.
    pub fn close(self) {
        let Self { own, mail, ended: [mail_ended, own_ended], copying, .. } = self;
        // Who only reads a file goes before its writer: the last one puts the log back into the file, and must be able to.
        if let Some(copying) = copying {
            // A copy that failed leaves the older ones as they were.
            let _ = copying.join();
        }
        // Errs when the thread has dropped its end: that is the end.
        let end = |ended: std_mpsc::Receiver<()>| ended.recv_timeout(Duration::from_secs(10));
        drop(own);
        let _ = end(own_ended);
        drop(mail);
        let _ = end(mail_ended);
    }
}

fn open_mail(options: &StoreOptions<'_>, repairs: &mut Vec<Repair>) -> Result<Connection, StoreError> {
    let file = options.profile.join("mail.db");
    let broken = options.profile.join("mail.db.broken");
    let doubted = broken.exists();
    if !doubted || is_whole_after_all(&file, &broken) {
        match open_database(&file, MAIL_ID, MAIL_SCHEMA, "NORMAL") {
            Err(error) if error.is_damage() => {}
            Ok(mail) => {
                if !doubted {
                    let _ = fs::remove_file(broken.with_extension("found-whole"));
                }
                // It has been whole for a while: nobody will look at an earlier one.
                drop_set_aside(&file, Some(options.now));
                return Ok(mail);
            }
            Err(error) => return Err(error),
        }
    }
    // One is enough to find out what broke it.
    drop_set_aside(&file, None);
    let set_aside = set_aside(&file, options.now)?;
    let _ = fs::remove_file(&broken);
    repairs.push(Repair::MailRebuilt { set_aside });
    open_database(&file, MAIL_ID, MAIL_SCHEMA, "NORMAL")
}

/// Damage that was met while the program ran may have been that of another file, or of a disk that was away. Looking takes
/// seconds for a large file, and costs less than downloading it again. What is found whole twice in a row is not believed.
fn is_whole_after_all(file: &Path, broken: &Path) -> bool {
    let found_whole = broken.with_extension("found-whole");
    if found_whole.exists() {
        let _ = fs::remove_file(found_whole);
        return false;
    }
    let look = || -> Result<String, StoreError> {
        let db = Connection::open_with_flags(file, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        Ok(db.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?)
    };
    look().is_ok_and(|verdict| verdict == "ok") && fs::rename(broken, found_whole).is_ok()
}

fn open_own(options: &StoreOptions<'_>, repairs: &mut Vec<Repair>) -> Result<Connection, StoreError> {
    let profile = options.profile;
    let file = profile.join("own.db");
    // The rows of what lies in folders beside may be lost with it.
    let is_new = !file.exists();
    if is_new && restored::is_ready(&file) {
        return finish_replacing(options, &file, repairs);
    }
    // Nobody removes it but somebody else: an empty one in its place would push the good copies out, day by day.
    let is_lost = is_new && last_copy(profile).is_some();
    let opened = if is_lost { Err(StoreError::Damaged(file.clone())) } else { open_own_file(&file) };
    let (db, orphans) = match (opened, options.restore) {
        (Err(error), Restore::Refuse) if error.is_damage() => return Err(StoreError::Damaged(file)),
        (Err(error), restore) if error.is_damage() => {
            (replace_own(options, &file, restore, repairs)?, Orphans::SetAside)
        }
        (opened, _) => (opened?, if is_new { Orphans::SetAside } else { Orphans::Remove }),
    };
    restored::forget(&file);
    put_right(profile, db, orphans, repairs)
}

/// A start that was cut off had all of a copy ready, and had set the damaged file aside.
fn finish_replacing(
    options: &StoreOptions<'_>,
    file: &Path,
    repairs: &mut Vec<Repair>,
) -> Result<Connection, StoreError> {
    // The log of the damaged one may not have gone with it yet.
    set_aside(file, options.now)?;
    restored::put_back(file)?;
    let db = open_own_file(file)?;
    if let Some(set_aside) = last_set_aside(file) {
        repairs.push(Repair::OwnReplaced { set_aside, copy: last_copy(options.profile) });
    }
    tell_doubts(restored::doubted(&db)?, repairs);
    put_right(options.profile, db, Orphans::SetAside, repairs)
}

fn put_right(
    profile: &Path,
    db: Connection,
    orphans: Orphans,
    repairs: &mut Vec<Repair>,
) -> Result<Connection, StoreError> {
    let (letters, kept) = (Cellar::outgoing(profile), Cellar::kept(profile));
    outgoing::put_right(&db, |hash| letters.has(hash))?;
    let needed = [(&letters, outgoing::hashes(&db)?), (&kept, drafts::kept_of(&db, None)?)];
    for (cellar, hashes) in needed {
        // What cannot be removed costs room, and what cannot be set aside is tried again.
        let files = cellar.sweep(&hashes.into_iter().collect(), orphans).unwrap_or(0);
        if files > 0 {
            repairs.push(Repair::LeftBytes { folder: cellar.left(), files });
        }
    }
    Ok(db)
}

fn open_own_file(file: &Path) -> Result<Connection, StoreError> {
    let db = open_database(file, OWN_ID, OWN_SCHEMA, "FULL")?;
    let verdict: String = db.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
    if verdict == "ok" { Ok(db) } else { Err(StoreError::Damaged(file.to_owned())) }
}

fn replace_own(
    options: &StoreOptions<'_>,
    file: &Path,
    restore: Restore,
    repairs: &mut Vec<Repair>,
) -> Result<Connection, StoreError> {
    let copy = if restore == Restore::Copy { last_copy(options.profile) } else { None };
    // All of it is there before the file goes: a start that is cut off here is gone on with by the next one.
    restored::forget(file);
    let mut doubts = restored::Doubts::default();
    if let Some(copy) = &copy {
        doubts = restored::make_ready(copy, file, options.now, open_own_file)?;
    }
    let set_aside = set_aside(file, options.now)?;
    if copy.is_some() {
        restored::put_back(file)?;
    }
    // Of one that was gone there is nothing to look at.
    if set_aside.exists() {
        repairs.push(Repair::OwnReplaced { set_aside, copy });
    }
    tell_doubts(doubts, repairs);
    open_own_file(file)
}

fn tell_doubts(doubts: restored::Doubts, repairs: &mut Vec<Repair>) {
    let restored::Doubts { wants, letters } = doubts;
    if wants + letters > 0 {
        repairs.push(Repair::Doubted { wants, letters });
    }
}

/// The newest copy of own.db, if there is one.
pub fn last_copy(profile: &Path) -> Option<PathBuf> {
    (1..=COPIES).map(|n| profile.join(format!("own.db.copy-{n}"))).find(|file| file.exists())
}

pub(super) fn open_database(
    file: &Path,
    id: i32,
    schema: &[&str],
    synchronous: &str,
) -> Result<Connection, StoreError> {
    // Made by us, so that it is private from its first byte.
    OpenOptions::new().read(true).write(true).create(true).truncate(false).mode(0o600).open(file)?;
    let name = |error: StoreError| error.in_file(file);
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let db = Connection::open_with_flags(file, flags).map_err(|e| name(e.into()))?;
    prepare(&db, file, id, schema, synchronous).map_err(name)?;
    Ok(db)
}

fn prepare(db: &Connection, file: &Path, id: i32, schema: &[&str], synchronous: &str) -> Result<(), StoreError> {
    db.busy_timeout(Duration::from_secs(5))?;
    db.set_prepared_statement_cache_capacity(64);
    let version: u32 = db.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    let version = usize::try_from(version).unwrap_or(usize::MAX);
    let found: i32 = db.query_row("PRAGMA application_id", [], |row| row.get(0))?;
    if version == 0 && found == 0 {
        db.execute_batch("PRAGMA auto_vacuum = INCREMENTAL")?;
    } else if found != id {
        return Err(StoreError::Damaged(file.to_owned()));
    }
    if version > schema.len() {
        return Err(StoreError::Newer(file.to_owned()));
    }
    // Where a write-ahead log cannot be (network file systems), the older way still works.
    let mode: String = db.query_row("PRAGMA journal_mode = WAL", [], |row| row.get(0))?;
    if mode != "wal" {
        db.execute_batch("PRAGMA journal_mode = TRUNCATE")?;
    }
    db.execute_batch(&format!(
        "PRAGMA synchronous = {synchronous}; PRAGMA journal_size_limit = 8388608; PRAGMA wal_autocheckpoint = 2000;
         PRAGMA cache_size = -8000; PRAGMA temp_store = MEMORY; PRAGMA foreign_keys = OFF;
         PRAGMA secure_delete = FAST;"
    ))?;
    for (step, sql) in schema.iter().enumerate().skip(version) {
        db.execute_batch(&format!(
            "BEGIN IMMEDIATE; {sql} PRAGMA application_id = {id}; PRAGMA user_version = {}; COMMIT;",
            step + 1
        ))?;
    }
    // The schema is read here, so that a broken first page is found now and not in the middle of something.
    db.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(()))?;
    Ok(())
}

/// Keeps the last copies of own.db, a day apart, made by the database itself. Not being able to is no reason to stop.
fn copy_own_daily(profile: &Path, now: Timestamp) -> Option<JoinHandle<Result<(), StoreError>>> {
    let newest = profile.join("own.db.copy-1");
    let age = fs::metadata(&newest)
        .and_then(|meta| meta.modified())
        .ok()
        .and_then(|at| at.duration_since(std::time::UNIX_EPOCH).ok())
        .map_or(u64::MAX, |at| u64::try_from(now.0).unwrap_or(0).saturating_sub(at.as_secs()));
    if age < DAY {
        return None;
    }
    let profile = profile.to_owned();
    std::thread::Builder::new().name("own.db copy".to_owned()).spawn(move || copy_own(&profile)).ok()
}

fn copy_own(profile: &Path) -> Result<(), StoreError> {
    let draft = profile.join("own.db.copy-new");
    let _ = fs::remove_file(&draft);
    OpenOptions::new().write(true).create_new(true).mode(0o600).open(&draft)?;
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let from = Connection::open_with_flags(profile.join("own.db"), flags)?;
    let mut to = Connection::open(&draft)?;
    rusqlite::backup::Backup::new(&from, &mut to)?.run_to_completion(256, Duration::ZERO, None)?;
    to.execute_batch("PRAGMA journal_mode = DELETE")?;
    drop(to);
    File::open(&draft)?.sync_all()?;
    for n in (1..COPIES).rev() {
        let from = profile.join(format!("own.db.copy-{n}"));
        if from.exists() {
            fs::rename(from, profile.join(format!("own.db.copy-{}", n + 1)))?;
        }
    }
    fs::rename(&draft, profile.join("own.db.copy-1"))?;
    Ok(())
}

/// Notes that mail.db turned out to be damaged while it was in use: the next start sets it aside.
pub fn mark_mail_broken(profile: &Path) {
    let file = profile.join("mail.db.broken");
    // Should this fail, the damage is met and noted again.
    let _ = OpenOptions::new().write(true).create(true).truncate(false).mode(0o600).open(file);
}
