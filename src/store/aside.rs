//! Databases that were damaged: moved out of the way under a name that tells when, and removed when nobody needs them.

use std::fs;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use super::StoreError;
use crate::model::Timestamp;

/// Seconds that a damaged mail.db is kept after it was replaced.
const KEPT: u64 = 86_400;
/// A file of the profile that is there if mail.db has, or had, mail that no server has.
const ONLY_COPIES: &str = "mail.only-here";
const TAILS: [&str; 2] = ["-wal", "-shm"];

/// Moves a database and what belongs to it out of the way.
pub(super) fn set_aside(file: &Path, now: Timestamp) -> Result<PathBuf, StoreError> {
    let name = name_of(file);
    let target = (0..1000)
        .map(|n| file.with_file_name(format!("{name}{DAMAGED}{}", now.0 + n)))
        .find(|target| !target.exists())
        .unwrap_or_else(|| file.with_extension("damaged"));
    if file.exists() {
        fs::rename(file, &target)?;
    }
    for tail in TAILS {
        let from = file.with_file_name(format!("{name}{tail}"));
        if from.exists() {
            fs::rename(from, target.with_file_name(format!("{}{tail}", name_of(&target))))?;
        }
    }
    Ok(target)
}

/// Notes that mail.db holds mail that no server has. From then on what is set aside of it is kept: it may be the only copy.
pub(super) fn note_only_copies(profile: &Path) {
    let file = profile.join(ONLY_COPIES);
    if !file.exists() {
        // Should this fail, it is noted at the next message.
        let _ = fs::OpenOptions::new().write(true).create(true).truncate(false).mode(0o600).open(file);
    }
}

/// True if a file that was set aside, and the files of bodies that belong to it, may hold what nobody else has.
pub(super) fn may_hold_only_copies(profile: &Path) -> bool {
    profile.join(ONLY_COPIES).exists()
}

pub(super) fn has_set_aside(file: &Path) -> bool {
    let start = format!("{}{DAMAGED}", name_of(file));
    let Some(Ok(mut entries)) = file.parent().map(fs::read_dir) else { return false };
    entries.any(|entry| entry.is_ok_and(|entry| entry.file_name().to_string_lossy().starts_with(&start)))
}

/// The youngest file that was set aside, without its log.
pub(super) fn last_set_aside(file: &Path) -> Option<PathBuf> {
    let start = format!("{}{DAMAGED}", name_of(file));
    let when = |path: &Path| name_of(path).strip_prefix(&start)?.parse::<i64>().ok();
    let entries = fs::read_dir(file.parent()?).ok()?;
    entries.flatten().map(|entry| entry.path()).filter(|path| when(path).is_some()).max_by_key(|path| when(path))
}

/// Removes what was set aside of a database that can be downloaded, and holds nothing else: all of it, or what is old.
pub(super) fn drop_set_aside(file: &Path, now: Option<Timestamp>) {
    let start = format!("{}{DAMAGED}", name_of(file));
    let is_over = |name: &str| {
        let rest = name.strip_prefix(&start)?;
        let when = TAILS.iter().find_map(|tail| rest.strip_suffix(tail)).unwrap_or(rest).parse().ok()?;
        Some(now.is_none_or(|now| now.since(Timestamp(when)) > KEPT))
    };
    let Some(Ok(entries)) = file.parent().map(fs::read_dir) else { return };
    if file.parent().is_some_and(may_hold_only_copies) {
        return;
    }
    for entry in entries.flatten() {
        if entry.file_name().to_str().and_then(is_over) == Some(true) {
            // A file that stays costs room and nothing else.
            let _ = fs::remove_file(entry.path());
        }
    }
}

const DAMAGED: &str = ".damaged-";

fn name_of(file: &Path) -> String {
    file.file_name().unwrap_or_default().to_string_lossy().into_owned()
}
