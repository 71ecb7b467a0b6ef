//! The task that owns the world, and the handle by which everybody else asks it.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinSet;

use super::session;
use super::world::World;

type Job = Box<dyn FnOnce(&mut World) + Send>;

/// Asks the owner of the world to do something with it.
#[derive(Clone, Debug)]
pub(in crate::demo) struct Keeper(mpsc::UnboundedSender<Job>);

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
        self.0.send(job).map_err(|_| stopped())?;
        answer.await.map_err(|_| stopped())
    }

    /// The same without waiting, for one who cannot wait.
    pub(super) fn tell(&self, job: impl FnOnce(&mut World) + Send + 'static) {
        let _ = self.0.send(Box::new(job));
    }
}

pub(in crate::demo) struct Start {
    pub(in crate::demo) world: World,
    pub(in crate::demo) tls: TcpListener,
    pub(in crate::demo) starttls: TcpListener,
    pub(in crate::demo) acceptor: tokio_native_tls::TlsAcceptor,
    pub(in crate::demo) arrivals: Option<Duration>,
    /// Delivers the next new message.
    pub(in crate::demo) deliver: fn(&mut World, u64),
}

/// Runs until it is dropped; every connection ends with it.
pub(in crate::demo) fn keep(start: Start) -> (Keeper, impl Future<Output = ()> + Send + 'static) {
    let (jobs, mut asked) = mpsc::unbounded_channel::<Job>();
    let keeper = Keeper(jobs);
    let handle = keeper.clone();
    let work = async move {
        let Start { mut world, tls, starttls, acceptor, arrivals, deliver } = start;
        let acceptor = Arc::new(acceptor);
        let mut sessions = JoinSet::new();
        let (mut next, mut delivered) = (0, 0);
        let pause = arrivals.unwrap_or(Duration::from_hours(1));
        let mut clock = tokio::time::interval_at(tokio::time::Instant::now() + pause, pause);
        loop {
            let (accepted, at_once) = tokio::select! {
                Some(job) = asked.recv() => {
                    job(&mut world);
                    continue;
                }
                accepted = tls.accept() => (accepted, true),
                accepted = starttls.accept() => (accepted, false),
                _ = clock.tick(), if arrivals.is_some() => {
                    deliver(&mut world, delivered);
                    delivered += 1;
                    continue;
                }
                Some(_) = sessions.join_next(), if !sessions.is_empty() => continue,
            };
            let Ok((stream, _)) = accepted else { continue };
            let _ = stream.set_nodelay(true);
            next += 1;
            let session = session::Session::new(next, keeper.clone(), world.personality);
            let (faults, mut cut) = (world.faults, world.cut.subscribe());
            let acceptor = Arc::clone(&acceptor);
            sessions.spawn(async move {
                tokio::select! {
                    // How a connection ends is the client's to notice.
                    _ = session.serve(stream, acceptor, at_once, faults) => {}
                    _ = cut.changed() => {}
                }
            });
        }
    };
    (handle, work)
}
