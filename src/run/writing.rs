//! What a draft asks for, done beside the loop: kept, answered, sent, and what it needs of the file system. Whatever comes of
//! it is told to the loop.

mod answering;
mod editor;
mod enclosing;
mod outbox;
mod sending;
mod templates;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::Instant;

use super::inbox::Input;
use super::sending::Post;
use super::setup::Setup;
use crate::app::Event;
use crate::app::compose::{KeptDraft, Sender, Tidings};
use crate::config::{self, Account};
use crate::i18n::{Language, Words, fill};
use crate::letter::{self, Identity, Mailbox, Phrases};
use crate::model::{AccountId, Draft, DraftId, Failure, FailureKind, OutgoingId, Takes, Timestamp, clock};
use crate::proc::Environment;
use crate::store::{OwnReader, OwnWriter, TakenBack};
use crate::text::SafeText;

pub(super) use answering::Asked;
pub(super) use editor::Edited;
pub(super) use sending::Wanted;

/// Drafts that the list shows.
const MOST_DRAFTS: usize = 500;

/// The desk where drafts are looked after.
#[derive(Debug)]
pub(super) struct Writing {
    means: Arc<Means>,
    tell: mpsc::UnboundedSender<Input>,
    /// What is being done. The end waits for it.
    work: JoinSet<()>,
    /// What is only looked for. Nobody waits for the network when the program ends.
    search: JoinSet<()>,
    post: Post,
    /// Texts that came back from an editor, whose files go when the draft has them.
    returned: Vec<Edited>,
}

#[derive(Debug)]
struct Means {
    /// `None` where nothing may be changed.
    own: Option<OwnWriter>,
    profile: PathBuf,
    /// Where what messages can begin with lies.
    templates: PathBuf,
    home: Option<PathBuf>,
    /// With the terminal in it: who is in front may ask there.
    environment: Environment,
    /// `VISUAL` or `EDITOR`.
    editor: Option<String>,
    settings: config::Compose,
    accounts: Vec<Account>,
    ids: Vec<(AccountId, String)>,
    phrases: &'static Phrases,
    troubles: BTreeMap<String, String>,
}

impl Writing {
    pub(super) fn new(
        setup: &Setup,
        words: &Words,
        ids: &[(AccountId, String)],
        own: Option<OwnWriter>,
        tell: mpsc::UnboundedSender<Input>,
    ) -> Self {
        let means = Means {
            own,
            profile: setup.paths.profile.clone(),
            templates: setup.paths.config.with_file_name("templates"),
            home: setup.env.home.clone(),
            environment: setup.env.in_front(),
            editor: setup.env.editor.clone(),
            settings: setup.config.compose.clone(),
            accounts: setup.config.accounts.clone(),
            ids: ids.to_vec(),
            phrases: match setup.language {
                Language::ZhCn => &letter::CHINESE,
                Language::En => &letter::ENGLISH,
            },
            troubles: words.compose.troubles.clone(),
        };
        Self {
            means: Arc::new(means),
            tell,
            work: JoinSet::new(),
            search: JoinSet::new(),
            post: Post::default(),
            returned: Vec::new(),
        }
    }

    /// Does something beside the loop, and tells what came of it.
    fn begin(&mut self, work: impl Future<Output = Option<Tidings>> + Send + 'static) {
        begin_among(&mut self.work, self.tell.clone(), work);
    }

    fn begin_search(&mut self, work: impl Future<Output = Option<Tidings>> + Send + 'static) {
        begin_among(&mut self.search, self.tell.clone(), work);
    }

    /// The same, where the disk or other people's bytes are read.
    fn begin_blocking(&mut self, work: impl FnOnce(&Means) -> Tidings + Send + 'static) {
        let means = self.means.clone();
        self.begin(async move { tokio::task::spawn_blocking(move || work(&means)).await.ok() });
    }

    pub(super) fn wait_for(&mut self, post: &Post) {
        self.post = post.clone();
    }

    /// Until no letter is on the line: who hangs up in the middle of one does not know whether it was taken. From here on
    /// none is begun, and one that takes too long is broken off before its end.
    pub(super) async fn hang_up(&mut self, until: Instant) {
        self.post.hang_up(until).await;
    }

    /// Nothing was begun since it settled.
    pub(super) fn is_idle(&self) -> bool {
        self.work.is_empty()
    }

    /// Until everything that was begun is done.
    pub(super) async fn settle(&mut self) {
        while self.work.join_next().await.is_some() {}
    }

    pub(super) fn keep(&mut self, sheet: crate::app::compose::Sheet, id: Option<DraftId>, draft: Draft) {
        let own = self.means.own.clone();
        let mut returned: Vec<_> = self.returned.extract_if(.., |edited| edited.sheet == sheet).collect();
        self.begin(async move {
            let result = match own {
                Some(own) => own.keep_draft(id, draft, clock::now()).await.map_err(|error| error.failure()),
                None => Err(read_only()),
            };
            if result.is_err() {
                returned.iter_mut().for_each(Edited::stays);
            }
            drop(returned);
            Some(Tidings::Kept { sheet, result })
        });
    }

