//! `hongyan talk` at a terminal: what the server says appears at once, above the line that is being typed.

use std::io::{self, Write as _};
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::signal::unix::{SignalKind, signal};
use tokio::time::timeout;

use crate::app::Event;
use crate::cli::Ending;
use crate::cli::talk::{Act, Call, Talking, history};
use crate::model::{Failure, FailureKind};
use crate::term::{self, Edited, LineEditor, Raw};
use crate::text::SafeText;

/// A person decides how long to wait.
const FOR_EVER: Duration = Duration::from_hours(24 * 365);
/// A server that takes nothing for so long is left.
const SENDING: Duration = Duration::from_secs(5);
/// How long a goodbye is waited for.
const GOODBYE: Duration = Duration::from_secs(3);

/// Talks until the user or the server has had enough.
pub async fn talk(call: &Call) -> Result<(), Ending> {
    let file = call.history();
    let mut editor = LineEditor::new(history::load(&file));
    let mut interrupted = signal(SignalKind::interrupt())?;
    say(&call.calling())?;
    let talking = tokio::select! {
        talking = call.connect(true) => talking.map_err(|failure| call.failed(&failure))?,
        _ = interrupted.recv() => return Ok(()),
    };
    for fact in call.facts(&talking) {
        say(&fact)?;
    }
    say(&call.how_to_talk())?;
    let tap = talking.tap.clone();
    let ended = {
        let _raw = Raw::enter()?;
        let ended = Screen { talking, editor: &mut editor }.turn().await;
        write(b"\r\x1b[K")?;
        ended
    };
    tap.closed(ended.as_ref().err().map(|error| error.to_string()).unwrap_or_default().as_str());
    // The talk is over; only the next one would miss it.
    let _ = history::save(&file, editor.past());
    ended.map_err(|error| match error.kind() {
        io::ErrorKind::TimedOut => call.failed(&Failure::passing(FailureKind::TimedOut, "", "")),
        _ => call.failed(&Failure::passing(FailureKind::Dropped, "", &error.to_string())),
    })
}

struct Screen<'a> {
    talking: Talking,
    editor: &'a mut LineEditor,
}

impl Screen<'_> {
    async fn turn(&mut self) -> io::Result<()> {
        let mut keys = term::events()?;
        let mut interrupt = signal(SignalKind::interrupt())?;
        let mut terminate = signal(SignalKind::terminate())?;
        let mut hang_up = signal(SignalKind::hangup())?;
        let patience = self.talking.line.patience();
        patience.set(FOR_EVER);
        let mut buffer = vec![0; 16 * 1024];
        self.draw()?;
        while !self.talking.conversation.is_over() {
            let acts = tokio::select! {
                biased;
                event = keys.recv() => match event {
                    Some(Event::Key(press)) => match self.editor.press(press.unshifted()) {
                        Edited::Nothing => continue,
                        Edited::Changed => Vec::new(),
                        Edited::Interrupted => return Ok(()),
                        Edited::Ended => {
                            patience.set(GOODBYE);
                            self.talking.conversation.leave()
                        }
                        Edited::Entered(line) => self.entered(&line)?,
                    },
                    Some(_) => Vec::new(),
                    // The terminal is gone.
                    None => return Ok(()),
                },
                _ = interrupt.recv() => return Ok(()),
                _ = terminate.recv() => return Ok(()),
                _ = hang_up.recv() => return Ok(()),
                read = self.talking.line.read(&mut buffer) => match read {
                    Ok(0) => self.talking.conversation.closed(),
                    Ok(read) => self.talking.conversation.heard(buffer.get(..read).unwrap_or_default()),
                    Err(_) if self.talking.conversation.is_leaving() => self.talking.conversation.closed(),
                    Err(error) => return Err(error),
                },
            };
            self.perform(acts).await?;
        }
        Ok(())
    }

    fn entered(&mut self, line: &str) -> io::Result<Vec<Act>> {
        let conversation = &mut self.talking.conversation;
        // The line stays where it was typed.
        above(&format!("{}{line}", conversation.prompt()))?;
        if !conversation.is_private(line) {
            self.editor.remember(line, history::KEPT);
        }
        Ok(conversation.typed(line))
    }

    async fn perform(&mut self, acts: Vec<Act>) -> io::Result<()> {
        let Talking { line, tap, .. } = &mut self.talking;
        for act in acts {
            match act {
                Act::Send { bytes, shown } => {
                    tap.sent(&shown);
                    let sending = async {
                        line.write_all(&bytes).await?;
                        line.flush().await
                    };
                    // Meanwhile no key is heard.
                    timeout(SENDING, sending).await.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()))?;
                }
                Act::Show(said) => above(&said)?,
                Act::Note(said) => above(&format!("· {said}"))?,
                Act::Heard(first) => tap.heard(&first, []),
                Act::End => {}
            }
        }
        self.draw()
    }

    fn draw(&self) -> io::Result<()> {
        let columns = usize::from(term::size().0);
        let (text, cursor) = self.editor.picture(&self.talking.conversation.prompt(), columns);
        // Without a number the cursor would go on by one.
        let there = if cursor > 0 { format!("\x1b[{cursor}C") } else { String::new() };
        write(format!("\r\x1b[K{text}\r{there}").as_bytes())
    }
}

/// A line above the one that is being typed.
fn above(untrusted: &str) -> io::Result<()> {
    write(format!("\r\x1b[K{}\r\n", SafeText::of(untrusted)).as_bytes())
}

fn say(untrusted: &str) -> io::Result<()> {
    write(format!("· {}\n", SafeText::of(untrusted)).as_bytes())
}

fn write(bytes: &[u8]) -> io::Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(bytes)?;
    out.flush()
}
