//! What may stand behind the commands that are about single messages and mail in files.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use clap::Args;

#[derive(Clone, Debug, Args)]
pub struct Show {
    /// A file with a message, the id that `list` prints, or - for the standard input
    #[arg(value_name = "FILE|ID|-")]
    pub what: OsString,
    /// As JSON
    #[arg(long, group = "view")]
    json: bool,
    /// Only its text
    #[arg(long, group = "view")]
    text: bool,
    /// The HTML page in it: into a pipe its bytes, on a terminal its text
    #[arg(long, group = "view")]
    html: bool,
    /// All fields of its head, decoded
    #[arg(long, group = "view")]
    headers: bool,
    /// The whole message as it is: into a pipe every byte, on a terminal what can be shown of it
    #[arg(long, group = "view")]
    source: bool,
}

/// What of a message is shown.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(in crate::cli) enum View {
    Whole,
    Json,
    Text,
    Html,
    Headers,
    Source,
}

impl Show {
    /// At most one of them is set.
    pub(in crate::cli) fn view(&self) -> View {
        let views = [
            (self.json, View::Json),
            (self.text, View::Text),
            (self.html, View::Html),
            (self.headers, View::Headers),
            (self.source, View::Source),
        ];
        views.into_iter().find(|(set, _)| *set).map_or(View::Whole, |(_, view)| view)
    }
}

#[derive(Clone, Debug, Args)]
pub struct SaveAttachments {
    /// A file with a message, the id that `list` prints, or - for the standard input
    #[arg(value_name = "FILE|ID|-")]
    pub what: OsString,
    /// The folder to save into; it is made if it is not there, and no file in it is replaced
    #[arg(value_name = "DIR")]
    pub folder: PathBuf,
    /// Print what was saved as JSON
    #[arg(long)]
    pub json: bool,
}

#[derive(Clone, Debug, Args)]
pub struct Export {
    /// The id that `list` prints, or a folder: its name, or inbox, sent, drafts, trash, junk, archive
    #[arg(value_name = "ID|FOLDER")]
    pub what: String,
    /// Into a new mailbox file (mboxrd)
    #[arg(long, value_name = "FILE", group = "form", required = true)]
    mbox: Option<PathBuf>,
    /// Into a Maildir, which is made if it is not there
    #[arg(long, value_name = "DIR", group = "form", required = true)]
    maildir: Option<PathBuf>,
    /// Into a new file; of a folder, into a file for each message
    #[arg(long, value_name = "FILE|DIR", group = "form", required = true)]
    eml: Option<PathBuf>,
    /// Only of this account
    #[arg(long, value_name = "NAME")]
    pub account: Option<String>,
}

/// What messages are written into.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(in crate::cli) enum Form<'a> {
    Mbox(&'a Path),
    Maildir(&'a Path),
    Eml(&'a Path),
}

impl Export {
    /// Exactly one of them is given.
    pub(in crate::cli) fn form(&self) -> Option<Form<'_>> {
        let mbox = self.mbox.as_deref().map(Form::Mbox);
        let maildir = self.maildir.as_deref().map(Form::Maildir);
        mbox.or(maildir).or(self.eml.as_deref().map(Form::Eml))
    }
}

#[derive(Clone, Debug, Args)]
pub struct Open {
    /// An mbox, a Maildir, or a file with a message
    #[arg(value_name = "PATH")]
    pub path: PathBuf,
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::*;
    use crate::cli::{Arguments, Command};

    fn read(line: &str) -> Result<Command, String> {
        let read = Arguments::try_parse_from(line.split(' ')).map_err(|error| error.to_string());
        read.map(|arguments| arguments.command.unwrap())
    }

    #[test]
    fn a_message_is_shown_in_one_way() {
        for (option, view) in [
            ("", View::Whole),
            (" --json", View::Json),
            (" --text", View::Text),
            (" --html", View::Html),
            (" --headers", View::Headers),
            (" --source", View::Source),
        ] {
            let Command::Show(show) = read(&format!("hongyan show -{option}")).unwrap() else { panic!() };
            assert_eq!((show.view(), show.what.to_str()), (view, Some("-")));
        }
        assert!(read("hongyan show 1 --json --text").unwrap_err().contains("cannot be used with"));
    }

    #[test]
    fn messages_are_written_in_one_form() {
        let Command::Export(export) = read("hongyan export inbox --maildir m").unwrap() else { panic!() };
        assert_eq!(export.form(), Some(Form::Maildir(Path::new("m"))));
        let Command::Export(export) = read("hongyan export 17 --eml=a.eml").unwrap() else { panic!() };
        assert_eq!(export.form(), Some(Form::Eml(Path::new("a.eml"))));
        assert!(read("hongyan export inbox").unwrap_err().contains("--mbox"));
        assert!(read("hongyan export inbox --mbox a --eml b").unwrap_err().contains("cannot be used with"));
    }
}
