//! What a message has, handed on: files to a folder or to another program, addresses to a browser, texts to a command. Each
//! is done on a thread of its own, and what came of it is told to the loop. Nothing is read by a shell.

mod clipboard;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use tokio::sync::mpsc;

use super::inbox::Input;
use super::reading;
use super::setup::Setup;
use super::unsubscribing::Unsubscribing;
use crate::app::{Deed, DeedTrouble, Done, Event, Facts, FileWanted, Outcome, WebAddress, split};
use crate::decoding;
use crate::files;
use crate::model::{Inside, Opening, PartId, Ticket, opening};
use crate::proc::{self, Environment, Limits, Trouble};
use crate::store::WholeBody;
use crate::text::{SafeFileName, SafeText, Text};

/// A program that shows something and still runs after this has taken what it was given.
const PATIENCE: Duration = Duration::from_millis(1_500);
/// A command that reads a text or a file.
const PIPED: Limits = Limits { output: 16 * 1024 * 1024, time: Duration::from_mins(1) };
/// The command for new mail. Nobody reads what it says.
const NEW_MAIL: Limits = Limits { output: 1024 * 1024, time: Duration::from_secs(30) };
/// Characters of what a command says.
const SAID: usize = 200;
/// What systems have to show something.
const SYSTEMS: [&str; 4] = ["xdg-open", "open", "wslview", "termux-open"];

type Outcomes = Result<Done, DeedTrouble>;

#[derive(Clone, Debug)]
pub(super) struct Outside {
    means: Arc<Means>,
    unsubscribing: Unsubscribing,
    tell: mpsc::UnboundedSender<Input>,
}

#[derive(Debug)]
struct Means {
    environment: Environment,
    profile: PathBuf,
    home: Option<PathBuf>,
    /// What the user set for links, and for files.
    web: String,
    file: String,
    browser: Option<String>,
    in_tmux: bool,
}

impl Outside {
    pub(super) fn new(setup: &Setup, tell: mpsc::UnboundedSender<Input>) -> Self {
        let means = Means {
            environment: setup.env.handed_on.clone(),
            profile: setup.paths.profile.clone(),
            home: setup.env.home.clone(),
            web: setup.config.openers.web.clone(),
            file: setup.config.openers.file.clone(),
            browser: setup.env.browser.clone(),
            in_tmux: setup.env.terminal.tmux,
        };
        let unsubscribing = Unsubscribing::new(setup, tell.clone());
        Self { means: Arc::new(means), unsubscribing, tell }
    }

    fn work(&self, ticket: Ticket, work: impl FnOnce(&Means, &dyn Fn(Outcomes)) + Send + 'static) {
        let (means, tell) = (self.means.clone(), self.tell.clone());
        let told = move |done| {
            let _ = tell.send(Input::Event(Event::Finished { ticket, outcome: Outcome::Done(done) }));
        };
        let failed = self.tell.clone();
        if let Err(error) = thread::Builder::new().name("outside".to_owned()).spawn(move || work(&means, &told)) {
            let trouble = DeedTrouble::NotWritten(SafeText::of(&error.to_string()));
            let _ = failed.send(Input::Event(Event::Finished { ticket, outcome: Outcome::Done(Err(trouble)) }));
        }
    }

    pub(super) fn browse(&self, ticket: Ticket, address: &WebAddress) {
        let url = address.url().to_owned();
        self.work(ticket, move |means, told| show(&means.browsers(&url), &means.environment, told));
    }

    pub(super) fn unsubscribe(&self, ticket: Ticket, account: &str, address: &WebAddress) {
        self.unsubscribing.send(ticket, account, address);
    }

    pub(super) fn copy(&self, ticket: Ticket, text: String, shown: SafeText, is_told: bool) {
        self.work(ticket, move |means, told| told(means.copy(&text, shown, is_told)));
    }

    pub(super) fn pipe(&self, ticket: Ticket, text: &Text, command: Vec<String>) {
        let input = text.as_untrusted().as_bytes().to_vec();
        self.work(ticket, move |means, told| told(feed(&command, &means.environment, input)));
    }

