//! Which lines of a draft its user wrote, which the original, the signature and a mark before the line say are not, and
//! where the next one goes.

use super::phrases::{CHINESE, ENGLISH};
use crate::model::Draft;

/// The lines of the user's own, in so much of the text.
pub(super) fn own_lines(draft: &Draft, longest: usize) -> impl Iterator<Item = &str> {
    let body = super::clean::beginning(&draft.body, longest);
    let quoted = draft.about.as_ref().and_then(|about| about.quoted_from.as_deref());
    let quoted = quoted.filter(|quoted| !quoted.trim().is_empty()).and_then(|quoted| {
        let at = body.find(quoted)?;
        Some(at..at + quoted.len())
    });
    let (above, below) = match quoted {
        Some(at) => (body.get(..at.start).unwrap_or_default(), body.get(at.end..).unwrap_or_default()),
        None => (body, ""),
    };
    let is_block = |line: &&str| [CHINESE.original, ENGLISH.original].contains(&line.trim());
    let own = above.lines().take_while(move |line| !is_block(line) && *line != "-- ");
    let below = below.lines().take_while(|line| *line != "-- ");
    own.chain(below).filter(|line| !line.trim_start().starts_with('>'))
}

/// Where somebody goes on writing in a draft that was just made: above the original and the signature, or behind an original
/// that stands on top.
pub fn place_to_write(draft: &Draft) -> usize {
    let quoted = draft.about.as_ref().and_then(|about| about.quoted_from.as_deref()).unwrap_or_default();
    let on_top = !quoted.is_empty() && draft.body.starts_with(quoted);
    let behind = if on_top { quoted.len() + 1 } else { 0 };
    if draft.body.is_char_boundary(behind) { behind } else { draft.body.len() }
}
