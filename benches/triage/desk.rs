//! The loop without a terminal: it takes keys and answers, lets the core decide, and draws as the real one does.

#![allow(clippy::unwrap_used, reason = "a benchmark ends at the first fault")]

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use hongyan::app::{Effect, Event, Job, Outcome, Settings, State, update};
use hongyan::config::theme::{BuiltIn, Theme};
use hongyan::i18n::{Language, Words};
use hongyan::model::{AccountId, Answer, Changed, Document, Intent, Moment, Readable, Status, Timestamp, Watch, clock};
use hongyan::store::{MailWriter, OwnWriter, ReaderThread, Store};
use hongyan::term::Canvas;
use hongyan::text::SafeText;
use hongyan::ui::{Look, view};
use ratatui::Terminal;
use tokio::runtime::Runtime;

use crate::{NEWEST, SIZE};

/// As in the loop: what a key waits for the answers to its questions, between two frames, between two new orders.
const PATIENCE: Duration = Duration::from_millis(4);
const BETWEEN_FRAMES: Duration = Duration::from_millis(16);
const ROUND: Duration = Duration::from_millis(100);

pub(crate) struct Nowhere;

impl Write for Nowhere {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

pub(crate) enum Input {
    Key(&'static str, Instant),
    Event(Event),
    Answer(Answer),
    Changed(Changed),
    /// What a key asked for, pressed then, is on the disk.
    Durable(Instant),
}

/// What is to be written down, and when the key was pressed.
pub(crate) enum Wish {
    Do(Intent, Instant),
    Undo(Instant),
}

/// The loop without a terminal: keys and answers come in by one channel, and it draws as the loop does.
pub(crate) struct Desk {
    pub(crate) state: State,
    look: Look,
    screen: Terminal<Canvas<Nowhere>>,
    reader: ReaderThread,
    wishes: tokio::sync::mpsc::UnboundedSender<Wish>,
    inbox: mpsc::Receiver<Input>,
    send: mpsc::Sender<Input>,
    asked: usize,
    /// What is on its way to the disk.
    wished: usize,
    waiting: Vec<Changed>,
    round: Instant,
    began: Instant,
    drawn: Instant,
    pressed: Vec<(&'static str, Instant)>,
    pub(crate) frames: BTreeMap<&'static str, Vec<Duration>>,
    pub(crate) durable: Vec<Duration>,
    key_at: Instant,
}

pub(crate) fn look() -> Look {
    let zone = jiff::tz::TimeZone::fixed(jiff::tz::offset(8));
    Look::new(&Theme::built_in(BuiltIn::Dark), Words::of(Language::ZhCn), zone)
}

pub(crate) fn terminal() -> Terminal<Canvas<Nowhere>> {
    Terminal::new(Canvas::new(Nowhere, SIZE.0, SIZE.1)).unwrap()
}

pub(crate) fn state(account: AccountId, threads: bool) -> State {
    let settings = Settings { threads, mark_read_after_ms: None, ..Settings::default() };
    State::new(settings, vec![(account, SafeText::of("me@example.com"))]).0
}

fn read() -> Outcome {
    let text = "鸿雁在云鱼在水，惆怅此情难寄。 The wild goose is in the clouds.\n".repeat(80);
    Outcome::Read(Ok(Box::new(Readable { document: Document::plain(text.as_str()), ..Readable::default() })))
}

async fn record(
    own: OwnWriter,
    mail: MailWriter,
    mut wishes: tokio::sync::mpsc::UnboundedReceiver<Wish>,
    done: mpsc::Sender<Input>,
) {
    while let Some(wish) = wishes.recv().await {
        let (event, pressed) = match wish {
            Wish::Do(intent, pressed) => {
                let mut recorded = Store::record_all(&own, &mail, &[(intent.clone(), Some(clock::now()))]).await;
                let result = recorded.results.pop().unwrap().map_err(|error| error.failure());
                (Event::Recorded { intent, result }, pressed)
            }
            Wish::Undo(pressed) => {
                let undone = Store::undo(&own, &mail, clock::now()).await.map_err(|error| error.failure());
                (Event::Undone(undone.map(|(deed, _)| deed)), pressed)
            }
        };
        if done.send(Input::Durable(pressed)).and_then(|()| done.send(Input::Event(event))).is_err() {
            return;
        }
    }
}

impl Desk {
    pub(crate) fn new(
        runtime: &Runtime,
        store: &Store,
        threads: bool,
        (send, inbox): (mpsc::Sender<Input>, mpsc::Receiver<Input>),
    ) -> Self {
        let account = store.accounts.first().unwrap().0;
        let (answers, done) = (send.clone(), send.clone());
        let answer = move |answer| _ = answers.send(Input::Answer(answer));
        let reader = ReaderThread::start(store.reader().unwrap(), answer).unwrap();
        let (wishes, waiting) = tokio::sync::mpsc::unbounded_channel();
        runtime.spawn(record(store.own.clone(), store.mail.clone(), waiting, done));
        let now = clock::instant();
        let mut desk = Self {
            state: state(account, threads),
            look: look(),
            screen: terminal(),
            reader,
            wishes,
            inbox,
            send,
            asked: 0,
            wished: 0,
            waiting: Vec::new(),
            round: now,
            began: now,
            drawn: now,
            pressed: Vec::new(),
            frames: BTreeMap::new(),
            durable: Vec::new(),
            key_at: now,
        };
        desk.happen(Event::Resize { columns: SIZE.0, rows: SIZE.1 });
        desk.tick();
        let start = desk.state.start();
        desk.perform(start);
        desk.happen(Event::Account {
            id: account,
            status: Status::UpToDate { at: Timestamp(NEWEST), watch: Watch::Told },
        });
        desk.quiet();
        desk
    }

