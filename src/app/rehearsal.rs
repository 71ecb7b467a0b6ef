//! A stage for tests: a state, a mailbox in memory that answers it, and a clock that only moves when told to.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::*;
use crate::model::*;
use crate::text::{SafeText, Text};

/// Wednesday, 12 March 2025, 10:00 in Shanghai.
pub(crate) const NOW: Timestamp = Timestamp(1_741_744_800);

#[derive(Clone, Debug, Default)]
pub(crate) struct Mailbox {
    pub(crate) folders: Vec<Folder>,
    pub(crate) rows: BTreeMap<FolderId, Vec<Row>>,
    pub(crate) bodies: BTreeMap<MessageId, Readable>,
    /// What every message says when all of its header is asked for, and all of it.
    pub(crate) fields: Vec<(Text, Text)>,
    pub(crate) route: Vec<Hop>,
    pub(crate) source: Text,
    pub(crate) people: Vec<Person>,
    pub(crate) needs: Vec<Need>,
    /// Placements that were made since.
    pub(crate) fresh: i64,
    /// How it was before each thing that `u` takes back.
    pub(crate) before: Vec<(crate::model::Deed, BTreeMap<FolderId, Vec<Row>>)>,
    pub(crate) outbox: Vec<Outgoing>,
}

#[derive(Debug)]
pub(crate) struct Rehearsal {
    pub(crate) state: State,
    pub(crate) mail: Mailbox,
    /// Every effect in order, since it was last taken.
    pub(crate) effects: Vec<Effect>,
    /// Effects that were not performed because they are held back.
    pub(crate) held: VecDeque<Effect>,
    /// Answer questions, run jobs, commit records at once.
    pub(crate) answers: bool,
    pub(crate) jobs: bool,
    pub(crate) records: bool,
}

pub(crate) fn folder(id: i64, account: i64, name: &str, role: Option<Role>, unread: u64) -> Folder {
    Folder {
        id: FolderId(id),
        account: AccountId(account),
        name: name.into(),
        delimiter: Some('/'),
        role,
        selectable: true,
        total: unread,
        unread,
        on_server: unread,
    }
}

pub(crate) fn person(name: &str, address: &str) -> Address {
    Address { name: name.into(), address: address.into() }
}

/// The nth message of a folder, newest first, an hour apart.
pub(crate) fn row(nth: i64, from: Address, subject: &str) -> Row {
    let arrival = Timestamp(NOW.0 - 600 - nth * 3600);
    Row {
        placement: PlacementId(nth),
        message: MessageId(nth),
        account: AccountId(1),
        folder: FolderId(1),
        uid: None,
        from,
        to: person("我", "me@qq.example"),
        subject: subject.into(),
        date: arrival,
        arrival,
        size: 2048,
        flags: Flags::NONE,
        pending: false,
        attachments: false,
        body: BodyState::Here,
        only_here: false,
        kind: Kind::default(),
        thread: ThreadId::default(),
        conversation: None,
    }
}

/// A letter in the outbox, with what became of each recipient.
pub(crate) fn letter(state: Sending, to: &[Reception]) -> Outgoing {
    let recipient = |state: &Reception| Recipient { address: "a@mail.example".to_owned(), state: state.clone() };
    Outgoing {
        id: OutgoingId(1),
        account: "me".to_owned(),
        from: "me@mail.example".to_owned(),
        recipients: to.iter().map(recipient).collect(),
        subject: SafeText::default(),
        message_id: String::new(),
        size: 1,
        queued: Timestamp(0),
        hold_until: Timestamp(0),
        attempts: 0,
        state,
        failure: None,
        copy: SentCopy::Later,
    }
}

impl Mailbox {
    /// An inbox of `count` messages, every third one read, and two more folders.
    pub(crate) fn of(count: i64) -> Self {
        let mut mail = Self {
            folders: vec![
                folder(1, 1, "INBOX", Some(Role::Inbox), 4),
                folder(2, 1, "Sent Messages", Some(Role::Sent), 0),
                folder(3, 1, "通知", None, 2),
            ],
            ..Self::default()
        };
        let rows = (0..count).map(|nth| {
            let mut row = row(nth, person(&format!("sender {nth}"), "s@a.example"), &format!("subject {nth}"));
            if nth % 3 == 0 {
                row.flags = Flags::SEEN;
            }
            row
        });
        mail.rows.insert(FolderId(1), rows.collect());
        mail
    }

