//! FETCH, always peeking.

use super::news::Selected;
use super::said::{Fetched, Said};
use super::session::Session;
use super::set::{Set, sets};
use crate::mime;
use crate::model::{Failure, Flags, Timestamp};
use crate::store::{Incoming, Whole};
use crate::sync::{Sink, Span};

/// What list rows are made of. A literal keeps raw bytes, costs less than an ENVELOPE, and is never made up.
const ROW: &str = "(UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (DATE FROM TO CC REPLY-TO SUBJECT \
    MESSAGE-ID IN-REPLY-TO REFERENCES LIST-ID LIST-UNSUBSCRIBE CONTENT-TYPE)])";
const BODY: &str = "(UID RFC822.SIZE BODY.PEEK[])";

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

impl Session {
    pub(super) async fn headers<S: Sink>(&mut self, of: Span<'_>, into: &mut S) -> Result<(), Failure> {
        match of {
            Span::Newest { skip, count } => {
                let known = self.selected.as_ref().map_or(0, |selected| selected.uids.len());
                let last = known.saturating_sub(skip);
                let first = last.saturating_sub(count) + 1;
                if first > last {
                    return Ok(());
                }
                self.fetch_rows(&format!("FETCH {first}:{last} {ROW}"), Asked::Places(first, last), into).await
            }
            Span::Above(uid) => {
                let Some(from) = uid.checked_add(1) else { return Ok(()) };
                // `n:*` always names the last message, even if its number is smaller.
                self.fetch_rows(&format!("UID FETCH {from}:* {ROW}"), Asked::Above(uid), into).await
            }
            Span::These(uids) => {
                // Newest first, so that the list grows from its top.
                for set in sets(uids, NUMBERS).into_iter().rev() {
                    self.fetch_rows(&format!("UID FETCH {} {ROW}", set.text), Asked::Uids(&set), into).await?;
                }
                Ok(())
            }
        }
    }

    async fn fetch_rows<S: Sink>(&mut self, command: &str, asked: Asked<'_>, into: &mut S) -> Result<(), Failure> {
        let tag = self.begin(command).await?;
        let mut batch = Vec::with_capacity(BATCH);
        let mut bytes = 0;
        loop {
            match self.next().await? {
                Said::Tagged(tagged) => {
                    let state = self.answer_to(&tag, tagged)?;
                    // What came before a NO is true all the same.
                    if !batch.is_empty() {
                        into.take(batch).await?;
                    }
                    return self.must(state);
                }
                Said::Fetch(told) if told.uid.is_some() && (told.header.is_some() || told.odd) => {
                    let seq = told.seq;
                    let Some(message) = incoming(*told, &mut self.selected) else { continue };
                    // Whatever else the server likes to tell is no answer.
                    if !asked.holds(seq, message.uid) {
                        continue;
                    }
                    bytes += message.raw.len();
                    batch.push(message);
                    if batch.len() >= BATCH || bytes >= BATCH_BYTES {
                        bytes = 0;
                        into.take(std::mem::replace(&mut batch, Vec::with_capacity(BATCH))).await?;
                    }
                }
                other => self.hear(&other),
            }
        }
    }

    pub(super) async fn enumerate(&mut self) -> Result<Vec<(u32, Flags)>, Failure> {
        let Some(selected) = &mut self.selected else { return Ok(Vec::new()) };
        // What made us ask is answered by this; what is told while it is answered is new.
        selected.news.unsure = false;
        // What was told of flags before is older than the list.
        selected.news.flags.clear();
        selected.listing = true;
        let mut found: Vec<(u32, Flags)> = Vec::with_capacity(selected.uids.len());
        let tagged = self
            .run("UID FETCH 1:* (UID FLAGS)", |said| {
                if let Said::Fetch(told) = said
                    && let (Some(uid), Some(flags)) = (told.uid, told.flags)
                {
                    found.push((uid, flags));
                }
            })
            .await?;
        if let Some(selected) = &mut self.selected {
            selected.listing = false;
        }
        self.must(tagged)?;
        // Of a message that was told of twice the last word counts.
        found.reverse();
        found.sort_by_key(|(uid, _)| *uid);
        found.dedup_by_key(|(uid, _)| *uid);
        Ok(found)
    }

    pub(super) async fn bodies(&mut self, uids: &[u32]) -> Result<Vec<(u32, Whole)>, Failure> {
        let mut found = Vec::with_capacity(uids.len());
        let mut short = Vec::new();
        for set in sets(uids, BODIES) {
            for (uid, body) in self.bodies_once(uids, &set.text).await? {
                match body {
                    Body::Good(whole) => found.push((uid, whole)),
                    Body::Short(first) => short.push((uid, first)),
                }
            }
        }
        for (uid, first) in short {
            if let Some(whole) = self.body_again(uid, first).await? {
                found.push((uid, whole));
            } else if uids.len() == 1 {
                return Err(self.nonsense("the message came incomplete, twice"));
            }
        }
        Ok(found)
    }

    async fn bodies_once(&mut self, asked: &[u32], set: &str) -> Result<Vec<(u32, Body)>, Failure> {
        let believed = self.misjudged < MISJUDGED;
        let mut found: Vec<(u32, Body)> = Vec::new();
        let tagged = self
            .run(format!("UID FETCH {set} {BODY}").as_str(), |said| {
                let Said::Fetch(told) = said else { return };
                let Some(uid) = told.uid.filter(|uid| asked.contains(uid)) else { return };
                // Flags of it may be told by the way, with nothing else.
                if (told.body.is_none() && !told.odd) || found.iter().any(|(known, _)| *known == uid) {
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
        self.must(tagged)?;
        Ok(found)
    }

    /// Asks once more for a message that came shorter than it should be. Some servers are mistaken about the size: what
    /// they say twice is all that they have. `None`: it is not whole.
    async fn body_again(&mut self, uid: u32, first: Option<Whole>) -> Result<Option<Whole>, Failure> {
        let again = self.bodies_once(&[uid], &uid.to_string()).await?;
        Ok(match again.into_iter().next() {
            Some((_, Body::Good(whole))) => Some(whole),
            Some((_, Body::Short(Some(whole)))) if whole.size() > 0 && Some(&whole) == first.as_ref() => {
                self.misjudged = self.misjudged.saturating_add(1);
                Some(whole)
            }
            _ => None,
        })
    }
}

/// A body as it came.
enum Body {
    Good(Whole),
    /// Less than the server says that there is.
    Short(Option<Whole>),
}

/// Whose numbers are asked for.
#[derive(Clone, Copy, Debug)]
enum Asked<'a> {
    Places(usize, usize),
    Above(u32),
    Uids(&'a Set),
}

impl Asked<'_> {
    fn holds(self, seq: u32, uid: u32) -> bool {
        match self {
            Self::Places(first, last) => usize::try_from(seq).is_ok_and(|seq| (first..=last).contains(&seq)),
            Self::Above(above) => uid > above,
            Self::Uids(set) => set.holds(uid),
        }
    }
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
    let headers = mime::headers(&raw);
    let arrival = told.arrival.or(headers.date).unwrap_or(Timestamp(0));
    let (flags, size) = (told.flags.unwrap_or_default(), told.size.unwrap_or(0));
    Some(Incoming { uid, flags, arrival, size, headers, raw, decoder: mime::DECODER })
}
