//! A command in one argument → its words, as people quote them. Nothing is expanded: there is no shell.

/// Splits at blanks. Quotation marks of either kind keep blanks, a backslash keeps the next character.
pub(super) fn split(written: &str) -> Result<Vec<String>, String> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quote: Option<char> = None;
    let mut chars = written.chars();
    while let Some(c) = chars.next() {
        match (quote, c) {
            (Some(open), _) if c == open => quote = None,
            (None, '\'' | '"') => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            (Some('"') | None, '\\') => match chars.next() {
                Some(next) => word.get_or_insert_default().push(next),
                None => return Err("the command ends with a backslash".to_owned()),
            },
            (None, ' ' | '\t' | '\n') => words.extend(word.take()),
            _ => word.get_or_insert_default().push(c),
        }
    }
    if quote.is_some() {
        return Err("a quotation mark is not closed".to_owned());
    }
    words.extend(word);
    if words.first().is_none_or(|program| program.is_empty()) {
        return Err("name a program and its arguments, as in \"pass mail/me\"".to_owned());
    }
    Ok(words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_as_people_quote_them() {
        for (written, words) in [
            ("pass mail/me", vec!["pass", "mail/me"]),
            ("  a\t b  ", vec!["a", "b"]),
            ("sh -c 'echo \"x y\" | cat'", vec!["sh", "-c", "echo \"x y\" | cat"]),
            ("a \"b \\\" c\" d\\ e ''", vec!["a", "b \" c", "d e", ""]),
            ("echo $HOME;ls", vec!["echo", "$HOME;ls"]),
            ("'my 程序'/x", vec!["my 程序/x"]),
        ] {
            assert_eq!(split(written).unwrap(), words);
        }
        for wrong in ["", "  ", "''", "a 'b", "a \"b", "a \\"] {
            assert!(split(wrong).is_err(), "{wrong:?}");
        }
    }
}