    /// Runs the command for new mail; how it ended is told when it has.
    pub(super) fn new_mail(&self, command: Vec<String>, facts: &Facts) {
        let mut environment = self.means.environment.clone();
        for (name, value) in facts {
            environment = environment.and(name, value.as_str());
        }
        let tell = self.tell.clone();
        let told = move |result| _ = tell.send(Input::Event(Event::NewMailCommandEnded(result)));
        let failed = told.clone();
        let work = move || {
            told(match proc::run(&command, &environment, NEW_MAIL) {
                Ok(finished) if finished.status == Some(0) => Ok(()),
                Ok(finished) => {
                    let status = finished.status.unwrap_or(-1);
                    Err(DeedTrouble::Ended { program: name_of(&command), status })
                }
                Err(trouble) => Err(in_short(&trouble, &command)),
            });
        };
        if let Err(error) = thread::Builder::new().name("new mail".to_owned()).spawn(work) {
            failed(Err(DeedTrouble::NotWritten(SafeText::of(&error.to_string()))));
        }
    }

    pub(super) fn files(
        &self,
        ticket: Ticket,
        body: Option<WholeBody>,
        inside: Inside,
        files: Vec<FileWanted>,
        deed: Deed,
    ) {
        self.work(ticket, move |means, told| {
            let raw = match body.map(WholeBody::bytes) {
                Some(Ok(raw)) => raw,
                Some(Err(error)) => {
                    return told(Err(DeedTrouble::NotWritten(SafeText::of(&error.to_string()))));
                }
                None => return told(Err(DeedTrouble::NoPart)),
            };
            let Some(raw) = reading::inner(raw, inside) else { return told(Err(DeedTrouble::NoPart)) };
            match deed {
                Deed::Save { folder } => told(means.save(&raw, &files, &folder, None)),
                Deed::SaveDated { folder, month } => told(means.save(&raw, &files, &folder, Some(&month))),
                Deed::Open => match means.put_aside(&raw, &files) {
                    Ok(path) => show(&means.viewers(&path), &means.environment, told),
                    Err(trouble) => told(Err(trouble)),
                },
                Deed::Pipe { command } => {
                    let bytes = files.first().and_then(|file| decoding::part(&raw, file.part));
                    told(match bytes {
                        Some(bytes) => feed(&command, &means.environment, bytes),
                        None => Err(DeedTrouble::NoPart),
                    });
                }
            }
        });
    }
}

impl Means {
    fn save(&self, raw: &[u8], wanted: &[FileWanted], folder: &str, inner: Option<&str>) -> Outcomes {
        let path = self.folder(folder);
        let not_there = |_| DeedTrouble::NoFolder(SafeText::of(&path.display().to_string()));
        let folder = files::Folder::named(&path).map_err(not_there)?;
        let (folder, path) = match inner {
            Some(inner) => (folder.inner(inner).map_err(not_there)?, path.join(inner)),
            None => (folder, path),
        };
        let (mut last, mut trouble) = (None, None);
        let parts: Vec<PartId> = wanted.iter().map(|file| file.part).collect();
        let mut left = wanted.iter();
        // One that fails does not keep the others from being saved.
        decoding::each_part(raw, &parts, |_, bytes| {
            let Some(file) = left.next() else { return };
            let name = SafeFileName::new(&file.name);
            let failed = |why: &str| DeedTrouble::NotWritten(SafeText::of(&format!("{}: {why}", name.as_str())));
            match bytes.map(|bytes| files::save(&folder, &name, &*bytes)) {
                Some(Ok(saved)) => last = Some(saved),
                Some(Err(error)) => trouble = Some(failed(&error.to_string())),
                None => trouble = Some(DeedTrouble::NoPart),
            }
        });
        if left.next().is_some() {
            trouble = Some(DeedTrouble::NoPart);
        }
        if let Some(trouble) = trouble {
            return Err(trouble);
        }
        let name = last.as_deref().and_then(Path::file_name).unwrap_or_default();
        Ok(Done::Saved {
            count: wanted.len(),
            name: SafeText::of(&name.to_string_lossy()),
            folder: SafeText::of(&path.display().to_string()),
        })
    }

    /// A folder as people write it.
    fn folder(&self, written: &str) -> PathBuf {
        match (written.strip_prefix('~'), &self.home) {
            (Some(rest), Some(home)) if rest.is_empty() || rest.starts_with('/') => {
                home.join(rest.trim_start_matches('/'))
            }
            _ => PathBuf::from(written),
        }
    }

