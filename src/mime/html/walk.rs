//! Goes through a page in the order in which it is read and says to the [writer](super::writer) what there is. What is
//! still to be done waits in a list, so that no page is too deep.

use super::css::Sheets;
use super::facts::{Facts, Piece, Plan, plan};
use super::link;
use super::seen::{Circumstances, Own, Seen};
use super::tree::{DOCUMENT, Element, NodeId, Tree, What};
use super::writer::{Container, Span, Writer};

pub(super) const RULE: &str = "───";

/// A list that counts on from any number; no list is longer.
const HIGHEST_NUMBER: u32 = 1_000_000;

/// The dot or the number of a list item is not longer.
const LONGEST_LIST_MARK: usize = 12;

enum Task {
    Enter(NodeId),
    /// Something of a table, which stands below what the table has around it.
    Part(NodeId, NodeId),
    Leave(Seen, End),
    Row {
        table: NodeId,
        cells: Vec<Option<NodeId>>,
        is_of_table: bool,
    },
    EndRow {
        is_of_table: bool,
    },
    BeginCell,
    EndCell,
    BeginTable,
    EndTable,
}

#[derive(Clone, Copy)]
enum End {
    Inline,
    Block { parted: bool },
    Container { parted: bool },
    List { parted: bool },
    Fixed,
}

struct List {
    is_numbered: bool,
    next: u32,
}

struct Walk<'a> {
    tree: &'a Tree,
    facts: Facts,
    sheets: &'a Sheets,
    shows_all: bool,
    now: Seen,
    lists: Vec<List>,
    tasks: Vec<Task>,
    out: Writer,
}

/// The text of a page, or of all that is in it if that is wished.
pub(super) fn read(tree: &Tree, sheets: &Sheets, shows_all: bool) -> Writer {
    let mut walk = Walk {
        tree,
        facts: Facts::of(tree),
        sheets,
        shows_all,
        now: Seen::of_page(sheets),
        lists: Vec::new(),
        tasks: vec![Task::Enter(DOCUMENT)],
        out: Writer::default(),
    };
    while let Some(task) = walk.tasks.pop() {
        if walk.out.is_full {
            break;
        }
        walk.perform(task);
    }
    walk.out
}

