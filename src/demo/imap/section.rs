//! One message's answer to FETCH.

use super::answer::{body_structure, envelope, literal};
use super::command::{Item, Section, What};
use super::date;
use super::header::{cut, fields};
use super::marks::Words;
use super::personality::Toggles;
use super::structure::{Inside, Part};
use super::world::Seen;

/// What an item needs to know of a message before it can be answered.
fn needs_bytes(item: &Item) -> bool {
    !matches!(item, Item::Flags | Item::Uid | Item::InternalDate | Item::ModSeq)
}

/// What an answer depends on besides the message and what was asked of it.
pub(super) struct Style<'a> {
    pub(super) with_uid: bool,
    pub(super) condstore: bool,
    pub(super) words: &'a Words,
    pub(super) toggles: &'a Toggles,
}

/// `* 3 FETCH (…)` with its end of line.
pub(super) fn render(seen: &Seen, items: &[Item], style: &Style<'_>) -> Vec<u8> {
    let Style { with_uid, condstore, words, toggles } = *style;
    let raw = if items.iter().any(needs_bytes) { seen.content.bytes() } else { Vec::new().into() };
    let raw: &[u8] = &raw;
    let structured =
        items.iter().any(|i| matches!(i, Item::Body | Item::BodyStructure | Item::Section(_) | Item::Envelope));
    let whole = Part::of(if structured { raw } else { &[] });
    let mut out = format!("* {} FETCH (", seen.number).into_bytes();
    let extra_uid = (with_uid && !items.contains(&Item::Uid)).then_some(Item::Uid);
    let extra_flags = (seen.changed && !items.contains(&Item::Flags)).then_some(Item::Flags);
    let extra_modseq = (seen.changed && condstore && !items.contains(&Item::ModSeq)).then_some(Item::ModSeq);
    for (at, item) in extra_uid.iter().chain(items).chain(&extra_flags).chain(&extra_modseq).enumerate() {
        if at > 0 {
            out.push(b' ');
        }
        match item {
            Item::Flags => out.extend_from_slice(format!("FLAGS ({})", words.names(seen.marks)).as_bytes()),
            Item::Uid => out.extend_from_slice(format!("UID {}", seen.uid).as_bytes()),
            Item::InternalDate => {
                out.extend_from_slice(format!("INTERNALDATE \"{}\"", date::internal(seen.arrived)).as_bytes());
            }
            Item::Size => out.extend_from_slice(format!("RFC822.SIZE {}", raw.len()).as_bytes()),
            Item::ModSeq => out.extend_from_slice(format!("MODSEQ ({})", seen.modseq).as_bytes()),
            Item::Envelope => {
                out.extend_from_slice(b"ENVELOPE ");
                envelope(cut(raw, &whole.header), toggles.envelope, &mut out);
            }
            Item::Body | Item::BodyStructure => {
                let extended = *item == Item::BodyStructure;
                out.extend_from_slice(if extended { b"BODYSTRUCTURE " } else { b"BODY " });
                body_structure(raw, &whole, extended, toggles, &mut out);
            }
            Item::Section(section) => answer(raw, &whole, section, &mut out),
        }
    }
    out.extend_from_slice(b")\r\n");
    out
}

fn answer(raw: &[u8], whole: &Part, section: &Section, out: &mut Vec<u8>) {
    out.extend_from_slice(section.label.as_bytes());
    if let Some((from, _)) = section.partial {
        out.extend_from_slice(format!("<{from}>").as_bytes());
    }
    out.push(b' ');
    let bytes = bytes_of(raw, whole, section).unwrap_or_default();
    literal(partial(&bytes, section.partial), out);
}

fn partial(bytes: &[u8], partial: Option<(u32, u32)>) -> &[u8] {
    let Some((from, count)) = partial else { return bytes };
    let from = usize::try_from(from).unwrap_or(usize::MAX);
    let count = usize::try_from(count).unwrap_or(usize::MAX);
    let rest = bytes.get(from..).unwrap_or_default();
    rest.get(..count).unwrap_or(rest)
}

/// `None` if the message has no such part.
fn bytes_of<'a>(raw: &'a [u8], whole: &Part, section: &Section) -> Option<std::borrow::Cow<'a, [u8]>> {
    let part = whole.numbered(&section.part)?;
    // A number names the body of a part; HEADER and TEXT below a number are those of the message in it.
    let message = match &part.inside {
        _ if section.part.is_empty() => Some(part),
        Inside::Message(message) => Some(message.as_ref()),
        Inside::Leaf | Inside::Parts(_) => None,
    };
    Some(match &section.what {
        What::Whole if section.part.is_empty() => raw.into(),
        What::Whole => cut(raw, &part.body).into(),
        What::Mime => cut(raw, &part.header).into(),
        What::Header => cut(raw, &message?.header).into(),
        What::Text => cut(raw, &message?.body).into(),
        What::Fields { names, others } => {
            let header = cut(raw, &message?.header);
            let chosen = fields(header).filter(|f| names.iter().any(|n| n.eq_ignore_ascii_case(f.name)) != *others);
            let mut bytes: Vec<u8> = chosen.flat_map(|f| f.whole).copied().collect();
            bytes.extend_from_slice(b"\r\n");
            bytes.into()
        }
    })
}
