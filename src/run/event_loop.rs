//! The loop: take everything that happened, let the core decide, perform what it wants, draw once.

mod doing;
mod early;
mod ending;
mod entering;
mod leaving;
mod lending;
mod telling;
mod triage;
mod writing;

use std::io;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::timeout;

use super::Ended;
use super::account::Running;
use super::attached::Attached;
use super::bodies::{Ask, Desk};
use super::finding::Finding;
use super::form::Reception;
use super::inbox::Input;
use super::outside::Outside;
use super::pace::Pace;
use super::record::Wish;
use super::screen::Screen;
use super::signals::Signal;
use super::writing::{Edited, Writing};
use crate::app::{Effect, Event, Job, Notice, SetUp, State, TerminalRequest, update};
use crate::model::{Changed, Failure, FailureKind, Moment, Secret, Status, clock};
use crate::net::Recorder;
use crate::store::{OwnWriter, ReaderThread, mark_mail_broken};
use crate::sync::{Order, Report};
use crate::term;
use crate::text::SafeText;
use crate::ui::{self, Look};
use early::needs_accounts;
pub(super) use leaving::{Left, LeftOver};
pub(super) use telling::ShownBy;

/// After a key the loop waits this long for the reader, so that one frame shows key and answer together.
const PATIENCE: Duration = Duration::from_millis(4);
/// At the start there is nothing to show without the answers.
const FIRST_PATIENCE: Duration = Duration::from_millis(100);
/// Frames that nobody pressed a key for keep this distance.
const BETWEEN_FRAMES: Duration = Duration::from_millis(16);
/// How long quitting waits for connections to say goodbye.
const GOODBYE: Duration = Duration::from_millis(400);

/// What effects need besides the accounts.
#[derive(Debug)]
pub(super) struct Hands {
    pub(super) reader: ReaderThread,
    pub(super) finding: Finding,
    /// `None` where nothing may be changed.
    pub(super) to_record: Option<mpsc::UnboundedSender<Wish>>,
    /// `None` where nothing may be changed.
    pub(super) own: Option<OwnWriter>,
    /// The way into the loop itself, for what breaks elsewhere.
    pub(super) tell: mpsc::UnboundedSender<Input>,
    /// The profile, if it is ours: where to note that it must be mended.
    pub(super) profile: Option<PathBuf>,
    /// Who knows what is said on the connections; `None` where there are none.
    pub(super) recorder: Option<Recorder>,
    /// Other programs and the file system.
    pub(super) outside: Outside,
    /// Who shows notifications.
    pub(super) shown_by: ShownBy,
    /// What is written.
    pub(super) writing: Writing,
    /// How accounts are added and secrets changed; `None` where that makes no sense.
    pub(super) reception: Option<Reception>,
}

/// What is there after the first frame.
#[derive(Debug)]
pub(super) struct Begun {
    pub(super) running: Vec<Running>,
    pub(super) desk: Desk,
    /// `None` where commands cannot hand over their work.
    pub(super) attached: Option<Attached>,
    /// Looks out for sleep and other networks, and makes old rows anew, until this is dropped.
    pub(super) lookout: JoinSet<()>,
}

pub(super) struct EventLoop {
    state: State,
    look: Look,
    inbox: mpsc::UnboundedReceiver<Input>,
    hands: Hands,
    screen: Screen,
    began: Instant,
    pace: Pace,
    /// Questions that the reader has not answered yet.
    asked: usize,
    title: SafeText,
    running: Vec<Running>,
    desk: Option<Desk>,
    attached: Option<Attached>,
    /// Effects that came before there was anybody to perform them.
    early: Vec<Effect>,
    /// What somebody shall be asked for, on the whole screen.
    asked_for: Option<SetUp>,
    /// What the terminal is to be lent for, and for what it is lent.
    to_lend: Option<Edited>,
    lent_for: Option<Edited>,
    quit: bool,
    /// There is another account now, or the profile is free: all of this begins again.
    again: bool,
    /// Who had the profile has it no more.
    free: bool,
    /// Secrets that were entered meanwhile, by the name of the account.
    typed: Vec<(String, Secret)>,
}

