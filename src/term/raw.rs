//! Keys one by one, on a screen that is left as it is: for talking line by line. What was changed is changed back, also
//! when the program panics.

use std::io::{self, Write as _};
use std::panic;
use std::sync::atomic::{AtomicBool, Ordering};

use crossterm::terminal;

/// True while keys come one by one. A flag and not a part of the guard, because a panic hook has no guard.
static RAW: AtomicBool = AtomicBool::new(false);

/// The terminal gives every key at once until this is dropped.
#[derive(Debug)]
pub struct Raw(());

impl Raw {
    pub fn enter() -> io::Result<Self> {
        let before = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            // First the terminal, so that the message can be read.
            give_back();
            before(info);
        }));
        terminal::enable_raw_mode()?;
        RAW.store(true, Ordering::SeqCst);
        Ok(Self(()))
    }
}

impl Drop for Raw {
    fn drop(&mut self) {
        give_back();
    }
}

fn give_back() {
    if RAW.swap(false, Ordering::SeqCst) {
        // There is nobody left to tell about an error here.
        let _ = terminal::disable_raw_mode();
        let _ = io::stdout().flush();
    }
}
