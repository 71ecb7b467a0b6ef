//! What is wrong with a file, and where.

use std::fmt;
use std::path::{Path, PathBuf};

use crate::text::SafeText;

/// Counted from 1, in characters, as editors do.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Position {
    pub line: usize,
    pub column: usize,
}

impl Position {
    pub fn of(text: &str, byte: usize) -> Self {
        let before = text.get(..byte).unwrap_or(text);
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        Self {
            line: before.bytes().filter(|b| *b == b'\n').count() + 1,
            column: before.get(line_start..).unwrap_or_default().chars().count() + 1,
        }
    }
}

/// One thing that is wrong with config.toml. It prints as `FILE:LINE:COLUMN: sentence`, which editors can jump to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Problem {
    pub file: PathBuf,
    /// `None` if the file as a whole is meant.
    pub at: Option<Position>,
    pub sentence: SafeText,
}

impl Problem {
    pub fn whole(file: &Path, sentence: &str) -> Self {
        Self { file: file.to_owned(), at: None, sentence: SafeText::of(sentence) }
    }

    pub fn at(file: &Path, at: Position, sentence: &str) -> Self {
        Self { file: file.to_owned(), at: Some(at), sentence: SafeText::of(sentence) }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", SafeText::of(&self.file.to_string_lossy()))?;
        if let Some(Position { line, column }) = self.at {
            write!(f, ":{line}:{column}")?;
        }
        write!(f, ": {}", self.sentence)
    }
}

impl std::error::Error for Problem {}
