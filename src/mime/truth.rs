//! What a reader should know before believing or clicking: where a message says one thing and means another.
//!
//! A warning that ordinary mail gets is not read any more when it matters, so each asks for something that honest senders
//! do not do.

mod hidden;
#[cfg(test)]
mod tests;

use std::collections::HashSet;

use super::header::each_field;
use super::{host, links, lookalike, word};

use crate::model::{Address, Readable, Verdict, Warning};
use crate::text::{Text, punycode};
use hidden::{Place, hides};

/// Nobody reads more.
const MOST: usize = 32;

/// So many of one kind do not keep the others out.
const MOST_OF_A_KIND: usize = 8;

/// The text of a link beyond this is not looked at.
const LONGEST_SHOWN: usize = 2 * 1024;

/// Links beyond these are not compared.
const MOST_LINKS: usize = 10_000;

/// What is known when a message is doubted.
#[derive(Debug)]
pub(super) struct Doubts<'a> {
    /// The message as it is read, but for its warnings.
    pub(super) readable: &'a Readable,
    /// The bytes of its header.
    pub(super) header: &'a [u8],
    /// The domains of the user's own addresses.
    pub(super) own: &'a [&'a str],
}

/// What should be said, the gravest first, each once.
pub(super) fn warnings(doubts: &Doubts<'_>) -> Vec<Warning> {
    let mut said = Said::default();
    forged(doubts, &mut said);
    names(doubts, &mut said);
    two_senders(doubts, &mut said);
    looks(doubts, &mut said);
    answers(doubts, &mut said);
    elsewhere(doubts, &mut said);
    unseen(doubts, &mut said);
    said.all
}

/// True if the sender wants to be told that the message was read.
pub(super) fn wants_receipt(header: &[u8]) -> bool {
    const FIELDS: [&[u8]; 3] = [b"disposition-notification-to", b"return-receipt-to", b"x-confirm-reading-to"];
    let mut wanted = false;
    each_field(header, |name, value| {
        wanted |= !value.is_empty() && FIELDS.iter().any(|field| name.eq_ignore_ascii_case(field));
    });
    wanted
}

#[derive(Default)]
struct Said {
    all: Vec<Warning>,
    known: HashSet<String>,
}

impl Said {
    fn say(&mut self, warning: Warning) {
        let kind = std::mem::discriminant(&warning);
        let same = self.all.iter().filter(|other| std::mem::discriminant(*other) == kind).count();
        if self.all.len() < MOST && same < MOST_OF_A_KIND && self.known.insert(format!("{warning:?}")) {
            self.all.push(warning);
        }
    }
}

fn forged(doubts: &Doubts<'_>, said: &mut Said) {
    let Some(auth) = &doubts.readable.auth else { return };
    // Without the sender's own rule, two of two that fail say the same.
    let by_hand = auth.dmarc != Verdict::Pass && auth.spf == Verdict::Fail && auth.dkim != Verdict::Pass;
    if auth.dmarc == Verdict::Fail || by_hand {
        said.say(Warning::Forged);
    }
}

/// Providers where anybody may have an address: what is in front of the `@` says who it is.
const FOR_ANYBODY: [&str; 31] = [
    "qq.com",
    "foxmail.com",
    "163.com",
    "126.com",
    "yeah.net",
    "188.com",
    "sina.com",
    "sina.cn",
    "sohu.com",
    "139.com",
    "189.cn",
    "21cn.com",
    "263.net",
    "aliyun.com",
    "tom.com",
    "gmail.com",
    "googlemail.com",
    "outlook.com",
    "hotmail.com",
    "live.com",
    "msn.com",
    "icloud.com",
    "me.com",
    "mac.com",
    "yahoo.com",
    "yandex.ru",
    "mail.ru",
    "gmx.de",
    "web.de",
    "proton.me",
    "zoho.com",
];

fn is_for_anybody(host: &str) -> bool {
    FOR_ANYBODY.contains(&host::owned(host))
}

/// H05: a name that is an address, and another one than the true one.
fn names(doubts: &Doubts<'_>, said: &mut Said) {
    let readable = doubts.readable;
    let is_sent_on = is_sent_on(doubts);
    for from in &readable.from {
        let truth = folded(from.address.as_untrusted());
        for named in addresses_in(from.name.as_untrusted()) {
            if named == truth || is_of_the_same(&named, &truth) || is_sent_on {
                continue;
            }
            said.say(Warning::NameIsOtherAddress { name: from.name.clone(), address: from.address.clone() });
        }
    }
}

