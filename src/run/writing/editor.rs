//! The text of a draft in a file of its own, while the program that the user writes with has it. Whatever that program does
//! to the file, the draft is either what it says or what it was.

use std::fs;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use super::{Means, Writing};
use crate::app::compose::Sheet;
use crate::app::{CommandTrouble, split};
use crate::files;
use crate::proc::{Environment, Trouble};
use crate::text::{SafeFileName, SafeText};

/// No text is longer than that.
const LARGEST: u64 = 100 * 1024 * 1024;
/// What systems have to write with, where the user said nothing.
const SYSTEMS: [&str; 4] = ["editor", "nano", "vim", "vi"];

/// A text that another program has.
#[derive(Debug)]
pub(in crate::run) struct Edited {
    pub(in crate::run) sheet: Sheet,
    pub(in crate::run) argv: Vec<String>,
    pub(in crate::run) environment: Environment,
    file: TextFile,
}

/// Only its owner can read it, and nobody can guess where it is. Gone with this, and what lies beside it.
#[derive(Debug)]
struct TextFile {
    path: PathBuf,
    was_empty: bool,
}

/// Why what came back is no text.
#[derive(Debug)]
enum Unread {
    Gone,
    Empty,
    Large,
    NotText,
    Not(io::Error),
}

impl Writing {
    /// Puts the text where the editor finds it.
    pub(in crate::run) fn hand_over(&self, sheet: Sheet, text: &str) -> Result<Edited, SafeText> {
        let means = &self.means;
        let command = means.editor_command()?;
        let name = command.first().cloned().unwrap_or_default();
        let file = TextFile::new(&means.aside, text)
            .map_err(|error| means.trouble("editor-not-started", &[("name", &name), ("why", &error.to_string())]))?;
        let argv = filled(command, &file.path.display().to_string());
        Ok(Edited { sheet, argv, environment: means.environment.clone(), file })
    }

    pub(in crate::run) fn not_started(&self, edited: &Edited, trouble: Option<&Trouble>) -> SafeText {
        let name = edited.argv.first().map_or("", String::as_str);
        match trouble {
            None => self.means.trouble("editor-busy", &[]),
            Some(Trouble::Empty | Trouble::NotFound { .. }) => self.means.trouble("editor-missing", &[("name", name)]),
            Some(trouble) => self.means.trouble("editor-not-started", &[("name", name), ("why", &trouble.to_string())]),
        }
    }

    /// The text as it came back. A program that did not end well has given nothing back.
    pub(in crate::run) fn taken_back(&self, edited: &Edited, status: Option<i32>) -> Result<String, SafeText> {
        let name = edited.argv.first().map_or("", String::as_str);
        match status {
            Some(0) => {}
            Some(status) => {
                return Err(self.means.trouble("editor-failed", &[("name", name), ("why", &status.to_string())]));
            }
            None => return Err(self.means.trouble("editor-killed", &[("name", name)])),
        }
        self.read_back(edited)
    }

    /// The same, whatever became of the program: we ended it.
    pub(in crate::run) fn read_back(&self, edited: &Edited) -> Result<String, SafeText> {
        edited.file.read().map_err(|unread| {
            let (code, why) = match unread {
                Unread::Gone => ("text-gone", String::new()),
                Unread::Empty => ("text-empty", String::new()),
                Unread::Large => ("text-large", String::new()),
                Unread::NotText => ("text-not-utf8", String::new()),
                Unread::Not(error) => ("text-not-read", error.kind().to_string()),
            };
            self.means.trouble(code, &[("why", &why)])
        })
    }
}

impl Means {
    fn editor_command(&self) -> Result<Vec<String>, SafeText> {
        let wanted = [self.settings.editor.as_str(), self.editor.as_deref().unwrap_or_default()];
        if let Some(command) = wanted.into_iter().find(|command| !command.trim().is_empty()) {
            return split(command).map_err(|trouble| match trouble {
                CommandTrouble::Empty => self.trouble("no-editor", &[]),
                CommandTrouble::Open => self.trouble("editor-command", &[]),
            });
        }
        let found = SYSTEMS.into_iter().find(|system| self.environment.has(system));
        found.map(|system| vec![system.to_owned()]).ok_or_else(|| self.trouble("no-editor", &[]))
    }
}

