//! One message that is being written: the fields of its head, its text, its files.

use super::completing::Candidates;
use super::picker::Picker;
use super::review::Review;
use super::saving::Saving;
use super::{Sender, Sheet};
use crate::app::Area;
use crate::app::edit::{Buffer, Line};
use crate::letter::{Mailbox, addresses, swapped};
use crate::model::{Answering, Draft, DraftId, Enclosed, Form};
use crate::text::SafeText;

/// Bytes of one field of the head: a few thousand addresses.
const LONGEST: usize = 256 * 1024;
const MOST_FILES: usize = 200;
/// Rows below which the head gives way to the text.
const FEW_ROWS: u16 = 11;

/// What can be written in.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Head {
    From,
    To,
    Cc,
    Bcc,
    ReplyTo,
    Subject,
    Files,
    Body,
}

impl Head {
    pub const EVERY: [Self; 8] =
        [Self::From, Self::To, Self::Cc, Self::Bcc, Self::ReplyTo, Self::Subject, Self::Files, Self::Body];

    pub fn takes_addresses(self) -> bool {
        matches!(self, Self::To | Self::Cc | Self::Bcc | Self::ReplyTo)
    }
}

/// What the user is about.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Stage {
    /// The draft is being made of a message.
    Preparing,
    Editing,
    /// Words are looked for in the text.
    Searching(Line),
    /// When it shall be sent is being typed.
    Timing(Line),
    Picking(Box<Picker>),
    Reviewing(Box<Review>),
    /// Whether it may be thrown away is asked.
    Discarding,
    /// Another program has the text.
    Elsewhere,
}

/// A row of the head on the screen.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct HeadRow {
    pub head: Head,
    pub area: Area,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Composer {
    sheet: Sheet,
    pub(super) id: Option<DraftId>,
    /// What nobody edits here: the account, the form, what it answers.
    pub(super) rest: Draft,
    pub(super) senders: Vec<Sender>,
    pub(super) sender: usize,
    pub(super) to: Line,
    pub(super) cc: Line,
    pub(super) bcc: Line,
    pub(super) reply_to: Line,
    pub(super) subject: Line,
    pub(super) body: Buffer,
    /// Fields that are empty are shown too.
    pub(super) all_fields: bool,
    pub(super) focus: Head,
    pub(super) file: usize,
    pub(super) stage: Stage,
    pub(super) candidates: Option<Candidates>,
    pub(super) saving: Saving,
    /// What was looked for last.
    pub(super) sought: String,
    /// Where files were chosen last.
    pub(super) last_folder: Option<String>,
    /// Addresses that a server did not take when this was sent, in small letters.
    refused: Vec<String>,
    text_area: Area,
    head_rows: Vec<HeadRow>,
}

impl Composer {
    pub(super) fn new(sheet: Sheet, id: Option<DraftId>, draft: Draft, senders: &[Sender]) -> Self {
        const STOPS: &[char] = &[' ', '@', '.', ',', ';', '，', '；', '<'];
        let line = |text: &str| Line::of(text, LONGEST, STOPS);
        let focus = if draft.to.trim().is_empty() {
            Head::To
        } else if draft.subject.trim().is_empty() && draft.about.is_none() {
            Head::Subject
        } else {
            Head::Body
        };
        let (senders, sender) = chosen(&draft, senders);
        Self {
            sheet,
            id,
            to: line(&draft.to),
            cc: line(&draft.cc),
            bcc: line(&draft.bcc),
            reply_to: line(&draft.reply_to),
            subject: Line::of(&draft.subject, LONGEST, &[' ']),
            body: Buffer::new(&draft.body),
            rest: Draft { body: String::new(), ..draft },
            senders,
            sender,
            all_fields: false,
            focus,
            file: 0,
            stage: Stage::Editing,
            candidates: None,
            saving: Saving::default(),
            sought: String::new(),
            last_folder: None,
            refused: Vec::new(),
            text_area: Area::default(),
            head_rows: Vec::new(),
        }
    }

    /// Chosen among those who can write now.
    pub(super) fn know_senders(&mut self, senders: &[Sender]) {
        let (known, sender) = chosen(&self.draft(), senders);
        (self.senders, self.sender) = (known, sender);
    }

    /// The text of an answer stands where the one of an empty sheet stood.
    pub(in crate::app) fn prepared(&mut self, draft: Draft) {
        let senders = std::mem::take(&mut self.senders);
        let (text_area, head_rows) = (self.text_area, std::mem::take(&mut self.head_rows));
        *self = Self { text_area, head_rows, ..Self::new(self.sheet, self.id, draft, &senders) };
    }

    pub(in crate::app) fn prepare(&mut self) {
        self.stage = Stage::Preparing;
    }

    pub fn sheet(&self) -> Sheet {
        self.sheet
    }

    pub(in crate::app) fn id(&self) -> Option<DraftId> {
        self.id
    }

    pub fn stage(&self) -> &Stage {
        &self.stage
    }