    pub(crate) fn body_of(&self, row: &Row) -> Readable {
        let plain = || Readable {
            subject: row.subject.clone(),
            from: vec![row.from.clone()],
            to: vec![row.to.clone()],
            date: Some(row.date),
            document: Document::plain(
                (0..60).map(|line| format!("line {line} of {}", row.message.0)).collect::<Vec<_>>().join("\n"),
            ),
            ..Readable::default()
        };
        self.bodies.get(&row.message).cloned().unwrap_or_else(plain)
    }

    fn find(&self, placement: PlacementId) -> Option<&Row> {
        self.rows.values().flatten().find(|row| row.placement == placement)
    }

    /// The rows of a list, as the store would have them.
    fn listed(&self, source: &Source) -> Vec<Row> {
        let is_in = |folder: &Folder| match source.whole() {
            Source::Folder(id) => folder.id == *id,
            Source::Unified(role) => folder.role == Some(*role),
            Source::Starred | Source::Split { .. } | Source::Search { .. } => true,
        };
        let mut rows: Vec<Row> = Vec::new();
        for folder in self.folders.iter().filter(|folder| is_in(folder)) {
            let here = self.rows.get(&folder.id).into_iter().flatten().cloned();
            rows.extend(here.map(|row| Row { folder: folder.id, account: folder.account, ..row }));
        }
        rows.retain(|row| match source {
            Source::Starred | Source::Split { split: Split::Starred, .. } => row.flags.flagged(),
            Source::Split { split: Split::Unread, .. } => !row.flags.seen(),
            Source::Split { split: Split::Attachments, .. } => row.attachments,
            Source::Split { split: Split::Kind(kind), .. } => row.kind == *kind,
            Source::Split { split: Split::Own(words), .. } => row.subject.as_untrusted().contains(words),
            Source::Folder(_) | Source::Unified(_) | Source::Search { .. } => true,
        });
        if let Source::Search { words, .. } = source {
            let found = crate::search::parse(words, &crate::search::Today::new(NOW, &jiff::tz::TimeZone::UTC)).unwrap();
            rows.retain(|row| found.holds_of_row(row, &crate::search::Heads::of(row), ("", None, "")));
        }
        rows.sort_by_key(|row| -row.arrival.0);
        rows
    }

    /// Conversations by what the rows say; each message of an open one answers the first. Rows of no thread stand alone.
    fn in_order(&self, listing: &Listing) -> (Vec<OrderEntry>, Vec<Knot>) {
        let entry = |row: &Row| OrderEntry { placement: row.placement, arrival: row.arrival };
        let mut rows = self.listed(&listing.source);
        match listing.sort.by {
            SortBy::Subject => rows.sort_by_key(|row| row.subject.as_untrusted().to_owned()),
            SortBy::Size => rows.sort_by_key(|row| std::cmp::Reverse(row.size)),
            SortBy::UnreadFirst => rows.sort_by_key(|row| row.flags.seen()),
            SortBy::Date | SortBy::Sender => {}
        }
        if listing.sort.reversed {
            rows.reverse();
        }
        let Threads::On { open, turned } = &listing.threads else {
            return (rows.iter().map(entry).collect(), Vec::new());
        };
        if rows.iter().all(|row| row.thread == ThreadId(0)) {
            return (rows.iter().map(entry).collect(), Vec::new());
        }
        let (mut order, mut knots, mut done) = (Vec::new(), Vec::new(), BTreeSet::new());
        for row in &rows {
            let thread = if row.thread == ThreadId(0) { ThreadId(-1 - row.placement.0) } else { row.thread };
            if !done.insert(thread) {
                continue;
            }
            let members: Vec<&Row> = rows.iter().rev().filter(|other| other.thread == row.thread).collect();
            let count = if thread.0 < 0 { 1 } else { u32::try_from(members.len()).unwrap() };
            if count == 1 || *open == turned.contains(&thread) {
                let shown =
                    members.iter().find(|member| listing.keep == Some(member.placement)).copied().unwrap_or(row);
                order.push(entry(if count == 1 { row } else { shown }));
                knots.push(Knot { thread, count, folded: count > 1, ..Knot::default() });
                continue;
            }
            for (nth, member) in members.iter().enumerate() {
                order.push(entry(member));
                let (depth, count) = if nth == 0 { (0, count) } else { (u8::try_from(nth.min(3)).unwrap(), 0) };
                knots.push(Knot { thread, count, depth, last: true, ..Knot::default() });
            }
        }
        (order, knots)
    }

