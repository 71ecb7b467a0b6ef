//! FETCH and SEARCH: the keeper hands out what they are about, and the session does the work.

use std::fmt::Write as _;
use std::io;

use tokio::io::{AsyncRead, AsyncWrite};

use super::super::answer::quoted;
use super::super::command::{Item, Key, Since, Wants, What};
use super::super::search::Instead;
use super::super::sequence::{Set, written};
use super::super::wire::Wire;
use super::super::world::{Reply, Status};
use super::super::{search, section};
use super::Session;

/// Messages rendered or searched before others get a turn.
const TURN: usize = 64;

/// A SEARCH as it was asked.
pub(super) struct Asked {
    pub(super) tag: String,
    pub(super) by_uid: bool,
    pub(super) charset: Option<String>,
    pub(super) key: Key,
    pub(super) wants: Option<Wants>,
}

impl Session {
    pub(super) async fn fetch<S: AsyncRead + AsyncWrite + Unpin>(
        &mut self,
        wire: &mut Wire<S>,
        by_uid: bool,
        set: Set,
        mut items: Vec<Item>,
        since: Option<Since>,
    ) -> io::Result<Reply> {
        let id = self.id;
        if since.is_some() && !items.contains(&Item::ModSeq) {
            items.push(Item::ModSeq);
        }
        if let Some(Since { modseq, vanished: true }) = since {
            let among = set.clone();
            let hears = self.keeper.ask(move |world| world.hears_what_vanished(id)).await?;
            if !hears || !by_uid {
                return Ok(Reply::bad("VANISHED goes with UID FETCH, after ENABLE QRESYNC"));
            }
            let lines = self.keeper.ask(move |world| world.vanished(id, modseq, &among)).await?;
            wire.send(&lines).await?;
        }
        if self.personality.toggles.own_item_order {
            items.sort_by_key(rank);
        }
        let read = items.iter().any(|i| matches!(i, Item::Section(s) if !s.peek));
        let mut gathered = match self.keeper.ask(move |world| world.gather(id, by_uid, &set, read, since)).await? {
            Ok(gathered) => gathered,
            Err(reply) => return Ok(reply),
        };
        let limits = self.personality.limits;
        let bodies = items.iter().filter(|item| is_body(item)).count() * gathered.messages.len();
        if limits.bodies.is_some_and(|most| bodies > most) {
            return Err(io::ErrorKind::ConnectionReset.into());
        }
        let wanted = gathered.messages.len();
        gathered.messages.retain(|m| !by_uid || !m.unsettled);
        if wanted > 0 && gathered.messages.is_empty() {
            return Ok(Reply { lines: Vec::new(), status: Status::Said("Mails not exist!".to_owned()) });
        }
        let style = section::Style {
            with_uid: by_uid,
            condstore: gathered.condstore,
            words: &gathered.words,
            toggles: &self.personality.toggles,
        };
        for (at, seen) in gathered.messages.iter().enumerate() {
            if let Some(pause) = limits.per_message {
                wire.flush_part().await?;
                tokio::time::sleep(pause).await;
            }
            let rendered = section::render(seen, &items, &style);
            wire.send(self.bent_one("FETCH", &rendered).unwrap_or(&rendered)).await?;
            if at % TURN == TURN - 1 {
                tokio::task::yield_now().await;
            }
        }
        let lines = self.keeper.ask(move |world| world.news(id, by_uid)).await?;
        let code = gathered.incomplete.then(|| "EXPUNGEISSUED".to_owned());
        Ok(Reply { lines, status: Status::Done(code) })
    }

    pub(super) async fn search(&self, asked: Asked) -> io::Result<Reply> {
        let Asked { tag, by_uid, charset, key, wants } = asked;
        if charset.is_some_and(|c| !c.eq_ignore_ascii_case("UTF-8") && !c.eq_ignore_ascii_case("US-ASCII")) {
            return Ok(Reply::no("[BADCHARSET (UTF-8 US-ASCII)] That charset is not known here"));
        }
        let id = self.id;
        let habits = &self.personality.search;
        let instead = search::instead(&key, habits);
        if let Some(Instead::Refused(why)) = instead {
            return Ok(Reply::bad(why));
        }
        let gathered = match self.keeper.ask(move |world| world.gather_every(id, by_uid)).await? {
            Ok(gathered) => gathered,
            Err(reply) => return Ok(reply),
        };
        let mut found = Vec::new();
        let mut modseq = None;
        for (at, seen) in gathered.messages.iter().enumerate() {
            let found_it = match instead {
                Some(Instead::All) => true,
                Some(_) => false,
                None => search::matches(&key, seen, &gathered, habits),
            };
            if found_it {
                found.push(if by_uid { seen.uid } else { seen.number });
                modseq = modseq.max(Some(seen.modseq));
            }
            if at % TURN == TURN - 1 {
                tokio::task::yield_now().await;
            }
        }
        let modseq = modseq.filter(|_| key.names_modseq());
        let line = match wants {
            Some(wants) => extended(&tag, by_uid, wants, &found, modseq),
            None => simple(&found, modseq),
        };
        let mut lines = line.into_bytes();
        lines.extend(self.keeper.ask(move |world| world.news(id, by_uid)).await?);
        Ok(Reply::done(lines))
    }
}

fn is_body(item: &Item) -> bool {
    matches!(item, Item::Section(section) if section.part.is_empty() && section.what == What::Whole)
}

/// Where a server that has its own order puts an item.
fn rank(item: &Item) -> usize {
    match item {
        Item::Uid => 0,
        Item::InternalDate => 1,
        Item::Flags | Item::ModSeq => 2,
        Item::Envelope => 3,
        Item::Body | Item::BodyStructure => 4,
        Item::Size => 5,
        Item::Section(_) => 6,
    }
}

fn simple(found: &[u32], modseq: Option<u64>) -> String {
    let mut line = String::from("* SEARCH");
    for number in found {
        let _ = write!(line, " {number}");
    }
    if let Some(modseq) = modseq {
        let _ = write!(line, " (MODSEQ {modseq})");
    }
    line + "\r\n"
}

fn extended(tag: &str, by_uid: bool, wants: Wants, found: &[u32], modseq: Option<u64>) -> String {
    let mut line = format!("* ESEARCH (TAG {})", quoted(tag));
    if by_uid {
        line.push_str(" UID");
    }
    for (wanted, name, number) in [(wants.min, "MIN", found.first()), (wants.max, "MAX", found.last())] {
        if let Some(number) = number.filter(|_| wanted) {
            let _ = write!(line, " {name} {number}");
        }
    }
    if wants.count {
        let _ = write!(line, " COUNT {}", found.len());
    }
    if wants.all && !found.is_empty() {
        let _ = write!(line, " ALL {}", written(found));
    }
    if let Some(modseq) = modseq {
        let _ = write!(line, " MODSEQ {modseq}");
    }
    line + "\r\n"
}
