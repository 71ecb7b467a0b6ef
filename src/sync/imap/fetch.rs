//! FETCH, always peeking.

use std::collections::VecDeque;
use std::time::Duration;

use super::news::Selected;
use super::refusal;
use super::said::{Fetched, Said};
use super::session::Session;
use super::set::{Set, sets};
use crate::decoding;
use crate::model::{Failure, Flags, Timestamp, clock};
use crate::store::{Incoming, Spot, Whole};
use crate::sync::plan::{Numbers, renumbered};
use crate::sync::{Sink, Span};

/// What list rows are made of. A literal keeps raw bytes, costs less than an ENVELOPE, and is never made up.
pub(super) const ROW: &str = "(UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (DATE FROM TO CC REPLY-TO SUBJECT \
    MESSAGE-ID IN-REPLY-TO REFERENCES LIST-ID LIST-UNSUBSCRIBE PRECEDENCE X-OQ-MSGID \
    CONTENT-TYPE)])";
/// With what tells a message from another one that got its number: servers come back from a backup.
const BODY: &str = "(UID INTERNALDATE RFC822.SIZE BODY.PEEK[])";

/// Messages that are handed on together.
const BATCH: usize = 200;
/// However few they are: headers may be long.
const BATCH_BYTES: usize = 4 * 1024 * 1024;
/// Numbers in one command. Servers take more, but an answer that breaks off is asked for again from here.
const NUMBERS: usize = 1_000;
/// Whole messages in one command: some servers hang up at more.
const BODIES: usize = 10;
/// After so many bodies that were whole and shorter than the server had said, its sizes are not asked any more.
const MISJUDGED: u32 = 3;

/// Rows that come with one command at first, and at most; in between it is as many as the line carries in a moment.
const CHUNK: (u32, u32) = (500, 4_000);
/// A chunk that comes sooner was too small to be worth asking for, and one that takes longer keeps others waiting.
const MOMENT: (Duration, Duration) = (Duration::from_millis(250), Duration::from_secs(1));

/// What one command asks for.
struct Chunk {
    command: String,
    wanted: Wanted,
}

/// A chunk on its way.
struct Asked {
    tag: String,
    wanted: Wanted,
    rows: u32,
    lowest: Option<u32>,
}

/// Which messages an answer is about; others are news at most.
enum Wanted {
    Places { first: u32, last: u32 },
    Above(u32),
    Among(Set),
    PlacesAmong(Set),
}

impl Wanted {
    fn holds(&self, told: &Fetched) -> bool {
        match self {
            Self::Places { first, last } => (*first..=*last).contains(&told.seq),
            Self::Above(uid) => told.uid.is_some_and(|told| told > *uid),
            Self::Among(set) => told.uid.is_some_and(|uid| set.holds(uid)),
            Self::PlacesAmong(set) => set.holds(told.seq),
        }
    }
}

/// Rows of a folder in chunks, newest first.
struct Downwards {
    /// The first place that is not wanted any more.
    floor: u32,
    next: u32,
    size: u32,
}

impl Downwards {
    fn chunk(&mut self) -> Option<Chunk> {
        let last = self.next;
        if last < self.floor {
            return None;
        }
        let first = (last + 1).saturating_sub(self.size).max(self.floor);
        self.next = first - 1;
        Some(Chunk { command: format!("FETCH {first}:{last} {ROW}"), wanted: Wanted::Places { first, last } })
    }
}

impl Session {
    pub(super) async fn headers<S: Sink>(&mut self, of: Span<'_>, into: &mut S) -> Result<bool, Failure> {
        match of {
            Span::Newest { skip, count } => {
                let there = self.selected.as_ref().map_or(0, |selected| selected.uids.len());
                let last = there.saturating_sub(skip);
                let floor = last.saturating_sub(count) + 1;
                let place = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
                let size = if count < 1_000 { place(count) } else { CHUNK.0 };
                self.downwards(Downwards { floor: place(floor), next: place(last), size }, into).await
            }
            Span::Above(uid) => {
                let Some(from) = uid.checked_add(1) else { return Ok(true) };
                let (tag, early) = match self.ahead.take_if(|ahead| ahead.from == from) {
                    Some(ahead) => (ahead.tag, ahead.rows),
                    // `n:*` always names the last message, even if its number is smaller.
                    None => (self.begin(&format!("UID FETCH {from}:* {ROW}")).await?, Vec::new()),
                };
                let mut asked = VecDeque::from([Asked { tag, wanted: Wanted::Above(uid), rows: 0, lowest: None }]);
                self.rows(&mut asked, early, into).await.map(|_| true)
            }
            Span::These(uids) => {
                let sets = sets(uids, NUMBERS).into_iter().rev();
                self.each(
                    sets.map(|set| Chunk {
                        command: format!("UID FETCH {} {ROW}", set.text),
                        wanted: Wanted::Among(set),
                    }),
                    into,
                )
                .await
            }
            Span::Places(places) => {
                let sets = sets(places, NUMBERS).into_iter().rev();
                let wanted = Wanted::PlacesAmong;
                self.each(
                    sets.map(|set| Chunk { command: format!("FETCH {} {ROW}", set.text), wanted: wanted(set) }),
                    into,
                )
                .await
            }
        }
    }

