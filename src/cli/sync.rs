//! `hongyan sync --once`: one pass over the accounts, then the end. Accounts are fetched at the same time, and one that
//! fails does not stop the others.

mod report;

use std::collections::HashSet;
use std::io::IsTerminal as _;

use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use super::arguments::Sync;
use super::ask::Terminal;
use super::attach::{Progress as Step, Work};
use super::find;
use super::ground::{Ground, runtime};
use super::keep::{Access, Keeper, ask_the_other, claim, open};
use super::output::{Ending, Meter};
use super::refusals::standing_for;
use super::sentences;
use crate::config::{Account, Kind, SecretSource, secret};
use crate::i18n::Language;
use crate::model::{AccountId, Failure, FailureKind, FolderId, MessageId, Purpose, Retry, Role, Secret};
use crate::net::Recorder;
use crate::store::{FolderSeen, MailWriter, Spot, Store, StoreError, Whereabouts, Whole};
use crate::sync::imap::Session;
use crate::sync::{First, Left, Moving, Pass, Progress, Remote as _, Sizes, Way};
use report::{End, Trouble};

/// Whole messages that are asked for with one command, and how large they may be together.
const TOGETHER: usize = 10;
const TOGETHER_SIZE: u64 = 16 * 1024 * 1024;

/// Larger messages are fetched when somebody wants them, even where they will be too old for the server one day.
const AGING_SIZE: u64 = 256 * 1024;

pub(super) fn once(ground: &Ground, asked: &Sync) -> Result<(), Ending> {
    let accounts = ground.accounts(asked.account.as_deref())?;
    if accounts.is_empty() {
        return Err(Ending::because(sentences::no_account(ground.tongue)));
    }
    match claim(ground)? {
        Access::Through(line) => {
            let work = Work::Sync {
                folder: asked.folder.clone(),
                // The other one knows accounts by their names.
                account: asked.account.as_ref().and(accounts.first()).map(|account| account.name.clone()),
                bodies: asked.bodies,
            };
            let heard = ask_the_other(ground, line, &work)?;
            report::of_the_other(ground, asked, &accounts, heard)
        }
        Access::Own(lock) => {
            // Passwords one after the other: each may want a person's attention.
            let recorder = Recorder::start(ground.paths.protocol_log())?;
            let ways: Vec<Result<Way, Trouble>> =
                accounts.iter().map(|account| way(ground, account, &recorder)).collect();
            let runtime = runtime()?;
            // The servers are called while the store is being opened.
            let ready = ways.into_iter().map(|way| {
                way.map(|way| runtime.spawn(async move { way.connect_and(First { folders: true, home: None }).await }))
            });
            let ready: Vec<Ready> = ready.collect();
            let keeper = open(ground, lock)?;
            let ends = runtime.block_on(all(ground, &keeper, &accounts, ready, asked));
            keeper.close();
            recorder.close();
            report::of_all(ground, asked, ends?)
        }
    }
}

/// A connection that is being made, or why it cannot be.
type Ready = Result<JoinHandle<Result<Session, Failure>>, Trouble>;

async fn all(
    ground: &Ground,
    keeper: &Keeper,
    accounts: &[&Account],
    ready: Vec<Ready>,
    asked: &Sync,
) -> Result<Vec<End>, Ending> {
    let (tell, mut told) = mpsc::unbounded_channel();
    let mut meter = Meter::new();
    let mut running: Vec<Result<JoinHandle<End>, End>> = Vec::new();
    for (account, connecting) in accounts.iter().zip(ready) {
        running.push(match connecting {
            Err(trouble) => Err(End { account: account.name.clone(), troubles: vec![trouble], ..End::default() }),
            Ok(connecting) => {
                let errand = Errand {
                    pass: pass(ground, &keeper.store, account)?,
                    connecting,
                    folder: asked.folder.clone(),
                    bodies: asked.bodies,
                    tell: meter.is_seen().then(|| tell.clone()),
                    tongue: ground.tongue,
                };
                Ok(tokio::spawn(errand.run()))
            }
        });
    }
    drop(tell);
    // Ends when every account has.
    while let Some(Step { account, folder, done, total }) = told.recv().await {
        meter.show(&sentences::fetching(ground.tongue, &account, &folder, done, total));
    }
    let mut ends = Vec::with_capacity(running.len());
    for (account, running) in accounts.iter().zip(running) {
        ends.push(match running {
            Err(end) => end,
            Ok(task) => task.await.unwrap_or_else(|error| End {
                account: account.name.clone(),
                troubles: vec![Trouble {
                    sentence: error.to_string(),
                    failure: Failure::passing(FailureKind::Internal, "", &error.to_string()),
                }],
                ..End::default()
            }),
        });
    }
    meter.clear();
    Ok(ends)
}

