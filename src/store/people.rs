//! Finding people by what somebody began to type: the beginning of a name, of a word of it, of an address, or the
//! initials and the sound of a Chinese name (`zs`, `zhangs`: 张三).
//!
//! Everybody is kept in one text with all that they can be found by, and looking is a search for bytes in it: 10,000
//! people take a fraction of a millisecond. It is filled from mail.db when it is first asked, and then follows it.

use std::collections::HashMap;

use pinyin::ToPinyinMulti as _;
use rusqlite::{Connection, params};

use super::StoreError;
use crate::model::{Person, Timestamp};
use crate::text::{Text, folded};

/// Ways to read a name that are kept; a name of more is mostly not read in the others.
const READINGS: usize = 8;
/// One letter more from or to somebody counts like so many seconds.
const WORTH: i64 = 7 * 86_400;
/// More are not brought along from elsewhere; the oldest are forgotten.
const BROUGHT: i64 = 20_000;

/// Remembers names and addresses in own.db. Answers how many addresses are new.
pub(super) fn bring_along(db: &Connection, all: Vec<(String, String)>) -> Result<usize, StoreError> {
    let count = || db.query_row("SELECT count(*) FROM contact", [], |row| row.get::<_, i64>(0));
    let before = count()?;
    for (name, address) in all {
        db.prepare_cached("INSERT OR REPLACE INTO contact(address, name) VALUES(?1, ?2)")?
            .execute(params![address.to_lowercase(), name.chars().take(200).collect::<String>()])?;
    }
    let new = count()? - before;
    db.execute(
        "DELETE FROM contact WHERE id IN
           (SELECT id FROM contact ORDER BY id LIMIT max(0, (SELECT count(*) FROM contact) - ?1))",
        [BROUGHT],
    )?;
    Ok(usize::try_from(new).unwrap_or(0))
}

/// Those brought along since: the last of them, and all names and addresses.
pub(super) fn brought_since(db: &Connection, last: i64) -> Result<(i64, Vec<(String, String)>), StoreError> {
    let mut find = db.prepare_cached("SELECT id, name, address FROM contact WHERE id > ?1 ORDER BY id")?;
    let (mut last, mut all) = (last, Vec::new());
    let mut rows = find.query([last])?;
    while let Some(row) = rows.next()? {
        last = row.get(0)?;
        all.push((row.get(1)?, row.get(2)?));
    }
    Ok((last, all))
}

/// Somebody as mail.db knows them.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Known {
    pub(super) address: String,
    pub(super) name: String,
    /// How many letters the user wrote to them, and they to the user.
    pub(super) written: u32,
    pub(super) writes: u32,
    pub(super) last: Timestamp,
    /// The user brought them along from elsewhere, with the name that they are to have.
    pub(super) is_brought: bool,
}

impl Known {
    /// Whom the user wrote to comes before who only wrote; then those come first who are met often or were lately.
    fn rank(&self) -> (bool, i64) {
        let often = i64::from((1 + self.written.saturating_mul(4).saturating_add(self.writes)).ilog2());
        (self.written > 0 || self.is_brought, self.last.0.saturating_add(often * WORTH))
    }
}

#[derive(Debug, Default)]
pub(super) struct People {
    known: Vec<Known>,
    by_address: HashMap<String, usize>,
    /// What they can be found by, each after a line's end.
    keys: String,
    /// Where in `keys` whose part begins. Of somebody who got another name the last part counts as well as the first.
    parts: Vec<(usize, usize)>,
    /// Up to which change of mail.db this is.
    pub(super) stamp: i64,
    /// Up to whom of those in own.db.
    pub(super) brought: i64,
}

impl People {
    /// Somebody whom the user brought along.
    pub(super) fn brought_along(&mut self, name: String, address: String) {
        let known = self.by_address.get(&address).and_then(|place| self.known.get(*place)).cloned();
        let (name, address) = match &known {
            Some(known) if name.is_empty() => (known.name.clone(), address),
            _ => (name, address),
        };
        let known = known.unwrap_or(Known {
            address: String::new(),
            name: String::new(),
            written: 0,
            writes: 0,
            last: Timestamp(0),
            is_brought: false,
        });
        self.met(Known { name, address, is_brought: true, ..known });
    }

    pub(super) fn met(&mut self, mut person: Known) {
        let place = self.by_address.get(&person.address).copied();
        let place = if let Some((place, known)) = place.and_then(|place| Some((place, self.known.get_mut(place)?))) {
            if known.is_brought && !person.is_brought {
                person.is_brought = true;
                if !known.name.is_empty() {
                    person.name.clone_from(&known.name);
                }
            }
            let same_name = known.name == person.name;
            *known = person;
            if same_name {
                return;
            }
            place
        } else {
            self.by_address.insert(person.address.clone(), self.known.len());
            self.known.push(person);
            self.known.len() - 1
        };
        self.parts.push((self.keys.len(), place));
        if let Some(person) = self.known.get(place) {
            for key in keys(&person.name, &person.address) {
                self.keys.push('\n');
                self.keys.push_str(&key);
            }
        }
    }

