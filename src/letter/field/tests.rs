use super::*;

fn text(name: &str, value: &str) -> String {
    let mut head = Head::default();
    head.text(name, &HeaderText::of(value));
    head.into_string()
}

#[test]
fn c08_words_are_whole_and_lines_short() {
    let long = "鸿雁传书，把信送到每个人手里。".repeat(14);
    for subject in [long.as_str(), "Re: 回复一下", "𠮷野家🙂".repeat(40).as_str(), "a plain one", &"word ".repeat(60)]
    {
        let written = text("Subject", subject);
        let lines: Vec<&str> = written.strip_suffix("\r\n").unwrap().split("\r\n").collect();
        assert!(lines.iter().all(|line| line.len() <= 78), "{written}");
        for word in written.split_whitespace().filter(|word| word.starts_with("=?")) {
            assert!(word.len() <= 75, "{word}");
        }
        let read = crate::mime::headers(format!("{written}\r\n").as_bytes());
        assert_eq!(read.subject.as_untrusted(), subject.trim());
    }
    assert_eq!(text("Subject", "Re: 你好"), "Subject: Re: =?UTF-8?B?5L2g5aW9?=\r\n");
    assert_eq!(text("Subject", ""), "Subject:\r\n");
}

#[test]
fn what_looks_encoded_is_encoded() {
    assert_eq!(text("Subject", "=?utf-8?Q?x?="), "Subject: =?UTF-8?B?PT91dGYtOD9RP3g/PQ==?=\r\n");
}

#[test]
fn c02_a_pasted_field_is_one_line() {
    assert_eq!(text("Subject", "a\nBcc: x@example.com"), "Subject: a Bcc: x@example.com\r\n");
}

#[test]
fn people_stand_in_lines() {
    let mailbox = |name: &str, address: &str| Mailbox::new(name, address).unwrap();
    let mut head = Head::default();
    head.people("From", &[mailbox("李雷", "a@example.com")]);
    head.people("To", &[mailbox("J. Li", "a@example.com"), mailbox("Li Lei", "b@example.com"), mailbox("", "c@d.e")]);
    assert_eq!(
        head.into_string(),
        "From: =?UTF-8?B?5p2O6Zu3?= <a@example.com>\r\n\
         To: \"J. Li\" <a@example.com>, Li Lei <b@example.com>, c@d.e\r\n"
    );
}
