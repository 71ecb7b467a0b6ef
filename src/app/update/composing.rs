//! What keys and tidings do to drafts, as far as the rest of the screen has a part in it.

mod typing;

use super::{acting, outbox};
use crate::app::compose::{DraftNotice, Errand, SendTrouble, Sender, Sheet, Stage, Tidings, WantedBack, WhatOfIt};
use crate::app::{Action, Effect, Focus, Notice, State, Undertaking};
use crate::config::keymap::KeyPane;
use crate::letter::signed;
use crate::model::{Answering, Draft, FailureKind, Moment, Timestamp};
use crate::text::SafeText;
use typing::after;
pub(super) use typing::{clicked, key, known, pasted};

/// Keys and text go to a draft, or to the list of them.
pub(super) fn has_keys(state: &State) -> bool {
    let composing = &state.composing;
    let writing = state.focus == Focus::Composer && composing.current().is_some();
    state.overlay.is_none() && (writing || composing.list().is_some())
}

pub(super) fn say(state: &mut State, notice: DraftNotice) {
    state.notice(Notice::Draft(notice));
}

/// The key for an action, where mail is read.
fn key_for(state: &State, action: Action) -> SafeText {
    let key = state.keymap.key_of(KeyPane::List, action);
    SafeText::of(&key.map(|key| key.to_string()).unwrap_or_default())
}

pub(super) fn act(state: &mut State, action: Action) -> Vec<Effect> {
    let answering = match action {
        Action::Compose => return write_new(state),
        Action::Reply => Some(Answering::Reply),
        Action::ReplyAll => Some(Answering::ReplyAll),
        Action::ReplyList => Some(Answering::ReplyList),
        Action::Forward => Some(Answering::Forward),
        Action::ForwardAttached => Some(Answering::ForwardAttached),
        Action::EditAsNew => Some(Answering::AsNew),
        Action::Bounce => Some(Answering::Bounce),
        _ => None,
    };
    if let Some(how) = answering {
        return answer(state, how);
    }
    match action {
        Action::ToDraft if state.focus == Focus::Composer => return leave(state),
        Action::ToDraft if state.composing.current().is_some() => return enter(state),
        Action::ToDraft | Action::Drafts => return show_drafts(state),
        Action::TakeBack => return take_back(state),
        _ => {}
    }
    if state.focus != Focus::Composer {
        return Vec::new();
    }
    act_in_draft(state, action)
}

/// Words that lists and drafts share.
pub(super) fn is_of_drafts(action: Action) -> bool {
    use Action as A;
    matches!(action, A::Down | A::Up | A::PageDown | A::PageUp | A::Back | A::SwitchForm | A::Search | A::FoldQuotes)
}

/// An action that is bound in a draft and before it is sent.
pub(super) fn act_in_draft(state: &mut State, action: Action) -> Vec<Effect> {
    let Some(composer) = state.composing.current_mut() else { return Vec::new() };
    let reviewing = matches!(composer.stage(), Stage::Reviewing(_));
    match action {
        Action::Back if reviewing => composer.edit_on(),
        Action::Back if *composer.stage() == Stage::Preparing => return close(state),
        Action::Back if composer.give_way() => {}
        Action::Back => return leave(state),
        Action::Send if reviewing => return send(state, None),
        Action::Send => {
            let asked = composer.review();
            return asked.into_iter().map(Effect::Ask).collect();
        }
        Action::SendLater if reviewing => composer.ask_when(),
        Action::SaveDraft => return put_away(state),
        Action::Discard if !composer.is_worth_keeping() => return discard(state),
        Action::Discard => composer.ask_to_discard(),
        Action::Attach => {
            let folder = composer.pick_files();
            return vec![Effect::Compose(Errand::ListFiles { folder })];
        }
        Action::ExternalEditor => {
            let errand = composer.hand_over();
            return vec![Effect::Compose(errand)];
        }
        Action::Down | Action::Up | Action::PageDown | Action::PageUp if reviewing => composer.scroll(match action {
            Action::Down => 1,
            Action::Up => -1,
            Action::PageDown => 8,
            _ => -8,
        }),
        Action::SwitchForm if reviewing => {
            composer.act(action);
            let asked = composer.review();
            composer.changed(state.moment);
            return asked.into_iter().map(Effect::Ask).collect();
        }
        _ if reviewing => {}
        action => {
            let done = composer.act(action);
            return after(state, done);
        }
    }
    Vec::new()
}

