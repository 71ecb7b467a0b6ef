//! Which responses the library may see: those that it reads to the end, and reads without harm.
//!
//! Its reader panics on a date that is NIL and on metadata, overflows the stack, replaces what is not UTF-8, and takes
//! quadratic time for a search. So it is asked only about kinds of responses that were looked at, in moderate numbers.

use async_imap::imap_proto::Response;

use super::Shape;
use super::framing::starts_with_word;

/// Its reader descends into every parenthesis.
const DEPTH: usize = 64;
/// Longer ones are read again and again by the library while they come in.
const LONGEST: usize = 16 * 1024;

const KINDS: [&str; 11] =
    ["OK", "NO", "BAD", "BYE", "PREAUTH", "CAPABILITY", "LIST", "LSUB", "STATUS", "FLAGS", "VANISHED"];
const NUMBERED: [&str; 3] = ["EXISTS", "RECENT", "EXPUNGE"];

pub(super) fn reads_well(response: &[u8], shape: &Shape) -> bool {
    !shape.raw
        && shape.opened <= DEPTH
        && shape.literals.is_empty()
        && response.len() <= LONGEST
        && may_be_tried(response)
        && Response::parse(response).is_ok_and(|(rest, _)| rest.is_empty())
}

fn may_be_tried(response: &[u8]) -> bool {
    let Some(rest) = response.strip_prefix(b"* ") else {
        // Tagged, or a `+`, or nonsense that is neither.
        return response.first().is_some_and(|first| *first != b'*');
    };
    let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
    if digits == 0 {
        return KINDS.iter().any(|kind| starts_with_word(rest, kind));
    }
    let rest = rest.get(digits..).and_then(|rest| rest.strip_prefix(b" ")).unwrap_or_default();
    NUMBERED.iter().any(|kind| starts_with_word(rest, kind))
}