impl EventLoop {
    pub(super) fn new(
        state: State,
        look: Look,
        inbox: mpsc::UnboundedReceiver<Input>,
        hands: Hands,
        screen: Option<Screen>,
    ) -> Result<Self, Ended> {
        let tell = hands.tell.clone();
        term::restore_on_panic(move |thread, said| {
            let failure = Failure::lasting(FailureKind::Internal, thread, said);
            let _ = tell.send(Input::Event(Event::Notice(Notice::Failed(failure))));
        });
        let screen = match screen {
            Some(screen) => screen,
            None => Screen::take(state.has_mouse())?,
        };
        Ok(Self {
            state,
            look,
            inbox,
            hands,
            screen,
            began: clock::instant(),
            pace: Pace::default(),
            asked: 0,
            title: SafeText::default(),
            running: Vec::new(),
            desk: None,
            attached: None,
            early: Vec::new(),
            asked_for: None,
            to_lend: None,
            lent_for: None,
            quit: false,
            again: false,
            free: false,
            typed: Vec::new(),
        })
    }

    /// `begin` starts the accounts, after the first frame.
    pub(super) async fn run(
        mut self,
        notices: Vec<Event>,
        begin: impl FnOnce() -> io::Result<Begun>,
    ) -> Result<Left, Ended> {
        let (columns, rows) = term::size();
        self.tick()?;
        self.happen(Event::Resize { columns, rows })?;
        for effect in self.state.start() {
            self.perform(effect)?;
        }
        for notice in notices {
            self.happen(notice)?;
        }
        self.settle(FIRST_PATIENCE).await?;
        self.draw()?;
        let Begun { running, desk, attached, lookout: _lookout } = begin()?;
        (self.running, self.desk, self.attached) = (running, Some(desk), attached);
        for effect in std::mem::take(&mut self.early) {
            self.perform(effect)?;
        }
        if !self.state.accounts().is_empty() {
            self.happen(Event::Changed(Changed::Outbox))?;
            self.happen(Event::Changed(Changed::Needs))?;
        }
        let outcome = self.turn().await;
        self.finish().await;
        for account in &self.running {
            let _ = account.line.orders.send(Order::Stop);
        }
        self.ask(Ask::End);
        let last_words = self.last_words();
        // The screen goes first: whoever quits does not wait for servers.
        let Self { mut state, mut inbox, screen, mut running, attached, again, typed, .. } = self;
        let screen = again.then_some(screen);
        for words in last_words {
            crate::cli::aside(words.as_str());
        }
        drop(attached);
        let goodbye = futures_util::future::join_all(running.iter_mut().map(|account| account.task.join_next()));
        let _ = timeout(GOODBYE, goodbye).await;
        // Who has not ended by now is ended here, and lets go of the store.
        drop(running);
        outcome.map(|()| match screen {
            Some(screen) => {
                let left_over = LeftOver::of(&mut state, &mut inbox);
                Left::Again { screen: Box::new(screen), typed, left_over: Box::new(left_over) }
            }
            None => Left::Quit,
        })
    }

    async fn turn(&mut self) -> Result<(), Ended> {
        let mut drawn = clock::instant();
        let mut dirty = false;
        while !self.quit {
            let wake = self.wake(dirty.then(|| drawn + BETWEEN_FRAMES));
            let pressed = tokio::select! {
                biased;
                event = self.screen.keys.recv() => match event {
                    Some(event) => {
                        self.tick()?;
                        self.happen(event)?;
                        true
                    }
                    // The terminal is gone.
                    None => return Ok(()),
                },
                signal = self.screen.signals.next() => {
                    self.tick()?;
                    self.signalled(signal)?;
                    true
                }
                input = self.inbox.recv() => {
                    self.tick()?;
                    match input {
                        Some(input) => self.take(input)?,
                        None => return Ok(()),
                    }
                    false
                }
                () = sleep_until(wake) => {
                    self.tick()?;
                    false
                }
            };
            self.drain()?;
            self.pass_on_changes()?;
            if let Some(wanted) = self.asked_for.take() {
                self.set_up(wanted).await?;
            }
            if let Some(edited) = self.to_lend.take() {
                self.lend(edited).await?;
            }
            self.take_over();
            dirty = true;
            if pressed && self.asked > 0 {
                self.settle(PATIENCE).await?;
            }
            let now = clock::instant();
            if pressed || now.duration_since(drawn) >= BETWEEN_FRAMES {
                self.draw()?;
                drawn = now;
                dirty = false;
            }
        }
        Ok(())
    }

