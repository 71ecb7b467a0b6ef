//! Leaving a mailing list by one click (RFC 8058): the form goes out on a task of its own, by the way of the account that
//! the message came to, and what came of it is told.

use std::collections::HashMap;

use tokio::sync::mpsc;

use super::inbox::Input;
use super::setup::Setup;
use crate::app::{DeedTrouble, Done, Event, Notice, Outcome, WebAddress};
use crate::model::{Failure, FailureKind, Route, Ticket};
use crate::net::{ConnectTo, Dialer, Limits};
use crate::text::SafeText;

/// All that is said.
const FORM: &str = "List-Unsubscribe=One-Click";

#[derive(Clone, Debug)]
pub(super) struct Unsubscribing {
    /// By the name of the account.
    routes: HashMap<String, Route>,
    connect_to: Vec<ConnectTo>,
    limits: Limits,
    tell: mpsc::UnboundedSender<Input>,
}

impl Unsubscribing {
    pub(super) fn new(setup: &Setup, tell: mpsc::UnboundedSender<Input>) -> Self {
        let accounts = setup.config.accounts.iter();
        let routes = accounts.map(|account| (account.name.clone(), account.route(&setup.env))).collect();
        Self { routes, connect_to: setup.connect_to.clone(), limits: setup.limits, tell }
    }

    pub(super) fn send(&self, ticket: Ticket, account: &str, address: &WebAddress) {
        let Some(route) = self.routes.get(account).cloned() else {
            // Mail from files is read without any network.
            let failure = Failure::lasting(FailureKind::Offline, address.host().as_str(), "");
            let _ = self.tell.send(Input::Event(Event::Notice(Notice::Failed(failure))));
            return;
        };
        let (connect_to, limits) = (self.connect_to.clone(), self.limits);
        let dialer = Dialer { route, connect_to, limits, ..Dialer::default() };
        let (url, host, tell) = (address.url().to_owned(), address.host().clone(), self.tell.clone());
        tokio::spawn(async move {
            let event = match dialer.post(&url, FORM).await {
                Ok(status) => Event::Finished { ticket, outcome: Outcome::Done(judged(status, host)) },
                Err(failure) => Event::Notice(Notice::Failed(failure)),
            };
            let _ = tell.send(Input::Event(event));
        });
    }
}

fn judged(status: u16, host: SafeText) -> Result<Done, DeedTrouble> {
    match status {
        200..=299 | 303 => Ok(Done::Unsubscribed { host }),
        status => Err(DeedTrouble::NotUnsubscribed { host, status }),
    }
}
