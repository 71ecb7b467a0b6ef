//! Folders made, renamed and removed, the bin emptied, and what is typed for these.

use super::{putting, say};
use crate::app::triage::{Making, Question, Then, Wanted};
use crate::app::update::choosing;
use crate::app::{Asks, Did, Effect, Focus, Notice, Prompt, State, TriageNotice, Undertaking};
use crate::model::{
    AccountId, Alike, Failure, FailureKind, Folder, FolderDeed, FolderId, Listing, PlacementId, Query, Role, Settling,
    Source,
};
use crate::text::{SafeText, folded};

/// The folder that is meant: under the cursor among the folders, else the one whose messages are listed.
fn meant(state: &State) -> Option<&Folder> {
    match state.focus {
        Focus::Folders => state.folders.at_cursor_whatever().and_then(|id| state.folders.find(id)),
        Focus::List | Focus::Reader | Focus::Composer => state.folders.open(),
    }
}

fn may_change(state: &mut State) -> bool {
    if state.read_only {
        state.notice(Notice::ReadOnly);
    }
    !state.read_only
}

fn account(state: &State) -> Option<AccountId> {
    let first = || state.accounts.first().map(|account| account.id);
    meant(state).map(|folder| folder.account).or_else(first)
}

pub(super) fn ask_new(state: &mut State) -> Vec<Effect> {
    let Some(account) = account(state).filter(|_| may_change(state)) else { return Vec::new() };
    if state.settings.no_new_folders.contains(&account) {
        return nobody_makes(state, account);
    }
    choosing::ask(state, Prompt::new(Asks::NewFolder(account), ""));
    Vec::new()
}

/// The server lets nobody make one: how it is done elsewhere, for the folder that is missed most.
pub(super) fn nobody_makes(state: &mut State, account: AccountId) -> Vec<Effect> {
    putting::made_elsewhere(state, account, Role::Archive)
}

/// The folder that is meant, unless the server needs it as it is.
fn changeable(state: &mut State) -> Option<(FolderId, String)> {
    if !may_change(state) {
        return None;
    }
    let folder = meant(state).filter(|folder| folder.role.is_none());
    let found = folder.map(|folder| (folder.id, folder.name.as_untrusted().to_owned()));
    if found.is_none() {
        say(state, TriageNotice::Protected);
    }
    found
}

pub(super) fn ask_rename(state: &mut State) -> Vec<Effect> {
    if let Some((folder, name)) = changeable(state) {
        choosing::ask(state, Prompt::offering(Asks::RenameFolder(folder), &name));
    }
    Vec::new()
}

pub(super) fn ask_delete(state: &mut State) -> Vec<Effect> {
    if let Some((folder, _)) = changeable(state) {
        let count = state.folders.find(folder).map_or(0, |folder| folder.total.max(folder.on_server));
        state.triage.question = Some(Question::DeleteFolder { folder, count, sure: false });
    }
    Vec::new()
}

pub(super) fn empty(state: &mut State) -> Vec<Effect> {
    if !may_change(state) {
        return Vec::new();
    }
    let here = meant(state).filter(|folder| matches!(folder.role, Some(Role::Trash | Role::Junk)));
    let bin = || {
        let account = account(state)?;
        state.folders.of_account(account).find(|folder| folder.role == Some(Role::Trash) && folder.selectable)
    };
    let asked = here.or_else(bin).map(|folder| (folder.id, folder.total));
    match asked {
        None => state.notice(Notice::NoSuchFolder(Role::Trash)),
        Some((_, 0)) => say(state, TriageNotice::NothingThere),
        Some((folder, count)) => state.triage.question = Some(Question::Empty { folder, count }),
    }
    Vec::new()
}

/// What lies in the bin is asked for; when it is known, it is erased.
pub(super) fn empty_now(state: &mut State, folder: FolderId) -> Vec<Effect> {
    let listing = Listing::flat(Source::Folder(folder));
    state.triage.emptying = Some(listing.clone());
    vec![Effect::Ask(Query::Order(Box::new(listing)))]
}

