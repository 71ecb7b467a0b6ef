//! Colours as pages write them. Only a colour that is known for certain may hide words, so what is not understood here
//! is said to be unknown, and never to be nothing.

use super::css::number;

pub(super) type Colour = (u8, u8, u8);

/// Of what can be seen through less than this, nothing is left.
const CLEAR: f32 = 0.05;
const SOLID: f32 = 0.95;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Paint {
    Plain(Colour),
    Clear,
    /// As it is around it.
    Inherited,
    /// Something that nobody computes here.
    Unknown,
}

/// In what words are written; `None` if nothing is said.
pub(super) fn ink(value: &str) -> Option<Paint> {
    let value = value.trim().to_ascii_lowercase();
    match value.as_str() {
        "" => return None,
        "transparent" => return Some(Paint::Clear),
        "inherit" | "currentcolor" | "unset" => return Some(Paint::Inherited),
        _ => {}
    }
    Some(match parsed(&value) {
        Some((_, solidity)) if solidity < CLEAR => Paint::Clear,
        Some((colour, _)) => Paint::Plain(colour),
        None => Paint::Unknown,
    })
}

/// On what words stand: a colour, or a list of what a background may have beside it.
pub(super) fn ground(value: &str) -> Option<Paint> {
    let value = value.trim().to_ascii_lowercase();
    if value.is_empty() {
        return None;
    }
    let mut found = Paint::Clear;
    for word in words(&value) {
        match parsed(word) {
            Some((_, solidity)) if solidity < CLEAR => {}
            Some((colour, solidity)) if solidity > SOLID => found = Paint::Plain(colour),
            None if is_no_colour(word) => {}
            _ => return Some(Paint::Unknown),
        }
    }
    Some(found)
}

/// True if a background has something that is not a colour: each function but those of colours may draw.
pub(super) fn is_pictured(value: &str) -> bool {
    words(value).any(|word| word.contains('(') && !["rgb", "hsl"].iter().any(|name| word.starts_with(name)))
}

/// What blanks part, if they are not inside parentheses.
fn words(value: &str) -> impl Iterator<Item = &str> {
    let mut depth = 0_usize;
    let split = value.split(move |c: char| {
        match c {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        depth == 0 && (c.is_ascii_whitespace() || c == '/')
    });
    split.filter(|word| !word.is_empty())
}

/// What a background may say without saying a colour.
fn is_no_colour(word: &str) -> bool {
    word.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '.' | '-' | '+'))
        || matches!(
            word,
            "none"
                | "transparent"
                | "inherit"
                | "initial"
                | "unset"
                | "repeat"
                | "no-repeat"
                | "repeat-x"
                | "repeat-y"
                | "space"
                | "round"
                | "scroll"
                | "fixed"
                | "local"
                | "left"
                | "right"
                | "top"
                | "bottom"
                | "center"
                | "cover"
                | "contain"
                | "auto"
                | "border-box"
                | "padding-box"
                | "content-box"
        )
}

/// `#c00`, `rgb(204, 0, 0)`, `hsl(0 100% 40%)`, `red`, and how solid it is.
fn parsed(value: &str) -> Option<(Colour, f32)> {
    if let Some(digits) = value.strip_prefix('#') {
        return hex(digits);
    }
    if let Some((name, inside)) = value.split_once('(') {
        let parts: Vec<&str> = inside.split([',', ' ', ')', '/']).filter(|part| !part.is_empty()).take(5).collect();
        let (one, two, three, solidity) = match *parts.as_slice() {
            [one, two, three] => (one, two, three, 1.0),
            [one, two, three, solidity] => (one, two, three, share(solidity)?),
            _ => return None,
        };
        let colour = match name {
            "rgb" | "rgba" => (part(one)?, part(two)?, part(three)?),
            "hsl" | "hsla" => of_hue(one, percent(two)?, percent(three)?)?,
            _ => return None,
        };
        return Some((colour, solidity));
    }
    if let Ok(at) = NAMES.binary_search_by_key(&value, |(name, _)| name) {
        let [_, red, green, blue] = NAMES.get(at)?.1.to_be_bytes();
        return Some(((red, green, blue), 1.0));
    }
    // `<font color=cc0000>`
    if value.len() == 6 { hex(value) } else { None }
}

fn hex(digits: &str) -> Option<(Colour, f32)> {
    let part = |at: usize, long: usize| u8::from_str_radix(digits.get(at..at + long)?, 16).ok();
    if !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
        return None;
    }
    let (colour, solidity) = match digits.len() {
        3 => ((part(0, 1)? * 17, part(1, 1)? * 17, part(2, 1)? * 17), 255),
        4 => ((part(0, 1)? * 17, part(1, 1)? * 17, part(2, 1)? * 17), part(3, 1)? * 17),
        6 => ((part(0, 2)?, part(2, 2)?, part(4, 2)?), 255),
        8 => ((part(0, 2)?, part(2, 2)?, part(4, 2)?), part(6, 2)?),
        _ => return None,
    };
    Some((colour, f32::from(solidity) / 255.0))
}

