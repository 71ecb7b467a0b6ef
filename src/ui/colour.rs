//! Colours that senders chose, as far as they can be read here.

use ratatui::style::Color;

use crate::config::theme::Ground;

#[derive(Clone, Copy, Debug)]
pub(super) struct Colours {
    ground: Option<Ground>,
    /// The terminal shows more than 256.
    all: bool,
}

/// Less colour than this is taken for black, grey or white, which are the ground's own affair.
const GREY: u8 = 28;
/// Of [`WHITE`]; what is darker cannot be read on a dark ground.
const DARKEST: u32 = 18;
const LIGHTEST: u32 = 17;
const WHITE: u32 = 255 * 255 * 100;

impl Colours {
    pub(super) fn new(ground: Option<Ground>, all: bool) -> Self {
        Self { ground, all }
    }

    pub(super) fn all(self) -> Self {
        Self { all: true, ..self }
    }

    pub(super) fn of(self, (red, green, blue): (u8, u8, u8)) -> Option<Color> {
        let ground = self.ground?;
        let rgb = [red, green, blue];
        let most = rgb.into_iter().max().unwrap_or_default();
        let least = rgb.into_iter().min().unwrap_or_default();
        if most - least < GREY {
            return None;
        }
        let [red, green, blue] = readable(rgb, ground);
        Some(if self.all { Color::Rgb(red, green, blue) } else { Color::Indexed(nearest([red, green, blue])) })
    }
}

/// How bright it is to an eye: near enough, and without fractions.
fn brightness([red, green, blue]: [u8; 3]) -> u32 {
    let square = |part: u8| u32::from(part) * u32::from(part);
    square(red) * 21 + square(green) * 72 + square(blue) * 7
}

/// Moved towards white or black until it can be read.
fn readable(mut rgb: [u8; 3], ground: Ground) -> [u8; 3] {
    for _ in 0..32 {
        let bright = brightness(rgb);
        match ground {
            Ground::Dark if bright < WHITE / 100 * DARKEST => {
                rgb = rgb.map(|part| part.saturating_add((255 - part) / 12 + 1));
            }
            Ground::Light if bright > WHITE / 100 * LIGHTEST => {
                rgb = rgb.map(|part| part.saturating_sub(part / 12 + 1));
            }
            Ground::Dark | Ground::Light => return rgb,
        }
    }
    rgb
}

const STEPS: [u8; 6] = [0, 95, 135, 175, 215, 255];

/// The nearest of the 216 colours that every terminal shows alike.
fn nearest(rgb: [u8; 3]) -> u8 {
    let step = |part: u8| {
        let nearest = (0_u8..).zip(STEPS).min_by_key(|(_, step)| step.abs_diff(part));
        nearest.map_or(0, |(at, _)| at)
    };
    let [red, green, blue] = rgb.map(step);
    16 + 36 * red + 6 * green + blue
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_are_readable_on_every_ground() {
        for red in (0..=255).step_by(15) {
            for green in (0..=255).step_by(15) {
                for blue in (0..=255).step_by(15) {
                    let rgb = [red, green, blue];
                    assert!(brightness(readable(rgb, Ground::Dark)) >= WHITE / 100 * DARKEST, "{rgb:?}");
                    assert!(brightness(readable(rgb, Ground::Light)) <= WHITE / 100 * LIGHTEST, "{rgb:?}");
                }
            }
        }
        assert_eq!(readable([255, 200, 0], Ground::Dark), [255, 200, 0]);
        assert_eq!(readable([0, 0, 128], Ground::Light), [0, 0, 128]);
    }

    #[test]
    fn a_plain_theme_has_none_and_grey_is_no_colour() {
        assert_eq!(Colours::new(None, true).of((255, 0, 0)), None);
        let dark = Colours::new(Some(Ground::Dark), false);
        for grey in [(0, 0, 0), (51, 51, 51), (255, 255, 255), (120, 130, 125)] {
            assert_eq!(dark.of(grey), None);
        }
        assert_eq!(dark.of((255, 0, 0)), Some(Color::Indexed(16 + 36 * 5)));
        assert_eq!(dark.all().of((255, 0, 0)), Some(Color::Rgb(255, 0, 0)));
    }
}
