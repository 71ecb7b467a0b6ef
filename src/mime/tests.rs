//! Any bytes at all, through everything that reads mail.

use super::{headers, pages, part, readable, readable_as};
use crate::fuzzing::{Diet, Long, fuzz};
use crate::model::{BodySource, Readable, Reading};

const PIECES: &[&[u8]] = &[
    b"\r\n",
    b"\n",
    b"\r\n\r\n",
    b"--b\r\n",
    b"--b--\r\n",
    b"=?",
    b"?=",
    b"?B?",
    b"?Q?",
    b"=?gb2312?B?",
    b"<",
    b">",
    b"\"",
    b"(",
    b";",
    b":",
    b",",
    b"=",
    b"*0*=",
    b"%",
    b"~{",
    b"~}",
    b"\x1b$)A",
    b"\x0e",
    b"\xbb\xe1",
    b"\xff",
    b"\0",
    b"&#27;",
    b"<div>",
    b"</div>",
    b"<table><tr><td>",
    b"<a href=\"",
    b"Content-Type: multipart/mixed; boundary=b\r\n\r\n",
    b"Content-Type: message/rfc822\r\n\r\n",
    b"Content-Transfer-Encoding: base64\r\n",
    b"charset=gbk",
    b"BEGIN:VEVENT\r\n",
    b"Content-Disposition: attachment; filename=\"a.pdf.exe\"\r\n",
    b"Content-Disposition: inline\r\n",
    b"Content-Type: multipart/alternative; boundary=c\r\n\r\n--c\r\n",
    b"Content-Type: multipart/related; boundary=c; start=\"<x>\"\r\n\r\n--c\r\n",
    b"Content-Type: text/html\r\n\r\n",
    b"Content-ID: <x>\r\n",
    b"cid:x",
    b"https://mail.qq.com/cgi-bin/ftnExs_download?k=1",
];

const MAIL: &[&[u8]] = &[
    b"From: =?gb2312?B?wO7A1w==?= <a@example.com>\r\nTo: b@example.com\r\nSubject: =?utf-8?Q?=E9=B8?=\r\n =?utf-8?Q?=BF?=\r\n\r\nwords\r\n",
    b"Subject: \xbb\xe1\xd2\xe9\r\nContent-Type: text/plain; charset=gb2312\r\nContent-Transfer-Encoding: base64\r\n\r\nxOO6ww==\r\n",
    b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/html\r\n\r\n<p>one<table><tr><td>2</table>\r\n--b\r\n\
      Content-Type: application/pdf\r\nContent-Disposition: attachment; filename*0*=gb18030''%B1%A8; filename*1*=%B8%E6.pdf\r\n\r\nPDF\r\n--b--\r\n",
    b"Content-Type: multipart/report; boundary=b\r\n\r\n--b\r\n\r\nno\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\n\
      Reporting-MTA: dns; mx.example\r\n\r\nFinal-Recipient: rfc822; a@example.com\r\nAction: failed\r\nStatus: 5.1.1\r\n--b--\r\n",
    b"Content-Type: text/calendar; method=REQUEST\r\n\r\nBEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nSUMMARY:x\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
    b"Content-Type: text/plain; format=flowed; delsp=yes\r\n\r\n> one \r\n> two\r\nthree \r\nfour\r\n-- \r\nme\r\n",
];

/// True if every range is one of the text, and lists of them are in order.
fn is_sound(readable: &Readable) -> bool {
    let document = &readable.document;
    let text = document.text.as_untrusted();
    let mut last = 0;
    let marks = document.marks.iter().all(|mark| {
        let good = mark.at.start >= last && text.get(mark.at.clone()).is_some();
        last = mark.at.end;
        good
    });
    let has = |range: &std::ops::Range<usize>| text.get(range.clone()).is_some();
    let cells = |table: &crate::model::Table| table.rows.iter().flatten().all(has);
    marks
        && document.links.iter().all(|link| has(&link.at))
        && document.sections.iter().all(|section| has(&section.at))
        && document.tables.iter().all(|table| has(&table.at) && cells(table))
}

#[test]
fn z_whole_messages() {
    fuzz(&Diet { good: MAIL, pieces: PIECES }, Long::Minutes(10), |bytes| {
        let _ = (headers(bytes), pages(bytes));
        let readable = readable(bytes);
        let other = Reading { source: Some(BodySource::Html), size: Some(1 << 20), ..Reading::default() };
        let parts = readable.attachments.iter().all(|attachment| {
            part(bytes, attachment.part).is_some_and(|held| u64::try_from(held.len()).unwrap() == attachment.size)
        });
        parts && is_sound(&readable) && is_sound(&readable_as(bytes, &other))
    });
}
