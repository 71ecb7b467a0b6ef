//! A file is replaced as a whole or not at all, and nobody but its owner can read it at any moment.

use std::fs::{File, OpenOptions, Permissions};
use std::io::{Error, ErrorKind, Result, Write as _};
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

/// Writes `bytes` to `target` by way of a temporary file in the same folder. A symbolic link at `target` is replaced.
pub(super) fn replace(target: &Path, bytes: &[u8]) -> Result<()> {
    let folder = match target.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let (temporary, mut file) = create(folder, target)?;
    let written = file
        // The mode given at creation is subject to the umask.
        .set_permissions(Permissions::from_mode(0o600))
        .and_then(|()| file.write_all(bytes))
        .and_then(|()| file.sync_all())
        .and_then(|()| std::fs::rename(&temporary, target));
    if let Err(error) = written {
        let _ = std::fs::remove_file(&temporary);
        return Err(error);
    }
    File::open(folder)?.sync_all()
}

fn create(folder: &Path, target: &Path) -> Result<(PathBuf, File)> {
    let name = target.file_name().ok_or_else(|| Error::from(ErrorKind::InvalidInput))?.to_string_lossy();
    let mut last = Error::from(ErrorKind::AlreadyExists);
    // A few names, in case one was left behind by a program that was killed.
    for attempt in 0..16 {
        let temporary = folder.join(format!(".{name}.{}.{attempt}", std::process::id()));
        match OpenOptions::new().write(true).create_new(true).mode(0o600).open(&temporary) {
            Ok(file) => return Ok((temporary, file)),
            Err(error) if error.kind() == ErrorKind::AlreadyExists => last = error,
            Err(error) => return Err(error),
        }
    }
    Err(last)
}

/// Where a file really lies: symbolic links are followed, also if there is nothing at their end yet.
pub(super) fn behind_links(file: &Path) -> Result<PathBuf> {
    let mut file = file.to_owned();
    for _ in 0..16 {
        match std::fs::read_link(&file) {
            Ok(target) => file = file.parent().unwrap_or(Path::new("")).join(target),
            // Not a link, or not there.
            Err(_) => return Ok(file),
        }
    }
    Err(Error::other("too many symbolic links"))
}
