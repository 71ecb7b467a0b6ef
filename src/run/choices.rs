//! What the user chose once and is remembered for all that comes: in which encoding to read the mail of a sender, and of
//! which conversations not to hear.

use std::collections::HashMap;
use std::path::Path;

use crate::decoding;
use crate::model::{ThreadId, clock};
use crate::store::{Encodings, OwnWrite, OwnWriter, Reader};

#[derive(Debug, Default)]
pub(super) struct Choices {
    before: Option<Encodings>,
    /// What was chosen since the start, or given up again.
    now: HashMap<String, Option<&'static str>>,
    /// `None` where nothing may be changed: a choice holds until the end.
    own: Option<OwnWriter>,
}

impl Choices {
    pub(super) fn open(profile: &Path, own: Option<OwnWriter>) -> Self {
        // Choices that cannot be read are none; the mail is read as it says of itself.
        Self { before: Encodings::open(profile).ok().flatten(), now: HashMap::new(), own }
    }

    /// What was chosen for the sender of this message.
    pub(super) fn of(&self, raw: &[u8]) -> Option<&'static str> {
        if self.before.is_none() && self.now.is_empty() {
            return None;
        }
        let headers = decoding::headers(raw);
        self.of_sender(headers.from.first()?.address.as_untrusted())
    }

    fn of_sender(&self, sender: &str) -> Option<&'static str> {
        if let Some(now) = self.now.get(&key(sender)) {
            return *now;
        }
        let chosen = self.before.as_ref()?.of(sender).ok()??;
        decoding::known_charsets().iter().find(|known| **known == chosen).copied()
    }

    /// Remembers or forgets. It goes to the disk at once; where that fails it holds until the end.
    pub(super) fn choose(&mut self, sender: &str, charset: Option<&'static str>) {
        self.now.insert(key(sender), charset);
        if let Some(own) = &self.own {
            let charset = charset.map(str::to_owned);
            let _ = own.commit_blocking(OwnWrite::Encoding { sender: sender.to_owned(), charset });
        }
    }

    /// The new mail of a conversation is told of, or no longer. The conversation is known by its oldest message.
    pub(super) fn mute(&self, reader: &Reader, thread: ThreadId, mute: bool) {
        let Some(own) = &self.own else { return };
        let names =
            if mute { reader.root_of(thread).map(|root| root.into_iter().collect()) } else { reader.muted_by(thread) };
        for msgid in names.unwrap_or_default() {
            let _ = own.commit_blocking(OwnWrite::Mute { msgid, mute, at: clock::now() });
        }
    }
}

fn key(sender: &str) -> String {
    sender.trim().to_lowercase()
}

#[cfg(test)]
mod tests {
    use tokio::sync::mpsc;

    use super::*;
    use crate::store::{Restore, Store, StoreOptions};

    const RAW: &[u8] = b"From: Ann <Ann@Example.com>\r\n\r\nwords\r\n";

    #[test]
    fn a_choice_holds_for_the_sender_and_outlives_the_program() {
        let profile = tempfile::tempdir().unwrap();
        let (changes, _changed) = mpsc::unbounded_channel();
        let options =
            StoreOptions { profile: profile.path(), accounts: &[], now: clock::now(), restore: Restore::Refuse };
        let store = Store::open(&options, changes).unwrap();
        let open = || Choices::open(profile.path(), Some(store.own.clone()));
        let mut choices = open();
        assert_eq!(choices.of(RAW), None);
        choices.choose("ann@example.com", Some("big5"));
        assert_eq!(choices.of(RAW), Some("big5"));
        let mut choices = open();
        assert_eq!(choices.of(RAW), Some("big5"));
        assert_eq!(choices.of(b"From: bob@example.com\r\n\r\n"), None);
        choices.choose("Ann@example.com", None);
        assert_eq!((choices.of(RAW), open().of(RAW)), (None, None));
        store.close();
    }

    #[test]
    fn where_nothing_may_be_changed_it_holds_until_the_end() {
        let profile = tempfile::tempdir().unwrap();
        let mut choices = Choices::open(profile.path(), None);
        choices.choose("ann@example.com", Some("gb18030"));
        assert_eq!(choices.of(RAW), Some("gb18030"));
        assert_eq!(Choices::open(profile.path(), None).of(RAW), None);
    }

    #[test]
    fn every_charset_that_is_offered_is_known() {
        for charset in crate::app::CHARSETS {
            assert!(decoding::known_charsets().contains(&charset), "{charset}");
        }
    }
}
