//! Cells on their way to the terminal, in as few bytes as they need: what a key costs on a slow line is what it writes.
//! A run of Chinese characters is written as a run (the stock backend moves the cursor for each of them), and after
//! characters on whose width terminals disagree the cursor is put where it must be, so that one of them cannot push a
//! whole row out of line.

use std::io::{self, Write};

use ratatui::backend::{Backend, ClearType, WindowSize};
use ratatui::buffer::Cell;
use ratatui::layout::{Position, Size};
use ratatui::style::{Color, Modifier};

use crate::text::width;

/// How the next character would look.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Ink {
    fg: Color,
    bg: Color,
    modifier: Modifier,
}

const BARE: Ink = Ink { fg: Color::Reset, bg: Color::Reset, modifier: Modifier::empty() };

/// A backend that is told its size and never asks the terminal for anything.
#[derive(Debug)]
pub struct Canvas<W: Write> {
    out: W,
    size: Size,
    waiting: Vec<u8>,
    /// Where the terminal's cursor is known to be.
    at: Option<(u16, u16)>,
    ink: Ink,
    cursor_shown: bool,
}

impl<W: Write> Canvas<W> {
    /// A screen of this size, on which no cursor is shown.
    pub fn new(out: W, columns: u16, rows: u16) -> Self {
        let size = Size { width: columns, height: rows };
        Self { out, size, waiting: Vec::new(), at: None, ink: BARE, cursor_shown: false }
    }

    /// The terminal has another size now. The next `draw` clears it and draws everything.
    pub fn resize(&mut self, columns: u16, rows: u16) {
        self.size = Size { width: columns, height: rows };
        self.at = None;
    }

    /// The terminal was somebody else's, and has no cursor now.
    pub fn anew(&mut self) {
        self.waiting.clear();
        (self.at, self.ink, self.cursor_shown) = (None, BARE, false);
    }

    pub fn writer(&self) -> &W {
        &self.out
    }

    fn go(&mut self, x: u16, y: u16) -> io::Result<()> {
        if self.at != Some((x, y)) {
            write!(self.waiting, "\x1b[{};{}H", y.saturating_add(1), x.saturating_add(1))?;
            self.at = Some((x, y));
        }
        Ok(())
    }

    fn dip(&mut self, ink: Ink) -> io::Result<()> {
        let from = if (self.ink.modifier - ink.modifier).is_empty() { self.ink } else { BARE };
        let mut codes: Vec<u8> = Vec::new();
        if from != self.ink {
            codes.extend(b";0");
        }
        for (modifier, code) in MODIFIERS {
            if (ink.modifier - from.modifier).contains(modifier) {
                write!(codes, ";{code}")?;
            }
        }
        if ink.fg != from.fg {
            colour(ink.fg, 30, &mut codes)?;
        }
        if ink.bg != from.bg {
            colour(ink.bg, 40, &mut codes)?;
        }
        if let Some(codes) = codes.get(1..) {
            self.waiting.extend(b"\x1b[");
            self.waiting.extend(codes);
            self.waiting.push(b'm');
        }
        self.ink = ink;
        Ok(())
    }

    /// Writes a run of blanks: a long one as a command to erase, which is shorter than itself.
    fn erase(&mut self, blanks: Blanks) -> io::Result<()> {
        if blanks.count == 0 {
            return Ok(());
        }
        self.go(blanks.x, blanks.y)?;
        self.dip(BARE)?;
        if blanks.count >= WORTH_ERASING {
            return write!(self.waiting, "\x1b[{}X", blanks.count);
        }
        self.waiting.extend(std::iter::repeat_n(b' ', usize::from(blanks.count)));
        let next = blanks.x.saturating_add(blanks.count);
        self.at = (next < self.size.width).then_some((next, blanks.y));
        Ok(())
    }

    fn show_or_hide(&mut self, show: bool) {
        if self.cursor_shown != show {
            self.cursor_shown = show;
            self.waiting.extend(if show { b"\x1b[?25h" } else { b"\x1b[?25l" });
        }
    }
}

/// From here on the command is shorter, with the way back to the next character.
const WORTH_ERASING: u16 = 14;

/// Blank cells side by side in the terminal's own colours. Others are not erased: not every terminal fills with a colour.
#[derive(Debug, Default)]
struct Blanks {
    x: u16,
    y: u16,
    count: u16,
}

impl Blanks {
    /// True if the cell is one more of them.
    fn take(&mut self, x: u16, y: u16, cell: &Cell) -> bool {
        let ink = Ink { fg: cell.fg, bg: cell.bg, modifier: cell.modifier };
        if cell.symbol() != " " || ink != BARE {
            return false;
        }
        if self.count == 0 {
            *self = Self { x, y, count: 1 };
            return true;
        }
        let next = self.y == y && self.x.saturating_add(self.count) == x;
        self.count += u16::from(next);
        next
    }
}

