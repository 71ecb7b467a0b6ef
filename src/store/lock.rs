//! One writer per profile. The lock is the kernel's, so a hongyan that was killed leaves none behind.

use std::fs::{File, OpenOptions, TryLockError};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

/// Held for as long as this hongyan may write to the profile.
#[derive(Debug)]
pub struct ProfileLock {
    _file: File,
}

impl ProfileLock {
    /// `None` if another hongyan holds it.
    pub fn take(profile: &Path) -> std::io::Result<Option<Self>> {
        let file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .open(profile.join("lock"))?;
        match file.try_lock() {
            Ok(()) => Ok(Some(Self { _file: file })),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_one_is_told_no_until_the_first_is_gone() {
        let dir = tempfile::tempdir().unwrap();
        let first = ProfileLock::take(dir.path()).unwrap();
        assert!(first.is_some());
        assert!(ProfileLock::take(dir.path()).unwrap().is_none());
        drop(first);
        assert!(ProfileLock::take(dir.path()).unwrap().is_some());
    }
}
