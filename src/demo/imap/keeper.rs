//! The task that owns the world, and the handle by which everybody else asks it.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::DuplexStream;
use tokio::net::TcpListener;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinSet;

use super::session::{self, Incoming, Terms};
use super::tally::{Tally, Traffic, count};
use super::world::World;

type Job = Box<dyn FnOnce(&mut World) + Send>;

/// Asks the owner of the world to do something with it.
#[derive(Clone, Debug)]
pub(in crate::demo) struct Keeper {
    jobs: mpsc::UnboundedSender<Job>,
    pipes: mpsc::UnboundedSender<DuplexStream>,
    tally: Arc<Tally>,
}

/// What one side may have said before the other reads it.
const PIPE: usize = 64 * 1024;

impl Keeper {
    pub(in crate::demo) async fn ask<T: Send + 'static>(
        &self,
        job: impl FnOnce(&mut World) -> T + Send + 'static,
    ) -> io::Result<T> {
        let (done, answer) = oneshot::channel();
        let job: Job = Box::new(move |world| {
            // Nobody waits for the answer if its session has ended.
            let _ = done.send(job(world));
        });
        let stopped = || io::Error::new(io::ErrorKind::ConnectionAborted, "the demo server has stopped");
        self.jobs.send(job).map_err(|_| stopped())?;
        answer.await.map_err(|_| stopped())
    }

    /// The same without waiting, for one who cannot wait.
    pub(in crate::demo) fn tell(&self, job: impl FnOnce(&mut World) + Send + 'static) {
        let _ = self.jobs.send(Box::new(job));
    }

    /// A connection without a socket. It ends at once if the server has stopped.
    pub(in crate::demo) fn pipe(&self) -> DuplexStream {
        let (ours, theirs) = tokio::io::duplex(PIPE);
        let _ = self.pipes.send(ours);
        theirs
    }

    pub(in crate::demo) fn traffic(&self) -> Traffic {
        self.tally.total()
    }
}

/// Where a server listens, and with what papers.
pub(in crate::demo) struct Doors {
    pub(in crate::demo) tls: TcpListener,
    pub(in crate::demo) starttls: TcpListener,
    pub(in crate::demo) acceptor: Arc<tokio_native_tls::TlsAcceptor>,
}

pub(in crate::demo) struct Start {
    pub(in crate::demo) world: World,
    /// `None` for a server that is reached by pipes only.
    pub(in crate::demo) doors: Option<Doors>,
    pub(in crate::demo) arrivals: Option<Duration>,
    /// Delivers the next new message.
    pub(in crate::demo) deliver: fn(&mut World, u64),
}

/// Runs until it is dropped; every connection ends with it.
pub(in crate::demo) fn keep(start: Start) -> (Keeper, impl Future<Output = ()> + Send + 'static) {
    let (jobs, mut asked) = mpsc::unbounded_channel::<Job>();
    let (pipes, mut piped) = mpsc::unbounded_channel();
    let keeper = Keeper { jobs, pipes, tally: Arc::clone(&start.world.tally) };
    let handle = keeper.clone();
    let work = async move {
        let Start { mut world, doors, arrivals, deliver } = start;
        let mut sessions = JoinSet::new();
        let (mut next, mut delivered) = (0, 0);
        let pause = arrivals.unwrap_or(Duration::from_hours(1));
        let mut clock = tokio::time::interval_at(tokio::time::Instant::now() + pause, pause);
        loop {
            // Who came before something was asked is there before it is done.
            let incoming = tokio::select! {
                biased;
                Some(stream) = piped.recv() => Some(Incoming::Pipe(stream)),
                incoming = knock(doors.as_ref()) => incoming,
                _ = clock.tick(), if arrivals.is_some() => {
                    deliver(&mut world, delivered);
                    delivered += 1;
                    continue;
                }
                Some(_) = sessions.join_next(), if !sessions.is_empty() => continue,
                Some(job) = asked.recv() => {
                    job(&mut world);
                    continue;
                }
            };
            let Some(incoming) = incoming else { continue };
            next += 1;
            count(&world.tally.connections, 1);
            let terms = Terms {
                faults: Arc::clone(&world.faults),
                tally: Arc::clone(&world.tally),
                literals_may_come_unasked: world.personality.can("LITERAL+"),
            };
            let session = session::Session::new(next, keeper.clone(), world.personality, terms);
            let mut cut_all = world.cut.subscribe();
            let (cut, cut_this) = oneshot::channel();
            sessions.spawn(async move {
                tokio::select! {
                    // How a connection ends is the client's to notice.
                    _ = session.serve(incoming, cut) => {}
                    _ = cut_all.changed() => {}
                    Ok(()) = cut_this => {}
                }
            });
        }
    };
    (handle, work)
}

/// The next who comes by a door; `None` if the door stuck.
async fn knock(doors: Option<&Doors>) -> Option<Incoming> {
    let Some(doors) = doors else { return std::future::pending().await };
    let (accepted, tls_at_once) = tokio::select! {
        accepted = doors.tls.accept() => (accepted, true),
        accepted = doors.starttls.accept() => (accepted, false),
    };
    let (stream, _) = accepted.ok()?;
    let _ = stream.set_nodelay(true);
    Some(Incoming::Tcp { stream, acceptor: Arc::clone(&doors.acceptor), tls_at_once })
}
