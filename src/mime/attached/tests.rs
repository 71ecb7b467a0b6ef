use crate::mime::{part, parts_of, readable};
use crate::model::{Attachment, PartId, Warning};

fn mixed(parts: &[&[u8]]) -> Vec<u8> {
    let mut raw = b"Content-Type: multipart/mixed; boundary=m\r\n\r\n--m\r\n\r\nwords".to_vec();
    for part in parts {
        raw.extend(b"\r\n--m\r\n");
        raw.extend(*part);
    }
    raw.extend(b"\r\n--m--\r\n");
    raw
}

fn names(attachments: &[Attachment]) -> Vec<&str> {
    attachments.iter().map(|part| part.name.as_untrusted()).collect()
}

#[test]
fn parts_are_found_by_their_numbers_whatever_is_asked() {
    let raw = mixed(&[
        b"Content-Type: application/x; name=a\r\nContent-Transfer-Encoding: base64\r\n\r\nAAEC",
        b"Content-Type: message/rfc822\r\n\r\nSubject: x\r\n\r\nhello",
    ]);
    let listed = parts_of(&raw);
    assert_eq!(names(&listed), ["a", "x.eml"]);
    assert_eq!(&*part(&raw, listed[0].part).unwrap(), b"\0\x01\x02");
    assert_eq!(&*part(&raw, listed[1].part).unwrap(), b"Subject: x\r\n\r\nhello");
    assert_eq!(part(&raw, PartId(super::PACKED)), None);
    assert_eq!(readable(&raw).attachments, listed);
}

#[test]
fn attachments_are_as_large_as_what_is_in_them() {
    let raw = mixed(&[
        b"Content-Type: application/x; name=a\r\nContent-Transfer-Encoding: BASE64 (so)\r\n\r\nAAAA\r\nAAAA",
        b"Content-Type: application/x; name=b\r\n\r\n12345",
        b"Content-Type: message/rfc822\r\n\r\nSubject: x\r\n\r\nhello",
    ]);
    let sizes: Vec<u64> = parts_of(&raw).iter().map(|part| part.size).collect();
    assert_eq!(sizes, [6, 5, 19]);
}

#[test]
fn m12_names_are_read_from_the_bytes_that_were_written() {
    let raw = mixed(&[
        b"Content-Type: a/b\r\nContent-Disposition: attachment; filename=\"\xb1\xa8\xb8\xe6.doc\"\r\n\r\n1",
        b"Content-Type: a/b; name=\"=?gb2312?B?saix?= =?gb2312?B?4A==?=.doc\"\r\n\r\n1",
        b"Content-Type: a/b\r\nContent-Disposition: attachment; filename*0*=gb18030''%B1%A8%B8; filename*1*=%E6.doc\r\n\r\n1",
        b"Content-Type: a/b; name=one.txt\r\nContent-Disposition: attachment; filename=two.txt\r\n\r\n1",
        b"Content-Type: a/b; name=one.txt\r\nContent-Disposition: attachment; filename=\"\"\r\n\r\n1",
        b"Content-Type: message/rfc822\r\n\r\n\r\nhello",
        b"Content-Type: a/b\r\n\r\n1",
    ]);
    assert_eq!(names(&parts_of(&raw)), ["报告.doc", "报编.doc", "报告.doc", "two.txt", "one.txt", "message.eml", ""]);
}

#[test]
fn only_what_a_page_shows_is_hidden_from_the_list() {
    let raw = b"Content-Type: multipart/related; boundary=r\n\n--r\nContent-Type: text/html\n\n\
        <img src=CID:one@x><div style=\"background:url('cid:two%24x')\">x\n\
        --r\nContent-Type: image/png\nContent-ID: <one@x>\nContent-Disposition: attachment; filename=1.png\n\n1\n\
        --r\nContent-Type: image/png\nContent-ID: < two$x >\n\n2\n\
        --r\nContent-Type: image/png\nContent-ID: <three@x>\nContent-Disposition: inline; filename=3.png\n\n3\n\
        --r\nContent-Type: application/pdf\nContent-Disposition: inline; filename=x.pdf\n\n4\n--r--\n";
    let inline: Vec<bool> = parts_of(raw).iter().map(|part| part.inline).collect();
    assert_eq!(inline, [true, true, false, false]);
}

#[test]
fn f01_files_that_are_not_what_they_seem_are_told() {
    let raw = mixed(&[
        b"Content-Type: application/pdf\r\nContent-Disposition: attachment; filename=bill.pdf\r\n\r\nMZ\x90\0\x03",
        b"Content-Type: application/octet-stream; name=\"photo.jpg.exe\"\r\n\r\n1",
        b"Content-Type: application/octet-stream; name=\"ann\xe2\x80\xaefdp.exe\"\r\n\r\n1",
        b"Content-Type: application/octet-stream; name=setup.exe\r\n\r\nMZ\x90\0\x03",
        b"Content-Type: application/pdf; name=true.pdf\r\n\r\n%PDF-1.7",
        b"Content-Type: application/octet-stream; name=scan\r\n\r\n\x89PNG\r\n\x1a\n",
    ]);
    let shown = readable(&raw);
    let told: Vec<_> = shown
        .warnings
        .iter()
        .filter_map(|warning| match warning {
            Warning::Disguised { name } => Some(name.as_untrusted()),
            _ => None,
        })
        .collect();
    assert_eq!(told, ["bill.pdf", "photo.jpg.exe", "ann\u{202e}fdp.exe"]);
    let truly: Vec<_> = shown.attachments.iter().map(|part| part.truly).collect();
    assert_eq!(truly, [Some("application/x-msdownload"), None, None, None, None, Some("image/png")]);
}

#[test]
fn m13_a_winmail_dat_is_listed_with_what_is_in_it() {
    let mut packed = b"Content-Type: application/ms-tnef; name=winmail.dat\r\n\r\n".to_vec();
    packed.extend(include_bytes!("../tnef/tests/two_files.tnef"));
    let raw = mixed(&[&packed, b"Content-Type: a/b; name=winmail.dat\r\n\r\nno tnef"]);
    let listed = parts_of(&raw);
    assert_eq!(names(&listed), ["winmail.dat", "报告.pdf", "notes.txt", "winmail.dat"]);
    assert_eq!(&*part(&raw, listed[1].part).unwrap(), b"%PDF-1.4 two");
    assert_eq!((&*part(&raw, listed[2].part).unwrap(), listed[2].size), (&b"plain words"[..], 11));
}

#[test]
fn m10_files_between_the_lines_of_a_text_are_listed_and_not_shown() {
    // As Python's uu codec writes `binary\x00words`.
    let raw = b"Subject: s\r\n\r\nbefore\r\nbegin 644 one.bin\r\n,8FEN87)Y`'=O<F1S\r\n`\r\nend\r\nbehind\r\n";
    let shown = readable(raw);
    assert_eq!(shown.document.text.as_untrusted(), "before\nbehind\n");
    assert_eq!(names(&shown.attachments), ["one.bin"]);
    assert_eq!(&*part(raw, shown.attachments[0].part).unwrap(), b"binary\0words");
}
