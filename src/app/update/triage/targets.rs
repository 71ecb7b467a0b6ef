//! Into which folder messages go: chosen by typing a part of its name, or made.

use super::{folders, placements, putting, say, then_put};
use crate::app::chooser::Entry;
use crate::app::finding::{Choice, Purpose};
use crate::app::triage::{ForFolder, Then};
use crate::app::update::finding;
use crate::app::{Action, Did, Effect, State, TriageNotice};
use crate::model::{AccountId, FolderId, Lying, Role, Settling};
use crate::text::SafeText;

pub(super) fn choose(state: &mut State, copy: bool, lying: &[Lying]) -> Vec<Effect> {
    let Some(account) = lying.first().map(|one| one.account) else { return Vec::new() };
    if lying.iter().any(|one| one.account != account) {
        say(state, TriageNotice::SeveralAccounts);
        return Vec::new();
    }
    let did = if copy { Did::Copied(FolderId(0)) } else { Did::Moved(FolderId(0)) };
    let then = then_put(placements(lying), did, copy);
    ask(state, account, then, lying.len())
}

pub(super) fn ask(state: &mut State, account: AccountId, then: Then, count: usize) -> Vec<Effect> {
    let copy = matches!(then, Then::Put { copy: true, .. });
    state.triage.for_folder = Some(ForFolder { account, then });
    finding::begin(state, if copy { Purpose::CopyTo(count) } else { Purpose::MoveTo(count) })
}

/// The folders that are offered: those of the account, but for the one that is open; where something went last comes first.
fn offered(state: &State) -> Vec<Entry<Choice>> {
    let Some(wanted) = &state.triage.for_folder else { return Vec::new() };
    let here = state.list.folder().filter(|_| matches!(wanted.then, Then::Put { .. }));
    let lately = state.triage.lately.get(&wanted.account).map(Vec::as_slice).unwrap_or_default();
    let fits = |entry: Entry<Choice>| match entry.what {
        Choice::Folder(id) if Some(id) == here => None,
        // A view of other folders is no place to put something.
        Choice::Folder(id) if super::role_of(state, id) == Some(Role::Starred) => None,
        Choice::Folder(id) => {
            let place = lately.iter().position(|known| *known == id);
            let lately = place.and_then(|place| u32::try_from(place + 1).ok()).unwrap_or(0);
            Some(entry.lately(lately))
        }
        _ => None,
    };
    state.folder_entries(Some(wanted.account)).into_iter().filter_map(fits).collect()
}

/// Something else is typed: where nothing is called so, a folder of this name may be made.
pub(in crate::app::update) fn offer_new_folder(state: &mut State) {
    let word = state.settings.names.action(Action::NewFolder);
    let Some(finding) = state.finding.as_mut().filter(|finding| finding.purpose().makes()) else { return };
    let is_new = |choice: &Choice| matches!(choice, Choice::NewFolder(_));
    finding.chooser.replace(is_new, Vec::new());
    let name = finding.chooser.typed().trim().to_owned();
    if finding.chooser.counts().0 == 0 && !name.is_empty() {
        let shown = SafeText::of(&format!("{word}: {name}"));
        finding.chooser.replace(is_new, vec![Entry::new(Choice::NewFolder(name), shown)]);
    }
}

impl State {
    /// What is offered to choose from.
    pub(in crate::app) fn targets(&self) -> Vec<Entry<Choice>> {
        offered(self)
    }
}

pub(in crate::app::update) fn no_target(state: &mut State) {
    state.triage.for_folder = None;
}

/// It is chosen.
pub(in crate::app::update) fn target(state: &mut State, choice: Choice) -> Vec<Effect> {
    let Some(ForFolder { account, then }) = state.triage.for_folder.take() else { return Vec::new() };
    match (choice, then) {
        (Choice::Folder(to), Then::Put { placements, copy: true, .. }) => putting::copy(state, account, placements, to),
        (Choice::Folder(to), Then::Put { placements, .. }) => {
            state.triage.went_to(account, to);
            putting::put(state, placements, to, Did::Moved(to))
        }
        (Choice::Folder(to), Then::Settle(needs)) => vec![Effect::Settle { needs, how: Settling::Into(to) }],
        (Choice::NewFolder(_), _) if state.settings.no_new_folders.contains(&account) => {
            folders::nobody_makes(state, account)
        }
        (Choice::NewFolder(name), then) => putting::make(state, account, name, then),
        (_, _) => Vec::new(),
    }
}
