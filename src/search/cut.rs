//! A text as the index takes it: words, and of a writing without blanks every two characters that stand beside each other,
//! and the last one of a run alone.

use super::fold::{Kind, fold, kind};

/// Bytes of a text that are looked at; nobody reads further.
pub const LONGEST_TEXT: usize = 1024 * 1024;
/// What is longer is no word; its beginning is one.
pub(super) const LONGEST_WORD: usize = 64;

/// Takes characters and gives words.
#[derive(Debug, Default)]
struct Cutter {
    last: Option<char>,
    letters: usize,
}

/// Appends the words of a text, each after a blank.
pub fn cut(text: &str, out: &mut String) {
    let text = text.get(..text.floor_char_boundary(LONGEST_TEXT)).unwrap_or(text);
    let mut cutter = Cutter::default();
    fold(text, |c, _, _| cutter.take(c, out));
    cutter.end(out);
}

impl Cutter {
    fn take(&mut self, c: char, out: &mut String) {
        match kind(c) {
            Kind::Dense => {
                self.letters = 0;
                if let Some(last) = self.last {
                    out.extend([' ', last, c]);
                }
                self.last = Some(c);
            }
            Kind::Letter => {
                self.end_run(out);
                if self.letters == 0 {
                    out.push(' ');
                }
                self.letters += 1;
                if self.letters <= LONGEST_WORD {
                    out.push(c);
                }
            }
            Kind::Apart => self.end(out),
        }
    }

    fn end_run(&mut self, out: &mut String) {
        if let Some(last) = self.last.take() {
            out.extend([' ', last]);
        }
    }

    fn end(&mut self, out: &mut String) {
        self.end_run(out);
        self.letters = 0;
    }
}
