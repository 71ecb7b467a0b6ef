//! How fast 100,000 messages come in from a server that never lets one wait, beside a floor of the same run: the same
//! bytes read from a socket by somebody who does not care what they say. `cargo bench --bench wire`

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a benchmark prints, and ends at the first fault")]

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::time::Duration;

use hongyan::model::{Failure, FolderName, Secret, Server, TlsMode, clock};
use hongyan::net::Dialer;
use hongyan::store::Incoming;
use hongyan::sync::{Remote as _, Sink, Span, Way};

const MESSAGES: usize = 100_000;
const ROUNDS: usize = 5;
const HEADER: &str = "Date: Thu, 19 Nov 2026 10:00:00 +0800\r\nFrom: =?utf-8?B?5byg5LiJ?= <zhang@example.com>\r\n\
    To: li@example.com\r\nSubject: =?utf-8?B?5YWz5LqO5LiL5ZGo55qE5Lya6K6u5a6J5o6S?=\r\n\
    Message-ID: <1234567890.abcdef@example.com>\r\nContent-Type: multipart/alternative; boundary=\"----1\"\r\n\r\n";

struct Count(usize);

impl Sink for Count {
    async fn take(&mut self, batch: Vec<Incoming>) -> Result<(), Failure> {
        self.0 += batch.len();
        Ok(())
    }
}

fn rows() -> Vec<u8> {
    let mut rows = Vec::new();
    for n in 1..=MESSAGES {
        write!(
            rows,
            "* {n} FETCH (UID {n} FLAGS (\\Seen) INTERNALDATE \"19-Nov-2026 10:00:00 +0800\" RFC822.SIZE 12345 \
             BODY[HEADER.FIELDS (DATE FROM TO CC REPLY-TO SUBJECT MESSAGE-ID IN-REPLY-TO REFERENCES LIST-ID \
             LIST-UNSUBSCRIBE PRECEDENCE X-OQ-MSGID CONTENT-TYPE)] {{{}}}\r\n{HEADER})\r\n",
            HEADER.len()
        )
        .unwrap();
    }
    rows
}

fn list() -> Vec<u8> {
    let mut list = Vec::new();
    for n in 1..=MESSAGES {
        write!(list, "* {n} FETCH (UID {n} FLAGS (\\Seen))\r\n").unwrap();
    }
    list
}

fn talk(tcp: TcpStream, rows: &[u8], list: &[u8]) -> std::io::Result<()> {
    let mut out = tcp.try_clone()?;
    out.write_all(b"* OK hello\r\n")?;
    for line in BufReader::new(tcp).lines() {
        let line = line?;
        let (tag, command) = line.split_once(' ').unwrap_or_default();
        let said = match command {
            "CAPABILITY" => &b"* CAPABILITY IMAP4rev1\r\n"[..],
            command if command.starts_with("SELECT") => b"* 100000 EXISTS\r\n* OK [UIDVALIDITY 3] x\r\n",
            command if command.contains("HEADER") => rows,
            command if command.contains("FETCH") => list,
            _ => b"",
        };
        out.write_all(said)?;
        out.write_all(format!("{tag} OK\r\n").as_bytes())?;
    }
    Ok(())
}

/// Reads so many bytes and forgets them.
fn floor(port: u16, command: &str, size: usize) -> Duration {
    let mut tcp = TcpStream::connect(("127.0.0.1", port)).unwrap();
    let begun = clock::instant();
    tcp.write_all(format!("x {command}\r\n").as_bytes()).unwrap();
    let (mut read, mut chunk) = (0, vec![0; 32 * 1024]);
    while read < size {
        read += tcp.read(&mut chunk).unwrap();
    }
    begun.elapsed()
}

fn main() {
    let (rows, list) = (Arc::new(rows()), Arc::new(list()));
    let sizes = (rows.len(), list.len());
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        while let Ok((tcp, _)) = listener.accept() {
            let (rows, list) = (rows.clone(), list.clone());
            std::thread::spawn(move || drop(talk(tcp, &rows, &list)));
        }
    });
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let server = Server { host: "127.0.0.1".into(), port, tls: TlsMode::None };
        let way = Way::new(Dialer::default(), server, "u".into(), Secret::new("p".into()));
        let mut session = way.connect().await.unwrap();
        session
            .open(&FolderName { wire: b"INBOX".to_vec(), delimiter: None }, &hongyan::store::Standing::default())
            .await
            .unwrap();
        let mut best = [Duration::MAX; 4];
        for _ in 0..ROUNDS {
            let begun = clock::instant();
            let mut count = Count(0);
            session.headers(Span::Above(0), &mut count).await.unwrap();
            let took_rows = begun.elapsed();
            let begun = clock::instant();
            let listed = session.enumerate().await.unwrap().len();
            let took_list = begun.elapsed();
            assert!(count.0 == MESSAGES && listed == MESSAGES);
            let floors = [floor(port, "FETCH HEADER", sizes.0), floor(port, "FETCH", sizes.1)];
            for (best, now) in best.iter_mut().zip([took_rows, took_list].into_iter().chain(floors)) {
                *best = now.min(*best);
            }
        }
        let [rows, list, rows_floor, list_floor] = best.map(|took| took.as_millis());
        println!("{MESSAGES} rows: {rows} ms (the bytes alone: {rows_floor} ms)");
        println!("{MESSAGES} numbers and flags: {list} ms (the bytes alone: {list_floor} ms)");
    });
}
