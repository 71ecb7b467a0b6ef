//! Which addresses of a page are links: those that lead to a place on the web or to a person, and no others.

const SCHEMES: [&str; 3] = ["http://", "https://", "mailto:"];

/// Where it leads, if it leads anywhere.
pub(super) fn target(href: &str) -> Option<String> {
    // Browsers look over these, wherever they are.
    let address: String = href.chars().filter(|c| !matches!(c, '\t' | '\n' | '\r')).collect();
    let address = address.trim_matches(|c: char| c <= ' ');
    let leads = |scheme: &&str| {
        let start = address.get(..scheme.len());
        start.is_some_and(|start| start.eq_ignore_ascii_case(scheme)) && address.len() > scheme.len()
    };
    SCHEMES.iter().any(leads).then(|| address.to_owned())
}
