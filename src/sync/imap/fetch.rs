//! FETCH, always peeking.

use super::news::Selected;
use super::said::{Fetched, Said};
use super::session::Session;
use super::set::sets;
use crate::mime;
use crate::model::{Failure, Flags, Timestamp};
use crate::store::Incoming;
use crate::sync::{Sink, Span};

/// What list rows are made of. A literal keeps raw bytes, costs less than an ENVELOPE, and is never made up.
const ROW: &str = "(UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (DATE FROM TO CC REPLY-TO SUBJECT \
    MESSAGE-ID IN-REPLY-TO REFERENCES LIST-ID LIST-UNSUBSCRIBE CONTENT-TYPE)])";
const BODY: &str = "(UID BODY.PEEK[])";

/// Messages that are handed on together.
const BATCH: usize = 200;
/// However few they are: headers may be long.
const BATCH_BYTES: usize = 4 * 1024 * 1024;
/// Numbers in one command. Servers take more, but an answer that breaks off is asked for again from here.
const NUMBERS: usize = 1_000;
/// Whole messages in one command: some servers hang up at more.
const BODIES: usize = 10;

impl Session {
    pub(super) async fn headers<S: Sink>(&mut self, of: Span<'_>, into: &mut S) -> Result<bool, Failure> {
        match of {
            Span::Newest { skip, count } => {
                let known = self.selected.as_ref().map_or(0, |selected| selected.uids.len());
                let last = known.saturating_sub(skip);
                let first = last.saturating_sub(count) + 1;
                if first > last {
                    return Ok(true);
                }
                self.fetch_rows(&format!("FETCH {first}:{last} {ROW}"), 0, into).await.map(|()| true)
            }
            Span::Above(uid) => {
                let Some(from) = uid.checked_add(1) else { return Ok(true) };
                // `n:*` always names the last message, even if its number is smaller.
                self.fetch_rows(&format!("UID FETCH {from}:* {ROW}"), uid, into).await.map(|()| true)
            }
            Span::These(uids) => {
                // Newest first, so that the list grows from its top.
                for set in sets(uids, NUMBERS).into_iter().rev() {
                    self.fetch_rows(&format!("UID FETCH {} {ROW}", set.text), 0, into).await?;
                }
                Ok(true)
            }
            Span::Places(places) => {
                for set in sets(places, NUMBERS).into_iter().rev() {
                    self.fetch_rows(&format!("FETCH {} {ROW}", set.text), 0, into).await?;
                }
                Ok(true)
            }
        }
    }

    async fn fetch_rows<S: Sink>(&mut self, command: &str, above: u32, into: &mut S) -> Result<(), Failure> {
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
                    let Some(message) = incoming(*told, &mut self.selected) else { continue };
                    if message.uid <= above {
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

    pub(super) async fn bodies(&mut self, uids: &[u32]) -> Result<Vec<(u32, Vec<u8>)>, Failure> {
        let mut found = Vec::with_capacity(uids.len());
        for set in sets(uids, BODIES) {
            let tagged = self
                .run(format!("UID FETCH {} {BODY}", set.text).as_str(), |said| {
                    if let Said::Fetch(told) = said
                        && let (Some(uid), Some(raw)) = (told.uid, &told.body)
                        && !raw.is_empty()
                        && uids.contains(&uid)
                    {
                        found.push((uid, raw.clone()));
                    }
                })
                .await?;
            self.must(tagged)?;
        }
        Ok(found)
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
