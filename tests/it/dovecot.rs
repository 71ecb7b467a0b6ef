//! A real Dovecot on loopback, for tests that need the truth: it starts in about a tenth of a second in a folder of its
//! own, and is gone with it. It runs as root (with the users of the Debian package) or as an ordinary user.

mod certificates;
mod letters;
mod settings;

use std::cell::{OnceCell, RefCell};
use std::collections::BTreeMap;
use std::fs::{self, Permissions};
use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, UNIX_EPOCH};

use certificates::Certificates;
pub use certificates::Kind as Certificate;
use hongyan::model::clock;
pub use letters::letter;
use rustix::process::{Pid, Signal, kill_process_group};

/// A mail server with users, ports and certificates.
pub struct Dovecot {
    folder: tempfile::TempDir,
    certificates: Certificates,
    ports: Ports,
    master: RefCell<Option<Child>>,
    /// The same mailboxes under other certificates, started when they are asked for.
    others: [OnceCell<Box<Dovecot>>; 3],
}

#[derive(Clone, Copy)]
struct Ports {
    imap: u16,
    imaps: u16,
}

const PATIENCE: Duration = Duration::from_secs(30);

impl Dovecot {
    pub fn start() -> Self {
        Self::start_with(Certificate::Right, &Certificates::new(), None, false)
    }

    /// The same, and a neighbour may hand mail over to it and ask it who somebody is: see [`Self::lmtp`], [`Self::logins`].
    pub fn start_taking_mail() -> Self {
        Self::start_with(Certificate::Right, &Certificates::new(), None, true)
    }

    fn start_with(kind: Certificate, certificates: &Certificates, home_of: Option<&Self>, takes_mail: bool) -> Self {
        let folder = tempfile::Builder::new().prefix("hongyan-dovecot-").tempdir().unwrap();
        // The login processes run as somebody else.
        fs::set_permissions(folder.path(), Permissions::from_mode(0o755)).unwrap();
        let shared = home_of.map_or(folder.path(), |other| other.folder.path()).to_owned();
        fs::write(folder.path().join("ca.pem"), &certificates.ca).unwrap();
        let (certificate, key) = certificates.of(kind);
        fs::write(folder.path().join("server.pem"), certificate).unwrap();
        fs::write(folder.path().join("server.key"), key).unwrap();
        if home_of.is_none() {
            fs::create_dir(shared.join("mail")).unwrap();
            settings::Owner::find().give(&shared.join("mail"));
            fs::write(shared.join("users"), "").unwrap();
            fs::set_permissions(shared.join("users"), Permissions::from_mode(0o644)).unwrap();
        }
        let version = version();
        let mut server = Self {
            folder,
            certificates: certificates.clone(),
            ports: free_ports(),
            master: RefCell::new(None),
            others: Default::default(),
        };
        let mut last = String::new();
        // A port may be taken by somebody else between finding it and using it.
        for _ in 0..5 {
            server.ports = free_ports();
            let folder = server.folder.path();
            let text = settings::text(version, folder, &shared, server.ports.imap, server.ports.imaps);
            let text = if takes_mail { settings::taking_mail(&text, folder) } else { text };
            fs::write(folder.join("dovecot.conf"), text).unwrap();
            match server.launch() {
                Ok(()) => return server,
                Err(said) => last = said,
            }
            server.kill();
        }
        panic!("dovecot did not start: {last}");
    }

    /// Port of the encrypted service whose certificate is right for `localhost`.
    pub fn imaps_port(&self) -> u16 {
        self.ports.imaps
    }

    /// Port of the service that begins in clear and knows STARTTLS.
    pub fn imap_port(&self) -> u16 {
        self.ports.imap
    }

    /// An encrypted port whose certificate is for another name.
    pub fn wrong_name_port(&self) -> u16 {
        self.other(0, Certificate::WrongName)
    }

    /// An encrypted port whose certificate is no longer valid.
    pub fn expired_port(&self) -> u16 {
        self.other(1, Certificate::Expired)
    }

    /// An encrypted port whose certificate was signed by somebody that nobody knows.
    pub fn untrusted_port(&self) -> u16 {
        self.other(2, Certificate::Untrusted)
    }

    fn other(&self, index: usize, kind: Certificate) -> u16 {
        let start = || Box::new(Self::start_with(kind, &self.certificates, Some(self), false));
        self.others[index].get_or_init(start).imaps_port()
    }

    /// The certificate to trust, as a PEM file.
    pub fn ca_path(&self) -> PathBuf {
        self.folder.path().join("ca.pem")
    }

    /// The folder with its certificate (`server.pem`) and the key of that (`server.key`).
    pub fn papers(&self) -> &Path {
        self.folder.path()
    }

    /// The socket at which it takes mail.
    pub fn lmtp(&self) -> PathBuf {
        settings::lmtp(self.folder.path())
    }

