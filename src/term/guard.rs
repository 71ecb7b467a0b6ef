//! What was done to the terminal is undone: at the end, on a panic, on a signal, and while the program is suspended.

use std::io::{self, IsTerminal as _, Write};
use std::panic;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use crossterm::event::{DisableBracketedPaste, DisableMouseCapture, EnableBracketedPaste, EnableMouseCapture};
use crossterm::terminal::{EnterAlternateScreen, LeaveAlternateScreen, SetTitle};
use crossterm::{cursor, queue, terminal};
use signal_hook::consts::SIGTSTP;

use super::announce::{clipboard, spoken};
use crate::app::TerminalRequest;

/// True while the terminal is ours. A flag and not a part of the guard, because a panic hook has no guard.
static TAKEN: AtomicBool = AtomicBool::new(false);

/// What a program may leave behind that was ended before it could clean up: keys of another kind, reports of the focus,
/// lines that overwrite each other at the edge, a part of the screen that scrolls alone, other letters, colours.
const UNDO: &[u8] = b"\x1b[?1l\x1b>\x1b[?1004l\x1b[>4m\x1b[?7h\x1b[4l\x1b[?6l\x1b[r\x0f\x1b(B\x1b[0m";

/// The terminal, taken over until this is dropped.
#[derive(Debug)]
pub struct Guard {
    mouse: bool,
}

impl Guard {
    /// Takes the terminal over. Fails if there is none.
    pub fn enter(mouse: bool) -> io::Result<Self> {
        if !io::stdout().is_terminal() || !io::stdin().is_terminal() {
            return Err(io::Error::new(io::ErrorKind::Unsupported, "standard input and output are not a terminal"));
        }
        take(mouse)?;
        Ok(Self { mouse })
    }

    /// Gives the terminal up for somebody else, until `take_back`.
    pub fn lend(&mut self) {
        restore();
    }

    /// Whatever was done to it meanwhile.
    pub fn take_back(&mut self) -> io::Result<()> {
        let mut out = io::stdout();
        out.write_all(UNDO)?;
        take(self.mouse)
    }

    /// For when it is taken back.
    pub fn remember_mouse(&mut self, on: bool) {
        self.mouse = on;
    }

    /// Does what only the owner of the terminal can do. True if the whole screen must be drawn again.
    pub fn perform(&mut self, request: &TerminalRequest) -> io::Result<bool> {
        let mut out = io::stdout();
        match request {
            TerminalRequest::Title(title) => queue!(out, SetTitle(title.as_str()))?,
            TerminalRequest::Mouse(on) => {
                self.mouse = *on;
                mouse(&mut out, *on)?;
            }
            TerminalRequest::Bell => out.write_all(b"\x07")?,
            TerminalRequest::Clipboard(text) => out.write_all(clipboard(text).as_bytes())?,
            TerminalRequest::Notify { dialect, title, body } => {
                out.write_all(spoken(*dialect, title, body).as_bytes())?;
            }
            TerminalRequest::Suspend => {
                restore();
                // Stops here, and goes on when the shell says so.
                let stopped = signal_hook::low_level::emulate_default_handler(SIGTSTP);
                take(self.mouse)?;
                stopped?;
                return Ok(true);
            }
            TerminalRequest::Redraw => return Ok(true),
        }
        out.flush()?;
        Ok(false)
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        restore();
    }
}

fn take(with_mouse: bool) -> io::Result<()> {
    terminal::enable_raw_mode()?;
    TAKEN.store(true, Ordering::SeqCst);
    let mut out = io::stdout();
    write_taking(&mut out, with_mouse)?;
    out.flush()
}

/// Gives the terminal back as it was. Does nothing if it is not ours, so it can be called from everywhere.
pub fn restore() {
    if TAKEN.swap(false, Ordering::SeqCst) {
        let mut out = io::stdout();
        // There is nobody left to tell about an error here.
        let _ = write_giving_back(&mut out);
        let _ = out.flush();
        let _ = terminal::disable_raw_mode();
    }
}

