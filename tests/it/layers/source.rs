//! What a Rust source names: modules of ours, other crates, and its texts, each with its line.

/// What was found in one file.
pub struct Source {
    /// Modules of the crate; empty for the crate itself.
    pub ours: Lines<String>,
    /// Whole paths into other crates.
    pub foreign: Lines<String>,
    pub literals: Lines<String>,
}

/// Things with the lines that they stand in.
type Lines<T> = Vec<(usize, T)>;

#[derive(Clone, PartialEq, Eq, Debug)]
enum Token {
    Word(String),
    /// `::`
    Colons,
    Sign(char),
}

impl Source {
    pub fn read(path: &str, text: &str) -> Self {
        let (tokens, literals) = tokens(text);
        let mut reader = Reader {
            tokens: &tokens,
            at: 0,
            modules: module_of(path),
            aliases: Vec::new(),
            depth: 0,
            inline: Vec::new(),
            found: Self { ours: Vec::new(), foreign: Vec::new(), literals },
        };
        reader.file();
        reader.found
    }
}

/// `src/app/panes/list.rs` is the module app::panes::list.
fn module_of(path: &str) -> Vec<String> {
    let inside = path.trim_start_matches("src/").trim_end_matches(".rs");
    let mut parts: Vec<String> = inside.split('/').map(str::to_owned).collect();
    if matches!(parts.last().map(String::as_str), Some("mod" | "lib" | "main")) {
        parts.pop();
    }
    parts
}

struct Reader<'a> {
    tokens: &'a [(usize, Token)],
    at: usize,
    modules: Vec<String>,
    /// `use std::process;` makes `process::Command` a path into std.
    aliases: Vec<(String, String)>,
    depth: usize,
    /// The depths at which inline modules end.
    inline: Vec<usize>,
    found: Source,
}

impl Reader<'_> {
    fn token(&self, ahead: usize) -> Option<&Token> {
        self.tokens.get(self.at + ahead).map(|(_, token)| token)
    }

    fn word(&self, ahead: usize) -> Option<&str> {
        match self.token(ahead) {
            Some(Token::Word(word)) => Some(word),
            _ => None,
        }
    }

    fn is(&self, ahead: usize, sign: char) -> bool {
        self.token(ahead) == Some(&Token::Sign(sign))
    }

    fn file(&mut self) {
        while self.at < self.tokens.len() {
            if self.is(0, '{') {
                self.depth += 1;
            } else if self.is(0, '}') {
                self.depth = self.depth.saturating_sub(1);
                if self.inline.last() == Some(&self.depth) {
                    self.inline.pop();
                    self.modules.pop();
                }
            } else if self.word(0) == Some("mod") && self.word(1).is_some() && self.is(2, '{') {
                let name = self.word(1).unwrap().to_owned();
                self.at += 2;
                if name == "tests" {
                    self.skip_block();
                    continue;
                }
                self.modules.push(name);
                self.inline.push(self.depth);
                continue;
            } else if matches!(self.word(0), Some("use")) {
                self.at += 1;
                self.tree(&[], true);
                continue;
            } else if self.word(0) == Some("extern") && self.word(1) == Some("crate") {
                self.at += 2;
                self.tree(&[], true);
                continue;
            } else if self.word(0).is_some() || (self.token(0) == Some(&Token::Colons) && self.word(1).is_some()) {
                self.tree(&[], false);
                continue;
            }
            self.at += 1;
        }
    }

    fn skip_block(&mut self) {
        let mut depth = 0;
        while self.at < self.tokens.len() {
            if self.is(0, '{') {
                depth += 1;
            } else if self.is(0, '}') {
                depth -= 1;
            }
            self.at += 1;
            if depth == 0 {
                return;
            }
        }
    }

    /// Reads a path, or a tree of paths where `import` says that it may be one, below `stem`.
    fn tree(&mut self, stem: &[String], import: bool) {
        let line = self.tokens.get(self.at).map_or(0, |(line, _)| *line);
        let mut path = stem.to_vec();
        if self.token(0) == Some(&Token::Colons) {
            self.at += 1;
        }
        loop {
            if let Some(word) = self.word(0) {
                path.push(word.to_owned());
                self.at += 1;
            } else if import && self.is(0, '*') {
                path.push("*".to_owned());
                self.at += 1;
            } else if import && self.is(0, '{') {
                self.at += 1;
                while !self.is(0, '}') && self.at < self.tokens.len() {
                    self.tree(&path, true);
                    if self.is(0, ',') {
                        self.at += 1;
                    }
                }
                self.at += 1;
                return;
            } else {
                // A turbofish or the like: the path is over, what follows is read for itself.
                if self.at < self.tokens.len() && path.len() == stem.len() {
                    self.at += 1;
                }
                break;
            }
            if self.token(0) != Some(&Token::Colons) {
                break;
            }
            self.at += 1;
        }
        let mut alias = None;
        if import && self.word(0) == Some("as") {
            alias = self.word(1).map(str::to_owned);
            self.at += 2;
        }
        self.path(line, path, import, alias);
    }

    fn path(&mut self, line: usize, mut path: Vec<String>, import: bool, alias: Option<String>) {
        if path.last().is_some_and(|last| last == "self") && path.len() > 1 {
            path.pop();
        }
        let Some(first) = path.first().cloned() else { return };
        if path.len() == 1 && !import {
            return;
        }
        let mut place = match first.as_str() {
            "crate" | "hongyan" => Vec::new(),
            "self" | "super" => self.modules.clone(),
            _ => {
                self.foreign(line, path, import, alias);
                return;
            }
        };
        for (at, step) in path.iter().enumerate() {
            match step.as_str() {
                "self" => {}
                "crate" | "hongyan" if at == 0 => {}
                "super" => drop(place.pop()),
                step => place.push(step.to_owned()),
            }
        }
        self.found.ours.push((line, place.first().cloned().unwrap_or_default()));
    }

    fn foreign(&mut self, line: usize, mut path: Vec<String>, import: bool, alias: Option<String>) {
        if let Some((_, whole)) = self.aliases.iter().find(|(name, _)| *name == path[0]) {
            path[0].clone_from(whole);
        }
        let whole = path.join("::");
        if import && let Some(name) = alias.or_else(|| path.last().cloned()) {
            self.aliases.push((name, whole.clone()));
        }
        self.found.foreign.push((line, whole));
    }
}

