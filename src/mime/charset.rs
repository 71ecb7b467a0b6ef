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
        Some(encoding) if encoding == encoding_rs::GBK => GB18030.decode_without_bom_handling(bytes).0.into_owned(),
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
