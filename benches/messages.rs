//! Headers and whole messages a second on the way that `show` goes, beside mail-parser on the same bytes in the same run;
//! and how long the worst messages take that somebody can think of. `cargo bench --bench messages`

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::cast_possible_truncation,
    clippy::print_stdout,
    dead_code,
    unreachable_pub,
    reason = "a benchmark prints, and ends at the first fault"
)]

#[path = "../tests/it/hostile/mod.rs"]
mod hostile;

use std::fmt::Write as _;
use std::hint::black_box;
use std::time::Duration;

use hongyan::decoding::{Addressee, beginning};
use hongyan::mime;
use hongyan::model::{Reading, clock};
use mail_parser::MessageParser;

const ROUNDS: usize = 7;
const ROUND: Duration = Duration::from_millis(300);

const ODD: [&[u8]; 14] = [
    include_bytes!("../assets/demo/odd/gbk.eml"),
    include_bytes!("../assets/demo/odd/gb18030.eml"),
    include_bytes!("../assets/demo/odd/big5.eml"),
    include_bytes!("../assets/demo/odd/bounce.eml"),
    include_bytes!("../assets/demo/odd/invite.eml"),
    include_bytes!("../assets/demo/odd/names.eml"),
    include_bytes!("../assets/demo/odd/forward.eml"),
    include_bytes!("../assets/demo/odd/split.eml"),
    include_bytes!("../assets/demo/odd/related.eml"),
    include_bytes!("../assets/demo/odd/latin.eml"),
    include_bytes!("../assets/demo/odd/digest.eml"),
    include_bytes!("../assets/demo/odd/longname.eml"),
    include_bytes!("../assets/demo/odd/chain.eml"),
    include_bytes!("../assets/demo/odd/cloud.eml"),
];

fn main() {
    let odd: Vec<Vec<u8>> = ODD.iter().map(|raw| raw.to_vec()).collect();
    let daily = daily();
    for (name, all) in [("odd", &odd), ("daily", &daily)] {
        let bytes: usize = all.iter().map(Vec::len).sum();
        let ours = rate(all, |raw| drop(black_box(mime::headers(raw))));
        let theirs = rate(all, |raw| drop(black_box(MessageParser::default().parse_headers(raw))));
        println!("{name} headers: {ours:.0} a second, mail-parser {theirs:.0}: {:.2} of it", ours / theirs);
        let ours = rate(all, |raw| drop(black_box(beginning(raw, &Reading::default(), &Addressee::default()))));
        let theirs = rate(all, |raw| {
            let message = MessageParser::default().parse(raw).unwrap();
            black_box(message.body_text(0).map(|text| text.len()));
        });
        println!(
            "{name} messages ({} of {} KB in all): {ours:.0} a second, mail-parser {theirs:.0}: {:.2} of it",
            all.len(),
            bytes / 1024,
            ours / theirs
        );
    }
    let mut took: Vec<(Duration, String, usize)> = hostile::letters()
        .into_iter()
        .map(|letter| {
            let time = |_| {
                let begun = clock::instant();
                drop(black_box(beginning(&letter.raw, &Reading::default(), &Addressee::default())));
                begun.elapsed()
            };
            ((0..3).map(time).min().unwrap(), letter.name.clone(), letter.raw.len())
        })
        .collect();
    took.sort();
    println!("{} hostile messages; the worst:", took.len());
    for (time, name, size) in took.iter().rev().take(8) {
        println!("  {} ms  {name}, {} KB", time.as_millis(), size / 1024);
    }
}

/// Mail as it comes: with the fields that servers add, words in Chinese, a page beside the text, a file.
fn daily() -> Vec<Vec<u8>> {
    let words = "今天的会改到下午三点，三楼小会议室。请带上上周的报表，我们一起过一遍数字。\r\n".repeat(20);
    let rows = "<tr><td>11/15</td><td>机票</td><td align=\"right\">1,146.56</td></tr>\n".repeat(20);
    let page = format!("<html><body><p>{words}</p><table border=1>{rows}</table></body></html>");
    let file = hostile::base64(&(0..200_000_u32).map(|n| ((n * 7) >> 3) as u8).collect::<Vec<u8>>());
    let mut head = String::new();
    for hop in 0..5 {
        let _ = write!(
            head,
            "Received: from mx{hop}.one.example (unknown [192.0.2.{hop}])\r\n\tby mx{hop}.two.example (NewMX) with SMTP \
             id 77AB{hop}\r\n\tfor <demo@hongyan.example>; Fri, 20 Nov 2026 09:12:0{hop} +0800 (CST)\r\n"
        );
    }
    let _ = write!(
        head,
        "DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=one.example; s=s201512;\r\n\tbh={0}; h=From:To;\r\n\tb={0}\r\n\
         X-QQ-mid: bizesmtp77\r\nFrom: \"=?utf-8?B?{1}?=\" <ann@one.example>\r\nTo: demo@hongyan.example\r\n\
         Subject: =?utf-8?B?{2}?=\r\nDate: Fri, 20 Nov 2026 09:12:00 +0800 (CST)\r\nMessage-ID: <77@one.example>\r\n\
         MIME-Version: 1.0\r\n",
        "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVo".repeat(4),
        hostile::base64("周屿".as_bytes()),
        hostile::base64("回复：季度报表和下周安排".as_bytes())
    );
    let plain = format!(
        "{head}Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n{}\r\n",
        hostile::base64(words.as_bytes())
    );
    let html = format!(
        "Content-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n{}\r\n",
        hostile::base64(page.as_bytes())
    );
    let text = plain[head.len()..].to_owned();
    let both = format!(
        "Content-Type: multipart/alternative; boundary=\"a_=_a\"\r\n\r\n--a_=_a\r\n{text}--a_=_a\r\n{html}--a_=_a--\r\n"
    );
    let with_file = format!(
        "{head}Content-Type: multipart/mixed; boundary=\"m_=_m\"\r\n\r\n--m_=_m\r\n{both}--m_=_m\r\n\
         Content-Type: application/pdf; name=\"a.pdf\"\r\nContent-Disposition: attachment; filename=\"a.pdf\"\r\n\
         Content-Transfer-Encoding: base64\r\n\r\n{file}\r\n--m_=_m--\r\n"
    );
    [plain, format!("{head}{html}"), format!("{head}{both}"), with_file].map(String::into_bytes).into()
}

/// How many in a second; the best of some rounds, because others use the machine too.
fn rate(all: &[Vec<u8>], mut work: impl FnMut(&[u8])) -> f64 {
    let round = |_| {
        let begun = clock::instant();
        let mut count = 0.0;
        while begun.elapsed() < ROUND {
            for raw in all {
                work(black_box(raw));
                count += 1.0;
            }
        }
        count / begun.elapsed().as_secs_f64()
    };
    (0..ROUNDS).map(round).fold(0.0, f64::max)
}
