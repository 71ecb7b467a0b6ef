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

#[cfg(test)]
mod tests {
    use tokio::sync::mpsc;

    use super::*;
    use crate::model::AccountId;

    #[tokio::test]
    async fn k06_both_connections_of_every_account_hear_of_it() {
        let mut lines = Vec::new();
        let mut ends = Vec::new();
        for id in 1..=3 {
            let ((orders, inbox), (bodies, requests)) = (mpsc::unbounded_channel(), mpsc::unbounded_channel());
            let stop = tokio::spawn(async {}).abort_handle();
            let wanted = tokio::sync::watch::Sender::new(());
            lines.push(Line { id: AccountId(id), name: String::new(), orders, bodies, wanted, stop });
            ends.push((inbox, requests));
        }
        // The second one was forgotten.
        ends.remove(1);
        tell(&lines);
        for (mut inbox, mut requests) in ends {
            assert!(matches!(inbox.try_recv(), Ok(Order::Check)));
            assert!(matches!(requests.try_recv(), Ok(BodyRequest::Check)));
        }
    }
}
