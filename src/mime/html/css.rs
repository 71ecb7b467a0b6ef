//! As much of CSS as decides what a reader sees: what is hidden, what is bold, which colour, where blank lines are.
//! Only plain selectors count (`p`, `.x`, `p.x`, `#x`); what depends on the screen or on other elements is left out.

use std::collections::HashMap;

use super::floor;

const MOST_RULES: usize = 5_000;
const MOST_DECLARATIONS: usize = 200;
const MOST_CLASSES: usize = 8;
/// A sheet may name these; the styles of one element a few.
const MOST_ADDRESSES: usize = 500;

/// What stands there is on no screen.
const FAR_AWAY: f32 = -900.0;

pub(super) type Colour = (u8, u8, u8);

/// What styles say about one element. What they do not say is None.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub(super) struct Style {
    pub(super) gone: Option<bool>,
    /// For one mail program only, which shows something else instead.
    pub(super) gone_for_some: Option<bool>,
    pub(super) unseen: Option<bool>,
    pub(super) tiny: Option<bool>,
    pub(super) flat: Option<bool>,
    pub(super) clipped: Option<bool>,
    pub(super) display: Option<Display>,
    pub(super) colour: Option<Colour>,
    pub(super) background: Option<Background>,
    pub(super) strong: Option<bool>,
    pub(super) emphasis: Option<bool>,
    pub(super) struck: Option<bool>,
    pub(super) keeps_lines: Option<bool>,
    pub(super) margin_above: Option<bool>,
    pub(super) margin_below: Option<bool>,
    /// The number or the dot that Word wrote before a list item.
    pub(super) list_mark: Option<bool>,
    pub(super) dingbats: Option<bool>,
    /// A list without dots.
    pub(super) bare_list: Option<bool>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Display {
    Block,
    Inline,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Background {
    Plain(Colour),
    /// A picture, or something that nobody computes here.
    Unknown,
}

impl Style {
    fn take(&mut self, over: &Self) {
        macro_rules! take {
            ($($field:ident),*) => { $( if over.$field.is_some() { self.$field = over.$field; } )* };
        }
        take!(gone, gone_for_some, unseen, tiny, flat, clipped, display, colour, background, strong, emphasis, struck);
        take!(keeps_lines, margin_above, margin_below, list_mark, dingbats, bare_list);
    }

    fn declare(&mut self, name: &str, value: &str) {
        let lower = value.trim().to_ascii_lowercase();
        let value = lower.trim_end_matches("!important").trim_end();
        match name {
            "display" => {
                self.gone = Some(value == "none");
                self.display = match value {
                    "block" | "flex" | "grid" | "table" | "list-item" => Some(Display::Block),
                    "inline" => Some(Display::Inline),
                    _ => self.display,
                };
            }
            "visibility" => self.unseen = Some(matches!(value, "hidden" | "collapse")),
            "opacity" => self.unseen = Some(number(value).is_some_and(|opacity| opacity <= 0.01)),
            "mso-hide" => self.gone_for_some = Some(value == "all"),
            "font-size" => self.tiny = Some(is_tiny(value)),
            "font" => {
                self.tiny = value.split([' ', '/']).find(|word| word.ends_with("px") || *word == "0").map(is_tiny);
                self.strong = Some(value.split(' ').any(is_bold));
                self.emphasis = Some(value.contains("italic"));
            }
            "max-height" | "height" | "max-width" | "width" => {
                if number(value).is_some_and(|size| size <= 0.5) && !value.ends_with("em") {
                    self.flat = Some(true);
                } else if matches!(name, "max-height" | "height") {
                    self.flat = Some(false);
                }
            }
            "overflow" => self.clipped = Some(value.starts_with("hidden")),
            "color" if value == "transparent" => self.unseen = Some(true),
            "color" => self.colour = colour(value),
            "text-indent" | "left" | "top" if number(value).is_some_and(|place| place <= FAR_AWAY) => {
                self.unseen = Some(true);
            }
            "background-color" | "background" => self.background = background(value).or(self.background),
            "background-image" if value.contains('(') => self.background = Some(Background::Unknown),
            "font-weight" => self.strong = Some(is_bold(value)),
            "font-style" => self.emphasis = Some(value.contains("italic") || value.contains("oblique")),
            "text-decoration" | "text-decoration-line" => self.struck = Some(value.contains("line-through")),
            "white-space" => self.keeps_lines = Some(matches!(value, "pre" | "pre-wrap" | "pre-line" | "break-spaces")),
            "margin" => {
                let sizes: Vec<&str> = value.split_ascii_whitespace().take(4).collect();
                self.margin_above = sizes.first().map(|size| is_margin(size));
                self.margin_below = sizes.get(2).or(sizes.first()).map(|size| is_margin(size));
            }
            "margin-top" => self.margin_above = Some(is_margin(value)),
            "margin-bottom" => self.margin_below = Some(is_margin(value)),
            "mso-list" => self.list_mark = Some(value == "ignore"),
            "list-style" | "list-style-type" => self.bare_list = Some(value.contains("none")),
            "font-family" => self.dingbats = Some(is_of_dingbats(value)),
            _ => {}
        }
    }
}

/// The styles of a page.
#[derive(Default)]
pub(super) struct Sheets {
    rules: HashMap<String, Style>,
    /// Some background is given in a way that is not followed here.
    pub(super) has_other_backgrounds: bool,
    /// Some size of letters is.
    pub(super) has_other_sizes: bool,
}

impl Sheets {
    pub(super) fn of(text: &str) -> Self {
        let mut sheets = Self::default();
        let text = without_comments(text);
        let mut rest = text.as_str();
        let mut rules = 0;
        while let Some(open) = rest.find(['{', ';', '}']) {
            let (selectors, after) = rest.split_at(open);
            let selectors = selectors.trim();
            let inside = after.get(1..).unwrap_or_default();
            if !after.starts_with('{') {
                // `@import …;`, or a brace too many.
                rest = inside;
                continue;
            }
            if selectors.starts_with('@') {
                let (block, after) = block(inside);
                sheets.has_other_backgrounds |= block.contains("background");
                rest = after;
                continue;
            }
            let end = inside.find('}').unwrap_or(inside.len());
            let (body, after) = inside.split_at(end);
            rest = after.get(1..).unwrap_or_default();
            rules += 1;
            if rules > MOST_RULES {
                sheets.has_other_backgrounds = true;
                break;
            }
            let style = declared(body);
            for selector in selectors.split(',').take(100) {
                let selector = selector.trim();
                if is_plain(selector) {
                    sheets.rules.entry(selector.to_ascii_lowercase()).or_default().take(&style);
                } else {
                    sheets.has_other_backgrounds |= style.background.is_some();
                    sheets.has_other_sizes |= style.tiny.is_some();
                }
            }
        }
        sheets
    }

    /// What they say about an element.
    pub(super) fn of_element(&self, name: &str, class: &str, id: &str, own: &str) -> Style {
        let mut style = Style::default();
        if !self.rules.is_empty() {
            let mut look = |key: &str| {
                if let Some(rule) = self.rules.get(key) {
                    style.take(rule);
                }
            };
            look("*");
            look(name);
            let class = class.to_ascii_lowercase();
            let classes = || class.split_ascii_whitespace().take(MOST_CLASSES);
            classes().for_each(|class| look(&format!(".{class}")));
            classes().for_each(|class| look(&format!("{name}.{class}")));
            if !id.is_empty() {
                let id = id.to_ascii_lowercase();
                look(&format!("#{id}"));
                look(&format!("{name}#{id}"));
            }
        }
        if !own.is_empty() {
            style.take(&declared(own));
        }
        style
    }
}

fn declared(text: &str) -> Style {
    let mut style = Style::default();
    for declaration in text.split(';').take(MOST_DECLARATIONS) {
        if let Some((name, value)) = declaration.split_once(':') {
            style.declare(&name.trim().to_ascii_lowercase(), value.get(..floor(value, 400)).unwrap_or_default());
        }
    }
    style
}

fn is_plain(selector: &str) -> bool {
    let rest = selector.trim_start_matches(|c: char| c.is_ascii_alphanumeric());
    let name = rest.strip_prefix(['.', '#']).unwrap_or(rest);
    (!selector.is_empty() && selector.len() <= 100 && rest.is_empty())
        || (!name.is_empty() && name.len() < rest.len() && name.chars().all(is_of_a_name))
        || selector == "*"
}

fn is_of_a_name(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '-' | '_')
}

