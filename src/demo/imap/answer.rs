//! The words of answers: strings, ENVELOPE and BODYSTRUCTURE.

use super::address::{self, Mailbox};
use super::header::{cut, first};
use super::mime::{self, Value};
use super::personality::{Addresses, Toggles};
use super::structure::{Inside, Part};

/// A string that may be missing. What cannot stand in quotes becomes a literal.
pub(super) fn nstring(value: Option<&[u8]>, into: &mut Vec<u8>) {
    let Some(bytes) = value else {
        into.extend_from_slice(b"NIL");
        return;
    };
    if bytes.len() > 1024 || bytes.iter().any(|b| !matches!(b, b' '..=b'~')) {
        literal(bytes, into);
        return;
    }
    into.push(b'"');
    for byte in bytes {
        if matches!(byte, b'"' | b'\\') {
            into.push(b'\\');
        }
        into.push(*byte);
    }
    into.push(b'"');
}

pub(super) fn literal(bytes: &[u8], into: &mut Vec<u8>) {
    into.extend_from_slice(format!("{{{}}}\r\n", bytes.len()).as_bytes());
    into.extend_from_slice(bytes);
}

pub(super) fn quoted(text: &str) -> String {
    let mut out = Vec::new();
    nstring(Some(text.as_bytes()), &mut out);
    String::from_utf8(out).unwrap_or_default()
}

pub(super) fn envelope(header: &[u8], told: Addresses, into: &mut Vec<u8>) {
    let field = |name| first(header, name);
    into.push(b'(');
    nstring(field("Date").as_deref(), into);
    into.push(b' ');
    nstring(field("Subject").as_deref(), into);
    let from = field("From");
    let lists: &[&str] = &["From", "Sender", "Reply-To", "To", "Cc", "Bcc"];
    for name in lists.iter().copied().filter(|_| told != Addresses::Missing) {
        into.push(b' ');
        let own = field(name).filter(|v| !v.is_empty());
        let stands_for_from = matches!(name, "Sender" | "Reply-To");
        let list = own.or_else(|| from.clone().filter(|_| stands_for_from)).map(|v| address::list(&v));
        let mut list = list.unwrap_or_default();
        if told == Addresses::Renamed && matches!(name, "To" | "Cc" | "Bcc") {
            for one in list.iter_mut().filter(|one| one.host.is_some()) {
                one.name.clone_from(&one.local);
            }
        }
        addresses(&list, told, into);
    }
    for name in ["In-Reply-To", "Message-ID"] {
        into.push(b' ');
        nstring(field(name).as_deref(), into);
    }
    into.push(b')');
}

fn addresses(list: &[Mailbox], told: Addresses, into: &mut Vec<u8>) {
    if list.is_empty() {
        into.extend_from_slice(b"NIL");
        return;
    }
    into.push(b'(');
    for Mailbox { name, route, local, host } in list {
        into.push(b'(');
        nstring(name.as_deref(), into);
        into.push(b' ');
        nstring(route.as_deref(), into);
        into.push(b' ');
        nstring(local.as_deref(), into);
        into.push(b' ');
        nstring(host.as_deref(), into);
        if told == Addresses::Unescaped && into.ends_with(b"\"") {
            into.insert(into.len() - 1, b'\\');
        }
        into.push(b')');
    }
    into.push(b')');
}

/// BODY, or BODYSTRUCTURE with `extended`.
pub(super) fn body_structure(raw: &[u8], part: &Part, extended: bool, habits: &Toggles, into: &mut Vec<u8>) {
    let header = cut(raw, &part.header);
    let (kind, subtype) = part.kind();
    into.push(b'(');
    if let Inside::Parts(parts) = &part.inside {
        if parts.is_empty() && habits.bare_multipart {
            // `("MIXED" ("BOUNDARY" "x") NIL NIL)`: nothing that a multipart begins with.
            nstring(Some(subtype.to_ascii_uppercase().as_bytes()), into);
            into.push(b' ');
            params(&part.kind, None, into);
            into.extend_from_slice(b" NIL NIL)");
            return;
        }
        if parts.is_empty() {
            into.extend_from_slice(b"(\"text\" \"plain\" (\"charset\" \"us-ascii\") NIL NIL \"7bit\" 0 0)");
        }
        for inner in parts {
            body_structure(raw, inner, extended, habits, into);
        }
        into.push(b' ');
        nstring(Some(subtype.as_bytes()), into);
        if extended {
            into.push(b' ');
            params(&part.kind, None, into);
            disposition_language_location(header, into);
        }
        into.push(b')');
        return;
    }
    nstring(Some(kind.as_bytes()), into);
    into.push(b' ');
    nstring(Some(subtype.as_bytes()), into);
    into.push(b' ');
    let text = kind.eq_ignore_ascii_case("text");
    params(&part.kind, text.then_some("us-ascii"), into);
    for name in ["Content-ID", "Content-Description"] {
        into.push(b' ');
        nstring(first(header, name).as_deref(), into);
    }
    into.push(b' ');
    let encoding = first(header, "Content-Transfer-Encoding").unwrap_or_else(|| b"7bit".to_vec());
    nstring(Some(encoding.split(|b| *b == b';').next().unwrap_or_default().trim_ascii()), into);
    let body = cut(raw, &part.body);
    into.extend_from_slice(format!(" {}", body.len()).as_bytes());
    let lines = body.split(|b| *b == b'\n').count().saturating_sub(1);
    if let Inside::Message(message) = &part.inside {
        into.push(b' ');
        envelope(cut(raw, &message.header), habits.envelope, into);
        into.push(b' ');
        body_structure(raw, message, extended, habits, into);
        into.extend_from_slice(format!(" {lines}").as_bytes());
    } else if text {
        into.extend_from_slice(format!(" {lines}").as_bytes());
    }
    if extended {
        into.push(b' ');
        nstring(first(header, "Content-MD5").as_deref(), into);
        disposition_language_location(header, into);
    }
    into.push(b')');
}

fn params(value: &Value, charset: Option<&str>, into: &mut Vec<u8>) {
    let missing = charset.filter(|_| value.param("charset").is_none());
    let charset = missing.map(|c| ("charset", c.as_bytes()));
    let own = value.params.iter().map(|(name, value)| (name.as_str(), value.as_slice()));
    let mut written = false;
    for (name, value) in own.chain(charset) {
        into.push(if written { b' ' } else { b'(' });
        nstring(Some(name.as_bytes()), into);
        into.push(b' ');
        nstring(Some(value), into);
        written = true;
    }
    into.extend_from_slice(if written { b")" } else { b"NIL" });
}

fn disposition_language_location(header: &[u8], into: &mut Vec<u8>) {
    into.push(b' ');
    match first(header, "Content-Disposition").map(|v| mime::value(&v)) {
        Some(disposition) if !disposition.kind.is_empty() => {
            into.push(b'(');
            nstring(Some(disposition.kind.as_bytes()), into);
            into.push(b' ');
            params(&disposition, None, into);
            into.push(b')');
        }
        _ => into.extend_from_slice(b"NIL"),
    }
    into.push(b' ');
    match first(header, "Content-Language") {
        None => into.extend_from_slice(b"NIL"),
        Some(languages) => {
            into.push(b'(');
            for (at, language) in languages.split(|b| *b == b',').enumerate() {
                if at > 0 {
                    into.push(b' ');
                }
                nstring(Some(language.trim_ascii()), into);
            }
            into.push(b')');
        }
    }
    into.push(b' ');
    nstring(first(header, "Content-Location").as_deref(), into);
}
