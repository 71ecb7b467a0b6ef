//! State → frame. Nothing is decided here and nothing is kept: the same state always looks the same.

mod announced;
mod bars;
mod choice;
mod chooser;
mod colour;
mod compose;
mod conversation;
mod date;
mod folders;
mod following;
mod found;
mod leaving;
mod list;
mod named;
mod number;
mod opened;
mod outbox;
mod overlay;
mod paint;
mod pen;
mod picker;
mod prompt;
mod reader;
mod review;
mod setup;
mod triage;
mod trouble;
mod welcome;

use jiff::tz::TimeZone;
use ratatui::Frame;
use ratatui::buffer::Buffer;

use crate::app::{Focus, State};
use crate::config::theme::Theme;
use crate::i18n::{Words, fill};
use crate::text::SafeText;
use colour::Colours;
use paint::Paint;
use pen::Pen;

pub use announced::announcement;
pub use leaving::last_words;
pub use named::names;
pub use setup::form;
pub use trouble::{failure_sentence, keymap_sentence};

/// What the drawing needs besides the state: colours, words, and where the user lives.
#[derive(Clone, Debug)]
pub struct Look {
    paint: Paint,
    words: Words,
    zone: TimeZone,
    colours: Colours,
}

impl Look {
    pub fn new(theme: &Theme, words: Words, zone: TimeZone) -> Self {
        Self { paint: Paint::new(theme), words, zone, colours: Colours::new(theme.ground, false) }
    }

    /// For a terminal that shows every colour there is.
    #[must_use]
    pub fn with_true_colours(self) -> Self {
        Self { colours: self.colours.all(), ..self }
    }

    pub fn words(&self) -> &Words {
        &self.words
    }
}

/// Draws the whole screen.
pub fn view(state: &State, look: &Look, frame: &mut Frame<'_>) {
    if let Some(cursor) = draw(state, look, frame.buffer_mut()) {
        frame.set_cursor_position(cursor);
    }
}

/// Where the cursor stands, if something is being typed.
fn draw(state: &State, look: &Look, buffer: &mut Buffer) -> Option<(u16, u16)> {
    let mut pen = Pen::new(buffer);
    let mut typing = None;
    let layout = state.layout();
    if state.is_welcome() {
        welcome::draw(state, look, &mut pen);
    } else if state.outbox().is_shown() && state.overlay().is_none() {
        typing = outbox::draw(state, look, &mut pen);
    } else if state.composing().list().is_some() && state.overlay().is_none() {
        compose::list(state, look, &mut pen);
    } else if state.overlay().is_none() && !state.triage().covers_panes() {
        if let Some(pane) = layout.folders {
            folders::draw(state, look, pane, &mut pen);
        }
        if let Some(pane) = layout.list {
            list::draw(state, look, pane, &mut pen);
        }
        if let Some(pane) = layout.reader {
            reader::draw(state, look, pane, &mut pen);
        }
        if let Some(pane) = layout.composer {
            typing = compose::draw(state, look, pane, &mut pen);
        }
        bars::upright_rules(state, look, &mut pen);
    }
    if !state.is_welcome() && state.overlay().is_none() {
        triage::sheet(state, look, &mut pen);
    }
    if let Some(overlay) = state.overlay() {
        overlay::draw(state, look, overlay, &mut pen);
    }
    if let Some(area) = layout.error {
        trouble::draw(state, look, area, &mut pen);
    }
    if let Some(area) = layout.status {
        bars::status(state, look, area, &mut pen);
    }
    if let Some(area) = layout.footer {
        let said = state.error_row().filter(|row| state.is_said_in_the_footer(row));
        // The keys stand behind what is said, as far as there is room.
        let used = said.as_ref().map_or(0, |_| trouble::draw(state, look, area, &mut pen));
        if said.is_some() || !triage::done(state, look, area, &mut pen) {
            bars::footer(state, look, area, used, &mut pen);
        }
    }
    triage::question(state, look, &mut pen);
    following::draw(state, look, &mut pen);
    let typing = prompt::draw(state, look, &mut pen).or(typing);
    let typing = chooser::draw(state, look, &mut pen).or(typing);
    leaving::draw(state, look, &mut pen);
    typing
}

/// What the window is called: the program, the folder, and how much in the inboxes is unread.
pub fn title(state: &State, words: &Words) -> SafeText {
    let mut title = words.name.clone();
    let unread = state.folders().unread_in_inboxes();
    if unread > 0 {
        title.push_str(&fill(" ({count})", &[("count", &number::grouped(unread))]));
    }
    if let Some(folder) = state.folders().open() {
        title.push_str(" · ");
        title.push_str(folders::name_of(folder, words).as_str());
    } else if let Some(source) = state.folders().gathered() {
        title.push_str(" · ");
        title.push_str(folders::name_of_list(source, words));
    }
    SafeText::of(&title)
}

/// True if this pane has the keys.
fn has_keys(state: &State, focus: Focus) -> bool {
    state.focus() == focus && state.overlay().is_none()
}

#[cfg(test)]
mod tests;