    fn conversation_of(&self, row: &Row, source: &Source) -> Option<Box<Conversation>> {
        let members: Vec<Row> =
            self.listed(source).into_iter().filter(|other| other.thread == row.thread && row.thread.0 != 0).collect();
        let count = u32::try_from(members.len()).unwrap();
        let mut people: Vec<Writer> = Vec::new();
        for member in members.iter().rev() {
            let writer = Writer { name: member.from.name.clone(), own: member.from.address == row.to.address };
            if !people.contains(&writer) {
                people.push(writer);
            }
        }
        (count > 1).then(|| {
            Box::new(Conversation {
                count,
                unread: u32::try_from(members.iter().filter(|member| !member.flags.seen()).count()).unwrap(),
                starred: members.iter().any(|member| member.flags.flagged()),
                attachments: members.iter().any(|member| member.attachments),
                people,
                members: members.iter().map(|member| member.placement).collect(),
                muted: row.conversation.as_ref().is_some_and(|known| known.muted),
            })
        })
    }

    fn answer(&self, query: &Query) -> Answer {
        match query {
            Query::Folders => Answer::Folders(self.folders.clone()),
            Query::Order(listing) => {
                let (order, knots) = self.in_order(listing);
                Answer::Order { listing: listing.clone(), order, knots }
            }
            Query::Rows { source, placements, .. } => {
                let by_id: BTreeMap<_, _> = self.listed(source).into_iter().map(|row| (row.placement, row)).collect();
                let with = |row: &Row| Row { conversation: self.conversation_of(row, source), ..row.clone() };
                let found = placements.iter().filter_map(|id| by_id.get(id).map(with)).collect();
                Answer::Rows { source: source.clone(), rows: found }
            }
            Query::Drafts => Answer::Drafts(Vec::new()),
            Query::Draft(id) => Answer::Draft { id: *id, draft: None },
            Query::Outbox => Answer::Outbox(self.outbox.clone()),
            Query::Needs => Answer::Needs(self.needs.clone()),
            Query::Pending => Answer::Pending(self.rows.values().flatten().filter(|row| row.pending).count()),
            Query::Alike { within, placement, how } => {
                let rows = match within {
                    Within::Folder(folder) => self.listed(&Source::Folder(*folder)),
                    Within::These(placements) => placements.iter().filter_map(|id| self.find(*id)).cloned().collect(),
                };
                Answer::Alike { placements: self.alike(&rows, *placement, *how) }
            }
            Query::Meant { placements, .. } => {
                let lying = |folder: &Folder, row: &Row| Lying {
                    placement: row.placement,
                    account: folder.account,
                    folder: folder.id,
                    flags: row.flags,
                };
                let by_id: BTreeMap<PlacementId, Lying> = self
                    .folders
                    .iter()
                    .flat_map(|folder| self.rows.get(&folder.id).into_iter().flatten().map(move |row| (folder, row)))
                    .map(|(folder, row)| (row.placement, lying(folder, row)))
                    .collect();
                Answer::Meant(placements.iter().filter_map(|id| by_id.get(id).copied()).collect())
            }
            Query::People { typed, limit } => {
                let meant = |person: &&Person| {
                    person.address.as_untrusted().starts_with(typed) || person.name.as_untrusted().starts_with(typed)
                };
                let people = self.people.iter().filter(meant).take(*limit).cloned().collect();
                Answer::People { typed: typed.clone(), people }
            }
        }
    }

