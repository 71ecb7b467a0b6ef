//! What a server says that it can do.

use super::reply::Reply;

/// What holds for messages that are handed over on a connection.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Limits {
    /// The largest message in bytes, if the server tells.
    pub size: Option<u64>,
    /// Addresses and heads may hold letters outside of ASCII.
    pub smtputf8: bool,
    pub eight_bit: bool,
    /// Notices about what becomes of a message can be asked for.
    pub notices: bool,
}

/// The answer to EHLO.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub(super) struct Offers {
    pub(super) limits: Limits,
    /// The size of a message may be told.
    pub(super) tell_size: bool,
    pub(super) pipelining: bool,
    /// Ways to log in, in capital letters.
    pub(super) ways: Vec<String>,
}

/// More ways than these nobody has.
const MOST_WAYS: usize = 32;

impl Offers {
    pub(super) fn of(reply: &Reply) -> Self {
        let mut offers = Self::default();
        // The first line tells who it is.
        for line in reply.words().skip(1) {
            let line = line.to_ascii_uppercase();
            // The old form has no blank: `AUTH=LOGIN PLAIN`.
            let line = line.replacen("AUTH=", "AUTH ", 1);
            let mut words = line.split_ascii_whitespace();
            match words.next() {
                Some("SIZE") => {
                    offers.tell_size = true;
                    // Zero is no limit.
                    offers.limits.size = words.next().and_then(|size| size.parse().ok()).filter(|size| *size > 0);
                }
                Some("PIPELINING") => offers.pipelining = true,
                Some("8BITMIME") => offers.limits.eight_bit = true,
                Some("SMTPUTF8") => offers.limits.smtputf8 = true,
                Some("DSN") => offers.limits.notices = true,
                Some("AUTH") => {
                    for way in words.take(MOST_WAYS) {
                        if !offers.ways.iter().any(|known| known == way) && offers.ways.len() < MOST_WAYS {
                            offers.ways.push(way.to_owned());
                        }
                    }
                }
                _ => {}
            }
        }
        offers
    }

    pub(super) fn has(&self, way: &str) -> bool {
        self.ways.iter().any(|known| known == way)
    }
}
