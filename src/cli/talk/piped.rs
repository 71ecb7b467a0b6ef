//! Lines out of a pipe, one after the other: each waits for the whole answer to the one before.

use std::io::BufRead as _;
use std::thread;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::sync::mpsc;

use super::{Act, Call, Talking};
use crate::cli::output::{Ending, Out, aside};
use crate::model::{Failure, FailureKind};

/// As long as no answer is due, the server may be silent for ever, or for a day.
const SILENCE: Duration = Duration::from_hours(24);
/// How long a goodbye is waited for.
const GOODBYE: Duration = Duration::from_secs(5);

pub(super) async fn talk(call: &Call) -> Result<(), Ending> {
    let mut talking = call.connect(false).await.map_err(|failure| call.failed(&failure))?;
    for fact in call.facts(&talking) {
        aside(&fact);
    }
    let patience = talking.line.patience();
    let answer = call.dialer.limits.answer;
    let mut typed = lines();
    let mut buffer = vec![0; 16 * 1024];
    let mut leaving = false;
    let mut out = Out::new();
    while !talking.conversation.is_over() {
        let free = talking.conversation.wants_a_line() && !leaving;
        patience.set(if leaving {
            GOODBYE
        } else if free {
            SILENCE
        } else {
            answer
        });
        let acts = tokio::select! {
            read = talking.line.read(&mut buffer) => match read {
                Ok(0) => talking.conversation.closed(),
                Ok(read) => talking.conversation.heard(buffer.get(..read).unwrap_or_default()),
                Err(_) if leaving => talking.conversation.closed(),
                Err(error) => return Err(broken(call, &talking, &error)),
            },
            line = typed.recv(), if free => if let Some(line) = line { talking.conversation.typed(&line) } else {
                leaving = true;
                talking.conversation.leave()
            },
        };
        perform(acts, call, &mut talking, &mut out).await?;
    }
    talking.tap.closed("");
    out.end()?;
    if talking.conversation.has_failed() { Err(Ending::Failed(Vec::new())) } else { Ok(()) }
}

async fn perform(acts: Vec<Act>, call: &Call, talking: &mut Talking, out: &mut Out) -> Result<(), Ending> {
    for act in acts {
        match act {
            Act::Send { bytes, shown } => {
                let sent = async {
                    talking.line.write_all(&bytes).await?;
                    talking.line.flush().await
                };
                let sent: std::io::Result<()> = sent.await;
                talking.tap.sent(&shown);
                sent.map_err(|error| broken(call, talking, &error))?;
            }
            Act::Show(line) => out.line(&line)?,
            Act::Note(said) => {
                out.flush()?;
                aside(&said);
            }
            Act::Heard(first) => talking.tap.heard(&first, []),
            Act::End => {}
        }
    }
    out.flush()
}

fn broken(call: &Call, talking: &Talking, error: &std::io::Error) -> Ending {
    talking.tap.closed(&error.to_string());
    call.failed(&failure(call, error))
}

fn failure(call: &Call, error: &std::io::Error) -> Failure {
    let host = call.server.host.as_str();
    match error.kind() {
        std::io::ErrorKind::TimedOut => Failure::passing(FailureKind::TimedOut, host, ""),
        _ => Failure::passing(FailureKind::Dropped, host, &error.to_string()),
    }
}

/// The lines of the standard input, read on a thread of their own, no further than they are wanted.
fn lines() -> mpsc::Receiver<String> {
    let (to, lines) = mpsc::channel(1);
    let read = move || {
        let mut input = std::io::stdin().lock();
        let mut line = Vec::new();
        while input.read_until(b'\n', &mut line).is_ok_and(|read| read > 0) {
            let text = String::from_utf8_lossy(&line).into_owned();
            line.clear();
            if to.blocking_send(text).is_err() {
                return;
            }
        }
    };
    // Without a thread there is no input, which ends the talk.
    let _ = thread::Builder::new().name("input".to_owned()).spawn(read);
    lines
}
