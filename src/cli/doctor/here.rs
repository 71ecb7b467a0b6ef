//! What can be seen without a network: settings, folders, keys, programs, keyring, terminal.

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use super::fact::{Colours, Fact, Keyring, Opens, Profile, Settings};
use super::keys::WrongKey;
use super::terminal;
use crate::cli::attach;
use crate::cli::command_line::split;
use crate::cli::ground::Ground;
use crate::config::{Env, SecretSource, secret};
use crate::model::FailureKind;
use crate::store::Reader;

/// A keyring that takes longer than this is of no use.
const PATIENCE: Duration = Duration::from_secs(2);
/// What systems have to show something.
const SYSTEMS: [&str; 4] = ["xdg-open", "open", "wslview", "termux-open"];

/// Tells everything, one after the other. `wrong` is what could not be read of the settings.
pub(super) fn look(ground: &Ground, wrong: Option<String>, keys: Vec<WrongKey>, mut tell: impl FnMut(Fact)) {
    tell(Fact::Program { system: std::env::consts::OS, machine: std::env::consts::ARCH });
    let file = ground.paths.config.display().to_string();
    tell(Fact::Settings(match wrong {
        Some(said) => Settings::Wrong { said },
        None if ground.paths.config.exists() => Settings::Read { file, accounts: ground.config.accounts.len() },
        None => Settings::Absent { file },
    }));
    profile(ground).into_iter().for_each(&mut tell);
    if keys.is_empty() {
        tell(Fact::Keys(None));
    }
    for wrong in keys {
        tell(Fact::Keys(Some(wrong)));
    }
    let openers = &ground.config.openers;
    tell(Fact::Opener { what: Opens::Web, program: opener(&ground.env, &openers.web, true) });
    tell(Fact::Opener { what: Opens::File, program: opener(&ground.env, &openers.file, false) });
    let needed = ground.config.accounts.iter().any(|account| account.secret == SecretSource::Keyring);
    tell(Fact::Keyring { answer: keyring(), needed });
    tell(Fact::Terminal { name: ground.env.term.clone(), colours: colours(&ground.env) });
    let name = ground.env.characters.clone();
    let utf8 = name.as_deref().is_some_and(is_utf8);
    tell(Fact::Locale { name, utf8 });
    tell(Fact::Width(terminal::width()));
}

fn profile(ground: &Ground) -> Vec<Fact> {
    let folder = &ground.paths.profile;
    let shown = folder.display().to_string();
    let wrong = |said: String| Profile::Wrong { said };
    let there = nearest(folder);
    let writable = rustix::fs::access(&there, rustix::fs::Access::WRITE_OK | rustix::fs::Access::EXEC_OK);
    let found = match std::fs::metadata(folder) {
        Err(_) if writable.is_ok() => Profile::Absent { folder: shown.clone() },
        Ok(about) if !about.is_dir() => wrong(format!("{shown}: not a folder")),
        Ok(about) if about.permissions().mode() & 0o077 != 0 => wrong(format!("{shown}: others may look into it")),
        Ok(_) if writable.is_ok() => match Reader::find(folder) {
            Err(error) => {
                wrong(format!("{shown}: {}", crate::cli::sentences::failure(ground.tongue, &error.failure())))
            }
            Ok(_) if attach::connect(&ground.paths.socket()).is_ok() => Profile::Open { folder: shown.clone() },
            Ok(_) => Profile::Good { folder: shown.clone() },
        },
        _ => wrong(match writable {
            Err(error) => format!("{shown}: {error}"),
            Ok(()) => shown.clone(),
        }),
    };
    let free = rustix::fs::statvfs(&there).ok().map(|about| about.f_bavail.saturating_mul(about.f_frsize));
    std::iter::once(Fact::Profile(found)).chain(free.map(Fact::Space)).collect()
}

/// The folder itself, or the one in which it would be made.
fn nearest(folder: &Path) -> PathBuf {
    folder.ancestors().find(|folder| folder.exists()).map_or_else(|| folder.to_owned(), Path::to_owned)
}

/// The program that would be started.
fn opener(env: &Env, own: &str, for_the_web: bool) -> Option<String> {
    let first = |command: &str| split(command).ok().and_then(|words| words.into_iter().next());
    let browsers = env.browser.as_deref().filter(|_| for_the_web).unwrap_or_default().split(':');
    let wanted = std::iter::once(own).chain(browsers).filter_map(first);
    wanted.chain(SYSTEMS.map(str::to_owned)).find(|program| env.handed_on.has(program))
}

/// Asks for something that is not there.
fn keyring() -> Keyring {
    let (tell, told) = mpsc::channel();
    let asked = thread::Builder::new().name("keyring".to_owned()).spawn(move || {
        // Nobody waits for an answer that comes too late.
        let _ = tell.send(secret::ask_keyring());
    });
    if asked.is_err() {
        return Keyring::Silent;
    }
    match told.recv_timeout(PATIENCE) {
        Ok(Ok(())) => Keyring::Answers,
        Ok(Err(failure)) if failure.kind == FailureKind::Offline => Keyring::Absent,
        Ok(Err(failure)) if failure.kind == FailureKind::Refused => Keyring::Locked,
        Ok(Err(failure)) => Keyring::Failed(failure.said.into_string()),
        Err(_) => Keyring::Silent,
    }
}

fn colours(env: &Env) -> Colours {
    match env.colorterm.as_deref() {
        _ if env.no_color || env.term.as_deref().is_none_or(|term| matches!(term, "dumb" | "vt100" | "vt220")) => {
            Colours::None
        }
        Some("truecolor" | "24bit") => Colours::All,
        _ => Colours::Some,
    }
}

fn is_utf8(locale: &str) -> bool {
    let locale = locale.to_ascii_lowercase();
    locale.contains("utf-8") || locale.contains("utf8")
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::OpenOptionsExt as _;

    use super::*;

    #[test]
    fn a_locale_names_its_characters() {
        for (locale, is) in [("zh_CN.UTF-8", true), ("C.utf8", true), ("zh_CN.GBK", false), ("POSIX", false)] {
            assert_eq!(is_utf8(locale), is, "{locale}");
        }
    }

    #[test]
    fn the_first_program_that_is_there_opens() {
        let folder = tempfile::tempdir().unwrap();
        for (name, mode) in [("links", 0o755), ("xdg-open", 0o755), ("firefox", 0o644)] {
            std::fs::OpenOptions::new()
                .create(true)
                .write(true)
                .truncate(false)
                .mode(mode)
                .open(folder.path().join(name))
                .unwrap();
        }
        let env = |browser: &str| {
            let path = format!("/nowhere:{}", folder.path().display());
            Env::of([("PATH".into(), path.into()), ("BROWSER".into(), browser.into())])
        };
        let own = folder.path().join("links").display().to_string();
        for (browser, own, web, file) in [
            ("firefox:links", "", "links", Some("xdg-open")),
            ("", "w3m -dump", "xdg-open", Some("xdg-open")),
            ("", own.as_str(), own.as_str(), Some(own.as_str())),
        ] {
            assert_eq!(opener(&env(browser), own, true).as_deref(), Some(web));
            assert_eq!(opener(&env(browser), own, false).as_deref(), file);
        }
        assert_eq!(opener(&Env::of([("PATH".into(), "/nowhere".into())]), "", true), None);
    }
}
