//! What can be seen of a page, written again in a few tags. Nothing that the sender wrote but words and addresses comes
//! through, and addresses only as numbers.

use super::tags::{Markup, Span};
use crate::mime::html::css::Sheets;
use crate::mime::html::facts::{self, Facts};
use crate::mime::html::seen::{Circumstances, Own, Seen};
use crate::mime::html::tree::{DOCUMENT, Element, NodeId, Tree, What};
use crate::mime::html::{link, walk};
use crate::mime::links;
use crate::model::Look;

const MOST_COLUMNS: usize = 100;
const LONGEST: usize = 1024 * 1024;

enum Task {
    Enter(NodeId),
    /// Something of a table, which stands below what the table has around it.
    Part(NodeId, NodeId),
    /// How things are seen after an element, and what closes it.
    Leave(Seen, Close),
    Open(&'static str),
    Cell {
        columns: usize,
    },
    Close(&'static str),
}

#[derive(Clone, Copy)]
enum Close {
    Nothing,
    /// Something that stands in a list without being an item, or anywhere else.
    Block(&'static str),
    List,
}

/// What an element may stand in.
enum Around {
    List(List),
    Anything,
}

/// A list is opened when its first item comes, and again after what is no item.
struct List {
    is_numbered: bool,
    next: u32,
    /// The number that the next item has by itself, if the list is open.
    open: Option<u32>,
}

struct Walk<'a> {
    tree: &'a Tree,
    facts: Facts,
    sheets: &'a Sheets,
    shows_all: bool,
    now: Seen,
    around: Vec<Around>,
    tasks: Vec<Task>,
    out: Markup,
}

/// `None` if it is too much to be drawn.
pub(super) fn markup(tree: &Tree, sheets: &Sheets, shows_all: bool) -> Option<Markup> {
    let mut walk = Walk {
        tree,
        facts: Facts::of(tree),
        sheets,
        shows_all,
        now: Seen::of_page(sheets),
        around: Vec::new(),
        tasks: vec![Task::Enter(DOCUMENT)],
        out: Markup::default(),
    };
    while let Some(task) = walk.tasks.pop() {
        walk.perform(task);
        if walk.out.is_too_much || walk.out.html.len() > LONGEST {
            return None;
        }
    }
    Some(walk.out)
}

impl Walk<'_> {
    fn perform(&mut self, task: Task) {
        match task {
            Task::Enter(id) => self.enter(id),
            Task::Part(table, id) => {
                let seen = walk::below(self.tree, self.now, table, id, |seen, id, element| self.own(seen, id, element));
                if let Some(seen) = seen {
                    self.tasks.push(Task::Leave(self.now, Close::Nothing));
                    self.now = seen;
                    self.tasks.push(Task::Enter(id));
                }
            }
            Task::Leave(before, close) => {
                self.now = before;
                match close {
                    Close::Nothing => {}
                    Close::Block(tag) => {
                        self.around.pop();
                        self.out.close(tag);
                    }
                    Close::List => {
                        self.close_list();
                        self.around.pop();
                    }
                }
            }
            Task::Open(tag) => self.out.open(tag),
            Task::Close(tag) => self.out.close(tag),
            Task::Cell { columns } => self.out.cell(columns),
        }
    }

    fn enter(&mut self, id: NodeId) {
        let tree = self.tree;
        match tree.node(id).map(|node| &node.what) {
            Some(What::Text(text)) => {
                if self.shows_all || !self.now.hides() {
                    self.words(text, self.now.look());
                }
            }
            Some(What::Element(element)) => self.element(id, element),
            Some(What::Nothing) if id == DOCUMENT => self.children(id),
            Some(What::Nothing) | None => {}
        }
    }

    fn children(&mut self, id: NodeId) {
        let from = self.tasks.len();
        self.tasks.extend(self.tree.children(id).map(Task::Enter));
        if let Some(new) = self.tasks.get_mut(from..) {
            new.reverse();
        }
    }

    fn own(&self, seen: &Seen, id: NodeId, element: &Element) -> Option<Own> {
        let circumstances = Circumstances {
            shows_all: self.shows_all,
            is_first: !self.out.has_words,
            has_link: self.facts.at(id).has_link,
        };
        seen.inside(element, self.sheets, circumstances)
    }

    fn element(&mut self, id: NodeId, element: &Element) {
        let name = element.name();
        match name {
            "br" => {
                self.close_list();
                return self.out.line_break();
            }
            "template" => return,
            _ => {}
        }
        let Some(own) = self.own(&self.now, id, element) else { return };
        match name {
            "hr" => {
                self.close_list();
                self.out.open("div");
                self.out.words(walk::RULE, Span::default(), false);
                return self.out.close("div");
            }
            "img" => return self.picture(element, own.seen),
            "input" => {
                if matches!(element.attribute("type"), Some("submit" | "button" | "reset")) {
                    self.words(element.attribute("value").unwrap_or_default(), self.now.look());
                }
                return;
            }
            _ => {}
        }
        if own.is_list_mark {
            if let Some(mark) = walk::list_mark(self.tree, id, &own.seen) {
                self.close_list();
                self.out.words(&mark, Span::default(), false);
                self.out.blank();
            }
            return;
        }
        let close = self.begin(name, element, &own);
        self.tasks.push(Task::Leave(self.now, close));
        self.now = own.seen;
        if name == "a" {
            let address = element.attribute("href").and_then(link::target);
            self.now.link = address.and_then(|address| self.out.address(address));
        }
        if name == "table" { self.table(id) } else { self.children(id) }
    }

    /// Opens what an element opens; the answer says how it is closed.
    fn begin(&mut self, name: &str, element: &Element, own: &Own) -> Close {
        match name {
            "ul" | "ol" | "menu" | "dir" => {
                self.close_list();
                let start = element.attribute("start").and_then(walk::number).unwrap_or(1);
                self.around.push(Around::List(List { is_numbered: name == "ol", next: start, open: None }));
                Close::List
            }
            "li" if own.is_block && !own.seen.bare_list => self.item(element),
            "blockquote" => self.block("blockquote"),
            // A grid says by itself where it is.
            "table" | "tbody" | "thead" | "tfoot" | "tr" | "html" | "body" => {
                self.close_list();
                Close::Nothing
            }
            _ if own.is_block => self.block(if own.parted_above || own.parted_below { "p" } else { "div" }),
            _ => Close::Nothing,
        }
    }

    fn block(&mut self, tag: &'static str) -> Close {
        self.close_list();
        self.around.push(Around::Anything);
        self.out.open(tag);
        Close::Block(tag)
    }

    fn item(&mut self, element: &Element) -> Close {
        let Some(Around::List(list)) = self.around.last_mut() else {
            let close = self.block("div");
            self.out.words("* ", Span::default(), false);
            return close;
        };
        let number = match element.attribute("value").and_then(walk::number) {
            Some(number) if list.is_numbered => number,
            _ => list.next,
        };
        list.next = number.saturating_add(1);
        let goes_on = list.open == Some(number) || (list.open.is_some() && !list.is_numbered);
        let is_numbered = list.is_numbered;
        if !goes_on {
            self.close_list();
            if is_numbered {
                self.out.open_numbered(number);
            } else {
                self.out.open("ul");
            }
        }
        if let Some(Around::List(list)) = self.around.last_mut() {
            list.open = Some(number.saturating_add(1));
        }
        self.around.push(Around::Anything);
        self.out.open("li");
        Close::Block("li")
    }

    /// What comes next is no item of the list.
    fn close_list(&mut self) {
        if let Some(Around::List(list)) = self.around.last_mut()
            && list.open.take().is_some()
        {
            let tag = if list.is_numbered { "ol" } else { "ul" };
            self.out.close(tag);
        }
    }

    fn words(&mut self, text: &str, look: Look) {
        if text.trim().is_empty() && matches!(self.around.last(), Some(Around::List(_))) {
            return;
        }
        self.close_list();
        let keeps_lines = self.now.keeps_lines;
        let span = Span { look, link: self.now.link };
        if self.now.dingbats {
            let text: String = text.chars().map(walk::meant).collect();
            return self.out.words(&text, span, keeps_lines);
        }
        let mut rest = 0;
        if span.link.is_none() {
            // Broken into lines, they could not be known any more.
            for (at, url) in links::addresses(text) {
                self.out.words(text.get(rest..at.start).unwrap_or_default(), span, keeps_lines);
                let link = self.out.address(url);
                self.out.words(text.get(at.clone()).unwrap_or_default(), Span { look, link }, keeps_lines);
                rest = at.end;
            }
        }
        self.out.words(text.get(rest..).unwrap_or_default(), span, keeps_lines);
    }

    fn picture(&mut self, element: &Element, seen: Seen) {
        let alt = element.attribute("alt").unwrap_or_default().trim();
        if !alt.is_empty() && (self.shows_all || !(walk::is_dot(element) || seen.hides_pictures())) {
            let look = Look { picture: true, ..seen.look() };
            // Pictures beside each other are not one word.
            self.close_list();
            self.out.blank();
            self.words(alt, look);
            self.out.blank();
        }
    }

    /// What has only one column is no grid.
    fn table(&mut self, table: NodeId) {
        let facts::Contents { captions, rows, others } = facts::contents(self.tree, table);
        let is_full = |cell: &NodeId| self.facts.at(*cell).words > 0;
        let full = |cells: &[NodeId]| cells.iter().filter(|cell| is_full(cell)).count();
        let is_grid = rows.iter().any(|row| full(&row.cells) > 1);
        let mut tasks: Vec<Task> = captions.iter().chain(&others).map(|id| Task::Part(table, *id)).collect();
        let columns = rows.iter().map(|row| row.cells.len()).max().unwrap_or(0);
        if is_grid && columns > MOST_COLUMNS {
            self.out.is_too_much = true;
            return;
        }
        if is_grid {
            tasks.push(Task::Open("table"));
        }
        // How many more rows each column is taken by a cell from above.
        let mut taken: Vec<usize> = Vec::new();
        for row in &rows {
            let has_words = full(&row.cells) > 0;
            if !is_grid {
                tasks.extend(row.cells.iter().filter(|cell| is_full(cell)).map(|cell| Task::Part(table, *cell)));
                continue;
            }
            if has_words {
                tasks.push(Task::Open("tr"));
            }
            let mut at = 0;
            for cell in &row.cells {
                while let Some(left) = taken.get_mut(at).filter(|left| **left > 0) {
                    *left -= 1;
                    at += 1;
                    if has_words {
                        tasks.extend([Task::Cell { columns: 1 }, Task::Close("td")]);
                    }
                }
                let span = |name| facts::span(self.tree, *cell, name);
                let wide = span("colspan").clamp(1, columns.max(1));
                let tall = span("rowspan").clamp(1, rows.len());
                if at + wide > MOST_COLUMNS {
                    self.out.is_too_much = true;
                    return;
                }
                if tall > 1 {
                    taken.resize(taken.len().max(at + wide), 0);
                    taken.iter_mut().skip(at).take(wide).for_each(|left| *left = tall - 1);
                }
                at += wide;
                if has_words {
                    tasks.push(Task::Cell { columns: wide });
                    tasks.extend(Some(Task::Part(table, *cell)).filter(|_| is_full(cell)));
                    tasks.push(Task::Close("td"));
                }
            }
            taken.iter_mut().skip(at).for_each(|left| *left = left.saturating_sub(1));
            if has_words {
                tasks.push(Task::Close("tr"));
            }
        }
        if is_grid {
            tasks.push(Task::Close("table"));
        }
        self.tasks.extend(tasks.into_iter().rev());
    }
}
