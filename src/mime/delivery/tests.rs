use super::*;
use crate::fuzzing::{Diet, Long, fuzz};
use crate::model::DeliveryReason;

fn from(address: &str) -> Vec<Address> {
    vec![Address { name: Text::default(), address: Text::new(address) }]
}

fn told(delivery: &Delivery) -> (&str, DeliveryAction, &str, DeliveryReason) {
    (delivery.recipient.as_untrusted(), delivery.action, delivery.status.as_untrusted(), delivery.reason)
}

#[test]
fn m23_a_report_says_what_became_of_each() {
    let part = b"Reporting-MTA: dns; mail.example.com\r\nArrival-Date: Tue, 17 Nov 2026 09:30:00 +0800\r\n\r\n\
        Final-Recipient: rfc822; gone@example.org\r\nOriginal-Recipient: rfc822;li@example.org\r\nAction: failed\r\n\
        Status: 5.1.1 (bad)\r\nRemote-MTA: dns; mx.example.org\r\n\
        Diagnostic-Code: smtp; 550 5.1.1 <gone@example.org>:\r\n    Recipient address rejected\r\n\r\n\r\n\
        Final-Recipient: rfc822; late@example.net\r\nAction: delayed\r\nStatus: 4.4.1\r\n\r\n\
        Final-recipient: RFC822; ok@example.net\nAction: delivered\nStatus: 2.0.0\n";
    let found = report(part);
    assert_eq!(
        found.iter().map(told).collect::<Vec<_>>(),
        [
            ("li@example.org", DeliveryAction::Failed, "5.1.1", DeliveryReason::NoSuchUser),
            ("late@example.net", DeliveryAction::Delayed, "4.4.1", DeliveryReason::Network),
            ("ok@example.net", DeliveryAction::Delivered, "2.0.0", DeliveryReason::Unknown),
        ]
    );
    assert_eq!(found[0].by.as_untrusted(), "mx.example.org");
    assert_eq!(found[1].by.as_untrusted(), "mail.example.com");
    assert_eq!(found[0].said.as_untrusted(), "550 5.1.1 <gone@example.org>: Recipient address rejected");
}

#[test]
fn m23_a_receipt_says_that_it_was_read() {
    let part = b"Reporting-UA: pc.example; Mailer\r\nFinal-Recipient: rfc822;li@example.org\r\n\
        Disposition: manual-action/MDN-sent-manually; displayed\r\n";
    let found = receipt(part).unwrap();
    assert_eq!((found.recipient.as_untrusted(), found.action), ("li@example.org", DeliveryAction::Read));
    let deleted = receipt(b"Final-Recipient: rfc822;a@b.example\nDisposition: x/y; deleted\n").unwrap();
    assert_eq!(deleted.action, DeliveryAction::Delivered);
    assert_eq!(receipt(b"Final-Recipient: rfc822;a@b.example\n"), None);
}

