//! A command on its way to the server: words of ours, and strings that came from somewhere else, each so written that it
//! can be nothing but a string.

use zeroize::Zeroizing;

/// Nobody says more in one string.
const LONGEST: usize = 4_000;

/// Each part but the last ends with the announcement of a literal, and waits for the server to ask for it.
#[derive(Debug)]
pub(super) struct Command {
    pub(super) parts: Vec<Zeroizing<Vec<u8>>>,
    /// What it looks like without what must not be seen.
    shown: Option<String>,
}

impl From<&str> for Command {
    fn from(words: &str) -> Self {
        Self { parts: vec![Zeroizing::new(words.as_bytes().to_vec())], shown: None }
    }
}

impl Command {
    /// The same with a string behind it. `None` if no string can hold it: then it is not said at all.
    pub(super) fn with(mut self, string: &[u8]) -> Option<Self> {
        if !can_be_said(string) {
            return None;
        }
        let literally = string.iter().any(|byte| !(0x20..0x7f).contains(byte));
        let end = self.parts.last_mut()?;
        if literally {
            end.extend_from_slice(format!(" {{{}}}", string.len()).as_bytes());
            self.parts.push(Zeroizing::new(string.to_vec()));
        } else {
            end.extend_from_slice(b" \"");
            for byte in string {
                if matches!(byte, b'"' | b'\\') {
                    end.push(b'\\');
                }
                end.push(*byte);
            }
            end.push(b'"');
        }
        Some(self)
    }

    /// The same for a command that holds a secret: this is what may be seen of it.
    pub(super) fn shown_as(self, shown: String) -> Self {
        Self { shown: Some(shown), ..self }
    }

    pub(super) fn shown(&self) -> String {
        let whole = || self.parts.iter().map(|part| String::from_utf8_lossy(part)).collect::<Vec<_>>().join(" ");
        self.shown.clone().unwrap_or_else(whole)
    }

    pub(super) fn and(mut self, words: &str) -> Self {
        if let Some(end) = self.parts.last_mut() {
            end.extend_from_slice(words.as_bytes());
        }
        self
    }
}

/// True if a string can hold this. A line break in it would begin another command.
pub(super) fn can_be_said(string: &[u8]) -> bool {
    string.len() <= LONGEST && !string.iter().any(|byte| matches!(byte, b'\r' | b'\n' | 0))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(string: &[u8]) -> Option<Vec<String>> {
        let command = Command::from("SELECT").with(string)?.and(" x");
        Some(command.parts.iter().map(|part| String::from_utf8_lossy(part).into_owned()).collect())
    }

    #[test]
    fn i12_a_name_that_would_be_a_command_is_not_said() {
        assert_eq!(said(b"x\r\nA1 DELETE INBOX"), None);
        assert_eq!(said(b"x\0"), None);
        assert_eq!(said(&[b'x'; LONGEST + 1]), None);
        assert_eq!(said(b"\" \\").unwrap(), ["SELECT \"\\\" \\\\\" x"]);
        assert_eq!(said("草".as_bytes()).unwrap(), ["SELECT {3}", "草 x"]);
        assert_eq!(said(b"\xb2\xdd").unwrap()[0], "SELECT {2}");
    }
}
