//! What a server tells a stranger: its greeting, and what it can do before a login.

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use crate::model::{WireKind, clock};
use crate::net::{Line, Overheard};
use crate::text::SafeText;

/// More than this is no greeting.
const LONGEST: usize = 64 * 1024;

/// Every line that was said, ours too; or what went wrong.
pub(super) async fn ask(mut line: Line) -> Result<Vec<Overheard>, String> {
    let mut said = Vec::new();
    let mut room = LONGEST;
    let mut held = Vec::new();
    loop {
        let text = next(&mut line, &mut held, &mut room).await?;
        let greeting = said.is_empty();
        if greeting && !text.to_ascii_uppercase().starts_with("* OK") {
            return Err(text);
        }
        let ended = text.starts_with("d1 ");
        said.push(heard(WireKind::Heard, &text));
        if ended {
            break;
        }
        if greeting {
            say(&mut line, "d1 CAPABILITY\r\n").await?;
            said.push(heard(WireKind::Sent, "d1 CAPABILITY"));
        }
    }
    // The answer is of no use to anybody.
    let _ = say(&mut line, "d2 LOGOUT\r\n").await;
    Ok(said)
}

/// The same of a server that takes mail. `greeted`: it has greeted already.
pub(super) async fn ask_submission(mut line: Line, greeted: bool) -> Result<Vec<Overheard>, String> {
    let mut said = Vec::new();
    let mut room = LONGEST;
    let mut held = Vec::new();
    for question in [None, Some("EHLO [127.0.0.1]")] {
        match question {
            Some(question) => {
                say(&mut line, &format!("{question}\r\n")).await?;
                said.push(heard(WireKind::Sent, question));
            }
            None if greeted => continue,
            None => {}
        }
        loop {
            let text = next(&mut line, &mut held, &mut room).await?;
            if question.is_none() && !text.starts_with("220") {
                return Err(text);
            }
            said.push(heard(WireKind::Heard, &text));
            if text.as_bytes().get(3) != Some(&b'-') {
                break;
            }
        }
    }
    let _ = say(&mut line, "QUIT\r\n").await;
    Ok(said)
}

fn heard(kind: WireKind, text: &str) -> Overheard {
    Overheard { at: clock::instant(), kind, text: SafeText::of(text) }
}

async fn say(line: &mut Line, words: &str) -> Result<(), String> {
    let said = async {
        line.write_all(words.as_bytes()).await?;
        line.flush().await
    };
    said.await.map_err(|error: std::io::Error| error.to_string())
}

async fn next(line: &mut Line, held: &mut Vec<u8>, room: &mut usize) -> Result<String, String> {
    loop {
        if let Some(end) = memchr::memchr(b'\n', held) {
            let rest = held.split_off(end + 1);
            let text = String::from_utf8_lossy(held).trim_end().to_owned();
            *held = rest;
            return Ok(text);
        }
        let mut buffer = [0; 4096];
        let read = line.read(&mut buffer).await.map_err(|error| error.to_string())?;
        if read == 0 {
            return Err("it hung up".to_owned());
        }
        *room = room.checked_sub(read).ok_or("no greeting of a mail server")?;
        held.extend_from_slice(buffer.get(..read).unwrap_or_default());
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::duplex;

    use super::*;
    use crate::net::Limits;

    async fn asked(answers: &[&'static [u8]]) -> (Result<Vec<String>, String>, Vec<u8>) {
        asked_by(answers, ask).await
    }

    async fn asked_by(
        answers: &[&'static [u8]],
        ask: impl AsyncFnOnce(Line) -> Result<Vec<Overheard>, String>,
    ) -> (Result<Vec<String>, String>, Vec<u8>) {
        let (ours, mut theirs) = duplex(256 * 1024);
        let answers = answers.to_vec();
        let server = tokio::spawn(async move {
            let mut heard = Vec::new();
            let mut buffer = [0; 1024];
            for answer in answers {
                if theirs.write_all(answer).await.is_err() {
                    break;
                }
                let read = theirs.read(&mut buffer).await.unwrap_or(0);
                heard.extend_from_slice(&buffer[..read]);
            }
            heard
        });
        let said = ask(Line::over(ours, Limits::default())).await;
        let said = said.map(|lines| lines.into_iter().map(|line| line.text.into_string()).collect());
        (said, server.await.unwrap())
    }

    #[tokio::test]
    async fn a_stranger_hears_the_greeting_and_what_it_can_do() {
        let (said, heard) =
            asked(&[b"* OK Dovecot ready.\r\n", b"* CAPABILITY IMAP4rev1\r\nd1 OK done\r\n", b""]).await;
        assert_eq!(said.unwrap(), ["* OK Dovecot ready.", "d1 CAPABILITY", "* CAPABILITY IMAP4rev1", "d1 OK done"]);
        assert_eq!(heard, b"d1 CAPABILITY\r\nd2 LOGOUT\r\n");
    }

    #[tokio::test]
    async fn i03_a_greeting_without_end_and_one_that_is_none_end() {
        static ENDLESS: [u8; LONGEST + 1] = [b'x'; LONGEST + 1];
        assert_eq!(asked(&[&ENDLESS]).await.0.unwrap_err(), "no greeting of a mail server");
        assert_eq!(asked(&[b"* BYE go away\r\n"]).await.0.unwrap_err(), "* BYE go away");
        assert!(asked(&[b"HTTP/1.1 400\r\n"]).await.0.unwrap_err().starts_with("HTTP"));
        assert_eq!(asked(&[]).await.0.unwrap_err(), "it hung up");
    }

    #[tokio::test]
    async fn a_server_that_takes_mail_tells_a_stranger_the_same() {
        let answers: [&[u8]; 3] = [b"220-x\r\n220 ready\r\n", b"250-x\r\n250 SIZE 5\r\n", b""];
        let (said, heard) = asked_by(&answers, async |line| ask_submission(line, false).await).await;
        assert_eq!(said.unwrap(), ["220-x", "220 ready", "EHLO [127.0.0.1]", "250-x", "250 SIZE 5"]);
        assert_eq!(heard, b"EHLO [127.0.0.1]\r\nQUIT\r\n");
        let (said, _) = asked_by(&[b"554 go away\r\n"], async |line| ask_submission(line, false).await).await;
        assert_eq!(said.unwrap_err(), "554 go away");
    }

    #[tokio::test]
    async fn i03_a_server_that_takes_mail_and_never_ends_is_left() {
        static ENDLESS: [u8; LONGEST + 1] = [b'2'; LONGEST + 1];
        let (said, _) = asked_by(&[&ENDLESS], async |line| ask_submission(line, false).await).await;
        assert_eq!(said.unwrap_err(), "no greeting of a mail server");
    }
}
