//! Sleep and other networks: whoever holds a connection hears of it, and the user sees nothing but that mail goes on
//! coming.

use super::attached::Line;
use crate::net::Lookout;
use crate::sync::{BodyRequest, Order};

/// Looks out as long as the program runs.
pub(super) async fn watch(lines: Vec<Line>) {
    let mut lookout = Lookout::new();
    loop {
        lookout.next().await;
        tell(&lines);
    }
}

/// Some accounts may have been forgotten meanwhile.
fn tell(lines: &[Line]) {
    for line in lines {
        let _ = line.orders.send(Order::Check);
        let _ = line.bodies.send(BodyRequest::Check);
    }
}
