//! For tests: a server that says what it is told to say, to whatever it hears.

use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;

use crate::model::{Secret, Server, TlsMode};
use crate::net::{Dialer, Limits};
use crate::sync::Way;

pub(in crate::sync) struct Scripted {
    port: u16,
    heard: mpsc::UnboundedReceiver<String>,
    /// What was heard so far, without tags.
    log: Vec<String>,
}

type Answer = dyn Fn(&str) -> Option<String> + Send + Sync;

impl Scripted {
    /// `answer` gives the whole answer to a command, `@` standing for its tag, `←` and `⇐` for the ones before; `None`: what a
    /// friendly, empty server says.
    pub(in crate::sync) async fn start(answer: impl Fn(&str) -> Option<String> + Send + Sync + 'static) -> Self {
        Self::start_as("hello", answer).await
    }

    /// The same for one who greets like this.
    pub(in crate::sync) async fn start_as(
        greeting: &'static str,
        answer: impl Fn(&str) -> Option<String> + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let (to, heard) = mpsc::unbounded_channel();
        let answer: Arc<Answer> = Arc::new(answer);
        tokio::spawn(async move {
            while let Ok((tcp, _)) = listener.accept().await {
                tokio::spawn(talk(tcp, greeting, answer.clone(), to.clone()));
            }
        });
        Self { port, heard, log: Vec::new() }
    }

    pub(in crate::sync) fn way(&self) -> Way {
        let limits = Limits {
            connect: Duration::from_secs(5),
            handshake: Duration::from_secs(5),
            answer: Duration::from_millis(400),
        };
        let server = Server { host: "127.0.0.1".into(), port: self.port, tls: TlsMode::None };
        Way::new(Dialer { limits, ..Dialer::default() }, server, "u".into(), Secret::new("p".into()))
    }

    /// Everything that was heard so far, without tags.
    pub(in crate::sync) fn heard(&mut self) -> Vec<String> {
        self.count("");
        self.log.clone()
    }

    /// How many commands so far began like this.
    pub(in crate::sync) fn count(&mut self, start: &str) -> usize {
        while let Ok(line) = self.heard.try_recv() {
            self.log.push(line);
        }
        self.log.iter().filter(|line| line.starts_with(start)).count()
    }
}

async fn talk(tcp: TcpStream, greeting: &str, answer: Arc<Answer>, heard: mpsc::UnboundedSender<String>) {
    let (read, mut write) = tcp.into_split();
    let mut lines = BufReader::new(read).lines();
    let (mut idle, mut earlier) = (String::new(), String::new());
    if write.write_all(format!("* OK {greeting}\r\n").as_bytes()).await.is_err() {
        return;
    }
    while let Ok(Some(line)) = lines.next_line().await {
        let (tag, command) = match line.split_once(' ') {
            Some((tag, command)) => (tag.to_owned(), command.to_owned()),
            None => (idle.clone(), line),
        };
        let _ = heard.send(command.clone());
        let before = std::mem::replace(&mut idle, tag.clone());
        let usual = || {
            match command.split(' ').next().unwrap_or_default() {
                "CAPABILITY" => "* CAPABILITY IMAP4rev1 IDLE\r\n@ OK\r\n",
                "LIST" => "* LIST () \"/\" INBOX\r\n@ OK\r\n",
                "SELECT" | "EXAMINE" => "* 0 EXISTS\r\n* OK [UIDVALIDITY 3] x\r\n@ OK\r\n",
                "IDLE" => "+ idling\r\n",
                _ => "@ OK done\r\n",
            }
            .to_owned()
        };
        let said =
            answer(&command).unwrap_or_else(usual).replace('@', &tag).replace('←', &before).replace('⇐', &earlier);
        earlier = before;
        if write.write_all(said.as_bytes()).await.is_err() {
            return;
        }
    }
}
