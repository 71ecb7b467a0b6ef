//! An account's work, kept alive: what breaks in it is told and begun again, and what is asked of it meanwhile is not
//! lost on the way.

use std::any::Any;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::task::{JoinError, JoinSet};
use tokio::time::Instant;

use crate::model::{Failure, FailureKind, FolderId, Status, clock};
use crate::sync::{Backoff, BodyRequest, Order};

/// Work that went well for so long has earned a quick new start.
const WENT_WELL: Duration = Duration::from_mins(10);

/// What is asked of an account.
#[derive(Debug)]
pub(super) struct Asked {
    pub(super) orders: mpsc::UnboundedReceiver<Order>,
    pub(super) requests: mpsc::UnboundedReceiver<BodyRequest>,
}

/// How the parts of the work reach each other.
#[derive(Debug)]
pub(super) struct Between {
    /// Weak, so that the work is told when nobody can order anything any more.
    pub(super) orders: mpsc::WeakUnboundedSender<Order>,
    pub(super) bodies: mpsc::UnboundedSender<BodyRequest>,
}

/// How the work ended by itself.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum End {
    Stopped,
    /// It makes no sense until somebody asks for it again.
    Failed,
}

/// What counts for the next try too.
#[derive(Default)]
struct Noted {
    focus: Option<FolderId>,
    /// The work was told to stop, and may have broken before it could.
    stop: bool,
}

impl Noted {
    fn note(&mut self, order: &Order) {
        match order {
            Order::Focus(folder) => self.focus = Some(*folder),
            Order::Stop => self.stop = true,
            _ => {}
        }
    }
}

/// Does the work until it is stopped. When this is dropped, the work ends with it.
pub(super) async fn keep_alive<F>(
    mut asked: Asked,
    mut backoff: Backoff,
    say: impl Fn(Status),
    mut work: impl FnMut(Asked, Between) -> F,
) where
    F: Future<Output = End> + Send + 'static,
{
    let mut noted = Noted::default();
    let mut first = None;
    loop {
        let begun = Instant::now();
        let (orders, inner_orders) = mpsc::unbounded_channel();
        let (bodies, inner_requests) = mpsc::unbounded_channel();
        let mut task = JoinSet::new();
        let between = Between { orders: orders.downgrade(), bodies: bodies.clone() };
        task.spawn(work(Asked { orders: inner_orders, requests: inner_requests }, between));
        for order in noted.focus.map(Order::Focus).into_iter().chain(first.take()) {
            let _ = orders.send(order);
        }
        let wait = match attend(&mut asked, &mut task, orders, bodies, &mut noted).await {
            Some(Err(error)) if error.is_panic() => {
                if begun.elapsed() >= WENT_WELL {
                    backoff.reset();
                }
                let wait = backoff.after_failure();
                let failure = Failure::passing(FailureKind::Internal, "", &words(error.into_panic().as_ref()));
                say(Status::Offline { failure, retry_at: Some(clock::now().plus(wait.as_secs().max(1))) });
                Some(wait)
            }
            Some(Ok(End::Failed)) => None,
            Some(Ok(End::Stopped) | Err(_)) | None => return,
        };
        if noted.stop {
            return;
        }
        match pause(&mut asked, wait, &mut noted).await {
            Some(order) => first = order,
            None => return,
        }
    }
}

/// Passes on what is asked until the work ends.
async fn attend(
    asked: &mut Asked,
    task: &mut JoinSet<End>,
    orders: mpsc::UnboundedSender<Order>,
    bodies: mpsc::UnboundedSender<BodyRequest>,
    noted: &mut Noted,
) -> Option<Result<End, JoinError>> {
    // Gone when nobody can order anything any more, so that the work knows.
    let mut orders = Some(orders);
    loop {
        tokio::select! {
            biased;
            ended = task.join_next() => return ended,
            order = asked.orders.recv(), if orders.is_some() => match (order, &orders) {
                (Some(order), Some(to)) => {
                    noted.note(&order);
                    let _ = to.send(order);
                }
                (_, _) => orders = None,
            },
            Some(request) = asked.requests.recv() => {
                let _ = bodies.send(request);
            }
        }
    }
}

