//! The real program on a pty, with a terminal emulator behind it. Nothing sleeps: every step waits for what the screen
//! shows.

use std::io::{Read as _, Write as _};
use std::num::NonZero;
use std::path::Path;
use std::sync::mpsc;
use std::time::Duration;

use hongyan::model::clock;
use portable_pty::{CommandBuilder, MasterPty, PtySize, native_pty_system};
use rustix::process::{Pid, Signal, kill_process};

const PROGRAM: &str = env!("CARGO_BIN_EXE_hongyan");
/// Nothing on a screen takes longer, not even on a busy machine.
const PATIENCE: Duration = Duration::from_mins(1);

pub struct Terminal {
    child: Box<dyn portable_pty::Child + Send + Sync>,
    keys: Box<dyn std::io::Write + Send>,
    chunks: mpsc::Receiver<Vec<u8>>,
    screen: vt100::Parser,
    master: Box<dyn MasterPty + Send>,
    /// Every byte that the program wrote.
    pub written: Vec<u8>,
}

impl Terminal {
    pub fn start(home: &Path, arguments: &[&str], columns: u16, rows: u16) -> Self {
        Self::start_in(home, arguments, columns, rows, "en_US.UTF-8")
    }

    pub fn start_in(home: &Path, arguments: &[&str], columns: u16, rows: u16, locale: &str) -> Self {
        Self::start_line(home, &[&[PROGRAM], arguments].concat(), columns, rows, locale)
    }

    /// Where the authorities in this file are all that the system trusts.
    pub fn start_trusting(authorities: &Path, home: &Path, arguments: &[&str], locale: &str) -> Self {
        let authorities = ("SSL_CERT_FILE", authorities.to_str().unwrap());
        Self::start_with(home, &[&[PROGRAM], arguments].concat(), (80, 24), locale, &[authorities])
    }

    /// Under another program, which is given as the beginning of its command line.
    pub fn start_under(home: &Path, other: &[&str], columns: u16, rows: u16) -> Self {
        Self::start_line(home, &[other, &[PROGRAM]].concat(), columns, rows, "en_US.UTF-8")
    }

    fn start_line(home: &Path, line: &[&str], columns: u16, rows: u16, locale: &str) -> Self {
        Self::start_with(home, line, (columns, rows), locale, &[])
    }

    fn start_with(
        home: &Path,
        line: &[&str],
        (columns, rows): (u16, u16),
        locale: &str,
        variables: &[(&str, &str)],
    ) -> Self {
        let size = PtySize { rows, cols: columns, pixel_width: 0, pixel_height: 0 };
        let pair = native_pty_system().openpty(size).unwrap();
        let mut command = CommandBuilder::new(line[0]);
        command.args(&line[1..]);
        command.env_clear();
        command.env("HOME", home);
        command.env("HONGYAN_HOME", home);
        command.env("PATH", "/usr/bin:/bin");
        command.env("LC_ALL", locale);
        command.env("TERM", "xterm-256color");
        command.env("TMPDIR", home);
        command.env("TZ", "Asia/Shanghai");
        for (name, value) in variables {
            command.env(name, value);
        }
        command.cwd(home);
        let child = pair.slave.spawn_command(command).unwrap();
        drop(pair.slave);
        let keys = pair.master.take_writer().unwrap();
        let mut reader = pair.master.try_clone_reader().unwrap();
        let (to, chunks) = mpsc::channel();
        std::thread::spawn(move || {
            let mut buffer = [0; 8192];
            while let Ok(read) = reader.read(&mut buffer)
                && read > 0
                && to.send(buffer[..read].to_vec()).is_ok()
            {}
        });
        let screen = vt100::Parser::new(some(rows), some(columns), 0);
        Self { child, keys, chunks, screen, master: pair.master, written: Vec::new() }
    }

    /// Presses keys, all at once.
    pub fn press(&mut self, keys: &str) {
        self.keys.write_all(keys.as_bytes()).unwrap();
        self.keys.flush().unwrap();
    }

    pub fn resize(&mut self, columns: u16, rows: u16) {
        self.master.resize(PtySize { rows, cols: columns, pixel_width: 0, pixel_height: 0 }).unwrap();
        self.screen.screen_mut().set_size(some(rows), some(columns));
    }

    /// What is on the screen, line by line.
    pub fn text(&self) -> String {
        self.screen.screen().contents()
    }

    pub fn has(&self, text: &str) -> bool {
        self.text().contains(text)
    }

    pub fn is_alternate(&self) -> bool {
        self.screen.screen().alternate_screen()
    }

