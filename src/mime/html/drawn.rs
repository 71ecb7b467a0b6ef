//! A page as it is drawn on a screen of 78 columns, for those pages that say something by what stands beside what.
//!
//! Who draws is [html2text], and it is not shown what was sent: it breaks on characters that are wider together than
//! alone, and takes without end for tags inside tags. It gets a [markup] of our own, made of what can be seen: few
//! tags, none deep, and [stand-ins](stand_in) for the characters that it cannot measure. What is too much for that is
//! not drawn.

mod markup;
mod stand_in;
mod tags;
#[cfg(test)]
mod tests;

use html2text::config::with_decorator;
use html2text::render::{TaggedLine, TaggedLineElement, TextDecorator};

use super::{Page, css, gate, tree};
use crate::model::{Document, Link, Look, Mark, Section, SectionKind};
use crate::text::Text;
use tags::{Markup, Span};

const COLUMNS: usize = 78;

/// In less than this, words are broken in the middle; columns that all need it stand below each other instead.
const NARROWEST: usize = 8;

/// A page longer than this is not drawn.
const LONGEST: usize = 512 * 1024;

/// Drawn, it is not longer than this: blanks and borders around words inside boxes inside boxes.
const LONGEST_DRAWN: usize = 4 * 1024 * 1024;

/// The page as it is drawn; `None` if it is too much for that, or empty.
pub(in crate::mime) fn drawn(html: &str) -> Option<Page> {
    let plain = gate::plain(html);
    if plain.html.len() > LONGEST {
        return None;
    }
    let tree = tree::Tree::of(&plain.html)?;
    let mut sheets = css::Sheets::of(&plain.sheets);
    sheets.has_other_backgrounds |= plain.sheets_cut;
    let shown = |shows_all| markup::markup(&tree, &sheets, shows_all);
    // A page on which all is hidden is shown all the same.
    let markup = shown(false)?;
    let markup = if markup.has_words { markup } else { shown(true).filter(|all| all.has_words)? };
    let config = with_decorator(Annotator).min_wrap_width(NARROWEST).link_footnotes(false).unicode_strikeout(false);
    let lines = config.lines_from_read(markup.html.as_bytes(), COLUMNS).ok()?;
    let mut canvas = Canvas { markup: &markup, document: Document::default(), text: String::new(), blanks: 0 };
    for line in lines {
        canvas.line(line);
        if canvas.text.len() > LONGEST_DRAWN {
            return None;
        }
    }
    let document = canvas.finished()?;
    let (blocked, cids) = (plain.ledger.blocked, plain.ledger.content_ids);
    Some(Page { document, blocked, cids, cut: plain.cut, fallen_back: false })
}

/// What is known of a piece of a line.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
enum Note {
    #[default]
    Nothing,
    Strong,
    Emphasis,
    Struck,
    Code,
    /// What the markup says of it, by its number.
    Span(usize),
}

/// Writes nothing beside the words, and notes what they are.
struct Annotator;

impl TextDecorator for Annotator {
    type Annotation = Note;

    fn decorate_link_start(&mut self, url: &str) -> (String, Note) {
        (String::new(), url.parse().map_or(Note::Nothing, Note::Span))
    }

    fn decorate_link_end(&mut self) -> String {
        String::new()
    }

    fn decorate_em_start(&self) -> (String, Note) {
        (String::new(), Note::Emphasis)
    }

    fn decorate_em_end(&self) -> String {
        String::new()
    }

    fn decorate_strong_start(&self) -> (String, Note) {
        (String::new(), Note::Strong)
    }

    fn decorate_strong_end(&self) -> String {
        String::new()
    }

    fn decorate_strikeout_start(&self) -> (String, Note) {
        (String::new(), Note::Struck)
    }

    fn decorate_strikeout_end(&self) -> String {
        String::new()
    }

    fn decorate_code_start(&self) -> (String, Note) {
        (String::new(), Note::Code)
    }

    fn decorate_code_end(&self) -> String {
        String::new()
    }

