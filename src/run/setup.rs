//! Building everything for the terminal program, in the order that shows mail first: what the store has is on the screen
//! before the first socket is opened.

use std::collections::HashMap;
use std::sync::Arc;

use jiff::tz::TimeZone;
use tokio::sync::{broadcast, mpsc};
use tokio::task::JoinSet;

use super::account::{self, Common, Running};
use super::attached::{Attached, Line, Means};
use super::begin::{self, Ready};
use super::bodies::{Desk, Knowledge};
use super::choices::Choices;
use super::event_loop::{Begun, EventLoop, Hands, Left, LeftOver, ShownBy};
use super::finding::Finding;
use super::form::{Joining, Reception};
use super::inbox::Input;
use super::indexing::Indexing;
use super::keys;
use super::outside::Outside;
use super::quarantine::Quarantine;
use super::screen::Screen;
use super::sending::Post;
use super::writing::{self, Writing};
use super::{Ended, guest, record, renewal, texts, weather};
use crate::app::{AfterAction, Event, LayoutChoice, Notice, Settings, SizeColumn, State, split};
use crate::cli::commands;
use crate::config::theme::{BuiltIn, Theme};
use crate::config::{self, Account, After, Config, Env, Kept, OwnSplit, Paths, ThemeName, Vouchers};
use crate::decoding::Addressee;
use crate::files;
use crate::i18n::{Language, Words, fill};
use crate::model::{AccountId, Changed, Failure, FailureKind, Ordered, Role, Secret, clock};
use crate::net::{ConnectTo, Limits, Recorder};
use crate::search::{Today, parse};
use crate::store::{
    ProfileLock, Reader, ReaderThread, Repair, Restore, Store, StoreError, StoreOptions, mark_mail_broken,
};
use crate::sync::Order;
use crate::text::SafeText;
use crate::ui::{self, Look, failure_sentence};

/// The hint that there are folders which the provider does not show.
pub(super) const HIDDEN_FOLDERS: &str = "hidden-folders";

/// What the terminal program is started with.
#[derive(Debug)]
pub struct Setup {
    pub config: Config,
    pub paths: Paths,
    pub env: Env,
    pub language: Language,
    pub connect_to: Vec<ConnectTo>,
    pub limits: Limits,
    /// What to do if own.db is damaged.
    pub restore: Restore,
    /// Secrets that were typed, by account name.
    pub typed: HashMap<String, Secret>,
    /// How accounts are added and secrets entered; `None` where the accounts are not the user's.
    pub joining: Option<Joining>,
    /// A message that somebody asked for on the command line, or by a link.
    pub begun: Option<Ordered>,
}

/// Runs the terminal program until the user leaves it.
pub async fn terminal(mut setup: Setup) -> Result<(), Ended> {
    setup.env.keep_the_terminal();
    setup.paths.prepare().map_err(|problem| Ended::because(&problem.to_string()))?;
    let lock = ProfileLock::take(&setup.paths.profile)?;
    let look = look(&setup);
    match lock {
        Some(_lock) => {
            let Some(ready) = Box::pin(begin::asked(setup, &look, None)).await? else { return Ok(()) };
            Box::pin(read_on(ready, look, LeftOver::default())).await
        }
        // Somebody is adding the first account there: there is nothing to look at yet.
        None if setup.config.accounts.is_empty() && setup.joining.is_some() => {
            let in_use = Failure::lasting(FailureKind::InUse, "", "");
            Err(Ended::because(failure_sentence(&in_use, look.words()).as_str()))
        }
        None => {
            let Some((_lock, screen, mut left_over)) = Box::pin(guest::look_on(&setup, &look)).await? else {
                return Ok(());
            };
            // What was begun stands there already.
            setup.begun = None;
            guest::catch_up(&mut setup, &look, &mut left_over);
            let Some(ready) = Box::pin(begin::asked(setup, &look, Some(screen))).await? else { return Ok(()) };
            Box::pin(read_on(ready, look, left_over)).await
        }
    }
}

