//! Failures and notices in words, and the row that says them.

use super::Look;
use super::pen::{Field, Pen, columns};
use crate::app::{Account, Action, Area, CommandTrouble, DeedTrouble, Done, ErrorRow, Notice, State, Undertaking};
use crate::config::keymap::KeymapProblem;
use crate::i18n::{Language, Words, fill};
use crate::model::{Failure, Retry, Role, Status};
use crate::remedy;
use crate::text::{SafeText, clip, clip_middle};

/// A wait of so many seconds is told in minutes.
const MINUTES: u64 = 120;

/// What is the matter and what to do about it, in one line.
pub fn failure_sentence(failure: &Failure, words: &Words) -> SafeText {
    let (what, todo) = parts(failure, words);
    SafeText::of(&format!("{what} · {todo}"))
}

/// What is wrong with a key, in one line.
pub fn keymap_sentence(problem: &KeymapProblem, words: &Words) -> SafeText {
    let template = words.keymap.get(problem.trouble.code()).map_or("{key}", String::as_str);
    let values = [("pane", problem.pane.code()), ("key", &problem.key), ("action", &problem.action)];
    SafeText::of(&fill(template, &values))
}

fn parts(failure: &Failure, words: &Words) -> (String, String) {
    if let Some(remedy) = remedy::against(failure) {
        let wording = if words.language == Language::ZhCn.code() { &remedy.zh } else { &remedy.en };
        return (wording.what.clone(), wording.todo.clone());
    }
    let sentence = words.failure(failure.kind.code());
    let values = [("about", failure.about.as_str())];
    let what = fill(&sentence.what, &values);
    // Where nothing is known that it is about, the sentence must not show the hole.
    (what.trim().trim_end_matches(['：', ':']).to_owned(), fill(&sentence.todo, &values))
}

/// The same for the form, which has no history to look into and no settings that were written by hand.
pub(super) fn for_setup(failure: &Failure, words: &Words) -> (String, String) {
    let (what, todo) = parts(failure, words);
    (what, capital(&todo))
}

/// The same with room: what is the matter, then what to do and what the other side said.
pub(super) fn paragraphs(failure: &Failure, look: &Look) -> (String, Vec<String>) {
    let (what, todo) = parts(failure, &look.words);
    let mut rest = vec![todo];
    // Where it is known what it means, the words themselves help nobody; the history has them.
    rest.extend(said(failure, look).filter(|_| !failure.is_advised()));
    (what, rest)
}

pub(super) fn said(failure: &Failure, look: &Look) -> Option<String> {
    let said = failure.said.as_str().trim();
    (!said.is_empty()).then(|| fill(&look.words.trouble.said, &[("said", said)]))
}

pub(super) fn undertaking(what: Undertaking, words: &Words) -> Option<&str> {
    match what {
        Undertaking::Reading => Some(&words.trouble.reading),
        Undertaking::Saving => Some(&words.trouble.saving),
        Undertaking::Listing => Some(&words.trouble.listing),
        Undertaking::Other => None,
    }
}