/// The same people send both: a name of the house before the address that its machines use.
fn is_of_the_same(named: &str, truth: &str) -> bool {
    let (Some(named), Some(truth)) = (host::of_address(named), host::of_address(truth)) else { return false };
    host::owned(&named) == host::owned(&truth) && !is_for_anybody(&truth)
}

/// A mailing list that must write in its own name says for whom, and that it is one. Where answers go is no proof: that is
/// written by whoever pretends.
fn is_sent_on(doubts: &Doubts<'_>) -> bool {
    let mut is_list = false;
    each_field(doubts.header, |name, value| {
        let is = |field: &[u8]| name.eq_ignore_ascii_case(field);
        is_list |= (is(b"list-id") || is(b"list-post")) && !value.is_empty();
    });
    let says_so = |name: &str| [" via ", "通过", "代表"].iter().any(|word| name.contains(word));
    is_list && doubts.readable.from.iter().any(|from| says_so(from.name.as_untrusted()))
}

/// Every address in a text, in lower case and plain letters.
fn addresses_in(text: &str) -> Vec<String> {
    const MOST: usize = 8;
    let text = text.get(..text.floor_char_boundary(LONGEST_SHOWN)).unwrap_or(text);
    // Some encode a name twice.
    let text = if text.contains("=?") { word::decode(text.as_bytes(), None) } else { text.to_owned() };
    let text = folded(&text);
    let is_part = |c: char| c.is_alphanumeric() || matches!(c, '.' | '_' | '-' | '+' | '%');
    let around = |at: usize| {
        let (before, after) = (text.get(..at)?, text.get(at + 1..)?);
        // Blanks beside the sign do not keep anybody from reading an address.
        let (before, after) = (before.trim_end(), after.trim_start());
        let start = before.rfind(|c| !is_part(c)).map_or(0, |end| before.ceil_char_boundary(end + 1));
        let end = after.find(|c: char| !is_part(c)).unwrap_or(after.len());
        let (who, host) = (before.get(start..)?, after.get(..end)?.trim_matches(['.', '-']));
        (!who.is_empty() && host.contains('.')).then(|| format!("{who}@{host}"))
    };
    text.match_indices('@').take(MOST).filter_map(|(at, _)| around(at)).collect()
}

/// Lower case, plain letters, nothing that cannot be seen.
fn folded(text: &str) -> String {
    text.chars()
        .filter(|c| hidden::is_seen(*c))
        .map(|c| {
            lookalike::undressed(c).unwrap_or(match c {
                '。' | '｡' | '﹒' | '․' => '.',
                '﹫' => '@',
                _ => c,
            })
        })
        .flat_map(char::to_lowercase)
        .collect::<String>()
        .trim()
        .to_owned()
}

fn two_senders(doubts: &Doubts<'_>, said: &mut Said) {
    let (mut fields, mut is_inside_a_word) = (0, false);
    each_field(doubts.header, |name, value| {
        if name.eq_ignore_ascii_case(b"from") {
            // People are those of the first one.
            is_inside_a_word |= fields == 0 && is_in_a_word(&doubts.readable.from, value);
            fields += 1;
        }
    });
    // A comma that somebody forgot to quote makes two of one, but only one has an address.
    let people: HashSet<String> = doubts
        .readable
        .from
        .iter()
        .map(|from| folded(from.address.as_untrusted()))
        .filter(|a| a.contains('@'))
        .collect();
    if fields > 1 || people.len() > 1 || is_inside_a_word {
        said.say(Warning::TwoSenders);
    }
}

