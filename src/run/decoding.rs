//! Messages that are being decoded, each on a thread of its own with a deadline.
//!
//! A message may be made to take long, and a thread cannot be told to stop. One that is late is left to itself: its message
//! is shown as it is, and what it may still find is dropped.

use std::collections::VecDeque;
use std::sync::Arc;
use std::thread;
use std::time::Instant;

use super::quarantine::{Print, Quarantine};
use super::reading::Wanted;
use crate::decoding;
use crate::decoding::{PATIENCE, rendered};
use crate::model::{Readable, Ticket};

/// Threads at a time, those left to themselves among them.
const THREADS: usize = 2;

/// Who waits for what.
#[derive(Debug)]
struct Waiting {
    ticket: Ticket,
    raw: Arc<Vec<u8>>,
    print: Print,
    wanted: Wanted,
    until: Instant,
    begun: bool,
}

pub(super) struct Decoding<F> {
    decode: F,
    waiting: VecDeque<Waiting>,
    /// What the threads work at, whether somebody still waits for it or not.
    threads: Vec<(Ticket, Print)>,
    quarantine: Quarantine,
}

impl<F: Fn(&Arc<Vec<u8>>, &Wanted) -> Readable + Clone + Send + 'static> Decoding<F> {
    pub(super) fn new(decode: F, quarantine: Quarantine) -> Self {
        Self { decode, waiting: VecDeque::new(), threads: Vec::new(), quarantine }
    }

    /// What it looks like at once, if it broke its decoder before and nobody insists.
    pub(super) fn add(&mut self, ticket: Ticket, raw: Vec<u8>, wanted: Wanted, now: Instant) -> Option<Readable> {
        let print = Print::of(&raw);
        if self.quarantine.holds(print) && !wanted.insists {
            return Some(decoding::as_it_is(&raw));
        }
        let (raw, until) = (Arc::new(raw), now + PATIENCE);
        self.waiting.push_back(Waiting { ticket, raw, print, wanted, until, begun: false });
        None
    }

    /// Nobody waits for it any more.
    pub(super) fn cancel(&mut self, ticket: Ticket) {
        self.waiting.retain(|waiting| waiting.ticket != ticket);
    }

    /// A thread has ended. True if somebody waits for what it found.
    pub(super) fn ended(&mut self, ticket: Ticket) -> bool {
        if let Some(at) = self.threads.iter().position(|(at_work, _)| *at_work == ticket) {
            let (_, print) = self.threads.swap_remove(at);
            self.quarantine.ended(print);
        }
        let waiting = self.waiting.iter().find(|waiting| waiting.ticket == ticket);
        let waited_for = waiting.is_some();
        if let Some(print) = waiting.map(|waiting| waiting.print) {
            // In time: whatever was wrong with it is not any more.
            self.quarantine.release(print);
        }
        self.cancel(ticket);
        waited_for
    }

    /// When somebody will have waited long enough.
    pub(super) fn until(&self) -> Option<Instant> {
        self.waiting.iter().map(|waiting| waiting.until).min()
    }

    /// Gives up on what is late, whether a thread works at it or none was free: as it is, it can be shown.
    pub(super) fn late(&mut self, now: Instant) -> Vec<(Ticket, Readable)> {
        let (late, waiting): (Vec<_>, Vec<_>) = self.waiting.drain(..).partition(|waiting| waiting.until <= now);
        self.waiting = waiting.into();
        for waiting in late.iter().filter(|waiting| waiting.begun) {
            self.quarantine.broke(waiting.print);
        }
        late.into_iter().map(|waiting| (waiting.ticket, decoding::as_it_is(&waiting.raw))).collect()
    }

    /// Nobody reads any more.
    pub(super) fn close(&mut self) {
        self.quarantine.close();
    }

    /// Begins with what waits, as far as there are threads. `done` is told on the thread what was found.
    pub(super) fn begin(&mut self, done: impl Fn(Ticket, Box<Readable>) + Clone + Send + 'static) {
        for waiting in self.waiting.iter_mut().filter(|waiting| !waiting.begun) {
            if self.threads.len() >= THREADS {
                return;
            }
            waiting.begun = true;
            self.quarantine.begins(waiting.print);
            let (ticket, raw, decode, done) = (waiting.ticket, waiting.raw.clone(), self.decode.clone(), done.clone());
            let wanted = waiting.wanted.clone();
            let work = move || done(ticket, Box::new(rendered(&raw, |_| decode(&raw, &wanted))));
            // Where there is no room for a thread, the message is shown as it is when it is late.
            if thread::Builder::new().name("message".to_owned()).spawn(work).is_ok() {
                self.threads.push((ticket, waiting.print));
            } else {
                self.quarantine.ended(waiting.print);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Barrier, mpsc};
    use std::time::Duration;

    use super::*;
    use crate::mime;
    use crate::model::clock;

    type Found = mpsc::Receiver<(Ticket, Box<Readable>)>;

    /// A decoder that is held up by two messages, each at a gate of its own.
    fn held_up(
        gates: &[Arc<Barrier>; 2],
    ) -> Decoding<impl Fn(&Arc<Vec<u8>>, &Wanted) -> Readable + Clone + Send + 'static> {
        let held = gates.clone();
        let decode = move |raw: &Arc<Vec<u8>>, _: &Wanted| {
            match raw.as_slice() {
                b"first" => _ = held[0].wait(),
                b"second" => _ = held[1].wait(),
                _ => {}
            }
            mime::readable(b"Subject: decoded\n\n")
        };
        Decoding::new(decode, Quarantine::kept_nowhere())
    }

    fn gates() -> [Arc<Barrier>; 2] {
        [Arc::new(Barrier::new(2)), Arc::new(Barrier::new(2))]
    }

    fn begin<F: Fn(&Arc<Vec<u8>>, &Wanted) -> Readable + Clone + Send + 'static>(decoding: &mut Decoding<F>) -> Found {
        let (to, found) = mpsc::channel();
        decoding.begin(move |ticket, readable| {
            let _ = to.send((ticket, readable));
        });
        found
    }

    #[test]
    fn m01_a_message_that_takes_too_long_holds_up_no_other() {
        let gates = gates();
        let mut decoding = held_up(&gates);
        let now = clock::instant();
        decoding.add(Ticket(1), b"first".to_vec(), Wanted::default(), now);
        let late = begin(&mut decoding);
        decoding.add(Ticket(2), b"quick".to_vec(), Wanted::default(), now);
        let (ticket, readable) = begin(&mut decoding).recv_timeout(Duration::from_secs(20)).unwrap();
        assert!(ticket == Ticket(2) && decoding.ended(ticket));
        assert_eq!(readable.subject.as_untrusted(), "decoded");

        assert_eq!(decoding.until(), Some(now + PATIENCE));
        assert!(decoding.late(now).is_empty());
        let given_up = decoding.late(now + PATIENCE);
        assert_eq!(given_up.len(), 1);
        assert_eq!((given_up[0].0, given_up[0].1.document.text.as_untrusted()), (Ticket(1), "first"));
        gates[0].wait();
        let (ticket, _) = late.recv_timeout(Duration::from_secs(20)).unwrap();
        assert!(!decoding.ended(ticket), "nobody waits for it any more");
    }

    #[test]
    fn m01_threads_that_nobody_waits_for_are_few() {
        let gates = gates();
        let mut decoding = held_up(&gates);
        let now = clock::instant();
        decoding.add(Ticket(1), b"first".to_vec(), Wanted::default(), now);
        let first = begin(&mut decoding);
        decoding.add(Ticket(2), b"second".to_vec(), Wanted::default(), now);
        let _second = begin(&mut decoding);
        decoding.cancel(Ticket(1));
        decoding.cancel(Ticket(2));
        assert_eq!((decoding.threads.len(), decoding.until()), (THREADS, None));
        decoding.add(Ticket(9), b"quick".to_vec(), Wanted::default(), now);
        assert!(begin(&mut decoding).recv().is_err(), "there is no thread for it yet");
        gates[0].wait();
        let (ended, _) = first.recv_timeout(Duration::from_secs(20)).unwrap();
        assert!(!decoding.ended(ended));
        assert_eq!(begin(&mut decoding).recv_timeout(Duration::from_secs(20)).unwrap().0, Ticket(9));
        gates[1].wait();
    }

    #[test]
    fn k10_what_broke_is_shown_as_it_came_until_somebody_insists() {
        let gates = gates();
        let mut decoding = held_up(&gates);
        let now = clock::instant();
        let add = |decoding: &mut Decoding<_>, ticket, insists| {
            decoding.add(Ticket(ticket), b"first".to_vec(), Wanted { insists, ..Wanted::default() }, now)
        };
        assert_eq!(add(&mut decoding, 1, false), None);
        let late = begin(&mut decoding);
        assert_eq!(decoding.late(now + PATIENCE).len(), 1);
        let shown = add(&mut decoding, 2, false).unwrap();
        assert_eq!(
            (shown.document.text.as_untrusted(), shown.warnings),
            ("first", vec![crate::model::Warning::AsItCame])
        );
        assert!(shown.other.is_some(), "there is a key to try it again");
        gates[0].wait();
        let (ticket, _) = late.recv_timeout(Duration::from_secs(20)).unwrap();
        assert!(!decoding.ended(ticket));
        assert!(add(&mut decoding, 3, false).is_some(), "that it ended at last is not enough");
        assert_eq!(add(&mut decoding, 4, true), None);
        let found = begin(&mut decoding);
        gates[0].wait();
        assert!(decoding.ended(found.recv_timeout(Duration::from_secs(20)).unwrap().0));
        assert_eq!(add(&mut decoding, 5, false), None, "it could be read");
    }
}
