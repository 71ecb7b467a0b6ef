//! The message that a command is about: out of a file, the standard input, or the store. A body that is not here yet is
//! fetched.

use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use sha2::{Digest as _, Sha256};

use super::fetch::fetch;
use super::ground::Ground;
use super::output::Ending;
use super::sentences;
use crate::decoding::{self, Addressee, PATIENCE, within};
use crate::model::{Attachment, BodyState, Failure, FailureKind, PartId, PlacementId, Readable, Reading, Row, SHOWN};
use crate::store::{Encodings, Reader, StoreError};

/// No message is larger.
const LARGEST: u64 = 512 * 1024 * 1024;

/// Looking through a whole message for its files may take longer than showing its text.
const FOR_FILES: Duration = Duration::from_secs(30);

/// Every byte of a message.
#[derive(Clone)]
pub(super) struct Letter {
    raw: Arc<Vec<u8>>,
    reading: Reading,
    addressee: Arc<Addressee>,
    /// No server has it any more.
    pub(super) only_here: bool,
}

impl Letter {
    pub(super) fn find(ground: &Ground, what: &OsStr) -> Result<Self, Ending> {
        if what == "-" {
            return of(ground, Path::new("-"), io::stdin().lock());
        }
        match id(what) {
            Some(placement) => of_store(ground, placement),
            None => of_file(ground, Path::new(what)),
        }
    }

    pub(super) fn of_bytes(raw: Vec<u8>) -> Self {
        Self { raw: Arc::new(raw), reading: Reading::default(), addressee: Arc::default(), only_here: false }
    }

    pub(super) fn raw(&self) -> &[u8] {
        &self.raw
    }

    /// What a person reads. A message that breaks its decoder, or keeps it busy, is shown as it is.
    pub(super) fn readable(&self) -> Readable {
        let letter = self.clone();
        let readable = within(PATIENCE, move || decoding::beginning(&letter.raw, &letter.reading, &letter.addressee));
        let mut readable = readable.unwrap_or_else(|| decoding::as_it_is(self.beginning()));
        if self.raw.len() > SHOWN
            && let Some(all) = self.attachments()
        {
            readable.attachments = all;
        }
        readable
    }

    /// The files in it, of the whole message.
    pub(super) fn attachments(&self) -> Option<Vec<Attachment>> {
        decoding::files(&self.raw, FOR_FILES)
    }

    /// What a part holds.
    pub(super) fn part(&self, part: PartId) -> Option<Vec<u8>> {
        let letter = self.clone();
        within(FOR_FILES, move || decoding::part(&letter.raw, part)).flatten()
    }

    /// What each of these parts holds, the message taken apart once.
    pub(super) fn parts(&self, parts: Vec<PartId>) -> Vec<Option<Vec<u8>>> {
        let (letter, count) = (self.clone(), parts.len());
        let held = move || {
            let mut held = Vec::with_capacity(parts.len());
            decoding::each_part(&letter.raw, &parts, |_, bytes| held.push(bytes.map(std::borrow::Cow::into_owned)));
            held
        };
        within(FOR_FILES, held).unwrap_or_else(|| vec![None; count])
    }

    /// A hash of what each of these parts holds; none of those that cannot be read, or not in time.
    pub(super) fn hashes(&self, parts: Vec<PartId>) -> Vec<Option<String>> {
        let (letter, count) = (self.clone(), parts.len());
        let hashed = move || {
            let mut hashes = Vec::with_capacity(parts.len());
            decoding::each_part(&letter.raw, &parts, |_, bytes| hashes.push(bytes.map(|bytes| sha256(&bytes))));
            hashes
        };
        within(FOR_FILES, hashed).unwrap_or_else(|| vec![None; count])
    }

    /// The pages that it shows, each with its text.
    pub(super) fn pages(&self) -> Vec<(PartId, String)> {
        let letter = self.clone();
        within(PATIENCE, move || decoding::pages(letter.beginning())).unwrap_or_default()
    }

    /// All fields of its head.
    pub(super) fn fields(&self) -> Vec<decoding::Field> {
        let letter = self.clone();
        within(PATIENCE, move || decoding::fields(letter.beginning())).unwrap_or_default()
    }

    fn beginning(&self) -> &[u8] {
        self.raw.get(..SHOWN).unwrap_or(&self.raw)
    }
}

/// The hash that other programs tell files apart by, in hexadecimal digits.
pub(super) fn sha256(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    Sha256::digest(bytes).iter().fold(String::with_capacity(64), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// A number is an id; a file that is called so is `./17`.
pub(super) fn id(what: &OsStr) -> Option<PlacementId> {
    let digits = what.to_str().filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()))?;
    digits.parse().ok().map(PlacementId)
}