pub(super) fn notice(notice: &Notice, words: &Words) -> String {
    let said = &words.notices;
    match notice {
        Notice::InputMethod => said.input_method.clone(),
        Notice::ReadOnly => said.read_only.clone(),
        Notice::GoneElsewhere => words.notices.gone_elsewhere.clone(),
        Notice::NothingUnread => said.nothing_unread.clone(),
        Notice::NoSuchFolder(role) => fill(&said.no_such_folder, &[("folder", words.role(Role::code(*role)))]),
        Notice::NoOtherFolder => said.no_other_folder.clone(),
        Notice::NoMessage => said.no_message.clone(),
        Notice::Mouse(true) => said.mouse_on.clone(),
        Notice::Mouse(false) => said.mouse_off.clone(),
        Notice::SyncStarted => said.sync_started.clone(),
        Notice::OfProgram => said.of_program.clone(),
        Notice::NewSecret => said.new_secret.clone(),
        Notice::NoSetUp => said.no_set_up.clone(),
        Notice::Keymap(problem) => keymap_sentence(problem, words).into_string(),
        Notice::OneForm => said.one_form.clone(),
        Notice::NoQuotes => said.no_quotes.clone(),
        Notice::NoLinks => said.no_links.clone(),
        Notice::NoLinkOf(number) => fill(&said.no_link_of, &[("number", number.as_str())]),
        Notice::NoFiles => said.no_files.clone(),
        Notice::NoUnsubscribe => said.no_unsubscribe.clone(),
        Notice::NoInvoices => said.no_invoices.clone(),
        Notice::NothingToCopy(action) => fill(&said.nothing_to_copy, &[("what", words.hint(action.name()))]),
        Notice::LinkRefused(url) => fill(&said.link_refused, &[("url", url.as_str())]),
        Notice::Charset("") => said.charset_found.clone(),
        Notice::Charset(charset) => fill(&said.charset, &[("charset", charset)]),
        Notice::NotFound(what) => fill(&said.not_found, &[("words", what.as_str())]),
        Notice::Command(CommandTrouble::Empty) => said.no_command.clone(),
        Notice::Command(CommandTrouble::Open) => said.open_quote.clone(),
        Notice::Program(name) => fill(&said.program, &[("name", name.as_str())]),
        Notice::Doubtful(name) => fill(&said.doubtful, &[("name", name.as_str())]),
        Notice::Done(done) => done_in_words(done, words),
        Notice::Deed(trouble) => deed(trouble, words),
        Notice::NewMailCommand(DeedTrouble::NoProgram(program)) => {
            fill(&words.announce.no_program, &[("program", program.as_str())])
        }
        Notice::NewMailCommand(trouble) => fill(&words.announce.failed, &[("said", &deed(trouble, words))]),
        Notice::Draft(notice) => {
            let sentence = words.compose.notices.get(notice.code()).map_or("{words}", String::as_str);
            let named = notice.names();
            fill(sentence, &[("words", &named), ("key", &named), ("time", &named), ("count", &named)])
        }
        Notice::Outbox(notice) => super::outbox::notice(notice, words),
        Notice::Said(text) => text.as_str().to_owned(),
        Notice::Failed(failure) => failure_sentence(failure, words).into_string(),
    }
}

fn done_in_words(done: &Done, words: &Words) -> String {
    let said = &words.notices;
    match done {
        Done::Opened => said.opened.clone(),
        Done::Saved { count: 0 | 1, name, folder } => {
            // Where it is now is said to its end, (1) and all.
            let (folder, name) = (folder.as_str().trim_end_matches('/'), name.as_str());
            fill(&said.saved, &[("folder", &clip_middle(folder, 30)), ("name", &clip_middle(name, 40))])
        }
        Done::Saved { count, folder, .. } => {
            fill(&said.saved_many, &[("count", &count.to_string()), ("folder", folder.as_str())])
        }
        Done::Unsubscribed { host } => fill(&said.unsubscribed, &[("host", host.as_str())]),
        Done::Copied { shown, by } => fill(&said.copied, &[("shown", &clip(shown.as_str(), 30)), ("by", by.as_str())]),
        Done::Piped(output) if output.is_empty() => said.piped.clone(),
        Done::Piped(output) => fill(&said.piped_said, &[("said", output.as_str())]),
    }
}

fn deed(trouble: &DeedTrouble, words: &Words) -> String {
    let said = &words.notices;
    match trouble {
        DeedTrouble::NoPart => said.no_part.clone(),
        DeedTrouble::NoProgram(program) => fill(&said.no_program, &[("program", program.as_str())]),
        DeedTrouble::Ended { program, status } => {
            fill(&said.ended, &[("program", program.as_str()), ("status", &status.to_string())])
        }
        DeedTrouble::TooSlow(program) => fill(&said.too_slow, &[("program", program.as_str())]),
        DeedTrouble::NotUnsubscribed { host, status } => {
            fill(&said.not_unsubscribed, &[("host", host.as_str()), ("status", &status.to_string())])
        }
        DeedTrouble::NoFolder(folder) => fill(&said.no_folder, &[("folder", folder.as_str())]),
        DeedTrouble::NotWritten(error) => fill(&said.not_written, &[("said", error.as_str())]),
    }
}

