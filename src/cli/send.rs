//! `hongyan send`: a message that is there already goes out by the way on which all mail goes out: first it is on the disk
//! in the outbox, then it is sent.

use std::fs::{self, File, OpenOptions};
use std::io::{self, IsTerminal as _, Read as _, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::arguments::Send;
use super::attach::{Parcel, Work};
use super::ground::{Ground, runtime};
use super::keep::{Access, Keeper, access, hand_over};
use super::output::{Ending, Meter, Out, aside};
use super::refusals::standing_for_sending;
use super::sentences;
use super::sync::secret_of;
use crate::config::{Account, Kind};
use crate::letter::{Mailbox, from_line};
use crate::model::{Failure, FailureKind, OutgoingId, Purpose, Sending, clock};
use crate::net::Recorder;
use crate::send::copy::SentFolder;
use crate::send::desk::{Desk, Ledger, Round};
use crate::send::drain::{Closing, Told};
use crate::send::given::{Given, LARGEST, given};
use crate::store::{Letter, OwnReader, OwnWriter};
use crate::sync::imap::Session;
use crate::sync::{SentAnswer, SentQuestion, Way};
use crate::text::SafeText;

/// What became of it.
#[derive(Serialize)]
struct Done<'a> {
    /// Its number in the outbox; `null` where another hongyan has taken it.
    id: Option<i64>,
    account: &'a str,
    message_id: &'a str,
    recipients: &'a [String],
    state: &'static str,
}

pub(super) fn send(ground: &Ground, asked: &Send) -> Result<(), Ending> {
    let raw = read(ground, &asked.file)?;
    let fresh = super::demo::password()?;
    let domain = |account: &Account| account.address.rsplit_once('@').map(|(_, domain)| domain.to_owned());
    // Whose domain it is turns out below; a message without a name of its own is rare.
    let place = asked.account.as_deref().and_then(|name| ground.account(name).ok()).or(ground.config.accounts.first());
    let fresh = format!("{}@{}", fresh.expose(), place.and_then(domain).unwrap_or_else(|| "localhost".to_owned()));
    let tongue = ground.tongue;
    let no_message = || Ending::because(sentences::outbox::no_message(tongue, &asked.file));
    let mut given = given(&raw, &fresh, clock::now()).ok_or_else(no_message)?;
    if given.from.is_empty()
        && let Some(name) = &asked.account
        && let Some(named) = with_sender(ground.account(name)?, &raw)
    {
        given = self::given(&named, &fresh, clock::now()).ok_or_else(no_message)?;
    }
    let (account, from) = sender(ground, asked, &given)?;
    let recipients = recipients(ground, asked, &given)?;
    let parcel = Parcel {
        account: account.name.clone(),
        from,
        recipients,
        subject: given.subject.as_str().to_owned(),
        message_id: given.message_id.clone(),
        file: PathBuf::new(),
    };
    match access(ground)? {
        Access::Through(line) => {
            let file = Kept::write(&ground.paths.profile, &given.bytes)?;
            let work = Work::Queue(Parcel { file: file.0.clone(), ..parcel.clone() });
            hand_over(ground, line, &work)?;
            if !asked.json {
                aside(&sentences::outbox::handed_over(tongue));
            }
            tell(asked, None, &parcel, Sending::Queued)
        }
        Access::Own(keeper) => {
            let runtime = runtime()?;
            let ended = runtime.block_on(queue_and_send(ground, &keeper, account, asked, &parcel, given.bytes));
            keeper.close();
            ended
        }
    }
}

fn tell(asked: &Send, id: Option<OutgoingId>, parcel: &Parcel, state: Sending) -> Result<(), Ending> {
    if !asked.json {
        return Ok(());
    }
    let Parcel { account, message_id, recipients, .. } = parcel;
    let mut out = Out::new();
    out.json(&Done { id: id.map(|id| id.0), account, message_id, recipients, state: state.code() })?;
    out.end()
}

fn read(ground: &Ground, file: &Path) -> Result<Vec<u8>, Ending> {
    let most = u64::try_from(LARGEST).unwrap_or(u64::MAX);
    let mut raw = Vec::new();
    let read = if file == Path::new("-") {
        io::stdin().lock().take(most + 1).read_to_end(&mut raw)
    } else {
        File::open(file).and_then(|opened| opened.take(most + 1).read_to_end(&mut raw))
    };
    read.map_err(|error| Ending::because(format!("{}: {error}", file.display())))?;
    if raw.len() > LARGEST {
        return Err(Ending::because(sentences::outbox::too_large(ground.tongue)));
    }
    Ok(raw)
}

