//! What a file is by its first bytes, and whether its name tells another story.

use super::lookalike;
use crate::model::is_ending_of_program;

/// So much of a file is enough to know it.
pub(super) const LOOKED_AT: usize = 4 * 1024;

/// What can be told of a file without opening it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Family {
    Program,
    Pdf,
    Picture,
    /// A zip file, and everything that is one inside: documents of all office programs, books, Java.
    Zip,
    Archive,
    /// What office programs wrote before they wrote zip files.
    Compound,
    Page,
    RichText,
    Other,
}

/// First bytes, what they mean, and its family.
const MAGIC: &[(&[u8], &str, Family)] = &[
    (b"MZ", "application/x-msdownload", Family::Program),
    (b"\x7fELF", "application/x-executable", Family::Program),
    (b"\xcf\xfa\xed\xfe", "application/x-mach-binary", Family::Program),
    (b"\xce\xfa\xed\xfe", "application/x-mach-binary", Family::Program),
    (b"L\0\0\0\x01\x14\x02\0\0\0\0\0\xc0\0\0\0\0\0\0\x46", "application/x-ms-shortcut", Family::Program),
    (b"%PDF-", "application/pdf", Family::Pdf),
    (b"\x89PNG\r\n\x1a\n", "image/png", Family::Picture),
    (b"\xff\xd8\xff", "image/jpeg", Family::Picture),
    (b"GIF87a", "image/gif", Family::Picture),
    (b"GIF89a", "image/gif", Family::Picture),
    (b"PK\x03\x04", "application/zip", Family::Zip),
    (b"Rar!\x1a\x07", "application/vnd.rar", Family::Archive),
    (b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed", Family::Archive),
    (b"\x1f\x8b\x08", "application/gzip", Family::Archive),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage", Family::Compound),
    (b"{\\rtf", "application/rtf", Family::RichText),
];

/// What lies in a zip file → what it is. The names stand in it as they are.
const IN_ZIP: &[(&[u8], &str)] = &[
    (b"word/", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    (b"xl/", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    (b"ppt/", "application/vnd.openxmlformats-officedocument.presentationml.presentation"),
    (b"OFD.xml", "application/ofd"),
    (b"META-INF/MANIFEST.MF", "application/java-archive"),
];

/// Endings of names and what files with such names are; what is a program is known elsewhere.
const ENDINGS: &[(&str, Family)] = &[
    ("pdf", Family::Pdf),
    ("png", Family::Picture),
    ("jpg", Family::Picture),
    ("jpeg", Family::Picture),
    ("gif", Family::Picture),
    ("webp", Family::Picture),
    ("bmp", Family::Picture),
    ("zip", Family::Zip),
    ("docx", Family::Zip),
    ("xlsx", Family::Zip),
    ("pptx", Family::Zip),
    ("docm", Family::Zip),
    ("xlsm", Family::Zip),
    ("ofd", Family::Zip),
    ("odt", Family::Zip),
    ("ods", Family::Zip),
    ("odp", Family::Zip),
    ("epub", Family::Zip),
    ("wps", Family::Compound),
    ("et", Family::Compound),
    ("dps", Family::Compound),
    ("rar", Family::Archive),
    ("7z", Family::Archive),
    ("gz", Family::Archive),
    ("tgz", Family::Archive),
    ("doc", Family::Compound),
    ("xls", Family::Compound),
    ("ppt", Family::Compound),
    ("msg", Family::Compound),
    ("htm", Family::Page),
    ("html", Family::Page),
    ("rtf", Family::RichText),
    ("txt", Family::Other),
    ("csv", Family::Other),
    ("log", Family::Other),
    ("mp3", Family::Other),
    ("mp4", Family::Other),
    ("wav", Family::Other),
];

/// Endings that a browser opens. Behind the ending of a document they are a page that asks for a password.
const PAGES: [&str; 7] = ["html", "htm", "xhtml", "shtml", "mht", "mhtml", "svg"];

/// Endings behind which honest programs put one of a page: what they were made from.
const WRITTEN_OUT: [&str; 3] = ["txt", "csv", "log"];

/// Words in a kind that say which family it is of.
const KINDS: &[(&str, Family)] = &[
    ("pdf", Family::Pdf),
    ("image/svg", Family::Other),
    ("image/", Family::Picture),
    ("html", Family::Page),
    ("openxmlformats", Family::Zip),
    ("opendocument", Family::Zip),
    ("macroenabled", Family::Zip),
    ("zip-compressed", Family::Zip),
    ("application/zip", Family::Zip),
    ("ofd", Family::Zip),
    ("epub", Family::Zip),
    ("x-executable", Family::Program),
    ("java-archive", Family::Zip),
    ("rar", Family::Archive),
    ("7z", Family::Archive),
    ("gzip", Family::Archive),
    ("msword", Family::Compound),
    ("ms-excel", Family::Compound),
    ("ms-powerpoint", Family::Compound),
    ("rtf", Family::RichText),
];

fn of_bytes(bytes: &[u8]) -> Option<(&'static str, Family)> {
    if bytes.get(..4) == Some(b"RIFF") && bytes.get(8..12) == Some(b"WEBP") {
        return Some(("image/webp", Family::Picture));
    }
    let found = MAGIC.iter().find(|(magic, ..)| bytes.starts_with(magic)).map(|(_, kind, family)| (*kind, *family));
    match found {
        // Two letters may begin a text.
        Some((_, Family::Program)) if bytes.starts_with(b"MZ") && is_words(bytes) => None,
        Some((kind, Family::Zip)) => {
            let near = bytes.get(..LOOKED_AT).unwrap_or(bytes);
            let inside = IN_ZIP.iter().find(|(name, _)| memchr::memmem::find(near, name).is_some());
            Some((inside.map_or(kind, |(_, kind)| kind), Family::Zip))
        }
        Some(found) => Some(found),
        None => {
            let start = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes).trim_ascii_start();
            let is_page = [&b"<!doctype html"[..], b"<html", b"<script"]
                .iter()
                .any(|page| start.get(..page.len()).is_some_and(|start| start.eq_ignore_ascii_case(page)));
            is_page.then_some(("text/html", Family::Page))
        }
    }
}

fn is_words(bytes: &[u8]) -> bool {
    bytes.iter().take(200).all(|byte| *byte >= 0x20 || byte.is_ascii_whitespace())
}

fn of_ending(ending: &str) -> Option<Family> {
    if is_ending_of_program(ending) {
        return Some(Family::Program);
    }
    ENDINGS.iter().find(|(known, _)| known.eq_ignore_ascii_case(ending)).map(|(_, family)| *family)
}

/// The endings of a name, the last first; blanks and dots behind it do not count.
fn endings(name: &str) -> impl Iterator<Item = &str> {
    let name = name.trim_end_matches(|c: char| c == '.' || is_blank(c));
    name.rsplit('.').take(name.matches('.').take(4).count()).map(|ending| ending.trim_matches(is_blank))
}

fn is_blank(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2800}' | '\u{3164}' | '\u{feff}')
}

/// What the bytes say that a file is, where neither its name nor its kind says the same.
pub(super) fn truly(bytes: &[u8], kind: &str, name: &str) -> Option<&'static str> {
    let (truly, family) = of_bytes(bytes)?;
    if endings(name).next().and_then(of_ending).is_some_and(|said| agree(said, family)) {
        return None;
    }
    let by_kind = KINDS.iter().find(|(word, _)| kind.contains(word)).map(|(_, family)| *family);
    if by_kind.is_some_and(|said| agree(said, family)) && !is_disguised(name, Some(truly)) {
        return None;
    }
    Some(truly)
}

