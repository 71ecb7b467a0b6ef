//! `talk` and `log`, through the real program: against the server of the demo, and against servers that say what they are
//! told to.

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::process::Stdio;
use std::thread::JoinHandle;

use hongyan::demo::{Demo, Options, serve};
use hongyan::model::clock;
use hongyan::text::is_harmless;

use super::home::{Done, Home, PROGRAM, finish};
use super::terminal::Pty;

const SECRET: &str = "canary-7f3a \"x\"";
const USER: &str = "demo@hongyan.example";

struct Served {
    runtime: tokio::runtime::Runtime,
    demo: Demo,
}

impl Served {
    fn start() -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let mut options = Options::new(clock::now(), SECRET);
        options.messages = 40;
        let demo = runtime.block_on(serve(options)).unwrap();
        Self { runtime, demo }
    }

    fn home(&self) -> Home {
        let home = Home::new();
        private(&home, "ca.pem", &self.demo.ca_pem);
        config(&home, &format!("imap = \"localhost:{}\"\nca = \"ca.pem\"", self.demo.tls.port()));
        home
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _inside = self.runtime.enter();
    }
}

fn private(home: &Home, name: &str, text: &str) {
    use std::os::unix::fs::OpenOptionsExt as _;
    let mut file =
        fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(home.path().join(name)).unwrap();
    file.write_all(text.as_bytes()).unwrap();
}

fn config(home: &Home, servers: &str) {
    private(home, "secret", SECRET);
    let cat = home.path().join("secret");
    let text = format!(
        "[[account]]\naddress = \"{USER}\"\n{servers}\nsecret = {{ command = [\"cat\", \"{}\"] }}\n",
        cat.display()
    );
    private(home, "config.toml", &text);
}

/// A server that answers each line with what `answer` says; what it heard, when the other side has gone.
fn scripted(greeting: &'static str, answer: impl Fn(&str) -> String + Send + 'static) -> (u16, JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let served = std::thread::spawn(move || {
        let (mut tcp, _) = listener.accept().unwrap();
        tcp.write_all(greeting.as_bytes()).unwrap();
        let mut heard = String::new();
        let mut lines = BufReader::new(tcp.try_clone().unwrap());
        let mut line = String::new();
        while lines.read_line(&mut line).is_ok_and(|read| read > 0) {
            heard.push_str(&line);
            let said = answer(line.trim_end());
            line.clear();
            if tcp.write_all(said.as_bytes()).is_err() {
                break;
            }
        }
        heard
    });
    (port, served)
}

fn at(port: u16) -> String {
    format!("127.0.0.1:{port}")
}

fn log(home: &Home, more: &[&str]) -> Done {
    home.run(&[&["log"], more].concat()).good()
}

/// Nothing of the secret, in clear or coded, in what was said or in any file that was made.
#[track_caller]
fn assert_l01_no_secret(home: &Home, said: &[&str]) {
    // Of `canary-7f3a`, wherever it begins in base64.
    let traces = ["canary", "Y2FuYXJ5", "NhbmFye", "jYW5hcn"];
    for trace in traces {
        for said in said {
            assert!(!said.contains(trace), "{trace} in {said}");
        }
        for (path, bytes) in home.files().iter().filter(|(path, _)| !path.ends_with("secret")) {
            assert!(!String::from_utf8_lossy(bytes).contains(trace), "{trace} in {}", path.display());
        }
    }
}

