//! What the user's own provider found out about the sender: Authentication-Results (RFC 8601).
//!
//! Anybody may write such a field. Only the topmost one counts that carries the name of the own provider, because that
//! one is put on top of everything that came from outside, and a provider takes away what others wrote in its name.
//! `Received-SPF` and its like carry no name and are not looked at.

use super::header::each_field;
use crate::model::{Auth, Verdict};
use crate::text::Text;

/// A longer field is not read to its end.
const LONGEST: usize = 16 * 1024;

/// Results beyond these are not looked at.
const MOST: usize = 64;

/// Whose word counts.
#[derive(Clone, Copy, Debug)]
pub(super) enum Trust<'a> {
    /// The account's provider: a field counts if its name is one of these, or ends with a point and one of these. An empty
    /// one stands for a provider that writes no name.
    Provider(&'a [&'a str]),
    /// The same where the names are guessed: only a field above every Received counts, because nobody outside can put one
    /// there.
    OnTop(&'a [&'a str]),
    /// Nobody knows who received it: the topmost field counts, and is marked as unproven.
    Unknown,
}

/// What was found out, from the header of a message.
pub(super) fn auth(header: &[u8], trust: Trust<'_>) -> Option<Auth> {
    let mut found: Option<Auth> = None;
    let mut was_received = false;
    each_field(header, |name, value| {
        was_received |= name.eq_ignore_ascii_case(b"received");
        if found.is_some() || !name.eq_ignore_ascii_case(b"authentication-results") {
            return;
        }
        let value = String::from_utf8_lossy(value.get(..LONGEST).unwrap_or(value));
        let pieces = pieces(&value);
        let mut pieces = pieces.iter();
        let first = pieces.next().map_or("", String::as_str);
        // Some write no name, and begin with a result.
        let is_nameless = first.contains('=');
        // A version may stand behind the name.
        let by = first.split_whitespace().next().filter(|_| !is_nameless).unwrap_or_default();
        let is_theirs = match trust {
            Trust::Provider(names) if is_nameless => names.contains(&""),
            Trust::Provider(names) => names.iter().any(|name| belongs(by, name)),
            Trust::OnTop(names) => !was_received && names.iter().any(|name| belongs(by, name)),
            Trust::Unknown => is_nameless || !by.is_empty(),
        };
        if is_theirs {
            let mut auth = Auth { by: Text::new(by), unproven: matches!(trust, Trust::Unknown), ..Auth::default() };
            let all = is_nameless.then_some(first).into_iter().chain(pieces.map(String::as_str));
            all.take(MOST).for_each(|piece| result(&mut auth, piece));
            found = Some(auth);
        }
    });
    found
}

fn belongs(by: &str, name: &str) -> bool {
    let (by, name) = (by.to_ascii_lowercase(), name.to_ascii_lowercase());
    by.strip_suffix(&name).is_some_and(|before| !name.is_empty() && (before.is_empty() || before.ends_with('.')))
}

/// The parts between semicolons, without comments; what is quoted stays together.
fn pieces(value: &str) -> Vec<String> {
    let mut pieces = vec![String::new()];
    let (mut comments, mut quoted, mut escaped) = (0_u32, false, false);
    for c in value.chars() {
        let was_escaped = std::mem::take(&mut escaped);
        let kept = match c {
            _ if was_escaped => (comments == 0).then_some(c),
            '\\' if quoted || comments > 0 => {
                escaped = true;
                None
            }
            '"' if comments == 0 => {
                quoted = !quoted;
                None
            }
            '(' if !quoted => {
                comments = comments.saturating_add(1);
                None
            }
            ')' if !quoted && comments > 0 => {
                comments -= 1;
                // It may stand between two words.
                Some(' ')
            }
            _ if comments > 0 => None,
            ';' if !quoted => {
                pieces.push(String::new());
                None
            }
            _ => Some(c),
        };
        if let (Some(piece), Some(c)) = (pieces.last_mut(), kept) {
            piece.push(c);
        }
    }
    pieces
}

/// `dkim=pass header.d=example.com`
fn result(auth: &mut Auth, piece: &str) {
    let Some((method, rest)) = piece.split_once('=') else { return };
    let method = method.split('/').next().unwrap_or_default().trim();
    // Something before it: this `=` belongs to a property.
    let word = rest.split_whitespace().next().unwrap_or_default();
    let verdict = verdict(word);
    if method.eq_ignore_ascii_case("dkim") {
        // Several may sign; one good signature is good.
        if auth.dkim != Verdict::Pass && (auth.dkim == Verdict::Unsaid || verdict == Verdict::Pass) {
            auth.dkim = verdict;
        }
    } else if method.eq_ignore_ascii_case("spf") {
        if auth.spf == Verdict::Unsaid {
            auth.spf = verdict;
        }
    } else if method.eq_ignore_ascii_case("dmarc") && auth.dmarc == Verdict::Unsaid {
        auth.dmarc = verdict;
    }
}

