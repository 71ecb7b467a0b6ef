//! Where everything stands, in columns and rows. The decisions need it (how long is a page, what was clicked), and so
//! does the drawing, so it is reckoned here once, without a word about the library that draws.

use super::{Focus, LayoutChoice};

#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Size {
    pub columns: u16,
    pub rows: u16,
}

#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Area {
    pub x: u16,
    pub y: u16,
    pub width: u16,
    pub height: u16,
}

impl Area {
    pub fn contains(self, column: u16, row: u16) -> bool {
        let inside = |at: u16, from: u16, length: u16| at >= from && at - from < length;
        inside(column, self.x, self.width) && inside(row, self.y, self.height)
    }

    pub fn is_empty(self) -> bool {
        self.width == 0 || self.height == 0
    }

    /// What is left inside a frame of one row above and below, and two columns on each side.
    #[must_use]
    pub fn inside(self) -> Self {
        let (columns, rows) = (if self.width > 20 { 2 } else { 0 }, u16::from(self.height > 4));
        Self { x: self.x + columns, y: self.y + rows, width: self.width - 2 * columns, height: self.height - 2 * rows }
    }

    /// Without its first rows.
    #[must_use]
    pub fn below(self, rows: u16) -> Self {
        self.top(rows).1
    }

    /// Splits off the first rows.
    pub(crate) fn top(self, rows: u16) -> (Self, Self) {
        let rows = rows.min(self.height);
        (Self { height: rows, ..self }, Self { y: self.y + rows, height: self.height - rows, ..self })
    }

    /// Splits off the last rows.
    fn bottom(self, rows: u16) -> (Self, Self) {
        let rows = rows.min(self.height);
        let rest = self.height - rows;
        (Self { height: rest, ..self }, Self { y: self.y + rest, height: rows, ..self })
    }

    /// Splits off the first columns.
    fn left(self, columns: u16) -> (Self, Self) {
        let columns = columns.min(self.width);
        (Self { width: columns, ..self }, Self { x: self.x + columns, width: self.width - columns, ..self })
    }
}

/// A pane: one row that names it, and the rows below.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Pane {
    pub title: Area,
    pub body: Area,
}

impl Pane {
    fn of(area: Area) -> Self {
        // On the last few rows of a tiny terminal a title would be all there is.
        let (title, body) = area.top(u16::from(area.height >= 3));
        Self { title, body }
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub enum Shape {
    /// Folders, list and reader side by side.
    Wide,
    /// The list above the reader, folders on a key.
    Stacked,
    /// One pane at a time.
    #[default]
    Single,
}

#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Layout {
    pub shape: Shape,
    pub folders: Option<Pane>,
    pub list: Option<Pane>,
    pub reader: Option<Pane>,
    /// A draft, in the place of the reader or of everything.
    pub composer: Option<Pane>,
    /// Columns with an upright rule, from the first row of `main` to its last.
    pub rules: [Option<u16>; 2],
    /// All the panes together.
    pub main: Area,
    pub error: Option<Area>,
    pub status: Option<Area>,
    pub footer: Option<Area>,
}

const WIDE: u16 = 120;
const STACKED: u16 = 70;
/// A rule, and a message with lines of 80 columns between two blanks.
const READING: u16 = 83;
/// The list beside an open message is no narrower.
const LIST: u16 = 36;
const FOLDERS: u16 = 27;

/// What the layout depends on besides the size.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Wanted {
    pub choice: LayoutChoice,
    pub focus: Focus,
    /// The folder pane, where it is a choice: `None` means as the shape does by itself.
    pub folders: Option<bool>,
    /// A draft stays beside the list where there is room.
    pub composer: bool,
    /// Rows for what is the matter.
    pub error: u16,
}

impl Layout {
    pub(crate) fn of(size: Size, wanted: Wanted) -> Self {
        let whole = Area { x: 0, y: 0, width: size.columns, height: size.rows };
        let (rest, footer) = whole.bottom(u16::from(size.rows >= 6));
        let (rest, status) = rest.bottom(u16::from(size.rows >= 4));
        let (main, error) = rest.bottom(if size.rows >= 2 { wanted.error } else { 0 });
        let shown = |area: Area| if area.is_empty() { None } else { Some(area) };
        // Before the error row is taken off: a message must not turn the whole screen over.
        let shape = shape(wanted.choice, rest);
        let mut layout =
            Self { shape, main, error: shown(error), status: shown(status), footer: shown(footer), ..Self::default() };
        match shape {
            Shape::Stacked if wanted.focus == Focus::Composer => layout.composer = Some(Pane::of(main)),
            Shape::Wide => layout.side_by_side(wanted),
            Shape::Stacked => layout.stacked(wanted),
            Shape::Single => {
                let pane = Some(Pane::of(main));
                match wanted.focus {
                    Focus::Folders => layout.folders = pane,
                    Focus::List => layout.list = pane,
                    Focus::Reader => layout.reader = pane,
                    Focus::Composer => layout.composer = pane,
                }
            }
        }
        layout
    }

