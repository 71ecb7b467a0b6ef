//! What is kept is bounded, and what is removed is gone.

use super::*;

#[test]
fn r02_columns_are_short_and_still_tell_messages_apart() {
    let (fixture, folder) = fixture();
    let long = "鸿".repeat(10_000);
    let raw = format!("From: {long} <{long}@example.com>\r\nSubject: {long}\r\nMessage-ID: <{long}>\r\n\r\n");
    let endless =
        |uid| Incoming { uid, headers: headers(raw.as_bytes()), raw: raw.clone().into(), ..incoming(1, Flags::NONE) };
    fixture.commit(MailWrite::Ingest { folder, messages: vec![endless(1)], on_server: 1 });
    let row = fixture.reader().newest(folder, 1).unwrap().remove(0);
    for field in [&row.subject, &row.from.name, &row.from.address] {
        assert!((4_000..=4_096).contains(&field.as_untrusted().len()), "{}", field.as_untrusted().len());
    }
    // Under its new number it is the same message.
    fixture.commit(MailWrite::Opened { folder, uidvalidity: 8, on_server: 1 });
    fixture.commit(MailWrite::Ingest { folder, messages: vec![endless(5)], on_server: 1 });
    let again = fixture.reader().newest(folder, 2).unwrap();
    assert_eq!((again.len(), again[0].message), (1, row.message));
}
