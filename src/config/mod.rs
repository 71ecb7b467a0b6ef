//! The user's files and environment, read once and checked: everything behind this module gets values.
//!
//! [`Paths`] says where things are, [`Config`] is config.toml after every check, [`Presets`] knows the servers of the
//! big providers, [`edit`] changes config.toml and keeps its comments, [`secret`] fetches passwords. Nothing else in
//! hongyan reads a user's file or the environment.

mod account;
mod address;
mod atomic;
pub mod edit;
mod env;
mod file;
mod host_port;
pub mod keymap;
mod notify;
mod paths;
mod presets;
mod problem;
mod route;
pub mod secret;
mod settings;
mod span;
pub mod theme;

pub use account::{Account, AccountEntry, Found, Kind, SecretSource, Vouchers, renamed};
pub use address::{Address, Identity};
pub use env::{Env, Terminal};
pub use file::{Config, check, load};
pub use host_port::{HostPort, Tls};
pub use notify::{Desktop, Notify, Quiet};
pub use paths::{Given, PathProblem, Paths};
pub use presets::{Kept, Login, Preset, Presets, ProviderEntry, Sent};
pub use problem::{Position, Problem};
pub use route::{Pin, ProxySetting};
pub use settings::{
    AfterAction, Binding, Compose, General, Keys, Language, Layout, List, Look, Openers, OwnSplit, Quote, Reading,
    SizeColumn, Sync, Texts, ThemeName,
};
pub use span::{After, Interval, Poll};
