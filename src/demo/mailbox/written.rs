//! The letters that somebody wrote: text files with a line of place and time before each.
//!
//! `%% KEY FOLDER AGE FLAGS…` opens a letter, header lines follow, then an empty line and the text. The age is `35m`,
//! `3h20m`, or `2d 21:14`: two days ago at that time.

use std::collections::HashMap;

use jiff::ToSpan as _;

use super::super::imap::zone;
use super::super::random::Dice;
use super::letter::{Attached, Coding, Letter, Person, page};
use super::people::person;
use super::{files, folder_of};
use crate::model::Timestamp;

const FILES: [&str; 5] = [
    include_str!("../../../assets/demo/family.txt"),
    include_str!("../../../assets/demo/work.txt"),
    include_str!("../../../assets/demo/life.txt"),
    include_str!("../../../assets/demo/english.txt"),
    include_str!("../../../assets/demo/lists.txt"),
];

pub(super) fn letters(me: &Person, now: Timestamp) -> Vec<Letter> {
    // What an answer needs of the letter that it answers.
    let mut known: HashMap<String, (Vec<String>, Timestamp)> = HashMap::new();
    let mut letters = Vec::new();
    for written in
        FILES.iter().flat_map(|file| format!("\n{file}").split("\n%% ").map(str::to_owned).collect::<Vec<_>>())
    {
        let Some((first, rest)) = written.split_once('\n') else { continue };
        let (head, text) = rest.split_once("\n\n").unwrap_or((rest, ""));
        let mut words = first.split_ascii_whitespace();
        let (Some(key), Some(folder)) = (words.next(), words.next()) else { continue };
        let mut letter = Letter { folder: folder_of(folder), sent: time(&mut words, now), ..Letter::default() };
        letter.flags = words.filter_map(flag).collect();
        letter.zone = 8;
        letter.to = vec![me.clone()];
        let text = text.trim_end().replace("{me}", &me.address);
        let mut shape = "";
        for line in head.lines() {
            let Some((name, value)) = line.split_once(": ") else { continue };
            match name {
                "From" => letter.from = person(value, me),
                "To" => letter.to = value.split(',').map(|p| person(p, me)).collect(),
                "Cc" => letter.cc = value.split(',').map(|p| person(p, me)).collect(),
                "Subject" => value.clone_into(&mut letter.subject),
                "Zone" => letter.zone = value.parse().unwrap_or(8),
                "As" => shape = value,
                "File" => letter.attached.extend(attached(value, key)),
                "Re" => {
                    if let Some((answers, sent)) = known.get(value) {
                        letter.answers.clone_from(answers);
                        // Written at fixed hours, read at any hour: an answer never precedes its question.
                        letter.sent = letter.sent.max(sent.plus(420)).min(now);
                    }
                }
                _ => letter.headers.push((name.to_owned(), super::letter::words(value))),
            }
        }
        let host = letter.from.address.rsplit_once('@').map_or("hongyan.example", |(_, host)| host);
        letter.id = format!("{key}.{:x}@{host}", letter.sent.0);
        let chain = letter.answers.iter().chain([&letter.id]).cloned().collect();
        known.insert(key.to_owned(), (chain, letter.sent));
        dress(&mut letter, &text, shape);
        letters.push(letter);
    }
    letters
}

fn dress(letter: &mut Letter, text: &str, shape: &str) {
    let dice = &mut Dice::new(letter.id.len() as u64, text.len() as u64);
    letter.coding = match dice.below(4) {
        0 => Coding::Quoted,
        1 => Coding::Eight,
        _ => Coding::Base64,
    };
    match shape {
        "html" => letter.html = Some(page(text)),
        "both" => {
            letter.html = Some(page(text));
            letter.plain = Some(text.to_owned());
        }
        "long" => letter.plain = Some(lengthened(text)),
        _ => letter.plain = Some(text.to_owned()),
    }
}

