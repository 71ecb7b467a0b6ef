//! A Dovecot of our own, on free ports of the loopback interface, gone at the end of the test.

use std::fs;
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Duration;

use hongyan::model::clock;

pub(super) const USER: &str = "demo@hongyan.example";
pub(super) const PASSWORD: &str = "judge-1234";

#[derive(Debug)]
pub(super) struct Dovecot {
    pub(super) imap: SocketAddr,
    dir: tempfile::TempDir,
}

const MISSING: &str = "Dovecot is not installed, and it is the judge of this test. Install the Debian packages \
                       dovecot-core and dovecot-imapd (`apt-get install dovecot-imapd`) and run the tests again.";

#[expect(clippy::disallowed_methods, reason = "a test starts the server that it compares with")]
fn command(program: &str) -> Command {
    let mut command = Command::new(program);
    command.stdin(Stdio::null()).env("PATH", "/usr/local/sbin:/usr/sbin:/sbin:/usr/local/bin:/usr/bin:/bin");
    command
}

fn said(program: &str, arguments: &[&str]) -> Option<String> {
    let output = command(program).args(arguments).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

impl Dovecot {
    /// The folders are made by Dovecot itself, with what they are for.
    pub(super) fn start(special: &[(&str, &str)]) -> Self {
        let version = said("dovecot", &["--version"]).unwrap_or_else(|| panic!("{MISSING}"));
        assert!(version.starts_with("2.3"), "this test knows the configuration of Dovecot 2.3, not of {version}");
        let dir = tempfile::tempdir().expect("a directory for the judge");
        let at = dir.path().display().to_string();
        let root = said("id", &["-u"]).as_deref() == Some("0");
        let own = said("id", &["-un"]).expect("the name of this user");
        let group = said("id", &["-gn"]).expect("the group of this user");
        let (mail, login, internal) = if root { ("mail", "dovenull", "dovecot") } else { (&*own, &*own, &*own) };
        let (mail_group, internal_group) = if root { ("mail", "dovecot") } else { (&*group, &*group) };
        fs::create_dir(dir.path().join("mail")).expect("the mail directory");
        fs::set_permissions(dir.path(), fs::Permissions::from_mode(0o755)).expect("permissions");
        if root {
            let owned = command("chown").arg("mail:mail").arg(dir.path().join("mail")).status();
            assert!(owned.is_ok_and(|s| s.success()), "the mail directory could not be given to the user mail");
        }
        fs::write(dir.path().join("users"), format!("{USER}:{{PLAIN}}{PASSWORD}::::{at}/mail/demo::\n"))
            .expect("users");
        let port = free_port();
        let boxes = special
            .iter()
            .map(|(name, role)| {
                format!("  mailbox \"{name}\" {{\n    auto = subscribe\n    special_use = {role}\n  }}\n")
            })
            .collect::<Vec<_>>()
            .concat();
        let configuration = format!(
            "base_dir = {at}/run\nstate_dir = {at}/state\ninstance_name = judge\nlog_path = {at}/log\nprotocols = imap\n\
             listen = 127.0.0.1\ndefault_internal_user = {internal}\ndefault_internal_group = {internal_group}\n\
             default_login_user = {login}\nmail_uid = {mail}\nmail_gid = {mail_group}\nfirst_valid_uid = 1\n\
             first_valid_gid = 1\nssl = no\nauth_mechanisms = plain login\ndisable_plaintext_auth = no\n\
             mail_location = maildir:~/\nmaildir_stat_dirs = yes\n\
             passdb {{\n  driver = passwd-file\n  args = scheme=PLAIN {at}/users\n}}\n\
             userdb {{\n  driver = passwd-file\n  args = {at}/users\n}}\n\
             namespace inbox {{\n  inbox = yes\n  separator = /\n{boxes}}}\n\
             service anvil {{\n  chroot =\n}}\nservice stats {{\n  chroot =\n}}\n\
             service imap-login {{\n  chroot =\n  inet_listener imap {{\n    port = {port}\n  }}\n\
             \x20 inet_listener imaps {{\n    port = 0\n  }}\n}}\n"
        );
        let path = dir.path().join("dovecot.conf");
        fs::write(&path, configuration).expect("the configuration");
        // Into a file: a pipe would be held open by the server that stays behind.
        let complaints = fs::File::create(dir.path().join("complaints")).expect("a file for complaints");
        let started = command("dovecot").env("TZ", "CST-8").arg("-c").arg(&path).stderr(complaints).status();
        let dovecot = Self { imap: (Ipv4Addr::LOCALHOST, port).into(), dir };
        assert!(started.is_ok_and(|s| s.success()), "Dovecot did not start: {}", dovecot.log());
        let begin = clock::instant();
        while TcpStream::connect(dovecot.imap).is_err() {
            assert!(begin.elapsed() < Duration::from_secs(20), "Dovecot does not listen: {}", dovecot.log());
            std::thread::yield_now();
        }
        dovecot
    }

    fn configuration(&self) -> PathBuf {
        self.dir.path().join("dovecot.conf")
    }

    /// What it complained about.
    pub(super) fn log(&self) -> String {
        ["complaints", "log"].map(|file| fs::read_to_string(self.dir.path().join(file)).unwrap_or_default()).concat()
    }
}

impl Drop for Dovecot {
    fn drop(&mut self) {
        let _ = command("dovecot").arg("-c").arg(self.configuration()).arg("stop").output();
    }
}

fn free_port() -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
    listener.local_addr().expect("its number").port()
}
