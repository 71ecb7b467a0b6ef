//! A message before it is bytes, and how it becomes bytes.

use std::fmt::Write as _;

use super::super::base64;
use super::super::imap::date_header;
use crate::model::Timestamp;

/// How the text of a message is coded.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub(super) enum Coding {
    #[default]
    Base64,
    Quoted,
    Eight,
}

#[derive(Clone, Debug)]
pub(super) struct Attached {
    pub(super) name: String,
    pub(super) kind: &'static str,
    pub(super) bytes: Vec<u8>,
    /// Shown within the HTML, under this Content-ID.
    pub(super) inline: Option<String>,
}

#[derive(Clone, Default, Debug)]
pub(super) struct Letter {
    pub(super) folder: &'static str,
    pub(super) flags: Vec<&'static str>,
    pub(super) sent: Timestamp,
    /// The sender's clock, in hours east of Greenwich.
    pub(super) zone: i8,
    /// Display name (may be empty) and address.
    pub(super) from: Person,
    pub(super) to: Vec<Person>,
    pub(super) cc: Vec<Person>,
    pub(super) subject: String,
    /// Without the angle brackets.
    pub(super) id: String,
    /// The thread so far, oldest first.
    pub(super) answers: Vec<String>,
    /// Further header lines, as they shall stand.
    pub(super) headers: Vec<(String, String)>,
    pub(super) plain: Option<String>,
    pub(super) html: Option<String>,
    /// An iTIP request beside the text.
    pub(super) calendar: Option<String>,
    pub(super) coding: Coding,
    pub(super) attached: Vec<Attached>,
}

#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub(super) struct Person {
    pub(super) name: String,
    pub(super) address: String,
}

impl Person {
    pub(super) fn new(name: impl Into<String>, address: impl Into<String>) -> Self {
        Self { name: name.into(), address: address.into() }
    }

    pub(super) fn shown(&self) -> &str {
        if self.name.is_empty() { &self.address } else { &self.name }
    }

    fn written(&self) -> String {
        if self.name.is_empty() {
            return self.address.clone();
        }
        let name = if !self.name.is_ascii() {
            words(&self.name)
        } else if self.name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b' ' || b == b'-') {
            self.name.clone()
        } else {
            format!("\"{}\"", self.name.replace('\\', "\\\\").replace('"', "\\\""))
        };
        format!("{name} <{}>", self.address)
    }
}

impl Letter {
    pub(super) fn bytes(&self) -> Vec<u8> {
        let mut out = String::new();
        let mut line = |name: &str, value: &str| {
            let _ = write!(out, "{name}: {value}\r\n");
        };
        let people = |list: &[Person]| list.iter().map(Person::written).collect::<Vec<_>>().join(",\r\n ");
        line("Date", &date_header(self.sent, self.zone));
        line("From", &self.from.written());
        line("To", &people(&self.to));
        if !self.cc.is_empty() {
            line("Cc", &people(&self.cc));
        }
        line("Subject", &words(&self.subject));
        line("Message-ID", &format!("<{}>", self.id));
        if let Some(last) = self.answers.last() {
            line("In-Reply-To", &format!("<{last}>"));
            let all: Vec<String> = self.answers.iter().map(|id| format!("<{id}>")).collect();
            line("References", &all.join("\r\n "));
        }
        for (name, value) in &self.headers {
            line(name, value);
        }
        line("MIME-Version", "1.0");
        out.push_str(&self.body());
        out.into_bytes()
    }

    /// The body with the header lines that describe it.
    fn body(&self) -> String {
        let text = |subtype, text: &str| self.text(subtype, text);
        let mut views: Vec<String> = Vec::new();
        views.extend(self.plain.as_deref().map(|t| text("plain", t)));
        views.extend(self.html.as_deref().map(|t| text("html", t)));
        views.extend(self.calendar.as_deref().map(|t| text("calendar; method=REQUEST", t)));
        let (inline, aside): (Vec<&Attached>, Vec<&Attached>) = self.attached.iter().partition(|a| a.inline.is_some());
        if !inline.is_empty() {
            let html = views.pop().unwrap_or_default();
            views.push(self.multipart("related", &[vec![html], inline.iter().map(|a| part(a)).collect()].concat()));
        }
        let body =
            if views.len() == 1 { views.pop().unwrap_or_default() } else { self.multipart("alternative", &views) };
        if aside.is_empty() {
            return body;
        }
        self.multipart("mixed", &[vec![body], aside.iter().map(|a| part(a)).collect()].concat())
    }

    fn multipart(&self, subtype: &str, parts: &[String]) -> String {
        let tag: u64 = self.id.bytes().fold(7, |n, b| n.wrapping_mul(131).wrapping_add(u64::from(b)));
        let boundary = format!("=_{subtype}_{tag:016x}");
        let mut out = format!("Content-Type: multipart/{subtype}; boundary=\"{boundary}\"\r\n\r\n");
        for part in parts {
            let _ = write!(out, "--{boundary}\r\n{part}\r\n");
        }
        let _ = write!(out, "--{boundary}--\r\n");
        out
    }

