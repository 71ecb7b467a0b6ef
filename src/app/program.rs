//! Which files from a message are programs: those are never opened, only saved by somebody who asks for it.

use crate::text::Text;

/// What a desktop may run when it is told to open a file of this name.
const ENDINGS: [&str; 44] = [
    "apk",
    "app",
    "appimage",
    "application",
    "bat",
    "bin",
    "chm",
    "cmd",
    "com",
    "command",
    "cpl",
    "deb",
    "desktop",
    "dll",
    "dmg",
    "elf",
    "exe",
    "gadget",
    "hta",
    "inf",
    "jar",
    "js",
    "jse",
    "lnk",
    "msi",
    "msix",
    "msp",
    "pif",
    "pkg",
    "ps1",
    "reg",
    "rpm",
    "run",
    "scf",
    "scr",
    "sh",
    "terminal",
    "url",
    "vb",
    "vbe",
    "vbs",
    "webloc",
    "wsf",
    "workflow",
];

/// `truly` is what the bytes are, where that is something else than the message says.
pub fn is_program(name: &Text, truly: Option<&str>) -> bool {
    let cleaned: String = name.as_untrusted().chars().filter(|c| crate::text::is_harmless(*c)).collect();
    let cleaned = cleaned.trim_end_matches(['.', ' ']).to_lowercase();
    let ending = cleaned.rsplit_once('.').map_or("", |(_, ending)| ending);
    let bytes = truly.is_some_and(|kind| {
        ["executable", "x-dosexec", "x-sharedlib", "x-mach", "x-msdownload", "x-shellscript", "x-sh", "x-elf"]
            .iter()
            .any(|program| kind.contains(program))
    });
    bytes || ENDINGS.contains(&ending)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_are_known_by_their_name_or_their_bytes() {
        for name in ["发票.pdf.exe", "a.EXE", "a.exe. ", "x.desktop", "x.lnk", "x.e\u{200b}xe", "run.sh"] {
            assert!(is_program(&name.into(), None), "{name}");
        }
        for name in ["发票.pdf", "a.docx", "exe", "photo.jpg", "a.com.txt", ""] {
            assert!(!is_program(&name.into(), None), "{name}");
        }
        assert!(is_program(&"photo.jpg".into(), Some("application/x-dosexec")));
        assert!(!is_program(&"photo.jpg".into(), Some("image/png")));
    }
}
