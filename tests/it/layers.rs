//! The walls of the house: which module may import which, and what only one of them may name. ARCHITECTURE.md says why.
//!
//! The sources are read as tokens, so comments and texts do not count, and `use` trees, inline paths and chains of
//! `super` all do. Test code is free: it may need what the code that it tests must not.

mod source;

use std::fs;
use std::path::{Path, PathBuf};

use source::Source;

/// What each module may import of ours.
const MAY_IMPORT: &[(&str, &[&str])] = &[
    ("text", &[]),
    ("model", &["text"]),
    ("i18n", &[]),
    // For tests.
    ("fuzzing", &["model"]),
    ("mime", &["model", "text"]),
    ("decoding", &["mime", "model", "text"]),
    ("proc", &["model", "text"]),
    ("remedy", &["model", "text"]),
    ("search", &["model", "text"]),
    ("indexing", &["model", "decoding", "store"]),
    ("config", &["model", "text", "proc"]),
    ("app", &["model", "text", "config", "letter", "search"]),
    ("ui", &["app", "model", "text", "i18n", "config", "remedy", "search"]),
    ("store", &["model", "text", "letter", "remedy", "search"]),
    ("files", &["model", "text"]),
    ("net", &["model", "text", "files"]),
    ("sync", &["model", "text", "decoding", "store", "net", "config", "remedy"]),
    ("joining", &["model", "text", "config", "net", "sync"]),
    ("letter", &["model", "text"]),
    ("send", &["model", "text", "letter", "decoding", "store", "net", "config", "remedy", "sync"]),
    ("term", &["model", "text", "app"]),
    ("demo", &["model", "text"]),
    (
        "cli",
        &[
            "text", "model", "i18n", "letter", "decoding", "proc", "config", "store", "files", "net", "sync",
            "joining", "send", "demo", "remedy", "search", "indexing",
        ],
    ),
    (
        "run",
        &[
            "text", "model", "i18n", "letter", "decoding", "proc", "config", "app", "ui", "store", "files", "net",
            "sync", "joining", "send", "term", "demo", "cli", "remedy", "search", "indexing",
        ],
    ),
    ("main", &["cli", "run"]),
];

/// What only these modules may name.
const RESERVED: &[(&str, &[&str])] = &[
    ("rusqlite", &["store"]),
    ("zstd", &["store"]),
    ("pinyin", &["store", "text"]),
    ("icu_normalizer", &["search"]),
    ("crossterm", &["term"]),
    ("ratatui::crossterm", &["term"]),
    ("ratatui", &["ui", "term", "run"]),
    ("async_imap", &["sync"]),
    ("hickory_resolver", &["net"]),
    ("native_tls", &["net", "demo"]),
    ("tokio_native_tls", &["net", "demo"]),
    ("rcgen", &["demo"]),
    ("mail_parser", &["mime"]),
    ("html5ever", &["mime"]),
    ("html2text", &["mime"]),
    ("lettre", &["letter", "send"]),
    ("keyring", &["config"]),
    ("zbus", &["run"]),
    ("directories", &["config"]),
    ("clap", &["cli", "main"]),
    ("tokio", &["store", "net", "sync", "joining", "send", "term", "demo", "cli", "run", "main"]),
    ("tokio::process", &["proc"]),
    ("tokio::net", &["net", "demo", "cli", "run"]),
    ("std::net::TcpStream", &["net", "demo", "cli"]),
    ("std::net::TcpListener", &["demo"]),
    ("std::os::unix::net", &["cli", "run"]),
    ("std::process::Command", &["proc"]),
    ("std::process::*", &["proc"]),
    ("std::env", &["config", "cli", "main", "fuzzing"]),
    ("std::fs", &["config", "store", "files", "net", "sync", "proc", "term", "demo", "cli", "run"]),
];

const LINES: usize = 500;

