//! Templates: text files in a folder beside config.toml.

use std::fs;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use super::{Means, Writing};
use crate::app::compose::{FileEntry, Sheet, Tidings};
use crate::files;
use crate::letter::{Blanks, template};
use crate::model::{Draft, clock};
use crate::text::{SafeText, Text};

const MOST: usize = 1_000;
/// Nobody begins a message with more.
const LARGEST: u64 = 1024 * 1024;
/// What stands behind the name of a file may be left out.
const ENDINGS: [&str; 3] = ["", ".txt", ".md"];

impl Writing {
    pub(in crate::run) fn list_templates(&mut self, sheet: Sheet) {
        self.begin_blocking(move |means| {
            let folder = SafeText::of(&means.shown(&means.templates));
            Tidings::Templates { sheet, folder, files: means.template_files() }
        });
    }

    pub(in crate::run) fn read_template(&mut self, sheet: Sheet, path: PathBuf) {
        self.begin_blocking(move |means| Tidings::Template { sheet, result: means.template(&path) });
    }
}

impl Means {
    fn template_files(&self) -> Vec<FileEntry> {
        let entry = |found: fs::DirEntry| {
            let path = found.path();
            let about = fs::metadata(&path).ok().filter(|about| about.is_file() && about.len() <= LARGEST)?;
            let name = found.file_name().to_string_lossy().into_owned();
            let is_hidden = name.starts_with('.') || name.ends_with('~');
            (!is_hidden).then(|| FileEntry { path, name: Text::new(name), size: about.len(), is_folder: false })
        };
        let entries = fs::read_dir(&self.templates).into_iter().flatten().flatten();
        entries.take(MOST).filter_map(entry).collect()
    }

    fn template(&self, path: &Path) -> Result<String, SafeText> {
        let shown = self.shown(path);
        let unread = |error: io::Error| {
            let why = error.kind().to_string();
            self.trouble("no-file", &[("name", &shown), ("why", &why)])
        };
        let mut text = String::new();
        let file = files::open_regular(path).map_err(unread)?;
        file.take(LARGEST).read_to_string(&mut text).map_err(unread)?;
        Ok(text)
    }

    /// A draft that begins with a template.
    pub(super) fn begin_with(&self, draft: &mut Draft, name: &str) -> Result<(), SafeText> {
        let now = jiff::Timestamp::from_second(clock::now().0).unwrap_or_default();
        let date = now.to_zoned(jiff::tz::TimeZone::system()).strftime("%Y-%m-%d").to_string();
        let template = template(&self.template_named(name)?, &Blanks { date, to: draft.to.clone() });
        let Draft { to, cc, bcc, reply_to, subject, more, body, .. } = template;
        for (field, text) in [
            (&mut draft.to, to),
            (&mut draft.cc, cc),
            (&mut draft.bcc, bcc),
            (&mut draft.reply_to, reply_to),
            (&mut draft.subject, subject),
        ] {
            if field.trim().is_empty() {
                *field = text;
            }
        }
        draft.more.extend(more);
        draft.body.insert_str(0, &body);
        Ok(())
    }

    /// By the name that the user gave it, with the ending of the file or without.
    fn template_named(&self, name: &str) -> Result<String, SafeText> {
        let path = |ending: &&str| self.templates.join(format!("{name}{ending}"));
        let is_name = !name.is_empty() && !name.contains('/') && !name.starts_with('.');
        if let Some(path) = ENDINGS.iter().map(path).find(|path| is_name && path.is_file()) {
            return self.template(&path);
        }
        let folder = self.shown(&self.templates);
        Err(self.trouble("no-template", &[("name", name), ("folder", &folder)]))
    }
}
