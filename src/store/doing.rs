//! What the user wants, written down and then shown; and what was done, taken back the same way.

use std::collections::BTreeSet;

use futures_util::future::join_all;

use super::{MailWrite, MailWriter, OwnWriter, Store, StoreError, Undone, Want};
use crate::model::{Deed, Intent, PlacementId, Settling, Timestamp};

/// What became of intents.
#[derive(Debug, Default)]
pub struct Recorded {
    /// One for each, in their order.
    pub results: Vec<Result<(), StoreError>>,
    /// Whose servers have to be told something now.
    pub accounts: BTreeSet<String>,
}

/// The wants as they stand, and the messages that no server has.
type Written = Result<(Vec<Want>, Vec<PlacementId>), StoreError>;

impl Store {
    /// Writes down what the user wants, then shows it. Resolves when it is on the disk.
    pub async fn record(own: &OwnWriter, mail: &MailWriter, intent: Intent) -> Result<(), StoreError> {
        Self::record_all(own, mail, &[(intent, None)]).await.results.into_iter().collect()
    }

    /// The same of several, in their order, which go to the disk together. What was done by hand, and when, can be taken
    /// back.
    pub async fn record_all(own: &OwnWriter, mail: &MailWriter, intents: &[(Intent, Option<Timestamp>)]) -> Recorded {
        let commits = join_all(intents.iter().map(|(intent, by_hand)| own.record(intent.clone(), *by_hand))).await;
        Self::shown(mail, intents.iter().map(|(intent, _)| intent), commits).await
    }

    /// The same of what one key did by hand in several accounts: it is taken back together.
    pub async fn record_together(
        own: &OwnWriter,
        mail: &MailWriter,
        intents: &[Intent],
        by_hand: Timestamp,
    ) -> Recorded {
        let commits = match own.record_together(intents.to_vec(), by_hand).await {
            Ok(commits) => commits,
            Err(error) => {
                // None of them is written down.
                let said = error.to_string();
                let others = intents.iter().skip(1).map(|_| Err(std::io::Error::other(said.clone()).into()));
                return Recorded {
                    results: std::iter::once(Err(error)).chain(others).collect(),
                    ..Recorded::default()
                };
            }
        };
        Self::shown(mail, intents.iter(), commits).await
    }

    async fn shown(mail: &MailWriter, intents: impl Iterator<Item = &Intent>, commits: Vec<Written>) -> Recorded {
        let mut recorded = Recorded::default();
        let mut wanted = Vec::new();
        for (intent, commit) in intents.zip(commits) {
            let result = match commit {
                Ok((wants, only_here)) => {
                    recorded.accounts.extend(wants.iter().map(|want| want.account.clone()));
                    wanted.extend(wants);
                    shown_here(mail, intent, only_here).await
                }
                Err(error) => Err(error),
            };
            recorded.results.push(result);
        }
        if !wanted.is_empty() {
            // On the disk they are. Should showing them fail, they are bound again at the next start.
            let _ = mail.commit(MailWrite::Wanted(wanted)).await;
        }
        recorded
    }

    /// Takes back what was done last; `None` if there is nothing. And whose servers have to be told something now.
    pub async fn undo(
        own: &OwnWriter,
        mail: &MailWriter,
        at: Timestamp,
    ) -> Result<(Option<Deed>, BTreeSet<String>), StoreError> {
        let Undone { deed, wants, here } = own.undo(at).await?;
        let accounts = wants.iter().map(|want| want.account.clone()).collect();
        if !wants.is_empty() {
            let _ = mail.commit(MailWrite::Wanted(wants)).await;
        }
        for (placement, add, remove) in here {
            mail.commit(MailWrite::WantedHere { placements: vec![placement], add, remove }).await?;
        }
        Ok((deed, accounts))
    }

    /// Settles what could not be done. Answers how many, and whose servers have to be told something now.
    pub async fn settle(
        own: &OwnWriter,
        mail: &MailWriter,
        needs: Vec<i64>,
        how: Settling,
    ) -> Result<(usize, BTreeSet<String>), StoreError> {
        let (count, wants) = own.settle(needs, how).await?;
        let accounts = wants.iter().map(|want| want.account.clone()).collect();
        if !wants.is_empty() {
            let _ = mail.commit(MailWrite::Wanted(wants)).await;
        }
        Ok((count, accounts))
    }
}

/// Of messages that no server has, nothing is written down for a server.
async fn shown_here(mail: &MailWriter, intent: &Intent, placements: Vec<PlacementId>) -> Result<(), StoreError> {
    match intent {
        Intent::Flag { add, remove, .. } if !placements.is_empty() => {
            let (add, remove) = (*add, *remove);
            mail.commit(MailWrite::WantedHere { placements, add, remove }).await.map(|_| ())
        }
        _ => Ok(()),
    }
}
