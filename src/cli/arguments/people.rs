//! What may be asked of people.

use std::path::PathBuf;

use clap::Subcommand;

#[derive(Clone, Debug, Subcommand)]
pub enum People {
    /// Print those who may be meant by what is typed, the most likely first
    List {
        /// The beginning of a name or an address, or the initials of a Chinese name
        #[arg(default_value = "")]
        typed: String,
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// Take names and addresses over from a vCard or CSV file
    Import {
        /// The vCard or CSV file
        file: PathBuf,
    },
}
