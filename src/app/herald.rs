//! Who is told of new mail, when, and how often. Nothing is told twice, many things are told at once, and nobody is told
//! anything in quiet hours.

use jiff::tz::TimeZone;

use super::{Effect, Settings, TerminalRequest, split};
use crate::config::Quiet;
use crate::model::{Arrivals, Moment, Role, Timestamp};
use crate::text::{SafeText, Text};

/// What comes within so many milliseconds is told together.
const GATHER_MS: u64 = 1_500;
/// Between two times that somebody is told something.
const PAUSE_MS: u64 = 15_000;
/// Folders that are told of at once, and messages of each: nobody reads more.
const FOLDERS: usize = 20;
const MESSAGES: usize = 20;
/// Characters of a sender or a subject, and bytes: a character may be long.
const CHARACTERS: usize = 150;
const BYTES: usize = 1_000;

/// What a command is told about new mail: names of variables and what they say.
pub type Facts = Vec<(&'static str, SafeText)>;

#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub(super) struct Herald {
    bell: bool,
    desktop: Vec<Arrivals>,
    command: Vec<Arrivals>,
    /// A command is at work.
    running: bool,
    due: Option<Moment>,
    last: Option<Moment>,
}

impl Herald {
    pub(super) fn note(&mut self, arrivals: &Arrivals, settings: &Settings, moment: Moment) {
        let notify = &settings.notify;
        let wanted = |on: bool, folders: &[String]| on && folders.iter().any(|folder| names(folder, arrivals));
        let bell = wanted(notify.bell, &notify.bell_folders);
        let desktop = wanted(notify.desktop != crate::config::Desktop::Off, &notify.desktop_folders);
        let command = wanted(!notify.command.trim().is_empty(), &notify.command_folders);
        self.bell |= bell;
        if desktop {
            add(&mut self.desktop, arrivals);
        }
        if command {
            add(&mut self.command, arrivals);
        }
        if (bell || desktop || command) && self.due.is_none() {
            let soon = moment.plus(GATHER_MS);
            self.due = Some(self.last.map_or(soon, |last| soon.max(last.plus(PAUSE_MS))));
        }
    }

    /// For another clock, that begins now: what nobody was told yet is told at once.
    pub(super) fn begun_again(self) -> Self {
        let waits = self.bell || !self.desktop.is_empty() || !self.command.is_empty();
        Self { running: false, due: waits.then_some(Moment(0)), last: None, ..self }
    }

    pub(super) fn next_wake(&self) -> Option<Moment> {
        self.due
    }

    /// Tells whatever is due.
    pub(super) fn tick(&mut self, settings: &Settings, now: Timestamp, moment: Moment) -> Vec<Effect> {
        if self.due.is_none_or(|due| moment < due) {
            return Vec::new();
        }
        self.due = None;
        self.last = Some(moment);
        let notify = &settings.notify;
        let is_quiet = |quiet: Quiet| minute_of_day(now, &settings.zone).is_some_and(|minute| quiet.holds(minute));
        let mut effects = Vec::new();
        if std::mem::take(&mut self.bell) && !is_quiet(notify.bell_quiet) {
            effects.push(Effect::Terminal(TerminalRequest::Bell));
        }
        let desktop = std::mem::take(&mut self.desktop);
        if !desktop.is_empty() && !is_quiet(notify.desktop_quiet) {
            effects.push(Effect::Announce(desktop));
        }
        if is_quiet(notify.command_quiet) {
            self.command.clear();
        }
        effects.extend(self.next_command(settings));
        effects
    }

    /// The command for the next folder, if none is at work.
    fn next_command(&mut self, settings: &Settings) -> Option<Effect> {
        if self.running {
            return None;
        }
        if self.command.is_empty() {
            return None;
        }
        let arrivals = self.command.remove(0);
        // What is no command was said when the program started.
        let Ok(command) = split(&settings.notify.command) else { return None };
        self.running = true;
        Some(Effect::NewMailCommand { command, arrivals })
    }

    /// The command ended. The next folder need not wait.
    pub(super) fn command_ended(&mut self, settings: &Settings) -> Option<Effect> {
        self.running = false;
        // What came while it ran is told at its time.
        if self.due.is_some() { None } else { self.next_command(settings) }
    }
}

/// True if this is a name of the folder: whole, or its last part; `*` is every folder.
fn names(written: &str, arrivals: &Arrivals) -> bool {
    let (written, name) = (written.trim().to_lowercase(), arrivals.name.as_untrusted().to_lowercase());
    let last = arrivals.delimiter.and_then(|delimiter| name.rsplit(delimiter).next()).unwrap_or(&name);
    written == "*" || (written == "inbox" && arrivals.role == Some(Role::Inbox)) || written == name || written == last
}

fn add(waiting: &mut Vec<Arrivals>, arrivals: &Arrivals) {
    let room = waiting.len() < FOLDERS;
    match waiting.iter_mut().find(|known| known.folder == arrivals.folder) {
        Some(known) => merge(known, arrivals),
        None if room => waiting.push(arrivals.clone()),
        None => {}
    }
}

fn merge(known: &mut Arrivals, more: &Arrivals) {
    known.count = known.count.saturating_add(more.count);
    known.newest.splice(0..0, more.newest.iter().cloned());
    known.newest.truncate(MESSAGES);
}

/// By the clock on the wall, whatever it does in summer.
fn minute_of_day(now: Timestamp, zone: &TimeZone) -> Option<u16> {
    let at = jiff::Timestamp::from_second(now.0).ok()?;
    let time = zone.to_datetime(at).time();
    u16::try_from(i32::from(time.hour()) * 60 + i32::from(time.minute())).ok()
}

/// Short enough for a line of a notification, and plain.
pub(crate) fn short(text: &Text) -> SafeText {
    let whole = text.as_untrusted();
    let cut = whole.get(..whole.floor_char_boundary(BYTES)).unwrap_or_default();
    SafeText::beginning(&Text::new(cut), CHARACTERS)
}

/// What the newest of them says of itself; nothing if that is nobody's business.
pub fn facts(arrivals: &Arrivals, account: &SafeText, hide: bool) -> Facts {
    let newest = arrivals.newest.first().filter(|_| !hide);
    let from = newest.map(|mail| match (mail.from.name.is_empty(), mail.from.address.is_empty()) {
        (true, _) => short(&mail.from.address),
        (false, true) => short(&mail.from.name),
        (false, false) => SafeText::of(&format!("{} <{}>", short(&mail.from.name), short(&mail.from.address))),
    });
    vec![
        ("HONGYAN_ACCOUNT", account.clone()),
        ("HONGYAN_FOLDER", short(&arrivals.name)),
        ("HONGYAN_COUNT", SafeText::of(&arrivals.count.to_string())),
        ("HONGYAN_FROM", from.unwrap_or_default()),
        ("HONGYAN_SUBJECT", newest.map(|mail| short(&mail.subject)).unwrap_or_default()),
    ]
}

#[cfg(test)]
mod tests;