    fn tick(&mut self) {
        let moment = Moment(u64::try_from(self.began.elapsed().as_millis()).unwrap());
        self.happen(Event::Clock { now: Timestamp(NEWEST), moment });
    }

    fn happen(&mut self, event: Event) {
        let effects = update(&mut self.state, event);
        self.perform(effects);
    }

    fn perform(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            self.wished += usize::from(matches!(effect, Effect::Record(_) | Effect::Undo));
            match effect {
                Effect::Ask(query) => {
                    self.asked += 1;
                    self.reader.ask(query);
                }
                Effect::Record(intent) => drop(self.wishes.send(Wish::Do(intent, self.key_at))),
                Effect::Undo => drop(self.wishes.send(Wish::Undo(self.key_at))),
                Effect::Start { ticket, job: Job::Read { .. } } => {
                    self.happen(Event::Finished { ticket, outcome: read() });
                }
                _ => {}
            }
        }
    }

    fn take(&mut self, input: Input) {
        match input {
            Input::Key(key, at) => {
                self.key_at = at;
                self.pressed.push((key, at));
                self.tick();
                self.happen(Event::Key(key.parse().unwrap()));
            }
            Input::Event(event) => self.happen(event),
            Input::Answer(answer) => {
                self.asked = self.asked.saturating_sub(1);
                self.happen(Event::Answered(answer));
            }
            Input::Changed(changed) if self.waiting.contains(&changed) => {}
            Input::Changed(changed) => self.waiting.push(changed),
            Input::Durable(pressed) => {
                self.wished = self.wished.saturating_sub(1);
                self.durable.push(pressed.elapsed());
            }
        }
    }

    /// One turn of the loop. False: nothing happened for a while.
    fn turn(&mut self) -> bool {
        let Ok(first) = self.inbox.recv_timeout(BETWEEN_FRAMES) else {
            self.tick();
            self.pass_on();
            self.draw();
            return false;
        };
        self.take(first);
        while let Ok(more) = self.inbox.try_recv() {
            self.take(more);
        }
        self.pass_on();
        let until = clock::instant() + PATIENCE;
        while !self.pressed.is_empty() && self.asked > 0 {
            let left = until.saturating_duration_since(clock::instant());
            let Ok(input) = self.inbox.recv_timeout(left) else { break };
            self.take(input);
        }
        if !self.pressed.is_empty() || self.drawn.elapsed() >= BETWEEN_FRAMES {
            self.draw();
        }
        true
    }

    fn pass_on(&mut self) {
        if self.round.elapsed() >= ROUND && !self.waiting.is_empty() {
            self.round = clock::instant();
            for changed in std::mem::take(&mut self.waiting) {
                self.happen(Event::Changed(changed));
            }
        }
    }

    fn draw(&mut self) {
        self.screen.draw(|frame| view(&self.state, &self.look, frame)).unwrap();
        self.drawn = clock::instant();
        for (key, at) in self.pressed.drain(..) {
            self.frames.entry(key).or_default().push(self.drawn.duration_since(at));
        }
    }

    /// Until everything that is under way has come.
    pub(crate) fn quiet(&mut self) {
        let mut still = 0;
        while still < 8 {
            let idle = !self.turn() && self.asked + self.wished == 0 && self.waiting.is_empty();
            still = if idle { still + 1 } else { 0 };
        }
    }

    /// Somebody types: one key after the other, so far apart.
    pub(crate) fn typed(&mut self, keys: &'static [&'static str], count: usize, apart: Duration) {
        (self.frames, self.durable) = (BTreeMap::new(), Vec::new());
        let send = self.send.clone();
        let typist = thread::spawn(move || {
            for key in keys.iter().cycle().take(count) {
                send.send(Input::Key(key, clock::instant())).unwrap();
                thread::sleep(apart);
            }
        });
        while !typist.is_finished() {
            self.turn();
        }
        typist.join().unwrap();
    }

    /// One key, and what it leads to: until the frame, until it is durable, until all of it is shown.
    pub(crate) fn one(&mut self, key: &'static str) -> (Duration, Duration, Duration) {
        (self.frames, self.durable) = (BTreeMap::new(), Vec::new());
        let at = clock::instant();
        self.send.send(Input::Key(key, at)).unwrap();
        let mut shown = Duration::ZERO;
        let mut still = 0;
        while still < 8 {
            if self.turn() || self.asked + self.wished > 0 || !self.waiting.is_empty() {
                (still, shown) = (0, at.elapsed());
            } else {
                still += 1;
            }
        }
        let frame = self.frames.get(key).and_then(|times| times.first()).copied().unwrap_or_default();
        (frame, self.durable.first().copied().unwrap_or_default(), shown)
    }
}
