//! The one integration test binary: a module for each subject.
#![allow(unreachable_pub, reason = "a test binary exports nothing; `pub` says what a harness offers to the tests")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::cast_possible_truncation,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a test fails by panicking"
)]

mod cli;
mod config;
mod demo_judged;
#[allow(dead_code, reason = "a harness offers more than the tests of one day take")]
mod dovecot;
mod embedded;
mod entrances;
mod hostile;
mod joining;
mod layers;
mod letters;
mod name_server;
#[allow(dead_code, reason = "a harness offers more than the tests of one day take")]
mod postfix;
mod resolving;
mod screen;
mod slow_line;
mod transcript;
mod two_clients;
