//! Choosing among the links and the files of a message, and what is asked in a line at the foot.

use super::acting::{Motion, overlay, overlay_rows};
use super::reading::{self, shown};
use super::{searching, triage};
use crate::app::prompt::Typed;
use crate::app::{
    Asks, Deed, Effect, FileLine, FileWanted, Job, Notice, Overlay, Prompt, State, Under, WebAddress, split,
};
use crate::model::{KeyPress, Opening, opening};
use crate::text::{SafeText, Text, cut, folded};

pub(super) fn ask(state: &mut State, prompt: Prompt) {
    state.bound_to = state.reader.placement();
    state.prompt = Some(prompt);
}

/// What lies over a message or is typed about it goes when the message does.
pub(super) fn let_go(state: &mut State) {
    if state.bound_to == state.reader.placement() {
        return;
    }
    state.bound_to = None;
    state.prompt = state.prompt.take().filter(|prompt| prompt.asks().is_of_a_list());
    state.address = None;
    if state.overlay.is_some_and(Overlay::is_choice) {
        state.overlay = None;
    }
}

pub(super) fn give_up_typing(state: &mut State) {
    if let Some(prompt) = state.prompt.take() {
        given_up(state, prompt.asks());
    }
}

fn given_up(state: &mut State, asks: &Asks) {
    match asks {
        Asks::Search => state.reader.end_search(),
        Asks::LinkNumber => state.reader.number_links(false),
        Asks::Filter { .. }
        | Asks::Everywhere
        | Asks::Folder(_)
        | Asks::Invoices { .. }
        | Asks::Command(_)
        | Asks::NewFolder(_)
        | Asks::RenameFolder(_)
        | Asks::AtLeast => {}
    }
}

pub(super) fn pasted(state: &mut State, text: &str) -> Vec<Effect> {
    if let Some(prompt) = &mut state.prompt {
        prompt.paste(text);
    }
    changed(state)
}

fn changed(state: &mut State) -> Vec<Effect> {
    let Some(prompt) = &state.prompt else { return Vec::new() };
    let words = prompt.text();
    match prompt.asks().clone() {
        Asks::Search => state.reader.search_for(&words),
        Asks::Filter { within } => return searching::changed(state, &words, within),
        Asks::Everywhere => return searching::changed(state, &words, None),
        Asks::LinkNumber
        | Asks::Folder(_)
        | Asks::Invoices { .. }
        | Asks::Command(_)
        | Asks::NewFolder(_)
        | Asks::RenameFolder(_)
        | Asks::AtLeast => {}
    }
    Vec::new()
}

pub(super) fn typed(state: &mut State, press: KeyPress) -> Vec<Effect> {
    let Some(prompt) = &mut state.prompt else { return Vec::new() };
    match prompt.press(press) {
        Typed::Nothing => {
            if prompt.asks().is_of_a_list() {
                searching::moved(state, press);
            }
        }
        Typed::Changed => return changed(state),
        Typed::GivenUp if state.prompt.as_ref().is_some_and(|prompt| prompt.asks().is_of_a_list()) => {
            state.prompt = None;
            return searching::leave(state);
        }
        Typed::GivenUp => give_up_typing(state),
        Typed::Entered => {
            if let Some(prompt) = state.prompt.take() {
                return entered(state, &prompt);
            }
        }
    }
    Vec::new()
}

fn entered(state: &mut State, prompt: &Prompt) -> Vec<Effect> {
    let text = prompt.text();
    match prompt.asks() {
        Asks::Filter { within } => return searching::entered(state, &text, within.clone()),
        Asks::Everywhere => return searching::entered(state, &text, None),
        Asks::Search if text.is_empty() => state.reader.end_search(),
        Asks::Search => {
            if let Some((words, _, 0, true)) = state.reader.search_state() {
                state.reader.end_search();
                state.notice(Notice::NotFound(words));
            }
        }
        Asks::LinkNumber => match text.trim().chars().flat_map(folded).collect::<String>().parse::<usize>() {
            Ok(number @ 1..) if number <= state.reader.link_count() => ask_about_link(state, number - 1),
            Ok(_) | Err(_) => state.notice(Notice::NoLinkOf(SafeText::of(&text))),
        },
        Asks::Invoices { files, month } => {
            let folder = text.trim();
            if !folder.is_empty() {
                state.invoices_to = Some(folder.to_owned());
                let (folder, month) = (folder.to_owned(), month.clone());
                return deed(state, files.clone(), Deed::SaveDated { folder, month });
            }
        }
        Asks::Folder(files) => {
            let folder = text.trim();
            if !folder.is_empty() {
                folder.clone_into(&mut state.save_to);
                return deed(state, files.clone(), Deed::Save { folder: folder.to_owned() });
            }
        }
        Asks::NewFolder(_) | Asks::RenameFolder(_) => return triage::named(state, prompt.asks(), &text),
        Asks::AtLeast => return triage::sized(state, &text),
        Asks::Command(file) => match split(&text) {
            Err(trouble) => state.notice(Notice::Command(trouble)),
            Ok(command) => {
                state.command = text;
                return match (file, state.reader.text()) {
                    (Some(file), _) => deed(state, vec![file.clone()], Deed::Pipe { command }),
                    (None, Some(text)) => {
                        let job = Job::Pipe { text: text.clone(), command };
                        vec![state.begin(job).1]
                    }
                    (None, None) => Vec::new(),
                };
            }
        },
    }
    Vec::new()
}

