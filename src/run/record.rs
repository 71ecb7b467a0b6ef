//! Writing down what the user wants: everything that waits goes to the disk together.

use tokio::sync::mpsc;

use super::inbox::Input;
use crate::app::Event;
use crate::model::Intent;
use crate::store::{MailWriter, OwnWriter, Recorded, Store};

/// Takes intents in their order and answers each with `Recorded`. `wake` is told the names of the accounts that have
/// something to push now.
pub(super) async fn record(
    own: OwnWriter,
    mail: MailWriter,
    mut intents: mpsc::UnboundedReceiver<Intent>,
    inbox: mpsc::UnboundedSender<Input>,
    wake: impl Fn(&str) + Send,
) {
    while let Some(first) = intents.recv().await {
        let mut group = vec![first];
        while let Ok(more) = intents.try_recv() {
            group.push(more);
        }
        let Recorded { results, accounts } = Store::record_all(&own, &mail, &group).await;
        for (intent, result) in group.into_iter().zip(results) {
            let result = result.map_err(|error| error.failure());
            // The screen may be gone already; what was wanted goes to the disk all the same.
            let _ = inbox.send(Input::Event(Event::Recorded { intent, result }));
        }
        for account in accounts {
            wake(&account);
        }
    }
}
