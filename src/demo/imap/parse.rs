//! From the bytes of a command to a [`Command`].

mod modified;

use super::command::{Change, Command, Item, Listing, Section, StatusItem, Store, What};
use super::lexer::{Lexer, Malformed, Parsed};
use super::search;
use super::sequence::Set;
use super::{date, utf7};

/// A command with its tag; what is wrong with it is told under the same tag.
#[derive(Debug)]
pub(super) struct Asked {
    /// `*` if there is not even a tag.
    pub(super) tag: String,
    /// In capitals, with the `UID ` in front if it was there.
    pub(super) verb: String,
    pub(super) command: Parsed<Command>,
}

pub(super) fn parse(bytes: &[u8]) -> Asked {
    let mut lexer = Lexer::new(bytes);
    let tag = lexer
        .take_while(|b| b.is_ascii_graphic() && !matches!(b, b'(' | b')' | b'{' | b'%' | b'*' | b'"' | b'\\' | b'+'));
    let tag = String::from_utf8_lossy(tag).into_owned();
    if tag.is_empty() || lexer.space().is_err() {
        return Asked { tag: "*".into(), verb: String::new(), command: Err(Malformed("The tag is missing")) };
    }
    match verb(&mut lexer) {
        Err(wrong) => Asked { tag, verb: String::new(), command: Err(wrong) },
        Ok(verb) => {
            let command = arguments(&verb, lexer);
            Asked { tag, verb, command }
        }
    }
}

fn verb(lexer: &mut Lexer<'_>) -> Parsed<String> {
    let word = lexer.name()?;
    if word != "UID" {
        return Ok(word);
    }
    lexer.space()?;
    Ok(format!("UID {}", lexer.name()?))
}

fn arguments(verb: &str, mut lexer: Lexer<'_>) -> Parsed<Command> {
    let (plain, by_uid) = verb.strip_prefix("UID ").map_or((verb, false), |plain| (plain, true));
    let command = match (plain, by_uid) {
        ("CAPABILITY", false) => Command::Capability,
        ("NOOP", false) => Command::Noop,
        ("LOGOUT", false) => Command::Logout,
        ("STARTTLS", false) => Command::StartTls,
        ("NAMESPACE", false) => Command::Namespace,
        ("CHECK", false) => Command::Check,
        ("CLOSE", false) => Command::Close,
        ("UNSELECT", false) => Command::Unselect,
        ("IDLE", false) => Command::Idle,
        ("EXPUNGE", false) => Command::Expunge(None),
        _ => {
            lexer.space().map_err(|_| Malformed("Unknown command, or its arguments are missing"))?;
            with_arguments(plain, by_uid, &mut lexer)?
        }
    };
    lexer.end()?;
    Ok(command)
}