/// The same as a message of this account, where it does not say whose it is. `None` if the account has no address that can
/// stand there.
fn with_sender(account: &Account, raw: &[u8]) -> Option<Vec<u8>> {
    let raw = raw.trim_ascii_start();
    // What a mailbox file puts before each message stays in front.
    let head = raw.strip_prefix(b"From ").and_then(|_| memchr::memchr(b'\n', raw)).map_or(0, |end| end + 1);
    let (before, rest) = raw.split_at_checked(head)?;
    let mailbox = Mailbox::new(&account.full_name, &account.address).ok()?;
    Some([before, from_line(&mailbox).as_bytes(), rest].concat())
}

/// Whoever writes must be one of those whose mail this account sends.
fn sender<'a>(ground: &'a Ground, asked: &Send, given: &Given) -> Result<(&'a Account, String), Ending> {
    let [from] = given.from.as_slice() else {
        return Err(Ending::because(sentences::outbox::no_sender(ground.tongue, given.from.len())));
    };
    let address = from.address();
    let owns = |account: &&Account| {
        let own = std::iter::once(account.address.as_str());
        let mut all = own.chain(account.identities.iter().map(|identity| identity.address.as_str()));
        all.any(|own| own.eq_ignore_ascii_case(&address))
    };
    let account = match &asked.account {
        Some(name) => Some(ground.account(name)?).filter(owns),
        None => ground.config.accounts.iter().find(owns),
    };
    let account = account.ok_or_else(|| {
        let none = ground.config.accounts.is_empty();
        let sentence = sentences::outbox::not_your_address(ground.tongue, &address);
        Ending::because(if none { sentences::no_account(ground.tongue) } else { sentence })
    })?;
    Ok((account, address))
}

fn recipients(ground: &Ground, asked: &Send, given: &Given) -> Result<Vec<String>, Ending> {
    let mut found = Vec::new();
    let mut wrong = Vec::new();
    if asked.to.is_empty() {
        found.extend(given.to.iter().map(crate::letter::Mailbox::address));
        wrong.clone_from(&given.wrong);
    }
    for typed in &asked.to {
        for one in crate::letter::addresses(typed) {
            match one.mailbox {
                Ok(mailbox) => found.push(mailbox.address()),
                Err(_) => wrong.push(typed.clone()),
            }
        }
    }
    if let Some(wrong) = wrong.first() {
        return Err(Ending::because(sentences::outbox::no_address(ground.tongue, wrong)));
    }
    if found.is_empty() {
        return Err(Ending::because(sentences::outbox::nobody(ground.tongue)));
    }
    Ok(found)
}

/// Bytes for the one who has the profile. The file goes when this does.
pub(super) struct Kept(PathBuf);

impl Kept {
    pub(super) fn path(&self) -> &Path {
        &self.0
    }

    pub(super) fn write(profile: &Path, bytes: &[u8]) -> Result<Self, Ending> {
        let path = profile.join(format!("handed-over-{}", super::demo::password()?.expose()));
        let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path)?;
        let kept = Self(path);
        file.write_all(bytes)?;
        Ok(kept)
    }
}

impl Drop for Kept {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}

impl Parcel {
    /// Puts it into the outbox; on the disk when this resolves.
    pub async fn queue(self, own: &OwnWriter) -> Result<OutgoingId, Failure> {
        let file = self.file.clone();
        let failed =
            |error: &io::Error| Failure::lasting(FailureKind::Gone, &file.display().to_string(), &error.to_string());
        let bytes = fs::read(&file).map_err(|error| failed(&error))?;
        self.queue_bytes(own, bytes).await
    }

    async fn queue_bytes(self, own: &OwnWriter, bytes: Vec<u8>) -> Result<OutgoingId, Failure> {
        let now = clock::now();
        let letter = Letter {
            account: self.account,
            from: self.from,
            recipients: self.recipients,
            subject: SafeText::of(&self.subject),
            message_id: self.message_id,
            queued: now,
            hold_until: now,
            about: None,
            draft: None,
        };
        own.queue(letter, bytes).await.map_err(|error| error.failure())
    }
}

