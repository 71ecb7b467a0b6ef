//! Where words of a message reach the screen.

use super::base64;

type Put = fn(&str, &[u8]) -> Vec<u8>;

pub const ALL: &[(&str, Put)] = &[
    ("a raw subject", |mark, attack| {
        let head = format!("From: Ann <ann@one.example>\r\nSubject: {mark} ");
        [head.as_bytes(), &one_line(attack), b" end\r\n\r\nwords\r\n"].concat()
    }),
    ("an encoded subject", |mark, attack| {
        let words = encoded(attack).join("\r\n ");
        format!("From: Ann <ann@one.example>\r\nSubject: {mark} {words}\r\n\r\nwords\r\n").into_bytes()
    }),
    ("a quoted-printable subject", |mark, attack| {
        let start = attack.iter().take(60).map(|byte| format!("={byte:02X}")).collect::<Vec<_>>().concat();
        format!("From: Ann <ann@one.example>\r\nSubject: {mark} =?utf-8?Q?{start}?=\r\n\r\nwords\r\n").into_bytes()
    }),
    ("a raw name", |mark, attack| {
        let head = format!("Subject: {mark}\r\nFrom: \"");
        [head.as_bytes(), &one_line(attack), b"\" <ann@one.example>\r\n\r\nwords\r\n"].concat()
    }),
    ("an encoded name", |mark, attack| {
        let words = encoded(attack).join("\r\n ");
        format!("Subject: {mark}\r\nFrom: {words} <ann@one.example>\r\n\r\nwords\r\n").into_bytes()
    }),
    ("an address", |mark, attack| {
        let head = format!("Subject: {mark}\r\nTo: <b@two.example>\r\nFrom: Ann <ann");
        [head.as_bytes(), &one_line(attack), b"@one.example>\r\n\r\nwords\r\n"].concat()
    }),
    ("recipients", |mark, attack| {
        let words = encoded(attack).join("\r\n ");
        let head =
            format!("From: a@one.example\r\nSubject: {mark}\r\nTo: {words} <b@two.example>,\r\n {words}: c@d.example;");
        format!("{head}\r\nCc: {words}\r\nReply-To: {words} <x@three.example>\r\n\r\nwords\r\n").into_bytes()
    }),
    ("a plain text", plain),
    ("a plain text in base64", |mark, attack| {
        let text = [attack, b"\r\n> ", attack, b"\r\n-- \r\n", attack].concat();
        let head = "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64";
        with_rest(mark, &format!("{head}\r\n\r\n{}\r\n", base64(&text)))
    }),
    ("a plain text in gbk", |mark, attack| {
        let head =
            format!("From: a@one.example\r\nSubject: {mark}\r\nContent-Type: text/plain; charset=gb2312\r\n\r\n");
        [head.as_bytes(), b"\xc4\xe3\xba\xc3 ", attack, b" \xc4\xe3\xba\xc3\r\n"].concat()
    }),
    ("a page", |mark, attack| {
        page(mark, &format!("<p>{0}</p><table border=1><tr><td>{0}</td><td>2</td></tr></table>", lossy(attack)))
    }),
    ("a page's numbers", |mark, attack| {
        let numbers =
            lossy(attack).chars().take(2_000).map(|c| format!("&#{};", u32::from(c))).collect::<Vec<_>>().concat();
        page(mark, &format!("<h1>{numbers}</h1><pre>{numbers}</pre><blockquote>{numbers}</blockquote>"))
    }),
    ("a page's links", |mark, attack| {
        let numbers =
            lossy(attack).chars().take(500).map(|c| format!("&#{};", u32::from(c))).collect::<Vec<_>>().concat();
        let link = format!("<a href=\"http://one.example/{numbers}\" title=\"{numbers}\">{numbers}</a>");
        page(mark, &format!("{link}<img src=\"cid:{numbers}\" alt=\"{numbers}\"><a href=\"mailto:{numbers}\">m</a>"))
    }),
    ("a file name", |mark, attack| {
        let name = encoded(attack).join(" ");
        file(mark, &format!("Content-Type: application/pdf; name=\"{name}\"\r\nContent-Disposition: attachment"))
    }),
    ("a file name of rfc 2231", |mark, attack| {
        let name = attack.iter().take(3_000).map(|byte| format!("%{byte:02X}")).collect::<Vec<_>>().concat();
        file(mark, &format!("Content-Type: image/png\r\nContent-Disposition: attachment; filename*=utf-8''{name}"))
    }),
    ("a raw file name", |mark, attack| {
        let name = String::from_utf8_lossy(&one_line(attack)).into_owned();
        file(mark, &format!("Content-Type: {name}/x\r\nContent-Disposition: attachment; filename=\"{name}\""))
    }),
    ("an invitation", |mark, attack| {
        let words = String::from_utf8_lossy(&one_line(attack)).into_owned();
        let event = format!(
            "BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTART;TZID={words}:20261201T090000\r\n\
             SUMMARY:{words}\r\nLOCATION:{words}\r\nDESCRIPTION:{words}\\n{words}\r\nORGANIZER;CN={words}:mailto:{words}\r\n\
             ATTENDEE;CN={words}:mailto:b@two.example\r\nRRULE:{words}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
        );
        let head = "Content-Type: text/calendar; charset=utf-8; method=REQUEST\r\nContent-Transfer-Encoding: base64";
        with_rest(mark, &format!("{head}\r\n\r\n{}\r\n", base64(event.as_bytes())))
    }),
    ("a bounce", |mark, attack| {
        let words = String::from_utf8_lossy(&one_line(attack)).into_owned();
        with_rest(
            mark,
            &format!(
                "Content-Type: multipart/report; report-type=delivery-status; boundary=r\r\n\r\n--r\r\n\r\n{words}\r\n\
                 --r\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; {words}\r\n\r\n\
                 Final-Recipient: rfc822; {words}\r\nAction: failed\r\nStatus: 5.1.1\r\n\
                 Diagnostic-Code: smtp; 550 {words}\r\n\r\n--r\r\nContent-Type: message/rfc822\r\n\r\n\
                 From: {words} <x@four.example>\r\nSubject: {words}\r\n\r\n{words}\r\n--r--\r\n"
            ),
        )
    }),
];

