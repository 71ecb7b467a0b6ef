//! A server that answers at random: whatever it says, the secret is said once.

use std::time::Duration;

use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpListener;
use tokio::sync::mpsc;

use super::*;
use crate::fuzzing::Dice;
use crate::net::Limits;

const CANARY: &str = "canary-7391-Wildgans";
// Made by another encoder: PLAIN, LOGIN and XOAUTH2 with it.
const CODED: [&str; 3] =
    ["AHUAY2FuYXJ5LTczOTEtV2lsZGdhbnM=", "Y2FuYXJ5LTczOTEtV2lsZGdhbnM=", "IGNhbmFyeS03MzkxLVdpbGRnYW5z"];

/// True if the secret is in it in one of its forms.
fn sings(line: &str) -> bool {
    line.contains(CANARY) || CODED.iter().any(|form| line.contains(form))
}

/// What a server may answer to anything.
const ANSWERS: &[&str] = &[
    "@ OK\r\n",
    "@ OK [CAPABILITY IMAP4rev1 AUTH=PLAIN LOGINDISABLED] done\r\n",
    "@ NO wrong\r\n",
    "@ NO [PRIVACYREQUIRED] not like this\r\n",
    "@ NO [UNAVAILABLE] later\r\n",
    "@ BAD what\r\n",
    "@ BAD [AUTHENTICATIONFAILED] what\r\n",
    "+ \r\n",
    "+\r\n",
    "+ eyJzdGF0dXMiOiI0MDEifQ==\r\n",
    "+ VXNlcm5hbWU6\r\n+ UGFzc3dvcmQ6\r\n",
    "+ again\r\n@ NO wrong\r\n",
    "* BYE gone\r\n",
    "* CAPABILITY IMAP4rev1 LOGINDISABLED AUTH=PLAIN AUTH=LOGIN AUTH=XOAUTH2 SASL-IR\r\n@ OK\r\n",
    "* CAPABILITY IMAP4rev1 AUTH=LOGIN ID\r\n@ OK\r\n",
    "* OK [ALERT] send it again\r\n+ \r\n",
    "* PREAUTH welcome\r\n@ NO\r\n",
    "zz1 OK\r\n@ OK\r\n",
    "\u{8349}\r\n@ BAD\r\n",
];

const GREETINGS: &[&str] = &[
    "* OK hi",
    "* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN AUTH=LOGIN AUTH=XOAUTH2 SASL-IR LOGINDISABLED] hi",
    "* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN SASL-IR] hi",
    "* OK [CAPABILITY IMAP4rev1 AUTH=LOGIN LOGINDISABLED] hi",
    "* OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=XOAUTH2] hi",
    "* OK Coremail System IMap Server Ready(x)",
    "* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] Dovecot ready.",
    "* PREAUTH come in",
    "* BYE not now",
];

/// One line from a client, or the end of its connection, and what was answered.
#[derive(Debug)]
struct Exchange {
    connection: usize,
    said: String,
    answer: &'static str,
}

/// A server that answers at random, and keeps what it heard.
async fn mad(seed: u64) -> (u16, mpsc::UnboundedReceiver<Exchange>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let (to, exchanges) = mpsc::unbounded_channel();
    tokio::spawn(async move {
        let mut dice = Dice::new(seed);
        let mut connection = 0;
        while let Ok((tcp, _)) = listener.accept().await {
            connection += 1;
            tcp.set_nodelay(true).unwrap();
            let mut line = BufReader::new(tcp);
            let greeting = GREETINGS[dice.below(GREETINGS.len())];
            let _ = line.write_all(format!("{greeting}\r\n").as_bytes()).await;
            let (mut tag, mut said) = ("x".to_owned(), Vec::new());
            while line.read_until(b'\n', &mut said).await.is_ok_and(|read| read > 0) {
                let text = String::from_utf8_lossy(&said).trim_end().to_owned();
                said.clear();
                if let Some((new, _)) = text.split_once(' ').filter(|(new, _)| new.starts_with('H')) {
                    tag = new.to_owned();
                }
                // Mostly it does what it should.
                let answer = match (dice.below(4) > 0, text.rsplit_once(' ').map_or("", |(_, last)| last)) {
                    (true, "PLAIN" | "LOGIN" | "XOAUTH2") => "+ \r\n",
                    (true, "CAPABILITY") => "* CAPABILITY IMAP4rev1 AUTH=PLAIN AUTH=XOAUTH2 SASL-IR\r\n@ OK\r\n",
                    (true, _) if text.contains(" LIST ") => "* LIST () \"/\" INBOX\r\n@ OK\r\n",
                    (true, _) => "@ OK\r\n",
                    _ => ANSWERS[dice.below(ANSWERS.len())],
                };
                let _ = to.send(Exchange { connection, said: text, answer });
                if line.write_all(answer.replace('@', &tag).as_bytes()).await.is_err() || answer.contains("BYE") {
                    break;
                }
            }
        }
    });
    (port, exchanges)
}

/// Whatever a server answers: the secret is said once on a connection at most, and nowhere any more when somebody has
/// looked at it and refused.
#[tokio::test]
async fn l01_no_answer_makes_us_say_the_secret_twice() {
    #[expect(clippy::disallowed_methods, reason = "how much time there is for tests")]
    let runs = if std::env::var_os("HONGYAN_LONG").is_some() { 20_000 } else { 600 };
    let (mut told, mut let_in) = (0, 0);
    for seed in 0..runs {
        let (port, mut exchanges) = mad(seed).await;
        let mut dice = Dice::new(seed ^ 0xa5a5);
        let patience = Duration::from_millis(30);
        let limits = Limits { connect: Duration::from_secs(5), handshake: Duration::from_secs(5), answer: patience };
        let secret = if dice.below(3) == 0 { Secret::token(CANARY.into()) } else { Secret::new(CANARY.into()) };
        let server = Server { host: "127.0.0.1".into(), port, tls: TlsMode::None };
        let way = Way::new(Dialer { limits, ..Dialer::default() }, server, "u".into(), secret.clone());
        let manners = [UNKNOWN, KEEPS_ITS_WORD, NETEASE, OAUTH][dice.below(4)];
        way.known.send_modify(|known| known.manners = manners);
        let opened = way.connect_and(home()).await;
        let_in += usize::from(opened.is_ok());
        drop(opened);
        let mut heard = Vec::new();
        while let Ok(exchange) = exchanges.try_recv() {
            heard.push(exchange);
        }
        let connections = heard.iter().map(|exchange| exchange.connection).max().unwrap_or(0);
        assert!(connections <= 2, "{seed}: {heard:#?}");
        for connection in 1..=connections {
            let on_it: Vec<&Exchange> = heard.iter().filter(|exchange| exchange.connection == connection).collect();
            let times = on_it.iter().filter(|exchange| sings(&exchange.said)).count();
            assert!(times <= 1, "{seed}: {on_it:#?}");
            told += times;
            if secret.is_token() {
                assert!(!on_it.iter().any(|exchange| exchange.said.contains(CANARY)), "{seed}: {on_it:#?}");
            }
        }
        let refused = |exchange: &&Exchange| {
            sings(&exchange.said)
                && (exchange.answer.contains("@ NO") || exchange.answer.contains("AUTHENTICATIONFAILED"))
        };
        if let Some(at) = heard.iter().position(|exchange| refused(&exchange)) {
            assert!(!heard[at + 1..].iter().any(|exchange| sings(&exchange.said)), "{seed}: {heard:#?}");
        }
    }
    let few = usize::try_from(runs).unwrap() / 20;
    assert!(told > few * 5 && let_in > few, "{told} {let_in}: it proves nothing");
}