    pub fn focus(&self) -> Head {
        self.focus
    }

    pub fn body(&self) -> &Buffer {
        &self.body
    }

    pub fn subject(&self) -> &Line {
        &self.subject
    }

    /// It has a number in the store.
    pub fn is_known(&self) -> bool {
        self.id.is_some()
    }

    /// What it does with another message.
    pub fn answering(&self) -> Option<Answering> {
        self.rest.about.as_ref().map(|about| about.what)
    }

    pub fn files(&self) -> &[Enclosed] {
        &self.rest.files
    }

    /// Which of the files the cursor stands on.
    pub fn file(&self) -> usize {
        self.file
    }

    pub fn form(&self) -> Form {
        self.rest.form
    }

    pub fn candidates(&self) -> Option<&Candidates> {
        self.candidates.as_ref()
    }

    /// The draft as it stands.
    pub fn draft(&self) -> Draft {
        let sender = self.sender();
        Draft {
            account: sender.map_or_else(|| self.rest.account.clone(), |sender| sender.account.clone()),
            from: sender.map_or_else(|| self.rest.from.clone(), |sender| sender.from.clone()),
            to: self.to.text().to_owned(),
            cc: self.cc.text().to_owned(),
            bcc: self.bcc.text().to_owned(),
            reply_to: self.reply_to.text().to_owned(),
            subject: self.subject.text().to_owned(),
            body: self.body.text(),
            ..self.rest.clone()
        }
    }

    pub fn is_blank(&self) -> bool {
        let heads = [&self.to, &self.cc, &self.bcc, &self.subject];
        heads.iter().all(|line| line.text().trim().is_empty()) && self.rest.files.is_empty() && self.body.is_blank()
    }

    pub fn sender(&self) -> Option<&Sender> {
        self.senders.get(self.sender)
    }

    /// More than one can be chosen.
    pub fn has_senders(&self) -> bool {
        self.senders.len() > 1
    }

    pub(super) fn next_sender(&mut self, by: isize) -> bool {
        let count = self.senders.len();
        if count < 2 {
            return false;
        }
        let old = self.sender().cloned().unwrap_or_default();
        self.sender = (self.sender + count).saturating_add_signed(by) % count;
        let new = self.sender().cloned().unwrap_or_default();
        let quoted = self.rest.about.as_ref().and_then(|about| about.quoted_from.as_deref());
        let text = swapped(&self.body.text(), &old.signature, &new.signature, quoted);
        self.body.become_text(&text);
        true
    }

    /// The line of a field; none for those that are no lines.
    pub fn line(&self, head: Head) -> Option<&Line> {
        match head {
            Head::To => Some(&self.to),
            Head::Cc => Some(&self.cc),
            Head::Bcc => Some(&self.bcc),
            Head::ReplyTo => Some(&self.reply_to),
            Head::Subject => Some(&self.subject),
            Head::From | Head::Files | Head::Body => None,
        }
    }

    pub(super) fn line_mut(&mut self, head: Head) -> Option<&mut Line> {
        match head {
            Head::To => Some(&mut self.to),
            Head::Cc => Some(&mut self.cc),
            Head::Bcc => Some(&mut self.bcc),
            Head::ReplyTo => Some(&mut self.reply_to),
            Head::Subject => Some(&mut self.subject),
            Head::From | Head::Files | Head::Body => None,
        }
    }

    /// The fields that can be written in now, from the top.
    pub fn heads(&self) -> Vec<Head> {
        let shown = |head: &Head| match head {
            Head::From => self.has_senders() || self.sender().is_some(),
            Head::To | Head::Subject | Head::Body => true,
            Head::Cc | Head::Bcc | Head::ReplyTo => {
                self.all_fields || self.focus == *head || self.line(*head).is_some_and(|line| !line.is_empty())
            }
            Head::Files => !self.rest.files.is_empty(),
        };
        Head::EVERY.into_iter().filter(shown).collect()
    }

    /// Pieces of a field that are no addresses, in bytes. Half of one that is being typed is none yet.
    pub fn wrong_in(&self, head: Head) -> Vec<std::ops::Range<usize>> {
        let Some(line) = self.line(head).filter(|_| head.takes_addresses()) else { return Vec::new() };
        let cursor = line.at();
        let typed_now = |at: &std::ops::Range<usize>| {
            self.focus == head && self.stage == Stage::Editing && at.start <= cursor && cursor <= at.end + 1
        };
        let wrong = addresses(line.text()).into_iter().filter(|one| one.mailbox.is_err()).map(|one| one.at);
        wrong.filter(|at| !typed_now(at)).collect()
    }

    /// These are marked for as long as they stand there as they are.
    pub(in crate::app) fn mark_refused(&mut self, addresses: &[String]) {
        self.refused = addresses.iter().map(|address| address.to_lowercase()).collect();
        let marked = [Head::To, Head::Cc, Head::Bcc].into_iter().find(|head| !self.refused_in(*head).is_empty());
        self.focus = marked.unwrap_or(self.focus);
    }

