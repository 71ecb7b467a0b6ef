//! Rows that older rules made are made again, while there is nothing better to do: a subject that was read wrong once does
//! not stay wrong.

use std::path::PathBuf;
use std::time::Duration;

use tokio::task::spawn_blocking;
use tokio::time::sleep;

use crate::decoding;
use crate::model::{Headers, MessageId};
use crate::store::{MailWrite, MailWriter, Reader, StoreError};

/// The start belongs to the screen and to the servers.
const LATER: Duration = Duration::from_secs(5);

/// Between two batches whoever writes new mail goes first.
const BREATH: Duration = Duration::from_millis(100);

const BATCH: usize = 200;

/// Ends when no row is left that older rules made. What cannot be done now is done after the next start.
pub(super) async fn renew(profile: PathBuf, mail: MailWriter) {
    sleep(LATER).await;
    let _ = renewed(profile, &mail, decoding::DECODER, BREATH).await;
}

/// How many rows were made again.
async fn renewed(profile: PathBuf, mail: &MailWriter, decoder: u32, breath: Duration) -> Result<usize, StoreError> {
    let mut reader = None;
    let mut done = 0;
    loop {
        let profile = profile.clone();
        let step = move || {
            let reader = reader.map_or_else(|| Reader::open(&profile), Ok)?;
            let batch = batch(&reader, decoder)?;
            Ok::<_, StoreError>((reader, batch))
        };
        let (again, messages) = spawn_blocking(step).await.map_err(|_| StoreError::Closed)??;
        reader = Some(again);
        if messages.is_empty() {
            return Ok(done);
        }
        done += messages.len();
        mail.commit(MailWrite::Derived { messages, decoder }).await?;
        sleep(breath).await;
    }
}

fn batch(reader: &Reader, decoder: u32) -> Result<Vec<(MessageId, Headers)>, StoreError> {
    let stale = reader.stale(decoder, BATCH)?;
    Ok(stale.into_iter().map(|(message, raw)| (message, decoding::headers(&raw))).collect())
}

#[cfg(test)]
mod tests {
    use tokio::sync::mpsc;

    use super::*;
    use crate::model::{Changed, Flags, FolderName, Timestamp};
    use crate::store::{FolderSeen, Incoming, Restore, Store, StoreOptions, Written};

    fn incoming(uid: u32) -> Incoming {
        Incoming {
            uid,
            flags: Flags::NONE,
            arrival: Timestamp(1_700_000_000 + i64::from(uid)),
            size: 100,
            headers: Headers { subject: "???".into(), ..Headers::default() },
            raw: format!(
                "From: =?gb2312?B?wO7A1w==?= <lilei@example.com>\r\nSubject: =?gbk?B?u+HS6Q==?= {uid}\r\n\r\n"
            )
            .into_bytes(),
            decoder: 1,
        }
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn every_stale_row_is_made_again_and_the_screen_hears_of_it() {
        let dir = tempfile::tempdir().unwrap();
        let (to, mut changes) = mpsc::unbounded_channel();
        let accounts = ["me@example.com".to_owned()];
        let options = StoreOptions {
            profile: dir.path(),
            accounts: &accounts,
            now: Timestamp(1_800_000_000),
            restore: Restore::Refuse,
        };
        let store = Store::open(&options, to).unwrap();
        let seen = FolderSeen {
            name: FolderName { wire: b"INBOX".to_vec(), delimiter: Some('/') },
            decoded: "INBOX".to_owned(),
            role: None,
            selectable: true,
        };
        let folders = MailWrite::Folders { account: store.accounts[0].0, seen: vec![seen], at: Timestamp(0) };
        let Written::Folders(ids) = store.mail.commit(folders).await.unwrap() else { panic!() };
        let folder = ids[0];
        store.mail.commit(MailWrite::Opened { folder, uidvalidity: 7, on_server: 0, renumbered: false }).await.unwrap();
        let messages = (1..=450).map(incoming).collect();
        store.mail.commit(MailWrite::Ingest { folder, messages, on_server: 450 }).await.unwrap();
        while changes.try_recv().is_ok() {}

        let renew = |decoder| renewed(dir.path().to_owned(), &store.mail, decoder, Duration::ZERO);
        assert_eq!(renew(1).await.unwrap(), 0);
        assert_eq!(renew(2).await.unwrap(), 450);
        assert_eq!(renew(2).await.unwrap(), 0);
        let rows = store.reader().unwrap().newest(folder, 450).unwrap();
        assert!(rows.iter().all(|row| row.subject.as_untrusted().starts_with("会议 ")));
        assert!(rows.iter().all(|row| row.from.name.as_untrusted() == "李雷"));
        let told: Vec<Changed> = std::iter::from_fn(|| changes.try_recv().ok()).collect();
        assert_eq!(told, [Changed::Rows(folder); 3]);
        tokio::task::spawn_blocking(|| store.close()).await.unwrap();
    }

    #[tokio::test(start_paused = true)]
    async fn a_start_is_not_held_up_and_an_early_end_is_no_trouble() {
        let dir = tempfile::tempdir().unwrap();
        let (to, _changes) = mpsc::unbounded_channel();
        let options = StoreOptions {
            profile: dir.path(),
            accounts: &[],
            now: Timestamp(1_800_000_000),
            restore: Restore::Refuse,
        };
        let store = Store::open(&options, to).unwrap();
        let mut jobs = tokio::task::JoinSet::new();
        jobs.spawn(renew(dir.path().to_owned(), store.mail.clone()));
        tokio::task::yield_now().await;
        assert!(jobs.try_join_next().is_none(), "it waits first");
        drop(jobs);
        tokio::task::yield_now().await;
        // Nobody holds the writer any more.
        store.close();
    }
}
