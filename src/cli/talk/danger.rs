//! What a typed command would change on the server, and whether it holds a secret: judged by its words, before it is
//! sent.

use super::command;
use crate::net::Protocol;

/// What would be changed. The sentences are in the catalogue of the command line.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Change {
    Flags,
    Expunge,
    Close,
    DeleteFolder,
    Rename,
    Create,
    Append,
    Copy,
    Move,
    Subscription,
    Rights,
    MarkRead,
    Message,
    Data,
    Delete,
}

impl Change {
    #[cfg(test)]
    pub(crate) const EVERY: [Self; 15] = [
        Self::Flags,
        Self::Expunge,
        Self::Close,
        Self::DeleteFolder,
        Self::Rename,
        Self::Create,
        Self::Append,
        Self::Copy,
        Self::Move,
        Self::Subscription,
        Self::Rights,
        Self::MarkRead,
        Self::Message,
        Self::Data,
        Self::Delete,
    ];
}

/// `command` is without its tag.
pub(super) fn change(protocol: Protocol, command: &str) -> Option<Change> {
    let (verb, rest) = command::verb(command);
    match protocol {
        Protocol::Imap => imap(&verb, rest),
        Protocol::Smtp => match verb.as_str() {
            "MAIL" | "SEND" | "SOML" | "SAML" => Some(Change::Message),
            "DATA" | "BDAT" | "BURL" => Some(Change::Data),
            _ => None,
        },
        Protocol::Pop3 => (verb == "DELE").then_some(Change::Delete),
    }
}

fn imap(verb: &str, rest: &str) -> Option<Change> {
    match verb {
        "UID" => {
            let (inner, rest) = command::verb(rest);
            imap(&inner, rest)
        }
        "STORE" => Some(Change::Flags),
        "EXPUNGE" => Some(Change::Expunge),
        "CLOSE" => Some(Change::Close),
        "DELETE" => Some(Change::DeleteFolder),
        "RENAME" => Some(Change::Rename),
        "CREATE" => Some(Change::Create),
        "APPEND" | "REPLACE" => Some(Change::Append),
        "COPY" => Some(Change::Copy),
        "MOVE" => Some(Change::Move),
        "SUBSCRIBE" | "UNSUBSCRIBE" => Some(Change::Subscription),
        "SETACL" | "DELETEACL" | "SETQUOTA" | "SETMETADATA" | "SETANNOTATION" => Some(Change::Rights),
        "FETCH" if marks_as_read(rest) => Some(Change::MarkRead),
        _ => None,
    }
}

/// True for what sets \Seen: a body that is not asked for with PEEK.
fn marks_as_read(items: &str) -> bool {
    let items = items.to_ascii_uppercase();
    let word = |c: char| !(c.is_ascii_alphanumeric() || c == '.');
    items.contains("BODY[")
        || items.contains("BINARY[")
        || items.split(word).any(|item| matches!(item, "RFC822" | "RFC822.TEXT"))
}

/// The command as it may be seen, if it holds a secret: up to the secret.
pub(super) fn without_secret(protocol: Protocol, command: &str) -> Option<String> {
    let (verb, rest) = command::verb(command);
    let kept = match (protocol, verb.as_str()) {
        // The name may be quoted, and hold blanks.
        (Protocol::Imap, "LOGIN") => first_argument(rest),
        (Protocol::Pop3, "PASS") => "",
        (Protocol::Pop3, "APOP") | (Protocol::Smtp | Protocol::Pop3, "AUTH") | (Protocol::Imap, "AUTHENTICATE") => {
            rest.split_whitespace().next().unwrap_or_default()
        }
        _ => return None,
    };
    if rest.is_empty() {
        return None;
    }
    Some([verb.as_str(), kept, "***"].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" "))
}

/// The commands of a login that is typed by hand; what is typed behind one may be the secret.
pub(super) fn asks_for_secrets(verb: &str) -> bool {
    matches!(verb, "LOGIN" | "AUTHENTICATE" | "AUTH" | "PASS")
}

