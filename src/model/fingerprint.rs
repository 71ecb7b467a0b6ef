//! The SHA-256 of a certificate: what people compare, and what an account may be pinned to.

use std::fmt;
use std::str::FromStr;

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Fingerprint([u8; 32]);

impl Fingerprint {
    pub fn new(hash: [u8; 32]) -> Self {
        Self(hash)
    }
}

impl FromStr for Fingerprint {
    type Err = String;

    /// `sha256:` and 64 digits, with or without colons between them.
    fn from_str(written: &str) -> Result<Self, Self::Err> {
        let wrong = || {
            "write it as sha256: and 64 hexadecimal digits, as they are told when a certificate is refused".to_owned()
        };
        let (kind, digits) = written.split_once(':').ok_or_else(wrong)?;
        if !kind.eq_ignore_ascii_case("sha256") {
            return Err(wrong());
        }
        let digits: Vec<u8> = digits
            .chars()
            .filter(|c| *c != ':')
            .map(|c| c.to_digit(16).and_then(|digit| u8::try_from(digit).ok()))
            .collect::<Option<_>>()
            .ok_or_else(wrong)?;
        let mut bytes = Vec::with_capacity(32);
        for pair in digits.chunks(2) {
            let [high, low] = pair else { return Err(wrong()) };
            bytes.push(high << 4 | low);
        }
        bytes.try_into().map(Self).map_err(|_| wrong())
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("sha256:")?;
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fingerprint_is_read_as_programs_write_it() {
        let shown = format!("sha256:{}", "0aff".repeat(16));
        let pin: Fingerprint = shown.parse().unwrap();
        assert_eq!(pin.to_string(), shown);
        let with_colons = format!("SHA256:{}", vec!["0A:FF"; 16].join(":"));
        assert_eq!(with_colons.parse(), Ok(pin));
        for wrong in
            ["", "sha256:", "0aff", "sha1:0aff", &shown.replacen("0a", "a", 1), &format!("{shown}00"), "sha256:é"]
        {
            assert!(wrong.parse::<Fingerprint>().is_err(), "{wrong}");
        }
    }
}
