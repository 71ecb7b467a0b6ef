//! A mail address as people type it with an input method on, or copy it from somewhere.

/// The same in ASCII, without what stands around addresses: `＜ｍｅ＠ｑｑ．ｃｏｍ＞` is `me@qq.com`.
pub fn tidied_address(typed: &str) -> String {
    let ascii: String = typed.chars().filter_map(typed_as_ascii).collect();
    let named = ascii.split_once('<').map_or(ascii.as_str(), |(_, rest)| rest.split('>').next().unwrap_or_default());
    let bare = named.trim_start_matches("mailto:");
    bare.trim_matches(|c: char| matches!(c, ',' | ';' | ':' | '.' | '"' | '\'' | '>')).to_owned()
}

/// What a key types into an address or the name of a server: blanks are none.
pub fn typed_as_ascii(c: char) -> Option<char> {
    match c {
        '。' | '｡' => Some('.'),
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0),
        c if c.is_whitespace() => None,
        other => Some(other),
    }
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
            assert_eq!(tidied_address(typed), meant, "{typed}");
        }
    }
}
