//! From whom to whom. What stands on the envelope goes into lines of the protocol, so nothing odd may stand there.

use super::refusal::Refusal;
use crate::model::{Failure, FailureKind};
use crate::text::punycode;

/// From whom to whom, as the server is told.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Envelope {
    /// The bare address; empty for what must not be answered.
    pub from: String,
    /// Bare addresses.
    pub recipients: Vec<String>,
    /// Who is taken gets it although others are refused; else nobody gets it then.
    pub go_on: bool,
    /// What the sender wants to be told, where the server does that.
    pub notices: Option<Notices>,
}

/// What the sender wants to be told of by the servers on the way.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Notices {
    pub success: bool,
    pub failure: bool,
    pub delay: bool,
    /// Comes back in the notice.
    pub id: String,
}

/// An envelope whose addresses may be said.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Addressed {
    pub(super) from: String,
    pub(super) recipients: Vec<String>,
}

/// No address is longer.
const LONGEST: usize = 320;

impl Envelope {
    /// `utf8`: letters outside of ASCII may be said. A domain can be written in ASCII instead, what stands before it
    /// cannot.
    pub(super) fn addressed(&self, utf8: bool, host: &str) -> Result<Addressed, Failure> {
        if self.recipients.is_empty() {
            return Err(Failure::lasting(FailureKind::Refused, host, "there is nobody to send it to"));
        }
        let one = |address: &String| said(address, utf8, host);
        let from = if self.from.is_empty() { String::new() } else { said(&self.from, utf8, host)? };
        Ok(Addressed { from, recipients: self.recipients.iter().map(one).collect::<Result<_, _>>()? })
    }

    /// What is wrong with each recipient that cannot be said.
    pub(super) fn unspeakable(&self, utf8: bool, host: &str) -> Vec<(String, Result<(), Refusal>)> {
        let one = |address: &String| {
            let refusal = said(address, utf8, host).map(|_| ()).map_err(|failure| Refusal::before(&failure));
            (address.clone(), refusal)
        };
        self.recipients.iter().map(one).collect()
    }
}

impl Addressed {
    pub(super) fn needs_utf8(&self) -> bool {
        !self.from.is_ascii() || self.recipients.iter().any(|address| !address.is_ascii())
    }
}

fn said(address: &str, utf8: bool, host: &str) -> Result<String, Failure> {
    let wrong = |why: &str| Err(Failure::lasting(FailureKind::Refused, host, &format!("{address}: {why}")));
    let steers = |c: char| c.is_control() || matches!(c, '<' | '>' | '\u{2028}' | '\u{2029}');
    let Some((local, domain)) = address.rsplit_once('@') else { return wrong("not an address") };
    let quoted = local.len() > 2 && local.starts_with('"') && local.ends_with('"');
    let blank = |part: &str| part.chars().any(char::is_whitespace);
    if address.len() > LONGEST || address.chars().any(steers) || local.is_empty() || domain.is_empty() {
        return wrong("not an address");
    }
    if blank(domain) || (blank(local) && !quoted) {
        return wrong("not an address");
    }
    let domain = match domain {
        domain if domain.is_ascii() => domain.to_owned(),
        domain => punycode::in_ascii(&domain.to_lowercase()),
    };
    if !domain.is_ascii() {
        return wrong("the domain cannot be written in ASCII");
    }
    if !local.is_ascii() && !utf8 {
        return wrong("the server takes only addresses in ASCII (no SMTPUTF8)");
    }
    Ok(format!("{local}@{domain}"))
}

/// As ENVID and ORCPT carry a text.
pub(super) fn xtext(text: &str) -> String {
    use std::fmt::Write as _;
    let mut out = String::new();
    for byte in text.bytes() {
        match byte {
            b'!'..=b'~' if byte != b'+' && byte != b'=' => out.push(char::from(byte)),
            byte => drop(write!(out, "+{byte:02X}")),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn c09_a_domain_is_said_in_ascii_and_a_name_is_not() {
        let to = |address: &str| Envelope {
            from: "me@example.com".into(),
            recipients: vec![address.to_owned()],
            ..Envelope::default()
        };
        let said = |address: &str, utf8| to(address).addressed(utf8, "x").map(|said| said.recipients.concat());
        assert_eq!(said("a@b\u{fc}cher.example", false).unwrap(), "a@xn--bcher-kva.example");
        assert_eq!(said("a@\u{4f8b}\u{5b50}.example", true).unwrap(), "a@xn--fsqu00a.example");
        assert_eq!(said("\u{96c1}@example.com", true).unwrap(), "\u{96c1}@example.com");
        assert_eq!(said("\"a b\"@example.com", false).unwrap(), "\"a b\"@example.com");
        let refused = said("\u{96c1}@example.com", false).unwrap_err();
        assert!(refused.said.as_str().contains("SMTPUTF8"), "{refused:?}");
        for odd in ["", "a", "@b", "a@", "a b@c.example", "a@b c", "a>\r\nDATA@b.example", "<a@b.example>", "a@b\0"] {
            assert!(said(odd, true).is_err(), "{odd:?}");
        }
        assert!(said(&format!("{}@b.example", "a".repeat(400)), true).is_err());
    }

    #[test]
    fn what_would_steer_is_written_as_a_number() {
        assert_eq!(xtext("a+b=c d\n"), "a+2Bb+3Dc+20d+0A");
    }
}