#[test]
fn m23_letters_of_servers_that_know_no_reports() {
    for (text, expected) in [
        (
            "Hi. This is the qmail-send program at mail.example.com.\nI'm afraid I wasn't able to deliver.\n\n\
             <gone@example.org>:\n192.0.2.7 does not like recipient.\nRemote host said: 550 5.1.1 User unknown\nGiving up.\n\n\
             --- Below this line is a copy of the message.\n\nTo: other@example.org\n",
            vec![("gone@example.org", DeliveryAction::Failed, "5.1.1", DeliveryReason::NoSuchUser)],
        ),
        (
            "This is the mail system at host mx.example.com.\n\n\
             <one@example.org>: host mx.example.org[192.0.2.1] said: 552 5.2.2\n    Mailbox full (in reply to RCPT TO)\n\n\
             <two@example.org>: Host or domain name not found.\n    Name service error\n",
            vec![
                ("one@example.org", DeliveryAction::Failed, "5.2.2", DeliveryReason::MailboxFull),
                ("two@example.org", DeliveryAction::Failed, "", DeliveryReason::NoSuchDomain),
            ],
        ),
        (
            "抱歉，您的邮件被退回来了……\n原邮件信息：\n时间：2026-11-17 09:30:00\n主题：会议\n收件人：gone@example.org\n\
             退信原因：收件人邮件地址（gone@example.org）不存在，邮件无法送达。\nhost mx.example.org said: 550 Mailbox not found\n",
            vec![("gone@example.org", DeliveryAction::Failed, "", DeliveryReason::NoSuchUser)],
        ),
        (
            "您的邮件无法投递\n  收件人: full@example.org\n  原因: 552 超过邮箱容量\n\n",
            vec![("full@example.org", DeliveryAction::Failed, "", DeliveryReason::MailboxFull)],
        ),
        (
            "Delivery has failed to these recipients:\n\n  gone@example.org\n\nDiagnostic information for administrators:\n\n\
             Remote Server returned '550 5.1.10 RESOLVER.ADR.RecipientNotFound; not found'\n",
            vec![("gone@example.org", DeliveryAction::Failed, "5.1.10", DeliveryReason::NoSuchUser)],
        ),
        (
            "抱歉，您的邮件被退回来了……\n\n原邮件信息\n时间  2026-11-17 09:30\n主题  会议\n收件人  gone@example.org\n\n\
             退信原因\t收件人邮件地址（gone@example.org）不存在，邮件无法送达。\n\n\
             host mx.example.org[192.0.2.7] said: 550 5.1.1 no (in reply to RCPT TO command)\n\n解决方案 请检查地址\n",
            vec![("gone@example.org", DeliveryAction::Failed, "5.1.1", DeliveryReason::NoSuchUser)],
        ),
        (
            "系统退信\n您的邮件未能投递到以下收件人：\n\none@example.org\n退信代码：554 DT:SPM\n退信原因：邮件内容被判定为垃圾邮件\n\n\
             two@example.org\n退信原因：450 MI:STC 发送过于频繁\n",
            vec![
                ("one@example.org", DeliveryAction::Failed, "", DeliveryReason::Content),
                ("two@example.org", DeliveryAction::Delayed, "", DeliveryReason::TooOften),
            ],
        ),
        (
            "Your message did not reach some or all of the intended recipients.\n\n\
             The following recipient(s) cannot be reached:\n\n      'Li Lei' on 2026-11-17\n            550 5.7.1 Unable to relay\n",
            vec![],
        ),
    ] {
        let found = letter(text, &from("MAILER-DAEMON@mail.example.com"));
        assert_eq!(found.iter().map(told).collect::<Vec<_>>(), expected, "{text}");
    }
}

#[test]
fn people_who_write_of_returned_mail_are_no_servers() {
    assert!(is_letter_of_a_server("Undelivered Mail Returned to Sender", &from("MAILER-DAEMON@mail.example.com")));
    assert!(is_letter_of_a_server("系统退信/Systems bounce", &from("Postmaster@163.example")));
    assert!(!is_letter_of_a_server("Undelivered Mail", &from("li@example.com")));
    assert!(!is_letter_of_a_server("hello", &from("postmaster@example.com")));
    assert!(!is_letter_of_a_server("退信", &[]));
}

#[test]
fn z_delivery() {
    const GOOD: &[&[u8]] = &[
        b"Reporting-MTA: dns; mail.example.com\r\n\r\nFinal-Recipient: rfc822; a@example.org\r\nAction: failed\r\nStatus: 5.1.1\r\n\
          Diagnostic-Code: smtp; 550 5.1.1 no\r\n",
        b"Final-Recipient: rfc822;a@example.org\r\nDisposition: a/b; displayed\r\n",
        b"This is the mail system at host x.\n\n<a@example.org>: host x said: 552 5.2.2\n Mailbox full\n\n<b@example.org>:\n550 no\n",
        "收件人：a@example.org\n退信原因：用户不存在\n".as_bytes(),
    ];
    const PIECES: &[&[u8]] =
        &[b"\r\n", b"\n\n", b":", b"<", b">:", b"@", b".", b" ", b"\xe6", "：".as_bytes(), b"550", b"5.1.1", b";"];
    fuzz(&Diet { good: GOOD, pieces: PIECES }, Long::Minutes(10), |bytes| {
        let text = String::from_utf8_lossy(bytes);
        let _ = receipt(bytes);
        report(bytes).iter().chain(&letter(&text, &from("a@b.example"))).all(|found| {
            found.said.as_untrusted().len() <= LONGEST_SAID && found.recipient.as_untrusted().len() <= 8 * 1024
        })
    });
}
