//! The server of the demo that takes mail: what is handed to it arrives in the demo's own mailbox, or is kept to be
//! looked at.
//!
//! It is a neighbour of [`imap`](super::imap) and asks the same keeper. How servers of this kind differ is data
//! ([`Submission`]), and so is what goes wrong ([`SmtpFault`]).

mod fault;
mod login;
mod manners;
mod office;
mod session;
mod wire;

use std::io;
use std::sync::Arc;

use tokio::io::DuplexStream;
use tokio::net::TcpListener;
use tokio::task::JoinSet;

pub use self::fault::{SmtpDoing, SmtpFault, SmtpStep, smtp_faults};
pub use self::manners::{
    ALIYUN_SUBMISSION, COREMAIL_SUBMISSION, EXMAIL_SUBMISSION, MODERN_SUBMISSION, PLAIN_SUBMISSION, QQ_SUBMISSION,
    SINA_SUBMISSION, Submission,
};
pub(super) use self::office::Office;
pub use self::office::Submitted;

use self::session::{Incoming, Session};
use super::imap::{Keeper, World};

/// Where it listens, and with what papers.
pub(super) struct Counters {
    pub(super) tls: TcpListener,
    pub(super) starttls: TcpListener,
    pub(super) acceptor: Arc<tokio_native_tls::TlsAcceptor>,
}

/// What one side may have said before the other reads it.
const PIPE: usize = 64 * 1024;

/// Serves until it is dropped; every connection ends with it.
pub(super) async fn listen(counters: Counters, keeper: Keeper) {
    let mut sessions = JoinSet::new();
    loop {
        let (accepted, tls_at_once) = tokio::select! {
            accepted = counters.tls.accept() => (accepted, true),
            accepted = counters.starttls.accept() => (accepted, false),
            Some(_) = sessions.join_next(), if !sessions.is_empty() => continue,
        };
        let Ok((stream, _)) = accepted else { continue };
        let _ = stream.set_nodelay(true);
        let incoming = Incoming::Tcp { stream, acceptor: Arc::clone(&counters.acceptor), tls_at_once };
        sessions.spawn(one(incoming, keeper.clone()));
    }
}

/// A connection that needs no socket; TLS counts as on.
pub(super) fn pipe(keeper: &Keeper) -> DuplexStream {
    let (ours, theirs) = tokio::io::duplex(PIPE);
    tokio::spawn(one(Incoming::Pipe(ours), keeper.clone()));
    theirs
}

async fn one(incoming: Incoming, keeper: Keeper) -> io::Result<()> {
    let begun = |world: &mut World| (world.begin_submission(), world.cut.subscribe(), world.personality);
    let (faults, mut cut, personality) = keeper.ask(begun).await?;
    let session = Session::new(keeper, &personality.submission, faults);
    tokio::select! {
        // How a connection ends is the client's to notice.
        ended = session.serve(incoming) => ended,
        _ = cut.changed() => Ok(()),
    }
}