    fn decorate_preformat_first(&self) -> Note {
        Note::Nothing
    }

    fn decorate_preformat_cont(&self) -> Note {
        Note::Nothing
    }

    fn decorate_image(&mut self, _: &str, title: &str) -> (String, Note) {
        (title.to_owned(), Note::Nothing)
    }

    fn header_prefix(&self, _: usize) -> String {
        String::new()
    }

    fn quote_prefix(&self) -> String {
        "> ".to_owned()
    }

    // As many bytes as columns, which is what html2text counts on.
    fn unordered_item_prefix(&self) -> String {
        "* ".to_owned()
    }

    fn ordered_item_prefix(&self, number: i64) -> String {
        format!("{number}. ")
    }

    fn make_subblock_decorator(&self) -> Self {
        Self
    }
}

/// Puts the lines together again, each character as it was.
struct Canvas<'a> {
    markup: &'a Markup,
    document: Document,
    text: String,
    /// Empty lines that come before the next word.
    blanks: usize,
}

impl Canvas<'_> {
    fn line(&mut self, line: TaggedLine<Vec<Note>>) {
        let from = self.text.len();
        for element in line {
            let TaggedLineElement::Str(piece) = element else { continue };
            let span = self.span(&piece.tag);
            let begun = self.text.len();
            piece.s.chars().for_each(|c| self.put(c));
            // A look begins and ends with a word.
            let said = self.text.get(begun..).unwrap_or_default();
            let end = begun + said.trim_end().len();
            let begun = self.text.len() - said.trim_start().len();
            if begun < end {
                self.note(begun..end, span);
            }
        }
        let kept = self.text.get(from..).unwrap_or_default().trim_end().len();
        self.text.truncate(from + kept);
        if kept > 0 {
            self.blanks = 0;
            self.text.push('\n');
        } else if self.blanks == 0 && !self.text.is_empty() {
            self.blanks = 1;
            self.text.push('\n');
        }
    }

    fn put(&mut self, c: char) {
        match self.markup.stand_ins.meant(c) {
            Some(grapheme) => self.text.push_str(grapheme),
            None if c == '\u{a0}' => self.text.push(' '),
            None => self.text.push(c),
        }
    }

    fn span(&self, notes: &[Note]) -> Span {
        let mut span = Span::default();
        for note in notes {
            match note {
                Note::Nothing => {}
                Note::Strong => span.look.strong = true,
                Note::Emphasis => span.look.emphasis = true,
                Note::Struck => span.look.struck = true,
                Note::Code => span.look.code = true,
                Note::Span(number) => span = self.markup.spans.get(*number).copied().unwrap_or(span),
            }
        }
        span
    }

    fn note(&mut self, at: std::ops::Range<usize>, span: Span) {
        let only_blanks = |from: usize| {
            let between = self.text.get(from..at.start);
            between.is_some_and(|between| !between.contains('\n') && between.trim().is_empty())
        };
        if span.look != Look::default() {
            match self.document.marks.last_mut() {
                Some(mark) if mark.look == span.look && only_blanks(mark.at.end) => mark.at.end = at.end,
                _ => self.document.marks.push(Mark { at: at.clone(), look: span.look }),
            }
        }
        let Some(url) = span.link.and_then(|link| self.markup.addresses.get(link)) else { return };
        // One that goes on in the next line is the same.
        let follows = |from: usize| self.text.get(from..at.start).is_some_and(|between| between.trim().is_empty());
        match self.document.links.last_mut() {
            Some(link) if link.url.as_untrusted() == url && follows(link.at.end) => link.at.end = at.end,
            _ => self.document.links.push(Link { at, url: Text::new(url) }),
        }
    }

    fn finished(mut self) -> Option<Document> {
        let end = self.text.trim_end().len();
        if end == 0 {
            return None;
        }
        self.text.truncate(end);
        self.document.sections = vec![Section { at: 0..end, kind: SectionKind::Fixed }];
        self.text.push('\n');
        self.document.text = Text::new(self.text);
        Some(self.document)
    }
}
