//! The name of a file in the head of its part: by RFC 2231 for whoever reads that, and by RFC 2047 for programs that are
//! used in China and do not.

use super::field::{quoted, words};
use crate::text::SafeFileName;

/// Of a name, in one piece of a parameter.
const PIECE: usize = 60;

/// The parameters for Content-Disposition.
pub(super) fn filename(name: &SafeFileName) -> Vec<String> {
    let name = name.as_str();
    if name.is_ascii() {
        return vec![format!("filename={}", quoted(name))];
    }
    let mut pieces = vec![String::new()];
    for c in name.chars() {
        let mut written = String::new();
        for byte in c.encode_utf8(&mut [0; 4]).bytes() {
            if byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_') {
                written.push(char::from(byte));
            } else {
                written.push('%');
                for digit in [byte >> 4, byte & 15] {
                    let digit = char::from_digit(u32::from(digit), 16);
                    written.extend(digit.map(|digit| digit.to_ascii_uppercase()));
                }
            }
        }
        // A character stays in one piece: not everybody joins before undoing.
        if pieces.last().is_some_and(|piece| piece.len() + written.len() > PIECE) {
            pieces.push(String::new());
        }
        if let Some(piece) = pieces.last_mut() {
            piece.push_str(&written);
        }
    }
    match pieces.as_slice() {
        [whole] => vec![format!("filename*=utf-8''{whole}")],
        pieces => {
            let charset = |at: usize| if at == 0 { "utf-8''" } else { "" };
            pieces.iter().enumerate().map(|(at, piece)| format!("filename*{at}*={}{piece}", charset(at))).collect()
        }
    }
}

/// The parameter for Content-Type.
pub(super) fn name(name: &SafeFileName) -> String {
    if name.as_str().is_ascii() {
        return format!("name={}", quoted(name.as_str()));
    }
    format!("name=\"{}\"", words(name.as_str()).join("\r\n "))
}
