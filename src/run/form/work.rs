//! What a form has done for it: look-ups and logins as tasks that end with the form, keyring and disk on threads.

use std::collections::HashMap;

use tokio::sync::mpsc;
use tokio::task::{AbortHandle, JoinSet};

use super::Reception;
use crate::app::setup::{Doing, Effect, Event, Hosting, Tried, Whom};
use crate::config::{Account, AccountEntry, Address, SecretSource};
use crate::joining::{self, KeepIn, NotKept, Step};
use crate::model::{Failure, FailureKind, Purpose, Secret, Ticket, WireKind};
use crate::net::{Dialer, Recorder, Resolver};
use crate::text::SafeText;

pub(super) struct Work<'a> {
    reception: &'a Reception,
    tell: mpsc::UnboundedSender<Event>,
    /// Ends with this.
    tasks: JoinSet<()>,
    running: HashMap<Ticket, AbortHandle>,
}

impl<'a> Work<'a> {
    pub(super) fn new(reception: &'a Reception, tell: mpsc::UnboundedSender<Event>) -> Self {
        Self { reception, tell, tasks: JoinSet::new(), running: HashMap::new() }
    }

    pub(super) fn begin(&mut self, effect: Effect) {
        // Those that have ended are let go of.
        while self.tasks.try_join_next().is_some() {}
        let (reception, tell) = (self.reception.clone(), self.tell.clone());
        match effect {
            Effect::AskKeyring => {
                self.tasks.spawn(async move {
                    let answers = joining::keyring_answers().await.map_err(|failure| failure.said);
                    let _ = tell.send(Event::Keyring(answers));
                });
            }
            Effect::LookUp { ticket, address } => self.spawn(ticket, async move {
                let hosting = match reception.find(&address).await {
                    joining::Hosting::Known(preset) => Hosting::Known(Box::new(preset)),
                    joining::Hosting::Hosted(preset) => Hosting::Hosted(Box::new(preset)),
                    joining::Hosting::Guesses(guesses) => Hosting::Guesses(guesses),
                    joining::Hosting::Unknown(failure) => Hosting::Unknown(failure),
                };
                let _ = tell.send(Event::Found { ticket, hosting });
            }),
            Effect::Try { ticket, whom, secret } => self.spawn(ticket, async move {
                let result = reception.log_in(&whom, &secret, ticket, &tell).await;
                let _ = tell.send(Event::Tried { ticket, result });
            }),
            Effect::Cancel(ticket) => {
                if let Some(task) = self.running.remove(&ticket) {
                    task.abort();
                }
            }
            Effect::Keep { ticket, entry, secret } => {
                self.write(ticket, move || {
                    let keep_in = match &entry.secret {
                        SecretSource::Keyring => KeepIn::Keyring,
                        SecretSource::File => KeepIn::File,
                        SecretSource::Session | SecretSource::Command { .. } | SecretSource::Token { .. } => {
                            KeepIn::Session
                        }
                    };
                    let presets = &reception.joining.presets;
                    match joining::keep(&reception.paths, presets, *entry, keep_in, Some(&secret)) {
                        Ok(_) => Ok(()),
                        Err(NotKept::Secret(failure)) => Err(failure),
                        Err(NotKept::Settings(problem)) => {
                            Err(Failure::lasting(FailureKind::Disk, "config.toml", &problem.to_string()))
                        }
                    }
                });
            }
            Effect::Replace { ticket, name, secret: given } => self.write(ticket, move || {
                let account = reception.accounts.iter().find(|account| account.name == name);
                account.map_or(Ok(()), |account| joining::replace(&reception.paths, account, &given))
            }),
            Effect::Terminal(_) | Effect::End(_) => {}
        }
    }

    fn spawn(&mut self, ticket: Ticket, work: impl Future<Output = ()> + Send + 'static) {
        let handle = self.tasks.spawn(work);
        self.running.insert(ticket, handle);
    }

    /// Not a task that could be cut off: what is begun is written.
    fn write(&mut self, ticket: Ticket, work: impl FnOnce() -> Result<(), Failure> + Send + 'static) {
        let tell = self.tell.clone();
        tokio::task::spawn_blocking(move || {
            let result = work();
            let _ = tell.send(Event::Kept { ticket, result });
        });
    }
}

impl Reception {
    async fn find(&self, address: &Address) -> joining::Hosting {
        let system = Resolver::system(self.limits);
        let resolver = self.joining.dns.map_or(system, |server| system.at(server));
        joining::find(address, &self.joining.presets, &resolver).await
    }

    async fn log_in(
        &self,
        whom: &Whom,
        secret: &Secret,
        ticket: Ticket,
        tell: &mpsc::UnboundedSender<Event>,
    ) -> Result<Tried, Failure> {
        let account = match whom {
            Whom::Known(name) => {
                let account = self.accounts.iter().find(|account| account.name == *name);
                account.cloned().ok_or_else(|| Failure::lasting(FailureKind::Gone, name, ""))?
            }
            Whom::New(entry) => self.complete(entry),
        };
        self.log_in_to(&account, secret, ticket, tell).await
    }

    fn complete(&self, entry: &AccountEntry) -> Account {
        entry.complete(&self.joining.presets, self.paths.config.parent().unwrap_or(&self.paths.config))
    }

    async fn log_in_to(
        &self,
        account: &Account,
        secret: &Secret,
        ticket: Ticket,
        tell: &mpsc::UnboundedSender<Event>,
    ) -> Result<Tried, Failure> {
        let (ear, mut heard) = mpsc::unbounded_channel();
        let recorder = Recorder::start(self.paths.protocol_log());
        let tap = recorder.map(|recorder| recorder.tap(&account.name, Purpose::Sync).overheard_by(ear));
        let dialer = Dialer {
            tap: tap.unwrap_or_default(),
            ..joining::dialer(account, &self.env, &self.connect_to, self.limits)
        };
        let tell_step = |step| {
            let doing = match step {
                Step::Connecting(server) => Doing::Connecting(SafeText::of(&server.to_string())),
                Step::OpeningInbox => Doing::Opening,
            };
            let _ = tell.send(Event::Doing { ticket, doing });
        };
        let mut trying = Box::pin(joining::try_login_telling(account, dialer, secret, tell_step));
        loop {
            tokio::select! {
                tried = &mut trying => {
                    let tried = tried?;
                    return Ok(Tried { server: tried.server, messages: tried.messages });
                }
                Some(said) = heard.recv() => if is_login(said.kind, &said.text) {
                    let _ = tell.send(Event::Doing { ticket, doing: Doing::LoggingIn });
                }
            }
        }
    }
}

/// The password is on its way.
fn is_login(kind: WireKind, text: &SafeText) -> bool {
    kind == WireKind::Sent && ["LOGIN", "AUTHENTICATE"].iter().any(|word| text.as_str().contains(word))
}