fn with_arguments(plain: &str, by_uid: bool, lexer: &mut Lexer<'_>) -> Parsed<Command> {
    Ok(match (plain, by_uid) {
        ("LOGIN", false) => {
            let user = lexer.astring()?;
            lexer.space()?;
            Command::Login { user, password: lexer.astring()? }
        }
        ("AUTHENTICATE", false) => {
            let mechanism = lexer.name()?;
            let initial = if lexer.eat(b' ') {
                Some(String::from_utf8_lossy(lexer.take_while(|b| b.is_ascii_graphic())).into_owned())
            } else {
                None
            };
            Command::Authenticate { mechanism, initial }
        }
        ("ID", false) => {
            if lexer.peek() == Some(b'(') {
                Command::Id(!lexer.list(Lexer::nstring)?.is_empty())
            } else {
                Command::Id(lexer.nstring()?.is_some())
            }
        }
        ("LIST" | "LSUB" | "XLIST", false) => {
            let reference = text(lexer.astring()?)?;
            lexer.space()?;
            let listing = match plain {
                "LSUB" => Listing::Subscribed,
                "XLIST" => Listing::WithRoles,
                _ => Listing::All,
            };
            Command::List { reference, pattern: text(lexer.pattern()?)?, listing }
        }
        ("STATUS", false) => {
            let mailbox = mailbox(lexer)?;
            lexer.space()?;
            Command::Status { mailbox, items: lexer.list(status_item)? }
        }
        ("SELECT" | "EXAMINE", false) => {
            let mailbox = mailbox(lexer)?;
            let (condstore, resync) = modified::select(lexer)?;
            Command::Select { mailbox, read_only: plain == "EXAMINE", condstore, resync }
        }
        ("CREATE", false) => Command::Create(mailbox(lexer)?),
        ("DELETE", false) => Command::Delete(mailbox(lexer)?),
        ("RENAME", false) => {
            let from = mailbox(lexer)?;
            lexer.space()?;
            Command::Rename { from, to: mailbox(lexer)? }
        }
        ("SUBSCRIBE" | "UNSUBSCRIBE", false) => {
            Command::Subscribe { mailbox: mailbox(lexer)?, wanted: plain == "SUBSCRIBE" }
        }
        ("APPEND", false) => append(lexer)?,
        ("EXPUNGE", true) => Command::Expunge(Some(Set::parse(lexer)?)),
        ("SEARCH", _) => {
            let wants = modified::wants(lexer)?;
            let (charset, key) = search::parse(lexer)?;
            Command::Search { by_uid, charset, key, wants }
        }
        ("FETCH", _) => {
            let set = Set::parse(lexer)?;
            lexer.space()?;
            let items = items(lexer)?;
            Command::Fetch { by_uid, set, items, since: modified::since(lexer)? }
        }
        ("STORE", _) => store(by_uid, lexer)?,
        ("COPY" | "MOVE", _) => {
            let set = Set::parse(lexer)?;
            lexer.space()?;
            Command::Copy { by_uid, set, to: mailbox(lexer)?, removing: plain == "MOVE" }
        }
        ("ENABLE", false) => {
            let mut names = vec![lexer.name()?];
            while lexer.eat(b' ') {
                names.push(lexer.name()?);
            }
            Command::Enable(names)
        }
        ("COMPRESS", false) => Command::Compress(lexer.name()?),
        _ => return Err(Malformed("Unknown command")),
    })
}

fn text(bytes: Vec<u8>) -> Parsed<String> {
    String::from_utf8(bytes).map_err(|_| Malformed("That is not text"))
}

/// The name of a mailbox, decoded. INBOX is written in capitals, however it came.
fn mailbox(lexer: &mut Lexer<'_>) -> Parsed<String> {
    let name = utf7::decode(&lexer.astring()?).ok_or(Malformed("The mailbox name is not modified UTF-7"))?;
    Ok(if name.eq_ignore_ascii_case("INBOX") { "INBOX".to_owned() } else { name })
}

fn status_item(lexer: &mut Lexer<'_>) -> Parsed<StatusItem> {
    Ok(match lexer.name()?.as_str() {
        "MESSAGES" => StatusItem::Messages,
        "RECENT" => StatusItem::Recent,
        "UIDNEXT" => StatusItem::UidNext,
        "UIDVALIDITY" => StatusItem::UidValidity,
        "UNSEEN" => StatusItem::Unseen,
        "HIGHESTMODSEQ" => StatusItem::HighestModSeq,
        _ => StatusItem::Other,
    })
}

fn flag(lexer: &mut Lexer<'_>) -> Parsed<String> {
    let system = if lexer.eat(b'\\') { "\\" } else { "" };
    let name = format!("{system}{}", lexer.atom()?);
    let known = ["\\Answered", "\\Flagged", "\\Deleted", "\\Seen", "\\Draft"];
    if !system.is_empty() && !known.iter().any(|k| k.eq_ignore_ascii_case(&name)) {
        return Err(Malformed("Unknown system flag"));
    }
    Ok(name)
}

fn append(lexer: &mut Lexer<'_>) -> Parsed<Command> {
    let mailbox = mailbox(lexer)?;
    lexer.space()?;
    let mut flags = Vec::new();
    if lexer.peek() == Some(b'(') {
        flags = lexer.list(flag)?;
        lexer.space()?;
    }
    let mut date = None;
    if lexer.peek() == Some(b'"') {
        let written = text(lexer.string()?)?;
        date = Some(date::parse_internal(&written).ok_or(Malformed("Invalid date"))?);
        lexer.space()?;
    }
    if lexer.peek() != Some(b'{') {
        return Err(Malformed("The message has to be a literal"));
    }
    Ok(Command::Append { mailbox, flags, date, message: lexer.string()? })
}

