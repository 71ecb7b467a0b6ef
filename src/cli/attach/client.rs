//! The side that asks. It blocks: a command has nothing else to do.

use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::Duration;

use super::{Asked, LONGEST, Loss, Progress, Reply, VERSION, Work, Written};
use crate::model::{Failure, FailureKind};

/// A request is one small write; a reader that does not take it is not there.
const SENDING: Duration = Duration::from_secs(5);

/// A connection to the hongyan that has the profile.
#[derive(Debug)]
pub struct Line(UnixStream);

/// What it answered.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Heard {
    /// Accounts that failed while the others went on.
    pub troubles: Vec<(String, Failure)>,
    /// Nothing was done, because this would be lost.
    pub lost: Option<Loss>,
}

/// Connects, if somebody answers at the socket.
pub fn connect(socket: &Path) -> io::Result<Line> {
    let stream = UnixStream::connect(socket)?;
    stream.set_write_timeout(Some(SENDING))?;
    Ok(Line(stream))
}

impl Line {
    /// Asks for work and waits for its end.
    pub fn ask(mut self, work: &Work, mut each: impl FnMut(&Progress)) -> Result<Heard, Failure> {
        let lost = |said: &str| Failure::passing(FailureKind::Dropped, "hongyan", said);
        let mut request = serde_json::to_vec(&Asked { v: VERSION, work: Written::from(work) })
            .map_err(|error| lost(&error.to_string()))?;
        request.push(b'\n');
        self.0.write_all(&request).map_err(|error| lost(&error.to_string()))?;
        let mut answers = BufReader::new(self.0);
        let mut heard = Heard::default();
        loop {
            let mut line = Vec::new();
            let limit = u64::try_from(LONGEST).unwrap_or(u64::MAX);
            answers.by_ref().take(limit).read_until(b'\n', &mut line).map_err(|error| lost(&error.to_string()))?;
            if line.last() != Some(&b'\n') {
                return Err(lost("it ended before the work was done"));
            }
            match serde_json::from_slice(&line) {
                Ok(Reply::Progress(progress)) => each(&progress),
                Ok(Reply::Trouble(trouble)) => heard.troubles.push((trouble.account.clone(), trouble.failure())),
                Ok(Reply::Done(_)) => return Ok(heard),
                Ok(Reply::Lost(loss)) => return Ok(Heard { lost: Some(loss), ..heard }),
                Ok(Reply::Failed(trouble)) => return Err(trouble.failure()),
                Err(_) => return Err(Failure::lasting(FailureKind::Protocol, "hongyan", "another version is running")),
            }
        }
    }
}
