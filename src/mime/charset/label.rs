//! What senders call their charsets → which decoder reads them, and what the standard for the web calls it.

use encoding_rs::{
    BIG5, EUC_JP, EUC_KR, Encoding, GB18030, GBK, IBM866, ISO_2022_JP, ISO_8859_2, ISO_8859_3, ISO_8859_4, ISO_8859_5,
    ISO_8859_6, ISO_8859_7, ISO_8859_8, ISO_8859_8_I, ISO_8859_10, ISO_8859_13, ISO_8859_14, ISO_8859_15, ISO_8859_16,
    KOI8_R, KOI8_U, MACINTOSH, REPLACEMENT, SHIFT_JIS, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_874, WINDOWS_1250,
    WINDOWS_1251, WINDOWS_1252, WINDOWS_1253, WINDOWS_1254, WINDOWS_1255, WINDOWS_1256, WINDOWS_1257, WINDOWS_1258,
    X_MAC_CYRILLIC, X_USER_DEFINED,
};

/// A longer label is no label.
const LONGEST: usize = 60;

/// How bytes are read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Charset {
    /// By the library. The gb* family is always its superset.
    Web(&'static Encoding),
    Hz,
    Iso2022Cn,
    Iso2022Kr,
    Utf7,
}

impl Charset {
    pub(super) fn of(label: &str) -> Option<Self> {
        let label = label.trim_matches(|c: char| c.is_ascii_whitespace() || matches!(c, '"' | '\'' | '<' | '>' | ';'));
        if label.is_empty() || label.len() > LONGEST {
            return None;
        }
        let lower = label.to_ascii_lowercase();
        let lower = lower.strip_prefix("charset=").unwrap_or(&lower);
        match lower {
            "hz" | "hz-gb-2312" | "hz-gb2312" | "hzgb2312" => return Some(Self::Hz),
            "iso-2022-cn" | "iso2022cn" | "iso-2022-cn-ext" | "csiso2022cn" => return Some(Self::Iso2022Cn),
            "iso-2022-kr" | "iso2022kr" | "csiso2022kr" => return Some(Self::Iso2022Kr),
            "utf-7" | "utf7" | "unicode-1-1-utf-7" | "x-unicode-2-0-utf-7" => return Some(Self::Utf7),
            _ => {}
        }
        match Encoding::for_label(lower.as_bytes()) {
            Some(encoding) if encoding == GBK => Some(Self::Web(GB18030)),
            Some(encoding) if encoding == REPLACEMENT || encoding == X_USER_DEFINED => None,
            Some(encoding) => Some(Self::Web(encoding)),
            None => by_another_name(lower).map(Self::Web),
        }
    }

    /// True if it is written in ASCII, so that text which is valid UTF-8 may still be written in it.
    pub(super) fn is_seven_bit(self) -> bool {
        match self {
            Self::Web(encoding) => encoding == ISO_2022_JP,
            Self::Hz | Self::Iso2022Cn | Self::Iso2022Kr | Self::Utf7 => true,
        }
    }

    pub(super) fn is_utf16(self) -> bool {
        matches!(self, Self::Web(encoding) if encoding == UTF_16LE || encoding == UTF_16BE)
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Web(encoding) => NAMES.iter().find(|(known, _)| *known == encoding).map_or("utf-8", |(_, name)| name),
            Self::Hz => "hz-gb-2312",
            Self::Iso2022Cn => "iso-2022-cn",
            Self::Iso2022Kr => "iso-2022-kr",
            Self::Utf7 => "utf-7",
        }
    }
}

/// True for names of ASCII: they say nothing of bytes beyond it.
pub(super) fn says_seven_bits(label: &str) -> bool {
    const LABELS: [&str; 5] = ["usascii", "ascii", "ansix341968", "iso646us", "isoir6"];
    let plain: String =
        label.chars().take(LONGEST).filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect();
    LABELS.contains(&plain.as_str())
}