fn store(by_uid: bool, lexer: &mut Lexer<'_>) -> Parsed<Command> {
    let set = Set::parse(lexer)?;
    lexer.space()?;
    let unchanged_since = modified::unchanged_since(lexer)?;
    let change = if lexer.eat(b'+') {
        Change::Add
    } else if lexer.eat(b'-') {
        Change::Remove
    } else {
        Change::Set
    };
    let silent = match lexer.name()?.as_str() {
        "FLAGS" => false,
        "FLAGS.SILENT" => true,
        _ => return Err(Malformed("Only flags can be stored")),
    };
    lexer.space()?;
    let flags = if lexer.peek() == Some(b'(') {
        lexer.list(flag)?
    } else {
        let mut flags = vec![flag(lexer)?];
        while lexer.eat(b' ') {
            flags.push(flag(lexer)?);
        }
        flags
    };
    Ok(Command::Store { by_uid, set, store: Store { change, silent, flags, unchanged_since } })
}

fn items(lexer: &mut Lexer<'_>) -> Parsed<Vec<Item>> {
    if lexer.peek() == Some(b'(') {
        return lexer.list(item);
    }
    let mut ahead = *lexer;
    let macros: &[Item] = match ahead.name()?.as_str() {
        "FAST" => &[Item::Flags, Item::InternalDate, Item::Size],
        "ALL" => &[Item::Flags, Item::InternalDate, Item::Size, Item::Envelope],
        "FULL" => &[Item::Flags, Item::InternalDate, Item::Size, Item::Envelope, Item::Body],
        _ => return Ok(vec![item(lexer)?]),
    };
    *lexer = ahead;
    Ok(macros.to_vec())
}

fn item(lexer: &mut Lexer<'_>) -> Parsed<Item> {
    let name = lexer.name()?;
    let old = |peek, what| Item::Section(Section { label: name.clone(), peek, part: Vec::new(), what, partial: None });
    Ok(match name.as_str() {
        "FLAGS" => Item::Flags,
        "UID" => Item::Uid,
        "INTERNALDATE" => Item::InternalDate,
        "ENVELOPE" => Item::Envelope,
        "BODYSTRUCTURE" => Item::BodyStructure,
        "RFC822.SIZE" => Item::Size,
        "MODSEQ" => Item::ModSeq,
        "RFC822" => old(false, What::Whole),
        "RFC822.HEADER" => old(true, What::Header),
        "RFC822.TEXT" => old(false, What::Text),
        "BODY" if lexer.peek() != Some(b'[') => Item::Body,
        "BODY" => Item::Section(section(false, lexer)?),
        "BODY.PEEK" => Item::Section(section(true, lexer)?),
        _ => return Err(Malformed("Unknown item to fetch")),
    })
}

fn section(peek: bool, lexer: &mut Lexer<'_>) -> Parsed<Section> {
    lexer.need(b'[', "A section is missing")?;
    let mut part = Vec::new();
    let mut what = What::Whole;
    let mut label = String::new();
    while lexer.peek() != Some(b']') {
        if !label.is_empty() {
            lexer.need(b'.', "The section is malformed")?;
            label.push('.');
        }
        if lexer.peek().is_some_and(|b| b.is_ascii_digit()) {
            let number = lexer.number()?;
            if number == 0 {
                return Err(Malformed("Parts are counted from 1"));
            }
            label.push_str(&number.to_string());
            part.push(number);
            continue;
        }
        let name = lexer.name()?;
        label.push_str(&name);
        what = match name.as_str() {
            "HEADER" => What::Header,
            "TEXT" => What::Text,
            "MIME" if !part.is_empty() => What::Mime,
            "HEADER.FIELDS" | "HEADER.FIELDS.NOT" => {
                lexer.space()?;
                let names = lexer.list(|l| text(l.astring()?).map(|n| n.to_ascii_uppercase()))?;
                label = format!("{label} ({})", names.join(" "));
                What::Fields { names, others: name.ends_with("NOT") }
            }
            _ => return Err(Malformed("Unknown section")),
        };
        break;
    }
    lexer.need(b']', "The section has no end")?;
    let mut partial = None;
    if lexer.eat(b'<') {
        let from = lexer.number()?;
        lexer.need(b'.', "The partial is malformed")?;
        let count = lexer.number()?;
        lexer.need(b'>', "The partial is malformed")?;
        partial = Some((from, count));
    }
    Ok(Section { label: format!("BODY[{label}]"), peek, part, what, partial })
}

#[cfg(test)]
mod tests;
