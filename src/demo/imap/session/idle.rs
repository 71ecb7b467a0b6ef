//! IDLE.

use std::io;

use tokio::io::{AsyncRead, AsyncWrite};

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
        let id = self.id;
        loop {
            if self.personality.toggles.idle_pushes {
                let news = self.keeper.ask(move |world| world.news(id, true)).await?;
                wire.send(&news).await?;
            }
            wire.flush().await?;
            let line = tokio::select! {
                () = self.bell.notified() => continue,
                line = wire.line() => line?,
            };
            let Some(line) = line else { return Err(io::ErrorKind::UnexpectedEof.into()) };
            self.hear(line.trim_ascii(), "").await?;
            return Ok(if line.trim_ascii().eq_ignore_ascii_case(b"DONE") {
                Ok(())
            } else {
                Err(Reply::bad("DONE was expected"))
            });
        }
    }
}
