//! The form itself: what was typed, what is known about it, and which key does what.

use super::by_hand::ByHand;
use super::trying::NotAgain;
use super::{Doing, Effect, End, Event, Hosting, KeepIn, Spot, Stage, Trouble, Whom, address, refused_certificate};
use crate::app::edit::Line;
use crate::config::{Address, Preset, Presets, SecretSource};
use crate::model::{Fingerprint, Moment, Secret, Ticket};
use crate::text::{SafeText, tidied_address};

/// An address that changes no more for so long is looked up.
const REST_MS: u64 = 300;

/// What the form is for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Purpose {
    /// There is no account yet.
    First,
    /// There are others.
    Another,
    /// Another secret for an account that is there.
    Secret { name: String, kept: SecretSource },
    /// The secret of an account that keeps it nowhere, for this time.
    Session { name: String },
}

/// What is known about the address.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Whose {
    /// It is not whole yet.
    Nobody,
    /// Looked up then, if nothing is typed before.
    Resting(Moment),
    Asked(Ticket),
    Found(Hosting),
}

#[derive(PartialEq, Eq, Debug)]
pub struct Form {
    pub(super) purpose: Purpose,
    pub(super) presets: Presets,
    /// Names and addresses that are taken.
    pub(super) taken: Vec<String>,
    pub(super) address: Line,
    pub(super) secret: Line,
    pub(super) revealed: bool,
    /// The domain that stood there when the secret was typed.
    pub(super) meant_for: String,
    pub(super) hand: Option<ByHand>,
    pub(super) spot: Spot,
    pub(super) whose: Whose,
    pub(super) stage: Stage,
    pub(super) trouble: Option<Trouble>,
    /// The certificate that was refused last, if it may be trusted alone.
    pub(super) refused: Option<Fingerprint>,
    /// What a server did not take: once more, too soon, it would only count as one login more.
    pub(super) not_again: Option<NotAgain>,
    pub(super) tried_with: Option<(Whom, Secret)>,
    pub(super) pin: Option<Fingerprint>,
    pub(super) keyring: Option<Result<(), SafeText>>,
    pub(super) kept_in: Option<KeepIn>,
    /// As it will stand in config.toml.
    pub(super) entry: Option<Box<crate::config::AccountEntry>>,
    pub(super) tickets: u64,
    pub(super) moment: Moment,
    /// Which part of the words is in view, where not all of them are.
    pub(super) page: usize,
    /// A domain that is nearly a known one, and is right.
    pub(super) sure_of: String,
    /// The domain whose servers may be guessed: the user has seen which ones.
    pub(super) agreed: String,
    /// Where the settings are, as people write it.
    settings: SafeText,
}

impl Form {
    /// For an account that is not there yet. `taken` are the addresses and names of those that are.
    pub fn new(presets: Presets, taken: Vec<String>) -> Self {
        Self {
            purpose: if taken.is_empty() { Purpose::First } else { Purpose::Another },
            presets,
            taken,
            address: Line::default(),
            secret: Line::default(),
            revealed: false,
            meant_for: String::new(),
            hand: None,
            spot: Spot::Address,
            whose: Whose::Nobody,
            stage: Stage::Asking,
            trouble: None,
            refused: None,
            not_again: None,
            tried_with: None,
            pin: None,
            keyring: None,
            kept_in: None,
            entry: None,
            tickets: 0,
            moment: Moment::default(),
            page: 0,
            sure_of: String::new(),
            agreed: String::new(),
            settings: SafeText::of("config.toml"),
        }
    }

    /// Names the file with the settings, for those who have to write into it.
    #[must_use]
    pub fn with_settings_in(self, file: SafeText) -> Self {
        Self { settings: file, ..self }
    }

    /// For a secret of an account that is there: the address stands. `preset`: what its server is known to be.
    pub fn for_secret(purpose: Purpose, address: &str, preset: Option<Preset>) -> Self {
        let mut form = Self::new(Presets::default(), Vec::new());
        form.purpose = purpose;
        form.address.set(address);
        form.whose = preset.map_or(Whose::Nobody, |preset| Whose::Found(Hosting::Known(Box::new(preset))));
        form.spot = Spot::Secret;
        form
    }

    /// What to do before the first event.
    pub fn start(&self) -> Vec<Effect> {
        if self.is_new() { vec![Effect::AskKeyring] } else { Vec::new() }
    }

    pub fn next_wake(&self) -> Option<Moment> {
        match self.whose {
            Whose::Resting(until) => Some(until),
            Whose::Nobody | Whose::Asked(_) | Whose::Found(_) => None,
        }
    }

    pub fn purpose(&self) -> &Purpose {
        &self.purpose
    }

    pub fn stage(&self) -> &Stage {
        &self.stage
    }

    pub fn trouble(&self) -> Option<&Trouble> {
        self.trouble.as_ref()
    }

    pub fn spot(&self) -> Spot {
        self.spot
    }

    pub fn by_hand(&self) -> Option<&ByHand> {
        self.hand.as_ref()
    }

