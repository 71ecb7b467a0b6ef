//! Header fields: those that a list row is made of, and all of them for whoever wants to see them.
//!
//! Raw bytes in a header say nothing of their charset, but the rest of the block may: its encoded words, its Content-Type.

use std::borrow::Cow;

use super::{address, charset, date, param, purpose, word};
use crate::model::{AnswerHints, Headers, Timestamp};
use crate::text::Text;

/// A field longer than this is cut before it is decoded.
const LONGEST_FIELD: usize = 64 * 1024;
/// A longer name is none.
const LONGEST_NAME: usize = 200;
/// For a view of all fields: so many, and so many bytes of them.
const MOST_FIELDS: usize = 1_000;
const MOST_BYTES: usize = 1024 * 1024;

/// One field of a header, decoded and unfolded.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Field {
    pub name: Text,
    pub value: Text,
}

/// Reads a block of header fields, up to the first empty line. Where a field stands twice the first counts.
pub fn headers(block: &[u8]) -> Headers {
    let block = begin(block);
    let context = context_of_raw(block);
    let mut headers = Headers::default();
    let mut seen = [false; FIELDS.len()];
    let mut is_list = false;
    each_field(block, |name, value| {
        let Some(which) = FIELDS.iter().position(|known| name.eq_ignore_ascii_case(known)) else { return };
        if let Some(had) = seen.get_mut(which) {
            if *had {
                return;
            }
            *had = true;
        }
        match which {
            0 => headers.from = address::list(value, context),
            1 => headers.to = address::list(value, context),
            2 => headers.cc = address::list(value, context),
            3 => headers.reply_to = address::list(value, context),
            4 => headers.subject = Text::new(word::decode(value, context)),
            5 => headers.date = dated(value, block),
            6 => headers.message_id = ids(value).into_iter().next().unwrap_or_default(),
            7 => headers.in_reply_to = ids(value).into_iter().next().unwrap_or_default(),
            8 => headers.references = ids(value),
            10 => headers.other_id = ids(value).into_iter().next().unwrap_or_default(),
            11 | 12 => is_list |= !value.is_empty(),
            13 => is_list |= LISTED.iter().any(|word| value.eq_ignore_ascii_case(word)),
            _ => {
                let kind = value.split(|b| *b == b';').next().unwrap_or_default();
                headers.content_type = String::from_utf8_lossy(kind.trim_ascii()).to_ascii_lowercase();
            }
        }
    });
    headers.kind = purpose::of(&headers, is_list);
    headers
}

/// What Precedence says of mail that comes to many.
const LISTED: [&[u8]; 3] = [b"bulk", b"list", b"junk"];

const FIELDS: [&[u8]; 14] = [
    b"from",
    b"to",
    b"cc",
    b"reply-to",
    b"subject",
    b"date",
    b"message-id",
    b"in-reply-to",
    b"references",
    b"content-type",
    b"x-oq-msgid",
    b"list-id",
    b"list-unsubscribe",
    b"precedence",
];

/// All fields of a block, in order.
pub fn fields(block: &[u8]) -> Vec<Field> {
    let block = begin(block);
    let context = context_of_raw(block);
    let mut found = Vec::new();
    let mut left = MOST_BYTES;
    each_field(block, |name, value| {
        let length = name.len() + value.len();
        if found.len() < MOST_FIELDS && length <= left {
            left -= length;
            let name = Text::new(String::from_utf8_lossy(name));
            found.push(Field { name, value: Text::new(word::decode(value, context)) });
        }
    });
    found
}

/// How many fields of this name there are: two that say From are a trick.
#[allow(dead_code, reason = "whoever reads the whole message asks")]
pub(super) fn count(block: &[u8], name: &str) -> usize {
    let mut found = 0;
    each_field(begin(block), |had, _| found += usize::from(had.eq_ignore_ascii_case(name.as_bytes())));
    found
}

/// How a block says that it is written: by its encoded words, or by its Content-Type.
pub(super) fn context(block: &[u8]) -> Option<&'static str> {
    let head = head(begin(block));
    word::charset_of(head).or_else(|| declared(head))
}

/// The same for a block's own fields: where nothing is raw nobody asks.
fn context_of_raw(block: &[u8]) -> Option<&'static str> {
    if head(block).is_ascii() { None } else { context(block) }
}

/// The charset of its Content-Type, if that says more than the usual.
fn declared(block: &[u8]) -> Option<&'static str> {
    let mut said = None;
    each_field(block, |name, value| {
        if said.is_none() && name.eq_ignore_ascii_case(b"content-type") {
            said = Some(param::params(value).get("charset").unwrap_or_default());
        }
    });
    let name = charset::name_of(&String::from_utf8_lossy(&said?))?;
    (!matches!(name, "utf-8" | "windows-1252")).then_some(name)
}