    fn apply(&mut self, intent: &Intent) -> BTreeSet<FolderId> {
        let mut touched = BTreeSet::new();
        let mut moved = Vec::new();
        for (folder, rows) in &mut self.rows {
            let meant = |row: &&mut Row| intent.placements().contains(&row.placement);
            for row in rows.iter_mut().filter(meant) {
                if let Intent::Flag { add, remove, .. } = intent {
                    row.flags = row.flags.with(*add).without(*remove);
                }
                row.pending = true;
                touched.insert(*folder);
                moved.push(row.clone());
            }
            if matches!(intent, Intent::Move { .. } | Intent::Erase { .. }) {
                rows.retain(|row| !intent.placements().contains(&row.placement));
            }
        }
        if let Intent::Move { to, .. } | Intent::Copy { to, .. } = intent {
            for row in moved {
                self.fresh += 1;
                let placement = PlacementId(1_000_000 + self.fresh);
                let rows = self.rows.entry(*to).or_default();
                rows.push(Row { placement, uid: None, ..row });
                rows.sort_by_key(|row| -row.arrival.0);
            }
            touched.insert(*to);
        }
        touched
    }

    fn alike(&self, rows: &[Row], placement: PlacementId, how: Alike) -> Vec<PlacementId> {
        let Some(one) = self.find(placement) else { return Vec::new() };
        let is_alike = |row: &&Row| match how {
            Alike::Thread | Alike::Subject => row.subject == one.subject,
            Alike::Sender => row.from.address == one.from.address,
            Alike::AtLeast(size) => row.size >= size,
            Alike::Unread => !row.flags.seen(),
            Alike::Unstarred => !row.flags.flagged(),
        };
        rows.iter().filter(is_alike).map(|row| row.placement).collect()
    }
}

impl Rehearsal {
    /// Everything at rest, the inbox open.
    pub(crate) fn new(mail: Mailbox, columns: u16, rows: u16, settings: Settings) -> Self {
        Self::going_on(mail, columns, rows, settings, Kept::default())
    }

    /// The same after another screen.
    pub(crate) fn going_on(mail: Mailbox, columns: u16, rows: u16, settings: Settings, kept: Kept) -> Self {
        let accounts: BTreeSet<AccountId> = mail.folders.iter().map(|folder| folder.account).collect();
        let accounts = accounts
            .into_iter()
            .map(|id| (id, SafeText::of(if id.0 == 1 { "goose@qq.example" } else { "swan@163.example" })))
            .collect();
        let (mut state, problems) = State::new(settings, accounts);
        assert_eq!(problems, []);
        state.go_on(kept);
        let mut stage =
            Self { state, mail, effects: Vec::new(), held: VecDeque::new(), answers: true, jobs: true, records: true };
        stage.send(Event::Clock { now: NOW, moment: Moment(1_000_000) });
        stage.send(Event::Resize { columns, rows });
        let start = stage.state.start();
        stage.perform(start);
        stage.wait(1000);
        stage.effects.clear();
        stage
    }

    pub(crate) fn at(columns: u16, rows: u16) -> Self {
        Self::new(Mailbox::of(100), columns, rows, Settings::default())
    }

    pub(crate) fn send(&mut self, event: Event) {
        let effects = update(&mut self.state, event);
        self.perform(effects);
    }

    /// Keys one after the other: `jjm`, `<C-d>`, `<Enter>`.
    pub(crate) fn press(&mut self, keys: &str) -> &mut Self {
        let mut rest = keys;
        while !rest.is_empty() {
            let (key, tail) = match rest.strip_prefix('<').and_then(|named| named.split_once('>')) {
                Some(named) => named,
                None => rest.split_at(rest.chars().next().unwrap().len_utf8()),
            };
            rest = tail;
            self.send(Event::Key(if key == " " { "Space" } else { key }.parse().unwrap()));
        }
        self
    }

