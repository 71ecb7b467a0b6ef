//! What a typed line is made of.

use crate::net::Protocol;

/// The first word in capitals, and what comes after it.
pub(super) fn verb(line: &str) -> (String, &str) {
    let line = line.trim_start();
    let (verb, rest) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
    (verb.to_ascii_uppercase(), rest.trim_start())
}

/// The tag, if the line has one, and the command.
pub(super) fn without_tag(protocol: Protocol, line: &str) -> (Option<&str>, &str) {
    let line = line.trim_start();
    let Some((first, rest)) = line.split_once(' ') else { return (None, line) };
    let rest = rest.trim_start();
    let is_known = |verb: &str| IMAP_VERBS.contains(&verb);
    if protocol != Protocol::Imap || is_known(&first.to_ascii_uppercase()) {
        return (None, line);
    }
    // What has a number in it is rather a tag than a command that nobody knows.
    if is_known(&verb(rest).0) || first.bytes().any(|byte| byte.is_ascii_digit()) {
        return (Some(first), rest);
    }
    (None, line)
}

/// How long the literal is that a line announces at its end.
pub(super) fn announced(line: &str) -> Option<u64> {
    let (_, number) = line.strip_suffix('}')?.rsplit_once('{')?;
    number.strip_suffix('+').unwrap_or(number).parse().ok()
}

/// What is a command and not a tag.
const IMAP_VERBS: [&str; 49] = [
    "APPEND",
    "AUTHENTICATE",
    "CAPABILITY",
    "CHECK",
    "CLOSE",
    "COMPRESS",
    "COPY",
    "CREATE",
    "DELETE",
    "DELETEACL",
    "ENABLE",
    "EXAMINE",
    "EXPUNGE",
    "FETCH",
    "GETACL",
    "GETMETADATA",
    "GETQUOTA",
    "GETQUOTAROOT",
    "ID",
    "IDLE",
    "LIST",
    "LISTRIGHTS",
    "LOGIN",
    "LOGOUT",
    "LSUB",
    "MOVE",
    "MYRIGHTS",
    "NAMESPACE",
    "NOOP",
    "NOTIFY",
    "RENAME",
    "REPLACE",
    "SEARCH",
    "SELECT",
    "SETACL",
    "SETMETADATA",
    "SETQUOTA",
    "SORT",
    "STARTTLS",
    "STATUS",
    "STORE",
    "SUBSCRIBE",
    "THREAD",
    "UID",
    "UNAUTHENTICATE",
    "UNSELECT",
    "UNSUBSCRIBE",
    "XAPPLEPUSHSERVICE",
    "XLIST",
];
