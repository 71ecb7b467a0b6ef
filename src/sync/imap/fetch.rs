//! FETCH, always peeking.

use async_imap::imap_proto::{AttributeValue, Response, Status as Verdict};

use super::flags_of;
use super::session::{Session, Tagged};
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
        loop {
            let response = self.next().await?;
            match response.parsed() {
                Response::Done { tag: done, status, outcome } => {
                    let said = outcome.information.as_deref().unwrap_or_default().to_owned();
                    let ours = done.0 == tag;
                    let verdict = if *status == Verdict::Ok { Verdict::Ok } else { Verdict::No };
                    if !ours {
                        return Err(self.nonsense("an answer to a question that was not asked"));
                    }
                    // What came before a NO is true all the same.
                    if !batch.is_empty() {
                        into.take(batch).await?;
                    }
                    return self.must(Tagged { verdict, said });
                }
                Response::Fetch(number, attributes) => match incoming(attributes) {
                    Some(message) => {
                        self.place(*number, message.uid);
                        if message.uid > above {
                            batch.push(message);
                        }
                        if batch.len() >= BATCH {
                            into.take(std::mem::replace(&mut batch, Vec::with_capacity(BATCH))).await?;
                        }
                    }
                    None => self.hear(response.parsed()),
                },
                other => self.hear(other),
            }
        }
    }

    /// Remembers which number stands at a place of the folder.
    fn place(&mut self, sequence: u32, uid: u32) {
        let at = usize::try_from(sequence).ok().and_then(|n| n.checked_sub(1));
        if let Some(selected) = &mut self.selected
            && let Some(place) = at.and_then(|at| selected.uids.get_mut(at))
        {
            *place = uid;
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
            .run("UID FETCH 1:* (UID FLAGS)", |response| {
                if let Response::Fetch(_, attributes) = response
                    && let (Some(uid), Some(flags)) = flags_of(attributes)
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
                .run(&format!("UID FETCH {} {BODY}", set.text), |response| {
                    if let Response::Fetch(_, attributes) = response
                        && let Some((uid, raw)) = body(attributes)
                        && uids.contains(&uid)
                    {
                        found.push((uid, raw));
                    }
                })
                .await?;
            self.must(tagged)?;
        }
        Ok(found)
    }
}

/// A list row out of a FETCH response; `None` if it is something else.
fn incoming(attributes: &[AttributeValue<'_>]) -> Option<Incoming> {
    let (uid, flags) = flags_of(attributes);
    let (mut size, mut arrival, mut raw) = (0, None, None);
    for attribute in attributes {
        match attribute {
            AttributeValue::Rfc822Size(number) => size = u64::from(*number),
            AttributeValue::InternalDate(written) => arrival = mime::date(written),
            AttributeValue::BodySection { data, .. } => raw = Some(data.as_deref().unwrap_or_default().to_vec()),
            _ => {}
        }
    }
    let raw = raw?;
    let headers = mime::headers(&raw);
    let arrival = arrival.or(headers.date).unwrap_or(Timestamp(0));
    Some(Incoming { uid: uid?, flags: flags.unwrap_or_default(), arrival, size, headers, raw, decoder: mime::DECODER })
}

fn body(attributes: &[AttributeValue<'_>]) -> Option<(u32, Vec<u8>)> {
    let (uid, _) = flags_of(attributes);
    let raw = attributes.iter().find_map(|attribute| match attribute {
        // The whole of it, and nothing that only looks like it.
        AttributeValue::BodySection { section: None, index: None, data: Some(data) } if !data.is_empty() => {
            Some(data.to_vec())
        }
        _ => None,
    })?;
    Some((uid?, raw))
}
