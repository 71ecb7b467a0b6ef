//! The last look before a message goes out: to whom, as whom, with what, and what may be wrong with it.

use super::{Composer, Head};
use crate::letter::{Mailbox, NoField, Wrong, addresses, no_field};
use crate::model::{Draft, Form, Person, Query};
use crate::text::{SafeText, typing_errors, width, wrap};

/// Domains at which many people are; one letter beside them is nobody.
const WELL_KNOWN: [&str; 18] = [
    "qq.com",
    "163.com",
    "126.com",
    "yeah.net",
    "foxmail.com",
    "139.com",
    "189.cn",
    "sina.com",
    "sina.cn",
    "sohu.com",
    "aliyun.com",
    "gmail.com",
    "outlook.com",
    "hotmail.com",
    "live.com",
    "icloud.com",
    "yahoo.com",
    "vip.qq.com",
];
/// Recipients whose likes are asked for.
const ASKED_FOR: usize = 20;
/// What base64 makes of three bytes, and the ends of its lines.
const GROWTH: (u64, u64) = (137, 100);

/// What may be wrong with a message.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Doubt {
    NoRecipient,
    /// Something that is no address.
    WrongAddress,
    /// More than are read in one field.
    TooManyAddresses,
    NoSender,
    NoSubject,
    NoText,
    /// It speaks of a file, and there is none.
    ForgottenFile,
    /// A field of the user's own that cannot be called that.
    NoField(NoField, SafeText),
    /// Larger than the server takes.
    TooLarge {
        size: u64,
        most: u64,
    },
}

impl Doubt {
    /// It cannot be sent like this.
    pub fn is_in_the_way(&self) -> bool {
        match self {
            Self::NoRecipient
            | Self::WrongAddress
            | Self::TooManyAddresses
            | Self::NoSender
            | Self::NoField(..)
            | Self::TooLarge { .. } => true,
            Self::NoSubject | Self::NoText | Self::ForgottenFile => false,
        }
    }
}

/// Somebody it goes to, as it was typed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Recipient {
    pub head: Head,
    pub text: SafeText,
    pub address: Option<String>,
    pub wrong: Option<Wrong>,
    /// Somebody the user knows, or a well-known domain, is one letter away.
    pub like: Option<SafeText>,
}

impl Recipient {
    /// It may be an address, but it was not read, nor what follows.
    pub fn is_one_too_many(&self) -> bool {
        self.wrong == Some(Wrong::TooMany)
    }
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Review {
    pub recipients: Vec<Recipient>,
    pub doubts: Vec<Doubt>,
    pub form: Form,
    /// About as large as it goes out.
    pub size: u64,
    /// The first row in view.
    pub top: usize,
    height: usize,
    columns: usize,
    /// The text, and how far it was broken into rows. Nobody waits for the end of a long one.
    text: String,
    broken_to: usize,
    rows: Vec<SafeText>,
    /// Rows that what stands above the text may take.
    head: usize,
}

impl Review {
    pub(super) fn of(composer: &Composer, draft: &Draft) -> Self {
        let mut recipients = Vec::new();
        for (head, typed) in [(Head::To, &draft.to), (Head::Cc, &draft.cc), (Head::Bcc, &draft.bcc)] {
            for one in addresses(typed) {
                let mailbox = one.mailbox.as_ref().ok();
                let text = mailbox
                    .map_or_else(|| typed.get(one.at.clone()).unwrap_or_default().trim().to_owned(), Mailbox::typed);
                recipients.push(Recipient {
                    head,
                    text: SafeText::of(&text),
                    address: mailbox.map(Mailbox::key),
                    wrong: one.mailbox.as_ref().err().copied(),
                    like: mailbox.and_then(like_a_known_domain),
                });
            }
        }
        let files: u64 = draft.files.iter().map(|file| file.size).fold(0, u64::saturating_add);
        let text = u64::try_from(draft.body.len()).unwrap_or(u64::MAX);
        let size = files.saturating_add(text).saturating_mul(GROWTH.0) / GROWTH.1 + 1_024;
        let mut doubts = Vec::new();
        if recipients.is_empty() {
            doubts.push(Doubt::NoRecipient);
        }
        if recipients.iter().any(|recipient| recipient.wrong.is_some() && !recipient.is_one_too_many()) {
            doubts.push(Doubt::WrongAddress);
        }
        if recipients.iter().any(Recipient::is_one_too_many) || is_too_many(&draft.reply_to) {
            doubts.push(Doubt::TooManyAddresses);
        }
        if addresses(&draft.from).iter().all(|one| one.mailbox.is_err()) {
            doubts.push(Doubt::NoSender);
        }
        for (name, _) in &draft.more {
            doubts.extend(no_field(name).map(|why| Doubt::NoField(why, SafeText::of(name))));
        }
        if draft.subject.trim().is_empty() {
            doubts.push(Doubt::NoSubject);
        }
        if composer.body().is_blank() && draft.files.is_empty() {
            doubts.push(Doubt::NoText);
        }
        if crate::letter::forgot_attachment(draft) {
            doubts.push(Doubt::ForgottenFile);
        }
        if let Some(most) = composer.sender().and_then(|sender| sender.most).filter(|most| size > *most) {
            doubts.push(Doubt::TooLarge { size, most });
        }
        let mut review = Self {
            recipients,
            doubts,
            form: draft.form,
            size,
            top: 0,
            height: 0,
            columns: 0,
            text: draft.body.clone(),
            broken_to: 0,
            rows: Vec::new(),
            head: 0,
        };
        // How many they are is known to who draws them; there are hardly more than these.
        let subject = width(&draft.subject) / 20;
        review.head =
            review.recipients.len() * 2 + review.doubts.len() * 2 + draft.files.len() + draft.more.len() + subject + 7;
        review
    }

