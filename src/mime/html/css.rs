//! As much of CSS as decides what a reader sees: what is hidden, what is bold, which colour, where blank lines are.
//! Only plain selectors count (`p`, `.x`, `p.x`, `#x`); what depends on the screen or on other elements is left out.

use std::borrow::Cow;
use std::collections::HashMap;

use super::colour::{Paint, ground, ink, is_pictured};
use super::floor;

const MOST_RULES: usize = 5_000;
const MOST_DECLARATIONS: usize = 200;
const MOST_CLASSES: usize = 8;
/// A sheet may name these; the styles of one element a few.
const MOST_ADDRESSES: usize = 500;

/// What stands there is on no screen.
const FAR_AWAY: f32 = -900.0;

/// What styles say about one element. What they do not say is None.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub(super) struct Style {
    pub(super) gone: Option<bool>,
    /// For one mail program only, which shows something else instead.
    pub(super) gone_for_some: Option<bool>,
    pub(super) unseen: Option<bool>,
    /// Nothing that is inside comes back from these: seen through, shrunk to a point, cut to nothing.
    pub(super) faint: Option<bool>,
    pub(super) shrunk: Option<bool>,
    pub(super) cut_out: Option<bool>,
    /// Far from all that is on the screen, as far as it has a place of its own.
    pub(super) is_placed: Option<bool>,
    pub(super) far_left: Option<bool>,
    pub(super) far_up: Option<bool>,
    pub(super) far_in: Option<bool>,
    pub(super) tiny: Option<bool>,
    pub(super) flat: Option<bool>,
    pub(super) clipped: Option<bool>,
    pub(super) display: Option<Display>,
    pub(super) colour: Option<Paint>,
    pub(super) background: Option<Paint>,
    pub(super) pictured: Option<bool>,
    /// Words are seen by something else than their colour.
    pub(super) outlined: Option<bool>,
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

impl Style {
    fn take(&mut self, over: &Self) {
        macro_rules! take {
            ($($field:ident),*) => { $( if over.$field.is_some() { self.$field = over.$field; } )* };
        }
        take!(gone, gone_for_some, unseen, faint, shrunk, cut_out, is_placed, far_left, far_up, far_in, tiny, flat);
        take!(clipped, display, colour, background, pictured, outlined, strong, emphasis, struck);
        take!(keeps_lines, margin_above, margin_below, list_mark, dingbats, bare_list);
    }

    fn declare(&mut self, name: &str, value: &str) {
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
            "opacity" => self.faint = Some(number(value).is_some_and(|opacity| opacity <= 0.01)),
            "transform" => self.shrunk = Some(is_a_point(value)),
            "clip" => self.cut_out = Some(value.starts_with("rect") && is_empty_box(value)),
            "mso-hide" => self.gone_for_some = Some(value == "all"),
            "font-size" => self.tiny = tiny(value).or(self.tiny),
            "font" => {
                let is_size = |word: &&str| number(word).is_some() && (*word == "0" || !word.ends_with(is_digit));
                let size = value.split_ascii_whitespace().filter_map(|word| word.split('/').next()).find(is_size);
                // A size in a word, or one that nobody knows here, can be read.
                self.tiny = size.map_or(Some(false), tiny).or(self.tiny);
                self.strong = Some(value.split(' ').any(is_bold));
                self.emphasis = Some(value.contains("italic"));
            }
            "max-height" | "height" | "max-width" | "width" => {
                if pixels(value).is_some_and(|size| size <= 0.5) {
                    self.flat = Some(true);
                } else if matches!(name, "max-height" | "height") {
                    self.flat = Some(false);
                }
            }
            "overflow" => self.clipped = Some(value.starts_with("hidden")),
            "color" => self.colour = ink(value).or(self.colour),
            "text-indent" => self.far_in = Some(is_far_away(value)),
            "position" => self.is_placed = Some(matches!(value, "absolute" | "fixed")),
            "left" => self.far_left = Some(is_far_away(value)),
            "top" => self.far_up = Some(is_far_away(value)),
            "background" => {
                self.background = ground(value).or(self.background);
                self.pictured = Some(is_pictured(value));
            }
            "background-color" => self.background = ground(value).or(self.background),
            "background-image" => self.pictured = Some(value.contains('(')),
            "text-shadow" | "-webkit-text-stroke" | "-webkit-text-stroke-width" => {
                self.outlined = Some(!matches!(value, "" | "none" | "0"));
            }
            "background-clip" | "-webkit-background-clip" => self.outlined = Some(value == "text").or(self.outlined),
            "-webkit-text-fill-color" => self.outlined = Some(true),
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

/// What is declared in one place; what is important is stronger than all that is not, wherever that stands.
#[derive(Default)]
struct Declared {
    usual: Style,
    important: Option<Box<Style>>,
}

impl Declared {
    fn take(&mut self, over: &Self) {
        self.usual.take(&over.usual);
        if let Some(important) = &over.important {
            self.important.get_or_insert_default().take(important);
        }
    }

    fn style(mut self) -> Style {
        if let Some(important) = self.important {
            self.usual.take(&important);
        }
        self.usual
    }
}

/// The styles of a page.
#[derive(Default)]
pub(super) struct Sheets {
    rules: HashMap<String, Declared>,
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
            let declared = declared(body);
            for selector in selectors.split(',').take(100) {
                let selector = selector.trim();
                if is_plain(selector) {
                    sheets.rules.entry(selector.to_ascii_lowercase()).or_default().take(&declared);
                } else {
                    let important = declared.important.as_deref();
                    for style in important.into_iter().chain([&declared.usual]) {
                        sheets.has_other_backgrounds |= style.background.is_some() || style.pictured.is_some();
                        sheets.has_other_sizes |= style.tiny.is_some();
                    }
                }
            }
        }
        sheets
    }