    pub(crate) fn perform(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            self.effects.push(effect.clone());
            let now = match &effect {
                Effect::Ask(_) => self.answers,
                Effect::Start { .. } => self.jobs,
                Effect::Record(_) | Effect::Note(_) => self.records,
                _ => true,
            };
            if now { self.do_one(effect) } else { self.held.push_back(effect) }
        }
    }

    /// Does what was held back, the oldest first.
    pub(crate) fn release(&mut self) {
        if let Some(effect) = self.held.pop_front() {
            self.do_one(effect);
        }
    }

    fn do_one(&mut self, effect: Effect) {
        match effect {
            Effect::Ask(query) => {
                let answer = self.mail.answer(&query);
                if let Query::Order(listing) = &query
                    && matches!(listing.source, Source::Search { .. })
                {
                    let coverage = Coverage { messages: 100, with_text: 80, waiting: 0 };
                    self.send(Event::Covered { coverage, whole: true });
                }
                self.send(Event::Answered(answer));
            }
            Effect::Start { ticket, job: Job::Read { placement, how, .. } } => {
                let row = self.mail.find(placement).unwrap();
                let mut readable = self.mail.body_of(row);
                let outcome = match how.view {
                    View::Message => {
                        if let Some(source) = how.reading.source {
                            (readable.source, readable.other) = (source, Some(readable.source));
                        }
                        Outcome::Read(Ok(Box::new(readable)))
                    }
                    View::Headers => {
                        Outcome::Headers { route: self.mail.route.clone(), fields: self.mail.fields.clone() }
                    }
                    View::Source => Outcome::Source(self.mail.source.clone()),
                };
                self.send(Event::Finished { ticket, outcome });
            }
            Effect::Record(intent) => {
                let kind = match &intent {
                    Intent::Flag { add, remove, .. } => DeedKind::Flag { add: *add, remove: *remove },
                    Intent::Move { to, .. } => DeedKind::Move { to: *to },
                    Intent::Copy { to, .. } => DeedKind::Copy { to: *to },
                    Intent::Erase { .. } => DeedKind::Erase,
                };
                let deed = crate::model::Deed { id: DeedId(0), kind, count: intent.placements().len(), at: NOW };
                self.mail.before.push((deed, self.mail.rows.clone()));
                self.do_one(Effect::Note(intent));
            }
            Effect::Note(intent) => {
                let moves = !matches!(intent, Intent::Flag { .. });
                let touched = self.mail.apply(&intent);
                self.send(Event::Recorded { intent, result: Ok(()) });
                for folder in touched {
                    let changed = if moves { Changed::Order(folder) } else { Changed::Rows(folder) };
                    self.send(Event::Changed(changed));
                }
            }
            Effect::Undo => {
                let undone = self.mail.before.pop();
                if let Some((_, rows)) = &undone {
                    self.mail.rows.clone_from(rows);
                }
                self.send(Event::Undone(Ok(undone.map(|(deed, _)| deed))));
                let folders: Vec<FolderId> = self.mail.rows.keys().copied().collect();
                for folder in folders {
                    self.send(Event::Changed(Changed::Order(folder)));
                }
            }
            _ => {}
        }
    }

    /// Lets time pass, waking up whenever the state asks for it.
    pub(crate) fn wait(&mut self, milliseconds: u64) {
        let start = (self.state.moment, self.state.now);
        let until = start.0.plus(milliseconds);
        let mut wakes = 0;
        while self.state.moment < until {
            let next = self.state.next_wake().map_or(until, |wake| wake.min(until)).max(self.state.moment.plus(1));
            let passed = next.since(start.0).as_secs();
            self.send(Event::Clock { now: start.1.plus(passed), moment: next });
            wakes += 1;
            assert!(wakes < 20 + milliseconds / 500, "it wakes up all the time");
        }
    }

    pub(crate) fn subject(&self) -> &str {
        self.state.list().at_cursor().map_or("", |row| row.subject.as_str())
    }

    pub(crate) fn take(&mut self) -> Vec<Effect> {
        std::mem::take(&mut self.effects)
    }

    /// The effects that are not questions to the store.
    pub(crate) fn deeds(&mut self) -> Vec<Effect> {
        self.take().into_iter().filter(|effect| !matches!(effect, Effect::Ask(_))).collect()
    }
}