/// A raw header cannot hold an end of line without ending itself.
fn one_line(attack: &[u8]) -> Vec<u8> {
    attack.iter().copied().filter(|byte| *byte != b'\n').collect()
}

fn lossy(attack: &[u8]) -> String {
    String::from_utf8_lossy(attack).into_owned()
}

/// RFC 2047, cut wherever it falls: inside characters, too.
fn encoded(attack: &[u8]) -> Vec<String> {
    attack.chunks(45).map(|piece| format!("=?utf-8?B?{}?=", base64(piece))).collect()
}

pub fn with_rest(mark: &str, rest: &str) -> Vec<u8> {
    format!("From: Ann <ann@one.example>\r\nSubject: {mark}\r\n{rest}").into_bytes()
}

pub fn plain(mark: &str, text: &[u8]) -> Vec<u8> {
    let head = format!("From: Ann <ann@one.example>\r\nSubject: {mark}\r\nContent-Type: text/plain\r\n\r\n");
    [head.as_bytes(), text, b"\r\n> ", text.get(..text.len().min(5_000)).unwrap(), b"\r\nend\r\n"].concat()
}

pub fn page(mark: &str, body: &str) -> Vec<u8> {
    let head = "MIME-Version: 1.0\r\nContent-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: base64";
    with_rest(mark, &format!("{head}\r\n\r\n{}\r\n", base64(format!("<html><body>{body}</body></html>").as_bytes())))
}

fn file(mark: &str, head: &str) -> Vec<u8> {
    with_rest(
        mark,
        &format!(
            "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=f\r\n\r\n--f\r\n\r\nwords\r\n\
             --f\r\n{head}\r\nContent-Transfer-Encoding: base64\r\n\r\nAAAA\r\n--f--\r\n"
        ),
    )
}

/// A page that asks the network for something in every way there is.
pub fn web(mark: &str, number: usize) -> Vec<u8> {
    // Nobody answers here; a name would ask the resolver, a number would connect.
    let hosts =
        ["http://192.0.2.7", "https://[2001:db8::7]", "http://track.example", "//cdn.example", "ftp://f.example"];
    let at = format!("{}/{number}", hosts[number % hosts.len()]);
    let body = format!(
        "<head><base href=\"{at}/\"><link rel=stylesheet href=\"{at}/a.css\"><link rel=dns-prefetch href=\"{at}\">\
         <link rel=preload as=image href=\"{at}/p\"><meta http-equiv=refresh content=\"0;url={at}/r\">\
         <style>@import url({at}/i.css); @font-face{{src:url({at}/f.woff)}} p{{background:url('{at}/b.png')}}</style>\
         <script src=\"{at}/s.js\"></script></head><body background=\"{at}/bg.png\" onload=\"fetch('{at}')\">\
         <p>A page {number}</p><img src=\"{at}/1.gif\" width=1 height=1 srcset=\"{at}/2x 2x\"><bgsound src=\"{at}/s\">\
         <video poster=\"{at}/v\"><source src=\"{at}/v.mp4\"></video><audio src=\"{at}/a\" autoplay></audio>\
         <iframe src=\"{at}/frame\"></iframe><object data=\"{at}/o\"></object><embed src=\"{at}/e\">\
         <input type=image src=\"{at}/in\"><svg><image href=\"{at}/svg\"/><use href=\"{at}/u#x\"/></svg>\
         <table background=\"{at}/t\"><tr><td style=\"background-image:url({at}/td)\">cell</td></tr></table>\
         <div style=\"list-style:url({at}/li);cursor:url({at}/c)\">text</div><a href=\"{at}/go\" ping=\"{at}/ping\">go</a>\
         <img src=\"file:///etc/passwd\"><img src=\"\\\\192.0.2.8\\share\\x\"></body>"
    );
    let head = format!(
        "Disposition-Notification-To: spy@track.example\r\nReturn-Receipt-To: spy@track.example\r\n\
         List-Unsubscribe: <{at}/u>, <mailto:u@track.example>\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"
    );
    [head.into_bytes(), page(mark, &body)].concat()
}
