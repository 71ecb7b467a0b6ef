//! What a part of a message is called as a file: as the message says, or by what it is.

use crate::text::{SafeFileName, Text};

/// Extensions of kinds that come without a name.
const EXTENSIONS: [(&str, &str); 20] = [
    ("application/gzip", "gz"),
    ("application/json", "json"),
    ("application/ms-tnef", "dat"),
    ("application/msword", "doc"),
    ("application/ofd", "ofd"),
    ("application/pdf", "pdf"),
    ("application/vnd.ms-excel", "xls"),
    ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx"),
    ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", "docx"),
    ("application/zip", "zip"),
    ("image/bmp", "bmp"),
    ("image/gif", "gif"),
    ("image/jpeg", "jpg"),
    ("image/png", "png"),
    ("image/webp", "webp"),
    ("message/rfc822", "eml"),
    ("text/calendar", "ics"),
    ("text/csv", "csv"),
    ("text/html", "html"),
    ("text/plain", "txt"),
];

const MESSAGE: &str = "message/rfc822";

/// The name under which a part is saved.
pub fn named(name: &Text, kind: &Text) -> SafeFileName {
    let said = name.as_untrusted().trim();
    let kind = kind.as_untrusted().to_ascii_lowercase();
    let extension = EXTENSIONS.iter().find(|(known, _)| *known == kind).map(|(_, extension)| *extension);
    match extension {
        // Mail programs name a message by its subject, and open it by its extension.
        Some(extension) if kind == MESSAGE && !ends_with(said, extension) => {
            SafeFileName::of(&format!("{}.{extension}", if said.is_empty() { "message" } else { said }))
        }
        Some(extension) if said.is_empty() => SafeFileName::of(&format!("attachment.{extension}")),
        _ => SafeFileName::of(said),
    }
}

/// What kind of file it is, by its name.
pub fn kind_of(name: &str) -> &'static str {
    let extension = name.rsplit_once('.').map_or("", |(_, last)| last);
    let as_said = match extension.to_ascii_lowercase().as_str() {
        "jpeg" | "jpe" => "jpg".to_owned(),
        "htm" => "html".to_owned(),
        "text" | "log" | "md" => "txt".to_owned(),
        other => other.to_owned(),
    };
    let known = EXTENSIONS.iter().find(|(_, known)| *known == as_said);
    known.map_or("application/octet-stream", |(kind, _)| kind)
}

fn ends_with(name: &str, extension: &str) -> bool {
    name.rsplit_once('.').is_some_and(|(_, last)| last.eq_ignore_ascii_case(extension))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn f01_a_part_without_a_name_is_called_by_what_it_is() {
        for (name, kind, file) in [
            ("报告.pdf", "application/pdf", "报告.pdf"),
            ("", "application/PDF", "attachment.pdf"),
            (" ", "application/x-unknown", "attachment"),
            ("", "message/rfc822", "message.eml"),
            ("Re: 周末/去爬山", "message/rfc822", "去爬山.eml"),
            ("x.EML", "message/rfc822", "x.EML"),
            ("../../x", "image/png", "x"),
            ("x.exe", "image/png", "x.exe"),
        ] {
            assert_eq!(named(&Text::new(name), &Text::new(kind)).as_str(), file);
        }
    }
}
