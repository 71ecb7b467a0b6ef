//! A notification of the desktop, over the bus of the session. Where nobody there shows any, that is told, and the
//! terminal may try.

use std::collections::HashMap;
use std::sync::mpsc as std_mpsc;
use std::thread;
use std::time::Duration;

use tokio::sync::mpsc;
use zbus::blocking::connection::Builder;
use zbus::zvariant::Value;

use super::inbox::Input;
use crate::text::SafeText;

/// For one answer of the bus.
const PATIENCE: Duration = Duration::from_secs(3);
/// After this the terminal shows it: who is told of mail should not wait for a program that hangs.
const LATE: Duration = Duration::from_secs(3);
const SERVICE: &str = "org.freedesktop.Notifications";
const PATH: &str = "/org/freedesktop/Notifications";

#[derive(Debug)]
pub(super) struct Desktop {
    bus: String,
    tell: mpsc::UnboundedSender<Input>,
    late: Duration,
    /// Closed once the bus has done with what it was asked last.
    at_work: Option<mpsc::Sender<()>>,
}

impl Desktop {
    pub(super) fn at(bus: &str, tell: mpsc::UnboundedSender<Input>) -> Self {
        Self { bus: bus.to_owned(), tell, late: LATE, at_work: None }
    }

    /// False while it is busy with the one before: a bus may hang, and what waits for it must not pile up.
    pub(super) fn is_free(&self) -> bool {
        self.at_work.as_ref().is_none_or(mpsc::Sender::is_closed)
    }

    /// Waits for nothing. What is not shown in time is told, and what comes of it then is nobody's business.
    pub(super) fn show(&mut self, title: SafeText, body: SafeText) {
        let (at_work, working) = mpsc::channel(1);
        self.at_work = Some(at_work);
        let (bus, tell, late) = (self.bus.clone(), self.tell.clone(), self.late);
        let lost = Input::NotShown { title: title.clone(), body: body.clone(), late: false };
        let work = move || {
            let (done, outcome) = std_mpsc::channel();
            let (for_bus, for_body) = (title.clone(), body.clone());
            let ask = move || {
                let shown = show(&bus, &for_bus, &for_body).is_ok();
                drop(working);
                let _ = done.send(shown);
            };
            let begun = thread::Builder::new().name("desktop".to_owned()).spawn(ask).is_ok();
            let late = match outcome.recv_timeout(late) {
                Ok(true) => return,
                Ok(false) | Err(std_mpsc::RecvTimeoutError::Disconnected) => false,
                Err(std_mpsc::RecvTimeoutError::Timeout) => begun,
            };
            let _ = tell.send(Input::NotShown { title, body, late });
        };
        if thread::Builder::new().name("notification".to_owned()).spawn(work).is_err() {
            let _ = self.tell.send(lost);
        }
    }
}

fn show(bus: &str, title: &SafeText, body: &SafeText) -> zbus::Result<()> {
    let connection = Builder::address(bus)?.method_timeout(PATIENCE).build()?;
    let call = |method: &str| connection.call_method(Some(SERVICE), PATH, Some(SERVICE), method, &());
    let abilities: Vec<String> = call("GetCapabilities")?.body().deserialize()?;
    // The title is plain for everybody; the text is not, for some.
    let marked_up = abilities.iter().any(|ability| ability == "body-markup");
    let body = if marked_up { escaped(body.as_str()) } else { body.as_str().to_owned() };
    let hints = HashMap::from([("category", Value::from("email.arrived")), ("desktop-entry", Value::from("hongyan"))]);
    let nothing: [&str; 0] = [];
    let asked = ("hongyan", 0_u32, "mail-unread", title.as_str(), body.as_str(), &nothing[..], hints, -1_i32);
    connection.call_method(Some(SERVICE), PATH, Some(SERVICE), "Notify", &asked).map(|_| ())
}

/// What mail says is text, whatever it looks like.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests;
