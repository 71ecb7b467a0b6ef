//! The program as its user meets it: keys in, a screen out.

mod attached;
mod bad_lines;
mod canary;
mod encodings;
mod enduring;
mod hostile;
mod introduced;
mod new_mail;
mod opening;
mod outbox;
mod reading;
mod refused;
mod setup;
mod sync;
mod terminal;
mod trouble;
mod wire;
mod writing;
