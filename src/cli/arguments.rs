//! What may stand on the command line.

mod chinese;
mod compose;
mod listed;
mod messages;
mod people;
mod searching;
mod sending;
mod wire;

use std::ffi::OsString;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::{ArgAction, Args, CommandFactory as _, FromArgMatches as _, Parser, Subcommand};

use super::command_line::split;
use super::{sentences, talk};
use crate::config::{Address, Env, Given, HostPort, Kind, Language, ProxySetting};
use crate::demo::{PERSONALITIES, Personality};
use crate::i18n::Language as Tongue;
use crate::model::{Fingerprint, TlsMode};
use crate::net::{ConnectTo, Limits, Protocol};
use crate::store::Restore;
use crate::text::tidied_address;

pub use compose::Compose;
pub use listed::commands;
pub use messages::{Export, Open, SaveAttachments, Show};
pub(super) use messages::{Form, View};
pub use people::People;
pub use searching::Search;
pub use sending::{Outbox, Send};
pub use wire::{Log, Talk};

/// A mail reader for the terminal: 鸿雁传书.
#[derive(Clone, Debug, Parser)]
#[command(name = "hongyan", version, about, disable_help_subcommand = true, arg_required_else_help = false)]
pub struct Arguments {
    #[command(flatten)]
    pub general: General,
    /// Without a command, mail is read.
    #[command(subcommand)]
    pub command: Option<Command>,
}

/// What every command understands.
#[derive(Clone, Default, Debug, Args)]
pub struct General {
    /// The file with the settings
    #[arg(long, value_name = "FILE", global = true)]
    pub config: Option<PathBuf>,
    /// The folder where mail is kept
    #[arg(long, value_name = "FOLDER", global = true)]
    pub profile: Option<PathBuf>,
    /// The language: zh-CN, en or auto
    #[arg(long, value_name = "LANGUAGE", global = true, value_parser = language)]
    pub lang: Option<Language>,
    /// Connect to another place than the server's name says; the certificate is checked for the name (may be repeated)
    #[arg(long, value_name = "HOST:PORT=ADDR:PORT", global = true, hide_short_help = true, action = ArgAction::Append)]
    pub connect_to: Vec<ConnectTo>,
    /// Ask this name server who receives the mail of a domain, instead of the system's
    #[arg(long, value_name = "ADDR:PORT", global = true, hide_short_help = true)]
    pub dns: Option<SocketAddr>,
    /// What to do if own.db is damaged: restore its last copy, or begin with an empty one; it is set aside either way
    #[arg(long, value_name = "restore|empty", global = true, hide_short_help = true, value_parser = restore)]
    pub own_db: Option<Restore>,
    /// How long to wait for any answer of a server, in seconds
    #[arg(long, value_name = "SECONDS", global = true, hide_short_help = true, value_parser = patience)]
    pub patience: Option<Duration>,
}

impl General {
    pub fn given(&self) -> Given {
        Given { config: self.config.clone(), profile: self.profile.clone() }
    }

    pub fn limits(&self) -> Limits {
        match self.patience {
            Some(patience) => Limits { connect: patience, handshake: patience, answer: patience },
            None => Limits::default(),
        }
    }

    pub fn restore(&self) -> Restore {
        self.own_db.unwrap_or(Restore::Refuse)
    }
}