/// On a screen that is there already.
pub(super) async fn terminal_on(mut setup: Setup, screen: Screen) -> Result<(), Ended> {
    setup.env.keep_the_terminal();
    setup.paths.prepare().map_err(|problem| Ended::because(&problem.to_string()))?;
    let Some(_lock) = ProfileLock::take(&setup.paths.profile)? else { return Ok(()) };
    let look = look(&setup);
    Box::pin(read_on(Ready { setup, screen: Some(screen) }, look, LeftOver::default())).await
}

/// Reads mail until the user leaves, and begins again where there is another account.
async fn read_on(mut ready: Ready, look: Look, mut left_over: LeftOver) -> Result<(), Ended> {
    loop {
        match Box::pin(own(&ready.setup, look.clone(), ready.screen.take(), left_over)).await? {
            Left::Quit => return Ok(()),
            Left::Again { screen, typed, left_over: left } => {
                (ready.screen, left_over) = (Some(*screen), *left);
                ready.setup.typed.extend(typed);
                ready.setup.begun = None;
                begin::read_config(&mut ready.setup)?;
            }
        }
    }
}

/// The hongyan that has the profile.
async fn own(setup: &Setup, look: Look, screen: Option<Screen>, left_over: LeftOver) -> Result<Left, Ended> {
    let (to_loop, inbox) = mpsc::unbounded_channel();
    let trusts = account::trusts(&setup.config.accounts);
    let names: Vec<String> = setup.config.accounts.iter().map(|account| account.name.clone()).collect();
    let marks: Vec<_> = setup.config.accounts.iter().map(Account::marks).collect();
    let (changes, mut changed) = mpsc::unbounded_channel();
    let options =
        StoreOptions { profile: &setup.paths.profile, accounts: &names, now: clock::now(), restore: setup.restore };
    let store = match Store::open_for(&options, &marks, changes.clone()) {
        // So deep inside mail.db that opening the file alone did not show it.
        Err(StoreError::Damaged(file)) if !file.ends_with("own.db") => {
            mark_mail_broken(&setup.paths.profile);
            Store::open_for(&options, &marks, changes)?
        }
        other => {
            drop(changes);
            other?
        }
    };
    let (forward, post) = (to_loop.clone(), Post::default());
    let queued = post.queued.clone();
    tokio::spawn(async move {
        while let Some(change) = changed.recv().await {
            if change == Changed::Outbox {
                queued.send_replace(());
            }
            if forward.send(Input::Changed(change)).is_err() {
                return;
            }
        }
    });
    files::forget_opened(&setup.paths.profile);
    let reader = store.reader()?;
    let left_over_names = no_accounts_any_more(&store, &reader);
    let reader = reader_thread(reader, &to_loop)?;
    let hiding = hiding_folders(setup, &store).await;
    let (mut state, mut notices) = state(setup, &store.accounts, &store.repairs, &look, false);
    state.hint_at(hiding);
    let (without, told) = Box::pin(without_new_folders(setup, &store)).await;
    state.know_folders(without, told);
    state.go_on(left_over.kept);
    notices.extend(left_over.notices);
    for input in left_over.unheard {
        let _ = to_loop.send(input);
    }
    for name in left_over_names {
        let sentence = fill(&look.words().notices.left_over, &[("name", &name)]);
        notices.push(Event::Notice(Notice::Said(SafeText::of(&sentence))));
    }
    let recorder = Recorder::start(setup.paths.protocol_log())?;
    let common = Common {
        own: store.own.clone(),
        mail: store.mail.clone(),
        profile: setup.paths.profile.clone(),
        paths: setup.paths.clone(),
        env: setup.env.clone(),
        poll: setup.config.sync.poll.every(),
        ahead: usize::try_from(setup.config.sync.prefetch).unwrap_or(0),
        trusts,
        connect_to: setup.connect_to.clone(),
        limits: setup.limits,
        inbox: to_loop.clone(),
        reports: broadcast::Sender::new(64),
        recorder: recorder.clone(),
        post: post.clone(),
    };
    let (to_record, intents) = mpsc::unbounded_channel();
    let bodies_reader = store.reader()?;
    let outside = Outside::new(setup, to_loop.clone());
    let outside_too = outside.clone();
    let shown_by = ShownBy::of(setup.config.notify.desktop, &setup.env, &to_loop);
    let ids = store.accounts.clone();
    let accounts = setup.config.accounts.clone();
    let addressees = addressees(&ids, &accounts);
    let mut typed = setup.typed.clone();
    let texts_wanted = setup.config.sync.texts;
    let paths = setup.paths.clone();
    let profile = paths.profile.clone();
    let no_socket = look.words().notices.no_socket.clone();
    // Called after the first frame.
    let begin = {
        let (common, to_loop) = (common.clone(), to_loop.clone());
        move || -> std::io::Result<Begun> {
            let running: Vec<Running> = ids
                .into_iter()
                .filter_map(|(id, name)| {
                    let account = accounts.iter().find(|account| account.name == name)?.clone();
                    let secret = typed.remove(&name);
                    Some(account::start(&common, id, account, secret))
                })
                .collect();
            let sources = running.iter().map(|account| (account.line.id, account.line.bodies.clone())).collect();
            let runtime = tokio::runtime::Handle::current();
            let knowledge = Knowledge {
                addressees,
                choices: Choices::open(&paths.profile, Some(common.own.clone())),
                quarantine: Quarantine::open(&paths.profile),
            };
            let desk = Desk::open(bodies_reader, sources, to_loop.clone(), runtime, outside_too, knowledge)?;
            let lines: Vec<Line> = running.iter().map(|account| account.line.clone()).collect();
            let orders: Vec<_> = lines.iter().map(|line| (line.name.clone(), line.orders.clone())).collect();
            let mut lookout = JoinSet::new();
            lookout.spawn(weather::watch(lines.clone()));
            lookout.spawn(renewal::renew(paths.profile.clone(), common.mail.clone()));
            let of_bodies = lines.iter().map(|line| (line.id, line.bodies.clone())).collect();
            lookout.spawn(texts::fetch(paths.profile.clone(), texts_wanted, of_bodies));
            let means = Means {
                lines,
                profile: paths.profile.clone(),
                own: common.own.clone(),
                mail: common.mail.clone(),
                reports: common.reports,
                inbox: to_loop.clone(),
            };
            let attached = paths
                .prepare_runtime()
                .map_err(|problem| problem.to_string())
                .and_then(|()| Attached::begin(&paths.socket(), means).map_err(|error| error.to_string()))
                .map_err(|said| {
                    let sentence = SafeText::of(&fill(&no_socket, &[("said", &said)]));
                    let _ = to_loop.send(Input::Event(Event::Notice(Notice::Said(sentence))));
                })
                .ok();
            tokio::spawn(record::record(common.own, common.mail, intents, to_loop, move |name| {
                for (_, orders) in orders.iter().filter(|(known, _)| known == name) {
                    let _ = orders.send(Order::Push);
                }
            }));
            Ok(Begun { running, desk, attached, lookout })
        }
    };
    drop(common);
    let mut writing = Writing::new(setup, look.words(), &store.accounts, Some(store.own.clone()), to_loop.clone());
    writing.look_for_lost_texts();
    writing.wait_for(&post);
    notices.extend(setup.begun.iter().flat_map(|begun| writing.begun(begun)));
    let hands = Hands {
        reader,
        finding: Finding::start(profile.clone(), to_loop.clone())?,
        to_record: Some(to_record),
        own: Some(store.own.clone()),
        tell: to_loop.clone(),
        profile: Some(profile),
        recorder: Some(recorder.clone()),
        outside,
        shown_by,
        writing,
        reception: Reception::of(setup, &look),
    };
    let indexing = Indexing::start(setup.paths.profile.clone(), look.words(), to_loop.clone())?;
    let outcome = Box::pin(EventLoop::new(state, look, inbox, hands, screen)?.run(notices, begin)).await;
    drop(to_loop);
    // Everything that was recorded is on the disk when this returns.
    let closing = move || {
        indexing.end();
        store.close();
        recorder.close();
    };
    tokio::task::spawn_blocking(closing).await.ok();
    outcome
}

