//! How an address becomes an account: who hosts it ([`find`]), whether one gets in ([`try_login`]), and writing it down
//! ([`keep`]). The command line and the screen do the same by this, and differ only in how they ask and tell.

mod finding;
mod keeping;
mod reaching;
mod trying;

pub use finding::{Hosting, find, guesses};
pub use keeping::{KeepIn, NotKept, keep, keyring_answers, replace};
pub use reaching::dialer;
pub use trying::{Hint, Step, Tried, choose, try_login, try_login_telling};

#[cfg(test)]
mod tests;