#[test]
fn l01_a_talk_out_of_a_pipe_and_its_record() {
    let served = Served::start();
    let home = served.home();
    let empty = home.run(&["log"]).good();
    assert_eq!(empty.out, "");
    assert!(empty.err.contains("nothing was said"), "{empty:?}");
    let input = "# as in the old days\nlogin\n\nHZ5 EXAMINE INBOX\nFETCH 1 (UID FLAGS)\nUID FETCH 1:9999 (UID BODY.PEEK[])\nNOOP\n";
    let done = home.run_with(&["talk", "imap"], input).good();
    assert!(done.out.starts_with("* OK "), "{}", done.out);
    for part in ["h1 OK", "HZ5 OK", " EXISTS\n", "* 1 FETCH (", "* BYE"] {
        assert!(done.out.contains(part), "{part} in {}", done.out);
    }
    assert!(
        done.err.contains("the certificate is for localhost, signed by the account's own authority"),
        "{}",
        done.err
    );
    assert!(done.err.contains("the certificate is sha256:"), "{}", done.err);
    assert!(done.out.chars().all(|c| is_harmless(c) || c == '\n'));
    let bodies = done.out.matches("BODY[]").count();
    assert!(bodies > 20, "{bodies}");

    let printed = log(&home, &[]).out;
    for part in [
        "talk 1 · calling localhost:",
        "talk 1 · connected (tls)",
        &format!("talk 1 → h1 LOGIN \"{USER}\" ***"),
        "← HZ5 OK",
        "talk 1 → h5 UID FETCH 1:9999 (UID BODY.PEEK[])",
        "more FETCH",
        "talk 1 · closed",
    ] {
        assert!(printed.contains(part), "{part} in {printed}");
    }
    assert!(!printed.contains("Subject") && !printed.contains("Received"), "no mail: {printed}");
    assert_l01_no_secret(&home, &[&done.out, &done.err, &printed]);
    let last = log(&home, &["--lines", "2", USER]).out;
    assert_eq!(
        last,
        printed.split_inclusive('\n').rev().take(2).collect::<Vec<_>>().into_iter().rev().collect::<String>()
    );
    let json = log(&home, &["--json"]).out;
    assert_eq!(json.lines().count(), printed.lines().count());
    let first: serde_json::Value = serde_json::from_str(json.lines().next().unwrap()).unwrap();
    assert_eq!((&first["connection"], &first["kind"]), (&"talk".into(), &"connecting".into()));
    assert!(log(&home, &["--lang", "zh-CN"]).out.contains("对话 1 · 正在连接 localhost:"));
    assert!(home.run(&["log", "nobody"]).failed().contains("there is no account nobody"));

    // The other connections are in it too.
    home.run(&["sync", "--once", "--folder", "INBOX"]).good();
    let printed = log(&home, &[]).out;
    assert!(printed.contains("sync 1 → ") && printed.contains("LOGIN demo@hongyan.example ***"), "{printed}");
    assert_l01_no_secret(&home, &[&printed]);
}

#[test]
fn what_changes_something_needs_a_yes() {
    let served = Served::start();
    let home = served.home();
    let input = "login\nSELECT INBOX\nSTORE 1 +FLAGS (\\Deleted)\n";
    let done = home.run_with(&["talk", "imap", USER], input);
    assert_eq!(done.code, Some(1), "{done:?}");
    assert!(done.err.contains("this changes the flags of messages; nobody can be asked here"), "{}", done.err);
    assert!(!done.out.contains("\\Deleted))"), "{}", done.out);
    let done = home.run_with(&["talk", "imap", "--yes"], input).good();
    assert!(done.out.contains("* 1 FETCH ("), "{}", done.out);
    // The last command decides how it ended.
    let done = home.run_with(&["talk", "imap"], "SELECT INBOX\n");
    assert_eq!((done.code, done.out.contains("h1 BAD") || done.out.contains("h1 NO")), (Some(1), true), "{done:?}");
    let done = home
        .run_with(
            &["talk", "imap", "--tls", "starttls", "--at", &format!("localhost:{}", served.demo.starttls.port())],
            "NOOP\n",
        )
        .good();
    assert!(done.err.contains("after STARTTLS"), "{}", done.err);
}

