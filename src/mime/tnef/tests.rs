use super::*;
use crate::fuzzing::{Diet, Long, fuzz};

const TWO_FILES: &[u8] = include_bytes!("tests/two_files.tnef");

#[test]
fn m13_files_with_their_long_names() {
    let found = files(TWO_FILES);
    let told: Vec<_> = found.iter().map(|file| (file.name.as_slice(), &TWO_FILES[file.at.clone()])).collect();
    assert_eq!(told, [("报告.pdf".as_bytes(), &b"%PDF-1.4 two"[..]), (b"notes.txt", b"plain words")]);
}

#[test]
fn m13_what_is_broken_gives_what_is_whole() {
    assert!(files(b"").is_empty() && files(b"\x78\x9f\x3e\x22").is_empty() && files(&[0; 100]).is_empty());
    for end in 0..TWO_FILES.len() {
        assert!(files(&TWO_FILES[..end]).len() <= 2);
    }
    assert_eq!(files(&TWO_FILES[..TWO_FILES.len() - 1]).len(), 2);
}

#[test]
fn z_tnef() {
    let holds = |bytes: &[u8]| {
        let found = files(bytes);
        found.len() <= MOST && found.iter().all(|file| bytes.get(file.at.clone()).is_some())
    };
    const PIECES: &[&[u8]] = &[
        b"\xff\xff\xff\xff",
        b"\0\0\0\0",
        b"\x02\x02\x90\x06\0",
        b"\x02\x05\x90\x06\0",
        b"\x1f\0\x07\x37",
        b"\x01\0\0\0",
        b"\x02\x10",
    ];
    fuzz(&Diet { good: &[TWO_FILES], pieces: PIECES }, Long::Minutes(10), holds);
}
