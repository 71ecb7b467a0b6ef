//! Names of hosts in other letters, as the network writes them: `xn--` and RFC 3492.

/// A label is not longer, by the rules of names.
const LONGEST: usize = 63;

const PREFIX: &str = "xn--";
const BASE: u32 = 36;
const FIRST: u32 = 128;
const BIAS: u32 = 72;
const DAMP: u32 = 700;

/// A host with its labels in the letters that they stand for. What cannot be read stays.
pub fn in_letters(host: &str) -> String {
    each_label(host, |label| {
        let head = label.get(..PREFIX.len()).filter(|head| head.eq_ignore_ascii_case(PREFIX));
        head.and_then(|_| label.get(PREFIX.len()..)).and_then(decode)
    })
}

/// A host as the network writes it.
pub fn in_ascii(host: &str) -> String {
    each_label(host, |label| if label.is_ascii() { None } else { label_in_ascii(label) })
}

/// A label that has other letters than those of ASCII, as the network writes it.
pub fn label_in_ascii(label: &str) -> Option<String> {
    encode(label).map(|label| format!("{PREFIX}{label}"))
}

fn each_label(host: &str, change: impl Fn(&str) -> Option<String>) -> String {
    let labels: Vec<String> = host.split('.').map(|label| change(label).unwrap_or_else(|| label.to_owned())).collect();
    labels.join(".")
}

fn decode(label: &str) -> Option<String> {
    if label.len() > LONGEST || !label.is_ascii() {
        return None;
    }
    let (plain, rest) = label.rsplit_once('-').unwrap_or(("", label));
    let mut found: Vec<char> = plain.chars().collect();
    let (mut letter, mut at, mut bias) = (FIRST, 0_u32, BIAS);
    let mut digits = rest.bytes();
    while digits.len() > 0 {
        let begun = at;
        let mut weight = 1_u32;
        for step in 1.. {
            let digit = digit(digits.next()?)?;
            at = at.checked_add(digit.checked_mul(weight)?)?;
            let threshold = threshold(step, bias);
            if digit < threshold {
                break;
            }
            weight = weight.checked_mul(BASE - threshold)?;
        }
        let length = u32::try_from(found.len()).ok()? + 1;
        bias = adapt(at - begun, length, begun == 0);
        letter = letter.checked_add(at / length)?;
        at %= length;
        found.insert(usize::try_from(at).ok()?, char::from_u32(letter)?);
        at += 1;
    }
    Some(found.into_iter().collect())
}

fn encode(label: &str) -> Option<String> {
    if label.chars().count() > LONGEST {
        return None;
    }
    let mut out: String = label.chars().filter(char::is_ascii).collect();
    let plain = u32::try_from(out.len()).ok()?;
    if plain > 0 {
        out.push('-');
    }
    let all = u32::try_from(label.chars().count()).ok()?;
    let (mut letter, mut delta, mut bias, mut done) = (FIRST, 0_u32, BIAS, plain);
    while done < all {
        let next = label.chars().map(u32::from).filter(|c| *c >= letter).min()?;
        delta = delta.checked_add((next - letter).checked_mul(done + 1)?)?;
        letter = next;
        for c in label.chars().map(u32::from) {
            if c < letter {
                delta = delta.checked_add(1)?;
            }
            if c == letter {
                let mut rest = delta;
                for step in 1.. {
                    let threshold = threshold(step, bias);
                    if rest < threshold {
                        break;
                    }
                    out.push(written(threshold + (rest - threshold) % (BASE - threshold))?);
                    rest = (rest - threshold) / (BASE - threshold);
                }
                out.push(written(rest)?);
                bias = adapt(delta, done + 1, done == plain);
                delta = 0;
                done += 1;
            }
        }
        delta += 1;
        letter += 1;
    }
    Some(out)
}

fn threshold(step: u32, bias: u32) -> u32 {
    step.saturating_mul(BASE).saturating_sub(bias).clamp(1, 26)
}

fn adapt(delta: u32, length: u32, is_first: bool) -> u32 {
    let mut delta = if is_first { delta / DAMP } else { delta / 2 };
    delta += delta / length;
    let mut turns = 0;
    while delta > 455 {
        delta /= BASE - 1;
        turns += BASE;
    }
    turns + BASE * delta / (delta + 38)
}

fn digit(byte: u8) -> Option<u32> {
    match byte {
        b'a'..=b'z' => Some(u32::from(byte - b'a')),
        b'A'..=b'Z' => Some(u32::from(byte - b'A')),
        b'0'..=b'9' => Some(u32::from(byte - b'0') + 26),
        _ => None,
    }
}

fn written(digit: u32) -> Option<char> {
    let byte = u8::try_from(digit).ok()?;
    Some(char::from(if byte < 26 { b'a' + byte } else { b'0' + (byte - 26) }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_ways() {
        for (letters, ascii) in [
            ("中国.example", "xn--fiqs8s.example"),
            ("аpple.com", "xn--pple-43d.com"),
            ("bücher.example", "xn--bcher-kva.example"),
            ("ｑｑ.com", "xn--2i7ca.com"),
            ("пример.example", "xn--e1afmkfd.example"),
            ("例え.テスト", "xn--r8jz45g.xn--zckzah"),
            ("παράδειγμα.example", "xn--hxajbheg2az3al.example"),
            ("a𠮷b.example", "xn--ab-4914a.example"),
            ("é.é.example", "xn--9ca.xn--9ca.example"),
        ] {
            assert_eq!(in_ascii(letters), ascii);
            assert_eq!(in_letters(ascii), letters);
        }
        assert_eq!(in_letters("XN--fiqs8s.example"), "中国.example");
    }

    #[test]
    fn what_is_no_name_stays() {
        for host in
            ["xn--", "xn--a-\u{e4}", "xn--99999999999", "xn--zzzzzzzzzzzzzzzzzzz", "plain.example", "", "..", "xn--9"]
        {
            let _ = in_letters(host);
        }
        assert_eq!(in_letters("xn--99999999999.example"), "xn--99999999999.example");
        let long = "好".repeat(100_000);
        assert_eq!(in_ascii(&long), long);
    }
}
