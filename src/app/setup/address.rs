//! A mail address as people type it with an input method on, or copy it from somewhere.

use std::borrow::Cow;

use crate::config::Address;

/// The same in ASCII, without what stands around addresses: `＜ｍｅ＠ｑｑ．ｃｏｍ＞` is `me@qq.com`.
pub(super) fn tidied(typed: &str) -> String {
    let ascii: String = typed.chars().filter_map(ascii).collect();
    let named = ascii.split_once('<').map_or(ascii.as_str(), |(_, rest)| rest.split('>').next().unwrap_or_default());
    let bare = named.trim_start_matches("mailto:");
    bare.trim_matches(|c: char| matches!(c, ',' | ';' | ':' | '.' | '"' | '\'' | '>')).to_owned()
}

/// What a key types into the field: blanks are none.
pub(super) fn ascii(c: char) -> Option<char> {
    match c {
        '。' | '｡' => Some('.'),
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0),
        c if c.is_whitespace() => None,
        other => Some(other),
    }
}

/// The first line that says something: more than one comes with copying.
pub(super) fn first_line(pasted: &str) -> Cow<'_, str> {
    let line = pasted.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default();
    Cow::Borrowed(line)
}

/// An address that somebody may have finished typing.
pub(super) fn whole(typed: &str) -> Option<Address> {
    let address: Address = tidied(typed).parse().ok()?;
    let last = address.domain().rsplit_once('.')?.1;
    (last.chars().count() >= 2 && last.chars().all(char::is_alphanumeric)).then_some(address)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_of_an_input_method_count_as_ascii() {
        for (typed, meant) in [
            ("ｍｅ＠ｑｑ．ｃｏｍ", "me@qq.com"),
            ("me@163。com", "me@163.com"),
            (" me @ qq.com ", "me@qq.com"),
            ("mailto:me@qq.com", "me@qq.com"),
            ("张三 <zhang.san@qq.com>;", "zhang.san@qq.com"),
            ("me@邮箱.example", "me@邮箱.example"),
            ("me@qq.com，", "me@qq.com"),
        ] {
            assert_eq!(tidied(typed), meant, "{typed}");
        }
    }

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