/// Makes a panic readable. On this thread, which owns the terminal, the terminal comes back first and the message is
/// printed. Another thread must not write over the screen: its name and its message go to `tell`.
pub fn restore_on_panic(tell: impl Fn(&str, &str) + Send + Sync + 'static) {
    let before = panic::take_hook();
    let owner = thread::current().id();
    panic::set_hook(Box::new(move |info| {
        let current = thread::current();
        if current.id() == owner || !TAKEN.load(Ordering::SeqCst) {
            restore();
            before(info);
            return;
        }
        let said = info.payload_as_str().unwrap_or_default();
        let place = info.location().map(|at| format!(" ({}:{})", at.file(), at.line())).unwrap_or_default();
        tell(current.name().unwrap_or_default(), &format!("{said}{place}"));
    }));
}

/// Columns and rows of the terminal.
pub fn size() -> (u16, u16) {
    terminal::size().unwrap_or((80, 24))
}

fn write_taking(out: &mut impl Write, with_mouse: bool) -> io::Result<()> {
    queue!(out, EnterAlternateScreen, EnableBracketedPaste, cursor::Hide)?;
    if with_mouse { mouse(out, true) } else { Ok(()) }
}

fn write_giving_back(out: &mut impl Write) -> io::Result<()> {
    // An update that was cut short must not leave the terminal waiting for its end.
    out.write_all(b"\x1b[?2026l\x1b[0m")?;
    mouse(out, false)?;
    queue!(out, DisableBracketedPaste, LeaveAlternateScreen, cursor::Show)
}

fn mouse(out: &mut impl Write, on: bool) -> io::Result<()> {
    if on { queue!(out, EnableMouseCapture) } else { queue!(out, DisableMouseCapture) }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// The private modes that a text switches on (`h`) or off (`l`).
    fn modes(written: &[u8], end: char) -> BTreeSet<String> {
        let written = String::from_utf8(written.to_vec()).unwrap();
        written
            .split("\u{1b}[?")
            .skip(1)
            .filter_map(|part| part.split_once(['h', 'l']).map(|(mode, _)| (mode, part.chars().nth(mode.len()))))
            .filter(|(_, how)| *how == Some(end))
            .map(|(mode, _)| mode.to_owned())
            .collect()
    }

    #[test]
    fn t23_everything_switched_on_is_switched_off_again() {
        let (mut taken, mut given) = (Vec::new(), Vec::new());
        write_taking(&mut taken, true).unwrap();
        write_giving_back(&mut given).unwrap();
        let on = modes(&taken, 'h');
        let off = modes(&given, 'l');
        assert!(on.contains("1049") && on.contains("2004") && on.contains("1000"), "{on:?}");
        assert!(on.is_subset(&off), "{on:?} is not all in {off:?}");
        // What was switched off (the cursor) is switched on.
        assert!(modes(&taken, 'l').is_subset(&modes(&given, 'h')));
    }

    #[test]
    fn giving_back_what_was_never_taken_does_nothing_and_k09_only_the_owner_gives_back() {
        assert!(!TAKEN.load(Ordering::SeqCst));
        restore();
        let (to, told) = std::sync::mpsc::channel();
        let before = panic::take_hook();
        // Whoever panics while this is set is somebody else's test.
        panic::set_hook(Box::new(|_| {}));
        restore_on_panic(move |thread, said| {
            let _ = to.send((thread.to_owned(), said.to_owned()));
        });
        TAKEN.store(true, Ordering::SeqCst);
        let broken = thread::Builder::new().name("broken".to_owned()).spawn(|| panic!("a part of it"));
        assert!(broken.unwrap().join().is_err());
        let still_ours = TAKEN.swap(false, Ordering::SeqCst);
        panic::set_hook(before);
        assert!(still_ours);
        let said = told.try_iter().find(|(thread, _)| thread == "broken").unwrap().1;
        assert!(said.starts_with("a part of it (src/term/guard.rs:"), "{said}");
    }
}
