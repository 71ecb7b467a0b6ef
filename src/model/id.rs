//! The names that the store gives to things. They mean nothing outside this profile.

macro_rules! id {
    ($(#[$doc:meta])* $name:ident($inner:ty)) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, serde::Serialize)]
        #[serde(transparent)]
        pub struct $name(pub $inner);
    };
}

id!(
    /// An account of config.toml, as numbered by this profile's store.
    AccountId(i64)
);
id!(
    /// A folder of one account.
    FolderId(i64)
);
id!(
    /// A message: its headers and its body.
    MessageId(i64)
);
id!(
    /// A message in a folder. The same message may lie in two folders; lists and actions name placements.
    PlacementId(i64)
);
id!(
    /// One slow job that was started; its outcome carries the same ticket.
    Ticket(u64)
);
