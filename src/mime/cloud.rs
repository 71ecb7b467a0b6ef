//! Files that were too large for a mail: the sender's provider keeps them on the web, and the message has only links. What
//! the link is about stands in the words around it.

use std::collections::BTreeMap;
use std::ops::Range;

use crate::model::{CloudFile, Document};
use crate::text::Text;

/// Nobody sends more of them at a time.
const MOST: usize = 200;

/// A file has a picture, a name and a button or two; more links to it are not looked at.
const MOST_LINKS: usize = 8;

/// Of a line, so many bytes on each side of a link are looked at.
const NEAR: usize = 600;

/// Lines above and below a link that may tell of its file.
const ABOVE: usize = 4;
const BELOW: usize = 3;

/// A longer word is no name of a file.
const LONGEST_NAME: usize = 255;

/// A longer link is none of these.
const LONGEST_URL: usize = 8 * 1024;

/// Where files are kept. Below the host of a company where none is named.
struct Keeper {
    host: Option<&'static str>,
    path: &'static str,
    name: &'static str,
}

const fn at(host: &'static str, path: &'static str, name: &'static str) -> Keeper {
    Keeper { host: Some(host), path, name }
}

const KEEPERS: &[Keeper] = &[
    at("mail.qq.com", "/cgi-bin/ftnExs_download", "QQ"),
    at("wx.mail.qq.com", "/ftn/download", "QQ"),
    at("exmail.qq.com", "/cgi-bin/ftnExs_download", "QQ"),
    at("mail.163.com", "/large-attachment-download/", "163"),
    at("mail.126.com", "/large-attachment-download/", "126"),
    at("mail.yeah.net", "/large-attachment-download/", "yeah.net"),
    at("dashi.163.com", "/html/cloud-attachment-download", "163"),
    at("edisk.qiye.163.com", "/api/biz/attachment/download", "163"),
    at("download.cloud.189.cn", "/", "189"),
    at("mail.sina.com.cn", "/filecenter/download.php", "Sina"),
    at("mail.sina.cn", "/filecenter/download.php", "Sina"),
    Keeper { host: None, path: "/alimail/openLinks/downloadMimeMetaDiskBigAttach", name: "Aliyun" },
    at("file.mail.10086.cn", "/", "139"),
    at("disk.mail.10086.cn", "/", "139"),
];

/// True if it is worth looking for files in a page.
pub(super) fn may_be_in(page: &str) -> bool {
    KEEPERS.iter().any(|keeper| {
        let known = keeper.host.unwrap_or(keeper.path);
        memchr::memmem::find(page.as_bytes(), known.as_bytes()).is_some()
    })
}

/// The files that a text tells of, each once.
pub(super) fn files(document: &Document) -> Vec<CloudFile> {
    let text = document.text.as_untrusted();
    let links = links(text, document);
    let page = Page::of(text, &links);
    // Where each file is in the list, and how many links to it were looked at.
    let mut places: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    let mut files: Vec<CloudFile> = Vec::new();
    for link in &links {
        let (place, looked_at) = places.entry(link.url).or_insert((files.len(), 0));
        if *place >= MOST || *looked_at >= MOST_LINKS {
            continue;
        }
        *looked_at += 1;
        let (told, is_named) = page.told(link);
        match files.get_mut(*place) {
            // The same file has often two links: its name and a button.
            Some(known) => {
                if is_named {
                    known.name = Text::default();
                }
                fill(known, told);
            }
            None => files.push(CloudFile { keeper: link.keeper, url: Text::new(link.url), ..told }),
        }
    }
    files
}

/// Adds those that are not known.
pub(super) fn merge(files: &mut Vec<CloudFile>, more: Vec<CloudFile>) {
    for file in more {
        if let Some(known) = files.iter_mut().find(|known| known.url == file.url) {
            fill(known, file);
        } else if files.len() < MOST {
            files.push(file);
        }
    }
}

fn fill(known: &mut CloudFile, told: CloudFile) {
    for (place, value) in [(&mut known.name, told.name), (&mut known.size, told.size), (&mut known.until, told.until)] {
        if place.is_empty() {
            *place = value;
        }
    }
}

struct Link<'a> {
    at: Range<usize>,
    url: &'a str,
    keeper: &'static str,
}