fn dated(value: &[u8], block: &[u8]) -> Option<Timestamp> {
    let text: Cow<'_, str> = match std::str::from_utf8(value) {
        Ok(text) if memchr::memmem::find(value, b"=?").is_none() => Cow::Borrowed(text),
        _ => Cow::Owned(word::decode(value, Some("gb18030"))),
    };
    date::read(&text, || is_chinese(block))
}

/// Domains of providers whose machines and users are in China.
const CHINESE_DOMAINS: [&str; 18] = [
    ".cn",
    ".qq.com",
    ".foxmail.com",
    ".163.com",
    ".126.com",
    ".yeah.net",
    ".188.com",
    ".netease.com",
    ".sina.com",
    ".sohu.com",
    ".aliyun.com",
    ".alibaba-inc.com",
    ".dingtalk.com",
    ".139.com",
    ".wo.com",
    ".21cn.com",
    ".tom.com",
    ".feishu.com",
];

/// True if the mail comes from where the clocks are Chinese: by its sender, by the machine that it left first, or by how
/// it is written.
fn is_chinese(block: &[u8]) -> bool {
    let head = head(block);
    let mut chinese = false;
    let mut first_machine = Vec::new();
    each_field(head, |name, value| {
        if name.eq_ignore_ascii_case(b"from") || name.eq_ignore_ascii_case(b"sender") {
            chinese |= has_chinese_domain(value);
        } else if name.eq_ignore_ascii_case(b"received") {
            // Every machine puts its own on top. Who took it last is the reader's.
            first_machine.clear();
            let from = memchr::memmem::find(value, b" by ").unwrap_or(value.len());
            first_machine.extend_from_slice(value.get(..from).unwrap_or_default());
        }
    });
    let is_of_china = |name: &str| matches!(name, "gb18030" | "hz-gb-2312" | "iso-2022-cn" | "big5");
    chinese
        || has_chinese_domain(&first_machine)
        || word::charset_of(head).is_some_and(is_of_china)
        || declared(head).is_some_and(is_of_china)
}

pub(super) fn has_chinese_domain(value: &[u8]) -> bool {
    value.split(|b| !(b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-'))).any(|word| {
        CHINESE_DOMAINS.iter().any(|domain| {
            let bare = domain.get(1..).unwrap_or_default().as_bytes();
            let ends = |end: &[u8]| {
                word.len() >= end.len()
                    && word.get(word.len() - end.len()..).is_some_and(|it| it.eq_ignore_ascii_case(end))
            };
            ends(domain.as_bytes()) || (word.len() == bare.len() && ends(bare))
        })
    })
}

/// What of a block matters only to whoever answers.
pub(super) fn answer_hints(block: &[u8]) -> AnswerHints {
    const MOST: usize = 20;
    let block = begin(block);
    let context = context_of_raw(block);
    let mut hints = AnswerHints::default();
    each_field(block, |name, value| {
        let is = |known: &[&str]| known.iter().any(|known| name.eq_ignore_ascii_case(known.as_bytes()));
        let people = || address::list(value, context);
        if is(&["mail-followup-to"]) && hints.followup_to.is_empty() {
            hints.followup_to = people();
        } else if is(&["bcc"]) && hints.bcc.is_empty() {
            hints.bcc = people();
        } else if is(&["list-post"]) && hints.list_post.is_empty() {
            let said = String::from_utf8_lossy(value);
            let inner = said.split('<').skip(1).filter_map(|rest| rest.split('>').next());
            let mailto = inner.map(str::trim).find_map(|url| {
                url.get(..7).filter(|scheme| scheme.eq_ignore_ascii_case("mailto:")).and_then(|_| url.get(7..))
            });
            hints.list_post = Text::new(mailto.unwrap_or_default().split('?').next().unwrap_or_default());
        } else if is(&["delivered-to", "x-original-to", "envelope-to", "x-delivered-to", "x-forwarded-to"]) {
            let room = MOST.saturating_sub(hints.delivered_to.len());
            hints.delivered_to.extend(people().into_iter().take(room).map(|one| one.address));
        } else if is(&["x-oq-msgid"]) && hints.other_id.is_empty() {
            hints.other_id = ids(value).into_iter().next().unwrap_or_default();
        }
    });
    hints
}

