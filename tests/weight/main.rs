//! What a server says must not weigh: the memory of this process, which runs nothing else.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "the whole file is a test"
)]

use std::io::{BufRead as _, BufReader, Write};
use std::net::{TcpListener, TcpStream};

use hongyan::model::{FolderName, MessageId, Secret, Server, Timestamp, TlsMode};
use hongyan::net::Dialer;
use hongyan::store::{Incoming, Restore, Spool, Spot, Store, StoreError, StoreOptions, Whole};
use hongyan::sync::imap::Session;
use hongyan::sync::{Remote as _, Sink, Span, Way};

const MEGABYTE: usize = 1024 * 1024;
/// What is measured is rounded by the allocator, which keeps some for later.
const LITTLE: usize = 8 * MEGABYTE;

/// Bytes of this process in memory.
fn resident() -> usize {
    let statm = std::fs::read_to_string("/proc/self/statm").unwrap();
    statm.split(' ').nth(1).unwrap().parse::<usize>().unwrap() * 4096
}

/// The most since it was last asked to forget it.
fn peak() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<usize>().unwrap() * 1024
}

/// How much more it was at most while this was done.
async fn growth(work: impl Future<Output = ()>) -> usize {
    // Forgets the highest so far.
    std::fs::write("/proc/self/clear_refs", "5").unwrap();
    let before = resident();
    work.await;
    peak().saturating_sub(before)
}

type Fetch = fn(&mut dyn Write) -> std::io::Result<()>;

/// A server that answers FETCH like this, byte by byte as it is made.
fn server(fetch: Fetch) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        while let Ok((tcp, _)) = listener.accept() {
            let _ = talk(tcp, fetch);
        }
    });
    port
}

fn talk(tcp: TcpStream, fetch: Fetch) -> std::io::Result<()> {
    let mut out = std::io::BufWriter::new(tcp.try_clone()?);
    out.write_all(b"* OK hello\r\n")?;
    out.flush()?;
    for line in BufReader::new(tcp).lines() {
        let line = line?;
        let (tag, command) = line.split_once(' ').unwrap_or_default();
        if command.starts_with("SELECT") {
            out.write_all(b"* 5 EXISTS\r\n* OK [UIDVALIDITY 3] x\r\n")?;
        } else if command.contains("FETCH") {
            fetch(&mut out)?;
        } else if command == "CAPABILITY" {
            out.write_all(b"* CAPABILITY IMAP4rev1\r\n")?;
        }
        write!(out, "{tag} OK\r\n")?;
        out.flush()?;
    }
    Ok(())
}

async fn session(fetch: Fetch) -> Session {
    let server = Server { host: "127.0.0.1".into(), port: server(fetch), tls: TlsMode::None };
    let mut session = Way::new(Dialer::default(), server, "u".into(), Secret::new("p".into())).connect().await.unwrap();
    session
        .open(&FolderName { wire: b"INBOX".to_vec(), delimiter: None }, &hongyan::store::Standing::default())
        .await
        .unwrap();
    session
}

struct Count(usize);

impl Sink for Count {
    async fn take(&mut self, batch: Vec<Incoming>) -> Result<(), hongyan::model::Failure> {
        self.0 += batch.len();
        Ok(())
    }
}

fn many(out: &mut dyn Write, bytes: usize) -> std::io::Result<()> {
    let chunk = vec![b'x'; 64 * 1024];
    for _ in 0..bytes / chunk.len() {
        out.write_all(&chunk)?;
    }
    Ok(())
}

/// One test, so that nothing else runs beside it.
#[test]
fn what_a_server_says_does_not_weigh() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        // The first connection makes what every one needs.
        warm().await;
        nothing_weighs().await;
        r03_a_large_attachment_is_not_held().await;
    });
}

async fn warm() {
    let mut remote = session(|out| out.write_all(b"* 1 FETCH (UID 1 FLAGS ())\r\n")).await;
    assert_eq!(remote.enumerate().await.unwrap().len(), 1);
}

