//! A finder with a thread of its own, for the screen: whoever asks again wants nothing of what was asked before.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc;
use std::thread;

use super::{Finder, Hits};
use crate::model::{Coverage, Listing};
use crate::search::Today;
use crate::store::StoreError;

/// Hits that are told of before the others are known: more than any screen has rows.
const FIRST: usize = 100;

/// What is known of a list of what was found.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Found {
    pub hits: Hits,
    pub coverage: Coverage,
}

#[derive(Debug)]
pub struct FinderThread {
    questions: mpsc::Sender<(u64, Listing, Today)>,
    latest: Arc<AtomicU64>,
}

impl FinderThread {
    /// `answer` is called on the finder's thread: with some hits, with all of them, or with why there are none. Of what
    /// nobody wants any more it hears nothing.
    pub fn start(
        profile: PathBuf,
        answer: impl Fn(&Listing, Result<Found, StoreError>) + Send + 'static,
    ) -> std::io::Result<Self> {
        let (questions, inbox) = mpsc::channel::<(u64, Listing, Today)>();
        let latest = Arc::new(AtomicU64::new(0));
        let newest = latest.clone();
        thread::Builder::new().name("finder".to_owned()).spawn(move || {
            let mut finder: Option<Finder> = None;
            while let Ok((number, listing, today)) = inbox.recv() {
                let is_wanted = || newest.load(Ordering::Acquire) == number;
                if !is_wanted() {
                    continue;
                }
                if finder.is_none() {
                    match Finder::open(&profile) {
                        Ok(Some(opened)) => finder = Some(opened),
                        // Nothing is indexed yet.
                        Ok(None) => {
                            answer(&listing, Ok(Found::nothing(Coverage { waiting: 1, ..Coverage::default() })));
                        }
                        Err(error) => answer(&listing, Err(error)),
                    }
                }
                let Some(open) = &mut finder else { continue };
                let tell = |found| {
                    if is_wanted() {
                        answer(&listing, Ok(found));
                    }
                    is_wanted()
                };
                if let Err(error) = open.found(&listing, &today, tell, is_wanted) {
                    // Another one may have taken the place of the file.
                    finder = None;
                    answer(&listing, Err(error));
                }
            }
        })?;
        Ok(Self { questions, latest })
    }

    pub fn ask(&self, listing: Listing, today: Today) {
        let number = self.latest.fetch_add(1, Ordering::AcqRel) + 1;
        // The thread ends only with its sender, which is here.
        let _ = self.questions.send((number, listing, today));
    }
}

impl Found {
    fn nothing(coverage: Coverage) -> Self {
        Self { hits: Hits { order: Vec::new(), whole: true }, coverage }
    }
}

impl Finder {
    fn found(
        &mut self,
        listing: &Listing,
        today: &Today,
        tell: impl Fn(Found) -> bool,
        is_wanted: impl Fn() -> bool,
    ) -> Result<(), StoreError> {
        let coverage = self.coverage()?;
        let Ok(scope) = self.scope(&listing.source, today)? else {
            // Whoever typed it was told.
            tell(Found::nothing(coverage));
            return Ok(());
        };
        let mut last = None;
        let told = |hits: Hits| {
            if hits.whole {
                last = Some(hits);
                return true;
            }
            tell(Found { hits, coverage })
        };
        self.find(&scope.condition, scope.folders.as_deref(), FIRST, told, is_wanted)?;
        if let Some(Hits { order, whole }) = last {
            let order = self.with_kept(order, listing)?;
            tell(Found { hits: Hits { order, whole }, coverage });
        }
        Ok(())
    }
}
