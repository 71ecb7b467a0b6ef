//! Names of hosts that are written so that a person reads another one.
//!
//! Letters that look like others are known by a small table: of Cyrillic, Greek, full-width and decorated letters, and of
//! the digits and pairs that pass for letters. It is compared with names that are worth imitating, and with the user's own.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::host;
use crate::text::punycode;

/// Names that are imitated.
const IMITATED: [&str; 84] = [
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
    "alipay.com",
    "taobao.com",
    "tmall.com",
    "jd.com",
    "pinduoduo.com",
    "meituan.com",
    "baidu.com",
    "weibo.com",
    "bilibili.com",
    "douyin.com",
    "zhihu.com",
    "tencent.com",
    "wechat.com",
    "alibaba.com",
    "netease.com",
    "huawei.com",
    "xiaomi.com",
    "dingtalk.com",
    "feishu.cn",
    "icbc.com.cn",
    "ccb.com",
    "abchina.com",
    "boc.cn",
    "bankofchina.com",
    "bankcomm.com",
    "cmbchina.com",
    "psbc.com",
    "citicbank.com",
    "unionpay.com",
    "12306.cn",
    "10086.cn",
    "10010.com",
    "chsi.com.cn",
    "chinatax.gov.cn",
    "apple.com",
    "icloud.com",
    "microsoft.com",
    "outlook.com",
    "hotmail.com",
    "live.com",
    "office.com",
    "google.com",
    "gmail.com",
    "youtube.com",
    "github.com",
    "gitlab.com",
    "amazon.com",
    "amazon.cn",
    "paypal.com",
    "visa.com",
    "mastercard.com",
    "facebook.com",
    "instagram.com",
    "linkedin.com",
    "twitter.com",
    "netflix.com",
    "dropbox.com",
    "adobe.com",
    "docusign.com",
    "docusign.net",
    "steampowered.com",
    "steamcommunity.com",
    "dhl.com",
    "fedex.com",
    "whatsapp.com",
    "telegram.org",
    "yahoo.com",
    "booking.com",
    "coinbase.com",
    "binance.com",
];

/// Passes for a point, and is none in a name.
const LIKE_POINT: char = '\u{2024}';

/// More words are in no name.
const MOST_WORDS: usize = 32;

/// What is put beside a name that is known, to be believed.
const BAIT: [&str; 22] = [
    "secure",
    "security",
    "safe",
    "login",
    "logon",
    "signin",
    "verify",
    "verification",
    "account",
    "accounts",
    "support",
    "service",
    "services",
    "update",
    "mail",
    "auth",
    "confirm",
    "unlock",
    "billing",
    "official",
    "alert",
    "help",
];

/// Known names that are words of every day as well.
const WORDS: [&str; 5] = ["live", "office", "booking", "visa", "outlook"];

/// Who carries pages for others, below names that begin with those of their customers.
const DELIVERERS: [&str; 22] = [
    "tbcache.com",
    "akadns.net",
    "akamai.net",
    "akamaized.net",
    "akamaiedge.net",
    "edgekey.net",
    "edgesuite.net",
    "alikunlun.com",
    "kunlunsl.com",
    "kunlunca.com",
    "kunluncan.com",
    "alibabadns.com",
    "cdngslb.com",
    "wscdns.com",
    "wsglb0.com",
    "wsdvs.com",
    "lxdns.com",
    "chinacache.net",
    "ccgslb.com",
    "tdnsv5.com",
    "bdydns.com",
    "shifen.com",
];

/// What a host may be taken for: names that are imitated, by how they look.
pub(super) struct Known {
    own: Vec<(String, String)>,
}

/// The table by how its names look: made once, because every message asks.
static BY_LOOK: LazyLock<HashMap<String, &'static str>> =
    LazyLock::new(|| IMITATED.iter().map(|domain| (look(domain), *domain)).collect());

impl Known {
    /// With the domains of the user's own addresses.
    pub(super) fn with(own: &[&str]) -> Self {
        let own = own.iter().map(|domain| domain.to_lowercase());
        Self { own: own.map(|domain| (look(&domain), domain)).collect() }
    }

    fn by_look(&self, looks: &str) -> Option<&str> {
        let own = self.own.iter().find(|(look, _)| look == looks).map(|(_, domain)| domain.as_str());
        own.or_else(|| BY_LOOK.get(looks).copied())
    }

