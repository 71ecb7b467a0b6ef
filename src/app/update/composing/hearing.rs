//! What came of a wish about a draft, and what is made of it.

use super::super::outbox;
use super::{begin, enter, is_back, key_for, say, say_kept, typing, until, usual_sender};
use crate::app::compose::{DraftNotice, Errand, SendTrouble, Tidings, WhatOfIt};
use crate::app::{Action, Effect, Focus, State, Undertaking};
use crate::config::keymap::KeyPane;
use crate::letter::signed;
use crate::model::{Answering, FailureKind};
use crate::text::SafeText;

pub(in crate::app::update) fn heard(state: &mut State, tidings: Tidings) -> Vec<Effect> {
    let (now, moment) = (state.now, state.moment);
    match tidings {
        Tidings::Kept { sheet, result } => {
            let failure = result.as_ref().err().cloned();
            let result = result.map_err(|failure| failure.kind == FailureKind::Gone);
            let (what, more) = state.composing.kept(sheet, result, now, moment);
            match what {
                WhatOfIt::Nothing => {}
                WhatOfIt::PutAway => say_kept(state),
                // Whoever has the profile has to end first, and that was said.
                WhatOfIt::Failed if state.read_only => {}
                WhatOfIt::Failed => {
                    say(state, DraftNotice::NotKept);
                    if let Some(failure) = failure {
                        state.troubles.remember_failure(Undertaking::Saving, failure, now);
                    }
                }
            }
            return more.map(Effect::Compose).into_iter().collect();
        }
        Tidings::Queued { sheet, result: Ok((id, hold_until)) } => {
            let until = until(state, hold_until);
            let wanted_back = state.composing.queued(sheet, id, (moment, until));
            return wanted_back.map(|id| Effect::Compose(Errand::TakeBack(id))).into_iter().collect();
        }
        Tidings::Queued { sheet, result: Err(trouble) } => {
            let is_gone = matches!(&trouble, SendTrouble::Failed(failure) if failure.kind == FailureKind::Gone);
            if state.composing.not_sent(sheet, is_gone, moment).is_some() {
                enter(state);
                match trouble {
                    SendTrouble::Said(words) => say(state, DraftNotice::Said(words)),
                    SendTrouble::Failed(failure) => state.troubles.failed(Undertaking::Saving, failure, now),
                }
            }
        }
        Tidings::TakenBack { id, draft, result: Ok(true) } => {
            if state.composing.back(|_, held| held == Some(id), draft).is_some() {
                return is_back(state);
            }
        }
        Tidings::TakenBack { id, result, .. } => {
            state.composing.gone(id);
            say(state, DraftNotice::TooLate);
            if let Err(failure) = result {
                state.troubles.remember_failure(Undertaking::Saving, failure, now);
            }
        }
        Tidings::Prepared { sheet, result: Ok(draft) } => {
            let what = draft.about.as_ref().map(|about| about.what);
            let Some(composer) = state.composing.of(sheet) else { return Vec::new() };
            composer.prepared(*draft);
            // All that there is to say is said.
            if matches!(what, Some(Answering::Accept | Answering::Tentative | Answering::Decline)) {
                return composer.review().into_iter().map(Effect::Ask).collect();
            }
        }
        Tidings::Prepared { sheet, result: Err(failure) } => {
            if state.composing.close(sheet).is_some() {
                state.troubles.failed(Undertaking::Reading, failure, now);
            }
        }
        Tidings::Files { folder, result } => {
            if let Some(composer) = state.composing.current_mut() {
                composer.know_files(&folder, result);
            }
        }
        Tidings::Templates { folder, files, .. } if files.is_empty() => say(state, DraftNotice::NoTemplates(folder)),
        Tidings::Templates { sheet, folder, files } => {
            if let Some(composer) = state.composing.of(sheet) {
                composer.pick_templates(folder.as_str(), files);
            }
        }
        Tidings::Template { result: Err(said), .. } => say(state, DraftNotice::Said(said)),
        Tidings::Template { sheet, result: Ok(written) } => return typing::filled_in(state, sheet, &written),
        Tidings::Attached { sheet, files } => {
            let Some(composer) = state.composing.of(sheet) else { return Vec::new() };
            let before = composer.files().len();
            let mut refused = None;
            for file in files {
                match file {
                    Ok(file) => drop(composer.enclose(file)),
                    Err(words) => refused = Some(words),
                }
            }
            let added = composer.files().len() - before;
            if added > 0 {
                composer.changed(moment);
            }
            match refused {
                Some(words) => say(state, DraftNotice::Said(words)),
                None if added > 0 => say(state, DraftNotice::Attached(added)),
                None => {}
            }
        }
        Tidings::Found { sheet, files, revision } => {
            if state.composing.of(sheet).is_some_and(|composer| composer.offer_files(files, revision)) {
                let key = state.keymap.key_of(KeyPane::Compose, Action::Attach);
                say(state, DraftNotice::IsFile(SafeText::of(&key.map(|key| key.to_string()).unwrap_or_default())));
            }
        }
        Tidings::Edited { sheet, result } => {
            let Some(composer) = state.composing.of(sheet) else { return Vec::new() };
            match composer.taken_back(result) {
                // It may be the work of an hour: nobody waits for the next pause.
                Ok(true) => {
                    composer.changed(moment);
                    return composer.keep_now().map(Effect::Compose).into_iter().collect();
                }
                Ok(false) => {}
                Err(words) => say(state, DraftNotice::Said(words)),
            }
        }
        Tidings::Drafts(kept) => {
            let asked = state.composing.list().is_some();
            let first = state.composing.know_kept(kept);
            if first && !asked {
                let key = key_for(state, Action::Drafts);
                say(state, DraftNotice::Waiting(key));
            }
        }
        Tidings::Letter { id, wish, result } => return outbox::granted(state, id, wish, result),
        Tidings::Reopened { id, result } => return outbox::reopened(state, id, result),
        Tidings::Begin(mut draft) => {
            if draft.from.is_empty() {
                let sender = usual_sender(state);
                draft.body.push_str(&signed(&sender.signature));
                (draft.account, draft.from) = (sender.account, sender.from);
            }
            // What is typed right now is not meant for this one.
            let writes = state.focus == Focus::Composer
                && state.composing.current().is_some_and(|composer| composer.is_touched());
            let sheet = if writes {
                let key = key_for(state, Action::Drafts);
                say(state, DraftNotice::Came(SafeText::of(&format!("Esc {key}"))));
                state.composing.begin_behind(*draft, &state.settings.senders)
            } else {
                begin(state, *draft)
            };
            if state.read_only {
                say(state, DraftNotice::KeptLater);
            }
            if let Some(composer) = state.composing.of(sheet) {
                composer.changed(moment);
            }
        }
    }
    Vec::new()
}
