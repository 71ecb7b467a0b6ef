//! What of a page can be seen, and how it looks: what an element gets from those around it, from the styles and from
//! its own attributes.

use super::colour::{Colour, Paint, ground, ink};
use super::css::{self, Display, Sheets, Style};
use super::facts::is_block;
use super::tree::Element;
use crate::model::Look;

/// Colours that differ by less than this cannot be told from each other.
const ALIKE: u8 = 11;

/// Greys, and what is nearly one, are what the reader has already.
const COLOURFUL: u8 = 64;

#[derive(Clone, Copy)]
pub(super) struct Seen {
    pub(super) look: Look,
    pub(super) link: Option<usize>,
    pub(super) keeps_lines: bool,
    pub(super) dingbats: bool,
    pub(super) bare_list: bool,
    /// None if nothing is said of it.
    colour: Option<Paint>,
    /// None if it is not known.
    background: Option<Colour>,
    /// Hidden, but what is inside may come back.
    unseen: bool,
    far_in: bool,
    tiny: bool,
    /// Nothing that is inside comes back.
    lost: bool,
    outlined: bool,
    drawing: Drawing,
}

/// Where we are in a drawing that is made of shapes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Drawing {
    No,
    Shapes,
    /// These have their own sizes and colours.
    Words,
}

/// What an element asks for itself alone.
pub(super) struct Own {
    pub(super) seen: Seen,
    pub(super) is_block: bool,
    pub(super) parted_above: bool,
    pub(super) parted_below: bool,
    /// The number or the dot that Word wrote before a list item.
    pub(super) is_list_mark: bool,
    pub(super) breaks_lines: bool,
}

impl Seen {
    pub(super) fn of_page(sheets: &Sheets) -> Self {
        Self {
            look: Look::default(),
            link: None,
            keeps_lines: false,
            dingbats: false,
            bare_list: false,
            colour: None,
            background: if sheets.has_other_backgrounds { None } else { Some((255, 255, 255)) },
            unseen: false,
            far_in: false,
            tiny: false,
            lost: false,
            outlined: false,
            drawing: Drawing::No,
        }
    }

    /// True if words here are there for machines.
    pub(super) fn hides(&self) -> bool {
        match self.drawing {
            Drawing::Words => return self.unseen || self.lost,
            Drawing::Shapes => return true,
            Drawing::No => {}
        }
        let alike = |(one, other): (u8, u8)| one.abs_diff(other) < ALIKE;
        let is_painted_over = !self.outlined
            && match (self.colour, self.background) {
                (Some(Paint::Plain(words)), Some(ground)) => {
                    [(words.0, ground.0), (words.1, ground.1), (words.2, ground.2)].into_iter().all(alike)
                }
                (Some(Paint::Clear), _) => true,
                _ => false,
            };
        self.unseen || self.lost || self.far_in || self.tiny || is_painted_over
    }

    /// True if also pictures cannot be seen here.
    pub(super) fn hides_pictures(&self) -> bool {
        self.unseen || self.lost || self.far_in
    }

    /// How words look here.
    pub(super) fn look(&self) -> Look {
        let is_colour = |(r, g, b): &Colour| r.max(g).max(b).abs_diff(*r.min(g).min(b)) >= COLOURFUL;
        let plain = match self.colour {
            Some(Paint::Plain(colour)) => Some(colour),
            _ => None,
        };
        // A link has the colour of links.
        Look { colour: plain.filter(is_colour).filter(|_| self.link.is_none()), ..self.look }
    }

    /// How an element in this one is seen. None if it is not there for those who read.
    pub(super) fn inside(&self, element: &Element, sheets: &Sheets, circumstances: Circumstances) -> Option<Own> {
        let name = element.name();
        let attribute = |name: &str| element.attribute(name).unwrap_or_default();
        let style = sheets.of_element(name, attribute("class"), attribute("id"), attribute("style"));
        if !circumstances.shows_all && is_gone(element, &style, circumstances) {
            return None;
        }
        let mut seen = *self;
        seen.named(name);
        if name == "a" && element.attribute("href").is_some() {
            seen.colour = None;
        }
        if let Some(paint) = element.attribute("bgcolor").and_then(ground) {
            seen.ground(paint, self);
        }
        let of_attribute = |name: &str| element.attribute(name).and_then(ink);
        match name {
            "font" => {
                seen.colour = of_attribute("color").or(seen.colour);
                seen.tiny &= element.attribute("size").is_none_or(|size| size.trim().is_empty());
            }
            "body" => seen.colour = of_attribute("text").or(seen.colour),
            _ => {}
        }
        if let Some(fonts) = element.attribute("face") {
            seen.dingbats = css::is_of_dingbats(fonts);
        }
        // What is inside may have a size that is not known here.
        seen.tiny &= !sheets.has_other_sizes;
        seen.styled(&style, self);
        if sheets.has_other_backgrounds || style.pictured.unwrap_or(element.attribute("background").is_some()) {
            seen.background = None;
        }
        let parts = is_parted(name);
        Some(Own {
            seen,
            is_block: match style.display {
                Some(Display::Block) => true,
                Some(Display::Inline) => is_block(name) && matches!(name, "td" | "th" | "tr" | "table"),
                None => is_block(name) || (name == "text" && seen.drawing == Drawing::Words),
            },
            parted_above: parts && style.margin_above != Some(false),
            parted_below: parts && style.margin_below != Some(false),
            is_list_mark: style.list_mark == Some(true),
            breaks_lines: name == "pre" && style.keeps_lines.is_some(),
        })
    }

