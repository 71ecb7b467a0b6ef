//! The terminal while it is ours: taken once, and handed from the form to the mail and back without being given up in
//! between.

use std::io::{self, Stdout};

use ratatui::Terminal;
use tokio::sync::mpsc;

use super::signals::Signals;
use crate::app::{Event, TerminalRequest};
use crate::term::{self, Canvas, Guard};

pub(super) struct Screen {
    guard: Guard,
    pub(super) terminal: Terminal<Canvas<Stdout>>,
    pub(super) keys: mpsc::UnboundedReceiver<Event>,
    pub(super) signals: Signals,
}

impl Screen {
    /// Takes the terminal over. Fails if there is none.
    pub(super) fn take(mouse: bool) -> io::Result<Self> {
        let guard = Guard::enter(mouse)?;
        let (columns, rows) = term::size();
        let terminal = Terminal::new(Canvas::new(io::stdout(), columns, rows))?;
        Ok(Self { guard, terminal, keys: term::events()?, signals: Signals::listen()? })
    }

    /// Does what only the owner of the terminal can do. True if the whole screen must be drawn again, in a size that may
    /// be another one.
    pub(super) fn perform(&mut self, request: &TerminalRequest) -> io::Result<bool> {
        let again = self.guard.perform(request)?;
        if again {
            let (columns, rows) = term::size();
            self.resize(columns, rows)?;
        }
        Ok(again)
    }

    /// All of it is drawn again, even in the old size: what the terminal did in between to what stood there is its own
    /// affair.
    pub(super) fn resize(&mut self, columns: u16, rows: u16) -> io::Result<()> {
        self.terminal.backend_mut().resize(columns, rows);
        self.terminal.clear()
    }
}
