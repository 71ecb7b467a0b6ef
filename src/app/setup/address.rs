//! A mail address as people type it with an input method on, or copy it from somewhere.

use std::borrow::Cow;

use crate::config::Address;
use crate::text::tidied_address;

/// The first line that says something: more than one comes with copying.
pub(super) fn first_line(pasted: &str) -> Cow<'_, str> {
    let line = pasted.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default();
    Cow::Borrowed(line)
}

/// An address that somebody may have finished typing.
pub(super) fn whole(typed: &str) -> Option<Address> {
    let address: Address = tidied_address(typed).parse().ok()?;
    let last = address.domain().rsplit_once('.')?.1;
    (last.chars().count() >= 2 && last.chars().all(char::is_alphanumeric)).then_some(address)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_whole_address_is_known_when_it_is_there() {
        for (typed, whole_one) in
            [("me@qq.com", true), ("me@qq.c", false), ("me@qq", false), ("me@", false), ("@qq.com", false)]
        {
            assert_eq!(whole(typed).is_some(), whole_one, "{typed}");
        }
        assert_eq!(first_line("\n\n me@qq.com \nmore"), "me@qq.com");
    }
}
