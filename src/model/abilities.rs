//! What a server can do: data, asked before acting, never an error at the end of a call.

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
    /// It says what folders are for (SPECIAL-USE, or the attributes without the word).
    pub special_use: bool,
}
