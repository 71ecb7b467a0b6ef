//! What may stand on the command line about what is said to servers.

use clap::Args;

use super::protocol;
use crate::config::HostPort;
use crate::model::TlsMode;
use crate::net::Protocol;

#[derive(Clone, Debug, Args)]
pub struct Log {
    /// Only of this account: its name, or its address
    pub account: Option<String>,
    /// Go on with what is said from now on
    #[arg(long, short = 'f')]
    pub follow: bool,
    /// Only the newest N lines
    #[arg(long, short = 'n', value_name = "N")]
    pub lines: Option<usize>,
    /// As JSON, a line for each
    #[arg(long)]
    pub json: bool,
}

#[derive(Clone, Debug, Args)]
pub struct Talk {
    /// The protocol: imap, smtp or pop3
    #[arg(value_parser = protocol)]
    pub protocol: Protocol,
    /// The account: its name, or its address; not needed if there is only one
    pub account: Option<String>,
    /// Another server than the account's
    #[arg(long, value_name = "HOST:PORT")]
    pub at: Option<HostPort>,
    /// How the connection is encrypted: tls (from the start), starttls or none
    #[arg(long, value_name = "MODE")]
    pub tls: Option<TlsMode>,
    /// Allow --tls none to another machine: everybody on the way can read what is said
    #[arg(long)]
    pub insecure: bool,
    /// Do not ask before what changes something
    #[arg(long)]
    pub yes: bool,
}
