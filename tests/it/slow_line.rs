//! A line to a server that is as slow as one likes, or carries nothing at all.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use hongyan::model::clock;

#[derive(Default)]
struct Rules {
    /// Each way takes so many milliseconds.
    delay: AtomicU64,
    /// Bytes a second to the client; 0 for as many as there are.
    rate: AtomicU64,
    /// Nothing passes to the client.
    held: AtomicBool,
    /// Threads that are just passing something on.
    passing: AtomicUsize,
    /// Bytes that passed to clients.
    passed: AtomicUsize,
    /// Connections that were ever made.
    came: AtomicUsize,
}

impl Rules {
    /// Waits until something may pass.
    fn begin(&self) {
        loop {
            self.passing.fetch_add(1, Ordering::SeqCst);
            if !self.held.load(Ordering::SeqCst) {
                return;
            }
            self.passing.fetch_sub(1, Ordering::SeqCst);
            thread::sleep(Duration::from_millis(2));
        }
    }
}

pub struct SlowLine {
    pub port: u16,
    rules: Arc<Rules>,
}

impl SlowLine {
    pub fn before(port: u16) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let here = listener.local_addr().unwrap().port();
        let rules: Arc<Rules> = Arc::default();
        let shared = rules.clone();
        thread::spawn(move || {
            for near in listener.incoming() {
                let (Ok(near), Ok(far)) = (near, TcpStream::connect(("127.0.0.1", port))) else { return };
                shared.came.fetch_add(1, Ordering::SeqCst);
                let _ = (near.set_nodelay(true), far.set_nodelay(true));
                carry(near.try_clone().unwrap(), far.try_clone().unwrap(), shared.clone(), false);
                carry(far, near, shared.clone(), true);
            }
        });
        Self { port: here, rules }
    }

    pub fn set_delay(&self, each_way: Duration) {
        self.rules.delay.store(u64::try_from(each_way.as_millis()).unwrap(), Ordering::SeqCst);
    }

    pub fn set_rate(&self, bytes_a_second: u64) {
        self.rules.rate.store(bytes_a_second, Ordering::SeqCst);
    }

    /// When this returns, nothing is on its way any more.
    pub fn hold(&self, held: bool) {
        self.rules.held.store(held, Ordering::SeqCst);
        while held && self.rules.passing.load(Ordering::SeqCst) > 0 {
            thread::yield_now();
        }
    }

    pub fn passed(&self) -> usize {
        self.rules.passed.load(Ordering::SeqCst)
    }

    pub fn came(&self) -> usize {
        self.rules.came.load(Ordering::SeqCst)
    }
}

/// One direction: read at once, written when it is due.
fn carry(mut from: TcpStream, mut to: TcpStream, rules: Arc<Rules>, to_client: bool) {
    let (late, due) = mpsc::channel::<(Instant, Vec<u8>)>();
    let shared = rules.clone();
    thread::spawn(move || {
        let mut buffer = [0; 4096];
        while let Ok(read) = from.read(&mut buffer)
            && read > 0
        {
            let delay = Duration::from_millis(shared.delay.load(Ordering::SeqCst));
            if late.send((clock::instant() + delay, buffer[..read].to_vec())).is_err() {
                break;
            }
        }
    });
    thread::spawn(move || {
        for (at, bytes) in due {
            thread::sleep(at.saturating_duration_since(clock::instant()));
            for byte in bytes.chunks(if rules.rate.load(Ordering::SeqCst) == 0 { bytes.len() } else { 1 }) {
                if !to_client {
                    if to.write_all(byte).is_err() {
                        return;
                    }
                    continue;
                }
                let rate = rules.rate.load(Ordering::SeqCst);
                if rate > 0 {
                    thread::sleep(Duration::from_secs(1) / u32::try_from(rate).unwrap());
                }
                rules.begin();
                let written = to.write_all(byte);
                rules.passed.fetch_add(byte.len(), Ordering::SeqCst);
                rules.passing.fetch_sub(1, Ordering::SeqCst);
                if written.is_err() {
                    return;
                }
            }
        }
        let _ = to.shutdown(Shutdown::Both);
    });
}
