//! Databases that were damaged: moved out of the way under a name that tells when, and removed when nobody needs them.

use std::fs;
use std::path::{Path, PathBuf};

use super::StoreError;
use crate::model::Timestamp;

/// Seconds that a damaged mail.db is kept after it was replaced.
const KEPT: u64 = 86_400;
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

/// Removes what was set aside of a database that can be downloaded: all of it, or what is old.
pub(super) fn drop_set_aside(file: &Path, now: Option<Timestamp>) {
    let start = format!("{}{DAMAGED}", name_of(file));
    let is_over = |name: &str| {
        let rest = name.strip_prefix(&start)?;
        let when = TAILS.iter().find_map(|tail| rest.strip_suffix(tail)).unwrap_or(rest).parse().ok()?;
        Some(now.is_none_or(|now| now.since(Timestamp(when)) > KEPT))
    };
    let Some(Ok(entries)) = file.parent().map(fs::read_dir) else { return };
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
