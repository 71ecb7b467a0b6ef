//! A name server on the loopback that knows a few domains, and talks nonsense on demand. Written from RFC 1035, without
//! the library that the program asks with.

use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, UdpSocket};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

/// What it says about a domain.
#[derive(Clone, Debug)]
pub enum Says {
    /// Machines that receive its mail.
    Mx(&'static [(u16, &'static str)]),
    /// There is such a domain, and nothing of this kind.
    Nothing,
    /// There is no such domain.
    NoDomain,
    /// The server has a fault (SERVFAIL).
    Fault,
    /// No answer at all.
    Silence,
    /// The answer to another question number.
    WrongId,
    /// The answer to a question about another domain.
    WrongDomain,
    /// A name that points to itself.
    Loop,
    /// Cut in the middle, by both ways.
    Cut,
    /// It says over UDP that there is more, and gives it over TCP.
    ByTcp(&'static [(u16, &'static str)]),
    /// As many answers as a message holds.
    Many,
    /// The same, with ten thousand announced.
    TooMany,
    /// Bytes that are no message.
    Garbage,
    /// The domain has another name, which has this one.
    Circle,
}

pub struct NameServer {
    pub at: SocketAddr,
    asked: Arc<AtomicUsize>,
    stop: Arc<AtomicBool>,
}

impl Drop for NameServer {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
    }
}

const BREATH: Duration = Duration::from_millis(50);

impl NameServer {
    pub fn start(known: &[(&str, Says)]) -> Self {
        // The same port by both ways.
        let (udp, tcp) = (0..100)
            .find_map(|_| {
                let tcp = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).ok()?;
                Some((UdpSocket::bind(tcp.local_addr().ok()?).ok()?, tcp))
            })
            .unwrap();
        let at = udp.local_addr().unwrap();
        let known: Vec<(String, Says)> = known.iter().map(|(name, says)| ((*name).to_owned(), says.clone())).collect();
        let known = Arc::new(known);
        let (asked, stop) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicBool::new(false)));
        udp.set_read_timeout(Some(BREATH)).unwrap();
        tcp.set_nonblocking(true).unwrap();
        let (by_udp, stopped, count) = (Arc::clone(&known), Arc::clone(&stop), Arc::clone(&asked));
        std::thread::spawn(move || {
            let mut buffer = [0; 4096];
            while !stopped.load(Ordering::Relaxed) {
                let Ok((size, from)) = udp.recv_from(&mut buffer) else { continue };
                count.fetch_add(1, Ordering::Relaxed);
                if let Some(answer) = answer(&buffer[..size], &by_udp, true) {
                    let _ = udp.send_to(&answer, from);
                }
            }
        });
        let (stopped, count) = (Arc::clone(&stop), Arc::clone(&asked));
        std::thread::spawn(move || {
            while !stopped.load(Ordering::Relaxed) {
                let Ok((mut stream, _)) = tcp.accept() else {
                    std::thread::sleep(BREATH / 10);
                    continue;
                };
                let _ = stream.set_nonblocking(false);
                let _ = stream.set_read_timeout(Some(Duration::from_secs(5)));
                let known = Arc::clone(&known);
                count.fetch_add(1, Ordering::Relaxed);
                std::thread::spawn(move || {
                    let mut length = [0; 2];
                    while stream.read_exact(&mut length).is_ok() {
                        let mut asked = vec![0; usize::from(u16::from_be_bytes(length))];
                        if stream.read_exact(&mut asked).is_err() {
                            return;
                        }
                        let Some(answer) = answer(&asked, &known, false) else { continue };
                        let size = u16::try_from(answer.len()).unwrap();
                        if stream.write_all(&[&size.to_be_bytes()[..], &answer].concat()).is_err() {
                            return;
                        }
                    }
                });
            }
        });
        Self { at, asked, stop }
    }

    /// How many questions came.
    pub fn asked(&self) -> usize {
        self.asked.load(Ordering::Relaxed)
    }
}

const HEAD: usize = 12;
const MX: u16 = 15;
const CNAME: u16 = 5;
/// Where the name of the question stands.
const QUESTION: [u8; 2] = [0xc0, 12];

/// The name that is asked about, and where the question ends.
fn question(asked: &[u8]) -> Option<(String, usize)> {
    let (mut labels, mut at) = (Vec::new(), HEAD);
    loop {
        let length = usize::from(*asked.get(at)?);
        at += 1;
        if length == 0 {
            return Some((labels.join(".").to_lowercase(), at + 4));
        }
        labels.push(String::from_utf8_lossy(asked.get(at..at + length)?).into_owned());
        at += length;
    }
}

