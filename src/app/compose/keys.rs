//! What keys do in a draft. What is printed is typed; commands come as actions, by the keymap; what is neither is what
//! every text field knows.

use super::errand::DraftNotice;
use super::{Composer, Head, Stage};
use crate::app::Action;
use crate::app::edit::{Buffer, Line};
use crate::model::{Form, Key, KeyPress};
use crate::text::SafeText;

/// Where lines end that are broken for whoever asks for it.
const REFLOWED: usize = 72;

/// What a key did.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Done {
    Nothing,
    Moved,
    /// The draft is another one now.
    Changed,
    Said(DraftNotice),
}

impl Composer {
    /// Text, as it is typed or pasted.
    pub(in crate::app) fn typed(&mut self, text: &str, pasted: bool) -> Done {
        match &mut self.stage {
            Stage::Editing => {}
            Stage::Searching(line) => {
                line.insert(text);
                return self.sought_anew();
            }
            Stage::Timing(line) => {
                line.insert(text);
                return Done::Moved;
            }
            Stage::Preparing | Stage::Picking(_) | Stage::Reviewing(_) | Stage::Discarding | Stage::Elsewhere => {
                return Done::Nothing;
            }
        }
        match self.focus {
            Head::Body if pasted => {
                if !self.body.paste(text) {
                    return Done::Said(DraftNotice::Cut);
                }
            }
            Head::Body => {
                if !self.body.insert(text) {
                    return Done::Said(DraftNotice::Cut);
                }
            }
            Head::From | Head::Files => return Done::Nothing,
            head => {
                // Addresses are pasted as they stand in a column, too.
                let text = if head.takes_addresses() {
                    text.trim().replace(['\n', '\r'], ", ")
                } else {
                    text.replace('\n', " ")
                };
                if self.line_mut(head).is_some_and(|line| !line.insert(&text)) {
                    return Done::Said(DraftNotice::NoRoom);
                }
                self.one_more_field();
            }
        }
        Done::Changed
    }

    /// A key that the keymap has no action for.
    pub(in crate::app) fn press(&mut self, press: KeyPress) -> Done {
        if let (Key::Char(c), false, false) = (press.key, press.ctrl, press.alt) {
            return self.typed(c.encode_utf8(&mut [0; 4]), false);
        }
        match self.focus {
            Head::Body => self.press_in_body(press),
            Head::From => match press.key {
                Key::Left | Key::Right => {
                    if self.next_sender(if press.key == Key::Left { -1 } else { 1 }) {
                        Done::Changed
                    } else {
                        Done::Said(DraftNotice::OneSender)
                    }
                }
                _ => self.move_by_field(press),
            },
            Head::Files => match press.key {
                Key::Left => self.move_to_file(-1),
                Key::Right => self.move_to_file(1),
                Key::Backspace | Key::Delete if self.remove_file() => Done::Changed,
                _ => self.move_by_field(press),
            },
            head => {
                if matches!(press.key, Key::Up | Key::Down | Key::Enter | Key::Tab | Key::BackTab) {
                    return self.move_by_field(press);
                }
                let Some(line) = self.line_mut(head) else { return Done::Nothing };
                let before = (line.at(), line.text().len());
                let known = line.press(press);
                let now = (line.at(), line.text().len());
                match known {
                    true if before.1 != now.1 => Done::Changed,
                    true => Done::Moved,
                    false => Done::Nothing,
                }
            }
        }
    }

    fn move_to_file(&mut self, by: isize) -> Done {
        self.file = self.file.saturating_add_signed(by).min(self.files().len().saturating_sub(1));
        Done::Moved
    }

    fn move_by_field(&mut self, press: KeyPress) -> Done {
        match press.key {
            Key::Up | Key::BackTab => self.next_field(-1),
            Key::Down | Key::Enter | Key::Tab => self.next_field(1),
            _ => Done::Nothing,
        }
    }

    pub(super) fn next_field(&mut self, by: isize) -> Done {
        let heads = self.heads();
        let here = heads.iter().position(|head| *head == self.focus).unwrap_or_default();
        let to = here.saturating_add_signed(by).min(heads.len().saturating_sub(1));
        let left = std::mem::replace(&mut self.focus, heads.get(to).copied().unwrap_or(Head::Body));
        self.candidates = None;
        match self.no_field(left) {
            Some((why, name)) => Done::Said(DraftNotice::NoField(why, name)),
            None => Done::Moved,
        }
    }

