//! The subject of an answer: what it begins with stands there once, in whichever language the others wrote it.

use crate::letter::clean;

/// What an answer begins with, in lower case.
const REPLIES: [&str; 18] = [
    "re",
    "回复",
    "回覆",
    "答复",
    "答覆",
    "回信",
    "回復",
    "aw",
    "antw",
    "antwort",
    "sv",
    "vs",
    "res",
    "odp",
    "ynt",
    "vá",
    "σχετ",
    "ответ",
];

const FORWARDS: [&str; 16] = [
    "fw",
    "fwd",
    "转发",
    "轉發",
    "轉寄",
    "转寄",
    "转",
    "wg",
    "tr",
    "rv",
    "enc",
    "vl",
    "i",
    "doorst",
    "ilt",
    "пересылка",
];

/// A longer name is none of a list.
const LONGEST_TAG: usize = 60;
/// Pieces before the subject itself that are looked at; and of the subject itself.
const MOST_PIECES: usize = 50;
const LONGEST: usize = 2_000;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Reply,
    Forward,
}

/// The subject of what answers or passes on `subject`.
pub(super) fn of(prefix: &str, is_forward: bool, subject: &str) -> String {
    let subject = clean::line(subject, LONGEST);
    let mut rest = subject.as_str();
    let mut tags: Vec<&str> = Vec::new();
    // As it is written there, of the other kind than ours.
    let mut other: Option<&str> = None;
    let ours = if is_forward { Kind::Forward } else { Kind::Reply };
    let (mut looked, mut seen) = (rest, Vec::new());
    for _ in 0..MOST_PIECES {
        if let Some((kind, written, after)) = piece(looked) {
            if kind != ours {
                other = other.or(Some(written));
            }
            for tag in seen.drain(..) {
                if !tags.contains(&tag) {
                    tags.push(tag);
                }
            }
            (rest, looked) = (after, after);
        } else if let Some((tag, after)) = tag(looked) {
            seen.push(tag);
            looked = after;
        } else {
            break;
        }
    }
    let mut whole = prefix.to_owned();
    if let Some(other) = other {
        whole.push_str(other);
        if !other.ends_with('：') {
            whole.push(' ');
        }
    }
    // Tags that stand again behind the last piece are not said twice.
    for tag in tags.iter().filter(|tag| !rest.starts_with(**tag)) {
        whole.push_str(tag);
        whole.push(' ');
    }
    whole.push_str(rest);
    whole.trim_end().to_owned()
}

/// The subject without what answers begin with: the same for all of a conversation.
pub fn bare(subject: &str) -> &str {
    let mut rest = subject.trim();
    for _ in 0..MOST_PIECES {
        match piece(rest) {
            Some((_, _, after)) if !after.is_empty() => rest = after,
            _ => break,
        }
    }
    rest
}

/// `Re:`, `RE[2]: `, `答复：`: what it is, as it is written, and what stands behind it.
fn piece(text: &str) -> Option<(Kind, &str, &str)> {
    let text = text.trim_start();
    let (at, colon) = text.char_indices().take(30).find(|(_, c)| matches!(c, ':' | '：'))?;
    let head = text.get(..at)?.trim_end();
    let is_count = |c: char| c.is_ascii_digit() || "[]()（）*^".contains(c);
    let word = head.trim_end_matches(is_count).trim_end().to_lowercase();
    let kind = if REPLIES.contains(&word.as_str()) {
        Kind::Reply
    } else if FORWARDS.contains(&word.as_str()) {
        Kind::Forward
    } else {
        return None;
    };
    let end = at + colon.len_utf8();
    Some((kind, text.get(..end)?, text.get(end..)?.trim_start()))
}

/// `[list]`, and what stands behind it.
fn tag(text: &str) -> Option<(&str, &str)> {
    let inner = text.strip_prefix('[')?;
    let end = inner.find(']').filter(|end| (1..=LONGEST_TAG).contains(end))?;
    Some((text.get(..end + 2)?, inner.get(end + 1..)?.trim_start()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_piles_up() {
        for (subject, reply, forward) in [
            ("会议", "回复：会议", "转发：会议"),
            ("Re: 会议", "回复：会议", "转发：Re: 会议"),
            ("回复: 答复：RE: Aw: 回覆: 会议", "回复：会议", "转发：回复: 会议"),
            ("RE[2]: Re(3):会议", "回复：会议", "转发：RE[2]: 会议"),
            ("转发：会议", "回复：转发：会议", "转发：会议"),
            ("Re: Fw: Re: Fwd: x", "回复：Fw: x", "转发：Re: x"),
            ("[dev] Re: x", "回复：[dev] x", "转发：Re: [dev] x"),
            ("Re: [dev] Re: [dev] x", "回复：[dev] x", "转发：Re: [dev] x"),
            ("[dev] x", "回复：[dev] x", "转发：[dev] x"),
            ("[PATCH v2] a: b", "回复：[PATCH v2] a: b", "转发：[PATCH v2] a: b"),
            ("Research: x", "回复：Research: x", "转发：Research: x"),
            ("关于：x", "回复：关于：x", "转发：关于：x"),
            ("", "回复：", "转发："),
            ("Re:", "回复：", "转发：Re:"),
            ("a\r\nBcc: x\u{1b}", "回复：a Bcc: x", "转发：a Bcc: x"),
        ] {
            assert_eq!(of("回复：", false, subject), reply, "{subject:?}");
            assert_eq!(of("转发：", true, subject), forward, "{subject:?}");
        }
        assert_eq!(of("Re: ", false, "回复：x"), "Re: x");
        assert!(of("Re: ", false, &"Re: ".repeat(1_000_000)).len() < 4_000);
    }
}
