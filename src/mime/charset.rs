//! Bytes and a label → text. Labels lie: GBK is called gb2312, UTF-8 is called nothing at all.

use encoding_rs::{Encoding, GB18030, UTF_8};

/// Decodes bytes that carry no label: UTF-8 if they are, else the Chinese superset.
pub(super) fn unlabelled(bytes: &[u8]) -> String {
    match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => GB18030.decode_without_bom_handling(bytes).0.into_owned(),
    }
}

/// Decodes bytes by their label. The gb* family is always read as its superset.
pub(super) fn labelled(label: &str, bytes: &[u8]) -> String {
    let label = label.trim();
    if label.eq_ignore_ascii_case("hz-gb-2312") || label.eq_ignore_ascii_case("hz") {
        return hz(bytes);
    }
    let encoding = Encoding::for_label(label.as_bytes()).or_else(|| {
        let lower = label.to_ascii_lowercase();
        if lower.starts_with("gb") || lower.starts_with("cp936") || lower.starts_with("cp-936") {
            Some(GB18030)
        } else if lower.starts_with("utf8") {
            Some(UTF_8)
        } else {
            None
        }
    });
    match encoding {
        // Programs that know nothing but gb2312 put it over everything.
        Some(encoding) if encoding == encoding_rs::GBK || encoding == GB18030 => unlabelled(bytes),
        Some(encoding) if encoding == encoding_rs::WINDOWS_1252 && !bytes.is_ascii() => {
            // us-ascii and iso-8859-1 with other bytes in them are somebody's default, not a statement.
            std::str::from_utf8(bytes)
                .map_or_else(|_| encoding.decode_without_bom_handling(bytes).0.into_owned(), str::to_owned)
        }
        Some(encoding) => {
            let (text, broken) = encoding.decode_without_bom_handling(bytes);
            if broken && encoding == UTF_8 {
                let (other, worse) = GB18030.decode_without_bom_handling(bytes);
                return if worse { text.into_owned() } else { other.into_owned() };
            }
            text.into_owned()
        }
        None => unlabelled(bytes),
    }
}

/// RFC 1842: seven-bit text in which `~{` and `~}` enclose pairs that are GB2312 without its high bits. The library has
/// no decoder for it.
fn hz(bytes: &[u8]) -> String {
    let mut eight_bit = Vec::with_capacity(bytes.len());
    let mut chinese = false;
    let mut rest = bytes;
    while let Some((first, tail)) = rest.split_first() {
        rest = tail;
        match (first, tail, chinese) {
            (b'~', [b'{', after @ ..], false) => (chinese, rest) = (true, after),
            (b'~', [b'}', after @ ..], true) => (chinese, rest) = (false, after),
            (b'~', [b'~', after @ ..], false) => {
                eight_bit.push(b'~');
                rest = after;
            }
            (b'~', [b'\n', after @ ..], false) => rest = after,
            // A line ends the Chinese, whatever was forgotten.
            (b'\n', _, _) => {
                eight_bit.push(b'\n');
                chinese = false;
            }
            (high @ 0x21..=0x7e, [low @ 0x21..=0x7e, after @ ..], true) => {
                eight_bit.extend_from_slice(&[high | 0x80, low | 0x80]);
                rest = after;
            }
            (other, _, _) => eight_bit.push(*other),
        }
    }
    unlabelled(&eight_bit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn m04_hz_is_read() {
        assert_eq!(labelled("HZ-GB-2312", b"~{VPND~} ok ~~ ~{;aRi\nnext"), "中文 ok ~ 会议\nnext");
    }

    #[test]
    fn m07_labels_that_lie() {
        let (utf8, gbk) = ("会议通知".as_bytes(), b"\xbb\xe1\xd2\xe9\xcd\xa8\xd6\xaa");
        for label in ["utf-8", "utf8", "us-ascii", "iso-8859-1", "", "unknown-8bit"] {
            assert_eq!(labelled(label, utf8), "会议通知", "{label}");
        }
        for label in ["gb2312", "GBK", "gb18030", "cp936", "utf-8", "", "x-unknown"] {
            assert_eq!(labelled(label, gbk), "会议通知", "{label}");
        }
        assert_eq!(labelled("gb2312", utf8), "会议通知");
    }
}