/// True if the address of a sender is read out of an encoded word of the field. Other programs take it for a name, and
/// show nobody.
fn is_in_a_word(people: &[Address], value: &[u8]) -> bool {
    const LONGEST: usize = 4 * 1024;
    const MOST: usize = 8;
    if value.len() > LONGEST || memchr::memmem::find(value, b"=?").is_none() {
        return false;
    }
    let (mut outside, mut rest) = (Vec::new(), value);
    while let Some((first, after)) = rest.split_first() {
        if let Some(length) = word::length(rest).filter(|_| rest.starts_with(b"=?")) {
            rest = rest.get(length..).unwrap_or_default();
        } else {
            outside.push(*first);
            rest = after;
        }
    }
    // A blank or a quote in it says nothing.
    let bare = |text: &str| text.chars().filter(|c| !c.is_whitespace() && !matches!(c, '"' | '\\')).collect::<String>();
    let outside = bare(&folded(&String::from_utf8_lossy(&outside)));
    people.iter().take(MOST).any(|from| {
        let address = bare(&folded(from.address.as_untrusted()));
        address.rsplit_once('@').is_some_and(|(_, host)| !outside.contains(&format!("@{host}")))
    })
}

/// H04: hosts that look like others.
fn looks(doubts: &Doubts<'_>, said: &mut Said) {
    let readable = doubts.readable;
    let known = lookalike::Known::with(doubts.own);
    let people = readable.from.iter().chain(&readable.reply_to);
    let of_people = people.filter_map(|person| host::of_address(person.address.as_untrusted()));
    let links = readable.document.links.iter().take(MOST_LINKS);
    let of_links = links.filter_map(|link| host::of_url(link.url.as_untrusted())).map(|place| place.host);
    let mut seen = HashSet::new();
    for host in of_people.chain(of_links) {
        if seen.contains(&host) {
            continue;
        }
        if let Some(like) = known.imitated_by(&host) {
            said.say(Warning::LookAlike { domain: Text::new(punycode::in_ascii(&host)), like: Text::new(like) });
        }
        seen.insert(host);
    }
}

/// H06: answers that go to somebody else than who wrote.
fn answers(doubts: &Doubts<'_>, said: &mut Said) {
    let readable = doubts.readable;
    let from: Vec<String> =
        readable.from.iter().filter_map(|from| host::of_address(from.address.as_untrusted())).collect();
    if from.is_empty() {
        return;
    }
    for answer in &readable.reply_to {
        let Some(host) = host::of_address(answer.address.as_untrusted()) else { continue };
        let same = |other: &String| host::owned(other) == host::owned(&host);
        if from.iter().any(same) || is_addressed(answer, &host, readable) || is_own(&host, doubts.own) {
            continue;
        }
        said.say(Warning::ReplyElsewhere { domain: Text::new(punycode::in_ascii(&host)) });
    }
}

/// A mailing list, or people who read it as well.
fn is_addressed(answer: &Address, host: &str, readable: &Readable) -> bool {
    let for_anybody = is_for_anybody(host);
    readable.to.iter().chain(&readable.cc).any(|to| {
        let address = to.address.as_untrusted();
        address.eq_ignore_ascii_case(answer.address.as_untrusted())
            || !for_anybody && host::of_address(address).is_some_and(|other| host::owned(&other) == host::owned(host))
    })
}

fn is_own(host: &str, own: &[&str]) -> bool {
    !is_for_anybody(host) && own.iter().any(|own| host::owned(host) == host::owned(&own.to_lowercase()))
}

/// H03: links whose text names another place than where they lead.
fn elsewhere(doubts: &Doubts<'_>, said: &mut Said) {
    let document = &doubts.readable.document;
    let text = document.text.as_untrusted();
    for link in document.links.iter().take(MOST_LINKS) {
        let url = link.url.as_untrusted();
        let Some(place) = host::of_url(url) else { continue };
        let leads = punycode::in_ascii(&place.host);
        if let Some(pretended) = place.pretended {
            said.say(Warning::LinkElsewhere { shown: Text::new(pretended), leads: Text::new(leads) });
            continue;
        }
        let Some(shown) = text.get(link.at.clone()).filter(|shown| *shown != url) else { continue };
        let written = shown.get(..shown.floor_char_boundary(LONGEST_SHOWN)).unwrap_or(shown);
        let shown = folded(written);
        let is_other = |named: &String| host::owned(&punycode::in_ascii(named)) != host::owned(&leads);
        let is_mail = url.get(..7).is_some_and(|scheme| scheme.eq_ignore_ascii_case("mailto:"));
        let ends_a_sentence = |named: &&String| {
            // `你好。中国` is a sentence and its title.
            named.ends_with(".中国") && !written.contains(".中国") && !written.contains("．中国")
        };
        let named = named_hosts(&shown, is_mail);
        if let Some(named) = named.iter().filter(|named| !ends_a_sentence(named)).find(|named| is_other(named)) {
            said.say(Warning::LinkElsewhere { shown: Text::new(punycode::in_ascii(named)), leads: Text::new(leads) });
        }
    }
}

