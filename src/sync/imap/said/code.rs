//! The words in brackets that a server puts before its text.

use std::ops::RangeInclusive;

#[derive(Clone, PartialEq, Eq, Debug)]
pub(in crate::sync::imap) enum Code {
    UidValidity(u32),
    UidNext(u32),
    HighestModSeq(u64),
    NoModSeq,
    Capability(Vec<String>),
    CopyUid {
        validity: u32,
        from: Vec<RangeInclusive<u32>>,
        to: Vec<RangeInclusive<u32>>,
    },
    AppendUid {
        validity: u32,
        uids: Vec<RangeInclusive<u32>>,
    },
    Closed,
    ReadOnly,
    ReadWrite,
    Alert,
    TryCreate,
    /// Its name, in capitals.
    Other(String),
}

impl Code {
    /// True for a code of this name.
    pub(in crate::sync::imap) fn is(&self, name: &str) -> bool {
        match self {
            Self::Other(own) => own == name,
            Self::ReadOnly => name == "READ-ONLY",
            Self::TryCreate => name == "TRYCREATE",
            Self::Closed => name == "CLOSED",
            Self::Alert => name == "ALERT",
            _ => false,
        }
    }

    pub(in crate::sync::imap) fn name(&self) -> &str {
        match self {
            Self::UidValidity(_) => "UIDVALIDITY",
            Self::UidNext(_) => "UIDNEXT",
            Self::HighestModSeq(_) => "HIGHESTMODSEQ",
            Self::NoModSeq => "NOMODSEQ",
            Self::Capability(_) => "CAPABILITY",
            Self::CopyUid { .. } => "COPYUID",
            Self::AppendUid { .. } => "APPENDUID",
            Self::Closed => "CLOSED",
            Self::ReadOnly => "READ-ONLY",
            Self::ReadWrite => "READ-WRITE",
            Self::Alert => "ALERT",
            Self::TryCreate => "TRYCREATE",
            Self::Other(name) => name,
        }
    }

    fn read(inside: &str) -> Self {
        let mut words = inside.split_ascii_whitespace();
        let name = words.next().unwrap_or_default().to_ascii_uppercase();
        let code = match name.as_str() {
            "UIDVALIDITY" => number(words.next()).map(Self::UidValidity),
            "UIDNEXT" => number(words.next()).map(Self::UidNext),
            "HIGHESTMODSEQ" => words.next().and_then(|word| word.parse().ok()).map(Self::HighestModSeq),
            "NOMODSEQ" => Some(Self::NoModSeq),
            "CAPABILITY" => Some(Self::Capability(words.by_ref().map(str::to_ascii_uppercase).collect())),
            "COPYUID" => number(words.next()).map(|validity| {
                let (from, to) = (ranges(words.next().unwrap_or("")), ranges(words.next().unwrap_or("")));
                Self::CopyUid { validity, from, to }
            }),
            "APPENDUID" => number(words.next())
                .map(|validity| Self::AppendUid { validity, uids: ranges(words.next().unwrap_or("")) }),
            "CLOSED" => Some(Self::Closed),
            "READ-ONLY" => Some(Self::ReadOnly),
            "READ-WRITE" => Some(Self::ReadWrite),
            "ALERT" => Some(Self::Alert),
            "TRYCREATE" => Some(Self::TryCreate),
            _ => None,
        };
        code.unwrap_or(Self::Other(name))
    }
}

/// The code at the beginning of a text, and the words after it.
pub(super) fn split(text: &str) -> (Option<Code>, &str) {
    let Some((inside, words)) = text.strip_prefix('[').and_then(|rest| rest.split_once(']')) else {
        return (None, text);
    };
    (Some(Code::read(inside)), words.trim_start_matches(' '))
}

fn number(word: Option<&str>) -> Option<u32> {
    word?.parse().ok()
}

/// More than this at once is more than is listened to as news: one range takes more room than the server needs to say it.
const MOST_RANGES: usize = 150_000;

/// `1:3,5`; what is no number is left out.
pub(super) fn ranges(set: &str) -> Vec<RangeInclusive<u32>> {
    each_range(set).take(MOST_RANGES).collect()
}

pub(super) fn each_range(set: &str) -> impl Iterator<Item = RangeInclusive<u32>> {
    set.split(',').filter_map(|part| {
        let (from, to) = part.split_once(':').unwrap_or((part, part));
        let (from, to): (u32, u32) = (from.parse().ok()?, to.parse().ok()?);
        Some(from.min(to)..=from.max(to))
    })
}
