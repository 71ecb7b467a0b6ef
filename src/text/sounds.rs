//! How Chinese names are read aloud: by the initials of their sounds, or by the whole sounds, one types what has no key.

use pinyin::ToPinyinMulti as _;

/// Ways to read a name that are kept; a name of more is mostly not read in the others.
const READINGS: usize = 8;

/// The initials of a name, and how it sounds, in every way that it may be read. Nothing if there is nothing Chinese in it.
pub fn sounds(name: &str) -> Vec<String> {
    if name.is_ascii() {
        return Vec::new();
    }
    let mut read: Vec<(String, String)> = vec![(String::new(), String::new())];
    let mut is_chinese = false;
    for c in name.chars() {
        let mut ways: Vec<&str> = match c.to_pinyin_multi() {
            Some(all) => all.into_iter().map(|one| one.plain()).collect(),
            None => Vec::new(),
        };
        ways.sort_unstable();
        ways.dedup();
        is_chinese |= !ways.is_empty();
        let mut letter = [0; 4];
        if ways.is_empty() {
            ways.push(c.encode_utf8(&mut letter));
        }
        let mut longer = Vec::with_capacity(read.len() * ways.len());
        for (initials, sound) in &read {
            for way in ways.iter().take(READINGS.div_ceil(read.len())) {
                let mut initials = initials.clone();
                initials.extend(way.chars().next());
                longer.push((initials, format!("{sound}{way}")));
            }
        }
        longer.truncate(READINGS);
        read = longer;
    }
    if is_chinese { read.into_iter().flat_map(|(initials, sound)| [initials, sound]).collect() } else { Vec::new() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_found_by_how_it_sounds() {
        assert_eq!(sounds("归档"), ["gd", "guidang"]);
        assert!(sounds("重庆").contains(&"cq".to_owned()));
        assert_eq!(sounds("Archive"), Vec::<String>::new());
    }
}