fn without_comments(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(open) = rest.find("/*") {
        let (before, comment) = rest.split_at(open);
        out.push_str(before);
        rest = comment.get(2..).and_then(|inside| inside.split_once("*/")).map_or("", |(_, after)| after);
    }
    out.push_str(rest);
    // Old pages hide their sheets from older programs.
    out.replace("<!--", "").replace("-->", "")
}

/// What is inside a brace that was opened, and what follows it.
fn block(text: &str) -> (&str, &str) {
    let mut depth = 1;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'{' => depth += 1,
            b'}' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return (text.get(..at).unwrap_or_default(), text.get(at + 1..).unwrap_or_default());
        }
    }
    (text, "")
}

/// The number that a size begins with.
fn number(value: &str) -> Option<f32> {
    let end = value.find(|c: char| !(c.is_ascii_digit() || matches!(c, '.' | '-' | '+'))).unwrap_or(value.len());
    value.get(..end)?.parse().ok()
}

fn is_tiny(value: &str) -> bool {
    let relative = value.ends_with("em") || value.ends_with('%');
    number(value).is_some_and(|size| if relative { size <= 0.01 } else { size <= 1.5 })
}

/// A font whose letters are pictures.
pub(super) fn is_of_dingbats(fonts: &str) -> bool {
    let first = fonts.trim().trim_start_matches(['"', '\'']).to_ascii_lowercase();
    first.starts_with("wingdings") || first.starts_with("symbol")
}

