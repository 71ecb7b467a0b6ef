//! A real Postfix on loopback in front of a real [`Dovecot`]: what is handed to it arrives in a mailbox there, and
//! nothing ever leaves the machine. It lives in a folder of its own and is gone with it.
//!
//! Only root can run Postfix. For anybody else the tests say so and look at nothing.

mod mailbox;
mod settings;

use std::cell::RefCell;
use std::fs::{self, Permissions};
use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::{PermissionsExt as _, chown};
use std::os::unix::process::CommandExt as _;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use hongyan::model::{Server, TlsMode, clock};
pub use mailbox::Mailbox;
use rustix::process::{Pid, Signal, kill_process_group};

use crate::dovecot::Dovecot;

const PATIENCE: Duration = Duration::from_mins(1);

/// Where mail is handed over.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Door {
    /// Encrypted at once, as on port 465.
    Tls,
    /// STARTTLS first, as on port 587.
    StartTls,
    /// The same two where only AUTH LOGIN is known.
    TlsSteps,
    StartTlsSteps,
}

impl Door {
    pub const EVERY: [Self; 4] = [Self::Tls, Self::StartTls, Self::TlsSteps, Self::StartTlsSteps];
}

pub struct Postfix {
    pub dovecot: Dovecot,
    folder: tempfile::TempDir,
    doors: [u16; 4],
    master: RefCell<Option<Child>>,
}

impl Postfix {
    /// With these users, who all have this password. `None`: it cannot run here, and everybody was told.
    pub fn start(users: &[&str], password: &str) -> Option<Self> {
        if !rustix::process::geteuid().is_root() {
            // Past the test harness, which keeps what is printed in a test that passes.
            let said = b"\n== NOT TESTED: only root can run Postfix; run tests/run as root\n";
            std::io::stderr().write_all(said).unwrap();
            return None;
        }
        let dovecot = Dovecot::start_taking_mail();
        for user in users {
            dovecot.add_user(user, password);
        }
        let folder = tempfile::Builder::new().prefix("hongyan-postfix-").tempdir().unwrap();
        fs::set_permissions(folder.path(), Permissions::from_mode(0o755)).unwrap();
        lay_out(&folder);
        let mut server = Self { dovecot, folder, doors: [0; 4], master: RefCell::new(None) };
        let mut last = String::new();
        // A port may be taken by somebody else between finding it and using it.
        for _ in 0..5 {
            server.doors = free_ports();
            let (main, services) = settings::text(server.folder.path(), &server.dovecot, users, server.doors);
            fs::write(server.folder.path().join("conf/main.cf"), main).unwrap();
            fs::write(server.folder.path().join("conf/master.cf"), services).unwrap();
            match server.launch() {
                Ok(()) => return Some(server),
                Err(said) => last = said,
            }
            server.kill();
        }
        panic!("postfix did not start: {last}");
    }

    pub fn at(&self, door: Door) -> Server {
        let [tls, starttls, tls_steps, starttls_steps] = self.doors;
        let (port, tls) = match door {
            Door::Tls => (tls, TlsMode::Tls),
            Door::StartTls => (starttls, TlsMode::StartTls),
            Door::TlsSteps => (tls_steps, TlsMode::Tls),
            Door::StartTlsSteps => (starttls_steps, TlsMode::StartTls),
        };
        Server { host: "localhost".to_owned(), port, tls }
    }

    pub fn log(&self) -> String {
        String::from_utf8_lossy(&fs::read(self.folder.path().join("log")).unwrap_or_default()).into_owned()
    }

