//! Everything that the terminal sends, as a stream.

use crossterm::event::EventStream;
use futures_util::{Stream, StreamExt as _};

use crate::app::Event;

/// Ends when the terminal is gone.
pub fn events() -> impl Stream<Item = Event> + Unpin + Send {
    EventStream::new()
        .take_while(|event| std::future::ready(event.is_ok()))
        .filter_map(|event| std::future::ready(event.ok().and_then(super::event)))
}
