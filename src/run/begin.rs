//! Before mail can be read: an account where there is none, and the secrets that are kept nowhere. All of it on the
//! screen that shows the mail afterwards.

use std::collections::HashMap;

use super::Ended;
use super::demo::{DemoSetup, demo_on};
use super::form::Reception;
use super::screen::Screen;
use super::setup::Setup;
use crate::app::setup::End;
use crate::cli;
use crate::config::{self, SecretSource};
use crate::demo::PLAIN;
use crate::files;
use crate::ui::Look;

/// What reading mail begins with.
pub(super) struct Ready {
    pub(super) setup: Setup,
    /// The screen, if something was asked on it.
    pub(super) screen: Option<Screen>,
}

/// `None`: the user wants no more, or had enough of the demo.
pub(super) async fn asked(mut setup: Setup, look: &Look, mut screen: Option<Screen>) -> Result<Option<Ready>, Ended> {
    // Whatever is asked now, and however long that takes.
    files::forget_opened(&setup.paths.profile);
    if setup.config.accounts.is_empty()
        && let Some(reception) = Reception::of(&setup, look)
    {
        let mut taken = match screen.take() {
            Some(screen) => screen,
            None => Screen::take(false)?,
        };
        match reception.first(&mut taken).await? {
            None | Some(End::GivenUp | End::Entered { .. }) => return Ok(None),
            Some(End::Demo) => {
                Box::pin(show_demo(setup, taken)).await?;
                return Ok(None);
            }
            Some(End::Joined { name, secret }) => {
                setup.typed.insert(name, secret);
                read_config(&mut setup)?;
                screen = Some(taken);
            }
        }
    }
    if let Some(reception) = Reception::of(&setup, look) {
        let kept_nowhere = |account: &&config::Account| {
            account.secret == SecretSource::Session && !setup.typed.contains_key(&account.name)
        };
        let mut typed = HashMap::new();
        for account in setup.config.accounts.iter().filter(kept_nowhere) {
            let mut taken = match screen.take() {
                Some(taken) => taken,
                None => Screen::take(false)?,
            };
            match reception.session(&mut taken, account).await? {
                None => return Ok(None),
                Some(End::Entered { name, secret }) => {
                    typed.insert(name, secret);
                }
                // Who gives none reads what is here.
                Some(End::GivenUp | End::Demo | End::Joined { .. }) => {}
            }
            screen = Some(taken);
        }
        setup.typed.extend(typed);
    }
    Ok(Some(Ready { setup, screen }))
}

/// config.toml as it is now that an account was written into it.
pub(super) fn read_config(setup: &mut Setup) -> Result<(), Ended> {
    let Some(joining) = &setup.joining else { return Ok(()) };
    setup.config =
        config::load(&setup.paths.config, &joining.presets).map_err(|problem| Ended::because(&problem.to_string()))?;
    Ok(())
}

async fn show_demo(setup: Setup, screen: Screen) -> Result<(), Ended> {
    let Some(temporary) = setup.joining.map(|joining| joining.temporary) else { return Ok(()) };
    let demo = DemoSetup {
        config: setup.config,
        env: setup.env,
        language: setup.language,
        messages: None,
        personality: &PLAIN,
        password: cli::demo::password()?,
        temporary,
    };
    Box::pin(demo_on(demo, Some(screen))).await
}