    /// What this host passes for, if it is not what it looks like.
    pub(super) fn imitated_by(&self, host: &str) -> Option<String> {
        let read = punycode::in_letters(host).to_lowercase();
        // Signs that pass for those that end a name or a label.
        if let Some((before, _)) = read.split_once(host::is_like_slash) {
            return Some(host::owned(&plain(before)).to_owned());
        }
        if read.contains(LIKE_POINT) {
            let read = plain(&read.replace(LIKE_POINT, "."));
            return Some(self.in_front(&read).unwrap_or_else(|| host::owned(&read).to_owned()));
        }
        let owned = host::owned(&read);
        let looks = look(owned);
        if let Some(known) = self.by_look(&looks) {
            // Below a name that is known, everything is its owner's.
            return (known != owned && !is_neighbour(known, owned)).then(|| known.to_owned());
        }
        if let Some(known) = baited(owned) {
            return Some(known.to_owned());
        }
        if let Some(before) = read.strip_suffix(owned)
            && !DELIVERERS.contains(&owned)
            && let Some(known) = self.in_front(before.trim_end_matches('.'))
        {
            return Some(known);
        }
        is_disguised(&read).then(|| host::owned(&plain(&read)).to_owned())
    }

    /// `qq.com` of `mail.qq.com.evil.example`: what is read first decides what is believed.
    fn in_front(&self, labels: &str) -> Option<String> {
        let mut rest = labels;
        while rest.contains('.') {
            let own = self.own.iter().map(|(_, domain)| domain.as_str());
            let known = IMITATED.iter().copied().chain(own).find(|known| {
                rest.strip_prefix(*known).is_some_and(|after| after.is_empty() || after.starts_with('.'))
            });
            if known.is_some() {
                return known.map(str::to_owned);
            }
            rest = rest.split_once('.').map_or("", |(_, rest)| rest);
        }
        None
    }
}

/// `qq.com` of `qq-com.cn`, `apple.com` of `secure-apple.com`: a name that is known with more beside it.
fn baited(owned: &str) -> Option<&'static str> {
    let label = owned.split('.').next().filter(|label| label.contains('-'))?;
    let words: Vec<&str> = label.split('-').filter(|word| !word.is_empty()).take(MOST_WORDS).collect();
    let is_written_out = |known: &str| {
        let labels: Vec<&str> = known.split('.').collect();
        words.windows(labels.len()).any(|some| some == labels)
    };
    let has_bait = words.iter().any(|word| BAIT.contains(word));
    let is_named = |known: &str| {
        let name = known.split('.').next().unwrap_or_default();
        !WORDS.contains(&name) && words.contains(&name)
    };
    IMITATED.iter().copied().find(|known| is_written_out(known) || has_bait && is_named(known))
}

/// Short names that differ in an i and an l: there are so few that each is somebody's.
fn is_neighbour(known: &str, name: &str) -> bool {
    let is_short = name.split('.').next().is_some_and(|label| label.len() <= 4);
    let differ = |(a, b): (u8, u8)| a != b && !matches!((a, b), (b'i', b'l') | (b'l', b'i'));
    is_short && known.len() == name.len() && !known.bytes().zip(name.bytes()).any(differ)
}

/// True if its letters are others than they seem, whoever it imitates.
fn is_disguised(host: &str) -> bool {
    let top = host.rsplit('.').next().unwrap_or_default();
    host.split('.').any(|label| {
        let mut scripts = Scripts::default();
        for c in label.chars() {
            scripts.add(c);
        }
        scripts.styled
            || scripts.mixed()
            // A whole word of letters that have twins, where nothing else is in that script.
            || top.is_ascii() && !label.is_ascii() && label.chars().all(|c| is_free(c) || is_foreign(c) && in_table(c, &TWINS).is_some())
    })
}

fn is_free(c: char) -> bool {
    c == '-' || c.is_ascii_digit()
}

#[derive(Default)]
struct Scripts {
    latin: bool,
    cyrillic: bool,
    greek: bool,
    /// Full-width, or bold and such: the same letters in another dress.
    styled: bool,
}

impl Scripts {
    fn add(&mut self, c: char) {
        match c {
            'a'..='z' | 'A'..='Z' | '\u{c0}'..='\u{24f}' | '\u{250}'..='\u{2af}' | '\u{1e00}'..='\u{1eff}' => {
                self.latin = true;
            }
            '\u{370}'..='\u{3ff}' | '\u{1f00}'..='\u{1fff}' => self.greek = true,
            // Armenian and Cherokee beside Latin are there for the same reason.
            '\u{400}'..='\u{58f}' | '\u{13a0}'..='\u{13ff}' => self.cyrillic = true,
            _ => self.styled |= undressed(c).is_some(),
        }
    }

    fn mixed(&self) -> bool {
        u8::from(self.latin) + u8::from(self.cyrillic) + u8::from(self.greek) > 1
    }
}

fn is_foreign(c: char) -> bool {
    matches!(c, '\u{370}'..='\u{58f}' | '\u{1f00}'..='\u{1fff}')
}

