//! A message sent on as it is, under the name of whoever wrote it (RFC 5322, 3.6.6): fields above it say who did that.

use super::{Built, Facts, People, Trouble, message_id, whole};
use crate::letter::field::{Head, HeaderText};
use crate::letter::moment;
use crate::model::Draft;
use crate::text::SafeFileName;

pub(super) fn build(draft: &Draft, facts: &Facts<'_>, people: &People) -> Result<Built, Trouble> {
    let trouble =
        |why| Trouble::File { name: SafeFileName::of(draft.files.first().map_or("", |file| &file.name)), why };
    let file = draft.files.first().ok_or_else(|| trouble(std::io::ErrorKind::NotFound))?;
    let raw = facts.held.open(&file.from).and_then(|from| whole::read(from, file.size));
    let raw = raw.map_err(|error| trouble(error.kind()))?;
    let raw = whole::in_lines(raw).map_err(|_| Trouble::LongLines)?;
    if !facts.eight_bit && !raw.is_ascii() {
        return Err(Trouble::NeedsEightBit);
    }
    // Its own id: that of the original is in other folders too, and says nothing of whether this was sent.
    let id = message_id(facts);
    let mut head = Head::default();
    head.tokens("Resent-Date", moment::field(facts.now, facts.offset).split(' '));
    head.people("Resent-From", std::slice::from_ref(&people.from));
    if !people.to.is_empty() {
        head.people("Resent-To", &people.to);
    }
    if !people.cc.is_empty() {
        head.people("Resent-Cc", &people.cc);
    }
    head.tokens("Resent-Message-ID", [format!("<{id}>").as_str()]);
    let mut bytes = head.into_string().into_bytes();
    bytes.reserve_exact(raw.len());
    bytes.extend_from_slice(&raw);
    Ok(people.sent(bytes, id, HeaderText::of(&draft.subject)))
}
