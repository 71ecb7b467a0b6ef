//! What must not be seen: a secret in every form in which a line may carry it, ours or a server's echo of it.

use std::collections::HashSet;
use std::fmt;
use std::hash::{BuildHasher as _, RandomState};
use std::sync::Arc;

use zeroize::Zeroizing;

use crate::model::Secret;
use crate::net::base64;

const STARS: &str = "***";
/// A secret of one or two letters is in every second word, and hiding it would leave no text.
const SHORTEST: usize = 3;
/// Pieces of base64 shorter than this are in other words too.
const SHORTEST_CODED: usize = 6;

/// So much of a secret is known again, wherever a line was broken.
const PIECE: usize = 8;

/// Hides a secret wherever it stands in a text.
#[derive(Clone, Default)]
pub struct Hidden {
    plain: Vec<Zeroizing<Vec<u8>>>,
    /// As base64, or a part of it.
    coded: Vec<Zeroizing<Vec<u8>>>,
    pieces: Pieces,
    coded_pieces: Pieces,
}

/// Everything that is [`PIECE`] long in some forms of a secret, in any case. Only what it hashes to is kept.
#[derive(Clone, Default)]
struct Pieces(Arc<(RandomState, HashSet<u64>)>);

impl Pieces {
    fn of(forms: &[Zeroizing<Vec<u8>>]) -> Self {
        let hasher = RandomState::new();
        let windows = forms.iter().flat_map(|form| form.windows(PIECE));
        let known = windows.map(|window| hash(&hasher, window)).collect();
        Self(Arc::new((hasher, known)))
    }

    /// How much of a form stands at the start of this.
    fn at(&self, rest: &[u8]) -> Option<usize> {
        let (hasher, known) = &*self.0;
        if known.is_empty() {
            return None;
        }
        let count = rest.windows(PIECE).take_while(|window| known.contains(&hash(hasher, window))).count();
        (count > 0).then(|| count + PIECE - 1)
    }
}

fn hash(hasher: &RandomState, window: &[u8]) -> u64 {
    let mut lower = Zeroizing::new([0; PIECE]);
    for (to, from) in lower.iter_mut().zip(window) {
        *to = from.to_ascii_lowercase();
    }
    hasher.hash_one(*lower)
}

impl fmt::Debug for Hidden {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Hidden(…)")
    }
}

impl Hidden {
    /// `login` goes with the secret into what PLAIN and XOAUTH2 say.
    pub fn of(login: &str, secret: &Secret) -> Self {
        let secret = secret.expose();
        if secret.len() < SHORTEST {
            return Self::default();
        }
        let quoted = secret.replace('\\', "\\\\").replace('"', "\\\"");
        let plain = [quoted.into_bytes(), secret.as_bytes().to_vec()].map(Zeroizing::new).to_vec();
        let mut coded = Vec::new();
        let bearer = format!("user={login}\x01auth=Bearer {secret}\x01\x01");
        for plain in [format!("\0{login}\0{secret}"), format!("{login}\0{login}\0{secret}"), bearer] {
            coded.push(Zeroizing::new(base64::encode(plain.as_bytes()).into_bytes()));
        }
        // Base64 of anything that holds the secret: it begins at one of three places in a group. The characters at the
        // edges depend on what stands beside it.
        for before in 0..3 {
            let mut bytes = Zeroizing::new(vec![0; before]);
            bytes.extend_from_slice(secret.as_bytes());
            let whole = Zeroizing::new(base64::encode(&bytes));
            let inner = whole.as_bytes().get((before * 8).div_ceil(6)..bytes.len() * 8 / 6).unwrap_or_default();
            if inner.len() >= SHORTEST_CODED {
                coded.push(Zeroizing::new(inner.to_vec()));
            }
            if before == 0 {
                coded.push(Zeroizing::new(whole.as_bytes().to_vec()));
            }
        }
        // A line may be broken in its middle, and the rest stand in the next one.
        let (pieces, coded_pieces) = (Pieces::of(&plain), Pieces::of(&coded));
        Self { plain, coded, pieces, coded_pieces }
    }

