//! Looks into a mailbox of the test server, by IMAP, with as little as that takes: no code of hongyan is in it.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use hongyan::model::clock;

use super::PATIENCE;
use crate::dovecot::Dovecot;

pub struct Mailbox(BufReader<TcpStream>);

impl Mailbox {
    pub fn open(server: &Dovecot, user: &str, password: &str) -> Self {
        let stream = TcpStream::connect(("127.0.0.1", server.imap_port())).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        let mut mailbox = Self(BufReader::new(stream));
        assert!(mailbox.line().starts_with("* OK"));
        mailbox.ask(&format!("LOGIN \"{user}\" \"{password}\""));
        mailbox
    }

    fn line(&mut self) -> String {
        let mut line = Vec::new();
        assert!(self.0.read_until(b'\n', &mut line).unwrap() > 0, "it hung up");
        String::from_utf8_lossy(&line).trim_end().to_owned()
    }

    /// The literals of the answer, and its other lines.
    fn ask(&mut self, command: &str) -> (Vec<Vec<u8>>, Vec<String>) {
        self.0.get_mut().write_all(format!("t {command}\r\n").as_bytes()).unwrap();
        let (mut literals, mut lines) = (Vec::new(), Vec::new());
        loop {
            let line = self.line();
            if let Some(verdict) = line.strip_prefix("t ") {
                assert!(verdict.starts_with("OK"), "{command}: {verdict}");
                return (literals, lines);
            }
            let size = line.strip_suffix('}').and_then(|line| line.rsplit_once('{')).map(|(_, size)| size);
            if let Some(size) = size.and_then(|size| size.parse().ok()) {
                let mut literal = vec![0; size];
                self.0.read_exact(&mut literal).unwrap();
                literals.push(literal);
            } else {
                lines.push(line);
            }
        }
    }

    /// How many messages there are now: it is opened anew, because of an open folder servers tell what they told before.
    pub fn count(&mut self) -> usize {
        let (_, lines) = self.ask("EXAMINE INBOX");
        let exists = lines.iter().find_map(|line| line.strip_prefix("* ")?.strip_suffix(" EXISTS"));
        exists.and_then(|count| count.parse().ok()).unwrap()
    }

    /// Every message, whole, once there are so many.
    pub fn messages(&mut self, count: usize) -> Vec<Vec<u8>> {
        let end = clock::instant() + PATIENCE;
        while self.count() < count {
            assert!(clock::instant() < end, "{} of {count} messages came", self.count());
            std::thread::sleep(Duration::from_millis(20));
        }
        let (messages, _) = self.ask("UID FETCH 1:* (BODY.PEEK[])");
        assert_eq!(messages.len(), count);
        messages
    }
}