    /// Addresses in a field that a server did not take, in bytes.
    pub fn refused_in(&self, head: Head) -> Vec<std::ops::Range<usize>> {
        let Some(line) = self.line(head).filter(|_| !self.refused.is_empty() && head.takes_addresses()) else {
            return Vec::new();
        };
        let is_refused = |mailbox: &Mailbox| self.refused.contains(&mailbox.address().to_lowercase());
        let all = addresses(line.text()).into_iter();
        all.filter(|one| one.mailbox.as_ref().is_ok_and(is_refused)).map(|one| one.at).collect()
    }

    pub(in crate::app) fn enclose(&mut self, file: Enclosed) -> bool {
        if self.rest.files.len() >= MOST_FILES || self.rest.files.iter().any(|known| known.from == file.from) {
            return false;
        }
        self.rest.files.push(file);
        true
    }

    pub(super) fn remove_file(&mut self) -> bool {
        if self.file >= self.rest.files.len() {
            return false;
        }
        self.rest.files.remove(self.file);
        self.file = self.file.min(self.rest.files.len().saturating_sub(1));
        if self.rest.files.is_empty() {
            self.focus = Head::Body;
        }
        true
    }

    /// Where everything stands in the pane.
    pub(in crate::app) fn arrange(&mut self, body: Area) {
        let heads: Vec<Head> = self.heads().into_iter().filter(|head| *head != Head::Body).collect();
        let few = body.height < FEW_ROWS;
        let shown: Vec<Head> = match (few, self.focus) {
            (false, _) => heads,
            // One row says whom it goes to; what is written in needs the rest.
            (true, Head::Body) => vec![Head::To],
            (true, focus) => {
                let at = heads.iter().position(|head| *head == focus).unwrap_or_default();
                let most = usize::from(body.height.saturating_sub(2).max(1));
                let from = (at + 1).saturating_sub(most);
                heads.into_iter().skip(from).take(most).collect()
            }
        };
        let rows = u16::try_from(shown.len()).unwrap_or(0).min(body.height);
        self.head_rows = (0..rows)
            .zip(shown)
            .map(|(row, head)| HeadRow { head, area: Area { y: body.y + row, height: 1, ..body } })
            .collect();
        let ruled = u16::from(body.height > rows + 2);
        self.text_area = body.below(rows + ruled);
        // A column on each side, and one behind the longest row for the cursor.
        let columns = usize::from(self.text_area.width.saturating_sub(3));
        self.body.resize(columns, usize::from(self.text_area.height.max(1)));
        let room = usize::from(body.height);
        match &mut self.stage {
            Stage::Picking(picker) => picker.resize(room.saturating_sub(3)),
            Stage::Reviewing(review) => review.resize(room),
            Stage::Preparing
            | Stage::Editing
            | Stage::Searching(_)
            | Stage::Timing(_)
            | Stage::Discarding
            | Stage::Elsewhere => {}
        }
    }

    pub fn text_area(&self) -> Area {
        self.text_area
    }

    pub fn head_rows(&self) -> &[HeadRow] {
        &self.head_rows
    }

    /// Whom it goes to, for a title.
    pub fn addressee(&self) -> SafeText {
        let first = addresses(self.to.text()).into_iter().find_map(|one| one.mailbox.ok());
        let named = |mailbox: Mailbox| match mailbox.name() {
            "" => mailbox.address(),
            name => name.to_owned(),
        };
        SafeText::of(&first.map_or_else(|| self.to.text().trim().to_owned(), named))
    }
}

/// Everybody a draft can be from, and who it is.
fn chosen(draft: &Draft, senders: &[Sender]) -> (Vec<Sender>, usize) {
    let mut senders = senders.to_vec();
    let sender = match sender_of(draft, &senders) {
        Some(known) => known,
        // Whoever it was written as is not forgotten because settings changed.
        None if !draft.from.is_empty() => {
            senders.push(Sender { account: draft.account.clone(), from: draft.from.clone(), ..Sender::default() });
            senders.len() - 1
        }
        None => 0,
    };
    (senders, sender)
}

/// Which of the senders a draft is from.
fn sender_of(draft: &Draft, senders: &[Sender]) -> Option<usize> {
    let key = |from: &str| addresses(from).into_iter().find_map(|one| one.mailbox.ok()).map(|mailbox| mailbox.key());
    let wanted = key(&draft.from);
    let at = |found: &dyn Fn(&Sender) -> bool| senders.iter().position(found);
    at(&|sender| sender.from == draft.from && sender.account == draft.account)
        // Settings say another name now. What two accounts share goes by the server that it was written for.
        .or_else(|| at(&|sender| wanted.is_some() && key(&sender.from) == wanted && sender.account == draft.account))
        .or_else(|| at(&|sender| wanted.is_some() && key(&sender.from) == wanted))
        .or_else(|| at(&|sender| draft.from.is_empty() && sender.account == draft.account))
}
