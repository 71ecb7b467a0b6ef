//! Finding one's way in a message: words, links, quotations.

use super::search::{MOST_HITS, Search};
use super::{Content, Page, Place, ReaderPane};
use crate::app::web::readable_url;
use crate::model::Link;
use crate::search::{Phrase, hits};
use crate::text::{SafeText, Text};

/// Bytes that are marked at once; nobody reads further down.
const MARKED: usize = 256 * 1024;

impl ReaderPane {
    fn ready(&mut self) -> Option<&mut Page> {
        if self.content == Content::Ready { self.page.as_mut() } else { None }
    }

    /// Looks for other words, from what is in view on.
    pub(crate) fn search_for(&mut self, words: &str) {
        let from = match (&self.search, &self.page) {
            (Some(search), _) => search.from,
            (None, Some(page)) => page.byte_at(self.place).unwrap_or(0),
            (None, None) => 0,
        };
        words.clone_into(&mut self.words);
        let Some(page) = self.ready() else { return };
        page.over.hits.clear();
        page.over.hit = None;
        page.over.link = None;
        self.search = Some(Search::new(words, from));
        self.search_on();
        self.lay_out();
    }

    /// Shows where these stand, without a search: no key changes its meaning.
    pub(crate) fn mark(&mut self, phrases: &[&Phrase]) {
        if self.search.is_some() {
            return;
        }
        let Some(page) = self.ready() else { return };
        let text = page.text().as_untrusted();
        let beginning = text.get(..text.floor_char_boundary(MARKED)).unwrap_or(text);
        let mut found = hits(beginning, phrases);
        found.truncate(MOST_HITS);
        page.over.hits = found;
        self.lay_out();
    }

    pub(crate) fn is_searching(&self) -> bool {
        self.search.as_ref().is_some_and(|search| !search.is_done())
    }

    /// True while places that were found are shown.
    pub fn has_search(&self) -> bool {
        self.search.as_ref().is_some_and(|search| !search.is_empty())
    }

    /// What is looked for; which of the places it stands at, and how many there are, if that is known by now.
    pub fn search_state(&self) -> Option<(SafeText, usize, usize, bool)> {
        let (search, page) = (self.search.as_ref()?, self.page.as_ref()?);
        let whole = search.is_done() && page.over.hits.len() < MOST_HITS;
        Some((SafeText::of(&self.words), page.over.hit.map_or(0, |hit| hit + 1), page.over.hits.len(), whole))
    }

    /// The next slice.
    pub(super) fn search_on(&mut self) {
        let Some(search) = self.search.as_mut().filter(|search| !search.is_done()) else { return };
        let Some(page) = self.page.as_mut() else { return };
        let mut hits = std::mem::take(&mut page.over.hits);
        search.go_on(page.text().as_untrusted(), &mut hits);
        let next = hits.partition_point(|hit| hit.start < search.from);
        let to = if next < hits.len() { Some(next) } else { (search.is_done() && !hits.is_empty()).then_some(0) };
        page.over.hits = hits;
        let to = to.filter(|_| !search.arrived);
        if let Some(to) = to {
            search.arrived = true;
            self.go_to_hit(to);
        } else {
            self.lay_out();
        }
    }

    pub(crate) fn end_search(&mut self) {
        self.search = None;
        self.words.clear();
        if let Some(page) = &mut self.page {
            page.over.hits.clear();
            page.over.hit = None;
        }
        self.lay_out();
    }

    /// The next or the last place that was found, round and round.
    pub(crate) fn next_hit(&mut self, down: bool) {
        let Some(page) = self.ready() else { return };
        let count = page.over.hits.len();
        if count == 0 {
            return;
        }
        let to = match (page.over.hit, down) {
            (Some(hit), true) => (hit + 1) % count,
            (Some(hit), false) => (hit + count - 1) % count,
            (None, _) => 0,
        };
        self.go_to_hit(to);
    }

    fn go_to_hit(&mut self, to: usize) {
        let Some(page) = self.page.as_mut() else { return };
        page.over.hit = Some(to);
        page.over.link = None;
        if let Some(at) = page.over.hits.get(to).map(|hit| hit.start) {
            self.show(at);
        }
    }

    /// Brings a byte of the text into view; if it is in view already, nothing moves.
    fn show(&mut self, byte: usize) {
        let (columns, rows) = (self.columns, self.rows);
        let top = self.place;
        let Some(page) = self.page.as_mut() else { return };
        let before = page.is_folded();
        let to = page.place_of(byte, columns);
        let last = page.down(top, columns, rows.saturating_sub(1));
        if to < top || to > last || before != page.is_folded() {
            let end = page.end(columns, rows);
            self.place = page.up(to, columns, rows / 3).min(end);
        }
        self.lay_out();
    }

    pub(crate) fn links(&self) -> &[Link] {
        match (&self.content, &self.page) {
            (Content::Ready, Some(page)) => &page.document().links,
            _ => &[],
        }
    }

    /// What a link says, and where it leads; both cut to what fits a line.
    pub fn link_line(&self, nth: usize) -> Option<(SafeText, SafeText)> {
        let link = self.links().get(nth)?;
        let text = self.text()?.as_untrusted().get(link.at.clone()).unwrap_or_default();
        Some((SafeText::beginning(&Text::new(text), 200), readable_url(&link.url)))
    }

    pub fn link_count(&self) -> usize {
        self.links().len()
    }

    pub fn chosen_link(&self) -> Option<usize> {
        self.page.as_ref()?.over.link
    }

    /// The next link or the one before; the first time, the first one in view.
    pub(crate) fn next_link(&mut self, down: bool) {
        let top = self.place;
        let count = self.links().len();
        let Some(page) = self.ready().filter(|_| count > 0) else { return };
        let from = page.byte_at(top).unwrap_or(0);
        let first = page.document().links.partition_point(|link| link.at.end <= from);
        let to = match (page.over.link, down) {
            (Some(link), true) => (link + 1) % count,
            (Some(link), false) => (link + count - 1) % count,
            (None, true) => first % count,
            (None, false) => (first + count - 1) % count,
        };
        page.over.link = Some(to);
        page.over.hit = None;
        page.over.numbered = true;
        if let Some(at) = page.document().links.get(to).map(|link| link.at.start) {
            self.show(at);
        }
    }

    /// Shows or hides the numbers of the links.
    pub(crate) fn number_links(&mut self, numbered: bool) {
        if let Some(page) = self.ready() {
            page.over.numbered = numbered;
            if !numbered {
                page.over.link = None;
            }
        }
        self.settle();
    }

    /// Links bear their numbers, and one is chosen perhaps.
    pub fn has_numbers(&self) -> bool {
        self.page.as_ref().is_some_and(|page| page.over.numbered)
    }

    /// Shows all quotations, or folds them. False if there are none to fold.
    pub(crate) fn fold_quotes(&mut self) -> bool {
        let top = self.place;
        let columns = self.columns;
        let Some(page) = self.ready().filter(|page| page.is_foldable()) else { return false };
        let byte = page.byte_at(top);
        let folded = page.is_folded();
        page.fold(!folded);
        if let Some(byte) = byte {
            let block = page.place_of_block(byte);
            self.place = page.settled(Place { block, line: 0 }, columns);
        }
        self.settle();
        true
    }

    /// The lines after a change that may have made the page shorter.
    pub(super) fn settle(&mut self) {
        let (columns, rows) = (self.columns, self.rows);
        if let Some(page) = &self.page {
            let end = page.end(columns, rows);
            self.place = page.settled(self.place, columns).min(end);
        }
        self.lay_out();
    }
}