    /// If the secret stands at the start of `rest`: puts stars behind what is shown, and tells how many bytes to skip.
    /// Of base64 its neighbours go too, because they tell some of its bits.
    pub(super) fn star(&self, rest: &[u8], shown: &mut Vec<u8>) -> Option<usize> {
        let stands = |form: &&Zeroizing<Vec<u8>>| {
            rest.get(..form.len()).is_some_and(|start| start.eq_ignore_ascii_case(form.as_slice()))
        };
        let length = if let Some(form) = self.plain.iter().find(stands) {
            form.len()
        } else if let Some(form) = self.pieces.at(rest) {
            form
        } else {
            let form = self.coded.iter().find(stands).map(|form| form.len()).or_else(|| self.coded_pieces.at(rest))?;
            while shown.pop_if(|byte| is_base64(*byte)).is_some() {}
            form + rest.iter().skip(form).take_while(|byte| is_base64(**byte)).count()
        };
        shown.extend_from_slice(STARS.as_bytes());
        Some(length)
    }

    /// The text with stars for the secret.
    pub fn hide(&self, text: &str) -> String {
        let mut shown = Vec::with_capacity(text.len());
        let mut rest = text.as_bytes();
        while let Some((first, tail)) = rest.split_first() {
            if let Some(length) = self.star(rest, &mut shown) {
                rest = rest.get(length..).unwrap_or_default();
            } else {
                shown.push(*first);
                rest = tail;
            }
        }
        String::from_utf8_lossy(&shown).into_owned()
    }
}

fn is_base64(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=')
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "canary-7391-Wildgans";
    // Made by another encoder: what PLAIN, LOGIN and XOAUTH2 say with it.
    const CODED: [&str; 3] = [
        "AHUAY2FuYXJ5LTczOTEtV2lsZGdhbnM=",
        "Y2FuYXJ5LTczOTEtV2lsZGdhbnM=",
        "dXNlcj11AWF1dGg9QmVhcmVyIGNhbmFyeS03MzkxLVdpbGRnYW5zAQE=",
    ];

    /// The most of any form of the secret that is left in one piece.
    fn left(shown: &str) -> usize {
        let shown = shown.to_lowercase();
        // Without what stands before the secret.
        let own = |form: &'static str, before| form.as_bytes().get(before..).unwrap().to_ascii_lowercase();
        let forms = [own(SECRET, 0), own(CODED[0], 4), own(CODED[1], 0), own(CODED[2], 32)];
        let longest = |form: &Vec<u8>| {
            let piece = |at: usize, end: usize| memchr::memmem::find(shown.as_bytes(), &form[at..end]).is_some();
            let ends = |at| (at..=form.len()).take_while(|end| piece(at, *end)).last().unwrap_or(at) - at;
            (0..form.len()).map(ends).max().unwrap_or(0)
        };
        forms.iter().map(longest).max().unwrap_or(0)
    }

    #[test]
    fn l04_a_secret_that_is_broken_over_lines_is_hidden_in_each() {
        for secret in [Secret::new(SECRET.to_owned()), Secret::token(SECRET.to_owned())] {
            let hidden = Hidden::of("u", &secret);
            for form in [SECRET, CODED[0], CODED[1], CODED[2]] {
                assert!(left(&hidden.hide(&format!("x {form} y"))) < 4, "{form}");
                for at in PIECE..form.len().saturating_sub(PIECE) {
                    let (first, second) = form.split_at(at);
                    for line in [format!("* OK {first}"), format!("{second} * OK"), second.to_uppercase()] {
                        let shown = hidden.hide(&line);
                        // A few letters at an edge tell nothing.
                        assert!(left(&shown) < PIECE, "{line}: {shown}");
                    }
                }
            }
        }
    }

    #[test]
    fn what_is_not_the_secret_stays() {
        let hidden = Hidden::of("u", &Secret::new(SECRET.to_owned()));
        for text in ["* OK canary is a bird", "Wildgans", "AHUAY2F", "", "草草草草草草草草"] {
            assert_eq!(hidden.hide(text).replace("***", "Wildgans"), text);
        }
        assert_eq!(Hidden::of("u", &Secret::new("ab".to_owned())).hide("cab"), "cab");
    }
}
