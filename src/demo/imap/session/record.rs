//! What is remembered of what was said.

/// A command line for the record: one line, no password, no message.
pub(super) fn remembered(bytes: &[u8], verb: &str) -> String {
    let text = String::from_utf8_lossy(bytes);
    let words: Vec<&str> = text.splitn(4, ' ').collect();
    match (verb, words.as_slice()) {
        ("LOGIN", [tag, login, user, ..]) => format!("{tag} {login} {} ***", user.lines().next().unwrap_or_default()),
        ("AUTHENTICATE", [tag, authenticate, mechanism, _]) => format!("{tag} {authenticate} {mechanism} ***"),
        ("APPEND", _) => text.lines().next().unwrap_or_default().to_owned(),
        _ => text.lines().collect::<Vec<_>>().join(" ").chars().take(4000).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_and_messages_are_not_remembered() {
        assert_eq!(remembered(b"a login me \"se cret\"", "LOGIN"), "a login me ***");
        assert_eq!(remembered(b"a LOGIN {2}\r\nme {6}\r\nsecret", "LOGIN"), "a LOGIN {2} ***");
        assert_eq!(remembered(b"a AUTHENTICATE PLAIN AG1lAHg=", "AUTHENTICATE"), "a AUTHENTICATE PLAIN ***");
        assert_eq!(remembered(b"a APPEND x {3}\r\nabc", "APPEND"), "a APPEND x {3}");
        assert_eq!(remembered(b"a SEARCH TEXT {3}\r\nabc", "SEARCH"), "a SEARCH TEXT {3} abc");
    }
}
