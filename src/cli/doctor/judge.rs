//! From what was found out to how good that is: a level, a kind that never changes, and the sentences. Pure.

use std::time::Duration;

use super::fact::{
    Certainty, Certificate, Check, Expected, Fact, Idle, Keyring, NoLogin, Profile, Settings, Watched, Width,
};
use super::veil::Veil;
use crate::cli::sentences::doctor as say;
use crate::i18n::Language;
use crate::model::{FailureKind, Timestamp};
use crate::remedy;

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(in crate::cli) enum Level {
    Ok,
    Warn,
    Fail,
}

impl Level {
    pub(in crate::cli) fn code(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warn => "warn",
            Self::Fail => "fail",
        }
    }
}

/// One line of the report. Nothing private stands in it any more, but it is not safe for a terminal yet.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(in crate::cli) struct Finding {
    pub(in crate::cli) check: Check,
    pub(in crate::cli) level: Level,
    pub(in crate::cli) kind: &'static str,
    pub(in crate::cli) sentence: String,
    /// What to do about it.
    pub(in crate::cli) remedy: Option<String>,
    /// The other side's own words.
    pub(in crate::cli) said: Option<String>,
    /// What helps, by its name in the table of remedies, if the words are known there.
    pub(in crate::cli) known_as: Option<&'static str>,
    pub(in crate::cli) took: Option<Duration>,
}

/// Less than this is too little for a day's mail, and for any.
pub(in crate::cli) const LITTLE_SPACE: u64 = 200 << 20;
const NO_SPACE: u64 = 16 << 20;
/// A certificate that ends so soon should have been replaced.
pub(in crate::cli) const SOON: u64 = 14 * DAY;
pub(in crate::cli) const DAY: u64 = 24 * 60 * 60;
/// Clocks are not exact.
const TOLERANCE: u64 = 10 * 60;
/// A way there and back that takes longer is felt at every key.
const SLOW: Duration = Duration::from_secs(2);
/// Whoever takes no more takes hardly an attachment.
pub(in crate::cli) const LITTLE_MESSAGE: u64 = 5 << 20;

