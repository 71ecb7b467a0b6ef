//! What a server can do: data, asked before acting, never an error at the end of a call. And what it only says that it
//! can: learned from what happened, and remembered.

#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Abilities {
    /// It tells of changes by itself (IDLE).
    pub idle: bool,
    /// It wants to know who we are (ID) and some refuse to work before.
    pub id: bool,
    /// MOVE.
    pub r#move: bool,
    /// UIDPLUS: single messages can be expunged, and copies are named.
    pub uidplus: bool,
    /// It counts changes, so that it can be asked for those since a number (CONDSTORE).
    pub condstore: bool,
    /// It remembers what vanished as well (QRESYNC).
    pub qresync: bool,
    /// Lists of numbers come as ranges (ESEARCH).
    pub esearch: bool,
    /// COMPRESS=DEFLATE.
    pub compress: bool,
    /// It says what folders are for (SPECIAL-USE, or the attributes without the word).
    pub special_use: bool,
}

/// Something that a server does not do although it says so, or does badly.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Quirk {
    /// It gets confused by a command before the last one is answered.
    OneAtATime,
    /// It accepts IDLE and then says nothing, or refuses it.
    SilentIdle,
    /// Compression breaks.
    NoCompression,
    /// What it says of changes since a number is not true, or it refuses to say it.
    NoChanges,
    /// A second login ends the connection of the first.
    OneConnection,
    /// It offers to take what belongs to AUTHENTICATE in the same line, and refuses it there.
    NoInline,
    /// It does not know LOGIN.
    NoLogin,
    /// It offers MOVE and does not move.
    NoMove,
}

impl Quirk {
    pub const EVERY: [Self; 8] = [
        Self::OneAtATime,
        Self::SilentIdle,
        Self::NoCompression,
        Self::NoChanges,
        Self::OneConnection,
        Self::NoInline,
        Self::NoLogin,
        Self::NoMove,
    ];

    /// The stable word for the store.
    pub fn code(self) -> &'static str {
        match self {
            Self::OneAtATime => "one-at-a-time",
            Self::SilentIdle => "silent-idle",
            Self::NoCompression => "no-compression",
            Self::NoChanges => "no-changes",
            Self::OneConnection => "one-connection",
            Self::NoInline => "no-inline-login",
            Self::NoLogin => "no-login-command",
            Self::NoMove => "no-move",
        }
    }

    pub fn from_code(code: &str) -> Option<Self> {
        Self::EVERY.into_iter().find(|quirk| quirk.code() == code)
    }
}

/// What is known of one server.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Quirks(u8);

impl Quirks {
    pub fn has(self, quirk: Quirk) -> bool {
        self.0 & Self::bit(quirk) != 0
    }

    #[must_use]
    pub fn with(self, quirk: Quirk) -> Self {
        Self(self.0 | Self::bit(quirk))
    }

    #[must_use]
    pub fn without(self, quirk: Quirk) -> Self {
        Self(self.0 & !Self::bit(quirk))
    }

    fn bit(quirk: Quirk) -> u8 {
        match quirk {
            Quirk::OneAtATime => 1,
            Quirk::SilentIdle => 2,
            Quirk::NoCompression => 4,
            Quirk::NoChanges => 8,
            Quirk::OneConnection => 16,
            Quirk::NoInline => 32,
            Quirk::NoLogin => 64,
            Quirk::NoMove => 128,
        }
    }
}

impl FromIterator<Quirk> for Quirks {
    fn from_iter<T: IntoIterator<Item = Quirk>>(quirks: T) -> Self {
        quirks.into_iter().fold(Self::default(), Self::with)
    }
}

/// What the server for sending said that it takes.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Takes {
    /// The largest message in bytes, if it tells.
    pub size: Option<u64>,
    /// Bytes of eight bits.
    pub eight_bit: bool,
    /// Addresses in all letters.
    pub smtputf8: bool,
}

impl Takes {
    /// The stable words for the store.
    pub fn words(&self) -> String {
        let mut words = Vec::from_iter(self.size.map(|size| format!("SIZE={size}")));
        words.extend(self.eight_bit.then(|| "8BITMIME".to_owned()));
        words.extend(self.smtputf8.then(|| "SMTPUTF8".to_owned()));
        words.join(" ")
    }

    pub fn from_words(words: &str) -> Self {
        let words = || words.split(' ');
        Self {
            size: words().find_map(|word| word.strip_prefix("SIZE=")?.parse().ok()),
            eight_bit: words().any(|word| word == "8BITMIME"),
            smtputf8: words().any(|word| word == "SMTPUTF8"),
        }
    }
}
