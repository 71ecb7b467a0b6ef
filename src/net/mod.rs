//! A host name → a byte stream that is encrypted as the account asks, checked, and never waits for ever.
//!
//! Deadlines live in the stream and not around commands: a command that is dropped half-way leaves a connection that
//! says nonsense, a stream that times out is simply over.

pub(crate) mod base64;
mod closely;
mod dial;
mod hello;
mod leaf;
mod line;
mod look;
mod post;
mod proxy;
mod race;
mod recorder;
mod resolver;
mod speaks;
mod starttls;
mod tap;
mod trust;
mod weather;

pub use closely::{MOST_ADDRESSES, Step};
pub use dial::{ConnectTo, Dialer, Limits, Opened, Protocol, usual_port};
pub use hello::TlsVersion;
pub use leaf::Leaf;
pub use line::{Line, Patience};
pub use recorder::{Place as LogPlace, Recorder, read_log};
pub use resolver::{Exchanger, Resolver};
pub use tap::{Hidden, Overheard, Tap};
pub use trust::Trust;
pub use weather::{Lookout, Weather};

#[cfg(test)]
mod tests;
