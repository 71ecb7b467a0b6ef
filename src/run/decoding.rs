//! Messages that are being decoded, each on a thread of its own with a deadline.
//!
//! A message may be made to take long, and a thread cannot be told to stop. One that is late is left to itself: its message
//! is shown as it is, and what it may still find is dropped.

use std::collections::VecDeque;
use std::sync::Arc;
use std::thread;
use std::time::Instant;

use crate::decoding::{PATIENCE, rendered};
use crate::mime;
use crate::model::{Readable, Reading, Ticket};

/// Threads at a time, those left to themselves among them.
const THREADS: usize = 2;

/// Who waits for what.
#[derive(Debug)]
struct Waiting {
    ticket: Ticket,
    raw: Arc<Vec<u8>>,
    reading: Reading,
    until: Instant,
    begun: bool,
}

pub(super) struct Decoding<F> {
    decode: F,
    waiting: VecDeque<Waiting>,
    /// What the threads work at, whether somebody still waits for it or not.
    threads: Vec<Ticket>,
}

impl<F: Fn(&[u8], Reading) -> Readable + Clone + Send + 'static> Decoding<F> {
    pub(super) fn new(decode: F) -> Self {
        Self { decode, waiting: VecDeque::new(), threads: Vec::new() }
    }

    pub(super) fn add(&mut self, ticket: Ticket, raw: Vec<u8>, reading: Reading, now: Instant) {
        self.waiting.push_back(Waiting { ticket, raw: Arc::new(raw), reading, until: now + PATIENCE, begun: false });
    }

    /// Nobody waits for it any more.
    pub(super) fn cancel(&mut self, ticket: Ticket) {
        self.waiting.retain(|waiting| waiting.ticket != ticket);
    }

    /// A thread has ended. True if somebody waits for what it found.
    pub(super) fn ended(&mut self, ticket: Ticket) -> bool {
        if let Some(at) = self.threads.iter().position(|at_work| *at_work == ticket) {
            self.threads.swap_remove(at);
        }
        let waited_for = self.waiting.iter().any(|waiting| waiting.ticket == ticket);
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
        late.into_iter().map(|waiting| (waiting.ticket, mime::as_it_is(&waiting.raw))).collect()
    }

    /// Begins with what waits, as far as there are threads. `done` is told on the thread what was found.
    pub(super) fn begin(&mut self, done: impl Fn(Ticket, Box<Readable>) + Clone + Send + 'static) {
        for waiting in self.waiting.iter_mut().filter(|waiting| !waiting.begun) {
            if self.threads.len() >= THREADS {
                return;
            }
            waiting.begun = true;
            let (ticket, raw, decode, done) = (waiting.ticket, waiting.raw.clone(), self.decode.clone(), done.clone());
            let reading = waiting.reading;
            let work = move || done(ticket, Box::new(rendered(&raw, |raw| decode(raw, reading))));
            // Where there is no room for a thread, the message is shown as it is when it is late.
            if thread::Builder::new().name("message".to_owned()).spawn(work).is_ok() {
                self.threads.push(ticket);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Barrier, mpsc};
    use std::time::Duration;

    use super::*;
    use crate::model::clock;

    type Found = mpsc::Receiver<(Ticket, Box<Readable>)>;

    /// A decoder that is held up by two messages, each at a gate of its own.
    fn held_up(gates: &[Arc<Barrier>; 2]) -> Decoding<impl Fn(&[u8], Reading) -> Readable + Clone + Send + 'static> {
        let held = gates.clone();
        Decoding::new(move |raw: &[u8], _| {
            match raw {
                b"first" => _ = held[0].wait(),
                b"second" => _ = held[1].wait(),
                _ => {}
            }
            mime::readable(b"Subject: decoded\n\n")
        })
    }

    fn gates() -> [Arc<Barrier>; 2] {
        [Arc::new(Barrier::new(2)), Arc::new(Barrier::new(2))]
    }

    fn begin<F: Fn(&[u8], Reading) -> Readable + Clone + Send + 'static>(decoding: &mut Decoding<F>) -> Found {
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
        decoding.add(Ticket(1), b"first".to_vec(), Reading::default(), now);
        let late = begin(&mut decoding);
        decoding.add(Ticket(2), b"quick".to_vec(), Reading::default(), now);
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
        decoding.add(Ticket(1), b"first".to_vec(), Reading::default(), now);
        let first = begin(&mut decoding);
        decoding.add(Ticket(2), b"second".to_vec(), Reading::default(), now);
        let _second = begin(&mut decoding);
        decoding.cancel(Ticket(1));
        decoding.cancel(Ticket(2));
        assert_eq!((decoding.threads.len(), decoding.until()), (THREADS, None));
        decoding.add(Ticket(9), b"quick".to_vec(), Reading::default(), now);
        assert!(begin(&mut decoding).recv().is_err(), "there is no thread for it yet");
        gates[0].wait();
        let (ended, _) = first.recv_timeout(Duration::from_secs(20)).unwrap();
        assert!(!decoding.ended(ended));
        assert_eq!(begin(&mut decoding).recv_timeout(Duration::from_secs(20)).unwrap().0, Ticket(9));
        gates[1].wait();
    }
}
