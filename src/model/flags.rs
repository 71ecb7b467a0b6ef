//! The flags of a message that hongyan knows by name. Others stay on the server untouched: flags are changed by
//! difference only.

use std::fmt;

#[derive(Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Flags(u16);

impl Flags {
    pub const NONE: Self = Self(0);
    pub const SEEN: Self = Self(1);
    pub const ANSWERED: Self = Self(1 << 1);
    pub const FLAGGED: Self = Self(1 << 2);
    pub const DELETED: Self = Self(1 << 3);
    pub const DRAFT: Self = Self(1 << 4);
    pub const FORWARDED: Self = Self(1 << 5);
    pub const JUNK: Self = Self(1 << 6);
    pub const NOT_JUNK: Self = Self(1 << 7);

    const NAMES: [(Self, &'static str); 8] = [
        (Self::SEEN, "\\Seen"),
        (Self::ANSWERED, "\\Answered"),
        (Self::FLAGGED, "\\Flagged"),
        (Self::DELETED, "\\Deleted"),
        (Self::DRAFT, "\\Draft"),
        (Self::FORWARDED, "$Forwarded"),
        (Self::JUNK, "$Junk"),
        (Self::NOT_JUNK, "$NotJunk"),
    ];

    /// For the store's columns only.
    pub fn from_bits(bits: u16) -> Self {
        Self(bits)
    }

    pub fn bits(self) -> u16 {
        self.0
    }

    /// The flag of this name in IMAP, in any case; `NONE` if it is not one of ours.
    pub fn from_imap(name: &str) -> Self {
        Self::NAMES.iter().find(|(_, known)| known.eq_ignore_ascii_case(name)).map_or(Self::NONE, |(flag, _)| *flag)
    }

    /// The IMAP names of the flags set.
    pub fn imap_names(self) -> impl Iterator<Item = &'static str> {
        Self::NAMES.into_iter().filter(move |(flag, _)| self.contains(*flag)).map(|(_, name)| name)
    }

    pub fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    #[must_use]
    pub fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    #[must_use]
    pub fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    pub fn seen(self) -> bool {
        self.contains(Self::SEEN)
    }

    pub fn flagged(self) -> bool {
        self.contains(Self::FLAGGED)
    }

    pub fn answered(self) -> bool {
        self.contains(Self::ANSWERED)
    }
}

impl fmt::Debug for Flags {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.imap_names()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_go_both_ways_in_any_case() {
        for (flag, name) in Flags::NAMES {
            assert_eq!(Flags::from_imap(&name.to_uppercase()), flag);
            assert_eq!(flag.imap_names().collect::<Vec<_>>(), [name]);
        }
        assert_eq!(Flags::from_imap("\\*"), Flags::NONE);
    }
}