#[test]
fn l04_t17_smtp_says_what_it_wants_and_the_terminal_and_the_log_are_safe() {
    let (port, served) =
        scripted("220 mail.example \u{1b}]0;owned\u{7} ready\r\n", |line| match line.split(' ').next().unwrap() {
            "EHLO" => "250-mail.example\r\n250-SIZE 1\r\n250 AUTH LOGIN PLAIN\r\n".to_owned(),
            "AUTH" => format!("235 \u{9b}2J{} {} is welcome\r\n", SECRET, line.split(' ').nth(2).unwrap_or_default()),
            "QUIT" => "221 bye\r\n".to_owned(),
            _ => "250 ok\r\n".to_owned(),
        });
    let home = Home::new();
    config(&home, "");
    let line = ["talk", "smtp", "--tls", "none", "--at", &at(port)];
    let done = home.run_with(&line, "login\nRSET\nMAIL FROM:<a@b.example>\nNOOP\n").good();
    assert!(done.out.starts_with("220 mail.example ␛]0;owned␇ ready\n"), "{}", done.out);
    assert!(done.out.contains("235 \u{fffd}2J*** *** is welcome\n"), "{}", done.out);
    assert!(done.err.contains("this begins to send a message"), "{}", done.err);
    let heard = served.join().unwrap();
    assert!(
        heard.starts_with("EHLO localhost\r\nAUTH PLAIN ") && heard.ends_with("RSET\r\nNOOP\r\nQUIT\r\n"),
        "{heard}"
    );
    let log = log(&home, &[]).out;
    assert!(log.contains("→ AUTH PLAIN ***\n") && log.contains("← 220 mail.example ␛]0;owned␇ ready"), "{log}");
    assert!(log.chars().all(|c| is_harmless(c) || c == '\n'), "{log:?}");
    assert_l01_no_secret(&home, &[&done.out, &done.err, &log]);
}

#[test]
fn pop3_waits_for_whole_answers_and_keeps_no_mail() {
    let (port, served) = scripted("+OK hi\r\n", |line| {
        match line.split(' ').next().unwrap() {
            "LIST" => "+OK 2\r\n1 10\r\n2 20\r\n.\r\n",
            "RETR" => "+OK 30 octets\r\nSubject: private matter\r\n\r\n..dots\r\n.\r\n",
            "PASS" => "-ERR no\r\n",
            _ => "+OK\r\n",
        }
        .to_owned()
    });
    let home = Home::new();
    config(&home, "");
    let line = ["talk", "pop3", "--tls", "none", "--at", &at(port)];
    let done = home.run_with(&line, "LIST\nRETR 1\nDELE 1\nPASS hush\n");
    assert_eq!(done.code, Some(1), "{done:?}");
    assert_eq!(
        done.out,
        "+OK hi\n+OK 2\n1 10\n2 20\n.\n+OK 30 octets\nSubject: private matter\n\n..dots\n.\n-ERR no\n+OK\n"
    );
    assert_eq!(served.join().unwrap(), "LIST\r\nRETR 1\r\nPASS hush\r\nQUIT\r\n");
    let log = log(&home, &[]).out;
    assert!(log.contains("← +OK 30 octets\n") && log.contains("→ PASS ***"), "{log}");
    assert!(!log.contains("private matter") && !log.contains("hush"), "{log}");
}

#[test]
fn a_server_that_stalls_or_goes_is_told() {
    let home = Home::new();
    config(&home, "");
    let (port, _served) = scripted("* OK hi\r\n", |_| String::new());
    let line = ["talk", "imap", "--tls", "none", "--patience", "0.5", "--at", &at(port)];
    let done = home.run_with(&line, "NOOP\n");
    assert!(done.code == Some(1) && done.err.contains("127.0.0.1 took too long to answer"), "{done:?}");
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let going = std::thread::spawn(move || {
        let (mut tcp, _): (TcpStream, _) = listener.accept().unwrap();
        tcp.write_all(b"* BYE not today\r\n").unwrap();
    });
    let done = home.run_with(&["talk", "imap", "--tls", "none", "--at", &at(port)], "NOOP\n");
    going.join().unwrap();
    assert!(done.code == Some(1) && done.out == "* BYE not today\n", "{done:?}");
    let done = home.run_with(&["talk", "pop3"], "");
    assert!(done.code == Some(1) && done.err.contains("names no pop3 server"), "{done:?}");
    let done = Home::new().run_with(&["talk", "imap"], "");
    assert!(done.code == Some(1) && done.err.contains("there is no account yet"), "{done:?}");
}