/// Everything that is wrong with one file, a line each.
fn faults(path: &str, text: &str) -> Vec<String> {
    let mut faults = Vec::new();
    let lines = text.lines().count();
    if lines > LINES {
        faults.push(format!("{path}: {lines} lines; split it, {LINES} are enough for one subject"));
    }
    let module = path.trim_start_matches("src/").split('/').next().unwrap().trim_end_matches(".rs");
    if module == "lib" || path.ends_with("/tests.rs") || path.contains("/tests/") {
        return faults;
    }
    let Some((_, allowed)) = MAY_IMPORT.iter().find(|(name, _)| *name == module) else {
        faults.push(format!("{path}: the module {module} is not in the table of tests/it/layers.rs"));
        return faults;
    };
    let source = Source::read(path, text);
    for (line, ours) in &source.ours {
        match ours.as_str() {
            "" | "*" => faults.push(format!("{path}:{line}: {module} -> the whole crate")),
            name if name == module || allowed.contains(&name) => {}
            // Macros and names of the crate's root are no modules.
            name if !MAY_IMPORT.iter().any(|(known, _)| *known == name) => {}
            name => faults.push(format!("{path}:{line}: {module} -> {name}")),
        }
    }
    for (line, foreign) in &source.foreign {
        for (reserved, owners) in RESERVED {
            let named =
                foreign == reserved || foreign.strip_prefix(reserved).is_some_and(|rest| rest.starts_with("::"));
            if named && !owners.contains(&module) {
                faults.push(format!("{path}:{line}: {module} -> {reserved}"));
            }
        }
    }
    // What servers say stands in the texts for fuzzing; nothing of it is said to one.
    if module == "sync" && !path.ends_with("/fuzz.rs") {
        for (line, literal) in &source.literals {
            // What a server calls an answer is no command.
            let command = !literal.starts_with("* ") && !matches!(literal.trim_end(), "BODY[" | "BODY[]" | "RFC822");
            let marks = literal.contains("BODY[")
                || literal.match_indices("RFC822").any(|(at, _)| {
                    let rest = &literal[at + "RFC822".len()..];
                    !rest.starts_with(".SIZE") && !rest.starts_with(".HEADER")
                });
            if command && marks {
                faults.push(format!("{path}:{line}: fetching this marks mail as read; use BODY.PEEK"));
            }
        }
    }
    faults.dedup();
    faults
}

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

#[test]
fn every_module_keeps_to_its_walls() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    sources(&root.join("src"), &mut files);
    files.sort();
    assert!(files.len() > 20, "{files:?}");
    let all: Vec<String> = files
        .iter()
        .flat_map(|file| {
            let path = file.strip_prefix(root).unwrap().to_str().unwrap();
            faults(path, &fs::read_to_string(file).unwrap())
        })
        .collect();
    assert!(all.is_empty(), "\n{}\n", all.join("\n"));
}

