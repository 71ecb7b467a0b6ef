//! The parts of a message: lettre puts them into a tree, with values and texts that are written here, and what is large goes
//! into its bytes once, in pieces. No line of them is longer than the standard allows, and none needs a server that takes
//! eight bits unless a message inside does.

use std::io::Read;

use lettre::message::header::{ContentTransferEncoding as Encoding, Header, HeaderName, HeaderValue};
use lettre::message::{Body, MultiPart, SinglePart};

use super::field::{Head, HeaderText};
use super::{base64, file_name, printable};
use crate::text::SafeFileName;

/// No file may be larger; no server takes it.
pub(super) const LARGEST: u64 = 512 * 1024 * 1024;

/// A part and what is in it.
pub(super) enum Part<'a> {
    /// Its type with its parameters, and its lines ended by CRLF.
    Text {
        kind: &'a str,
        parameters: Vec<String>,
        text: String,
    },
    File(File<'a>),
    /// A message as it is; its lines are ended by CRLF and none is too long.
    Message {
        name: SafeFileName,
        raw: Vec<u8>,
    },
    Many {
        kind: &'static str,
        parts: Vec<Part<'a>>,
    },
}

pub(super) struct File<'a> {
    pub(super) name: SafeFileName,
    pub(super) kind: String,
    /// For a picture that a page shows.
    pub(super) content_id: Option<String>,
    pub(super) size: u64,
    pub(super) from: Box<dyn Read + 'a>,
}

impl<'a> Part<'a> {
    pub(super) fn text(kind: &'a str, text: &str) -> Self {
        Self::Text { kind, parameters: vec!["charset=utf-8".to_owned()], text: printable::canonical(text) }
    }

    /// Several parts as one; one alone stays what it is.
    pub(super) fn together(kind: &'static str, mut parts: Vec<Self>) -> Self {
        match (parts.len(), parts.pop()) {
            (1, Some(alone)) => alone,
            (_, last) => {
                parts.extend(last);
                Self::Many { kind, parts }
            }
        }
    }

    /// About how many bytes it takes.
    pub(super) fn length(&self) -> usize {
        const HEAD: usize = 1_000;
        HEAD + match self {
            Self::Text { text, .. } => text.len() + text.len() / 2,
            Self::File(file) => base64::length(usize::try_from(file.size).unwrap_or(usize::MAX)),
            Self::Message { raw, .. } => raw.len(),
            Self::Many { parts, .. } => parts.iter().map(Self::length).fold(0, usize::saturating_add),
        }
    }
}

/// What could not be read.
pub(super) struct Unread {
    pub(super) name: SafeFileName,
    pub(super) why: std::io::ErrorKind,
}

/// Whoever writes parts. The tree of them is lettre's, with every value and every text as written here; what is large is not
/// in it, only a sign that nobody could guess, and is written where that stands.
pub(super) struct Writer<'a> {
    pub(super) out: Vec<u8>,
    /// What no part has in it, because nobody could guess it.
    mark: String,
    boundaries: usize,
    /// No file may be larger.
    most: u64,
    /// What is written in the place of each sign, in their order.
    large: Vec<Large<'a>>,
}

enum Large<'a> {
    File(File<'a>),
    Raw(Vec<u8>),
}

/// One part, or several.
enum Branch {
    Leaf(SinglePart),
    Fork(MultiPart),
}

impl<'a> Writer<'a> {
    pub(super) fn new(out: Vec<u8>, mark: String, most: u64) -> Self {
        Self { out, mark, boundaries: 0, most, large: Vec::new() }
    }

    pub(super) fn part(&mut self, part: Part<'a>) -> Result<(), Unread> {
        let written = match self.branch(part) {
            Branch::Leaf(leaf) => {
                let mut written = leaf.formatted();
                // Behind each part comes the end of a line, which belongs to what would follow.
                written.truncate(written.len().saturating_sub(2));
                written
            }
            Branch::Fork(fork) => fork.formatted(),
        };
        let mut rest = written.as_slice();
        for (at, large) in std::mem::take(&mut self.large).into_iter().enumerate() {
            let sign = self.sign(at);
            let place = memchr::memmem::find(rest, sign.as_bytes()).unwrap_or(rest.len());
            let (before, behind) = rest.split_at(place);
            self.out.extend_from_slice(before);
            rest = behind.get(sign.len()..).unwrap_or_default();
            match large {
                Large::Raw(raw) => self.out.extend_from_slice(&raw),
                Large::File(mut file) => {
                    let read = base64::lines(&mut file.from, self.most, &mut self.out);
                    read.map_err(|error| Unread { name: file.name, why: error.kind() })?;
                }
            }
        }
        self.out.extend_from_slice(rest);
        Ok(())
    }