/// Letters that cannot be told from the Latin one behind them.
const TWINS: [(&str, char); 20] = [
    ("аα", 'a'),
    ("с", 'c'),
    ("ԁ", 'd'),
    ("е", 'e'),
    ("һ", 'h'),
    ("іι", 'i'),
    ("ј", 'j'),
    ("κ", 'k'),
    ("ӏ", 'l'),
    ("оο", 'o'),
    ("рρ", 'p'),
    ("ԛ", 'q'),
    ("ѕ", 's'),
    ("υ", 'u'),
    ("ѵν", 'v'),
    ("ԝ", 'w'),
    ("хχ", 'x'),
    ("у", 'y'),
    ("ո", 'n'),
    ("ս", 'u'),
];

/// Letters that pass for the Latin one behind them where others stand around.
const NEAR: [(&str, char); 20] = [
    ("яɑ", 'a'),
    ("вьβ", 'b'),
    ("ƈ", 'c'),
    ("ɗ", 'd'),
    ("ёεҽ", 'e'),
    ("ƒ", 'f'),
    ("ɡցɢ", 'g'),
    ("нհ", 'h'),
    ("їɩӀ", 'i'),
    ("кқ", 'k'),
    ("ɭ", 'l'),
    ("м", 'm'),
    ("пղη", 'n'),
    ("օσө", 'o'),
    ("г", 'r'),
    ("ʂ", 's'),
    ("тτ", 't'),
    ("и", 'u'),
    ("ωѡա", 'w'),
    ("γү", 'y'),
];

fn in_table(c: char, table: &[(&str, char)]) -> Option<char> {
    table.iter().find(|(letters, _)| letters.contains(c)).map(|(_, like)| *like)
}

/// A host in the letters that a person reads.
fn plain(host: &str) -> String {
    host.chars().map(as_read).collect()
}

fn as_read(c: char) -> char {
    if c.is_ascii() {
        return c;
    }
    undressed(c).or_else(|| in_table(c, &TWINS)).or_else(|| in_table(c, &NEAR)).or_else(|| undecorated(c)).unwrap_or(c)
}

/// Full-width letters and those that mathematicians write, as plain ones.
pub(super) fn undressed(c: char) -> Option<char> {
    let code = u32::from(c);
    let letter = |first: char, at: u32| char::from_u32(u32::from(first) + at);
    match code {
        0xff01..=0xff5e => char::from_u32(code - 0xfee0).map(|c| c.to_ascii_lowercase()),
        0x1d400..=0x1d6a3 => letter('a', (code - 0x1d400) % 26),
        0x1d7ce..=0x1d7ff => letter('0', (code - 0x1d7ce) % 10),
        0x24d0..=0x24e9 => letter('a', code - 0x24d0),
        _ => None,
    }
}

/// A letter without what stands above, below or in it.
fn undecorated(c: char) -> Option<char> {
    Some(match c {
        'à'..='æ' | 'ā'..='ą' | '\u{1ea0}'..='\u{1eb7}' | 'ǎ' => 'a',
        'ç' | 'ć'..='č' => 'c',
        'ď'..='đ' => 'd',
        'è'..='ë' | 'ē'..='ě' | '\u{1eb8}'..='\u{1ec7}' => 'e',
        'ĝ'..='ģ' => 'g',
        'ĥ'..='ħ' => 'h',
        'ì'..='ï' | 'ĩ'..='ı' | '\u{1ec8}'..='\u{1ecb}' | 'ǐ' => 'i',
        'ĵ' => 'j',
        'ķ'..='ĸ' => 'k',
        'ĺ'..='ł' => 'l',
        'ñ' | 'ń'..='ŋ' => 'n',
        'ò'..='ö' | 'ø' | 'ō'..='ő' | '\u{1ecc}'..='\u{1ee3}' | 'ǒ' => 'o',
        'ŕ'..='ř' => 'r',
        'ś'..='š' => 's',
        'ţ'..='ŧ' => 't',
        'ù'..='ü' | 'ũ'..='ų' | '\u{1ee4}'..='\u{1ef1}' | 'ǔ' => 'u',
        'ŵ' => 'w',
        'ý' | 'ÿ' | 'ŷ' | '\u{1ef2}'..='\u{1ef9}' => 'y',
        'ź'..='ž' => 'z',
        _ => return None,
    })
}

/// What two names share that a hurried person takes for one another.
fn look(host: &str) -> String {
    let mut out = String::with_capacity(host.len());
    for c in host.chars().map(as_read) {
        let c = match c {
            '0' => 'o',
            '1' | 'i' | '|' => 'l',
            other => other,
        };
        match (out.ends_with('r') && c == 'n', out.ends_with('v') && c == 'v') {
            (true, _) => {
                out.pop();
                out.push('m');
            }
            (_, true) => {
                out.pop();
                out.push('w');
            }
            _ => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests;