    /// Those who may be meant, the most likely first.
    pub(super) fn find(&self, typed: &str, limit: usize) -> Vec<Person> {
        let mut wanted = String::from("\n");
        wanted.extend(typed.chars().flat_map(folded).filter(|c| !c.is_whitespace()));
        let finder = memchr::memmem::Finder::new(wanted.as_bytes());
        let mut found: Vec<usize> = Vec::new();
        let mut from = 0;
        while let Some(at) = self.keys.as_bytes().get(from..).and_then(|rest| finder.find(rest)) {
            let at = from + at;
            let next = self.parts.partition_point(|(start, _)| *start <= at);
            let Some((_, place)) = next.checked_sub(1).and_then(|part| self.parts.get(part)) else { break };
            found.push(*place);
            // Whoever was found need not be found again.
            let Some((start, _)) = self.parts.get(next) else { break };
            from = *start;
        }
        found.sort_unstable();
        found.dedup();
        let mut found: Vec<&Known> = found.iter().filter_map(|place| self.known.get(*place)).collect();
        let order =
            |one: &&Known, other: &&Known| other.rank().cmp(&one.rank()).then_with(|| one.address.cmp(&other.address));
        if limit < found.len() && limit > 0 {
            found.select_nth_unstable_by(limit - 1, order);
            found.truncate(limit);
        }
        found.sort_unstable_by(order);
        found.truncate(limit);
        let person = |known: &Known| Person {
            name: Text::new(known.name.clone()),
            address: Text::new(known.address.clone()),
            wrote: known.written > 0,
        };
        found.into_iter().map(person).collect()
    }
}

/// All beginnings that somebody can be found by.
fn keys(name: &str, address: &str) -> Vec<String> {
    let plain = |text: &str| text.chars().flat_map(folded).collect::<String>();
    let name = plain(name);
    let words: Vec<&str> = name.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let whole: String = name.chars().filter(|c| !c.is_whitespace()).collect();
    let mut keys = vec![plain(address), whole, words.concat()];
    for word in &words {
        keys.push((*word).to_owned());
        keys.extend(sounds(word));
    }
    if words.len() > 1 {
        keys.extend(sounds(&words.concat()));
    }
    keys.sort_unstable();
    keys.dedup();
    keys.retain(|key| !key.is_empty());
    keys
}

