//! What `show --json` prints, as docs/json.md says.

use std::ops::Range;

use serde::Serialize;
use serde_json::Value;

use super::cards;
use super::json::date;
use super::letter::Letter;
use super::list::{Person, person};
use crate::model::{Address, Attachment, BodySource, Readable, Verdict, Warning};
use crate::text::Text;

#[derive(Serialize)]
pub(super) struct Shown<'a> {
    subject: &'a str,
    from: Vec<Person<'a>>,
    to: Vec<Person<'a>>,
    cc: Vec<Person<'a>>,
    reply_to: Vec<Person<'a>>,
    date: Option<String>,
    message_id: &'a str,
    in_reply_to: &'a str,
    references: Vec<&'a str>,
    /// Lines end with `\n`, whatever the message has.
    text: String,
    source: &'static str,
    charset: &'static str,
    cut: bool,
    too_deep: bool,
    only_here: bool,
    attachments: Vec<Part<'a>>,
    links: Vec<Link<'a>>,
    auth: Option<Auth<'a>>,
    warnings: Vec<Warned<'a>>,
    cards: Vec<Value>,
    blocked: Value,
}

#[derive(Serialize)]
struct Part<'a> {
    name: &'a str,
    r#type: &'a str,
    size: u64,
    /// Of what it holds; none if that could not be read.
    sha256: Option<String>,
    inline: bool,
}

#[derive(Serialize)]
struct Link<'a> {
    text: String,
    url: &'a str,
}

#[derive(Serialize)]
struct Auth<'a> {
    by: &'a str,
    spf: &'static str,
    dkim: &'static str,
    dmarc: &'static str,
    unproven: bool,
}

#[derive(Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum Warned<'a> {
    AsItCame,
    NameIsOtherAddress { name: &'a str, address: &'a str },
    LookAlike { domain: &'a str, like: &'a str },
    LinkElsewhere { shown: &'a str, leads: &'a str },
    ReplyElsewhere { domain: &'a str },
    Hidden { field: &'static str },
    TwoSenders,
    Forged,
    Disguised { name: &'a str },
}

pub(super) fn shown<'a>(letter: &Letter, readable: &'a Readable) -> Shown<'a> {
    let document = &readable.document;
    let hashes = letter.hashes(readable.attachments.iter().map(|attachment| attachment.part).collect());
    let slice = |at: &Range<usize>| lines(document.text.as_untrusted().get(at.clone()).unwrap_or_default());
    Shown {
        subject: readable.subject.as_untrusted(),
        from: people(&readable.from),
        to: people(&readable.to),
        cc: people(&readable.cc),
        reply_to: people(&readable.reply_to),
        date: readable.date.and_then(date),
        message_id: readable.message_id.as_untrusted(),
        in_reply_to: readable.in_reply_to.as_untrusted(),
        references: readable.references.iter().map(Text::as_untrusted).collect(),
        text: lines(document.text.as_untrusted()),
        source: match readable.source {
            BodySource::Plain => "plain",
            BodySource::Html => "html",
            BodySource::Drawn => "drawn",
            BodySource::Nothing => "nothing",
        },
        charset: readable.charset,
        cut: readable.cut,
        too_deep: readable.too_deep,
        only_here: letter.only_here,
        attachments: readable.attachments.iter().zip(hashes).map(|(attachment, hash)| part(attachment, hash)).collect(),
        links: document.links.iter().map(|link| Link { text: slice(&link.at), url: link.url.as_untrusted() }).collect(),
        auth: readable.auth.as_ref().map(|auth| Auth {
            by: auth.by.as_untrusted(),
            spf: verdict(auth.spf),
            dkim: verdict(auth.dkim),
            dmarc: verdict(auth.dmarc),
            unproven: auth.unproven,
        }),
        warnings: readable.warnings.iter().map(warned).collect(),
        cards: cards::cards(readable),
        blocked: cards::blocked(&readable.blocked),
    }
}

fn people(of: &[Address]) -> Vec<Person<'_>> {
    of.iter().map(person).collect()
}