    /// What an element does by its name.
    fn named(&mut self, name: &str) {
        match name {
            "b" | "strong" | "th" => self.look.strong = true,
            "i" | "em" | "cite" | "dfn" | "var" => self.look.emphasis = true,
            "s" | "strike" | "del" => self.look.struck = true,
            "code" | "tt" | "kbd" | "samp" => self.look.code = true,
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => self.look.heading = true,
            "pre" => self.keeps_lines = true,
            "ul" | "ol" => self.bare_list = false,
            "svg" => self.drawing = Drawing::Shapes,
            _ if self.drawing == Drawing::No => {}
            "text" => self.drawing = Drawing::Words,
            _ if name.eq_ignore_ascii_case("foreignObject") => self.drawing = Drawing::Words,
            _ => {}
        }
    }

    fn ground(&mut self, paint: Paint, around: &Self) {
        self.background = match paint {
            Paint::Plain(colour) => Some(colour),
            Paint::Clear | Paint::Inherited => around.background,
            Paint::Unknown => None,
        };
    }

    fn styled(&mut self, style: &Style, around: &Self) {
        self.unseen = style.unseen.unwrap_or(self.unseen);
        let is_far = style.far_left == Some(true) || style.far_up == Some(true);
        self.lost |= style.is_placed == Some(true) && (is_far || style.cut_out == Some(true));
        self.lost |= style.faint == Some(true) || style.shrunk == Some(true);
        self.far_in = style.far_in.unwrap_or(self.far_in);
        self.outlined = style.outlined.unwrap_or(self.outlined);
        self.tiny = style.tiny.unwrap_or(self.tiny);
        self.colour = match style.colour {
            Some(Paint::Inherited) => around.colour,
            said => said.or(self.colour),
        };
        self.look.strong = style.strong.unwrap_or(self.look.strong);
        self.look.emphasis = style.emphasis.unwrap_or(self.look.emphasis);
        // A line through words goes through all that is in them.
        self.look.struck |= style.struck == Some(true);
        self.keeps_lines = style.keeps_lines.unwrap_or(self.keeps_lines);
        self.dingbats = style.dingbats.unwrap_or(self.dingbats);
        self.bare_list = style.bare_list.unwrap_or(self.bare_list);
        if let Some(paint) = style.background {
            self.ground(paint, around);
        }
    }
}

/// What a decision about an element depends on beside itself.
#[derive(Clone, Copy)]
pub(super) struct Circumstances {
    /// Nothing else was left, so that also what is hidden is shown.
    pub(super) shows_all: bool,
    /// No word came before it.
    pub(super) is_first: bool,
    pub(super) has_link: bool,
}

fn is_gone(element: &Element, style: &Style, circumstances: Circumstances) -> bool {
    // What such programs show instead stands in a comment, and there is no button but this.
    let is_gone_for_some = style.gone_for_some == Some(true) && !circumstances.has_link;
    let is_preheader = circumstances.is_first && element.attribute("aria-hidden") == Some("true");
    style.gone == Some(true)
        || is_gone_for_some
        || is_preheader
        || (style.flat == Some(true) && style.clipped == Some(true))
        || (element.attribute("hidden").is_some() && style.gone != Some(false))
        || matches!(
            element.name(),
            "xml" | "video" | "audio" | "canvas" | "datalist" | "defs" | "desc" | "metadata" | "symbol"
        )
}

/// What stands between empty lines.
fn is_parted(name: &str) -> bool {
    matches!(name, "p" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "blockquote" | "ul" | "ol" | "dl" | "pre")
}