/// Who writes, for the account that is looked at.
fn usual_sender(state: &State) -> Sender {
    let account = state.account_looked_at().and_then(|id| state.account(id)).map(|account| &account.name);
    let ours = |sender: &&Sender| account.is_some_and(|name| sender.account == name.as_str());
    let senders = &state.settings.senders;
    senders.iter().find(ours).or_else(|| senders.first()).cloned().unwrap_or_default()
}

fn may_write(state: &mut State) -> bool {
    if state.read_only {
        state.notice(Notice::ReadOnly);
    }
    !state.read_only
}

fn write_new(state: &mut State) -> Vec<Effect> {
    write_to(state, String::new())
}

/// A letter as somebody else wants it, for a last look.
pub(super) fn review_letter(state: &mut State, draft: Draft) -> Vec<Effect> {
    if !may_write(state) {
        return Vec::new();
    }
    let sender = usual_sender(state);
    begin(state, Draft { account: sender.account, from: sender.from, ..draft });
    let asked = state.composing.current_mut().map(|composer| composer.review()).unwrap_or_default();
    asked.into_iter().map(Effect::Ask).collect()
}

/// A letter to somebody, who may be written later.
pub(super) fn write_to(state: &mut State, to: String) -> Vec<Effect> {
    if !may_write(state) {
        return Vec::new();
    }
    let sender = usual_sender(state);
    let body = signed(&sender.signature);
    let draft = Draft { account: sender.account, from: sender.from, to, body, ..Draft::default() };
    begin(state, draft);
    Vec::new()
}

fn begin(state: &mut State, draft: Draft) -> Sheet {
    let sheet = state.composing.begin(draft, None, &state.settings.senders);
    enter(state);
    sheet
}

pub(super) fn enter(state: &mut State) -> Vec<Effect> {
    state.composing.beside = true;
    state.overlay = None;
    if let Some(composer) = state.composing.current_mut() {
        composer.stay_open();
    }
    acting::focus(state, Focus::Composer);
    Vec::new()
}

fn answer(state: &mut State, how: Answering) -> Vec<Effect> {
    let Some((placement, message)) = state.list.at_cursor().map(|row| (row.row.placement, row.row.message)) else {
        state.notice(Notice::NoMessage);
        return Vec::new();
    };
    if !may_write(state) {
        return Vec::new();
    }
    let sender = usual_sender(state);
    let sheet = begin(state, Draft { account: sender.account, from: sender.from, ..Draft::default() });
    if let Some(composer) = state.composing.of(sheet) {
        composer.prepare();
    }
    vec![Effect::Compose(Errand::Prepare { sheet, placement, message, how })]
}

/// The draft stays, and something else is looked at.
fn leave(state: &mut State) -> Vec<Effect> {
    let untouched = state.composing.current().is_none_or(|composer| !composer.is_touched());
    if untouched {
        return close(state);
    }
    acting::focus(state, Focus::List);
    let key = key_for(state, Action::ToDraft);
    say(state, DraftNotice::Left(key));
    keep(state)
}

fn keep(state: &mut State) -> Vec<Effect> {
    let composer = state.composing.current_mut();
    composer.and_then(|composer| composer.keep_now()).map(Effect::Compose).into_iter().collect()
}

/// Takes the draft off the screen, with nothing said.
fn close(state: &mut State) -> Vec<Effect> {
    if let Some(sheet) = state.composing.current().map(|composer| composer.sheet()) {
        state.composing.close(sheet);
    }
    state.composing.beside = false;
    acting::focus(state, Focus::List);
    Vec::new()
}

fn put_away(state: &mut State) -> Vec<Effect> {
    if !state.composing.current().is_some_and(|composer| composer.is_worth_keeping()) {
        return discard(state);
    }
    let effects = keep(state);
    let now = state.now;
    let Some(composer) = state.composing.current() else { return effects };
    let (sheet, draft) = (composer.sheet(), composer.draft());
    match composer.id().filter(|_| composer.is_kept()) {
        // It is closed, and said to be kept, when it is kept.
        None => {
            if let Some(composer) = state.composing.of(sheet) {
                composer.edit_on();
                composer.close_when_kept();
            }
        }
        Some(id) => {
            close(state);
            state.composing.put_away(id, draft, now);
            say_kept(state);
        }
    }
    acting::focus(state, Focus::List);
    state.composing.beside = false;
    effects
}