    pub fn address(&self) -> &Line {
        &self.address
    }

    /// The secret, for whoever draws the mask over it.
    pub fn secret(&self) -> &Line {
        &self.secret
    }

    pub fn is_revealed(&self) -> bool {
        self.revealed
    }

    pub fn page(&self) -> usize {
        self.page
    }

    pub fn settings(&self) -> &SafeText {
        &self.settings
    }

    pub fn is_new(&self) -> bool {
        matches!(self.purpose, Purpose::First | Purpose::Another)
    }

    pub fn keyring(&self) -> Option<&Result<(), SafeText>> {
        self.keyring.as_ref()
    }

    /// The provider, if it is known.
    pub fn preset(&self) -> Option<&Preset> {
        match &self.whose {
            Whose::Found(Hosting::Known(preset) | Hosting::Hosted(preset)) => Some(preset),
            Whose::Found(Hosting::Guesses(_) | Hosting::Unknown(_))
            | Whose::Nobody
            | Whose::Resting(_)
            | Whose::Asked(_) => None,
        }
    }

    /// The address is whole and its provider is not known.
    pub fn is_somewhere_else(&self) -> bool {
        matches!(self.whose, Whose::Found(Hosting::Guesses(_) | Hosting::Unknown(_)))
    }

    pub fn is_looking_up(&self) -> bool {
        matches!(self.whose, Whose::Asked(_))
    }

    /// The certificate that could be trusted alone. Nobody stands between us and a provider that is known by name.
    pub fn refused(&self) -> Option<Fingerprint> {
        self.refused.filter(|_| self.is_new() && self.preset().is_none())
    }

    /// The certificate that was refused, whoever showed it.
    pub fn shown_certificate(&self) -> Option<Fingerprint> {
        self.refused
    }

    /// The places that can have the keys, in their order.
    pub fn spots(&self) -> Vec<Spot> {
        let mut spots = Vec::new();
        if self.is_new() {
            spots.push(Spot::Address);
        }
        let by_tokens = self.preset().is_some_and(|preset| preset.oauth_only);
        if !by_tokens {
            spots.push(Spot::Secret);
        }
        if self.hand.is_some() {
            spots.extend([Spot::Server, Spot::Port, Spot::Encryption, Spot::Login]);
        }
        if !by_tokens {
            spots.push(Spot::Try);
        }
        if self.hand.is_none() && self.is_somewhere_else() {
            spots.push(Spot::ByHand);
        }
        if self.purpose == Purpose::First {
            spots.push(Spot::Demo);
        }
        spots
    }

    /// The field that is typed into.
    pub(super) fn field(&mut self) -> Option<&mut Line> {
        match (self.spot, &mut self.hand) {
            (Spot::Address, _) => Some(&mut self.address),
            (Spot::Secret, _) => Some(&mut self.secret),
            (Spot::Server, Some(hand)) => Some(&mut hand.server),
            (Spot::Port, Some(hand)) => Some(&mut hand.port),
            (Spot::Login, Some(hand)) => Some(&mut hand.login),
            (Spot::Server | Spot::Port | Spot::Login, None)
            | (Spot::Encryption | Spot::Try | Spot::ByHand | Spot::Demo, _) => None,
        }
    }

    pub fn update(&mut self, event: Event) -> Vec<Effect> {
        match event {
            Event::Key(press) => self.key(press.unshifted()),
            // It may be a password.
            Event::Paste(text) => self.pasted(&zeroize::Zeroizing::new(text)),
            Event::Clock(moment) => {
                self.moment = moment;
                match self.whose {
                    Whose::Resting(until) if moment >= until => self.look_up(),
                    _ => Vec::new(),
                }
            }
            Event::Keyring(answers) => self.keyring_answered(answers),
            Event::Found { ticket, hosting } => self.found(ticket, hosting),
            Event::Doing { ticket, doing } => self.is_doing(ticket, doing),
            Event::Tried { ticket, result } => self.tried(ticket, result),
            Event::Kept { ticket, result } => self.kept(ticket, result),
        }
    }

    /// Something was typed into the field that has the keys.
    pub(super) fn typed(&mut self) -> Vec<Effect> {
        let domain = self.address.text().rsplit_once('@').map_or("", |(_, domain)| domain).trim().to_lowercase();
        if self.spot == Spot::Secret {
            self.meant_for = domain;
            return Vec::new();
        }
        if self.spot != Spot::Address {
            return Vec::new();
        }
        // A secret that was typed for one provider is not shown to another.
        if !self.secret.is_empty() && self.meant_for != domain {
            self.secret.set("");
        }
        // What was said was about another address.
        (self.page, self.hand, self.refused, self.pin, self.trouble) = (0, None, None, None, None);
        let asked = match self.whose {
            Whose::Asked(ticket) => vec![Effect::Cancel(ticket)],
            Whose::Nobody | Whose::Resting(_) | Whose::Found(_) => Vec::new(),
        };
        self.whose = match self.whole_address() {
            Some(address) => match self.presets.of(&address) {
                Some(preset) => Whose::Found(Hosting::Known(Box::new(preset.clone()))),
                None => Whose::Resting(self.moment.plus(REST_MS)),
            },
            None => Whose::Nobody,
        };
        asked
    }

