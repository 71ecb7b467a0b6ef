//! Patches: what `diff` writes. Breaking its lines or folding it would make it something else.

use super::{Kinds, Line, Told};
use crate::model::SectionKind::{self, Added, Fixed, Hunk, Removed};

/// Lines between `diff --git` and `---`.
const HEAD: [&str; 14] = [
    "index ",
    "new file mode ",
    "deleted file mode ",
    "old mode ",
    "new mode ",
    "similarity index ",
    "dissimilarity index ",
    "rename from ",
    "rename to ",
    "copy from ",
    "copy to ",
    "Binary files ",
    "GIT binary patch",
    "====",
];

pub(super) fn mark(lines: &[Line<'_>], kinds: &mut Kinds) {
    let mut number = 0;
    let mut inside = false;
    while let Some(line) = lines.get(number) {
        let next = |ahead: usize| lines.get(number + ahead).map_or("", |line| line.text);
        let text = line.text;
        if line.told != Told::Nothing {
            inside = false;
        } else if let Some((old, new)) = hunk(text) {
            set(kinds, number, Hunk);
            number = body(lines, kinds, number + 1, old, new);
            inside = true;
            continue;
        } else if text.starts_with("diff --") || text.starts_with("Index: ") && next(1).starts_with("====") {
            set(kinds, number, Fixed);
            inside = true;
        } else if text.starts_with("--- ") && next(1).starts_with("+++ ") {
            set(kinds, number, Fixed);
            set(kinds, number + 1, Fixed);
            number += 2;
            inside = true;
            continue;
        } else if inside && HEAD.iter().any(|begin| text.starts_with(begin)) || is_count(text) {
            set(kinds, number, Fixed);
        } else if !(inside && line.is_blank()) {
            inside = false;
        }
        number += 1;
    }
}

fn set(kinds: &mut Kinds, number: usize, kind: SectionKind) {
    if let Some(place) = kinds.get_mut(number) {
        *place = Some(kind);
    }
}

/// `@@ -14,9 +14,12 @@ where`: how many lines it takes from the old and makes of the new.
fn hunk(text: &str) -> Option<(u64, u64)> {
    let rest = text.strip_prefix("@@ -")?;
    let (old, rest) = rest.split_once(" +")?;
    let (new, _) = rest.split_once(" @@")?;
    Some((length(old)?, length(new)?))
}

fn length(span: &str) -> Option<u64> {
    let number = |text: &str| text.parse::<u64>().ok();
    match span.split_once(',') {
        Some((from, length)) => number(from).and(number(length)),
        None => number(span).map(|_| 1),
    }
}

/// Marks the lines of a hunk, as many as it says. Returns the line behind them.
fn body(lines: &[Line<'_>], kinds: &mut Kinds, from: usize, mut old: u64, mut new: u64) -> usize {
    let mut number = from;
    while old > 0 || new > 0 {
        let Some(line) = lines.get(number).filter(|line| line.told == Told::Nothing) else { break };
        let kind = match line.text.as_bytes().first() {
            // A version below two dashes: some wrote fewer lines than they said.
            Some(b'-') if is_end(line.text, lines.get(number + 1)) => break,
            Some(b'-') if old > 0 => Removed,
            Some(b'+') if new > 0 => Added,
            Some(b' ' | b'\\') => Fixed,
            // A context line that lost its blank on the way; but the end of the text is no context.
            None if lines.get(number + 1).is_some_and(|line| starts_in_hunk(line.text)) => Fixed,
            _ => break,
        };
        if line.text.starts_with('\\') {
            // It counts for nothing: "No newline at end of file".
        } else {
            old = old.saturating_sub(u64::from(kind != Added));
            new = new.saturating_sub(u64::from(kind != Removed));
        }
        set(kinds, number, kind);
        number += 1;
    }
    if lines.get(number).is_some_and(|line| line.text.starts_with("\\ ")) {
        set(kinds, number, Fixed);
        number += 1;
    }
    number
}

fn starts_in_hunk(text: &str) -> bool {
    text.is_empty() || text.starts_with([' ', '+', '-', '\\'])
}

fn is_end(text: &str, below: Option<&Line<'_>>) -> bool {
    matches!(text, "-- " | "--")
        && below.is_none_or(|line| line.is_blank() || line.text.starts_with(|c: char| c.is_ascii_digit()))
}

/// ` src/width.rs | 31 +++++-----`
fn is_count(text: &str) -> bool {
    let Some((name, count)) = text.strip_prefix(' ').and_then(|text| text.split_once(" | ")) else { return false };
    let count = count.trim_start();
    let marks = count.trim_start_matches(|c: char| c.is_ascii_digit());
    let named = !name.trim().is_empty() && !name.starts_with(' ');
    named
        && (count.starts_with("Bin ")
            || marks.len() < count.len() && marks.trim().bytes().all(|byte| matches!(byte, b'+' | b'-')))
}
