use super::*;
use crate::fuzzing::{Diet, Long, fuzz};
use crate::model::Timestamp;

fn one(event: &str) -> Invitation {
    let file =
        format!("BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nBEGIN:VEVENT\r\n{event}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n");
    invitations(&file, "").into_iter().next().unwrap()
}

/// 2026-11-17 09:30 in Beijing.
const HALF_PAST_NINE: Option<EventTime> = Some(EventTime::At(Timestamp(1_794_879_000)));

#[test]
fn m23_an_invitation_is_read() {
    let event = one(
        "UID:1@example.com\r\nSUMMARY:季度会议\\, 第二\r\n 次\\n请准时\r\nLOCATION;LANGUAGE=zh-CN:A\\;301\r\n\
        DTSTART;TZID=China Standard Time:20261117T093000\r\nDTEND;TZID=Asia/Shanghai:20261117T103000\r\n\
        RRULE:FREQ=WEEKLY;COUNT=3\r\nORGANIZER;CN=\"李: 雷\":MAILTO:lilei@example.com\r\n\
        ATTENDEE;ROLE=REQ-PARTICIPANT;CN=韩梅梅;RSVP=TRUE:mailto:han@example.com\r\nATTENDEE:mailto:b@example.com\r\n\
        X-ALT-DESC;FMTTYPE=text/html:<html>no</html>\r\nBEGIN:VALARM\r\nSUMMARY:alarm\r\nDTSTART:20200101\r\nEND:VALARM",
    );
    assert_eq!(event.method, InvitationMethod::Request);
    assert_eq!(event.summary.as_untrusted(), "季度会议, 第二次\n请准时");
    assert_eq!(event.location.as_untrusted(), "A;301");
    assert_eq!(event.begins, HALF_PAST_NINE);
    assert_eq!(event.ends, Some(EventTime::At(Timestamp(1_794_882_600))));
    assert_eq!(event.repeats.as_untrusted(), "FREQ=WEEKLY;COUNT=3");
    let organizer = event.organizer.unwrap();
    assert_eq!((organizer.name.as_untrusted(), organizer.address.as_untrusted()), ("李: 雷", "lilei@example.com"));
    let people: Vec<_> = event.attendees.iter().map(|who| who.address.as_untrusted()).collect();
    assert_eq!((people, event.attendees[0].name.as_untrusted()), (vec!["han@example.com", "b@example.com"], "韩梅梅"));
}

#[test]
fn m23_times_in_every_form() {
    for (line, expected) in [
        ("DTSTART:20261117T013000Z", HALF_PAST_NINE),
        ("DTSTART;TZID=/example.com/Asia/Shanghai:20261117T093000", HALF_PAST_NINE),
        ("DTSTART;TZID=\"(UTC+08:00) Beijing, Chongqing, Hong Kong, Urumqi\":20261117T093000", HALF_PAST_NINE),
        ("DTSTART;TZID=GMT+8:20261117T093000", HALF_PAST_NINE),
        ("DTSTART;TZID=America/New_York:20261116T203000", HALF_PAST_NINE),
        // In summer New York is four hours from Greenwich, and Berlin two.
        ("DTSTART;TZID=Eastern Standard Time:20260701T120000", Some(EventTime::At(Timestamp(1_782_921_600)))),
        ("DTSTART;TZID=Europe/Berlin:20260701T180000", Some(EventTime::At(Timestamp(1_782_921_600)))),
        ("DTSTART;VALUE=DATE:20261117", Some(EventTime::Day(2026, 11, 17))),
        ("DTSTART:20261117T093000", Some(EventTime::Local("20261117T093000".into()))),
        ("DTSTART;TZID=Mars/Olympus:20261117T093000", Some(EventTime::Local("20261117T093000".into()))),
        ("DTSTART:20269999T999999", Some(EventTime::Local("20269999T999999".into()))),
        ("DTSTART:soon", Some(EventTime::Local("SOON".into()))),
        ("DTSTART:", None),
    ] {
        assert_eq!(one(line).begins, expected, "{line}");
    }
}

#[test]
fn m23_ends_are_told_as_people_tell_them() {
    let days = one("DTSTART;VALUE=DATE:20261117\r\nDTEND;VALUE=DATE:20261119");
    assert_eq!(days.ends, Some(EventTime::Day(2026, 11, 18)));
    let same = one("DTSTART;VALUE=DATE:20261117\r\nDTEND;VALUE=DATE:20261117");
    assert_eq!(same.ends, Some(EventTime::Day(2026, 11, 17)));
    assert_eq!(
        one("DTSTART:20261117T000000Z\r\nDURATION:P1DT9H30M").ends,
        Some(EventTime::At(Timestamp(1_794_994_200)))
    );
}

