//! What others need not read: addresses, names of private machines, the path of one's home. A report is made to be pasted
//! somewhere; whoever wants to see everything says `--addresses`.

use std::net::IpAddr;
use std::path::Path;

use crate::text::typing_errors;

/// Texts are no longer than this.
const LONGEST: usize = 2_000;

/// Endings that are mistaken for one another.
const ENDINGS: [&str; 4] = ["com", "cn", "net", "org"];

/// How those begin to call themselves who sign certificates for everybody; in lower case.
const AUTHORITIES: [&str; 43] = [
    "actalis",
    "amazon",
    "apple inc",
    "asseco data systems",
    "beijing xinchacha",
    "buypass",
    "certigna",
    "cersign",
    "china financial certification authority",
    "chunghwa telecom",
    "cloudflare",
    "comodo ca",
    "d-trust",
    "deutsche telekom security",
    "dhimyotis",
    "digicert",
    "dnspod",
    "emudhra",
    "entrust",
    "geant vereniging",
    "geotrust",
    "globalsign",
    "godaddy",
    "google trust services",
    "hellenic academic",
    "identrust",
    "internet security research group",
    "itruschina",
    "let's encrypt",
    "microsoft corporation",
    "quovadis",
    "rapidssl",
    "sectigo",
    "shanghai ruisu",
    "ssl corp",
    "starfield technologies",
    "swisssign",
    "taiwan-ca",
    "thawte",
    "trustasia",
    "unizeto",
    "wotrus",
    "zerossl",
];

#[derive(Clone, Default, Debug)]
pub(in crate::cli) struct Veil {
    lifted: bool,
    /// Domains of providers, which may be seen; in lower case.
    known: Vec<String>,
    /// What mail addresses of providers end with; in lower case.
    domains: Vec<String>,
    home: Option<String>,
    /// Folders elsewhere, and what is shown of them.
    folders: Vec<(String, String)>,
    /// Words that stand for somebody, in lower case, and what is shown instead; the longest first.
    private: Vec<(String, String)>,
}

impl Veil {
    pub(super) fn new(lifted: bool, known: Vec<String>, home: Option<String>) -> Self {
        let home = home.map(|home| home.trim_end_matches('/').to_owned()).filter(|home| home.len() > 1);
        Self { lifted, known, domains: Vec::new(), home, folders: Vec::new(), private: Vec::new() }
    }

    /// The same, where a name that is nearly one of these may be seen: it is the fault that somebody looks for.
    pub(super) fn near(mut self, domains: Vec<String>) -> Self {
        self.domains = domains;
        self
    }

    /// The same with our own folders, which are not shown if they are not below one's home.
    pub(super) fn over_folders(mut self, folders: &[&Path]) -> Self {
        for folder in folders {
            let is_at_home = self.home.as_ref().is_some_and(|home| folder.starts_with(home));
            if folder.parent().is_some() && !is_at_home {
                self.folders.push((folder.display().to_string(), "…".to_owned()));
            }
        }
        self.folders.sort_by_key(|(folder, _)| std::cmp::Reverse(folder.len()));
        self
    }

    /// The same for one account: its login and its domain are hidden wherever they stand. `hosts` are the names of its
    /// servers, which are hidden if they are nobody's but his.
    pub(super) fn over(&self, address: &str, login: &str, hosts: &[&str]) -> Self {
        let mut veil = self.clone();
        let (local, domain) = address.rsplit_once('@').unwrap_or((address, ""));
        let mut hide = |word: &str, shown: String| {
            if word.chars().count() > 1 {
                veil.private.push((word.to_lowercase(), shown));
            }
        };
        for host in hosts.iter().chain([&domain]) {
            if !self.is_public(host) {
                hide(host, masked_host(host));
            }
        }
        if !login.eq_ignore_ascii_case(address) && !login.contains('@') {
            hide(login, initial(login));
        }
        if local.chars().count() >= 3 {
            hide(local, initial(local));
        }
        veil.private.sort_by_key(|(word, _)| std::cmp::Reverse(word.len()));
        veil
    }

    /// True if this is a provider's, or of this machine: everybody may know it.
    pub(super) fn is_known(&self, host: &str) -> bool {
        let host = host.to_ascii_lowercase();
        host == "localhost"
            || host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
            || self.known.iter().any(|known| {
                host.strip_suffix(known.as_str()).is_some_and(|before| before.is_empty() || before.ends_with('.'))
            })
    }

    /// True if it is one of a provider, or was meant to be.
    fn is_public(&self, host: &str) -> bool {
        self.is_known(host) || self.domains.iter().any(|domain| is_nearly(host, domain))
    }

