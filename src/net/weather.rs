//! Whether the machine slept or moved to another network, so that a connection that only seems to be alive is not waited
//! for. The system is looked at every few seconds, which costs a few reads from memory; nothing is sent.

use std::io::Read as _;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};
use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};
use tokio::time::{Interval, MissedTickBehavior, interval};

/// How often the system is looked at.
const EVERY: Duration = Duration::from_secs(5);

/// Clocks that drift, or are corrected, are no sleep.
const SHORTEST_SLEEP: Duration = Duration::from_secs(if cfg!(target_os = "linux") { 2 } else { 30 });

/// No more of a table of routes is read than this.
const LONGEST: u64 = 256 * 1024;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Weather {
    /// The machine was suspended for this long. It may have moved as well.
    Slept(Duration),
    /// Routes or addresses are not what they were.
    Moved,
}

/// Looks out for it.
#[derive(Debug)]
pub struct Lookout {
    ticks: Interval,
    last: Sky,
}

/// What can be seen at one moment.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
struct Sky {
    /// Time that stands still while the machine sleeps.
    awake: Duration,
    /// Time that does not.
    passed: Duration,
    routes: Vec<String>,
    /// What the other side would see us as.
    addresses: Vec<IpAddr>,
}

impl Lookout {
    /// Needs a runtime to be there.
    pub fn new() -> Self {
        let mut ticks = interval(EVERY);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        Self { ticks, last: Sky::look() }
    }

    /// Waits until something happens; nothing is missed if this is dropped half-way and called again.
    pub async fn next(&mut self) -> Weather {
        loop {
            self.ticks.tick().await;
            let now = Sky::look();
            let weather = weather(&self.last, &now);
            self.last = now;
            if let Some(weather) = weather {
                return weather;
            }
        }
    }
}

impl Default for Lookout {
    fn default() -> Self {
        Self::new()
    }
}

fn weather(before: &Sky, now: &Sky) -> Option<Weather> {
    let passed = now.passed.saturating_sub(before.passed);
    let slept = passed.saturating_sub(now.awake.saturating_sub(before.awake));
    if slept >= SHORTEST_SLEEP {
        Some(Weather::Slept(slept))
    } else if (&before.routes, &before.addresses) == (&now.routes, &now.addresses) {
        None
    } else {
        Some(Weather::Moved)
    }
}

impl Sky {
    fn look() -> Self {
        let clock = |id| {
            let time = clock_gettime(id);
            let seconds = Duration::from_secs(u64::try_from(time.tv_sec).unwrap_or(0));
            seconds + Duration::from_nanos(u64::try_from(time.tv_nsec).unwrap_or(0))
        };
        #[cfg(target_os = "linux")]
        let passed = clock(ClockId::Boottime);
        #[cfg(not(target_os = "linux"))]
        let passed = clock(ClockId::Realtime);
        let mut routes = of_version_4(&table("/proc/net/route"));
        routes.extend(of_version_6(&table("/proc/net/ipv6_route")));
        Self { awake: clock(ClockId::Monotonic), passed, routes, addresses: addresses() }
    }
}

/// Empty where the system has no such file.
fn table(path: &str) -> String {
    let mut bytes = Vec::new();
    if let Ok(file) = std::fs::File::open(path) {
        let _ = file.take(LONGEST).read_to_end(&mut bytes);
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Interface, destination, gateway and mask; what is left out counts uses.
fn of_version_4(table: &str) -> Vec<String> {
    let mut routes: Vec<String> = table
        .lines()
        .skip(1)
        .filter_map(|line| {
            let fields: Vec<&str> = line.split_ascii_whitespace().collect();
            Some([*fields.first()?, *fields.get(1)?, *fields.get(2)?, *fields.get(7)?].join(" "))
        })
        .collect();
    routes.sort_unstable();
    routes
}

/// Interface, destination, its length and gateway. Single hosts, link-local and multicast ones come and go with every
/// neighbour and every container.
fn of_version_6(table: &str) -> Vec<String> {
    let mut routes: Vec<String> = table
        .lines()
        .filter_map(|line| {
            let fields: Vec<&str> = line.split_ascii_whitespace().collect();
            let (destination, length) = (*fields.first()?, *fields.get(1)?);
            let (gateway, interface) = (*fields.get(4)?, *fields.get(9)?);
            let noise = length == "80"
                || interface == "lo"
                || ["fe8", "fe9", "fea", "feb", "ff"].iter().any(|prefix| destination.starts_with(prefix));
            (!noise).then(|| [interface, destination, length, gateway].join(" "))
        })
        .collect();
    routes.sort_unstable();
    routes
}

/// The addresses that a packet to the world would carry. A connected UDP socket knows them; nothing is sent.
fn addresses() -> Vec<IpAddr> {
    let towards = |own: IpAddr, there: IpAddr| {
        let socket = UdpSocket::bind(SocketAddr::new(own, 0)).ok()?;
        socket.connect(SocketAddr::new(there, 9)).ok()?;
        socket.local_addr().ok().map(|address| address.ip())
    };
    let four = towards(Ipv4Addr::UNSPECIFIED.into(), Ipv4Addr::new(192, 0, 2, 1).into());
    let six = towards(Ipv6Addr::UNSPECIFIED.into(), Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 1).into());
    four.into_iter().chain(six).collect()
}

#[cfg(test)]
mod tests;