fn by_another_name(lower: &str) -> Option<&'static Encoding> {
    let plain: String = lower.chars().filter(char::is_ascii_alphanumeric).collect();
    let number = plain.trim_start_matches(|c: char| c.is_ascii_alphabetic());
    let is_page = ["cp", "ms", "ibm", "windows", "win", "xcp", "codepage", "dos", ""]
        .iter()
        .any(|before| plain.strip_prefix(before).is_some_and(|rest| rest == number));
    match (is_page, number) {
        (true, "936" | "54936" | "20936") => return Some(GB18030),
        (true, "950" | "951") => return Some(BIG5),
        (true, "932") => return Some(SHIFT_JIS),
        (true, "949") => return Some(EUC_KR),
        (true, "65001") => return Some(UTF_8),
        (true, "874") => return Some(WINDOWS_874),
        (true, "866") => return Some(IBM866),
        (true, "1200") => return Some(UTF_16LE),
        (true, "1201") => return Some(UTF_16BE),
        (true, number) if number.len() == 4 && number.starts_with("125") => {
            return Encoding::for_label(["cp", number].concat().as_bytes());
        }
        _ => {}
    }
    match plain.as_str() {
        "ascii" | "ansi" | "iso646us" | "westerneuropean" => Some(WINDOWS_1252),
        "euccn" | "xeuccn" | "xgbk" | "simplifiedchinese" | "chs" => Some(GB18030),
        "cht" | "traditionalchinese" | "xbig5" | "eten" => Some(BIG5),
        "sjis" | "xsjis" => Some(SHIFT_JIS),
        "xutf8" | "unicode11utf8" | "utf8mb4" => Some(UTF_8),
        _ if plain.starts_with("gb") => Some(GB18030),
        _ if plain.starts_with("utf8") => Some(UTF_8),
        _ if plain.starts_with("big5") => Some(BIG5),
        // `iso8859_1`, `iso 8859-15`.
        _ => {
            plain.strip_prefix("iso8859").and_then(|part| Encoding::for_label(["iso-8859-", part].concat().as_bytes()))
        }
    }
}

const NAMES: &[(&Encoding, &str)] = &[
    (UTF_8, "utf-8"),
    (GB18030, "gb18030"),
    (BIG5, "big5"),
    (EUC_JP, "euc-jp"),
    (EUC_KR, "euc-kr"),
    (SHIFT_JIS, "shift_jis"),
    (ISO_2022_JP, "iso-2022-jp"),
    (UTF_16BE, "utf-16be"),
    (UTF_16LE, "utf-16le"),
    (IBM866, "ibm866"),
    (ISO_8859_2, "iso-8859-2"),
    (ISO_8859_3, "iso-8859-3"),
    (ISO_8859_4, "iso-8859-4"),
    (ISO_8859_5, "iso-8859-5"),
    (ISO_8859_6, "iso-8859-6"),
    (ISO_8859_7, "iso-8859-7"),
    (ISO_8859_8, "iso-8859-8"),
    (ISO_8859_8_I, "iso-8859-8-i"),
    (ISO_8859_10, "iso-8859-10"),
    (ISO_8859_13, "iso-8859-13"),
    (ISO_8859_14, "iso-8859-14"),
    (ISO_8859_15, "iso-8859-15"),
    (ISO_8859_16, "iso-8859-16"),
    (KOI8_R, "koi8-r"),
    (KOI8_U, "koi8-u"),
    (MACINTOSH, "macintosh"),
    (WINDOWS_874, "windows-874"),
    (WINDOWS_1250, "windows-1250"),
    (WINDOWS_1251, "windows-1251"),
    (WINDOWS_1252, "windows-1252"),
    (WINDOWS_1253, "windows-1253"),
    (WINDOWS_1254, "windows-1254"),
    (WINDOWS_1255, "windows-1255"),
    (WINDOWS_1256, "windows-1256"),
    (WINDOWS_1257, "windows-1257"),
    (WINDOWS_1258, "windows-1258"),
    (X_MAC_CYRILLIC, "x-mac-cyrillic"),
];