fn verdict(word: &str) -> Verdict {
    let is = |said: &str| word.eq_ignore_ascii_case(said);
    if is("pass") {
        Verdict::Pass
    } else if is("fail") || is("hardfail") {
        Verdict::Fail
    } else {
        Verdict::Unclear
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fuzzing::{Diet, Long, fuzz};

    const OWN: Trust<'_> = Trust::Provider(&["mx.example"]);

    fn said(header: &str) -> Option<(String, [Verdict; 3])> {
        let auth = auth(header.as_bytes(), OWN)?;
        Some((auth.by.as_untrusted().to_owned(), [auth.spf, auth.dkim, auth.dmarc]))
    }

    fn all(header: &str) -> [Verdict; 3] {
        said(header).unwrap().1
    }

    use Verdict::{Fail, Pass, Unclear, Unsaid};

    #[test]
    fn what_the_provider_says() {
        let header = "Received: x\r\nAuthentication-Results: in.mx.example;\r\n\tdkim=pass header.i=@a.example header.s=s1;\r\n \
            spf=pass (in.mx.example: domain of x@a.example designates 1.2.3.4 as permitted; yes) smtp.mailfrom=x@a.example;\r\n \
            dmarc=fail (p=NONE sp=NONE dis=NONE) header.from=a.example\r\nSubject: x\r\n\r\nAuthentication-Results: mx.example; dmarc=pass\r\n";
        assert_eq!(said(header), Some(("in.mx.example".to_owned(), [Pass, Pass, Fail])));
        assert_eq!(all("Authentication-Results: mx.example; none\n"), [Unsaid; 3]);
        assert_eq!(
            all("authentication-RESULTS: MX.example 1; SPF=SoftFail; DKIM=none; dmarc=temperror\n"),
            [Unclear; 3]
        );
        assert_eq!(
            all("Authentication-Results: (a (b;) \\) c) mx.example (x) 1 (y); dkim/1=fail; spf = fail\n"),
            [Fail, Fail, Unsaid]
        );
    }

    #[test]
    fn one_good_signature_is_good() {
        assert_eq!(
            all("Authentication-Results: mx.example; dkim=fail; dkim=pass; dkim=fail\n"),
            [Unsaid, Pass, Unsaid]
        );
        assert_eq!(
            all("Authentication-Results: mx.example; dkim=neutral; dkim=fail; spf=fail; spf=pass\n"),
            [Fail, Unclear, Unsaid]
        );
    }

    #[test]
    fn only_the_topmost_of_the_own_provider_counts() {
        let header = "Authentication-Results: evil.example; dmarc=pass\n\
            Authentication-Results: mx.example; dmarc=fail\n\
            Authentication-Results: mx.example; dmarc=pass\n";
        assert_eq!(all(header), [Unsaid, Unsaid, Fail]);
        for by in ["mx.example.evil.example", "evilmx.example", "\"mx.example;\"", "", "x@mx.example.", "(mx.example)"]
        {
            assert_eq!(said(&format!("Authentication-Results: {by}; dmarc=pass\n")), None, "{by}");
        }
        for other in ["ARC-Authentication-Results: i=1; mx.example; dmarc=pass", "Received-SPF: pass", "X-QQ-SPF: pass"]
        {
            assert_eq!(said(&format!("{other}\n")), None, "{other}");
        }
        // A result that stands in a comment, in quotes or in another value is none.
        let hidden = "Authentication-Results: mx.example; x=y dmarc=pass; reason=\"; dmarc=pass\" (; dmarc=pass)\n";
        assert_eq!(all(hidden), [Unsaid; 3]);
    }

    #[test]
    fn of_a_file_the_topmost_counts_and_is_marked() {
        let header = b"Authentication-Results: a.example; dmarc=fail\nAuthentication-Results: b.example; dmarc=pass\n";
        let found = auth(header, Trust::Unknown).unwrap();
        assert_eq!((found.by.as_untrusted(), found.dmarc, found.unproven), ("a.example", Fail, true));
        assert!(!auth(b"Authentication-Results: mx.example; none\n", OWN).unwrap().unproven);
        assert_eq!(auth(b"Authentication-Results: ; dmarc=pass\n", Trust::Unknown), None);
        assert_eq!(auth(b"Subject: x\n", Trust::Unknown), None);
        assert_eq!(auth(b"Authentication-Results: x; dmarc=pass\n", Trust::Provider(&[""])), None);
    }

    #[test]
    fn some_providers_write_no_name_and_some_no_blanks() {
        let nameless = b"Authentication-Results: spf=pass (sender IP is 1.2.3.4)\r\n smtp.mailfrom=a.example; dkim=pass (signature was\r\n \
            verified) header.d=a.example;dmarc=fail action=none header.from=b.example;compauth=fail reason=001\r\n";
        let found = auth(nameless, Trust::Provider(&["own.example", ""])).unwrap();
        assert_eq!((found.by.as_untrusted(), [found.spf, found.dkim, found.dmarc]), ("", [Pass, Pass, Fail]));
        assert_eq!(auth(nameless, Trust::Provider(&["own.example"])), None);
        assert!(auth(nameless, Trust::Unknown).unwrap().unproven);
        let tight = "Authentication-Results: mx.example; spf=none smtp.mailfrom=;\n\t dkim=none; dmarc=none(permerror) header.from=a.example\n";
        assert_eq!(all(tight), [Unclear; 3]);
    }

    const GOOD: &[&[u8]] = &[
        b"Authentication-Results: mx.example; dkim=pass header.d=a.example;\r\n spf=fail (x) smtp.mailfrom=a@b.example\r\n",
        b"Received: x\r\nAuthentication-Results: evil.example (\"x\") 1; dmarc=pass\r\nAuthentication-Results: mx.example; dmarc=fail\r\n",
    ];

    const PIECES: &[&[u8]] = &[
        b"(",
        b")",
        b"\"",
        b"\\",
        b";",
        b"=",
        b" ",
        b"\r\n ",
        b"\n",
        b":",
        b"mx.example",
        b"dkim=pass",
        b"dmarc=",
        b"\xff",
        b"\0",
        b"Authentication-Results:",
    ];

    #[test]
    fn z_any_header_gives_a_verdict_or_none() {
        fuzz(&Diet { good: GOOD, pieces: PIECES }, Long::Minutes(10), |bytes| {
            let by_whom = auth(bytes, Trust::Unknown);
            let own = auth(bytes, OWN);
            own.is_none_or(|own| belongs(own.by.as_untrusted(), "mx.example")) && by_whom.is_none_or(|by| by.unproven)
        });
    }
}
