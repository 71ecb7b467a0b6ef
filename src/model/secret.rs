//! A password, or a token that stands for one: it cannot be printed, and its memory is wiped when it is dropped.

use std::fmt;

use zeroize::Zeroizing;

#[derive(Clone, PartialEq, Eq)]
pub struct Secret {
    value: Zeroizing<String>,
    token: bool,
}

impl Secret {
    pub fn new(value: String) -> Self {
        Self { value: Zeroizing::new(value), token: false }
    }

    /// An access token of OAuth2: it is not said where a password is, and is good for a while only.
    pub fn token(value: String) -> Self {
        Self { value: Zeroizing::new(value), token: true }
    }

    pub fn is_token(&self) -> bool {
        self.token
    }

    /// For the one who sends it to the server or hands it to the keyring. Never for a message or a log.
    pub fn expose(&self) -> &str {
        &self.value
    }

    pub fn is_empty(&self) -> bool {
        self.value.is_empty()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}
