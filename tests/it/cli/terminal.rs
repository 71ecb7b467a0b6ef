//! Asking for a password at a terminal, which must not show it.

use std::io::{Read as _, Write as _};
use std::sync::mpsc;

use portable_pty::{CommandBuilder, PtySize, native_pty_system};

use super::home::{Home, PASSWORD, PATIENCE, PROGRAM, USER, server};

pub(super) struct Pty {
    child: Box<dyn portable_pty::Child + Send + Sync>,
    writer: Box<dyn std::io::Write + Send>,
    chunks: mpsc::Receiver<Vec<u8>>,
    seen: String,
    _master: Box<dyn portable_pty::MasterPty + Send>,
}

impl Pty {
    pub(super) fn start(home: &Home, arguments: &[&str]) -> Self {
        Self::of(home, PROGRAM, arguments)
    }

    pub(super) fn shell(home: &Home, script: &str) -> Self {
        Self::of(home, "/bin/sh", &["-c", script])
    }

    fn of(home: &Home, program: &str, arguments: &[&str]) -> Self {
        let pair =
            native_pty_system().openpty(PtySize { rows: 24, cols: 80, pixel_width: 0, pixel_height: 0 }).unwrap();
        let mut command = CommandBuilder::new(program);
        command.args(arguments);
        command.env_clear();
        command.env("HOME", home.path());
        command.env("HONGYAN_HOME", home.path());
        command.env("PATH", "/usr/bin:/bin");
        command.cwd(home.path());
        let child = pair.slave.spawn_command(command).unwrap();
        drop(pair.slave);
        let writer = pair.master.take_writer().unwrap();
        let mut reader = pair.master.try_clone_reader().unwrap();
        let (to, chunks) = mpsc::channel();
        std::thread::spawn(move || {
            let mut buffer = [0; 4096];
            while let Ok(read) = reader.read(&mut buffer)
                && read > 0
                && to.send(buffer[..read].to_vec()).is_ok()
            {}
        });
        Self { child, writer, chunks, seen: String::new(), _master: pair.master }
    }

    pub(super) fn wait_for(&mut self, text: &str) {
        while !self.seen.contains(text) {
            let chunk = self.chunks.recv_timeout(PATIENCE).unwrap_or_else(|_| panic!("no {text:?} in {:?}", self.seen));
            self.seen.push_str(&String::from_utf8_lossy(&chunk));
        }
    }

    pub(super) fn send(&mut self, text: &str) {
        self.writer.write_all(text.as_bytes()).unwrap();
        self.writer.flush().unwrap();
    }

    pub(super) fn end(mut self) -> (u32, String) {
        let status = self.child.wait().unwrap();
        while let Ok(chunk) = self.chunks.recv_timeout(std::time::Duration::from_millis(200)) {
            self.seen.push_str(&String::from_utf8_lossy(&chunk));
        }
        (status.exit_code(), self.seen)
    }
}

#[test]
fn a_password_is_asked_for_and_not_shown() {
    let server = server();
    let home = Home::new();
    let (imap, ca) = (format!("localhost:{}", server.imaps_port()), server.ca_path());
    let line = ["account", "add", USER, "--imap", &imap, "--ca", ca.to_str().unwrap()];
    let mut pty = Pty::start(&home, &line);
    pty.wait_for(&format!("password for {USER}: "));
    pty.send(&format!("wrong\u{15}{PASSWORD}x\u{7f}\r"));
    // Without a keyring it asks where the password shall be.
    pty.wait_for("ask each time: ");
    pty.send("y\r");
    let (code, seen) = pty.end();
    assert_eq!(code, 0, "{seen}");
    assert!(seen.contains("the login at localhost") && !seen.contains("授权码") && !seen.contains("wrong"), "{seen}");
    assert!(home.config().contains("secret = \"file\""), "{}", home.config());
    home.run(&["sync", "--once"]).good();

    // Kept nowhere, it is asked for at each time; and progress is shown where somebody looks on.
    let home = Home::new();
    server.fill(USER, "INBOX", 300);
    let mut pty = Pty::start(&home, &line);
    pty.wait_for("password for");
    pty.send(&format!("{PASSWORD}\n"));
    pty.wait_for("ask each time: ");
    pty.send("n\n");
    assert_eq!(pty.end().0, 0);
    assert!(home.config().contains("secret = \"session\""), "{}", home.config());
    let said = home.run(&["sync", "--once"]).failed();
    assert!(said.contains("there is no password for"), "{said}");
    let mut pty = Pty::start(&home, &["sync", "--once"]);
    pty.wait_for("password for");
    pty.send(&format!("{PASSWORD}\n"));
    let (code, seen) = pty.end();
    assert_eq!(code, 0, "{seen}");
    assert!(seen.contains(&format!("{USER}: INBOX 300/300")), "{seen}");
}

#[test]
fn giving_up_writes_nothing_and_leaves_the_terminal_as_it_was() {
    let home = Home::new();
    let program = format!(
        "{PROGRAM} --lang zh-CN account add 10001@qq.com --imap localhost:1; echo code $?; stty -a | tr ';' '\\n' | grep -w echo"
    );
    let mut pty = Pty::shell(&home, &program);
    pty.wait_for("10001@qq.com 的授权码：");
    pty.send("half\u{3}");
    let (_, seen) = pty.end();
    assert!(seen.contains("已取消") && seen.contains("code 1"), "{seen}");
    assert!(seen.contains(" echo") && !seen.contains("-echo ") && !seen.contains("half"), "{seen}");
    assert_eq!(home.config(), "");
}
