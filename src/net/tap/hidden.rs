//! What must not be seen: a secret in every form in which a line may carry it, ours or a server's echo of it.

use std::fmt;

use zeroize::Zeroizing;

use crate::model::Secret;
use crate::net::base64;

const STARS: &str = "***";
/// A secret of one or two letters is in every second word, and hiding it would leave no text.
const SHORTEST: usize = 3;
/// Pieces of base64 shorter than this are in other words too.
const SHORTEST_CODED: usize = 6;

/// Hides a secret wherever it stands in a text.
#[derive(Clone, Default)]
pub struct Hidden {
    plain: Vec<Zeroizing<Vec<u8>>>,
    /// As base64, or a part of it.
    coded: Vec<Zeroizing<Vec<u8>>>,
}

impl fmt::Debug for Hidden {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Hidden(…)")
    }
}

impl Hidden {
    /// `login` goes with the secret into what AUTH PLAIN says.
    pub fn of(login: &str, secret: &Secret) -> Self {
        let secret = secret.expose();
        if secret.len() < SHORTEST {
            return Self::default();
        }
        let quoted = secret.replace('\\', "\\\\").replace('"', "\\\"");
        let plain = [quoted.into_bytes(), secret.as_bytes().to_vec()].map(Zeroizing::new).to_vec();
        let mut coded = Vec::new();
        for plain in [format!("\0{login}\0{secret}"), format!("{login}\0{login}\0{secret}")] {
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
            } else if before == 0 {
                coded.push(Zeroizing::new(whole.as_bytes().to_vec()));
            }
        }
        Self { plain, coded }
    }

    /// If the secret stands at the start of `rest`: puts stars behind what is shown, and tells how many bytes to skip.
    /// Of base64 its neighbours go too, because they tell some of its bits.
    pub(super) fn star(&self, rest: &[u8], shown: &mut Vec<u8>) -> Option<usize> {
        let stands = |form: &&Zeroizing<Vec<u8>>| {
            rest.get(..form.len()).is_some_and(|start| start.eq_ignore_ascii_case(form.as_slice()))
        };
        let length = if let Some(form) = self.plain.iter().find(stands) {
            form.len()
        } else {
            let form = self.coded.iter().find(stands)?.len();
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
