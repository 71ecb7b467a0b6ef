//! What is said in the end: a line for each trouble, and the same for programs.

use serde::Serialize;

use super::super::arguments::Sync;
use super::super::attach::Heard;
use super::super::failed::Failed;
use super::super::find;
use super::super::ground::Ground;
use super::super::output::{Ending, Out};
use super::super::sentences;
use crate::config::Account;
use crate::i18n::Language;
use crate::model::{Failure, FailureKind};

/// How it went for one account.
#[derive(Default)]
pub(super) struct End {
    pub(super) account: String,
    pub(super) troubles: Vec<Trouble>,
    /// The names of its folders, if the one that was asked for is not among them.
    pub(super) without: Option<Vec<String>>,
    /// It got as far as knowing the folders.
    pub(super) looked: bool,
}

pub(super) struct Trouble {
    pub(super) sentence: String,
    pub(super) failure: Failure,
}

impl Trouble {
    pub(super) fn of(tongue: Language, failure: Failure) -> Self {
        Self { sentence: sentences::failure(tongue, &failure), failure }
    }
}

/// The end of an account as JSON.
#[derive(Serialize)]
struct Told<'a> {
    account: &'a str,
    troubles: Vec<Failed<'a>>,
}

pub(super) fn of_all(ground: &Ground, asked: &Sync, mut ends: Vec<End>) -> Result<(), Ending> {
    let mut lines = Vec::new();
    let nowhere = ends.iter().all(|end| end.without.is_some() || !end.looked) && ends.iter().any(|end| end.looked);
    if let (true, Some(folder)) = (nowhere, &asked.folder) {
        let names = || ends.iter().filter_map(|end| end.without.as_ref()).flatten().map(String::as_str);
        let sentence = sentences::unknown_folder(ground.tongue, folder, &find::near(folder, names()));
        lines.push(sentence.clone());
        for end in ends.iter_mut().filter(|end| end.without.is_some()) {
            let failure = Failure::lasting(FailureKind::Gone, folder, "");
            end.troubles.insert(0, Trouble { sentence: sentence.clone(), failure });
        }
    }
    for End { account, troubles, without, .. } in &ends {
        let said = usize::from(nowhere && without.is_some() && asked.folder.is_some());
        lines.extend(troubles.iter().skip(said).map(|trouble| format!("{account}: {}", trouble.sentence)));
    }
    tell(asked, &ends)?;
    if lines.is_empty() { Ok(()) } else { Err(Ending::Failed(lines)) }
}

/// What the hongyan that has the profile has told.
pub(super) fn of_the_other(ground: &Ground, asked: &Sync, accounts: &[&Account], heard: Heard) -> Result<(), Ending> {
    let mut ends: Vec<End> =
        accounts.iter().map(|account| End { account: account.name.clone(), ..End::default() }).collect();
    let mut lines = Vec::new();
    for (account, failure) in heard.troubles {
        let trouble = Trouble::of(ground.tongue, failure);
        lines.push(format!("{account}: {}", trouble.sentence));
        match ends.iter_mut().find(|end| end.account == account) {
            Some(end) => end.troubles.push(trouble),
            None => ends.push(End { account, troubles: vec![trouble], ..End::default() }),
        }
    }
    tell(asked, &ends)?;
    if lines.is_empty() { Ok(()) } else { Err(Ending::Failed(lines)) }
}

fn tell(asked: &Sync, ends: &[End]) -> Result<(), Ending> {
    if !asked.json {
        return Ok(());
    }
    let told: Vec<Told<'_>> = ends
        .iter()
        .map(|end| Told {
            account: &end.account,
            troubles: end.troubles.iter().map(|trouble| Failed::of(&trouble.failure, &trouble.sentence)).collect(),
        })
        .collect();
    let mut out = Out::new();
    out.json(&told)?;
    out.flush()
}
