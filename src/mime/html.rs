//! A page of HTML → the text that its sender meant to be read, and what is known of it. Nothing is fetched, and nothing
//! is slow, whatever the page is like.
//!
//! A page goes through a [gate] that leaves out what nobody reads and notes what would have been fetched; becomes a
//! [tree]; and is read in order by a [walk], which asks the [styles](css) what can be seen and the [facts] what tables are
//! for. A page that is too much for this loses its tags and keeps its words: [strip]. What a page looks like, with what
//! stands beside what, is another form of it: [drawn].

mod colour;
mod css;
mod drawn;
mod facts;
mod gate;
mod harmless;
mod known;
mod ledger;
mod link;
mod seen;
mod strip;
#[cfg(test)]
mod tests;
mod tree;
mod walk;
mod writer;

use crate::model::{Blocked, Document};
use crate::text::Text;
pub(super) use drawn::drawn;
pub(super) use harmless::page as harmless;

#[derive(Default)]
pub(super) struct Page {
    pub(super) document: Document,
    /// What it wanted from the network.
    pub(super) blocked: Blocked,
    #[cfg_attr(not(test), allow(dead_code, reason = "whoever lists the parts of a message asks for it"))]
    /// By which ids it shows other parts of the message.
    pub(super) cids: Vec<Text>,
    /// There is more of it than this.
    pub(super) cut: bool,
    #[cfg_attr(not(test), allow(dead_code, reason = "said for tests"))]
    /// Nothing better could be made of it than its words.
    pub(super) fallen_back: bool,
}

pub(super) fn page(html: &str) -> Page {
    let plain = gate::plain(html);
    let mut page =
        Page { blocked: plain.ledger.blocked, cids: plain.ledger.content_ids, cut: plain.cut, ..Page::default() };
    if let Some(tree) = tree::Tree::of(&plain.html) {
        let mut sheets = css::Sheets::of(&plain.sheets);
        sheets.has_other_backgrounds |= plain.sheets_cut;
        // A page on which all is hidden is shown all the same.
        for shows_all in [false, true] {
            let writer = walk::read(&tree, &sheets, shows_all);
            if writer.has_words() {
                page.cut |= writer.is_full;
                page.document = writer.finish();
                return page;
            }
        }
    }
    let (mut words, mut cut) = strip::strip(&plain.html);
    if words.is_empty() {
        // What the gate left out as a comment without an end is better than nothing.
        (words, cut) = strip::strip(html);
    }
    page.cut |= cut;
    page.fallen_back = !words.is_empty();
    page.document = Document::plain(words);
    page
}

/// The border of a character at or before this place.
fn floor(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}