#[test]
fn every_way_over_a_wall_is_seen() {
    for (path, text, said) in [
        ("src/app/list.rs", "use crate::store::Reader;", "1: app -> store"),
        ("src/app/list.rs", "\nuse crate::{model::{Row, Flags}, sync as s};", "2: app -> sync"),
        ("src/app/list.rs", "use {crate::{text::Text, net::{self, Dial}}};", "1: app -> net"),
        ("src/app/list.rs", "fn f() -> u8 {\n crate::store::size() }", "2: app -> store"),
        ("src/app/list.rs", "use super::super::store::Reader;", "1: app -> store"),
        ("src/app/panes/list.rs", "fn f(x: super::super::super::ui::Theme) {}", "1: app -> ui"),
        ("src/app/mod.rs", "use super::store;", "1: app -> store"),
        ("src/app/mod.rs", "mod inner { use super::super::store; }", "1: app -> store"),
        ("src/app.rs", "use super::{store, model};", "1: app -> store"),
        ("src/app/list.rs", "use super::{self, super::{term, text}};", "1: app -> term"),
        ("src/app/list.rs", "type X = Vec<Option<crate::run::Loop>>;", "1: app -> run"),
        ("src/app/list.rs", "impl crate :: store :: Owner for X {}", "1: app -> store"),
        ("src/app/list.rs", "let r#x = \"a // b\"; use crate::store;", "1: app -> store"),
        ("src/app/list.rs", "let c = '\"'; use crate::store;", "1: app -> store"),
        ("src/app/list.rs", "fn f<'a>(x: &'a u8) { crate::store::g(x) }", "1: app -> store"),
        ("src/app/list.rs", "let s = r#\"a \" b\"#; use crate::store;", "1: app -> store"),
        ("src/app/list.rs", "use crate::*;", "1: app -> the whole crate"),
        ("src/app/list.rs", "use crate as c;", "1: app -> the whole crate"),
        ("src/app/list.rs", "use super::super::*;", "1: app -> the whole crate"),
        ("src/app/list.rs", "use super::super as c;", "1: app -> the whole crate"),
        ("src/app/list.rs", "use hongyan::store;", "1: app -> store"),
        ("src/main.rs", "fn main() { hongyan::app::start() }", "1: main -> app"),
        ("src/cli/show.rs", "use crate::ui::Theme;", "1: cli -> ui"),
        ("src/ui/mod.rs", "use rusqlite::Connection;", "1: ui -> rusqlite"),
        ("src/ui/mod.rs", "use rusqlite as db;", "1: ui -> rusqlite"),
        ("src/ui/mod.rs", "fn f() { ::rusqlite::open() }", "1: ui -> rusqlite"),
        ("src/ui/mod.rs", "extern crate rusqlite;", "1: ui -> rusqlite"),
        ("src/ui/mod.rs", "use ratatui::{Frame, crossterm::event};", "1: ui -> ratatui::crossterm"),
        ("src/cli/mod.rs", "use std::{io, process::{Command, exit}};", "1: cli -> std::process::Command"),
        ("src/cli/mod.rs", "use std::process::*;", "1: cli -> std::process::*"),
        (
            "src/cli/mod.rs",
            "use std::process; fn f() { process::Command::new(\"x\"); }",
            "1: cli -> std::process::Command",
        ),
        ("src/mime/mod.rs", "std::fs::read(\"x\")", "1: mime -> std::fs"),
        ("src/sync/pass.rs", "\"UID FETCH 1 (BODY[])\"", "1: fetching this marks mail as read; use BODY.PEEK"),
        ("src/sync/pass.rs", "b\"FETCH 1 RFC822\"", "1: fetching this marks mail as read; use BODY.PEEK"),
    ] {
        assert_eq!(faults(path, text), [format!("{path}:{said}")], "{text}");
    }
    assert_eq!(faults("src/news/mod.rs", "").len(), 1, "a module that nobody placed");
    assert_eq!(faults("src/app/list.rs", &"\n".repeat(501)).len(), 1, "a file that is too long");
}

#[test]
fn what_is_allowed_is_left_alone() {
    for (path, text) in [
        ("src/app/list.rs", "use crate::model::Row; use super::{keys, state::State}; use self::inner::X;"),
        ("src/app/list.rs", "// use crate::store;\n/* crate::store /* nested */ crate::ui */ /// crate::net::X"),
        ("src/app/list.rs", "let a = \"crate::store::X \\\" crate::ui\"; let b = r##\"crate::net \"# \"##;"),
        ("src/app/list.rs", "pub(crate) fn f() {} pub(in crate::app) fn g() {} pub(super) struct S;"),
        ("src/app/mod.rs", "mod inner { use super::list; use super::super::model; }"),
        ("src/app/list.rs", "use crate::text::width; fn store() {} let sync = store(); sync.net.ui()"),
        ("src/app/list.rs", "#[cfg(test)] mod tests { use crate::store::X; use rusqlite::Connection; }"),
        ("src/app/list/tests.rs", "use crate::store::X;"),
        ("src/text/mod.rs", "use crate::text::safe; use unicode_width::UnicodeWidthStr as _;"),
        ("src/run/mod.rs", "use crate::{app, store, ui, term}; use ratatui::backend::CrosstermBackend;"),
        ("src/main.rs", "use hongyan::{cli, run}; fn main() -> std::process::ExitCode { x }"),
        ("src/lib.rs", "pub mod app; pub mod store;"),
        ("src/config/atomic.rs", "std::process::id()"),
        ("src/sync/pass.rs", "\"UID FETCH 1 (RFC822.SIZE BODY.PEEK[])\"; answer.starts_with(\"BODY[\")"),
    ] {
        assert_eq!(faults(path, text), [""; 0], "{text}");
    }
}
