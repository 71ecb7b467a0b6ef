//! What stands below everything that somebody writes, behind the line that programs know it by: `-- ` (RFC 3676).

use super::clean;

const DIVIDER: &str = "-- \n";

/// Nobody reads more.
const LONGEST: usize = 4_000;

/// A signature with the line above it; nothing where there is none.
fn block(signature: &str) -> String {
    let signature = clean::lines(clean::beginning(signature, LONGEST)).trim_end().to_owned();
    let signature = signature.trim_start_matches('\n');
    let signature = signature.strip_prefix(DIVIDER).unwrap_or(signature);
    if signature.trim().is_empty() { String::new() } else { format!("{DIVIDER}{signature}\n") }
}

/// What stands above an original: room to write in, and the signature.
pub(super) fn above(signature: &str) -> String {
    let block = block(signature);
    if block.is_empty() { "\n\n".to_owned() } else { format!("\n\n{block}\n") }
}

/// Room to write in, and the signature as the last of all.
pub(super) fn at_the_end(signature: &str) -> String {
    let block = block(signature);
    if block.is_empty() { "\n".to_owned() } else { format!("\n\n{block}") }
}

/// The text of something new.
pub fn signed(signature: &str) -> String {
    at_the_end(signature)
}

/// The text, and its signature with the line above it.
pub(super) fn parted(body: &str) -> (&str, &str) {
    let at = if body.starts_with(DIVIDER) { Some(0) } else { body.rfind("\n-- \n").map(|at| at + 1) };
    at.and_then(|at| body.split_at_checked(at)).unwrap_or((body, ""))
}

/// The text with another signature. One that the user has changed stays, and `old` may be empty. `quoted` is what the
/// original says, where it stands in the text: a new signature comes above it.
pub fn swapped(body: &str, old: &str, new: &str, quoted: Option<&str>) -> String {
    let (old, new) = (block(old), block(new));
    if old == new {
        return body.to_owned();
    }
    let end = quoted.filter(|quoted| !quoted.is_empty()).and_then(|quoted| body.rfind(quoted)).unwrap_or(body.len());
    let (own, rest) = body.split_at_checked(end).unwrap_or((body, ""));
    // A signature is whole lines.
    let place = if old.is_empty() {
        None
    } else {
        own.rfind(&old).filter(|at| *at == 0 || own.get(..*at).is_some_and(|before| before.ends_with('\n')))
    };
    if let Some(at) = place {
        let before = own.get(..at).unwrap_or_default();
        let after = own.get(at + old.len()..).unwrap_or_default();
        return [before, &new, after, rest].concat();
    }
    // Where there is another one, the user has written it.
    if !old.is_empty() || own.starts_with(DIVIDER) || own.contains("\n-- \n") {
        return body.to_owned();
    }
    let blank = if own.is_empty() || own.ends_with("\n\n") {
        ""
    } else if own.ends_with('\n') {
        "\n"
    } else {
        "\n\n"
    };
    let after = if rest.is_empty() { "" } else { "\n" };
    [own, blank, &new, after, rest].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_stands_where_it_belongs() {
        assert_eq!(signed("王五\n"), "\n\n-- \n王五\n");
        assert_eq!(signed("-- \n王五"), "\n\n-- \n王五\n");
        assert_eq!(signed(" \n"), "\n");
        assert_eq!(above("me"), "\n\n-- \nme\n\n");
    }

    #[test]
    fn another_identity_has_another_one() {
        let quoted = "--- original ---\nwords\n-- \nold\n";
        let body = format!("hello\n{}{quoted}", above("old"));
        let swap = |body: &str, old, new| swapped(body, old, new, Some(quoted));
        assert_eq!(swap(&body, "old", "new"), format!("hello\n{}{quoted}", above("new")));
        assert_eq!(swap(&body, "old", ""), format!("hello\n\n\n\n{quoted}"));
        assert_eq!(swap(&format!("hello\n\n{quoted}"), "", "new"), format!("hello\n\n-- \nnew\n\n{quoted}"));
        let changed = body.replacen("old", "my own", 1);
        assert_eq!(swap(&changed, "old", "new"), changed);
        assert_eq!(swapped("", "", "new", None), "-- \nnew\n");
        assert_eq!(swapped("x", "", "new", None), "x\n\n-- \nnew\n");
        assert_eq!(swapped("x\n\n-- \nold\n", "old", "new", None), "x\n\n-- \nnew\n");
    }
}
