//! Which host an address leads to, and who owns it.

/// With its colon, and more than that: of the schemes that lead to a host.
const LONGEST_SCHEME: usize = 8;

/// No name of a host is longer, in whatever letters.
const LONGEST: usize = 1_024;

/// Where an address of the web or of mail leads.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Place {
    /// In lower case, without port and last point.
    pub(super) host: String,
    /// What stands before an `@` in an address of the web and looks like a host: `https://bank.example@evil.example/`.
    pub(super) pretended: Option<String>,
}

/// Where `http:`, `https:` and `mailto:` lead; nothing else leads to a host.
pub(super) fn of_url(url: &str) -> Option<Place> {
    // As whoever opens it reads it: without what cannot be seen, and with both kinds of slashes.
    let mut chars = url.trim().chars().filter(|c| !c.is_control()).map(|c| if c == '\\' { '/' } else { c });
    let scheme: String = chars.by_ref().take(LONGEST_SCHEME).take_while(|c| *c != ':').collect();
    if scheme.eq_ignore_ascii_case("mailto") {
        let address: String = chars.take_while(|c| *c != '?').collect();
        return Some(Place { host: of_address(&address.replace("%40", "@"))?, pretended: None });
    }
    if !scheme.eq_ignore_ascii_case("http") && !scheme.eq_ignore_ascii_case("https") {
        return None;
    }
    let authority: String = chars.skip_while(|c| *c == '/').take_while(|c| !matches!(c, '/' | '?' | '#')).collect();
    let (user, host) = authority.rsplit_once('@').map_or((None, authority.as_str()), |(user, host)| (Some(user), host));
    let pretended = user
        .map(unescaped)
        .and_then(|user| user.split(|c| c == ':' || is_like_slash(c)).next().map(|user| user.replace('\u{2024}', ".")))
        .filter(|user| user.contains('.') && user.chars().all(|c| c.is_alphanumeric() || matches!(c, '.' | '-')));
    Some(Place { host: host_alone(&unescaped(host))?, pretended })
}

/// The host behind the last `@`.
pub(super) fn of_address(address: &str) -> Option<String> {
    let (_, host) = address.trim().rsplit_once(['@', '＠'])?;
    host_alone(host.trim_end_matches(['>', '＞', '〉', '》']))
}

fn host_alone(host: &str) -> Option<String> {
    let host = host.trim();
    let bare = if host.starts_with('[') {
        host.split(']').next().map(|host| format!("{host}]"))?
    } else {
        host.split(':').next()?.trim_end_matches(is_point).to_owned()
    };
    let host: String = bare.chars().map(|c| if is_point(c) { '.' } else { c }).flat_map(char::to_lowercase).collect();
    (!host.is_empty() && host.len() <= LONGEST && !host.contains(char::is_whitespace)).then_some(host)
}

/// The points that the rules of names know.
fn is_point(c: char) -> bool {
    matches!(c, '.' | '。' | '．' | '｡')
}

/// Signs that are read as the slash behind a host, and are none.
pub(super) fn is_like_slash(c: char) -> bool {
    matches!(c, '\u{2044}' | '\u{2215}' | '\u{29f8}' | '\u{ff0f}')
}

