//! `[[provider]]` as it is written: anything may be left out, taken from another entry, or be written over.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{Kept, Login, Preset, Sent, WrongEntry};
use crate::config::host_port::HostPort;
use crate::model::{Role, Server, TlsMode};

/// Nobody needs more, and each is looked at for every address.
const MOST: usize = 500;
/// Lines of advice, names, machines: nothing in an entry is longer, in items and in bytes of each.
const LONGEST: usize = 64;
const WIDEST: usize = 1000;

/// Writes the list of keys once: the entry, and how one is laid over another.
macro_rules! entry {
    ($($(#[$about:meta])* $key:ident: $kind:ty,)*) => {
        /// What is said of a provider, as it is written.
        #[derive(Clone, PartialEq, Eq, Default, Debug, Serialize, Deserialize)]
        #[serde(default, deny_unknown_fields)]
        pub struct ProviderEntry {
            #[serde(default)]
            pub id: String,
            $($(#[$about])* #[serde(skip_serializing_if = "Option::is_none")] pub $key: Option<$kind>,)*
        }

        impl ProviderEntry {
            /// What is not written here is as it is there.
            fn or(self, other: &Self) -> Self {
                Self { id: self.id, $($key: self.$key.or_else(|| other.$key.clone()),)* }
            }
        }
    };
}

entry! {
    /// The entry that gives what is not written here.
    like: String,
    domains: Vec<String>,
    mx: Vec<String>,
    imap: Place,
    imap_alternatives: Vec<Place>,
    pop3: Place,
    smtp: Place,
    smtp_alternatives: Vec<Place>,
    login: Login,
    secret_zh: String,
    secret_en: String,
    where_zh: Vec<String>,
    where_en: Vec<String>,
    notes_zh: Vec<String>,
    notes_en: Vec<String>,
    help: String,
    oauth_only: bool,
    login_only: bool,
    sasl_ir: bool,
    send_id: bool,
    idle: bool,
    idle_push: bool,
    poll: Seconds,
    elsewhere: Seconds,
    recycle: Minutes,
    visibility_lag: Seconds,
    window: bool,
    hides_folders: bool,
    folders: BTreeMap<String, RoleWord>,
    vouches: Vec<String>,
    max_command: u32,
    sent: Sent,
    append_limit: u64,
    moves: Kept,
    creates_folders: Kept,
    searches_text: Kept,
    verified: bool,
}

/// `HOST:PORT:MODE`
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Place(Server);

impl TryFrom<String> for Place {
    type Error = String;

    fn try_from(written: String) -> Result<Self, String> {
        let wrong = || format!("`{written}` is not HOST:PORT:MODE, as in imap.example.com:993:tls");
        let HostPort { host, port, tls } = written.parse().map_err(|_| wrong())?;
        let tls = tls.ok_or_else(wrong)?;
        if tls == TlsMode::None {
            return Err(format!("`{written}`: a provider is encrypted; write tls or starttls"));
        }
        Ok(Self(Server { host: host.to_lowercase(), port: port.ok_or_else(wrong)?, tls }))
    }
}

impl From<Place> for String {
    fn from(place: Place) -> Self {
        format!("{}:{}", place.0, place.0.tls.code())
    }
}

/// A whole number of seconds, a day at most.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(try_from = "u32", into = "u32")]
pub struct Seconds(u32);

/// A whole number of minutes, a day at most.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(try_from = "u32", into = "u32")]
pub struct Minutes(u32);

impl TryFrom<u32> for Seconds {
    type Error = String;

    fn try_from(written: u32) -> Result<Self, String> {
        if written <= 86_400 { Ok(Self(written)) } else { Err("write 86400 seconds at most".to_owned()) }
    }
}

impl TryFrom<u32> for Minutes {
    type Error = String;

    fn try_from(written: u32) -> Result<Self, String> {
        if written <= 1440 { Ok(Self(written)) } else { Err("write 1440 minutes at most".to_owned()) }
    }
}

impl From<Seconds> for u32 {
    fn from(seconds: Seconds) -> Self {
        seconds.0
    }
}

impl From<Minutes> for u32 {
    fn from(minutes: Minutes) -> Self {
        minutes.0
    }
}

impl Seconds {
    fn duration(self) -> Duration {
        Duration::from_secs(u64::from(self.0))
    }
}

impl Minutes {
    fn duration(self) -> Duration {
        Duration::from_secs(u64::from(self.0) * 60)
    }
}

/// A role by its stable word.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct RoleWord(Role);

impl TryFrom<String> for RoleWord {
    type Error = String;

    fn try_from(written: String) -> Result<Self, String> {
        Role::from_code(&written).map(Self).ok_or_else(|| {
            let known = Role::EVERY.map(Role::code).join(", ");
            format!("`{written}` is no role of a folder; possible: {known}")
        })
    }
}

impl From<RoleWord> for String {
    fn from(role: RoleWord) -> Self {
        role.0.code().to_owned()
    }
}

/// One list laid over another. What is new comes first: who writes it means it.
pub(super) fn merged(known: &[ProviderEntry], written: &[ProviderEntry]) -> Result<Vec<ProviderEntry>, WrongEntry> {
    let mut entries = known.to_vec();
    let mut new = Vec::new();
    for (index, entry) in written.iter().enumerate() {
        let wrong = |sentence: String| Err(WrongEntry { index, sentence });
        if entry.id.is_empty() || !entry.id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-') {
            return wrong("`id` must be made of letters, digits and -, as in id = \"my-company\"".to_owned());
        }
        if written.iter().take(index).any(|before| before.id == entry.id) {
            return wrong(format!("there is another provider with the id `{}` already", entry.id));
        }
        match entries.iter_mut().find(|known| known.id == entry.id) {
            Some(known) => *known = entry.clone().or(known),
            None => new.push(entry.clone()),
        }
    }
    new.append(&mut entries);
    Ok(new)
}

pub(super) fn complete(entries: &[ProviderEntry]) -> Result<Vec<Preset>, WrongEntry> {
    if entries.len() > MOST {
        return Err(WrongEntry { index: 0, sentence: format!("there are more than {MOST} providers") });
    }
    let preset = |(index, entry)| preset(entry, entries).map_err(|sentence| WrongEntry { index, sentence });
    entries.iter().enumerate().map(preset).collect()
}

/// With everything that it has from others.
fn inherited(entry: &ProviderEntry, entries: &[ProviderEntry]) -> Result<ProviderEntry, String> {
    let mut whole = entry.clone();
    let (domains, mx) = (whole.domains.take(), whole.mx.take());
    let mut next = entry.like.as_ref();
    // Longer than a chain of all of them it can only be if it bites its own tail.
    for _ in 0..=entries.len() {
        let Some(like) = next else {
            return Ok(ProviderEntry { domains, mx, ..whole });
        };
        let Some(other) = entries.iter().find(|other| other.id == *like) else {
            return Err(format!("`like`: there is no provider `{like}`"));
        };
        whole = whole.or(other);
        next = other.like.as_ref();
    }
    Err(format!("`{}` is like itself by way of others; take a `like` away", entry.id))
}

fn preset(entry: &ProviderEntry, entries: &[ProviderEntry]) -> Result<Preset, String> {
    let entry = inherited(entry, entries)?;
    let missing = |key: &str| format!("the provider `{}` needs `{key}`", entry.id);
    let places = |places: Option<Vec<Place>>| places.unwrap_or_default().into_iter().map(|place| place.0).collect();
    let imap = entry.imap.clone().ok_or_else(|| missing("imap"))?.0;
    let domains = lower(entry.domains.as_deref(), "domains", false)?;
    let mx = lower(entry.mx.as_deref(), "mx", true)?;
    if domains.is_empty() && mx.is_empty() {
        return Err(missing("domains or mx"));
    }
    let secret_zh = entry.secret_zh.clone().unwrap_or_else(|| "密码".to_owned());
    let secret_en = entry.secret_en.clone().unwrap_or_else(|| "password".to_owned());
    let help = entry.help.clone().filter(|help| !help.is_empty());
    if help.as_ref().is_some_and(|help| !help.starts_with("https://")) {
        return Err("`help` must be the address of a page, https://…".to_owned());
    }
    let mut lines = Vec::new();
    for (key, said) in [
        ("where_zh", &entry.where_zh),
        ("where_en", &entry.where_en),
        ("notes_zh", &entry.notes_zh),
        ("notes_en", &entry.notes_en),
        ("vouches", &entry.vouches),
    ] {
        let said = said.clone().unwrap_or_default();
        plain(key, said.iter().map(String::as_str), said.len())?;
        lines.push(said);
    }
    plain("secret_zh, secret_en and help", [&*secret_zh, &*secret_en, help.as_deref().unwrap_or_default()], 3)?;
    let mut lines = lines.into_iter();
    let mut next = || lines.next().unwrap_or_default();
    Ok(Preset {
        id: entry.id,
        domains,
        mx,
        imap,
        imap_alternatives: places(entry.imap_alternatives),
        pop3: entry.pop3.map(|place| place.0),
        smtp: entry.smtp.map(|place| place.0),
        smtp_alternatives: places(entry.smtp_alternatives),
        login: entry.login.unwrap_or_default(),
        secret_zh,
        secret_en,
        where_zh: next(),
        where_en: next(),
        notes_zh: next(),
        notes_en: next(),
        vouches: next(),
        help,
        oauth_only: entry.oauth_only.unwrap_or_default(),
        login_only: entry.login_only.unwrap_or_default(),
        sasl_ir: entry.sasl_ir.unwrap_or_default(),
        send_id: entry.send_id.unwrap_or_default(),
        idle: entry.idle.unwrap_or(true),
        idle_push: entry.idle_push.unwrap_or(true),
        poll: entry.poll.map(Seconds::duration).filter(|poll| !poll.is_zero()),
        elsewhere: entry.elsewhere.map(Seconds::duration).filter(|elsewhere| !elsewhere.is_zero()),
        recycle: entry.recycle.map(Minutes::duration).filter(|recycle| !recycle.is_zero()),
        visibility_lag: entry.visibility_lag.map(Seconds::duration).unwrap_or_default(),
        window: entry.window.unwrap_or_default(),
        hides_folders: entry.hides_folders.unwrap_or_default(),
        folders: entry.folders.unwrap_or_default().into_iter().map(|(name, role)| (name, role.0)).collect(),
        max_command: entry.max_command.filter(|bytes| *bytes > 0),
        sent: entry.sent.unwrap_or_default(),
        append_limit: entry.append_limit,
        moves: entry.moves,
        creates_folders: entry.creates_folders,
        searches_text: entry.searches_text,
        verified: entry.verified.unwrap_or_default(),
    })
}

/// Names of machines and domains, in lower case.
fn lower(names: Option<&[String]>, key: &str, star: bool) -> Result<Vec<String>, String> {
    let names = names.unwrap_or_default();
    plain(key, names.iter().map(String::as_str), names.len())?;
    names
        .iter()
        .map(|name| {
            let bare = if star { name.strip_prefix('*').unwrap_or(name) } else { name };
            // A pattern for a whole top-level domain, or for everything, would catch strangers.
            let long = bare.trim_start_matches('.').split('.').filter(|label| !label.is_empty()).count() >= 2;
            let odd = |c: char| c.is_whitespace() || "@*:/".contains(c);
            if long && !bare.contains(odd) {
                Ok(name.to_lowercase())
            } else {
                Err(format!("`{key}`: `{name}` is not the name of a domain, as in example.com"))
            }
        })
        .collect()
}

/// Short, and without anything that moves a cursor.
fn plain<'a>(key: &str, said: impl IntoIterator<Item = &'a str>, count: usize) -> Result<(), String> {
    if count > LONGEST {
        return Err(format!("`{key}` has more than {LONGEST} items"));
    }
    let odd = |said: &str| said.len() > WIDEST || said.chars().any(char::is_control);
    if said.into_iter().any(odd) {
        return Err(format!("`{key}` has a text of several lines, or of more than {WIDEST} bytes"));
    }
    Ok(())
}
