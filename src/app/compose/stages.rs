//! From writing to looking over, to choosing files, and back.

use std::path::PathBuf;

use super::picker::Picked;
use super::{Composer, DraftNotice, Errand, FileEntry, Head, Picker, Review, Stage, Typed as Done};
use crate::app::edit::Line;
use crate::model::{Draft, Key, KeyPress, Person, Query};
use crate::text::SafeText;

impl Composer {
    pub(in crate::app) fn edit_on(&mut self) {
        self.stage = Stage::Editing;
    }

    /// Looks the draft over. Whom to ask for, to see who may be meant.
    pub(in crate::app) fn review(&mut self) -> Vec<Query> {
        self.candidates = None;
        let review = Review::of(self, &self.draft());
        let asked = review.questions();
        self.stage = Stage::Reviewing(Box::new(review));
        asked
    }

    pub(in crate::app) fn compare(&mut self, people: &[Person]) {
        if let Stage::Reviewing(review) = &mut self.stage {
            review.compare(people);
        }
    }

    /// Rows of a page of what is looked over.
    pub(in crate::app) fn review_page(&self) -> isize {
        match &self.stage {
            Stage::Reviewing(review) => review.page(),
            _ => 1,
        }
    }

    pub(in crate::app) fn may_be_sent(&self) -> bool {
        !Review::of(self, &self.draft()).is_in_the_way()
    }

    pub(in crate::app) fn ask_when(&mut self) {
        self.stage = Stage::Timing(Line::of("", 200, &[' ']));
    }

    pub(in crate::app) fn time_typed(&self) -> String {
        match &self.stage {
            Stage::Timing(line) => line.text().to_owned(),
            _ => String::new(),
        }
    }

    pub(in crate::app) fn type_time(&mut self, press: KeyPress) {
        if let Stage::Timing(line) = &mut self.stage
            && press.key != Key::Tab
        {
            line.press(press);
        }
    }

    pub(in crate::app) fn ask_to_discard(&mut self) {
        self.stage = Stage::Discarding;
    }

    /// Something of it was written by the user.
    pub(in crate::app) fn is_touched(&self) -> bool {
        self.id.is_some() || !self.is_kept()
    }

    pub(in crate::app) fn is_worth_keeping(&self) -> bool {
        self.is_touched() && !self.is_blank()
    }

    /// Which folder to look into.
    pub(in crate::app) fn pick_files(&mut self) -> String {
        let folder = self.last_folder.clone().unwrap_or_else(|| "~".to_owned());
        self.stage = Stage::Picking(Box::new(Picker::new(&folder)));
        folder
    }

    pub(in crate::app) fn know_files(&mut self, folder: &str, result: Result<Vec<FileEntry>, SafeText>) {
        if let Stage::Picking(picker) = &mut self.stage {
            picker.know(folder, result);
        }
    }

    pub(in crate::app) fn press_on_picker(&mut self, press: KeyPress) -> Option<Errand> {
        let Stage::Picking(picker) = &mut self.stage else { return None };
        let picked = picker.press(press);
        self.after_picking(picked)
    }

    pub(in crate::app) fn paste_into_picker(&mut self, text: &str) -> Option<Errand> {
        let Stage::Picking(picker) = &mut self.stage else { return None };
        let picked = picker.paste(text);
        self.after_picking(picked)
    }

    fn after_picking(&mut self, picked: Picked) -> Option<Errand> {
        match picked {
            Picked::Nothing => None,
            Picked::Look(folder) => {
                self.last_folder = Some(folder.clone());
                Some(Errand::ListFiles { folder })
            }
            Picked::GivenUp => {
                self.stage = Stage::Editing;
                None
            }
            Picked::Take(paths) => Some(self.take_files(paths)),
            Picked::Template(path) => {
                self.stage = Stage::Editing;
                Some(Errand::ReadTemplate { sheet: self.sheet(), path })
            }
        }
    }

    /// Templates to choose from.
    pub(in crate::app) fn pick_templates(&mut self, folder: &str, templates: Vec<FileEntry>) {
        if self.stage == Stage::Editing {
            self.candidates = None;
            self.stage = Stage::Picking(Box::new(Picker::of_templates(folder, templates)));
        }
    }

    /// What a template says: into fields that are empty, and into the text where the cursor stands.
    pub(in crate::app) fn take_template(&mut self, template: Draft) -> Done {
        if self.stage != Stage::Editing {
            return Done::Nothing;
        }
        let Draft { to, cc, bcc, reply_to, subject, more, body, .. } = template;
        for (line, text) in [
            (&mut self.to, to),
            (&mut self.cc, cc),
            (&mut self.bcc, bcc),
            (&mut self.reply_to, reply_to),
            (&mut self.subject, subject),
        ] {
            if line.is_empty() {
                line.insert(&text);
            }
        }
        self.add_own_fields(more);
        if self.focus != Head::Body {
            self.body.to_start();
        }
        let is_whole = self.body.paste(&body);
        self.candidates = None;
        self.focus = if self.to.is_empty() { Head::To } else { Head::Body };
        if is_whole { Done::Changed } else { Done::Said(DraftNotice::Cut) }
    }

    fn take_files(&mut self, paths: Vec<PathBuf>) -> Errand {
        self.stage = Stage::Editing;
        self.focus = Head::Body;
        Errand::Attach { sheet: self.sheet(), paths }
    }

    /// What comes first is on the disk when another program gets the text, so that both are found again.
    pub(in crate::app) fn hand_over(&mut self) -> Vec<Errand> {
        self.stage = Stage::Elsewhere;
        self.candidates = None;
        let kept = self.keep_now();
        self.waits_for_editor = true;
        let now = if self.id.is_none() && self.is_on_its_way() { None } else { self.hand_over_now() };
        kept.into_iter().chain(now).collect()
    }

    pub(super) fn hand_over_now(&mut self) -> Option<Errand> {
        let wanted = std::mem::take(&mut self.waits_for_editor) && self.stage == Stage::Elsewhere;
        wanted.then(|| Errand::Edit { sheet: self.sheet(), id: self.id, text: self.body.text() })
    }

    /// The text is here again. Whether it is another one.
    pub(in crate::app) fn taken_back(&mut self, result: Result<String, SafeText>) -> Result<bool, SafeText> {
        self.stage = Stage::Editing;
        let text = result?;
        // An editor ends the last line.
        let ended = self.body.line(self.body.line_count().saturating_sub(1)).is_empty();
        let text = if ended { text.as_str() } else { text.strip_suffix('\n').unwrap_or(&text) };
        self.focus = Head::Body;
        Ok(self.body.become_text(text))
    }
}
