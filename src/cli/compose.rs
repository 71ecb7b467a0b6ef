//! `hongyan compose` beside a hongyan that is open: what was begun on the command line goes on there.

use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::attach::{self, Work};
use super::ground::{Ground, no_place};
use super::keep::hand_over as ask;
use super::output::{Ending, aside};
use super::send::Kept;
use super::sentences;
pub use crate::model::Ordered;
use crate::model::{Draft, Failure, FailureKind, clock};
use crate::store::ProfileLock;

/// A command that has the profile takes a while; behind it the message opens here.
const PATIENCE: Duration = Duration::from_secs(10);
/// Whoever waits longer is told what for.
const SILENCE: Duration = Duration::from_millis(700);
const LOOK_EVERY: Duration = Duration::from_millis(20);
/// Bytes; no command line holds more.
const LARGEST: u64 = 8 * 1024 * 1024;
const MOST_FILES: usize = 200;

/// What a command line says of a message.
#[derive(Serialize, Deserialize)]
struct Begun {
    to: String,
    cc: String,
    bcc: String,
    subject: String,
    body: String,
    files: Vec<PathBuf>,
}

/// Hands it to the hongyan that has the profile. It comes back if there is none: then it opens here.
pub fn hand_over(ground: &Ground, begun: Ordered) -> Result<Option<Ordered>, Ending> {
    ground.paths.prepare().map_err(|problem| no_place(ground.tongue, &problem))?;
    let began = clock::instant();
    let mut told = false;
    loop {
        if let Ok(line) = attach::connect(&ground.paths.socket()) {
            let file = Kept::write(&ground.paths.profile, &written(&begun)?)?;
            ask(ground, line, &Work::Compose { file: file.path().to_owned() })?;
            aside(&sentences::outbox::opened_there(ground.tongue));
            return Ok(None);
        }
        // It is given back at once: the screen takes it as always.
        if ProfileLock::take(&ground.paths.profile)?.is_some() || began.elapsed() >= PATIENCE {
            return Ok(Some(begun));
        }
        if !told && began.elapsed() >= SILENCE {
            told = true;
            aside(&sentences::outbox::waits_for_the_other(ground.tongue));
        }
        std::thread::sleep(LOOK_EVERY);
    }
}

fn written(begun: &Ordered) -> Result<Vec<u8>, Ending> {
    let Ordered { draft: Draft { to, cc, bcc, subject, body, .. }, files } = begun.clone();
    // The other one stands in another folder.
    let files = files.into_iter().map(|file| std::path::absolute(&file).unwrap_or(file)).collect();
    let begun = Begun { to, cc, bcc, subject, body, files };
    serde_json::to_vec(&begun).map_err(|error| Ending::because(error.to_string()))
}

/// What was handed over.
pub fn read(file: &Path) -> Result<Ordered, Failure> {
    let failed = |said: &str| Failure::lasting(FailureKind::Gone, &file.display().to_string(), said);
    let mut bytes = Vec::new();
    let opened = File::open(file).map_err(|error| failed(&error.to_string()))?;
    opened.take(LARGEST).read_to_end(&mut bytes).map_err(|error| failed(&error.to_string()))?;
    let begun: Begun = serde_json::from_slice(&bytes).map_err(|error| failed(&error.to_string()))?;
    let Begun { to, cc, bcc, subject, body, mut files } = begun;
    files.truncate(MOST_FILES);
    Ok(Ordered { draft: Draft { to, cc, bcc, subject, body, ..Draft::default() }, files })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_handed_over_arrives_as_it_was() {
        let draft = Draft {
            to: "李静 <li@example.com>".into(),
            cc: "a@example.com".into(),
            bcc: "b@example.com".into(),
            subject: "\u{1b}[2J会议".into(),
            body: "第一行\n\n第三行".repeat(20_000),
            ..Draft::default()
        };
        let begun = Ordered { draft, files: vec![PathBuf::from("notes.txt"), PathBuf::from("/a b/图.png")] };
        let home = tempfile::tempdir().unwrap();
        let file = home.path().join("draft");
        std::fs::write(&file, written(&begun).unwrap()).unwrap();
        let read = read(&file).unwrap();
        assert_eq!(read.draft, begun.draft);
        assert_eq!(read.files, [std::path::absolute("notes.txt").unwrap(), PathBuf::from("/a b/图.png")]);
        std::fs::write(&file, b"{}").unwrap();
        assert_eq!(super::read(&file).unwrap_err().kind, FailureKind::Gone);
    }
}
