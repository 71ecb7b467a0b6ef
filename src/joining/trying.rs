//! Whether one gets in: the one login that shows that address, server and secret belong together.
//!
//! Where there are several servers to choose from, they are asked for their greeting first, over a checked certificate
//! and without a secret. The secret goes to one of them, once: a refusal is an answer, and trying again elsewhere is
//! how accounts get locked.

use futures_util::future::join_all;
use tokio::io::AsyncReadExt as _;

use super::finding::guesses;
use crate::config::{Account, AccountEntry, Found, HostPort};
use crate::model::{Failure, FailureKind, FolderName, Role, Secret, Server};
use crate::net::{Dialer, Opened, Protocol};
use crate::sync::{First, Remote as _, Way};

/// What a login found.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Tried {
    /// Who let us in; not always the server that stands in the account.
    pub server: Server,
    pub folders: usize,
    /// In the inbox.
    pub messages: u32,
    pub hints: Vec<Hint>,
}

/// What the user should know about what they will see.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Hint {
    /// The server lists only the mail of the last weeks, unless told otherwise in its web mail.
    OnlyRecent,
    /// Only the system's folders are there: the user's own may be hidden until that is changed in the web mail.
    OnlySystemFolders,
}

/// How far it has come.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Step {
    /// The server is being reached, then the login follows.
    Connecting(Server),
    /// The login went well.
    OpeningInbox,
}

impl Tried {
    /// Writes down where it worked, if that is not where the account would go by itself.
    pub fn settle(&self, account: &Account, entry: &mut AccountEntry) {
        if self.server != account.imap {
            entry.imap = Some(HostPort::from(&self.server));
        }
    }
}

/// Logs in and looks into the inbox; some servers refuse only that.
pub async fn try_login(account: &Account, dialer: Dialer, secret: &Secret) -> Result<Tried, Failure> {
    try_login_telling(account, dialer, secret, |_| ()).await
}

/// The same, telling how far it has come.
pub async fn try_login_telling(
    account: &Account,
    dialer: Dialer,
    secret: &Secret,
    tell: impl Fn(Step),
) -> Result<Tried, Failure> {
    tell(Step::Connecting(account.imap.clone()));
    let server = choose(account, &dialer).await?;
    if server != account.imap {
        tell(Step::Connecting(server.clone()));
    }
    let way = Way { server: server.clone(), ..Way::to(account, dialer, secret.clone()) };
    let mut session = way.connect_and(First { folders: true, home: None }).await?;
    tell(Step::OpeningInbox);
    let seen = session.folders().await?;
    let inbox = FolderName { wire: b"INBOX".to_vec(), delimiter: None };
    let opened = session.look_into(&inbox).await?;
    session.close().await;
    let roles: Vec<Option<Role>> = seen.iter().filter(|folder| folder.selectable).map(|folder| folder.role).collect();
    let hides = account.preset.as_ref().is_some_and(|preset| preset.hides_folders);
    let only_system = hides && roles.len() == SYSTEM_FOLDERS && roles.iter().all(Option::is_some);
    let mut hints = Vec::new();
    hints.extend(account.window.then_some(Hint::OnlyRecent));
    hints.extend(only_system.then_some(Hint::OnlySystemFolders));
    let messages = u32::try_from(opened.messages).unwrap_or(u32::MAX);
    Ok(Tried { server, folders: seen.len(), messages, hints })
}

/// Inbox, drafts, sent, trash and junk.
const SYSTEM_FOLDERS: usize = 5;

/// The server that the secret will go to: it answers, with a certificate that is trusted where there was a choice. Nothing
/// is told to it, so that its name can be shown before.
pub async fn choose(account: &Account, dialer: &Dialer) -> Result<Server, Failure> {
    let alternatives = account.preset.as_ref().map(|preset| preset.imap_alternatives.as_slice()).unwrap_or_default();
    match account.found {
        // Somebody who writes a server means it.
        Found::Written => Ok(account.imap.clone()),
        Found::Known if alternatives.is_empty() => Ok(account.imap.clone()),
        Found::Known => {
            let first = match greeting(&account.imap, dialer).await {
                Err(failure) if of_the_network(failure.kind) => failure,
                // It is there. What is wrong with it shows at the login.
                Ok(()) | Err(_) => return Ok(account.imap.clone()),
            };
            for server in alternatives {
                if greeting(server, dialer).await.is_ok() {
                    return Ok(server.clone());
                }
            }
            Err(first)
        }
        Found::Guessed => {
            let address = account
                .address
                .parse()
                .map_err(|said: String| Failure::lasting(FailureKind::UnknownHost, &account.address, &said))?;
            let servers = guesses(&address);
            let answers = join_all(servers.iter().map(|server| greeting(server, dialer))).await;
            let mut first = None;
            for (server, answer) in servers.into_iter().zip(answers) {
                match answer {
                    Ok(()) => return Ok(server),
                    // Somebody who is there and is not right says more than nobody.
                    Err(failure) => match &first {
                        None => first = Some(failure),
                        Some(before) if of_the_network(before.kind) && !of_the_network(failure.kind) => {
                            first = Some(failure);
                        }
                        Some(_) => {}
                    },
                }
            }
            let nobody = || Failure::passing(FailureKind::UnknownHost, account.address.as_str(), "");
            Err(first.unwrap_or_else(nobody))
        }
    }
}

/// Nobody is there.
fn of_the_network(kind: FailureKind) -> bool {
    matches!(kind, FailureKind::UnknownHost | FailureKind::Unreachable | FailureKind::TimedOut | FailureKind::Dropped)
}

/// Whether an IMAP server answers there, with a certificate that is trusted.
async fn greeting(server: &Server, dialer: &Dialer) -> Result<(), Failure> {
    let Opened { mut line, greeted, .. } = dialer.open(server, Protocol::Imap).await?;
    if greeted {
        return Ok(());
    }
    let host = &server.host;
    let mut said = [0; 2];
    match tokio::time::timeout(dialer.limits.answer, line.read_exact(&mut said)).await {
        Ok(Ok(_)) if said == *b"* " => Ok(()),
        Ok(Ok(_)) => Err(Failure::lasting(FailureKind::Protocol, host, "")),
        Ok(Err(error)) if error.kind() != std::io::ErrorKind::TimedOut => {
            Err(Failure::passing(FailureKind::Dropped, host, ""))
        }
        Ok(Err(_)) | Err(_) => Err(Failure::passing(FailureKind::TimedOut, host, "")),
    }
}
