//! The lines that were typed before: a private file for each protocol, without secrets.

use std::fs::OpenOptions;
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

/// Lines that are kept.
pub const KEPT: usize = 500;
/// A longer line is not worth keeping.
const LONGEST: usize = 1_000;
/// What is larger is not ours.
const LARGEST: u64 = 1024 * 1024;

/// Nothing if there is none.
pub fn load(file: &Path) -> Vec<String> {
    if std::fs::metadata(file).is_ok_and(|about| about.len() > LARGEST) {
        return Vec::new();
    }
    let text = std::fs::read(file).unwrap_or_default();
    let lines: Vec<String> = String::from_utf8_lossy(&text).lines().map(str::to_owned).collect();
    lines.into_iter().rev().take(KEPT).rev().collect()
}

/// Replaces the file. What cannot be kept is not kept.
pub fn save(file: &Path, lines: &[String]) -> std::io::Result<()> {
    let fitting: Vec<&String> = lines.iter().filter(|line| line.len() <= LONGEST && !line.contains('\n')).collect();
    let newest = fitting.iter().skip(fitting.len().saturating_sub(KEPT));
    let text: String = newest.flat_map(|line| [line.as_str(), "\n"]).collect();
    let temporary = file.with_added_extension(format!("{}.new", std::process::id()));
    let mut made = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&temporary)?;
    let replaced = made.write_all(text.as_bytes()).and_then(|()| std::fs::rename(&temporary, file));
    if replaced.is_err() {
        let _ = std::fs::remove_file(&temporary);
    }
    replaced
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn the_newest_lines_are_kept_for_their_owner_alone() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("talk-imap.history");
        assert_eq!(load(&file), [""; 0]);
        let lines: Vec<String> = (0..KEPT + 100).map(|number| format!("NOOP 雁 {number}")).collect();
        save(&file, &lines).unwrap();
        save(&file, &[lines.clone(), vec!["x".repeat(LONGEST + 1)]].concat()).unwrap();
        assert_eq!(load(&file), lines[100..]);
        assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}
