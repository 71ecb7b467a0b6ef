//! How a Chinese character may be typed by who does not switch the input method on: as one of its sounds, in plain letters.

use pinyin::ToPinyinMulti as _;

/// A character that is read in more ways is mostly not read in the others.
const WAYS: usize = 6;

/// The sounds of a character, each once: `zhang`, or `zeng` and `ceng`. Of any other character there are none.
pub fn sounds(c: char) -> Vec<&'static str> {
    let mut ways: Vec<&'static str> = Vec::new();
    if c.is_ascii() {
        return ways;
    }
    for way in c.to_pinyin_multi().into_iter().flatten() {
        let way = way.plain();
        if !ways.contains(&way) && ways.len() < WAYS {
            ways.push(way);
        }
    }
    ways
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_character_has_the_sounds_that_it_is_read_with() {
        assert_eq!(sounds('张'), ["zhang"]);
        let mut several = sounds('曾');
        several.sort_unstable();
        assert_eq!(several, ["ceng", "zeng"]);
        for c in ['a', '1', 'é', 'か', '🏔'] {
            assert!(sounds(c).is_empty(), "{c}");
        }
    }
}
