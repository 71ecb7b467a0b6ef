//! The only place that starts other programs.
//!
//! A program is an argument list, never a line for a shell, so nothing in it can be taken for a command. It gets a clean
//! environment made from an allow-list, no standard input, a limit on what it may say and a deadline; when either is
//! passed, it and everything that it started is killed. Only a program that is put in front has the terminal (`front`).

mod core;
mod front;

use std::ffi::{OsStr, OsString};
use std::io::{Read, Write as _};
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::process::CommandExt as _;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::time::Duration;

pub use self::core::leave_no_core;
pub use self::front::{InFront, Watch, in_front};
use zeroize::Zeroizing;

use crate::model::clock;
use crate::text::SafeText;

/// The variables that other programs get to see, and those that begin with `LC_`. None of them carries a secret.
pub const HANDED_ON: [&str; 22] = [
    "PATH",
    "HOME",
    "USER",
    "LOGNAME",
    "SHELL",
    "LANG",
    "LANGUAGE",
    "TERM",
    "COLORTERM",
    "TZ",
    "TMPDIR",
    "DISPLAY",
    "WAYLAND_DISPLAY",
    "XAUTHORITY",
    "DBUS_SESSION_BUS_ADDRESS",
    "XDG_RUNTIME_DIR",
    "XDG_CONFIG_HOME",
    "XDG_DATA_HOME",
    "SSH_AUTH_SOCK",
    "GNUPGHOME",
    "GPG_TTY",
    "PASSWORD_STORE_DIR",
];

/// What other programs get to see of our environment.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Environment(Vec<(OsString, OsString)>);

impl Environment {
    /// Keeps what is on the list and drops the rest.
    pub fn of(variables: impl IntoIterator<Item = (OsString, OsString)>) -> Self {
        let kept =
            |name: &OsString| name.to_str().is_some_and(|name| HANDED_ON.contains(&name) || name.starts_with("LC_"));
        Self(variables.into_iter().filter(|(name, _)| kept(name)).collect())
    }

    /// With one more, which is ours.
    #[must_use]
    pub fn and(mut self, name: &str, value: &str) -> Self {
        self.0.retain(|(known, _)| known != name);
        self.0.push((name.into(), value.into()));
        self
    }

    /// Without one. The terminal that GnuPG asks on is no longer named while somebody else draws on it: two that read from
    /// it take the letters from each other.
    #[must_use]
    pub fn without(mut self, name: &str) -> Self {
        self.0.retain(|(known, _)| known != name);
        self
    }

    /// Whether a variable is set, and to something.
    pub fn says(&self, variable: &str) -> bool {
        self.0.iter().any(|(name, value)| name == variable && !value.is_empty())
    }

    /// Whether a program of this name would be found.
    pub fn has(&self, program: &str) -> bool {
        let can_run = |path: PathBuf| path.is_file() && rustix::fs::access(&path, rustix::fs::Access::EXEC_OK).is_ok();
        if program.contains('/') {
            return can_run(PathBuf::from(program));
        }
        let path = self.0.iter().find(|(name, _)| name == "PATH").map(|(_, value)| value.clone()).unwrap_or_default();
        !program.is_empty()
            && path
                .as_bytes()
                .split(|byte| *byte == b':')
                .any(|folder| can_run(PathBuf::from(OsStr::from_bytes(folder)).join(program)))
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Limits {
    /// Bytes of standard output.
    pub output: usize,
    /// From the start to the end of the program.
    pub time: Duration,
}

/// What a program said and how it ended. Debug does not show what it said: it may be a password.
pub struct Finished {
    pub output: Zeroizing<Vec<u8>>,
    /// The exit status; `None` if a signal ended it.
    pub status: Option<i32>,
}

impl std::fmt::Debug for Finished {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Finished {{ output: {} bytes, status: {:?} }}", self.output.len(), self.status)
    }
}

/// Why there is no result. Only the program's name is told, never its arguments: one of them may be a secret.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Trouble {
    #[error("the command is empty")]
    Empty,
    #[error("the program `{program}` was not found")]
    NotFound { program: SafeText },
    #[error("the program `{program}` could not be started: {said}")]
    NotStarted { program: SafeText, said: SafeText },
    #[error("the program `{program}` took longer than {} seconds and was stopped", .after.as_secs())]
    TooSlow { program: SafeText, after: Duration },
    #[error("the program `{program}` wrote more than {limit} bytes and was stopped")]
    TooMuch { program: SafeText, limit: usize },
}

/// Runs a program to its end. It blocks: call it where blocking is allowed.
pub fn run(argv: &[String], environment: &Environment, limits: Limits) -> Result<Finished, Trouble> {
    to_its_end(argv, environment, limits, None)
}

/// The same, where the program reads `input`, or as much of it as it likes.
pub fn feed(argv: &[String], environment: &Environment, limits: Limits, input: Vec<u8>) -> Result<Finished, Trouble> {
    to_its_end(argv, environment, limits, Some(input))
}

/// Starts a program and leaves it to itself: it may show something as long as it likes, and goes on when we end. `told`
/// learns how it ended, or after `patience` that it is still there (`None`). It blocks until the program ends.
pub fn leave(
    argv: &[String],
    environment: &Environment,
    patience: Duration,
    told: impl FnOnce(Result<Option<i32>, Trouble>),
) {
    let spawned = command(argv, environment).and_then(|(mut command, program)| {
        command.stdin(Stdio::null()).stdout(Stdio::null()).spawn().map_err(|error| not_started(&program, &error))
    });
    let mut child = match spawned {
        Ok(child) => child,
        Err(trouble) => return told(Err(trouble)),
    };
    if let Gathered::Exited(status) = wait(&mut child, clock::instant() + patience) {
        // A program that a signal ended is over as well.
        told(Ok(Some(status.unwrap_or(-1))));
    } else {
        told(Ok(None));
        let _ = child.wait();
    }
}

