//! Letters of every kind that somebody may write.

use std::collections::BTreeMap;

use hongyan::decoding;
use hongyan::letter::{Along, CHINESE, Identity, Me, Original, along, answer, invited};
use hongyan::model::{About, Answering, Draft, Enclosed, EnclosedFrom, Reading, Timestamp};

use super::Kept;

pub struct Composition {
    pub name: &'static str,
    pub draft: Draft,
    pub kept: Kept,
    pub in_reply_to: Vec<String>,
    pub references: Vec<String>,
    /// What stands somewhere in its page, and in what calendars are told.
    pub page: &'static str,
    pub calendar: &'static str,
}

fn plain(name: &'static str, change: impl FnOnce(&mut Draft)) -> Composition {
    let mut draft = Draft {
        from: "王五 <me@example.com>".to_owned(),
        to: "li@example.com".to_owned(),
        subject: "hello".to_owned(),
        body: "您好：\n\n谢谢。\n".to_owned(),
        ..Draft::default()
    };
    change(&mut draft);
    let kept = Kept::default();
    Composition { name, draft, kept, in_reply_to: vec![], references: vec![], page: "", calendar: "" }
}

fn with_files(name: &'static str, files: &[(&str, &str, Vec<u8>)]) -> Composition {
    let mut composition = plain(name, |_| ());
    for (file, kind, bytes) in files {
        let hash = format!("hash {}", composition.kept.0.len());
        composition.draft.files.push(Enclosed {
            name: (*file).to_owned(),
            kind: (*kind).to_owned(),
            size: bytes.len() as u64,
            from: EnclosedFrom::Kept(hash.clone()),
            content_id: None,
        });
        composition.kept.0.insert(hash, bytes.clone());
    }
    composition
}

fn answered(name: &'static str, raw: &str, page: Option<&str>, how: Answering) -> Composition {
    let me = Me {
        account: "work".to_owned(),
        identities: vec![Identity {
            from: "王五 <me@example.com>".to_owned(), signature: "王五\n工程部".to_owned()
        }],
        now: Timestamp(1_795_162_118),
        offset: 480,
        with_page: true,
        ..Me::default()
    };
    let raw = raw.replace('\n', "\r\n").into_bytes();
    let readable = decoding::beginning(&raw, &Reading::default(), &decoding::Addressee::default());
    let hints = decoding::answer_hints(&raw);
    let original = Original { readable: &readable, hints: &hints, page, kept: &[] };
    let (mut kept, mut held) = (Vec::new(), BTreeMap::new());
    for one in along(&original, how, &me) {
        let bytes = match one {
            Along::Part(part) => decoding::part(&raw, part).unwrap(),
            Along::Page => page.unwrap().as_bytes().to_vec(),
            Along::Whole => raw.clone(),
            Along::Calendar => invited(&original, how, &me).unwrap().into_bytes(),
        };
        let hash = format!("{one:?}");
        kept.push((one, hash.clone(), bytes.len() as u64));
        held.insert(hash, bytes);
    }
    let mut draft = answer(&Original { kept: &kept, ..original }, how, &me, &CHINESE);
    draft.body.insert_str(0, "好的 <ok> & 谢谢");
    if draft.to.is_empty() {
        draft.to = "han@example.com".into();
    }
    Composition { draft, kept: Kept(held), ..plain(name, |_| ()) }
}

fn all_bytes(count: usize) -> Vec<u8> {
    (0..=255).cycle().take(count).collect()
}

const ORIGINAL: &str = "From: =?gb18030?B?wO7A1w==?= <li@example.com>\nTo: me@example.com\nSubject: Re: =?utf-8?B?5Lya6K6u?=\n\
    Date: Fri, 20 Nov 2026 09:30:00 +0800\nMessage-ID: <tencent_1@qq.com>\nX-OQ-MSGID: <own@example.com>\n\
    References: <a@example.com>\n <b@example.com>\nContent-Type: multipart/mixed; boundary=m\n\n--m\n\
    Content-Type: multipart/related; boundary=b\n\n--b\nContent-Type: text/html; charset=utf-8\n\n\
    <p>周五 <img src=\"cid:pic@x\"></p>\n--b\nContent-Type: image/png; name=\"图.png\"\nContent-ID: <pic@x>\n\
    Content-Disposition: inline\nContent-Transfer-Encoding: base64\n\niVBORw0KGgo=\n--b--\n\n--m\n\
    Content-Type: application/pdf\nContent-Disposition: attachment; filename*=utf-8''%E6%8A%A5.pdf\n\nPDF\n--m--\n";
const PAGE: &str = "<p>周五 <img src=\"cid:pic@x\"></p>";

const HOSTILE: &str = "From: =?utf-8?B?ZXZpbA0KQmNjOiBzcHlAZXhhbXBsZS5jb20bWzJK?= <li@example.com>\n\
    To: \"a\\\" <x@example.com>, (\" <me@example.com>\nSubject: =?utf-8?B?ZXZpbA0KQmNjOiBzcHlAZXhhbXBsZS5jb20bWzJK?=\n\
    Message-ID: <bad id@example.com>\nReferences: <good@example.com> <bad\x1b@example.com> <\"q\">\n\n\x1b]0;x\x07\n.\nFrom me\n";

const INVITATION: &str = "From: boss@example.com\nTo: me@example.com\nSubject: invite\nMessage-ID: <i@example.com>\n\
    Content-Type: text/calendar; method=REQUEST; charset=utf-8\n\nBEGIN:VCALENDAR\nMETHOD:REQUEST\nBEGIN:VEVENT\nUID:u1\n\
    SUMMARY:周会\nDTSTART:20261121T010000Z\nORGANIZER;CN=Boss:mailto:boss@example.com\nATTENDEE:mailto:me@example.com\n\
    END:VEVENT\nEND:VCALENDAR\n";

