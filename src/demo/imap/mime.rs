//! Values of MIME headers: a kind and its parameters.

#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub(super) struct Value {
    /// `text/plain`, `attachment`, `base64`: as it was written.
    pub(super) kind: String,
    pub(super) params: Vec<(String, Vec<u8>)>,
}

impl Value {
    pub(super) fn param(&self, name: &str) -> Option<&[u8]> {
        self.params.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_slice())
    }
}

/// Reads `kind; name=value; name="value"`. Segments after RFC 2231 are put together, still encoded, under `name*`.
pub(super) fn value(unfolded: &[u8]) -> Value {
    let mut rest = unfolded;
    let kind = until(&mut rest, b";");
    let kind = String::from_utf8_lossy(kind).split_ascii_whitespace().collect::<String>();
    let mut params: Vec<(String, Vec<u8>)> = Vec::new();
    let mut joined: Vec<(String, Vec<u8>)> = Vec::new();
    while !rest.is_empty() {
        let mut piece = rest;
        let name = String::from_utf8_lossy(until(&mut piece, b"=;").trim_ascii()).to_ascii_lowercase();
        let has_value = rest.iter().find(|b| matches!(b, b'=' | b';')) == Some(&b'=');
        rest = piece;
        if name.is_empty() || !has_value {
            continue;
        }
        let value = param_value(&mut rest);
        until(&mut rest, b";");
        let (base, number, encoded) = segment(&name);
        match joined.iter_mut().find(|(known, _)| number.is_some() && known.trim_end_matches('*') == base) {
            Some((known, so_far)) => {
                so_far.extend(value);
                if encoded && !known.ends_with('*') {
                    known.push('*');
                }
            }
            None if number.is_some() => joined.push((format!("{base}{}", if encoded { "*" } else { "" }), value)),
            None => params.push((name, value)),
        }
    }
    params.extend(joined);
    Value { kind, params }
}

/// `filename*1*` is segment 1 of `filename`, encoded.
fn segment(name: &str) -> (&str, Option<u32>, bool) {
    let (plain, encoded) = name.strip_suffix('*').map_or((name, false), |plain| (plain, true));
    match plain.rsplit_once('*').and_then(|(base, number)| Some((base, number.parse().ok()?))) {
        Some((base, number)) => (base, Some(number), encoded),
        None => (name, None, encoded),
    }
}

/// What stands before one of `stops`, which is eaten.
fn until<'a>(rest: &mut &'a [u8], stops: &[u8]) -> &'a [u8] {
    let all: &'a [u8] = rest;
    let at = all.iter().position(|b| stops.contains(b)).unwrap_or(all.len());
    let (before, tail) = all.split_at_checked(at).unwrap_or_default();
    *rest = tail.get(1..).unwrap_or_default();
    before
}

fn param_value(rest: &mut &[u8]) -> Vec<u8> {
    *rest = rest.trim_ascii_start();
    let Some(quoted) = rest.strip_prefix(b"\"") else {
        let at = rest.iter().position(|b| *b == b';').unwrap_or(rest.len());
        let (value, tail) = rest.split_at_checked(at).unwrap_or_default();
        *rest = tail;
        return value.trim_ascii().to_vec();
    };
    let mut value = Vec::new();
    let mut bytes = quoted.iter();
    while let Some(byte) = bytes.next() {
        match byte {
            b'"' => break,
            b'\\' => value.extend(bytes.next()),
            other => value.push(*other),
        }
    }
    *rest = bytes.as_slice();
    value
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_in_every_spelling() {
        let seen = value(b"Text/HTML ; charset=utf-8;name=\"a;b \\\"c\\\"\" ; broken; filename*0*=utf-8''%E5; filename*1*=%8F%91.pdf");
        assert_eq!(seen.kind, "Text/HTML");
        assert_eq!(seen.param("CHARSET"), Some(&b"utf-8"[..]));
        assert_eq!(seen.param("name"), Some(&b"a;b \"c\""[..]));
        assert_eq!(seen.param("filename*"), Some(&b"utf-8''%E5%8F%91.pdf"[..]));
    }
}