fn way(ground: &Ground, account: &Account, recorder: &Recorder) -> Result<Way, Trouble> {
    let tongue = ground.tongue;
    if account.kind != Kind::Imap {
        let failure = Failure::lasting(FailureKind::Refused, &account.name, "");
        return Err(Trouble { sentence: sentences::kind_is_not_there(tongue, account.kind), failure });
    }
    // Whoever sits there wants to know what is the matter now. A timetable would have the account locked.
    if !std::io::stderr().is_terminal()
        && let Some(refusal) = standing_for(ground, account)
    {
        let failure = refusal.failure(&account.imap.host);
        let waits = sentences::refusals::left_alone(tongue, &refusal);
        let sentence = sentences::refusals::two(tongue, &sentences::failure(tongue, &failure), &waits);
        return Err(Trouble { sentence, failure: Failure { retry: Retry::Patience, ..failure } });
    }
    let secret = secret_of(ground, account).map_err(|failure| Trouble::of(tongue, failure))?;
    let mut dialer = ground.dialer(account);
    dialer.tap = recorder.tap(&account.name, Purpose::Sync);
    Ok(Way::to(account, dialer, secret))
}

/// The password from where the account keeps it; one that is kept nowhere is asked for, if there is a terminal.
pub(super) fn secret_of(ground: &Ground, account: &Account) -> Result<Secret, Failure> {
    let typed = match account.secret {
        SecretSource::Session => ask(ground, account),
        SecretSource::Keyring | SecretSource::File | SecretSource::Command { .. } | SecretSource::Token { .. } => None,
    };
    secret::load(account, &ground.paths, &ground.env, typed.as_ref())
}

/// Asks at the terminal for a password that is kept nowhere.
pub(super) fn ask(ground: &Ground, account: &Account) -> Option<Secret> {
    let prompt = sentences::ask_secret(ground.tongue, &account.address, ground.provider(account));
    let typed = Terminal::find()?.secret(&prompt).ok()??;
    Some(secret::entered(&typed))
}

fn pass(ground: &Ground, store: &Store, account: &Account) -> Result<Pass, Ending> {
    let name = account.name.as_str();
    let unknown = || ground.failed(&Failure::lasting(FailureKind::Gone, name, ""));
    let id: AccountId =
        store.accounts.iter().find(|(_, known)| known == name).map(|(id, _)| *id).ok_or_else(unknown)?;
    let reader = store.reader().map_err(|error| ground.stored(&error))?;
    Ok(Pass {
        account: id,
        name: name.to_owned(),
        own: store.own.clone(),
        mail: store.mail.clone(),
        reader,
        closed: HashSet::new(),
        moving: Moving::of(account.preset.as_ref().map(|there| there.visibility_lag).unwrap_or_default()),
        sizes: Sizes::default(),
        window: account.window,
    })
}

/// A busy server may keep one folder to itself for an hour; if that is the inbox, it has no time for us at all.
fn keeps_one_folder(failure: &Failure, seen: &FolderSeen) -> bool {
    failure.kind == FailureKind::Throttled && seen.role != Some(Role::Inbox)
}

/// The work for one account.
struct Errand {
    pass: Pass,
    connecting: JoinHandle<Result<Session, Failure>>,
    folder: Option<String>,
    bodies: bool,
    tell: Option<mpsc::UnboundedSender<Step>>,
    tongue: Language,
}

impl Errand {
    async fn run(mut self) -> End {
        let mut end = End { account: self.pass.name.clone(), ..End::default() };
        let finished = match (&mut self.connecting).await {
            Ok(Ok(mut session)) => self.round(&mut session, &mut end).await.map(|()| session),
            Ok(Err(failure)) => Err(failure),
            Err(error) => Err(Failure::passing(FailureKind::Dropped, "", &error.to_string())),
        };
        match finished {
            Ok(session) => session.close().await,
            Err(failure) => end.troubles.push(Trouble::of(self.tongue, failure)),
        }
        end
    }