    /// Who signed a certificate, if that may be seen: whoever signs for everybody. One's own authority has one's name.
    pub(in crate::cli) fn authority<'a>(&self, issuer: &'a str) -> Option<&'a str> {
        let lower = issuer.to_lowercase();
        let begins = |name: &&str| {
            lower.strip_prefix(*name).is_some_and(|rest| !rest.chars().next().is_some_and(char::is_alphanumeric))
        };
        (self.lifted || AUTHORITIES.iter().any(begins)).then_some(issuer)
    }

    pub(in crate::cli) fn is_lifted(&self) -> bool {
        self.lifted
    }

    /// A name of a machine.
    pub(in crate::cli) fn host(&self, host: &str) -> String {
        if self.lifted || self.is_public(host) { host.to_owned() } else { masked_host(host) }
    }

    /// An address of a machine: those of a provider may be seen.
    pub(in crate::cli) fn ip(&self, address: IpAddr, is_of_a_provider: bool) -> String {
        match address {
            _ if self.lifted || is_of_a_provider || address.is_loopback() => address.to_string(),
            IpAddr::V4(_) => "IPv4".to_owned(),
            IpAddr::V6(_) => "IPv6".to_owned(),
        }
    }

    /// A text in which somebody's words may stand.
    pub(in crate::cli) fn text(&self, text: &str) -> String {
        let text: String = text.chars().take(LONGEST).collect();
        if self.lifted {
            return text;
        }
        let mut shown = self.addresses(&text);
        if let Some(home) = &self.home {
            shown = replaced(&shown, home, "~", &|c| c == '/' || !c.is_alphanumeric());
        }
        for (folder, instead) in &self.folders {
            shown = replaced(&shown, folder, instead, &|c| c == '/' || !c.is_alphanumeric());
        }
        for (word, instead) in &self.private {
            shown = replaced(&shown, word, instead, &|c: char| !c.is_alphanumeric());
        }
        shown
    }

    /// Everything that looks like a mail address.
    fn addresses(&self, text: &str) -> String {
        let mut shown = String::with_capacity(text.len());
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('@') {
            let of_domain = |c: char| c.is_alphanumeric() || matches!(c, '.' | '-');
            let end = after.find(|c| !of_domain(c)).unwrap_or(after.len());
            let (domain, tail) = after.split_at(end);
            let of_name = |c: char| c.is_alphanumeric() || matches!(c, '.' | '-' | '_' | '+' | '%' | '=');
            let name = before.rsplit(|c| !of_name(c)).next().unwrap_or_default();
            shown.push_str(before.strip_suffix(name).unwrap_or(before));
            if name.is_empty() || domain.trim_matches('.').is_empty() {
                shown.push_str(name);
                shown.push('@');
                shown.push_str(domain);
            } else {
                // A full stop ends the sentence.
                let (domain, stop) = domain.strip_suffix('.').map_or((domain, ""), |domain| (domain, "."));
                shown.extend([initial(name).as_str(), "@", self.host(domain).as_str(), stop]);
            }
            rest = tail;
        }
        shown.push_str(rest);
        shown
    }
}

/// The end of the name is this domain, but for a typing error, two in a long one, or another usual ending.
fn is_nearly(host: &str, domain: &str) -> bool {
    let host = host.to_ascii_lowercase();
    let labels: Vec<&str> = host.split('.').collect();
    let beginning = labels.len().saturating_sub(domain.split('.').count());
    let end = labels.get(beginning..).unwrap_or_default().join(".");
    let at_most = if domain.len() <= 8 { 1 } else { 2 };
    if typing_errors(&end, domain) <= at_most {
        return true;
    }
    let (Some((name, ending)), Some((known, usual))) = (end.rsplit_once('.'), domain.rsplit_once('.')) else {
        return false;
    };
    name == known && ENDINGS.contains(&ending) && ENDINGS.contains(&usual)
}

fn initial(word: &str) -> String {
    format!("{}…", word.chars().next().unwrap_or_default())
}

/// `imap.mail.example` → `i….example`.
fn masked_host(host: &str) -> String {
    match host.rsplit_once('.') {
        Some((first, last)) if host.parse::<IpAddr>().is_err() => format!("{}.{last}", initial(first)),
        _ => initial(host),
    }
}

/// Replaces a word in any case, where it stands for itself: `edge` tells which characters may stand beside it.
fn replaced(text: &str, word: &str, instead: &str, edge: &dyn Fn(char) -> bool) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut rest = text;
    let mut before: Option<char> = None;
    while let Some(c) = rest.chars().next() {
        let here = before.is_none_or(edge).then(|| beginning(rest, word)).flatten();
        if let Some(after) = here.filter(|after| after.chars().next().is_none_or(edge)) {
            shown.push_str(instead);
            before = word.chars().next_back();
            rest = after;
        } else {
            shown.push(c);
            before = Some(c);
            rest = rest.get(c.len_utf8()..).unwrap_or_default();
        }
    }
    shown
}

