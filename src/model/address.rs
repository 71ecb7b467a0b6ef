//! Who: a display name and an address, both as the sender wrote them.

use crate::text::Text;

#[derive(Clone, PartialEq, Eq, Hash, Default, Debug)]
pub struct Address {
    pub name: Text,
    pub address: Text,
}

impl Address {
    /// What a list shows: the name, or the address where there is no name.
    pub fn shown(&self) -> &Text {
        if self.name.as_untrusted().trim().is_empty() { &self.address } else { &self.name }
    }
}