#[derive(Clone, Debug, Subcommand)]
pub enum Command {
    /// Read invented mail, from a server inside the program
    Demo(Demo),
    /// Add, list and remove accounts
    #[command(subcommand)]
    Account(Account),
    /// Fetch what is new
    Sync(Sync),
    /// Print the folders
    Folders {
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// Print the messages of a folder, newest first
    List(List),
    /// Find messages in all that is stored, newest first
    Search(Search),
    /// Print one message
    Show(Show),
    /// Save the files of a message
    SaveAttachments(SaveAttachments),
    /// Write messages into a mailbox file, a Maildir or files of their own
    Export(Export),
    /// Read an mbox, a Maildir or an .eml; nothing in it is changed
    Open(Open),
    /// Write a message; a mailto: link alone does the same
    Compose(Compose),
    /// Send a message that is there already
    Send(Send),
    /// Look after what is on its way out
    #[command(subcommand)]
    Outbox(Outbox),
    /// Print what was said to the servers; passwords and mail are not in it
    Log(Log),
    /// Talk with a server in its own words
    Talk(Talk),
    /// Whom you wrote to and who wrote to you
    #[command(subcommand)]
    People(People),
    /// Look for what is wrong with this machine and with the accounts; safe to paste
    Doctor(Doctor),
}

#[derive(Clone, Debug, Args)]
pub struct Demo {
    /// Only serve the mail, and say where
    #[arg(long)]
    pub serve: bool,
    /// How many messages the inbox has
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub messages: Option<u32>,
    /// What kind of server it is like: plain, modern, coremail, qq, exmail, sina or aliyun
    #[arg(long, value_name = "KIND", default_value = "plain", value_parser = personality)]
    pub personality: &'static Personality,
}

#[derive(Clone, Debug, Subcommand)]
pub enum Account {
    /// Try an account and write it into the settings
    Add(Box<Add>),
    /// Print the accounts
    List {
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// Print what is known of an account, and what was learned of its server
    Show {
        /// The account's name, or its address
        name: String,
    },
    /// Replace the password of an account, after trying the new one
    Secret(NewSecret),
    /// Forget what was learned of an account's server; what is still true is learned again
    ForgetQuirks {
        /// The account's name, or its address
        name: String,
    },
    /// Remove an account, its password and what was downloaded for it
    Remove {
        /// The account's name, or its address
        name: String,
        /// Also if changes or messages would be lost that the server does not have
        #[arg(long)]
        yes: bool,
    },
}

#[derive(Clone, Debug, Args)]
pub struct Add {
    /// The mail address
    #[arg(value_parser = typed_address)]
    pub address: Address,
    /// By what means the mail comes: imap, pop3 or maildir
    #[arg(long, value_name = "KIND", default_value = "imap", value_parser = kind)]
    pub kind: Kind,
    /// The IMAP server, if it is not known by the address
    #[arg(long, value_name = "HOST:PORT")]
    pub imap: Option<HostPort>,
    /// The POP3 server
    #[arg(long, value_name = "HOST:PORT")]
    pub pop3: Option<HostPort>,
    /// The server to send with
    #[arg(long, value_name = "HOST:PORT")]
    pub smtp: Option<HostPort>,
    /// How the connection is encrypted: tls (from the start), starttls or none
    #[arg(long, value_name = "MODE")]
    pub tls: Option<TlsMode>,
    /// A file with certificates to trust besides those of the system
    #[arg(long, value_name = "FILE")]
    pub ca: Option<PathBuf>,
    /// Trust exactly this certificate: the fingerprint that is told when one is refused
    #[arg(long, value_name = "sha256:HEX")]
    pub pin: Option<Fingerprint>,
    /// Connect through socks5://HOST:PORT, http://HOST:PORT, or what ALL_PROXY says (env)
    #[arg(long, value_name = "PROXY", value_parser = proxy)]
    pub proxy: Option<ProxySetting>,
    /// The name to log in with, if it is not the address
    #[arg(long, value_name = "NAME")]
    pub login: Option<String>,
    /// Read the password from the standard input
    #[arg(long, conflicts_with = "password_command")]
    pub secret_stdin: bool,
    /// A program that prints the password, with its arguments; no shell reads it
    #[arg(long, value_name = "COMMAND", value_parser = split)]
    pub password_command: Option<std::vec::Vec<String>>,
    /// A program that prints an access token (OAuth2), with its arguments; no shell reads it
    #[arg(long, value_name = "COMMAND", value_parser = split, conflicts_with_all = ["password_command", "secret_stdin", "secret_store"])]
    pub token_command: Option<std::vec::Vec<String>>,
    /// Where to keep the password: keyring, file (for your eyes only) or session (nowhere: it is asked for each time)
    #[arg(long, value_name = "PLACE", conflicts_with = "password_command", value_parser = secret_store)]
    pub secret_store: Option<SecretStore>,
    /// Do not try to log in
    #[arg(long)]
    pub no_check: bool,
    /// What to call the account, if not by its address
    #[arg(long, value_name = "NAME")]
    pub name: Option<String>,
    /// Allow --tls none to another machine: everybody on the way can read the password
    #[arg(long)]
    pub insecure: bool,
}

#[derive(Clone, Debug, Args)]
pub struct NewSecret {
    /// The account's name, or its address
    pub name: String,
    /// Read the password from the standard input
    #[arg(long)]
    pub secret_stdin: bool,
    /// Do not try to log in
    #[arg(long)]
    pub no_check: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SecretStore {
    Keyring,
    File,
    Session,
}

#[derive(Clone, Debug, Args)]
pub struct Sync {
    /// Look once, then end
    #[arg(long, required = true)]
    pub once: bool,
    /// Only this folder: its name, or inbox, sent, drafts, trash, junk, archive
    #[arg(long, value_name = "FOLDER")]
    pub folder: Option<String>,
    /// Only this account
    #[arg(long, value_name = "NAME")]
    pub account: Option<String>,
    /// Fetch whole messages too, not only what a list shows
    #[arg(long)]
    pub bodies: bool,
    /// Say in the end as JSON how it went
    #[arg(long)]
    pub json: bool,
}

#[derive(Clone, Debug, Args)]
pub struct List {
    /// The folder's name, or inbox, sent, drafts, trash, junk, archive
    pub folder: String,
    /// As JSON
    #[arg(long)]
    pub json: bool,
    /// Only the newest N
    #[arg(long, value_name = "N")]
    pub limit: Option<usize>,
    /// Only of this account
    #[arg(long, value_name = "NAME")]
    pub account: Option<String>,
}

#[derive(Clone, Debug, Args)]
pub struct Doctor {
    /// Only this account: its name, or its address; or an address that is no account yet
    pub address: Option<String>,
    /// As JSON, an object for each line
    #[arg(long)]
    pub json: bool,
    /// Show addresses, names of private machines, folders and paths too; without it the report is safe to paste
    #[arg(long)]
    pub addresses: bool,
    /// Log in although the last login was refused
    #[arg(long)]
    pub login: bool,
    /// Wait so long for new mail, to see whether the server tells of it by itself; uses a second connection
    #[arg(long, value_name = "SECONDS", value_parser = patience)]
    pub watch: Option<Duration>,
}

impl Arguments {
    /// Reads the command line. On a mistake, and for --help and --version, everything is said already.
    pub fn read(line: impl IntoIterator<Item = OsString>) -> Result<Self, ExitCode> {
        let line = searching::with_minus(line.into_iter().collect());
        let line = compose::followed(line, &Self::command());
        let command = match wanted(&line, Env::read().lang.as_deref()) {
            Tongue::ZhCn => chinese::in_chinese(Self::command()),
            Tongue::En => Self::command(),
        };
        let read = command.try_get_matches_from(line).and_then(|matches| Self::from_arg_matches(&matches));
        read.map_err(|said| {
            // If nobody listens, nobody hears.
            let _ = said.print();
            ExitCode::from(u8::try_from(said.exit_code()).unwrap_or(2))
        })
    }
}

/// In which language help is given, before anything of the line is understood.
fn wanted(line: &[OsString], locale: Option<&str>) -> Tongue {
    let words: Vec<&str> = line.iter().map(|word| word.to_str().unwrap_or_default()).collect();
    let behind = words.windows(2).find_map(|two| match two {
        ["--lang", written] => Some(*written),
        _ => None,
    });
    let given = behind.or_else(|| words.iter().find_map(|word| word.strip_prefix("--lang=")));
    sentences::language(given.and_then(|written| language(written).ok()), Language::Auto, locale)
}

/// Everybody on this machine can read a command line: no password belongs there.
fn proxy(written: &str) -> Result<ProxySetting, String> {
    let setting = ProxySetting::try_from(written.to_owned())?;
    match &setting {
        ProxySetting::Of(proxy) if proxy.login.is_some() => {
            Err("others can read this password; write the proxy into the account in config.toml instead".to_owned())
        }
        _ => Ok(setting),
    }
}

fn one_of<T: Copy>(written: &str, known: &[(&str, T)]) -> Result<T, String> {
    let names = || known.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ");
    known
        .iter()
        .find(|(name, _)| *name == written)
        .map(|(_, value)| *value)
        .ok_or_else(|| format!("`{written}` is none of {}", names()))
}

fn language(written: &str) -> Result<Language, String> {
    one_of(written, &[("zh-CN", Language::Chinese), ("en", Language::English), ("auto", Language::Auto)])
}

fn restore(written: &str) -> Result<Restore, String> {
    one_of(written, &[("restore", Restore::Copy), ("empty", Restore::Empty)])
}

/// With an input method on, or copied from somewhere.
fn typed_address(written: &str) -> Result<Address, String> {
    tidied_address(written).parse()
}

fn kind(written: &str) -> Result<Kind, String> {
    one_of(written, &[Kind::Imap, Kind::Pop3, Kind::Maildir].map(|kind| (kind.code(), kind)))
}

fn personality(written: &str) -> Result<&'static Personality, String> {
    one_of(written, &PERSONALITIES.map(|personality| (personality.name, personality)))
}

fn protocol(written: &str) -> Result<Protocol, String> {
    one_of(written, &[Protocol::Imap, Protocol::Smtp, Protocol::Pop3].map(|protocol| (talk::code(protocol), protocol)))
}

fn secret_store(written: &str) -> Result<SecretStore, String> {
    use SecretStore::{File, Keyring, Session};
    one_of(written, &[("keyring", Keyring), ("file", File), ("session", Session)])
}

fn patience(written: &str) -> Result<Duration, String> {
    let seconds = written.parse::<f64>().ok().and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
    seconds
        .filter(|patience| (Duration::from_millis(10)..=Duration::from_hours(1)).contains(patience))
        .ok_or_else(|| format!("`{written}` is not a number of seconds from 0.01 to 3600"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Result<Arguments, String> {
        Arguments::try_parse_from(line.split(' ')).map_err(|error| error.to_string())
    }

    #[test]
    fn the_definition_is_sound() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn general_options_stand_anywhere() {
        let read = read("hongyan --lang zh-CN list 已发送 --profile p --connect-to a:1=b:2 --connect-to c:3=[::1]:4");
        let read = read.unwrap();
        assert_eq!(read.general.lang, Some(Language::Chinese));
        assert_eq!(read.general.profile, Some("p".into()));
        assert_eq!(read.general.connect_to.len(), 2);
        assert!(matches!(read.command, Some(Command::List(List { folder, .. })) if folder == "已发送"));
    }

    #[test]
    fn what_is_rare_is_left_out_of_the_short_help() {
        let short = Arguments::command().render_help().to_string();
        let long = Arguments::command().render_long_help().to_string();
        for rare in ["--connect-to", "--dns", "--own-db", "--patience"] {
            assert!(!short.contains(rare), "{short}");
            assert!(long.contains(rare), "{long}");
        }
        assert!(short.contains("--profile"));
    }

    #[test]
    fn help_is_given_in_the_language_that_is_asked_for_or_usual() {
        let tongue = |line: &str, locale: &str| {
            let line: Vec<OsString> = line.split(' ').map(OsString::from).collect();
            wanted(&line, Some(locale))
        };
        for (line, locale, expected) in [
            ("hongyan --help", "zh_CN.UTF-8", Tongue::ZhCn),
            ("hongyan --help", "en_US.UTF-8", Tongue::En),
            ("hongyan list --lang zh-CN --help", "C", Tongue::ZhCn),
            ("hongyan --lang=en --help", "zh_CN.UTF-8", Tongue::En),
            ("hongyan --lang de --help", "zh_CN.UTF-8", Tongue::ZhCn),
            ("hongyan --help --lang", "zh_CN.UTF-8", Tongue::ZhCn),
        ] {
            assert_eq!(tongue(line, locale), expected, "{line}");
        }
    }

    #[test]
    fn every_kind_of_server_is_in_the_help() {
        let help = read("hongyan demo --help").unwrap_err();
        for Personality { name, .. } in PERSONALITIES {
            assert!(help.contains(name), "{name}: {help}");
            let asked = read(&format!("hongyan demo --personality {name}")).unwrap().command;
            assert!(matches!(asked, Some(Command::Demo(Demo { personality: p, .. })) if p.name == *name));
        }
    }

    #[test]
    fn mistakes_are_named() {
        for (line, said) in [
            ("hongyan sync", "--once"),
            ("hongyan --patience 0 folders", "is not a number of seconds"),
            ("hongyan --lang de folders", "`de` is none of zh-CN, en, auto"),
            ("hongyan account add nobody", "is not a mail address"),
            ("hongyan account add a@b.example --tls ssl", "`ssl` is none of tls, starttls, none"),
            ("hongyan account add a@b.example --kind exchange", "`exchange` is none of imap, pop3, maildir"),
            ("hongyan account add a@b.example --secret-stdin --password-command x", "cannot be used with"),
            ("hongyan account add a@b.example --password-command \"x", "quotation mark"),
            ("hongyan demo --personality x", "`x` is none of plain, modern, coremail, qq, exmail, sina, aliyun"),
            ("hongyan talk ftp", "`ftp` is none of imap, smtp, pop3"),
            ("hongyan talk", "required arguments"),
            ("hongyan frob", "unrecognized subcommand"),
        ] {
            let error = read(line).unwrap_err();
            assert!(error.contains(said), "{line}: {error}");
        }
    }
}