/// True if such a command comes without its secret, and the server will ask for it.
pub(super) fn leaves_its_secret_for_later(verb: &str, rest: &str, announces: bool) -> bool {
    asks_for_secrets(verb) && verb != "PASS" && (announces || rest.split_whitespace().count() == 1)
}

fn first_argument(rest: &str) -> &str {
    let mut quoted = false;
    let mut escaped = false;
    for (at, c) in rest.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => quoted = !quoted,
            c if c.is_whitespace() && !quoted => return rest.get(..at).unwrap_or_default(),
            _ => {}
        }
    }
    // A quotation mark that is never closed: nobody knows where the name ends.
    if quoted { "" } else { rest }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_changes_something_is_seen_and_the_rest_is_not() {
        use Change as C;
        use Protocol::{Imap, Pop3, Smtp};
        for (protocol, line, expected) in [
            (Imap, "STORE 1 +FLAGS (\\Seen)", Some(C::Flags)),
            (Imap, "uid store 1 +FLAGS (\\Seen)", Some(C::Flags)),
            (Imap, "UID  EXPUNGE 1", Some(C::Expunge)),
            (Imap, "close", Some(C::Close)),
            (Imap, "UNSELECT", None),
            (Imap, "DELETE x", Some(C::DeleteFolder)),
            (Imap, "RENAME x y", Some(C::Rename)),
            (Imap, "CREATE x", Some(C::Create)),
            (Imap, "APPEND INBOX {3}", Some(C::Append)),
            (Imap, "UID COPY 1 x", Some(C::Copy)),
            (Imap, "MOVE 1 x", Some(C::Move)),
            (Imap, "SUBSCRIBE x", Some(C::Subscription)),
            (Imap, "SETACL x me lr", Some(C::Rights)),
            (Imap, "FETCH 1 RFC822", Some(C::MarkRead)),
            (Imap, "FETCH 1 (UID rfc822.text)", Some(C::MarkRead)),
            (Imap, "UID FETCH 1 (BODY.PEEK[] BODY[TEXT])", Some(C::MarkRead)),
            (Imap, "FETCH 1 BINARY[1]", Some(C::MarkRead)),
            (Imap, "UID FETCH 1 (RFC822.SIZE RFC822.HEADER BODY.PEEK[] BODY BODYSTRUCTURE FULL)", None),
            (Imap, "UID FETCH 1 BINARY.PEEK[1]", None),
            (Imap, "UID SEARCH SUBJECT STORE", None),
            (Imap, "STATUS DELETE (MESSAGES)", None),
            (Smtp, "mail FROM:<a@b.example>", Some(C::Message)),
            (Smtp, "DATA", Some(C::Data)),
            (Smtp, "EHLO x", None),
            (Pop3, "DELE 1", Some(C::Delete)),
            (Pop3, "RETR 1", None),
        ] {
            assert_eq!(change(protocol, line), expected, "{line}");
        }
    }

    #[test]
    fn a_secret_typed_by_hand_is_not_kept() {
        use Protocol::{Imap, Pop3, Smtp};
        for (protocol, line, expected) in [
            (Imap, "login me secret word", Some("LOGIN me ***")),
            (Imap, "LOGIN \"me \\\" too\" \"secret\"", Some("LOGIN \"me \\\" too\" ***")),
            (Imap, "LOGIN \"me secret", Some("LOGIN ***")),
            (Imap, "LOGIN", None),
            (Imap, "AUTHENTICATE PLAIN AGEAYg==", Some("AUTHENTICATE PLAIN ***")),
            (Smtp, "AUTH PLAIN AGEAYg==", Some("AUTH PLAIN ***")),
            (Pop3, "PASS secret", Some("PASS ***")),
            (Pop3, "APOP me 0123", Some("APOP me ***")),
            (Pop3, "USER me", None),
            (Imap, "SELECT login", None),
        ] {
            assert_eq!(without_secret(protocol, line).as_deref(), expected, "{line}");
        }
    }
}
