//! Mail that came, as somebody is told of it.

use super::{AccountId, Address, FolderId, Role, Timestamp};
use crate::text::Text;

/// What came into one folder, and nobody was told of yet.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Arrivals {
    pub account: AccountId,
    pub folder: FolderId,
    /// The decoded name of the folder, whole.
    pub name: Text,
    pub delimiter: Option<char>,
    pub role: Option<Role>,
    pub count: u64,
    /// The newest of them first; not always all.
    pub newest: Vec<NewMail>,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NewMail {
    pub from: Address,
    pub subject: Text,
    pub arrival: Timestamp,
}
