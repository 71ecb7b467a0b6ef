//! The program as its user meets it: keys in, a screen out.

mod attached;
mod reading;
mod sync;
mod terminal;
mod trouble;
mod wire;
