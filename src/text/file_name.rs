//! The name of a file as a message gives it → one that can do no harm in a folder: no way out of it, nothing hidden in it,
//! nothing that a program or another system takes for something else than a name.

use std::fmt;

use super::{SafeText, Text, is_harmless};

/// Most file systems take 255; something may be put before or behind it.
const LONGEST: usize = 200;

/// What follows the last dot is no more than this, or it is not an extension.
const LONGEST_EXTENSION: usize = 20;

/// The last part of a path, cleaned. It is never empty, and safe on a terminal too.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct SafeFileName(String);

impl SafeFileName {
    pub fn new(untrusted: &Text) -> Self {
        Self::of(untrusted.as_untrusted())
    }

    /// The same for a string that did not go through [`Text`].
    pub fn of(untrusted: &str) -> Self {
        let base =
            untrusted.split(['/', '\\']).rfind(|part| !part.trim_matches(is_edge).is_empty()).unwrap_or_default();
        let mut clean = String::with_capacity(base.len().min(4 * LONGEST));
        for c in base.chars() {
            match c {
                _ if c.is_whitespace() && c != '\u{3000}' && clean.ends_with(' ') => {}
                _ if c.is_whitespace() && c != '\u{3000}' => clean.push(' '),
                '<' | '>' | ':' | '"' | '|' | '?' | '*' => clean.push('_'),
                c if is_harmless(c) => clean.push(c),
                _ => {}
            }
        }
        // Marks that are stacked without end.
        let clean = SafeText::of(&clean).into_string();
        let mut name = clean.trim_start_matches(is_edge).trim_end_matches(is_end).to_owned();
        // A desktop starts what such a file says when it is opened.
        if name.to_ascii_lowercase().ends_with(".desktop") {
            name.push_str(".txt");
        }
        if is_device(&name) {
            name.insert(0, '_');
        }
        // What was cut at its end may have another extension now.
        loop {
            let again = fitted(&name, "");
            if again == name {
                break;
            }
            name = again;
        }
        if name.is_empty() { Self("attachment".to_owned()) } else { Self(name) }
    }

    /// `name (1).ext`, where there is a `name.ext` already.
    #[must_use]
    pub fn numbered(&self, number: u32) -> Self {
        Self(fitted(&self.0, &format!(" ({number})")))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for SafeFileName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What no name begins with: it would be hidden, or an option.
fn is_edge(c: char) -> bool {
    matches!(c, '.' | '-') || c.is_whitespace() || !is_harmless(c)
}

/// What no name ends with: some systems leave it out, and it is another name then.
fn is_end(c: char) -> bool {
    c == '.' || c.is_whitespace()
}

/// Some systems have devices of these names in every folder, with any extension.
fn is_device(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or_default().trim_end().to_ascii_uppercase();
    let numbered = |kind: &str| {
        let number = stem.strip_prefix(kind).unwrap_or_default();
        number.chars().count() == 1 && number.chars().all(|c| c.is_ascii_digit() || "¹²³".contains(c))
    };
    matches!(stem.as_str(), "CON" | "PRN" | "AUX" | "NUL" | "CONIN$" | "CONOUT$" | "CLOCK$")
        || numbered("COM")
        || numbered("LPT")
}

/// The name with something put before its extension, cut so that it fits and the extension stays.
fn fitted(name: &str, before_extension: &str) -> String {
    let (stem, extension) = name.split_at(extension_at(name));
    let room = LONGEST.saturating_sub(extension.len() + before_extension.len());
    let stem = stem.get(..stem.floor_char_boundary(room)).unwrap_or(stem).trim_end_matches(is_end);
    [stem, before_extension, extension].concat()
}

/// Where the extension begins, with its dot; the end if there is none.
fn extension_at(name: &str) -> usize {
    let is_one = |at: &usize| *at > 0 && (2..=LONGEST_EXTENSION + 1).contains(&(name.len() - at));
    let Some(at) = name.rfind('.').filter(is_one) else { return name.len() };
    // Of `.tar.gz` both are.
    match name.get(..at).unwrap_or_default().strip_suffix(".tar") {
        Some(stem) if !stem.is_empty() => stem.len(),
        _ => at,
    }
}

#[cfg(test)]
mod tests;
