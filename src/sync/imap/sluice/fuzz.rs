//! Any bytes at all, through everything that reads what a server says. For a fuzzer, and for a test that is one.

use async_imap::imap_proto::Response;

use super::{Aside, Excess, Framing, Limits, Literal, Step, shown};
use crate::sync::imap::said::Said;

/// Small enough that a few bytes are too many.
const NARROW: Limits = Limits {
    line: 2048,
    numbers: 4096,
    literal_memory: 24,
    literal_elsewhere: 64,
    literal_largest: 4096,
    literals: 6,
    whole: 3000,
    spool: true,
};

/// A response as it was framed, and what of it went to the spool.
#[derive(PartialEq, Eq, Debug)]
struct Framed {
    held: Vec<u8>,
    literals: Vec<Literal>,
    away: Vec<u8>,
}

/// Frames these bytes, cut differently, and reads every response in every way that there is. False if the result
/// depends on the cut, or if more was held than is allowed.
pub fn fuzz(bytes: &[u8]) -> bool {
    // What follows decides how it is cut, so that whoever makes up the bytes can look for a bad cut.
    let seed = bytes
        .iter()
        .fold(0xcbf2_9ce4_8422_2325_u64, |all, byte| (all ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3));
    [Limits::default(), NARROW].into_iter().all(|limits| {
        let at_once = framed(bytes, limits, |_| usize::MAX);
        let one_by_one = framed(bytes, limits, |_| 1);
        let any = framed(bytes, limits, |at| {
            let mixed = (seed ^ u64::try_from(at).unwrap_or(0)).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 59;
            usize::try_from(mixed).unwrap_or(0) + 1
        });
        let fits = at_once.0.iter().all(|framed| framed.held.len() <= limits.whole + limits.line.max(limits.numbers));
        for framed in &at_once.0 {
            read(framed);
        }
        fits && at_once == one_by_one && at_once == any
    })
}

fn framed(bytes: &[u8], limits: Limits, cut: impl Fn(usize) -> usize) -> (Vec<Framed>, Option<Excess>) {
    let mut framing = Framing::new(limits);
    let (mut held, mut away, mut whole) = (Vec::new(), Vec::new(), Vec::new());
    let mut rest = bytes;
    loop {
        match framing.step(&held) {
            Err(excess) => return (whole, Some(excess)),
            Ok(Step::Whole(length)) => {
                let after = held.split_off(length);
                let shape = framing.next();
                whole.push(Framed { held, literals: shape.literals, away: std::mem::take(&mut away) });
                held = after;
            }
            Ok(Step::Away { at, length, spooled }) => {
                let gone = held.drain(at..at + length);
                if spooled {
                    away.extend(gone);
                }
            }
            Ok(Step::More) => {
                if rest.is_empty() {
                    return (whole, None);
                }
                let (now, later) = rest.split_at(cut(bytes.len() - rest.len()).min(rest.len()));
                held.extend_from_slice(now);
                rest = later;
            }
        }
    }
}

fn read(framed: &Framed) {
    let mut framing = Framing::new(Limits::default());
    if framing.step(&framed.held).is_ok()
        && shown::reads_well(&framed.held, framing.shape())
        && let Ok((_, response)) = Response::parse(&framed.held)
    {
        let _ = Said::of(&response);
    }
    let _ = Said::read(Aside { bytes: framed.held.clone(), literals: framed.literals.clone(), files: Vec::new() });
}

#[cfg(test)]
mod tests;
