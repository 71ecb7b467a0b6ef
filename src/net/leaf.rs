//! What a server's own certificate says: its fingerprint, the names that it is for, who signed it, and for how long.
//!
//! Only read, never believed: whether it is good is the business of the TLS library. But that library lets a name pass
//! that stands in no list of names, and it does not tell whose certificate it refused.

use std::net::{Ipv4Addr, Ipv6Addr};

use sha2::{Digest as _, Sha256};

use crate::model::{Fingerprint, Timestamp};

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Leaf {
    pub fingerprint: Fingerprint,
    /// From the list of names if there is one, else the common name. Not safe to show yet.
    pub names: Vec<String>,
    /// There is a list of names. A certificate without one is for nobody, whatever its common name says.
    pub lists_names: bool,
    /// Who says that he signed it: organisation, else common name; empty if it does not say. Not safe to show yet.
    pub issuer: String,
    /// From when and until when it is good, if that can be read.
    pub begins: Option<Timestamp>,
    pub ends: Option<Timestamp>,
}

const MOST_NAMES: usize = 4;
const LONGEST_NAME: usize = 80;

const ALTERNATIVE_NAMES: &[u8] = &[0x55, 0x1d, 0x11];
const COMMON_NAME: &[u8] = &[0x55, 0x04, 0x03];
const ORGANISATION: &[u8] = &[0x55, 0x04, 0x0a];

/// The places in what was signed, behind the version: serial number, algorithm, issuer, validity, subject.
const ISSUER: usize = 2;
const VALIDITY: usize = 3;
const SUBJECT: usize = 4;

impl Leaf {
    pub(super) fn read(der: &[u8]) -> Self {
        let alternative = alternative_names(der).unwrap_or_default();
        let lists_names = !alternative.is_empty();
        let mut names = if lists_names { alternative } else { common_name(der).into_iter().collect() };
        names.truncate(MOST_NAMES);
        let issuer = said_of(der, ISSUER, ORGANISATION).or_else(|| said_of(der, ISSUER, COMMON_NAME));
        let (begins, ends) = validity(der).unwrap_or_default();
        let fingerprint = Fingerprint::new(Sha256::digest(der).into());
        Self { fingerprint, names, lists_names, issuer: issuer.unwrap_or_default(), begins, ends }
    }

    /// A network that wants a login first answers for every name, and its certificate often says so.
    pub(super) fn looks_like_a_portal(&self) -> bool {
        const WORDS: [&str; 9] =
            ["captive", "portal", "hotspot", "wifi", "wi-fi", "wlan", "guestnet", "networklogin", "splashpage"];
        self.names.iter().map(|name| name.to_ascii_lowercase()).any(|name| WORDS.iter().any(|word| name.contains(word)))
    }
}

/// One element of DER: its tag, what is in it, and what comes after it.
fn element(input: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (tag, rest) = input.split_first()?;
    let (first, rest) = rest.split_first()?;
    let (length, rest) = if *first < 0x80 {
        (usize::from(*first), rest)
    } else {
        let (bytes, rest) = rest.split_at_checked(usize::from(*first & 0x7f)).filter(|(bytes, _)| bytes.len() <= 4)?;
        (bytes.iter().fold(0, |length, byte| length << 8 | usize::from(*byte)), rest)
    };
    let (content, rest) = rest.split_at_checked(length)?;
    Some((*tag, content, rest))
}

fn elements(mut input: &[u8]) -> impl Iterator<Item = (u8, &[u8])> {
    std::iter::from_fn(move || {
        let (tag, content, rest) = element(input)?;
        input = rest;
        Some((tag, content))
    })
}

/// The parts of what was signed.
fn parts(der: &[u8]) -> impl Iterator<Item = (u8, &[u8])> {
    let certificate = element(der).map_or(&[][..], |(_, content, _)| content);
    elements(element(certificate).map_or(&[][..], |(_, content, _)| content))
}

fn alternative_names(der: &[u8]) -> Option<Vec<String>> {
    let (_, tagged) = parts(der).find(|(tag, _)| *tag == 0xa3)?;
    let (_, extensions, _) = element(tagged)?;
    let (_, extension) =
        elements(extensions).find(|(_, extension)| elements(extension).next() == Some((0x06, ALTERNATIVE_NAMES)))?;
    let (_, value) = elements(extension).find(|(tag, _)| *tag == 0x04)?;
    let (_, names, _) = element(value)?;
    let name = |(tag, value): (u8, &[u8])| match (tag, value.len()) {
        (0x82, _) => Some(text(value)),
        (0x87, 4) => <[u8; 4]>::try_from(value).ok().map(|ip| Ipv4Addr::from(ip).to_string()),
        (0x87, 16) => <[u8; 16]>::try_from(value).ok().map(|ip| Ipv6Addr::from(ip).to_string()),
        _ => None,
    };
    Some(elements(names).filter_map(name).take(MOST_NAMES).collect())
}

fn common_name(der: &[u8]) -> Option<String> {
    said_of(der, SUBJECT, COMMON_NAME)
}

/// A part of what was signed; a version may stand before them all.
fn part(der: &[u8], place: usize) -> Option<&[u8]> {
    parts(der).filter(|(tag, _)| *tag != 0xa0).nth(place).map(|(_, content)| content)
}

