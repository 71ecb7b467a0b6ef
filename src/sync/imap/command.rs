//! A command on its way to the server: words of ours, and strings that came from somewhere else, each so written that it
//! can be nothing but a string.

use std::fmt::{self, Write as _};

use zeroize::Zeroizing;

/// Nobody says more in one string.
const LONGEST: usize = 4_000;

/// Each part but the last ends with the announcement of a literal, and waits for the server to ask for it.
#[derive(Clone)]
pub(super) struct Command {
    pub(super) parts: Vec<Zeroizing<Vec<u8>>>,
    /// What it looks like to somebody who looks on: without secrets.
    pub(super) shown: String,
}

impl fmt::Debug for Command {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Command").field(&self.shown).finish()
    }
}

impl From<String> for Command {
    fn from(words: String) -> Self {
        Self::from(words.as_str())
    }
}

impl From<&str> for Command {
    fn from(words: &str) -> Self {
        Self { parts: vec![Zeroizing::new(words.as_bytes().to_vec())], shown: words.to_owned() }
    }
}

impl Command {
    /// The same with a string behind it. `None` if no string can hold it: then it is not said at all.
    pub(super) fn with(mut self, string: &[u8]) -> Option<Self> {
        let _ = write!(self.shown, " {:?}", String::from_utf8_lossy(string));
        self.string(string)
    }

    /// The same for a string that nobody may see.
    pub(super) fn with_secret(mut self, string: &[u8]) -> Option<Self> {
        self.shown.push_str(" ***");
        self.string(string)
    }

    fn string(mut self, string: &[u8]) -> Option<Self> {
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

    /// The same with a message behind it, of any length, which the server asks for.
    pub(super) fn with_message(mut self, bytes: &[u8]) -> Self {
        let announced = format!(" {{{}}}", bytes.len());
        self.shown.push_str(&announced);
        if let Some(end) = self.parts.last_mut() {
            end.extend_from_slice(announced.as_bytes());
        }
        self.parts.push(Zeroizing::new(bytes.to_vec()));
        self
    }

    /// The same with answers that nobody may see, each given when the server asks for it; `inline`: in the line itself.
    pub(super) fn answering(mut self, answers: Vec<Zeroizing<Vec<u8>>>, inline: bool) -> Self {
        self.shown.push_str(" ***");
        match self.parts.last_mut().filter(|_| inline) {
            Some(line) => {
                for answer in answers {
                    line.push(b' ');
                    line.extend_from_slice(&answer);
                }
            }
            None => self.parts.extend(answers),
        }
        self
    }

    /// What may be seen of it.
    pub(super) fn shown_as(self, shown: String) -> Self {
        Self { shown, ..self }
    }

    /// True if the server need not ask for the rest of it.
    pub(super) fn is_whole(&self) -> bool {
        self.parts.len() == 1
    }

    pub(super) fn and(mut self, words: &str) -> Self {
        self.shown.push_str(words);
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

    #[test]
    fn l01_a_secret_is_said_and_not_shown() {
        let command = Command::from("LOGIN").with(b"me").and_then(|c| c.with_secret(b"canary")).unwrap();
        assert_eq!(command.shown, "LOGIN \"me\" ***");
        assert_eq!(command.parts[0].as_slice(), b"LOGIN \"me\" \"canary\"");
        assert!(!format!("{command:?}").contains("canary"));
    }
}