    /// What they say about an element.
    pub(super) fn of_element(&self, name: &str, class: &str, id: &str, own: &str) -> Style {
        let mut style = Declared::default();
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
        style.style()
    }
}

fn declared(text: &str) -> Declared {
    let mut declared = Declared::default();
    let clean = if text.contains("/*") { Cow::Owned(without_comments(text)) } else { Cow::Borrowed(text) };
    for declaration in clean.split(';').take(MOST_DECLARATIONS) {
        let Some((name, value)) = declaration.split_once(':') else { continue };
        let name = unescaped(name.trim()).to_ascii_lowercase();
        let value = unescaped(value.get(..floor(value, 400)).unwrap_or_default().trim()).to_ascii_lowercase();
        match value.rsplit_once('!') {
            Some((value, word)) if word.trim() == "important" => {
                declared.important.get_or_insert_default().declare(&name, value.trim_end());
            }
            _ => declared.usual.declare(&name, &value),
        }
    }
    declared
}

/// `d\69splay` is `display`.
fn unescaped(text: &str) -> Cow<'_, str> {
    let mut pieces = text.split('\\');
    let first = pieces.next().unwrap_or_default();
    let mut out = Cow::Borrowed(first);
    for piece in pieces {
        let digits = piece.bytes().take(6).take_while(u8::is_ascii_hexdigit).count();
        let (number, rest) = piece.split_at(digits);
        let out = out.to_mut();
        if let Ok(number) = u32::from_str_radix(number, 16) {
            out.extend(char::from_u32(number));
            out.push_str(rest.strip_prefix(|c: char| c.is_ascii_whitespace()).unwrap_or(rest));
        } else {
            out.push_str(piece);
        }
    }
    out
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
pub(super) fn number(value: &str) -> Option<f32> {
    let end = value.find(|c: char| !(c.is_ascii_digit() || matches!(c, '.' | '-' | '+'))).unwrap_or(value.len());
    value.get(..end)?.parse().ok()
}

fn is_digit(c: char) -> bool {
    c.is_ascii_digit()
}

/// A size that depends on nothing else.
fn pixels(value: &str) -> Option<f32> {
    let size = number(value)?;
    let unit = value.trim_start_matches(|c: char| c.is_ascii_digit() || matches!(c, '.' | '-' | '+'));
    let times = match unit {
        "" | "px" => 1.0,
        "pt" => 4.0 / 3.0,
        "pc" => 16.0,
        "in" => 96.0,
        "cm" => 96.0 / 2.54,
        "mm" => 9.6 / 2.54,
        _ if size == 0.0 => 0.0,
        _ => return None,
    };
    Some(size * times)
}

/// None if it depends on what is around it, or is no size.
fn tiny(value: &str) -> Option<bool> {
    if matches!(value, "" | "inherit" | "unset" | "smaller" | "larger") {
        return None;
    }
    if let Some(size) = pixels(value) {
        return if size < 0.0 { None } else { Some(size <= 1.5) };
    }
    let is_relative = value.ends_with('%') || ["em", "ex", "ch"].iter().any(|unit| value.ends_with(unit));
    match number(value) {
        Some(times) if is_relative && !value.ends_with("rem") => {
            let times = if value.ends_with('%') { times / 100.0 } else { times };
            if times <= 0.01 {
                Some(true)
            } else if times < 2.0 {
                None
            } else {
                Some(false)
            }
        }
        _ => Some(false),
    }
}

fn is_far_away(value: &str) -> bool {
    // Letters are as wide as ten dots or more.
    let place = pixels(value).or_else(|| number(value).filter(|_| value.ends_with("em")).map(|size| size * 10.0));
    place.is_some_and(|place| place <= FAR_AWAY)
}

/// `scale(0)`, also in one direction only.
fn is_a_point(value: &str) -> bool {
    let scaled = value.split_once("scale").and_then(|(_, rest)| rest.split_once('('));
    scaled.is_some_and(|(_, sizes)| {
        let sizes = sizes.split(')').next().unwrap_or_default();
        sizes.split(',').any(|size| number(size.trim()) == Some(0.0))
    })
}

/// `rect(0, 0, 0, 0)`: its bottom is not below its top, or its right not right of its left.
fn is_empty_box(value: &str) -> bool {
    let inside = value.split_once('(').map_or("", |(_, inside)| inside);
    let sides: Vec<Option<f32>> =
        inside.split([',', ' ', ')']).filter(|side| !side.is_empty()).take(5).map(pixels).collect();
    matches!(*sides.as_slice(), [Some(one), Some(two), Some(three), Some(four)] if three <= one || two <= four)
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

/// True if the styles of a picture make it a dot, or nothing.
pub(super) fn is_a_dot(styles: &str) -> bool {
    let hidden = declared(styles).style();
    let dot = |value: &str| !value.contains(['%', 'm']) && number(value.trim()).is_some_and(|size| size <= 1.0);
    let sizes = styles.split(';').take(MOST_DECLARATIONS).filter_map(|one| one.split_once(':'));
    hidden.gone == Some(true)
        || hidden.unseen == Some(true)
        || hidden.faint == Some(true)
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
