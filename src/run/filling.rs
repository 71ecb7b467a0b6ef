//! Mail out of files into the store, as if a server had sent it: a batch of rows at a time, then their bodies. A mailbox of
//! any size takes the memory of one batch.

use std::fs::File;
use std::io::{self, BufReader, Read, Write};
use std::os::unix::fs::MetadataExt as _;

use futures_util::future::join_all;
use tokio::runtime::Handle;
use tokio::sync::oneshot;

use crate::decoding;
use crate::files::Source;
use crate::files::maildir::{self, MaildirFolder};
use crate::files::mbox::Mbox;
use crate::model::{AccountId, Flags, FolderId, FolderName, Role, Timestamp, clock};
use crate::store::{FolderSeen, Incoming, MailWrite, MailWriter, Reader, Spool, Spooled, StoreError, Whole, Written};
use crate::sync::imap::decode_folder_name;

/// Messages that are stored together, and how large they may be.
const TOGETHER: usize = 250;
const TOGETHER_SIZE: usize = 8 * 1024 * 1024;
/// A larger message waits on the disk.
const SMALL: usize = 1024 * 1024;
/// No message is larger; what comes behind is left out.
const LARGEST: u64 = 512 * 1024 * 1024;
/// Of a head this much is read. All that a list shows stands in it.
const HEAD: usize = 64 * 1024;
/// So many that cannot be read are not a bad file here and there any more.
const MOST_UNREADABLE: usize = 1_000;

pub(super) struct Filling {
    pub(super) mail: MailWriter,
    pub(super) reader: Reader,
    pub(super) account: AccountId,
    pub(super) runtime: Handle,
    /// Closed when nobody wants to see any of it any more.
    pub(super) wanted: oneshot::Sender<()>,
}

/// A folder being filled.
struct Shelf {
    folder: FolderId,
    number: u32,
    messages: Vec<Incoming>,
    bodies: Vec<(u32, Whole)>,
    size: usize,
}

impl Filling {
    /// Until all of it is stored or nobody wants it. Says why something is missing.
    pub(super) fn fill(&self, source: Source, name: &str) -> Result<(), String> {
        let mut unreadable: Option<String> = None;
        let filled = match source {
            Source::Message(file) => self.message(file, name),
            Source::Mbox(file) => self.mbox(file, name),
            Source::Maildir(all) => self.maildir(&all.folders, &mut unreadable),
        };
        match filled {
            _ if self.wanted.is_closed() => Ok(()),
            Err(error) => Err(error.to_string()),
            Ok(()) => unreadable.map_or(Ok(()), Err),
        }
    }

    fn message(&self, file: File, name: &str) -> Result<(), StoreError> {
        let mut shelf = self.shelf(name)?;
        let at = changed(&file);
        let mut arriving = self.arriving();
        arriving.take(file)?;
        self.add(&mut shelf, arriving, Flags::SEEN, None, at)?;
        self.end(shelf)
    }

    fn mbox(&self, file: File, name: &str) -> Result<(), StoreError> {
        let mut shelf = self.shelf(name)?;
        let at = changed(&file);
        let mut mbox = Mbox::new(BufReader::with_capacity(256 * 1024, file));
        loop {
            let mut arriving = self.arriving();
            let Some(from) = mbox.read(&mut arriving)? else { break };
            let flags = flags(arriving.head());
            self.add(&mut shelf, arriving, flags, from.at, at)?;
        }
        self.end(shelf)
    }

    fn maildir(&self, folders: &[MaildirFolder], unreadable: &mut Option<String>) -> Result<(), StoreError> {
        let names = folders.iter().map(|folder| match folder.name.as_slice() {
            [] => ("INBOX".to_owned(), Some(Role::Inbox)),
            parts => {
                let parts: Vec<String> = parts.iter().map(|part| decode_folder_name(part)).collect();
                (parts.join("/"), None)
            }
        });
        let shelves = self.shelves(names.collect())?;
        let mut bad = 0;
        for (folder, mut shelf) in folders.iter().zip(shelves) {
            for stored in folder.messages() {
                let added = stored.and_then(|maildir::Stored { file, flags, arrival, .. }| {
                    let mut arriving = self.arriving();
                    arriving.take(file).map(|()| (arriving, flags, arrival))
                });
                match added {
                    Ok((arriving, flags, arrival)) => self.add(&mut shelf, arriving, flags, Some(arrival), arrival)?,
                    Err(error) if self.wanted.is_closed() || bad >= MOST_UNREADABLE => return Err(error.into()),
                    Err(error) => {
                        bad += 1;
                        *unreadable = Some(error.to_string());
                    }
                }
            }
            self.end(shelf)?;
        }
        Ok(())
    }

    fn shelf(&self, name: &str) -> Result<Shelf, StoreError> {
        self.shelves(vec![(name.to_owned(), None)])?.pop().ok_or(StoreError::Gone)
    }

    /// Makes the folders.
    fn shelves(&self, names: Vec<(String, Option<Role>)>) -> Result<Vec<Shelf>, StoreError> {
        let seen = names.into_iter().zip(0_u32..).map(|((decoded, role), number)| FolderSeen {
            // Two may be called the same.
            name: FolderName { wire: number.to_string().into_bytes(), delimiter: Some('/') },
            decoded,
            role,
            selectable: true,
        });
        let write = MailWrite::Folders { account: self.account, seen: seen.collect(), at: clock::now() };
        let Written::Folders(ids) = self.mail.commit_blocking(write)? else { return Err(StoreError::Closed) };
        ids.into_iter()
            .map(|folder| {
                let opened = MailWrite::Opened { folder, uidvalidity: 1, on_server: 0, renumbered: false };
                self.mail.commit_blocking(opened)?;
                Ok(Shelf { folder, number: 0, messages: Vec::new(), bodies: Vec::new(), size: 0 })
            })
            .collect()
    }

