//! How near a word is to the one that was meant.

/// Typing errors between two words: a letter too many, too few, wrong, or two swapped.
pub fn typing_errors(a: &str, b: &str) -> usize {
    let a: Vec<char> = a.chars().collect();
    let mut before: Vec<usize> = Vec::new();
    let mut row: Vec<usize> = (0..=a.len()).collect();
    let mut last = None;
    for (j, y) in b.chars().enumerate() {
        let mut next = vec![j + 1];
        for (i, x) in a.iter().enumerate() {
            let at = |row: &[usize], i: usize| row.get(i).copied().unwrap_or(usize::MAX / 2);
            let mut best = (at(&row, i) + usize::from(*x != y)).min(at(&row, i + 1) + 1).min(at(&next, i) + 1);
            let previous = i.checked_sub(1).and_then(|i| a.get(i).map(|x| (i, *x)));
            if let Some((i, swapped)) = previous
                && swapped == y
                && last == Some(*x)
            {
                best = best.min(at(&before, i) + 1);
            }
            next.push(best);
        }
        before = std::mem::replace(&mut row, next);
        last = Some(y);
    }
    row.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn typing_errors_are_counted() {
        for (a, b, errors) in
            [("theme", "theme", 0), ("thmee", "theme", 1), ("them", "theme", 1), ("tls", "ltsx", 2), ("", "abc", 3)]
        {
            assert_eq!(typing_errors(a, b), errors, "{a} {b}");
            assert_eq!(typing_errors(b, a), errors, "{b} {a}");
        }
    }
}
