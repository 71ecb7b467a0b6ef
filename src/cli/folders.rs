//! `hongyan folders`: what is stored, without asking any server.

use serde::Serialize;

use super::ground::Ground;
use super::output::{Ending, Out};
use crate::config::Account;
use crate::model::{Folder, Role};
use crate::store::Reader;
use crate::text::{SafeText, width};

#[derive(Serialize)]
struct Listed<'a> {
    account: &'a str,
    id: i64,
    name: &'a str,
    role: Option<&'static str>,
    selectable: bool,
    total: u64,
    unread: u64,
    on_server: u64,
}

pub(super) fn folders(ground: &Ground, json: bool) -> Result<(), Ending> {
    let mut out = Out::new();
    let accounts = ground.accounts(None)?;
    let all = match ground.reader()? {
        Some(reader) => of(ground, &reader, &accounts)?,
        None => Vec::new(),
    };
    if json {
        out.json(&all.iter().map(|(account, folder)| listed(account, folder)).collect::<Vec<_>>())?;
        return out.end();
    }
    let shown: Vec<(SafeText, SafeText, &Folder)> =
        all.iter().map(|(account, folder)| (SafeText::of(account), SafeText::new(&folder.name), folder)).collect();
    let widest = |of: &dyn Fn(&(SafeText, SafeText, &Folder)) -> usize| shown.iter().map(of).max().unwrap_or(0);
    let (accounts, names) = (widest(&|line| width(line.0.as_str())), widest(&|line| width(line.1.as_str())));
    for (account, name, folder) in &shown {
        let gap = |text: &SafeText, columns: usize| " ".repeat(columns.saturating_sub(width(text.as_str())));
        let counts = if folder.selectable { format!("{}/{}", folder.unread, folder.total) } else { "-".to_owned() };
        let role = folder.role.map_or("", Role::code);
        let (after_account, after_name) = (gap(account, accounts), gap(name, names));
        out.line(format!("{account}{after_account}  {name}{after_name}  {counts:>13}  {role}").trim_end())?;
    }
    out.end()
}

fn listed<'a>(account: &'a str, folder: &'a Folder) -> Listed<'a> {
    Listed {
        account,
        id: folder.id.0,
        name: folder.name.as_untrusted(),
        role: folder.role.map(Role::code),
        selectable: folder.selectable,
        total: folder.total,
        unread: folder.unread,
        on_server: folder.on_server,
    }
}

/// The folders of these accounts, each with the account's name; accounts in the order of the settings. What the store
/// still has of accounts that are not configured any more is left out.
pub(super) fn of<'a>(
    ground: &Ground,
    reader: &Reader,
    accounts: &[&'a Account],
) -> Result<Vec<(&'a str, Folder)>, Ending> {
    let known = reader.accounts().map_err(|error| ground.stored(&error))?;
    let folders = reader.folders().map_err(|error| ground.stored(&error))?;
    let of_account = |account: &&'a Account| {
        let id = known.iter().find(|(_, name)| *name == account.name).map(|(id, _)| *id);
        let name = account.name.as_str();
        folders.iter().filter(move |folder| Some(folder.account) == id).map(move |folder| (name, folder.clone()))
    };
    Ok(accounts.iter().flat_map(of_account).collect())
}
