use super::*;
use crate::demo::imap::command::Key;

fn ok(line: &str) -> Command {
    parse(line.as_bytes()).command.unwrap_or_else(|e| panic!("{line}: {}", e.0))
}

#[test]
fn commands_in_every_spelling() {
    assert_eq!(
        ok("a login \"me\" {6}\r\nse\"ret"),
        Command::Login { user: b"me".to_vec(), password: b"se\"ret".to_vec() }
    );
    assert_eq!(
        ok("a select inbox"),
        Command::Select { mailbox: "INBOX".into(), read_only: false, condstore: false, resync: None }
    );
    assert_eq!(
        ok("a EXAMINE \"&XfJT0ZAB-\""),
        Command::Select { mailbox: "已发送".into(), read_only: true, condstore: false, resync: None }
    );
    assert_eq!(
        ok("a LIST \"\" %"),
        Command::List { reference: String::new(), pattern: "%".into(), listing: Listing::All }
    );
    assert_eq!(ok("a ID NIL"), Command::Id(false));
    assert_eq!(ok("a ID (\"name\" NIL \"version\" \"1\")"), Command::Id(true));
    let Command::Store { store: Store { silent: true, change: Change::Add, flags, .. }, by_uid: true, .. } =
        ok("a UID STORE 1:* +FLAGS.SILENT (\\Seen $Forwarded)")
    else {
        panic!()
    };
    assert_eq!(flags, ["\\Seen", "$Forwarded"]);
    let Command::Append { flags, date: Some(date), message, .. } =
        ok("a APPEND x (\\Draft) \" 5-Nov-2025 08:30:00 +0800\" {2+}\r\nhi")
    else {
        panic!()
    };
    assert_eq!((flags.len(), date.0, message), (1, 1_762_302_600, b"hi".to_vec()));
}

#[test]
fn sections() {
    let Command::Fetch { items, .. } =
        ok("a FETCH 1 (FLAGS BODY BODY[] BODY.PEEK[1.2.HEADER.FIELDS (from \"To\")]<0.10> BODY[TEXT] BODY[3.MIME])")
    else {
        panic!()
    };
    let labels: Vec<_> =
        items.iter().filter_map(|i| if let Item::Section(s) = i { Some(s.label.as_str()) } else { None }).collect();
    assert_eq!(labels, ["BODY[]", "BODY[1.2.HEADER.FIELDS (FROM TO)]", "BODY[TEXT]", "BODY[3.MIME]"]);
    assert!(matches!(&items[3], Item::Section(s) if s.peek && s.partial == Some((0, 10)) && s.part == [1, 2]));
}

#[test]
fn searches() {
    let Command::Search { key, charset, .. } =
        ok("a SEARCH CHARSET utf-8 OR (FROM x SUBJECT {6}\r\n发票) NOT SEEN SINCE 1-Jan-2025")
    else {
        panic!()
    };
    assert_eq!(charset.as_deref(), Some("utf-8"));
    assert!(matches!(&key, Key::And(keys) if keys.len() == 2 && matches!(keys[0], Key::Or(..))));
}

#[test]
fn what_cannot_be_understood_is_told_under_its_tag() {
    for line in [
        "a",
        "a ",
        "a FOO",
        "a LOGIN me",
        "a FETCH 1",
        "a FETCH 0 FLAGS",
        "a FETCH 1 BODY[",
        "a FETCH 1 BODY[MIME]",
        "a FETCH 1 BODY[0]",
        "a STORE 1 FLAG x",
        "a STORE 1 FLAGS \\Nonsense",
        "a SEARCH",
        "a SEARCH BEFORE yesterday",
        "a NOOP x",
        "a SELECT \"x",
        "a APPEND x hi",
        "a UID NOOP",
        "a SELECT &x-",
    ] {
        assert!(parse(line.as_bytes()).command.is_err(), "{line}");
    }
    for line in [
        "a SELECT x (QRESYNC (1))",
        "a SELECT x (QRESYNC (1 2 1:*))",
        "a SELECT x (QRESYNC (1 2 1:5 1:5))",
        "a SELECT x (CONDSTORE",
        "a FETCH 1 FLAGS (VANISHED)",
        "a FETCH 1 FLAGS (CHANGEDSINCE 9223372036854775808)",
        "a STORE 1 (UNCHANGEDSINCE) +FLAGS (x)",
        "a SEARCH RETURN (SAVE) ALL",
        "a SEARCH RETURN (ALL)",
        "a SEARCH MODSEQ \"/flags/x\" 5",
        "a ENABLE",
        "a COMPRESS",
    ] {
        assert!(parse(line.as_bytes()).command.is_err(), "{line}");
    }
    assert_eq!(parse(b"a7 FOO").tag, "a7");
    assert_eq!(parse(b"(").tag, "*");
    let deep = format!("a SEARCH {}ALL{}", "(".repeat(2000), ")".repeat(2000));
    assert!(parse(deep.as_bytes()).command.is_err());
}

#[test]
fn what_changed_can_be_asked_for() {
    let Command::Select { resync: Some(known), condstore: false, .. } =
        ok("a SELECT x (QRESYNC (7 9 1:5,8 (1,2 3,4)))")
    else {
        panic!()
    };
    assert_eq!((known.validity, known.modseq), (7, 9));
    assert!(known.known.is_some_and(|set| set.contains(8, 9) && !set.contains(6, 9)));
    let Command::Fetch { since: Some(since), .. } = ok("a UID FETCH 1:* (FLAGS) (CHANGEDSINCE 5 VANISHED)") else {
        panic!()
    };
    assert!(since.modseq == 5 && since.vanished);
    let Command::Store { store, .. } = ok("a STORE 1 (UNCHANGEDSINCE 6) +FLAGS.SILENT \\Seen") else { panic!() };
    assert_eq!(store.unchanged_since, Some(6));
    let Command::Search { wants: Some(wants), key, .. } =
        ok("a SEARCH RETURN () MODSEQ \"/flags/\\\\seen\" all 620162338")
    else {
        panic!()
    };
    assert!(wants.all && !wants.count && key == Key::ModSeq(620_162_338));
    let Command::Search { wants: Some(wants), .. } = ok("a UID SEARCH RETURN (MIN COUNT) CHARSET UTF-8 UNSEEN") else {
        panic!()
    };
    assert!(!wants.all && wants.count && wants.min && !wants.max);
}

proptest::proptest! {
    #[test]
    fn no_bytes_make_it_panic(verb in "(LOGIN|FETCH|UID FETCH|SEARCH|SEARCH RETURN|STORE|STORE 1 |APPEND|LIST|ID|STATUS|COPY|ENABLE|SELECT x \\(QRESYNC \\() ?", rest in proptest::collection::vec(proptest::num::u8::ANY, 0..80)) {
        let command = [b"a ", verb.as_bytes(), &rest].concat();
        proptest::prop_assert_eq!(parse(&command).tag, "a");
    }

    #[test]
    fn almost_right_commands_do_not_either(line in "a (UID )?(FETCH|SEARCH|STORE|APPEND) [0-9:*,]{1,6} [A-Z.()\\[\\]<>{}+\\-0-9\" \\\\]{0,40}") {
        let _ = parse(line.as_bytes());
    }
}