fn unescaped(text: &str) -> String {
    if !text.contains('%') {
        return text.to_owned();
    }
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let escaped = after.get(..2).filter(|_| *first == b'%').and_then(|two| std::str::from_utf8(two).ok());
        if let Some(byte) = escaped.and_then(|two| u8::from_str_radix(two, 16).ok()) {
            bytes.push(byte);
            rest = after.get(2..).unwrap_or_default();
        } else {
            bytes.push(*first);
            rest = after;
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Second labels under which anybody may have a name, where the last one is a country.
const PUBLIC: [&str; 22] = [
    "ac", "co", "com", "edu", "firm", "gen", "go", "gob", "gouv", "gov", "gv", "idv", "ind", "mil", "ne", "net", "nhs",
    "nom", "or", "org", "plc", "sch",
];

/// Provinces of China, which may stand before `.cn`.
const PROVINCES: [&str; 34] = [
    "ah", "bj", "cq", "fj", "gd", "gs", "gx", "gz", "ha", "hb", "he", "hi", "hk", "hl", "hn", "jl", "js", "jx", "ln",
    "mo", "nm", "nx", "qh", "sc", "sd", "sh", "sn", "sx", "tj", "tw", "xj", "xz", "yn", "zj",
];

/// Where each name below belongs to somebody else.
const HOSTERS: [&str; 22] = [
    "github.io",
    "gitee.io",
    "gitlab.io",
    "blogspot.com",
    "pages.dev",
    "workers.dev",
    "netlify.app",
    "vercel.app",
    "web.app",
    "firebaseapp.com",
    "herokuapp.com",
    "azurewebsites.net",
    "windows.net",
    "cloudfront.net",
    "amazonaws.com",
    "myqcloud.com",
    "aliyuncs.com",
    "myshopify.com",
    "weebly.com",
    "wixsite.com",
    "ngrok.io",
    "r2.dev",
];

/// The part of a host that somebody owns: `example.com` of `www.example.com`.
pub(super) fn owned(host: &str) -> &str {
    if host.starts_with('[') || host.split('.').all(|label| label.bytes().all(|byte| byte.is_ascii_digit())) {
        return host;
    }
    let two = last(host, 2);
    let (second, top) = two.split_once('.').unwrap_or(("", two));
    let is_country = top.len() == 2 && top.is_ascii();
    let is_public = is_country && (PUBLIC.contains(&second) || top == "cn" && PROVINCES.contains(&second));
    if is_public || HOSTERS.contains(&two) { last(host, 3) } else { two }
}

fn last(host: &str, labels: usize) -> &str {
    let mut points = host.rmatch_indices('.').map(|(at, _)| at);
    let start = labels.checked_sub(1).and_then(|before| points.nth(before)).map_or(0, |at| at + 1);
    host.get(start..).unwrap_or(host)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn host(url: &str) -> Option<String> {
        of_url(url).map(|place| place.host)
    }

    #[test]
    fn the_host_of_an_address() {
        for (url, wanted) in [
            ("https://www.Example.com:443/x?y@z#w", "www.example.com"),
            ("HTTP://a.example", "a.example"),
            ("https:\\\\evil.example\\@bank.example", "evil.example"),
            ("https:/evil.example/x", "evil.example"),
            ("ht\ttps://ev\nil.example./", "evil.example"),
            ("https://%65vil.example/", "evil.example"),
            ("https://user:pw@evil.example/", "evil.example"),
            ("http://[::1]:80/", "[::1]"),
            ("mailto:a@b.example?subject=x@y", "b.example"),
            ("mailto:a%40b.example", "b.example"),
            ("http://a。example／x", "a.example／x"),
        ] {
            assert_eq!(host(url).as_deref(), Some(wanted), "{url}");
        }
        for url in ["javascript:alert(1)", "data:text/html,x", "x", "", "http://", "cid:a@b", "/path", "https://@/"] {
            assert_eq!(host(url), None, "{url}");
        }
        let far = format!("https://bank.example:{}@evil.example/", "x".repeat(100_000));
        assert_eq!(of_url(&far).unwrap().pretended.as_deref(), Some("bank.example"));
        assert_eq!(host(&far).as_deref(), Some("evil.example"));
        assert_eq!(host(&format!("https://{}example/", "a.".repeat(1_000))), None);
        let place = of_url("https://bank.example@evil.example/").unwrap();
        assert_eq!(place.pretended.as_deref(), Some("bank.example"));
        let place = of_url("https://bank\u{2024}example\u{2044}login@evil.example/").unwrap();
        assert_eq!(place.pretended.as_deref(), Some("bank.example"));
        assert_eq!(of_url("https://user@evil.example/").unwrap().pretended, None);
        assert_eq!(of_address("a@b@C.example>").as_deref(), Some("c.example"));
        assert_eq!(of_address("a@c.example＞").as_deref(), Some("c.example"));
    }

    #[test]
    fn who_owns_it() {
        for (host, wanted) in [
            ("www.example.com", "example.com"),
            ("example.com", "example.com"),
            ("a.b.example.com.cn", "example.com.cn"),
            ("www.example.bj.cn", "example.bj.cn"),
            ("x.co.uk", "x.co.uk"),
            ("somebody.github.io", "somebody.github.io"),
            ("mail.qq.com", "qq.com"),
            ("127.0.0.1", "127.0.0.1"),
            ("[::1]", "[::1]"),
            ("localhost", "localhost"),
            ("", ""),
        ] {
            assert_eq!(owned(host), wanted, "{host}");
        }
    }
}