    fn text(&self, subtype: &str, text: &str) -> String {
        let lines = crlf(text);
        let (charset, coding, body) = match self.coding {
            _ if lines.is_ascii() && lines.split("\r\n").all(|l| l.len() < 900) => ("us-ascii", "7bit", lines),
            Coding::Base64 => ("utf-8", "base64", base64::encode_lines(lines.as_bytes())),
            Coding::Quoted => ("utf-8", "quoted-printable", quoted_printable(&lines)),
            Coding::Eight => ("utf-8", "8bit", lines),
        };
        format!("Content-Type: text/{subtype}; charset={charset}\r\nContent-Transfer-Encoding: {coding}\r\n\r\n{body}")
    }
}

fn part(attached: &Attached) -> String {
    let Attached { name, kind, bytes, inline } = attached;
    let (disposition, id) = match inline {
        Some(id) => ("inline", format!("Content-ID: <{id}>\r\n")),
        None => ("attachment", String::new()),
    };
    let percent: String = name
        .bytes()
        .map(|b| {
            if b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_') {
                char::from(b).to_string()
            } else {
                format!("%{b:02X}")
            }
        })
        .collect();
    let file_name =
        if name.is_ascii() { format!("filename=\"{name}\"") } else { format!("filename*=utf-8''{percent}") };
    format!(
        "Content-Type: {kind};\r\n name=\"{}\"\r\nContent-Disposition: {disposition};\r\n {file_name}\r\n{id}\
         Content-Transfer-Encoding: base64\r\n\r\n{}",
        words(name),
        base64::encode_lines(bytes)
    )
}

pub(super) fn crlf(text: &str) -> String {
    let mut out = text.replace("\r\n", "\n").replace('\n', "\r\n");
    if !out.ends_with("\r\n") {
        out.push_str("\r\n");
    }
    out
}

/// A header value as encoded words, if it needs them; each on a line of its own.
pub(super) fn words(text: &str) -> String {
    if text.bytes().all(|b| matches!(b, b' '..=b'~')) && text.len() < 200 {
        return text.to_owned();
    }
    let mut pieces = vec![String::new()];
    for c in text.chars() {
        if pieces.last().is_some_and(|p| p.len() + c.len_utf8() > 42) {
            pieces.push(String::new());
        }
        if let Some(piece) = pieces.last_mut() {
            piece.push(c);
        }
    }
    let coded: Vec<String> = pieces.iter().map(|p| format!("=?utf-8?B?{}?=", base64::encode(p.as_bytes()))).collect();
    coded.join("\r\n ")
}

fn quoted_printable(lines: &str) -> String {
    let mut out = String::new();
    for line in lines.split_terminator("\r\n") {
        let mut column = 0;
        let mut bytes = line.bytes().peekable();
        while let Some(byte) = bytes.next() {
            let at_end = bytes.peek().is_none();
            let plain = matches!(byte, b'!'..=b'~') && byte != b'=' || matches!(byte, b' ' | b'\t') && !at_end;
            let width = if plain { 1 } else { 3 };
            if column + width > 75 {
                out.push_str("=\r\n");
                column = 0;
            }
            column += width;
            if plain {
                out.push(char::from(byte));
            } else {
                let _ = write!(out, "={byte:02X}");
            }
        }
        out.push_str("\r\n");
    }
    out
}

/// The paragraphs of a plain text as a page that looks like what phones and webmailers send.
pub(super) fn page(plain: &str) -> String {
    let escaped = plain.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let paragraphs: Vec<String> =
        escaped.split("\n\n").map(|p| format!("<p>{}</p>", p.trim().replace('\n', "<br>\n"))).collect();
    format!(
        "<html><head><meta charset=\"utf-8\"></head>\n<body style=\"font-size:14px;line-height:1.7;color:#333\">\n{}\n</body></html>",
        paragraphs.join("\n")
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_are_ascii_and_lines_are_short() {
        let letter = Letter {
            from: Person::new("江雁, \"雁\"", "a@x.example"),
            to: vec![Person::new("O'Neil, Pat", "b@x.example")],
            subject: "很长的主题".repeat(20),
            id: "1@x.example".into(),
            answers: vec!["0@x.example".into()],
            plain: Some("行\n = 尾 \n".into()),
            coding: Coding::Quoted,
            attached: vec![Attached {
                name: "发票.pdf".into(),
                kind: "application/pdf",
                bytes: vec![0; 100],
                inline: None,
            }],
            ..Letter::default()
        };
        let text = String::from_utf8(letter.bytes()).unwrap();
        assert!(text.is_ascii());
        assert!(text.split("\r\n").all(|l| l.len() <= 78 && !l.contains('\n')), "{text}");
        assert!(text.contains("To: \"O'Neil, Pat\" <b@x.example>"));
        assert!(text.contains("=E8=A1=8C\r\n =3D =E5=B0=BE=20\r\n"));
    }
}
