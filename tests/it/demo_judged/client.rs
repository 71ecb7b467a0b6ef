//! The smallest IMAP client that can compare two servers: it reads answers and says what they mean.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead as _, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use super::changes;

pub(super) trait Stream: Read + Write {}
impl<T: Read + Write> Stream for T {}

pub(super) struct Client {
    stream: BufReader<Box<dyn Stream>>,
    next: u32,
    /// The newest modification sequence it heard of, and the one that `{modseq}` stands for.
    pub(super) heard: u64,
    pub(super) mark: u64,
    /// What `{validity}` stands for.
    validity: String,
}

/// A piece of an answer.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum Piece {
    Nil,
    Atom(String),
    /// Quoted or literal: that is the server's choice.
    Text(String),
    List(Vec<Piece>),
}

/// What a command brought, without what the servers are free to choose.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub(super) struct Meaning {
    /// OK, NO or BAD, with the codes that matter.
    pub(super) end: String,
    pub(super) exists: Option<String>,
    /// Which of the numbers before the command are gone.
    pub(super) expunged: BTreeSet<usize>,
    pub(super) fetched: BTreeMap<u32, BTreeMap<String, Piece>>,
    pub(super) others: BTreeSet<String>,
}

impl Client {
    pub(super) fn plain(at: SocketAddr) -> Self {
        Self::greeted(Box::new(tcp(at)))
    }

    pub(super) fn tls(at: SocketAddr, ca_pem: &str) -> Self {
        Self::greeted(encrypted(tcp(at), ca_pem))
    }

    /// STARTTLS, with what was promised in clear checked on the way.
    pub(super) fn starttls(at: SocketAddr, ca_pem: &str) -> Self {
        let stream = tcp(at);
        let mut client = Self::greeted(Box::new(stream.try_clone().expect("a second handle")));
        let capability = client.raw("CAPABILITY");
        assert!(capability.contains("STARTTLS") && capability.contains("LOGINDISABLED"), "{capability}");
        assert!(client.raw("LOGIN a b").contains(" NO "), "a login in clear");
        assert!(client.raw("STARTTLS").contains(" OK "));
        Self { stream: BufReader::new(encrypted(stream, ca_pem)), next: 100, ..client }
    }

    fn greeted(stream: Box<dyn Stream>) -> Self {
        let mut client =
            Self { stream: BufReader::new(stream), next: 0, heard: 0, mark: 0, validity: String::from("0") };
        let greeting = client.response();
        assert!(greeting.starts_with(b"* OK"), "{}", String::from_utf8_lossy(&greeting));
        client
    }

    /// One response with its literals.
    pub(super) fn response(&mut self) -> Vec<u8> {
        let mut all = Vec::new();
        loop {
            let before = all.len();
            let count = self.stream.read_until(b'\n', &mut all).expect("an answer in time");
            assert!(count > 0, "the server closed the connection after {:?}", String::from_utf8_lossy(&all));
            let line = String::from_utf8_lossy(&all[before..]).trim_end().to_owned();
            let length: Option<usize> =
                line.strip_suffix('}').and_then(|l| l.rsplit_once('{')).and_then(|(_, n)| n.parse().ok());
            let Some(length) = length else { return all };
            let start = all.len();
            all.resize(start + length, 0);
            self.stream.read_exact(&mut all[start..]).expect("a literal");
        }
    }

    pub(super) fn send(&mut self, bytes: &[u8]) {
        self.stream.get_mut().write_all(bytes).expect("a command sent");
        self.stream.get_mut().flush().expect("a command sent");
    }

    fn tag(&mut self) -> String {
        self.next += 1;
        format!("t{}", self.next)
    }

    /// Everything up to the tagged answer, as responses.
    pub(super) fn until_tagged(&mut self, tag: &str) -> Vec<Vec<u8>> {
        let mut all = Vec::new();
        loop {
            all.push(self.response());
            if all.last().is_some_and(|l| l.starts_with(format!("{tag} ").as_bytes())) {
                return all;
            }
        }
    }

    pub(super) fn raw(&mut self, command: &str) -> String {
        let tag = self.tag();
        self.send(format!("{tag} {command}\r\n").as_bytes());
        self.until_tagged(&tag).iter().map(|r| String::from_utf8_lossy(r).into_owned()).collect()
    }

    pub(super) fn run(&mut self, command: &[u8]) -> Meaning {
        let tag = self.tag();
        let command = match std::str::from_utf8(command) {
            Ok(text) if text.contains('{') => {
                let mark = self.mark.to_string();
                text.replace("{modseq}", &mark).replace("{validity}", &self.validity).into_bytes()
            }
            _ => command.to_vec(),
        };
        self.send(&[tag.as_bytes(), b" ", &command, b"\r\n"].concat());
        let responses = self.until_tagged(&tag);
        self.hear(&responses);
        meaning(&responses, self.mark)
    }