fn deed(state: &mut State, files: Vec<FileWanted>, deed: Deed) -> Vec<Effect> {
    let (Some(placement), Some(message)) = (state.reader.placement(), state.reader.message()) else {
        return Vec::new();
    };
    let inside = state.reader.how().inside;
    vec![state.begin(Job::Files { placement, message, inside, files, deed }).1]
}

pub(super) fn links(state: &mut State) -> Vec<Effect> {
    if shown(state).is_none() {
        return Vec::new();
    }
    if state.reader.link_count() == 0 {
        state.notice(Notice::NoLinks);
        return Vec::new();
    }
    state.bound_to = state.reader.placement();
    let cursor = state.reader.chosen_link().unwrap_or(0);
    overlay(state, Overlay::Links { cursor })
}

pub(super) fn files(state: &mut State) -> Vec<Effect> {
    if shown(state).is_none() {
        return Vec::new();
    }
    if state.reader.files().is_empty() {
        state.notice(Notice::NoFiles);
        return Vec::new();
    }
    state.bound_to = state.reader.placement();
    overlay(state, Overlay::Files { cursor: 0 })
}

pub(super) fn ask_about_link(state: &mut State, link: usize) {
    let url = state.reader.links().get(link).map(|link| link.url.clone()).unwrap_or_default();
    ask_about(state, &url);
}

pub(super) fn ask_about(state: &mut State, url: &Text) {
    state.leaves_by = None;
    match WebAddress::of(url) {
        Ok(address) => {
            state.bound_to = state.reader.placement();
            state.address = Some(address);
            state.overlay = Some(Overlay::Address { top: 0, over: Under::of(state.overlay) });
        }
        Err(_) => state.notice(Notice::LinkRefused(SafeText::beginning(url, 200))),
    }
}

pub(super) fn moved(state: &mut State, motion: &Motion) {
    let page = overlay_rows(state).max(1).cast_signed();
    let to = |from: usize, count: usize| {
        let to = match motion {
            Motion::By(by) => from.saturating_add_signed(*by),
            Motion::Half(pages) => from.saturating_add_signed(pages * (page / 2).max(1)),
            Motion::Page(pages) => from.saturating_add_signed(pages * page),
            Motion::First => 0,
            Motion::Last => usize::MAX,
        };
        to.min(count.saturating_sub(1))
    };
    state.overlay = match state.overlay {
        Some(Overlay::Links { cursor }) => Some(Overlay::Links { cursor: to(cursor, state.reader.link_count()) }),
        Some(Overlay::Files { cursor }) => Some(Overlay::Files { cursor: to(cursor, state.reader.files().len()) }),
        Some(Overlay::Address { top, over }) => {
            let columns = usize::from(state.overlay_body().width);
            let rows = state.address.as_ref().map_or(0, |address| cut(address.url(), columns, columns).len());
            Some(Overlay::Address { top: to(top, rows), over })
        }
        other => other,
    };
}

/// The file that the cursor is on.
fn chosen(state: &State) -> Option<FileLine> {
    match state.overlay {
        Some(Overlay::Files { cursor }) => state.reader.files().get(cursor).cloned(),
        _ => None,
    }
}

fn wanted(file: &FileLine) -> Option<FileWanted> {
    let part = file.part?;
    Some(FileWanted { part, name: file.raw_name.clone(), kind: file.raw_kind.clone() })
}

