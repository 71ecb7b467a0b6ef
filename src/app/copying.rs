//! What of a message can be copied, and how it looks as a text for somewhere else: a line has no end in it, and nowhere is
//! anything that a terminal would take for a command.

mod code;

use super::{Action, Overlay, State, WebAddress};
use crate::letter::in_base64;
use crate::text::{SafeFileName, SafeText};

/// What terminals take of a text for the clipboard, in its encoding: many cut off or drop what is longer.
const TERMINAL: usize = 74_000;
/// Bytes that are handed to a program.
const LONGEST: usize = 4 * 1024 * 1024;
/// Letters of what is shown of it.
const SHOWN: usize = 60;

pub use code::code_in;

/// A text for the clipboard.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ToCopy {
    pub text: String,
    /// Its beginning, to be shown.
    pub shown: SafeText,
}

impl ToCopy {
    fn line(text: SafeText) -> Option<Self> {
        let shown = SafeText::of(text.as_str().chars().take(SHOWN).collect::<String>().as_str());
        (!text.as_str().trim().is_empty()).then(|| Self { text: text.into_string(), shown })
    }

    /// As a terminal is told it, if it would take it.
    pub fn for_terminal(&self) -> Option<String> {
        (self.text.len().div_ceil(3).saturating_mul(4) <= TERMINAL).then(|| in_base64(self.text.as_bytes()))
    }
}

impl State {
    /// What this action would copy of the message that is shown; `None` if there is no such thing.
    pub fn to_copy(&self, action: Action) -> Option<ToCopy> {
        // Its line in the list is there before its text is.
        let row = self.list.at_cursor().map(|row| &row.row);
        let is_read = row.is_some_and(|row| self.reader.shows(row.placement));
        if !is_read && !matches!(action, Action::CopyCode | Action::CopySender | Action::CopySubject) {
            return None;
        }
        match action {
            Action::CopyCode => {
                let subject = row.map(|row| row.subject.as_untrusted()).unwrap_or_default();
                let text = self.reader.text().filter(|_| is_read).map(|text| text.as_untrusted()).unwrap_or_default();
                ToCopy::line(SafeText::of(&code_in(subject, text)?))
            }
            Action::CopyLink => {
                let meant = match self.overlay {
                    Some(Overlay::Links { cursor }) => Some(cursor),
                    _ => self.reader.chosen_link(),
                };
                let link = self.reader.links().get(meant.unwrap_or(0))?;
                // What would not be opened is not handed on either.
                let address = WebAddress::of(&link.url).ok()?;
                ToCopy::line(SafeText::of(address.url()))
            }
            Action::CopySender => ToCopy::line(SafeText::new(&row?.from.address)),
            Action::CopySubject => ToCopy::line(SafeText::new(&row?.subject)),
            Action::CopyMessageId => ToCopy::line(SafeText::new(self.reader.message_id()?)),
            Action::CopyFileName => {
                let files = self.reader.files();
                let file = match self.overlay {
                    Some(Overlay::Files { cursor }) => files.get(cursor)?,
                    _ => files.first()?,
                };
                ToCopy::line(SafeText::of(SafeFileName::new(&file.raw_name).as_str()))
            }
            Action::CopyText => {
                let lines = SafeText::lines(self.reader.text()?);
                let mut text = String::new();
                for line in &lines {
                    if text.len() + line.as_str().len() >= LONGEST {
                        break;
                    }
                    text.push_str(line.as_str().trim_end());
                    text.push('\n');
                }
                let first = lines.iter().find(|line| !line.as_str().trim().is_empty())?;
                let shown = SafeText::of(first.as_str().trim().chars().take(SHOWN).collect::<String>().as_str());
                Some(ToCopy { text, shown })
            }
            _ => None,
        }
    }
}

impl State {
    /// The beginning of what would be copied: nothing of a text, which is in view. `None`: there is nothing to copy.
    pub fn copied_shown(&self, action: Action) -> Option<SafeText> {
        match action {
            Action::CopyText => self.reader.text().map(|_| SafeText::default()),
            action => self.to_copy(action).map(|found| found.shown),
        }
    }
}

impl State {
    /// The address in question is one to leave a list by.
    pub fn leaves_a_list(&self) -> bool {
        self.leaves_by.is_some()
    }
}

/// True if the action copies something of a message.
pub fn copies(action: Action) -> bool {
    use Action as A;
    matches!(
        action,
        A::CopyCode | A::CopyLink | A::CopySender | A::CopySubject | A::CopyMessageId | A::CopyText | A::CopyFileName
    )
}
