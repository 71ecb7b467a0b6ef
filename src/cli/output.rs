//! Where the commands print. Everything that is not JSON goes through the sanitiser, on a terminal or not: what is
//! piped today is pasted tomorrow. Only whoever asks for the source of a message gets it into a pipe as it is.

use std::io::{self, BufWriter, IsTerminal as _, Stdout, Write as _};

use serde::Serialize;

use super::json;
use crate::text::SafeText;

/// Columns where there is no terminal: what is pasted is read in a window like this.
const USUAL_COLUMNS: usize = 80;

/// Why a command ended early.
#[derive(Debug)]
pub enum Ending {
    /// It failed: a line for each reason.
    Failed(Vec<String>),
    /// Nobody reads what it prints any more. That is no failure.
    Unheard,
}

impl Ending {
    pub(super) fn because(sentence: String) -> Self {
        Self::Failed(vec![sentence])
    }
}

impl From<io::Error> for Ending {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::BrokenPipe => Self::Unheard,
            _ => Self::because(error.to_string()),
        }
    }
}

/// The standard output.
#[derive(Debug)]
pub(super) struct Out(BufWriter<Stdout>);

impl Out {
    pub(super) fn new() -> Self {
        Self(BufWriter::with_capacity(64 * 1024, io::stdout()))
    }

    pub(super) fn line(&mut self, untrusted: &str) -> Result<(), Ending> {
        writeln!(self.0, "{}", SafeText::of(untrusted)).map_err(Ending::from)
    }

    /// As they are: for a pipe, on which somebody wants exactly these.
    pub(super) fn bytes(&mut self, bytes: &[u8]) -> Result<(), Ending> {
        self.0.write_all(bytes).map_err(Ending::from)
    }

    pub(super) fn json<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Ending> {
        json::write(value, &mut self.0).map_err(Ending::from)
    }

    /// Lets what was said so far be read.
    pub(super) fn flush(&mut self) -> Result<(), Ending> {
        self.0.flush().map_err(Ending::from)
    }

    pub(super) fn end(mut self) -> Result<(), Ending> {
        self.0.flush().map_err(Ending::from)
    }
}

/// How many columns there are to print in.
pub(super) fn columns() -> usize {
    let out = io::stdout();
    let there = out.is_terminal().then(|| rustix::termios::tcgetwinsize(&out).ok()).flatten();
    there.map_or(USUAL_COLUMNS, |size| usize::from(size.ws_col)).clamp(40, 100)
}

/// Says something beside the output. If nobody hears it, nothing is lost.
pub(crate) fn aside(untrusted: &str) {
    let _ = writeln!(io::stderr().lock(), "hongyan: {}", SafeText::of(untrusted));
}

/// One line on the terminal that changes while something takes long. Without a terminal it does not exist.
#[derive(Debug)]
pub(super) struct Meter {
    terminal: bool,
    shown: bool,
}

impl Meter {
    pub(super) fn new() -> Self {
        Self { terminal: io::stderr().is_terminal(), shown: false }
    }

    pub(super) fn is_seen(&self) -> bool {
        self.terminal
    }

    pub(super) fn show(&mut self, untrusted: &str) {
        if self.terminal {
            let _ = write!(io::stderr().lock(), "\r{}\x1b[K", SafeText::of(untrusted));
            self.shown = true;
        }
    }

    pub(super) fn clear(&mut self) {
        if std::mem::take(&mut self.shown) {
            let _ = write!(io::stderr().lock(), "\r\x1b[K");
        }
    }
}
