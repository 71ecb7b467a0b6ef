//! Telling of new mail outside of the frame, and remembering what was read.

use tokio::sync::mpsc;

use super::EventLoop;
use crate::app::{Dialect, TerminalRequest, facts};
use crate::config::{self, Env};
use crate::model::{AccountId, Arrivals};
use crate::run::Ended;
#[cfg(all(feature = "desktop", unix, not(target_os = "macos")))]
use crate::run::desktop::Desktop;
use crate::run::inbox::Input;
use crate::run::setup::HIDDEN_FOLDERS;
use crate::store::OwnWrite;
use crate::text::SafeText;
use crate::ui;

/// Who shows notifications: the desktop, else the terminal, in the words that it understands.
#[derive(Debug, Default)]
pub(in crate::run) struct ShownBy {
    #[cfg(all(feature = "desktop", unix, not(target_os = "macos")))]
    desktop: Option<Desktop>,
    dialect: Option<Dialect>,
}

impl ShownBy {
    #[cfg_attr(
        not(all(feature = "desktop", unix, not(target_os = "macos"))),
        expect(unused_variables, reason = "for the desktop")
    )]
    pub(in crate::run) fn of(wish: config::Desktop, env: &Env, tell: &mpsc::UnboundedSender<Input>) -> Self {
        match wish {
            config::Desktop::Off => Self::default(),
            config::Desktop::Terminal => Self { dialect: Some(Dialect::at_any_rate(&env.terminal)), ..Self::default() },
            config::Desktop::Auto => Self {
                #[cfg(all(feature = "desktop", unix, not(target_os = "macos")))]
                desktop: env.desktop_bus.as_ref().map(|bus| Desktop::at(bus, tell.clone())),
                dialect: Dialect::of(&env.terminal),
            },
        }
    }
}

impl EventLoop {
    pub(super) fn announce(&mut self, arrivals: &[Arrivals]) -> Result<(), Ended> {
        let hide = self.state.settings().notify.hide;
        let (title, body) = ui::announcement(arrivals, &self.state, self.look.words(), hide);
        #[cfg(all(feature = "desktop", unix, not(target_os = "macos")))]
        if let Some(desktop) = &mut self.hands.shown_by.desktop
            && desktop.is_free()
        {
            desktop.show(title, body);
            return Ok(());
        }
        self.notify(title, body)
    }

    /// The desktop shows nothing: it is not asked again. One that is only slow is, when it is done with this.
    pub(super) fn not_shown(&mut self, title: SafeText, body: SafeText, late: bool) -> Result<(), Ended> {
        #[cfg(all(feature = "desktop", unix, not(target_os = "macos")))]
        if !late {
            self.hands.shown_by.desktop = None;
        }
        #[cfg(not(all(feature = "desktop", unix, not(target_os = "macos"))))]
        let _ = late;
        self.notify(title, body)
    }

    fn notify(&mut self, title: SafeText, body: SafeText) -> Result<(), Ended> {
        match self.hands.shown_by.dialect {
            Some(dialect) => self.request(&TerminalRequest::Notify { dialect, title, body }),
            None => Ok(()),
        }
    }

    pub(super) fn new_mail_command(&self, command: Vec<String>, arrivals: &Arrivals) {
        let name = self.state.account(arrivals.account).map(|account| account.name.clone()).unwrap_or_default();
        let facts = facts(arrivals, &name, self.state.settings().notify.hide);
        self.hands.outside.new_mail(command, &facts);
    }

    pub(super) fn no_more_hints(&self, account: AccountId) {
        let line = self.running.iter().map(|running| &running.line).find(|line| line.id == account);
        let (Some(line), Some(own)) = (line, self.hands.own.clone()) else { return };
        let write = OwnWrite::Dismiss { account: line.name.clone(), hint: HIDDEN_FOLDERS.to_owned() };
        // Should it not be kept, the hint is shown once more.
        tokio::spawn(async move { own.commit(write).await });
    }
}
