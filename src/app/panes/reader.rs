//! The message beside the list. While the cursor only rests on a row, this is a preview; when the pane has the keys,
//! the message is open.

mod looking;
mod search;

use super::page::{Page, PageLine, Place};
use crate::app::How;
use crate::model::{
    Auth, BodySource, BodyState, Card, Failure, Hop, MessageId, Moment, PartId, PlacementId, Readable, Row, Ticket,
    Unsubscribe, Verdict,
};
use crate::text::{SafeText, Text};
use search::Search;

/// How long the message before stays on the screen while the next one is fetched.
const PATIENCE_MS: u64 = 120;
/// How long a key must have rested before a job that is under way is given up for a newer one.
const REST_MS: u64 = 60;
/// What is larger and not here yet is not fetched for a look: while it comes, nothing else does.
const LOOKED_AT: u64 = 1024 * 1024;

/// What the pane shows of its message.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub enum Content {
    #[default]
    Nothing,
    /// It is being fetched; what the list knows of it is shown meanwhile.
    Waiting(Box<Row>),
    Ready,
    Failed(Box<Row>, Failure),
    /// So large that it is fetched when it is opened, and not because the cursor passes by.
    HeldBack(Box<Row>),
}

#[derive(Clone, PartialEq, Eq, Debug)]
struct Wanted {
    row: Box<Row>,
    since: Moment,
    how: How,
}

#[derive(Clone, PartialEq, Eq, Debug)]
struct Running {
    ticket: Ticket,
    message: MessageId,
}

/// What came of a job.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Arrived {
    Message(Box<Readable>),
    Headers { route: Vec<Hop>, fields: Vec<(Text, Text)> },
    Source(Text),
}

/// What is known of the message that is shown, besides its page.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
struct Facts {
    sender: Option<Text>,
    message_id: Text,
    unsubscribe: Option<Unsubscribe>,
    charset: &'static str,
    source: BodySource,
    other: Option<BodySource>,
    badge: Option<bool>,
    files: Vec<FileLine>,
}

/// A file that belongs to the message.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FileLine {
    /// Which part it is; `None` if it lies on the web.
    pub part: Option<PartId>,
    pub raw_name: Text,
    pub name: SafeText,
    /// `image/png`, or who keeps it.
    pub kind: SafeText,
    pub raw_kind: Text,
    pub truly: Option<&'static str>,
    pub size: u64,
    /// What the message says of one that lies on the web: its size, and until when.
    pub said: SafeText,
    pub url: Text,
}

/// More files than this are not listed.
const MOST_FILES: usize = 1_000;

impl Facts {
    fn of(readable: &Readable, badge: Option<bool>) -> Self {
        let clipped = |text: &Text| SafeText::beginning(text, 300);
        let parts = readable.attachments.iter().filter(|part| !part.inline).map(|part| FileLine {
            part: Some(part.part),
            raw_name: part.name.clone(),
            name: clipped(&part.name),
            kind: clipped(&part.kind),
            raw_kind: part.kind.clone(),
            truly: part.truly,
            size: part.size,
            said: SafeText::default(),
            url: Text::default(),
        });
        let is_listed = |part: PartId| readable.attachments.iter().any(|listed| listed.part == part && !listed.inline);
        let cards = readable.cards.iter().filter_map(|card| match card {
            Card::Message { part, .. } if is_listed(*part) => None,
            Card::Message { part, subject, .. } => Some(FileLine {
                part: Some(*part),
                raw_name: Text::new(format!("{}.eml", subject.as_untrusted())),
                name: SafeText::of(&format!("{}.eml", clipped(subject))),
                kind: SafeText::of("message/rfc822"),
                raw_kind: "message/rfc822".into(),
                truly: None,
                size: 0,
                said: SafeText::default(),
                url: Text::default(),
            }),
            Card::Cloud(cloud) => Some(FileLine {
                part: None,
                raw_name: cloud.name.clone(),
                name: clipped(&cloud.name),
                kind: SafeText::of(cloud.keeper),
                raw_kind: Text::default(),
                truly: None,
                size: 0,
                said: SafeText::of(format!("{} {}", clipped(&cloud.size), clipped(&cloud.until)).trim()),
                url: cloud.url.clone(),
            }),
            Card::Delivery(_) | Card::Invitation(_) => None,
        });
        let files = parts.chain(cards).take(MOST_FILES).collect();
        let Readable { charset, source, other, .. } = readable;
        let sender = readable.from.first().map(|from| from.address.clone());
        let message_id = readable.message_id.clone();
        let unsubscribe = readable.unsubscribe.clone().map(|found| {
            // Whoever only claims to be the list must not learn who clicks.
            let is_doubtful =
                |auth: &Auth| matches!(auth.dkim, Verdict::Fail | Verdict::Unclear) || auth.dmarc == Verdict::Fail;
            let one_click = found.one_click && !readable.auth.as_ref().is_some_and(is_doubtful);
            Unsubscribe { one_click, ..found }
        });
        Self { sender, message_id, unsubscribe, charset, source: *source, other: *other, badge, files }
    }
}

