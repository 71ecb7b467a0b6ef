//! The index follows the mail while mail is read: on a thread of its own, and never for more than half of the time, so
//! that keys and connections go first.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, RecvTimeoutError, SyncSender};
use std::thread;
use std::time::Duration;

use tokio::sync::mpsc::UnboundedSender;

use super::inbox::Input;
use crate::app::{Event, Notice};
use crate::i18n::{Words, fill};
use crate::indexing::step;
use crate::model::{Changed, clock};
use crate::store::{Finder, Index, IndexWriter, StoreError, mark_index_broken};
use crate::text::SafeText;

/// The start belongs to the screen and to the servers.
const LATER: Duration = Duration::from_secs(2);
/// How often it looks for what changed.
const LOOK: Duration = Duration::from_secs(1);
/// At least so long a pause between two batches.
const BREATH: Duration = Duration::from_millis(20);
/// After something went wrong: a full disk has room again one day.
const TROUBLE: Duration = Duration::from_mins(5);
/// Quitting waits no longer for the batch that is being cut.
const GOODBYE: Duration = Duration::from_secs(3);

/// The thread. Nobody else may write to the profile before it has ended.
#[derive(Debug)]
pub(super) struct Indexing {
    stop: SyncSender<()>,
    ended: mpsc::Receiver<()>,
}

impl Indexing {
    pub(super) fn start(profile: PathBuf, words: &Words, tell: UnboundedSender<Input>) -> std::io::Result<Self> {
        let (stop, stopped) = mpsc::sync_channel(1);
        let (alive, ended) = mpsc::channel::<()>();
        let rebuilt = words.notices.index_rebuilt.clone();
        thread::Builder::new().name("indexing".to_owned()).spawn(move || {
            let _alive = alive;
            let told = |set_aside: &Path| {
                let sentence = fill(&rebuilt, &[("file", &set_aside.display().to_string())]);
                let _ = tell.send(Input::Event(Event::Notice(Notice::Said(SafeText::of(&sentence)))));
            };
            let mut wait = LATER;
            while let Err(RecvTimeoutError::Timeout) = stopped.recv_timeout(wait) {
                let more = || {
                    let _ = tell.send(Input::Changed(Changed::Words));
                };
                match follow(&profile, &stopped, &told, &more) {
                    Ok(()) => return,
                    Err(error) => {
                        if error.is_damage() {
                            mark_index_broken(&profile);
                        }
                        wait = TROUBLE;
                    }
                }
            }
        })?;
        Ok(Self { stop, ended })
    }

    /// Waits until it writes no more.
    pub(super) fn end(self) {
        let _ = self.stop.try_send(());
        // Errs when the thread has dropped its end: that is the end.
        let _ = self.ended.recv_timeout(GOODBYE);
    }
}

/// Until somebody says that it is enough.
fn follow(
    profile: &Path,
    stopped: &mpsc::Receiver<()>,
    told: &impl Fn(&Path),
    more: &impl Fn(),
) -> Result<(), StoreError> {
    let Index { writer, set_aside } = Index::open(profile, clock::now())?;
    if let Some(set_aside) = set_aside {
        told(&set_aside);
    }
    let Some(finder) = Finder::open(profile)? else { return Err(StoreError::Gone) };
    let followed = follow_on(&finder, &writer, stopped, more);
    writer.close();
    followed
}

fn follow_on(
    finder: &Finder,
    writer: &IndexWriter,
    stopped: &mpsc::Receiver<()>,
    more: &impl Fn(),
) -> Result<(), StoreError> {
    let (mut seen, mut untold) = (None, clock::instant());
    let mut unsaid = false;
    loop {
        let begun = clock::instant();
        let now = finder.mail().data_version()?;
        // Between two looks nothing is asked of the file but whether anybody wrote to it.
        let done = if seen == Some(now) { 0 } else { step(finder, writer)? };
        unsaid |= done > 0;
        if unsaid && (done == 0 || untold.elapsed() >= LOOK) {
            more();
            (unsaid, untold) = (false, clock::instant());
        }
        let wait = if done == 0 {
            seen = Some(now);
            LOOK
        } else {
            seen = None;
            begun.elapsed().max(BREATH)
        };
        match stopped.recv_timeout(wait) {
            Err(RecvTimeoutError::Timeout) => {}
            Ok(()) | Err(RecvTimeoutError::Disconnected) => return Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use tokio::sync::mpsc::unbounded_channel;

    use super::*;
    use crate::i18n::Language;
    use crate::model::Timestamp;
    use crate::store::{Restore, Store, StoreOptions};

    #[test]
    fn it_ends_when_it_is_told_to_and_lets_go_of_the_file() {
        let dir = tempfile::tempdir().unwrap();
        let (changes, _) = unbounded_channel();
        let options = StoreOptions { profile: dir.path(), accounts: &[], now: Timestamp(0), restore: Restore::Refuse };
        let store = Store::open(&options, changes).unwrap();
        std::fs::write(dir.path().join("search.db"), "no database at all, but long enough to look like one").unwrap();
        let (stop, stopped) = mpsc::sync_channel(1);
        let aside = std::cell::RefCell::new(Vec::new());
        stop.try_send(()).unwrap();
        follow(dir.path(), &stopped, &|file| aside.borrow_mut().push(file.to_owned()), &|| {}).unwrap();
        assert_eq!(aside.borrow().len(), 1);
        // Nobody has it open any more.
        assert!(Index::open(dir.path(), Timestamp(0)).unwrap().set_aside.is_none());
        let (tell, _heard) = unbounded_channel();
        let indexing = Indexing::start(dir.path().to_owned(), &Words::of(Language::En), tell).unwrap();
        indexing.end();
        store.close();
    }
}
