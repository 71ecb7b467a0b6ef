//! From the last Enter to an account that works: who has the mail, the login, and where the secret is kept.

use super::by_hand::Wrong;
use super::form::{Form, Purpose, Whose};
use super::{Doing, Effect, End, Hosting, KeepIn, Spot, Stage, Tried, Trouble, Whom};
use crate::config::{AccountEntry, Pin, SecretSource, Tls, secret};
use crate::model::{Failure, FailureKind, Moment, Retry, Secret, Server, Ticket, TlsMode};
use crate::text::SafeText;

/// The same secret is not tried at the same server again before.
const NOT_AGAIN_MS: u64 = 60_000;

/// What was refused, and until when it would be no use to try it again.
#[derive(PartialEq, Eq, Debug)]
pub(super) struct NotAgain {
    whom: Whom,
    secret: Secret,
    failure: Failure,
    until: Moment,
}

impl Form {
    pub(super) fn look_up(&mut self) -> Vec<Effect> {
        let Some(address) = self.whole_address() else { return Vec::new() };
        let ticket = self.next_ticket();
        self.whose = Whose::Asked(ticket);
        vec![Effect::LookUp { ticket, address }]
    }

    pub(super) fn found(&mut self, ticket: Ticket, hosting: Hosting) -> Vec<Effect> {
        if self.whose != Whose::Asked(ticket) {
            return Vec::new();
        }
        let unknown = match &hosting {
            Hosting::Unknown(failure) => Some(failure.clone()),
            Hosting::Known(_) | Hosting::Hosted(_) | Hosting::Guesses(_) => None,
        };
        self.whose = Whose::Found(hosting);
        if self.preset().is_some_and(|preset| preset.oauth_only) && self.spot != Spot::Demo {
            self.spot = Spot::Address;
        }
        let waiting = matches!(self.stage, Stage::Trying { ticket: None, .. });
        if waiting {
            self.stage = Stage::Asking;
        }
        if let Some(failure) = unknown {
            // Mostly a slip of the finger: it is said before the fields for a server are taken for the way out.
            self.show_by_hand();
            self.trouble = Some(Trouble::Failed(failure));
            return if waiting { self.go_to(Spot::Address) } else { Vec::new() };
        }
        if waiting { self.enter() } else { Vec::new() }
    }

    fn typed_secret(&self) -> Secret {
        secret::entered(self.secret.text())
    }

    fn refuse_to_try(&mut self, spot: Spot, trouble: Trouble) -> Vec<Effect> {
        self.trouble = Some(trouble);
        self.go_to(spot)
    }

    /// Both answers are there, or so it seems.
    pub(super) fn enter(&mut self) -> Vec<Effect> {
        let said = self.trouble.take();
        self.revealed = false;
        if self.is_new()
            && let Some(trouble) = self.wrong_address()
        {
            return self.refuse_to_try(Spot::Address, trouble);
        }
        if let Some(question) = self.doubted(said.as_ref()) {
            return self.refuse_to_try(Spot::Address, question);
        }
        if self.preset().is_some_and(|preset| preset.oauth_only) {
            self.trouble = Some(Trouble::OAuthOnly);
            return Vec::new();
        }
        let secret = self.typed_secret();
        if secret.is_empty() {
            return self.refuse_to_try(Spot::Secret, Trouble::NoSecret);
        }
        match &self.purpose {
            Purpose::First | Purpose::Another => self.enter_new(secret, said.as_ref()),
            Purpose::Secret { name, .. } => {
                let whom = Whom::Known(name.clone());
                self.try_it(whom, secret)
            }
            // Nobody waits for a server before the mail that is here.
            Purpose::Session { name } => vec![Effect::End(End::Entered { name: name.clone(), secret })],
        }
    }

