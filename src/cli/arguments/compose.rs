//! A message that is begun on the command line, or by a link.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::Args;

use crate::letter::mailto;
use crate::model::{Draft, Ordered};

#[derive(Clone, Default, Debug, Args)]
pub struct Compose {
    /// A mailto: link; what it says of senders and files does not count
    #[arg(value_name = "LINK", value_parser = link)]
    pub link: Option<String>,
    /// To whom (may be repeated)
    #[arg(long, value_name = "ADDRESS")]
    pub to: Vec<String>,
    /// Who gets a copy (may be repeated)
    #[arg(long, value_name = "ADDRESS")]
    pub cc: Vec<String>,
    /// Who gets a copy that nobody else sees (may be repeated)
    #[arg(long, value_name = "ADDRESS")]
    pub bcc: Vec<String>,
    /// The subject
    #[arg(long, value_name = "TEXT")]
    pub subject: Option<String>,
    /// What it begins with
    #[arg(long, value_name = "TEXT")]
    pub body: Option<String>,
    /// A template to begin with: the name of a file in templates/, beside config.toml
    #[arg(long, value_name = "NAME")]
    pub template: Option<String>,
    /// A file that goes along (may be repeated)
    #[arg(long, value_name = "FILE", value_parser = file)]
    pub attach: Vec<PathBuf>,
}

impl Compose {
    /// What is said here comes before what the link says.
    pub fn begun(self) -> Ordered {
        let mut draft = self.link.as_deref().and_then(mailto).unwrap_or_default();
        let Draft { to, cc, bcc, .. } = &mut draft;
        for (given, field) in [(self.to, to), (self.cc, cc), (self.bcc, bcc)] {
            let both = given.into_iter().chain([std::mem::take(field)]).filter(|people| !people.trim().is_empty());
            *field = both.collect::<Vec<_>>().join(", ");
        }
        // A field is one line, whatever a shell hands over.
        let one_line = |text: &str| text.split(['\r', '\n']).collect::<Vec<_>>().join(" ");
        for field in [&mut draft.to, &mut draft.cc, &mut draft.bcc] {
            *field = one_line(field);
        }
        if let Some(given) = self.subject {
            draft.subject = one_line(&given);
        }
        if let Some(given) = self.body {
            draft.body = given;
        }
        Ordered { draft, files: self.attach, template: self.template }
    }
}

/// Whoever names a file here shall not find out later that it did not go along.
fn file(written: &str) -> Result<PathBuf, String> {
    let path = PathBuf::from(written);
    match std::fs::metadata(&path) {
        Ok(about) if about.is_file() => Ok(path),
        Ok(_) => Err("it is no file".to_owned()),
        Err(error) => Err(error.kind().to_string()),
    }
}

fn link(written: &str) -> Result<String, String> {
    match mailto(written) {
        Some(_) => Ok(written.to_owned()),
        None => Err("it is no mailto: link; an address belongs behind --to".to_owned()),
    }
}

/// The command that a link alone means: who opens links knows no commands.
pub(super) fn followed(mut line: Vec<OsString>, known: &clap::Command) -> Vec<OsString> {
    let is_link = |word: &OsString| {
        word.to_str().and_then(|word| word.get(..7)).is_some_and(|scheme| scheme.eq_ignore_ascii_case("mailto:"))
    };
    let is_command = |word: &OsString| word.to_str().is_some_and(|word| known.find_subcommand(word).is_some());
    let at = line.iter().position(is_link).filter(|at| !line.iter().take(*at).skip(1).any(is_command));
    if let Some(at) = at {
        line.insert(at, OsString::from("compose"));
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::arguments::{Arguments, Command};

    fn begun(line: &[&str]) -> Ordered {
        let line = std::iter::once("hongyan").chain(line.iter().copied()).map(OsString::from);
        match Arguments::read(line).unwrap().command {
            Some(Command::Compose(asked)) => asked.begun(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_message_begins_as_the_command_line_says() {
        let line = ["compose", "--to", "a@example.com", "--to", "b@example.com", "--cc", "c@example.com"];
        let more = ["--subject", "两行\nX-Evil: 1", "--body", "hello", "--attach", "README.md", "--template", "周报"];
        let Ordered { draft, files, template } = begun(&[&line[..], &more[..]].concat());
        assert_eq!((draft.to.as_str(), draft.cc.as_str()), ("a@example.com, b@example.com", "c@example.com"));
        assert_eq!((draft.subject.as_str(), draft.body.as_str()), ("两行 X-Evil: 1", "hello"));
        assert_eq!((files, template.as_deref()), (vec![PathBuf::from("README.md")], Some("周报")));
        for wrong in ["no-such-file", "src", "/dev/zero"] {
            assert!(Arguments::read(["hongyan", "compose", "--attach", wrong].map(OsString::from)).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_link_alone_is_a_command_and_takes_no_files_along() {
        let link = "mailto:a@example.com?subject=hi&attach=/etc/passwd&from=evil@example.com";
        for line in
            [vec![link], vec!["--lang", "en", link], vec!["compose", link], vec!["MAILTO:a@example.com?subject=hi"]]
        {
            let Ordered { draft, files, .. } = begun(&line);
            assert_eq!((draft.to.as_str(), draft.subject.as_str(), draft.from.as_str()), ("a@example.com", "hi", ""));
            assert!(files.is_empty() && draft.files.is_empty());
        }
        assert!(Arguments::read(["hongyan", "compose", "a@example.com"].map(OsString::from)).is_err());
    }
}
