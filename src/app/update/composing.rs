//! What keys and tidings do to drafts, as far as the rest of the screen has a part in it.

mod hearing;
mod typing;

use super::{acting, outbox};
use crate::app::compose::{CameFrom, DraftNotice, Errand, Sender, Sheet, Stage, WantedBack};
use crate::app::{Action, Effect, Focus, Notice, State};
use crate::config::keymap::KeyPane;
use crate::letter::signed;
use crate::model::{Answering, Draft, Moment, Timestamp};
use crate::text::SafeText;
pub(super) use hearing::heard;
use typing::after;
pub(super) use typing::{clicked, is_draft_of_server, key, known, pasted};

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
        Action::Accept => Some(Answering::Accept),
        Action::Tentative => Some(Answering::Tentative),
        Action::Decline => Some(Answering::Decline),
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
    matches!(action, A::First | A::Last | A::Down | A::Up | A::PageDown | A::PageUp | A::Back)
        || matches!(action, A::SwitchForm | A::Search | A::FoldQuotes)
}

/// An action that is bound in a draft and before it is sent.
pub(super) fn act_in_draft(state: &mut State, action: Action) -> Vec<Effect> {
    let Some(composer) = state.composing.current_mut() else { return Vec::new() };
    // What were done now would be undone by the answer when it is ready.
    if *composer.stage() == Stage::Preparing && !matches!(action, Action::Back | Action::SaveDraft | Action::Discard) {
        return Vec::new();
    }
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
        Action::Attach if let Some(added) = composer.take_offer() => {
            composer.changed(state.moment);
            say(state, DraftNotice::Attached(added));
        }
        Action::Attach => {
            let folder = composer.pick_files();
            return vec![Effect::Compose(Errand::ListFiles { folder })];
        }
        Action::Template => return vec![Effect::Compose(Errand::ListTemplates { sheet: composer.sheet() })],
        Action::ExternalEditor => return composer.hand_over().into_iter().map(Effect::Compose).collect(),
        Action::First | Action::Last | Action::Down | Action::Up | Action::PageDown | Action::PageUp if reviewing => {
            let page = composer.review_page();
            composer.scroll(match action {
                Action::Down => 1,
                Action::Up => -1,
                Action::PageDown => page,
                Action::PageUp => -page,
                Action::First => -isize::MAX,
                _ => isize::MAX,
            });
        }
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
    let reading = state.list.placement_at_cursor().filter(|_| state.focus == Focus::Reader);
    if state.focus != Focus::Composer {
        state.composing.came_from = reading.map_or(CameFrom::List, CameFrom::Message);
    }
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
    if matches!(how, Answering::Accept | Answering::Tentative | Answering::Decline)
        && !state.reader.is_invited(placement)
    {
        say(state, DraftNotice::NoInvitation);
        return Vec::new();
    }
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

/// The draft stays, and the user is where they were before it.
fn leave(state: &mut State) -> Vec<Effect> {
    let came_from = state.composing.came_from;
    let untouched = state.composing.current().is_none_or(|composer| !composer.is_touched());
    let mut effects = if untouched { close(state) } else { keep(state) };
    if !untouched {
        go_back(state);
        let key = key_for(state, Action::ToDraft);
        say(state, DraftNotice::Left(key));
    }
    if came_from == CameFrom::Drafts && !state.composing.lines().is_empty() {
        effects.extend(show_drafts(state));
    }
    effects
}

/// To the message that was open, if it is the same one still; else to the list.
fn go_back(state: &mut State) {
    let came_from = std::mem::take(&mut state.composing.came_from);
    let open = state.list.placement_at_cursor().map(CameFrom::Message);
    acting::focus(state, if open == Some(came_from) { Focus::Reader } else { Focus::List });
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
    go_back(state);
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
            return effects;
        }
    }
    go_back(state);
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
    go_back(state);
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

impl State {
    /// What is written and not kept yet, because the program is about to end.
    pub fn keep_drafts(&mut self) -> Vec<Effect> {
        self.composing.keep_all().into_iter().map(Effect::Compose).collect()
    }
}
