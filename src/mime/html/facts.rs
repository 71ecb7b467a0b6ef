//! What is known of each part of a page before it is written: how many words are in it, on how many lines; and what a
//! table is for. Most tables of mail are no tables: they put things beside each other on a wide screen.

use super::tree::{NodeId, Tree, What};

/// More than these, and nobody reads it as a table.
const MOST_COLUMNS: usize = 5_000;
const MOST_ROWS: usize = 100_000;
const MOST_CELLS: usize = 400_000;

/// How long a cell may be: of a table that says that it is one, and of one that only looks like it.
const LONGEST_SAID: u32 = 500;
const LONGEST_SEEN: u32 = 80;

/// A name before what it is the name of.
const LONGEST_LABEL: u32 = 20;

/// What stands beside each other in a layout may stay on one line if it is as short as this.
const LONGEST_BESIDE: u32 = 40;
const LONGEST_LINE: u32 = 90;

#[derive(Clone, Copy, Default)]
pub(super) struct Fact {
    /// Characters that can be seen.
    pub(super) words: u32,
    /// Lines, as far as elements make them.
    lines: u32,
    pub(super) tables: u32,
    pub(super) has_link: bool,
}

pub(super) struct Facts(Vec<Fact>);

impl Facts {
    pub(super) fn of(tree: &Tree) -> Self {
        let mut facts = vec![Fact::default(); tree.len()];
        for id in tree.in_order().into_iter().rev() {
            let Some(node) = tree.node(id) else { continue };
            let Some(fact) = facts.get_mut(id) else { continue };
            match &node.what {
                What::Nothing => {}
                What::Text(text) => fact.words = count(text),
                What::Element(element) => match element.name() {
                    "img" => fact.words = element.attribute("alt").map_or(0, count),
                    "a" => fact.has_link = true,
                    "table" => {
                        fact.tables += 1;
                        fact.lines = fact.lines.max(1);
                    }
                    "br" => fact.lines += 1,
                    name if is_block(name) && fact.words > 0 => fact.lines = fact.lines.max(1),
                    _ => {}
                },
            }
            let fact = *fact;
            if let Some(above) = tree.parent(id).and_then(|parent| facts.get_mut(parent)) {
                above.words = above.words.saturating_add(fact.words);
                above.lines = above.lines.saturating_add(fact.lines);
                above.tables = above.tables.saturating_add(fact.tables);
                above.has_link |= fact.has_link;
            }
        }
        Self(facts)
    }

    pub(super) fn at(&self, id: NodeId) -> Fact {
        self.0.get(id).copied().unwrap_or_default()
    }
}

fn count(text: &str) -> u32 {
    let seen = text.chars().filter(|c| !c.is_whitespace() && !is_nothing(*c)).count();
    u32::try_from(seen).unwrap_or(u32::MAX)
}

/// Characters that have no width of their own.
pub(super) fn is_nothing(c: char) -> bool {
    matches!(
        c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180e}'
            | '\u{200b}'..='\u{200f}'
            | '\u{2060}'..='\u{2064}'
            | '\u{feff}'
    )
}

pub(super) fn is_block(name: &str) -> bool {
    matches!(
        name,
        "address"
            | "article"
            | "aside"
            | "blockquote"
            | "body"
            | "caption"
            | "center"
            | "dd"
            | "details"
            | "dialog"
            | "dir"
            | "div"
            | "dl"
            | "dt"
            | "fieldset"
            | "figcaption"
            | "figure"
            | "footer"
            | "form"
            | "h1"
            | "h2"
            | "h3"
            | "h4"
            | "h5"
            | "h6"
            | "header"
            | "hgroup"
            | "hr"
            | "html"
            | "legend"
            | "li"
            | "main"
            | "menu"
            | "nav"
            | "ol"
            | "p"
            | "pre"
            | "section"
            | "summary"
            | "table"
            | "tbody"
            | "td"
            | "tfoot"
            | "th"
            | "thead"
            | "tr"
            | "ul"
    )
}

/// What becomes of a table.
pub(super) enum Plan {
    /// Rows of cells; None is a place that a cell beside or above takes too.
    Data {
        captions: Vec<NodeId>,
        rows: Vec<Vec<Option<NodeId>>>,
    },
    Layout(Vec<Piece>),
}

pub(super) enum Piece {
    Part(NodeId),
    /// Short things that stand on one line.
    Line(Vec<NodeId>),
}

pub(super) struct Row {
    node: NodeId,
    pub(super) cells: Vec<NodeId>,
}

/// What is in a table.
#[derive(Default)]
pub(super) struct Contents {
    pub(super) captions: Vec<NodeId>,
    pub(super) rows: Vec<Row>,
    pub(super) others: Vec<NodeId>,
}

pub(super) fn contents(tree: &Tree, table: NodeId) -> Contents {
    let Contents { mut captions, mut rows, mut others } = Contents::default();
    let name = |id: NodeId| tree.element(id).map_or("", |element| element.name());
    for child in tree.children(table) {
        match name(child) {
            "tr" => rows.push(row(tree, child)),
            "thead" | "tbody" | "tfoot" => {
                for inner in tree.children(child) {
                    if name(inner) == "tr" { rows.push(row(tree, inner)) } else { others.push(inner) }
                }
            }
            "caption" => captions.push(child),
            _ => others.push(child),
        }
    }
    Contents { captions, rows, others }
}

