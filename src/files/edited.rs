//! Texts while an editor has them. They lie in the profile, and not where a restart of the machine wipes: whatever ends the
//! editor or the program, what was written is there again afterwards.

use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::{Folder, save};
use crate::text::SafeFileName;

const EDITED: &str = "edited";
const TEXT: &str = "draft.txt";
const KEPT: &str = "kept-";
/// No more are looked at.
const MOST: usize = 1_000;

/// A text that an editor had when the program was killed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LeftInEditor {
    /// What was said of it when it was handed over.
    pub mark: i64,
    pub file: PathBuf,
}

/// Puts a text where an editor finds it, and nobody else does, in a folder of its own.
pub fn to_edit(profile: &Path, mark: i64, bytes: &[u8]) -> io::Result<PathBuf> {
    let all = Folder::named(profile)?.inner(EDITED)?;
    let mut random = [0; 16];
    File::open("/dev/urandom")?.read_exact(&mut random)?;
    let own = all.new_inner(&format!("{mark}-{:032x}", u128::from_ne_bytes(random)))?;
    save(&own, &SafeFileName::of(TEXT), bytes)
}

/// Sets a text aside for its user, with whatever its editor left beside it. Where it lies now. From now on it counts how
/// long it is kept, however long ago it was written.
pub fn keep_edited(file: &Path, now: SystemTime) -> io::Result<PathBuf> {
    let own = file.parent().ok_or(io::ErrorKind::NotFound)?;
    let all = own.parent().ok_or(io::ErrorKind::NotFound)?;
    for number in 1..=MOST {
        let kept = all.join(format!("{KEPT}{number}"));
        // A name that somebody can type; a folder that has it and something in it stays.
        if fs::symlink_metadata(&kept).is_err() {
            fs::rename(own, &kept)?;
            let _ = File::open(&kept).and_then(|folder| folder.set_modified(now));
            return Ok(kept.join(TEXT));
        }
    }
    Ok(file.to_owned())
}

/// The editor is done with it, and so are we.
pub fn forget_edited(file: &Path) {
    if let Some(own) = file.parent() {
        let _ = fs::remove_dir_all(own);
    }
}

/// Every text that an editor had when the program was killed. Only for whoever holds the profile.
pub fn left_in_editors(profile: &Path) -> Vec<LeftInEditor> {
    let left = |(name, folder): (String, PathBuf)| {
        let (mark, random) = name.split_once('-')?;
        let is_ours = random.len() == 32 && random.bytes().all(|byte| byte.is_ascii_hexdigit());
        let mark = mark.parse().ok().filter(|_| is_ours)?;
        Some(LeftInEditor { mark, file: folder.join(TEXT) })
    };
    folders(profile).filter_map(left).collect()
}

/// Removes what was set aside before then.
pub fn forget_kept_before(profile: &Path, then: SystemTime) {
    for (name, folder) in folders(profile) {
        let is_old = fs::metadata(&folder).and_then(|about| about.modified()).is_ok_and(|at| at < then);
        if name.starts_with(KEPT) && is_old {
            let _ = fs::remove_dir_all(folder);
        }
    }
}

fn folders(profile: &Path) -> impl Iterator<Item = (String, PathBuf)> + use<> {
    let all = profile.join(EDITED);
    // A link in its place leads to somebody else's things.
    let is_ours = fs::symlink_metadata(&all).is_ok_and(|about| about.is_dir());
    let entries = if is_ours { fs::read_dir(&all).ok() } else { None };
    let folder = |entry: fs::DirEntry| {
        let name = entry.file_name().into_string().ok()?;
        entry.file_type().is_ok_and(|kind| kind.is_dir()).then(|| (name, entry.path()))
    };
    entries.into_iter().flatten().flatten().take(MOST).filter_map(folder)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::{PermissionsExt as _, symlink};
    use std::time::Duration;

    use super::*;

    #[test]
    fn c14_a_text_for_an_editor_is_private_and_found_again() {
        let profile = tempfile::tempdir().unwrap();
        let file = to_edit(profile.path(), 17, "你好".as_bytes()).unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        let own = file.parent().unwrap();
        assert_eq!((mode(&file), mode(own), mode(own.parent().unwrap())), (0o600, 0o700, 0o700));
        assert_eq!(left_in_editors(profile.path()), [LeftInEditor { mark: 17, file: file.clone() }]);
        forget_edited(&file);
        assert!(!own.exists() && left_in_editors(profile.path()).is_empty());
    }

    #[test]
    fn c14_what_is_set_aside_is_kept_for_a_week_with_what_lies_beside_it() {
        let profile = tempfile::tempdir().unwrap();
        let file = to_edit(profile.path(), 0, b"words").unwrap();
        fs::write(file.parent().unwrap().join(".draft.txt.swp"), "more words").unwrap();
        let long_ago = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000);
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_000);
        File::open(file.parent().unwrap()).unwrap().set_modified(long_ago).unwrap();
        let kept = keep_edited(&file, now).unwrap();
        assert!(kept.ends_with("edited/kept-1/draft.txt"), "{kept:?}");
        assert_eq!(fs::read(&kept).unwrap(), b"words");
        assert!(kept.with_file_name(".draft.txt.swp").exists());
        assert!(left_in_editors(profile.path()).is_empty(), "its user was told");
        let other = keep_edited(&to_edit(profile.path(), 0, b"other").unwrap(), now).unwrap();
        assert!(other.ends_with("edited/kept-2/draft.txt"), "{other:?}");
        forget_kept_before(profile.path(), now - Duration::from_secs(1));
        assert!(kept.exists(), "it was written long ago, and set aside now");
        forget_kept_before(profile.path(), now + Duration::from_hours(1));
        assert!(!kept.exists());
    }

    #[test]
    fn f02_a_link_in_the_place_of_the_folder_is_not_looked_into() {
        let (profile, elsewhere) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        fs::create_dir(elsewhere.path().join("kept-1")).unwrap();
        symlink(elsewhere.path(), profile.path().join(EDITED)).unwrap();
        forget_kept_before(profile.path(), SystemTime::UNIX_EPOCH + Duration::from_secs(1 << 40));
        assert!(elsewhere.path().join("kept-1").exists());
        assert!(to_edit(profile.path(), 0, b"x").is_err());
    }
}
