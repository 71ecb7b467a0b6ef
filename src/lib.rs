//! hongyan (鸿雁), an interactive terminal mail reader.
//!
//! The house from above: `text` and `model` are the vocabulary; `mime` and `config` turn bytes and files into it;
//! `remedy` knows what servers mean when they refuse; `store` keeps mail, `files` saves it for others, `net` and `sync`
//! bring it from the servers, `letter` makes bytes of what was written, and `send` takes them there; `joining` makes an
//! account of an address; `search` knows what is looked for and where it stands; `app` decides, `ui` draws, `term` owns the
//! terminal; `cli` prints, and `run` is the only place that knows everybody. Which of them may import which is a table in
//! `tests/it/layers.rs`, and ARCHITECTURE.md says why.

pub mod app;
pub mod cli;
pub mod config;
pub mod decoding;
pub mod demo;
pub mod files;
#[cfg(test)]
mod fuzzing;
pub mod i18n;
pub mod indexing;
pub mod joining;
pub mod letter;
pub mod mime;
pub mod model;
pub mod net;
pub mod proc;
pub mod remedy;
pub mod run;
pub mod search;
pub mod send;
pub mod store;
pub mod sync;
pub mod term;
pub mod text;
pub mod ui;
