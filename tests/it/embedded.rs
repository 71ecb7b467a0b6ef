//! The server that hongyan carries along, as the other side of the real program: with a personality, with faults, and
//! with a line that can be as bad as one likes.

use std::path::{Path, PathBuf};

use hongyan::demo::{Demo, Fault, Options, serve};
use hongyan::model::clock;

use crate::cli::home::Home;

pub const ADDRESS: &str = "demo@hongyan.example";
pub const SECRET: &str = "canary-7391-Wildgans";

pub struct Embedded {
    pub demo: Demo,
    runtime: tokio::runtime::Runtime,
    ca: tempfile::TempDir,
}

impl Embedded {
    pub fn start(change: impl FnOnce(&mut Options)) -> Self {
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(1).max_blocking_threads(2).enable_all().build();
        let runtime = runtime.unwrap();
        let mut options = Options::new(clock::now(), SECRET);
        change(&mut options);
        let demo = runtime.block_on(serve(options)).unwrap();
        let ca = tempfile::tempdir().unwrap();
        std::fs::write(ca.path().join("ca.pem"), &demo.ca_pem).unwrap();
        Self { demo, runtime, ca }
    }

    pub fn port(&self) -> u16 {
        self.demo.tls.port()
    }

    pub fn ca(&self) -> PathBuf {
        self.ca.path().join("ca.pem")
    }

    /// Asks the server itself for something.
    pub fn ask<T>(&self, what: impl AsyncFnOnce(&Demo) -> std::io::Result<T>) -> T {
        self.runtime.block_on(what(&self.demo)).unwrap()
    }

    /// Connections that are made from now on are like this.
    pub fn fail(&self, faults: &[Fault]) {
        self.ask(async |demo| demo.break_connections(faults).await);
    }

    /// How many commands so far began with this word, on all connections.
    pub fn heard(&self, verb: &str) -> usize {
        let said = self.ask(async |demo| demo.said().await);
        let is = |line: &&String| line.to_uppercase().split(' ').nth(1) == Some(verb);
        said.iter().filter(is).count()
    }

    /// A home with this account, reached at that port; `settings` stand before it.
    pub fn home(&self, port: u16, settings: &str) -> Home {
        let home = Home::new();
        let imap = format!("localhost:{port}");
        let ca = self.ca();
        let line = ["account", "add", ADDRESS, "--imap", &imap, "--ca", ca.to_str().unwrap(), "--no-check"];
        let line = [&line[..], &["--secret-stdin", "--secret-store", "file"]].concat();
        home.run_with(&line, SECRET).good();
        write_before(home.path(), settings);
        home
    }
}

fn write_before(home: &Path, settings: &str) {
    let file = home.join("config.toml");
    let account = std::fs::read_to_string(&file).unwrap();
    std::fs::write(file, format!("{settings}\n{account}")).unwrap();
}
