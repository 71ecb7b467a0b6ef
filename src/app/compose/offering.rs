//! Files whose names are pasted into a text, as file managers and terminals hand them over: they stay words until the user
//! says that the files themselves are meant.

use std::path::PathBuf;

use super::{Composer, Errand, Head, Stage};
use crate::app::command::split;
use crate::model::Enclosed;

/// What is longer is a text.
const LONGEST: usize = 16 * 1024;
const MOST: usize = 100;

/// Files that were named in the text.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Offer {
    files: Vec<Enclosed>,
    /// The text as it was then: later it is not known what to take out of it.
    revision: u64,
}

/// The paths in it, if there is nothing else: bare, between quotation marks, or as links to files.
pub(super) fn paths(text: &str) -> Option<Vec<PathBuf>> {
    if text.len() > LONGEST {
        return None;
    }
    let mut paths = Vec::new();
    for line in text.trim().lines().map(str::trim).filter(|line| !line.is_empty()) {
        // A bare one may have blanks in it.
        let words = if line.starts_with(['/', '~']) && !line.contains(['\'', '"', '\\']) {
            vec![line.to_owned()]
        } else {
            split(line).ok()?
        };
        for word in words {
            paths.push(path(&word)?);
        }
    }
    (1..=MOST).contains(&paths.len()).then_some(paths)
}

fn path(word: &str) -> Option<PathBuf> {
    let path = match word.strip_prefix("file://") {
        // Only what lies here: the name of another machine may stand before the first slash.
        Some(link) => unescaped(link.strip_prefix("localhost").unwrap_or(link))?,
        None => word.to_owned(),
    };
    let is_whole = path.starts_with('/') || path.starts_with("~/");
    (is_whole && !path.contains('\0')).then(|| PathBuf::from(path))
}

/// `%20` is a blank.
fn unescaped(link: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(link.len());
    let mut rest = link.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let digit = |byte: Option<u8>| char::from(byte?).to_digit(16);
        let (high, low) = (digit(rest.next())?, digit(rest.next())?);
        bytes.push(u8::try_from(high * 16 + low).ok()?);
    }
    String::from_utf8(bytes).ok()
}

impl Composer {
    /// Asks whether what was just pasted into the text are files.
    pub(in crate::app) fn ask_for_pasted_files(&self, pasted: &str) -> Option<Errand> {
        let is_text = self.focus == Head::Body && self.stage == Stage::Editing;
        let paths = paths(pasted).filter(|_| is_text)?;
        Some(Errand::LookFor { sheet: self.sheet(), paths, revision: self.body.revision() })
    }

    /// They are. False if the text is another one by now.
    pub(in crate::app) fn offer_files(&mut self, files: Vec<Enclosed>, revision: u64) -> bool {
        let is_as_it_was = revision == self.body.revision() && self.stage == Stage::Editing && !files.is_empty();
        if is_as_it_was {
            self.offer = Some(Offer { files, revision });
        }
        is_as_it_was
    }

    /// An offer stands until the next key.
    pub(in crate::app) fn another_key(&mut self) {
        self.offered = self.offer.take();
    }

    /// Takes the names out of the text, and the files along. How many.
    pub(in crate::app) fn take_offer(&mut self) -> Option<usize> {
        let offer = self.offered.take().filter(|offer| offer.revision == self.body.revision())?;
        self.body.undo();
        Some(offer.files.into_iter().filter(|file| self.enclose(file.clone())).count())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> String {
        let paths = paths(text).unwrap_or_default();
        paths.iter().map(|path| path.display().to_string()).collect::<Vec<_>>().join("|")
    }

    #[test]
    fn files_are_pasted_in_many_ways() {
        assert_eq!(of("/tmp/a.pdf"), "/tmp/a.pdf");
        assert_eq!(of("  '/tmp/a b/c.pdf' \n"), "/tmp/a b/c.pdf");
        assert_eq!(of("\"/tmp/合同 (1).pdf\""), "/tmp/合同 (1).pdf");
        assert_eq!(of("/tmp/a b/c.pdf"), "/tmp/a b/c.pdf");
        assert_eq!(of("/tmp/a\\ b.pdf '/tmp/c d.pdf'"), "/tmp/a b.pdf|/tmp/c d.pdf");
        assert_eq!(of("file:///tmp/%E5%90%88%E5%90%8C%20a.pdf\r\nfile://localhost/b\n"), "/tmp/合同 a.pdf|/b");
        assert_eq!(of("~/a.pdf"), "~/a.pdf");
    }

    #[test]
    fn what_is_a_text_is_no_file() {
        for text in [
            "",
            "see /tmp/a.pdf",
            "'/tmp/a.pdf",
            "file://server/share/a.pdf",
            "file:///a%zz",
            "~someone",
            "a\n/b",
            "https://a.example/b",
        ] {
            assert_eq!(paths(text), None, "{text}");
        }
        assert_eq!(paths(&"/a\n".repeat(101)), None);
        assert_eq!(paths(&format!("/{}", "a".repeat(LONGEST))), None);
    }
}
