//! Writing down what the user wants: everything that waits goes to the disk together.

use tokio::sync::mpsc;

use super::inbox::Input;
use crate::app::Event;
use crate::model::{Intent, Settling, clock};
use crate::store::{MailWriter, OwnWriter, Recorded, Store};

/// Something to be written down, or to be taken back.
#[derive(Debug)]
pub(super) enum Wish {
    /// Done by hand: it can be taken back.
    Do(Intent),
    /// Done by hand in several accounts with one key: it is taken back together.
    Together(Vec<Intent>),
    Note(Intent),
    Undo,
    Settle {
        needs: Vec<i64>,
        how: Settling,
    },
}

/// Takes wishes in their order and answers each. `wake` is told the names of the accounts that have something to push now.
pub(super) async fn record(
    own: OwnWriter,
    mail: MailWriter,
    mut wishes: mpsc::UnboundedReceiver<Wish>,
    inbox: mpsc::UnboundedSender<Input>,
    wake: impl Fn(&str) + Send,
) {
    // The screen may be gone already; what was wanted goes to the disk all the same.
    let tell = |event| _ = inbox.send(Input::Event(event));
    let mut left = None;
    while let Some(first) = match left.take() {
        Some(wish) => Some(wish),
        None => wishes.recv().await,
    } {
        let mut group = Vec::new();
        let mut next = Some(first);
        while let Some(wish) = next {
            match wish {
                Wish::Do(intent) => group.push((intent, Some(clock::now()))),
                Wish::Note(intent) => group.push((intent, None)),
                other => {
                    left = Some(other);
                    break;
                }
            }
            next = wishes.try_recv().ok();
        }
        let done = |intents: Vec<Intent>, Recorded { results, accounts }: Recorded| {
            for (intent, result) in intents.into_iter().zip(results) {
                tell(Event::Recorded { intent, result: result.map_err(|error| error.failure()) });
            }
            for account in accounts {
                wake(&account);
            }
        };
        if !group.is_empty() {
            let recorded = Store::record_all(&own, &mail, &group).await;
            done(group.into_iter().map(|(intent, _)| intent).collect(), recorded);
        }
        match left.take() {
            Some(Wish::Together(intents)) => {
                let recorded = Store::record_together(&own, &mail, &intents, clock::now()).await;
                done(intents, recorded);
            }
            Some(Wish::Undo) => {
                let undone = Store::undo(&own, &mail, clock::now()).await.map_err(|error| error.failure());
                for account in undone.iter().flat_map(|(_, accounts)| accounts) {
                    wake(account);
                }
                tell(Event::Undone(undone.map(|(deed, _)| deed)));
            }
            Some(Wish::Settle { needs, how }) => {
                let settled = Store::settle(&own, &mail, needs, how).await.map_err(|error| error.failure());
                for account in settled.iter().flat_map(|(_, accounts)| accounts) {
                    wake(account);
                }
                tell(Event::Settled(settled.map(|(count, _)| count)));
            }
            other => left = other,
        }
    }
}