fn strings(all: &[&str]) -> Vec<String> {
    all.iter().map(|one| (*one).to_owned()).collect()
}

pub fn all() -> Vec<Composition> {
    let long = "鸿雁在云鱼在水惆怅此情难寄".repeat(16).chars().take(200).collect::<String>();
    let chinese = ["a@example.com", "b@example.com", "own@example.com", "tencent_1@qq.com"];
    let people = |count: usize| {
        let one = |number: usize| format!("\"收件人, {number}\" <user{number}@example.com>");
        (0..count).map(one).collect::<Vec<_>>().join("; ")
    };
    vec![
        plain("plain", |_| ()),
        plain("long-subject", |draft| draft.subject = long),
        plain("mixed-subject", |draft| draft.subject = "Re: 关于  two  blanks 与 words = ?_ ".into()),
        plain("long-words", |draft| draft.subject = format!("{} and {}", "word ".repeat(40), "x".repeat(300))),
        plain("looks-encoded", |draft| draft.subject = "=?utf-8?Q?not=20so?= x".into()),
        plain("empty", |draft| (draft.subject, draft.body) = (String::new(), String::new())),
        plain("emoji", |draft| {
            draft.subject = "👨\u{200d}👩\u{200d}👧 𠮷野家 🙂".repeat(9);
            draft.from = "🙂 王五 <me@example.com>".into();
            draft.body = "🙂\n👍🏽\n".into();
        }),
        plain("names", |draft| {
            draft.to =
                "\"Li, Lei \\\"the\\\" <b>\" <li@example.com>, J. R. <j@example.com>, O'Neil (x) <o@example.com>, \
                \"=?utf-8?B?eA==?=\" <e@example.com>, a.very.long.address.that.goes.on@sub.domain.of.example.com"
                    .into();
            draft.reply_to = "回信地址 <r@example.com>".into();
        }),
        plain("odd-addresses", |draft| {
            draft.to = "\"a b\"@example.com，a@例子.example；x+y=z@example.com".into();
        }),
        plain("300-recipients", |draft| (draft.to, draft.cc) = (people(300), people(20))),
        plain("only-hidden", |draft| (draft.to, draft.bcc) = (String::new(), "hidden@example.com".to_owned())),
        plain("custom-field", |draft| {
            draft.more = vec![("X-Project".to_owned(), format!("鸿雁 {} end", "value ".repeat(30)))];
        }),
        plain("line-ends", |draft| {
            draft.body = "a\n.\nb\r.\rc\n.\r\n\nFrom here\n>From there\n..\nd \n\te\t\n-- \nme".into();
        }),
        plain("one-long-line", |draft| draft.body = "x".repeat(100_000) + " é"),
        plain("much-chinese", |draft| draft.body = "鸿雁传书，把信送到每个人手里。\n".repeat(20_000)),
        plain("accents", |draft| draft.body = "Où est l'été = ? \tDéjà vu\u{a0}!\n".repeat(50)),
        plain("many-references", |draft| {
            draft.about = Some(About {
                what: Answering::Reply,
                message_id: "parent@example.com".to_owned(),
                references: (0..60).map(|number| format!("number{number}@example.com")).collect(),
                page: None,
                quoted_from: None,
                subject: String::new(),
                from: String::new(),
                date: None,
            });
        }),
        with_files(
            "file-names",
            &[
                ("报告 (终稿), 2026年\"第一版\".pdf", "application/pdf", b"%PDF\0\xff".to_vec()),
                (&format!("{}.xlsx", "很长的名字".repeat(60)), "application/vnd.ms-excel", vec![1]),
                ("../../etc/passwd\r\nX: y.txt", "text/plain; charset=x\r\nBcc: y", b"a\nb\r\n".to_vec()),
                ("it's 100% *plain*.txt", "nonsense", Vec::new()),
                ("🙂👨\u{200d}👩.png", "image/png", vec![0; 57]),
            ],
        ),
        with_files("large-file", &[("all.bin", "application/octet-stream", all_bytes(3_000_001))]),
        Composition {
            in_reply_to: strings(&["tencent_1@qq.com"]),
            references: strings(&chinese),
            page: PAGE,
            ..answered("page-reply", ORIGINAL, Some(PAGE), Answering::Reply)
        },
        Composition {
            references: strings(&chinese),
            page: "好的 &lt;ok&gt; &amp; 谢谢",
            ..answered("page-forward", ORIGINAL, Some(PAGE), Answering::Forward)
        },
        answered("forward-attached", ORIGINAL, None, Answering::ForwardAttached),
        Composition {
            references: strings(&["good@example.com"]),
            ..answered("hostile-sender", HOSTILE, None, Answering::ReplyAll)
        },
        Composition {
            in_reply_to: strings(&["i@example.com"]),
            references: strings(&["i@example.com"]),
            calendar: "PARTSTAT=DECLINED",
            ..answered("decline", INVITATION, None, Answering::Decline)
        },
    ]
    .into_iter()
    .map(|mut composition| {
        if composition.name == "many-references" {
            let kept = |number: usize| format!("number{number}@example.com");
            composition.references = std::iter::once(kept(0)).chain((22..60).map(kept)).collect();
            composition.references.push("parent@example.com".to_owned());
            composition.in_reply_to = strings(&["parent@example.com"]);
        }
        composition
    })
    .collect()
}
