//! What the keys need to know of a message that is read, besides its text.

use crate::model::{Auth, BodySource, Card, InvitationMethod, PartId, Readable, Unsubscribe, Verdict};
use crate::text::{SafeText, Text};

/// What is known of the message that is shown, besides its page.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub(super) struct Facts {
    pub(super) sender: Option<Text>,
    pub(super) message_id: Text,
    pub(super) unsubscribe: Option<Unsubscribe>,
    pub(super) charset: &'static str,
    pub(super) source: BodySource,
    pub(super) other: Option<BodySource>,
    pub(super) badge: Option<bool>,
    pub(super) files: Vec<FileLine>,
    /// Somebody asks whether the user comes.
    pub(super) invited: bool,
}

/// A file that belongs to the message.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FileLine {
    /// Which part it is; `None` if it lies on the web.
    pub part: Option<PartId>,
    pub raw_name: Text,
    pub name: SafeText,
    /// `image/png`, or who keeps it.
    pub kind: SafeText,
    pub raw_kind: Text,
    pub truly: Option<&'static str>,
    pub size: u64,
    /// What the message says of one that lies on the web: its size, and until when.
    pub said: SafeText,
    pub url: Text,
}

/// More files than this are not listed.
const MOST_FILES: usize = 1_000;

impl Facts {
    pub(super) fn of(readable: &Readable, badge: Option<bool>) -> Self {
        let clipped = |text: &Text| SafeText::beginning(text, 300);
        let parts = readable.attachments.iter().filter(|part| !part.inline).map(|part| FileLine {
            part: Some(part.part),
            raw_name: part.name.clone(),
            name: clipped(&part.name),
            kind: clipped(&part.kind),
            raw_kind: part.kind.clone(),
            truly: part.truly,
            size: part.size,
            said: SafeText::default(),
            url: Text::default(),
        });
        let is_listed = |part: PartId| readable.attachments.iter().any(|listed| listed.part == part && !listed.inline);
        let cards = readable.cards.iter().filter_map(|card| match card {
            Card::Message { part, .. } if is_listed(*part) => None,
            Card::Message { part, subject, .. } => Some(FileLine {
                part: Some(*part),
                raw_name: Text::new(format!("{}.eml", subject.as_untrusted())),
                name: SafeText::of(&format!("{}.eml", clipped(subject))),
                kind: SafeText::of("message/rfc822"),
                raw_kind: "message/rfc822".into(),
                truly: None,
                size: 0,
                said: SafeText::default(),
                url: Text::default(),
            }),
            Card::Cloud(cloud) => Some(FileLine {
                part: None,
                raw_name: cloud.name.clone(),
                name: clipped(&cloud.name),
                kind: SafeText::of(cloud.keeper),
                raw_kind: Text::default(),
                truly: None,
                size: 0,
                said: SafeText::of(format!("{} {}", clipped(&cloud.size), clipped(&cloud.until)).trim()),
                url: cloud.url.clone(),
            }),
            Card::Delivery(_) | Card::Invitation(_) => None,
        });
        let files = parts.chain(cards).take(MOST_FILES).collect();
        let Readable { charset, source, other, .. } = readable;
        let sender = readable.from.first().map(|from| from.address.clone());
        let message_id = readable.message_id.clone();
        let unsubscribe = readable.unsubscribe.clone().map(|found| {
            // Whoever only claims to be the list must not learn who clicks.
            let is_doubtful =
                |auth: &Auth| matches!(auth.dkim, Verdict::Fail | Verdict::Unclear) || auth.dmarc == Verdict::Fail;
            let one_click = found.one_click && !readable.auth.as_ref().is_some_and(is_doubtful);
            Unsubscribe { one_click, ..found }
        });
        let asks = |card: &Card| match card {
            Card::Invitation(event) => event.method == InvitationMethod::Request && event.organizer.is_some(),
            Card::Message { .. } | Card::Delivery(_) | Card::Cloud(_) => false,
        };
        let invited = readable.cards.iter().any(asks);
        Self { sender, message_id, unsubscribe, charset, source: *source, other: *other, badge, files, invited }
    }
}