    /// Waits until a line of its log has all these words, and gives it back.
    pub fn logged(&self, words: &[&str]) -> String {
        let end = clock::instant() + PATIENCE;
        loop {
            let log = self.log();
            if let Some(line) = log.lines().find(|line| words.iter().all(|word| line.contains(word))) {
                return line.to_owned();
            }
            assert!(clock::instant() < end, "{words:?} is not logged:\n{log}");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    fn launch(&self) -> Result<(), String> {
        let conf = self.folder.path().join("conf");
        let asked = command("postconf").arg("-c").arg(&conf).args(["-h", "daemon_directory"]).output();
        let Ok(asked) = asked else { panic!("postfix is missing: install the package postfix (tests/run does)") };
        let daemons = PathBuf::from(String::from_utf8_lossy(&asked.stdout).trim());
        let stderr = fs::File::create(self.folder.path().join("stderr")).unwrap();
        let mut master = command(daemons.join("master").to_str().unwrap());
        master.arg("-c").arg(&conf).arg("-d").stdin(Stdio::null()).stdout(Stdio::null()).stderr(stderr);
        *self.master.borrow_mut() = Some(master.process_group(0).spawn().map_err(|error| error.to_string())?);
        let end = clock::instant() + PATIENCE;
        loop {
            if greets(self.doors[1]) {
                return Ok(());
            }
            let ended = self.master.borrow_mut().as_mut().and_then(|master| master.try_wait().unwrap());
            if ended.is_some() || clock::instant() >= end {
                let said = fs::read_to_string(self.folder.path().join("stderr")).unwrap_or_default();
                return Err(format!("{ended:?}: {said}\n{}", self.log()));
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Ends it at once, with everybody who works for it.
    pub fn kill(&self) {
        let Some(mut master) = self.master.borrow_mut().take() else { return };
        let group = Pid::from_raw(i32::try_from(master.id()).unwrap()).unwrap();
        let _ = kill_process_group(group, Signal::KILL);
        let _ = master.wait();
        let end = clock::instant() + PATIENCE;
        while TcpStream::connect(("127.0.0.1", self.doors[1])).is_ok() {
            assert!(clock::instant() < end, "postfix does not die");
            std::thread::sleep(Duration::from_millis(2));
        }
    }
}

impl Drop for Postfix {
    fn drop(&mut self) {
        self.kill();
    }
}

/// The folders that it finds in other places when a package has made them.
fn lay_out(folder: &tempfile::TempDir) {
    let of = |file: &str, name: &str| {
        let table = fs::read_to_string(file).unwrap();
        let mut lines = table.lines().map(|line| line.split(':').collect::<Vec<_>>());
        let id = lines.find(|parts| parts[0] == name).and_then(|parts| parts[2].parse().ok());
        id.unwrap_or_else(|| panic!("{name} is not in {file}: install the package postfix (tests/run does)"))
    };
    let (owner, droppers): (u32, u32) = (of("/etc/passwd", "postfix"), of("/etc/group", "postdrop"));
    let make = |name: &str, owner: u32, group: Option<u32>, mode: u32| {
        let path = folder.path().join(name);
        fs::create_dir(&path).unwrap();
        chown(&path, Some(owner), group).unwrap();
        fs::set_permissions(&path, Permissions::from_mode(mode)).unwrap();
    };
    make("conf", 0, None, 0o755);
    make("data", owner, None, 0o700);
    make("queue", 0, None, 0o755);
    make("queue/pid", 0, None, 0o755);
    make("queue/public", owner, Some(droppers), 0o710);
    make("queue/maildrop", owner, Some(droppers), 0o730);
    for name in
        ["active", "bounce", "corrupt", "defer", "deferred", "flush", "hold", "incoming", "private", "saved", "trace"]
    {
        make(&format!("queue/{name}"), owner, None, 0o700);
    }
}

#[expect(clippy::disallowed_methods, reason = "the tests start their servers themselves")]
fn command(program: &str) -> Command {
    let mut command = Command::new(program);
    let path = std::env::var("PATH").unwrap_or_default();
    command.env("PATH", format!("{path}:/usr/sbin:/sbin")).env_remove("MAIL_CONFIG");
    command
}

fn free_ports() -> [u16; 4] {
    let listeners = [(); 4].map(|()| TcpListener::bind(("127.0.0.1", 0)).unwrap());
    listeners.map(|listener| listener.local_addr().unwrap().port())
}

fn greets(port: u16) -> bool {
    let Ok(mut stream) = TcpStream::connect(("127.0.0.1", port)) else { return false };
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    let mut start = [0; 4];
    stream.read_exact(&mut start).is_ok() && start == *b"220 "
}

mod tests;