impl Walk<'_> {
    fn perform(&mut self, task: Task) {
        match task {
            Task::Enter(id) => self.enter(id),
            Task::Part(table, id) => {
                if let Some(seen) =
                    below(self.tree, self.now, table, id, |seen, id, element| self.own(seen, id, element))
                {
                    self.leave_later(End::Inline);
                    self.now = seen;
                    self.tasks.push(Task::Enter(id));
                }
            }
            Task::Leave(before, end) => {
                self.now = before;
                self.end(end);
            }
            Task::Row { table, cells, is_of_table } => {
                self.out.begin_row();
                self.tasks.push(Task::EndRow { is_of_table });
                for cell in cells.into_iter().rev() {
                    self.tasks.push(Task::EndCell);
                    self.tasks.extend(cell.map(|cell| Task::Part(table, cell)));
                    self.tasks.push(Task::BeginCell);
                }
            }
            Task::EndRow { is_of_table } => self.out.end_row(is_of_table),
            Task::BeginCell => self.out.begin_cell(),
            Task::EndCell => self.out.end_cell(),
            Task::BeginTable => self.out.begin_table(),
            Task::EndTable => {
                self.out.end_table();
                self.out.part();
            }
        }
    }

    fn enter(&mut self, id: NodeId) {
        let tree = self.tree;
        match tree.node(id).map(|node| &node.what) {
            Some(What::Text(text)) => {
                if self.shows_all || !self.now.hides() {
                    self.words(text);
                }
            }
            Some(What::Element(element)) => self.element(id, element),
            Some(What::Nothing) if id == DOCUMENT => self.children(id),
            Some(What::Nothing) | None => {}
        }
    }

    fn words(&mut self, text: &str) {
        let span = Span { look: self.now.look(), link: self.now.link };
        if self.now.dingbats {
            let text: String = text.chars().map(meant).collect();
            self.out.words(&text, span, self.now.keeps_lines);
        } else {
            self.out.words(text, span, self.now.keeps_lines);
        }
    }

    fn children(&mut self, id: NodeId) {
        let from = self.tasks.len();
        self.tasks.extend(self.tree.children(id).map(Task::Enter));
        if let Some(new) = self.tasks.get_mut(from..) {
            new.reverse();
        }
    }

    fn leave_later(&mut self, end: End) {
        self.tasks.push(Task::Leave(self.now, end));
    }

    fn own(&self, seen: &Seen, id: NodeId, element: &Element) -> Option<Own> {
        let circumstances = Circumstances {
            shows_all: self.shows_all,
            is_first: !self.out.has_words(),
            has_link: self.facts.at(id).has_link,
        };
        seen.inside(element, self.sheets, circumstances)
    }

    fn element(&mut self, id: NodeId, element: &Element) {
        let name = element.name();
        match name {
            "br" => return self.out.line_break(),
            "template" => return,
            _ => {}
        }
        let Some(own) = self.own(&self.now, id, element) else { return };
        match name {
            "hr" => {
                self.out.end_line();
                self.out.words(RULE, Span::default(), false);
                return self.out.end_line();
            }
            "img" => return self.picture(element, &own.seen),
            "input" => {
                if matches!(element.attribute("type"), Some("submit" | "button" | "reset")) {
                    self.words(element.attribute("value").unwrap_or_default());
                }
                return;
            }
            _ => {}
        }
        if own.is_list_mark {
            if let Some(mark) = list_mark(self.tree, id, &own.seen) {
                self.out.words(&mark, Span::default(), false);
                self.out.words(" ", Span::default(), false);
            }
            return;
        }
        let end = self.begin(name, element, &own);
        self.leave_later(end);
        self.now = own.seen;
        if name == "a" {
            let address = element.attribute("href").and_then(link::target);
            self.now.link = address.and_then(|address| self.out.address(address));
        }
        if name == "table" { self.table(id) } else { self.children(id) }
    }

    /// Opens what an element opens; the answer says how it is closed.
    fn begin(&mut self, name: &str, element: &Element, own: &Own) -> End {
        match name {
            "blockquote" => {
                self.out.next(own.parted_above);
                self.out.open(Container::Quote);
                End::Container { parted: own.parted_below }
            }
            "ul" | "ol" | "menu" | "dir" => {
                let is_inner = !self.lists.is_empty();
                self.out.next(own.parted_above && !is_inner);
                let start = element.attribute("start").and_then(number).unwrap_or(1);
                self.lists.push(List { is_numbered: name == "ol", next: start });
                End::List { parted: own.parted_below && !is_inner }
            }
            "li" if own.is_block => self.item(element, own),
            "pre" if !own.breaks_lines && self.out.begin_fixed() => End::Fixed,
            _ if own.is_block => {
                self.out.next(own.parted_above);
                End::Block { parted: own.parted_below }
            }
            _ => End::Inline,
        }
    }

    fn item(&mut self, element: &Element, own: &Own) -> End {
        let mark = match self.lists.last_mut() {
            Some(list) if list.is_numbered => {
                let at = element.attribute("value").and_then(number).unwrap_or(list.next);
                list.next = at.saturating_add(1);
                format!("{at}. ")
            }
            _ => "• ".to_owned(),
        };
        if own.seen.bare_list {
            self.out.end_line();
            return End::Block { parted: false };
        }
        if self.out.is_in_row() {
            self.out.end_line();
            self.out.words(&mark, Span::default(), false);
            return End::Block { parted: false };
        }
        self.out.open(Container::Item { mark, is_fresh: true });
        End::Container { parted: false }
    }

    fn end(&mut self, end: End) {
        match end {
            End::Inline => {}
            End::Block { parted } => self.out.next(parted),
            End::Container { parted } => {
                self.out.close();
                self.out.next(parted);
            }
            End::List { parted } => {
                self.lists.pop();
                self.out.next(parted);
            }
            End::Fixed => self.out.end_fixed(),
        }
    }

    fn picture(&mut self, element: &Element, seen: &Seen) {
        let alt = element.attribute("alt").unwrap_or_default();
        if self.shows_all || !(is_dot(element) || seen.hides_pictures()) {
            let mut look = seen.look();
            look.picture = true;
            self.out.picture(alt, Span { look, link: self.now.link });
        }
    }

    fn table(&mut self, table: NodeId) {
        match plan(self.tree, &self.facts, table) {
            Plan::Data { captions, rows } => {
                self.out.part();
                self.tasks.push(Task::EndTable);
                let row = |cells| Task::Row { table, cells, is_of_table: true };
                self.tasks.extend(rows.into_iter().rev().map(row));
                self.tasks.push(Task::BeginTable);
                self.tasks.extend(captions.into_iter().rev().map(Task::Enter));
            }
            Plan::Layout(pieces) => {
                let task = |piece| match piece {
                    Piece::Part(id) => Task::Part(table, id),
                    Piece::Line(cells) => {
                        Task::Row { table, cells: cells.into_iter().map(Some).collect(), is_of_table: false }
                    }
                };
                self.tasks.extend(pieces.into_iter().rev().map(task));
            }
        }
    }
}

