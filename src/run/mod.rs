//! The only place that knows everybody: it builds the parts, carries values between them, and performs what the core
//! decided. Nothing is decided here.

mod account;
mod alive;
mod attached;
mod bodies;
mod decoding;
mod demo;
mod ended;
mod event_loop;
mod inbox;
mod pace;
mod record;
mod renewal;
mod setup;
mod talk;
mod watch;
mod weather;

pub use demo::{DemoSetup, demo, serve};
pub use ended::Ended;
pub use setup::{Setup, terminal};
pub use talk::talk;