    /// Everything that waits already.
    fn drain(&mut self) -> Result<(), Ended> {
        // Bounded, so that a flood from the network never keeps a frame back.
        for _ in 0..1_000 {
            // What is typed from here on is meant for the form.
            if self.quit || self.asked_for.is_some() || self.to_lend.is_some() {
                return Ok(());
            }
            if let Ok(event) = self.screen.keys.try_recv() {
                self.happen(event)?;
            } else if let Ok(input) = self.inbox.try_recv() {
                self.take(input)?;
            } else {
                return Ok(());
            }
        }
        Ok(())
    }

    /// Waits for the answers to what was asked, but not longer than `at_most`.
    async fn settle(&mut self, at_most: Duration) -> Result<(), Ended> {
        let until = tokio::time::Instant::now() + at_most;
        while self.asked > 0 {
            match tokio::time::timeout_at(until, self.inbox.recv()).await {
                Ok(Some(input)) => self.take(input)?,
                Ok(None) | Err(_) => break,
            }
        }
        Ok(())
    }

    /// When to go on even if nothing happens.
    fn wake(&self, frame: Option<Instant>) -> Option<Instant> {
        let core = self.state.next_wake().map(|moment| self.began + Duration::from_millis(moment.0));
        [core, frame, self.pace.next()].into_iter().flatten().min()
    }

    fn take(&mut self, input: Input) -> Result<(), Ended> {
        // At the next start mail.db is set aside then. Should it have been own.db, that is looked at at every start.
        if input.is_damage()
            && let Some(profile) = self.hands.profile.take()
        {
            mark_mail_broken(&profile);
        }
        match input {
            Input::Answer(answer) => {
                self.asked = self.asked.saturating_sub(1);
                self.happen(Event::Answered(answer))
            }
            Input::Event(event) => self.happen(event),
            Input::Changed(changed) => {
                self.pace.note(changed);
                Ok(())
            }
            Input::Report(Report::Status(id, status)) => {
                if let Status::Offline { failure, .. } = &status
                    && failure.kind == FailureKind::Damaged
                {
                    self.happen(Event::Notice(Notice::Failed(failure.clone())))?;
                }
                self.happen(Event::Account { id, status })
            }
            Input::Report(Report::Refused(_, failure)) => self.happen(Event::Notice(Notice::Failed(failure))),
            Input::Report(Report::Arrived(arrivals)) => self.happen(Event::Arrived(arrivals)),
            Input::Letter(letter) => self.letter_came(&letter),
            Input::ProgramOver => self.program_over(),
            Input::NotShown { title, body, late } => self.not_shown(title, body, late),
            Input::Ordered(ordered) => {
                for event in self.hands.writing.begun(&ordered) {
                    self.happen(event)?;
                }
                Ok(())
            }
            Input::Free => {
                self.free = true;
                Ok(())
            }
        }
    }

    fn pass_on_changes(&mut self) -> Result<(), Ended> {
        for changed in self.pace.due(clock::instant()) {
            self.happen(Event::Changed(changed))?;
        }
        Ok(())
    }

    fn tick(&mut self) -> Result<(), Ended> {
        let elapsed = u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.happen(Event::Clock { now: clock::now(), moment: Moment(elapsed) })
    }

    fn happen(&mut self, event: Event) -> Result<(), Ended> {
        if let Event::Resize { columns, rows } = event {
            self.screen.resize(columns, rows)?;
        }
        for effect in update(&mut self.state, event) {
            self.perform(effect)?;
        }
        Ok(())
    }