    /// How many chunks are asked for before the first has come.
    fn depth(&self) -> usize {
        if self.together() { 2 } else { 1 }
    }

    async fn ask(&mut self, chunk: Chunk) -> Result<Asked, Failure> {
        let tag = self.begin(&chunk.command).await?;
        Ok(Asked { tag, wanted: chunk.wanted, rows: 0, lowest: None })
    }

    async fn each<S: Sink>(&mut self, mut chunks: impl Iterator<Item = Chunk>, into: &mut S) -> Result<bool, Failure> {
        let mut asked = VecDeque::new();
        loop {
            while asked.len() < self.depth()
                && let Some(chunk) = chunks.next()
            {
                asked.push_back(self.ask(chunk).await?);
            }
            if self.rows(&mut asked, Vec::new(), into).await?.is_none() {
                return Ok(true);
            }
        }
    }

    /// From the newest to the oldest, in chunks that grow with the line; the next is asked for before the last has come.
    async fn downwards<S: Sink>(&mut self, mut rest: Downwards, into: &mut S) -> Result<bool, Failure> {
        if rest.next.saturating_sub(rest.floor) > CHUNK.0 {
            self.pack().await?;
        }
        let mut asked = VecDeque::new();
        let (mut whole, mut begun) = (true, clock::instant());
        let mut stopped = false;
        loop {
            while asked.len() < self.depth() && !stopped {
                // The first one is asked for in any case.
                if !asked.is_empty() && !into.go_on() {
                    stopped = true;
                } else if let Some(chunk) = rest.chunk() {
                    asked.push_back(self.ask(chunk).await?);
                } else {
                    break;
                }
            }
            let Some(done) = self.rows(&mut asked, Vec::new(), into).await? else { return Ok(rest.next < rest.floor) };
            let took = begun.elapsed();
            begun = clock::instant();
            if took < MOMENT.0 {
                rest.size = (rest.size * 2).min(CHUNK.1);
            } else if took > MOMENT.1 {
                rest.size = (rest.size / 2).max(CHUNK.0);
            }
            // Only as long as nothing was left out.
            if let Wanted::Places { first, last } = done.wanted {
                whole &= done.rows == last + 1 - first;
            }
            if let Some(lowest) = done.lowest.filter(|_| whole) {
                into.whole_from(lowest).await?;
            }
            stopped |= !into.go_on();
        }
    }

    /// Reads to the end of the first of these chunks, which is taken out and says what came of it. Rows of the others may
    /// come in between: some servers work at several at once. `early` are rows that came before.
    async fn rows<S: Sink>(
        &mut self,
        asked: &mut VecDeque<Asked>,
        early: Vec<Fetched>,
        into: &mut S,
    ) -> Result<Option<Asked>, Failure> {
        let Some(tag) = asked.front().map(|first| first.tag.clone()) else { return Ok(None) };
        let mut batch = Vec::with_capacity(BATCH);
        let mut bytes = 0;
        let mut early = early.into_iter().map(|told| Said::Fetch(Box::new(told)));
        let state = loop {
            let said = match early.next() {
                Some(said) => said,
                None => match self.already_answered(&tag) {
                    Some(state) => break state,
                    None => self.next().await?,
                },
            };
            match said {
                Said::Tagged(tagged) => {
                    if let Some(state) = self.answer_to(&tag, tagged)? {
                        break state;
                    }
                }
                Said::Fetch(told) if told.uid.is_some() && (told.header.is_some() || told.odd) => {
                    let Some(chunk) = asked.iter_mut().find(|chunk| chunk.wanted.holds(&told)) else {
                        self.hear(&Said::Fetch(told));
                        continue;
                    };
                    let Some(message) = incoming(*told, &mut self.selected) else { continue };
                    chunk.rows += 1;
                    chunk.lowest = Some(chunk.lowest.map_or(message.uid, |lowest| lowest.min(message.uid)));
                    bytes += message.raw.len();
                    batch.push(message);
                    if batch.len() >= BATCH || bytes >= BATCH_BYTES {
                        bytes = 0;
                        into.take(std::mem::replace(&mut batch, Vec::with_capacity(BATCH))).await?;
                        // A slow disk is not a slow server.
                        self.still_due();
                    }
                }
                other => self.hear(&other),
            }
        };
        // What came before a NO is true all the same.
        if !batch.is_empty() {
            into.take(batch).await?;
        }
        self.must_or_nothing(state)?;
        Ok(asked.pop_front())
    }

