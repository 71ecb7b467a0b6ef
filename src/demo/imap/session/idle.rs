//! IDLE.

use std::io;

use tokio::io::{AsyncRead, AsyncWrite};

use super::super::fault::{Fault, Place};
use super::super::wire::Wire;
use super::super::world::Reply;
use super::Session;

impl Session {
    /// Tells what happens until the client says DONE.
    pub(super) async fn idle<S: AsyncRead + AsyncWrite + Unpin>(
        &mut self,
        wire: &mut Wire<S>,
    ) -> io::Result<Result<(), Reply>> {
        wire.send(b"+ idling\r\n").await?;
        self.say(wire, "IDLE", Place::Between).await?;
        if self.has(&Fault::Bye("IDLE")) {
            wire.send(b"* BYE Closing\r\n").await?;
            wire.close().await?;
            return Err(io::ErrorKind::ConnectionAborted.into());
        }
        let id = self.id;
        let end = self.personality.limits.idle.map(|after| tokio::time::Instant::now() + after);
        loop {
            if self.personality.toggles.idle_pushes {
                let news = self.keeper.ask(move |world| world.news(id, true)).await?;
                wire.send(&news).await?;
            }
            wire.flush().await?;
            let line = tokio::select! {
                () = self.bell.notified() => continue,
                line = wire.line() => line?,
                () = until(end) => return Err(io::ErrorKind::TimedOut.into()),
            };
            let Some(line) = line else { return Err(io::ErrorKind::UnexpectedEof.into()) };
            self.hear(line.trim_ascii(), "").await?;
            if self.has(&Fault::Deaf("DONE")) {
                continue;
            }
            return Ok(if line.trim_ascii().eq_ignore_ascii_case(b"DONE") {
                Ok(())
            } else {
                Err(Reply::bad("DONE was expected"))
            });
        }
    }
}

/// Never, if there is no such moment.
async fn until(moment: Option<tokio::time::Instant>) {
    match moment {
        Some(moment) => tokio::time::sleep_until(moment).await,
        None => std::future::pending().await,
    }
}