/// How things are seen in what lies between a table and a part of it.
pub(super) fn below(
    tree: &Tree,
    now: Seen,
    table: NodeId,
    part: NodeId,
    own: impl Fn(&Seen, NodeId, &Element) -> Option<Own>,
) -> Option<Seen> {
    let mut between = Vec::new();
    let mut next = tree.parent(part);
    while let Some(id) = next.filter(|id| *id != table) {
        between.push(id);
        next = tree.parent(id);
    }
    let mut seen = now;
    for id in between.into_iter().rev() {
        if let Some(element) = tree.element(id) {
            seen = own(&seen, id, element)?.seen;
        }
    }
    Some(seen)
}

/// Word writes the marks of its lists as words, in fonts of pictures, with blanks behind them.
pub(super) fn list_mark(tree: &Tree, id: NodeId, seen: &Seen) -> Option<String> {
    let mut words = String::new();
    let mut is_picture = seen.dingbats;
    let mut waiting = vec![id];
    while let Some(id) = waiting.pop() {
        if let Some(What::Text(text)) = tree.node(id).map(|node| &node.what) {
            words.extend(text.trim().chars().take(LONGEST_LIST_MARK));
        }
        let face = tree.element(id).and_then(|element| element.attribute("face"));
        is_picture |= face.is_some_and(super::css::is_of_dingbats);
        if words.len() > LONGEST_LIST_MARK {
            break;
        }
        waiting.extend(tree.children(id));
    }
    let is_dot = is_picture || matches!(words.as_str(), "·" | "o" | "§" | "Ø" | "•" | "-" | "–" | "l" | "n" | "u");
    let mark = if is_dot { "•".to_owned() } else { words };
    Some(mark).filter(|mark| !mark.is_empty())
}

/// True for a picture that nobody can see.
pub(super) fn is_dot(picture: &Element) -> bool {
    ["width", "height"].iter().any(|name| {
        let size = picture.attribute(name).unwrap_or_default().trim().trim_end_matches("px");
        matches!(size, "0" | "1")
    })
}

pub(super) fn number(said: &str) -> Option<u32> {
    said.trim().parse().ok().filter(|number| *number <= HIGHEST_NUMBER)
}

/// What a letter shows in a font of pictures.
pub(super) fn meant(c: char) -> char {
    match c {
        'J' => '☺',
        'K' => '😐',
        'L' => '☹',
        'l' | '\u{f06c}' | '\u{f0b7}' | '·' => '•',
        'n' | '§' | '\u{f0a7}' | '\u{f06e}' => '▪',
        'à' | '\u{f0e0}' => '→',
        'ß' | '\u{f0df}' => '←',
        'Ø' | '\u{f0d8}' => '➢',
        'ü' | '\u{f0fc}' => '✓',
        'û' | '\u{f0fb}' => '✗',
        _ => c,
    }
}
