//! A tap on one connection: what is said there goes to the recorder, without secrets and without mail.
//!
//! What is sent comes as a text that was made without the secret; what is heard is clipped, literals and the strings of
//! FETCH are left out, and the secret is replaced wherever it stands. A tap never waits: what the recorder cannot take
//! is counted, and a flood of the same response is told as a number.

mod hidden;

use std::fmt;
use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::sync::mpsc::SyncSender;
use std::time::Instant;

use tokio::sync::mpsc::UnboundedSender;

pub use hidden::Hidden;

use super::recorder::Message;
use crate::model::{Purpose, Secret, WireKind, WireLine, clock};
use crate::text::SafeText;

/// Bytes of one line that are shown.
const SHOWN: usize = 400;
/// Bytes of one line that are told to whoever listens beside the recorder: some servers can do a lot.
const TOLD: usize = 4 * 1024;
/// Responses of the same kind in a row that are shown; the rest is counted.
const FETCHES: u64 = 3;
const OTHERS: u64 = 50;

/// A handle that is cheap to clone. The default one says nothing to anybody.
#[derive(Clone, Default)]
pub struct Tap(Option<Arc<Open>>);

impl fmt::Debug for Tap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() { "Tap" } else { "Tap(nobody)" })
    }
}

struct Open {
    to: SyncSender<Message>,
    /// Somebody who listens beside the recorder.
    ear: Option<UnboundedSender<Overheard>>,
    account: SafeText,
    purpose: Purpose,
    /// Zero for a tap that is not on a connection yet.
    number: u32,
    numbers: Arc<AtomicU32>,
    hidden: Hidden,
    lost: AtomicU64,
    /// The word of the last response, and how many there were of it in a row.
    word: AtomicU64,
    run: AtomicU64,
    /// It was told that the connection is there, and not yet that it is over.
    alive: AtomicBool,
}

/// What somebody hears who listens beside the recorder: more of each line, and to the millisecond.
#[derive(Clone, Debug)]
pub struct Overheard {
    pub at: Instant,
    pub kind: WireKind,
    pub text: SafeText,
}

impl Tap {
    pub(super) fn new(to: SyncSender<Message>, numbers: Arc<AtomicU32>, account: &str, purpose: Purpose) -> Self {
        Self(Some(Arc::new(Open {
            to,
            ear: None,
            account: SafeText::of(account),
            purpose,
            number: 0,
            numbers,
            hidden: Hidden::default(),
            lost: AtomicU64::new(0),
            word: AtomicU64::new(0),
            run: AtomicU64::new(0),
            alive: AtomicBool::new(false),
        })))
    }

    /// The same for another kind of connection of the account.
    #[must_use]
    pub fn for_purpose(&self, purpose: Purpose) -> Self {
        self.another(|open| open.purpose = purpose)
    }

    /// The same, and somebody listens beside the recorder.
    #[must_use]
    pub fn overheard_by(&self, ear: UnboundedSender<Overheard>) -> Self {
        self.another(|open| open.ear = Some(ear))
    }

    /// A tap on a new connection, on which this secret may be said.
    #[must_use]
    pub fn connection(&self, login: &str, secret: &Secret) -> Self {
        self.another(|open| {
            open.number = open.numbers.fetch_add(1, Ordering::Relaxed).wrapping_add(1);
            open.hidden = Hidden::of(login, secret);
        })
    }

    fn another(&self, change: impl FnOnce(&mut Open)) -> Self {
        Self(self.0.as_ref().map(|open| {
            let mut another = Open {
                to: open.to.clone(),
                ear: open.ear.clone(),
                account: open.account.clone(),
                purpose: open.purpose,
                number: open.number,
                numbers: open.numbers.clone(),
                hidden: open.hidden.clone(),
                lost: AtomicU64::new(0),
                word: AtomicU64::new(0),
                run: AtomicU64::new(0),
                alive: AtomicBool::new(false),
            };
            change(&mut another);
            Arc::new(another)
        }))
    }

    /// False if nobody listens, so that nothing needs to be made for it.
    pub fn listens(&self) -> bool {
        self.0.is_some()
    }

    /// We said this. Whoever made the text left the secret out.
    pub fn sent(&self, redacted: &str) {
        let Some(open) = &self.0 else { return };
        open.end_run();
        open.say(WireKind::Sent, open.shown(redacted.as_bytes(), [], false, SHOWN));
        open.tell(WireKind::Sent, redacted.as_bytes(), [], false);
    }

    /// The server said this: one whole response. Whoever knows where one ends knows where the contents of its literals
    /// stand in it; they are left out.
    pub fn heard(&self, response: &[u8], literals: impl IntoIterator<Item = Range<usize>>) {
        let Some(open) = &self.0 else { return };
        let word = word(response);
        let code = word.iter().take(8).fold(0, |code, byte| code << 8 | u64::from(byte.to_ascii_uppercase()));
        if code == 0 || open.word.load(Ordering::Relaxed) != code {
            open.end_run();
            open.word.store(code, Ordering::Relaxed);
        }
        let fetch = word.eq_ignore_ascii_case(b"FETCH");
        let run = open.run.fetch_add(1, Ordering::Relaxed);
        if code == 0 || run < if fetch { FETCHES } else { OTHERS } {
            let literals: Vec<Range<usize>> = literals.into_iter().collect();
            open.tell(WireKind::Heard, response, literals.iter().cloned(), fetch);
            open.say(WireKind::Heard, open.shown(response, literals, fetch, SHOWN));
        }
    }