    fn enter_new(&mut self, secret: Secret, said: Option<&Trouble>) -> Vec<Effect> {
        let waiting = |form: &mut Self| {
            let domain = form.whole_address().map(|address| SafeText::of(address.domain())).unwrap_or_default();
            form.stage = Stage::Trying { ticket: None, doing: Doing::LookingUp(domain) };
        };
        match &self.whose {
            Whose::Nobody | Whose::Resting(_) => {
                let effects = self.look_up();
                waiting(self);
                return effects;
            }
            Whose::Asked(_) => {
                waiting(self);
                return Vec::new();
            }
            Whose::Found(_) => {}
        }
        let Some(address) = self.whole_address() else { return Vec::new() };
        let mut entry = AccountEntry::new(address);
        if let Some(hand) = &self.hand {
            if let Err(wrong) = hand.write(&mut entry) {
                let (spot, trouble) = match wrong {
                    Wrong::Server => (Spot::Server, Trouble::NoServer),
                    Wrong::Port => (Spot::Port, Trouble::NoPort),
                };
                return self.refuse_to_try(spot, trouble);
            }
        } else {
            match &self.whose {
                Whose::Found(Hosting::Hosted(preset)) => entry.provider = Some(preset.id.clone()),
                Whose::Found(Hosting::Unknown(failure)) => {
                    let failure = failure.clone();
                    self.show_by_hand();
                    return self.refuse_to_try(Spot::Server, Trouble::Failed(failure));
                }
                // Who may get the secret is said before, by name.
                Whose::Found(Hosting::Guesses(servers)) if self.agreed != entry.address.domain() => {
                    let told = Trouble::ToBeTried(servers.clone());
                    if said != Some(&told) {
                        self.trouble = Some(told);
                        return Vec::new();
                    }
                    entry.address.domain().clone_into(&mut self.agreed);
                }
                Whose::Found(Hosting::Known(_) | Hosting::Guesses(_))
                | Whose::Nobody
                | Whose::Resting(_)
                | Whose::Asked(_) => {}
            }
        }
        entry.pin = self.pin.map(Pin);
        let entry = Box::new(entry);
        self.entry = Some(entry.clone());
        self.try_it(Whom::New(entry), secret)
    }

    fn try_it(&mut self, whom: Whom, secret: Secret) -> Vec<Effect> {
        let same = self.not_again.as_ref().filter(|last| (&last.whom, &last.secret) == (&whom, &secret));
        if let Some(last) = same.filter(|last| self.moment < last.until) {
            let failure = last.failure.clone();
            return self.refuse_to_try(Spot::Secret, Trouble::Failed(failure));
        }
        self.tried_with = Some((whom.clone(), secret.clone()));
        let ticket = self.next_ticket();
        self.refused = None;
        self.page = 0;
        let place = match &whom {
            Whom::New(entry) => match (&entry.imap, self.preset()) {
                (Some(imap), _) => imap.host.clone(),
                (None, Some(preset)) => preset.imap.host.clone(),
                (None, None) => entry.address.domain().to_owned(),
            },
            Whom::Known(name) => self.preset().map_or(name, |preset| &preset.imap.host).clone(),
        };
        self.stage = Stage::Trying { ticket: Some(ticket), doing: Doing::Connecting(SafeText::of(&place)) };
        vec![Effect::Try { ticket, whom, secret }]
    }

    pub(super) fn cancel(&mut self) -> Vec<Effect> {
        let Stage::Trying { ticket, .. } = self.stage else { return Vec::new() };
        self.stage = Stage::Asking;
        self.trouble = Some(Trouble::Cancelled);
        ticket.map(Effect::Cancel).into_iter().collect()
    }

    pub(super) fn tried(&mut self, ticket: Ticket, result: Result<Tried, Failure>) -> Vec<Effect> {
        if !self.is_in(ticket) {
            return Vec::new();
        }
        match result {
            Ok(tried) => self.let_in(tried),
            Err(failure) => {
                self.stage = Stage::Asking;
                if failure.retry != Retry::Later
                    && let Some((whom, secret)) = self.tried_with.take()
                {
                    let until = self.moment.plus(NOT_AGAIN_MS);
                    self.not_again = Some(NotAgain { whom, secret, failure: failure.clone(), until });
                }
                self.refuse(&failure);
                self.pin = None;
                let spot = self.wrong_spot(&failure);
                if spot == Spot::Secret {
                    // Kept, and the first letter of another one takes its place.
                    self.secret.offer();
                }
                self.refuse_to_try(spot, Trouble::Failed(failure))
            }
        }
    }

