//! What somebody looks for, and what it is looked for in. Pure: words in, words and places out.
//!
//! Chinese is written without blanks, and the simplest cutting that misses nothing is none: every two characters that
//! stand beside each other are a word of the index. How a text is cut, how a question is cut, and where a hit is in a
//! text that is shown are decided here, so that they cannot disagree.

mod condition;
mod cut;
mod fold;
mod lexer;
mod parse;
mod phrase;
mod snippet;
mod when;

pub use condition::{Condition, Facts, Field, Heads, State, is_folder};
pub use cut::{LONGEST_TEXT, cut};
pub use fold::{Folded, folded_words};
pub use parse::{Problem, Trouble, parse};
pub use phrase::{Phrase, hits};
pub use snippet::snippet;
pub use when::Today;

/// The version of the cutting. What was cut by older rules is cut again.
pub const CUTTER: u32 = 1;

#[cfg(test)]
mod tests;
