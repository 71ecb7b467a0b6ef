//! Changes to the user's config.toml. Only the lines of the account are added or cut out, so comments, order and
//! blanks stay; the result is read again and compared before it replaces the file.

use std::ops::Range;
use std::path::Path;

use super::account::{Account, AccountEntry};
use super::presets::Presets;
use super::problem::{Position, Problem};
use super::{atomic, file};

/// Adds an account at the end of the file, which is made if it is not there. Gives the account back as it will be read.
pub fn add_account(path: &Path, entry: &AccountEntry, presets: &Presets) -> Result<Account, Problem> {
    let (changed, account) = addition(path, entry, presets)?;
    write(path, &changed)?;
    Ok(account)
}

/// What [`add_account`] would give back or object to; changes nothing.
pub fn check_addition(path: &Path, entry: &AccountEntry, presets: &Presets) -> Result<Account, Problem> {
    addition(path, entry, presets).map(|(_, account)| account)
}

fn addition(path: &Path, entry: &AccountEntry, presets: &Presets) -> Result<(String, Account), Problem> {
    let text = file::read(path)?.unwrap_or_default();
    let config = file::check(&text, path, presets)?;
    if config.account(entry.effective_name()).is_some() {
        let sentence = format!("there is an account called `{}` already; choose another name", entry.effective_name());
        return Err(Problem::whole(path, &sentence));
    }
    let presets = &config.presets(presets);
    if let Some(sentence) = entry.wrong(presets) {
        return Err(Problem::whole(path, &sentence));
    }
    let changed = with_account(&text, entry).map_err(|said| Problem::whole(path, &said))?;
    let expected = entry.complete(presets, path.parent().unwrap_or(Path::new("")));
    let mut after = without_places(file::check(&changed, path, presets)?);
    let added = after.accounts.pop();
    if added.as_ref() != Some(&expected) || after != without_places(config.clone()) {
        return Err(by_hand(path, "added"));
    }
    Ok((changed, expected))
}

/// Cuts an account out of the file. The comment right above it goes with it.
pub fn remove_account(path: &Path, name: &str, presets: &Presets) -> Result<Account, Problem> {
    let (changed, account) = removal(path, name, presets)?;
    write(path, &changed)?;
    Ok(account)
}

/// What [`remove_account`] would give back or object to; changes nothing.
pub fn check_removal(path: &Path, name: &str, presets: &Presets) -> Result<Account, Problem> {
    removal(path, name, presets).map(|(_, account)| account)
}

fn removal(path: &Path, name: &str, presets: &Presets) -> Result<(String, Account), Problem> {
    let text = file::read(path)?.unwrap_or_default();
    let mut config = file::check(&text, path, presets)?;
    let Some(index) = config.accounts.iter().position(|account| account.name == name) else {
        return Err(Problem::whole(path, &format!("there is no account called `{name}`")));
    };
    let changed = without_account(&text, index).ok_or_else(|| by_hand(path, "removed"))?;
    let removed = config.accounts.remove(index);
    let after = file::check(&changed, path, presets).map_err(|_| by_hand(path, "removed"))?;
    if without_places(after) != without_places(config) {
        return Err(by_hand(path, "removed"));
    }
    Ok((changed, removed))
}

fn by_hand(path: &Path, done: &str) -> Problem {
    Problem::whole(path, &format!("the account cannot be {done} without disturbing the rest: edit this file by hand"))
}

fn without_places(mut config: file::Config) -> file::Config {
    for binding in &mut config.keys.bindings {
        binding.at = Position { line: 0, column: 0 };
    }
    for account in &mut config.accounts {
        // That depends on the others.
        account.formerly = None;
    }
    config
}

fn with_account(text: &str, entry: &AccountEntry) -> Result<String, String> {
    let lines = toml_edit::ser::to_string(entry).map_err(|error| error.to_string())?;
    let line_ended = text.is_empty() || text.ends_with('\n');
    let gap = if text.is_empty() { "" } else { "\n" };
    let end = if line_ended { "" } else { "\n" };
    Ok(format!("{text}{end}{gap}[[account]]\n{lines}"))
}

fn without_account(text: &str, index: usize) -> Option<String> {
    let document = toml_edit::Document::parse(text).ok()?;
    let table = document.get("account")?.as_array_of_tables()?.get(index)?;
    let mut span = table.span()?;
    for (_, item) in table {
        reach(item, &mut span);
    }
    let (before, _) = text.split_at_checked(span.start)?;
    let (_, after) = text.split_at_checked(span.end)?;
    // To the end of the last line.
    let after = after.find('\n').and_then(|end| after.get(end + 1..)).unwrap_or_default();
    let mut before = before.get(..before.rfind('\n').map_or(0, |at| at + 1))?;
    while let Some(line) = before.lines().next_back()
        && line.trim_start().starts_with('#')
    {
        before = without_last_line(before);
    }
    if before.lines().next_back().is_some_and(|line| line.trim().is_empty()) {
        before = without_last_line(before);
    }
    Some(format!("{before}{after}"))
}

fn without_last_line(text: &str) -> &str {
    let ended = text.strip_suffix('\n').unwrap_or(text);
    ended.rfind('\n').and_then(|at| ended.get(..=at)).unwrap_or_default()
}

fn reach(item: &toml_edit::Item, span: &mut Range<usize>) {
    if let Some(own) = item.span() {
        span.end = span.end.max(own.end);
    }
    if let Some(table) = item.as_table() {
        for (_, item) in table {
            reach(item, span);
        }
    }
}

fn write(path: &Path, text: &str) -> Result<(), Problem> {
    let failed = |error: std::io::Error| Problem::whole(path, &format!("this file cannot be written: {error}"));
    let target = atomic::behind_links(path).map_err(failed)?;
    if let Some(folder) = target.parent().filter(|folder| !folder.as_os_str().is_empty() && !folder.exists()) {
        super::paths::private_folder(folder).map_err(|error| Problem::whole(path, &error.to_string()))?;
    }
    atomic::replace(&target, text.as_bytes()).map_err(failed)
}

#[cfg(test)]
mod tests;
