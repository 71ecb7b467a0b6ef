//! Which of a host's addresses answers first: both kinds of address in turn, each a quarter of a second after the one
//! before it, so that a network whose IPv6 leads nowhere costs no more than that.

use std::collections::VecDeque;
use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use tokio::time::{sleep, timeout};

/// How long the next address waits for the one before it.
const STAGGER: Duration = Duration::from_millis(250);

/// A name server may name thousands; more than these are not tried.
const MOST: usize = 8;

/// The first kind of address that the system names comes first, then they take turns.
fn in_turn(addresses: &[SocketAddr]) -> VecDeque<SocketAddr> {
    let six_first = addresses.first().is_some_and(SocketAddr::is_ipv6);
    let (first, second): (Vec<_>, Vec<_>) =
        addresses.iter().copied().partition(|address| address.is_ipv6() == six_first);
    let (mut first, mut second) = (first.into_iter(), second.into_iter());
    let mut order = VecDeque::new();
    while order.len() < MOST {
        let before = order.len();
        order.extend(first.next());
        order.extend(second.next());
        if order.len() == before {
            break;
        }
    }
    order.truncate(MOST);
    order
}

/// Connects to the first address that answers, each in the given time.
pub(super) async fn race<S, F>(
    addresses: &[SocketAddr],
    at_most: Duration,
    connect: impl Fn(SocketAddr) -> F,
) -> io::Result<S>
where
    F: Future<Output = io::Result<S>>,
{
    let mut waiting = in_turn(addresses);
    let mut running = FuturesUnordered::new();
    let mut last = io::Error::new(io::ErrorKind::NotFound, "no address");
    loop {
        if let Some(address) = waiting.pop_front() {
            let attempt = connect(address);
            running.push(async move {
                let late = || io::Error::new(io::ErrorKind::TimedOut, "no answer in time");
                timeout(at_most, attempt).await.unwrap_or_else(|_| Err(late()))
            });
        }
        tokio::select! {
            ended = running.next() => match ended {
                Some(Ok(stream)) => return Ok(stream),
                // Whoever says no makes room for the next one at once.
                Some(Err(error)) => last = error,
                None => return Err(last),
            },
            () = sleep(STAGGER), if !waiting.is_empty() => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use tokio::time::Instant;

    use super::*;

    fn addresses(written: &[&str]) -> Vec<SocketAddr> {
        written.iter().map(|address| address.parse().unwrap()).collect()
    }

    #[test]
    fn n04_both_kinds_of_address_take_turns_and_few_are_tried() {
        let order = in_turn(&addresses(&["[2001:db8::1]:1", "[2001:db8::2]:1", "192.0.2.1:1", "192.0.2.2:1"]));
        assert_eq!(order, addresses(&["[2001:db8::1]:1", "192.0.2.1:1", "[2001:db8::2]:1", "192.0.2.2:1"]));
        let order = in_turn(&addresses(&["192.0.2.1:1", "[2001:db8::1]:1"]));
        assert!(order[0].is_ipv4());
        let many: Vec<SocketAddr> = (1..2000).map(|port| SocketAddr::from(([192, 0, 2, 1], port))).collect();
        assert_eq!(in_turn(&many).len(), MOST);
        assert!(in_turn(&[]).is_empty());
    }

    #[tokio::test(start_paused = true)]
    async fn n04_an_ipv6_that_leads_nowhere_costs_less_than_half_a_second() {
        let begun = Instant::now();
        let connect = |address: SocketAddr| async move {
            if address.is_ipv6() {
                std::future::pending::<()>().await;
            }
            Ok(address)
        };
        let both = addresses(&["[2001:db8::1]:1", "192.0.2.1:1"]);
        assert!(race(&both, Duration::from_secs(10), connect).await.unwrap().is_ipv4());
        assert!(begun.elapsed() < Duration::from_millis(500), "{:?}", begun.elapsed());
    }

    #[tokio::test(start_paused = true)]
    async fn n04_an_ipv6_that_is_refused_costs_nothing() {
        let begun = Instant::now();
        let connect = |address: SocketAddr| async move {
            if address.is_ipv6() { Err(io::ErrorKind::NetworkUnreachable.into()) } else { Ok(address) }
        };
        let both = addresses(&["[2001:db8::1]:1", "[2001:db8::2]:1", "192.0.2.1:1"]);
        assert!(race(&both, Duration::from_secs(10), connect).await.unwrap().is_ipv4());
        assert_eq!(begun.elapsed(), Duration::ZERO);
    }

    #[tokio::test(start_paused = true)]
    async fn n03_silence_everywhere_ends_in_time() {
        let begun = Instant::now();
        let connect = |_| std::future::pending::<io::Result<()>>();
        let many: Vec<SocketAddr> = (1..100).map(|port| SocketAddr::from(([192, 0, 2, 1], port))).collect();
        let error = race(&many, Duration::from_secs(10), connect).await.unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
        assert!(begun.elapsed() <= Duration::from_secs(12), "{:?}", begun.elapsed());
    }

    #[tokio::test]
    async fn no_address_is_an_error() {
        let connect = |_| std::future::pending::<io::Result<()>>();
        assert_eq!(race(&[], Duration::from_secs(1), connect).await.unwrap_err().kind(), io::ErrorKind::NotFound);
    }
}
