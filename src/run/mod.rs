//! The only place that knows everybody: it builds the parts, carries values between them, and performs what the core
//! decided. Nothing is decided here.

mod account;
mod alive;
mod attached;
mod begin;
mod bodies;
mod choices;
mod decoding;
mod demo;
#[cfg(all(feature = "desktop", unix, not(target_os = "macos")))]
mod desktop;
mod ended;
mod event_loop;
mod filling;
mod finding;
mod form;
mod guest;
mod inbox;
mod indexing;
mod keys;
mod open;
mod outside;
mod pace;
mod quarantine;
mod reading;
mod record;
mod renewal;
mod screen;
mod sending;
mod setup;
mod signals;
mod talk;
mod texts;
mod throw_away;
mod unsubscribing;
mod watch;
mod weather;
mod writing;

pub use demo::{DemoSetup, demo, serve};
pub use ended::Ended;
pub use form::Joining;
pub use keys::wrong_keys;
pub use open::{OpenSetup, open};
pub use setup::{Setup, terminal};
pub use talk::talk;
