//! Letters that attack whoever shows them: each attack in each place where words of a message reach the screen.

mod attacks;
mod places;

use hongyan::demo::Post;
use hongyan::model::Timestamp;

/// One letter.
pub struct Letter {
    /// What stands at the beginning of its subject, so that a test knows it again: `m0017`.
    pub mark: String,
    /// Which attack in which place.
    pub name: String,
    pub raw: Vec<u8>,
}

/// Every attack in every place, and some letters that are an attack as a whole.
pub fn letters() -> Vec<Letter> {
    let mut letters = Vec::new();
    for (attack, bytes) in attacks::all() {
        for (place, put) in places::ALL {
            let mark = format!("m{:04}", letters.len());
            letters.push(Letter { name: format!("{attack} in {place}"), raw: put(&mark, &bytes), mark });
        }
    }
    for (name, build) in attacks::WHOLE {
        let mark = format!("m{:04}", letters.len());
        letters.push(Letter { name: (*name).to_owned(), raw: build(&mark), mark });
    }
    letters
}

/// As a mailbox holds them: the first letter is the newest.
pub fn posts(letters: &[Letter], now: Timestamp) -> Vec<Post> {
    let post = |(letter, age): (&Letter, i64)| Post {
        raw: letter.raw.clone(),
        flags: Vec::new(),
        arrived: Timestamp(now.0 - age * 60),
    };
    letters.iter().zip(1..).map(post).collect()
}

/// Letters that ask for things from the network in every way that HTML has.
pub fn curious(count: usize) -> Vec<Letter> {
    let letter = |number: usize| {
        let mark = format!("m{number:04}");
        Letter { name: format!("web {number}"), raw: places::web(&mark, number), mark }
    };
    (0..count).map(letter).collect()
}

/// Base64 in lines, by nobody's library.
pub fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for (at, three) in bytes.chunks(3).enumerate() {
        if at > 0 && at % 19 == 0 {
            text.push_str("\r\n");
        }
        let byte = |n: usize| u32::from(three.get(n).copied().unwrap_or(0));
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for (digit, shift) in [18, 12, 6, 0].into_iter().enumerate() {
            let known = digit <= three.len();
            text.push(if known { char::from(DIGITS[(bits >> shift & 63) as usize]) } else { '=' });
        }
    }
    text
}

#[test]
fn the_letters_are_many_and_encoded_as_others_do() {
    assert_eq!(base64(b"hongyan"), "aG9uZ3lhbg==");
    assert_eq!(base64(b"geese!"), "Z2Vlc2Uh");
    assert!(letters().len() >= 300);
}