/// Puts the file where `%s` stands, as one word; else at the end.
fn filled(command: Vec<String>, file: &str) -> Vec<String> {
    let holed = command.iter().skip(1).any(|word| word.contains("%s"));
    let mut words: Vec<String> = command
        .into_iter()
        .enumerate()
        .map(|(at, word)| if at > 0 { word.replace("%s", file) } else { word })
        .collect();
    if !holed {
        words.push(file.to_owned());
    }
    words
}

impl TextFile {
    fn new(folder: &Path, text: &str) -> io::Result<Self> {
        let mut written = text.to_owned();
        // Editors say that a file has no end of its last line, and put one there.
        if !written.ends_with('\n') {
            written.push('\n');
        }
        let path = files::to_open(folder, &SafeFileName::of("draft.txt"), written.as_bytes())?;
        Ok(Self { path, was_empty: text.trim().is_empty() })
    }

    fn read(&self) -> Result<String, Unread> {
        let file = files::open_regular(&self.path).map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => Unread::Gone,
            _ => Unread::Not(error),
        })?;
        let mut bytes = Vec::new();
        file.take(LARGEST + 1).read_to_end(&mut bytes).map_err(Unread::Not)?;
        if u64::try_from(bytes.len()).is_ok_and(|size| size > LARGEST) {
            return Err(Unread::Large);
        }
        if bytes.is_empty() && !self.was_empty {
            return Err(Unread::Empty);
        }
        let text = String::from_utf8(bytes).map_err(|_| Unread::NotText)?;
        Ok(text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text))
    }
}

impl Drop for TextFile {
    fn drop(&mut self) {
        // A copy that the editor made lies beside it.
        if let Some(own) = self.path.parent() {
            let _ = fs::remove_dir_all(own);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn c14_a_text_lies_where_only_its_owner_finds_it_and_goes_again() {
        let folder = tempfile::tempdir().unwrap();
        let file = TextFile::new(folder.path(), "你好").unwrap();
        let mode = fs::metadata(&file.path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode, fs::read_to_string(&file.path).unwrap().as_str()), (0o600, "你好\n"));
        let (path, own) = (file.path.clone(), file.path.parent().unwrap().to_owned());
        assert_eq!(fs::metadata(&own).unwrap().permissions().mode() & 0o777, 0o700);
        fs::write(own.join("draft.txt~"), "a copy of the editor's").unwrap();
        drop(file);
        assert!(!path.exists() && !own.exists());
    }

    #[test]
    fn c14_what_comes_back_is_a_text_or_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let after = |work: &dyn Fn(&Path)| {
            let file = TextFile::new(folder.path(), "before").unwrap();
            work(&file.path);
            match file.read() {
                Ok(text) => text,
                Err(unread) => format!("{unread:?}"),
            }
        };
        assert_eq!(after(&|_| {}), "before\n");
        assert_eq!(after(&|path| fs::write(path, "\u{feff}改过\n").unwrap()), "改过\n");
        assert_eq!(after(&|path| fs::remove_file(path).unwrap()), "Gone");
        assert_eq!(after(&|path| fs::write(path, "").unwrap()), "Empty");
        assert_eq!(after(&|path| fs::write(path, b"\xc4\xe3\xba\xc3").unwrap()), "NotText");
        let large = |path: &Path| fs::OpenOptions::new().write(true).open(path).unwrap().set_len(LARGEST + 1).unwrap();
        assert_eq!(after(&large), "Large");
        let pipe = |path: &Path| {
            fs::remove_file(path).unwrap();
            fs::create_dir(path).unwrap();
        };
        assert!(after(&pipe).starts_with("Not("));
    }

    #[test]
    fn c14_an_editor_is_words_and_no_line_for_a_shell() {
        let of = |line: &str| filled(split(line).unwrap(), "/run/draft.txt").join("|");
        assert_eq!(of("vim; rm -rf ~"), "vim;|rm|-rf|~|/run/draft.txt");
        assert_eq!(of("code --wait %s -n"), "code|--wait|/run/draft.txt|-n");
        assert_eq!(of("'my editor' -f"), "my editor|-f|/run/draft.txt");
    }
}
