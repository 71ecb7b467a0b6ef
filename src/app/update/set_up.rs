//! The way from the mail to the form for another account, or for another secret.

use crate::app::{Action, Effect, ErrorRow, Notice, SetUp, State};
use crate::model::AccountId;

/// Another account, or another secret for the account that is in trouble, or for the one that is looked at.
pub(super) fn begin(state: &mut State, action: Action) -> Vec<Effect> {
    if state.read_only || !state.settings.sets_up {
        state.notice(if state.read_only { Notice::ReadOnly } else { Notice::NoSetUp });
        return Vec::new();
    }
    if action == Action::AddAccount {
        return vec![Effect::SetUp(SetUp::Account)];
    }
    meant(state).map(|account| Effect::SetUp(SetUp::Secret(account))).into_iter().collect()
}

/// The account that a key is meant for: the one that the row tells of, or the one that is looked at.
pub(super) fn meant(state: &State) -> Option<AccountId> {
    let troubled = match state.error_row() {
        Some(ErrorRow::Account { account, .. }) => Some(account.id),
        Some(ErrorRow::Notice(_) | ErrorRow::Failed(..)) | None => None,
    };
    let open = || state.account_looked_at();
    let first = || state.accounts.first().map(|account| account.id);
    troubled.or_else(open).or_else(first)
}