    pub fn connecting(&self, place: &str) {
        self.event(WireKind::Connecting, place, true);
    }

    pub fn connected(&self, how: &str) {
        self.event(WireKind::Connected, how, true);
    }

    /// `why` is empty if it ends as it should. Only the first end is told.
    pub fn closed(&self, why: &str) {
        if self.0.as_ref().is_some_and(|open| open.alive.load(Ordering::Relaxed)) {
            self.event(WireKind::Closed, why, false);
        }
    }

    fn event(&self, kind: WireKind, text: &str, is_open: bool) {
        let Some(open) = &self.0 else { return };
        open.end_run();
        open.alive.store(is_open, Ordering::Relaxed);
        open.say(kind, open.shown(text.as_bytes(), [], false, SHOWN));
        open.tell(kind, text.as_bytes(), [], false);
    }
}

impl Open {
    fn say(&self, kind: WireKind, text: SafeText) {
        let lost = self.lost.load(Ordering::Relaxed);
        if lost > 0 {
            if !self.send(WireKind::Lost(lost), SafeText::default()) {
                self.lost.fetch_add(1, Ordering::Relaxed);
                return;
            }
            self.lost.fetch_sub(lost, Ordering::Relaxed);
        }
        if !self.send(kind, text) {
            self.lost.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// For whoever listens beside the recorder.
    fn tell(&self, kind: WireKind, said: &[u8], literals: impl IntoIterator<Item = Range<usize>>, fetch: bool) {
        if let Some(ear) = &self.ear {
            // Nobody has to hear it.
            let _ = ear.send(Overheard { at: clock::instant(), kind, text: self.shown(said, literals, fetch, TOLD) });
        }
    }

    fn send(&self, kind: WireKind, text: SafeText) -> bool {
        let account = self.account.clone();
        let line = WireLine { at: clock::now(), account, purpose: self.purpose, number: self.number, kind, text };
        self.to.try_send(Message::Line(line)).is_ok()
    }

    /// Tells how many responses were only counted.
    fn end_run(&self) {
        let word = self.word.swap(0, Ordering::Relaxed).to_be_bytes();
        let run = self.run.swap(0, Ordering::Relaxed);
        let word = String::from_utf8_lossy(&word).trim_start_matches('\0').to_owned();
        let shown = if word == "FETCH" { FETCHES } else { OTHERS };
        if !word.is_empty() && run > shown {
            self.say(WireKind::Folded(run - shown), SafeText::of(&word));
        }
    }

    /// The first bytes of a line, without the secret and without what literals hold; of a FETCH also without its strings.
    fn shown(
        &self,
        said: &[u8],
        literals: impl IntoIterator<Item = Range<usize>>,
        fetch: bool,
        most: usize,
    ) -> SafeText {
        let mut shown = Vec::with_capacity(said.len().min(most) + 16);
        let mut cut = false;
        let mut from = 0;
        for literal in literals.into_iter().chain(std::iter::once(said.len()..said.len())) {
            let piece = said.get(from..literal.start.max(from)).unwrap_or_default();
            from = literal.end.max(from);
            // The line end belongs to the announcement of the literal.
            let piece = if literal.is_empty() { piece } else { piece.trim_ascii_end() };
            if !self.show(piece, fetch, most, &mut shown) {
                cut = true;
                break;
            }
        }
        let text = String::from_utf8_lossy(&shown);
        let text = text.trim_end_matches(['\r', '\n']);
        SafeText::of(&if cut { format!("{text} …({})", said.len()) } else { text.to_owned() })
    }

    /// False if there is more than is shown. It is cut after what was replaced: a secret across that place is seen as a
    /// whole.
    fn show(&self, piece: &[u8], fetch: bool, most: usize, shown: &mut Vec<u8>) -> bool {
        let mut rest = piece;
        while let Some((first, tail)) = rest.split_first() {
            if shown.len() >= most {
                return false;
            }
            if let Some(length) = self.hidden.star(rest, shown) {
                rest = rest.get(length..).unwrap_or_default();
            } else if fetch && *first == b'"' {
                let length = quoted(rest);
                let string = rest.get(..length).unwrap_or_default();
                let is_date = shown.to_ascii_uppercase().ends_with(b"INTERNALDATE ");
                let keep = string.len() <= 2 || (is_date && string.len() <= 30);
                shown.extend_from_slice(if keep { string } else { "\"…\"".as_bytes() });
                rest = rest.get(length..).unwrap_or_default();
            } else {
                shown.push(*first);
                rest = tail;
            }
        }
        true
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        self.end_run();
        if *self.alive.get_mut() {
            self.say(WireKind::Closed, SafeText::default());
        }
    }
}

/// What kind of untagged response it is: `FETCH` of `* 17 FETCH (…)`. Empty for everything else.
fn word(response: &[u8]) -> &[u8] {
    let Some(rest) = response.strip_prefix(b"* ") else { return &[] };
    let mut words = rest.split(|byte| matches!(byte, b' ' | b'\r' | b'\n'));
    let first = words.next().unwrap_or_default();
    if first.iter().all(u8::is_ascii_digit) { words.next().unwrap_or_default() } else { first }
}

/// How long the quoted string at the start is, up to its end or to the end of all.
fn quoted(rest: &[u8]) -> usize {
    let mut escaped = true;
    for (at, byte) in rest.iter().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => return at + 1,
            _ => {}
        }
    }
    rest.len()
}

#[cfg(test)]
mod tests;
