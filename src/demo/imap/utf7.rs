//! Names of mailboxes on the wire: RFC 3501's modified UTF-7.

use super::super::base64;

pub(super) fn encode(name: &str) -> String {
    let mut out = String::new();
    let mut wide = Vec::new();
    let mut units = [0_u16; 2];
    for c in name.chars() {
        if matches!(c, ' '..='~') {
            flush(&mut wide, &mut out);
            out.push(c);
            if c == '&' {
                out.push('-');
            }
        } else {
            wide.extend(c.encode_utf16(&mut units).iter().flat_map(|u| u.to_be_bytes()));
        }
    }
    flush(&mut wide, &mut out);
    out
}

fn flush(wide: &mut Vec<u8>, out: &mut String) {
    if !wide.is_empty() {
        out.push('&');
        out.push_str(base64::encode(wide).trim_end_matches('=').replace('/', ",").as_str());
        out.push('-');
        wide.clear();
    }
}

/// `None` if it is not modified UTF-7.
pub(super) fn decode(wire: &[u8]) -> Option<String> {
    let mut out = String::new();
    let mut rest = std::str::from_utf8(wire).ok()?;
    while let Some((plain, tail)) = rest.split_once('&') {
        out.push_str(plain);
        let (coded, tail) = tail.split_once('-')?;
        rest = tail;
        if coded.is_empty() {
            out.push('&');
            continue;
        }
        if !coded.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b',')) {
            return None;
        }
        let bytes = base64::decode(coded.replace(',', "/").as_bytes());
        let units: Vec<u16> =
            bytes.chunks_exact(2).map(|pair| pair.iter().fold(0, |n, b| n << 8 | u16::from(*b))).collect();
        out.push_str(
            &String::from_utf16(&units).ok().filter(|name| !name.is_empty() && bytes.len().is_multiple_of(2))?,
        );
    }
    out.push_str(rest);
    out.bytes().all(|b| b >= b' ' && b != 0x7f).then_some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_go_both_ways() {
        for (name, wire) in [
            ("INBOX", "INBOX"),
            ("已发送", "&XfJT0ZAB-"),
            ("发票&报销", "&U9F5aA-&-&YqWVAA-"),
            ("R&D 🪁", "R&-D &2D7egQ-"),
            ("其他文件夹/项目", "&UXZO1mWHTvZZOQ-/&mHl27g-"),
        ] {
            assert_eq!(encode(name), wire);
            assert_eq!(decode(wire.as_bytes()).as_deref(), Some(name));
        }
        assert_eq!(decode(b"&XfJT0ZAB"), None);
        assert_eq!(decode(b"&*-"), None);
    }
}
