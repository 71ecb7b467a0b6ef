//! The door to everything that reads what a message says: whoever sent it may have made it to break its decoder, or to
//! take long. What breaks gives nothing, and takes nobody along.
//!
//! A thread cannot be told to stop. One that is late is left to itself, and what it may still find is dropped.

use std::borrow::Cow;
use std::panic::{self, AssertUnwindSafe};
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::Duration;

use crate::mime::{self, Recipient};
use crate::model::{AnswerHints, Attachment, Headers, Hop, PartId, Readable, Reading, SHOWN, Timestamp};

pub use crate::mime::{DECODER, Field, known_charsets};

/// Nobody waits longer for a message that is here.
pub const PATIENCE: Duration = Duration::from_secs(2);

/// Whose mail it is, as far as that matters for reading it.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Addressee {
    /// Under which names the provider writes what it found out about senders; `None` if nobody knows the provider.
    pub vouchers: Option<Vec<String>>,
    /// True if these names are guessed.
    pub guessed: bool,
    /// The domains of the own addresses.
    pub own: Vec<String>,
}

impl Addressee {
    /// The owner of an account with this address.
    pub fn new(vouchers: &[String], guessed: bool, address: &str) -> Self {
        let domain = address.rsplit_once('@').map(|(_, domain)| domain.to_owned());
        Self { vouchers: Some(vouchers.to_vec()), guessed, own: domain.into_iter().collect() }
    }
}

fn borrowed(names: &[String]) -> Vec<&str> {
    names.iter().map(String::as_str).collect()
}

/// What a person reads of the beginning of a message; all of it, if it is no longer than that.
pub fn beginning(raw: &[u8], reading: &Reading, addressee: &Addressee) -> Readable {
    let whole = u64::try_from(raw.len()).unwrap_or(u64::MAX);
    let reading = Reading { size: Some(reading.size.unwrap_or(whole)), ..*reading };
    let vouchers = addressee.vouchers.as_deref().map(borrowed);
    let own = borrowed(&addressee.own);
    let recipient = Recipient { provider: vouchers.as_deref(), guessed: addressee.guessed, own: &own };
    mime::readable_for(raw.get(..SHOWN).unwrap_or(raw), &reading, &recipient)
}

/// The same, with the files that lie behind the beginning, as far as they are found in this time. Without them it says
/// of itself that there is more.
pub fn whole(raw: &Arc<Vec<u8>>, reading: &Reading, addressee: &Addressee, patience: Duration) -> Readable {
    let mut readable = beginning(raw, reading, addressee);
    if raw.len() > SHOWN
        && let Some(all) = files(raw, patience)
    {
        readable.attachments = all;
    }
    readable
}

/// Every file of a message.
pub fn files(raw: &Arc<Vec<u8>>, patience: Duration) -> Option<Vec<Attachment>> {
    let raw = raw.clone();
    within(patience, move || mime::parts_of(&raw))
}

/// A message that breaks its decoder is shown as it is, and does not take the program along. What broke is told by the
/// panic hook.
pub fn rendered(raw: &[u8], decode: impl FnOnce(&[u8]) -> Readable) -> Readable {
    panic::catch_unwind(AssertUnwindSafe(|| decode(raw))).unwrap_or_else(|_| mime::as_it_is(raw))
}

/// What a list says of a message.
pub fn headers(raw: &[u8]) -> Headers {
    guarded(|| mime::headers(raw))
}

/// All the fields of its head.
pub fn fields(raw: &[u8]) -> Vec<Field> {
    guarded(|| mime::fields(raw))
}

/// What matters only to whoever answers it.
pub fn answer_hints(raw: &[u8]) -> AnswerHints {
    guarded(|| mime::answer_hints(raw))
}

/// The way that it came.
pub fn route(raw: &[u8]) -> Vec<Hop> {
    guarded(|| mime::route(raw))
}

/// A date as somebody has written it.
pub fn date(written: &str) -> Option<Timestamp> {
    guarded(|| mime::date(written))
}

/// What a part holds.
pub fn part(raw: &[u8], part: PartId) -> Option<Vec<u8>> {
    guarded(|| mime::part(raw, part).map(Cow::into_owned))
}

