//! What a frame costs, and a key, beside the cost of a frame that only fills the screen. `cargo bench --bench frame`

#![expect(clippy::print_stdout, reason = "a benchmark prints")]
#![expect(clippy::unwrap_used, reason = "there is nobody to tell")]

use std::io::{self, Write};
use std::time::Duration;

use hongyan::app::{Effect, Event, Job, Outcome, Settings, State, update};
use hongyan::config::theme::{BuiltIn, Theme};
use hongyan::i18n::{Language, Words};
use hongyan::model::{
    AccountId, Address, Answer, BodyState, Document, Flags, Folder, FolderId, Kind, Listing, MessageId, Moment,
    OrderEntry, PlacementId, Query, Readable, Role, Row, Source, Status, ThreadId, Timestamp, Watch, clock,
};
use hongyan::term::Canvas;
use hongyan::text::SafeText;
use hongyan::ui::{Look, view};
use ratatui::Terminal;
use ratatui::style::Style;

const SIZE: (u16, u16) = (200, 50);
const NOW: Timestamp = Timestamp(1_741_744_800);

/// Counts what is written.
#[derive(Default)]
struct Counter(usize);

impl Write for Counter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 += bytes.len();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn row(placement: PlacementId) -> Row {
    let nth = placement.0;
    let date = Timestamp(NOW.0 - nth * 60);
    Row {
        placement,
        message: MessageId(nth),
        account: AccountId(1),
        folder: FolderId(1),
        uid: None,
        from: Address { name: format!("发件人 {nth}").as_str().into(), address: "s@goose.example".into() },
        to: Address::default(),
        subject: format!("第 {nth} 封邮件的主题，半是中文 and half English words").as_str().into(),
        date,
        arrival: date,
        size: 4096,
        flags: if nth % 4 == 0 { Flags::NONE } else { Flags::SEEN },
        pending: false,
        attachments: nth % 5 == 0,
        body: BodyState::Here,
        only_here: false,
        kind: Kind::default(),
        thread: ThreadId::default(),
        conversation: None,
    }
}

struct Stage {
    state: State,
    rows: i64,
}

impl Stage {
    fn new(rows: i64) -> Self {
        let account = AccountId(1);
        let (state, _) = State::new(Settings::default(), vec![(account, SafeText::of("goose@qq.example"))]);
        let mut stage = Self { state, rows };
        stage.send(Event::Clock { now: NOW, moment: Moment(1) });
        stage.send(Event::Resize { columns: SIZE.0, rows: SIZE.1 });
        let start = stage.state.start();
        stage.perform(start);
        stage.send(Event::Account { id: account, status: Status::UpToDate { at: NOW, watch: Watch::Told } });
        stage
    }

    fn send(&mut self, event: Event) {
        let effects = update(&mut self.state, event);
        self.perform(effects);
    }

    fn press(&mut self, key: &str) {
        self.send(Event::Key(key.parse().unwrap()));
    }

    fn perform(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            match effect {
                Effect::Ask(query) => {
                    let answer = self.answer(query);
                    self.send(Event::Answered(answer));
                }
                Effect::Start { ticket, job: Job::Read { .. } } => {
                    let text = "鸿雁在云鱼在水，惆怅此情难寄。 The wild goose is in the clouds.\n".repeat(80);
                    let readable = Readable { document: Document::plain(text.as_str()), ..Readable::default() };
                    self.send(Event::Finished { ticket, outcome: Outcome::Read(Ok(Box::new(readable))) });
                }
                _ => {}
            }
        }
    }

    fn answer(&self, query: Query) -> Answer {
        match query {
            Query::Folders => Answer::Folders(vec![Folder {
                id: FolderId(1),
                account: AccountId(1),
                name: "INBOX".into(),
                delimiter: Some('/'),
                role: Some(Role::Inbox),
                selectable: true,
                total: self.rows.unsigned_abs(),
                unread: 12,
                on_server: self.rows.unsigned_abs(),
            }]),
            Query::Order(listing) => {
                let entry = |nth| OrderEntry { placement: PlacementId(nth), arrival: Timestamp(NOW.0 - nth * 60) };
                Answer::Order { listing, order: (0..self.rows).map(entry).collect(), knots: Vec::new() }
            }
            Query::Rows { source, placements, .. } => {
                Answer::Rows { source, rows: placements.into_iter().map(row).collect() }
            }
            Query::Drafts => Answer::Drafts(Vec::new()),
            Query::Draft(id) => Answer::Draft { id, draft: None },
            Query::Outbox => Answer::Outbox(Vec::new()),
            Query::Needs => Answer::Needs(Vec::new()),
            Query::People { typed, .. } => Answer::People { typed, people: Vec::new() },
        }
    }
}

fn median(mut times: Vec<Duration>) -> f64 {
    times.sort();
    times.get(times.len() / 2).map_or(0.0, |time| time.as_secs_f64() * 1e6)
}

fn timed(rounds: usize, mut work: impl FnMut(usize)) -> f64 {
    let times = (0..rounds).map(|round| {
        let from = clock::instant();
        work(round);
        from.elapsed()
    });
    median(times.collect())
}

fn main() {
    let look = Look::new(
        &Theme::built_in(BuiltIn::Dark),
        Words::of(Language::ZhCn),
        jiff::tz::TimeZone::fixed(jiff::tz::offset(8)),
    );
    let terminal = || Terminal::new(Canvas::new(Counter::default(), SIZE.0, SIZE.1)).unwrap();

    let line = "x".repeat(usize::from(SIZE.0));
    let mut plain = terminal();
    let floor = timed(2000, |_| {
        plain
            .draw(|frame| {
                for y in 0..SIZE.1 {
                    frame.buffer_mut().set_string(0, y, &line, Style::new());
                }
            })
            .unwrap();
    });
    println!("{}x{}, medians in µs", SIZE.0, SIZE.1);
    println!("{:>10} {floor:>9.1}  a frame that fills the screen with the same letter", "floor");

    for rows in [100_000, 1_000_000] {
        let mut stage = Stage::new(rows);
        stage.press("G");
        stage.press("g");
        let mut screen = terminal();
        let mut draw = |stage: &Stage| {
            screen.draw(|frame| view(&stage.state, &look, frame)).unwrap();
            screen.backend().writer().0
        };
        draw(&stage);
        let still = timed(2000, |_| {
            draw(&stage);
        });
        let step = timed(2000, |_| {
            stage.press("j");
            draw(&stage);
        });
        let page = timed(500, |_| {
            stage.press("PageDown");
            draw(&stage);
        });
        stage.press("g");
        let before = draw(&stage);
        stage.press("j");
        let after_step = draw(&stage);
        stage.press("PageDown");
        let after_page = draw(&stage);
        let order = timed(20, |_| {
            let order = stage.answer(Query::Order(Box::new(Listing::flat(Source::Folder(FolderId(1))))));
            stage.send(Event::Answered(order));
        });
        println!("{rows:>10} {still:>9.1}  a frame in which nothing changed ({:.2}× the floor)", still / floor);
        println!("{:>10} {step:>9.1}  j: decide, answer, decode nothing, lay out the preview, draw", "");
        println!("{:>10} {page:>9.1}  PageDown, the same", "");
        println!("{:>10} {order:>9.1}  a new order (made and taken in)", "");
        println!(
            "{:>10} {:>9}  bytes for j, {} for PageDown, previews included",
            "",
            after_step - before,
            after_page - after_step
        );
    }
}
