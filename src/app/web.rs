//! An address from a message that may be opened: only of the web or to write to, and exactly the one that was shown.
//!
//! What goes to the browser is put together here from its parts, in ASCII, so that no browser can read another host in it
//! than the one that the user was asked about.

use std::fmt::Write as _;

use crate::text::{SafeText, Text, folded, punycode};

/// Longer addresses are not opened.
const LONGEST: usize = 16 * 1024;
/// Of an address to write to.
const LONGEST_MAIL: usize = 4 * 1024;

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct WebAddress {
    /// As a program may be given it: ASCII, without blanks and controls, beginning with `http:`, `https:` or `mailto:`.
    url: String,
    /// Where it leads: the host, or to whom.
    host: SafeText,
    /// The host as people read it, where its letters cannot be taken for others.
    readable: Option<SafeText>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Refused {
    /// It is of another kind: a script, a file, a program.
    Kind,
    /// There is no host in it, or it cannot be one.
    Host,
    TooLong,
}

impl WebAddress {
    pub fn of(untrusted: &Text) -> Result<Self, Refused> {
        // As browsers do: what cannot be seen is not there.
        let whole: String = untrusted.as_untrusted().chars().filter(|c| !matches!(c, '\t' | '\r' | '\n')).collect();
        let whole = whole.trim_matches(|c: char| c.is_whitespace() || c.is_control());
        if whole.len() > LONGEST {
            return Err(Refused::TooLong);
        }
        let (scheme, rest) = match whole.split_once(':') {
            Some((scheme, rest)) if scheme.bytes().all(|b| b.is_ascii_alphanumeric()) && !scheme.is_empty() => {
                (scheme.to_ascii_lowercase(), rest)
            }
            // As people write it in a plain text.
            _ if whole.starts_with("www.") => ("http".to_owned(), whole),
            _ => return Err(Refused::Kind),
        };
        match scheme.as_str() {
            "http" | "https" => Self::web(&scheme, rest),
            "mailto" => Self::mail(rest),
            _ => Err(Refused::Kind),
        }
    }

    fn web(scheme: &str, rest: &str) -> Result<Self, Refused> {
        let rest = rest.trim_start_matches(['/', '\\']);
        let end = rest.find(['/', '\\', '?', '#']).unwrap_or(rest.len());
        let (authority, path) = rest.split_at(end);
        let (user, place) = match authority.rsplit_once('@') {
            Some((user, place)) => (Some(user), place),
            None => (None, authority),
        };
        let (host, port) = match place.rsplit_once(':') {
            Some((host, port)) if !host.is_empty() && port.bytes().all(|b| b.is_ascii_digit()) => (host, port),
            _ => (place, ""),
        };
        let (ascii, readable) = host_of(host)?;
        let mut url = format!("{scheme}://");
        if let Some(user) = user {
            url.push_str(&encoded(&user.replace('@', "%40")));
            url.push('@');
        }
        url.push_str(&ascii);
        if !port.is_empty() {
            url.push(':');
            url.push_str(port);
        }
        match path.strip_prefix('\\') {
            Some(path) => url.push_str(&encoded(&format!("/{path}"))),
            None if path.is_empty() => url.push('/'),
            None => url.push_str(&encoded(path)),
        }
        Ok(Self { url, host: SafeText::of(&ascii), readable: readable.map(|host| SafeText::of(&host)) })
    }

    /// Only what writes a letter stays: whom to and what, and no file of this machine.
    fn mail(rest: &str) -> Result<Self, Refused> {
        const KEPT: [&str; 5] = ["to", "cc", "bcc", "subject", "body"];
        let (to, query) = rest.split_once('?').unwrap_or((rest, ""));
        let fields = query.split('&').filter(|field| {
            let name = field.split('=').next().unwrap_or_default().to_ascii_lowercase();
            KEPT.contains(&name.as_str())
        });
        let query = fields.collect::<Vec<_>>().join("&");
        let url = format!("mailto:{}{}{}", encoded(to), if query.is_empty() { "" } else { "?" }, encoded(&query));
        if url.len() > LONGEST_MAIL {
            return Err(Refused::TooLong);
        }
        // A space or a line break may be written as %0A; the address that is shown is the one that is meant.
        Ok(Self { host: SafeText::of(&encoded(to)), url, readable: None })
    }

    /// The whole of it, as it is opened.
    pub fn url(&self) -> &str {
        &self.url
    }

    pub fn host(&self) -> &SafeText {
        &self.host
    }

    pub fn readable_host(&self) -> Option<&SafeText> {
        self.readable.as_ref()
    }
}

/// A host as `xn--…` if some of its letters may be taken for others; `None` where it can be shown as it is.
pub(crate) fn unmistakable_host(written: &str) -> Option<String> {
    match host_of(written) {
        Ok((ascii, None)) if !written.is_ascii() => Some(ascii),
        Ok(_) | Err(_) => None,
    }
}

/// An address to be read in a list: as it was written, but for a host that may be taken for another.
pub(crate) fn readable_url(untrusted: &Text) -> SafeText {
    let host_is_plain = untrusted.as_untrusted().split(['/', '\\', '?', '#']).take(3).all(str::is_ascii);
    match WebAddress::of(untrusted) {
        Ok(address) if !host_is_plain => SafeText::of(&address.url),
        Ok(_) | Err(_) => SafeText::beginning(untrusted, 400),
    }
}

/// The host in ASCII; and in its own letters, if those are all of a kind that no others look like.
fn host_of(written: &str) -> Result<(String, Option<String>), Refused> {
    if written.starts_with('[') {
        let inside = written.strip_prefix('[').and_then(|host| host.strip_suffix(']')).ok_or(Refused::Host)?;
        let fits = !inside.is_empty() && inside.bytes().all(|b| b.is_ascii_hexdigit() || matches!(b, b':' | b'.'));
        return if fits { Ok((written.to_ascii_lowercase(), None)) } else { Err(Refused::Host) };
    }
    let mut host = String::new();
    for c in written.chars() {
        match c {
            '。' | '．' | '｡' => host.push('.'),
            '\u{ad}' | '\u{200b}'..='\u{200d}' | '\u{2060}' | '\u{feff}' => {}
            c => host.extend(folded(c)),
        }
    }
    let mut labels = Vec::new();
    for label in host.split('.') {
        if label.is_ascii() {
            let fits = label.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'));
            if !fits {
                return Err(Refused::Host);
            }
            labels.push(label.to_owned());
        } else {
            if !label.chars().all(|c| c.is_alphanumeric() || c == '-') {
                return Err(Refused::Host);
            }
            labels.push(punycode::label_in_ascii(label).ok_or(Refused::Host)?);
        }
    }
    let ascii = labels.join(".");
    if ascii.trim_matches('.').is_empty() || ascii.len() > 253 {
        return Err(Refused::Host);
    }
    let plain = host.chars().all(|c| c.is_ascii() || is_unlike_others(c));
    let readable = (!host.is_ascii() && plain).then_some(host);
    Ok((ascii, readable))
}

/// Chinese, Japanese and Korean letters: none of them looks like a Latin one.
fn is_unlike_others(c: char) -> bool {
    matches!(c, '\u{3041}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}' | '\u{20000}'..='\u{323af}')
}

/// Whatever is not a plain character of an address becomes `%XX`.
fn encoded(part: &str) -> String {
    let mut out = String::with_capacity(part.len());
    for byte in part.bytes() {
        let plain = byte.is_ascii_alphanumeric() || b"-._~:/?#[]@!$&'()*+,;=%".contains(&byte);
        if plain {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

#[cfg(test)]
mod tests;
