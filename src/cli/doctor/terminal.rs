//! How wide the terminal draws what it is not told the width of: something is drawn, and the terminal is asked where its
//! cursor is. What it draws in that moment is wiped away.

use std::fs::{File, OpenOptions};
use std::io::{IsTerminal as _, Read as _, Write as _};
use std::time::Duration;

use rustix::termios::{LocalModes, OptionalActions, SpecialCodeIndex, Termios, tcgetattr, tcgetpgrp, tcsetattr};

use super::fact::Width;
use crate::model::clock;

/// A terminal at the other end of the world answers within this.
const PATIENCE: Duration = Duration::from_millis(800);

/// What takes two columns everywhere, and what takes one or two.
const WIDE: &str = "中";
const AMBIGUOUS: &str = "…";

pub(super) fn width() -> Width {
    if !std::io::stdout().is_terminal() || !std::io::stdin().is_terminal() {
        return Width::NoTerminal;
    }
    let Ok(mut terminal) = OpenOptions::new().read(true).write(true).open("/dev/tty") else { return Width::NoTerminal };
    // Whoever asks from the background is stopped by the system.
    if !tcgetpgrp(&terminal).is_ok_and(|group| group == rustix::process::getpgrp()) {
        return Width::NoTerminal;
    }
    measured(&mut terminal).unwrap_or(Width::Silent)
}

fn measured(terminal: &mut File) -> Option<Width> {
    let before = tcgetattr(&*terminal).ok()?;
    let mut silent = before.clone();
    silent.local_modes -= LocalModes::ECHO | LocalModes::ICANON;
    // A read returns after a tenth of a second at most.
    silent.special_codes[SpecialCodeIndex::VMIN] = 0;
    silent.special_codes[SpecialCodeIndex::VTIME] = 1;
    let reset = Reset { terminal: terminal.try_clone().ok()?, before };
    tcsetattr(&*terminal, OptionalActions::Flush, &silent).ok()?;
    let wide = column_after(terminal, WIDE);
    let ambiguous = wide.and_then(|_| column_after(terminal, AMBIGUOUS));
    let _ = terminal.write_all(b"\r\x1b[K");
    drop(reset);
    Some(Width::Measured { wide: wide?, ambiguous: ambiguous? })
}

/// How far the cursor goes on when this is drawn.
fn column_after(terminal: &mut File, drawn: &str) -> Option<u16> {
    write!(terminal, "\r{drawn}\x1b[6n").ok()?;
    terminal.flush().ok()?;
    let end = clock::instant() + PATIENCE;
    let mut heard = Vec::new();
    while clock::instant() < end && heard.len() < 256 {
        let mut buffer = [0; 64];
        let read = terminal.read(&mut buffer).ok()?;
        heard.extend_from_slice(buffer.get(..read).unwrap_or_default());
        if let Some(column) = reported(&heard) {
            return column.checked_sub(1);
        }
    }
    None
}

/// The column in `ESC [ row ; column R`, whatever was typed around it.
fn reported(heard: &[u8]) -> Option<u16> {
    let text = String::from_utf8_lossy(heard);
    text.split("\x1b[").skip(1).find_map(|rest| {
        let (row, column) = rest.split_once('R')?.0.split_once(';')?;
        row.parse::<u16>().ok()?;
        column.parse().ok()
    })
}

/// Gives the terminal back as it was.
struct Reset {
    terminal: File,
    before: Termios,
}

impl Drop for Reset {
    fn drop(&mut self) {
        // There is nobody left to tell if even this fails.
        let _ = tcsetattr(&self.terminal, OptionalActions::Flush, &self.before);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_column_is_read_whatever_is_typed_meanwhile() {
        assert_eq!(reported(b"\x1b[12;3R"), Some(3));
        assert_eq!(reported(b"abc\x1b[A\x1b[1;2Rx"), Some(2));
        for other in [&b""[..], b"\x1b[12;3", b"\x1b[;R", b"\x1b[1;99999999R", b"12;3R", b"\xff\x1b[R"] {
            assert_eq!(reported(other), None, "{other:?}");
        }
    }
}