/// What failed · why · what happens next · the key that helps, and how many columns that takes. In little room the advice is clipped first: the history
/// has all of it.
pub(super) fn draw(state: &State, look: &Look, area: Area, pen: &mut Pen<'_>) -> u16 {
    let words = &look.words.trouble;
    let field = Field::row(area, 0).skip(1).less(1);
    let key = |action: Action, template: &str| {
        let key = state.keymap().key_of(state.key_pane(), action)?;
        Some(fill(template, &[("key", &key.to_string())]))
    };
    let (what, todo, next) = match state.error_row() {
        None => return 0,
        Some(ErrorRow::Notice(said)) => return pen.put(field, &notice(said, &look.words), look.paint.notice),
        Some(ErrorRow::Failed(doing, failure)) => {
            let (what, todo) = parts(failure, &look.words);
            let what = match undertaking(doing, &look.words) {
                Some(doing) => format!("{doing} · {what}"),
                None => what,
            };
            (what, todo, key(Action::History, &words.history_key).into_iter().collect::<Vec<_>>())
        }
        Some(ErrorRow::Account { account, failure, again_in }) => {
            let (mut what, todo) = parts(failure, &look.words);
            // The status row shows which account it is, as long as it is only one.
            let offline = |account: &&Account| matches!(account.status, Status::Offline { .. });
            let several = state.accounts().len() > 1;
            if state.accounts().iter().filter(offline).count() > 1 || (several && failure.is_account_removed()) {
                what = format!("{}: {what}", account.name.as_str());
            }
            let next = match again_in {
                Some(0) => Some(words.again_soon.clone()),
                Some(seconds) if seconds >= MINUTES => {
                    let minutes = seconds.div_ceil(60).to_string();
                    Some(fill(&words.again_in_minutes, &[("minutes", &minutes)]))
                }
                Some(seconds) => Some(fill(&words.again_in, &[("seconds", &seconds.to_string())])),
                None if failure.retry == Retry::Doubtful => Some(words.no_more.clone()),
                None => None,
            };
            let asks = matches!(failure.retry, Retry::Doubtful | Retry::AfterUser) && !failure.worked_before;
            let secret = (failure.wants_a_secret() && asks && !state.is_read_only())
                .then(|| key(Action::ChangeSecret, &words.secret_key))
                .flatten();
            let help = match (failure.retry, again_in) {
                (Retry::Later, _) | (Retry::Doubtful, None) => key(Action::Sync, &words.retry_key),
                // Whoever has followed the advice wants to go on.
                (Retry::AfterUser, _) if failure.is_advised() => key(Action::Sync, &words.retry_key),
                // Nothing is won by trying sooner.
                (Retry::Patience | Retry::Doubtful | Retry::AfterUser, _) if secret.is_none() => {
                    key(Action::History, &words.history_key)
                }
                (Retry::Patience | Retry::Doubtful | Retry::AfterUser, _) => None,
            };
            (what, todo, next.into_iter().chain(secret).chain(help).collect())
        }
    };
    let tail = next.iter().fold(String::new(), |tail, part| tail + " · " + part);
    let head = columns(&what);
    let room = field.columns.saturating_sub(head + columns(&tail));
    if area.height >= 2 {
        let used = pen.put(field.less(columns(&tail).min(field.columns / 2)), &what, look.paint.error);
        pen.put(field.skip(used), &tail, look.paint.notice);
        pen.put(Field::row(area, 1).skip(1).less(1), &capital(&todo), look.paint.text);
        return field.columns;
    }
    let mut used = pen.put(field.less(columns(&tail).min(field.columns / 2)), &what, look.paint.error);
    if room >= 16 {
        used += pen.put(field.skip(used), " · ", look.paint.dim);
        used += pen.put(field.skip(used).take(room - 3), &todo, look.paint.text);
    }
    used + pen.put(field.skip(used), &tail, look.paint.notice)
}

/// The same as the beginning of a sentence.
pub(super) fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}