    fn press_in_body(&mut self, press: KeyPress) -> Done {
        let body = &mut self.body;
        let revision = body.revision();
        match (press.key, press.ctrl, press.alt) {
            (Key::Enter, ..) => drop(body.insert("\n")),
            (Key::Tab, ..) => {
                let (_, column) = body.counted();
                body.insert(&" ".repeat(4 - (column - 1) % 4));
            }
            (Key::BackTab, ..) => return self.next_field(-1),
            (Key::Backspace, false, false) | (Key::Char('h'), true, false) => body.backspace(),
            (Key::Backspace, ..) => body.kill_word_before(),
            (Key::Delete, false, false) | (Key::Char('d'), true, false) => body.delete(),
            (Key::Delete, ..) => body.kill_word_after(),
            (Key::Left, false, false) => body.left(),
            (Key::Right, false, false) => body.right(),
            (Key::Left, ..) => body.word_left(),
            (Key::Right, ..) => body.word_right(),
            (Key::Up, ..) => {
                let top = body.cursor() == super::super::edit::Place::default();
                if !body.up() && top {
                    return self.next_field(-1);
                }
            }
            (Key::Down, ..) => drop(body.down()),
            (Key::Home, false, false) => body.home(),
            (Key::End, false, false) => body.end(),
            (Key::Home, ..) => body.to_start(),
            (Key::End, ..) => body.to_end(),
            (Key::PageUp, ..) => body.page_up(),
            (Key::PageDown, ..) => body.page_down(),
            _ => return Done::Nothing,
        }
        if self.body.revision() == revision { Done::Moved } else { Done::Changed }
    }

    /// An action that concerns this draft alone.
    pub(in crate::app) fn act(&mut self, action: Action) -> Done {
        match action {
            Action::NextField if self.focus == Head::Body => return self.press(KeyPress::plain(Key::Tab)),
            Action::NextField => return self.next_field(1),
            Action::Down => return self.press(KeyPress::plain(Key::Down)),
            Action::Up => return self.press(KeyPress::plain(Key::Up)),
            Action::PreviousField => return self.next_field(-1),
            Action::MoreFields => {
                self.all_fields = !self.all_fields;
                self.focus = if self.all_fields { Head::Cc } else { Head::To };
                self.one_more_field();
                return Done::Moved;
            }
            Action::NextSender => {
                return if self.next_sender(1) { Done::Changed } else { Done::Said(DraftNotice::OneSender) };
            }
            Action::SwitchForm => {
                let has_page = self.rest.about.as_ref().is_some_and(|about| about.page.is_some());
                self.rest.form = match self.rest.form {
                    Form::Plain => Form::Markdown,
                    Form::Markdown if has_page => Form::WithPage,
                    Form::Markdown | Form::WithPage => Form::Plain,
                };
                return Done::Changed;
            }
            Action::Search if self.focus == Head::Body => {
                self.stage = Stage::Searching(Line::of("", 1024, &[' ']));
                return Done::Moved;
            }
            _ => {}
        }
        if self.focus == Head::Body { self.act_in_body(action) } else { self.act_in_head(action) }
    }

    fn act_in_head(&mut self, action: Action) -> Done {
        let plain = |key: &str| key.parse::<KeyPress>().ok();
        let press = match action {
            Action::LineStart | Action::TextStart => plain("Home"),
            Action::LineEnd | Action::TextEnd => plain("End"),
            Action::KillWordLeft => plain("C-w"),
            Action::KillToStart => plain("C-u"),
            Action::KillToEnd => plain("C-k"),
            Action::PageDown => plain("Down"),
            Action::PageUp => plain("Up"),
            _ => None,
        };
        press.map_or(Done::Nothing, |press| self.press(press))
    }

    fn act_in_body(&mut self, action: Action) -> Done {
        let body = &mut self.body;
        let revision = body.revision();
        let motion: Option<fn(&mut Buffer)> = match action {
            Action::LineStart => Some(Buffer::home),
            Action::LineEnd => Some(Buffer::end),
            Action::TextStart => Some(Buffer::to_start),
            Action::TextEnd => Some(Buffer::to_end),
            Action::WordLeft => Some(Buffer::word_left),
            Action::WordRight => Some(Buffer::word_right),
            Action::PageDown => Some(Buffer::page_down),
            Action::PageUp => Some(Buffer::page_up),
            Action::KillWordLeft => Some(Buffer::kill_word_before),
            Action::KillWordRight => Some(Buffer::kill_word_after),
            Action::KillToStart => Some(Buffer::kill_to_start),
            Action::KillToEnd => Some(Buffer::kill_to_end),
            Action::Yank => Some(Buffer::yank),
            Action::Mark => Some(Buffer::set_mark),
            _ => None,
        };
        let known = match action {
            Action::UndoEdit => body.undo().then_some(()).ok_or(DraftNotice::NothingToUndo),
            Action::RedoEdit => body.redo().then_some(()).ok_or(DraftNotice::NothingToUndo),
            Action::Cut => body.cut().then_some(()).ok_or(DraftNotice::NoMark),
            Action::Copy => body.copy().then_some(()).ok_or(DraftNotice::NoMark),
            Action::Reflow => {
                body.reflow(REFLOWED);
                Ok(())
            }
            Action::TrimQuote => body.trim_quotation().then_some(()).ok_or(DraftNotice::NoQuote),
            Action::FoldQuotes => {
                let done = body.unfold_here() || body.toggle_folds();
                done.then_some(()).ok_or(DraftNotice::NoQuote)
            }
            _ => match motion {
                Some(work) => {
                    work(body);
                    Ok(())
                }
                None => return Done::Nothing,
            },
        };
        match known {
            Err(notice) => Done::Said(notice),
            Ok(()) if self.body.revision() == revision => Done::Moved,
            Ok(()) => Done::Changed,
        }
    }

