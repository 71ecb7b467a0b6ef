//! Everything that the terminal sends, read on a thread of its own: a key waits for nobody. While the terminal is lent, the
//! thread reads nothing, and says so before anybody else does: of two who read, each loses what the other gets.

use std::io;
use std::sync::mpsc as std_mpsc;
use std::thread;
use std::time::Duration;

use crossterm::event::{poll, read};
use signal_hook::consts::SIGWINCH;
use tokio::sync::{mpsc, oneshot};
use tokio::time::timeout;

use crate::app::Event;

/// How long the thread may take to fall silent. It takes longer only in the middle of a sequence of which the rest does
/// not come.
const SILENCE: Duration = Duration::from_secs(1);

/// The library that reads looks at nothing, not even at what it has, in no time at all.
const A_MOMENT: Duration = Duration::from_millis(1);

/// What the terminal sends, until the terminal is gone.
#[derive(Debug)]
pub struct Keys {
    events: mpsc::UnboundedReceiver<Event>,
    orders: std_mpsc::Sender<Pause>,
    /// Dropped when the thread may go on.
    paused: Option<oneshot::Sender<()>>,
}

/// To read nothing from when this is answered until `over` ends.
struct Pause {
    silent: oneshot::Sender<()>,
    over: oneshot::Receiver<()>,
}

pub fn events() -> io::Result<Keys> {
    // From here on it hears of signals, so that one can wake it.
    poll(Duration::ZERO)?;
    let (to_loop, events) = mpsc::unbounded_channel();
    let (orders, ordered) = std_mpsc::channel::<Pause>();
    thread::Builder::new().name("keys".to_owned()).spawn(move || {
        while let Ok(event) = read() {
            if let Some(event) = super::event(event)
                && to_loop.send(event).is_err()
            {
                return;
            }
            while let Ok(Pause { silent, over }) = ordered.try_recv() {
                // What is here already was meant for us.
                while poll(A_MOMENT).unwrap_or(false)
                    && let Ok(event) = read()
                {
                    if let Some(event) = super::event(event) {
                        let _ = to_loop.send(event);
                    }
                }
                if silent.send(()).is_ok() {
                    let _ = over.blocking_recv();
                }
            }
        }
    })?;
    Ok(Keys { events, orders, paused: None })
}

impl Keys {
    pub async fn recv(&mut self) -> Option<Event> {
        self.events.recv().await
    }

    pub fn try_recv(&mut self) -> Result<Event, mpsc::error::TryRecvError> {
        self.events.try_recv()
    }

    /// Reads no more. False if it cannot be had now; then everything is as it was.
    pub async fn pause(&mut self) -> bool {
        let (silent, is_silent) = oneshot::channel();
        let (go_on, over) = oneshot::channel();
        if self.orders.send(Pause { silent, over }).is_err() {
            return false;
        }
        // Out of its sleep: a change of the window's size is something that it hears.
        let _ = signal_hook::low_level::raise(SIGWINCH);
        if matches!(timeout(SILENCE, is_silent).await, Ok(Ok(()))) {
            self.paused = Some(go_on);
            return true;
        }
        false
    }

    pub fn go_on(&mut self) {
        self.paused = None;
    }
}
