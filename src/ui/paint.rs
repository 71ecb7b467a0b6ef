//! A theme in the terms of the library that draws.

use ratatui::style::{Color, Modifier, Style};

use crate::config::theme::{self, Colour, Theme};

macro_rules! paint {
    ($($field:ident),* $(,)?) => {
        #[derive(Clone, Debug)]
        pub(super) struct Paint {
            $(pub(super) $field: Style),*
        }

        impl Paint {
            pub(super) fn new(theme: &Theme) -> Self {
                Self { $($field: style(theme.$field)),* }
            }
        }
    };
}

paint!(
    text,
    dim,
    rule,
    title,
    title_focused,
    cursor,
    cursor_resting,
    unread,
    unread_mark,
    star,
    mark,
    pending,
    date,
    account,
    counter,
    label,
    subject,
    attachment,
    quote_1,
    quote_2,
    quote_3,
    heading,
    code,
    link,
    chosen,
    hit,
    added,
    removed,
    hunk,
    warning,
    good,
    bad,
    status,
    status_good,
    status_busy,
    status_bad,
    error,
    notice,
    key,
    hint,
);

fn style(from: theme::Style) -> Style {
    let mut style = Style::new();
    style.fg = from.fg.map(colour);
    style.bg = from.bg.map(colour);
    let modifiers = [
        (from.bold, Modifier::BOLD),
        (from.dim, Modifier::DIM),
        (from.italic, Modifier::ITALIC),
        (from.underline, Modifier::UNDERLINED),
        (from.reverse, Modifier::REVERSED),
    ];
    for (_, modifier) in modifiers.into_iter().filter(|(on, _)| *on) {
        style = style.add_modifier(modifier);
    }
    style
}

fn colour(from: Colour) -> Color {
    match from {
        Colour::Indexed(number) => Color::Indexed(number),
        Colour::Rgb(red, green, blue) => Color::Rgb(red, green, blue),
    }
}
