//! Putting messages somewhere else.

use super::{say, then_put};
use crate::app::triage::{Bulk, JustDone, Making, Question, Then};
use crate::app::update::acting;
use crate::app::{AfterAction, Did, Effect, Focus, State, TriageNotice};
use crate::model::{AccountId, DeedKind, FolderDeed, FolderId, Intent, Lying, PlacementId, Role};
use crate::text::SafeText;

/// Into the folder that their account has for it. If it has none, one is made; if none can be made, that is said.
pub(super) fn into_role(state: &mut State, lying: &[Lying], role: Role, did: Did) -> Vec<Effect> {
    let mut accounts: Vec<AccountId> = lying.iter().map(|one| one.account).collect();
    accounts.sort_unstable();
    accounts.dedup();
    let mut effects = Vec::new();
    for account in accounts {
        let ours = lying.iter().filter(|one| one.account == account).map(|one| one.placement).collect();
        effects.extend(into_role_of(state, account, ours, role, did));
    }
    effects
}

fn into_role_of(
    state: &mut State,
    account: AccountId,
    placements: Vec<PlacementId>,
    role: Role,
    did: Did,
) -> Vec<Effect> {
    let with_role = state.folders.of_account(account).find(|folder| folder.role == Some(role) && folder.selectable);
    if let Some(to) = with_role.map(|folder| folder.id) {
        return put(state, placements, to, did);
    }
    if !state.settings.no_new_folders.contains(&account) {
        let name = state.settings.names.role(role).map_or(role.code(), SafeText::as_str).to_owned();
        return make(state, account, name, then_put(placements, did, false));
    }
    if role == Role::Trash {
        // Where there is no bin, what is deleted is gone.
        state.triage.question = Some(Question::Erase { placements });
        return Vec::new();
    }
    made_elsewhere(state, account, role)
}

/// How it is made elsewhere: at length once, then in a word.
pub(super) fn made_elsewhere(state: &mut State, account: AccountId, role: Role) -> Vec<Effect> {
    if state.triage.told.contains(&(account, role)) {
        say(state, TriageNotice::MadeElsewhere(role));
        return Vec::new();
    }
    state.triage.told.push((account, role));
    state.triage.question = Some(Question::MadeElsewhere { account, role });
    vec![Effect::Told { account, role }]
}

/// Makes a folder and then does this. The messages leave the list at once; should it not be made, they come back.
pub(super) fn make(state: &mut State, account: AccountId, name: String, then: Then) -> Vec<Effect> {
    if let Then::Put { placements, copy: false, .. } = &then {
        let placements = placements.clone();
        send_away(state, &placements);
    }
    let under_way = state.triage.making.iter().any(|making| making.account == account && making.name == name);
    state.triage.making.push(Making { account, name: name.clone(), then });
    say(state, TriageNotice::Making(SafeText::of(&name)));
    if under_way {
        return Vec::new();
    }
    vec![Effect::Folder(FolderDeed::Create { account, name })]
}

pub(super) fn put(state: &mut State, placements: Vec<PlacementId>, to: FolderId, did: Did) -> Vec<Effect> {
    if placements.is_empty() {
        return Vec::new();
    }
    send_away(state, &placements);
    put_what_left(state, placements, to, did)
}

/// The same for what left the list already.
pub(super) fn put_what_left(state: &mut State, placements: Vec<PlacementId>, to: FolderId, did: Did) -> Vec<Effect> {
    done(state, did, DeedKind::Move { to }, &placements);
    vec![Effect::Record(Intent::Move { placements, to })]
}

pub(super) fn copy(state: &mut State, account: AccountId, placements: Vec<PlacementId>, to: FolderId) -> Vec<Effect> {
    state.triage.went_to(account, to);
    done(state, Did::Copied(to), DeedKind::Copy { to }, &placements);
    vec![Effect::Record(Intent::Copy { placements, to })]
}

pub(super) fn erase(state: &mut State, placements: Vec<PlacementId>) -> Vec<Effect> {
    if placements.is_empty() {
        return Vec::new();
    }
    send_away(state, &placements);
    done(state, Did::Erased, DeedKind::Erase, &placements);
    vec![Effect::Record(Intent::Erase { placements })]
}

/// What one key did in several accounts is one thing to the user: it is told of and taken back as one.
pub(super) fn together(state: &mut State, effects: Vec<Effect>) -> Vec<Effect> {
    let records = effects.iter().filter(|effect| matches!(effect, Effect::Record(_))).count();
    if records < 2 {
        return effects;
    }
    let (mut intents, mut others) = (Vec::with_capacity(records), Vec::new());
    for effect in effects {
        match effect {
            Effect::Record(intent) => intents.push(intent),
            other => others.push(other),
        }
    }
    let all: Vec<PlacementId> = intents.iter().flat_map(Intent::placements).copied().collect();
    if let Some(JustDone { did, kind, .. }) = state.triage.done.take() {
        done(state, did, kind, &all);
    }
    others.insert(0, Effect::RecordTogether(intents));
    others
}

/// What is said at the foot for a while. A flag of one message shows itself.
pub(super) fn done(state: &mut State, did: Did, kind: DeedKind, placements: &[PlacementId]) {
    state.triage.done_at = Some((state.now, state.moment));
    // What came before it goes on; only the last of them is told of.
    state.triage.bulk = Bulk::of(did, placements.len()).or(state.triage.bulk);
    let shows_itself = matches!(kind, DeedKind::Flag { .. }) && placements.len() == 1;
    state.triage.done = if shows_itself { None } else { JustDone::new(did, kind, placements, state.moment) };
    if state.triage.done.is_some() {
        state.troubles.make_way();
    }
}

/// The rows leave in the same frame, and the cursor goes where the user wants it then.
fn send_away(state: &mut State, placements: &[PlacementId]) {
    let before = state.list.placement_at_cursor();
    state.list.leave(placements, state.settings.after_action == AfterAction::Previous);
    if state.list.placement_at_cursor() == before {
        return;
    }
    if state.focus == Focus::Reader && (state.settings.after_action == AfterAction::List || state.list.is_empty()) {
        acting::focus(state, Focus::List);
    }
    state.cursor_moved();
}