    pub(super) fn drop_draft(&mut self, id: DraftId) {
        let own = self.means.own.clone();
        self.begin(async move {
            if let Some(own) = own {
                // One that stays is offered again, and can be dropped then.
                let _ = own.drop_draft(id).await;
            }
            None
        });
    }

    pub(super) fn take_back(&mut self, id: OutgoingId) {
        let own = self.means.own.clone();
        self.begin(async move {
            let (result, draft) = match own {
                Some(own) => match own.take_back(id).await {
                    Ok(TakenBack::Back(draft)) => (Ok(true), draft),
                    // What is open has everybody in it. Who does not have it finds it among the drafts.
                    Ok(TakenBack::ForTheRest(_) | TakenBack::TooLate | TakenBack::MayHaveGone | TakenBack::NoDraft) => {
                        (Ok(false), None)
                    }
                    Err(error) => (Err(error.failure()), None),
                },
                None => (Err(read_only()), None),
            };
            Some(Tidings::TakenBack { id, draft, result })
        });
    }

    pub(super) fn list_drafts(&mut self) {
        self.begin_blocking(|means| Tidings::Drafts(means.drafts()));
    }
}

fn begin_among(
    works: &mut JoinSet<()>,
    tell: mpsc::UnboundedSender<Input>,
    work: impl Future<Output = Option<Tidings>> + Send + 'static,
) {
    // What is done is forgotten.
    while works.try_join_next().is_some() {}
    works.spawn(async move {
        if let Some(tidings) = work.await {
            let _ = tell.send(Input::Event(Event::Composed(tidings)));
        }
    });
}

fn read_only() -> Failure {
    Failure::lasting(FailureKind::InUse, "", "")
}

impl Means {
    /// The youngest first. One that cannot be read is not offered.
    fn drafts(&self) -> Vec<KeptDraft> {
        let Ok(Some(reader)) = OwnReader::open(&self.profile) else { return Vec::new() };
        let rows = reader.drafts().unwrap_or_default();
        let whole = |(id, updated): (DraftId, Timestamp)| {
            let draft = reader.draft(id).ok().flatten()?;
            Some(KeptDraft { id, draft: Box::new(draft), updated })
        };
        rows.into_iter().take(MOST_DRAFTS).filter_map(|row| whole((row.id, row.updated))).collect()
    }

    fn account(&self, name: &str) -> Option<&Account> {
        self.accounts.iter().find(|account| account.name == name)
    }

    fn trouble(&self, code: &str, values: &[(&str, &str)]) -> SafeText {
        SafeText::of(&fill(self.troubles.get(code).map_or("{name} {why}", String::as_str), values))
    }
}

/// Everybody whom an account can write as, with what stands below their mail.
fn identities(account: &Account, settings: &config::Compose) -> Vec<Identity> {
    let own = (account.full_name.as_str(), account.address.as_str());
    let others = account.identities.iter().map(|identity| (identity.name.as_str(), identity.address.as_str()));
    let typed = |name: &str, address: &str| {
        Mailbox::new(name, address).map_or_else(|_| address.to_owned(), |mailbox| mailbox.typed())
    };
    let mut all: Vec<Identity> = Vec::new();
    for (name, address) in std::iter::once(own).chain(others) {
        let from = typed(name, address);
        if all.iter().all(|known| known.from != from) {
            all.push(Identity { from, signature: settings.signature(address).to_owned() });
        }
    }
    all
}

/// As whom the user can write, in the order of the settings.
pub(super) fn senders(accounts: &[Account], settings: &config::Compose, profile: &Path) -> Vec<Sender> {
    let own = OwnReader::open(profile).ok().flatten();
    let of = |account: &Account| {
        let name = account.name.clone();
        let most = taken(own.as_ref(), &name).size;
        let senders = identities(account, settings).into_iter().map(move |identity| Sender {
            account: name.clone(),
            from: identity.from,
            signature: identity.signature,
            most,
        });
        senders.collect::<Vec<_>>()
    };
    accounts.iter().flat_map(of).collect()
}

/// What the account's server takes; as long as it was not asked, what every server does.
fn taken(own: Option<&OwnReader>, account: &str) -> Takes {
    own.and_then(|own| own.takes(account, clock::now()).ok().flatten()).unwrap_or_default()
}

/// Minutes to the east of UTC, now.
fn offset(now: Timestamp) -> i32 {
    let Ok(at) = jiff::Timestamp::from_second(now.0) else { return 0 };
    jiff::tz::TimeZone::system().to_offset(at).seconds() / 60
}
