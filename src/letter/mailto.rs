//! `mailto:` links (RFC 6068) → a draft. Whoever made the link wants something of whoever follows it: it may say to whom and
//! what, and nothing else. No file goes along, and nobody but the user says from whom it is.

use super::clean;
use super::mailbox::Mailbox;
use super::typed::addresses;
use crate::model::Draft;

/// Nobody writes longer links in good faith; the rest is left out.
const LONGEST: usize = 1024 * 1024;
const LONGEST_BODY: usize = 64 * 1024;
const LONGEST_SUBJECT: usize = 1_000;
const MOST_FIELDS: usize = 100;
const MOST_PEOPLE: usize = 100;

/// None if it is no such link.
pub fn mailto(url: &str) -> Option<Draft> {
    let url = clean::beginning(url.trim(), LONGEST);
    let scheme = url.get(..7).filter(|scheme| scheme.eq_ignore_ascii_case("mailto:"))?;
    let rest = url.get(scheme.len()..)?.split('#').next()?;
    let (to, fields) = rest.split_once('?').unwrap_or((rest, ""));
    let mut draft = Draft { to: people(to), ..Draft::default() };
    for field in fields.split('&').take(MOST_FIELDS) {
        let Some((name, value)) = field.split_once('=') else { continue };
        let add = |into: &mut String, people: String| {
            if !into.is_empty() && !people.is_empty() {
                into.push_str(", ");
            }
            into.push_str(&people);
        };
        match decoded(name).to_ascii_lowercase().as_str() {
            "to" => add(&mut draft.to, people(value)),
            "cc" => add(&mut draft.cc, people(value)),
            "bcc" => add(&mut draft.bcc, people(value)),
            "subject" if draft.subject.is_empty() => draft.subject = clean::line(&decoded(value), LONGEST_SUBJECT),
            "body" if draft.body.is_empty() => {
                clean::beginning(&clean::lines(&decoded(value)), LONGEST_BODY).clone_into(&mut draft.body);
            }
            // `attach`, `from` and whatever else there is.
            _ => {}
        }
    }
    Some(draft)
}

/// Only what can be written to.
fn people(encoded: &str) -> String {
    let decoded = decoded(encoded);
    let read = addresses(&decoded).into_iter().filter_map(|one| one.mailbox.ok()).take(MOST_PEOPLE);
    read.map(|mailbox: Mailbox| mailbox.typed()).collect::<Vec<_>>().join(", ")
}

fn decoded(encoded: &str) -> String {
    let mut bytes = Vec::with_capacity(encoded.len());
    let mut rest = encoded.as_bytes();
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    while let Some((first, after)) = rest.split_first() {
        rest = after;
        if let (b'%', [high, low, behind @ ..]) = (first, after)
            && let (Some(high), Some(low)) = (digit(*high), digit(*low))
        {
            bytes.push(high << 4 | low);
            rest = behind;
        } else {
            bytes.push(*first);
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fuzzing::{Diet, Long, fuzz};

    #[test]
    fn it_says_to_whom_and_what() {
        let draft = mailto(
            "MAILTO:a@example.com,%E6%9D%8E%20%3Cb@example.com%3E?CC=c@example.com&subject=%E4%BD%A0%E5%A5%BD&body=one%0D%0Atwo+2&to=d@example.com",
        );
        let draft = draft.unwrap();
        assert_eq!(draft.to, "a@example.com, 李 <b@example.com>, d@example.com");
        assert_eq!((draft.cc.as_str(), draft.subject.as_str()), ("c@example.com", "你好"));
        assert_eq!(draft.body, "one\ntwo+2");
        assert_eq!(mailto("http://example.com"), None);
        assert_eq!(mailto("mailto:"), Some(Draft::default()));
    }

    #[test]
    fn h10_a_link_wants_no_more_than_that() {
        let draft = mailto(
            "mailto:a@example.com?attach=/etc/passwd&attachment=/etc/passwd&from=boss@example.com&x-header=1&bcc=spy@example.com\
             &subject=a%0D%0ABcc:%20x@example.com&body=%1b]0;x%07",
        );
        let expected = Draft {
            to: "a@example.com".to_owned(),
            bcc: "spy@example.com".to_owned(),
            subject: "a Bcc: x@example.com".to_owned(),
            body: "]0;x".to_owned(),
            ..Draft::default()
        };
        assert_eq!(draft, Some(expected));
        let long = mailto(&format!("mailto:?body={}", "x".repeat(1 << 20))).unwrap();
        assert_eq!(long.body.len(), LONGEST_BODY);
    }

    #[test]
    fn z_any_link() {
        const GOOD: &[&[u8]] = &[b"mailto:a@example.com?subject=a%20b&body=c%0Ad&bcc=%3Cx@example.com%3E"];
        const PIECES: &[&[u8]] = &[b"%", b"%0D%0A", b"&", b"?", b"=", b"%E6", b"\xe6", b",", b"%00", b"%22", b"#"];
        fuzz(&Diet { good: GOOD, pieces: PIECES }, Long::Minutes(2), |bytes| {
            mailto(&String::from_utf8_lossy(bytes)).is_none_or(|draft| {
                let heads = [&draft.to, &draft.cc, &draft.bcc, &draft.subject];
                draft.from.is_empty()
                    && draft.files.is_empty()
                    && draft.more.is_empty()
                    && heads.iter().all(|head| !head.contains(|c: char| c.is_control()))
            })
        });
    }
}