/// Accounts of which mail is here and that stand in the settings no more.
fn no_accounts_any_more(store: &Store, reader: &Reader) -> Vec<String> {
    let known = reader.accounts().unwrap_or_default();
    let is_left = |(id, _): &(AccountId, String)| store.accounts.iter().all(|(running, _)| running != id);
    known.into_iter().filter(is_left).map(|(_, name)| name).collect()
}

/// The hint how a folder for this is made in the web mail.
pub(super) fn hint_of(role: Role) -> String {
    format!("no-{}", role.code())
}

/// Accounts whose server lets mail programs make no folders, and what their users were told of it.
async fn without_new_folders(setup: &Setup, store: &Store) -> (Vec<AccountId>, Vec<(AccountId, Role)>) {
    let (mut without, mut told) = (Vec::new(), Vec::new());
    for (id, name) in &store.accounts {
        let preset = setup.config.account(name).and_then(|account| account.preset.as_ref());
        if preset.is_some_and(|preset| matches!(preset.creates_folders, Some(Kept::No | Kept::Unreliable))) {
            without.push(*id);
            let dismissed = store.own.dismissed(name).await.unwrap_or_default();
            told.extend(
                Role::EVERY.into_iter().filter(|role| dismissed.contains(&hint_of(*role))).map(|role| (*id, role)),
            );
        }
    }
    (without, told)
}

