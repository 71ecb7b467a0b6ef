//! Decoding a message that somebody may have made to break its decoder, or to take long.
//!
//! A thread cannot be told to stop. One that is late is left to itself, and what it may still find is dropped.

use std::panic::{self, AssertUnwindSafe};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use crate::mime;
use crate::model::Readable;

/// Nobody waits longer for a message that is here.
pub const PATIENCE: Duration = Duration::from_secs(2);

/// A message that breaks its decoder is shown as it is, and does not take the program along. What broke is told by the
/// panic hook.
pub fn rendered(raw: &[u8], decode: impl FnOnce(&[u8]) -> Readable) -> Readable {
    panic::catch_unwind(AssertUnwindSafe(|| decode(raw))).unwrap_or_else(|_| mime::as_it_is(raw))
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
    fn what_breaks_or_never_ends_gives_nothing() {
        assert_eq!(within(PATIENCE * 100, || 1), Some(1));
        assert_eq!(within(PATIENCE * 100, || -> u8 { panic!("broken") }), None);
        let (hold, held) = mpsc::channel::<()>();
        assert_eq!(within(Duration::from_millis(1), move || held.recv().is_ok()), None);
        drop(hold);
    }
}
