//! Messages that have to stand exactly as they are: old charsets, odd structures, hostile headers.

use super::super::imap::{date_header, zone};
use super::{ARCHIVE, INBOX, JUNK};
use crate::model::Timestamp;

/// Folder, hours of age, whether it was read, and the bytes.
const ODD: [(&str, i64, bool, &[u8]); 18] = [
    (INBOX, 200, true, include_bytes!("../../../assets/demo/odd/gbk.eml")),
    (INBOX, 310, true, include_bytes!("../../../assets/demo/odd/gb18030.eml")),
    (INBOX, 425, true, include_bytes!("../../../assets/demo/odd/big5.eml")),
    (INBOX, 22, false, include_bytes!("../../../assets/demo/odd/hostile.eml")),
    (JUNK, 75, false, include_bytes!("../../../assets/demo/odd/escape-raw.eml")),
    (INBOX, 130, true, include_bytes!("../../../assets/demo/odd/bounce.eml")),
    (INBOX, 6, false, include_bytes!("../../../assets/demo/odd/invite.eml")),
    (INBOX, 98, true, include_bytes!("../../../assets/demo/odd/names.eml")),
    (INBOX, 52, true, include_bytes!("../../../assets/demo/odd/forward.eml")),
    (INBOX, 620, true, include_bytes!("../../../assets/demo/odd/split.eml")),
    (INBOX, 175, true, include_bytes!("../../../assets/demo/odd/bare.eml")),
    (INBOX, 29, false, include_bytes!("../../../assets/demo/odd/related.eml")),
    (ARCHIVE, 2300, true, include_bytes!("../../../assets/demo/odd/latin.eml")),
    (ARCHIVE, 1500, true, include_bytes!("../../../assets/demo/odd/digest.eml")),
    (INBOX, 560, true, include_bytes!("../../../assets/demo/odd/longname.eml")),
    (INBOX, 9, true, include_bytes!("../../../assets/demo/odd/chain.eml")),
    (INBOX, 31, false, include_bytes!("../../../assets/demo/odd/cloud.eml")),
    (JUNK, 12, false, include_bytes!("../../../assets/demo/odd/phish.eml")),
];

/// Folder, arrival, whether it was read, and the message.
pub(super) fn messages(address: &str, now: Timestamp) -> Vec<(&'static str, Timestamp, bool, Vec<u8>)> {
    let three_days_on = jiff::Timestamp::from_second(now.0 + 3 * 86400).unwrap_or_default().to_zoned(zone());
    let day = three_days_on.strftime("%Y%m%d").to_string();
    ODD.iter()
        .map(|(folder, hours, read, written)| {
            let sent = super::daytime(Timestamp(now.0 - hours * 3600 + 137));
            let bytes = filled(written, &[("@DATE@", &date_header(sent, 8)), ("@ME@", address), ("@DAY@", &day)]);
            (*folder, sent, *read, bytes)
        })
        .collect()
}

/// The bytes with CRLF line ends and with the words in place of their marks.
fn filled(written: &[u8], words: &[(&str, &str)]) -> Vec<u8> {
    let mut out = Vec::with_capacity(written.len() + written.len() / 20);
    let mut rest = written;
    while let Some((first, tail)) = rest.split_first() {
        if let Some((mark, word)) = words.iter().find(|(mark, _)| rest.starts_with(mark.as_bytes())) {
            out.extend_from_slice(word.as_bytes());
            rest = rest.strip_prefix(mark.as_bytes()).unwrap_or_default();
            continue;
        }
        if *first == b'\n' {
            out.push(b'\r');
        }
        out.push(*first);
        rest = tail;
    }
    out
}