fn is_bold(value: &str) -> bool {
    value.starts_with("bold") || matches!(value, "600" | "700" | "800" | "900")
}

fn is_margin(value: &str) -> bool {
    number(value).is_none_or(|size| size > if value.ends_with("px") || value.ends_with("pt") { 3.0 } else { 0.1 })
}

fn background(value: &str) -> Option<Background> {
    if value.contains("url(") || value.contains("gradient") {
        return Some(Background::Unknown);
    }
    if matches!(value, "none" | "transparent" | "inherit" | "initial") {
        return None;
    }
    let whole = colour(value);
    whole.or_else(|| value.split_ascii_whitespace().find_map(colour)).map(Background::Plain)
}

/// `#c00`, `rgb(204, 0, 0)`, `red`.
pub(super) fn colour(value: &str) -> Option<Colour> {
    let value = value.trim().to_ascii_lowercase();
    if let Some(digits) = value.strip_prefix('#') {
        return hex(digits);
    }
    if let Some(inside) = value.strip_prefix("rgb").and_then(|rest| rest.split_once('(')).map(|(_, inside)| inside) {
        let mut parts = inside.split([',', ' ', ')', '/']).filter(|part| !part.is_empty());
        let mut part = || {
            let part = parts.next()?;
            let size = number(part)?;
            let size = if part.ends_with('%') { size * 2.55 } else { size }.min(255.0);
            (0..=255_u8).find(|whole| f32::from(*whole) + 0.5 > size)
        };
        let found = (part()?, part()?, part()?);
        // What is clear has no colour.
        let opacity = parts.next().and_then(number).unwrap_or(1.0);
        return if opacity < 0.05 { None } else { Some(found) };
    }
    NAMES.iter().find(|(name, _)| *name == value).map(|(_, colour)| *colour).or_else(|| {
        // `<font color=cc0000>`
        if value.len() == 6 { hex(&value) } else { None }
    })
}

