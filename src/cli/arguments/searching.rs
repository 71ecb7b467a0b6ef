//! What may be looked for.

use std::ffi::OsString;

use clap::Args;

#[derive(Clone, Debug, Args)]
pub struct Search {
    /// Words, and what is known besides: from:, subject:, before:, is:unread, -word, OR …
    #[arg(required_unless_present_any = ["saved", "forget"], value_name = "QUERY")]
    pub query: Vec<String>,
    /// Find what was kept under this name; words besides narrow it
    #[arg(long, value_name = "NAME")]
    pub saved: Option<String>,
    /// Keep the query under this name, too
    #[arg(long, value_name = "NAME", conflicts_with = "saved")]
    pub save_as: Option<String>,
    /// Only forget what was kept under this name
    #[arg(long, value_name = "NAME", conflicts_with_all = ["query", "saved", "save_as"])]
    pub forget: Option<String>,
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

/// The line with words that are not to be there (`-word`) as words: whoever reads it would take them for switches.
pub(super) fn with_minus(line: Vec<OsString>) -> Vec<OsString> {
    let mut searches = false;
    let mut words = Vec::with_capacity(line.len());
    for word in line {
        let written = word.to_str().unwrap_or_default();
        let is_not = written.starts_with('-') && !written.starts_with("--") && written.len() > 1 && written != "-h";
        if searches && is_not {
            words.push(OsString::from(format!(" {written}")));
            continue;
        }
        searches |= written == "search";
        words.push(word);
    }
    words
}
