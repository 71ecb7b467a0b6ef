use proptest::prelude::*;
use ratatui::Terminal;
use ratatui::style::Style;

use super::*;

const COLUMNS: u16 = 24;
const ROWS: u16 = 6;

fn terminal() -> Terminal<Canvas<Vec<u8>>> {
    Terminal::new(Canvas::new(Vec::new(), COLUMNS, ROWS)).unwrap()
}

type Put = (u16, u16, &'static str, Style);

/// As `ui` does it: what a wide character covers is empty.
fn write(buffer: &mut ratatui::buffer::Buffer, (x, y, text, style): Put) {
    let (end, _) = buffer.set_stringn(x, y, text, usize::from(COLUMNS.saturating_sub(x)), style);
    for at in x..end {
        if width(buffer[(at, y)].symbol()) == 2 {
            buffer[(at + 1, y)].set_symbol("").set_style(style);
        }
    }
    // Half of a wide character that was written over is not there any more.
    if end < COLUMNS && buffer[(end, y)].symbol().is_empty() {
        buffer[(end, y)].reset();
    }
    if x > 0 && width(buffer[(x - 1, y)].symbol()) == 2 {
        buffer[(x - 1, y)].reset();
    }
}

fn draw(terminal: &mut Terminal<Canvas<Vec<u8>>>, puts: &[Put]) {
    let puts = puts.to_vec();
    terminal
        .draw(|frame| {
            for put in puts {
                write(frame.buffer_mut(), put);
            }
        })
        .unwrap();
}

#[test]
fn a_run_of_chinese_is_one_run() {
    let mut terminal = terminal();
    draw(&mut terminal, &[(2, 1, "鸿雁传书 ok", Style::new().fg(Color::Indexed(14)).bold())]);
    let written = String::from_utf8(terminal.backend().writer().clone()).unwrap();
    assert_eq!(written, "\u{1b}[?2026h\u{1b}[2;3H\u{1b}[1;96m鸿雁传书 ok\u{1b}[0m\u{1b}[?2026l",);
}

#[test]
fn after_a_doubtful_character_the_cursor_is_put_in_its_place() {
    let mut terminal = terminal();
    draw(&mut terminal, &[(0, 0, "a…b", Style::new())]);
    let written = String::from_utf8(terminal.backend().writer().clone()).unwrap();
    assert!(written.contains("a…\u{1b}[1;3Hb"), "{written:?}");
}

fn styles() -> impl Strategy<Value = Style> {
    let colour = prop_oneof![Just(Color::Reset), (0_u8..=255).prop_map(Color::Indexed), Just(Color::Rgb(1, 2, 3)),];
    (colour.clone(), colour, any::<[bool; 5]>()).prop_map(|(fg, bg, on)| {
        let mut style = Style::new().fg(fg).bg(bg);
        for ((modifier, _), _) in MODIFIERS
            .into_iter()
            .zip(on)
            // The emulator knows only one of bold and dim at a time.
            .filter(|((modifier, _), on)| *on && *modifier != Modifier::DIM)
        {
            style = style.add_modifier(modifier);
        }
        style
    })
}

proptest! {
    /// A terminal that is fed the differences shows what a terminal shows that is fed the last frame alone.
    #[test]
    fn what_arrives_is_what_was_drawn(
        frames in prop::collection::vec(
            prop::collection::vec(
                (0..COLUMNS, 0..ROWS, prop::sample::select(vec!["鸿雁", "abc", "─┼", "a鸿b", "…●", "   ", "é"]), styles()),
                0..12,
            ),
            1..5,
        )
    ) {
        let mut terminal = terminal();
        for frame in &frames {
            draw(&mut terminal, frame);
        }
        let mut parser = vt100::Parser::new(ROWS.try_into().unwrap(), COLUMNS.try_into().unwrap(), 0);
        parser.process(terminal.backend().writer());
        let mut expected = ratatui::buffer::Buffer::empty(ratatui::layout::Rect::new(0, 0, COLUMNS, ROWS));
        for put in frames.last().unwrap() {
            write(&mut expected, *put);
        }
        for y in 0..ROWS {
            let mut x = 0;
            while x < COLUMNS {
                let cell = &expected[(x, y)];
                let shown = parser.screen().cell(y, x).unwrap();
                let symbol = if shown.contents().is_empty() { " " } else { shown.contents() };
                prop_assert_eq!(symbol, cell.symbol(), "at {},{}", x, y);
                prop_assert_eq!(shown.bold(), cell.modifier.contains(Modifier::BOLD), "at {},{}", x, y);
                prop_assert_eq!(shown.inverse(), cell.modifier.contains(Modifier::REVERSED));
                let colour = |shown, cell| match (shown, cell) {
                    (vt100::Color::Idx(a), Color::Indexed(b)) => a == b,
                    (vt100::Color::Default, Color::Reset) | (vt100::Color::Rgb(..), Color::Rgb(..)) => true,
                    _ => false,
                };
                prop_assert!(colour(shown.fgcolor(), cell.fg) && colour(shown.bgcolor(), cell.bg), "at {x},{y}");
                x += u16::try_from(width(cell.symbol()).max(1)).unwrap();
            }
        }
    }
}
