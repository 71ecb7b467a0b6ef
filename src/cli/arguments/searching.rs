//! What may be looked for.

use clap::Args;

#[derive(Clone, Debug, Args)]
pub struct Search {
    /// Words, and what is known besides: from:, subject:, before:, is:unread, -word, OR …
    #[arg(required = true, value_name = "QUERY", allow_hyphen_values = true)]
    pub query: Vec<String>,
    /// As JSON
    #[arg(long)]
    pub json: bool,
    /// Only the newest N
    #[arg(long, value_name = "N")]
    pub limit: Option<usize>,
    /// Only of this account
    #[arg(long, value_name = "NAME")]
    pub account: Option<String>,
    /// Only in this folder: its name, or inbox, sent, drafts, trash, junk, archive
    #[arg(long = "in", value_name = "FOLDER")]
    pub folder: Option<String>,
}
