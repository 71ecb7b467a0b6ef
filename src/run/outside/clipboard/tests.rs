use std::ffi::OsString;
use std::path::{Path, PathBuf};

use super::*;
use crate::proc::Environment;

fn means(folder: &Path, display: &str) -> Means {
    let path = format!("{}:/usr/bin:/bin", folder.display());
    let variables = [("PATH", path.as_str()), ("DISPLAY", display)];
    Means {
        environment: Environment::of(variables.map(|(name, value)| (OsString::from(name), OsString::from(value)))),
        profile: PathBuf::new(),
        home: None,
        web: String::new(),
        file: String::new(),
        browser: None,
        in_tmux: false,
    }
}

/// A program of this name that does this.
fn program(folder: &Path, name: &str, script: &str) {
    let path = folder.join(name).display().to_string();
    let environment = Environment::of([("PATH".into(), "/usr/bin:/bin".into())]);
    // Written by another program: a file that one of ours still had open for writing could not be run.
    let write = ["sh", "-c", "cat > \"$0\" && chmod 700 \"$0\"", &path].map(str::to_owned);
    let written = proc::feed(&write, &environment, LIMITS, format!("#!/bin/sh\n{script}\n").into_bytes());
    assert_eq!(written.unwrap().status, Some(0));
}

#[test]
fn a_text_goes_to_the_program_that_is_there_and_it_is_said_which() {
    let folder = tempfile::tempdir().unwrap();
    let got = folder.path().join("got");
    program(folder.path(), "xclip", &format!("cat > '{}'", got.display()));
    let copied = means(folder.path(), ":0").copy("验证码 482913\n", SafeText::of("482913"), true);
    assert_eq!(copied, Ok(Done::Copied { shown: SafeText::of("482913"), by: SafeText::of("OSC 52, xclip") }));
    assert_eq!(std::fs::read_to_string(&got).unwrap(), "验证码 482913\n");
    let alone = means(folder.path(), ":0").copy("x", SafeText::of("x"), false);
    assert_eq!(alone, Ok(Done::Copied { shown: SafeText::of("x"), by: SafeText::of("xclip") }));
}

#[test]
fn without_a_display_nobody_waits_for_one() {
    let folder = tempfile::tempdir().unwrap();
    program(folder.path(), "xclip", "sleep 60");
    let told = means(folder.path(), "").copy("x", SafeText::of("x"), true);
    assert_eq!(told, Ok(Done::Copied { shown: SafeText::of("x"), by: SafeText::of("OSC 52") }));
    let nobody = means(folder.path(), "").copy("x", SafeText::of("x"), false);
    assert_eq!(nobody, Err(DeedTrouble::NoProgram(SafeText::of("wl-copy, xclip"))));
}

#[test]
fn a_program_that_fails_is_told_of_unless_the_terminal_knows() {
    let folder = tempfile::tempdir().unwrap();
    program(folder.path(), "xclip", "cat > /dev/null; exit 3");
    let failed = means(folder.path(), ":0").copy("x", SafeText::of("x"), false);
    assert_eq!(failed, Err(DeedTrouble::Ended { program: SafeText::of("xclip"), status: 3 }));
    let told = means(folder.path(), ":0").copy("x", SafeText::of("x"), true);
    assert_eq!(told, Ok(Done::Copied { shown: SafeText::of("x"), by: SafeText::of("OSC 52") }));
}

#[test]
fn windows_reads_it_in_its_own_way() {
    assert_eq!(wide("a\n鸿"), [0xff, 0xfe, b'a', 0, b'\r', 0, b'\n', 0, 0x3f, 0x9e]);
}
