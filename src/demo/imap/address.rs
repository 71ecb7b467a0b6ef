//! Lists of addresses, as ENVELOPE tells them.

/// One of the four-string structures; a group is a start and an end with addresses between them.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub(super) struct Mailbox {
    pub(super) name: Option<Vec<u8>>,
    /// `@relay`, from the times when mail was told its way.
    pub(super) route: Option<Vec<u8>>,
    pub(super) local: Option<Vec<u8>>,
    pub(super) host: Option<Vec<u8>>,
}

#[derive(Clone, PartialEq, Eq, Debug)]
enum Token {
    /// Bare words; `true` if a blank stands before it.
    Word(Vec<u8>, bool),
    Quoted(Vec<u8>, bool),
    Comment(Vec<u8>),
    Mark(u8),
}

pub(super) fn list(unfolded: &[u8]) -> Vec<Mailbox> {
    let tokens = tokens(unfolded);
    let mut found = Vec::new();
    let mut pending: Vec<Token> = Vec::new();
    let mut angle: Option<Vec<Token>> = None;
    let mut in_group = false;
    for token in tokens {
        match token {
            Token::Mark(b'<') if angle.is_none() => angle = Some(Vec::new()),
            Token::Mark(b':') if angle.is_none() && !in_group => {
                found.push(Mailbox { local: phrase(&pending), ..Mailbox::default() });
                pending.clear();
                in_group = true;
            }
            Token::Mark(b',' | b';') => {
                found.extend(one(&pending, angle.take()));
                pending.clear();
                if token == Token::Mark(b';') && in_group {
                    found.push(Mailbox::default());
                    in_group = false;
                }
            }
            Token::Mark(b'>') => {}
            other => match &mut angle {
                Some(inside) if !matches!(other, Token::Comment(_)) => inside.push(other),
                _ => pending.push(other),
            },
        }
    }
    found.extend(one(&pending, angle));
    if in_group {
        found.push(Mailbox::default());
    }
    found
}

fn one(outside: &[Token], angle: Option<Vec<Token>>) -> Option<Mailbox> {
    if let Some(inside) = angle {
        let colon = inside.iter().rposition(|t| *t == Token::Mark(b':'));
        let (route, rest) = inside.split_at_checked(colon.unwrap_or(0)).unwrap_or_default();
        let (local, host) = halves(rest.get(usize::from(colon.is_some())..).unwrap_or_default());
        return Some(Mailbox { name: phrase(outside), route: Some(run(route)).filter(|r| !r.is_empty()), local, host });
    }
    let address: Vec<Token> = outside.iter().filter(|t| !matches!(t, Token::Comment(_))).cloned().collect();
    if address.is_empty() {
        return None;
    }
    let comment = outside.iter().rev().find_map(|t| if let Token::Comment(c) = t { Some(c.clone()) } else { None });
    if !address.contains(&Token::Mark(b'@')) {
        let words = phrase(&address);
        return Some(Mailbox {
            name: comment,
            local: words,
            host: Some(b"MISSING_DOMAIN".to_vec()),
            ..Mailbox::default()
        });
    }
    let (local, host) = halves(&address);
    Some(Mailbox { name: comment, local, host, ..Mailbox::default() })
}

fn halves(address: &[Token]) -> (Option<Vec<u8>>, Option<Vec<u8>>) {
    let at = address.iter().rposition(|t| *t == Token::Mark(b'@'));
    let (local, host) = address.split_at_checked(at.unwrap_or(address.len())).unwrap_or_default();
    let local = run(local);
    let host = run(host.get(1..).unwrap_or_default());
    let or =
        |bytes: Vec<u8>, otherwise: &str| Some(if bytes.is_empty() { otherwise.as_bytes().to_vec() } else { bytes });
    (or(local, "MISSING_MAILBOX"), or(host, "MISSING_DOMAIN"))
}

fn run(tokens: &[Token]) -> Vec<u8> {
    let mut out = Vec::new();
    for token in tokens {
        match token {
            Token::Word(bytes, _) | Token::Quoted(bytes, _) => out.extend_from_slice(bytes),
            Token::Mark(mark) => out.push(*mark),
            Token::Comment(_) => {}
        }
    }
    out
}

/// Words with one blank between them, where there was any.
fn phrase(tokens: &[Token]) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    for token in tokens {
        match token {
            Token::Word(bytes, apart) | Token::Quoted(bytes, apart) => {
                if *apart && !out.is_empty() {
                    out.push(b' ');
                }
                out.extend_from_slice(bytes);
            }
            Token::Mark(mark) => out.push(*mark),
            Token::Comment(_) => {}
        }
    }
    (!out.is_empty()).then_some(out)
}

fn tokens(text: &[u8]) -> Vec<Token> {
    let mut found = Vec::new();
    let mut bytes = text.iter().copied().peekable();
    let mut apart = false;
    while let Some(byte) = bytes.next() {
        match byte {
            b' ' | b'\t' => {
                apart = true;
                continue;
            }
            b'"' => found.push(Token::Quoted(enclosed(&mut bytes, None, b'"'), apart)),
            b'(' => {
                found.push(Token::Comment(enclosed(&mut bytes, Some(b'('), b')')));
                continue;
            }
            b'<' | b'>' | b',' | b';' | b':' | b'@' => found.push(Token::Mark(byte)),
            _ => {
                let mut word = vec![byte];
                while let Some(next) = bytes
                    .next_if(|b| !matches!(b, b' ' | b'\t' | b'"' | b'(' | b'<' | b'>' | b',' | b';' | b':' | b'@'))
                {
                    word.push(next);
                }
                found.push(Token::Word(word, apart));
            }
        }
        apart = false;
    }
    found
}

fn enclosed(bytes: &mut impl Iterator<Item = u8>, opens: Option<u8>, closes: u8) -> Vec<u8> {
    let mut inside = Vec::new();
    let mut depth = 1;
    while let Some(byte) = bytes.next() {
        if byte == b'\\' {
            inside.extend(bytes.next());
            continue;
        }
        if byte == closes {
            depth -= 1;
            if depth == 0 {
                break;
            }
        } else if Some(byte) == opens {
            depth += 1;
        }
        inside.push(byte);
    }
    inside
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> Vec<String> {
        let part = |p: &Option<Vec<u8>>| p.as_ref().map_or("-".into(), |p| String::from_utf8_lossy(p).into_owned());
        list(text.as_bytes())
            .iter()
            .map(|m| format!("{}|{}|{}", part(&m.name), part(&m.local), part(&m.host)))
            .collect()
    }

    #[test]
    fn addresses_in_every_spelling() {
        assert_eq!(shown("a@x.example, B <b@y.example>"), ["-|a|x.example", "B|b|y.example"]);
        assert_eq!(shown("\"C, \\\"D\\\"\" <c@x.example>"), ["C, \"D\"|c|x.example"]);
        assert_eq!(shown("e@x.example (E (the) one)"), ["E (the) one|e|x.example"]);
        assert_eq!(
            shown("=?utf-8?B?5L2g?= =?utf-8?B?5aW9?= <n@x.example>"),
            ["=?utf-8?B?5L2g?= =?utf-8?B?5aW9?=|n|x.example"]
        );
        assert_eq!(shown("club: a@x.example, b@x.example;"), ["-|club|-", "-|a|x.example", "-|b|x.example", "-|-|-"]);
        assert_eq!(shown("undisclosed-recipients:;"), ["-|undisclosed-recipients|-", "-|-|-"]);
        assert_eq!(shown("<@r.example:f@x.example>"), ["-|f|x.example"]);
        assert_eq!(shown(""), [""; 0]);
    }
}
