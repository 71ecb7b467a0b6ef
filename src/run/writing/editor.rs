//! The text of a draft in a file of its own, while the program that the user writes with has it. Whatever that program does
//! to the file, the draft is either what it says or what it was.

use std::fs;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use super::{Means, Writing};
use crate::app::compose::{DraftNotice, Sheet, Tidings};
use crate::app::edit::Buffer;
use crate::app::{CommandTrouble, Event, Notice, split};
use crate::files::{self, LeftInEditor};
use crate::model::{Draft, DraftId, clock};
use crate::proc::{Environment, Trouble};
use crate::run::inbox::Input;
use crate::store::{OwnReader, OwnWriter};
use crate::text::SafeText;

/// Nothing longer is read: invisible signs, which no draft keeps, may be among it.
const LARGEST: u64 = 100 * 1024 * 1024;
/// What systems have to write with, where the user said nothing.
const SYSTEMS: [&str; 4] = ["editor", "nano", "vim", "vi"];

/// So long what an editor wrote that did not end well is kept.
const KEPT_FOR: Duration = Duration::from_hours(7 * 24);

/// A text that another program has.
#[derive(Debug)]
pub(in crate::run) struct Edited {
    pub(in crate::run) sheet: Sheet,
    pub(in crate::run) argv: Vec<String>,
    pub(in crate::run) environment: Environment,
    file: TextFile,
}

/// Only its owner can read it, and nobody can guess where it is. Gone with this, and what lies beside it, once somebody has
/// said that it may go.
#[derive(Debug)]
struct TextFile {
    path: PathBuf,
    /// As it was handed over.
    written: String,
    may_go: bool,
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

impl Edited {
    /// The next start finds it.
    pub(super) fn stays(&mut self) {
        self.file.may_go = false;
    }
}

impl Writing {
    /// Puts the text where the editor finds it.
    pub(in crate::run) fn hand_over(&self, sheet: Sheet, id: Option<DraftId>, text: &str) -> Result<Edited, SafeText> {
        let means = &self.means;
        let command = means.editor_command()?;
        let name = command.first().cloned().unwrap_or_default();
        let file = TextFile::new(&means.profile, id, text)
            .map_err(|error| means.trouble("editor-not-started", &[("name", &name), ("why", &error.to_string())]))?;
        let argv = filled(command, &file.path.display().to_string());
        Ok(Edited { sheet, argv, environment: means.environment.clone(), file })
    }

    pub(in crate::run) fn not_started(&self, edited: &mut Edited, trouble: Option<&Trouble>) -> SafeText {
        edited.file.may_go = true;
        let name = edited.argv.first().map_or("", String::as_str);
        match trouble {
            None => self.means.trouble("editor-busy", &[]),
            Some(Trouble::Empty | Trouble::NotFound { .. }) => self.means.trouble("editor-missing", &[("name", name)]),
            Some(trouble) => self.means.trouble("editor-not-started", &[("name", name), ("why", &trouble.to_string())]),
        }
    }

    /// The text as it came back. A program that did not end well has given nothing back; what it wrote is set aside.
    pub(in crate::run) fn taken_back(&self, edited: &mut Edited, status: Option<i32>) -> Result<String, SafeText> {
        let name = edited.argv.first().map_or("", String::as_str);
        let why = match status {
            Some(0) => return self.read(edited),
            Some(status) => self.means.trouble("editor-failed", &[("name", name), ("why", &status.to_string())]),
            None => self.means.trouble("editor-killed", &[("name", name)]),
        };
        Err(self.means.set_aside(&mut edited.file, why))
    }

    /// The same, whatever became of the program: we ended it. What it had not saved yet it may have left beside the text;
    /// the next start says where that is.
    pub(in crate::run) fn read_back(&self, edited: &mut Edited) -> Result<String, SafeText> {
        let result = self.read(edited);
        edited.file.may_go &= !edited.file.has_company();
        result
    }

    fn read(&self, edited: &mut Edited) -> Result<String, SafeText> {
        let result = edited.file.read();
        edited.file.may_go = result.is_ok();
        result.map_err(|unread| {
            let why = self.means.unread(&unread);
            self.means.set_aside(&mut edited.file, why)
        })
    }

    /// The text is in the draft now, and not on the disk yet: until it is, its file stays. Where drafts cannot be kept nobody
    /// would find it there.
    pub(in crate::run) fn goes_when_kept(&mut self, edited: Edited) {
        if self.means.own.is_some() && edited.file.holds_something_new() {
            self.returned.push(edited);
        }
    }

    /// What editors had when the program was killed becomes drafts, and what was set aside long ago goes. Then every draft
    /// is told.
    pub(in crate::run) fn look_for_lost_texts(&mut self) {
        let tell = self.tell.clone();
        let runtime = tokio::runtime::Handle::current();
        self.begin_blocking(move |means| {
            let mut found = Vec::new();
            if let Some(own) = &means.own {
                let week_ago = now().checked_sub(KEPT_FOR).unwrap_or(SystemTime::UNIX_EPOCH);
                files::forget_kept_before(&means.profile, week_ago);
                found = means.found_again(own, &runtime);
            }
            let drafts = Tidings::Drafts(means.drafts());
            if found.is_empty() {
                return drafts;
            }
            let _ = tell.send(Input::Event(Event::Composed(drafts)));
            for notice in found {
                let _ = tell.send(Input::Event(Event::Notice(Notice::Draft(notice))));
            }
            Tidings::Drafts(means.drafts())
        });
    }
}

impl Means {
    fn unread(&self, unread: &Unread) -> SafeText {
        let (code, why) = match unread {
            Unread::Gone => ("text-gone", String::new()),
            Unread::Empty => ("text-empty", String::new()),
            Unread::Large => ("text-large", String::new()),
            Unread::NotText => ("text-not-utf8", String::new()),
            Unread::Not(error) => ("text-not-read", error.kind().to_string()),
        };
        self.trouble(code, &[("why", &why)])
    }

