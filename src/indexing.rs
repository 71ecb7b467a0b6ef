//! What changed in the mail becomes words that can be found: read, decoded, cut, and put into search.db, a batch at a time.

use std::sync::Arc;

use crate::decoding::{self, Addressee, PATIENCE};
use crate::model::{Address, MessageId, Readable, Reading};
use crate::store::{Entry, Finder, IndexWrite, IndexWriter, StoreError, Words};

/// Messages that go to the disk together.
const BATCH: usize = 200;
/// A batch ends when its texts are longer than this together.
const LONGEST_BATCH: usize = 8 * 1024 * 1024;

/// Takes the next changes into the index. Returns how many messages that were; none if there is nothing to do.
pub fn step(finder: &Finder, index: &IndexWriter) -> Result<usize, StoreError> {
    let changes = finder.to_index(BATCH)?;
    let (mut entries, mut length) = (Vec::with_capacity(changes.messages().len()), 0);
    for message in changes.messages() {
        let entry = entry(finder, message)?;
        length += entry.words.as_ref().map_or(0, |(_, words)| words.body.len());
        entries.push(entry);
        if length > LONGEST_BATCH {
            break;
        }
    }
    let count = entries.len();
    if count > 0 {
        let (top, bottom) = changes.marks_after(count);
        index.commit_blocking(IndexWrite::Batch { entries, top, bottom })?;
    }
    Ok(count)
}

fn entry(finder: &Finder, message: MessageId) -> Result<Entry, StoreError> {
    let Some((arrival, head)) = finder.mail().head_of(message)? else { return Ok(Entry { message, words: None }) };
    let headers = decoding::headers(&head);
    let mut words = Words {
        sender: people(&headers.from),
        receivers: people(headers.to.iter().chain(&headers.cc)),
        subject: headers.subject.as_untrusted().to_owned(),
        ..Words::default()
    };
    // A body that cannot be unpacked is fetched again when somebody reads it, and indexed then.
    if let Some(read) = finder.mail().body(message).ok().flatten().and_then(read) {
        read.document.text.as_untrusted().clone_into(&mut words.body);
        words.files = read.attachments.iter().map(|file| file.name.as_untrusted().to_owned()).collect();
    }
    Ok(Entry { message, words: Some((arrival, Box::new(words))) })
}

/// What a person reads of it; nothing if it breaks its decoder or takes too long.
fn read(raw: Vec<u8>) -> Option<Readable> {
    let raw = Arc::new(raw);
    decoding::within(PATIENCE, move || decoding::beginning(&raw, &Reading::default(), &Addressee::default()))
}

fn people<'a>(all: impl IntoIterator<Item = &'a Address>) -> Vec<(String, String)> {
    let both = |one: &Address| (one.name.as_untrusted().to_owned(), one.address.as_untrusted().to_owned());
    all.into_iter().map(both).collect()
}

/// The text of a message, to show where it was found.
pub fn text_of(finder: &Finder, message: MessageId) -> Option<String> {
    let read = finder.mail().body(message).ok().flatten().and_then(read)?;
    Some(read.document.text.as_untrusted().to_owned())
}

#[cfg(test)]
mod tests;