/// Accounts whose provider hides the user's folders, if that was not read already.
async fn hiding_folders(setup: &Setup, store: &Store) -> Vec<AccountId> {
    let mut hiding = Vec::new();
    for (id, name) in &store.accounts {
        let preset = setup.config.account(name).and_then(|account| account.preset.as_ref());
        if preset.is_some_and(|preset| preset.hides_folders) {
            // Should it not be known, it is said once more.
            let dismissed = store.own.dismissed(name).await.unwrap_or_default();
            if !dismissed.iter().any(|hint| hint == HIDDEN_FOLDERS) {
                hiding.push(*id);
            }
        }
    }
    hiding
}

pub(super) fn addressees(ids: &[(AccountId, String)], accounts: &[Account]) -> HashMap<AccountId, Arc<Addressee>> {
    let of = |(id, name): &(AccountId, String)| {
        let account = accounts.iter().find(|account| account.name == *name)?;
        let Vouchers { names, guessed } = &account.vouchers;
        Some((*id, Arc::new(Addressee::new(names, *guessed, &account.address))))
    };
    ids.iter().filter_map(of).collect()
}

pub(super) fn reader_thread(reader: Reader, to_loop: &mpsc::UnboundedSender<Input>) -> Result<ReaderThread, Ended> {
    let to_loop = to_loop.clone();
    Ok(ReaderThread::start(reader, move |answer| {
        let _ = to_loop.send(Input::Answer(answer));
    })?)
}