fn say_kept(state: &mut State) {
    let key = key_for(state, Action::Drafts);
    say(state, DraftNotice::Kept(key));
}

fn discard(state: &mut State) -> Vec<Effect> {
    let Some(composer) = state.composing.current_mut() else { return Vec::new() };
    let id = composer.id();
    let worth = composer.is_worth_keeping();
    // What is on its way to the disk is dropped when it has come there.
    let sheet = composer.sheet();
    let on_its_way = composer.is_on_its_way();
    close(state);
    if on_its_way {
        state.composing.drop_when_kept(sheet, id);
    }
    if worth {
        say(state, DraftNotice::Discarded);
    }
    id.filter(|_| !on_its_way).map(|id| Effect::Compose(Errand::Drop(id))).into_iter().collect()
}

fn show_drafts(state: &mut State) -> Vec<Effect> {
    if state.composing.lines().is_empty() {
        let key = key_for(state, Action::Compose);
        say(state, DraftNotice::None(key));
    }
    state.composing.show_list(true);
    vec![Effect::Compose(Errand::ListDrafts)]
}

/// To the outbox, from where it can be had back for a while.
fn send(state: &mut State, at: Option<Timestamp>) -> Vec<Effect> {
    let hold = state.settings.take_back_seconds.max(0);
    let hold_until = at.unwrap_or_else(|| Timestamp(state.now.0.saturating_add(hold)));
    let Some(composer) = state.composing.current_mut() else { return Vec::new() };
    if !composer.may_be_sent() {
        say(state, DraftNotice::InTheWay);
        return Vec::new();
    }
    let sheet = composer.sheet();
    let until = until(state, hold_until);
    let errand = state.composing.hold(sheet, until, hold_until);
    state.composing.beside = false;
    acting::focus(state, Focus::List);
    if at.is_some() {
        let time = in_clock(state, hold_until);
        say(state, DraftNotice::Later(time));
    }
    errand.map(Effect::Compose).into_iter().collect()
}

/// A time to come, where the user's clock hangs.
pub(super) fn in_clock(state: &State, at: Timestamp) -> SafeText {
    let time = jiff::Timestamp::from_second(at.0).map(|at| at.to_zoned(state.settings.zone.clone()));
    SafeText::of(&time.map(|at| at.strftime("%Y-%m-%d %H:%M").to_string()).unwrap_or_default())
}

fn until(state: &State, at: Timestamp) -> Moment {
    let seconds = at.0.saturating_sub(state.now.0).max(0).unsigned_abs();
    state.moment.plus(seconds.saturating_mul(1000))
}

fn take_back(state: &mut State) -> Vec<Effect> {
    match state.composing.want_back() {
        WantedBack::Nothing => match outbox::take_back_last(state) {
            Some(effects) => return effects,
            None => say(state, DraftNotice::NothingHeld),
        },
        WantedBack::Here => return is_back(state),
        WantedBack::Soon => {}
        WantedBack::Now(id) => return vec![Effect::Compose(Errand::TakeBack(id))],
    }
    Vec::new()
}

fn is_back(state: &mut State) -> Vec<Effect> {
    say(state, DraftNotice::Back);
    enter(state);
    keep(state)
}

pub(super) fn heard(state: &mut State, tidings: Tidings) -> Vec<Effect> {
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
            if let Some(composer) = state.composing.of(sheet) {
                composer.prepared(*draft);
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
        Tidings::Edited { sheet, result } => {
            let Some(composer) = state.composing.of(sheet) else { return Vec::new() };
            match composer.taken_back(result) {
                Ok(true) => composer.changed(moment),
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

impl State {
    /// What is written and not kept yet, because the program is about to end.
    pub fn keep_drafts(&mut self) -> Vec<Effect> {
        self.composing.keep_all().into_iter().map(Effect::Compose).collect()
    }
}
