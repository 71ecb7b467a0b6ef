//! A command as somebody types it, taken apart into arguments. No shell reads it, so nothing in it is done but what it says.

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CommandTrouble {
    /// There is nothing in it.
    Empty,
    /// A quotation mark is opened and not closed.
    Open,
}

/// Words are separated by blanks. `'…'` and `"…"` hold blanks together; a backslash takes the next character as it is,
/// but not between single quotation marks.
pub fn split(line: &str) -> Result<Vec<String>, CommandTrouble> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quote = None;
    let mut chars = line.chars();
    while let Some(c) = chars.next() {
        match (c, quote) {
            ('\\', None | Some('"')) => {
                let next = chars.next().ok_or(CommandTrouble::Open)?;
                word.get_or_insert_default().push(next);
            }
            ('\'' | '"', None) => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            (c, Some(open)) if c == open => quote = None,
            (c, None) if c.is_whitespace() => words.extend(word.take()),
            (c, _) => word.get_or_insert_default().push(c),
        }
    }
    if quote.is_some() {
        return Err(CommandTrouble::Open);
    }
    words.extend(word);
    if words.first().is_none_or(String::is_empty) { Err(CommandTrouble::Empty) } else { Ok(words) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_is_words_and_nothing_more() {
        let of = |line: &str| split(line).unwrap().join("|");
        assert_eq!(of("grep -n 'two words' \"it's\" a\\ b"), "grep|-n|two words|it's|a b");
        assert_eq!(of("cat > x; rm -rf ~ && $(id) `id` *"), "cat|>|x;|rm|-rf|~|&&|$(id)|`id`|*");
        assert_eq!(of("  a '' \"\"b "), "a||b");
        assert_eq!(of("'\\n' \"\\\"\""), "\\n|\"");
        for (line, trouble) in [
            ("", CommandTrouble::Empty),
            ("  ", CommandTrouble::Empty),
            ("'' x", CommandTrouble::Empty),
            ("a 'b", CommandTrouble::Open),
            ("a \"b", CommandTrouble::Open),
            ("a\\", CommandTrouble::Open),
        ] {
            assert_eq!(split(line), Err(trouble), "{line}");
        }
    }
}
