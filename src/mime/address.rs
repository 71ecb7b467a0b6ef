//! Address lists, as people and programs write them: quoted names, comments, groups, and none of it in order.

use super::word;
use crate::model::Address;
use crate::text::Text;

/// More than this many are not read; a mail to a million people is still one mail.
const MOST: usize = 2_000;

/// Reads an unfolded address header.
pub(super) fn list(value: &[u8]) -> Vec<Address> {
    let mut found = Vec::new();
    let mut reader = Reader::default();
    let mut quoted = false;
    let mut comment = 0_u32;
    let mut angle = false;
    let mut bytes = value.iter().copied();
    while let Some(byte) = bytes.next() {
        match byte {
            b'\\' if quoted || comment > 0 => {
                if let Some(next) = bytes.next() {
                    reader.push(next, angle, comment > 0);
                }
            }
            b'"' if comment == 0 => quoted = !quoted,
            b'(' if !quoted => {
                comment = comment.saturating_add(1);
            }
            b')' if !quoted && comment > 0 => comment -= 1,
            _ if comment > 0 => reader.push(byte, angle, true),
            b'<' if !quoted => {
                angle = true;
                reader.had_angle = true;
            }
            b'>' if !quoted => angle = false,
            b',' | b';' if !quoted && !angle => {
                reader.finish(&mut found);
                if found.len() >= MOST {
                    return found;
                }
            }
            // A group: what stood before the colon is its name, not an address.
            b':' if !quoted && !angle && !reader.plain.contains(&b'@') => reader = Reader::default(),
            _ => reader.push(byte, angle, false),
        }
    }
    reader.finish(&mut found);
    found
}

#[derive(Default)]
struct Reader {
    plain: Vec<u8>,
    address: Vec<u8>,
    comment: Vec<u8>,
    had_angle: bool,
}

impl Reader {
    fn push(&mut self, byte: u8, angle: bool, comment: bool) {
        if comment {
            self.comment.push(byte);
        } else if angle {
            self.address.push(byte);
        } else {
            self.plain.push(byte);
        }
    }

    fn finish(&mut self, into: &mut Vec<Address>) {
        let taken = std::mem::take(self);
        let (name, address) = if taken.had_angle { (taken.plain, taken.address) } else { (taken.comment, taken.plain) };
        let name = word::decode(name.trim_ascii(), None);
        let address = word::decode(address.trim_ascii(), None);
        // `"=?utf-8?B?…?= <a@b>"` as one encoded word: the address is inside.
        if address.is_empty() && name.is_empty() {
            return;
        }
        let address = if address.starts_with("=?") { word::decode(address.as_bytes(), None) } else { address };
        into.push(Address { name: Text::new(name.trim()), address: Text::new(address) });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(value: &str) -> Vec<(String, String)> {
        list(value.as_bytes())
            .into_iter()
            .map(|a| (a.name.as_untrusted().to_owned(), a.address.as_untrusted().to_owned()))
            .collect()
    }

    fn pair(name: &str, address: &str) -> (String, String) {
        (name.to_owned(), address.to_owned())
    }

    #[test]
    fn the_usual_forms() {
        assert_eq!(read("Li Lei <lilei@example.com>"), [pair("Li Lei", "lilei@example.com")]);
        assert_eq!(
            read("\"Lei, Li\" <a@example.com>, b@example.com"),
            [pair("Lei, Li", "a@example.com"), pair("", "b@example.com")]
        );
        assert_eq!(read("a@example.com (Li Lei)"), [pair("Li Lei", "a@example.com")]);
        assert_eq!(read("\"=?utf-8?B?6bi/6ZuB?=\" <a@example.com>"), [pair("鸿雁", "a@example.com")]);
    }

    #[test]
    fn groups_and_rubbish() {
        assert_eq!(read("team: a@example.com, b@example.com;"), [pair("", "a@example.com"), pair("", "b@example.com")]);
        assert_eq!(read("undisclosed-recipients:;"), []);
        assert_eq!(read(""), []);
        assert_eq!(read(",,;<>"), []);
        assert_eq!(read("<a@example.com"), [pair("", "a@example.com")]);
        assert_eq!(list(&b";".repeat(1_000_000)), []);
        assert_eq!(list(&b"(".repeat(1_000_000)), []);
    }
}
