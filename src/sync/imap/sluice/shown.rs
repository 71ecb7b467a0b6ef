//! Which responses the library may see: those that it reads to the end, and reads without harm.
//!
//! Its reader panics on a date that is NIL and on metadata, overflows the stack, replaces what is not UTF-8, and takes
//! quadratic time for a search. So it is asked only about kinds of responses that were looked at, in moderate numbers.

use async_imap::imap_proto::{AttributeValue, Response};

use super::framing::starts_with_word;
use super::{Literal, Shape};

/// Its reader descends into every parenthesis.
const DEPTH: usize = 64;
/// Longer ones are read again and again by the library while they come in.
const LONGEST: usize = 16 * 1024;

const KINDS: [&str; 11] =
    ["OK", "NO", "BAD", "BYE", "PREAUTH", "CAPABILITY", "LIST", "LSUB", "STATUS", "FLAGS", "VANISHED"];
const NUMBERED: [&str; 4] = ["FETCH", "EXISTS", "RECENT", "EXPUNGE"];

/// What stands in a literal may be taken for something else by a reader that lost its way, so it counts as well.
pub(super) fn reads_well(response: &[u8], shape: &Shape) -> bool {
    if shape.raw || shape.opened > DEPTH || response.len() > LONGEST || !may_be_tried(response, &shape.literals) {
        return false;
    }
    if memchr::memchr_iter(b'(', response).count() > DEPTH || has_no_date(response) {
        return false;
    }
    match Response::parse(response) {
        Ok((rest, Response::Fetch(_, attributes))) => {
            rest.is_empty() && !attributes.iter().any(|attribute| matches!(attribute, AttributeValue::Unknown))
        }
        Ok((rest, _)) => rest.is_empty(),
        Err(_) => false,
    }
}

fn may_be_tried(response: &[u8], literals: &[Literal]) -> bool {
    let whole = |literal: &Literal| u64::try_from(literal.held).is_ok_and(|held| held == literal.size);
    let Some(rest) = response.strip_prefix(b"* ") else {
        // Tagged, or a `+`, or nonsense that is neither; none of them holds a literal.
        return response.first().is_some_and(|first| *first != b'*');
    };
    let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
    if digits == 0 {
        return literals.is_empty() && KINDS.iter().any(|kind| starts_with_word(rest, kind));
    }
    let rest = rest.get(digits..).and_then(|rest| rest.strip_prefix(b" ")).unwrap_or_default();
    if !NUMBERED.iter().any(|kind| starts_with_word(rest, kind)) {
        return false;
    }
    literals.len() <= 1 && literals.iter().all(whole)
}

/// `INTERNALDATE NIL` makes the library panic.
fn has_no_date(text: &[u8]) -> bool {
    const DATE: &[u8] = b"INTERNALDATE NIL";
    memchr::memchr2_iter(b'I', b'i', text)
        .any(|at| text.get(at..at + DATE.len()).is_some_and(|here| here.eq_ignore_ascii_case(DATE)))
}