    /// Esc: what lies nearest goes first. False if nothing did.
    pub(in crate::app) fn give_way(&mut self) -> bool {
        self.candidates.take().is_some() || self.body.forget_mark()
    }

    /// Keys that belong to the candidates below a field.
    pub(in crate::app) fn press_on_candidates(&mut self, press: KeyPress) -> Option<Done> {
        let count = self.candidates.as_ref()?.people.len();
        let cursor = self.candidates.as_ref()?.cursor;
        let place = |at: Option<usize>, composer: &mut Self| {
            if let Some(candidates) = &mut composer.candidates {
                candidates.cursor = at;
            }
            Some(Done::Moved)
        };
        match (press.key, press.ctrl, press.alt) {
            (Key::Down, ..) | (Key::Char('n'), true, _) => {
                place(Some(cursor.map_or(0, |at| (at + 1).min(count.saturating_sub(1)))), self)
            }
            (Key::Up, ..) | (Key::Char('p'), true, _) if cursor.is_some() => {
                place(cursor.and_then(|at| at.checked_sub(1)), self)
            }
            (Key::Tab, ..) => Some(if self.take_candidate(cursor) { Done::Changed } else { Done::Nothing }),
            // Without a choice, a whole address is what was meant.
            (Key::Enter, ..) if cursor.is_some() || !self.is_whole() => {
                Some(if self.take_candidate(cursor) { Done::Changed } else { Done::Nothing })
            }
            (Key::Esc, ..) => {
                self.candidates = None;
                Some(Done::Moved)
            }
            _ => None,
        }
    }

    fn is_whole(&self) -> bool {
        let Some(line) = self.line(self.focus) else { return true };
        crate::letter::addresses(line.text()).last().is_some_and(|one| one.mailbox.is_ok())
    }

    /// Keys while words are looked for.
    pub(in crate::app) fn press_on_search(&mut self, press: KeyPress) -> Done {
        let Stage::Searching(line) = &mut self.stage else { return Done::Nothing };
        let text = line.text().to_owned();
        match (press.key, press.ctrl, press.alt) {
            (Key::Enter, ..) | (Key::Char('j' | 'm'), true, _) => {
                self.sought.clone_from(&text);
                self.stage = Stage::Editing;
                Done::Moved
            }
            (Key::Esc, ..) | (Key::Char('g'), true, _) => {
                self.stage = Stage::Editing;
                self.body.end_search();
                Done::Moved
            }
            (Key::Down, ..) | (Key::Char('f' | 'n' | 's'), true, _) => self.find_on(text, true),
            (Key::Up, ..) | (Key::Char('p' | 'r'), true, _) => self.find_on(text, false),
            _ if line.press(press) => {
                if line.text() == text {
                    Done::Moved
                } else {
                    self.sought_anew()
                }
            }
            _ => Done::Nothing,
        }
    }

    fn find_on(&mut self, text: String, forward: bool) -> Done {
        // The same key twice looks for what was looked for last.
        let words = if text.is_empty() { self.sought.clone() } else { text };
        if let Stage::Searching(line) = &mut self.stage
            && line.is_empty()
        {
            line.insert(&words);
        }
        self.find(&words, forward, false)
    }

    fn sought_anew(&mut self) -> Done {
        let Stage::Searching(line) = &self.stage else { return Done::Nothing };
        let words = line.text().to_owned();
        self.find(&words, true, true)
    }

    fn find(&mut self, words: &str, forward: bool, here: bool) -> Done {
        if self.body.find(words, forward, here) {
            return Done::Moved;
        }
        self.body.end_search();
        Done::Said(DraftNotice::NotFound(SafeText::of(words)))
    }

    /// A click into the pane.
    pub(in crate::app) fn click(&mut self, column: u16, row: u16) -> Done {
        if self.stage != Stage::Editing {
            return Done::Nothing;
        }
        let text = self.text_area();
        if text.contains(column, row) {
            self.focus = Head::Body;
            self.body.click(usize::from(row - text.y), usize::from((column - text.x).saturating_sub(1)));
            return Done::Moved;
        }
        let head = self.head_rows().iter().find(|head| head.area.contains(column, row)).map(|head| head.head);
        if let Some(head) = head {
            self.focus = head;
            self.candidates = None;
        }
        Done::Moved
    }

    pub(in crate::app) fn scroll(&mut self, by: isize) {
        match &mut self.stage {
            Stage::Reviewing(review) => review.scroll(by),
            Stage::Editing => {
                for _ in 0..by.unsigned_abs() {
                    if by < 0 {
                        self.body.up()
                    } else {
                        self.body.down()
                    };
                }
            }
            _ => {}
        }
    }
}
