//! The harness itself: a test that trusts a broken server proves nothing.

use std::io::{BufRead as _, BufReader, Write as _};

use native_tls::{Certificate as Trusted, HandshakeError, TlsConnector, TlsStream};

use super::*;

const USER: &str = "me@mail.example";
const PASSWORD: &str = "p:ä {x} 授权码";

fn server() -> Dovecot {
    let server = Dovecot::start();
    server.add_user(USER, PASSWORD);
    server
}

fn connect(server: &Dovecot, port: u16) -> Result<BufReader<TlsStream<TcpStream>>, String> {
    let ca = Trusted::from_pem(&fs::read(server.ca_path()).unwrap()).unwrap();
    let connector = TlsConnector::builder().add_root_certificate(ca).build().unwrap();
    let stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    match connector.connect("localhost", stream) {
        Ok(stream) => Ok(BufReader::new(stream)),
        Err(HandshakeError::Failure(error)) => Err(error.to_string()),
        Err(HandshakeError::WouldBlock(_)) => Err("no answer".to_owned()),
    }
}

/// Sends a command and reads to its tagged answer.
fn ask(stream: &mut BufReader<TlsStream<TcpStream>>, command: &str) -> Vec<String> {
    stream.get_mut().write_all(format!("t {command}\r\n").as_bytes()).unwrap();
    let mut lines = Vec::new();
    loop {
        let mut line = Vec::new();
        assert!(stream.read_until(b'\n', &mut line).unwrap() > 0, "closed after {lines:?}");
        lines.push(String::from_utf8_lossy(&line).trim_end().to_owned());
        if line.starts_with(b"t ") {
            return lines;
        }
    }
}

fn login(server: &Dovecot, password: &str) -> Result<BufReader<TlsStream<TcpStream>>, String> {
    let mut stream = connect(server, server.imaps_port())?;
    let mut greeting = String::new();
    stream.read_line(&mut greeting).unwrap();
    assert!(greeting.starts_with("* OK "), "{greeting}");
    // A literal takes any byte.
    let answer = ask(&mut stream, &format!("LOGIN {USER} {{{}+}}\r\n{password}", password.len()));
    let last = answer.last().unwrap().clone();
    if last.starts_with("t OK") { Ok(stream) } else { Err(last) }
}

#[test]
fn a_user_logs_in_and_finds_the_letters() {
    let server = server();
    server.fill(USER, "INBOX", 30);
    server.fill(USER, "项目/鸿雁", 3);
    let mut stream = login(&server, PASSWORD).unwrap_or_else(|said| panic!("{said}\n{}", server.log()));
    let selected = ask(&mut stream, "SELECT INBOX");
    assert!(selected.contains(&"* 30 EXISTS".to_owned()), "{selected:?}");
    let dates = ask(&mut stream, "FETCH 1,30 (UID INTERNALDATE FLAGS)");
    assert!(
        dates[0].contains("UID 1 ") && dates[0].contains("14-Nov-2023") && dates[0].contains("\\Flagged"),
        "{dates:?}"
    );
    let folders = ask(&mut stream, "LIST \"\" *").join("\n");
    for name in ["(\\HasNoChildren \\Drafts) \"/\" &g0l6P3ux-", "\"/\" &mHl27g-/&nj+WwQ-"] {
        assert!(folders.contains(name), "{name}\n{folders}");
    }
    assert!(login(&server, "wrong").unwrap_err().starts_with("t NO [AUTHENTICATIONFAILED]"));
    server.add_user(USER, "another");
    assert!(login(&server, "another").is_ok());
}

#[test]
fn flags_are_changed_and_messages_removed_from_outside() {
    let server = server();
    server.fill(USER, "INBOX", 4);
    let before = server.flags(USER, "INBOX");
    let expected: [(u32, &[&str]); 4] = [(1, &["\\Flagged"]), (2, &["\\Seen"]), (3, &["\\Seen"]), (4, &[])];
    assert_eq!(before, expected.map(|(uid, flags)| (uid, flags.iter().map(ToString::to_string).collect())).into());
    server.set_flags(USER, "INBOX", 2, &["\\Answered", "$Forwarded"]);
    server.set_flags(USER, "INBOX", 3, &[]);
    server.expunge(USER, "INBOX", 1);
    server.deliver(USER, "INBOX", b"Subject: new\r\n\r\nhello\r\n");
    let expected: [(u32, &[&str]); 4] = [(2, &["$Forwarded", "\\Answered"]), (3, &[]), (4, &[]), (5, &[])];
    let after = server.flags(USER, "INBOX");
    assert_eq!(after, expected.map(|(uid, flags)| (uid, flags.iter().map(ToString::to_string).collect())).into());
}

#[test]
fn s07_every_certificate_but_the_right_one_is_refused() {
    let server = server();
    assert!(connect(&server, server.imaps_port()).is_ok());
    for (port, said) in [
        (server.wrong_name_port(), "hostname mismatch"),
        (server.expired_port(), "expired"),
        (server.untrusted_port(), "unable to get local issuer certificate"),
    ] {
        let refused = connect(&server, port).unwrap_err();
        assert!(refused.to_lowercase().contains(said), "{refused}");
    }
    let mut clear = BufReader::new(TcpStream::connect(("127.0.0.1", server.imap_port())).unwrap());
    let mut greeting = String::new();
    clear.read_line(&mut greeting).unwrap();
    assert!(greeting.contains("STARTTLS"), "{greeting}");
}

#[test]
fn a_killed_server_is_gone_and_comes_back_on_the_same_port() {
    let server = server();
    server.fill(USER, "INBOX", 2);
    let mut stream = login(&server, PASSWORD).unwrap();
    ask(&mut stream, "SELECT INBOX");
    server.kill();
    assert!(TcpStream::connect(("127.0.0.1", server.imaps_port())).is_err());
    let mut rest = String::new();
    assert!(!matches!(stream.read_line(&mut rest), Ok(n) if n > 0), "{rest}");
    server.restart();
    let mut stream = login(&server, PASSWORD).unwrap();
    assert!(ask(&mut stream, "SELECT INBOX").contains(&"* 2 EXISTS".to_owned()));
}