    async fn round(&mut self, session: &mut Session, end: &mut End) -> Result<(), Failure> {
        let folders = self.pass.folders(session).await?;
        end.looked = true;
        let chosen = match &self.folder {
            None => in_order(&folders),
            Some(asked) => match find::folder(asked, &folders, |(_, seen)| (seen.decoded.as_str(), seen.role)) {
                Some((_, seen)) if !seen.selectable => {
                    let sentence = sentences::only_holds_folders(self.tongue, &seen.decoded);
                    let failure = Failure::lasting(FailureKind::Refused, &seen.decoded, "");
                    end.troubles.push(Trouble { sentence, failure });
                    return Ok(());
                }
                Some(found) => vec![found],
                None => {
                    end.without = Some(folders.into_iter().map(|(_, seen)| seen.decoded).collect());
                    return Ok(());
                }
            },
        };
        let mut eye = Eye { account: end.account.clone(), folder: String::new(), refused: 0, tell: self.tell.clone() };
        for (id, seen) in chosen {
            eye.folder.clone_from(&seen.decoded);
            match self.pass.folder(session, *id, &seen.name, false, &mut eye).await {
                Ok(Left::Complete | Left::Unfinished) => {}
                Ok(Left::Doubtful) => {
                    let sentence = sentences::does_not_add_up(self.tongue, &seen.decoded);
                    let failure = Failure::passing(FailureKind::Protocol, &seen.decoded, "");
                    end.troubles.push(Trouble { sentence, failure });
                }
                // One folder that cannot be opened does not keep the others from being read.
                Err(failure) if failure.kind == FailureKind::Refused || keeps_one_folder(&failure, seen) => {
                    let sentence = format!("{}: {}", seen.decoded, sentences::failure(self.tongue, &failure));
                    end.troubles.push(Trouble { sentence, failure });
                    continue;
                }
                Err(failure) => return Err(failure),
            }
            let missing = if self.bodies {
                self.pass.reader.without_body(*id).map_err(|error| error.failure())?
            } else {
                self.pass.aging(*id, AGING_SIZE)?
            };
            if !missing.is_empty() {
                bodies(session, &missing, &self.pass.mail, *id, &mut eye).await?;
            }
        }
        if eye.refused > 0 {
            let sentence = sentences::wants_refused(self.tongue, eye.refused);
            end.troubles.push(Trouble { sentence, failure: Failure::lasting(FailureKind::Refused, "", "") });
        }
        Ok(())
    }
}

/// Folders with messages, the inbox first, what nobody reads last.
fn in_order(folders: &[(FolderId, FolderSeen)]) -> Vec<&(FolderId, FolderSeen)> {
    let mut chosen: Vec<_> = folders.iter().filter(|(_, seen)| seen.selectable).collect();
    chosen.sort_by_key(|(_, seen)| match seen.role {
        Some(Role::Inbox) => 0,
        Some(Role::All | Role::Junk | Role::Trash) => 2,
        _ => 1,
    });
    chosen
}

/// Fetches the bodies that the open folder lacks. One batch is stored while the next comes in.
async fn bodies(
    session: &mut Session,
    missing: &[Whereabouts],
    mail: &MailWriter,
    folder: FolderId,
    eye: &mut Eye,
) -> Result<(), Failure> {
    let total = u64::try_from(missing.len()).unwrap_or(u64::MAX);
    let mut rest = missing;
    let mut storing: Option<JoinHandle<Result<(), StoreError>>> = None;
    session.spool_into(mail.spool());
    while !rest.is_empty() {
        let (batch, after) = rest.split_at(together(rest));
        rest = after;
        let spots: Vec<Spot> = batch.iter().map(Whereabouts::spot).collect();
        let found = session.bodies(&spots).await?;
        let found = found
            .into_iter()
            .filter_map(|(uid, whole)| batch.iter().find(|at| at.uid == uid).map(|at| (at.message, whole)));
        settled(storing.take()).await?;
        storing = Some(tokio::spawn(keep(mail.clone(), found.collect())));
        eye.synced(folder, total - u64::try_from(rest.len()).unwrap_or(0), total);
    }
    settled(storing).await
}

async fn settled(storing: Option<JoinHandle<Result<(), StoreError>>>) -> Result<(), Failure> {
    match storing {
        None => Ok(()),
        Some(storing) => match storing.await {
            Ok(stored) => stored.map_err(|error| error.failure()),
            Err(error) => Err(Failure::lasting(FailureKind::Disk, "", &error.to_string())),
        },
    }
}

async fn keep(mail: MailWriter, found: Vec<(MessageId, Whole)>) -> Result<(), StoreError> {
    let keeping = found.into_iter().map(|(message, whole)| mail.keep_body(message, whole));
    for kept in futures_util::future::join_all(keeping).await {
        match kept {
            // It was expunged meanwhile.
            Ok(()) | Err(StoreError::Gone) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// How many of these go into one command.
fn together(of: &[Whereabouts]) -> usize {
    let mut size = 0_u64;
    let fitting = of.iter().take(TOGETHER).take_while(|at| {
        size = size.saturating_add(at.size);
        size <= TOGETHER_SIZE
    });
    fitting.count().max(1)
}

/// Looks on for the line on the terminal.
struct Eye {
    account: String,
    folder: String,
    refused: u64,
    tell: Option<mpsc::UnboundedSender<Step>>,
}

impl Progress for Eye {
    fn synced(&mut self, _: FolderId, done: u64, total: u64) {
        if let Some(tell) = &self.tell {
            let (account, folder) = (self.account.clone(), self.folder.clone());
            let _ = tell.send(Step { account, folder, done, total });
        }
    }

    fn refused(&mut self, _: Failure) {
        self.refused += 1;
    }
}
