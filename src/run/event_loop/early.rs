//! What cannot be done before the first frame.

use crate::app::Effect;

/// Before the first frame there are no accounts and nobody who fetches bodies.
pub(super) fn needs_accounts(effect: &Effect) -> bool {
    match effect {
        Effect::Focus { .. }
        | Effect::Start { .. }
        | Effect::Choose { .. }
        | Effect::Mute { .. }
        | Effect::Cancel(_)
        | Effect::Near { .. }
        | Effect::Folder(_)
        | Effect::Told { .. }
        | Effect::Wake(_) => true,
        Effect::Ask(_)
        | Effect::Compose(_)
        | Effect::Record(_)
        | Effect::RecordTogether(_)
        | Effect::Note(_)
        | Effect::Undo
        | Effect::Settle { .. }
        | Effect::Terminal(_)
        | Effect::Announce(_)
        | Effect::NewMailCommand { .. }
        | Effect::NoMoreHints(_)
        | Effect::Overhear(_)
        | Effect::SetUp(_)
        | Effect::Quit => false,
    }
}