pub(in crate::cli) fn findings(fact: &Fact, tongue: Language, veil: &Veil) -> Vec<Finding> {
    let one = |check, level, kind| {
        vec![Finding {
            check,
            level,
            kind,
            sentence: say::sentence(tongue, fact, veil),
            remedy: say::to_do(tongue, fact),
            said: None,
            known_as: None,
            took: None,
        }]
    };
    let timed = |check, took: Duration| {
        let mut all = one(check, Level::Ok, check.code());
        for finding in &mut all {
            finding.took = Some(took);
        }
        all
    };
    match fact {
        Fact::Program { .. } => one(Check::Program, Level::Ok, "program"),
        Fact::Settings(settings) => match settings {
            Settings::Read { accounts: 1.., .. } => one(Check::Settings, Level::Ok, "settings"),
            Settings::Read { .. } | Settings::Absent { .. } => one(Check::Settings, Level::Warn, "no-account"),
            Settings::Wrong { .. } => one(Check::Settings, Level::Fail, "wrong-settings"),
        },
        Fact::Profile(profile) => match profile {
            Profile::Good { .. } => one(Check::Profile, Level::Ok, "profile"),
            Profile::Open { .. } => one(Check::Profile, Level::Ok, "in-use"),
            Profile::Absent { .. } => one(Check::Profile, Level::Ok, "not-made-yet"),
            Profile::Wrong { .. } => one(Check::Profile, Level::Fail, "wrong-profile"),
        },
        Fact::Space(free) => match *free {
            ..NO_SPACE => one(Check::Space, Level::Fail, "no-space"),
            NO_SPACE..LITTLE_SPACE => one(Check::Space, Level::Warn, "little-space"),
            _ => one(Check::Space, Level::Ok, "space"),
        },
        Fact::Keys(None) => one(Check::Keys, Level::Ok, "keys"),
        Fact::Keys(Some(_)) => one(Check::Keys, Level::Warn, "wrong-key"),
        Fact::Opener { program: Some(_), .. } => one(Check::Openers, Level::Ok, "opener"),
        Fact::Opener { program: None, .. } => one(Check::Openers, Level::Warn, "no-opener"),
        Fact::Keyring { answer: Keyring::Answers, .. } => one(Check::Keyring, Level::Ok, "keyring"),
        Fact::Keyring { answer, needed } => {
            let kind = match answer {
                Keyring::Answers => "keyring",
                Keyring::Locked => "keyring-locked",
                Keyring::Absent => "no-keyring",
                Keyring::Silent | Keyring::Failed(_) => "keyring-failed",
            };
            one(Check::Keyring, if *needed { Level::Fail } else { Level::Ok }, kind)
        }
        Fact::Terminal { name, .. } => match name.as_deref() {
            None | Some("dumb") => one(Check::Terminal, Level::Fail, "dumb-terminal"),
            Some(_) => one(Check::Terminal, Level::Ok, "terminal"),
        },
        Fact::Locale { utf8: true, .. } => one(Check::Locale, Level::Ok, "locale"),
        Fact::Locale { utf8: false, .. } => one(Check::Locale, Level::Warn, "no-utf-8"),
        Fact::Width(width) => match width {
            Width::Measured { wide: 2, ambiguous: 1 } => one(Check::Width, Level::Ok, "width"),
            Width::Measured { wide: 2, .. } => one(Check::Width, Level::Warn, "ambiguous-is-wide"),
            Width::Measured { .. } => one(Check::Width, Level::Fail, "wide-is-narrow"),
            Width::Silent => one(Check::Width, Level::Warn, "silent-terminal"),
            Width::NoTerminal => one(Check::Width, Level::Ok, "no-terminal"),
        },
        Fact::Account { certainty, .. } => match certainty {
            Certainty::Written | Certainty::Known | Certainty::Mx => one(Check::Account, Level::Ok, "account"),
            Certainty::Guessed => one(Check::Account, Level::Warn, "guessed-server"),
        },
        Fact::Secret { .. } => one(Check::Secret, Level::Ok, "secret"),
        Fact::Proxy { took, .. } => timed(Check::Proxy, *took),
        Fact::Named { addresses, took, expected } => {
            let mut all = match say::oddity(addresses, *expected) {
                Some(oddity) => one(Check::Names, Level::Warn, oddity.code()),
                None => {
                    one(Check::Names, Level::Ok, if *expected == Expected::Elsewhere { "elsewhere" } else { "dns" })
                }
            };
            for finding in &mut all {
                finding.took = Some(*took);
            }
            all
        }
        Fact::Mx { names, .. } if names.is_empty() => one(Check::Mx, Level::Warn, "no-mx"),
        Fact::Mx { .. } => one(Check::Mx, Level::Ok, "mx"),
        Fact::MxUnasked => one(Check::Mx, Level::Ok, "not-asked"),
        Fact::Called { took: Some(took), .. } => timed(Check::Address, *took),
        Fact::Called { took: None, .. } => one(Check::Address, Level::Warn, "silent-address"),
        Fact::Agreed { took } | Fact::Encrypted { took, .. } => timed(Check::Tls, *took),
        Fact::Plain => one(Check::Tls, Level::Warn, "not-encrypted"),
        Fact::Certificate(certificate) => {
            let (level, kind) = of_certificate(certificate);
            one(Check::Certificate, level, kind)
        }
        Fact::Greeting { said, .. } => {
            let mut all = one(Check::Greeting, Level::Ok, "greeting");
            for finding in all.iter_mut().filter(|_| veil.is_lifted()) {
                finding.said = Some(said.clone());
            }
            all
        }
        Fact::Abilities(abilities) => {
            let lines = say::abilities(tongue, abilities).into_iter();
            lines
                .map(|(kind, sentence)| Finding {
                    check: Check::Abilities,
                    level: Level::Ok,
                    kind,
                    sentence,
                    remedy: None,
                    said: None,
                    known_as: None,
                    took: None,
                })
                .collect()
        }
        Fact::Learned { quirk, .. } => one(Check::Abilities, Level::Ok, quirk.code()),
        Fact::Login { took: Some(took), .. } => timed(Check::Login, *took),
        Fact::Login { took: None, .. } => one(Check::Login, Level::Ok, "login"),
        Fact::NoLogin(why) => match why {
            NoLogin::NoAccount => one(Check::Login, Level::Ok, "no-account"),
            NoLogin::Refused { failure, .. } => {
                let mut all = one(Check::Login, Level::Fail, "refusal-stands");
                for finding in &mut all {
                    finding.known_as = remedy::against(failure).map(|remedy| remedy.id.as_str());
                    finding.said = Some(veil.text(failure.said.as_str())).filter(|said| !said.is_empty());
                }
                all
            }
            NoLogin::NoSecret => one(Check::Login, Level::Warn, "no-secret"),
            NoLogin::NoToken => one(Check::Login, Level::Fail, "no-token"),
            NoLogin::AsMailbox => one(Check::Login, Level::Ok, "as-mailbox"),
            NoLogin::Kind(_) => one(Check::Login, Level::Warn, "kind"),
        },
        Fact::Id { answer: None, needed: true } => one(Check::Id, Level::Ok, "id-needed"),
        Fact::Id { .. } => one(Check::Id, Level::Ok, "id"),
        Fact::Inbox { uid_next: true, .. } => one(Check::Inbox, Level::Ok, "inbox"),
        Fact::Inbox { uid_next: false, .. } => one(Check::Inbox, Level::Ok, "no-uidnext"),
        Fact::Folders { hides: true, others: 0, .. } => one(Check::Folders, Level::Warn, "hidden-folders"),
        Fact::Folders { .. } => one(Check::Folders, Level::Ok, "folders"),
        Fact::Idle(idle) => one(
            Check::Idle,
            Level::Ok,
            match idle {
                Idle::NotOffered => "no-idle",
                Idle::KnownSilent => "known-silent",
                Idle::SwitchedOff => "switched-off",
                Idle::Learned(_) => "learned-silent",
                Idle::Believed => "idle",
            },
        ),
        Fact::Pulse { took } => {
            let level = if *took >= SLOW { Level::Warn } else { Level::Ok };
            let mut all = one(Check::Pulse, level, if level == Level::Warn { "slow" } else { "round-trip" });
            for finding in &mut all {
                finding.took = Some(*took);
            }
            all
        }
        Fact::Clock { newest, now, .. } => match newest {
            Some(newest) if is_ahead(*newest, *now) => one(Check::Clock, Level::Warn, "clock-is-behind"),
            _ => one(Check::Clock, Level::Ok, "clock"),
        },
        Fact::Watch(watched) => match watched {
            Watched::Told { .. } => one(Check::Watch, Level::Ok, "told"),
            Watched::Silent { .. } => one(Check::Watch, Level::Warn, "silent-idle"),
            Watched::Nothing { .. } => one(Check::Watch, Level::Warn, "nothing-came"),
            Watched::NotOffered => one(Check::Watch, Level::Ok, "no-idle"),
        },
        Fact::Sending(fact) => {
            let mut all = findings(fact, tongue, veil);
            for finding in &mut all {
                finding.check = finding.check.of_sending();
                finding.remedy = finding.remedy.take().map(|remedy| say::to_send(tongue, fact).unwrap_or(remedy));
            }
            all
        }
        Fact::NoSubmission => one(Check::SmtpServer, Level::Ok, "no-server"),
        Fact::Shut { check, failure } => one(*check, Level::Warn, failure.kind.code()),
        Fact::Size(Some(..LITTLE_MESSAGE)) => one(Check::SmtpSize, Level::Warn, "little-size"),
        Fact::Size(Some(_)) => one(Check::SmtpSize, Level::Ok, "size"),
        Fact::Size(None) => one(Check::SmtpSize, Level::Ok, "no-size"),
        Fact::Goodbye { took: Some(took) } => told_in(one(Check::SmtpGoodbye, Level::Ok, "quit"), *took),
        Fact::Goodbye { took: None } => one(Check::SmtpGoodbye, Level::Ok, "hung-up"),
        Fact::Late { .. } => one(Check::Deadline, Level::Fail, "deadline"),
        Fact::Failed { check, failure } => {
            let mut all = one(*check, Level::Fail, failure.kind.code());
            for finding in &mut all {
                finding.known_as = remedy::against(failure).map(|remedy| remedy.id.as_str());
            }
            for finding in all.iter_mut().filter(|_| failure.kind != FailureKind::NoSecret) {
                finding.said = Some(veil.text(failure.said.as_str())).filter(|said| !said.is_empty());
            }
            all
        }
    }
}

fn told_in(mut all: Vec<Finding>, took: Duration) -> Vec<Finding> {
    for finding in &mut all {
        finding.took = Some(took);
    }
    all
}

fn of_certificate(certificate: &Certificate) -> (Level, &'static str) {
    let now = certificate.now;
    match (certificate.begins, certificate.ends) {
        (Some(begins), _) if is_ahead(begins, now) => (Level::Fail, "not-yet-valid"),
        (_, Some(ends)) if ends <= now => (Level::Fail, "expired"),
        (_, Some(ends)) if ends.since(now) < SOON => (Level::Warn, "expires-soon"),
        _ => (Level::Ok, "certificate"),
    }
}

/// Something that should lie in the past lies clearly in the future.
pub(in crate::cli) fn is_ahead(what: Timestamp, now: Timestamp) -> bool {
    what.since(now) > TOLERANCE
}

#[cfg(test)]
mod tests;
