//! The smallest pieces of a command: atoms, strings, numbers.

/// Why a command could not be understood.
#[derive(Debug)]
pub(super) struct Malformed(pub(super) &'static str);

pub(super) type Parsed<T> = Result<T, Malformed>;

/// Reads a whole command; the literals stand in it as they came, `{5}` and CRLF before the bytes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Lexer<'a> {
    rest: &'a [u8],
}

impl<'a> Lexer<'a> {
    pub(super) fn new(command: &'a [u8]) -> Self {
        Self { rest: command }
    }

    pub(super) fn peek(&self) -> Option<u8> {
        self.rest.first().copied()
    }

    pub(super) fn eat(&mut self, byte: u8) -> bool {
        let tail = self.rest.strip_prefix(&[byte]);
        self.rest = tail.unwrap_or(self.rest);
        tail.is_some()
    }

    pub(super) fn need(&mut self, byte: u8, otherwise: &'static str) -> Parsed<()> {
        if self.eat(byte) { Ok(()) } else { Err(Malformed(otherwise)) }
    }

    pub(super) fn space(&mut self) -> Parsed<()> {
        self.need(b' ', "A space is missing")?;
        while self.eat(b' ') {}
        Ok(())
    }

    pub(super) fn end(&mut self) -> Parsed<()> {
        while self.eat(b' ') {}
        if self.rest.is_empty() { Ok(()) } else { Err(Malformed("Too many arguments")) }
    }

    fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, tail) = self.rest.split_at_checked(count)?;
        self.rest = tail;
        Some(taken)
    }

    pub(super) fn take_while(&mut self, mut belongs: impl FnMut(u8) -> bool) -> &'a [u8] {
        let count = self.rest.iter().take_while(|b| belongs(**b)).count();
        self.take(count).unwrap_or_default()
    }

    /// An atom of at least one character, as text.
    pub(super) fn atom(&mut self) -> Parsed<&'a str> {
        let taken = self.take_while(|b| is_atom(b) && b != b']');
        word(taken, "An atom is missing")
    }

    /// The name of an item, of a command or of a header: letters, digits and the marks in them.
    pub(super) fn name(&mut self) -> Parsed<String> {
        let taken = self.take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_' | b'='));
        word(taken, "A name is missing").map(str::to_ascii_uppercase)
    }

    pub(super) fn number(&mut self) -> Parsed<u32> {
        let digits = self.take_while(|b| b.is_ascii_digit());
        word(digits, "A number is missing")?.parse().map_err(|_| Malformed("The number is too large"))
    }

    /// A modification sequence: 63 bits.
    pub(super) fn modseq(&mut self) -> Parsed<u64> {
        let digits = self.take_while(|b| b.is_ascii_digit());
        let number = word(digits, "A number is missing")?.parse().ok();
        number.filter(|n| *n < 1 << 63).ok_or(Malformed("The number is too large"))
    }

    pub(super) fn astring(&mut self) -> Parsed<Vec<u8>> {
        match self.peek() {
            Some(b'"' | b'{') => self.string(),
            _ => match self.take_while(is_atom) {
                [] => Err(Malformed("A string is missing")),
                bytes => Ok(bytes.to_vec()),
            },
        }
    }

    /// What LIST takes: an astring that may have wildcards.
    pub(super) fn pattern(&mut self) -> Parsed<Vec<u8>> {
        match self.peek() {
            Some(b'"' | b'{') => self.string(),
            _ => match self.take_while(|b| is_atom(b) || matches!(b, b'*' | b'%')) {
                [] => Err(Malformed("A mailbox pattern is missing")),
                bytes => Ok(bytes.to_vec()),
            },
        }
    }

    pub(super) fn string(&mut self) -> Parsed<Vec<u8>> {
        if self.eat(b'"') {
            let mut bytes = Vec::new();
            loop {
                match self.take(1) {
                    Some(b"\"") => return Ok(bytes),
                    Some(b"\\") => bytes.extend_from_slice(self.take(1).ok_or(Malformed("The string has no end"))?),
                    Some(b"\r" | b"\n") | None => return Err(Malformed("The string has no end")),
                    Some(other) => bytes.extend_from_slice(other),
                }
            }
        }
        self.need(b'{', "A string is missing")?;
        let length = self.number()?;
        self.eat(b'+');
        self.need(b'}', "The literal has no closing brace")?;
        self.eat(b'\r');
        self.need(b'\n', "The literal does not start on a line of its own")?;
        let length = usize::try_from(length).map_err(|_| Malformed("The literal is too large"))?;
        self.take(length).map(<[u8]>::to_vec).ok_or(Malformed("The literal is too short"))
    }

    /// `string` or NIL, as ID takes it.
    pub(super) fn nstring(&mut self) -> Parsed<Option<Vec<u8>>> {
        if matches!(self.peek(), Some(b'"' | b'{')) {
            return self.string().map(Some);
        }
        if self.atom()?.eq_ignore_ascii_case("NIL") { Ok(None) } else { Err(Malformed("A string is missing")) }
    }

    /// `( one two … )`, possibly empty; `one` reads each.
    pub(super) fn list<T>(&mut self, mut one: impl FnMut(&mut Self) -> Parsed<T>) -> Parsed<Vec<T>> {
        self.need(b'(', "A list is missing")?;
        let mut items = Vec::new();
        while !self.eat(b')') {
            if !items.is_empty() {
                self.space()?;
            }
            items.push(one(self)?);
        }
        Ok(items)
    }
}

fn word<'a>(taken: &'a [u8], otherwise: &'static str) -> Parsed<&'a str> {
    match std::str::from_utf8(taken) {
        Ok("") | Err(_) => Err(Malformed(otherwise)),
        Ok(word) => Ok(word),
    }
}

/// What an astring may be made of without quotes. Bytes above ASCII pass: clients send them, and they are understood.
fn is_atom(byte: u8) -> bool {
    !matches!(byte, b'(' | b')' | b'{' | b' ' | b'%' | b'*' | b'"' | b'\\' | 0..=0x1f | 0x7f)
}
