//! Fields of the user's own: any name but those that the program answers for.

use super::Trouble;

/// A field of the user's own cannot be one of these: it would stand twice, or say what the program must say.
const RESERVED: [&str; 20] = [
    "from",
    "sender",
    "reply-to",
    "to",
    "cc",
    "bcc",
    "subject",
    "date",
    "message-id",
    "in-reply-to",
    "references",
    "mime-version",
    "return-path",
    "received",
    "delivered-to",
    "dkim-signature",
    "authentication-results",
    "apparently-to",
    "mail-followup-to",
    "envelope-to",
];
const RESERVED_BEGINNINGS: [&str; 4] = ["content-", "resent-", "arc-", "x-original-"];

/// So many fields of the user's own, and no longer names.
const MOST: usize = 100;
const LONGEST_NAME: usize = 60;

/// Why something cannot be the name of a field of the user's own.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum NoField {
    /// No field can be called that.
    Bad,
    /// The program writes it.
    Reserved,
}

pub fn no_field(name: &str) -> Option<NoField> {
    let is_sign = |byte: u8| byte.is_ascii_graphic() && byte != b':';
    if name.is_empty() || name.len() > LONGEST_NAME || !name.bytes().all(is_sign) {
        return Some(NoField::Bad);
    }
    let lower = name.to_ascii_lowercase();
    let is_ours =
        RESERVED.contains(&lower.as_str()) || RESERVED_BEGINNINGS.iter().any(|begin| lower.starts_with(begin));
    is_ours.then_some(NoField::Reserved)
}

/// The fields that are written; those that say nothing are not.
pub(super) fn checked(more: &[(String, String)]) -> Result<Vec<(String, String)>, Trouble> {
    let mut good = Vec::new();
    for (name, value) in more {
        let name = name.trim().trim_end_matches(':').trim_end();
        if name.is_empty() && value.trim().is_empty() {
            continue;
        }
        match no_field(name) {
            Some(NoField::Bad) => return Err(Trouble::BadField { name: name.to_owned() }),
            Some(NoField::Reserved) => return Err(Trouble::ReservedField { name: name.to_owned() }),
            None if good.len() >= MOST => return Err(Trouble::BadField { name: name.to_owned() }),
            None => {}
        }
        if !value.trim().is_empty() {
            good.push((name.to_owned(), value.clone()));
        }
    }
    Ok(good)
}
