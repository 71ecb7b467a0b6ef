//! The parts of a message, each by the place that it has among all of them.

use std::borrow::Cow;

use mail_parser::{Message, PartType};

use super::body::{bytes_of, structure, take_apart, text_of};
use super::skeleton::skeleton;
use crate::model::PartId;

/// What a part holds, its encoding undone. Of a message inside the message: that message as it is.
pub fn part(raw: &[u8], id: PartId) -> Option<Cow<'_, [u8]>> {
    with_structure(raw, |message| message.part(id.0).map(|part| bytes_of(raw, part))).flatten()
}

/// The pages of a message: the parts that are HTML and no files, each with its text.
pub fn pages(raw: &[u8]) -> Vec<(PartId, String)> {
    let pages = with_structure(raw, |message| {
        let is_page = |id: &&u32| message.part(**id).is_some_and(|part| matches!(part.body, PartType::Html(_)));
        let ids = message.html_body.iter().filter(is_page);
        ids.filter_map(|id| Some((PartId(*id), text_of(raw, message.part(*id)?)))).collect()
    });
    pages.unwrap_or_default()
}

fn with_structure<T>(raw: &[u8], look: impl FnOnce(&Message<'_>) -> T) -> Option<T> {
    let skeleton = skeleton(raw);
    let message = structure().parse(&skeleton.bytes)?;
    let seen = look(&message);
    take_apart(message);
    Some(seen)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mime::readable;

    #[test]
    fn parts_are_found_by_their_places() {
        let raw = b"Content-Type: multipart/mixed; boundary=m\r\n\r\n\
            --m\r\nContent-Type: text/html; charset=gbk\r\n\r\n<p>\xbb\xe1</p>\r\n\
            --m\r\nContent-Type: application/x; name=a\r\nContent-Transfer-Encoding: base64\r\n\r\nAAEC\r\n\
            --m\r\nContent-Type: message/rfc822\r\n\r\nSubject: x\r\n\r\nhello\r\n--m--\r\n";
        let ids: Vec<PartId> = readable(raw).attachments.iter().map(|attachment| attachment.part).collect();
        assert_eq!(part(raw, ids[0]).unwrap(), &b"\0\x01\x02"[..]);
        assert_eq!(part(raw, ids[1]).unwrap(), &b"Subject: x\r\n\r\nhello"[..]);
        assert_eq!(part(raw, PartId(4_711)), None);
        let pages = pages(raw);
        assert_eq!((pages.len(), pages[0].1.as_str()), (1, "<p>会</p>"));
        assert_eq!(part(raw, pages[0].0).unwrap(), &b"<p>\xbb\xe1</p>"[..]);
    }
}