    fn side_by_side(&mut self, wanted: Wanted) {
        let mut rest = self.main;
        let composing = wanted.focus == Focus::Composer || wanted.composer && wanted.focus != Focus::Reader;
        let opened = wanted.focus == Focus::Reader || composing;
        // An open message wants lines as long as they were written, more than the folders want to be seen.
        let makes_room = opened && wanted.folders.is_none() && rest.width < FOLDERS + LIST + READING;
        if wanted.folders != Some(false) && !makes_room || wanted.focus == Focus::Folders {
            rest = self.folders_at_the_left(rest);
        }
        let share = (rest.width * 52 / 100).clamp(40, 100);
        let list = if opened { share.min(rest.width.saturating_sub(READING).max(LIST)) } else { share };
        let (list, right) = rest.left(list);
        let (rule, reader) = right.left(1);
        let [_, second] = &mut self.rules;
        *second = Some(rule.x);
        self.list = Some(Pane::of(list));
        let pane = Some(Pane::of(reader));
        (self.reader, self.composer) = if composing { (None, pane) } else { (pane, None) };
    }

    fn stacked(&mut self, wanted: Wanted) {
        let mut rest = self.main;
        if wanted.folders == Some(true) || wanted.focus == Focus::Folders {
            rest = self.folders_at_the_left(rest);
        }
        // Where rows are few, an open message needs them more than the list does.
        let share = if wanted.focus == Focus::Reader && rest.height < 32 { 18 } else { 42 };
        let (list, reader) = rest.top((rest.height * share / 100).max(4));
        self.list = Some(Pane::of(list));
        self.reader = Some(Pane::of(reader));
    }

    fn folders_at_the_left(&mut self, area: Area) -> Area {
        let (folders, right) = area.left((area.width * 16 / 100).clamp(22, 30));
        let (rule, rest) = right.left(1);
        self.folders = Some(Pane::of(folders));
        let [first, _] = &mut self.rules;
        *first = Some(rule.x);
        rest
    }

    /// How many messages the list shows at once.
    pub fn list_rows(&self) -> usize {
        usize::from(self.list.map_or(self.main.height.saturating_sub(1), |pane| pane.body.height))
    }
}

fn shape(choice: LayoutChoice, main: Area) -> Shape {
    let wide = main.width >= WIDE && main.height >= 6;
    let stacked = main.width >= STACKED && main.height >= 12;
    match choice {
        LayoutChoice::Wide if main.width >= 90 && main.height >= 6 => Shape::Wide,
        LayoutChoice::Stacked if stacked => Shape::Stacked,
        LayoutChoice::Auto | LayoutChoice::Wide | LayoutChoice::Stacked if wide => Shape::Wide,
        LayoutChoice::Auto | LayoutChoice::Wide | LayoutChoice::Stacked if stacked => Shape::Stacked,
        LayoutChoice::Single | LayoutChoice::Auto | LayoutChoice::Wide | LayoutChoice::Stacked => Shape::Single,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(columns: u16, rows: u16, focus: Focus) -> Layout {
        Layout::of(
            Size { columns, rows },
            Wanted { choice: LayoutChoice::Auto, focus, folders: None, composer: false, error: 1 },
        )
    }

    #[test]
    fn the_width_decides() {
        assert_eq!(of(160, 50, Focus::List).shape, Shape::Wide);
        assert_eq!(of(120, 40, Focus::List).shape, Shape::Wide);
        assert_eq!(of(119, 40, Focus::List).shape, Shape::Stacked);
        assert_eq!(of(80, 24, Focus::List).shape, Shape::Stacked);
        assert_eq!(of(69, 24, Focus::List).shape, Shape::Single);
        assert_eq!(of(80, 10, Focus::List).shape, Shape::Single);
    }

    #[test]
    fn an_open_message_has_lines_of_eighty() {
        for columns in 120..=300 {
            let open = of(columns, 40, Focus::Reader);
            assert!(open.reader.unwrap().body.width >= 82, "{columns}: {open:?}");
            assert!(open.list.unwrap().body.width >= 36, "{columns}: {open:?}");
            assert!(open.reader.unwrap().body.width >= of(columns, 40, Focus::List).reader.unwrap().body.width);
            assert_eq!(open.folders.is_some(), columns >= 146, "{columns}");
        }
        let with_folders =
            Wanted { choice: LayoutChoice::Auto, focus: Focus::Reader, folders: Some(true), composer: false, error: 1 };
        assert!(Layout::of(Size { columns: 120, rows: 40 }, with_folders).folders.is_some());
    }

    #[test]
    fn nothing_overlaps_and_nothing_leaves_the_screen() {
        for columns in (0..=210).step_by(3).chain([500]) {
            for rows in (0..=60).chain([200]) {
                for focus in [Focus::Folders, Focus::List, Focus::Reader, Focus::Composer] {
                    let layout = of(columns, rows, focus);
                    let panes = [layout.folders, layout.list, layout.reader, layout.composer];
                    let areas: Vec<Area> = panes
                        .into_iter()
                        .flatten()
                        .flat_map(|pane| [pane.title, pane.body])
                        .chain([layout.error, layout.status, layout.footer].into_iter().flatten())
                        .collect();
                    for (at, a) in areas.iter().enumerate() {
                        assert!(a.x + a.width <= columns && a.y + a.height <= rows, "{a:?} in {columns}x{rows}");
                        for b in areas.iter().skip(at + 1).filter(|b| !b.is_empty() && !a.is_empty()) {
                            let apart = a.x + a.width <= b.x
                                || b.x + b.width <= a.x
                                || a.y + a.height <= b.y
                                || b.y + b.height <= a.y;
                            assert!(apart, "{a:?} over {b:?} in {columns}x{rows}");
                        }
                    }
                }
            }
        }
    }
}
