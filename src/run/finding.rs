//! Lists of what is found somewhere: they are asked of the finder, so that nothing else waits for them.

use std::path::{Path, PathBuf};

use tokio::sync::mpsc::UnboundedSender;

use super::inbox::Input;
use crate::app::Event;
use crate::model::{Answer, Failure, FailureKind, Listing, Query, Source, clock};
use crate::search::Today;
use crate::store::{FinderThread, Found, StoreError, mark_index_broken};

#[derive(Debug)]
pub(super) struct Finding(FinderThread);

impl Finding {
    pub(super) fn start(profile: PathBuf, tell: UnboundedSender<Input>) -> std::io::Result<Self> {
        let of = profile.clone();
        let thread = FinderThread::start(profile, move |listing, found| {
            for event in told(&of, listing, found) {
                let _ = tell.send(Input::Event(event));
            }
        })?;
        Ok(Self(thread))
    }

    /// Asks for the order of a list, if it is one of what is found. Several answers may come, or none if somebody asks anew.
    pub(super) fn ask(&self, query: &Query) -> bool {
        let Query::Order(listing) = query else { return false };
        if !is_found(&listing.source) {
            return false;
        }
        self.0.ask((**listing).clone(), Today::new(clock::now(), &jiff::tz::TimeZone::system()));
        true
    }
}

fn is_found(source: &Source) -> bool {
    match source {
        Source::Search { .. } => true,
        Source::Split { of, .. } => is_found(of),
        Source::Folder(_) | Source::Unified(_) | Source::Starred => false,
    }
}

fn told(profile: &Path, listing: &Listing, found: Result<Found, StoreError>) -> Vec<Event> {
    match found {
        Ok(Found { hits, coverage }) => {
            let order = Answer::Order { listing: Box::new(listing.clone()), order: hits.order, knots: Vec::new() };
            vec![Event::Covered { coverage, whole: hits.whole }, Event::Answered(order)]
        }
        Err(error) => {
            if error.is_damage() {
                mark_index_broken(profile);
            }
            // It is no damage to any mail.
            let failure = Failure { kind: FailureKind::Disk, ..error.failure() };
            let query = Box::new(Query::Order(Box::new(listing.clone())));
            vec![Event::Answered(Answer::Failed { query, failure })]
        }
    }
}