    pub(super) fn whole_address(&self) -> Option<Address> {
        address::whole(self.address.text())
    }

    /// Whoever leaves the address has finished it.
    pub(super) fn go_to(&mut self, spot: Spot) -> Vec<Effect> {
        let left = std::mem::replace(&mut self.spot, spot);
        self.page = 0;
        if left == Spot::Address && spot != Spot::Address {
            let tidied = tidied_address(self.address.text());
            if tidied != self.address.text() {
                self.address.set(&tidied);
            }
            if matches!(self.whose, Whose::Resting(_)) {
                return self.look_up();
            }
        }
        Vec::new()
    }

    pub(super) fn wrong_address(&self) -> Option<Trouble> {
        let Some(address) = self.whole_address() else { return Some(Trouble::NoAddress) };
        let taken = self.taken.iter().any(|taken| taken.eq_ignore_ascii_case(address.as_str()));
        taken.then(|| Trouble::KnownAlready(SafeText::of(address.as_str())))
    }

    /// A domain that is nearly a known one is asked about. `said`: what stands there; Enter below the question means that
    /// the address is right.
    pub(super) fn doubted(&mut self, said: Option<&Trouble>) -> Option<Trouble> {
        let address = self.whole_address().filter(|_| self.is_new())?;
        let domain = address.domain().to_lowercase();
        if self.sure_of == domain {
            return None;
        }
        let asked = Trouble::ProbablyMeant(SafeText::of(self.presets.probably_meant(&address)?.as_str()));
        if said != Some(&asked) {
            return Some(asked);
        }
        self.sure_of = domain;
        None
    }

    /// What was probably meant takes the place of the address. The secret was typed for that one.
    pub(super) fn take_what_was_meant(&mut self) -> Vec<Effect> {
        let Some(Trouble::ProbablyMeant(meant)) = &self.trouble else { return Vec::new() };
        let meant = meant.as_str().to_owned();
        self.address.set(&meant);
        meant.rsplit_once('@').map_or("", |(_, domain)| domain).clone_into(&mut self.meant_for);
        self.spot = Spot::Address;
        let mut effects = self.typed();
        self.trouble = self.wrong_address();
        if self.trouble.is_none() && self.spots().contains(&Spot::Secret) {
            effects.extend(self.go_to(Spot::Secret));
        }
        effects
    }

    pub(super) fn next_ticket(&mut self) -> Ticket {
        self.tickets += 1;
        Ticket(self.tickets)
    }

    pub(super) fn give_up(&mut self) -> Vec<Effect> {
        match &self.stage {
            // It was kept already.
            Stage::Done { .. } => self.go_on(),
            Stage::Trying { .. } => self.cancel(),
            // A login that worked is not lost by one key, and what is being written is waited for; but not by somebody
            // who insists: a keyring may wait for ever.
            Stage::Keeping { .. } | Stage::Choosing { .. } if self.trouble != Some(Trouble::Leaving) => {
                self.trouble = Some(Trouble::Leaving);
                Vec::new()
            }
            Stage::Keeping { .. } | Stage::Asking | Stage::Pinning(_) | Stage::Choosing { .. } => {
                vec![Effect::End(End::GivenUp)]
            }
        }
    }

    pub(super) fn show_by_hand(&mut self) {
        self.show_by_hand_at("");
    }

    /// `host`: of which something was learned, if it is one of the guesses.
    pub(super) fn show_by_hand_at(&mut self, host: &str) {
        if self.hand.is_some() {
            return;
        }
        let Some(address) = self.whole_address() else { return };
        let guess = match &self.whose {
            Whose::Found(Hosting::Guesses(guesses)) => {
                guesses.iter().find(|guess| guess.host == host).or(guesses.first()).cloned()
            }
            _ => None,
        };
        let guess = guess.unwrap_or_else(|| crate::model::Server {
            host: format!("imap.{}", address.domain()),
            port: 993,
            tls: crate::model::TlsMode::Tls,
        });
        self.hand = Some(ByHand::guessing(&guess, address.as_str()));
    }

    /// The certificate of a failure, to be trusted by a second key.
    pub(super) fn refuse(&mut self, failure: &crate::model::Failure) {
        self.refused = refused_certificate(failure);
    }

    pub(super) fn is_in(&self, ticket: Ticket) -> bool {
        match &self.stage {
            Stage::Trying { ticket: at, .. } | Stage::Keeping { ticket: at, .. } => *at == Some(ticket),
            Stage::Asking | Stage::Pinning(_) | Stage::Choosing { .. } | Stage::Done { .. } => false,
        }
    }

    fn is_doing(&mut self, of: Ticket, news: Doing) -> Vec<Effect> {
        if let Stage::Trying { ticket, doing } = &mut self.stage
            && *ticket == Some(of)
        {
            *doing = news;
        }
        Vec::new()
    }
}
