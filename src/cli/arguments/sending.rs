//! What may stand on the command line about mail that goes out.

use std::path::PathBuf;

use clap::{Args, Subcommand};

#[derive(Clone, Debug, Args)]
pub struct Send {
    /// The message, as .eml files hold one; - for the standard input
    #[arg(value_name = "FILE|-")]
    pub file: PathBuf,
    /// Send it with this account: its name, or its address; else the one that From belongs to
    #[arg(long, value_name = "NAME")]
    pub account: Option<String>,
    /// To this address instead of those in the message (may be repeated)
    #[arg(long, value_name = "ADDRESS")]
    pub to: Vec<String>,
    /// Only put it into the outbox; it goes with the next start, or with `outbox flush`
    #[arg(long)]
    pub later: bool,
    /// Say as JSON what became of it
    #[arg(long)]
    pub json: bool,
}

#[derive(Clone, Debug, Subcommand)]
pub enum Outbox {
    /// Print what is on its way out
    List {
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// Send a message (again): one that was refused, or of which nobody knows whether it went
    Retry {
        /// Its number in `outbox list`
        id: i64,
    },
    /// Say of a message of which nobody knows that it was sent; it is not sent again
    Sent {
        /// Its number in `outbox list`
        id: i64,
    },
    /// Take a message back; what it was made of is a draft again
    Cancel {
        /// Its number in `outbox list`
        id: i64,
    },
    /// Give a message up for good
    Drop {
        /// Its number in `outbox list`
        id: i64,
    },
    /// Send what is due, and try again what was put off; for timers
    Flush,
}
