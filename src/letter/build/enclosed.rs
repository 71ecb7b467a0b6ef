//! What goes into a message: its text, and the files that go along.

use super::{Facts, Trouble};
use crate::letter::parts::{File, Part};
use crate::model::{Draft, Enclosed};
use crate::text::SafeFileName;

/// Everything below the head.
pub(super) fn parts<'a>(draft: &Draft, facts: &Facts<'a>) -> Result<Part<'a>, Trouble> {
    let mut all = vec![Part::text("text/plain", &draft.body)];
    for file in &draft.files {
        all.push(Part::File(opened(file, None, facts)?));
    }
    Ok(Part::together("multipart/mixed", all))
}

fn opened<'a>(file: &Enclosed, content_id: Option<String>, facts: &Facts<'a>) -> Result<File<'a>, Trouble> {
    let name = SafeFileName::of(&file.name);
    match facts.held.open(&file.from) {
        Ok(from) => Ok(File { name, kind: kind(&file.kind), content_id, size: file.size, from }),
        Err(error) => Err(Trouble::File { name, why: error.kind() }),
    }
}

/// A type that can be written; what has a form of its own is only bytes here.
fn kind(said: &str) -> String {
    let kind = said.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let is_token = |part: &str| {
        (1..=100).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphanumeric() || b"!#$&^_.+-".contains(&b))
    };
    match kind.split_once('/') {
        Some((main, sub)) if is_token(main) && is_token(sub) && !matches!(main, "multipart" | "message") => kind,
        _ => "application/octet-stream".to_owned(),
    }
}