#[test]
fn m23_a_zone_of_the_file_itself_counts_first() {
    let zone = "BEGIN:VTIMEZONE\r\nTZID:Ours\r\nBEGIN:STANDARD\r\nDTSTART:16010101T030000\r\nTZOFFSETFROM:+0200\r\nTZOFFSETTO:+0100\r\n\
        RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10\r\nEND:STANDARD\r\nBEGIN:DAYLIGHT\r\nDTSTART:16010101T020000\r\n\
        TZOFFSETFROM:+0100\r\nTZOFFSETTO:+0200\r\nRRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3\r\nEND:DAYLIGHT\r\nEND:VTIMEZONE\r\n\
        BEGIN:VTIMEZONE\r\nTZID:Asia/Shanghai\r\nBEGIN:STANDARD\r\nDTSTART:20000101T000000\r\nTZOFFSETTO:+0900\r\nEND:STANDARD\r\nEND:VTIMEZONE";
    for (line, seconds) in [
        ("DTSTART;TZID=Ours:20261117T093000", 1_794_904_200),
        ("DTSTART;TZID=Ours:20260701T180000", 1_782_921_600),
        // The last Sunday of October 2026 is the 25th.
        ("DTSTART;TZID=Ours:20261025T025900", 1_792_889_940),
        ("DTSTART;TZID=Ours:20261025T030000", 1_792_893_600),
        ("DTSTART;TZID=Asia/Shanghai:20261117T093000", 1_794_875_400),
    ] {
        let file = format!("BEGIN:VCALENDAR\r\n{zone}\r\nBEGIN:VEVENT\r\n{line}\r\nEND:VEVENT\r\nEND:VCALENDAR");
        assert_eq!(invitations(&file, "")[0].begins, Some(EventTime::At(Timestamp(seconds))), "{line}");
    }
}

#[test]
fn m23_broken_files_give_what_is_in_them() {
    let found = invitations("begin:vevent\nsummary:one\nBEGIN:VEVENT\nSUMMARY:two\n\n\nLOCATION", "cancel");
    let told: Vec<_> = found.iter().map(|event| (event.summary.as_untrusted(), event.method)).collect();
    assert_eq!(told, [("one", InvitationMethod::Cancel), ("two", InvitationMethod::Cancel)]);
    assert_eq!(invitations("", ""), []);
    let endless = "BEGIN:VEVENT\n".to_owned() + &"ATTENDEE:mailto:a@example.com\n ".repeat(100_000);
    assert!(invitations(&endless, "")[0].attendees.len() <= MOST_PEOPLE);
    assert_eq!(invitations(&"BEGIN:VEVENT\nEND:VEVENT\n".repeat(1_000), "").len(), MOST_EVENTS);
}

#[test]
fn z_calendar() {
    const GOOD: &[&[u8]] = &[
        b"BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nBEGIN:VTIMEZONE\r\nTZID:x\r\nBEGIN:STANDARD\r\nDTSTART:16010101T000000\r\nTZOFFSETTO:+0800\r\n\
          RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\nBEGIN:VEVENT\r\nSUMMARY:a\\,b\r\n c\r\n\
          DTSTART;TZID=x:20261117T093000\r\nDTEND;VALUE=DATE:20261117\r\nORGANIZER;CN=\"a\":mailto:a@example.com\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
        b"BEGIN:VEVENT\nDTSTART;TZID=America/New_York:99991231T235959\nDURATION:P9999D\nEND:VEVENT\n",
    ];
    const PIECES: &[&[u8]] = &[
        b"\r\n",
        b"\r\n ",
        b":",
        b";",
        b"\"",
        b"\\",
        b"TZID=",
        b"BEGIN:",
        b"END:",
        b"9999",
        b"-",
        b"00010101T000000",
        b"Z",
        b"BYDAY=-5MO",
        b"UNTIL=",
        b"\xe9",
    ];
    fuzz(&Diet { good: GOOD, pieces: PIECES }, Long::Minutes(10), |bytes| {
        let found = invitations(&String::from_utf8_lossy(bytes), "request");
        found.len() <= MOST_EVENTS && found.iter().all(|event| event.attendees.len() <= MOST_PEOPLE)
    });
}
