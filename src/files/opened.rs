//! Files that another program is to show: each in a folder of its own whose name nobody can guess, until the next start.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use super::{Folder, save};
use crate::text::SafeFileName;

const OPENED: &str = "opened";

/// Puts a part of a message where a viewer finds it, and nobody else does. The profile is the user's own folder.
pub fn to_open(profile: &Path, name: &SafeFileName, bytes: &[u8]) -> io::Result<PathBuf> {
    let all = Folder::named(profile)?.inner(OPENED)?;
    let mut random = [0; 16];
    File::open("/dev/urandom")?.read_exact(&mut random)?;
    let own = all.new_inner(&format!("{:032x}", u128::from_ne_bytes(random)))?;
    save(&own, name, bytes)
}

/// Removes what was opened before. Only for whoever holds the profile.
pub fn forget_opened(profile: &Path) {
    // What cannot be removed costs room and nothing else. A link is removed and not followed.
    let _ = fs::remove_dir_all(profile.join(OPENED));
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::{PermissionsExt as _, symlink};

    use super::*;

    #[test]
    fn f03_what_is_opened_is_private_and_cannot_be_guessed() {
        let profile = tempfile::tempdir().unwrap();
        let name = SafeFileName::of("-rf 报告.pdf");
        let one = to_open(profile.path(), &name, b"one").unwrap();
        let other = to_open(profile.path(), &name, b"other").unwrap();
        assert_ne!(one.parent(), other.parent());
        assert_eq!(fs::read(&one).unwrap(), b"one");
        assert!(one.is_absolute() && one.ends_with("rf 报告.pdf"), "{one:?} cannot be taken for an option");
        assert!(one.starts_with(profile.path()));
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        let folder = one.parent().unwrap();
        assert_eq!((mode(&one), mode(folder), mode(folder.parent().unwrap())), (0o600, 0o700, 0o700));
        let secret = folder.file_name().unwrap().to_str().unwrap();
        assert!(secret.len() == 32 && secret.bytes().all(|byte| byte.is_ascii_hexdigit()), "{secret}");
        forget_opened(profile.path());
        assert!(!one.exists() && !profile.path().join(OPENED).exists());
    }

    #[test]
    fn f02_a_link_in_the_way_is_not_followed() {
        let (profile, elsewhere) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        fs::write(elsewhere.path().join("mine"), "mine").unwrap();
        symlink(elsewhere.path(), profile.path().join(OPENED)).unwrap();
        assert!(to_open(profile.path(), &SafeFileName::of("a"), b"a").is_err());
        forget_opened(profile.path());
        assert!(elsewhere.path().join("mine").exists(), "only the link is gone");
        assert!(to_open(profile.path(), &SafeFileName::of("a"), b"a").is_ok());
    }
}
