//! What a form has done for it: look-ups and logins as tasks that end with the form, keyring and disk on threads.

use std::collections::HashMap;

use tokio::sync::mpsc;
use tokio::task::{AbortHandle, JoinSet};
use tokio::time::timeout;

use super::Reception;
use crate::app::setup::{Doing, Effect, Event, Hosting, Tried, Whom};
use crate::config::{Account, AccountEntry, secret};
use crate::joining;
use crate::model::{Failure, FailureKind, Purpose, Secret, Ticket, WireKind};
use crate::net::{Dialer, Recorder, Trust};
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
                    let _ = tell.send(Event::Keyring(keyring(&reception).await));
                });
            }
            Effect::LookUp { ticket, address } => self.spawn(ticket, async move {
                let hosting = match joining::find(&address, &reception.joining.presets).await {
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
                    joining::keep(&reception.paths, &reception.joining.presets, &entry, &secret).map(|_| ())
                });
            }
            Effect::Replace { ticket, name, secret: given } => self.write(ticket, move || {
                let account = reception.accounts.iter().find(|account| account.name == name);
                account.map_or(Ok(()), |account| secret::store(account, &reception.paths, &given))
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

async fn keyring(reception: &Reception) -> Result<(), SafeText> {
    let paths = reception.paths.clone();
    let asked = tokio::task::spawn_blocking(move || joining::keyring_answers(&paths));
    match timeout(joining::KEYRING, asked).await {
        Ok(Ok(answers)) => answers.map_err(|why| SafeText::of(&why)),
        Ok(Err(_)) | Err(_) => Err(SafeText::default()),
    }
}

impl Reception {
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
            ca_file: account.ca.clone(),
            pin: account.pin,
            route: account.route(&self.env),
            insecure: account.insecure,
            connect_to: self.connect_to.clone(),
            limits: self.limits,
            trust: Trust::default(),
            tap: tap.unwrap_or_default(),
        };
        let mut trying = Box::pin(joining::try_login(account, dialer, secret));
        loop {
            tokio::select! {
                tried = &mut trying => {
                    let tried = tried?;
                    return Ok(Tried { server: tried.server, messages: tried.messages });
                }
                Some(said) = heard.recv() => {
                    if let Some(doing) = doing(said.kind, &said.text) {
                        let _ = tell.send(Event::Doing { ticket, doing });
                    }
                }
            }
        }
    }
}

/// What is said on the line, as far as it tells how far we are.
fn doing(kind: WireKind, text: &SafeText) -> Option<Doing> {
    match kind {
        WireKind::Connecting => Some(Doing::Connecting(text.clone())),
        WireKind::Connected => Some(Doing::LoggingIn),
        WireKind::Sent if ["SELECT", "EXAMINE"].iter().any(|word| text.as_str().contains(word)) => Some(Doing::Opening),
        WireKind::Sent | WireKind::Heard | WireKind::Closed | WireKind::Folded(_) | WireKind::Lost(_) => None,
    }
}
