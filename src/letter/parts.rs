//! The parts of a message, written one behind the other into bytes that are held once. No line of them is longer than
//! the standard allows, and none needs a server that takes eight bits unless a message inside does.

use std::io::Read;

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

/// Whoever writes parts.
pub(super) struct Writer {
    pub(super) out: Vec<u8>,
    /// What no part has in it, because nobody could guess it.
    mark: String,
    boundaries: usize,
    /// No file may be larger.
    most: u64,
}

impl Writer {
    pub(super) fn new(out: Vec<u8>, mark: String, most: u64) -> Self {
        Self { out, mark, boundaries: 0, most }
    }

    fn head(&mut self, kind: &str, parameters: &[String], more: &[(&str, &str, Vec<String>)]) {
        let mut head = Head::default();
        head.with_parameters("Content-Type", kind, parameters);
        for (name, value, parameters) in more {
            head.with_parameters(name, value, parameters);
        }
        self.out.extend_from_slice(head.into_string().as_bytes());
        self.out.extend_from_slice(b"\r\n");
    }

    pub(super) fn part(&mut self, part: Part<'_>) -> Result<(), Unread> {
        match part {
            Part::Text { kind, parameters, text } => {
                let way = printable::way(&text);
                self.head(kind, &parameters, &[("Content-Transfer-Encoding", way.name(), vec![])]);
                printable::add(&text, way, &mut self.out);
            }
            Part::File(file) => self.file(file)?,
            Part::Message { name, raw } => {
                let way = if raw.is_ascii() { "7bit" } else { "8bit" };
                let more = [
                    ("Content-Transfer-Encoding", way, vec![]),
                    ("Content-Disposition", "attachment", file_name::filename(&name)),
                ];
                self.head("message/rfc822", &[file_name::name(&name)], &more);
                self.out.extend_from_slice(&raw);
            }
            Part::Many { kind, parts } => {
                self.boundaries += 1;
                let boundary = format!("=_{}_{}", self.mark, self.boundaries);
                let mut parameters = vec![format!("boundary=\"{boundary}\"")];
                if kind == "multipart/related" {
                    parameters.push("type=\"text/html\"".to_owned());
                }
                self.head(kind, &parameters, &[]);
                for (at, part) in parts.into_iter().enumerate() {
                    let before = if at == 0 { "--" } else { "\r\n--" };
                    self.out.extend_from_slice(format!("{before}{boundary}\r\n").as_bytes());
                    self.part(part)?;
                }
                self.out.extend_from_slice(format!("\r\n--{boundary}--\r\n").as_bytes());
            }
        }
        Ok(())
    }

    fn file(&mut self, mut file: File<'_>) -> Result<(), Unread> {
        let disposition = if file.content_id.is_some() { "inline" } else { "attachment" };
        let id = file.content_id.as_ref().map(|id| format!("<{id}>"));
        let mut more = vec![
            ("Content-Transfer-Encoding", "base64", vec![]),
            ("Content-Disposition", disposition, file_name::filename(&file.name)),
        ];
        more.extend(id.as_deref().map(|id| ("Content-ID", id, vec![])));
        self.head(&file.kind, &[file_name::name(&file.name)], &more);
        base64::lines(&mut file.from, self.most, &mut self.out)
            .map(drop)
            .map_err(|error| Unread { name: file.name, why: error.kind() })
    }
}

/// Writes what stands above the parts.
pub(super) fn custom(head: &mut Head, more: &[(String, String)]) {
    for (name, value) in more {
        head.text(name, &HeaderText::of(value));
    }
}
