//! What happens to the mail from outside of any session: another client, the delivery, the owner of the machine.

use super::super::super::content::Content;
use super::super::super::random::Dice;
use super::{Timestamp, World};

impl World {
    /// Puts a message into a folder and tells everybody who looks at it. `None` if there is no such folder.
    pub(in crate::demo) fn put<'a>(
        &mut self,
        folder: &str,
        content: Content,
        flags: impl IntoIterator<Item = &'a str>,
        arrived: Timestamp,
    ) -> Option<u32> {
        let marks = self.words.marks(flags);
        let came = self.came();
        let folder = self.folders.iter_mut().find(|f| f.name == folder)?;
        let uid = folder.add(marks, arrived, content, came);
        let key = folder.key;
        self.ring(key, |_| ());
        Some(uid)
    }

    /// Replaces the flags of a message from outside of any session. False if there is no such message.
    pub(in crate::demo) fn set_flags<'a>(
        &mut self,
        folder: &str,
        uid: u32,
        flags: impl IntoIterator<Item = &'a str>,
    ) -> bool {
        let marks = self.words.marks(flags);
        let Some(folder) = self.folders.iter_mut().find(|f| f.name == folder) else { return false };
        folder.keywords = folder.keywords.with(marks.keywords());
        let Some(message) = folder.find_mut(uid) else { return false };
        message.marks = marks;
        folder.touch(&[uid]);
        let key = folder.key;
        self.ring(key, |selected| {
            selected.changed.insert(uid);
        });
        true
    }

    /// Removes messages from outside of any session; how many were there.
    pub(in crate::demo) fn remove(&mut self, folder: &str, uids: &[u32]) -> usize {
        let Some(folder) = self.folders.iter_mut().find(|f| f.name == folder) else { return 0 };
        let removed = folder.drop_messages(&uids.iter().copied().collect());
        let key = folder.key;
        self.ring(key, |selected| selected.gone.extend(&removed));
        removed.len()
    }

    /// Gives all messages other UIDs, as a server does that lost its index: under a new UIDVALIDITY, or, where it does
    /// not even notice, under the old one. Sessions that look at the folder find it gone. False if there is none.
    pub(in crate::demo) fn renumber(&mut self, folder: &str, new_validity: bool) -> bool {
        let key = self.fresh_key();
        let Some(folder) = self.folders.iter_mut().find(|f| f.name == folder) else { return false };
        let old = std::mem::replace(&mut folder.key, key);
        let mut dice = Dice::new(u64::from(folder.validity), key);
        // Near the old numbers, so that a number that was one message's is now another's.
        let first = folder.messages.first().map_or(1, |m| m.uid);
        let mut next = first.saturating_add(u32::try_from(dice.between(1, 5)).unwrap_or(1));
        for message in &mut folder.messages {
            message.uid = next;
            next = next.saturating_add(1);
        }
        folder.next_uid = next;
        if new_validity {
            folder.validity = folder.validity.saturating_add(u32::try_from(dice.between(1, 1000)).unwrap_or(1));
        }
        let modseq = folder.tick();
        for message in &mut folder.messages {
            message.modseq = modseq;
        }
        folder.vanished.clear();
        self.ring(old, |selected| selected.gone.extend(&selected.uids));
        true
    }

    /// Removes a folder with all that is in it. False if there is none.
    pub(in crate::demo) fn remove_folder(&mut self, name: &str) -> bool {
        let Some(at) = self.folders.iter().position(|f| f.name == name) else { return false };
        let key = self.folders.remove(at).key;
        self.ring(key, |selected| selected.gone.extend(&selected.uids));
        true
    }
}
