//! Letters, read by a program of the time before Unicode: what GBK can hold arrives, in the head, in the text, and in the
//! names of files.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use hongyan::letter::addresses;
use hongyan::text::SafeFileName;
use serde::Deserialize;

use super::{built, compositions};

#[derive(Deserialize)]
struct Shown {
    subject: String,
    from: String,
    body: String,
    files: Vec<String>,
}

/// As GBK has it.
fn in_gbk(text: &str) -> String {
    let one = |c: char| {
        let mut bytes = [0; 4];
        let (encoded, _, lost) = encoding_rs::GBK.encode(c.encode_utf8(&mut bytes));
        // It writes the sign of the euro as one byte, which no codec of other languages knows.
        if lost || (encoded.len() == 1 && !c.is_ascii()) { '?' } else { c }
    };
    text.chars().map(one).collect()
}

#[expect(clippy::disallowed_methods, reason = "another program judges")]
fn by_old_programs(folder: &Path) -> BTreeMap<String, Shown> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/letters/gbk.py");
    let output = Command::new("python3").arg(script).arg(folder).stdin(Stdio::null()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn c08_programs_that_know_only_gbk_read_all_that_it_can_hold() {
    let compositions = compositions::all();
    let folder = tempfile::tempdir().unwrap();
    for one in &compositions {
        fs::write(folder.path().join(format!("{}.eml", one.name)), built(&one.draft, &one.kept).bytes).unwrap();
    }
    let shown = by_old_programs(folder.path());
    let mut chinese = 0;
    for one in &compositions {
        let (name, draft, shown) = (one.name, &one.draft, &shown[one.name]);
        assert_eq!(shown.subject, in_gbk(draft.subject.trim()), "{name}");
        let from = addresses(&draft.from).remove(0).mailbox.unwrap();
        let expected = match from.name() {
            "" => from.address(),
            words => format!("{} <{}>", in_gbk(words), from.address()),
        };
        let plain = |text: &str| text.trim_matches(['<', '>']).replace('"', "");
        assert_eq!(plain(&shown.from), plain(&expected), "{name}");
        let body = draft.body.replace("\r\n", "\n").replace('\r', "\n");
        assert_eq!(shown.body, in_gbk(body.trim_end()), "{name}");
        let files = draft.files.iter().filter(|file| !file.kind.starts_with("text/calendar"));
        let mut files: Vec<_> = files.map(|file| in_gbk(SafeFileName::of(&file.name).as_str())).collect();
        files.sort();
        assert_eq!(shown.files, files, "{name}");
        chinese += usize::from(!draft.subject.is_ascii());
    }
    assert!(chinese > 5, "{chinese}: it proves nothing");
    println!("{} letters, {chinese} with Chinese subjects, read by way of GBK", compositions.len());
}
