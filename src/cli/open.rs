//! What `hongyan open` needs from the command line's side: what lies at the path, before the screen is taken.

use std::io::ErrorKind;
use std::path::Path;

use super::ground::Ground;
use super::output::Ending;
use super::sentences;
use crate::files::Source;

pub fn source(ground: &Ground, path: &Path) -> Result<Source, Ending> {
    Source::open(path).map_err(|error| {
        Ending::because(match error.kind() {
            ErrorKind::InvalidInput => sentences::files::nothing_to_open(ground.tongue, path),
            _ => sentences::not_a_message(ground.tongue, &path.to_string_lossy(), &error.to_string()),
        })
    })
}

/// What it is called on the screen.
pub fn name(path: &Path) -> String {
    let whole = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    whole.file_name().unwrap_or(whole.as_os_str()).to_string_lossy().into_owned()
}