fn agree(said: Family, truly: Family) -> bool {
    said == truly
        || match said {
            // Tables and letters of old programs are pages or rich text as often as not, and nobody means harm; a new
            // format under the old name is nothing to speak of either.
            Family::Compound => matches!(truly, Family::Page | Family::RichText | Family::Zip),
            // With a password they are wrapped.
            Family::Zip => truly == Family::Compound,
            Family::Program => matches!(truly, Family::Zip | Family::Page),
            _ => false,
        }
}

/// A letter or point of another width as the plain one.
fn as_read(c: char) -> char {
    match c {
        '。' | '｡' | '﹒' | '․' => '.',
        _ => lookalike::undressed(c).unwrap_or(c),
    }
}

/// True if a file is a program, or a page that may do harm, and its name hides it.
pub(super) fn is_disguised(name: &str, truly: Option<&str>) -> bool {
    let read: String = name.chars().map(as_read).collect();
    let mut all = endings(&read);
    let ending = all.next();
    let last = ending.and_then(of_ending);
    if last == Some(Family::Program) {
        let turned = name.contains(|c| matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'));
        let dressed = endings(name).next().and_then(of_ending) != last;
        let before = all.next().and_then(of_ending);
        let pushed = name.split(|c| !is_blank(c)).any(|blanks| blanks.chars().nth(4).is_some());
        return turned || pushed || dressed || before.is_some_and(|family| family != Family::Program);
    }
    let is_in = |ending: &str, list: &[&str]| list.iter().any(|known| known.eq_ignore_ascii_case(ending));
    if ending.is_some_and(|ending| is_in(ending, &PAGES))
        && let Some(before) = all.next().filter(|before| !is_in(before, &WRITTEN_OUT))
        && of_ending(before).is_some_and(|family| !matches!(family, Family::Page | Family::Program))
    {
        return true;
    }
    let Some(truly) = truly else { return false };
    let family = MAGIC.iter().find(|(_, kind, _)| *kind == truly).map_or(Family::Zip, |(.., family)| *family);
    let family = if truly == "text/html" { Family::Page } else { family };
    match (last, family) {
        (Some(said), Family::Program) => said != Family::Program,
        // What everybody opens without a thought.
        (Some(Family::Pdf | Family::Picture), Family::Page | Family::Zip | Family::Archive | Family::Compound) => true,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_that_agree_with_the_name_or_the_kind_say_nothing() {
        for (bytes, kind, name) in [
            (&b"%PDF-1.7"[..], "application/octet-stream", "bill.PDF"),
            (b"%PDF-1.7", "application/pdf", "bill"),
            (b"PK\x03\x04....word/x", "application/octet-stream", "letter.docx"),
            (b"<html><table>", "application/vnd.ms-excel", "list.xls"),
            (b"\x89PNG\r\n\x1a\n", "image/jpeg", "x.jpg"),
            (b"MZ is how this letter begins", "text/plain", "a.txt"),
            (b"plain", "application/pdf", "a.pdf"),
            (b"", "a/b", ""),
        ] {
            assert_eq!(truly(bytes, kind, name), None, "{name}");
        }
    }

    #[test]
    fn bytes_that_say_something_else() {
        for (bytes, kind, name, said, disguised) in [
            (&b"MZ\x90\0"[..], "application/pdf", "bill.pdf", "application/x-msdownload", true),
            (b"\x7fELF\x02", "image/png", "a.png", "application/x-executable", true),
            (b"<!DOCTYPE HTML><script>", "application/pdf", "bill.pdf", "text/html", true),
            (b"PK\x03\x04..xl/..", "image/jpeg", "p.jpg", IN_ZIP[1].1, true),
            (b"%PDF-1.4", "application/octet-stream", "noname", "application/pdf", false),
            (b"RIFF1234WEBPVP8 ", "application/octet-stream", "", "image/webp", false),
            (b"MZ\x90\0", "application/octet-stream", "", "application/x-msdownload", false),
        ] {
            assert_eq!(truly(bytes, kind, name), Some(said), "{name}");
            assert_eq!(is_disguised(name, Some(said)), disguised, "{name}");
        }
    }

    #[test]
    fn names_that_hide_a_program() {
        for name in [
            "bill.pdf.exe",
            "发票.PDF .scr",
            "photo.jpg          .lnk",
            "ann\u{202e}fdp.exe",
            "a.docx.js.",
            "x.txt\u{3000}.hta",
            "bill.pdf.desktop",
            "bill.pdf.sh",
            "bill.docx.url",
            "bill.pdf.html",
            "voice.mp3.htm",
            "scan.jpg.svg",
            "bill.xlsx.reg",
            "bill.zip.vhd",
            "bill.pdf.msix",
            "bill.txt.py",
            "bill.pdf.AppImage",
            "bill.pdf．exe",
            "发票．exe",
            "发票.ｅｘｅ",
            "bill．pdf．html",
            "发票。scr",
        ] {
            assert!(is_disguised(name, None), "{name}");
        }
        for name in [
            "setup.exe",
            "jquery.min.js",
            "v1.2.iso",
            "bill.pdf",
            "a.b.c",
            "",
            "...",
            "tool.exe.zip",
            "a.tar.gz",
            "page.html",
            "logo.svg",
            "setup.py",
            "notes.txt.html",
            "index.en.html",
            "发票．pdf",
            "关于。会议.pdf",
            "install.sh",
            "jquery.js.html",
            "go.url",
        ] {
            assert!(!is_disguised(name, None), "{name}");
        }
    }
}