/// What each of these parts holds, one after the other; where that breaks, of none of those that are left.
pub fn each_part(raw: &[u8], parts: &[PartId], each: impl FnMut(PartId, Option<Cow<'_, [u8]>>)) {
    guarded(|| mime::each_part(raw, parts, each));
}

/// The pages that it shows, each with its text.
pub fn pages(raw: &[u8]) -> Vec<(PartId, String)> {
    guarded(|| mime::pages(raw))
}

/// Its pages as one that may be sent on.
pub fn harmless_page(raw: &[u8]) -> Option<String> {
    guarded(|| mime::harmless_page(raw))
}

/// The message with nothing understood.
pub fn as_it_is(raw: &[u8]) -> Readable {
    mime::as_it_is(raw)
}

/// What broke is told by the panic hook.
fn guarded<T: Default>(work: impl FnOnce() -> T) -> T {
    panic::catch_unwind(AssertUnwindSafe(work)).unwrap_or_default()
}

/// What the work gives, unless it breaks or takes longer than this.
pub fn within<T: Send + 'static>(patience: Duration, work: impl FnOnce() -> T + Send + 'static) -> Option<T> {
    let (done, ended) = mpsc::channel();
    let guarded = move || {
        if let Ok(found) = panic::catch_unwind(AssertUnwindSafe(work)) {
            // Perhaps nobody waits any more.
            let _ = done.send(found);
        }
    };
    thread::Builder::new().name("message".to_owned()).spawn(guarded).ok()?;
    ended.recv_timeout(patience).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn k09_a_message_that_breaks_its_decoder_is_shown_as_it_is() {
        let raw = b"Subject: s\n\n\xff words";
        let shown = rendered(raw, |_| panic!("broken decoder"));
        assert!(shown.document.text.as_untrusted().ends_with("words"), "{shown:?}");
        assert_eq!(rendered(raw, mime::readable).subject.as_untrusted(), "s");
    }

    #[test]
    fn k09_what_breaks_gives_nothing() {
        assert_eq!(guarded(|| -> Option<u8> { panic!("broken") }), None);
        assert_eq!(headers(b"Subject: s\n\n").subject.as_untrusted(), "s");
    }

    #[test]
    fn what_is_only_a_beginning_says_so() {
        let mut raw = b"Subject: s\n\nwords\n".to_vec();
        let read = |raw: &[u8]| beginning(raw, &Reading::default(), &Addressee::default());
        assert!(!read(&raw).cut);
        raw.resize(SHOWN + 1, b'\n');
        let shown = read(&raw);
        assert!(shown.cut && shown.subject.as_untrusted() == "s");
    }

    #[test]
    fn files_behind_the_beginning_are_found() {
        let part = |name: &str, size: usize| {
            let head = format!("--b\nContent-Type: application/pdf; name={name}\n\n");
            [head.into_bytes(), vec![b'x'; size], b"\n".to_vec()].concat()
        };
        let head = b"Subject: s\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nwords\n".to_vec();
        let raw = [head, part("a.pdf", SHOWN), part("b.pdf", 10), part("c.pdf", 20), b"--b--\n".to_vec()].concat();
        let readable = whole(&Arc::new(raw), &Reading::default(), &Addressee::default(), PATIENCE * 100);
        let found: Vec<_> =
            readable.attachments.iter().map(|file| (file.name.as_untrusted().to_owned(), file.size)).collect();
        let expected = [("a.pdf", SHOWN as u64), ("b.pdf", 10), ("c.pdf", 20)];
        assert_eq!(found, expected.map(|(name, size)| (name.to_owned(), size)));
        assert_eq!(readable.document.text.as_untrusted(), "words");
    }

    #[test]
    fn what_breaks_or_never_ends_gives_nothing() {
        assert_eq!(within(PATIENCE * 100, || 1), Some(1));
        assert_eq!(within(PATIENCE * 100, || -> u8 { panic!("broken") }), None);
        let (hold, held) = mpsc::channel::<()>();
        assert_eq!(within(Duration::from_millis(1), move || held.recv().is_ok()), None);
        drop(hold);
    }
}