/// The block without what programs put before it: blank lines, a mark of byte order, the `From ` line of a mailbox file.
pub(super) fn begin(block: &[u8]) -> &[u8] {
    let mut lines = Lines::of(block.strip_prefix(b"\xef\xbb\xbf").unwrap_or(block));
    loop {
        let here = lines.rest;
        let line = lines.next();
        let sender = line.strip_prefix(b"From ").or_else(|| line.strip_prefix(b">From "));
        let is_envelope = sender.is_some_and(|sender| !sender.trim_ascii_start().starts_with(b":"));
        if lines.rest.is_empty() || !(is_envelope || line.trim_ascii().is_empty()) {
            return here;
        }
    }
}

/// The block up to its empty line.
fn head(block: &[u8]) -> &[u8] {
    let mut lines = Lines::of(block);
    while !lines.rest.is_empty() && !lines.next().is_empty() {}
    block.get(..block.len() - lines.rest.len()).unwrap_or(block)
}

/// Calls `field` with the name and the unfolded value of each header field.
pub(super) fn each_field(block: &[u8], mut field: impl FnMut(&[u8], &[u8])) {
    let mut lines = Lines::of(block);
    let mut unfolded: Vec<u8> = Vec::new();
    while !lines.rest.is_empty() {
        let line = lines.next();
        if line.is_empty() {
            return;
        }
        let named = name_and_value(line);
        if !goes_on(lines.rest) {
            if let Some((name, value)) = named {
                field(name, &without_nul(cut(value).trim_ascii()));
            }
            continue;
        }
        unfolded.clear();
        unfolded.extend_from_slice(named.map(|(_, value)| value).unwrap_or_default());
        while goes_on(lines.rest) {
            let more = lines.next();
            if unfolded.len() < LONGEST_FIELD {
                unfolded.push(b' ');
                unfolded.extend_from_slice(more.trim_ascii());
            }
        }
        if let Some((name, _)) = named {
            field(name, &without_nul(cut(&unfolded).trim_ascii()));
        }
    }
}

/// True if the next line belongs to the one before: by its blank, or as an encoded word whose blank was lost.
fn goes_on(rest: &[u8]) -> bool {
    match rest {
        [b' ' | b'\t', ..] => true,
        [b'=', b'?', ..] => word::length(rest).is_some(),
        _ => false,
    }
}

/// None of a line that is no field: something that a relay lost there, or the rest of one.
fn name_and_value(line: &[u8]) -> Option<(&[u8], &[u8])> {
    let colon = memchr::memchr(b':', line.get(..LONGEST_NAME).unwrap_or(line))?;
    let (name, value) = line.split_at(colon);
    let name = name.trim_ascii_end();
    let good = !name.is_empty() && name.iter().all(u8::is_ascii_graphic);
    good.then_some((name, value.get(1..).unwrap_or_default()))
}

fn without_nul(value: &[u8]) -> Cow<'_, [u8]> {
    if memchr::memchr(0, value).is_none() {
        return Cow::Borrowed(value);
    }
    Cow::Owned(value.iter().copied().filter(|b| *b != 0).collect())
}

fn cut(value: &[u8]) -> &[u8] {
    value.get(..LONGEST_FIELD).unwrap_or(value)
}

/// A line ends with LF, before which there may be CRs. Where there is no LF at all, with CR.
struct Lines<'a> {
    rest: &'a [u8],
    end: u8,
}

impl<'a> Lines<'a> {
    fn of(block: &'a [u8]) -> Self {
        let end = if memchr::memchr(b'\n', block).is_some() { b'\n' } else { b'\r' };
        Self { rest: block, end }
    }

    fn next(&mut self) -> &'a [u8] {
        let end = memchr::memchr(self.end, self.rest).unwrap_or(self.rest.len());
        let (line, rest) = self.rest.split_at(end);
        self.rest = rest.get(1..).unwrap_or_default();
        let kept = line.iter().rposition(|b| *b != b'\r').map_or(0, |at| at + 1);
        line.get(..kept).unwrap_or(line)
    }
}

/// The `<ids>` of a Message-ID, In-Reply-To or References field, without their brackets.
fn ids(value: &[u8]) -> Vec<Text> {
    const MOST: usize = 200;
    let mut found = Vec::new();
    let mut rest = value;
    while let Some(open) = memchr::memchr(b'<', rest) {
        let inner = rest.get(open + 1..).unwrap_or_default();
        let Some(close) = memchr::memchr(b'>', inner) else { break };
        let (id, after) = inner.split_at(close);
        if !id.is_empty() {
            found.push(Text::new(String::from_utf8_lossy(id)));
        }
        rest = after;
        if found.len() >= MOST {
            break;
        }
    }
    found
}

#[cfg(test)]
mod tests;