/// The hosts that the text of a link names.
fn named_hosts(shown: &str, is_mail: bool) -> Vec<String> {
    let mut named: Vec<String> =
        links::addresses(shown).filter_map(|(_, url)| host::of_url(&url)).map(|place| place.host).collect();
    if named.is_empty() && shown.starts_with("http") {
        // In letters that end an address elsewhere.
        named.extend(shown.split_whitespace().next().and_then(host::of_url).map(|place| place.host));
    }
    if named.is_empty() {
        if is_mail {
            named.extend(addresses_in(shown).iter().filter_map(|address| host::of_address(address)));
        } else {
            let whole = bare_host(shown);
            named.extend(whole.map_or_else(|| hosts_in_words(shown), |host| vec![host]));
        }
    }
    named
}

/// Names of files and programs end in something, too; a bare name is believed to be a host if it ends with one of these.
const TOPS: [&str; 36] = [
    "com",
    "cn",
    "net",
    "org",
    "gov",
    "edu",
    "info",
    "biz",
    "top",
    "xyz",
    "vip",
    "shop",
    "site",
    "online",
    "hk",
    "tw",
    "jp",
    "kr",
    "uk",
    "de",
    "fr",
    "eu",
    "us",
    "ru",
    "example",
    "test",
    "中国",
    "xn--fiqs8s",
    "me",
    "io",
    "ai",
    "co",
    "app",
    "cc",
    "tv",
    "dev",
];

/// Between words, only these: the others are words themselves, and stand behind a point where a blank was forgotten.
const TOPS_IN_WORDS: [&str; 16] =
    ["com", "cn", "net", "org", "gov", "edu", "hk", "tw", "jp", "kr", "uk", "de", "fr", "eu", "ru", "example"];

/// Programs and not places.
const NO_HOSTS: [&str; 5] = ["asp.net", "ado.net", "vb.net", "ml.net", "paint.net"];

/// A text that is nothing but a host, perhaps with a path.
fn bare_host(shown: &str) -> Option<String> {
    let shown = shown.trim_matches(|c: char| !c.is_alphanumeric() && c != '/');
    let host = shown.split(['/', '?', ':', '#']).next()?;
    let good = |label: &str| !label.is_empty() && label.chars().all(|c| c.is_alphanumeric() || c == '-');
    let has_top = host.rsplit('.').next().is_some_and(|top| TOPS.contains(&top));
    let is_host = host.contains('.') && has_top && host.split('.').all(good) && !shown.contains(char::is_whitespace);
    (is_host && !NO_HOSTS.contains(&host)).then(|| host.to_owned())
}

/// The hosts that stand between words: `log in at bank.example now`.
fn hosts_in_words(shown: &str) -> Vec<String> {
    const MOST: usize = 8;
    let is_of_host = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | '@' | '+' | '%');
    let words = shown.split(|c| !is_of_host(c)).map(|word| word.trim_matches(['.', '-']));
    let has_top = |host: &str| host.rsplit_once('.').is_some_and(|(_, top)| TOPS_IN_WORDS.contains(&top));
    words
        // An address of mail is nothing that is visited.
        .filter(|word| !word.contains('@') && has_top(word))
        .filter_map(bare_host)
        .take(MOST)
        .collect()
}

/// T10, T11: characters that turn or hide text.
fn unseen(doubts: &Doubts<'_>, said: &mut Said) {
    let readable = doubts.readable;
    if hides(readable.subject.as_untrusted(), Place::Words) {
        said.say(Warning::Hidden { field: "subject" });
    }
    for (field, people) in
        [("from", &readable.from), ("reply-to", &readable.reply_to), ("to", &readable.to), ("cc", &readable.cc)]
    {
        let is_hiding = |person: &Address| {
            hides(person.name.as_untrusted(), Place::Words) || hides(person.address.as_untrusted(), Place::Address)
        };
        if people.iter().any(is_hiding) {
            said.say(Warning::Hidden { field });
        }
    }
    if readable.attachments.iter().any(|file| hides(file.name.as_untrusted(), Place::FileName)) {
        said.say(Warning::Hidden { field: "attachment" });
    }
}
