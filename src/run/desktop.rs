//! A notification of the desktop, over the bus of the session. Where nobody there shows any, that is told, and the
//! terminal may try.

use std::collections::HashMap;
use std::thread;
use std::time::Duration;

use tokio::sync::mpsc;
use zbus::blocking::connection::Builder;
use zbus::zvariant::Value;

use super::inbox::Input;
use crate::text::SafeText;

const PATIENCE: Duration = Duration::from_secs(3);
const SERVICE: &str = "org.freedesktop.Notifications";
const PATH: &str = "/org/freedesktop/Notifications";

#[derive(Clone, Debug)]
pub(super) struct Desktop {
    bus: String,
    tell: mpsc::UnboundedSender<Input>,
}

impl Desktop {
    pub(super) fn at(bus: &str, tell: mpsc::UnboundedSender<Input>) -> Self {
        Self { bus: bus.to_owned(), tell }
    }

    /// Waits for nothing: a bus may hang.
    pub(super) fn show(&self, title: SafeText, body: SafeText) {
        let (bus, tell) = (self.bus.clone(), self.tell.clone());
        let lost = Input::NotShown { title: title.clone(), body: body.clone() };
        let work = move || {
            if show(&bus, &title, &body).is_err() {
                let _ = tell.send(Input::NotShown { title, body });
            }
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
