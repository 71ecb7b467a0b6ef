use super::*;

/// Kinds and contents of all parts that hold no others.
fn leaves(raw: &str) -> Vec<(String, String)> {
    let parts = parts(raw.as_bytes());
    let leaf = |part: &&Part| part.form != Form::Multipart || part.children == 0;
    let told = |part: &Part| {
        let contents = part.contents(raw.as_bytes());
        (part.kind.clone(), String::from_utf8_lossy(&contents).into_owned())
    };
    parts.list.iter().filter(leaf).map(told).collect()
}

fn words(raw: &str) -> Vec<String> {
    leaves(raw).into_iter().map(|(_, contents)| contents).collect()
}

#[test]
fn an_honest_message() {
    let raw = "Subject: s\r\nContent-Type: multipart/mixed; boundary=\"--=_x\"\r\n\r\npreamble\r\n----=_x\r\n\
        Content-Type: Multipart/Alternative;\r\n\tboundary=y\r\n\r\n--y\r\n\r\none\r\n\r\n--y\r\nContent-Type: text/html\r\n\
        Content-Transfer-Encoding: quoted-printable\r\n\r\n=31\r\n--y--\r\nepilogue\r\n----=_x\r\nContent-Type: image/png\r\n\
        Content-Transfer-Encoding: BASE64 (so)\r\n\r\nAQID\r\n----=_x--\r\nepilogue";
    let pair = |kind: &str, contents: &str| (kind.to_owned(), contents.to_owned());
    assert_eq!(leaves(raw), [pair("text/plain", "one\r\n"), pair("text/html", "1"), pair("image/png", "\x01\x02\x03")]);
    let list = parts(raw.as_bytes()).list;
    let parents: Vec<_> = list.iter().map(|part| part.parent).collect();
    assert_eq!(parents, [None, Some(0), Some(1), Some(1), Some(0)]);
    assert!(list.iter().all(|part| !part.unended));
}

#[test]
fn m03_boundaries_that_are_the_beginning_of_others() {
    let raw = "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: multipart/x; boundary=bb\n\n--bb\n\none\n--bb\n\ntwo\n--bb--\n\
        --b\n\nthree\n--bbb\n--b--\n";
    assert_eq!(words(raw), ["one", "two", "three\n--bbb"]);
    // Those of some programs end in dashes themselves.
    let raw = "Content-Type: multipart/mixed; boundary=\"----=_001_=----\"\n\n------=_001_=----\n\none\n------=_001_=----\n\ntwo\n------=_001_=------\nend";
    assert_eq!(words(raw), ["one", "two"]);
    let raw = "Content-Type: multipart/mixed; boundary=x--\n\n--x--\nContent-Type: multipart/y; boundary=x\n\n--x\n\none\n--x--\n\ntwo\n--x----\n";
    assert_eq!(words(raw).iter().map(|word| word.trim()).collect::<Vec<_>>(), ["one", "two"]);
}

#[test]
fn m03_boundaries_that_are_missing() {
    // Not closed, neither of them.
    let raw = "Content-Type: multipart/mixed; boundary=a\n\n--a\nContent-Type: multipart/x; boundary=b\n\n--b\n\none\n--a\n\ntwo";
    assert_eq!(words(raw), ["one", "two"]);
    let list = parts(raw.as_bytes()).list;
    let unended: Vec<bool> = list.iter().map(|part| part.unended).collect();
    assert_eq!(unended, [true, false, false, true]);
    // Not named, named as nothing, named wrongly.
    for said in ["multipart/mixed", "multipart/mixed; boundary=\"\"", "multipart/mixed; boundary=wrong"] {
        let raw = format!(
            "Content-Type: {said}\n\nwords\n--right\nContent-Type: text/plain\n\none\n--right\n\ntwo\n--right--\n"
        );
        assert_eq!(words(&raw), ["one", "two"], "{said}");
    }
    // Not there at all.
    assert_eq!(words("Content-Type: multipart/mixed; boundary=z\n\nwords"), ["words"]);
    // Before the head of a part is over.
    let raw = "Content-Type: multipart/mixed; boundary=a\n\n--a\nContent-Type: text/html\n--a\n\ntwo\n--a--";
    assert_eq!(words(raw), ["", "two"]);
    // A blank line was forgotten.
    assert_eq!(
        words("Content-Type: multipart/mixed; boundary=a\n\n--a\nContent-Type: text/plain\none two\nthree\n--a--"),
        ["one two\nthree"]
    );
}

