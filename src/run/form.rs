//! The form on the terminal: its loop, and what is done for it beside that loop. What is found, tried and kept comes in
//! as events, so no key ever waits for a server.

mod work;

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use tokio::sync::mpsc;

use super::Ended;
use super::screen::Screen;
use super::setup::Setup;
use super::signals::Signal;
use crate::app::setup::{Effect, End, Event, Form, Purpose};
use crate::app::{Event as Happening, SetUp, TerminalRequest};
use crate::config::{Account, Env, Paths, Presets, SecretSource};
use crate::model::{AccountId, Moment, Secret, clock};
use crate::net::{ConnectTo, Limits};
use crate::term;
use crate::text::SafeText;
use crate::ui::{self, Look};
use work::Work;

/// Where accounts come from and where they are kept.
#[derive(Clone, Debug)]
pub struct Joining {
    pub presets: Presets,
    /// The name server to ask instead of those of the system.
    pub dns: Option<SocketAddr>,
    /// Where the demo has its throw-away profile, for whoever only wants to look round.
    pub temporary: PathBuf,
}

/// What a form needs from the outside.
#[derive(Clone, Debug)]
pub(super) struct Reception {
    joining: Joining,
    paths: Paths,
    env: Env,
    connect_to: Vec<ConnectTo>,
    limits: Limits,
    look: Look,
    /// Accounts that are there.
    accounts: Vec<Account>,
}

/// How a form ended for those who read mail already.
#[derive(Debug)]
pub(super) enum Answer {
    Nothing,
    /// An account was added.
    Added {
        name: String,
        secret: Secret,
    },
    /// An account has another secret now.
    Changed {
        account: AccountId,
        secret: Secret,
    },
    /// The program shall end.
    Quit,
}

impl Reception {
    /// `None` where accounts are not the user's.
    pub(super) fn of(setup: &Setup, look: &Look) -> Option<Self> {
        Some(Self {
            joining: setup.joining.clone()?,
            paths: setup.paths.clone(),
            env: setup.env.clone(),
            connect_to: setup.connect_to.clone(),
            limits: setup.limits,
            look: look.clone(),
            accounts: setup.config.accounts.clone(),
        })
    }

    /// The form of the first start. `None`: the program shall end.
    pub(super) async fn first(&self, screen: &mut Screen) -> Result<Option<End>, Ended> {
        let taken = self.accounts.iter().flat_map(|account| [account.name.clone(), account.address.clone()]).collect();
        self.show(screen, Form::new(self.joining.presets.clone(), taken)).await
    }

    /// Asks for the secret of an account that keeps it nowhere.
    pub(super) async fn session(&self, screen: &mut Screen, account: &Account) -> Result<Option<End>, Ended> {
        let purpose = Purpose::Session { name: account.name.clone() };
        self.show(screen, Form::for_secret(purpose, &account.address, account.preset.clone())).await
    }

    pub(super) async fn ask(
        &self,
        screen: &mut Screen,
        ids: &[(AccountId, String)],
        wanted: SetUp,
    ) -> Result<Answer, Ended> {
        let ended = match wanted {
            SetUp::Account => self.first(screen).await?,
            SetUp::Secret(id) => {
                let name = ids.iter().find(|(known, _)| *known == id).map(|(_, name)| name);
                let account = name.and_then(|name| self.accounts.iter().find(|account| account.name == *name));
                let Some(account) = account else { return Ok(Answer::Nothing) };
                let purpose = Purpose::Secret { name: account.name.clone(), kept: account.secret.clone() };
                self.show(screen, Form::for_secret(purpose, &account.address, account.preset.clone())).await?
            }
        };
        Ok(match (ended, wanted) {
            (None, _) => Answer::Quit,
            (Some(End::Joined { name, secret }), _) => Answer::Added { name, secret },
            (Some(End::Entered { secret, .. }), SetUp::Secret(account)) => Answer::Changed { account, secret },
            (Some(End::Entered { .. }), SetUp::Account) | (Some(End::GivenUp | End::Demo), _) => Answer::Nothing,
        })
    }

