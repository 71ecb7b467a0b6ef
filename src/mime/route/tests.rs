//! Received fields as machines write them.

use super::*;
use crate::fuzzing::{Diet, Long, fuzz};

/// `from > by @ seconds`, a line each.
fn told(raw: &str) -> String {
    let line = |hop: Hop| {
        let at = hop.at.map_or("?".to_owned(), |at| at.0.to_string());
        format!("{} > {} @ {at}\n", hop.from.as_untrusted(), hop.by.as_untrusted())
    };
    route(raw.as_bytes()).into_iter().map(line).collect()
}

#[test]
fn fields_as_they_are_written() {
    // 2026-11-20 10:02:03 +0800
    for (field, expected) in [
        (
            "from mail.a.example (mail.a.example [192.0.2.7]) by mx.b.example (Postfix) with ESMTPS id 4Xy for <hmm@example.com>; Fri, 20 Nov 2026 10:02:03 +0800 (CST)",
            "mail.a.example > mx.b.example @ 1795140123",
        ),
        (
            "from x (unknown [192.0.2.4]) by newxmmxszc.qq.com (NewMX) with SMTP id 7F1; Fri, 20 Nov 2026 10:02:03 +0800",
            "x > newxmmxszc.qq.com @ 1795140123",
        ),
        (
            "from [10.1.2.3] (unknown[192.0.2.4]) by smtp3 (Coremail) with SMTP id Dd5k;Fri, 20 Nov 2026 10:02:03 +0800 (CST)",
            "10.1.2.3 > smtp3 @ 1795140123",
        ),
        (
            "from mail.example$hmm ( [192.0.2.4] ) by ajax-webmail-wmsvr-40 (Coremail) ; Fri, 20 Nov 2026 10:02:03 +0800 (GMT+08:00)",
            "mail.example$hmm > ajax-webmail-wmsvr-40 @ 1795140123",
        ),
        ("by mx.163.com with SMTP id x; Fri, 20 Nov 2026 10:02:03 CST", " > mx.163.com @ 1795140123"),
        ("by mx.b.example with SMTP id x; Fri, 20 Nov 2026 10:02:03 CST", " > mx.b.example @ 1795190523"),
        (
            "from [IPv6:2001:db8::1] (port=4711 helo=laptop) by mx.b.example with esmtpsa (TLS1.3); 20 Nov 2026 02:02:03 -0000",
            "2001:db8::1 > mx.b.example @ 1795140123",
        ),
        ("by 2002:a05:6358:1 with SMTP id x; Thu, 19 Nov 2026 18:02:03 -0800 (PST)", " > 2002:a05:6358:1 @ 1795140123"),
        (
            "from a.example (by c.example (from d.example)) by mx.b.example (comment); rubbish",
            "a.example > mx.b.example @ ?",
        ),
        ("(qmail 4711 invoked by uid 89); 20 Nov 2026 02:02:03 -0000", " >  @ 1795140123"),
        ("from a.example", "a.example >  @ ?"),
        ("from  by  with ; ", ""),
        ("", ""),
    ] {
        assert_eq!(told(&format!("Received: {field}\r\n\r\n")).trim_end_matches('\n'), expected, "{field}");
    }
}

#[test]
fn the_oldest_comes_first_and_only_the_header_counts() {
    let raw = "From x Fri Nov 20\r\nReceived: from b by c;\r\n Fri, 20 Nov 2026 02:02:05 +0000\r\nSubject: s\r\nRECEIVED: from a\r\n\tby b;\r\n\tFri, 20 Nov 2026 02:02:03 +0000\r\n\r\nReceived: from no by no\r\n";
    assert_eq!(told(raw), "a > b @ 1795140123\nb > c @ 1795140125\n");
}

#[test]
fn m20_a_way_without_end_has_the_last_machines() {
    let many = (0..100_000).map(|n| format!("Received: from a{n} by b{n}\r\n")).collect::<Vec<_>>().concat();
    let hops = route(many.as_bytes());
    assert_eq!((hops.len(), hops[0].from.as_untrusted(), hops[49].from.as_untrusted()), (50, "a49", "a0"));
    let long = format!("Received: from {} by b\r\n\r\n", "(".repeat(60_000));
    assert!(route(long.as_bytes()).iter().all(|hop| hop.from.as_untrusted().len() <= LONGEST));
}

#[test]
fn m15_numbers_that_no_machine_holds_are_cut() {
    for number in ["-9223372036854775808", "99999999999999999999999999", "-170141183460469231731687303715884105728"] {
        let raw = format!(
            "Received: from a.example [10.1.2.3]{number} by b.example with {number}{number} id 1; {number}\r\n\r\n"
        );
        assert!(route(raw.as_bytes()).len() <= 1, "{number}");
    }
    let long = "Received: from a1234567890123456789.example by b.example; Fri, 20 Nov 2026 10:02:03 +0800\r\n\r\n";
    assert_eq!(route(long.as_bytes())[0].by.as_untrusted(), "b.example");
}

#[test]
fn z_ways() {
    const GOOD: &[&[u8]] = &[
        b"Received: from mail.a.example (mail.a.example [192.0.2.7]) by mx.b.example (Postfix) with ESMTPS id 4Xy for <hmm@example.com>; Fri, 20 Nov 2026 10:02:03 +0800 (CST)\r\n",
        b"Received: from [10.1.2.3] (unknown[192.0.2.4]) by smtp3 (Coremail) with SMTP id Dd5k;Tue, 7 Jan 2020 10:02:03 +0800\r\n",
        b"Received: from [IPv6:2001:db8::1] (helo=x ident=y) by mx via z (using TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 bits))\r\n id <1@a>;\r\n 20 Nov 26 10:02\r\n",
    ];
    const PIECES: &[&[u8]] = &[
        b"from ",
        b" by ",
        b"(",
        b")",
        b"[",
        b"]",
        b"<",
        b">",
        b";",
        b"\"",
        b"\\",
        b"=",
        b":",
        b"::",
        b".",
        b"@",
        b"id ",
        b"for ",
        b"with ",
        b"helo=",
        b"ident=",
        b"via ",
        b"Jan",
        b"9223372036854775808",
        b"-9223372036854775808",
        b"+0800",
        b"255.255.255.255",
        b"\r\n\t",
        b"\xff",
        b"\xe4\xbd\xa0",
        b"\0",
        b"Received: ",
        b"CST",
    ];
    fuzz(&Diet { good: GOOD, pieces: PIECES }, Long::Minutes(10), |bytes| {
        let hops = route(bytes);
        hops.len() <= MOST
            && hops.iter().all(|hop| hop.from.as_untrusted().len() + hop.by.as_untrusted().len() <= 3 * LONGEST)
    });
}