/// What is said of somebody under this heading.
fn said_of(der: &[u8], who: usize, heading: &[u8]) -> Option<String> {
    elements(part(der, who)?).find_map(|(_, set)| {
        let (_, pair, _) = element(set)?;
        let mut pair = elements(pair);
        (pair.next()? == (0x06, heading)).then_some(text(pair.next()?.1))
    })
}

fn validity(der: &[u8]) -> Option<(Option<Timestamp>, Option<Timestamp>)> {
    let mut times = elements(part(der, VALIDITY)?).map(|(tag, content)| time(tag, content));
    Some((times.next()?, times.next()?))
}

/// A time in UTC: with a year of two digits (which are of this century below 50), or of four.
fn time(tag: u8, content: &[u8]) -> Option<Timestamp> {
    let digits = str::from_utf8(content).ok()?.strip_suffix('Z')?;
    if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let whole = match (tag, digits.len()) {
        (0x17, 12) if digits.starts_with(['0', '1', '2', '3', '4']) => format!("20{digits}"),
        (0x17, 12) => format!("19{digits}"),
        (0x18, 14) => digits.to_owned(),
        _ => return None,
    };
    let at = jiff::civil::DateTime::strptime("%Y%m%d%H%M%S", whole).ok()?;
    at.to_zoned(jiff::tz::TimeZone::UTC).ok().map(|at| Timestamp(at.timestamp().as_second()))
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).chars().take(LONGEST_NAME).collect()
}

#[cfg(test)]
mod tests {
    use rcgen::{CertificateParams, DnType, KeyPair};

    use super::*;
    use crate::fuzzing::{Diet, Long};

    fn der(names: &[&str], common: &str) -> Vec<u8> {
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        let mut params = CertificateParams::new(names).unwrap();
        params.distinguished_name.push(DnType::OrganizationName, "Example");
        params.distinguished_name.push(DnType::CommonName, common);
        params.self_signed(&KeyPair::generate().unwrap()).unwrap().der().to_vec()
    }

    #[test]
    fn names_are_read_from_their_list_and_else_from_the_common_name() {
        let leaf = Leaf::read(&der(&["a.example", "192.0.2.1", "2001:db8::1"], "b.example"));
        assert_eq!(leaf.names, ["a.example", "192.0.2.1", "2001:db8::1"]);
        assert!(leaf.lists_names);
        let leaf = Leaf::read(&der(&[], "wifi.portal.example"));
        assert_eq!((leaf.names.as_slice(), leaf.lists_names), (&["wifi.portal.example".to_owned()][..], false));
        assert!(leaf.looks_like_a_portal());
        let many: Vec<String> = (0..500).map(|n| format!("{n}.example")).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        assert_eq!(Leaf::read(&der(&many, "")).names.len(), MOST_NAMES);
    }

    #[test]
    fn who_signed_it_and_for_how_long_is_read() {
        let leaf = Leaf::read(&der(&["a.example"], "a.example"));
        assert_eq!(leaf.issuer, "Example");
        // What rcgen takes where nobody says otherwise.
        assert_eq!((leaf.begins, leaf.ends), (Some(Timestamp(157_766_400)), Some(Timestamp(67_090_118_400))));
        for (tag, said, at) in [
            (0x17, &b"261120131500Z"[..], Some(1_795_180_500)),
            (0x17, b"500101000000Z", Some(-631_152_000)),
            (0x18, b"20501231235959Z", Some(2_556_143_999)),
            (0x18, b"261120131500Z", None),
            (0x17, b"261320131500Z", None),
            (0x17, b"2611201315Z", None),
            (0x17, b"261120131500+0800", None),
            (0x17, b"\xff\xff1120131500Z", None),
            (0x02, b"261120131500Z", None),
        ] {
            assert_eq!(time(tag, said), at.map(Timestamp), "{said:?}");
        }
    }

    #[test]
    fn s07_a_broken_certificate_is_read_without_harm() {
        let whole = der(&["a.example"], "a.example");
        for length in 0..whole.len() {
            Leaf::read(&whole[..length]);
            let mut odd = whole.clone();
            odd[length] ^= 0x80;
            Leaf::read(&odd);
        }
        assert!(!Leaf::read(b"").lists_names);
        assert!(!Leaf::read(&[0x30, 0x88, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]).lists_names);
    }

    #[test]
    fn s07_whatever_stands_in_a_certificate_is_read_within_bounds() {
        let whole: &'static [u8] = Box::leak(der(&["a.example", "192.0.2.1"], "a.example").into_boxed_slice());
        let good: &'static [&'static [u8]] = Box::leak(Box::new([whole]));
        let pieces: &[&[u8]] =
            &[b"\x30\x80", b"\x30\x84\xff\xff\xff\xff", b"\x17\x0d261120131500Z", b"\xa3", COMMON_NAME];
        crate::fuzzing::fuzz(
            &Diet { good, pieces: Box::leak(Box::new(pieces.to_vec())) },
            Long::Runs(1_000_000),
            |der| {
                let leaf = Leaf::read(der);
                let longest = leaf.names.iter().chain([&leaf.issuer]).map(|name| name.chars().count()).max();
                leaf.names.len() <= MOST_NAMES && longest.unwrap_or_default() <= LONGEST_NAME
            },
        );
    }
}
