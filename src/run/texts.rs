//! The text of every message is fetched in the background, so that its words are found: the newest first, a few at a time,
//! and slowly enough that no provider minds.

use std::collections::{HashMap, HashSet};
use std::path::PathBuf;
use std::time::Duration;

use tokio::sync::mpsc::UnboundedSender;
use tokio::task::spawn_blocking;
use tokio::time::sleep;

use super::bodies::AHEAD_SIZE;
use crate::config::Texts;
use crate::model::{AccountId, MessageId, Timestamp, clock};
use crate::store::{Reader, StoreError, Whereabouts};
use crate::sync::BodyRequest;

/// The first minute belongs to whoever wants to read.
const LATER: Duration = Duration::from_mins(1);
/// Between two portions.
const PAUSE: Duration = Duration::from_secs(20);
/// Where nothing came, or there is nothing to fetch.
const LONG_PAUSE: Duration = Duration::from_mins(5);
const PORTION: usize = 40;
const YEAR: u64 = 366 * 86_400;

/// What was asked for of one account.
#[derive(Debug, Default)]
struct Asked {
    /// Without it having come: these cannot be had now.
    missing: HashSet<MessageId>,
    last: Vec<MessageId>,
}

impl Asked {
    /// The next portion of what is still wanted; none if nothing of the last one has come.
    fn next(&mut self, wanted: Vec<Whereabouts>) -> Vec<Whereabouts> {
        let still: HashSet<MessageId> = wanted.iter().map(|at| at.message).collect();
        let last = std::mem::take(&mut self.last);
        let left: Vec<MessageId> = last.iter().filter(|message| still.contains(message)).copied().collect();
        if !last.is_empty() && left.len() == last.len() {
            // The line is cut, or nobody may log in: these are no worse than others.
            return Vec::new();
        }
        self.missing.extend(left);
        let missing = &self.missing;
        let portion: Vec<Whereabouts> =
            wanted.into_iter().filter(|at| !missing.contains(&at.message)).take(PORTION).collect();
        self.last = portion.iter().map(|at| at.message).collect();
        portion
    }
}

/// Until nobody reads mail any more.
pub(super) async fn fetch(profile: PathBuf, texts: Texts, sources: Vec<(AccountId, UnboundedSender<BodyRequest>)>) {
    if texts == Texts::Never {
        return;
    }
    sleep(LATER).await;
    let mut asked: HashMap<AccountId, Asked> = HashMap::new();
    let mut reader = None;
    loop {
        let mut busy = false;
        for (account, source) in &sources {
            let asked = asked.entry(*account).or_default();
            let limit = 2 * PORTION + asked.missing.len();
            let (profile, account, kept) = (profile.clone(), *account, reader.take());
            let look = move || {
                let reader = kept.map_or_else(|| Reader::open(&profile), Ok)?;
                let wanted = reader.texts_wanted(account, since(texts), AHEAD_SIZE, limit)?;
                Ok::<_, StoreError>((reader, wanted))
            };
            let Ok(Ok((again, wanted))) = spawn_blocking(look).await else { continue };
            reader = Some(again);
            let portion = asked.next(wanted);
            busy |= !portion.is_empty();
            if !portion.is_empty() && source.send(BodyRequest::Ahead(portion)).is_err() {
                return;
            }
        }
        sleep(if busy { PAUSE } else { LONG_PAUSE }).await;
    }
}

fn since(texts: Texts) -> Timestamp {
    match texts {
        Texts::All | Texts::Never => Timestamp(i64::MIN),
        Texts::Year => Timestamp(clock::now().0.saturating_sub_unsigned(YEAR)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{FolderId, FolderName};

    fn wanted(messages: impl IntoIterator<Item = i64>) -> Vec<Whereabouts> {
        let at = |message| Whereabouts {
            account: AccountId(1),
            folder: FolderId(1),
            name: FolderName { wire: b"INBOX".to_vec(), delimiter: None },
            uidvalidity: 1,
            uid: 1,
            message: MessageId(message),
            size: 1,
            arrival: Timestamp(0),
        };
        messages.into_iter().map(at).collect()
    }

    fn asked(asked: &mut Asked, messages: impl IntoIterator<Item = i64>) -> (usize, Option<i64>) {
        let portion = asked.next(wanted(messages));
        (portion.len(), portion.first().map(|at| at.message.0))
    }

    #[test]
    fn what_does_not_come_does_not_hold_up_the_others() {
        let mut of = Asked::default();
        assert_eq!(asked(&mut of, 0..100), (PORTION, Some(0)));
        // All but two have come.
        assert_eq!(asked(&mut of, [3, 7].into_iter().chain(40..100)), (PORTION, Some(40)));
        assert_eq!(asked(&mut of, [3, 7].into_iter().chain(80..100)), (20, Some(80)));
        assert_eq!(asked(&mut of, [3, 7]), (0, None));
        assert_eq!(asked(&mut of, [3, 7, 200]), (1, Some(200)));
    }

    #[test]
    fn while_nothing_comes_nothing_is_given_up() {
        let mut of = Asked::default();
        assert_eq!(asked(&mut of, 0..100), (PORTION, Some(0)));
        assert_eq!(asked(&mut of, 0..100), (0, None));
        assert_eq!(asked(&mut of, 0..100), (PORTION, Some(0)), "after a long pause");
    }
}