pub(super) fn state(
    setup: &Setup,
    accounts: &[(AccountId, String)],
    repairs: &[Repair],
    look: &Look,
    read_only: bool,
) -> (State, Vec<Event>) {
    let config = &setup.config;
    let (preset, user_keys, unknown) = keys::of(config);
    let mut notices = Vec::new();
    for wrong in unknown {
        notices.push(match wrong {
            keys::Unknown::Pane(pane) => format!("config.toml: [keys.{pane}]"),
            keys::Unknown::Preset(preset) => format!("config.toml: keys.preset = \"{preset}\""),
        });
    }
    let (splits, wrong_splits) = own_splits(config, look.words());
    let settings = Settings {
        mark_read_after_ms: match config.reading.mark_read_after {
            After::Never => None,
            After::Pause(pause) => u64::try_from(pause.as_millis()).ok(),
        },
        mouse: config.look.mouse,
        layout: match config.look.layout {
            config::Layout::Auto => LayoutChoice::Auto,
            config::Layout::Wide => LayoutChoice::Wide,
            config::Layout::Medium => LayoutChoice::Stacked,
            config::Layout::Narrow => LayoutChoice::Single,
        },
        preset,
        keys: user_keys,
        read_only,
        sets_up: setup.joining.is_some(),
        save_to: downloads(setup),
        notify: config.notify.clone(),
        senders: writing::senders(&config.accounts, &config.compose, &setup.paths.profile),
        take_back_seconds: i64::from(config.compose.take_back),
        zone: TimeZone::system(),
        after_action: match config.reading.after_action {
            config::AfterAction::Next => AfterAction::Next,
            config::AfterAction::Previous => AfterAction::Previous,
            config::AfterAction::List => AfterAction::List,
        },
        size_column: match config.look.size_column {
            config::SizeColumn::Auto => SizeColumn::Auto,
            config::SizeColumn::Always => SizeColumn::Always,
            config::SizeColumn::Never => SizeColumn::Never,
        },
        threads: config.list.threads,
        split_tabs: config.list.split_tabs,
        splits,
        names: ui::names(look.words(), &commands(setup.language)),
        ..Settings::default()
    };
    let mut told_at_once: Vec<Event> =
        wrong_splits.iter().map(|sentence| Event::Notice(Notice::Said(SafeText::of(sentence)))).collect();
    if !config.notify.command.trim().is_empty()
        && let Err(trouble) = split(&config.notify.command)
    {
        told_at_once.push(Event::Notice(Notice::Command(trouble)));
    }
    let named = accounts.iter().map(|(id, name)| (*id, SafeText::of(name))).collect();
    let (state, problems) = State::new(settings, named);
    let told = repairs.iter().map(|repair| repaired(repair, look.words()));
    let unknown = notices.iter().map(|place| fill(&look.words().notices.unknown_setting, &[("place", place)]));
    let said = told.chain(unknown).map(|sentence| Notice::Said(SafeText::of(&sentence)));
    let events = problems.into_iter().map(Notice::Keymap).chain(said).map(Event::Notice).chain(told_at_once).collect();
    (state, events)
}

/// The parts of the inbox that the user describes, and a sentence for each that cannot be understood: it is left out.
fn own_splits(config: &Config, words: &Words) -> (Vec<(SafeText, String)>, Vec<String>) {
    let today = Today::new(clock::now(), &TimeZone::system());
    let (mut good, mut wrong) = (Vec::new(), Vec::new());
    for OwnSplit { name, query } in &config.splits {
        match parse(query, &today) {
            Ok(_) => good.push((SafeText::of(name), query.clone())),
            Err(problem) => {
                let at = query.get(problem.at).filter(|at| !at.trim().is_empty()).unwrap_or(query);
                wrong.push(format!("[[split]] {name}: {}", fill(&words.prompt.no_query, &[("what", at)])));
            }
        }
    }
    (good, wrong)
}

fn repaired(repair: &Repair, words: &Words) -> String {
    match repair {
        Repair::MailRebuilt { set_aside } => {
            fill(&words.notices.mail_rebuilt, &[("file", &set_aside.display().to_string())])
        }
        Repair::OwnReplaced { set_aside, copy } => {
            let template = if copy.is_some() { &words.notices.own_restored } else { &words.notices.own_emptied };
            fill(template, &[("file", &set_aside.display().to_string())])
        }
        Repair::Doubted { wants, letters } => {
            fill(&words.notices.doubted, &[("wants", &wants.to_string()), ("letters", &letters.to_string())])
        }
        Repair::LeftBytes { folder, files } => {
            fill(&words.notices.left_bytes, &[("files", &files.to_string()), ("folder", &folder.display().to_string())])
        }
    }
}

/// Where a browser would put files.
fn downloads(setup: &Setup) -> String {
    let home = setup.env.home.as_deref();
    let found = ["Downloads", "下载"].into_iter().find(|name| home.is_some_and(|home| home.join(name).is_dir()));
    found.map_or_else(|| "~".to_owned(), |name| format!("~/{name}"))
}

pub(super) fn look(setup: &Setup) -> Look {
    let theme = match setup.config.look.theme {
        _ if setup.env.no_color => BuiltIn::Plain,
        ThemeName::Plain => BuiltIn::Plain,
        ThemeName::Light => BuiltIn::Light,
        ThemeName::Auto | ThemeName::Dark => BuiltIn::Dark,
    };
    let look = Look::new(&Theme::built_in(theme), Words::of(setup.language), TimeZone::system());
    let all = setup.env.colorterm.as_deref().is_some_and(|term| matches!(term, "truecolor" | "24bit"));
    if all { look.with_true_colours() } else { look }
}
