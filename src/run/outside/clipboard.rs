//! The clipboard of the desktop, by the programs that know it.

use std::time::Duration;

use super::{Means, Outcomes, in_short, name_of};
use crate::app::{DeedTrouble, Done};
use crate::proc::{self, Limits, Trouble};
use crate::text::SafeText;

const LIMITS: Limits = Limits { output: 64 * 1024, time: Duration::from_secs(3) };
/// What the terminal is told by.
const BY_TERMINAL: &str = "OSC 52";

impl Means {
    /// Hands a text to the first program that is there. The terminal was told it already, if `is_told`.
    pub(super) fn copy(&self, text: &str, shown: SafeText, is_told: bool) -> Outcomes {
        let mut trouble = None;
        for command in self.clipboards() {
            let input = if command.first().is_some_and(|name| name == "clip.exe") { wide(text) } else { text.into() };
            match proc::feed(&command, &self.environment, LIMITS, input) {
                Ok(finished) if finished.status == Some(0) => {
                    let by = name_of(&command);
                    let by = if is_told { SafeText::of(&format!("{BY_TERMINAL}, {by}")) } else { by };
                    return Ok(Done::Copied { shown, by });
                }
                Ok(finished) => {
                    let status = finished.status.unwrap_or(-1);
                    trouble = Some(DeedTrouble::Ended { program: name_of(&command), status });
                }
                Err(Trouble::NotFound { .. }) => {}
                Err(other) => trouble = Some(in_short(&other, &command)),
            }
        }
        match trouble {
            // Nobody knows whether the terminal took it, but most do.
            _ if is_told => Ok(Done::Copied { shown, by: SafeText::of(BY_TERMINAL) }),
            Some(trouble) => Err(trouble),
            None => Err(DeedTrouble::NoProgram(SafeText::of("wl-copy, xclip"))),
        }
    }

    /// The best first. One that needs a display which is not there would only wait for it.
    fn clipboards(&self) -> Vec<Vec<String>> {
        let known: [(bool, &[&str]); 5] = [
            (self.in_tmux, &["tmux", "load-buffer", "-w", "-"]),
            (self.environment.says("WAYLAND_DISPLAY"), &["wl-copy"]),
            (self.environment.says("DISPLAY"), &["xclip", "-selection", "clipboard", "-in"]),
            (cfg!(target_os = "macos"), &["pbcopy"]),
            (self.environment.has("clip.exe"), &["clip.exe"]),
        ];
        let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
        known.into_iter().filter(|(is_there, _)| *is_there).map(|(_, command)| words(command)).collect()
    }
}

/// As Windows reads it.
fn wide(text: &str) -> Vec<u8> {
    let with_mark = std::iter::once(0xfeff).chain(text.replace('\n', "\r\n").encode_utf16().collect::<Vec<u16>>());
    with_mark.flat_map(u16::to_le_bytes).collect()
}

#[cfg(test)]
mod tests;