    /// Where something must be changed so that the next try may go better.
    fn wrong_spot(&mut self, failure: &Failure) -> Spot {
        let about_the_server = match failure.kind {
            FailureKind::UnknownHost
            | FailureKind::Unreachable
            | FailureKind::TimedOut
            | FailureKind::UntrustedCertificate
            | FailureKind::WrongName
            | FailureKind::Expired
            | FailureKind::Protocol => Some(Spot::Server),
            FailureKind::Tls | FailureKind::PlainPort | FailureKind::TlsPort | FailureKind::StartTls => {
                Some(Spot::Encryption)
            }
            _ => None,
        };
        match about_the_server {
            Some(spot) if self.is_new() && self.preset().is_none() => {
                self.show_by_hand_at(failure.about.as_str());
                spot
            }
            _ => Spot::Secret,
        }
    }

    fn let_in(&mut self, tried: Tried) -> Vec<Effect> {
        if let Purpose::Secret { name, .. } = &self.purpose {
            let name = name.clone();
            let ticket = self.next_ticket();
            self.stage = Stage::Keeping { ticket: Some(ticket), tried };
            return vec![Effect::Replace { ticket, name, secret: self.typed_secret() }];
        }
        // What answered is what is written.
        let known = self.preset().map(|preset| preset.imap.clone());
        if let Some(entry) = &mut self.entry
            && known.as_ref() != Some(&tried.server)
        {
            at(entry, &tried.server);
        }
        match &self.keyring {
            None => {
                self.stage = Stage::Keeping { ticket: None, tried };
                Vec::new()
            }
            Some(Ok(())) => self.keep(KeepIn::Keyring, tried),
            Some(Err(why)) => {
                self.stage = Stage::Choosing { cursor: 0, why: why.clone(), tried };
                Vec::new()
            }
        }
    }

    pub(super) fn keyring_answered(&mut self, answers: Result<(), SafeText>) -> Vec<Effect> {
        self.keyring = Some(answers);
        match &self.stage {
            Stage::Keeping { ticket: None, tried } => {
                let tried = tried.clone();
                self.let_in(tried)
            }
            _ => Vec::new(),
        }
    }

    pub(super) fn keep(&mut self, keep: KeepIn, tried: Tried) -> Vec<Effect> {
        let ticket = self.next_ticket();
        let secret = self.typed_secret();
        let Some(entry) = &mut self.entry else { return Vec::new() };
        entry.secret = match keep {
            KeepIn::Keyring => SecretSource::Keyring,
            KeepIn::File => SecretSource::File,
            KeepIn::EachTime | KeepIn::Program => SecretSource::Session,
        };
        (self.kept_in, self.trouble) = (Some(keep), None);
        let entry = entry.clone();
        self.stage = Stage::Keeping { ticket: Some(ticket), tried };
        vec![Effect::Keep { ticket, entry, secret }]
    }

    pub(super) fn kept(&mut self, of: Ticket, result: Result<(), Failure>) -> Vec<Effect> {
        let Stage::Keeping { ticket, tried } = &self.stage else { return Vec::new() };
        if *ticket != Some(of) {
            return Vec::new();
        }
        let tried = tried.clone();
        match result {
            // There is nothing to tell but the mail itself.
            Ok(()) if !self.is_new() => return self.go_on(),
            Ok(()) => self.stage = Stage::Done { tried, kept: self.kept_in },
            // A keyring that answered and then did not take it: the user chooses.
            Err(failure) if self.kept_in == Some(KeepIn::Keyring) => {
                self.trouble = None;
                self.stage = Stage::Choosing { cursor: 0, why: failure.said, tried };
            }
            Err(failure) => {
                self.stage = Stage::Asking;
                self.trouble = Some(Trouble::Failed(failure));
            }
        }
        Vec::new()
    }

    pub(super) fn go_on(&mut self) -> Vec<Effect> {
        let secret = self.typed_secret();
        let end = match (&self.purpose, &self.entry) {
            (Purpose::Secret { name, .. } | Purpose::Session { name }, _) => {
                End::Entered { name: name.clone(), secret }
            }
            (Purpose::First | Purpose::Another, Some(entry)) => {
                End::Joined { name: entry.effective_name().to_owned(), secret }
            }
            (Purpose::First | Purpose::Another, None) => End::GivenUp,
        };
        vec![Effect::End(end)]
    }
}

/// Writes the place of a server into an account.
fn at(entry: &mut AccountEntry, server: &Server) {
    entry.imap = Some(server.into());
    entry.tls = (server.tls != TlsMode::Tls).then_some(Tls(server.tls));
}
