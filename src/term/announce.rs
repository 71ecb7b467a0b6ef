//! A notification in the words that a terminal understands. What mail says in it is plain text: it went through the door
//! to the screen, and what means something between the words is taken out.

use crate::app::{Dialect, Wording};
use crate::text::SafeText;

/// The bytes to write between two frames.
pub(super) fn spoken(dialect: Dialect, title: &SafeText, body: &SafeText) -> String {
    // Beyond what SafeText promises: no semicolon where one ends the title.
    let title = title.as_str().replace(';', ",");
    let body = body.as_str();
    let said = match dialect.wording {
        // A text that begins with a number and a semicolon would mean something else.
        Wording::Osc9 => format!(
            "\x1b]9;{}\x07",
            format!("{title} · {body}").trim_start_matches(|c: char| c.is_ascii_digit() || c == ';')
        ),
        Wording::Osc777 => format!("\x1b]777;notify;{title};{body}\x07"),
        Wording::Osc99 => format!("\x1b]99;i=hongyan:d=0;{title}\x1b\\\x1b]99;i=hongyan:d=1:p=body;{body}\x1b\\"),
    };
    if dialect.through_tmux { format!("\x1bPtmux;{}\x1b\\", said.replace('\x1b', "\x1b\x1b")) } else { said }
}

/// A text for the clipboard. It is base64, so nothing in it ends the command; what is not is left out.
pub(super) fn clipboard(base64: &str) -> String {
    let is_base64 = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '+' | '/' | '=');
    let text: String = base64.chars().filter(is_base64).collect();
    format!("\x1b]52;c;{text}\x07")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Text;

    const EVERY: [Wording; 3] = [Wording::Osc9, Wording::Osc777, Wording::Osc99];

    #[test]
    fn t21_what_mail_says_cannot_end_a_notification_nor_begin_another_command() {
        let evil = "\x1b]0;x\x07\x1b\\\u{9c}\u{9b}31m\r\n\x00\u{202e}a;b;4;3;50";
        let text = SafeText::new(&Text::new(evil));
        for wording in EVERY {
            for through_tmux in [false, true] {
                let said = spoken(Dialect { wording, through_tmux }, &text, &text);
                let escapes = said.matches('\x1b').count();
                let ours = spoken(Dialect { wording, through_tmux }, &SafeText::of("a"), &SafeText::of("b"));
                assert_eq!(escapes, ours.matches('\x1b').count(), "{said:?}");
                assert_eq!(said.matches('\x07').count(), ours.matches('\x07').count(), "{said:?}");
                let others = |c: char| c.is_control() && !matches!(c, '\x1b' | '\x07');
                assert!(!said.contains(others) && !said.contains('\u{202e}'), "{said:?}");
            }
        }
        let number = spoken(Dialect { wording: Wording::Osc9, through_tmux: false }, &SafeText::of("4;3;50"), &text);
        assert!(!number.starts_with("\x1b]9;4"), "{number:?}");
    }

    #[test]
    fn t01_a_text_for_the_clipboard_is_no_other_command() {
        assert_eq!(clipboard("6bi/6ZuB"), "\x1b]52;c;6bi/6ZuB\x07");
        assert_eq!(clipboard("YQ==\x07\x1b]0;x\u{9c}?"), "\x1b]52;c;YQ==0x\x07");
    }

    #[test]
    fn each_wording_as_it_is_written_down() {
        let say = |wording, through_tmux| {
            spoken(Dialect { wording, through_tmux }, &SafeText::of("李雷"), &SafeText::of("周五; 会议"))
        };
        assert_eq!(say(Wording::Osc9, false), "\x1b]9;李雷 · 周五; 会议\x07");
        assert_eq!(say(Wording::Osc777, false), "\x1b]777;notify;李雷;周五; 会议\x07");
        assert_eq!(
            say(Wording::Osc99, false),
            "\x1b]99;i=hongyan:d=0;李雷\x1b\\\x1b]99;i=hongyan:d=1:p=body;周五; 会议\x1b\\"
        );
        assert_eq!(say(Wording::Osc9, true), "\x1bPtmux;\x1b\x1b]9;李雷 · 周五; 会议\x07\x1b\\");
    }
}
