//! A folder that is gone when the program is: private, and one that was left behind by a kill goes at the next start.

use std::fs::{self, DirBuilder};
use std::io::{Error, ErrorKind, Result};
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _};
use std::path::{Path, PathBuf};

use crate::model::clock;
use crate::store::ProfileLock;

/// A younger one may be somebody's who has not taken its lock yet.
const YOUNG: u64 = 60;

/// Names that are tried before somebody else's folders are in the way for good.
const NAMES: u32 = 100;

#[derive(Debug)]
pub(super) struct ThrowAway(PathBuf);

impl ThrowAway {
    pub(super) fn make(parent: &Path, kind: &str) -> Result<Self> {
        let process = std::process::id();
        for attempt in 0..NAMES {
            let folder = parent.join(format!("{kind}-{process}-{attempt}"));
            match DirBuilder::new().mode(0o700).create(&folder) {
                Ok(()) => return Ok(Self(folder)),
                Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
                Err(error) => return Err(error),
            }
        }
        Err(Error::other("no room for a temporary folder"))
    }

    pub(super) fn path(&self) -> &Path {
        &self.0
    }

    pub(super) fn profile(&self) -> PathBuf {
        self.0.join("data")
    }

    /// Removes what others left behind that do not run any more.
    pub(super) fn sweep(parent: &Path, kind: &str) {
        let Ok(entries) = fs::read_dir(parent) else { return };
        let me = rustix::process::geteuid().as_raw();
        let now = u64::try_from(clock::now().0).unwrap_or(0);
        for entry in entries.flatten() {
            let is_one = entry.file_name().to_str().is_some_and(|name| {
                name.strip_prefix(kind).is_some_and(|rest| {
                    rest.starts_with('-') && rest.bytes().all(|byte| byte == b'-' || byte.is_ascii_digit())
                })
            });
            // What it is, not what a link leads to.
            let about = fs::symlink_metadata(entry.path());
            let mine = about.is_ok_and(|about| {
                let changed = u64::try_from(about.mtime()).unwrap_or(0);
                about.is_dir() && about.uid() == me && changed.saturating_add(YOUNG) < now
            });
            if is_one && mine && matches!(ProfileLock::take(&entry.path().join("data")), Ok(Some(_))) {
                let _ = fs::remove_dir_all(entry.path());
            }
        }
    }
}

impl Drop for ThrowAway {
    fn drop(&mut self) {
        // What stays behind is swept away by the next one.
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn f03_what_was_left_behind_goes_and_what_is_in_use_stays() {
        let dir = tempfile::tempdir().unwrap();
        let old = |name: &str| {
            let folder = dir.path().join(name);
            fs::create_dir_all(folder.join("data")).unwrap();
            let long_ago = std::time::SystemTime::UNIX_EPOCH;
            fs::File::open(&folder).unwrap().set_modified(long_ago).unwrap();
            folder
        };
        let used = old("x-1-0");
        let _lock = ProfileLock::take(&used.join("data")).unwrap().unwrap();
        let left = old("x-2-0");
        let others = [old("x-mine"), old("y-1-0"), old("x")];
        let mine = ThrowAway::make(dir.path(), "x").unwrap();
        ThrowAway::sweep(dir.path(), "x");
        assert!(used.exists() && !left.exists() && mine.path().exists());
        assert!(others.iter().all(|folder| folder.exists()));
        let path = mine.path().to_owned();
        drop(mine);
        assert!(!path.exists());
    }
}