fn hex(digits: &str) -> Option<Colour> {
    let part = |at: usize, long: usize| u8::from_str_radix(digits.get(at..at + long)?, 16).ok();
    match digits.len() {
        3 | 4 => Some((part(0, 1)? * 17, part(1, 1)? * 17, part(2, 1)? * 17)),
        6 | 8 => Some((part(0, 2)?, part(2, 2)?, part(4, 2)?)),
        _ => None,
    }
}

const NAMES: [(&str, Colour); 24] = [
    ("black", (0, 0, 0)),
    ("white", (255, 255, 255)),
    ("red", (255, 0, 0)),
    ("green", (0, 128, 0)),
    ("blue", (0, 0, 255)),
    ("yellow", (255, 255, 0)),
    ("orange", (255, 165, 0)),
    ("purple", (128, 0, 128)),
    ("gray", (128, 128, 128)),
    ("grey", (128, 128, 128)),
    ("silver", (192, 192, 192)),
    ("maroon", (128, 0, 0)),
    ("navy", (0, 0, 128)),
    ("teal", (0, 128, 128)),
    ("olive", (128, 128, 0)),
    ("lime", (0, 255, 0)),
    ("aqua", (0, 255, 255)),
    ("cyan", (0, 255, 255)),
    ("fuchsia", (255, 0, 255)),
    ("magenta", (255, 0, 255)),
    ("pink", (255, 192, 203)),
    ("brown", (165, 42, 42)),
    ("crimson", (220, 20, 60)),
    ("tomato", (255, 99, 71)),
];

/// True if the styles of a picture make it a dot, or nothing.
pub(super) fn is_a_dot(styles: &str) -> bool {
    let hidden = declared(styles);
    let dot = |value: &str| !value.contains(['%', 'm']) && number(value.trim()).is_some_and(|size| size <= 1.0);
    let sizes = styles.split(';').take(MOST_DECLARATIONS).filter_map(|one| one.split_once(':'));
    hidden.gone == Some(true)
        || hidden.unseen == Some(true)
        || sizes.into_iter().any(|(name, value)| matches!(name.trim(), "width" | "height") && dot(value))
}

/// What a sheet would fetch, and whether it is a picture.
pub(super) fn addresses(sheet: &str) -> Vec<(String, bool)> {
    let mut found = Vec::new();
    if !sheet.contains(['(', '@']) {
        return found;
    }
    let sheet = without_comments(sheet);
    let lower = sheet.to_ascii_lowercase();
    let clean = |text: &str| text.trim().trim_matches(['"', '\'']).trim().to_owned();
    // Where the rule or the declaration begins that an address stands in.
    let mut is_font = false;
    let mut last = 0;
    for (at, _) in lower.match_indices("url(").take(MOST_ADDRESSES) {
        let between = lower.get(last..at).unwrap_or_default();
        is_font = match (between.rfind("@font-face"), between.rfind('}')) {
            (Some(font), Some(end)) => font > end,
            (Some(_), None) => true,
            (None, Some(_)) => false,
            (None, None) => is_font,
        };
        let is_import = between.rsplit([';', '}']).next().is_some_and(|rule| rule.contains("@import"));
        let inside = sheet.get(at + 4..).unwrap_or_default();
        let end = inside.find(')').unwrap_or(inside.len()).min(floor(inside, 8 * 1024));
        found.push((clean(inside.get(..end).unwrap_or_default()), !is_font && !is_import));
        last = at;
    }
    for (at, _) in lower.match_indices("@import").take(MOST_ADDRESSES) {
        let rule = sheet.get(at + 7..).unwrap_or_default().split(';').next().unwrap_or_default().trim();
        if !rule.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("url(")) {
            found.push((clean(rule.split_ascii_whitespace().next().unwrap_or_default()), false));
        }
    }
    found
}
