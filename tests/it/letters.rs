//! Letters that we build, read back by three programs that others wrote: CPython's email package, mailparser of Node, and
//! mail-parser.

mod compositions;
mod old;

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Cursor, Read};
use std::path::Path;
use std::process::{Command, Stdio};

use hongyan::letter::{Built, Facts, Held, Mailbox, addresses, build};
use hongyan::model::{Draft, EnclosedFrom, Timestamp};
use hongyan::text::SafeFileName;
use mail_parser::{MessageParser, MimeHeaders as _};
use serde::Deserialize;

use compositions::Composition;

/// What goes along with a draft.
#[derive(Default)]
pub struct Kept(pub BTreeMap<String, Vec<u8>>);

impl Held for Kept {
    fn open(&self, from: &EnclosedFrom) -> io::Result<Box<dyn Read + '_>> {
        let EnclosedFrom::Kept(hash) = from else { return Err(io::ErrorKind::PermissionDenied.into()) };
        Ok(Box::new(Cursor::new(self.0.get(hash).ok_or(io::ErrorKind::NotFound)?)))
    }
}

pub fn built(draft: &Draft, kept: &Kept) -> Built {
    let facts = Facts {
        now: Timestamp(1_795_162_118),
        offset: 480,
        random: std::array::from_fn(|at| u8::try_from(at).unwrap() ^ 0x5a),
        address: "me@example.com",
        held: kept,
        eight_bit: false,
        smtputf8: false,
    };
    build(draft, &facts).unwrap()
}

/// What a program read of a letter.
#[derive(Deserialize, PartialEq, Eq, Default, Debug)]
struct Seen {
    subject: String,
    from: Vec<(String, String)>,
    to: Vec<(String, String)>,
    cc: Vec<(String, String)>,
    reply_to: Vec<(String, String)>,
    in_reply_to: Vec<String>,
    references: Vec<String>,
    message_id: String,
    custom: String,
    body: String,
    page: String,
    calendar: String,
    /// Name, Content-ID and what it holds, in base64.
    files: Vec<(String, String, String)>,
    #[serde(default)]
    defects: Vec<String>,
}

impl Seen {
    /// As it must be read.
    fn expected(composition: &Composition, letter: &Built) -> Self {
        let Composition { draft, kept, .. } = composition;
        let people = |typed: &str| {
            let one = |mailbox: Mailbox| (mailbox.name().to_owned(), mailbox.address());
            addresses(typed).into_iter().map(|typed| one(typed.mailbox.unwrap())).collect()
        };
        let is_calendar = |kind: &str| kind.starts_with("text/calendar");
        let files = draft.files.iter().filter(|file| !is_calendar(&file.kind)).map(|file| {
            let EnclosedFrom::Kept(hash) = &file.from else { panic!("{file:?}") };
            let held = if file.kind == "message/rfc822" && kept.0[hash].is_ascii() { &[][..] } else { &kept.0[hash] };
            let id = file.content_id.as_ref().map_or_else(String::new, |id| format!("<{id}>"));
            (SafeFileName::of(&file.name).as_str().to_owned(), id, plain_base64(held))
        });
        Self {
            subject: draft.subject.trim().to_owned(),
            from: people(&draft.from),
            to: people(&draft.to),
            cc: people(&draft.cc),
            reply_to: people(&draft.reply_to),
            in_reply_to: composition.in_reply_to.iter().map(|id| format!("<{id}>")).collect(),
            references: composition.references.iter().map(|id| format!("<{id}>")).collect(),
            message_id: format!("<{}>", letter.message_id),
            custom: draft.more.first().map_or_else(String::new, |(_, value)| value.clone()),
            body: draft.body.trim_end().replace("\r\n", "\n").replace('\r', "\n"),
            page: String::new(),
            calendar: String::new(),
            files: files.collect(),
            defects: Vec::new(),
        }
    }

    fn by_mail_parser(raw: &[u8]) -> Self {
        let message = MessageParser::default().parse(raw).unwrap();
        // Other fields are decoded only when asked for, and then not those of the parts.
        let custom = MessageParser::default().header_text("X-Project").parse(raw).unwrap();
        let custom = custom.header("X-Project").and_then(|value| value.as_text()).unwrap_or_default().to_owned();
        let people = |field: Option<&mail_parser::Address<'_>>| {
            let one = |one: &mail_parser::Addr<'_>| {
                (one.name().unwrap_or_default().to_owned(), one.address().unwrap_or_default().to_owned())
            };
            field.map_or_else(Vec::new, |field| {
                field.iter().map(one).filter(|(_, address)| !address.is_empty()).collect()
            })
        };
        let ids = |value: &mail_parser::HeaderValue<'_>| -> Vec<String> {
            let list = value.as_text_list().unwrap_or_default();
            list.iter().map(|id| format!("<{id}>")).collect()
        };
        let files = message.attachments().filter(|part| part.content_disposition().is_some()).map(|part| {
            let held = if part.is_message() { &[][..] } else { part.contents() };
            let id = part.content_id().map_or_else(String::new, |id| format!("<{id}>"));
            (part.attachment_name().unwrap_or_default().to_owned(), id, plain_base64(held))
        });
        let calendar = message.parts.iter().find(|part| {
            part.content_type().is_some_and(|kind| kind.ctype() == "text" && kind.subtype() == Some("calendar"))
        });
        Self {
            subject: message.subject().unwrap_or_default().to_owned(),
            from: people(message.from()),
            to: people(message.to()),
            cc: people(message.cc()),
            reply_to: people(message.reply_to()),
            in_reply_to: ids(message.in_reply_to()),
            references: ids(message.references()),
            message_id: format!("<{}>", message.message_id().unwrap_or_default()),
            custom,
            body: message.body_text(0).unwrap_or_default().into_owned(),
            page: String::new(),
            calendar: calendar.map_or_else(String::new, |part| String::from_utf8_lossy(part.contents()).into_owned()),
            files: files.collect(),
            defects: Vec::new(),
        }
    }

    /// What may differ without being wrong: line ends, and the pictures' place among the files.
    fn settled(mut self) -> Self {
        self.body = self.body.replace("\r\n", "\n").trim_end().into();
        self.files.sort();
        self.page = String::new();
        self.calendar = String::new();
        self
    }
}