/// Links that lead to files, in the order of the text: those of a page, and those that are written out.
fn links<'a>(text: &'a str, document: &'a Document) -> Vec<Link<'a>> {
    let mut found: Vec<Link<'a>> = Vec::new();
    for link in &document.links {
        let url = link.url.as_untrusted().trim();
        if let Some(keeper) = keeper(url) {
            found.push(Link { at: link.at.clone(), url, keeper });
        }
    }
    let mut behind = 0;
    for at in memchr::memmem::find_iter(text.as_bytes(), "://") {
        // What stands in another link is no link of its own.
        if at < behind {
            continue;
        }
        let Some(before) = text.get(..at) else { continue };
        let start = at - before.bytes().rev().take_while(u8::is_ascii_alphabetic).take(5).count();
        let rest = text.get(start..).unwrap_or_default();
        let end = rest
            .find(|c: char| !c.is_ascii_graphic() || matches!(c, '<' | '>' | '"' | '\'' | ')'))
            .unwrap_or(rest.len());
        behind = start + end;
        let url = rest.get(..end).unwrap_or_default().trim_end_matches(['.', ',', ';', ']', '|']);
        if let Some(keeper) = keeper(url) {
            found.push(Link { at: start..start + url.len(), url, keeper });
        }
    }
    found.sort_by_key(|link| link.at.start);
    found
}

/// Who keeps what a link leads to.
fn keeper(url: &str) -> Option<&'static str> {
    if url.len() > LONGEST_URL {
        return None;
    }
    let (scheme, rest) = url.split_once("://")?;
    if !scheme.eq_ignore_ascii_case("https") && !scheme.eq_ignore_ascii_case("http") {
        return None;
    }
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (host, path) = rest.split_at_checked(end)?;
    // `mail.qq.com@evil.example` is none of them, and a port of its own neither.
    let host = host.strip_suffix(":443").or_else(|| host.strip_suffix(":80")).unwrap_or(host);
    let fits = |keeper: &&Keeper| {
        path.len() > 1
            && path.starts_with(keeper.path)
            && keeper.host.is_none_or(|known| host.eq_ignore_ascii_case(known))
    };
    KEEPERS.iter().find(fits).map(|keeper| keeper.name)
}

/// A text by its lines, and which of them have links to files.
struct Page<'a> {
    text: &'a str,
    lines: Vec<Range<usize>>,
    urls: BTreeMap<usize, &'a str>,
}

impl<'a> Page<'a> {
    fn of(text: &'a str, links: &[Link<'a>]) -> Self {
        let mut lines = Vec::new();
        if links.is_empty() {
            return Self { text, lines, urls: BTreeMap::new() };
        }
        let mut start = 0;
        for end in memchr::memchr_iter(b'\n', text.as_bytes()).chain([text.len()]) {
            lines.push(start..end);
            start = end + 1;
        }
        let mut all = Self { text, lines, urls: BTreeMap::new() };
        all.urls = links.iter().map(|link| (all.line(link), link.url)).collect();
        all
    }

    fn line(&self, link: &Link<'_>) -> usize {
        self.lines.partition_point(|line| line.start <= link.at.start).saturating_sub(1)
    }

    /// What the words around a link tell of its file, and whether the link itself is its name.
    fn told(&self, link: &Link<'_>) -> (CloudFile, bool) {
        let shown = self.text.get(link.at.clone()).unwrap_or_default().trim();
        let shown = if shown.contains("://") { "" } else { shown };
        let line = self.line(link);
        let own = self.near(line, &link.at);
        let is_others = |line: &usize| self.urls.get(line).is_some_and(|url| *url != link.url);
        let whole = |line: usize| self.lines.get(line).map(|at| self.near(line, at)).unwrap_or_default();
        let above = (line.saturating_sub(ABOVE)..line).rev().take_while(|line| !is_others(line)).map(whole);
        let below = (line + 1..=line + BELOW).take_while(|line| !is_others(line)).map(whole);
        // A link that is the name stands before what is told of it; a button stands behind.
        let is_named = is_name(shown);
        let mut places = vec![own];
        if is_named {
            places.extend(below.chain(above));
        } else {
            places.extend(above.chain(below));
        }
        let first =
            |find: fn(&str) -> Option<&str>| Text::new(places.iter().find_map(|place| find(place)).unwrap_or_default());
        let name = if is_named { Text::new(shown) } else { first(name_in) };
        (CloudFile { name, size: first(size_in), until: first(until_in), ..CloudFile::default() }, is_named)
    }

    /// The part of a line that is near a place.
    fn near(&self, line: usize, at: &Range<usize>) -> &'a str {
        let Some(line) = self.lines.get(line) else { return "" };
        let mut start = at.start.saturating_sub(NEAR).max(line.start);
        let mut end = at.end.min(at.start.saturating_add(NEAR)).saturating_add(NEAR).min(line.end);
        while !self.text.is_char_boundary(start) {
            start += 1;
        }
        while !self.text.is_char_boundary(end) {
            end -= 1;
        }
        self.text.get(start..end).unwrap_or_default()
    }
}