    /// The file where only its viewer finds it.
    fn put_aside(&self, raw: &[u8], wanted: &[FileWanted]) -> Result<PathBuf, DeedTrouble> {
        let file = wanted.first().ok_or(DeedTrouble::NoPart)?;
        let bytes = decoding::part(raw, file.part).ok_or(DeedTrouble::NoPart)?;
        let name = SafeFileName::new(&file.name);
        if [file.name.as_untrusted(), name.as_str()].iter().any(|name| opening(name, None) == Opening::Never) {
            return Err(DeedTrouble::NoProgram(SafeText::of(name.as_str())));
        }
        files::to_open(&self.profile, &name, &bytes)
            .map_err(|error| DeedTrouble::NotWritten(SafeText::of(&error.to_string())))
    }

    /// Commands that may show an address, the best first. It begins with its scheme, so none takes it for an option.
    fn browsers(&self, url: &str) -> Vec<Vec<String>> {
        let mut browsers = Vec::new();
        if let Ok(command) = split(&self.web) {
            browsers.push(filled(command, url));
        }
        if let Some(browser) = self.browser.as_deref().filter(|_| !url.starts_with("mailto:")) {
            browsers.extend(browser.split(':').filter_map(|one| split(one).ok()).map(|command| filled(command, url)));
        }
        browsers.extend(SYSTEMS.map(|system| vec![system.to_owned(), url.to_owned()]));
        browsers
    }

    /// The same for a file. Its path begins at the root, so none takes it for an option.
    fn viewers(&self, path: &Path) -> Vec<Vec<String>> {
        let path = path.display().to_string();
        let own = split(&self.file).ok().map(|command| filled(command, &path));
        own.into_iter().chain(SYSTEMS.map(|system| vec![system.to_owned(), path.clone()])).collect()
    }
}

/// Puts what is meant where `%s` stands, as one word; else at the end.
fn filled(command: Vec<String>, what: &str) -> Vec<String> {
    let holed = command.iter().skip(1).any(|word| word.contains("%s"));
    let mut words: Vec<String> = Vec::new();
    for (at, word) in command.into_iter().enumerate() {
        words.push(if at > 0 { word.replace("%s", what) } else { word });
    }
    if !holed {
        words.push(what.to_owned());
    }
    words
}

/// Starts the first of the commands that is there.
fn show(commands: &[Vec<String>], environment: &Environment, told: &dyn Fn(Outcomes)) {
    let wanted = commands.first().and_then(|command| command.first()).cloned().unwrap_or_default();
    for command in commands {
        let mut missing = false;
        proc::leave(command, environment, PATIENCE, |how| match how {
            Err(Trouble::NotFound { .. } | Trouble::Empty) => missing = true,
            Ok(None | Some(0)) => told(Ok(Done::Opened)),
            Ok(Some(status)) => told(Err(DeedTrouble::Ended { program: name_of(command), status })),
            Err(trouble) => told(Err(in_short(&trouble, command))),
        });
        if !missing {
            return;
        }
    }
    told(Err(DeedTrouble::NoProgram(SafeText::of(&wanted))));
}

fn feed(command: &[String], environment: &Environment, input: Vec<u8>) -> Outcomes {
    match proc::feed(command, environment, PIPED, input) {
        Ok(finished) => match finished.status {
            Some(0) => {
                let said = String::from_utf8_lossy(&finished.output);
                let said: String = said.lines().find(|line| !line.trim().is_empty()).unwrap_or_default().trim().into();
                Ok(Done::Piped(SafeText::beginning(&Text::new(said), SAID)))
            }
            status => Err(DeedTrouble::Ended { program: name_of(command), status: status.unwrap_or(-1) }),
        },
        Err(trouble) => Err(in_short(&trouble, command)),
    }
}

fn name_of(command: &[String]) -> SafeText {
    SafeText::of(command.first().map_or("", String::as_str))
}

fn in_short(trouble: &Trouble, command: &[String]) -> DeedTrouble {
    match trouble {
        Trouble::Empty | Trouble::NotFound { .. } => DeedTrouble::NoProgram(name_of(command)),
        Trouble::NotStarted { said, .. } => DeedTrouble::NotWritten(said.clone()),
        Trouble::TooSlow { program, .. } => DeedTrouble::TooSlow(program.clone()),
        Trouble::TooMuch { program, .. } => DeedTrouble::Ended { program: program.clone(), status: -1 },
    }
}

#[cfg(test)]
mod tests;