fn not_started(program: &SafeText, error: &std::io::Error) -> Trouble {
    match error.kind() {
        std::io::ErrorKind::NotFound => Trouble::NotFound { program: program.clone() },
        _ => Trouble::NotStarted { program: program.clone(), said: SafeText::of(&error.to_string()) },
    }
}

fn command(argv: &[String], environment: &Environment) -> Result<(Command, SafeText), Trouble> {
    let Some((name, arguments)) = argv.split_first().filter(|(name, _)| !name.is_empty()) else {
        return Err(Trouble::Empty);
    };
    #[expect(clippy::disallowed_methods, reason = "the one place")]
    let mut command = Command::new(name);
    command
        .args(arguments)
        .env_clear()
        .envs(environment.0.iter().map(|(name, value)| (name, value)))
        .stderr(Stdio::null())
        // A group of its own, so that a deadline ends its children too.
        .process_group(0);
    Ok((command, SafeText::of(name)))
}

fn to_its_end(
    argv: &[String],
    environment: &Environment,
    limits: Limits,
    input: Option<Vec<u8>>,
) -> Result<Finished, Trouble> {
    let (mut command, program) = command(argv, environment)?;
    let not_started = |error: std::io::Error| not_started(&program, &error);
    command.stdin(if input.is_some() { Stdio::piped() } else { Stdio::null() }).stdout(Stdio::piped());
    let mut child = Guard(command.spawn().map_err(not_started)?);
    if let (Some(mut pipe), Some(input)) = (child.0.stdin.take(), input) {
        let write = move || {
            // Who has read enough goes away: that is no failure.
            let _ = pipe.write_all(&input);
        };
        std::thread::Builder::new().name("program input".to_owned()).spawn(write).map_err(not_started)?;
    }
    let (sender, receiver) = sync_channel(1);
    if let Some(pipe) = child.0.stdout.take() {
        std::thread::Builder::new()
            .name("program output".to_owned())
            .spawn(move || read(pipe, &sender))
            .map_err(not_started)?;
    }
    let end = clock::instant() + limits.time;
    let mut output = Zeroizing::new(Vec::with_capacity(limits.output));
    let mut status = collect(&mut child.0, &receiver, &mut output, limits.output, end);
    if let Gathered::Ended = status {
        status = wait(&mut child.0, end);
    }
    match status {
        Gathered::Exited(status) => Ok(Finished { output, status }),
        Gathered::TooMuch => Err(Trouble::TooMuch { program, limit: limits.output }),
        Gathered::Ended | Gathered::TooSlow => Err(Trouble::TooSlow { program, after: limits.time }),
        Gathered::Lost(said) => Err(Trouble::NotStarted { program, said: SafeText::of(&said) }),
    }
}

enum Gathered {
    /// Standard output was closed.
    Ended,
    Exited(Option<i32>),
    TooMuch,
    TooSlow,
    Lost(String),
}

const LOOK_EVERY: Duration = Duration::from_millis(5);

/// A program that is over may leave a child behind that holds its output open; what it said by then is what counts.
const AFTER_EXIT: Duration = Duration::from_millis(200);

fn collect(
    child: &mut Child,
    chunks: &Receiver<Zeroizing<Vec<u8>>>,
    output: &mut Vec<u8>,
    limit: usize,
    mut end: std::time::Instant,
) -> Gathered {
    let mut exited = None;
    loop {
        match chunks.recv_timeout(LOOK_EVERY) {
            Ok(chunk) if output.len() + chunk.len() > limit => return Gathered::TooMuch,
            Ok(chunk) => output.extend_from_slice(&chunk),
            Err(RecvTimeoutError::Disconnected) => return exited.map_or(Gathered::Ended, Gathered::Exited),
            Err(RecvTimeoutError::Timeout) => {}
        }
        if clock::instant() >= end {
            return exited.map_or(Gathered::TooSlow, Gathered::Exited);
        }
        if exited.is_none() {
            match child.try_wait() {
                Ok(Some(status)) => {
                    exited = Some(status.code());
                    end = end.min(clock::instant() + AFTER_EXIT);
                }
                Ok(None) => {}
                Err(error) => return Gathered::Lost(error.to_string()),
            }
        }
    }
}

fn wait(child: &mut Child, end: std::time::Instant) -> Gathered {
    loop {
        match child.try_wait() {
            Ok(Some(status)) => return Gathered::Exited(status.code()),
            Ok(None) if clock::instant() >= end => return Gathered::TooSlow,
            Ok(None) => std::thread::sleep(LOOK_EVERY),
            Err(error) => return Gathered::Lost(error.to_string()),
        }
    }
}

fn read(mut pipe: impl Read, to: &SyncSender<Zeroizing<Vec<u8>>>) {
    let mut buffer = Zeroizing::new([0_u8; 4096]);
    while let Ok(n) = pipe.read(buffer.as_mut_slice()) {
        let Some(read) = buffer.get(..n).filter(|read| !read.is_empty()) else { return };
        if to.send(Zeroizing::new(read.to_vec())).is_err() {
            return;
        }
    }
}

/// Whatever way the function is left, the program does not outlive it.
struct Guard(Child);

impl Drop for Guard {
    fn drop(&mut self) {
        if let Ok(Some(_)) = self.0.try_wait() {
            return;
        }
        // Not reaped yet, so the number is still its own.
        if let Some(group) = i32::try_from(self.0.id()).ok().and_then(rustix::process::Pid::from_raw) {
            let _ = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
        }
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[cfg(test)]
mod tests;