fn of_file(ground: &Ground, path: &Path) -> Result<Letter, Ending> {
    let file = File::open(path).map_err(|error| unreadable(ground, path, &error))?;
    of(ground, path, file)
}

fn of(ground: &Ground, path: &Path, from: impl Read) -> Result<Letter, Ending> {
    let mut raw = Vec::new();
    from.take(LARGEST + 1).read_to_end(&mut raw).map_err(|error| unreadable(ground, path, &error))?;
    if u64::try_from(raw.len()).unwrap_or(u64::MAX) > LARGEST {
        return Err(Ending::because(sentences::files::too_large(ground.tongue, path)));
    }
    Ok(Letter::of_bytes(raw))
}

fn unreadable(ground: &Ground, path: &Path, error: &io::Error) -> Ending {
    Ending::because(sentences::not_a_message(ground.tongue, &path.to_string_lossy(), &error.to_string()))
}

fn of_store(ground: &Ground, placement: PlacementId) -> Result<Letter, Ending> {
    let gone = || ground.failed(&Failure::lasting(FailureKind::Gone, "", ""));
    let reader = ground.reader()?.ok_or_else(gone)?;
    let row = row(ground, &reader, placement)?.ok_or_else(gone)?;
    let only_here = row.only_here;
    match kept(&reader, &row) {
        Ok(Some(raw)) => return Ok(of_account(ground, &reader, placement, raw, only_here)),
        Ok(None) if only_here => return Err(ground.failed(&Failure::lasting(FailureKind::Unlisted, "", ""))),
        // What cannot be unpacked can be had again from the server.
        Err(error) if only_here || !matches!(error, StoreError::Damaged(_) | StoreError::Io(_)) => {
            return Err(ground.stored(&error));
        }
        Ok(None) | Err(_) => {}
    }
    drop(reader);
    if let Some((_, failure)) = fetch(ground, &[placement])?.pop() {
        return Err(ground.failed(&failure));
    }
    let reader = ground.reader()?.ok_or_else(gone)?;
    let row = self::row(ground, &reader, placement)?.ok_or_else(gone)?;
    let raw = kept(&reader, &row).map_err(|error| ground.stored(&error))?.ok_or_else(gone)?;
    Ok(of_account(ground, &reader, placement, raw, only_here))
}

/// With what is known of the account, and of what the user chose for its sender.
fn of_account(ground: &Ground, reader: &Reader, placement: PlacementId, raw: Vec<u8>, only_here: bool) -> Letter {
    let id = reader.account_of(placement).ok().flatten();
    let names = reader.accounts().unwrap_or_default();
    let name = names.iter().find(|(known, _)| Some(*known) == id).map(|(_, name)| name.as_str());
    let addressee = name
        .and_then(|name| ground.config.account(name))
        .map(|account| Addressee::new(&account.vouchers.names, account.vouchers.guessed, &account.address));
    let chosen = Encodings::open(&ground.paths.profile).ok().flatten().and_then(|chosen| {
        let headers = decoding::headers(&raw);
        chosen.of(headers.from.first()?.address.as_untrusted()).ok()?
    });
    let charset = chosen.and_then(|chosen| decoding::known_charsets().iter().find(|known| **known == chosen).copied());
    let reading = Reading { charset, ..Reading::default() };
    Letter { raw: Arc::new(raw), reading, addressee: Arc::new(addressee.unwrap_or_default()), only_here }
}

fn row(ground: &Ground, reader: &Reader, placement: PlacementId) -> Result<Option<Row>, Ending> {
    let rows = reader.rows(&[placement]).map_err(|error| ground.stored(&error))?;
    Ok(rows.into_iter().next())
}

/// Every byte of a message, if it is here.
pub(super) fn kept(reader: &Reader, row: &Row) -> Result<Option<Vec<u8>>, StoreError> {
    match row.body {
        BodyState::Here => Ok(reader.whole_body(row.message)?.map(crate::store::WholeBody::bytes).transpose()?),
        BodyState::Absent => Ok(None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_is_the_one_of_everybody() {
        assert_eq!(sha256(b"abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        let letter = Letter::of_bytes(b"Content-Type: x/y\r\n\r\nabc".to_vec());
        assert_eq!(letter.hashes(vec![PartId(0), PartId(7)]), [Some(sha256(b"abc")), None]);
    }

    #[test]
    fn a_number_is_an_id() {
        for (what, placement) in [("17", Some(17)), ("./17", None), ("17.eml", None), ("", None), ("-1", None)] {
            assert_eq!(id(OsStr::new(what)), placement.map(PlacementId), "{what}");
        }
    }
}