/// True for `letter.docx`, and not for `Download` and `2.1`.
fn is_name(words: &str) -> bool {
    let Some((stem, ending)) = words.rsplit_once('.') else { return false };
    !stem.trim().is_empty()
        && words.len() <= LONGEST_NAME
        && !words.contains("://")
        && (1..=8).contains(&ending.len())
        && ending.bytes().all(|byte| byte.is_ascii_alphanumeric())
        && ending.bytes().any(|byte| byte.is_ascii_alphabetic())
        && !is_size(words)
}

/// The first name of a file in a line.
fn name_in(line: &str) -> Option<&str> {
    // Blanks may be in a name, so what stands before its size comes first.
    let before_size = size_at(line).and_then(|size| line.get(..size.start)).map(|before| {
        let before = before.trim_end_matches([' ', '(', '（', '[', '【', '|', ',', '，', ':', '：', '\u{a0}', '\t']);
        let before =
            before.trim_end_matches("文件大小").trim_end_matches("大小").trim_end_matches(['，', ',', ' ', '：', ':']);
        let before = before.rsplit(['：', ':', '\t', '|', '】', ']']).next().unwrap_or_default();
        before
            .rsplit("  ")
            .next()
            .unwrap_or_default()
            .trim_matches(|c: char| c.is_whitespace() || "•*-\"'“”《》".contains(c))
    });
    before_size.filter(|name| is_name(name)).or_else(|| {
        line.split(|c: char| c.is_whitespace() || "()（）[]【】<>|,，；;：\"“”".contains(c))
            .map(|word| word.trim_matches(['•', '*', '\'']))
            .find(|word| is_name(word) && !word.contains(['/', '@', '?', '=']))
    })
}

const UNITS: [&str; 14] = ["bytes", "byte", "字节", "tb", "gb", "mb", "kb", "gib", "mib", "kib", "t", "g", "m", "k"];

/// Where a size stands: `1.20G`, `27.3 MB`.
fn size_at(line: &str) -> Option<Range<usize>> {
    let mut from = 0;
    while let Some(start) = line.get(from..)?.find(|c: char| c.is_ascii_digit()).map(|at| from + at) {
        let rest = line.get(start..)?;
        let digits = rest.find(|c: char| !(c.is_ascii_digit() || matches!(c, '.' | ','))).unwrap_or(rest.len());
        let behind = rest.get(digits..)?;
        let blanks = behind.len() - behind.trim_start_matches([' ', '\u{a0}']).len();
        let unit = behind.get(blanks..)?;
        let fits = |known: &&&str| {
            unit.get(..known.len()).is_some_and(|unit| unit.eq_ignore_ascii_case(known))
                && !unit.get(known.len()..).unwrap_or_default().starts_with(|c: char| c.is_ascii_alphanumeric())
        };
        let before = line.get(..start)?.chars().next_back();
        let is_alone = before.is_none_or(|c| !(c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '/' | '=' | '%')));
        if is_alone
            && blanks <= 2
            && let Some(unit) = UNITS.iter().find(fits)
        {
            return Some(start..start + digits + blanks + unit.len());
        }
        from = start + digits.max(1);
    }
    None
}

fn is_size(words: &str) -> bool {
    size_at(words).is_some_and(|at| at.start == 0 && at.end == words.len())
}

fn size_in(line: &str) -> Option<&str> {
    line.get(size_at(line)?)
}

/// Until when it is kept: a date near words that say so.
fn until_in(line: &str) -> Option<&str> {
    const WORDS: [&str; 9] = ["到期", "过期", "有效期", "失效", "截止", "expire", "valid until", "有效至", "保存至"];
    let lower = line.to_ascii_lowercase();
    if !WORDS.iter().any(|word| lower.contains(word)) {
        return None;
    }
    if let Some(endless) = ["无限期", "永久有效", "永久"].iter().find(|word| line.contains(**word)) {
        let start = line.find(endless)?;
        return line.get(start..start + endless.len());
    }
    let start = memchr::memmem::find_iter(line.as_bytes(), "20").find(|at| {
        let year = line.get(*at..at + 4).is_some_and(|year| year.bytes().all(|byte| byte.is_ascii_digit()));
        let alone = line.get(..*at).is_some_and(|before| !before.ends_with(|c: char| c.is_ascii_alphanumeric()));
        let month =
            line.get(at + 4..).is_some_and(|rest| rest.starts_with(['年', '-', '/', '.']) || rest.starts_with(" 年"));
        year && alone && month
    })?;
    let rest = line.get(start..)?;
    let belongs = |c: char| {
        c.is_ascii_digit() || matches!(c, '年' | '月' | '日' | '号' | '时' | '分' | '-' | '/' | '.' | ':' | '：' | ' ')
    };
    let end = rest.char_indices().take(30).find(|(_, c)| !belongs(*c)).map_or(rest.len().min(60), |(at, _)| at);
    rest.get(..end).map(|date| date.trim_end_matches([' ', '.', '-', '/', ':']))
}

#[cfg(test)]
mod tests;
