//! Which folders a list is of, and what else belongs to it.

use super::Finder;
use crate::model::{Folder, FolderId, Listing, OrderEntry, Role, Source, Split};
use crate::search::{Condition, Problem, State, Today, parse};
use crate::store::StoreError;

/// A list of what is found somewhere, ready to be looked for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Scope {
    pub(super) condition: Condition,
    /// Everywhere, if it is none of them.
    pub(super) folders: Option<Vec<FolderId>>,
}

impl Finder {
    /// The inner error: what is looked for cannot be understood.
    pub(super) fn scope(&self, source: &Source, today: &Today) -> Result<Result<Scope, Problem>, StoreError> {
        let folders = self.mail.folders()?;
        let mut conditions = Vec::new();
        let within = match collect(source, today, &mut conditions) {
            Ok(whole) => of(whole, &folders),
            Err(problem) => return Ok(Err(problem)),
        };
        let condition = match conditions.len() {
            1 => conditions.pop().unwrap_or(Condition::All(Vec::new())),
            _ => Condition::All(conditions),
        };
        Ok(Ok(Scope { condition, folders: within }))
    }

    /// The message that is to stay in the list, put where it belongs if it was not found.
    pub(super) fn with_kept(
        &self,
        mut order: Vec<OrderEntry>,
        listing: &Listing,
    ) -> Result<Vec<OrderEntry>, StoreError> {
        let Some(keep) = listing.keep.filter(|keep| !order.iter().any(|entry| entry.placement == *keep)) else {
            return Ok(order);
        };
        if let Some(row) = self.mail.rows(&[keep])?.into_iter().next() {
            let entry = OrderEntry { placement: keep, arrival: row.arrival };
            let at = order.partition_point(|other| other.arrival > entry.arrival);
            order.insert(at, entry);
        }
        Ok(order)
    }
}

/// What a list says besides the list that it is a part of.
fn collect<'a>(source: &'a Source, today: &Today, into: &mut Vec<Condition>) -> Result<&'a Source, Problem> {
    match source {
        Source::Split { of, split } => {
            into.push(match split {
                Split::Unread => Condition::Is(State::Unread),
                Split::Starred => Condition::Is(State::Starred),
                Split::Attachments => Condition::HasFiles,
                Split::Kind(kind) => Condition::Kind(*kind),
                Split::Own(words) => parse(words, today)?,
            });
            collect(of, today, into)
        }
        Source::Search { words, within } => {
            into.push(parse(words, today)?);
            match within {
                Some(within) => collect(within, today, into),
                None => Ok(source),
            }
        }
        Source::Starred => {
            into.push(Condition::Is(State::Starred));
            Ok(source)
        }
        Source::Folder(_) | Source::Unified(_) => Ok(source),
    }
}

fn of(source: &Source, folders: &[Folder]) -> Option<Vec<FolderId>> {
    let having = |is_meant: &dyn Fn(&Folder) -> bool| {
        folders.iter().filter(|folder| is_meant(folder)).map(|folder| folder.id).collect()
    };
    match source {
        Source::Folder(folder) => Some(vec![*folder]),
        Source::Unified(role) => Some(having(&|folder| folder.role == Some(*role))),
        Source::Starred => Some(having(&|folder| !matches!(folder.role, Some(Role::Trash | Role::Junk)))),
        // A list is none of its own parts.
        Source::Search { .. } | Source::Split { .. } => None,
    }
}