/// The initials of a name, and how it sounds, in every way that it may be read. Nothing if there is nothing Chinese in it.
pub(super) fn sounds(name: &str) -> Vec<String> {
    if name.is_ascii() {
        return Vec::new();
    }
    let mut read: Vec<(String, String)> = vec![(String::new(), String::new())];
    let mut is_chinese = false;
    for c in name.chars() {
        let mut ways: Vec<&str> = match c.to_pinyin_multi() {
            Some(all) => all.into_iter().map(|one| one.plain()).collect(),
            None => Vec::new(),
        };
        ways.sort_unstable();
        ways.dedup();
        is_chinese |= !ways.is_empty();
        let mut letter = [0; 4];
        if ways.is_empty() {
            ways.push(c.encode_utf8(&mut letter));
        }
        let mut longer = Vec::with_capacity(read.len() * ways.len());
        for (initials, sound) in &read {
            for way in ways.iter().take(READINGS.div_ceil(read.len())) {
                let mut initials = initials.clone();
                initials.extend(way.chars().next());
                longer.push((initials, format!("{sound}{way}")));
            }
        }
        longer.truncate(READINGS);
        read = longer;
    }
    if is_chinese { read.into_iter().flat_map(|(initials, sound)| [initials, sound]).collect() } else { Vec::new() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known(name: &str, address: &str, written: u32, writes: u32, last: i64) -> Known {
        Known {
            address: address.to_owned(),
            name: name.to_owned(),
            written,
            writes,
            last: Timestamp(last),
            is_brought: false,
        }
    }

    fn found(people: &People, typed: &str) -> Vec<String> {
        people.find(typed, 10).into_iter().map(|person| person.address.as_untrusted().to_owned()).collect()
    }

    #[test]
    fn by_names_words_addresses_and_sounds() {
        let mut people = People::default();
        for (name, address) in [
            ("张三", "zs1@example.com"),
            ("曾国藩", "zgf@example.com"),
            ("单雄信 (Xiong-Xin Shan)", "sxx@example.com"),
            ("李鑫淼", "water@example.com"),
            ("John Smith", "john.smith@example.com"),
            ("", "Nobody@Example.com"),
            ("ＱＱ邮箱团队", "team@qq.example"),
        ] {
            people.met(known(name, &address.to_lowercase(), 0, 1, 0));
        }
        for (typed, address) in [
            ("张", "zs1@example.com"),
            ("zhangs", "zs1@example.com"),
            ("Zhang San", "zs1@example.com"),
            ("zeng", "zgf@example.com"),
            ("zgf", "zgf@example.com"),
            ("shanx", "sxx@example.com"),
            ("xin", "sxx@example.com"),
            ("lxm", "water@example.com"),
            ("water", "water@example.com"),
            ("smi", "john.smith@example.com"),
            ("john s", "john.smith@example.com"),
            ("JOHN.", "john.smith@example.com"),
            ("nob", "nobody@example.com"),
            ("qq邮", "team@qq.example"),
            ("qqyx", "team@qq.example"),
        ] {
            assert!(found(&people, typed).contains(&address.to_owned()), "{typed}: {:?}", found(&people, typed));
        }
        assert_eq!(found(&people, "三"), Vec::<String>::new(), "a name is found by its beginning");
        assert_eq!(found(&people, "ohn"), Vec::<String>::new());
        assert_eq!(found(&people, "zs"), ["zs1@example.com"], "once, though by both");
        assert_eq!(found(&people, "").len(), 7);
        assert_eq!(people.find("", 3).len(), 3);
        assert_eq!(people.find("", 0), []);
    }

    #[test]
    fn who_was_written_to_comes_first_then_often_and_lately() {
        const DAY: i64 = 86_400;
        let mut people = People::default();
        people.met(known("ann", "a-once@example.com", 1, 0, 0));
        people.met(known("ann", "a-news@example.com", 0, 5_000, 100 * DAY));
        people.met(known("ann", "a-lately@example.com", 1, 0, 90 * DAY));
        people.met(known("ann", "a-often@example.com", 400, 0, 60 * DAY));
        let order = ["a-often@example.com", "a-lately@example.com", "a-once@example.com", "a-news@example.com"];
        assert_eq!(found(&people, "ann"), order);
        assert_eq!(people.find("ann", 2).len(), 2);
        assert_eq!(people.find("ann", 1)[0].address.as_untrusted(), order[0]);
    }

    #[test]
    fn a_new_name_is_found_and_shown() {
        let mut people = People::default();
        people.met(known("Li Lei", "ll@example.com", 0, 1, 0));
        people.met(known("李雷", "ll@example.com", 1, 1, 5));
        assert_eq!(found(&people, "李"), ["ll@example.com"]);
        assert_eq!(people.find("ll", 5)[0].name.as_untrusted(), "李雷");
        assert!(people.find("ll", 5)[0].wrote);
        assert_eq!(found(&people, "ll"), ["ll@example.com"]);
    }

    #[test]
    fn whom_the_user_brought_along_keeps_the_name_that_they_have_there() {
        let mut people = People::default();
        people.met(known("news", "a@example.com", 0, 900, 9_000_000));
        people.met(known("lilei1987", "ll@example.com", 0, 1, 0));
        people.brought_along("李雷".to_owned(), "ll@example.com".to_owned());
        people.brought_along(String::new(), "a2@example.com".to_owned());
        people.met(known("lilei1987", "ll@example.com", 0, 2, 5));
        assert_eq!(found(&people, ""), ["ll@example.com", "a2@example.com", "a@example.com"]);
        let lilei = people.find("lil", 1).remove(0);
        assert_eq!((lilei.name.as_untrusted(), lilei.wrote), ("李雷", false));
    }

    #[test]
    fn a_name_of_many_readings_is_bounded() {
        let name = "行长重乐".repeat(50);
        assert!(sounds(&name).len() <= 2 * READINGS);
        assert!(sounds("plain").is_empty() && sounds("Ñandú").is_empty());
    }

    /// Bytes looked at, not time: the machine may be busy.
    #[test]
    fn ten_thousand_people_are_little_to_look_through() {
        let mut people = People::default();
        let family = ["张", "王", "李", "赵", "陈", "杨", "曾", "单", "Smith ", "Müller "];
        let given = ["伟", "芳", "娜", "敏", "静", "强", "磊", "洋", "艳", "勇"];
        for nth in 0..10_000_usize {
            let name = format!("{}{}{}", family[nth % 10], given[nth / 10 % 10], given[nth / 100 % 10]);
            people.met(known(&name, &format!("user{nth}@example.com"), u32::try_from(nth % 3).unwrap(), 1, 0));
        }
        assert!(people.keys.len() < 10_000 * 160, "{} bytes", people.keys.len());
        assert_eq!(people.parts.len(), 10_000);
        assert_eq!(people.find("zw", 8).len(), 8);
        let start = crate::model::clock::instant();
        let rounds = 100;
        for typed in ["z", "zw", "user99", "nobody is called so"].iter().cycle().take(rounds) {
            std::hint::black_box(people.find(typed, 8));
        }
        println!("{:?} a question among 10,000", start.elapsed() / u32::try_from(rounds).unwrap());
    }
}