fn lines(text: &str) -> String {
    text.replace("\r\n", "\n")
}

fn part(attachment: &Attachment, sha256: Option<String>) -> Part<'_> {
    Part {
        name: attachment.name.as_untrusted(),
        r#type: attachment.kind.as_untrusted(),
        size: attachment.size,
        sha256,
        inline: attachment.inline,
    }
}

fn verdict(of: Verdict) -> &'static str {
    match of {
        Verdict::Unsaid => "unsaid",
        Verdict::Pass => "pass",
        Verdict::Fail => "fail",
        Verdict::Unclear => "unclear",
    }
}

fn warned(of: &Warning) -> Warned<'_> {
    match of {
        Warning::NameIsOtherAddress { name, address } => {
            Warned::NameIsOtherAddress { name: name.as_untrusted(), address: address.as_untrusted() }
        }
        Warning::LookAlike { domain, like } => {
            Warned::LookAlike { domain: domain.as_untrusted(), like: like.as_untrusted() }
        }
        Warning::LinkElsewhere { shown, leads } => {
            Warned::LinkElsewhere { shown: shown.as_untrusted(), leads: leads.as_untrusted() }
        }
        Warning::ReplyElsewhere { domain } => Warned::ReplyElsewhere { domain: domain.as_untrusted() },
        Warning::Hidden { field } => Warned::Hidden { field },
        Warning::TwoSenders => Warned::TwoSenders,
        Warning::Forged => Warned::Forged,
        Warning::AsItCame => Warned::AsItCame,
        Warning::Disguised { name } => Warned::Disguised { name: name.as_untrusted() },
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::model;

    fn printed(readable: &Readable) -> Value {
        serde_json::to_value(shown(&Letter::of_bytes(Vec::new()), readable)).unwrap()
    }

    #[test]
    fn names_and_codes_stay_as_they_are() {
        let text = || Text::new("x");
        let mut readable = Readable { charset: "gb18030", ..Readable::default() };
        readable.document.text = Text::new("see\r\nhere");
        readable.document.links = vec![model::Link { at: 0..9, url: Text::new("http://a.example/") }];
        readable.auth = Some(model::Auth {
            by: text(),
            spf: Verdict::Pass,
            dkim: Verdict::Fail,
            dmarc: Verdict::Unclear,
            unproven: true,
        });
        readable.warnings = vec![
            Warning::NameIsOtherAddress { name: text(), address: text() },
            Warning::LookAlike { domain: text(), like: text() },
            Warning::LinkElsewhere { shown: text(), leads: text() },
            Warning::ReplyElsewhere { domain: text() },
            Warning::Hidden { field: "subject" },
            Warning::TwoSenders,
            Warning::Forged,
            Warning::Disguised { name: text() },
        ];
        let printed = printed(&readable);
        assert_eq!(printed["charset"], "gb18030");
        assert_eq!(printed["links"], json!([{"text": "see\nhere", "url": "http://a.example/"}]));
        assert_eq!(
            printed["auth"],
            json!({"by": "x", "spf": "pass", "dkim": "fail", "dmarc": "unclear", "unproven": true})
        );
        assert_eq!(
            printed["warnings"],
            json!([
                {"kind": "name_is_other_address", "name": "x", "address": "x"},
                {"kind": "look_alike", "domain": "x", "like": "x"},
                {"kind": "link_elsewhere", "shown": "x", "leads": "x"},
                {"kind": "reply_elsewhere", "domain": "x"},
                {"kind": "hidden", "field": "subject"},
                {"kind": "two_senders"},
                {"kind": "forged"},
                {"kind": "disguised", "name": "x"},
            ])
        );
    }

    #[test]
    fn what_lies_beside_its_text_is_no_link() {
        let mut readable = Readable::default();
        readable.document.links = vec![model::Link { at: 3..9, url: Text::new("u") }];
        assert_eq!(printed(&readable)["links"], json!([{"text": "", "url": "u"}]));
    }
}
