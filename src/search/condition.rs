//! What a message must be to be found.

use super::fold::{Folded, folded_words};
use super::phrase::Phrase;
use crate::model::{Flags, Kind, Role, Row, Timestamp};

/// Where words are looked for.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Field {
    Anywhere,
    From,
    To,
    Subject,
    Body,
    /// The names of files.
    Files,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum State {
    Unread,
    Read,
    Starred,
    Answered,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Condition {
    Words {
        field: Field,
        phrase: Phrase,
    },
    Is(State),
    HasFiles,
    Kind(Kind),
    /// In a folder that is called so, or is for that.
    In(String),
    Account(String),
    Before(Timestamp),
    Since(Timestamp),
    /// More bytes than these.
    Larger(u64),
    Smaller(u64),
    Not(Box<Condition>),
    All(Vec<Condition>),
    Any(Vec<Condition>),
}

/// What is known of a message without its words.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Facts<'a> {
    pub flags: Flags,
    pub files: bool,
    pub date: Timestamp,
    pub size: u64,
    pub folder: &'a str,
    pub role: Option<Role>,
    pub account: &'a str,
    pub kind: Kind,
}

/// The words of a row that is on the screen, made ready to look in them again and again.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Heads {
    from: Folded,
    to: Folded,
    subject: Folded,
}

impl Heads {
    pub fn of(row: &Row) -> Self {
        let both = |one: &crate::model::Address| {
            Folded::new(&format!("{} {}", one.name.as_untrusted(), one.address.as_untrusted()))
        };
        Self { from: both(&row.from), to: both(&row.to), subject: Folded::new(row.subject.as_untrusted()) }
    }

    fn have(&self, field: Field, phrase: &Phrase) -> bool {
        let fields: &[&Folded] = match field {
            Field::Anywhere => &[&self.subject, &self.from, &self.to],
            Field::From => &[&self.from],
            Field::To => &[&self.to],
            Field::Subject => &[&self.subject],
            Field::Body | Field::Files => &[],
        };
        fields.iter().any(|field| phrase.is_in(field))
    }
}

impl Condition {
    /// True if it holds of a message. `words` says whether a phrase stands in a field of it.
    pub fn holds(&self, facts: &Facts<'_>, words: &impl Fn(Field, &Phrase) -> bool) -> bool {
        match self {
            Self::Words { field, phrase } => words(*field, phrase),
            Self::Is(State::Unread) => !facts.flags.seen(),
            Self::Is(State::Read) => facts.flags.seen(),
            Self::Is(State::Starred) => facts.flags.flagged(),
            Self::Is(State::Answered) => facts.flags.answered(),
            Self::HasFiles => facts.files,
            Self::Kind(kind) => facts.kind == *kind,
            Self::In(asked) => is_folder(asked, facts.folder, facts.role),
            Self::Account(asked) => folded_words(facts.account).contains(asked.as_str()),
            Self::Before(at) => facts.date < *at,
            Self::Since(at) => facts.date >= *at,
            Self::Larger(size) => facts.size > *size,
            Self::Smaller(size) => facts.size < *size,
            Self::Not(other) => !other.holds(facts, words),
            Self::All(all) => all.iter().all(|one| one.holds(facts, words)),
            Self::Any(any) => any.iter().any(|one| one.holds(facts, words)),
        }
    }

    /// The same of a row of the folder that is open.
    pub fn holds_of_row(&self, row: &Row, heads: &Heads, facts: (&str, Option<Role>, &str)) -> bool {
        let (folder, role, account) = facts;
        let (flags, files, date, size) = (row.flags, row.attachments, row.date, row.size);
        let facts = Facts { flags, files, date, size, folder, role, account, kind: row.kind };
        self.holds(&facts, &|field, phrase| heads.have(field, phrase))
    }

    /// The phrases that a hit in this field is to be marked for.
    pub fn phrases(&self, field: Field) -> Vec<&Phrase> {
        let mut found = Vec::new();
        self.collect(field, &mut found);
        found
    }

    fn collect<'a>(&'a self, wanted: Field, found: &mut Vec<&'a Phrase>) {
        match self {
            Self::Words { field, phrase } => {
                if *field == wanted || *field == Field::Anywhere || wanted == Field::Anywhere {
                    found.push(phrase);
                }
            }
            Self::All(all) | Self::Any(all) => all.iter().for_each(|one| one.collect(wanted, found)),
            // What is not to be there has no place.
            Self::Not(_)
            | Self::Is(_)
            | Self::HasFiles
            | Self::Kind(_)
            | Self::In(_)
            | Self::Account(_)
            | Self::Before(_)
            | Self::Since(_)
            | Self::Larger(_)
            | Self::Smaller(_) => {}
        }
    }
}

/// What people call the folders that are for something.
const ROLES: [(Role, &[&str]); 7] = [
    (Role::Inbox, &["inbox", "收件箱", "收件"]),
    (Role::Sent, &["sent", "已发送", "已发", "发件箱"]),
    (Role::Drafts, &["drafts", "draft", "草稿箱", "草稿"]),
    (Role::Trash, &["trash", "已删除", "废纸篓", "回收站"]),
    (Role::Junk, &["junk", "spam", "垃圾邮件", "垃圾箱", "垃圾"]),
    (Role::Archive, &["archive", "归档", "存档"]),
    (Role::Starred, &["starred", "星标"]),
];

/// True if a folder is meant by this: by what it is for, by its name, or by a part of its name. `asked` is folded.
pub fn is_folder(asked: &str, name: &str, role: Option<Role>) -> bool {
    let for_role = ROLES.iter().find(|(_, words)| words.contains(&asked)).map(|(role, _)| *role);
    if for_role.is_some() && for_role == role {
        return true;
    }
    let name = folded_words(name);
    if for_role.is_some() { name == asked } else { name.contains(asked) }
}
