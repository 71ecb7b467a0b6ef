//! Writes the few tags that a page is drawn from, with its words between them: what is not plain is written by
//! [stand-ins](super::stand_in), and where a line may be broken is said.

use super::stand_in::StandIns;
use crate::mime::html::facts::is_nothing;
use crate::model::Look;
use crate::text::{graphemes, may_break};

/// Boxes in boxes in boxes: on 78 columns nobody sees more.
const DEEPEST: usize = 60;
const MOST_CELLS: usize = 20_000;

/// What a page may cost, in characters; and what a line costs beside its characters.
const MOST_WORK: usize = 2_000_000;
const LINE: usize = 16;

const MOST_SPANS: usize = 20_000;
/// Blanks that shall not vanish, at most so many beside each other.
const MOST_BLANKS: usize = 78;

/// What is known of a piece of text.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub(super) struct Span {
    pub(super) look: Look,
    /// Which of the addresses it leads to.
    pub(super) link: Option<usize>,
}

#[derive(Default)]
pub(super) struct Markup {
    pub(super) html: String,
    pub(super) spans: Vec<Span>,
    pub(super) addresses: Vec<String>,
    pub(super) stand_ins: StandIns,
    pub(super) has_words: bool,
    pub(super) is_too_much: bool,
    depth: usize,
    cells: usize,
    /// How many boxes are open that are drawn by themselves and then put into the one around them.
    boxes: usize,
    /// About what drawing costs: a line is copied once for each box that it is in.
    work: usize,
    /// The last piece of the line, to know where it may be broken.
    before: String,
    blanks: usize,
}

impl Markup {
    pub(super) fn open(&mut self, tag: &'static str) {
        self.html.extend(["<", tag, ">"]);
        self.begin();
        self.boxes += usize::from(is_box(tag));
    }

    pub(super) fn open_numbered(&mut self, number: u32) {
        self.html.extend(["<ol start=\"", &number.to_string(), "\">"]);
        self.begin();
    }

    pub(super) fn cell(&mut self, columns: usize) {
        self.html.extend(["<td colspan=\"", &columns.to_string(), "\">"]);
        self.begin();
        self.cells += 1;
        self.boxes += 1;
        self.is_too_much |= self.cells > MOST_CELLS;
    }

    fn begin(&mut self) {
        self.depth += 1;
        self.work += 1 + LINE * self.boxes;
        self.is_too_much |= self.depth > DEEPEST || self.work > MOST_WORK;
        self.before.clear();
    }

    pub(super) fn close(&mut self, tag: &'static str) {
        self.html.extend(["</", tag, ">"]);
        self.depth = self.depth.saturating_sub(1);
        self.boxes = self.boxes.saturating_sub(usize::from(is_box(tag)));
        self.before.clear();
    }

    pub(super) fn line_break(&mut self) {
        self.html.push_str("<br>");
        self.work += 1 + LINE * self.boxes;
        self.before.clear();
    }

    pub(super) fn address(&mut self, address: String) -> Option<usize> {
        if self.addresses.len() >= MOST_SPANS {
            return None;
        }
        self.addresses.push(address);
        Some(self.addresses.len() - 1)
    }

    /// Words as they stand in a page, between tags that say what they are.
    pub(super) fn words(&mut self, words: &str, span: Span, keeps_lines: bool) {
        let mut is_open = false;
        // A blank inside words of one kind is one of them; one at their end stands behind them.
        let mut owes_blank = false;
        for (grapheme, columns) in graphemes(words) {
            // A blank with marks on it that have no width is a blank.
            match grapheme.trim_matches(is_nothing) {
                "\n" | "\r\n" if keeps_lines => {
                    self.end_span(&mut is_open, span);
                    self.line_break();
                    (self.blanks, owes_blank) = (0, false);
                }
                " " if keeps_lines => self.firm_blank(),
                "\t" if keeps_lines => (0..4).for_each(|_| self.firm_blank()),
                " " | "\t" | "\n" | "\r" | "\r\n" | "\u{c}" | "\u{2028}" | "\u{2029}" => owes_blank = true,
                "\u{a0}" | "\u{2002}" | "\u{2003}" | "\u{2004}" | "\u{2005}" | "\u{2006}" | "\u{2007}" | "\u{2008}"
                | "\u{2009}" | "\u{200a}" | "\u{202f}" | "\u{205f}" => self.firm_blank(),
                bare if bare.chars().all(char::is_control) => {}
                _ => {
                    let Some(c) = self.stand_ins.of(grapheme, columns) else { continue };
                    if std::mem::take(&mut owes_blank) {
                        self.blank();
                    }
                    if !is_open {
                        self.begin_span(span);
                        is_open = true;
                    }
                    self.blanks = 0;
                    if !self.before.is_empty() && self.before != " " && may_break(&self.before, grapheme) {
                        self.html.push('\u{200b}');
                    }
                    self.push(c);
                    self.work += 1 + self.boxes;
                    self.has_words = true;
                    grapheme.clone_into(&mut self.before);
                }
            }
        }
        self.end_span(&mut is_open, span);
        self.is_too_much |= self.work > MOST_WORK;
        if owes_blank {
            self.blank();
        }
    }

    pub(super) fn blank(&mut self) {
        self.html.push(' ');
        " ".clone_into(&mut self.before);
    }

    fn push(&mut self, c: char) {
        match c {
            '&' => self.html.push_str("&amp;"),
            '<' => self.html.push_str("&lt;"),
            '>' => self.html.push_str("&gt;"),
            _ => self.html.push(c),
        }
    }

    /// A blank that stays; a line may be broken at every other one.
    fn firm_blank(&mut self) {
        if self.blanks < MOST_BLANKS {
            self.blanks += 1;
            self.html.push('\u{a0}');
            self.html.push('\u{200b}');
            " ".clone_into(&mut self.before);
        }
    }

    fn begin_span(&mut self, span: Span) {
        self.work += LINE;
        let known = self.spans.len();
        if needs_number(span) && known < MOST_SPANS {
            if self.spans.last() != Some(&span) {
                self.spans.push(span);
            }
            let number = self.spans.len().saturating_sub(1);
            self.html.extend(["<a href=\"", &number.to_string(), "\">"]);
        } else if !needs_number(span) {
            tags(span.look).for_each(|tag| self.html.extend(["<", tag, ">"]));
        }
    }

    fn end_span(&mut self, is_open: &mut bool, span: Span) {
        if std::mem::take(is_open) {
            if needs_number(span) {
                self.html.push_str("</a>");
            } else {
                let open: Vec<&str> = tags(span.look).collect();
                open.into_iter().rev().for_each(|tag| self.html.extend(["</", tag, ">"]));
            }
        }
    }
}

fn is_box(tag: &str) -> bool {
    matches!(tag, "td" | "li" | "blockquote")
}

/// True if there is no tag that says what it is.
fn needs_number(span: Span) -> bool {
    let Look { heading, picture, colour, .. } = span.look;
    heading || picture || colour.is_some() || span.link.is_some()
}

fn tags(look: Look) -> impl Iterator<Item = &'static str> {
    let tags = [(look.strong, "b"), (look.emphasis, "i"), (look.struck, "s"), (look.code, "code")];
    tags.into_iter().filter(|tag| tag.0).map(|tag| tag.1)
}
