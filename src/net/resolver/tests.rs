use super::*;

#[test]
fn names_that_no_machine_can_have_are_dropped() {
    for (written, shown) in
        [("MX.Mail.Example.", Some("mx.mail.example")), ("mx_1.mail.example", Some("mx_1.mail.example")), (".", None)]
    {
        assert_eq!(host(&Name::from_ascii(written).unwrap()).as_deref(), shown, "{written}");
    }
    for odd in [&b"a b"[..], b"\x1b[2J", b"a.b", "中".as_bytes()] {
        assert_eq!(host(&Name::from_labels([odd, b"example"]).unwrap()), None, "{odd:?}");
    }
}