#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct ReaderPane {
    content: Content,
    placement: Option<PlacementId>,
    message: Option<MessageId>,
    page: Option<Page>,
    place: Place,
    columns: usize,
    rows: usize,
    lines: Vec<PageLine>,
    at_end: bool,
    wanted: Option<Wanted>,
    running: Option<Running>,
    how: How,
    facts: Facts,
    search: Option<Search>,
    /// The page was not there when it was searched in; kept until the cursor leaves the message.
    words: String,
}

/// What the pane wants of the loop.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Wish {
    Start { placement: PlacementId, message: MessageId, how: How },
    Cancel(Ticket),
}

impl ReaderPane {
    pub fn content(&self) -> &Content {
        &self.content
    }

    /// The lines in view.
    pub fn lines(&self) -> &[PageLine] {
        &self.lines
    }

    /// In which way it is shown.
    pub fn how(&self) -> How {
        self.how
    }

    /// How the bytes of the text were read.
    pub fn charset(&self) -> &'static str {
        self.facts.charset
    }

    /// The address of whoever wrote it.
    pub(crate) fn sender(&self) -> Option<&Text> {
        self.facts.sender.as_ref()
    }

    /// What the own provider found out about the sender.
    pub fn badge(&self) -> Option<bool> {
        self.facts.badge
    }

    /// Files in the message and beside it.
    pub fn files(&self) -> &[FileLine] {
        &self.facts.files
    }

    /// The form that is shown, and the other one, if there is one.
    pub(crate) fn forms(&self) -> (BodySource, Option<BodySource>) {
        (self.facts.source, self.facts.other)
    }

    /// True if the page is laid out as on a wide screen.
    pub fn is_drawn(&self) -> bool {
        self.facts.source == BodySource::Drawn
    }

    /// How the list is left, as far as the message is to be believed.
    pub(crate) fn unsubscribe(&self) -> Option<&Unsubscribe> {
        self.facts.unsubscribe.as_ref().filter(|_| self.content == Content::Ready)
    }

    /// What the message calls itself, if it does.
    pub(crate) fn message_id(&self) -> Option<&Text> {
        Some(&self.facts.message_id).filter(|id| !id.is_empty() && self.content == Content::Ready)
    }

    /// What the page is made of, if it is there.
    pub(crate) fn text(&self) -> Option<&Text> {
        self.page.as_ref().filter(|_| self.content == Content::Ready).map(Page::text)
    }

    /// The message that is shown.
    pub fn placement(&self) -> Option<PlacementId> {
        self.placement
    }

    pub(crate) fn message(&self) -> Option<MessageId> {
        self.message
    }

    /// How far down the page is, in percent; `None` if all of it is in view.
    pub fn percent(&self) -> Option<u8> {
        let page = self.page.as_ref().filter(|_| self.content == Content::Ready)?;
        match (self.at_end, self.place == Place::default()) {
            (true, true) => None,
            (true, false) => Some(100),
            (false, _) => Some(page.percent(self.place).min(99)),
        }
    }

    /// True if the end of the message is in view, or there is none.
    pub(crate) fn at_end(&self) -> bool {
        self.content != Content::Ready || self.at_end
    }

    pub(crate) fn is_ready(&self, placement: PlacementId) -> bool {
        self.content == Content::Ready && self.placement == Some(placement) && self.wanted.is_none()
    }

    /// True if it is on the screen, and nothing but itself is waited for.
    pub(crate) fn shows(&self, placement: PlacementId) -> bool {
        let is_other = |wanted: &Wanted| wanted.row.placement != placement;
        self.content == Content::Ready
            && self.placement == Some(placement)
            && !self.wanted.as_ref().is_some_and(is_other)
    }

    /// In which way it is shown, or will be as soon as it can.
    pub(crate) fn intended(&self) -> How {
        let same = |wanted: &&Wanted| Some(wanted.row.placement) == self.placement;
        self.wanted.as_ref().filter(same).map_or(self.how, |wanted| wanted.how)
    }

    /// The cursor came to rest on a row, or the row is opened.
    pub(crate) fn want(&mut self, row: &Row, now: Moment, open: bool) -> Vec<Wish> {
        if self.wanted.as_ref().is_some_and(|wanted| wanted.row.placement == row.placement) {
            return Vec::new();
        }
        if self.placement == Some(row.placement) && matches!(self.content, Content::Ready | Content::Failed(..)) {
            // Back on what is shown: whatever was wanted in between is not any more.
            self.wanted = None;
            return Vec::new();
        }
        if !open && row.body == BodyState::Absent && row.size > LOOKED_AT {
            return self.hold_back(row);
        }
        self.wanted = Some(Wanted { row: Box::new(row.clone()), since: now, how: How::default() });
        if matches!(self.content, Content::Nothing) {
            self.wait_openly();
        }
        self.start()
    }

    fn hold_back(&mut self, row: &Row) -> Vec<Wish> {
        if self.content == Content::HeldBack(Box::new(row.clone())) {
            return Vec::new();
        }
        let wishes = self.clear();
        (self.placement, self.message) = (Some(row.placement), Some(row.message));
        self.content = Content::HeldBack(Box::new(row.clone()));
        wishes
    }

    /// What is shown shall be shown in another way.
    pub(crate) fn alter(&mut self, how: How, row: &Row, now: Moment) -> Vec<Wish> {
        if !self.shows(row.placement) {
            return Vec::new();
        }
        // What was asked for before is not wanted any more.
        let superseded = self.running.take().map(|running| Wish::Cancel(running.ticket));
        self.wanted = Some(Wanted { row: Box::new(row.clone()), since: now, how });
        superseded.into_iter().chain(self.start()).collect()
    }

    /// What is shown shall be fetched again (its body came, or the line is back).
    pub(crate) fn again(&mut self, row: &Row, now: Moment) -> Vec<Wish> {
        if self.running.as_ref().is_some_and(|running| running.message == row.message) {
            return Vec::new();
        }
        let how = self.intended();
        self.wanted = Some(Wanted { row: Box::new(row.clone()), since: now, how });
        self.start()
    }

    fn start(&mut self) -> Vec<Wish> {
        match (&self.wanted, &self.running) {
            (Some(wanted), None) => {
                vec![Wish::Start { placement: wanted.row.placement, message: wanted.row.message, how: wanted.how }]
            }
            _ => Vec::new(),
        }
    }

    pub(crate) fn started(&mut self, ticket: Ticket, message: MessageId) {
        self.running = Some(Running { ticket, message });
    }

    /// A job came back; `None` if nobody waits for it any more.
    pub(crate) fn finished(&mut self, ticket: Ticket, result: Result<Arrived, Failure>) -> Option<Vec<Wish>> {
        let running = self.running.take_if(|running| running.ticket == ticket)?;
        if let Some(wanted) = self.wanted.take_if(|wanted| wanted.row.message == running.message) {
            // Read in another way, it stays where it was: one looks at the same words.
            let same = self.message == Some(wanted.row.message)
                && (self.how.view, self.how.inside) == (wanted.how.view, wanted.how.inside);
            if !same {
                self.place = Place::default();
            }
            self.placement = Some(wanted.row.placement);
            self.message = Some(wanted.row.message);
            self.how = wanted.how;
            self.end_search();
            match result {
                Ok(Arrived::Message(readable)) => {
                    let badge = super::page::badge(&readable);
                    self.facts = Facts::of(&readable, badge);
                    self.page = Some(Page::new(*readable, wanted.row.only_here));
                    self.content = Content::Ready;
                }
                Ok(Arrived::Headers { route, fields }) => {
                    self.page = Some(Page::headers(&route, &fields));
                    self.content = Content::Ready;
                }
                Ok(Arrived::Source(text)) => {
                    self.page = Some(Page::source(text));
                    self.content = Content::Ready;
                }
                Err(failure) => {
                    self.page = None;
                    self.content = Content::Failed(wanted.row, failure);
                }
            }
            self.settle();
        }
        Some(self.start())
    }

    pub(crate) fn next_wake(&self) -> Option<Moment> {
        let Some(wanted) = self.wanted.as_ref() else {
            return self.is_searching().then_some(Moment::default());
        };
        let superseded = self.running.as_ref().is_some_and(|running| running.message != wanted.row.message);
        let patience = (!matches!(&self.content, Content::Waiting(row) if row.placement == wanted.row.placement))
            .then(|| wanted.since.plus(PATIENCE_MS));
        let rest = superseded.then(|| wanted.since.plus(REST_MS));
        patience.into_iter().chain(rest).min()
    }

    /// Time passed: give up what nobody waits for, and stop showing what is not under the cursor.
    pub(crate) fn tick(&mut self, now: Moment) -> Vec<Wish> {
        self.search_on();
        let Some(wanted) = &self.wanted else {
            return Vec::new();
        };
        let mut wishes = Vec::new();
        let superseded = self.running.as_ref().filter(|running| running.message != wanted.row.message);
        if let Some(running) = superseded
            && now >= wanted.since.plus(REST_MS)
        {
            wishes.push(Wish::Cancel(running.ticket));
            self.running = None;
            wishes.extend(self.start());
        }
        if self.wanted.as_ref().is_some_and(|wanted| now >= wanted.since.plus(PATIENCE_MS)) {
            self.wait_openly();
        }
        wishes
    }

    fn wait_openly(&mut self) {
        if let Some(wanted) = &self.wanted {
            if self.message != Some(wanted.row.message) {
                self.place = Place::default();
            }
            self.placement = Some(wanted.row.placement);
            self.message = Some(wanted.row.message);
            self.how = wanted.how;
            self.content = Content::Waiting(wanted.row.clone());
            self.page = None;
            self.lines = Vec::new();
        }
    }

    /// Nothing is under the cursor.
    pub(crate) fn clear(&mut self) -> Vec<Wish> {
        let wishes = self.running.take().map(|running| Wish::Cancel(running.ticket)).into_iter().collect();
        *self = Self { columns: self.columns, rows: self.rows, ..Self::default() };
        wishes
    }

    pub(crate) fn resize(&mut self, columns: usize, rows: usize) {
        if (columns, rows) == (self.columns, self.rows) {
            return;
        }
        (self.columns, self.rows) = (columns, rows);
        if let Some(page) = &self.page {
            self.place = page.settled(self.place, columns);
        }
        self.lay_out();
    }

    /// The rows of a page.
    pub(crate) fn rows(&self) -> usize {
        self.rows
    }

    pub(crate) fn scroll_down(&mut self, by: usize) {
        if let Some(page) = self.page.as_ref().filter(|_| !self.at_end) {
            let end = page.end(self.columns, self.rows);
            self.place = page.down(self.place, self.columns, by).min(end);
            self.lay_out();
        }
    }

    pub(crate) fn scroll_up(&mut self, by: usize) {
        if let Some(page) = &self.page {
            self.place = page.up(self.place, self.columns, by);
            self.lay_out();
        }
    }

    pub(crate) fn go_to_start(&mut self) {
        self.place = Place::default();
        self.lay_out();
    }

    pub(crate) fn go_to_end(&mut self) {
        if let Some(page) = &self.page {
            self.place = page.end(self.columns, self.rows);
            self.lay_out();
        }
    }

    /// The lines are broken once, here, and not for every frame.
    fn lay_out(&mut self) {
        let Some(page) = self.page.as_ref().filter(|_| self.columns > 0 && self.rows > 0) else {
            (self.lines, self.at_end) = (Vec::new(), true);
            return;
        };
        let mut rows = self.rows.saturating_add(1);
        let mut lines = page.window(self.place, self.columns, rows);
        self.at_end = lines.len() <= self.rows;
        // Of what is kept for the sentences above the text, whoever draws may need less.
        let spare = lines.iter().filter(|line| line.is_spare()).count();
        if spare > 0 {
            rows += spare;
            lines = page.window(self.place, self.columns, rows);
        }
        lines.truncate(rows.saturating_sub(1));
        self.lines = lines;
    }
}