/// The tokens that matter, and the texts.
fn tokens(text: &str) -> (Lines<Token>, Lines<String>) {
    let chars: Vec<char> = text.chars().collect();
    let (mut tokens, mut literals) = (Vec::new(), Vec::new());
    let (mut at, mut line) = (0, 1);
    let get = |at: usize| chars.get(at).copied().unwrap_or('\0');
    while at < chars.len() {
        let c = get(at);
        let start = at;
        if c == '/' && get(at + 1) == '/' {
            while at < chars.len() && get(at) != '\n' {
                at += 1;
            }
        } else if c == '/' && get(at + 1) == '*' {
            let mut depth = 1;
            at += 2;
            while at < chars.len() && depth > 0 {
                match (get(at), get(at + 1)) {
                    ('/', '*') => (depth, at) = (depth + 1, at + 2),
                    ('*', '/') => (depth, at) = (depth - 1, at + 2),
                    _ => at += 1,
                }
            }
        } else if let Some((content, end)) = literal(&chars, at) {
            literals.push((line, content));
            at = end;
        } else if c == '\'' {
            // A character, or a lifetime.
            if get(at + 1) == '\\' {
                at += 3;
                while at < chars.len() && get(at) != '\'' {
                    at += 1;
                }
                at += 1;
            } else if get(at + 2) == '\'' {
                at += 3;
            } else {
                at += 1;
                while get(at) == '_' || get(at).is_alphanumeric() {
                    at += 1;
                }
            }
        } else if c == '_' || c.is_alphabetic() {
            if c == 'r' && get(at + 1) == '#' {
                at += 2;
            }
            let begin = at;
            while get(at) == '_' || get(at).is_alphanumeric() {
                at += 1;
            }
            tokens.push((line, Token::Word(chars[begin..at].iter().collect())));
        } else if c.is_ascii_digit() {
            while get(at) == '_' || get(at).is_alphanumeric() {
                at += 1;
            }
        } else if c == ':' && get(at + 1) == ':' {
            tokens.push((line, Token::Colons));
            at += 2;
        } else {
            if !c.is_whitespace() {
                tokens.push((line, Token::Sign(c)));
            }
            at += 1;
        }
        line += chars[start..at.min(chars.len())].iter().filter(|c| **c == '\n').count();
    }
    (tokens, literals)
}

/// A text that begins here, and where it ends: `"…"`, `b"…"`, `c"…"`, `r"…"`, `r#"…"#`, `br#"…"#`.
fn literal(chars: &[char], start: usize) -> Option<(String, usize)> {
    let get = |at: usize| chars.get(at).copied().unwrap_or('\0');
    let mut at = start;
    if matches!(get(at), 'b' | 'c') {
        at += 1;
    }
    let raw = get(at) == 'r';
    if raw {
        at += 1;
    }
    let mut hashes = 0;
    while raw && get(at) == '#' {
        (hashes, at) = (hashes + 1, at + 1);
    }
    if get(at) != '"' {
        return None;
    }
    at += 1;
    let begin = at;
    loop {
        match get(at) {
            _ if at >= chars.len() => return Some((chars[begin..].iter().collect(), at)),
            '\\' if !raw => at += 2,
            '"' if (0..hashes).all(|n| get(at + 1 + n) == '#') => {
                return Some((chars[begin..at].iter().collect(), at + 1 + hashes));
            }
            _ => at += 1,
        }
    }
}
