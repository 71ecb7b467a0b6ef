//! Everything that the terminal sends, read on a thread of its own: a key waits for nobody.

use std::io;
use std::thread;

use tokio::sync::mpsc;

use crate::app::Event;

/// The channel ends when the terminal is gone.
pub fn events() -> io::Result<mpsc::UnboundedReceiver<Event>> {
    let (to_loop, events) = mpsc::unbounded_channel();
    thread::Builder::new().name("keys".to_owned()).spawn(move || {
        while let Ok(event) = crossterm::event::read() {
            if let Some(event) = super::event(event)
                && to_loop.send(event).is_err()
            {
                return;
            }
        }
    })?;
    Ok(events)
}