    fn perform(&mut self, effect: Effect) -> Result<(), Ended> {
        if self.desk.is_none() && needs_accounts(&effect) {
            self.early.push(effect);
            return Ok(());
        }
        match effect {
            // Nobody waits for what is found: it comes when it comes.
            Effect::Ask(query) if self.hands.finding.ask(&query) => {}
            Effect::Ask(query) => {
                self.asked += 1;
                self.hands.reader.ask(query);
            }
            Effect::Record(intent) => self.wish(Wish::Do(intent))?,
            Effect::Note(intent) => self.wish(Wish::Note(intent))?,
            Effect::Undo => self.wish(Wish::Undo)?,
            Effect::Settle { needs, how } => self.wish(Wish::Settle { needs, how })?,
            Effect::Folder(deed) => self.folder_deed(deed),
            Effect::Told { account, role } => self.told(account, role),
            Effect::Terminal(request) => self.request(&request)?,
            Effect::SetUp(wanted) => self.asked_for = Some(wanted),
            Effect::Quit => self.quit = true,
            Effect::Wake(account) => {
                for running in self.running.iter().filter(|running| running.line.id == account) {
                    running.line.try_again();
                }
            }
            Effect::Focus { folders } => {
                for running in &self.running {
                    // One that is nowhere in an account takes its attention off what was looked at before.
                    let its = folders.iter().find(|(account, _)| *account == running.line.id).or(folders.first());
                    if let Some((_, folder)) = its {
                        let _ = running.line.orders.send(Order::Focus(*folder));
                    }
                }
            }
            Effect::Start { ticket, job } => match job {
                Job::Read { placement, message, how } => self.ask(Ask::Read { ticket, placement, message, how }),
                Job::Files { placement: _, message, inside, files, deed } => {
                    self.ask(Ask::Files { ticket, message, inside, files, deed });
                }
                Job::Browse(address) => self.hands.outside.browse(ticket, &address),
                Job::Unsubscribe { account, address } => {
                    self.hands.outside.unsubscribe(ticket, account.as_str(), &address);
                }
                Job::Copy { text, shown, is_told } => self.hands.outside.copy(ticket, text, shown, is_told),
                Job::Pipe { text, command } => self.hands.outside.pipe(ticket, &text, command),
            },
            Effect::Choose { sender, charset } => self.ask(Ask::Choose { sender, charset }),
            Effect::Mute { thread, mute } => self.ask(Ask::Mute { thread, mute }),
            Effect::Cancel(ticket) => self.ask(Ask::Cancel(ticket)),
            Effect::Near { placements } => self.ask(Ask::Ahead(placements)),
            Effect::Overhear(listen) => self.overhear(listen),
            Effect::Announce(arrivals) => self.announce(&arrivals)?,
            Effect::NewMailCommand { command, arrivals } => self.new_mail_command(command, &arrivals),
            Effect::NoMoreHints(account) => self.no_more_hints(account),
            Effect::Compose(errand) => self.errand(errand)?,
        }
        Ok(())
    }

    fn ask(&self, ask: Ask) {
        if let Some(desk) = &self.desk {
            desk.ask(ask);
        }
    }

    fn overhear(&self, listen: bool) {
        let Some(recorder) = &self.hands.recorder else { return };
        if !listen {
            recorder.unwatch();
            return;
        }
        let tell = self.hands.tell.clone();
        let mut first = true;
        recorder.watch(move |lines| {
            let event = Event::Overheard { first: std::mem::take(&mut first), lines };
            tell.send(Input::Event(event)).is_ok()
        });
    }

    fn request(&mut self, request: &TerminalRequest) -> Result<(), Ended> {
        if self.screen.perform(request)? {
            let (columns, rows) = term::size();
            self.happen(Event::Resize { columns, rows })?;
        }
        Ok(())
    }

    fn signalled(&mut self, signal: Signal) -> Result<(), Ended> {
        match signal {
            Signal::End => {
                self.screen.want_back();
                self.quit = true;
                Ok(())
            }
            // Whoever has the terminal has its keys too; who stops it stops us.
            Signal::Stop if self.screen.is_lent() => Ok(()),
            Signal::Stop => self.request(&TerminalRequest::Suspend),
            Signal::Resized => {
                let (columns, rows) = term::size();
                self.happen(Event::Resize { columns, rows })
            }
        }
    }

    fn draw(&mut self) -> Result<(), Ended> {
        if self.screen.is_lent() {
            return Ok(());
        }
        let Self { state, look, screen, .. } = self;
        screen.terminal.draw(|frame| ui::view(state, look, frame))?;
        let title = ui::title(&self.state, self.look.words());
        if title != self.title {
            self.screen.perform(&TerminalRequest::Title(title.clone()))?;
            self.title = title;
        }
        Ok(())
    }
}

async fn sleep_until(wake: Option<Instant>) {
    match wake {
        Some(wake) => tokio::time::sleep_until(wake.into()).await,
        None => std::future::pending().await,
    }
}