pub(super) fn plan(tree: &Tree, facts: &Facts, table: NodeId) -> Plan {
    let Contents { captions, rows, others } = contents(tree, table);
    if is_data(tree, facts, table, &rows)
        && let Some(rows) = placed(tree, facts, &rows)
    {
        return Plan::Data { captions, rows };
    }
    let mut pieces: Vec<Piece> = captions.into_iter().map(Piece::Part).collect();
    for row in rows {
        let full: Vec<NodeId> = row.cells.into_iter().filter(|cell| facts.at(*cell).words > 0).collect();
        if is_line(facts, &full) {
            pieces.push(Piece::Line(full));
        } else {
            pieces.push(Piece::Part(row.node));
        }
    }
    pieces.extend(others.into_iter().map(Piece::Part));
    Plan::Layout(pieces)
}

/// True if what a row of a layout holds reads well on one line.
fn is_line(facts: &Facts, cells: &[NodeId]) -> bool {
    let is_simple = |cell: &NodeId| facts.at(*cell).lines <= 1 && facts.at(*cell).tables == 0;
    let words = |cell: &NodeId| facts.at(*cell).words;
    if cells.len() < 2 || !cells.iter().all(is_simple) {
        return false;
    }
    let is_labelled = matches!(cells, [label, _] if words(label) <= LONGEST_LABEL);
    let are_short = cells.iter().all(|cell| words(cell) <= LONGEST_BESIDE);
    is_labelled || (are_short && cells.iter().map(words).fold(0, u32::saturating_add) <= LONGEST_LINE)
}

fn row(tree: &Tree, node: NodeId) -> Row {
    let is_cell = |id: &NodeId| tree.element(*id).is_some_and(|element| matches!(element.name(), "td" | "th"));
    Row { node, cells: tree.children(node).filter(is_cell).collect() }
}

fn is_data(tree: &Tree, facts: &Facts, table: NodeId, rows: &[Row]) -> bool {
    let role = tree.element(table).and_then(|element| element.attribute("role")).unwrap_or_default();
    if matches!(role, "presentation" | "none") || facts.at(table).tables > 1 || rows.len() > MOST_ROWS {
        return false;
    }
    let full = |row: &Row| row.cells.iter().filter(|cell| facts.at(**cell).words > 0).count();
    let columns = rows.iter().map(full).max().unwrap_or(0);
    if columns < 2 || rows.iter().filter(|row| full(row) > 0).count() < 2 {
        return false;
    }
    let is_heading = |cell: &NodeId| tree.element(*cell).is_some_and(|element| element.name() == "th");
    let mut cells = rows.iter().flat_map(|row| &row.cells);
    let is_ruled = tree.element(table).is_some_and(|table| {
        let has_border = table.attribute("border").is_some_and(|border| !matches!(border.trim(), "" | "0" | "0px"));
        has_border || table.attribute("class").is_some_and(|class| class.contains("MsoTableGrid"))
    });
    let is_said = is_ruled || cells.clone().any(|cell| is_heading(cell) && facts.at(*cell).words > 0);
    cells.all(|cell| {
        let fact = facts.at(*cell);
        if is_said { fact.words <= LONGEST_SAID } else { fact.words <= LONGEST_SEEN && fact.lines <= 1 }
    })
}

/// Over how many columns or rows a cell goes, as it says.
pub(super) fn span(tree: &Tree, cell: NodeId, name: &str) -> usize {
    let said = tree.element(cell).and_then(|element| element.attribute(name));
    said.and_then(|said| said.trim().parse().ok()).unwrap_or(1)
}

/// Each cell in its column. None if there are too many.
fn placed(tree: &Tree, facts: &Facts, rows: &[Row]) -> Option<Vec<Vec<Option<NodeId>>>> {
    let most = rows.iter().map(|row| row.cells.len()).max().unwrap_or(0);
    if most > MOST_COLUMNS {
        return None;
    }
    // How many more rows each column is taken by a cell from above.
    let mut taken: Vec<usize> = Vec::new();
    let mut placed: Vec<Vec<Option<NodeId>>> = Vec::new();
    let mut budget = MOST_CELLS;
    for row in rows {
        let mut line: Vec<Option<NodeId>> = Vec::new();
        for cell in &row.cells {
            while taken.get(line.len()).is_some_and(|left| *left > 0) {
                line.push(None);
            }
            let tall = span(tree, *cell, "rowspan").clamp(1, rows.len());
            // Nothing is wider than the widest row.
            let wide = span(tree, *cell, "colspan").clamp(1, most.max(1));
            for at in 0..wide {
                let column = line.len();
                line.push(if at == 0 { Some(*cell) } else { None });
                if tall > 1 {
                    taken.resize(taken.len().max(column + 1), 0);
                    if let Some(left) = taken.get_mut(column) {
                        *left = tall;
                    }
                }
            }
            if line.len() > MOST_COLUMNS {
                return None;
            }
        }
        for left in &mut taken {
            *left = left.saturating_sub(1);
        }
        budget = budget.checked_sub(line.len() + taken.len())?;
        while line.last().is_some_and(|last| last.is_none_or(|cell| facts.at(cell).words == 0)) {
            line.pop();
        }
        if !line.is_empty() {
            placed.push(line);
        }
    }
    Some(without_empty_columns(facts, placed))
}

/// What only keeps others apart is no column.
fn without_empty_columns(facts: &Facts, mut rows: Vec<Vec<Option<NodeId>>>) -> Vec<Vec<Option<NodeId>>> {
    let mut used: Vec<bool> = Vec::new();
    for row in &rows {
        used.resize(used.len().max(row.len()), false);
        for (used, cell) in used.iter_mut().zip(row) {
            *used |= cell.is_some_and(|cell| facts.at(cell).words > 0);
        }
    }
    for row in &mut rows {
        let mut used = used.iter();
        row.retain(|_| used.next().is_none_or(|used| *used));
    }
    rows
}