async fn nothing_weighs() {
    let cases: [(&str, bool, Fetch); 7] = [
        ("i04 100,000 parentheses", true, |out| {
            let deep = "(".repeat(100_000) + &")".repeat(100_000);
            write!(out, "* 1 FETCH (UID 1 BODYSTRUCTURE {deep})\r\n")
        }),
        ("i01 a literal of 99,999,999,999 bytes", false, |out| {
            out.write_all(b"* 1 FETCH (UID 1 BODY[] {99999999999}\r\n").and_then(|()| many(out, 64 * MEGABYTE))
        }),
        ("i02 a literal of 500 MB", false, |out| {
            out.write_all(b"* 1 FETCH (UID 1 BODY[HEADER] {500000000}\r\n")?;
            many(out, 64 * MEGABYTE)?;
            Err(std::io::ErrorKind::ConnectionAborted.into())
        }),
        ("i03 a line without end", false, |out| out.write_all(b"* OK ").and_then(|()| many(out, 1024 * MEGABYTE))),
        ("i07 1,000,000 EXISTS", true, |out| (0..1_000_000).try_for_each(|_| out.write_all(b"* 5 EXISTS\r\n"))),
        ("i05 500,000 lines that nobody knows", true, |out| {
            (0..500_000).try_for_each(|_| out.write_all(b"* NAMESPACE NIL NIL NIL\r\n"))
        }),
        ("r02 headers of 50 MB", true, |out| {
            for uid in 1..=4 {
                write!(out, "* {uid} FETCH (UID {uid} BODY[HEADER.FIELDS (SUBJECT)] {{52428800}}\r\n")?;
                many(out, 50 * MEGABYTE)?;
                out.write_all(b")\r\n")?;
            }
            Ok(())
        }),
    ];
    for (name, fine, fetch) in cases {
        let mut remote = session(fetch).await;
        let grown = growth(async {
            let ended = remote.headers(Span::Above(0), &mut Count(0)).await;
            assert_eq!(ended.is_ok(), fine, "{name}: {ended:?}");
        })
        .await;
        println!("{name}: {:.1} MB", f64::from(u32::try_from(grown / 1024).unwrap()) / 1024.0);
        let most = if name.starts_with("r02") { 4 * LITTLE } else { LITTLE };
        assert!(grown < most, "{name}: {grown}");
    }
}

async fn r03_a_large_attachment_is_not_held() {
    const SIZE: usize = 300 * MEGABYTE;
    let mut remote = session(|out| {
        write!(out, "* 1 FETCH (UID 1 RFC822.SIZE {SIZE} BODY[] {{{SIZE}}}\r\n")?;
        many(out, SIZE)?;
        out.write_all(b")\r\n")
    })
    .await;
    let dir = tempfile::tempdir().unwrap();
    remote.spool_into(Spool::of(dir.path()));
    let grown = growth(async {
        let one = Spot { uid: 1, size: u64::try_from(SIZE).unwrap(), arrival: Timestamp(0) };
        let found = remote.bodies(&[one]).await.unwrap();
        assert!(matches!(&found[..], [(1, Whole::File(_))]));
        assert_eq!(found[0].1.size(), u64::try_from(SIZE).unwrap());
        assert_eq!(found[0].1.beginning().unwrap().len(), 16 * MEGABYTE);
        let (changes, _) = tokio::sync::mpsc::unbounded_channel();
        let options = StoreOptions { profile: dir.path(), accounts: &[], now: Timestamp(0), restore: Restore::Refuse };
        let store = Store::open(&options, changes).unwrap();
        let whole = found.into_iter().next().unwrap().1;
        // It is filed away first, and then nobody knows whose it is.
        assert!(matches!(store.mail.keep_body(MessageId(1), whole).await, Err(StoreError::Gone)));
    })
    .await;
    println!("r03 an attachment of 300 MB: {} MB", grown / MEGABYTE);
    assert!(grown < 64 * MEGABYTE, "{grown}");
    let left = std::fs::read_dir(dir.path().join("spool")).unwrap().count();
    assert_eq!(left, 0);
}