/// A text of several hundred paragraphs.
fn lengthened(text: &str) -> String {
    const WALK: [&str; 8] = [
        "过了茶亭，路开始变窄，两边的蕨草高过膝盖。她说从前这里有一块界碑，邮包到这儿要换肩。",
        "河上已经有了水泥桥，她还是把我们带到旧渡口，指给我们看石头上的绳痕。",
        "第一户人家在坡上。门锁着，门缝里塞着三张电费单，最早的一张是前年的。",
        "“信最重的是腊月。”她说，“不是重在纸上。”",
        "岭上起了雾，看不见二十步外的人，只听见前面的铃铛。铃铛是她父亲留下的，铜的，缺一个口。",
        "我们在凉亭里吃了干粮。亭柱上有人用铅笔记账：米三升，盐半斤，信一封，欠。",
        "下坡的时候她走得很快，我们跟不上。她站在弯道上等，像是在等一个走了很多年的人。",
        "傍晚到了村口，有人在收晒了一天的豆子，看见她，喊了一声：“邮差来了。”",
    ];
    let paragraphs = (1..=320).zip(WALK.iter().cycle());
    let days: Vec<String> = paragraphs.map(|(day, walked)| format!("〔{day}〕{walked}")).collect();
    format!("{text}\n\n{}\n\n（完）", days.join("\n\n"))
}

fn flag(word: &str) -> Option<&'static str> {
    Some(match word {
        "seen" => "\\Seen",
        "answered" => "\\Answered",
        "flagged" => "\\Flagged",
        _ => return None,
    })
}

fn time<'a>(words: &mut impl Iterator<Item = &'a str>, now: Timestamp) -> Timestamp {
    let age = words.next().unwrap_or_default();
    if let Some(days) = age.strip_suffix('d') {
        let days = days.parse().unwrap_or(1);
        return day_at(now, days, words.next().unwrap_or_default()).unwrap_or(now);
    }
    let (hours, minutes) = age.split_once('h').unwrap_or(("0", age));
    let minutes = minutes.strip_suffix('m').unwrap_or(minutes).parse().unwrap_or(0);
    Timestamp(now.0 - hours.parse().unwrap_or(0) * 3600 - minutes * 60)
}

/// So many days before `now`, at that time of the local day.
pub(super) fn day_at(now: Timestamp, days_ago: i64, clock: &str) -> Option<Timestamp> {
    let (hour, minute) = clock.split_once(':')?;
    let today = jiff::Timestamp::from_second(now.0).ok()?.to_zoned(zone()).date();
    let day = today.checked_sub(days_ago.days()).ok()?;
    let at = day.at(hour.parse().ok()?, minute.parse().ok()?, 0, 0).to_zoned(zone()).ok()?;
    Some(Timestamp(at.timestamp().as_second()))
}

fn attached(written: &str, key: &str) -> Option<Attached> {
    let (kind, name) = written.split_once(' ')?;
    let dice = &mut Dice::new(name.len() as u64, key.len() as u64);
    let (kind, bytes) = match kind {
        "pdf" => ("application/pdf", files::pdf(&[key, "This is a sample document of the demo mailbox."])),
        "png" => ("image/png", files::png(dice, 160, 100)),
        _ => ("text/plain", b"10000 rows read\r\n10000 rows imported\r\ndone\r\n".to_vec()),
    };
    Some(Attached { name: name.to_owned(), kind, bytes, inline: None })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_letter_is_understood() {
        let now = Timestamp(1_762_302_600);
        let me = Person::new("江雁", "demo@hongyan.example");
        let letters = letters(&me, now);
        assert_eq!(letters.len(), FILES.concat().matches("%% ").count());
        for letter in &letters {
            assert!(!letter.subject.is_empty() && !letter.from.address.is_empty() && letter.sent <= now, "{letter:?}");
            let text = letter.plain.as_ref().or(letter.html.as_ref()).unwrap();
            assert!(text.len() > 2, "{letter:?}");
            assert!(letter.to.iter().chain(&letter.cc).all(|p| p.address.ends_with(".example")), "{letter:?}");
            let replies = letter.subject.starts_with("Re: ") || letter.subject.starts_with("回复：");
            assert!(!replies || !letter.answers.is_empty(), "{}", letter.subject);
        }
        assert_eq!(time(&mut ["3h20m"].into_iter(), now), Timestamp(now.0 - 12000));
        // 5 November 2025, 08:30 in China.
        assert_eq!(time(&mut ["1d", "08:00"].into_iter(), now), Timestamp(now.0 - 86400 - 1800));
    }
}
