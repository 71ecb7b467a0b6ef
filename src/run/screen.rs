//! The terminal while it is ours: taken once, and handed from the form to the mail and back without being given up in
//! between. Only here is it lent to another program.

use std::io::{self, Stdout};

use ratatui::Terminal;

use super::signals::Signals;
use crate::app::TerminalRequest;
use crate::proc::{self, Environment, InFront, Trouble, Watch};
use crate::term::{self, Canvas, Guard, Keys};

pub(super) struct Screen {
    guard: Guard,
    pub(super) terminal: Terminal<Canvas<Stdout>>,
    pub(super) keys: Keys,
    pub(super) signals: Signals,
    /// Who has the terminal, if it is lent: until it is taken back nothing is written, and no keys come.
    lent: Option<InFront>,
}

/// Why the terminal was not lent.
#[derive(Debug)]
pub(super) enum NotLent {
    /// A key is only half here, or somebody has it.
    Busy,
    Not(Trouble),
}

impl Screen {
    /// Takes the terminal over. Fails if there is none.
    pub(super) fn take(mouse: bool) -> io::Result<Self> {
        let guard = Guard::enter(mouse)?;
        let (columns, rows) = term::size();
        let terminal = Terminal::new(Canvas::new(io::stdout(), columns, rows))?;
        Ok(Self { guard, terminal, keys: term::events()?, signals: Signals::listen()?, lent: None })
    }

    /// Does what only the owner of the terminal can do. True if the whole screen must be drawn again, in a size that may
    /// be another one.
    pub(super) fn perform(&mut self, request: &TerminalRequest) -> io::Result<bool> {
        if self.is_lent() {
            if let TerminalRequest::Mouse(on) = request {
                self.guard.remember_mouse(*on);
            }
            return Ok(false);
        }
        let again = self.guard.perform(request)?;
        if again {
            if *request == TerminalRequest::Suspend {
                self.terminal.backend_mut().anew();
            }
            let (columns, rows) = term::size();
            self.resize(columns, rows)?;
        }
        Ok(again)
    }

    /// All of it is drawn again, even in the old size: what the terminal did in between to what stood there is its own
    /// affair.
    pub(super) fn resize(&mut self, columns: u16, rows: u16) -> io::Result<()> {
        self.terminal.backend_mut().resize(columns, rows);
        if self.is_lent() { Ok(()) } else { self.terminal.clear() }
    }

    pub(super) fn is_lent(&self) -> bool {
        self.lent.is_some()
    }

    /// Lends the terminal to a program, which ends by itself: that is to be waited for elsewhere, and the terminal taken
    /// back then.
    pub(super) async fn lend(
        &mut self,
        argv: &[String],
        environment: &Environment,
    ) -> io::Result<Result<Watch, NotLent>> {
        if self.is_lent() || !self.keys.pause().await {
            return Ok(Err(NotLent::Busy));
        }
        self.guard.lend();
        match proc::in_front(argv, environment) {
            Ok(in_front) => {
                let watch = in_front.watch();
                self.lent = Some(in_front);
                Ok(Ok(watch))
            }
            Err(trouble) => {
                self.ours_again()?;
                Ok(Err(NotLent::Not(trouble)))
            }
        }
    }

    /// Asks the program that has it to end.
    pub(super) fn want_back(&self) {
        if let Some(in_front) = &self.lent {
            in_front.end();
        }
    }

    /// How the program ended; `None` if a signal ended it.
    pub(super) fn take_back(&mut self) -> io::Result<Option<i32>> {
        let Some(in_front) = self.lent.take() else { return Ok(None) };
        let status = in_front.over();
        self.ours_again()?;
        Ok(status)
    }

    fn ours_again(&mut self) -> io::Result<()> {
        self.guard.take_back()?;
        self.keys.go_on();
        self.terminal.backend_mut().anew();
        let (columns, rows) = term::size();
        self.resize(columns, rows)
    }
}
