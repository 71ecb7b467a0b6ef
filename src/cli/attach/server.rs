//! The side that is asked: a socket for its owner alone, and requests as values for whoever does the work.

use std::fs::{self, Permissions};
use std::io;
use std::os::unix::fs::{FileTypeExt as _, MetadataExt as _, PermissionsExt as _};
use std::os::unix::net::UnixStream as Knock;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::unix::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::{Semaphore, mpsc};
use tokio::task::JoinHandle;
use tokio::time::timeout;

use super::{Asked, LONGEST, Loss, Progress, Reply, Trouble, VERSION, Work};
use crate::model::{Failure, FailureKind};

/// Connections at the same time; more wait.
const MOST: usize = 8;
/// Whoever connects has this long to say what for, and to take each answer.
const PATIENCE: Duration = Duration::from_secs(10);

/// Somebody asks for work.
#[derive(Debug)]
pub struct Request {
    pub work: Work,
    pub reply: Replies,
}

/// The way back. Dropped without a last word, it tells that the work was not done.
#[derive(Debug)]
pub struct Replies(mpsc::UnboundedSender<Reply>);

impl Replies {
    pub fn progress(&self, progress: Progress) {
        self.say(Reply::Progress(progress));
    }

    /// One account failed; the others go on.
    pub fn trouble(&self, account: &str, failure: &Failure) {
        self.say(Reply::Trouble(Trouble::new(account, failure)));
    }

    pub fn done(self) {
        self.say(Reply::Done(true));
    }

    /// Nothing was done: this would be lost.
    pub fn lost(self, loss: Loss) {
        self.say(Reply::Lost(loss));
    }

    pub fn failed(self, failure: &Failure) {
        self.say(Reply::Failed(Trouble::new("", failure)));
    }

    /// Nobody waits for the answer any more.
    pub fn is_unheard(&self) -> bool {
        self.0.is_closed()
    }

    /// Returns when nobody waits any more.
    pub async fn unheard(&self) {
        self.0.closed().await;
    }

    fn say(&self, reply: Reply) {
        // Whoever asked may have gone.
        let _ = self.0.send(reply);
    }
}

/// The socket. It is removed when this is dropped.
#[derive(Debug)]
pub struct Serving {
    socket: PathBuf,
    /// Device and number of the file that we made: somebody may have put another there.
    made: (u64, u64),
    task: JoinHandle<()>,
}

impl Drop for Serving {
    fn drop(&mut self) {
        self.task.abort();
        if identity(&self.socket).is_ok_and(|found| found == self.made) {
            let _ = fs::remove_file(&self.socket);
        }
    }
}

/// Listens at `socket`, in a folder that only its owner may enter. What is asked for goes to `to`. A socket that was
/// left behind is replaced; one that somebody answers at is an error. To be called inside the runtime.
pub fn serve(socket: &Path, to: mpsc::Sender<Request>) -> io::Result<Serving> {
    match fs::symlink_metadata(socket) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(error),
        Ok(about) if !about.file_type().is_socket() => {
            return Err(io::Error::new(io::ErrorKind::AlreadyExists, "there is a file in the place of the socket"));
        }
        Ok(_) => match Knock::connect(socket) {
            Ok(_) => return Err(io::ErrorKind::AddrInUse.into()),
            Err(error) if error.kind() == io::ErrorKind::ConnectionRefused => {}
            Err(error) => return Err(error),
        },
    }
    // Made private under another name, then moved into place: at no moment can anybody else open it.
    let draft = socket.with_extension(format!("{}", std::process::id()));
    let _ = fs::remove_file(&draft);
    let listener = UnixListener::bind(&draft)?;
    let made = fs::set_permissions(&draft, Permissions::from_mode(0o600))
        .and_then(|()| identity(&draft))
        .and_then(|made| fs::rename(&draft, socket).map(|()| made))
        .inspect_err(|_| {
            let _ = fs::remove_file(&draft);
        })?;
    let task = tokio::spawn(accept(listener, to));
    Ok(Serving { socket: socket.to_owned(), made, task })
}

fn identity(socket: &Path) -> io::Result<(u64, u64)> {
    fs::symlink_metadata(socket).map(|about| (about.dev(), about.ino()))
}

async fn accept(listener: UnixListener, to: mpsc::Sender<Request>) {
    let places = Arc::new(Semaphore::new(MOST));
    let own = rustix::process::geteuid().as_raw();
    while let Ok(place) = places.clone().acquire_owned().await {
        match listener.accept().await {
            Ok((stream, _)) if stream.peer_cred().is_ok_and(|peer| peer.uid() == own) => {
                let to = to.clone();
                tokio::spawn(async move {
                    talk(stream, to).await;
                    drop(place);
                });
            }
            // Somebody else's, who should not have got this far.
            Ok(_) => {}
            // Out of file descriptors, most likely: that passes.
            Err(_) => tokio::time::sleep(Duration::from_millis(100)).await,
        }
    }
}

async fn talk(stream: UnixStream, to: mpsc::Sender<Request>) {
    let (mut from, mut back) = stream.into_split();
    let asked = match timeout(PATIENCE, request(&mut from)).await {
        Ok(Ok(asked)) => asked,
        Ok(Err(wrong)) => {
            let refusal = Failure::lasting(FailureKind::Protocol, "hongyan", wrong);
            let _ = say(&mut back, &Reply::Failed(Trouble::new("", &refusal))).await;
            return;
        }
        Err(_) => return,
    };
    let (replies, mut answers) = mpsc::unbounded_channel();
    if to.send(Request { work: asked, reply: Replies(replies) }).await.is_err() {
        return;
    }
    let mut rest = [0; 64];
    loop {
        tokio::select! {
            answer = answers.recv() => {
                let Some(answer) = answer else { return };
                if say(&mut back, &answer).await.is_err() || answer.is_last() {
                    return;
                }
            }
            read = from.read(&mut rest) => match read {
                // It has gone. Dropping the answers tells the one who works.
                Ok(0) | Err(_) => return,
                Ok(_) => {}
            }
        }
    }
}

async fn request(from: &mut OwnedReadHalf) -> Result<Work, &'static str> {
    let mut line = Vec::new();
    let mut buffer = [0; 1024];
    while memchr::memchr(b'\n', &line).is_none() {
        match from.read(&mut buffer).await {
            Ok(read) if read > 0 && line.len() + read <= LONGEST => {
                line.extend_from_slice(buffer.get(..read).unwrap_or_default());
            }
            Ok(0) | Err(_) => return Err("the request broke off"),
            Ok(_) => return Err("the request is too long"),
        }
    }
    let value: serde_json::Value = serde_json::from_slice(&line).map_err(|_| "the request is not one line of JSON")?;
    if value.get("v").and_then(serde_json::Value::as_u64) != Some(u64::from(VERSION)) {
        return Err("the hongyan that is running speaks another version; end it and try again");
    }
    let asked: Asked = serde_json::from_value(value).map_err(|_| "the request is not known")?;
    Ok(asked.work.into())
}

async fn say(back: &mut OwnedWriteHalf, reply: &Reply) -> io::Result<()> {
    let mut line = serde_json::to_vec(reply)?;
    line.push(b'\n');
    timeout(PATIENCE, back.write_all(&line)).await.map_err(|_| io::Error::from(io::ErrorKind::TimedOut))?
}
