//! By what an account is known again, whatever it is called: its name is the user's to change.

#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct AccountMarks {
    /// As in config.toml; no other account is called so.
    pub name: String,
    /// What it may have been called before: its address.
    pub formerly: Option<String>,
    pub address: String,
    /// The host that its mail comes from.
    pub imap: String,
    /// The host that its mail goes to; empty if there is none.
    pub smtp: String,
    pub login: String,
}

impl AccountMarks {
    /// An account of which nothing is known but its name.
    pub fn named(name: &str) -> Self {
        Self { name: name.to_owned(), ..Self::default() }
    }
}
