//! The draft of an answer, made of the bytes of what it answers. Whoever wrote those may have meant harm, so they are read
//! behind the door that holds against that, and not for ever.

use std::time::Duration;

use tokio::sync::oneshot;

use super::{Means, Writing, identities, offset};
use crate::app::compose::{Sheet, Tidings};
use crate::config::Quote;
use crate::decoding::{self, Addressee};
use crate::letter::{self, Along, Me, Original, Quoting};
use crate::model::{AccountId, Answering, Draft, Failure, FailureKind, MessageId, PartId, PlacementId, Reading, clock};
use crate::run::bodies::{Ask, Desk, Found};
use crate::store::{OwnWriter, StoreError};

/// How long a message may be looked at.
const PATIENCE: Duration = Duration::from_secs(5);

/// What is answered, and how.
#[derive(Clone, Copy, Debug)]
pub(in crate::run) struct Asked {
    pub(in crate::run) sheet: Sheet,
    pub(in crate::run) placement: PlacementId,
    pub(in crate::run) message: MessageId,
    pub(in crate::run) how: Answering,
}

impl Writing {
    pub(in crate::run) fn prepare(&mut self, desk: Option<&Desk>, asked: Asked) {
        let Asked { sheet, placement, message, how } = asked;
        let (reply, found) = oneshot::channel();
        if let Some(desk) = desk {
            desk.ask(Ask::Whole { placement, message, fetched: false, reply });
        }
        let means = self.means.clone();
        let runtime = tokio::runtime::Handle::current();
        self.begin_search(async move {
            let result = match found.await.unwrap_or_else(|_| Err(broken())) {
                Ok(found) => {
                    let work = move || means.answer(found, how, &runtime);
                    tokio::task::spawn_blocking(work).await.unwrap_or_else(|_| Err(broken()))
                }
                Err(failure) => Err(failure),
            };
            Some(Tidings::Prepared { sheet, result: result.map(Box::new) })
        });
    }
}

fn broken() -> Failure {
    Failure::passing(FailureKind::Offline, "", "")
}

impl Means {
    fn answer(&self, found: Found, how: Answering, runtime: &tokio::runtime::Handle) -> Result<Draft, Failure> {
        let gone = || Failure::lasting(FailureKind::Gone, "", "");
        let Found { body, account } = found;
        let raw = std::sync::Arc::new(body.bytes().map_err(|error| StoreError::Io(error).failure())?);
        let me = self.me(account);
        let seen = raw.clone();
        let look = move || {
            let addressee = Addressee::default();
            let readable = decoding::whole(&seen, &Reading::default(), &addressee, PATIENCE);
            (readable, decoding::answer_hints(&seen), decoding::harmless_page(&seen))
        };
        let (readable, hints, page) = decoding::within(PATIENCE, look)
            .unwrap_or_else(|| (decoding::as_it_is(&raw), decoding::answer_hints(&raw), None));
        let original = Original { readable: &readable, hints: &hints, page: page.as_deref(), kept: &[] };
        let along = letter::along(&original, how, &me);
        let own = self.own.clone().ok_or_else(super::read_only)?;
        let mut kept = Vec::new();
        let mut keep = |along: Along, bytes: Vec<u8>| -> Result<(), Failure> {
            let size = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
            kept.push((along, keep(&own, runtime, bytes)?, size));
            Ok(())
        };
        let parts: Vec<PartId> = along
            .iter()
            .filter_map(|along| match along {
                Along::Part(part) => Some(*part),
                Along::Page | Along::Whole | Along::Calendar => None,
            })
            .collect();
        for one in along {
            match one {
                // All of them in one walk, below.
                Along::Part(_) => {}
                Along::Page => keep(one, page.clone().unwrap_or_default().into_bytes())?,
                Along::Whole => keep(one, raw.to_vec())?,
                Along::Calendar => {
                    let said = letter::invited(&original, how, &me).ok_or_else(gone)?;
                    keep(one, said.into_bytes())?;
                }
            }
        }
        let mut outcome = Ok(());
        decoding::each_part(&raw, &parts, |part, bytes| {
            if let (Some(bytes), Ok(())) = (bytes, &outcome) {
                outcome = keep(Along::Part(part), bytes.into_owned());
            }
        });
        outcome?;
        let original = Original { kept: &kept, ..original };
        Ok(letter::answer(&original, how, &me, self.phrases))
    }

    fn me(&self, account: Option<AccountId>) -> Me {
        let name = self.ids.iter().find(|(id, _)| Some(*id) == account).map(|(_, name)| name.as_str());
        let account = name.and_then(|name| self.account(name)).or_else(|| self.accounts.first());
        let now = clock::now();
        let own = self.accounts.iter().flat_map(|account| {
            let others = account.identities.iter().map(|identity| identity.address.as_str());
            std::iter::once(account.address.as_str()).chain(others).map(str::to_owned)
        });
        Me {
            account: account.map(|account| account.name.clone()).unwrap_or_default(),
            identities: account.map(|account| identities(account, &self.settings)).unwrap_or_default(),
            own: own.collect(),
            now,
            offset: offset(now),
            quoting: match self.settings.quote {
                Quote::Below => Quoting::Below,
                Quote::Above => Quoting::Above,
                Quote::Never => Quoting::Nowhere,
            },
            with_page: self.settings.with_page,
        }
    }
}

fn keep(own: &OwnWriter, runtime: &tokio::runtime::Handle, bytes: Vec<u8>) -> Result<String, Failure> {
    runtime.block_on(own.keep_bytes(bytes)).map_err(|error| error.failure())
}
