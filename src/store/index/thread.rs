//! A finder with a thread of its own, for the screen: whoever asks again wants nothing of what was asked before.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc;
use std::thread;

use super::{Coverage, Finder, Hits};
use crate::model::FolderId;
use crate::search::Condition;
use crate::store::StoreError;

/// What is looked for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Wanted {
    pub condition: Condition,
    /// In these folders; everywhere if there are none.
    pub within: Option<Vec<FolderId>>,
    /// Hits that are told of before the others are known.
    pub first: usize,
}

#[derive(Debug)]
pub struct FinderThread<T> {
    questions: mpsc::Sender<(u64, T, Wanted)>,
    latest: Arc<AtomicU64>,
}

impl<T: Send + 'static> FinderThread<T> {
    /// `answer` is called on the finder's thread: with some hits, with all of them, or with why there are none. Of what
    /// nobody wants any more it hears nothing.
    pub fn start(
        profile: PathBuf,
        answer: impl Fn(&T, Result<(Hits, Coverage), StoreError>) + Send + 'static,
    ) -> std::io::Result<Self> {
        let (questions, inbox) = mpsc::channel::<(u64, T, Wanted)>();
        let latest = Arc::new(AtomicU64::new(0));
        let newest = latest.clone();
        thread::Builder::new().name("finder".to_owned()).spawn(move || {
            let mut finder: Option<Finder> = None;
            while let Ok((number, about, wanted)) = inbox.recv() {
                let is_wanted = || newest.load(Ordering::Acquire) == number;
                if !is_wanted() {
                    continue;
                }
                if finder.is_none() {
                    match Finder::open(&profile) {
                        Ok(Some(opened)) => finder = Some(opened),
                        // Nothing is indexed yet.
                        Ok(None) => answer(&about, Ok((Hits { whole: true, ..Hits::default() }, Coverage::default()))),
                        Err(error) => answer(&about, Err(error)),
                    }
                }
                let Some(open) = &mut finder else { continue };
                let coverage = open.coverage();
                let found = coverage.and_then(|coverage| {
                    let tell = |hits| {
                        if is_wanted() {
                            answer(&about, Ok((hits, coverage)));
                        }
                        is_wanted()
                    };
                    open.find(&wanted.condition, wanted.within.as_deref(), wanted.first, tell, is_wanted)
                });
                if let Err(error) = found {
                    // Another one may have taken the place of the file.
                    finder = None;
                    answer(&about, Err(error));
                }
            }
        })?;
        Ok(Self { questions, latest })
    }

    pub fn ask(&self, about: T, wanted: Wanted) {
        let number = self.latest.fetch_add(1, Ordering::AcqRel) + 1;
        // The thread ends only with its sender, which is here.
        let _ = self.questions.send((number, about, wanted));
    }

    /// Nobody wants what was asked any more.
    pub fn forget(&self) {
        self.latest.fetch_add(1, Ordering::AcqRel);
    }
}
