//! Plain values that every layer speaks. Nothing here acts; everything here can be printed and compared.

mod abilities;
mod account_marks;
mod address;
mod alike;
mod arrivals;
mod changed;
pub mod clock;
mod coverage;
mod deed;
mod draft;
mod failure;
mod fingerprint;
mod flags;
mod folder;
mod headers;
mod hints;
mod id;
mod intent;
mod key;
mod moment;
mod need;
mod opening;
mod outgoing;
mod proxy;
mod query;
mod readable;
mod row;
mod secret;
mod server;
mod source;
mod status;
mod wire_line;

pub use abilities::{Abilities, Quirk, Quirks, Takes};
pub use account_marks::AccountMarks;
pub use address::Address;
pub use alike::Alike;
pub use arrivals::{Arrivals, NewMail};
pub use changed::Changed;
pub use clock::Timestamp;
pub use coverage::Coverage;
pub use deed::{Deed, DeedId, DeedKind, FolderDeed};
pub use draft::{About, Answering, Draft, DraftId, DraftRow, Enclosed, EnclosedFrom, Form, Ordered};
pub use failure::{Failure, FailureKind, Retry};
pub use fingerprint::Fingerprint;
pub use flags::Flags;
pub use folder::{Folder, FolderName, Role};
pub use headers::Headers;
pub use hints::AnswerHints;
pub use id::{AccountId, FolderId, MessageId, PlacementId, Ticket};
pub use intent::Intent;
pub use key::{Key, KeyPress};
pub use moment::Moment;
pub use need::{Need, NeedWhy, Settling};
pub use opening::{Opening, is_ending_of_program, opening};
pub use outgoing::{Outgoing, OutgoingId, Reception, Recipient, Sending, SentCopy};
pub use proxy::{Proxy, ProxyKind, ProxyLogin, Route};
pub use query::{Answer, Lying, OrderEntry, Person, Query, Within};
pub use readable::{
    Attachment, Auth, Blocked, BodySource, Card, CloudFile, Delivery, DeliveryAction, DeliveryReason, Document,
    EventTime, Hop, Inside, Invitation, InvitationMethod, Link, Look, Mark, PartId, Readable, Reading, SHOWN, Section,
    SectionKind, Table, Unsubscribe, Verdict, Warning,
};
pub use row::{BodyState, Conversation, Row, Writer};
pub use secret::Secret;
pub use server::{Server, TlsMode, host_and_port};
pub use source::{Kind, Knot, Listing, NamedSearch, Sort, SortBy, Source, Split, ThreadId, Threads};
pub use status::{Status, Watch};
pub use wire_line::{Purpose, WireKind, WireLine};