    pub(super) async fn enumerate(&mut self) -> Result<Vec<(u32, Flags)>, Failure> {
        let Some(selected) = &mut self.selected else { return Ok(Vec::new()) };
        // What made us ask is answered by this; what is told while it is answered is new.
        selected.news.unsure = false;
        // What was told of flags before is older than the list.
        selected.news.flags.clear();
        selected.listing = Some(0);
        let mut found: Vec<(u32, Flags)> = Vec::with_capacity(selected.uids.len());
        let most = self.most();
        let tagged = self
            .run("UID FETCH 1:* (UID FLAGS)", |said| {
                if let Said::Fetch(told) = said
                    && let (Some(uid), Some(flags)) = (told.uid, told.flags)
                    && found.len() < most
                {
                    found.push((uid, flags));
                }
            })
            .await?;
        if let Some(selected) = &mut self.selected {
            selected.listing = None;
        }
        self.must_or_nothing(tagged)?;
        // Of a message that was told of twice the last word counts.
        found.reverse();
        found.sort_by_key(|(uid, _)| *uid);
        found.dedup_by_key(|(uid, _)| *uid);
        Ok(found)
    }

    pub(super) async fn bodies(&mut self, of: &[Spot]) -> Result<Vec<(u32, Whole)>, Failure> {
        let uids: Vec<u32> = of.iter().map(|our| our.uid).collect();
        let mut found = Vec::with_capacity(of.len());
        let mut short = Vec::new();
        for set in sets(&uids, BODIES) {
            for (uid, body) in self.bodies_once(of, &set.text).await? {
                match body {
                    Body::Good(whole) => found.push((uid, whole)),
                    Body::Short(first) => short.push((uid, first)),
                }
            }
        }
        for (uid, first) in short {
            if let Some(whole) = self.body_again(of, uid, first).await? {
                found.push((uid, whole));
            } else if of.len() == 1 {
                return Err(self.nonsense("the message came incomplete, twice"));
            }
        }
        Ok(found)
    }

    async fn bodies_once(&mut self, asked: &[Spot], set: &str) -> Result<Vec<(u32, Body)>, Failure> {
        let believed = self.misjudged < MISJUDGED;
        let mut found: Vec<(u32, Body)> = Vec::new();
        let tagged = self
            .run(format!("UID FETCH {set} {BODY}").as_str(), |said| {
                let Said::Fetch(told) = said else { return };
                let Some(our) = told.uid.and_then(|uid| asked.iter().find(|our| our.uid == uid)) else { return };
                let uid = our.uid;
                // Flags of it may be told by the way, with nothing else.
                if (told.body.is_none() && !told.odd) || found.iter().any(|(known, _)| *known == uid) {
                    return;
                }
                if is_another(our, told) {
                    return;
                }
                let (whole, size) = (told.body.take(), told.size);
                found.push((
                    uid,
                    match whole {
                        Some(whole)
                            if whole.size() > 0 && (!believed || size.is_none_or(|size| whole.size() >= size)) =>
                        {
                            Body::Good(whole)
                        }
                        other => Body::Short(other),
                    },
                ));
            })
            .await?;
        // An OK in these words is as empty as a NO.
        if asked.len() == 1
            && found.is_empty()
            && let Some(remedy) = refusal::hands_nothing_out(&tagged)
        {
            return Err(remedy.failure("", &tagged.words()));
        }
        self.must_or_nothing(tagged)?;
        Ok(found)
    }

    /// Asks once more for a message that came shorter than it should be. Some servers are mistaken about the size: what
    /// they say twice is all that they have. `None`: it is not whole.
    async fn body_again(&mut self, of: &[Spot], uid: u32, first: Option<Whole>) -> Result<Option<Whole>, Failure> {
        let again = self.bodies_once(of, &uid.to_string()).await?;
        Ok(match again.into_iter().find(|(told, _)| *told == uid) {
            Some((_, Body::Good(whole))) => Some(whole),
            Some((_, Body::Short(Some(whole)))) if whole.size() > 0 && Some(&whole) == first.as_ref() => {
                self.misjudged = self.misjudged.saturating_add(1);
                Some(whole)
            }
            _ => None,
        })
    }
}

/// The number stands for another message than it did, by the same rule as for folders. What is not told is no sign of it.
pub(super) fn is_another(our: &Spot, told: &Fetched) -> bool {
    let (Some(size), Some(arrival)) = (told.size, told.arrival) else { return false };
    renumbered(&[*our], &[Spot { uid: our.uid, size, arrival }]) == Numbers::Others
}

/// A body as it came.
enum Body {
    Good(Whole),
    /// Less than the server says that there is.
    Short(Option<Whole>),
}

/// A list row. What cannot be understood of a message leaves the row empty, and does not leave out the message.
fn incoming(told: Fetched, selected: &mut Option<Selected>) -> Option<Incoming> {
    let uid = told.uid?;
    if let Some(selected) = selected
        && let Some(place) = usize::try_from(told.seq).ok().and_then(|n| n.checked_sub(1))
        && let Some(place) = selected.uids.get_mut(place)
    {
        *place = uid;
    }
    let raw = told.header.unwrap_or_default();
    let headers = decoding::headers(&raw);
    let arrival = told.arrival.or(headers.date).unwrap_or(Timestamp(0));
    let (flags, size) = (told.flags.unwrap_or_default(), told.size.unwrap_or(0));
    Some(Incoming { uid, flags, arrival, size, headers, raw, decoder: decoding::DECODER })
}
