//! Writing down what the user wants: everything that waits goes to the disk together.

use std::collections::BTreeSet;

use futures_util::future::join_all;
use tokio::sync::mpsc;

use super::inbox::Input;
use crate::app::Event;
use crate::model::{Failure, Intent};
use crate::store::{MailWrite, MailWriter, OwnWrite, OwnWriter};

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
        let commits = join_all(group.iter().map(|intent| own.commit(OwnWrite::Record(intent.clone())))).await;
        let mut wants = Vec::new();
        let mut results: Vec<Result<(), Failure>> = Vec::with_capacity(commits.len());
        for commit in commits {
            results.push(commit.map(|new| wants.extend(new)).map_err(|error| error.failure()));
        }
        let accounts: BTreeSet<String> = wants.iter().map(|want| want.account.clone()).collect();
        if !wants.is_empty() {
            // On the disk they are. Should showing them fail, the next start shows them.
            let _ = mail.commit(MailWrite::Wanted(wants)).await;
        }
        for (intent, result) in group.into_iter().zip(results) {
            // The screen may be gone already; what was wanted goes to the disk all the same.
            let _ = inbox.send(Input::Event(Event::Recorded { intent, result }));
        }
        for account in accounts {
            wake(&account);
        }
    }
}