#[test]
fn at_a_terminal_it_asks_remembers_and_gives_the_terminal_back() {
    let served = Served::start();
    let home = served.home();
    let stty = "stty -a | tr ';' '\\n' | grep -w -e echo -e icanon";
    let mut pty = Pty::shell(&home, &format!("{PROGRAM} talk imap; echo code $?; {stty}"));
    pty.wait_for("Ctrl-C: end at once");
    pty.wait_for("imap> ");
    pty.send("login\r");
    pty.wait_for("h3 OK");
    pty.send("selxx\u{7f}\u{7f}ect inbox\r");
    pty.wait_for("h4 OK");
    pty.send("store 1 +flags (\\Seen)\r");
    pty.wait_for("this changes the flags of messages");
    pty.wait_for("Go on? y/N ");
    pty.send("\r");
    pty.wait_for("not sent");
    pty.send("a LOGIN me hush-hush\r");
    pty.wait_for("\u{1b}[Ka ");
    // The last line but the private one, once more.
    pty.send("\u{1b}[A\u{1b}[A\r");
    pty.wait_for("h5 OK");
    pty.send("\u{4}");
    let (code, seen) = pty.end();
    assert_eq!(code, 0);
    assert!(seen.contains("code 0") && seen.contains(" icanon") && seen.contains(" echo"), "{seen}");
    assert!(!seen.contains("-icanon") && !seen.contains("-echo "), "{seen}");
    let history = fs::read_to_string(home.profile().join("talk-imap.history")).unwrap();
    assert_eq!(history, "login\nselect inbox\nstore 1 +flags (\\Seen)\nselect inbox\n");
    assert!(!log(&home, &[]).out.contains("hush"));
    // What was typed is there the next time.
    let mut pty = Pty::start(&home, &["talk", "imap", "--lang", "zh-CN"]);
    pty.wait_for("Ctrl-C 立刻断开");
    pty.wait_for("imap> ");
    pty.send("\u{1b}[A\u{1b}[A");
    pty.wait_for("store 1 +flags");
    pty.send("\u{3}");
    assert_eq!(pty.end().0, 0);
}

#[test]
fn whatever_a_server_does_control_c_ends_it() {
    let (port, _served) = scripted("* OK hi\r\n", |_| "* 1 EXISTS\r\n".repeat(2_000_000));
    let home = Home::new();
    config(&home, "");
    let mut pty = Pty::start(&home, &["talk", "imap", "--tls", "none", "--at", &at(port)]);
    pty.wait_for("imap> ");
    pty.send("NOOP\r");
    pty.wait_for("EXISTS");
    pty.send("\u{3}");
    assert_eq!(pty.end().0, 0);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let mut pty =
        Pty::start(&home, &["talk", "imap", "--tls", "none", "--at", &at(listener.local_addr().unwrap().port())]);
    pty.wait_for("calling 127.0.0.1:");
    pty.send("typed while nobody answers\u{3}");
    assert_eq!(pty.end().0, 0);
}

#[test]
fn a_log_is_followed() {
    let home = Home::new();
    config(&home, "");
    let mut following =
        home.command(&["log", "--follow", "--json"]).stdin(Stdio::null()).stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(following.stdout.take().unwrap()).lines();
    let (port, served) = scripted("* OK hi\r\n", |_| "h1 OK\r\n".to_owned());
    home.run_with(&["talk", "imap", "--tls", "none", "--at", &at(port)], "").good();
    let kinds: Vec<String> = (0..6)
        .map(|_| {
            let line: serde_json::Value = serde_json::from_str(&lines.next().unwrap().unwrap()).unwrap();
            line["kind"].as_str().unwrap().to_owned()
        })
        .collect();
    assert_eq!(kinds, ["connecting", "connected", "heard", "sent", "heard", "closed"]);
    served.join().unwrap();
    following.kill().unwrap();
    let mut rest = String::new();
    let _ = following.stderr.take().unwrap().read_to_string(&mut rest);
    assert_eq!(rest, "");
    finish(following);
}