/// What is chosen is opened; an address only after it was shown as a whole.
pub(super) fn open(state: &mut State) -> Vec<Effect> {
    match state.overlay {
        Some(Overlay::Links { cursor }) => ask_about_link(state, cursor),
        Some(Overlay::Address { over, .. }) => {
            state.overlay = over.overlay();
            let account = state.leaves_by.take().and_then(|id| state.account(id)).map(|account| account.name.clone());
            if let (Some(account), Some(address)) = (account, &state.address) {
                let job = Job::Unsubscribe { account, address: address.clone() };
                state.address = None;
                return vec![state.begin(job).1];
            }
            if let Some(address) = state.address.take() {
                return vec![state.begin(Job::Browse(address)).1];
            }
        }
        Some(Overlay::Files { .. }) => match chosen(state) {
            Some(file) if file.part.is_none() => ask_about(state, &file.url),
            Some(FileLine { part: Some(part), raw_kind, .. }) if is_message(&raw_kind) => {
                state.overlay = None;
                return reading::enter(state, part);
            }
            Some(file) => return open_file(state, &file),
            None => {}
        },
        Some(Overlay::Help { .. } | Overlay::History { .. } | Overlay::Wire { .. }) | None => {}
    }
    Vec::new()
}

fn open_file(state: &mut State, file: &FileLine) -> Vec<Effect> {
    match opening(file.raw_name.as_untrusted(), file.truly) {
        Opening::Never => state.notice(Notice::Program(file.name.clone())),
        Opening::Asked if state.asked_to_open != file.part => {
            state.asking_to_open = file.part;
            state.notice(Notice::Doubtful(file.name.clone()));
        }
        Opening::Asked | Opening::AtOnce => return deed(state, wanted(file).into_iter().collect(), Deed::Open),
    }
    Vec::new()
}

/// What is read here and not by another program.
fn is_message(kind: &Text) -> bool {
    ["message/rfc822", "message/global"].iter().any(|known| kind.as_untrusted().eq_ignore_ascii_case(known))
}

fn ask_where(state: &mut State, files: Vec<FileWanted>) -> Vec<Effect> {
    if files.is_empty() {
        state.notice(Notice::NoFiles);
    } else {
        let folder = state.save_to.clone();
        ask(state, Prompt::offering(Asks::Folder(files), &folder));
    }
    Vec::new()
}

pub(super) fn save(state: &mut State) -> Vec<Effect> {
    match chosen(state) {
        Some(file) if file.part.is_none() => {
            ask_about(state, &file.url);
            Vec::new()
        }
        Some(file) => ask_where(state, wanted(&file).into_iter().collect()),
        // Outside of the list of files there is no single one.
        None if state.overlay.is_none() => save_all(state),
        None => Vec::new(),
    }
}

pub(super) fn save_all(state: &mut State) -> Vec<Effect> {
    if shown(state).is_none() {
        return Vec::new();
    }
    let files = state.reader.files().iter().filter_map(wanted).collect();
    ask_where(state, files)
}

/// Those files of the message that are invoices, into the folder of its month.
pub(super) fn save_invoices(state: &mut State) -> Vec<Effect> {
    let Some(row) = shown(state) else { return Vec::new() };
    let files: Vec<FileWanted> =
        state.reader.files().iter().filter(|file| is_invoice(file)).filter_map(wanted).collect();
    if files.is_empty() {
        state.notice(Notice::NoInvoices);
        return Vec::new();
    }
    let day = jiff::Timestamp::from_second(row.date.0).unwrap_or_default().to_zoned(state.settings.zone.clone());
    let month = day.strftime("%Y-%m").to_string();
    let usual = || format!("{}/{}", state.save_to.trim_end_matches('/'), state.settings.names.invoices);
    let folder = state.invoices_to.clone().unwrap_or_else(usual);
    ask(state, Prompt::offering(Asks::Invoices { files, month }, &folder));
    Vec::new()
}

/// In China an invoice is a PDF, an OFD or an XML, or several of them in a ZIP.
fn is_invoice(file: &FileLine) -> bool {
    let name = file.raw_name.as_untrusted().to_lowercase();
    let kind = file.raw_kind.as_untrusted().to_ascii_lowercase();
    let ends = [".pdf", ".ofd", ".xml", ".zip"].iter().any(|end| name.trim_end().ends_with(end));
    file.truly.is_none() && (ends || kind == "application/pdf" || kind == "application/ofd")
}

pub(super) fn pipe(state: &mut State) -> Vec<Effect> {
    if shown(state).is_none() || matches!(state.overlay, Some(Overlay::Links { .. } | Overlay::Address { .. })) {
        return Vec::new();
    }
    let file = chosen(state);
    if file.as_ref().is_some_and(|file| file.part.is_none()) {
        return Vec::new();
    }
    let command = state.command.clone();
    ask(state, Prompt::offering(Asks::Command(file.as_ref().and_then(wanted)), &command));
    Vec::new()
}

pub(super) fn print(state: &mut State) -> Vec<Effect> {
    if shown(state).is_some() {
        let command = state.settings.print_with.clone();
        ask(state, Prompt::offering(Asks::Command(None), &command));
    }
    Vec::new()
}

#[cfg(test)]
mod tests;
