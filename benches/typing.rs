//! What a key costs in a draft of a megabyte, beside the same key in an empty draft: decide, change, draw. `cargo bench
//! --bench typing`

#![expect(clippy::print_stdout, reason = "a benchmark prints")]
#![expect(clippy::unwrap_used, reason = "there is nobody to tell")]

use std::io::{self, Write};
use std::time::Duration;

use hongyan::app::compose::Tidings;
use hongyan::app::{Event, Settings, State, update};
use hongyan::config::theme::{BuiltIn, Theme};
use hongyan::i18n::{Language, Words};
use hongyan::model::{AccountId, Draft, KeyPress, Moment, Timestamp, clock};
use hongyan::term::Canvas;
use hongyan::text::SafeText;
use hongyan::ui::{Look, view};
use ratatui::Terminal;

const SIZE: (u16, u16) = (120, 40);
const MEGABYTE: usize = 1024 * 1024;
const ROUNDS: usize = 3000;

#[derive(Default)]
struct Nowhere;

impl Write for Nowhere {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

struct Stage {
    state: State,
    look: Look,
    screen: Terminal<Canvas<Nowhere>>,
    moment: u64,
}

impl Stage {
    fn new(body: String) -> Self {
        let (state, _) = State::new(Settings::default(), vec![(AccountId(1), SafeText::of("goose@qq.example"))]);
        let look = Look::new(
            &Theme::built_in(BuiltIn::Dark),
            Words::of(Language::ZhCn),
            jiff::tz::TimeZone::fixed(jiff::tz::offset(8)),
        );
        let screen = Terminal::new(Canvas::new(Nowhere, SIZE.0, SIZE.1)).unwrap();
        let mut stage = Self { state, look, screen, moment: 1 };
        stage.send(Event::Resize { columns: SIZE.0, rows: SIZE.1 });
        let draft = Draft { to: "goose@qq.example".into(), subject: "鸿雁".into(), body, ..Draft::default() };
        stage.send(Event::Composed(Tidings::Begin(Box::new(draft))));
        stage.draw();
        stage
    }

    fn send(&mut self, event: Event) {
        drop(update(&mut self.state, event));
    }

    fn draw(&mut self) {
        self.screen.draw(|frame| view(&self.state, &self.look, frame)).unwrap();
    }

    /// A key as the loop takes it: the time, the key, the frame.
    fn key(&mut self, key: &str) -> Duration {
        self.moment += 120;
        let press: KeyPress = key.parse().unwrap();
        let from = clock::instant();
        self.send(Event::Clock { now: Timestamp(1_741_744_800), moment: Moment(self.moment) });
        self.send(Event::Key(press));
        self.draw();
        from.elapsed()
    }
}

fn shown(name: &str, mut times: Vec<Duration>) {
    times.sort();
    let at =
        |share: usize| times.get(times.len() * share / 1000).or(times.last()).map_or(0.0, |t| t.as_secs_f64() * 1e3);
    println!("{name:<44} p50 {:>7.3}  p99 {:>7.3}  worst {:>7.3}", at(500), at(990), at(1000));
}

fn typing(name: &str, body: &str, go: &[&str]) {
    let mut stage = Stage::new(body.to_owned());
    for key in go {
        stage.key(key);
    }
    let keys = ["鸿", "雁", "a", " ", "，", "x", "Backspace", "Left", "Right"];
    let times = (0..ROUNDS).map(|round| stage.key(keys.get(round % keys.len()).unwrap())).collect();
    shown(name, times);
}

fn main() {
    println!("{}x{}, milliseconds from the key to the frame", SIZE.0, SIZE.1);
    let line = "鸿雁在云鱼在水，惆怅此情难寄。 The wild goose is in the clouds.\n";
    let lines = line.repeat(MEGABYTE / line.len());
    let han = "鸿雁在云鱼在水惆怅此情难寄".repeat(MEGABYTE / 39);
    typing("an empty draft (the floor)", "", &[]);
    typing("1 MB of lines, at its beginning", &lines, &["C-Home"]);
    typing("1 MB of lines, in its middle", &lines, &["C-End", "PageUp", "PageUp"]);
    typing("1 MB of lines, at its end", &lines, &["C-End"]);
    typing("one line of 1 MB of Han, at its beginning", &han, &["C-Home"]);
    typing("one line of 1 MB of Han, at its end", &han, &["C-End"]);
    let mut stage = Stage::new(lines.clone());
    let times = (0..200).map(|_| stage.key("Enter")).collect();
    shown("1 MB of lines: Enter at its beginning", times);
    let mut stage = Stage::new(String::new());
    let much = line.repeat(10 * MEGABYTE / line.len());
    let from = clock::instant();
    stage.send(Event::Paste(much));
    stage.draw();
    println!("{:<44} {:>11.1}", "a paste of 10 MB", from.elapsed().as_secs_f64() * 1e3);
}