#[test]
fn m03_the_same_boundary_inside_itself() {
    let raw = "Content-Type: multipart/mixed; boundary=a\n\n--a\nContent-Type: multipart/mixed; boundary=a\n\n--a\n\none\n--a\n\ntwo\n--a--\n\
        --a\n\nthree\n--a--\n";
    assert_eq!(words(raw), ["one", "two", "three"]);
    let raw = "Content-Type: multipart/mixed; boundary=a\n\n--a\n\none\n--a--\n--a\n\nbehind the end\n--a--\n";
    assert_eq!(words(raw), ["one", "behind the end"]);
    // Blanks behind it, and words behind it, which make it no boundary.
    let raw = "Content-Type: multipart/mixed; boundary=a\r\n\r\n--a \t\r\n\r\none\r\n--a words\r\n--a--  \r\n";
    assert_eq!(words(raw), ["one\r\n--a words"]);
}

#[test]
fn messages_inside_keep_their_bytes() {
    let raw = "Content-Type: multipart/digest; boundary=d\n\n--d\n\nSubject: one\n\nfirst\n--d\nContent-Type: message/rfc822\n\nSubject: two\n\
        Content-Type: multipart/mixed; boundary=i\n\n--i\n\ninner\n--i--\n\n--d--\n";
    let parts = parts(raw.as_bytes());
    let messages: Vec<_> = parts.list.iter().filter(|part| part.form == Form::Message).collect();
    assert_eq!(messages.len(), 2);
    assert_eq!(&*messages[0].contents(raw.as_bytes()), b"Subject: one\n\nfirst");
    assert!(messages[1].contents(raw.as_bytes()).ends_with(b"--i--\n"));
    assert!(messages.iter().all(|part| !part.nested));
    assert_eq!(parts.list.iter().filter(|part| part.nested).count(), 3);
}

#[test]
fn a_long_line_of_words_is_read_to_its_end() {
    let long = format!("Content-Type: {}", "word ".repeat(10_000));
    assert_eq!(words(&format!("Subject: s\n\n{long}")), [long]);
}

#[test]
fn parts_are_where_another_reader_finds_them() {
    for raw in [
        "Content-Type: multipart/mixed; boundary=m\r\n\r\n--m\r\nContent-Type: multipart/alternative; boundary=a\r\n\r\n--a\r\n\
         Content-Type: text/plain\r\n\r\none\r\n--a\r\nContent-Type: text/html\r\n\r\n<p>two\r\n--a--\r\n--m\r\n\
         Content-Type: application/pdf\r\n\r\nPDF\r\n--m--\r\n",
        "Content-Type: multipart/report; boundary=b\r\n\r\n--b\r\n\r\nno\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\n\
         Status: 5.1.1\r\n\r\n--b\r\nContent-Type: text/rfc822-headers\r\n\r\nSubject: x\r\n--b--\r\n",
        "Subject: s\r\n\r\nwords\r\nmore\r\n",
    ] {
        let theirs = mail_parser::MessageParser::default().parse(raw).unwrap();
        let theirs: Vec<_> = theirs.parts.iter().map(|part| part.raw_body_offset()..part.raw_end_offset()).collect();
        let ours = parts(raw.as_bytes()).list;
        let place = |at: usize| u32::try_from(at).unwrap();
        let leaf = |part: &&Part| part.form == Form::Leaf;
        for part in ours.iter().filter(leaf) {
            let at = place(part.body.start)..place(part.body.end);
            assert!(theirs.contains(&at), "{at:?} {theirs:?} {raw}");
        }
        assert_eq!(ours.len(), theirs.len());
    }
}

#[test]
fn a_quoted_name_of_an_encoding_counts() {
    for name in ["base64", "\"base64\"", "\"BASE64\"; x", "'base64'", " \" base64 \""] {
        let raw = format!("Content-Transfer-Encoding: {name}\r\n\r\n5Lya6K6u\r\n");
        assert_eq!(words(&raw), ["会议"], "{name}");
    }
    assert_eq!(words("Content-Transfer-Encoding: \"quoted-printable\"\r\n\r\n=E4=BC=9A"), ["会"]);
}

#[test]
fn a_message_inside_may_have_the_boundary_of_the_outer_one() {
    let inner = "Content-Type: message/rfc822\n\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\ninner\n--b--\n";
    let raw = format!("Content-Type: multipart/mixed; boundary=b\n\n--b\n\nouter\n--b\n{inner}--b\n\nbehind\n--b--\n");
    let parts = parts(raw.as_bytes());
    let behind = parts.list.last().unwrap();
    assert_eq!(&*behind.contents(raw.as_bytes()), b"behind");
    assert!(!behind.nested);
    assert_eq!((behind.parent, parts.list[0].children), (Some(0), 3));
}

#[test]
fn a_field_with_a_blank_before_its_colon_is_no_envelope() {
    assert_eq!(head(b"From : a@b.example\nFrom: c@d.example\n"), 0);
    assert_eq!(head(b"From a@b.example Mon\nFrom: c@d.example\n"), 21);
}
