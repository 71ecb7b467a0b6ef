//! Files to go along: what lies in a folder, and what is known of the files that were chosen.

use std::fs;
use std::path::{Path, PathBuf};

use super::{Means, Writing};
use crate::app::compose::{DraftNotice, FileEntry, Sheet, Tidings};
use crate::app::{Event, Notice};
use crate::files;
use crate::model::{Enclosed, EnclosedFrom, Ordered};
use crate::text::{SafeText, Text};

/// More names than anybody reads through.
const MOST_ENTRIES: usize = 10_000;

impl Writing {
    pub(in crate::run) fn list_files(&mut self, folder: String) {
        self.begin_blocking(move |means| {
            let result = means.entries(&folder);
            Tidings::Files { folder, result }
        });
    }

    /// What was asked for from outside, as events of the start.
    pub(in crate::run) fn begun(&self, begun: &Ordered) -> Vec<Event> {
        let mut draft = begun.draft.clone();
        let mut refused = Vec::new();
        for path in &begun.files {
            match self.means.enclosed(path) {
                Ok(file) => draft.files.push(file),
                Err(said) => refused.push(Event::Notice(Notice::Draft(DraftNotice::Said(said)))),
            }
        }
        if let Some(Err(said)) = begun.template.as_deref().map(|name| self.means.begin_with(&mut draft, name)) {
            refused.push(Event::Notice(Notice::Draft(DraftNotice::Said(said))));
        }
        let begin = Event::Composed(Tidings::Begin(Box::new(draft)));
        std::iter::once(begin).chain(refused).collect()
    }

    /// What was pasted may be names of files, or a text that looks like them: nothing is said then.
    pub(in crate::run) fn look_for(&mut self, sheet: Sheet, paths: Vec<PathBuf>, revision: u64) {
        self.begin_blocking(move |means| {
            let files: Option<Vec<Enclosed>> = paths.iter().map(|path| means.enclosed(path).ok()).collect();
            Tidings::Found { sheet, files: files.unwrap_or_default(), revision }
        });
    }

    pub(in crate::run) fn attach(&mut self, sheet: Sheet, paths: Vec<PathBuf>) {
        self.begin_blocking(move |means| {
            let files = paths.iter().map(|path| means.enclosed(path)).collect();
            Tidings::Attached { sheet, files }
        });
    }
}

impl Means {
    fn at_home(&self, written: &str) -> PathBuf {
        match (written.strip_prefix('~'), &self.home) {
            (Some(rest), Some(home)) if rest.is_empty() || rest.starts_with('/') => {
                home.join(rest.trim_start_matches('/'))
            }
            _ => PathBuf::from(written),
        }
    }

    fn entries(&self, folder: &str) -> Result<Vec<FileEntry>, SafeText> {
        let path = self.at_home(folder);
        let unread =
            |error: std::io::Error| self.trouble("no-file", &[("name", folder), ("why", &error.kind().to_string())]);
        let found = fs::read_dir(&path).map_err(unread)?;
        let entry = |found: fs::DirEntry| {
            let path = found.path();
            // What a link leads to counts, and nothing that never ends can be sent.
            let about = fs::metadata(&path).ok().filter(|about| about.is_file() || about.is_dir())?;
            let name = Text::new(found.file_name().to_string_lossy().into_owned());
            Some(FileEntry { path, name, size: about.len(), is_folder: about.is_dir() })
        };
        let mut entries: Vec<FileEntry> = found.flatten().take(MOST_ENTRIES).filter_map(entry).collect();
        entries.sort_by_cached_key(|entry| (!entry.is_folder, entry.name.as_untrusted().to_lowercase()));
        Ok(entries)
    }

    pub(super) fn enclosed(&self, path: &Path) -> Result<Enclosed, SafeText> {
        let path = self.at_home(&path.to_string_lossy());
        let shown = path.display().to_string();
        let unread = |why: &str| self.trouble("no-file", &[("name", &shown), ("why", why)]);
        let about = fs::metadata(&path).map_err(|error| unread(&error.kind().to_string()))?;
        if about.is_dir() {
            return Err(self.trouble("is-folder", &[("name", &shown)]));
        }
        // Not a pipe, of which nobody knows the end.
        files::open_regular(&path).map_err(|error| unread(&error.to_string()))?;
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let kind = files::kind_of(&name).to_owned();
        let from = EnclosedFrom::File(std::path::absolute(&path).unwrap_or(path));
        Ok(Enclosed { name, kind, size: about.len(), from, content_id: None })
    }
}