    pub fn is_in_the_way(&self) -> bool {
        self.doubts.iter().any(Doubt::is_in_the_way)
    }

    pub(super) fn resize(&mut self, columns: usize, height: usize) {
        self.height = height;
        if self.columns != columns {
            self.columns = columns;
            self.rows.clear();
            self.broken_to = 0;
        }
        self.reach(self.top.saturating_add(2 * height));
    }

    pub(super) fn page(&self) -> isize {
        isize::try_from(self.height.saturating_sub(1).max(1)).unwrap_or(1)
    }

    pub(super) fn scroll(&mut self, by: isize) {
        let to = self.top.saturating_add_signed(by);
        self.reach(to.saturating_add(2 * self.height));
        self.top = to.min((self.head + self.rows.len()).saturating_sub(self.height));
    }

    /// The text as it goes out, broken into rows, as far as anybody has looked.
    pub fn rows(&self) -> &[SafeText] {
        &self.rows
    }

    fn reach(&mut self, rows: usize) {
        while self.rows.len() < rows
            && let Some(rest) = self.text.get(self.broken_to..).filter(|rest| !rest.is_empty())
        {
            let (line, read) = rest.split_once('\n').map_or((rest, rest.len()), |(line, _)| (line, line.len() + 1));
            let line = SafeText::line(line);
            self.rows.extend(wrap(line.as_str(), self.columns.max(10)).into_iter().map(SafeText::of));
            self.broken_to += read;
        }
    }

    /// Those that begin as the recipients do: one of them may have been meant.
    pub(super) fn questions(&self) -> Vec<Query> {
        let begins = |recipient: &Recipient| {
            let address = recipient.address.as_ref()?;
            let typed: String = address.chars().take(3).collect();
            Some(Query::People { typed, limit: 50 })
        };
        let mut asked: Vec<Query> = Vec::new();
        for query in self.recipients.iter().take(ASKED_FOR).filter_map(begins) {
            if !asked.contains(&query) {
                asked.push(query);
            }
        }
        asked
    }

    pub(super) fn compare(&mut self, people: &[Person]) {
        let known: Vec<(String, bool)> = people
            .iter()
            .filter_map(|person| Some((Mailbox::new("", person.address.as_untrusted()).ok()?.key(), person.wrote)))
            .collect();
        for recipient in &mut self.recipients {
            let Some(address) = &recipient.address else { continue };
            if known.iter().any(|(known, wrote)| known == address && *wrote) {
                recipient.like = None;
                continue;
            }
            let like =
                known.iter().find(|(known, wrote)| *wrote && known != address && typing_errors(known, address) == 1);
            if let Some((like, _)) = like {
                recipient.like = Some(SafeText::of(like));
            }
        }
    }
}

fn is_too_many(typed: &str) -> bool {
    addresses(typed).last().is_some_and(|last| last.mailbox == Err(Wrong::TooMany))
}

fn like_a_known_domain(mailbox: &Mailbox) -> Option<SafeText> {
    let domain = mailbox.domain();
    if WELL_KNOWN.contains(&domain) {
        return None;
    }
    let like = WELL_KNOWN.iter().find(|known| known.len() > 6 && typing_errors(known, domain) == 1);
    // Of short ones many are one letter apart, and are somebody's.
    let like = like.or_else(|| WELL_KNOWN.iter().find(|known| ending_is_off(known, domain)));
    like.map(|known| SafeText::of(&mailbox.address().replace(domain, known)))
}

/// `qq.con`, `qq.cm`, `163.co`: the name is right, only its ending is not.
fn ending_is_off(known: &str, domain: &str) -> bool {
    let (Some((name, ending)), Some((other, off))) = (known.rsplit_once('.'), domain.rsplit_once('.')) else {
        return false;
    };
    name == other
        && ["con", "cm", "co", "cpm", "om", "vom", "xom", "comm", "cim", "cnn"].contains(&off)
        && ending != off
}
