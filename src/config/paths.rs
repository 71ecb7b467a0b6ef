//! Where things are, and making the folders so that nobody else can look into them.

use std::fs::{DirBuilder, Permissions};
use std::io::ErrorKind;
use std::os::unix::fs::{DirBuilderExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use super::env::Env;
use crate::text::SafeText;

/// What the command line says about places.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Given {
    /// `--config FILE`
    pub config: Option<PathBuf>,
    /// `--profile FOLDER`
    pub profile: Option<PathBuf>,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Paths {
    /// config.toml.
    pub config: PathBuf,
    /// Everything that hongyan keeps: the store, secrets in files.
    pub profile: PathBuf,
    /// Where the socket of a running hongyan is.
    pub runtime: PathBuf,
}

/// Why there is no place to work in.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum PathProblem {
    #[error("HOME is not set: set it, or set HONGYAN_HOME to a folder for hongyan")]
    NoHome,
    #[error("{variable} is `{value}`, which does not begin with /: set it to a whole path")]
    Relative { variable: &'static str, value: SafeText },
    #[error("the folder {folder} cannot be made: {said}; set HONGYAN_HOME to a folder that can be written")]
    NotMade { folder: SafeText, said: SafeText },
    #[error("{folder} is not a folder")]
    NotAFolder { folder: SafeText },
    #[error("others may look into the folder {folder}: run chmod 700 on it, or name another")]
    Open { folder: SafeText },
    #[error("the folder {folder} cannot be written: {said}")]
    NotWritable { folder: SafeText, said: SafeText },
}

impl Paths {
    /// Decides where things are; touches nothing.
    pub fn find(given: &Given, env: &Env) -> Result<Self, PathProblem> {
        let standard = match (&env.hongyan_home, &given.config, &given.profile) {
            (Some(home), ..) => {
                let home = whole("HONGYAN_HOME", home)?;
                Self { config: home.join("config.toml"), profile: home.join("data"), runtime: home.join("run") }
            }
            // Both are named, so nobody needs a home.
            (None, Some(config), Some(profile)) => {
                Self { config: config.clone(), profile: profile.clone(), runtime: profile.join("run") }
            }
            (None, ..) => Self::of_the_system(env)?,
        };
        let absolute = |path: &PathBuf| std::path::absolute(path).unwrap_or_else(|_| path.clone());
        Ok(Self {
            config: absolute(given.config.as_ref().unwrap_or(&standard.config)),
            runtime: absolute(&given.profile.as_ref().map_or(standard.runtime, |profile| profile.join("run"))),
            profile: absolute(given.profile.as_ref().unwrap_or(&standard.profile)),
        })
    }

    fn of_the_system(env: &Env) -> Result<Self, PathProblem> {
        whole("HOME", env.home.as_deref().ok_or(PathProblem::NoHome)?)?;
        let folders = directories::ProjectDirs::from("", "", "hongyan").ok_or(PathProblem::NoHome)?;
        let profile = folders.data_dir().to_owned();
        Ok(Self {
            config: folders.config_dir().join("config.toml"),
            runtime: folders.runtime_dir().map_or_else(|| profile.join("run"), Path::to_owned),
            profile,
        })
    }

    /// Makes the folder of the profile, for its owner alone whatever the umask says.
    pub fn prepare(&self) -> Result<(), PathProblem> {
        private_folder(&self.profile)
    }

    /// The same for the folder of the socket. It is apart because one can read mail without it, and because
    /// `XDG_RUNTIME_DIR` often belongs to somebody else after `su`.
    pub fn prepare_runtime(&self) -> Result<(), PathProblem> {
        private_folder(&self.runtime)
    }

    /// Passwords of accounts with `secret = "file"`.
    pub fn secrets(&self) -> PathBuf {
        self.profile.join("secrets")
    }

    /// What was said on the connections.
    pub fn protocol_log(&self) -> PathBuf {
        self.profile.join("protocol.log")
    }

    pub fn socket(&self) -> PathBuf {
        self.runtime.join("socket")
    }
}

fn whole<'a>(variable: &'static str, path: &'a Path) -> Result<&'a Path, PathProblem> {
    if path.is_absolute() {
        Ok(path)
    } else {
        Err(PathProblem::Relative { variable, value: SafeText::of(&path.to_string_lossy()) })
    }
}

/// Makes a folder with mode 0700, or makes sure that an existing one has it. A folder with things in it that others may
/// look into is refused: it was probably not meant to be a profile, and its mode is not ours to change.
pub(super) fn private_folder(folder: &Path) -> Result<(), PathProblem> {
    let name = || SafeText::of(&folder.to_string_lossy());
    let not_made =
        |error: std::io::Error| PathProblem::NotMade { folder: name(), said: SafeText::of(&error.to_string()) };
    if let Some(parent) = folder.parent() {
        DirBuilder::new().recursive(true).mode(0o700).create(parent).map_err(not_made)?;
    }
    let only_mine = || std::fs::set_permissions(folder, Permissions::from_mode(0o700)).map_err(not_made);
    match DirBuilder::new().mode(0o700).create(folder) {
        Ok(()) => only_mine()?,
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            let about = std::fs::metadata(folder).map_err(not_made)?;
            if !about.is_dir() {
                return Err(PathProblem::NotAFolder { folder: name() });
            }
            if about.permissions().mode() & 0o077 != 0 {
                if std::fs::read_dir(folder).map_err(not_made)?.next().is_some() {
                    return Err(PathProblem::Open { folder: name() });
                }
                only_mine()?;
            }
        }
        Err(error) => return Err(not_made(error)),
    }
    rustix::fs::access(folder, rustix::fs::Access::WRITE_OK | rustix::fs::Access::EXEC_OK).map_err(|error| {
        PathProblem::NotWritable { folder: name(), said: SafeText::of(&std::io::Error::from(error).to_string()) }
    })
}

#[cfg(test)]
mod tests;
