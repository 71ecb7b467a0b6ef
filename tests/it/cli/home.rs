//! A home of its own for the program, and what it says there.

use std::collections::BTreeMap;
use std::fs;
use std::io::{Read, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use hongyan::model::clock;
use serde_json::Value;

use crate::dovecot::Dovecot;

pub const USER: &str = "me@mail.example";
pub const PASSWORD: &str = "p:ä {x} 授权码";
pub const PROGRAM: &str = env!("CARGO_BIN_EXE_hongyan");
/// No command takes longer, not even on a busy machine.
pub const PATIENCE: Duration = Duration::from_mins(2);

/// A server with one user.
pub fn server() -> Dovecot {
    let server = Dovecot::start();
    server.add_user(USER, PASSWORD);
    server
}

pub struct Home(tempfile::TempDir);

/// How a command ended.
#[derive(Debug)]
pub struct Done {
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
}

impl Done {
    #[track_caller]
    pub fn good(self) -> Self {
        assert_eq!(self.code, Some(0), "{self:?}");
        self
    }

    /// It failed with one line, and printed nothing else.
    #[track_caller]
    pub fn failed(self) -> String {
        assert_eq!(self.code, Some(1), "{self:?}");
        assert_eq!(self.out, "", "{self:?}");
        assert_eq!(self.err.lines().count(), 1, "{self:?}");
        self.err.trim_end().to_owned()
    }

    #[track_caller]
    pub fn json(&self) -> Value {
        assert_eq!(self.code, Some(0), "{self:?}");
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }
}

impl Home {
    pub fn new() -> Self {
        Self(tempfile::Builder::new().prefix("hongyan-cli-").tempdir().unwrap())
    }

    /// With the account of [`USER`] at this server, its password in a file.
    pub fn with_account(server: &Dovecot) -> Self {
        let home = Self::new();
        home.add(server, &[]).good();
        home
    }

    pub fn add(&self, server: &Dovecot, more: &[&str]) -> Done {
        let (imap, ca) = (format!("localhost:{}", server.imaps_port()), server.ca_path());
        let mut line = vec!["account", "add", USER, "--imap", &imap, "--ca", ca.to_str().unwrap()];
        line.extend(["--secret-stdin", "--secret-store", "file"]);
        line.extend(more);
        self.run_with(&line, PASSWORD)
    }

    pub fn path(&self) -> &Path {
        self.0.path()
    }

    pub fn profile(&self) -> PathBuf {
        self.path().join("data")
    }

    pub fn config(&self) -> String {
        fs::read_to_string(self.path().join("config.toml")).unwrap_or_default()
    }

    pub fn write_config(&self, text: &str) {
        fs::write(self.path().join("config.toml"), text).unwrap();
    }

    pub fn command(&self, arguments: &[&str]) -> Command {
        #[expect(clippy::disallowed_methods, reason = "the program under test")]
        let mut command = Command::new(PROGRAM);
        // Nothing of whoever runs the tests: no keyring, no language, no home.
        command
            .args(arguments)
            .env_clear()
            .env("PATH", "/usr/bin:/bin")
            .env("HOME", self.path())
            .env("HONGYAN_HOME", self.path())
            .env("TZ", "UTC")
            .current_dir(self.path())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        // No terminal to ask at, whoever runs the tests.
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        command
    }

    pub fn start(&self, arguments: &[&str]) -> Child {
        self.command(arguments).spawn().unwrap()
    }

    pub fn run(&self, arguments: &[&str]) -> Done {
        finish(self.start(arguments))
    }

    pub fn run_with(&self, arguments: &[&str], input: &str) -> Done {
        let mut child = self.command(arguments).stdin(Stdio::piped()).spawn().unwrap();
        // It may end without reading.
        let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
        finish(child)
    }

    /// Number and flags of every message of a folder, as `list` says.
    pub fn flags(&self, folder: &str) -> BTreeMap<u32, Vec<String>> {
        let of_row = |row: &Value| {
            let mut flags: Vec<String> =
                row["flags"].as_array().unwrap().iter().map(|flag| flag.as_str().unwrap().to_owned()).collect();
            flags.sort_unstable();
            (u32::try_from(row["uid"].as_u64().unwrap()).unwrap(), flags)
        };
        let rows = self.run(&["list", folder, "--json"]).json();
        let rows = rows.as_array().unwrap();
        let flags: BTreeMap<_, _> = rows.iter().map(of_row).collect();
        assert_eq!(flags.len(), rows.len(), "a message twice");
        flags
    }

    /// Every file below the home, with its bytes.
    pub fn files(&self) -> Vec<(PathBuf, Vec<u8>)> {
        let mut found = Vec::new();
        walk(self.path(), &mut found);
        found
    }
}

fn walk(folder: &Path, found: &mut Vec<(PathBuf, Vec<u8>)>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let about = fs::symlink_metadata(&path).unwrap();
        if about.is_dir() {
            walk(&path, found);
        } else if about.is_file() {
            assert_eq!(about.permissions().mode() & 0o077, 0, "others may read {}", path.display());
            let bytes = fs::read(&path).unwrap();
            found.push((path, bytes));
        }
    }
}

/// Waits for the end, and reads what was said meanwhile.
pub fn finish(mut child: Child) -> Done {
    let read = |pipe: Option<Box<dyn Read + Send>>| {
        std::thread::spawn(move || {
            let mut bytes = Vec::new();
            if let Some(mut pipe) = pipe {
                pipe.read_to_end(&mut bytes).unwrap();
            }
            String::from_utf8(bytes).unwrap()
        })
    };
    let out = read(child.stdout.take().map(|pipe| Box::new(pipe) as Box<dyn Read + Send>));
    let err = read(child.stderr.take().map(|pipe| Box::new(pipe) as Box<dyn Read + Send>));
    let end = clock::instant() + PATIENCE;
    let status = loop {
        match child.try_wait().unwrap() {
            Some(status) => break status,
            None if clock::instant() >= end => {
                child.kill().unwrap();
                panic!("it does not end: {:?}", err.join().unwrap());
            }
            None => std::thread::sleep(Duration::from_millis(2)),
        }
    };
    Done { code: status.code(), out: out.join().unwrap(), err: err.join().unwrap() }
}
