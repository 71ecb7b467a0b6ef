//! The files of large bodies, compared once a start with what mail.db knows of them.
//!
//! A program that was killed may leave a file that no message has, and somebody may remove one that a message has. What
//! lies there is listed on a thread of its own; what follows from it is for the writer to say.

use std::fs;
use std::path::Path;
use std::thread;
use std::time::UNIX_EPOCH;

use super::batch::MailWrite;
use super::mail::MailWriter;
use super::{aside, blobs};
use crate::model::{Timestamp, clock};

/// Seconds after which a file that no message has belongs to nobody who is still at work.
const SETTLED: u64 = 3_600;

/// The files whose names begin with one digit.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Shelf {
    pub(super) digit: char,
    /// The hash that the file is named by, and whether it has lain there for a while.
    pub(super) files: Vec<(String, bool)>,
}

/// Tells the writer of all that lies in `bodies/`, as long as there is a writer.
pub(super) fn compare(profile: &Path, mail: &MailWriter) {
    let (profile, bodies, mail) = (profile.to_owned(), profile.join("bodies"), mail.downgrade());
    let work = move || {
        // The clock that the files have their times from.
        let now = clock::now();
        // What a database that was set aside knows of cannot be told from what nobody knows of.
        let keep = aside::may_hold_only_copies(&profile) && aside::has_set_aside(&profile.join("mail.db"));
        for digit in "0123456789abcdef".chars() {
            let mut shelf = shelf(&bodies, digit, now);
            if keep {
                shelf.files.iter_mut().for_each(|(_, old)| *old = false);
            }
            let Some(mail) = mail.upgrade() else { return };
            if mail.commit_blocking(MailWrite::Shelf(shelf)).is_err() {
                return;
            }
        }
    };
    // Without a thread it is done at another start.
    let _ = thread::Builder::new().name("bodies on disk".to_owned()).spawn(work);
}

fn shelf(bodies: &Path, digit: char, now: Timestamp) -> Shelf {
    let mut files = Vec::new();
    for second in "0123456789abcdef".chars() {
        let Ok(entries) = fs::read_dir(bodies.join(format!("{digit}{second}"))) else { continue };
        for entry in entries.flatten() {
            let modified = entry.metadata().and_then(|meta| meta.modified()).ok();
            let modified = modified.and_then(|at| at.duration_since(UNIX_EPOCH).ok());
            let at = modified.and_then(|at| i64::try_from(at.as_secs()).ok()).map_or(now, Timestamp);
            let old = now.since(at) > SETTLED;
            match entry.file_name().to_str().and_then(blobs::sort) {
                Some(blobs::Sort::Body(sha256)) => files.push((sha256.to_owned(), old)),
                // Whoever began it has ended: it was to be renamed within seconds.
                Some(blobs::Sort::Draft) if old => _ = fs::remove_file(entry.path()),
                Some(blobs::Sort::Draft) | None => {}
            }
        }
    }
    Shelf { digit, files }
}