fn name(written: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    for label in written.split('.').filter(|label| !label.is_empty()) {
        bytes.push(u8::try_from(label.len()).unwrap());
        bytes.extend_from_slice(label.as_bytes());
    }
    bytes.push(0);
    bytes
}

fn record(of: &[u8], kind: u16, data: &[u8]) -> Vec<u8> {
    let mut bytes = of.to_vec();
    bytes.extend_from_slice(&kind.to_be_bytes());
    bytes.extend_from_slice(&1_u16.to_be_bytes());
    bytes.extend_from_slice(&60_u32.to_be_bytes());
    bytes.extend_from_slice(&u16::try_from(data.len()).unwrap().to_be_bytes());
    bytes.extend_from_slice(data);
    bytes
}

fn mx(of: &[u8], preference: u16, host: &[u8]) -> Vec<u8> {
    record(of, MX, &[&preference.to_be_bytes()[..], host].concat())
}

fn answer(asked: &[u8], known: &[(String, Says)], by_udp: bool) -> Option<Vec<u8>> {
    let (domain, end) = question(asked)?;
    let kind = u16::from_be_bytes([asked[end - 4], asked[end - 3]]);
    let says = known.iter().find(|(name, _)| *name == domain).map_or(&Says::NoDomain, |(_, says)| says);
    let message = |id: [u8; 2], flags: u16, question: &[u8], count: u16, records: &[Vec<u8>]| {
        let mut bytes = id.to_vec();
        for number in [flags, 1, count, 0, 0] {
            bytes.extend_from_slice(&number.to_be_bytes());
        }
        bytes.extend_from_slice(question);
        bytes.extend(records.concat());
        bytes
    };
    let id = [asked[0], asked[1]];
    let (good, truncated) = (0x8180, 0x8380);
    let said = |flags, records: &[Vec<u8>]| {
        Some(message(id, flags, &asked[HEAD..end], u16::try_from(records.len()).unwrap(), records))
    };
    let listed = |list: &[(u16, &str)]| -> Vec<Vec<u8>> {
        if kind == MX { list.iter().map(|(p, host)| mx(&QUESTION, *p, &name(host))).collect() } else { Vec::new() }
    };
    match says {
        Says::Cut | Says::ByTcp(_) | Says::Many | Says::TooMany if by_udp => said(truncated, &[]),
        Says::Mx(list) | Says::ByTcp(list) => said(good, &listed(list)),
        Says::Nothing => said(good, &[]),
        Says::NoDomain => said(good | 3, &[]),
        Says::Fault => said(good | 2, &[]),
        Says::Silence => None,
        Says::WrongId => {
            let records = [mx(&QUESTION, 1, &name("mxbiz1.qq.com"))];
            Some(message([id[0] ^ 0x5a, id[1]], good, &asked[HEAD..end], 1, &records))
        }
        Says::WrongDomain => {
            let other = [&name("other.example")[..], &MX.to_be_bytes(), &1_u16.to_be_bytes()].concat();
            Some(message(id, good, &other, 1, &[mx(&QUESTION, 1, &name("mxbiz1.qq.com"))]))
        }
        Says::Loop => {
            // The name of the machine is a pointer to the pointer itself.
            let here = u16::try_from(end + 2 + 10 + 2).unwrap() | 0xc000;
            said(good, &[mx(&QUESTION, 1, &here.to_be_bytes())])
        }
        Says::Cut => said(good, &[mx(&QUESTION, 1, &name("mxbiz1.qq.com"))]).map(|mut whole| {
            whole.truncate(whole.len() - 6);
            whole
        }),
        Says::Many | Says::TooMany => {
            let each = |n: u16| mx(&QUESTION, 10_000 - n, &name(&format!("m{n}.example")));
            let records: Vec<Vec<u8>> = (0..1900).map(each).collect();
            let announced = if matches!(says, Says::Many) { 1900 } else { 10_000 };
            Some(message(id, good, &asked[HEAD..end], announced, &records))
        }
        Says::Garbage => Some(vec![0xff; 40]),
        Says::Circle => {
            let back = name(&domain);
            let there = name("round.example");
            said(good, &[record(&QUESTION, CNAME, &there), record(&there, CNAME, &back)])
        }
    }
}
