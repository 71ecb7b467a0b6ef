//! Looking at mail without the right to change it: a second hongyan on a profile, until the first one has ended, and
//! mail out of files.

use std::collections::HashMap;
use std::path::PathBuf;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::task::JoinSet;

use super::bodies::{Desk, Knowledge};
use super::choices::Choices;
use super::event_loop::{Begun, EventLoop, Hands, Left, LeftOver, ShownBy};
use super::finding::Finding;
use super::inbox::Input;
use super::outside::Outside;
use super::quarantine::Quarantine;
use super::screen::Screen;
use super::setup::{Setup, addressees, reader_thread, state};
use super::writing::Writing;
use super::{Ended, begin, watch};
use crate::app::{Event, Notice};
use crate::model::clock;
use crate::store::{OwnReader, ProfileLock, Reader};
use crate::text::SafeText;
use crate::ui::Look;

/// How long the making of a store takes at most.
const MAKING: Duration = Duration::from_secs(3);
/// How often is looked whether the profile is free.
const AGAIN: Duration = Duration::from_secs(2);

/// The second hongyan on a profile shows what is there and changes nothing, until the first one has ended. `None`: the
/// user wants no more.
pub(super) async fn look_on(setup: &Setup, look: &Look) -> Result<Option<(ProfileLock, Screen, LeftOver)>, Ended> {
    // The other one may have come a moment ago, and still be making the store.
    let until = clock::instant() + MAKING;
    while matches!(Reader::find(&setup.paths.profile), Ok(None) | Err(_)) && clock::instant() < until {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let (mut screen, mut left_over) = (None, LeftOver::default());
    loop {
        let (to_loop, inbox) = mpsc::unbounded_channel();
        let mut waiting = JoinSet::new();
        waiting.spawn(wait(setup.paths.profile.clone(), to_loop.clone()));
        let look = look.clone().of_a_guest();
        let left = Box::pin(only_look(setup, look, to_loop, inbox, screen, left_over)).await?;
        drop(waiting);
        let Left::Again { screen: here, left_over: left, .. } = left else { return Ok(None) };
        if let Some(lock) = ProfileLock::take(&setup.paths.profile)? {
            return Ok(Some((lock, *here, *left)));
        }
        // Somebody was faster.
        (screen, left_over) = (Some(*here), *left);
    }
}

/// Tells the loop as often as it finds the profile free. Ends with the loop.
async fn wait(profile: PathBuf, to_loop: mpsc::UnboundedSender<Input>) {
    loop {
        tokio::time::sleep(AGAIN).await;
        // It is given back at once: whoever looks on may be in the middle of something, and others need not wait for that.
        let free = matches!(ProfileLock::take(&profile), Ok(Some(_)));
        if free && to_loop.send(Input::Free).is_err() {
            return;
        }
    }
}

/// The settings as they are now that the profile is ours: the one before may have added an account.
pub(super) fn catch_up(setup: &mut Setup, look: &Look, left_over: &mut LeftOver) {
    let mut say = |sentence| left_over.notices.push(Event::Notice(Notice::Said(sentence)));
    say(SafeText::of(&look.words().notices.taken_over));
    // With settings that cannot be read we go on as we began; whoever changed them wants to know why.
    if let Err(Ended::Because(said)) = begin::read_config(setup) {
        say(said);
    }
}

/// Shows what is there and what somebody else adds to it, and lets nobody change it.
pub(super) async fn only_look(
    setup: &Setup,
    look: Look,
    to_loop: mpsc::UnboundedSender<Input>,
    inbox: mpsc::UnboundedReceiver<Input>,
    screen: Option<Screen>,
    left_over: LeftOver,
) -> Result<Left, Ended> {
    let open = || Reader::open(&setup.paths.profile).map_err(Ended::from);
    let accounts = open()?.accounts()?;
    let reader = reader_thread(open()?, &to_loop)?;
    let bodies_reader = open()?;
    let mut lookout = JoinSet::new();
    let own = OwnReader::open(&setup.paths.profile).ok().flatten();
    lookout.spawn(watch::watch(open()?, own, to_loop.clone()));
    let (mut state, mut notices) = state(setup, &accounts, &[], &look, true);
    state.go_on(left_over.kept);
    let tell = to_loop.clone();
    let outside = Outside::new(setup, to_loop.clone());
    let outside_too = outside.clone();
    let writing = Writing::new(setup, look.words(), &accounts, None, to_loop.clone());
    // On a screen that is handed on it was begun before.
    notices.extend(setup.begun.iter().filter(|_| screen.is_none()).flat_map(|begun| writing.begun(begun)));
    let knowledge = Knowledge {
        addressees: addressees(&accounts, &setup.config.accounts),
        choices: Choices::open(&setup.paths.profile, None),
        quarantine: Quarantine::kept_nowhere(),
    };
    let begin = move || -> std::io::Result<Begun> {
        let runtime = tokio::runtime::Handle::current();
        let desk = Desk::open(bodies_reader, HashMap::new(), to_loop, runtime, outside_too, knowledge)?;
        Ok(Begun { running: Vec::new(), desk, attached: None, lookout })
    };
    let finding = Finding::start(setup.paths.profile.clone(), tell.clone())?;
    let hands = Hands {
        reader,
        finding,
        to_record: None,
        own: None,
        tell,
        profile: None,
        recorder: None,
        outside,
        shown_by: ShownBy::default(),
        writing,
        reception: None,
    };
    Box::pin(EventLoop::new(state, look, inbox, hands, screen)?.run(notices, begin)).await
}
