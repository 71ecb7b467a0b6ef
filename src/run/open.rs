//! `hongyan open`: mail out of a file or a Maildir, read on the screen. It is put into a profile that is thrown away, and
//! nobody asks any network for anything.

use std::collections::HashMap;
use std::path::PathBuf;
use std::time::Duration;

use tokio::sync::{mpsc, oneshot};
use tokio::time::timeout;

use super::event_loop::LeftOver;
use super::filling::Filling;
use super::guest::only_look;
use super::indexing::Indexing;
use super::setup::{Setup, look};
use super::throw_away::ThrowAway;
use super::{Ended, inbox::Input};
use crate::app::{Event, Notice};
use crate::config::{Config, Env, Paths};
use crate::files::Source;
use crate::i18n::{Language, Words, fill};
use crate::model::clock;
use crate::net::Limits;
use crate::store::{ProfileLock, Restore, Store, StoreOptions};
use crate::text::SafeText;

const KIND: &str = "hongyan-open";

/// The screen waits so long for all of the mail.
const AT_FIRST: Duration = Duration::from_millis(1_500);

/// What is opened. The look and the keys are the user's own.
#[derive(Debug)]
pub struct OpenSetup {
    pub config: Config,
    pub env: Env,
    pub language: Language,
    pub source: Source,
    /// What it is called: the last part of its path.
    pub name: String,
    /// Where the throw-away profile is made.
    pub temporary: PathBuf,
}

/// Shows it on the terminal until the user leaves.
pub async fn open(setup: OpenSetup) -> Result<(), Ended> {
    ThrowAway::sweep(&setup.temporary, KIND);
    let home = ThrowAway::make(&setup.temporary, KIND)?;
    let paths =
        Paths { config: home.path().join("config.toml"), profile: home.profile(), runtime: home.path().join("run") };
    paths.prepare().map_err(|problem| Ended::because(&problem.to_string()))?;
    // Tells those who sweep that it is in use.
    let lock = ProfileLock::take(&paths.profile)?;
    let names = [setup.name.clone()];
    // The screen looks for changes itself, twice a second: there is one for each body.
    let (changes, _) = mpsc::unbounded_channel();
    let options =
        StoreOptions { profile: &paths.profile, accounts: &names, now: clock::now(), restore: Restore::Refuse };
    let store = Store::open(&options, changes)?;
    let account = store.accounts.first().map(|(id, _)| *id).ok_or_else(|| Ended::because("no account"))?;
    let (to_loop, inbox) = mpsc::unbounded_channel();
    let words = Words::of(setup.language);
    let partly = words.notices.files_partly;
    let (wanted, watched) = oneshot::channel();
    let filling = Filling {
        mail: store.mail.clone(),
        reader: store.reader()?,
        account,
        runtime: tokio::runtime::Handle::current(),
        wanted,
    };
    let (source, name, tell) = (setup.source, setup.name, to_loop.clone());
    let mut filling = tokio::task::spawn_blocking(move || {
        if let Err(said) = filling.fill(source, &name) {
            let sentence = SafeText::of(&fill(&partly, &[("said", &said)]));
            let _ = tell.send(Input::Event(Event::Notice(Notice::Said(sentence))));
        }
    });
    // A list that grows under the cursor leaves it in the middle; most are whole before anybody misses them.
    let in_time = timeout(AT_FIRST, &mut filling).await.is_ok();
    let setup = Setup {
        config: Config { accounts: Vec::new(), ..setup.config },
        paths,
        env: setup.env,
        language: setup.language,
        connect_to: Vec::new(),
        limits: Limits::default(),
        restore: Restore::Refuse,
        typed: HashMap::new(),
        joining: None,
        begun: None,
    };
    let look = look(&setup).of_files();
    let indexing = Indexing::start(setup.paths.profile.clone(), look.words(), to_loop.clone())?;
    let outcome = Box::pin(only_look(&setup, look, to_loop, inbox, None, LeftOver::default())).await;
    drop(watched);
    if !in_time {
        // It looks between two pieces whether anybody still wants them.
        let _ = filling.await;
    }
    let closing = move || {
        indexing.end();
        store.close();
    };
    let _ = tokio::task::spawn_blocking(closing).await;
    drop(lock);
    outcome.map(|_| ())
}