    /// Waits until the screen is as it should be; how long it took.
    #[track_caller]
    pub fn wait(&mut self, what: &str, right: impl Fn(&Self) -> bool) -> Duration {
        let begun = clock::instant();
        while !right(self) {
            let left = PATIENCE.saturating_sub(begun.elapsed());
            let Ok(chunk) = self.chunks.recv_timeout(left.max(Duration::from_millis(1))) else {
                panic!("waited in vain for {what}; the screen:\n{}", self.text());
            };
            self.screen.process(&chunk);
            self.written.extend_from_slice(&chunk);
        }
        begun.elapsed()
    }

    /// Takes in what was written so far.
    pub fn look(&mut self) {
        while let Ok(chunk) = self.chunks.try_recv() {
            self.screen.process(&chunk);
            self.written.extend_from_slice(&chunk);
        }
    }

    #[track_caller]
    pub fn wait_for(&mut self, text: &str) -> Duration {
        self.wait(&format!("{text:?}"), |screen| screen.has(text))
    }

    #[track_caller]
    pub fn wait_gone(&mut self, text: &str) -> Duration {
        self.wait(&format!("{text:?} to go"), |screen| !screen.has(text))
    }

    pub fn signal(&self, signal: Signal) {
        let pid = Pid::from_raw(self.child.process_id().unwrap().cast_signed()).unwrap();
        kill_process(pid, signal).unwrap();
    }

    /// What others on this machine see of it: its arguments and its environment.
    pub fn outside(&self) -> Vec<u8> {
        let mut seen = self.about("cmdline");
        seen.extend(self.about("environ"));
        seen
    }

    /// A file of /proc about it.
    pub fn about(&self, what: &str) -> Vec<u8> {
        std::fs::read(format!("/proc/{}/{what}", self.child.process_id().unwrap())).unwrap()
    }

    /// How many files and sockets it holds open.
    pub fn open_files(&self) -> usize {
        std::fs::read_dir(format!("/proc/{}/fd", self.child.process_id().unwrap())).unwrap().count()
    }

    /// A line of /proc/PID/status, in its own unit.
    pub fn status(&self, field: &str) -> u64 {
        let status = String::from_utf8(self.about("status")).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix(field)?.strip_prefix(':')).unwrap();
        line.split_whitespace().next().unwrap().parse().unwrap()
    }

    /// Waits for the end of the program; its exit code.
    #[track_caller]
    pub fn ended(&mut self) -> u32 {
        let begun = clock::instant();
        // The pty ends with the program.
        while let Ok(chunk) = self.chunks.recv_timeout(PATIENCE.saturating_sub(begun.elapsed())) {
            self.screen.process(&chunk);
            self.written.extend_from_slice(&chunk);
        }
        assert!(begun.elapsed() < PATIENCE, "it does not end; the screen:\n{}", self.text());
        self.child.wait().unwrap().exit_code()
    }

    /// The line of the list that shows this text.
    pub fn line(&self, text: &str) -> Option<String> {
        self.text().lines().find(|line| line.contains(text)).map(str::to_owned)
    }

    /// Escape sequences and control characters that we never write: the oracle of every screen test.
    #[track_caller]
    pub fn assert_only_our_own_bytes(&self) {
        let text = String::from_utf8_lossy(&self.written);
        let mut rest = text.as_ref();
        while let Some(at) = rest.find(|c: char| c.is_control() || is_bidi(c)) {
            let (_, tail) = rest.split_at(at);
            let end = ours(tail).unwrap_or_else(|| panic!("not ours: {:?}", tail.chars().take(30).collect::<String>()));
            rest = &tail[end..];
        }
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn some(number: u16) -> NonZero<u16> {
    NonZero::new(number).unwrap()
}

fn is_bidi(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}')
}

/// The length of one of our own sequences at the start of the text.
fn ours(text: &str) -> Option<usize> {
    if text.starts_with("\r\n") {
        return Some(2);
    }
    // The bell, for new mail.
    if text.starts_with('\u{7}') {
        return Some(1);
    }
    for begin in ["\u{1b}]0;", "\u{1b}]777;notify;"] {
        if let Some(said) = text.strip_prefix(begin) {
            let end = said.find('\u{7}')?;
            return said[..end].chars().all(|c| !c.is_control() && !is_bidi(c)).then_some(begin.len() + end + 1);
        }
    }
    let body = text.strip_prefix("\u{1b}[")?;
    let end = body.find(|c: char| !matches!(c, '0'..='9' | ';' | '?'))?;
    let last = body[end..].chars().next()?;
    let known = match last {
        'H' | 'm' | 'X' => !body[..end].contains('?'),
        'J' => &body[..end] == "2",
        'h' | 'l' => {
            let modes = ["?1049", "?2004", "?25", "?1000", "?1002", "?1003", "?1015", "?1006", "?2026"];
            modes.contains(&&body[..end])
        }
        _ => false,
    };
    known.then_some(2 + end + last.len_utf8())
}