    fn arriving(&self) -> Arriving<'_> {
        Arriving { wanted: &self.wanted, spool: self.mail.spool(), small: Vec::new(), large: None, size: 0 }
    }

    /// `at` is when the folder got it, if that is known; else it is when it was written.
    fn add(
        &self,
        shelf: &mut Shelf,
        arriving: Arriving<'_>,
        flags: Flags,
        at: Option<Timestamp>,
        otherwise: Timestamp,
    ) -> Result<(), StoreError> {
        let head = arriving.head().to_vec();
        let headers = decoding::headers(&head);
        let (whole, size) = arriving.whole();
        shelf.number = shelf.number.checked_add(1).ok_or(StoreError::Full)?;
        shelf.size += head.len() + if let Whole::Bytes(bytes) = &whole { bytes.len() } else { 0 };
        shelf.messages.push(Incoming {
            uid: shelf.number,
            flags,
            arrival: at.or(headers.date).unwrap_or(otherwise),
            size,
            headers,
            raw: head,
            decoder: decoding::DECODER,
        });
        shelf.bodies.push((shelf.number, whole));
        if shelf.messages.len() >= TOGETHER || shelf.size >= TOGETHER_SIZE { self.store(shelf) } else { Ok(()) }
    }

    fn store(&self, shelf: &mut Shelf) -> Result<(), StoreError> {
        let (folder, on_server) = (shelf.folder, u64::from(shelf.number));
        let messages = std::mem::take(&mut shelf.messages);
        let numbers: Vec<u32> = messages.iter().map(|message| message.uid).collect();
        self.mail.commit_blocking(MailWrite::Ingest { folder, messages, on_server })?;
        let known = self.reader.messages(folder, &numbers)?;
        let bodies = std::mem::take(&mut shelf.bodies);
        let keeping = bodies.into_iter().filter_map(|(number, whole)| {
            let (_, message) = known.iter().find(|(known, _)| *known == number)?;
            Some(self.mail.keep_body(*message, whole))
        });
        shelf.size = 0;
        self.runtime.block_on(join_all(keeping)).into_iter().collect()
    }

    fn end(&self, mut shelf: Shelf) -> Result<(), StoreError> {
        self.store(&mut shelf)?;
        self.mail.commit_blocking(MailWrite::Complete { folder: shelf.folder, modseq: 0 }).map(|_| ())
    }
}

fn changed(file: &File) -> Timestamp {
    file.metadata().map_or_else(|_| clock::now(), |about| Timestamp(about.mtime()))
}

/// What the mbox says was done with the message. What says nothing was read: mail is put aside when it is.
fn flags(head: &[u8]) -> Flags {
    const FLAGS: [(&str, char, Flags); 5] = [
        ("status", 'R', Flags::SEEN),
        ("x-status", 'A', Flags::ANSWERED),
        ("x-status", 'F', Flags::FLAGGED),
        ("x-status", 'T', Flags::DRAFT),
        ("x-status", 'D', Flags::DELETED),
    ];
    let mut flags = None;
    for field in decoding::fields(head) {
        let name = field.name.as_untrusted().to_ascii_lowercase();
        if name != "status" && name != "x-status" {
            continue;
        }
        let set = FLAGS.iter().filter(|(of, letter, _)| *of == name && field.value.as_untrusted().contains(*letter));
        flags = Some(set.fold(flags.unwrap_or(Flags::NONE), |flags: Flags, (.., flag)| flags.with(*flag)));
    }
    flags.unwrap_or(Flags::SEEN)
}

/// A message on its way. A large one is on the disk meanwhile.
struct Arriving<'a> {
    wanted: &'a oneshot::Sender<()>,
    spool: Spool,
    /// All of it, or of a large one the beginning.
    small: Vec<u8>,
    large: Option<Spooled>,
    size: u64,
}

impl Arriving<'_> {
    fn take(&mut self, from: impl Read) -> io::Result<()> {
        io::copy(&mut from.take(LARGEST), self).map(|_| ())
    }

    /// The fields, behind blank lines that do not belong there, with the line that ends them.
    fn head(&self) -> &[u8] {
        let begins = self.small.iter().position(|byte| !matches!(byte, b'\r' | b'\n')).unwrap_or(0);
        let all = self.small.get(begins..).unwrap_or_default();
        let all = all.get(..HEAD).unwrap_or(all);
        let ends = memchr::memchr_iter(b'\n', all)
            .find(|at| all.get(at + 1..).is_some_and(|rest| rest.starts_with(b"\n") || rest.starts_with(b"\r\n")));
        ends.and_then(|at| all.get(..=at)).unwrap_or(all)
    }

    fn whole(self) -> (Whole, u64) {
        (self.large.map_or(Whole::Bytes(self.small), Whole::File), self.size)
    }
}

impl Write for Arriving<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.wanted.is_closed() {
            return Err(io::Error::other("nobody wants it any more"));
        }
        let length = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        if self.size.saturating_add(length) > LARGEST {
            return Ok(bytes.len());
        }
        self.size += length;
        if self.large.is_none() {
            if self.small.len() + bytes.len() <= SMALL {
                self.small.extend_from_slice(bytes);
                return Ok(bytes.len());
            }
            let mut spooled = self.spool.begin()?;
            spooled.append(&self.small)?;
            self.small.truncate(2 * HEAD);
            self.large = Some(spooled);
        }
        if let Some(spooled) = &mut self.large {
            spooled.append(bytes)?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests;
