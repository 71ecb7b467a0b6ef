//! winmail.dat: files as Outlook packs them for itself (TNEF). Only what is a file is read, and only its name and where it is.

use std::ops::Range;

/// More files are in no mail.
pub(super) const MOST: usize = 200;

/// More attributes than this are not looked at.
const MOST_ATTRIBUTES: usize = 20_000;

/// More properties of one file than this are not looked at.
const MOST_PROPERTIES: u32 = 1_000;

const SIGNATURE: u32 = 0x223e_9f78;

/// Attributes of a file.
const BEGINS: u32 = 0x0006_9002;
const TITLE: u32 = 0x0001_8010;
const DATA: u32 = 0x0006_800f;
const PROPERTIES: u32 = 0x0006_9005;

/// Its name among its properties, in full and in eight letters.
const LONG_NAME: u32 = 0x3707;
const SHORT_NAME: u32 = 0x3704;

#[derive(Default, Debug)]
pub(super) struct File {
    /// As it is written, or as UTF-8 where it was UTF-16.
    pub(super) name: Vec<u8>,
    pub(super) at: Range<usize>,
}

/// The files in it, as far as they are whole.
pub(super) fn files(bytes: &[u8]) -> Vec<File> {
    let mut files: Vec<File> = Vec::new();
    if number(bytes, 0) != Some(SIGNATURE) {
        return files;
    }
    // Behind the signature and a key.
    let mut at = 6;
    for _ in 0..MOST_ATTRIBUTES {
        let Some(what) = number(bytes, at + 1) else { break };
        let Some(length) = number(bytes, at + 5).and_then(|length| usize::try_from(length).ok()) else { break };
        let start = at + 9;
        let Some(end) = start.checked_add(length).filter(|end| *end <= bytes.len()) else { break };
        let value = bytes.get(start..end).unwrap_or_default();
        match what {
            BEGINS if files.len() >= MOST => break,
            BEGINS => files.push(File::default()),
            _ => {
                if let Some(file) = files.last_mut() {
                    match what {
                        TITLE if file.name.is_empty() => file.name = until_nul(value).to_vec(),
                        DATA => file.at = start..end,
                        PROPERTIES => file.name = long_name(value).unwrap_or_else(|| std::mem::take(&mut file.name)),
                        _ => {}
                    }
                }
            }
        }
        // A sum of the bytes stands behind each.
        at = end + 2;
    }
    files.retain(|file| !file.at.is_empty());
    files
}

fn number(bytes: &[u8], at: usize) -> Option<u32> {
    let four = bytes.get(at..at.checked_add(4)?)?;
    Some(u32::from_le_bytes(four.try_into().ok()?))
}

fn until_nul(value: &[u8]) -> &[u8] {
    value.split(|byte| *byte == 0).next().unwrap_or_default()
}

/// The name among the properties of a file.
fn long_name(properties: &[u8]) -> Option<Vec<u8>> {
    let count = number(properties, 0)?.min(MOST_PROPERTIES);
    let mut at = 4_usize;
    let mut short = None;
    for _ in 0..count {
        let tag = number(properties, at)?;
        at += 4;
        let (kind, id) = (tag & 0xffff, tag >> 16);
        if id >= 0x8000 {
            at = behind_name(properties, at)?;
        }
        let fixed = match kind & 0x0fff {
            0x0002 | 0x0003 | 0x0004 | 0x000a | 0x000b => Some(4),
            0x0005 | 0x0006 | 0x0007 | 0x0014 | 0x0040 => Some(8),
            0x0048 => Some(16),
            _ => None,
        };
        let is_many = kind & 0x1000 != 0;
        let values = if is_many || fixed.is_none() {
            let count = number(properties, at)?;
            at += 4;
            count
        } else {
            1
        };
        if let Some(size) = fixed {
            at = at.checked_add(usize::try_from(values).ok()?.checked_mul(size)?)?;
            continue;
        }
        if values > MOST_PROPERTIES {
            return short;
        }
        for _ in 0..values {
            let length = usize::try_from(number(properties, at)?).ok()?;
            at += 4;
            let value = properties.get(at..at.checked_add(length)?)?;
            at = at.checked_add(length.checked_next_multiple_of(4)?)?;
            let name = || match kind & 0x0fff {
                0x001f => utf8_of(value),
                _ => until_nul(value).to_vec(),
            };
            match id {
                LONG_NAME => return Some(name()).filter(|name| !name.is_empty()),
                SHORT_NAME => short = Some(name()).filter(|name| !name.is_empty()),
                _ => {}
            }
        }
    }
    short
}

/// Behind the name of a property that has one: sixteen bytes of whose it is, and a number or a text.
fn behind_name(properties: &[u8], at: usize) -> Option<usize> {
    let at = at.checked_add(16)?;
    let is_text = number(properties, at)? == 1;
    let number_or_length = usize::try_from(number(properties, at + 4)?).ok()?;
    let at = at + 8;
    if is_text { at.checked_add(number_or_length.checked_next_multiple_of(4)?) } else { Some(at) }
}

fn utf8_of(value: &[u8]) -> Vec<u8> {
    let units = value
        .chunks_exact(2)
        .map(|two| u16::from_le_bytes([two.first().copied().unwrap_or(0), two.last().copied().unwrap_or(0)]));
    let text: String = char::decode_utf16(units.take_while(|unit| *unit != 0))
        .map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER))
        .collect();
    text.into_bytes()
}

#[cfg(test)]
mod tests;