    /// Remembers what later commands may name.
    fn hear(&mut self, responses: &[Vec<u8>]) {
        for line in responses.iter().map(|r| String::from_utf8_lossy(r)) {
            let number = |after: &str| {
                let digits = line.split_once(after)?.1;
                digits.split(|c: char| !c.is_ascii_digit()).next().map(str::to_owned)
            };
            if let Some(validity) = number("[UIDVALIDITY ") {
                self.validity = validity;
            }
            let numeral = |after: &str| number(after).and_then(|n| n.parse().ok());
            // Each folder counts for itself.
            self.heard = numeral("[HIGHESTMODSEQ ").unwrap_or(self.heard);
            self.heard = numeral(" MODSEQ (").map_or(self.heard, |n: u64| n.max(self.heard));
        }
    }

    /// IDLE until something came, then DONE.
    pub(super) fn idle(&mut self, meanwhile: impl FnOnce(), until: &str) -> Meaning {
        let tag = self.tag();
        self.send(format!("{tag} IDLE\r\n").as_bytes());
        let mut all = Vec::new();
        loop {
            let response = self.response();
            if response.starts_with(b"+") {
                break;
            }
            all.push(response);
        }
        meanwhile();
        while !all.last().is_some_and(|r| String::from_utf8_lossy(r).contains(until)) {
            all.push(self.response());
        }
        self.send(b"DONE\r\n");
        all.extend(self.until_tagged(&tag));
        self.hear(&all);
        meaning(&all, self.mark)
    }
}

fn tcp(at: SocketAddr) -> TcpStream {
    let stream = TcpStream::connect(at).expect("the server listens");
    stream.set_read_timeout(Some(Duration::from_mins(1))).expect("a deadline");
    stream.set_nodelay(true).expect("no delay");
    stream
}

fn encrypted(stream: TcpStream, ca_pem: &str) -> Box<dyn Stream> {
    let ca = native_tls::Certificate::from_pem(ca_pem.as_bytes()).expect("the authority");
    let connector = native_tls::TlsConnector::builder().add_root_certificate(ca).build().expect("a connector");
    Box::new(connector.connect("localhost", stream).expect("a handshake with a checked name"))
}

pub(super) fn meaning(responses: &[Vec<u8>], mark: u64) -> Meaning {
    let mut meaning = Meaning::default();
    let mut left: Vec<usize> = (1..=20_000).collect();
    for response in responses {
        let pieces = pieces(response);
        let word = |at: usize| match pieces.get(at) {
            Some(Piece::Atom(word)) => word.to_ascii_uppercase(),
            _ => String::new(),
        };
        let number = word(1).parse::<u32>().ok();
        match (word(0).as_str(), number, word(if number.is_some() { 2 } else { 1 }).as_str()) {
            ("*", Some(n), "EXPUNGE") => {
                meaning.expunged.insert(left.remove(usize::try_from(n).unwrap() - 1));
            }
            ("*", Some(n), "EXISTS") => meaning.exists = Some(n.to_string()),
            ("*", Some(n), "FETCH") => {
                let Some(Piece::List(items)) = pieces.get(3) else { panic!("{pieces:?}") };
                let known = meaning.fetched.entry(n).or_default();
                for pair in items.chunks(2) {
                    let Piece::Atom(name) = &pair[0] else { panic!("{items:?}") };
                    let value = if name == "MODSEQ" { age(&pair[1], mark) } else { settled(name, &pair[1]) };
                    known.insert(name.to_ascii_uppercase().replace('"', ""), value);
                }
            }
            // Recent is gone from the protocol, capabilities are each server's own, BYE is followed by the tag.
            ("*", _, "RECENT" | "CAPABILITY" | "BYE" | "ID") => {}
            ("*", None, "OK") => meaning.others.extend(code(response).map(|c| format!("OK {c}"))),
            ("*", None, "SEARCH") => {
                let found: BTreeSet<u32> = (2..pieces.len()).filter_map(|at| word(at).parse().ok()).collect();
                meaning.others.insert(format!("SEARCH {found:?}"));
            }
            ("*", None, "VANISHED" | "ESEARCH" | "ENABLED") => {
                meaning.others.insert(changes::said(&pieces, mark));
            }
            ("*", None, "FLAGS") => {
                meaning.others.insert(format!("FLAGS {:?}", settled("FLAGS", &pieces[2])));
            }
            ("*", None, "LIST" | "LSUB") => {
                // What folders are for is said by LIST; whether LSUB repeats it is the server's choice.
                let attributes = if word(1) == "LIST" { settled("FLAGS", &pieces[2]) } else { Piece::Nil };
                meaning.others.insert(format!("{} {attributes:?} {}", word(1), text(&pieces[4])));
            }
            ("*", None, "STATUS") => {
                let Piece::List(items) = &pieces[3] else { panic!("{pieces:?}") };
                let items: BTreeSet<String> =
                    items.chunks(2).map(|p| format!("{} {}", text(&p[0]), text(&p[1]))).collect();
                let items: BTreeSet<String> = items
                    .into_iter()
                    .map(|i| if i.starts_with("HIGHESTMODSEQ") { "HIGHESTMODSEQ".into() } else { i })
                    .collect();
                let kept = items.iter().filter(|i| !i.starts_with("RECENT") && !i.starts_with("UIDVALIDITY"));
                meaning.others.insert(format!("STATUS {} {:?}", text(&pieces[2]), kept.collect::<Vec<_>>()));
            }
            ("*", ..) => {
                meaning.others.insert(format!("{pieces:?}"));
            }
            (_, _, end) => {
                let said = format!("{end} {}", code(response).unwrap_or_default());
                said.trim_end().clone_into(&mut meaning.end);
            }
        }
    }
    meaning
}

