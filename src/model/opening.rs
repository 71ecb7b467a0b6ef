//! What may happen when the desktop is told to open a file of a message. Nobody can know that from the file alone, so
//! only what is known to be looked at is opened at once.

use crate::text::is_harmless;

/// What to do when somebody wants to open a file of a message.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Opening {
    /// It is only looked at.
    AtOnce,
    /// Whoever opens it may run what is in it: a page with scripts, a document with macros, who knows what.
    Asked,
    /// A program, or what starts one.
    Never,
}

/// What a desktop may run when it is told to open a file of this name, or what may bring such a thing past its guards.
#[rustfmt::skip]
const PROGRAMS: &[&str] = &[
    "ade", "adp", "apk", "app", "appimage", "application", "appref-ms", "appx", "appxbundle", "bat", "bin", "cab",
    "chm", "cmd", "com", "command", "cpl", "crx", "deb", "desktop", "diagcab", "dll", "dmg", "elf", "exe", "flatpak",
    "flatpakref", "gadget", "hlp", "hta", "img", "inf", "ins", "iso", "isp", "jar", "jnlp", "js", "jse", "ksh",
    "library-ms", "lnk", "mde", "msc", "msi", "msix", "msixbundle", "msp", "mst", "ocx", "out", "pif", "pkg", "pl",
    "prf", "ps1", "ps1xml", "ps2", "psc1", "psd1", "psm1", "py", "pyc", "pyo", "pyw", "pyz", "rb", "rdp", "reg", "rpm",
    "run", "scf", "scr", "sct", "search-ms", "service", "settingcontent-ms", "sh", "shb", "snap", "sys", "terminal",
    "theme", "tool", "url", "vb", "vbe", "vbs", "vhd", "vhdx", "vsmacros", "webloc", "website", "workflow", "ws", "wsb",
    "wsc", "wsf", "wsh", "xbap", "xll", "xpi", "zsh",
];

/// What is only looked at, by programs that everybody has for it.
#[rustfmt::skip]
const LOOKED_AT: &[&str] = &[
    "7z", "aac", "avi", "avif", "bmp", "bz2", "csv", "diff", "doc", "docx", "dps", "eml", "epub", "et", "flac", "gif",
    "gz", "heic", "heif", "ics", "jpeg", "jpg", "json", "log", "m4a", "md", "mkv", "mov", "mp3", "mp4", "msg", "odp",
    "ods", "odt", "ofd", "ogg", "opus", "patch", "pdf", "png", "ppt", "pptx", "rar", "rtf", "tar", "tgz", "tif", "tiff",
    "tsv", "txt", "vcf", "wav", "webm", "webp", "wps", "xls", "xlsx", "xz", "yaml", "yml", "zip", "zst",
];

/// Words in what the bytes are that say that they are run.
const RUN: [&str; 9] = [
    "executable",
    "x-dosexec",
    "x-sharedlib",
    "x-mach",
    "x-msdownload",
    "x-ms-shortcut",
    "x-shellscript",
    "x-sh",
    "x-elf",
];

/// True for the ending of a program's name.
pub fn is_ending_of_program(ending: &str) -> bool {
    is_in(PROGRAMS, ending)
}

/// `truly` is what the bytes are, where that is something else than the message says.
pub fn opening(name: &str, truly: Option<&str>) -> Opening {
    let cleaned: String = name.chars().filter(|c| is_harmless(*c)).collect();
    let cleaned = cleaned.trim_end_matches(|c: char| c == '.' || c.is_whitespace());
    let ending = cleaned.rsplit_once('.').map_or("", |(_, ending)| ending.trim());
    let runs = truly.is_some_and(|kind| RUN.iter().any(|word| kind.contains(word)));
    if runs || is_ending_of_program(ending) {
        Opening::Never
    } else if is_in(LOOKED_AT, ending) && truly != Some("text/html") {
        Opening::AtOnce
    } else {
        Opening::Asked
    }
}

fn is_in(list: &[&str], ending: &str) -> bool {
    list.binary_search(&ending.to_lowercase().as_str()).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lists_are_in_order_and_have_nothing_in_common() {
        assert!(PROGRAMS.is_sorted() && LOOKED_AT.is_sorted());
        assert!(!PROGRAMS.iter().any(|ending| LOOKED_AT.contains(ending)));
    }

    #[test]
    fn programs_are_known_by_their_name_or_their_bytes() {
        for name in [
            "发票.pdf.exe",
            "a.EXE",
            "a.exe. ",
            "x.desktop",
            "x.lnk",
            "x.e\u{200b}xe",
            "run.sh",
            "invoice.pyw",
            "a.msc",
            "a.xll",
            "disk.ISO",
            "a.exe\u{3000}",
        ] {
            assert_eq!(opening(name, None), Opening::Never, "{name}");
        }
        assert_eq!(opening("photo.jpg", Some("application/x-dosexec")), Opening::Never);
        assert_eq!(opening("photo.jpg", Some("application/x-ms-shortcut")), Opening::Never);
    }

    #[test]
    fn what_is_known_is_opened_and_everything_else_is_asked_about() {
        for name in ["发票.pdf", "a.docx", "photo.JPG", "a.com.txt", "bill.ofd"] {
            assert_eq!(opening(name, None), Opening::AtOnce, "{name}");
        }
        assert_eq!(opening("photo.jpg", Some("image/png")), Opening::AtOnce);
        for name in ["page.html", "logo.svg", "a.xhtml", "sheet.xlsm", "exe", "", "a.unheard-of", "a.mht"] {
            assert_eq!(opening(name, None), Opening::Asked, "{name}");
        }
        assert_eq!(opening("bill.pdf", Some("text/html")), Opening::Asked);
    }
}
