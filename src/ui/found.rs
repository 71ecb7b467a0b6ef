//! A list of what was found: what it is called, what stands where nothing was, and where the words are.

use std::ops::Range;

use ratatui::style::Style;

use super::Look;
use super::folders::name_of;
use super::number::grouped;
use crate::app::State;
use crate::i18n::fill;
use crate::model::{Coverage, Source};
use crate::search::{Field, Phrase, Trouble, hits};
use crate::text::SafeText;

/// What the list is called, if it is one of what was found.
pub(super) fn title(state: &State, look: &Look) -> Option<String> {
    let Some(Source::Search { words, within }) = state.list().source() else { return None };
    let said = &look.words.list;
    let words = SafeText::of(words).into_string();
    let folder = within.as_deref().and_then(Source::folder).and_then(|folder| state.folders().find(folder));
    let mut title = match (within, folder) {
        (Some(_), Some(folder)) => {
            let name = name_of(folder, &look.words).into_string();
            fill(&said.filtered, &[("name", &name), ("words", &words)])
        }
        (Some(_), None) => fill(&look.words.list.filtered, &[("name", "…"), ("words", &words)]),
        (None, _) => fill(&said.found, &[("words", &words)]),
    };
    let Coverage { messages, with_text, waiting } = state.searching().coverage();
    if state.searching().is_whole() && with_text < messages {
        let texts = fill(&said.texts_here, &[("count", &grouped(with_text)), ("total", &grouped(messages))]);
        title = format!("{title} · {texts}");
    }
    if waiting > 0 && state.searching().is_whole() {
        title = format!("{title} · {}", fill(&said.waiting, &[("count", &grouped(waiting))]));
    }
    Some(title)
}

/// What stands in a list in which there is nothing.
pub(super) fn nothing<'a>(state: &State, look: &'a Look) -> Option<&'a str> {
    if !matches!(state.list().source(), Some(Source::Search { .. })) {
        return None;
    }
    let words = &look.words.list;
    Some(if state.searching().is_whole() { &words.found_nothing } else { &words.still_looking })
}

/// The phrases to be marked in the columns of rows.
pub(super) struct Marked<'a> {
    pub(super) subject: Vec<&'a Phrase>,
    pub(super) from: Vec<&'a Phrase>,
    pub(super) to: Vec<&'a Phrase>,
}

impl<'a> Marked<'a> {
    pub(super) fn of(state: &'a State) -> Self {
        let found = matches!(state.list().source(), Some(Source::Search { .. }));
        let phrases = |field| if found { state.searching().phrases(field) } else { Vec::new() };
        Self { subject: phrases(Field::Subject), from: phrases(Field::From), to: phrases(Field::To) }
    }
}

/// How each place of a text looks: hits in `marked`.
pub(super) fn styles(text: &str, phrases: &[&Phrase], plain: Style, marked: Style) -> impl Fn(usize) -> Style {
    let at: Vec<Range<usize>> = hits(text, phrases);
    move |place| if at.iter().any(|at| at.contains(&place)) { marked } else { plain }
}

/// Why what is typed cannot be looked for.
pub(super) fn problem(state: &State, look: &Look) -> Option<String> {
    let (typed, problem) = state.searching().problem()?;
    // While something is typed, what is open is not closed yet.
    if matches!(problem.trouble, Trouble::NoEndOfQuote | Trouble::NoEndOfBracket) {
        return None;
    }
    let at = typed.get(problem.at.clone()).unwrap_or_default();
    Some(fill(&look.words.prompt.no_query, &[("what", SafeText::of(at).as_str())]))
}