/// A name was typed.
pub(in crate::app::update) fn named(state: &mut State, asks: &Asks, text: &str) -> Vec<Effect> {
    let name = text.trim().to_owned();
    if name.is_empty() {
        return Vec::new();
    }
    match asks {
        Asks::NewFolder(account) => putting::make(state, *account, name, Then::Nothing),
        Asks::RenameFolder(folder) => vec![Effect::Folder(FolderDeed::Rename { folder: *folder, name })],
        _ => Vec::new(),
    }
}

/// A number of megabytes was typed: all that are as large are selected.
pub(in crate::app::update) fn sized(state: &mut State, text: &str) -> Vec<Effect> {
    let typed: String = text.trim().chars().flat_map(folded).collect();
    let number = typed.trim_end_matches(|c: char| c.is_ascii_alphabetic() || c == ' ');
    let Ok(megabytes) = number.parse::<u64>() else {
        say(state, TriageNotice::NotASize(SafeText::of(text)));
        return Vec::new();
    };
    let how = Alike::AtLeast(megabytes.saturating_mul(1024 * 1024));
    super::ask_alike(state, how, Wanted::Selection(how))
}

/// The server did it, or said why not.
pub(in crate::app::update) fn folder_done(
    state: &mut State,
    deed: &FolderDeed,
    result: Result<Option<FolderId>, Failure>,
) -> Vec<Effect> {
    match (deed, result) {
        (FolderDeed::Create { account, name }, result) => made(state, *account, name, result),
        (FolderDeed::Rename { name, .. }, Ok(_)) => {
            say(state, TriageNotice::Renamed(SafeText::of(name)));
            vec![Effect::Ask(Query::Folders)]
        }
        (FolderDeed::Delete { .. } | FolderDeed::DeleteWithMail { .. }, Ok(_)) => {
            say(state, TriageNotice::Removed);
            vec![Effect::Ask(Query::Folders)]
        }
        (FolderDeed::Rename { .. } | FolderDeed::Delete { .. } | FolderDeed::DeleteWithMail { .. }, Err(failure)) => {
            state.troubles.failed(Undertaking::Folders, failure, state.now);
            Vec::new()
        }
    }
}

fn made(state: &mut State, account: AccountId, name: &str, result: Result<Option<FolderId>, Failure>) -> Vec<Effect> {
    let is_it = |making: &Making| making.account == account && making.name == name;
    let (ours, others) = std::mem::take(&mut state.triage.making).into_iter().partition(is_it);
    state.triage.making = others;
    let ours: Vec<Making> = ours;
    let id = match result {
        Ok(Some(id)) => id,
        // It is there, and nobody can say which one it is.
        Ok(None) => return come_back(state, ours),
        Err(failure) => {
            // The server says that nobody makes folders here: where it is done is known.
            let refused = failure.kind == FailureKind::Refused;
            state.troubles.failed(Undertaking::Folders, failure, state.now);
            let mut effects = come_back(state, ours);
            if refused && !state.settings.no_new_folders.contains(&account) {
                state.settings.no_new_folders.push(account);
                effects.extend(putting::made_elsewhere(state, account, Role::Archive));
            }
            return effects;
        }
    };
    let mut effects = vec![Effect::Ask(Query::Folders)];
    let mut put: Vec<(Did, bool, Vec<PlacementId>)> = Vec::new();
    for making in ours {
        match making.then {
            Then::Nothing => say(state, TriageNotice::Made(SafeText::of(name))),
            Then::Settle(needs) => effects.push(Effect::Settle { needs, how: Settling::Into(id) }),
            Then::Put { placements, did, copy } => put.push((did, copy, placements)),
        }
    }
    for (did, copy, placements) in put {
        effects.extend(match did {
            _ if copy => putting::copy(state, account, placements, id),
            // It was not known before what the folder is.
            Did::Moved(_) => putting::put_what_left(state, placements, id, Did::Moved(id)),
            did => putting::put_what_left(state, placements, id, did),
        });
    }
    effects
}

fn come_back(state: &mut State, makings: Vec<Making>) -> Vec<Effect> {
    let mut back = false;
    for making in makings {
        if let Then::Put { placements, copy: false, .. } = making.then {
            back |= state.list.left(&placements, false);
            // What comes back shows itself.
            state.triage.back = placements.first().copied();
        }
    }
    state.ask_for_order().filter(|_| back).into_iter().collect()
}