    fn sign(&self, at: usize) -> String {
        format!("=_{}_put_{at}_here", self.mark)
    }

    /// Keeps what is large, and says what stands for it.
    fn put(&mut self, large: Large<'a>) -> Vec<u8> {
        let sign = self.sign(self.large.len());
        self.large.push(large);
        sign.into_bytes()
    }

    fn branch(&mut self, part: Part<'a>) -> Branch {
        match part {
            Part::Text { kind, parameters, text } => {
                let way = printable::way(&text);
                let mut body = Vec::new();
                printable::add(&text, way, &mut body);
                leaf(ContentType::of(kind, &parameters), body, way.encoding())
            }
            Part::File(file) => self.file(file),
            Part::Message { name, raw } => {
                let way = if raw.is_ascii() { Encoding::SevenBit } else { Encoding::EightBit };
                let head = SinglePart::builder()
                    .header(ContentType::of("message/rfc822", &[file_name::name(&name)]))
                    .header(Disposition::of("attachment", &file_name::filename(&name)));
                let body = self.put(Large::Raw(raw));
                Branch::Leaf(head.body(Body::dangerous_pre_encoded(body, way)))
            }
            Part::Many { kind, parts } => {
                self.boundaries += 1;
                let mut parameters = vec![format!("boundary=\"=_{}_{}\"", self.mark, self.boundaries)];
                if kind == "multipart/related" {
                    parameters.push("type=\"text/html\"".to_owned());
                }
                let mut fork = MultiPart::builder().header(ContentType::of(kind, &parameters)).build();
                for part in parts {
                    fork = match self.branch(part) {
                        Branch::Leaf(leaf) => fork.singlepart(leaf),
                        Branch::Fork(inner) => fork.multipart(inner),
                    };
                }
                Branch::Fork(fork)
            }
        }
    }

    fn file(&mut self, file: File<'a>) -> Branch {
        let disposition = if file.content_id.is_some() { "inline" } else { "attachment" };
        let mut head = SinglePart::builder()
            .header(ContentType::of(&file.kind, &[file_name::name(&file.name)]))
            .header(Disposition::of(disposition, &file_name::filename(&file.name)));
        if let Some(id) = &file.content_id {
            head = head.header(ContentId::of(&format!("<{id}>"), &[]));
        }
        let body = self.put(Large::File(file));
        Branch::Leaf(head.body(Body::dangerous_pre_encoded(body, Encoding::Base64)))
    }
}

fn leaf(kind: ContentType, body: Vec<u8>, encoding: Encoding) -> Branch {
    Branch::Leaf(SinglePart::builder().header(kind).body(Body::dangerous_pre_encoded(body, encoding)))
}

/// A field of a part, as it is to be written: lettre puts it where it belongs and changes nothing in it.
macro_rules! fields {
    ($($field:ident is $name:literal)*) => {$(
        #[derive(Clone)]
        struct $field(HeaderValue);

        impl $field {
            fn of(value: &str, parameters: &[String]) -> Self {
                let parts: Vec<&str> = std::iter::once(value).chain(parameters.iter().map(String::as_str)).collect();
                let mut head = Head::default();
                head.with_parameters($name, value, parameters);
                let written = head.into_string();
                let encoded = written.strip_prefix(concat!($name, ": ")).unwrap_or_default().trim_end().to_owned();
                Self(HeaderValue::dangerous_new_pre_encoded(Self::name(), parts.join("; "), encoded))
            }
        }

        impl Header for $field {
            fn name() -> HeaderName {
                const { HeaderName::new_from_ascii_str($name) }
            }

            fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
                Err("it is only written".into())
            }

            fn display(&self) -> HeaderValue {
                self.0.clone()
            }
        }
    )*};
}

fields! {
    ContentType is "Content-Type"
    Disposition is "Content-Disposition"
    ContentId is "Content-ID"
}

/// Writes what stands above the parts.
pub(super) fn custom(head: &mut Head, more: &[(String, String)]) {
    for (name, value) in more {
        head.text(name, &HeaderText::of(value));
    }
}
