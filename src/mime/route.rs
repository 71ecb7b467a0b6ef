//! The way that a message came: from machine to machine, as each of them wrote down.
//!
//! Every machine puts its own Received field on top, in words of its own: what they say is found by
//! [mail_parser], which knows many of them. It is given one field without its date, never more: dates are read by our own
//! rules, which know the clocks of China.

use mail_parser::parsers::MessageStream;
use mail_parser::{HeaderValue, Host};

use super::{date, header};
use crate::model::Hop;
use crate::text::Text;

/// A longer field is cut.
const LONGEST: usize = 4 * 1024;

/// Nobody's mail goes through more. The last ones count: what the sender made up stands below them.
const MOST: usize = 50;

/// From where to where, oldest first.
pub fn route(raw: &[u8]) -> Vec<Hop> {
    let mut hops = Vec::new();
    header::each_field(header::begin(raw), |name, value| {
        if hops.len() < MOST && name.eq_ignore_ascii_case(b"received") {
            hops.extend(hop(value.get(..LONGEST).unwrap_or(value)));
        }
    });
    hops.reverse();
    hops
}

/// What one field says; `None` if that is nothing.
fn hop(field: &[u8]) -> Option<Hop> {
    let said = String::from_utf8_lossy(field);
    // Some programs put a semicolon also before other things, but nothing after the date.
    let (way, day) = said.rsplit_once(';').unwrap_or((&said, ""));
    let at = date::read(day, || header::has_chinese_domain(field));
    let way = with_short_numbers(&format!("{way}\n").replace("IPv6:", ""));
    let mut stream = MessageStream::new(way.as_bytes());
    let HeaderValue::Received(found) = stream.parse_received() else {
        return at.map(|at| Hop { at: Some(at), ..Hop::default() });
    };
    let named = |host: &Host<'_>| match host {
        Host::Name(name) => name.trim_matches(['[', ']', '<', '>', ',', '.']).to_owned(),
        Host::IpAddr(address) => address.to_string(),
    };
    // Where a name was left out, the next word is taken for it.
    let good = |name: &String| !matches!(name.as_str(), "" | "by" | "from" | "with" | "via" | "for" | "id");
    let from = found.from.as_ref().map(named).filter(good).or_else(|| {
        let address = found.from_ip.map(|address| address.to_string());
        address.or_else(|| found.helo.as_ref().map(named).filter(good))
    });
    let by = found.by.as_ref().map(named).filter(good);
    let hop = Hop { from: from.map(Text::new).unwrap_or_default(), by: by.map(Text::new).unwrap_or_default(), at };
    (hop != Hop::default()).then_some(hop)
}

/// The parser breaks on numbers that its own do not hold; no name, address or date has such.
fn with_short_numbers(way: &str) -> String {
    const LONGEST_NUMBER: usize = 15;
    let mut digits = 0;
    let is_kept = |c: &char| {
        digits = if c.is_ascii_digit() { digits + 1 } else { 0 };
        digits <= LONGEST_NUMBER
    };
    way.chars().filter(is_kept).collect()
}

#[cfg(test)]
mod tests;
