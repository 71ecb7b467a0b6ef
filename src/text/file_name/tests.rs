use proptest::prelude::*;

use super::*;

fn safe(untrusted: &str) -> String {
    SafeFileName::of(untrusted).as_str().to_owned()
}

#[test]
fn f01_only_a_name_is_left_of_a_path() {
    for (untrusted, name) in [
        ("../../.bashrc", "bashrc"),
        ("/etc/x", "x"),
        ("~/.ssh/authorized_keys", "authorized_keys"),
        ("C:\\x", "x"),
        ("C:x", "C_x"),
        ("a/b", "b"),
        ("a/b/", "b"),
        ("..\\..\\evil.bat", "evil.bat"),
        ("..", "attachment"),
        (".", "attachment"),
        ("", "attachment"),
        ("/", "attachment"),
        ("...", "attachment"),
        ("- -.-", "attachment"),
        ("a\0b.txt", "ab.txt"),
        ("\0", "attachment"),
        ("name...", "name"),
        ("name. . ", "name"),
        ("-rf", "rf"),
        ("--help.txt", "help.txt"),
        (".desktop", "desktop"),
        ("x.desktop", "x.desktop.txt"),
        ("x.DeskTop. ", "x.DeskTop.txt"),
        ("x.desk\u{200b}top", "x.desktop.txt"),
        ("CON", "_CON"),
        ("con.txt", "_con.txt"),
        ("Nul .tar.gz", "_Nul.tar.gz"),
        ("COM1", "_COM1"),
        ("lpt9.pdf", "_lpt9.pdf"),
        ("com¹", "_com¹"),
        ("COM12", "COM12"),
        ("concert.pdf", "concert.pdf"),
        ("photo\u{202e}gpj.exe", "photogpj.exe"),
        ("\u{202e}.bashrc", "bashrc"),
        ("\u{feff}-rf", "rf"),
        ("a:b*c?.txt", "a_b_c_.txt"),
        ("会议纪要（终稿）.docx", "会议纪要（终稿）.docx"),
        ("二〇二六　计划.pdf", "二〇二六　计划.pdf"),
        ("two  \t words.txt", "two words.txt"),
    ] {
        assert_eq!(safe(untrusted), name, "{untrusted:?}");
    }
}

#[test]
fn t08_nothing_in_a_name_is_obeyed_by_a_terminal() {
    assert_eq!(safe("a\u{1b}]0;t\u{7}\r\n\u{8}\u{9b}31m.pdf"), "a]0;t 31m.pdf");
    let zalgo: String = std::iter::once('a').chain(std::iter::repeat_n('\u{301}', 90)).collect();
    assert_eq!(safe(&zalgo).chars().count(), 9);
}

#[test]
fn f01_a_long_name_keeps_its_extension() {
    let long = safe(&("长".repeat(2_000) + ".tar.gz"));
    assert!(long.len() <= LONGEST && long.len() > LONGEST - 3, "{}", long.len());
    assert!(long.starts_with("长长") && long.ends_with("长.tar.gz"));
    assert_eq!(safe(&"x".repeat(5_000)).len(), LONGEST);
    // That is no extension.
    assert_eq!(safe(&("x.".to_owned() + &"y".repeat(5_000))).len(), LONGEST);
    let numbered = SafeFileName::of(&("长".repeat(2_000) + ".pdf")).numbered(12);
    assert!(numbered.as_str().len() <= LONGEST && numbered.as_str().ends_with("长 (12).pdf"), "{numbered}");
}

#[test]
fn numbers_stand_before_the_extension() {
    for (name, second) in [
        ("a.pdf", "a (1).pdf"),
        ("a", "a (1)"),
        ("a.tar.gz", "a (1).tar.gz"),
        ("报告.v2.docx", "报告.v2 (1).docx"),
        ("tar.gz", "tar (1).gz"),
    ] {
        assert_eq!(SafeFileName::of(name).numbered(1).as_str(), second);
    }
}

fn holds(name: &str) -> bool {
    let edge = |c: char| matches!(c, '.' | '-') || c.is_whitespace();
    !name.is_empty()
        && name.len() <= LONGEST
        && !name.starts_with(edge)
        && !name.ends_with(|c: char| c == '.' || c.is_whitespace())
        && !name.contains(['/', '\\', '\0', ':'])
        && name.chars().all(is_harmless)
        && !is_device(name)
        && !name.to_ascii_lowercase().ends_with(".desktop")
        && std::path::Path::new(name).components().count() == 1
        && SafeText::of(name).as_str() == name
}

#[test]
fn f01_a_name_that_was_cleaned_stays_as_it_is() {
    assert_eq!(SafeFileName::of("con..tar..txt").as_str(), "_con.tar.txt");
}

proptest! {
    #[test]
    fn f01_whatever_comes_in_a_harmless_name_comes_out(
        untrusted in prop_oneof![
            any::<String>(),
            "[./\\\\ \\-~:a-zA-Z0-9\u{202e}\u{200b}\u{0}-\u{20}\u{7f}-\u{a0}中长\u{301}]{0,400}",
            "(con|nul|aux|com1|LPT3|x)?[. ]{0,3}(tar|desktop|exe|pdf)?[. ]{0,3}(gz|desktop|txt)?",
        ],
        number in any::<u32>(),
    ) {
        let name = SafeFileName::of(&untrusted);
        prop_assert!(holds(name.as_str()), "{:?} from {:?}", name, untrusted);
        prop_assert_eq!(&SafeFileName::of(name.as_str()), &name, "once more changes nothing");
        let numbered = name.numbered(number);
        prop_assert!(holds(numbered.as_str()), "{:?}", numbered);
        prop_assert_ne!(numbered, name);
    }
}