fn plain_base64(bytes: &[u8]) -> String {
    crate::hostile::base64(bytes).replace("\r\n", "")
}

/// What CPython reads of every letter of a folder.
#[expect(clippy::disallowed_methods, reason = "another program judges")]
fn by_python(folder: &Path) -> BTreeMap<String, Seen> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/letters/read.py");
    let mut command = Command::new("python3");
    let output = command.arg(script).arg(folder).stdin(Stdio::null()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// What mailparser reads of every letter of a folder; `None` where `tests/run` did not put it.
#[expect(clippy::disallowed_methods, reason = "another program judges")]
fn by_node(folder: &Path) -> Option<BTreeMap<String, Seen>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let modules = root.join("target/judges");
    if !modules.join("node_modules/mailparser").exists() {
        println!("== NOT TESTED: how mailparser reads letters; tests/run installs it");
        return None;
    }
    let mut command = Command::new("node");
    command.arg(root.join("tests/it/letters/read.mjs")).arg(folder).arg(modules);
    let output = command.stdin(Stdio::null()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Some(serde_json::from_slice(&output.stdout).unwrap())
}

#[test]
fn c08_every_letter_is_read_by_others_as_it_was_written() {
    let compositions = compositions::all();
    assert!(compositions.len() >= 20);
    let folder = tempfile::tempdir().unwrap();
    let letters: Vec<Built> = compositions.iter().map(|one| built(&one.draft, &one.kept)).collect();
    for (composition, letter) in compositions.iter().zip(&letters) {
        fs::write(folder.path().join(format!("{}.eml", composition.name)), &letter.bytes).unwrap();
    }
    let mut python = by_python(folder.path());
    let mut node = by_node(folder.path());
    let mut wrong = Vec::new();
    for (composition, letter) in compositions.iter().zip(&letters) {
        let name = composition.name;
        let text = String::from_utf8_lossy(&letter.bytes);
        assert!(text.is_ascii() && text.split("\r\n").all(|line| line.len() <= 998), "{name}");
        let head = text.split("\r\n\r\n").next().unwrap();
        let is_short = |line: &str| line.len() <= 78 || !line.contains("=?");
        assert!(head.split("\r\n").all(is_short), "{name}: {head}");
        let expected = Seen::expected(composition, letter).settled();
        let seen = python.remove(name).unwrap();
        assert!(seen.page.contains(composition.page), "{name}: {}", seen.page);
        assert!(seen.calendar.contains(composition.calendar), "{name}: {}", seen.calendar);
        wrong.extend(differences("CPython", name, &seen.settled(), &expected));
        if let Some(seen) = node.as_mut().map(|all| all.remove(name).unwrap()) {
            assert!(seen.page.contains(composition.page), "{name}: {}", seen.page);
            wrong.extend(differences("mailparser", name, &seen.settled(), &expected));
        }
        let seen = Seen::by_mail_parser(&letter.bytes);
        assert!(seen.calendar.contains(composition.calendar), "{name}: {}", seen.calendar);
        wrong.extend(differences("mail-parser", name, &seen.settled(), &expected));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let judges = if node.is_some() { "CPython, mailparser and mail-parser" } else { "CPython and mail-parser" };
    println!("{} letters, each read by {judges}", compositions.len());
}

/// What was not read as it was meant; nothing if all was.
fn differences(who: &str, name: &str, seen: &Seen, expected: &Seen) -> Option<String> {
    let short = |seen: &Seen| -> String { format!("{seen:?}").chars().take(3_000).collect() };
    (seen != expected).then(|| format!("{name}, {who}:\n{}\nnot\n{}\n", short(seen), short(expected)))
}

#[test]
fn c05_who_gets_it_unseen_stands_on_the_envelope_only() {
    let draft = Draft {
        to: "a@example.com, A@EXAMPLE.com".to_owned(),
        cc: "b@example.com".to_owned(),
        bcc: "Hidden <hidden@example.com>, b@example.com".to_owned(),
        ..Draft::default()
    };
    let letter = built(&draft, &Kept::default());
    assert_eq!(letter.recipients, ["a@example.com", "b@example.com", "hidden@example.com"]);
    assert!(!String::from_utf8(letter.bytes).unwrap().to_lowercase().contains("hidden"));
}