/// The number that is all of it but for this end.
fn whole(text: &str, end: &str) -> Option<f32> {
    let text = text.strip_suffix(end)?;
    text.parse::<f32>().ok().filter(|_| number(text).is_some())
}

fn percent(text: &str) -> Option<f32> {
    whole(text, "%").map(|size| (size / 100.0).clamp(0.0, 1.0))
}

fn share(text: &str) -> Option<f32> {
    whole(text, "").or_else(|| percent(text))
}

fn part(text: &str) -> Option<u8> {
    Some(rounded(whole(text, "").or_else(|| percent(text).map(|size| size * 255.0))?))
}

fn rounded(size: f32) -> u8 {
    (0..=u8::MAX).find(|step| f32::from(*step) + 0.5 > size).unwrap_or(u8::MAX)
}

fn of_hue(hue: &str, saturation: f32, lightness: f32) -> Option<Colour> {
    let turn = whole(hue, "deg").or_else(|| whole(hue, ""))?.rem_euclid(360.0) / 30.0;
    let reach = saturation * lightness.min(1.0 - lightness);
    let channel = |start: f32| {
        let place = (start + turn).rem_euclid(12.0);
        rounded(255.0 * (lightness - reach * (place - 3.0).min(9.0 - place).clamp(-1.0, 1.0)))
    };
    Some((channel(0.0), channel(8.0), channel(4.0)))
}

/// In the order of their names.
const NAMES: [(&str, u32); 148] = [
    ("aliceblue", 0xf0f8ff),
    ("antiquewhite", 0xfaebd7),
    ("aqua", 0x00ffff),
    ("aquamarine", 0x7fffd4),
    ("azure", 0xf0ffff),
    ("beige", 0xf5f5dc),
    ("bisque", 0xffe4c4),
    ("black", 0x000000),
    ("blanchedalmond", 0xffebcd),
    ("blue", 0x0000ff),
    ("blueviolet", 0x8a2be2),
    ("brown", 0xa52a2a),
    ("burlywood", 0xdeb887),
    ("cadetblue", 0x5f9ea0),
    ("chartreuse", 0x7fff00),
    ("chocolate", 0xd2691e),
    ("coral", 0xff7f50),
    ("cornflowerblue", 0x6495ed),
    ("cornsilk", 0xfff8dc),
    ("crimson", 0xdc143c),
    ("cyan", 0x00ffff),
    ("darkblue", 0x00008b),
    ("darkcyan", 0x008b8b),
    ("darkgoldenrod", 0xb8860b),
    ("darkgray", 0xa9a9a9),
    ("darkgreen", 0x006400),
    ("darkgrey", 0xa9a9a9),
    ("darkkhaki", 0xbdb76b),
    ("darkmagenta", 0x8b008b),
    ("darkolivegreen", 0x556b2f),
    ("darkorange", 0xff8c00),
    ("darkorchid", 0x9932cc),
    ("darkred", 0x8b0000),
    ("darksalmon", 0xe9967a),
    ("darkseagreen", 0x8fbc8f),
    ("darkslateblue", 0x483d8b),
    ("darkslategray", 0x2f4f4f),
    ("darkslategrey", 0x2f4f4f),
    ("darkturquoise", 0x00ced1),
    ("darkviolet", 0x9400d3),
    ("deeppink", 0xff1493),
    ("deepskyblue", 0x00bfff),
    ("dimgray", 0x696969),
    ("dimgrey", 0x696969),
    ("dodgerblue", 0x1e90ff),
    ("firebrick", 0xb22222),
    ("floralwhite", 0xfffaf0),
    ("forestgreen", 0x228b22),
    ("fuchsia", 0xff00ff),
    ("gainsboro", 0xdcdcdc),
    ("ghostwhite", 0xf8f8ff),
    ("gold", 0xffd700),
    ("goldenrod", 0xdaa520),
    ("gray", 0x808080),
    ("green", 0x008000),
    ("greenyellow", 0xadff2f),
    ("grey", 0x808080),
    ("honeydew", 0xf0fff0),
    ("hotpink", 0xff69b4),
    ("indianred", 0xcd5c5c),
    ("indigo", 0x4b0082),
    ("ivory", 0xfffff0),
    ("khaki", 0xf0e68c),
    ("lavender", 0xe6e6fa),
    ("lavenderblush", 0xfff0f5),
    ("lawngreen", 0x7cfc00),
    ("lemonchiffon", 0xfffacd),
    ("lightblue", 0xadd8e6),
    ("lightcoral", 0xf08080),
    ("lightcyan", 0xe0ffff),
    ("lightgoldenrodyellow", 0xfafad2),
    ("lightgray", 0xd3d3d3),
    ("lightgreen", 0x90ee90),
    ("lightgrey", 0xd3d3d3),
    ("lightpink", 0xffb6c1),
    ("lightsalmon", 0xffa07a),
    ("lightseagreen", 0x20b2aa),
    ("lightskyblue", 0x87cefa),
    ("lightslategray", 0x778899),
    ("lightslategrey", 0x778899),
    ("lightsteelblue", 0xb0c4de),
    ("lightyellow", 0xffffe0),
    ("lime", 0x00ff00),
    ("limegreen", 0x32cd32),
    ("linen", 0xfaf0e6),
    ("magenta", 0xff00ff),
    ("maroon", 0x800000),
    ("mediumaquamarine", 0x66cdaa),
    ("mediumblue", 0x0000cd),
    ("mediumorchid", 0xba55d3),
    ("mediumpurple", 0x9370db),
    ("mediumseagreen", 0x3cb371),
    ("mediumslateblue", 0x7b68ee),
    ("mediumspringgreen", 0x00fa9a),
    ("mediumturquoise", 0x48d1cc),
    ("mediumvioletred", 0xc71585),
    ("midnightblue", 0x191970),
    ("mintcream", 0xf5fffa),
    ("mistyrose", 0xffe4e1),
    ("moccasin", 0xffe4b5),
    ("navajowhite", 0xffdead),
    ("navy", 0x000080),
    ("oldlace", 0xfdf5e6),
    ("olive", 0x808000),
    ("olivedrab", 0x6b8e23),
    ("orange", 0xffa500),
    ("orangered", 0xff4500),
    ("orchid", 0xda70d6),
    ("palegoldenrod", 0xeee8aa),
    ("palegreen", 0x98fb98),
    ("paleturquoise", 0xafeeee),
    ("palevioletred", 0xdb7093),
    ("papayawhip", 0xffefd5),
    ("peachpuff", 0xffdab9),
    ("peru", 0xcd853f),
    ("pink", 0xffc0cb),
    ("plum", 0xdda0dd),
    ("powderblue", 0xb0e0e6),
    ("purple", 0x800080),
    ("rebeccapurple", 0x663399),
    ("red", 0xff0000),
    ("rosybrown", 0xbc8f8f),
    ("royalblue", 0x4169e1),
    ("saddlebrown", 0x8b4513),
    ("salmon", 0xfa8072),
    ("sandybrown", 0xf4a460),
    ("seagreen", 0x2e8b57),
    ("seashell", 0xfff5ee),
    ("sienna", 0xa0522d),
    ("silver", 0xc0c0c0),
    ("skyblue", 0x87ceeb),
    ("slateblue", 0x6a5acd),
    ("slategray", 0x708090),
    ("slategrey", 0x708090),
    ("snow", 0xfffafa),
    ("springgreen", 0x00ff7f),
    ("steelblue", 0x4682b4),
    ("tan", 0xd2b48c),
    ("teal", 0x008080),
    ("thistle", 0xd8bfd8),
    ("tomato", 0xff6347),
    ("turquoise", 0x40e0d0),
    ("violet", 0xee82ee),
    ("wheat", 0xf5deb3),
    ("white", 0xffffff),
    ("whitesmoke", 0xf5f5f5),
    ("yellow", 0xffff00),
    ("yellowgreen", 0x9acd32),
];