async fn queue_and_send(
    ground: &Ground,
    keeper: &Keeper,
    account: &Account,
    asked: &Send,
    parcel: &Parcel,
    bytes: Vec<u8>,
) -> Result<(), Ending> {
    let queued = parcel.clone().queue_bytes(&keeper.store.own, bytes).await;
    let id = queued.map_err(|failure| ground.failed(&failure))?;
    let tongue = ground.tongue;
    if asked.later {
        if !asked.json {
            aside(&sentences::outbox::queued(tongue, id.0));
        }
        return tell(asked, Some(id), parcel, Sending::Queued);
    }
    // Whoever sits there wants to know what is the matter now. A timetable would have the account locked.
    if !io::stderr().is_terminal()
        && let Some(refusal) = standing_for_sending(ground, account)
    {
        let failure = refusal.failure_of_sending(account.smtp.as_ref().map_or("", |server| &server.host));
        let waits = sentences::refusals::left_alone(tongue, &refusal);
        let why = sentences::refusals::two(tongue, &sentences::failure(tongue, &failure), &waits);
        tell(asked, Some(id), parcel, Sending::Queued)?;
        return Err(Ending::because(sentences::outbox::waits(tongue, id.0, &why)));
    }
    let round = Box::pin(work(ground, keeper, account)).await?;
    let own = OwnReader::open(&ground.paths.profile).map_err(|error| ground.stored(&error))?;
    let letter = own.and_then(|own| own.outgoing(id).ok()).flatten();
    // What is settled leaves the outbox.
    let state = letter.as_ref().map_or(Sending::Sent, |letter| letter.state);
    tell(asked, Some(id), parcel, state)?;
    let refused = letter.as_ref().filter(|letter| state != Sending::Sent || sentences::outbox::has_refused(letter));
    match refused {
        None => {
            if !asked.json {
                aside(&sentences::outbox::sent(tongue, parcel.recipients.len()));
            }
            Ok(())
        }
        Some(letter) => {
            let why = letter.failure.clone().or(round.failure);
            let why = why.map(|failure| sentences::failure(tongue, &failure));
            Err(Ending::because(sentences::outbox::came_to(tongue, letter, why.as_deref())))
        }
    }
}

/// Sends what is due for an account, and sees to the copies.
pub(super) async fn work(ground: &Ground, keeper: &Keeper, account: &Account) -> Result<Round, Ending> {
    if account.kind != Kind::Imap && account.smtp.is_none() {
        return Err(Ending::because(sentences::kind_is_not_there(ground.tongue, account.kind)));
    }
    let secret = secret_of(ground, account).map_err(|failure| ground.failed(&failure))?;
    let recorder = Recorder::start(ground.paths.protocol_log())?;
    let mut dialer = ground.dialer(account);
    dialer.tap = recorder.tap(&account.name, Purpose::Sync);
    let way = Way::to(account, dialer, secret);
    let id = keeper.store.accounts.iter().find(|(_, name)| *name == account.name).map(|(id, _)| *id);
    let id = id.ok_or_else(|| ground.failed(&Failure::lasting(FailureKind::Gone, &account.name, "")))?;
    let ledger = Ledger {
        account: account.name.clone(),
        id,
        profile: ground.paths.profile.clone(),
        own: keeper.store.own.clone(),
        mail: keeper.store.mail.clone(),
        closing: tokio::sync::watch::channel(Closing::Open).1,
    };
    let mut sent = WhenAsked { way: way.clone(), session: None };
    let mut desk = Desk::new(account.clone(), way, ledger);
    let (tongue, mut meter) = (ground.tongue, Meter::new());
    let round = desk
        .round(&mut sent, |told| {
            if let Told::Going { gone, of, .. } = told {
                meter.show(&sentences::outbox::going(tongue, gone, of));
            }
        })
        .await;
    meter.clear();
    if let Some(session) = sent.session {
        session.close().await;
    }
    drop(desk);
    recorder.close();
    round.map_err(|failure| ground.failed(&failure))
}

/// A connection for the copies, made when there is something to do about them.
struct WhenAsked {
    way: Way,
    session: Option<Session>,
}

impl SentFolder for WhenAsked {
    async fn ask(&mut self, question: SentQuestion) -> Result<SentAnswer, Failure> {
        let mut session = if let Some(session) = self.session.take() {
            session
        } else {
            let unreached = |failure: Failure| Failure { kind: FailureKind::Offline, ..failure };
            self.way.connect().await.map_err(unreached)?
        };
        let answer = session.ask(question).await;
        let over = |failure: &Failure| {
            matches!(failure.kind, FailureKind::Dropped | FailureKind::TimedOut | FailureKind::Protocol)
        };
        if !answer.as_ref().is_err_and(over) {
            self.session = Some(session);
        }
        answer
    }
}
