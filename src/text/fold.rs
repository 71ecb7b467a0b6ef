//! Characters as a search takes them: without case, and full-width letters as those that a keyboard types.

/// What a character is to a search; more than one where its small form is.
pub fn folded(c: char) -> impl Iterator<Item = char> {
    let narrow = match c {
        '\u{ff01}'..='\u{ff5e}' => u32::from(c).checked_sub(0xfee0).and_then(char::from_u32).unwrap_or(c),
        '\u{3000}' | '\u{a0}' | '\t' => ' ',
        other => other,
    };
    narrow.to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_and_width_do_not_count() {
        let of = |text: &str| text.chars().flat_map(folded).collect::<String>();
        assert_eq!(of("ＱＱ邮箱　Mail（１）"), "qq邮箱 mail(1)");
        assert_eq!(of("Ñ"), of("ñ"));
    }
}