    /// True if the secret of this account can be entered here.
    pub(super) fn can_change(&self, name: &str) -> bool {
        let account = self.accounts.iter().find(|account| account.name == name);
        account.is_some_and(|account| match account.secret {
            SecretSource::Keyring | SecretSource::File | SecretSource::Session => true,
            SecretSource::Command { .. } | SecretSource::Token { .. } => false,
        })
    }

    /// The file with the settings, as people write it.
    fn settings(&self) -> SafeText {
        let file = &self.paths.config;
        let at_home = self.env.home.as_deref().and_then(|home| file.strip_prefix(home).ok());
        SafeText::of(&at_home.map_or_else(|| file.display().to_string(), |rest| format!("~/{}", rest.display())))
    }

    async fn show(&self, screen: &mut Screen, form: Form) -> Result<Option<End>, Ended> {
        let (tell, told) = mpsc::unbounded_channel();
        let form = form.with_settings_in(self.settings());
        let work = Work::new(self, tell);
        let mut showing = Showing { form, work, look: &self.look, screen, began: clock::instant(), end: None };
        Box::pin(showing.turn(told)).await
    }
}

struct Showing<'a> {
    form: Form,
    work: Work<'a>,
    look: &'a Look,
    screen: &'a mut Screen,
    began: Instant,
    end: Option<End>,
}

impl Showing<'_> {
    async fn turn(&mut self, mut told: mpsc::UnboundedReceiver<Event>) -> Result<Option<End>, Ended> {
        let (columns, rows) = term::size();
        self.screen.resize(columns, rows)?;
        let first = self.form.start();
        self.perform(first)?;
        self.draw()?;
        while self.end.is_none() {
            let wake = self.form.next_wake().map(|moment| self.began + Duration::from_millis(moment.0));
            tokio::select! {
                biased;
                event = self.screen.keys.recv() => {
                    let Some(event) = event else { return Ok(None) };
                    self.happen(event)?;
                    // All that was typed at once is shown at once.
                    while self.end.is_none() && let Ok(event) = self.screen.keys.try_recv() {
                        self.happen(event)?;
                    }
                }
                signal = self.screen.signals.next() => match signal {
                    Signal::End => return Ok(None),
                    Signal::Stop => self.request(&TerminalRequest::Suspend)?,
                    Signal::Resized => {
                        let (columns, rows) = term::size();
                        self.screen.resize(columns, rows)?;
                    }
                },
                Some(event) = told.recv() => self.update(event)?,
                () = sleep_until(wake) => {}
            }
            self.tick()?;
            self.draw()?;
        }
        Ok(self.end.take())
    }

    fn happen(&mut self, event: Happening) -> Result<(), Ended> {
        match event {
            Happening::Key(press) => {
                self.tick()?;
                self.update(Event::Key(press))
            }
            Happening::Paste(text) => {
                self.tick()?;
                self.update(Event::Paste(text))
            }
            Happening::Resize { columns, rows } => Ok(self.screen.resize(columns, rows)?),
            // Everything else is about mail.
            _ => Ok(()),
        }
    }

    fn tick(&mut self) -> Result<(), Ended> {
        let elapsed = u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.update(Event::Clock(Moment(elapsed)))
    }

    fn update(&mut self, event: Event) -> Result<(), Ended> {
        let effects = self.form.update(event);
        self.perform(effects)
    }

    fn perform(&mut self, effects: Vec<Effect>) -> Result<(), Ended> {
        for effect in effects {
            match effect {
                Effect::Terminal(request) => self.request(&request)?,
                Effect::End(end) => self.end = Some(end),
                Effect::AskKeyring
                | Effect::LookUp { .. }
                | Effect::Try { .. }
                | Effect::Cancel(_)
                | Effect::Keep { .. }
                | Effect::Replace { .. } => self.work.begin(effect),
            }
        }
        Ok(())
    }

    fn request(&mut self, request: &TerminalRequest) -> Result<(), Ended> {
        self.screen.perform(request)?;
        Ok(())
    }

    fn draw(&mut self) -> io::Result<()> {
        let Self { form, look, screen, .. } = self;
        screen.terminal.draw(|frame| ui::form(form, look, frame))?;
        Ok(())
    }
}

async fn sleep_until(wake: Option<Instant>) {
    match wake {
        Some(wake) => tokio::time::sleep_until(wake.into()).await,
        None => std::future::pending().await,
    }
}
