//! Asking the person at the terminal, past redirections: a password without showing it, or yes and no.

use std::fs::{File, OpenOptions};
use std::io::{self, Read as _, Write as _};

use rustix::termios::{LocalModes, OptionalActions, SpecialCodeIndex, Termios, tcgetattr, tcsetattr};
use zeroize::Zeroizing;

use crate::text::SafeText;

/// No password is longer.
const LONGEST: usize = 4 * 1024;

#[derive(Debug)]
pub(super) struct Terminal(File);

impl Terminal {
    /// `None` if the program has no terminal.
    pub(super) fn find() -> Option<Self> {
        OpenOptions::new().read(true).write(true).open("/dev/tty").ok().map(Self)
    }

    /// Asks for a line that is not shown. `None` if the person gave up (C-c, C-d).
    pub(super) fn secret(&mut self, prompt: &str) -> io::Result<Option<Zeroizing<String>>> {
        let before = tcgetattr(&self.0)?;
        let mut silent = before.clone();
        // Signals are off too: one that ends the program would leave the terminal silent.
        silent.local_modes -= LocalModes::ECHO | LocalModes::ICANON | LocalModes::ISIG | LocalModes::IEXTEN;
        silent.special_codes[SpecialCodeIndex::VMIN] = 1;
        silent.special_codes[SpecialCodeIndex::VTIME] = 0;
        let reset = Reset { terminal: self.0.try_clone()?, before };
        tcsetattr(&self.0, OptionalActions::Flush, &silent)?;
        self.say(prompt)?;
        let line = read_line(&mut self.0);
        drop(reset);
        self.0.write_all(b"\n")?;
        line
    }

    /// Asks a question; anything but y is no.
    pub(super) fn yes(&mut self, prompt: &str) -> io::Result<bool> {
        Ok(self.yes_or_no(prompt)? == Some(true))
    }

    /// Asks a question; anything but y and n is no answer.
    pub(super) fn yes_or_no(&mut self, prompt: &str) -> io::Result<Option<bool>> {
        self.say(prompt)?;
        let mut line = Vec::new();
        let mut byte = [0];
        while self.0.read(&mut byte)? == 1 && byte != *b"\n" && line.len() < LONGEST {
            line.extend_from_slice(&byte);
        }
        Ok(match line.trim_ascii() {
            b"y" | b"Y" | b"yes" => Some(true),
            b"n" | b"N" | b"no" => Some(false),
            _ => None,
        })
    }

    /// Says something that needs no answer.
    pub(super) fn tell(&mut self, line: &str) -> io::Result<()> {
        self.say(line)?;
        self.0.write_all(b"\n")
    }

    fn say(&mut self, prompt: &str) -> io::Result<()> {
        write!(self.0, "{}", SafeText::of(prompt))?;
        self.0.flush()
    }
}

/// Gives the terminal back as it was.
struct Reset {
    terminal: File,
    before: Termios,
}

impl Drop for Reset {
    fn drop(&mut self) {
        // There is nobody left to tell if even this fails.
        let _ = tcsetattr(&self.terminal, OptionalActions::Now, &self.before);
    }
}

/// Reads a line byte by byte and edits it as the terminal would.
fn read_line(from: &mut impl io::Read) -> io::Result<Option<Zeroizing<String>>> {
    let mut line = Zeroizing::new(Vec::with_capacity(LONGEST));
    let mut byte = Zeroizing::new([0_u8]);
    loop {
        if from.read(byte.as_mut_slice())? == 0 {
            return Ok(None);
        }
        match *byte {
            [b'\r' | b'\n'] => break,
            // C-c, C-d
            [0x03 | 0x04] => return Ok(None),
            [0x08 | 0x7f] => {
                // One character, which may have several bytes.
                while line.pop().is_some_and(|last| last & 0xc0 == 0x80) {}
            }
            // C-u
            [0x15] => line.clear(),
            [0..=0x1f] => {}
            [other] if line.len() < LONGEST => line.push(other),
            _ => {}
        }
    }
    let typed = std::str::from_utf8(&line).map_err(|_| io::Error::other("the password is not UTF-8"))?;
    Ok(Some(Zeroizing::new(typed.to_owned())))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(bytes: &[u8]) -> Option<String> {
        read_line(&mut &*bytes).unwrap().map(|line| line.to_string())
    }

    #[test]
    fn a_typed_line_is_edited_as_people_expect() {
        assert_eq!(typed(b"secret\r").as_deref(), Some("secret"));
        assert_eq!(typed("密x\u{7f}码\n".as_bytes()).as_deref(), Some("密码"));
        assert_eq!(typed("密码\u{7f}\u{8}a\n".as_bytes()).as_deref(), Some("a"));
        assert_eq!(typed(b"wrong\x15right\x1b\r").as_deref(), Some("right"));
        assert_eq!(typed(b"\x7f\r").as_deref(), Some(""));
        for given_up in [&b"half\x03"[..], b"\x04", b"half"] {
            assert_eq!(typed(given_up), None);
        }
    }
}
