//! Documents, put together and made shorter: what is known of parts of a text moves with it.

use std::ops::Range;

use crate::model::{Blocked, Document};
use crate::text::Text;

/// More hosts are not told.
const MOST_HOSTS: usize = 1_000;

/// Documents one behind the other, with a blank line between.
#[derive(Default)]
pub(super) struct Joined {
    text: String,
    /// What is known of the text; its own text is not used.
    known: Document,
}

impl Joined {
    pub(super) fn append(&mut self, more: Document) {
        let Document { text, mut marks, mut links, mut tables, mut sections } = more;
        if text.as_untrusted().trim().is_empty() {
            return;
        }
        while !self.text.is_empty() && !self.text.ends_with("\n\n") {
            self.text.push('\n');
        }
        let by = self.text.len();
        self.text.push_str(text.as_untrusted());
        let marks_at = marks.iter_mut().map(|mark| &mut mark.at);
        let links_at = links.iter_mut().map(|link| &mut link.at);
        let sections_at = sections.iter_mut().map(|section| &mut section.at);
        let tables_at = tables.iter_mut().flat_map(|table| table.rows.iter_mut().flatten().chain([&mut table.at]));
        for at in marks_at.chain(links_at).chain(sections_at).chain(tables_at) {
            *at = at.start + by..at.end + by;
        }
        self.known.marks.extend(marks);
        self.known.links.extend(links);
        self.known.tables.extend(tables);
        self.known.sections.extend(sections);
    }

    pub(super) fn len(&self) -> usize {
        self.text.len()
    }

    pub(super) fn done(self) -> Document {
        Document { text: self.text.into(), ..self.known }
    }
}

/// Adds what one part wanted from the network to what others did.
pub(super) fn add(into: &mut Blocked, more: Blocked) {
    into.pictures = into.pictures.saturating_add(more.pictures);
    into.trackers = into.trackers.saturating_add(more.trackers);
    into.others = into.others.saturating_add(more.others);
    into.receipt |= more.receipt;
    for host in more.hosts {
        if !into.hosts.contains(&host) && into.hosts.len() < MOST_HOSTS {
            into.hosts.push(host);
        }
    }
}

/// Cuts what is too long. True if something was cut.
pub(super) fn shorten(document: &mut Document, longest: usize) -> bool {
    let text = document.text.as_untrusted();
    if text.len() <= longest {
        return false;
    }
    let mut end = longest;
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    document.text = Text::new(text.get(..end).unwrap_or_default());
    let clip = |at: &mut Range<usize>| {
        at.end = at.end.min(end);
        at.start < at.end
    };
    document.marks.retain_mut(|mark| clip(&mut mark.at));
    document.links.retain_mut(|link| clip(&mut link.at));
    document.sections.retain_mut(|section| clip(&mut section.at));
    // A table without its last rows would be no table.
    document.tables.retain(|table| table.at.end <= end);
    true
}
