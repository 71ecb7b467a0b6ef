//! Which version of TLS two sides agreed upon, read from the beginning of what the server said in the handshake. The
//! library does not tell it.
//!
//! Only for people who look for a fault. Nothing depends on it: what is older than 1.2 is refused by the library.

/// What the server says first fits into this.
pub(super) const ENOUGH: usize = 1024;

const HANDSHAKE: u8 = 0x16;
const SERVER_HELLO: u8 = 2;
const SUPPORTED_VERSIONS: u16 = 43;

/// A version as people call it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum TlsVersion {
    Tls10,
    Tls11,
    Tls12,
    Tls13,
}

impl TlsVersion {
    pub fn name(self) -> &'static str {
        match self {
            Self::Tls10 => "TLS 1.0",
            Self::Tls11 => "TLS 1.1",
            Self::Tls12 => "TLS 1.2",
            Self::Tls13 => "TLS 1.3",
        }
    }

    fn of(number: u16) -> Option<Self> {
        match number {
            0x0301 => Some(Self::Tls10),
            0x0302 => Some(Self::Tls11),
            0x0303 => Some(Self::Tls12),
            0x0304 => Some(Self::Tls13),
            _ => None,
        }
    }
}

/// `None` if it is no hello of a server, or not all of it is there.
pub(super) fn version(said: &[u8]) -> Option<TlsVersion> {
    let hello = whole(said);
    let mut hello = Bytes(&hello);
    if hello.take(1)? != [SERVER_HELLO] {
        return None;
    }
    let length = hello.take(3)?.iter().fold(0, |length, byte| length << 8 | usize::from(*byte));
    let mut body = Bytes(hello.take(length)?);
    let version = body.number()?;
    body.take(32)?;
    let session = body.take(1)?.first().copied()?;
    body.take(usize::from(session))?;
    // What is encrypted how, and the compression.
    body.take(3)?;
    // Version 1.3 calls itself 1.2 there, and says here what it is.
    let newer = body.number().and_then(|length| {
        let mut extensions = Bytes(body.take(usize::from(length))?);
        loop {
            let (kind, length) = (extensions.number()?, extensions.number()?);
            let content = extensions.take(usize::from(length))?;
            if kind == SUPPORTED_VERSIONS {
                return Bytes(content).number();
            }
        }
    });
    TlsVersion::of(newer.unwrap_or(version))
}

/// What stands in the first records, as far as they are about the handshake.
fn whole(said: &[u8]) -> Vec<u8> {
    let mut records = Bytes(said);
    let mut hello = Vec::new();
    while let Some(&[HANDSHAKE, 3, _]) = records.take(3)
        && let Some(length) = records.number()
        && hello.len() < ENOUGH
    {
        let there = records.0.len().min(usize::from(length));
        hello.extend_from_slice(records.take(there).unwrap_or_default());
    }
    hello
}

struct Bytes<'a>(&'a [u8]);

impl<'a> Bytes<'a> {
    fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(taken)
    }

    fn number(&mut self) -> Option<u16> {
        self.take(2).and_then(|bytes| bytes.try_into().ok()).map(u16::from_be_bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fuzzing::{Diet, Long, fuzz};

    // Written by hand after RFC 5246 and RFC 8446; a session of 32 bytes, and an extension before the one that counts.
    const OF_1_2: &[u8] = b"\x16\x03\x03\x00\x31\x02\x00\x00\x2d\x03\x03\
        01234567890123456789012345678901\x00\xc0\x2f\x00\x00\x05\xff\x01\x00\x01\x00";
    const OF_1_3: &[u8] = b"\x16\x03\x03\x00\x56\x02\x00\x00\x52\x03\x03\
        0123456789012345678901234567890120sssssssssssssssssssssssssssssss\x13\x01\x00\x00\x0a\
        \x00\x33\x00\x00\x00\x2b\x00\x02\x03\x04\x14\x03\x03\x00\x01\x01";

    fn of_1_3() -> Vec<u8> {
        let mut hello = OF_1_3.to_vec();
        // The length of the session stands before it.
        hello[43] = 32;
        hello.splice(44..44 + 32, *b"ssssssssssssssssssssssssssssssss");
        hello
    }

    #[test]
    fn the_version_is_the_one_that_both_will_speak() {
        assert_eq!(version(OF_1_2), Some(TlsVersion::Tls12));
        assert_eq!(version(&of_1_3()), Some(TlsVersion::Tls13));
        let mut old = OF_1_2.to_vec();
        old[10] = 1;
        assert_eq!(version(&old), Some(TlsVersion::Tls10));
        for other in [&b""[..], b"* OK ready\r\n", b"\x15\x03\x03\x00\x02\x02\x28", b"\x16\x03\x01\xff\xff\x02"] {
            assert_eq!(version(other), None, "{other:?}");
        }
        for length in 0..of_1_3().len() - 6 {
            assert_eq!(version(&of_1_3()[..length]), None, "{length}");
        }
    }

    #[test]
    fn s07_whatever_is_said_in_a_handshake_is_read_without_harm() {
        let pieces: &[&[u8]] = &[b"\x16\x03\x03\xff\xff", b"\x00\x2b\xff\xff", b"\x02\xff\xff\xff"];
        fuzz(&Diet { good: &[OF_1_2, OF_1_3], pieces }, Long::Runs(1_000_000), |said| {
            whole(said).len() <= ENOUGH + 0xffff && version(said).is_none_or(|version| !version.name().is_empty())
        });
    }
}
