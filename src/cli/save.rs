//! `hongyan save-attachments`: the files of a message, each into a new file of a folder.

use std::io;

use serde::Serialize;

use super::arguments::SaveAttachments;
use super::ground::Ground;
use super::letter::{Letter, sha256};
use super::output::{Ending, Out, aside};
use super::sentences;
use crate::files::{self, Folder};

#[derive(Serialize)]
struct Saved<'a> {
    name: &'a str,
    path: String,
    r#type: &'a str,
    size: u64,
    sha256: String,
}

const AT_A_TIME: usize = 32;

pub(super) fn save(ground: &Ground, asked: &SaveAttachments) -> Result<(), Ending> {
    let tongue = ground.tongue;
    let letter = Letter::find(ground, &asked.what)?;
    let attachments =
        letter.attachments().ok_or_else(|| Ending::because(sentences::files::not_taken_apart(tongue).to_owned()))?;
    let mut out = Out::new();
    if attachments.is_empty() {
        aside(sentences::files::no_attachments(tongue));
        if asked.json {
            out.json(&[(); 0])?;
        }
        return out.end();
    }
    let not_saved =
        |what: &str, error: &io::Error| sentences::files::not_saved(tongue, what, error.kind(), &error.to_string());
    let folder = Folder::named(&asked.folder)
        .map_err(|error| Ending::because(not_saved(&asked.folder.to_string_lossy(), &error)))?;
    let (mut saved, mut failed) = (Vec::new(), Vec::new());
    // Some at a time: not all of them have to be in memory.
    let held = attachments.chunks(AT_A_TIME).flat_map(|some| {
        let parts = letter.parts(some.iter().map(|attachment| attachment.part).collect());
        some.iter().zip(parts)
    });
    for (attachment, bytes) in held {
        let name = files::named(&attachment.name, &attachment.kind);
        let Some(bytes) = bytes else {
            failed.push(sentences::files::part_unreadable(tongue, name.as_str()));
            continue;
        };
        match files::save(&folder, &name, bytes.as_slice()) {
            Ok(path) => saved.push(Saved {
                name: attachment.name.as_untrusted(),
                path: path.to_string_lossy().into_owned(),
                r#type: attachment.kind.as_untrusted(),
                size: u64::try_from(bytes.len()).unwrap_or(u64::MAX),
                sha256: sha256(&bytes),
            }),
            Err(error) => {
                failed.push(not_saved(&folder.path().join(name.as_str()).to_string_lossy(), &error));
                // A full disk and a folder that cannot be written to are met by the next one too.
                if error.kind() != io::ErrorKind::AlreadyExists {
                    break;
                }
            }
        }
    }
    if asked.json {
        out.json(&saved)?;
    } else {
        for one in &saved {
            out.line(&one.path)?;
        }
    }
    out.end()?;
    if failed.is_empty() { Ok(()) } else { Err(Ending::Failed(failed)) }
}