    /// What is the matter, and where that lies which was written, if anything was.
    fn set_aside(&self, file: &mut TextFile, why: SafeText) -> SafeText {
        file.may_go = !file.holds_something_new();
        if file.may_go {
            return why;
        }
        // Where it cannot be set aside it stays, and the next start finds it.
        if let Ok(path) = files::keep_edited(&file.path, now()) {
            file.path = path;
        }
        self.trouble("text-kept", &[("file", &self.shown(&file.path)), ("why", why.as_str())])
    }

    /// As the user would write it.
    pub(super) fn shown(&self, path: &Path) -> String {
        let below_home = self.home.as_deref().and_then(|home| path.strip_prefix(home).ok());
        below_home.map_or_else(|| path.display().to_string(), |below| format!("~/{}", below.display()))
    }

    /// Each of the texts that were in an editor when the program was killed becomes a draft beside the one that it was of.
    fn found_again(&self, own: &OwnWriter, runtime: &tokio::runtime::Handle) -> Vec<DraftNotice> {
        let mut said = Vec::new();
        let mut count = 0;
        for LeftInEditor { mark, file } in files::left_in_editors(&self.profile) {
            let of = OwnReader::open(&self.profile).ok().flatten();
            let of = of.and_then(|reader| reader.draft(DraftId(mark)).ok().flatten());
            let mut text = TextFile { path: file, written: String::new(), may_go: false };
            match text.read() {
                Ok(words) => {
                    let is_known = of.as_ref().is_some_and(|draft| draft.body.trim_end() == words.trim_end());
                    let draft = Draft { body: words, ..of.unwrap_or_default() };
                    let is_kept = is_known
                        || draft.body.trim().is_empty()
                        || runtime.block_on(own.keep_draft(None, draft, clock::now())).is_ok_and(|_| {
                            count += 1;
                            true
                        });
                    if is_kept && !text.has_company() {
                        text.may_go = true;
                    } else if let Ok(path) = files::keep_edited(&text.path, now()) {
                        said.push(DraftNotice::Said(self.trouble("text-left", &[("file", &self.shown(&path))])));
                    }
                }
                Err(Unread::Gone) if !text.has_company() => text.may_go = true,
                Err(unread) => {
                    let why = self.unread(&unread);
                    said.push(DraftNotice::Said(self.set_aside(&mut text, why)));
                }
            }
        }
        if count > 0 {
            said.push(DraftNotice::FoundAgain(count));
        }
        said
    }

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

fn now() -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(u64::try_from(clock::now().0).unwrap_or(0))
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
    fn new(profile: &Path, id: Option<DraftId>, text: &str) -> io::Result<Self> {
        let mut written = text.to_owned();
        // Editors say that a file has no end of its last line, and put one there.
        if !written.ends_with('\n') {
            written.push('\n');
        }
        let path = files::to_edit(profile, id.map_or(0, |id| id.0), written.as_bytes())?;
        Ok(Self { path, written, may_go: false })
    }

    /// Something lies beside it: an editor that is ended keeps there what was not saved yet.
    fn has_company(&self) -> bool {
        let entries = self.path.parent().and_then(|own| fs::read_dir(own).ok());
        entries.is_some_and(|entries| entries.flatten().any(|entry| entry.path() != self.path))
    }

    /// It is not what was handed over, and not nothing.
    fn holds_something_new(&self) -> bool {
        let size = fs::symlink_metadata(&self.path).map_or(0, |about| about.len());
        let is_as_it_was = || fs::read(&self.path).is_ok_and(|bytes| bytes == self.written.as_bytes());
        let same_size = u64::try_from(self.written.len()).is_ok_and(|written| written == size);
        self.has_company() || (size > 0 && !(same_size && is_as_it_was()))
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
        if bytes.is_empty() && !self.written.trim().is_empty() {
            return Err(Unread::Empty);
        }
        let text = String::from_utf8(bytes).map_err(|_| Unread::NotText)?;
        // What a draft has no room for would be gone with the file.
        if !Buffer::holds(&text) {
            return Err(Unread::Large);
        }
        Ok(text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text))
    }
}

impl Drop for TextFile {
    fn drop(&mut self) {
        if self.may_go {
            files::forget_edited(&self.path);
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
        let mut file = TextFile::new(folder.path(), None, "你好").unwrap();
        let mode = fs::metadata(&file.path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode, fs::read_to_string(&file.path).unwrap().as_str()), (0o600, "你好\n"));
        let (path, own) = (file.path.clone(), file.path.parent().unwrap().to_owned());
        assert_eq!(fs::metadata(&own).unwrap().permissions().mode() & 0o777, 0o700);
        fs::write(own.join("draft.txt~"), "a copy of the editor's").unwrap();
        file.may_go = true;
        drop(file);
        assert!(!path.exists() && !own.exists());
    }

    #[test]
    fn c14_what_comes_back_is_a_text_or_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let after = |work: &dyn Fn(&Path)| {
            let file = TextFile::new(folder.path(), None, "before").unwrap();
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
        let no_room = |path: &Path| fs::write(path, "a line\n".repeat(3_000_000)).unwrap();
        assert_eq!(after(&no_room), "Large", "a draft would hold only the first of it");
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
