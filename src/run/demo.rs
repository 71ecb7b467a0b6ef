//! `hongyan demo`: a mail server inside the program, a profile that is thrown away, and the real way in between.

use std::collections::HashMap;
use std::path::PathBuf;
use std::time::Duration;

use super::Ended;
use super::screen::Screen;
use super::setup::{Setup, terminal, terminal_on};
use super::throw_away::ThrowAway;
use crate::config::{Account, Config, Env, Found, Kind, Notify, Paths, Preset, Presets, SecretSource, Vouchers};
use crate::demo::{Demo, Options, Personality, serve as serve_mail};
use crate::i18n::Language;
use crate::model::{Secret, Server, TlsMode, clock};
use crate::net::Limits;
use crate::store::Restore;

/// Something new comes this often, so that one sees it come.
const ARRIVALS: Duration = Duration::from_secs(25);

/// What the demo is started with. The look and the keys are the user's own.
#[derive(Debug)]
pub struct DemoSetup {
    pub config: Config,
    pub env: Env,
    pub language: Language,
    /// How many messages; `None` for those that were written by hand.
    pub messages: Option<usize>,
    /// What kind of server it is.
    pub personality: &'static Personality,
    /// Nobody can guess it: other users of this machine reach the loopback too.
    pub password: Secret,
    /// Where the throw-away profile is made.
    pub temporary: PathBuf,
}

/// Shows the demo on the terminal.
pub async fn demo(setup: DemoSetup) -> Result<(), Ended> {
    Box::pin(demo_on(setup, None)).await
}

pub(super) async fn demo_on(setup: DemoSetup, screen: Option<Screen>) -> Result<(), Ended> {
    let server = start(&setup).await?;
    let home = ThrowAway::make(&setup.temporary, "hongyan-demo")?;
    let ca = home.path().join("demo-ca.pem");
    std::fs::write(&ca, &server.ca_pem)?;
    let address = Options::new(clock::now(), "").address;
    let account = Account {
        formerly: None,
        name: address.clone(),
        address: address.clone(),
        full_name: String::new(),
        identities: Vec::new(),
        kind: Kind::Imap,
        imap: Server { host: "localhost".to_owned(), port: server.tls.port(), tls: TlsMode::Tls },
        found: Found::Written,
        preset: preset(setup.personality),
        pop3: None,
        smtp: Some(Server { host: "localhost".to_owned(), port: server.smtp_tls.port(), tls: TlsMode::Tls }),
        smtp_found: Found::Written,
        smtp_pin: None,
        login: address.clone(),
        ca: Some(ca),
        pin: None,
        proxy: None,
        insecure: false,
        window: setup.personality.limits.window_days.is_some(),
        vouchers: Vouchers { names: vec!["mx.hongyan.example".to_owned()], guessed: false },
        idle: None,
        poll: None,
        secret: SecretSource::Session,
    };
    // Mail that was made up is no reason to bother anybody outside of the window.
    let config = Config { accounts: vec![account], notify: Notify::nothing(), ..setup.config };
    let paths =
        Paths { config: home.path().join("config.toml"), profile: home.profile(), runtime: home.path().join("run") };
    let setup = Setup {
        config,
        paths,
        env: setup.env,
        language: setup.language,
        connect_to: Vec::new(),
        limits: Limits::default(),
        restore: Restore::Refuse,
        typed: HashMap::from([(address, setup.password)]),
        joining: None,
        begun: None,
    };
    let outcome = match screen {
        Some(screen) => terminal_on(setup, screen).await,
        None => terminal(setup).await,
    };
    server.stop().await;
    outcome
}

/// The provider whose servers are like this one.
fn preset(personality: &Personality) -> Option<Preset> {
    let id = if personality.name == "coremail" { "163" } else { personality.name };
    Presets::built_in().named(id).cloned()
}

/// Only the server: says where it is, and serves until it is stopped.
pub async fn serve(setup: &DemoSetup) -> Result<Demo, Ended> {
    start(setup).await
}

async fn start(setup: &DemoSetup) -> Result<Demo, Ended> {
    let mut options = Options::new(clock::now(), setup.password.expose());
    options.arrivals = Some(ARRIVALS);
    options.personality = setup.personality;
    options.messages = setup.messages.unwrap_or(options.messages);
    Ok(serve_mail(options).await?)
}
