//! Saving into a folder: a new file each time, whole or not at all.

use std::fs::File;
use std::io::{self, Read};
use std::path::PathBuf;

use super::Folder;
use crate::text::SafeFileName;

/// Files of the same name; whoever has more has another problem.
const MOST_OF_A_NAME: u32 = 9_999;

/// Saves what can be read under this name, or under `name (1)` and so on if there is one already. Where it fails nothing
/// is left behind.
pub fn save(folder: &Folder, name: &SafeFileName, mut from: impl Read) -> io::Result<PathBuf> {
    save_as(folder, name, |file| io::copy(&mut from, file).map(|_| ()))
}

/// The same for what writes itself.
pub fn save_as(
    folder: &Folder,
    name: &SafeFileName,
    write: impl FnOnce(&mut File) -> io::Result<()>,
) -> io::Result<PathBuf> {
    let (mut file, name) = begin(folder, name)?;
    let mut unfinished = Unfinished { folder, name: Some(&name) };
    write(&mut file)?;
    // Some disks tell only now that they are full.
    file.sync_all()?;
    unfinished.name = None;
    Ok(folder.path().join(name.as_str()))
}

fn begin(folder: &Folder, name: &SafeFileName) -> io::Result<(File, SafeFileName)> {
    let mut taken = io::Error::from(io::ErrorKind::AlreadyExists);
    for number in 0..=MOST_OF_A_NAME {
        let name = if number == 0 { name.clone() } else { name.numbered(number) };
        match folder.new_file(name.as_str()) {
            Ok(file) => return Ok((file, name)),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => taken = error,
            Err(error) => return Err(error),
        }
    }
    Err(taken)
}

/// A file that goes again unless it is finished.
struct Unfinished<'a> {
    folder: &'a Folder,
    name: Option<&'a SafeFileName>,
}

impl Drop for Unfinished<'_> {
    fn drop(&mut self) {
        if let Some(name) = self.name {
            // What cannot be removed is half a file that was told of.
            let _ = self.folder.remove_file(name.as_str());
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::io::Write as _;
    use std::os::unix::fs::{PermissionsExt as _, symlink};
    use std::path::Path;

    use super::*;

    fn name(of: &str) -> SafeFileName {
        SafeFileName::of(of)
    }

    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<String> =
            fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn f01_nothing_is_overwritten_and_nothing_can_be_run() {
        let dir = tempfile::tempdir().unwrap();
        let folder = Folder::named(&dir.path().join("new")).unwrap();
        let path = folder.path().to_owned();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o700);
        assert!(folder.is_empty().unwrap());
        for (bytes, saved) in [("one", "x.sh"), ("two", "x (1).sh"), ("three", "x (2).sh")] {
            assert_eq!(save(&folder, &name("../../x.sh"), bytes.as_bytes()).unwrap(), path.join(saved));
            assert_eq!(fs::read_to_string(path.join(saved)).unwrap(), bytes);
            assert_eq!(fs::metadata(path.join(saved)).unwrap().permissions().mode() & 0o777, 0o600);
        }
        assert_eq!(names(&path).len(), 3);
        assert_eq!(names(dir.path()), ["new"], "nothing beside the folder");
        assert!(!folder.is_empty().unwrap());
    }

    #[test]
    fn f02_a_planted_link_is_neither_followed_nor_replaced() {
        let dir = tempfile::tempdir().unwrap();
        let victim = dir.path().join("victim");
        let folder = Folder::named(&dir.path().join("folder")).unwrap();
        // One that leads somewhere, and one that would make a file elsewhere.
        fs::write(&victim, "mine").unwrap();
        symlink(&victim, folder.path().join("a")).unwrap();
        symlink(dir.path().join("elsewhere"), folder.path().join("a (1)")).unwrap();
        assert!(save(&folder, &name("a"), &b"theirs"[..]).unwrap().ends_with("a (2)"));
        assert_eq!(fs::read_to_string(&victim).unwrap(), "mine");
        assert!(!dir.path().join("elsewhere").exists());
        // A folder of our own that is a link by now.
        symlink(dir.path(), folder.path().join("inner")).unwrap();
        assert!(folder.inner("inner").is_err());
        assert!(folder.new_inner("inner").is_err());
        // A folder that was opened stays the one that it was.
        fs::rename(folder.path(), dir.path().join("moved")).unwrap();
        symlink("/etc", folder.path()).unwrap();
        save(&folder, &name("b"), &b"b"[..]).unwrap();
        assert!(dir.path().join("moved/b").exists() && !Path::new("/etc/b").exists());
    }

    #[test]
    fn f05_what_could_not_be_written_leaves_nothing_behind() {
        let dir = tempfile::tempdir().unwrap();
        let folder = Folder::named(dir.path()).unwrap();
        fs::write(dir.path().join("a"), "old").unwrap();
        for kind in [io::ErrorKind::StorageFull, io::ErrorKind::QuotaExceeded, io::ErrorKind::ReadOnlyFilesystem] {
            let full = save_as(&folder, &name("a"), |file| {
                file.write_all(b"half of it")?;
                Err(kind.into())
            });
            assert_eq!(full.unwrap_err().kind(), kind);
            assert_eq!(names(dir.path()), ["a"]);
            assert_eq!(fs::read_to_string(dir.path().join("a")).unwrap(), "old");
        }
        let broken = std::panic::catch_unwind(|| save_as(&folder, &name("b"), |_| panic!("in the middle")));
        assert!(broken.is_err());
        assert_eq!(names(dir.path()), ["a"]);
        assert!(Folder::named(&dir.path().join("missing/folder")).is_err());
        assert!(Folder::named(&dir.path().join("a")).is_err(), "a file is no folder");
    }
}
