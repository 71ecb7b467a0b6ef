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
        return hex(NAMES.get(at)?.1);
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
const NAMES: [(&str, &str); 148] = [
    ("aliceblue", "f0f8ff"),
    ("antiquewhite", "faebd7"),
    ("aqua", "00ffff"),
    ("aquamarine", "7fffd4"),
    ("azure", "f0ffff"),
    ("beige", "f5f5dc"),
    ("bisque", "ffe4c4"),
    ("black", "000000"),
    ("blanchedalmond", "ffebcd"),
    ("blue", "0000ff"),
    ("blueviolet", "8a2be2"),
    ("brown", "a52a2a"),
    ("burlywood", "deb887"),
    ("cadetblue", "5f9ea0"),
    ("chartreuse", "7fff00"),
    ("chocolate", "d2691e"),
    ("coral", "ff7f50"),
    ("cornflowerblue", "6495ed"),
    ("cornsilk", "fff8dc"),
    ("crimson", "dc143c"),
    ("cyan", "00ffff"),
    ("darkblue", "00008b"),
    ("darkcyan", "008b8b"),
    ("darkgoldenrod", "b8860b"),
    ("darkgray", "a9a9a9"),
    ("darkgreen", "006400"),
    ("darkgrey", "a9a9a9"),
    ("darkkhaki", "bdb76b"),
    ("darkmagenta", "8b008b"),
    ("darkolivegreen", "556b2f"),
    ("darkorange", "ff8c00"),
    ("darkorchid", "9932cc"),
    ("darkred", "8b0000"),
    ("darksalmon", "e9967a"),
    ("darkseagreen", "8fbc8f"),
    ("darkslateblue", "483d8b"),
    ("darkslategray", "2f4f4f"),
    ("darkslategrey", "2f4f4f"),
    ("darkturquoise", "00ced1"),
    ("darkviolet", "9400d3"),
    ("deeppink", "ff1493"),
    ("deepskyblue", "00bfff"),
    ("dimgray", "696969"),
    ("dimgrey", "696969"),
    ("dodgerblue", "1e90ff"),
    ("firebrick", "b22222"),
    ("floralwhite", "fffaf0"),
    ("forestgreen", "228b22"),
    ("fuchsia", "ff00ff"),
    ("gainsboro", "dcdcdc"),
    ("ghostwhite", "f8f8ff"),
    ("gold", "ffd700"),
    ("goldenrod", "daa520"),
    ("gray", "808080"),
    ("green", "008000"),
    ("greenyellow", "adff2f"),
    ("grey", "808080"),
    ("honeydew", "f0fff0"),
    ("hotpink", "ff69b4"),
    ("indianred", "cd5c5c"),
    ("indigo", "4b0082"),
    ("ivory", "fffff0"),
    ("khaki", "f0e68c"),
    ("lavender", "e6e6fa"),
    ("lavenderblush", "fff0f5"),
    ("lawngreen", "7cfc00"),
    ("lemonchiffon", "fffacd"),
    ("lightblue", "add8e6"),
    ("lightcoral", "f08080"),
    ("lightcyan", "e0ffff"),
    ("lightgoldenrodyellow", "fafad2"),
    ("lightgray", "d3d3d3"),
    ("lightgreen", "90ee90"),
    ("lightgrey", "d3d3d3"),
    ("lightpink", "ffb6c1"),
    ("lightsalmon", "ffa07a"),
    ("lightseagreen", "20b2aa"),
    ("lightskyblue", "87cefa"),
    ("lightslategray", "778899"),
    ("lightslategrey", "778899"),
    ("lightsteelblue", "b0c4de"),
    ("lightyellow", "ffffe0"),
    ("lime", "00ff00"),
    ("limegreen", "32cd32"),
    ("linen", "faf0e6"),
    ("magenta", "ff00ff"),
    ("maroon", "800000"),
    ("mediumaquamarine", "66cdaa"),
    ("mediumblue", "0000cd"),
    ("mediumorchid", "ba55d3"),
    ("mediumpurple", "9370db"),
    ("mediumseagreen", "3cb371"),
    ("mediumslateblue", "7b68ee"),
    ("mediumspringgreen", "00fa9a"),
    ("mediumturquoise", "48d1cc"),
    ("mediumvioletred", "c71585"),
    ("midnightblue", "191970"),
    ("mintcream", "f5fffa"),
    ("mistyrose", "ffe4e1"),
    ("moccasin", "ffe4b5"),
    ("navajowhite", "ffdead"),
    ("navy", "000080"),
    ("oldlace", "fdf5e6"),
    ("olive", "808000"),
    ("olivedrab", "6b8e23"),
    ("orange", "ffa500"),
    ("orangered", "ff4500"),
    ("orchid", "da70d6"),
    ("palegoldenrod", "eee8aa"),
    ("palegreen", "98fb98"),
    ("paleturquoise", "afeeee"),
    ("palevioletred", "db7093"),
    ("papayawhip", "ffefd5"),
    ("peachpuff", "ffdab9"),
    ("peru", "cd853f"),
    ("pink", "ffc0cb"),
    ("plum", "dda0dd"),
    ("powderblue", "b0e0e6"),
    ("purple", "800080"),
    ("rebeccapurple", "663399"),
    ("red", "ff0000"),
    ("rosybrown", "bc8f8f"),
    ("royalblue", "4169e1"),
    ("saddlebrown", "8b4513"),
    ("salmon", "fa8072"),
    ("sandybrown", "f4a460"),
    ("seagreen", "2e8b57"),
    ("seashell", "fff5ee"),
    ("sienna", "a0522d"),
    ("silver", "c0c0c0"),
    ("skyblue", "87ceeb"),
    ("slateblue", "6a5acd"),
    ("slategray", "708090"),
    ("slategrey", "708090"),
    ("snow", "fffafa"),
    ("springgreen", "00ff7f"),
    ("steelblue", "4682b4"),
    ("tan", "d2b48c"),
    ("teal", "008080"),
    ("thistle", "d8bfd8"),
    ("tomato", "ff6347"),
    ("turquoise", "40e0d0"),
    ("violet", "ee82ee"),
    ("wheat", "f5deb3"),
    ("white", "ffffff"),
    ("whitesmoke", "f5f5f5"),
    ("yellow", "ffff00"),
    ("yellowgreen", "9acd32"),
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
