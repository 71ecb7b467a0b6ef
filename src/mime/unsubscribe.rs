//! How a mailing list may be left: by what its messages say of it (RFC 2369, RFC 8058).

use super::header::each_field;
use crate::model::Unsubscribe;
use crate::text::Text;

/// Nobody offers more ways in good faith.
const MOST: usize = 8;
/// A longer address is none.
const LONGEST: usize = 4 * 1024;

/// What the header of a message says; `None` if it says nothing that could be used.
pub(super) fn unsubscribe(header: &[u8]) -> Option<Unsubscribe> {
    let mut found = Unsubscribe::default();
    let mut written = 0;
    let mut clicks = 0;
    each_field(header, |name, value| {
        if name.eq_ignore_ascii_case(b"list-unsubscribe") {
            written += 1;
            add(&String::from_utf8_lossy(value), &mut found.ways);
        } else if name.eq_ignore_ascii_case(b"list-unsubscribe-post") {
            clicks += 1;
            found.one_click = value.trim_ascii().eq_ignore_ascii_case(b"List-Unsubscribe=One-Click");
        }
    });
    // Where a field stands twice somebody added one, and nobody knows who.
    found.one_click &= written == 1 && clicks == 1;
    (!found.ways.is_empty()).then_some(found)
}

/// Addresses stand between angle brackets; folded ones have blanks in them that do not belong to them.
fn add(value: &str, ways: &mut Vec<Text>) {
    let mut rest = value;
    while let Some((_, behind)) = rest.split_once('<') {
        let Some((inside, after)) = behind.split_once('>') else { return };
        rest = after;
        let way: String = inside.chars().filter(|c| !c.is_whitespace() && !c.is_control()).collect();
        let scheme = way.split_once(':').map(|(scheme, _)| scheme.to_ascii_lowercase()).unwrap_or_default();
        let known = matches!(scheme.as_str(), "https" | "http" | "mailto");
        if known && way.len() <= LONGEST && ways.len() < MOST {
            ways.push(Text::new(way));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(header: &str) -> Option<(Vec<String>, bool)> {
        let found = unsubscribe(header.replace('\n', "\r\n").as_bytes())?;
        Some((found.ways.iter().map(|way| way.as_untrusted().to_owned()).collect(), found.one_click))
    }

    #[test]
    fn the_ways_are_listed_in_their_order() {
        let ways = |ways: &[&str], click| Some((ways.iter().map(|way| (*way).to_owned()).collect(), click));
        for (header, found) in [
            (
                "List-Unsubscribe: <mailto:leave@list.example?subject=x>, (or) <https://list.example/l?u=1>\n",
                ways(&["mailto:leave@list.example?subject=x", "https://list.example/l?u=1"], false),
            ),
            (
                "List-Unsubscribe: <https://list.example/a\n b>\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\n",
                ways(&["https://list.example/ab"], true),
            ),
            ("List-Unsubscribe: <javascript:alert(1)>, <file:///etc/passwd>\n", None),
            ("List-Unsubscribe: https://list.example/bare\n", None),
            ("List-Unsubscribe: <https://list.example/open\n", None),
            ("List-Unsubscribe-Post: List-Unsubscribe=One-Click\n", None),
            (
                "List-Unsubscribe: <https://a.example>\nList-Unsubscribe-Post: yes\n",
                ways(&["https://a.example"], false),
            ),
            (
                "List-Unsubscribe: <https://a.example>\nList-Unsubscribe: <https://b.example>\n\
                 List-Unsubscribe-Post: List-Unsubscribe=One-Click\n",
                ways(&["https://a.example", "https://b.example"], false),
            ),
        ] {
            assert_eq!(of(header), found, "{header}");
        }
    }

    #[test]
    fn there_is_an_end_to_it() {
        let many = format!("List-Unsubscribe: {}\n", "<https://a.example>,".repeat(2_000));
        assert_eq!(of(&many).unwrap().0.len(), MOST);
        assert_eq!(of(&format!("List-Unsubscribe: <https://a.example/{}>\n", "x".repeat(LONGEST))), None);
    }
}