/// Waits for the time of the next try, or until somebody wants one: `Some`, with the order if there was one.
async fn pause(asked: &mut Asked, wait: Option<Duration>, noted: &mut Noted) -> Option<Option<Order>> {
    let until = wait.map(|wait| Instant::now() + wait);
    loop {
        let due = async {
            match until {
                Some(until) => tokio::time::sleep_until(until).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            () = due => return Some(None),
            order = asked.orders.recv() => match order {
                Some(order @ (Order::Wake | Order::Once(_))) => return Some(Some(order)),
                Some(Order::Stop) | None => return None,
                Some(other) => noted.note(&other),
            },
            // Whoever waits for the answer is told that there is no connection.
            Some(_) = asked.requests.recv() => {}
        }
    }
}

/// What a panic said.
pub(super) fn words(payload: &(dyn Any + Send)) -> String {
    let said = payload.downcast_ref::<String>().map(String::as_str).or_else(|| payload.downcast_ref::<&str>().copied());
    said.unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use tokio::sync::oneshot;

    use super::*;

    struct Bench {
        orders: mpsc::UnboundedSender<Order>,
        _bodies: mpsc::UnboundedSender<BodyRequest>,
        said: mpsc::UnboundedReceiver<Status>,
        /// Each beginning of the work, with what is asked of it.
        begun: mpsc::UnboundedReceiver<Asked>,
        task: tokio::task::JoinHandle<()>,
    }

    /// The work panics the first `times`, fails the next `failures`, and then waits for `Stop`.
    fn bench(times: usize, failures: usize) -> Bench {
        let (orders, inbox) = mpsc::unbounded_channel();
        let (bodies, requests) = mpsc::unbounded_channel();
        let (say, said) = mpsc::unbounded_channel();
        let (begin, begun) = mpsc::unbounded_channel();
        let mut tries = 0;
        let work = move |asked: Asked, _| {
            tries += 1;
            let begin = begin.clone();
            async move {
                assert!(tries > times, "try {tries} broke");
                if tries <= times + failures {
                    return End::Failed;
                }
                let _ = begin.send(asked);
                std::future::pending().await
            }
        };
        let asked = Asked { orders: inbox, requests };
        let told = move |status| say.send(status).unwrap();
        let task = tokio::spawn(keep_alive(asked, Backoff::new(7), told, work));
        Bench { orders, _bodies: bodies, said, begun, task }
    }

    #[tokio::test(start_paused = true)]
    async fn k09_work_that_broke_is_told_and_begun_again() {
        let mut bench = bench(2, 0);
        bench.orders.send(Order::Focus(FolderId(7))).unwrap();
        let mut asked = bench.begun.recv().await.unwrap();
        for number in 1..=2 {
            let Some(Status::Offline { failure, retry_at: Some(_) }) = bench.said.recv().await else {
                panic!("it says nothing")
            };
            assert_eq!(failure.kind, FailureKind::Internal);
            assert!(failure.said.as_str().contains(&format!("try {number} broke")), "{failure:?}");
        }
        assert!(matches!(asked.orders.recv().await, Some(Order::Focus(FolderId(7)))));
        bench.orders.send(Order::Wake).unwrap();
        assert!(matches!(asked.orders.recv().await, Some(Order::Wake)));
        // Aborted, it takes its work along.
        bench.task.abort();
        assert!(bench.task.await.unwrap_err().is_cancelled());
        assert!(asked.orders.recv().await.is_none());
    }

    #[tokio::test(start_paused = true)]
    async fn work_that_failed_waits_for_the_user() {
        let mut bench = bench(0, 1);
        tokio::time::sleep(Duration::from_hours(1)).await;
        assert!(bench.begun.is_empty());
        let (reply, _answer) = oneshot::channel();
        bench.orders.send(Order::Once(reply)).unwrap();
        let mut asked = bench.begun.recv().await.unwrap();
        assert!(matches!(asked.orders.recv().await, Some(Order::Once(_))));
        // Nobody is left: the work is told, and may end as it likes.
        drop(bench.orders);
        assert!(asked.orders.recv().await.is_none());
    }

    #[tokio::test(start_paused = true)]
    async fn it_can_be_stopped_while_it_waits() {
        let bench = bench(100, 0);
        bench.orders.send(Order::Stop).unwrap();
        bench.task.await.unwrap();
    }
}