/// The response code, if it is one that a client acts on; numbers of validity are each server's own.
fn code(response: &[u8]) -> Option<String> {
    let line = String::from_utf8_lossy(response).into_owned();
    let inside = line.split_once('[')?.1.rsplit_once(']')?.0.to_owned();
    let mut words: Vec<&str> = inside.split(' ').collect();
    match words[0] {
        "UIDVALIDITY" | "HIGHESTMODSEQ" => Some(words[0].into()),
        "COPYUID" | "APPENDUID" => {
            words[1] = "validity";
            Some(words.join(" "))
        }
        "PERMANENTFLAGS" => {
            let flags: BTreeSet<&str> = inside.split(['(', ')', ' ']).filter(|w| !w.is_empty()).collect();
            Some(format!("{flags:?}"))
        }
        "MODIFIED" | "UIDNEXT" | "UNSEEN" | "READ-ONLY" | "READ-WRITE" | "TRYCREATE" | "BADCHARSET"
        | "ALREADYEXISTS" => Some(if words[0] == "BADCHARSET" { words[0].to_owned() } else { inside }),
        _ => None,
    }
}

/// Whether a modification sequence is from before the mark.
fn age(value: &Piece, mark: u64) -> Piece {
    let Piece::List(inner) = value else { return value.clone() };
    let modseq: u64 = inner.first().and_then(|n| text(n).parse().ok()).unwrap_or_default();
    Piece::Atom(if modseq > mark { "new".into() } else { "old".into() })
}

/// A value without what does not matter: the order of flags, the zone of a date, the case of MIME words.
fn settled(name: &str, value: &Piece) -> Piece {
    match (name.to_ascii_uppercase().as_str(), value) {
        ("FLAGS", Piece::List(flags)) => {
            let mut flags: Vec<Piece> = flags
                .iter()
                .map(|f| Piece::Atom(text(f).to_ascii_lowercase()))
                .filter(|f| !matches!(text(f).as_str(), "\\recent" | "\\marked" | "\\unmarked" | "\\subscribed"))
                .collect();
            flags.sort();
            Piece::List(flags)
        }
        // Both `03-Nov` and ` 3-Nov` are right.
        ("INTERNALDATE", Piece::Text(date)) => Piece::Text(date.replacen(' ', "0", usize::from(date.starts_with(' ')))),
        _ => value.clone(),
    }
}

pub(super) fn text(piece: &Piece) -> String {
    match piece {
        Piece::Nil => "NIL".into(),
        Piece::Atom(text) | Piece::Text(text) => text.clone(),
        Piece::List(list) => format!("{list:?}"),
    }
}

pub(super) fn pieces(response: &[u8]) -> Vec<Piece> {
    let mut rest = response;
    let mut stack = vec![Vec::new()];
    while let Some(&byte) = rest.first() {
        match byte {
            b' ' | b'\r' | b'\n' => rest = &rest[1..],
            b'(' => {
                stack.push(Vec::new());
                rest = &rest[1..];
            }
            b')' => {
                rest = &rest[1..];
                if stack.len() > 1 {
                    let list = stack.pop().unwrap();
                    stack.last_mut().unwrap().push(Piece::List(list));
                }
            }
            b'"' => {
                let mut value = Vec::new();
                let mut at = 1;
                while at < rest.len() && rest[at] != b'"' {
                    at += usize::from(rest[at] == b'\\');
                    value.push(rest[at]);
                    at += 1;
                }
                stack.last_mut().unwrap().push(Piece::Text(latin(&value)));
                rest = &rest[(at + 1).min(rest.len())..];
            }
            b'{' => {
                let close = rest.iter().position(|b| *b == b'}').unwrap();
                let length: usize = String::from_utf8_lossy(&rest[1..close]).parse().unwrap();
                let start = close + 3;
                stack.last_mut().unwrap().push(Piece::Text(latin(&rest[start..start + length])));
                rest = &rest[start + length..];
            }
            _ => {
                let mut inside = 0;
                let end = rest.iter().position(|b| {
                    inside += i32::from(*b == b'[') - i32::from(*b == b']');
                    inside <= 0 && matches!(b, b' ' | b'(' | b')' | b'\r' | b'\n')
                });
                let (atom, tail) = rest.split_at(end.unwrap_or(rest.len()));
                let atom = latin(atom);
                stack.last_mut().unwrap().push(if atom == "NIL" { Piece::Nil } else { Piece::Atom(atom) });
                rest = tail;
            }
        }
    }
    stack.swap_remove(0)
}

/// Every byte as a character, so that raw bytes compare and print.
fn latin(bytes: &[u8]) -> String {
    bytes.iter().map(|b| char::from(*b)).collect()
}