/// What comes after the word, if the text begins with it.
fn beginning<'a>(text: &'a str, word: &str) -> Option<&'a str> {
    let mut chars = text.chars();
    for wanted in word.chars() {
        let c = chars.next()?;
        if c != wanted && c.to_lowercase().ne(wanted.to_lowercase()) {
            return None;
        }
    }
    Some(chars.as_str())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn veil() -> Veil {
        let known = ["qq.com", "163.com"].map(str::to_owned).to_vec();
        Veil::new(false, known, Some("/home/zhang".to_owned()))
    }

    #[test]
    fn folders_elsewhere_are_not_shown() {
        let veil = Veil::new(false, Vec::new(), Some("/home/zhang".to_owned())).over_folders(&[
            Path::new("/srv/zhang/mail"),
            Path::new("/srv/zhang"),
            Path::new("/home/zhang/x"),
        ]);
        assert_eq!(veil.text("in /srv/zhang/mail/own.db, /srv/zhang/config.toml"), "in …/own.db, …/config.toml");
        assert_eq!(veil.text("/home/zhang/x/y /srv/zhangs"), "~/x/y /srv/zhangs");
    }

    #[test]
    fn addresses_homes_and_private_names_are_not_for_everybody() {
        let own = veil().over("zhang.san@mail.example", "zhangsan", &["imap.mail.example"]);
        for (said, shown) in [
            ("me12345@qq.com: no", "m…@qq.com: no"),
            ("(ZHANG.SAN@Mail.Example)", "(Z…@M….Example)"),
            ("imap.mail.example refused", "i….example refused"),
            ("mx.mail.example", "mx.m….example"),
            ("/home/zhang/.config/x and /home/zhangsan/y", "~/.config/x and /home/z…/y"),
            ("user Zhangsan is unknown", "user z… is unknown"),
            ("a @ b, user@ and @here", "a @ b, user@ and @here"),
            ("见 李四@信.example。", "见 李…@信….example。"),
            ("imap.qq.com:993", "imap.qq.com:993"),
            ("x@qq.com.evil.example", "x…@q….example"),
        ] {
            assert_eq!(own.text(said), shown);
        }
        assert_eq!(
            veil().over("me@qq.com", "me@qq.com", &["imap.qq.com"]).text("imap.qq.com said me"),
            "imap.qq.com said me"
        );
        let lifted = Veil { lifted: true, ..own };
        assert_eq!(lifted.text("zhang.san@mail.example"), "zhang.san@mail.example");
    }

    #[test]
    fn a_domain_that_is_nearly_a_providers_is_seen_and_others_are_not() {
        let veil = veil().near(["qq.com", "163.com", "foxmail.com", "vip.163.com"].map(str::to_owned).to_vec());
        for (said, shown) in [
            ("me12345@qq.con", "m…@qq.con"),
            ("me12345@QQ.CN", "m…@QQ.CN"),
            ("me12345@foxmial.con", "m…@foxmial.con"),
            ("me12345@vip.162.com", "m…@vip.162.com"),
            ("imap.163.cm refused me12345@163.cm", "imap.163.cm refused m…@163.cm"),
            ("me12345@my.com", "m…@m….com"),
            ("me12345@163.example", "m…@1….example"),
            ("me12345@qq.com.evil.example", "m…@q….example"),
            ("me12345@mail.example", "m…@m….example"),
        ] {
            let (_, domain) = said.rsplit_once('@').unwrap();
            let own = veil.over(&format!("me12345@{domain}"), "me12345", &[&format!("imap.{domain}")]);
            assert_eq!(own.text(said), shown);
        }
    }

    #[test]
    fn who_signs_for_everybody_is_seen_and_ones_own_authority_is_not() {
        for (issuer, seen) in [
            ("DigiCert Inc", true),
            ("Let's Encrypt", true),
            ("TrustAsia Technologies, Inc.", true),
            ("Zhang Family CA", false),
            ("Amazonas Shipping CA", false),
            ("Not DigiCert", false),
            ("", false),
        ] {
            assert_eq!(veil().authority(issuer).is_some(), seen, "{issuer}");
        }
        assert_eq!(Veil { lifted: true, ..veil() }.authority("Zhang Family CA"), Some("Zhang Family CA"));
    }

    #[test]
    fn private_machines_have_no_numbers() {
        let (near, far): (IpAddr, IpAddr) = ("127.0.0.1".parse().unwrap(), "203.0.113.7".parse().unwrap());
        assert_eq!(veil().ip(near, false), "127.0.0.1");
        assert_eq!((veil().ip(far, false), veil().ip(far, true)), ("IPv4".to_owned(), "203.0.113.7".to_owned()));
        assert_eq!(veil().ip("2001:db8::7".parse().unwrap(), false), "IPv6");
        assert_eq!(veil().host("192.0.2.7"), "1…");
    }

    proptest! {
        #[test]
        fn whatever_stands_around_it_an_address_is_not_shown(before in ".{0,20}", after in ".{0,20}") {
            let said = format!("{before} zhang.san@mail.example {after}");
            let own = veil().over("zhang.san@mail.example", "zhang.san@mail.example", &[]);
            prop_assert!(!own.text(&said).to_lowercase().contains("zhang.san"), "{}", own.text(&said));
        }
    }
}