const MODIFIERS: [(Modifier, u8); 6] = [
    (Modifier::BOLD, 1),
    (Modifier::DIM, 2),
    (Modifier::ITALIC, 3),
    (Modifier::UNDERLINED, 4),
    (Modifier::REVERSED, 7),
    (Modifier::CROSSED_OUT, 9),
];

/// `base` is 30 for the foreground, 40 for the background.
fn colour(colour: Color, base: u8, into: &mut Vec<u8>) -> io::Result<()> {
    match colour {
        Color::Indexed(number @ 0..=7) => write!(into, ";{}", base + number),
        Color::Indexed(number @ 8..=15) => write!(into, ";{}", base + 52 + number),
        Color::Indexed(number) => write!(into, ";{};5;{number}", base + 8),
        Color::Rgb(red, green, blue) => write!(into, ";{};2;{red};{green};{blue}", base + 8),
        // The theme knows no names: everything else is the terminal's own colour.
        _ => write!(into, ";{}", base + 9),
    }
}

/// True for characters that take the same columns on every terminal: those we need not look after.
fn is_sure(symbol: &str) -> bool {
    let mut chars = symbol.chars();
    let (Some(c), None) = (chars.next(), chars.next()) else {
        return false;
    };
    matches!(u32::from(c),
        0x20..=0x7e | 0xc0..=0x52f
        // Rules, of which whole rows are drawn.
        | 0x2500..=0x259f
        | 0x3000..=0x3247 | 0x3250..=0x4dbf | 0x4e00..=0xa4c6 | 0xac00..=0xd7a3 | 0xf900..=0xfaff
        | 0xfe30..=0xfe4f | 0xff01..=0xff60 | 0xffe0..=0xffe6 | 0x20000..=0x3fffd)
}

impl<W: Write> Backend for Canvas<W> {
    type Error = io::Error;

    fn draw<'a, I>(&mut self, content: I) -> io::Result<()>
    where
        I: Iterator<Item = (u16, u16, &'a Cell)>,
    {
        let mut blanks = Blanks::default();
        for (x, y, cell) in content {
            if blanks.take(x, y, cell) {
                continue;
            }
            self.erase(std::mem::take(&mut blanks))?;
            if blanks.take(x, y, cell) {
                continue;
            }
            self.go(x, y)?;
            self.dip(Ink { fg: cell.fg, bg: cell.bg, modifier: cell.modifier })?;
            let symbol = cell.symbol();
            let columns = u16::try_from(width(symbol)).unwrap_or(1);
            // A terminal that takes it for narrower than we do would leave what stood behind it.
            if columns > 1 && !is_sure(symbol) {
                self.waiting.extend(b"  ");
                self.at = None;
                self.go(x, y)?;
            }
            self.waiting.extend(symbol.as_bytes());
            let next = x.saturating_add(columns);
            // At the right edge terminals wait with the line break, each in its own way.
            self.at = (is_sure(symbol) && next < self.size.width).then_some((next, y));
        }
        self.erase(blanks)?;
        if self.ink != BARE {
            self.dip(BARE)?;
        }
        Ok(())
    }

    fn hide_cursor(&mut self) -> io::Result<()> {
        self.show_or_hide(false);
        Ok(())
    }

    fn show_cursor(&mut self) -> io::Result<()> {
        self.show_or_hide(true);
        Ok(())
    }

    fn get_cursor_position(&mut self) -> io::Result<Position> {
        // Asking would put the answer among the keys.
        Ok(Position::default())
    }

    fn set_cursor_position<P: Into<Position>>(&mut self, position: P) -> io::Result<()> {
        let Position { x, y } = position.into();
        self.go(x, y)
    }

    fn clear(&mut self) -> io::Result<()> {
        self.waiting.extend(b"\x1b[0m\x1b[2J");
        (self.ink, self.at) = (BARE, None);
        Ok(())
    }

    fn clear_region(&mut self, region: ClearType) -> io::Result<()> {
        self.waiting.extend(match region {
            ClearType::All => b"\x1b[2J",
            ClearType::AfterCursor => b"\x1b[0J",
            ClearType::BeforeCursor => b"\x1b[1J",
            ClearType::CurrentLine => b"\x1b[2K",
            ClearType::UntilNewLine => b"\x1b[0K",
        });
        Ok(())
    }

    fn size(&self) -> io::Result<Size> {
        Ok(self.size)
    }

    fn window_size(&mut self) -> io::Result<WindowSize> {
        Ok(WindowSize { columns_rows: self.size, pixels: Size::default() })
    }

    /// Everything in one write, and as one update where the terminal knows what that is.
    fn flush(&mut self) -> io::Result<()> {
        if self.waiting.is_empty() {
            return Ok(());
        }
        let mut frame = Vec::with_capacity(self.waiting.len() + 16);
        frame.extend(b"\x1b[?2026h");
        frame.append(&mut self.waiting);
        frame.extend(b"\x1b[?2026l");
        self.out.write_all(&frame)?;
        self.out.flush()
    }
}

#[cfg(test)]
mod tests;