    /// The socket at which a neighbour asks whether a password is right.
    pub fn logins(&self) -> PathBuf {
        settings::logins(self.folder.path())
    }

    pub fn log(&self) -> String {
        let bytes = fs::read(self.folder.path().join("log")).unwrap_or_default();
        String::from_utf8_lossy(&bytes).into_owned()
    }

    /// Adds a user, or gives one another password. Bytes of any kind may stand in the password.
    pub fn add_user(&self, name: &str, password: &str) {
        let file = self.folder.path().join("users");
        let hex = password.bytes().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat();
        let home = self.home(name);
        let mut lines: Vec<String> = fs::read_to_string(&file).unwrap().lines().map(str::to_owned).collect();
        lines.retain(|line| !line.starts_with(&format!("{name}:")));
        lines.push(format!("{name}:{{PLAIN.HEX}}{hex}::::{}::", home.display()));
        if !home.exists() {
            fs::create_dir(&home).unwrap();
            settings::Owner::find().give(&home);
        }
        fs::write(&file, lines.join("\n") + "\n").unwrap();
        // Dovecot looks at the file once a second at most.
        let configuration = self.folder.path().join("dovecot.conf");
        let known = || {
            let mut test = command("doveadm");
            test.arg("-c").arg(&configuration).args(["auth", "test", name, password]);
            test.output().unwrap().status.success()
        };
        let end = clock::instant() + PATIENCE;
        while !known() {
            assert!(clock::instant() < end, "the user {name} does not become known: {}", self.log());
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// Puts `count` letters into a folder at once, the oldest first: two of three are read, one of seven is starred.
    pub fn fill(&self, user: &str, folder: &str, count: usize) {
        let place = self.folder_of(user, folder);
        let owner = settings::Owner::find();
        let already = fs::read_dir(place.join("cur")).unwrap().count();
        for n in already..already + count {
            let (raw, arrival) = letter(n);
            let flags = format!("{}{}", if n % 7 == 0 { "F" } else { "" }, if n % 3 == 0 { "" } else { "S" });
            let name = format!("{}.M{n:06}P1.hongyan,S={}:2,{flags}", 1_000_000_000 + n, raw.len());
            write_mail(&place.join("cur").join(name), &raw, arrival, &owner);
        }
    }

    /// Puts one message into a folder, as new mail.
    pub fn deliver(&self, user: &str, folder: &str, raw: &[u8]) {
        let place = self.folder_of(user, folder);
        let number =
            fs::read_dir(place.join("new")).unwrap().count() + fs::read_dir(place.join("cur")).unwrap().count();
        let now = clock::now().0;
        let name = format!("{now}.M{number:06}P2.hongyan,S={}", raw.len());
        let temporary = place.join("tmp").join(&name);
        write_mail(&temporary, raw, u64::try_from(now).unwrap(), &settings::Owner::find());
        fs::rename(temporary, place.join("new").join(name)).unwrap();
    }

    /// Makes a folder with nothing in it.
    pub fn create_folder(&self, user: &str, folder: &str) {
        self.folder_of(user, folder);
    }

    /// Every message of a folder: its UID and its flags, in alphabetical order.
    pub fn flags(&self, user: &str, folder: &str) -> BTreeMap<u32, Vec<String>> {
        let table = self.doveadm(&["-f", "tab", "fetch", "-u", user, "uid flags", "mailbox", folder]);
        let of_line = |line: &str| {
            let (uid, flags) = line.split_once('\t').unwrap_or((line, ""));
            let mut flags: Vec<String> = flags.split_whitespace().map(str::to_owned).collect();
            flags.sort_unstable();
            // Whether a message is recent depends on who looked first.
            flags.retain(|flag| flag != "\\Recent");
            (uid.parse().unwrap(), flags)
        };
        table.lines().skip(1).map(of_line).collect()
    }

    /// Gives a message exactly these flags, as another client would.
    pub fn set_flags(&self, user: &str, folder: &str, uid: u32, flags: &[&str]) {
        self.doveadm(&["flags", "replace", "-u", user, &flags.join(" "), "mailbox", folder, "uid", &uid.to_string()]);
    }

    pub fn expunge(&self, user: &str, folder: &str, uid: u32) {
        self.doveadm(&["expunge", "-u", user, "mailbox", folder, "uid", &uid.to_string()]);
    }

    /// Runs the administrator's program and gives back what it printed.
    pub fn doveadm(&self, arguments: &[&str]) -> String {
        let configuration = self.folder.path().join("dovecot.conf");
        let done = command("doveadm").arg("-c").arg(configuration).args(arguments).output().unwrap();
        let said = String::from_utf8_lossy(&done.stderr);
        assert!(done.status.success(), "doveadm {arguments:?}: {said}\n{}", self.log());
        String::from_utf8(done.stdout).unwrap()
    }

    /// Ends the server at once, in the middle of whatever it does.
    pub fn kill(&self) {
        let Some(mut master) = self.master.borrow_mut().take() else { return };
        let group = Pid::from_raw(i32::try_from(master.id()).unwrap()).unwrap();
        let _ = kill_process_group(group, Signal::KILL);
        let _ = master.wait();
        // Its children hold the ports until they are gone too.
        let end = clock::instant() + PATIENCE;
        while [self.ports.imap, self.ports.imaps].iter().any(|port| TcpStream::connect(("127.0.0.1", *port)).is_ok()) {
            assert!(clock::instant() < end, "dovecot does not die");
            std::thread::sleep(Duration::from_millis(2));
        }
    }

    /// Starts the server that was killed again, on the same ports.
    pub fn restart(&self) {
        self.kill();
        let _ = fs::remove_file(self.folder.path().join("run/master.pid"));
        if let Err(said) = self.launch() {
            panic!("dovecot did not start again: {said}");
        }
    }

    fn launch(&self) -> Result<(), String> {
        let log = |said: &str| Err(format!("{said}\n{}", self.log()));
        let master = command("dovecot")
            .arg("-F")
            .arg("-c")
            .arg(self.folder.path().join("dovecot.conf"))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(fs::File::create(self.folder.path().join("stderr")).unwrap())
            .process_group(0)
            .spawn()
            .map_err(|error| error.to_string())?;
        *self.master.borrow_mut() = Some(master);
        let end = clock::instant() + PATIENCE;
        loop {
            if greets(self.ports.imap) {
                return Ok(());
            }
            let ended = self.master.borrow_mut().as_mut().and_then(|master| master.try_wait().unwrap());
            if let Some(status) = ended {
                let said = fs::read_to_string(self.folder.path().join("stderr")).unwrap_or_default();
                return log(&format!("{status}: {said}"));
            }
            if clock::instant() >= end {
                return log("no greeting");
            }
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    fn home(&self, user: &str) -> PathBuf {
        self.folder.path().join("mail").join(user)
    }

    fn folder_of(&self, user: &str, folder: &str) -> PathBuf {
        let home = self.home(user);
        assert!(home.exists(), "there is no user {user}: add_user first");
        let owner = settings::Owner::find();
        let place = if folder == "INBOX" { home } else { home.join(format!(".{}", folder.replace('/', "."))) };
        for name in ["", "cur", "new", "tmp"] {
            let made = place.join(name);
            if !made.exists() {
                fs::create_dir(&made).unwrap();
                owner.give(&made);
            }
        }
        if folder != "INBOX" && !place.join("maildirfolder").exists() {
            fs::write(place.join("maildirfolder"), "").unwrap();
            owner.give(&place.join("maildirfolder"));
        }
        place
    }
}

impl Drop for Dovecot {
    fn drop(&mut self) {
        self.kill();
    }
}

fn write_mail(file: &Path, raw: &[u8], arrival: u64, owner: &settings::Owner) {
    let mut opened = fs::File::create(file).unwrap();
    opened.write_all(raw).unwrap();
    // The modification time is what Dovecot gives as INTERNALDATE.
    opened.set_modified(UNIX_EPOCH + Duration::from_secs(arrival)).unwrap();
    owner.give(file);
}

#[expect(clippy::disallowed_methods, reason = "the tests start their servers themselves")]
fn command(program: &str) -> Command {
    let mut command = Command::new(program);
    let path = std::env::var("PATH").unwrap_or_default();
    command.env("PATH", format!("{path}:/usr/sbin:/sbin")).env_remove("DOVECOT_CONFIG");
    command
}

/// The version as numbers: settings are called differently since 2.4.
fn version() -> (u32, u32) {
    let Ok(done) = command("dovecot").arg("--version").output() else {
        panic!("dovecot is missing: install the package dovecot-imapd (tests/run does)");
    };
    let said = String::from_utf8_lossy(&done.stdout).into_owned();
    let mut numbers = said.split('.').map(|n| n.chars().take_while(char::is_ascii_digit).collect::<String>());
    let mut next = || numbers.next().and_then(|n| n.parse().ok()).unwrap_or_else(|| panic!("version {said:?}"));
    (next(), next())
}

fn free_ports() -> Ports {
    let listeners = [(); 2].map(|()| TcpListener::bind(("127.0.0.1", 0)).unwrap());
    let [imap, imaps] = listeners.map(|listener| listener.local_addr().unwrap().port());
    Ports { imap, imaps }
}

fn greets(port: u16) -> bool {
    let Ok(mut stream) = TcpStream::connect(("127.0.0.1", port)) else { return false };
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    let mut start = [0; 4];
    stream.read_exact(&mut start).is_ok() && start == *b"* OK"
}

mod tests;