#[cfg(test)]
mod tests {
    use super::{NAMES, Paint, ground, ink, is_pictured, parsed};

    #[test]
    fn names_are_in_order_and_found() {
        assert!(NAMES.is_sorted_by(|one, next| one.0 < next.0));
        assert!(NAMES.iter().all(|(name, _)| parsed(name).is_some()));
    }

    #[test]
    fn colours_are_known_or_said_to_be_unknown() {
        for (value, paint) in [
            ("#07C160", Paint::Plain((7, 193, 96))),
            ("#07c160ff", Paint::Plain((7, 193, 96))),
            ("#fff0", Paint::Clear),
            ("rgb(7 193 96)", Paint::Plain((7, 193, 96))),
            ("rgba(7,193,96,0.01)", Paint::Clear),
            ("rgb(100%,0%,50%)", Paint::Plain((255, 0, 128))),
            ("hsl(210, 80%, 40%)", Paint::Plain((20, 102, 184))),
            ("hsl(120deg 100% 25%)", Paint::Plain((0, 128, 0))),
            ("RebeccaPurple", Paint::Plain((0x66, 0x33, 0x99))),
            ("oklch(40% 0.2 250)", Paint::Unknown),
            ("var(--b,#07c160)", Paint::Unknown),
            ("rgb(var(--b))", Paint::Unknown),
            ("hsl(0.5turn 80% 40%)", Paint::Unknown),
            ("bluish", Paint::Unknown),
            ("transparent", Paint::Clear),
        ] {
            assert_eq!((ink(value), ground(value)), (Some(paint), Some(paint)), "{value}");
        }
        assert_eq!((ink(" "), ground("")), (None, None));
        assert_eq!(ground("no-repeat 0 0/cover steelblue"), Some(Paint::Plain((0x46, 0x82, 0xb4))));
        assert_eq!(ground("rgba(0,0,0,.5)"), Some(Paint::Unknown));
        assert_eq!((ground("none"), ground("0 0 none")), (Some(Paint::Clear), Some(Paint::Clear)));
        assert!(is_pictured("#fff url(x)") && is_pictured("linear-gradient(red,blue)") && !is_pictured("rgb(1, 2, 3)"));
    }
}
